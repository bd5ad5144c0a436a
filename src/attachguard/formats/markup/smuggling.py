"""Files that a page carries inside its script and puts together in the browser: HTML smuggling.

A gateway sees a page, the reader's browser makes an archive or a program of it. What gives it away is a payload in the page (base64, hex, character
codes, percent signs; reversed, or cut into pieces) that turns out to be a file, or a payload together with the calls that save one.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard._core import runs as core
from attachguard.formats.markup.shared import family_of, from_base64, shown
from attachguard.later import later
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.inspector import Fact

#: Shortest run of base64 that can be a payload, and shortest content of no known type that counts as one.
_SHORTEST_RUN: Final = 200
_SHORTEST_DATA: Final = 1_024
#: Payloads that become parts.
_MOST_PAYLOADS: Final = 30
#: Script that is still cleaned of string concatenation and escapes; more is taken as it is.
_CLEANED: Final = 8 << 20
#: Bytes of one list of character codes that are read.
_LONGEST_LIST: Final = 16 << 20
_FEWEST_CODES: Final = 127
_FEWEST_PERCENTS: Final = 48
#: Encoded runs in one page that are looked at.
_MOST_RUNS: Final = 2_000

#: Words of script that saves a file, writes markup into the page, or decodes; in lower case.
_SAVES: Final = (
    b"createobjecturl", b"mssaveblob", b"mssaveoropenblob", b"new blob", b"new file(", b"saveas(", b"showsavefilepicker", b".download",
    b"adodb.stream", b"'download'", b'"download"', b"data:application/",
)  # fmt: skip
_WRITES: Final = (b"document.write", b"innerhtml", b"outerhtml", b"srcdoc", b"insertadjacenthtml", b"document[")
_DECODES: Final = (
    b"atob",
    b"fromcharcode",
    b"uint8array",
    b"unescape",
    b"decodeuricomponent",
    b"base64",
    b"textdecoder",
    b".reverse",
)
_JOINTS: Final = later(rb"[\"'`]\s{0,20}[+,]\s{0,20}[\"'`]")
_HEX_ESCAPE: Final = later(rb"\\x([0-9A-Fa-f]{2})|\\u00([0-9A-Fa-f]{2})")
_HEX_TEXT: Final = re.compile(rb"(?:[0-9A-Fa-f]{2})+")
_FILE_NAME: Final = later(
    rb"(?:\.download\s*=\s*|[\"']download[\"']\s*,\s*|new\s+File\s*\([^\"'()]{0,80},\s*|(?:saveAs|msSave(?:OrOpen)?Blob)\s*\([^\"'()]{0,80},\s*)"
    rb"[\"']([^\"'\r\n]{1,120})[\"']",
    re.IGNORECASE,
)
_PICTURES: Final = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"wOF",
    b"\0\x01\0\0\0",
    b"OTTO",
    b"ID3",
    b"OggS",
    b"BM",
    b"\0\0\x01\0",
)
#: How files begin that nobody carries inside a page for its own use.
_FILES: Final = (
    b"PK\x03\x04", b"MZ", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"%PDF-", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"MSCF", b"ITSF", b"\x7fELF",
    b"L\0\0\0\x01\x14\x02\0", b"{\\rt", b"\x1f\x8b\x08", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"conectix", b"vhdxfile", b"BZh", b"\xfd7zXZ",
    b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d",
)  # fmt: skip
_MARKUP: Final = later(rb"(?is)\s*<(?:!doctype|html|head|body|script|iframe|form|div|meta|svg|style|title|\?xml|!--)")


def find(part: Part, script: bytes, page: bytes, kind: str) -> Iterator[Fact]:
    """Payloads in a page that has script: a finding, then each payload as a part.

    Args:
        part: the page.
        script: all of its script.
        page: all of its markup, where payloads may be in attributes and hidden text.
        kind: HTML or SVG, begins the detail.
    """
    clean = _clean(script)
    runs = [
        (source, found)
        for source in (page, clean)
        for found in core.find(source, _SHORTEST_RUN, _FEWEST_CODES, _FEWEST_PERCENTS, _MOST_RUNS)
    ]
    if not runs and b"download" not in clean:
        return
    words = clean.lower()
    saves, writes, decodes = (any(word in words for word in kind) for kind in (_SAVES, _WRITES, _DECODES))
    payloads: list[tuple[str, bytes]] = []
    seen: set[int] = set()
    for source, (encoding, start, end) in runs:
        part.budget.check_time()
        label, content = _decoded(source, encoding, start, end)
        part.budget.charge(len(content))
        if hash(content) in seen or not content or content.startswith(_PICTURES):
            continue
        is_page = _MARKUP.match(content) is not None
        unknown = saves and decodes and len(content) >= _SHORTEST_DATA
        if content.startswith(_FILES) or (is_page and (writes or saves)) or unknown:
            seen.add(hash(content))
            payloads.append((label, content))
            if len(payloads) >= _MOST_PAYLOADS:
                break
    if not payloads and not (saves and decodes and b"download" in clean):
        return
    name = _FILE_NAME.search(clean)
    file_name = name[1].decode("utf-8", "replace") if name is not None else ""
    what = ", ".join(sorted({label for label, _ in payloads})) or "built by script"
    yield part.finding(
        f"{family_of(kind)}-smuggling",
        f"{kind} smuggling: {what}" + (f", saved as {shown(file_name)}" if file_name else ""),
    )
    for number, (_, content) in enumerate(payloads, 1):
        yield part.child(file_name if number == 1 and file_name else f"payload-{number}", content, role="embedded")


def _clean(script: bytes) -> bytes:
    """Script with its string concatenations closed and its hex escapes resolved."""
    if len(script) > _CLEANED:
        return script
    if b"\\x" in script or b"\\u00" in script:
        script = _HEX_ESCAPE.sub(lambda match: bytes((int(match[1] or match[2], 16),)), script)
    return _JOINTS.sub(b"", script)


def _decoded(source: bytes, encoding: int, start: int, end: int) -> tuple[str, bytes]:
    """Name of the encoding and content of a run; no content if it is not a run."""
    if encoding == core.PERCENT:
        return "page in percent signs", binascii.unhexlify(source[start:end].replace(b"%", b""))
    if encoding == core.BASE64:
        return _from_base64(source[start:end], source, start)
    return "file in character codes", core.codes(source, start, min(end, start + _LONGEST_LIST), _FEWEST_CODES + 1)


def _from_base64(run: bytes, source: bytes, place: int) -> tuple[str, bytes]:
    if (
        source[max(0, place - 40) : place]
        .rpartition(b"data:")[2]
        .startswith((b"image/", b"font/", b"audio/", b"video/"))
    ):
        return "", b""
    if b"\\" in run:
        run = run.replace(b"\\n", b"").replace(b"\\r", b"")
    if len(run) % 2 == 0 and _HEX_TEXT.fullmatch(run):
        return "file in hex", binascii.unhexlify(run)
    content = from_base64(run)
    if content.startswith(_FILES) or _MARKUP.match(content):
        return "file in base64", content
    backwards = from_base64(run[::-1].lstrip(b"="))
    if backwards.startswith(_FILES) or _MARKUP.match(backwards):
        return "file in reversed base64", backwards
    return ("text in base64" if content.isascii() else "data in base64"), content
