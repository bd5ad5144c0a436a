"""The formats: one module each, standing in one explicit table.

A format module has

* `TYPES`: ids of the file types that it inspects (see `filetypes.py`),
* `LIMITATIONS`: what it knowingly does not do, one sentence each,
* `inspect(part)`: a generator of facts about a part of one of these types:
    - a `FileType`: the part is also this, or more exactly this;
    - a `Part` made by `part.child(…)` or `part.layer(…)`: the part contains this;
    - a `Finding` made by `part.finding(…)`, `part.encrypted(…)` or `part.signature(…)`: this was noticed.

Inspectors know no policy. They raise `Malformed` where a format is broken (what they yielded before stays) and may let `LimitExceeded` pass.
To add a format, write the module and add it to `INSPECTORS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from attachguard.model import FileType, Finding
from attachguard.part import Part

Fact = FileType | Finding | Part


class Inspector(Protocol):
    """What a format module looks like from outside."""

    @property
    def TYPES(self) -> frozenset[str]:
        """Ids of the file types it inspects."""

    @property
    def LIMITATIONS(self) -> tuple[str, ...]:
        """What it knowingly does not do."""

    def inspect(self, part: Part) -> Iterator[Fact]:
        """Facts about a part of one of these types."""


# The modules need the names above, so they come after them.
from attachguard.formats import (  # noqa: E402
    ace,
    activemime,
    appledouble,
    ar,
    arj,
    cab,
    cfb,
    cms,
    cpio,
    doc,
    elf,
    eml,
    gzip,
    hqx,
    html,
    iso,
    launchers,
    lha,
    lnk,
    macho,
    mbox,
    mht,
    msg,
    odf,
    oleobjects,
    onenote,
    ooxml,
    ooxmlenc,
    opaque,
    pdf,
    pe,
    pem,
    pgp,
    pkcs12,
    ppt,
    rar,
    rpm,
    rtf,
    sevenzip,
    spreadsheettext,
    streams,
    svg,
    tar,
    tnef,
    unread,
    uuencode,
    vault,
    vba,
    xar,
    xls,
    xml,
    yenc,
    zip,
)

#: Every inspector; where several know a type, they run in this order.
INSPECTORS: Final[tuple[Inspector, ...]] = (
    pdf,
    eml,
    pem,
    cms,
    pkcs12,
    pgp,
    vault,
    cfb,
    ooxmlenc,
    doc,
    xls,
    ppt,
    oleobjects,
    vba,
    msg,
    tnef,
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
    cab,
    ar,
    cpio,
    rpm,
    opaque,
    arj,
    ace,
    lha,
    xar,
    iso,
    elf,
    lnk,
    macho,
    pe,
)
