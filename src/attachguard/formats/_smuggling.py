"""Files that a page carries inside its script and puts together in the browser: HTML smuggling.

A gateway sees a page, the reader's browser makes an archive or a program of it. What gives it away is a payload in the page (base64, hex, character
codes, percent signs; reversed, or cut into pieces) that turns out to be a file, or a payload together with the calls that save one.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.formats._markup import from_base64, shown
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.formats import Fact

#: Shortest run of base64 that can be a payload, and shortest content of no known type that counts as one.
_SHORTEST_RUN: Final = 200
_SHORTEST_DATA: Final = 1_024
#: Payloads that become parts.
_MOST_PAYLOADS: Final = 30
#: Script that is still cleaned of string concatenation and escapes; more is taken as it is.
_CLEANED: Final = 8 << 20
#: Character codes read from a list of numbers.
_MOST_CODES: Final = 2 << 20

_SAVES: Final = re.compile(
    rb"createObjectURL|msSave(?:OrOpen)?Blob|new\s+(?:\w+\.)?(?:Blob|File)\s*\(|\bsaveAs\s*\(|showSaveFilePicker|\.download\b|"
    rb"[\"']download[\"']|ADODB\.Stream|data:application/",
    re.IGNORECASE,
)
_WRITES: Final = re.compile(
    rb"document\s*\.\s*write|innerHTML|outerHTML|srcdoc|insertAdjacentHTML|document\s*\[", re.IGNORECASE
)
_DECODES: Final = re.compile(
    rb"\batob\b|fromCharCode|Uint8Array|\bunescape\b|decodeURIComponent|base64|TextDecoder|\.split\(\s*[\"']{2}\s*\)\s*\.reverse",
    re.IGNORECASE,
)
# A look behind at each of these: a run is tried at its beginning only, so that long runs of nothing stay linear.
_BASE64: Final = re.compile(
    rb"(?<![A-Za-z0-9+/_\r\n-])[\r\n]{0,4}+[A-Za-z0-9+/_-](?:[A-Za-z0-9+/_-]++|\r?\n|\\n|\\r)*+={0,2}"
)
_CODES: Final = re.compile(
    rb"(?<![\d,\sxX])\s{0,40}+(?:0x[0-9A-Fa-f]{1,2}|\d{1,3})(?:\s?,\s{0,40}+(?:0x[0-9A-Fa-f]{1,2}|\d{1,3})){127,}+"
)
_PERCENT: Final = re.compile(rb"(?<!%[0-9A-Fa-f]{2})(?:%[0-9A-Fa-f]{2}){48,}+")
_JOINTS: Final = re.compile(rb"[\"'`]\s{0,20}[+,]\s{0,20}[\"'`]")
_HEX_ESCAPE: Final = re.compile(rb"\\x([0-9A-Fa-f]{2})|\\u00([0-9A-Fa-f]{2})")
_HEX_TEXT: Final = re.compile(rb"(?:[0-9A-Fa-f]{2})+")
_FILE_NAME: Final = re.compile(
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
_MARKUP: Final = re.compile(
    rb"(?is)\s*<(?:!doctype|html|head|body|script|iframe|form|div|meta|svg|style|title|\?xml|!--)"
)


def find(part: Part, script: bytes, page: bytes, kind: str) -> Iterator[Fact]:
    """Payloads in a page that has script: a finding, then each payload as a part.

    Args:
        part: the page.
        script: all of its script.
        page: all of its markup, where payloads may stand in attributes and hidden text.
        kind: HTML or SVG, begins the detail.
    """
    clean = _clean(script)
    saves = _SAVES.search(clean) is not None
    writes = _WRITES.search(clean) is not None
    decodes = _DECODES.search(clean) is not None
    payloads: list[tuple[str, bytes]] = []
    seen: set[int] = set()
    for source in (page, clean):
        for label, content in _payloads(part, source):
            if len(payloads) >= _MOST_PAYLOADS:
                break
            if hash(content) in seen or content.startswith(_PICTURES):
                continue
            is_page = _MARKUP.match(content) is not None
            unknown = saves and decodes and len(content) >= _SHORTEST_DATA
            if content.startswith(_FILES) or (is_page and (writes or saves)) or unknown:
                seen.add(hash(content))
                payloads.append((label, content))
    if not payloads and not (saves and decodes and b"download" in clean):
        return
    name = _FILE_NAME.search(clean)
    file_name = name[1].decode("utf-8", "replace") if name is not None else ""
    what = ", ".join(sorted({label for label, _ in payloads})) or "built by script"
    yield part.finding(
        "active-content", f"{kind} smuggling: {what}" + (f", saved as {shown(file_name)}" if file_name else "")
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


def _payloads(part: Part, source: bytes) -> Iterator[tuple[str, bytes]]:
    """Encoded runs in some text, decoded, with the name of the encoding."""
    for match in _BASE64.finditer(source):
        if match.end() - match.start() < _SHORTEST_RUN:
            continue
        part.budget.check_time()
        decoded = _from_run(match[0], source, match.start())
        if decoded is not None:
            part.budget.charge(len(decoded[1]))
            yield decoded
    for match in _CODES.finditer(source):
        numbers = match[0][:_MOST_CODES].split(b",")
        if len(match[0]) > _MOST_CODES:
            numbers.pop()  # it may be cut
        codes = [int(number, 16 if b"x" in number else 10) for number in numbers]
        if all(code < 256 for code in codes):
            part.budget.charge(len(codes))
            yield "file in character codes", bytes(codes)
    for match in _PERCENT.finditer(source):
        yield "page in percent signs", binascii.unhexlify(match[0].replace(b"%", b""))


def _from_run(run: bytes, source: bytes, place: int) -> tuple[str, bytes] | None:
    if (
        source[max(0, place - 40) : place]
        .rpartition(b"data:")[2]
        .startswith((b"image/", b"font/", b"audio/", b"video/"))
    ):
        return None
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
