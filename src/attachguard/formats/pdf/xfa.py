"""XFA forms in PDF: XML packets that can bring scripts (ISO 32000-1, 12.7.8; XFA 3.3, part 1, chapter 10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attachguard.formats.pdf.actions import counted
from attachguard.formats.pdf.file import Document
from attachguard.formats.pdf.syntax import Stream, Value
from attachguard.inspector import Fact
from attachguard.part import Part
from attachguard.types.filetypes import filetype

#: Decoded bytes of a form, and scripts of one file.
_SCRIPT: Final = 8 << 20
_SCRIPTS: Final = 10_000
_XFA_SCRIPT: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?script(?:\s[^<>]{0,1000})?>")
_XFA_SCRIPT_END: Final = re.compile(rb"</(?:[\w.-]{1,40}:)?script")


def forms(part: Part, document: Document, found: list[Value], *, locked: bool) -> Iterator[Fact]:
    """What the XFA forms of a file hold.

    Args:
        part: the PDF.
        document: its objects.
        found: the values of `XFA` entries.
        locked: whether the packets are encrypted and stay so.
    """
    scripts: list[bytes] = []
    for packets in found:
        if locked:
            break
        scripts += _xfa_scripts(_packets(document, packets))[: _SCRIPTS - len(scripts)]
    if not found:
        return
    if scripts:
        yield part.finding("pdf-xfa-script", f"PDF XFA: form with {counted(len(scripts), 'script')}")
        yield part.layer("xfa-scripts", b"\n".join(scripts), filetype("js"))
    yield part.finding("pdf-xfa-form", "PDF XFA: form")


def _xfa_scripts(content: bytes) -> list[bytes]:
    """The scripts of an XFA template that have any code."""
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
    return b"".join(content)
