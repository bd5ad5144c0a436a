"""XFA forms (XFA 3.3, part 1, chapters 3 and 10): XML that can bring scripts, alone as XDP or in packets of a PDF (ISO 32000-1, 12.7.8).

The packets are read as XML, whatever their encoding, and however a script is written into them (CDATA, comments, character references). What is no
well-formed XML is searched as text, because readers mend a little of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from xml.parsers import expat

from attachguard.formats.pdf.actions import counted
from attachguard.formats.pdf.file import Document
from attachguard.formats.pdf.syntax import Stream, Value
from attachguard.formats.referring import refer
from attachguard.inspector import Fact
from attachguard.later import later
from attachguard.part import Part
from attachguard.readers.references import USES, Use, read
from attachguard.types.filetypes import filetype

#: Decoded bytes of a form, and scripts of one file.
_SCRIPT: Final = 8 << 20
_SCRIPTS: Final = 10_000
_STEP: Final = 1 << 16
_XFA_SCRIPT: Final = later(rb"<(?:[\w.-]{1,40}:)?script(?:\s[^<>]{0,1000})?>")
_XFA_SCRIPT_END: Final = later(rb"</(?:[\w.-]{1,40}:)?script")
_SHEET_BYTES: Final = 4_096
_SHEETS: Final = 20
_PLACES: Final = 500
_SHEET: Final = re.compile(rb"<\?xml-stylesheet\s([^?]{1,4000})")
_HREF: Final = later(r"href\s{0,8}=\s{0,8}(?:\"([^\"]{1,2000})|'([^']{1,2000}))")
#: What an attribute refers to: pictures and parts of forms that come with the form, and where it sends what was filled in.
_REFERRING: Final[dict[str, Use]] = {"href": USES["picture"], "usehref": USES["frame"], "target": USES["form"]}
#: How encodings begin that the parser of XML does not read, or that packets are told by.
_MARKS: Final = (
    (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"), (b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
)  # fmt: skip
#: An encoding that hides its angle brackets, named in front.
_UTF7: Final = later(rb"(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}encoding\s*=\s*[\"']utf-?7[\"']", re.IGNORECASE)


class Form:
    """What is in an XFA form.

    Args:
        content: its XML, or the packets that make it up one after the other.
    """

    __slots__ = ("_left", "_open", "_text", "chunks", "places", "scripts", "sheets")

    def __init__(self, content: bytes) -> None:
        #: Scripts that have any code, and base64 of PDF files in it.
        self.scripts: list[bytes] = []
        self.chunks: list[bytes] = []
        #: Addresses of style sheets, which a reader fetches with the form.
        self.sheets: list[str] = []
        #: What else it refers to: addresses and their uses.
        self.places: dict[tuple[str, Use], None] = {}
        self._left = max(_SCRIPT, len(content))
        self._open: list[str] = []
        self._text: list[str] = []
        if not self._parse(content):
            # What was read before the mistake is kept; the rest is found in the text.
            text = _narrow(content)
            self.scripts += _searched(text)[len(self.scripts) :]
            for found in _SHEET.finditer(text):
                self._instruction("xml-stylesheet", found[1].decode("utf-8", "replace"))

    def _parse(self, content: bytes) -> bool:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.ProcessingInstructionHandler = self._instruction
        try:
            for at in range(0, len(content), _STEP):
                parser.Parse(content[at : at + _STEP], at + _STEP >= len(content))
        except (expat.ExpatError, ValueError, LookupError):
            return False  # of an encoding that is not known, too
        return True

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        for key in attributes.keys() & _REFERRING.keys():
            if len(self.places) < _PLACES:
                self.places[attributes[key], _REFERRING[key]] = None
        if tag in ("script", "chunk"):
            self._open.append(tag)
            self._text.clear()

    def _instruction(self, target: str, content: str) -> None:
        found = _HREF.search(content[:_SHEET_BYTES]) if target == "xml-stylesheet" else None
        if found is not None and len(self.sheets) < _SHEETS:
            self.sheets.append(found[1] or found[2])

    def _characters(self, data: str) -> None:
        if self._open and self._left > 0:
            self._text.append(data[: self._left])
            self._left -= len(data)

    def _end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if not self._open or self._open[-1] != tag:
            return
        self._open.pop()
        source = "".join(self._text).encode("utf-8", "replace")
        self._text.clear()
        if source.strip():
            (self.scripts if tag == "script" else self.chunks).append(source)


def _narrow(content: bytes) -> bytes:
    """XML in UTF-16, UTF-32 or UTF-7 as UTF-8; anything else as it is."""
    if _UTF7.match(content):
        return content.decode("utf-7", "replace").encode("utf-8", "replace")
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace").encode("utf-8", "replace")
    return content


def _searched(content: bytes) -> list[bytes]:
    """The scripts of a template that is no well-formed XML."""
    scripts: list[bytes] = []
    for found in _XFA_SCRIPT.finditer(content):
        if found[0].endswith(b"/>"):
            continue
        close = _XFA_SCRIPT_END.search(content, found.end())
        source = content[found.end() : close.start() if close else len(content)]
        if source.strip():
            scripts.append(source)
        if close is None or len(scripts) == _SCRIPTS:
            break
    return scripts


def forms(part: Part, document: Document, found: list[Value], *, locked: bool) -> Iterator[Fact]:
    """What the XFA forms of a PDF hold.

    Args:
        part: the PDF.
        document: its objects.
        found: the values of `XFA` entries.
        locked: whether the packets are encrypted and stay so.
    """
    scripts: list[bytes] = []
    sheets: dict[str, None] = {}
    places: dict[tuple[str, Use], None] = {}
    left = 2 * _SCRIPT
    for packets in found:
        if locked or left <= 0:
            break
        part.budget.check_time()
        content = _packets(document, packets)
        left -= len(content)
        form = Form(content)
        scripts += form.scripts[: _SCRIPTS - len(scripts)]
        sheets.update(dict.fromkeys(form.sheets))
        places.update(form.places)
    if found:
        yield from told(part, scripts, list(sheets), places, "PDF XFA")


def told(
    part: Part, scripts: list[bytes], sheets: list[str], places: Iterable[tuple[str, Use]], what: str
) -> Iterator[Fact]:
    """The facts about a form with these scripts and style sheets that refers to these places."""
    for address in sheets[:_SHEETS]:
        yield from refer(part, USES["style"], address, words=f"{what} style sheet")
    for address, use in places:
        if read(address).form in ("network-path", "moniker"):
            yield from refer(part, use, address, words=f"{what} {use.words}")
    if scripts:
        yield part.finding("pdf-xfa-script", f"{what}: form with {counted(len(scripts), 'script')}")
        yield part.layer("xfa-scripts", b"\n".join(scripts), filetype("js"))
    yield part.finding("pdf-xfa-form", f"{what}: form")


def _packets(document: Document, packets: Value) -> bytes:
    """The XML of an XFA form (12.7.8): one stream, or an array of names and streams that belong together."""
    resolved = document.resolve(packets)
    pieces = resolved[:400] if isinstance(resolved, list) else [resolved]
    content: list[bytes] = []
    have = 0
    for piece in pieces:
        stream = document.resolve(piece)
        if isinstance(stream, Stream) and have < _SCRIPT:
            content.append(document.content_up_to(stream, _SCRIPT))
            have += len(content[-1])
    if len(content) > 1 and any(piece[:2] in (mark for mark, _ in _MARKS) for piece in content):
        # Packets may differ in how they are written.
        return b"".join(map(_narrow, content))
    return b"".join(content)
