"""The formats: one module each, standing in one explicit table.

A format module has

* `TYPES`: ids of the file types that it inspects (see `filetypes.py`),
* `LIMITATIONS`: what it knowingly does not do, one sentence each,
* `EXTRACTS` and `DETECTS`: what it hands on as parts, and what it says, one sentence each; `docs/formats.md` is made from them,
* `inspect(part)`: a generator of facts about a part of one of these types:
    - a `FileType`: the part is also this, or more exactly this;
    - a `Part` made by `part.child(…)` or `part.layer(…)`: the part contains this;
    - a `Finding` made by `part.finding(…)`, `part.encrypted(…)` or `part.signature(…)`: this was noticed.

Inspectors know no policy. They raise `Malformed` where a format is broken (what they yielded before stays) and may let `LimitExceeded` pass.
To add a format, write the module and add it to `INSPECTORS`.
"""

from __future__ import annotations

from typing import Final

from attachguard.formats.archive import (
    ace,
    ar,
    arj,
    cab,
    cpio,
    gzip,
    lha,
    rar,
    rpm,
    sevenzip,
    streams,
    tar,
    unread,
    volumes,
    xar,
    zip,
)
from attachguard.formats.crypto import cms, pem, pgp, pkcs12, vault
from attachguard.formats.disk import disk, iso, opaque, udf
from attachguard.formats.mail import appledouble, calendar, card, eml, hqx, mbox, mht, msg, tnef, uuencode, yenc
from attachguard.formats.markup import html, svg, xml
from attachguard.formats.media import appended
from attachguard.formats.office import (
    access,
    activemime,
    cfb,
    cfbstreams,
    doc,
    hwp,
    odf,
    oleobjects,
    onenote,
    ooxml,
    ooxmlenc,
    ppt,
    rtf,
    vba,
    xls,
)
from attachguard.formats.office import cfbhidden as strays
from attachguard.formats.pdf import pdf
from attachguard.formats.program import elf, launchers, lnk, macho, pe
from attachguard.formats.text import spreadsheettext
from attachguard.inspector import Inspector

__all__ = ["INSPECTORS"]

#: Every inspector; where several know a type, they run in this order.
INSPECTORS: Final[tuple[Inspector, ...]] = (
    appended,
    pdf,
    eml,
    pem,
    cms,
    pkcs12,
    pgp,
    vault,
    strays,
    cfb,
    ooxmlenc,
    doc,
    xls,
    ppt,
    oleobjects,
    cfbstreams,
    vba,
    access,
    hwp,
    msg,
    tnef,
    calendar,
    card,
    onenote,
    uuencode,
    yenc,
    hqx,
    appledouble,
    sevenzip,
    rar,
    gzip,
    streams,
    tar,
    zip,
    ooxml,
    odf,
    html,
    svg,
    xml,
    rtf,
    spreadsheettext,
    launchers,
    mht,
    mbox,
    activemime,
    unread,
    volumes,
    cab,
    ar,
    cpio,
    rpm,
    disk,
    opaque,
    arj,
    ace,
    lha,
    xar,
    iso,
    udf,
    elf,
    lnk,
    macho,
    pe,
)
