"""Office documents in their smallest form.

Own writers: a macro project has to hold exactly the source that the test names, and no library writes one.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final

from attachguard.readers.compound.build import Storage, write
from attachguard.testkit.archives import zip_archive
from attachguard.testkit.content import Content

_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_PROJECT: Final = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_WORD_MACRO: Final = "application/vnd.ms-word.document.macroEnabled.main+xml"
_PROLOGUE: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
#: Source that one chunk of a compressed container takes as literals: 4096 bytes less a flag byte in front of every eight.
_CHUNK: Final = 3600


def docx(text: str = "Guten Tag", parts: Mapping[str, Content] | None = None) -> bytes:
    """A Word document.

    Args:
        text: its only paragraph, as it stands in XML.
        parts: further parts of the package by name, e.g. `word/media/bild1.png`.
    """
    return _word(text, _WORD, (), parts or {})


def docm(macro: str, text: str = "Guten Tag", module: str = "Module1") -> bytes:
    """A Word document with a macro project.

    Args:
        macro: source of the module, e.g. `Sub AutoOpen()` and so on.
        text: the document's only paragraph.
        module: name of the module.
    """
    project = vba_project(macro, module)
    return _word(text, _WORD_MACRO, (("rId9", _PROJECT, "vbaProject.bin"),), {"word/vbaProject.bin": project})


def vba_project(macro: str, module: str = "Module1") -> bytes:
    """A bare macro project, `vbaProject.bin`.

    Args:
        macro: source of the module.
        module: name of the module.
    """
    before = bytes(40)  # where Office keeps compiled code
    source = f'Attribute VB_Name = "{module}"\r\n' + macro.replace("\r\n", "\n").replace("\n", "\r\n") + "\r\n"
    vba = Storage()
    vba.streams[module] = before + _compress(source.encode("cp1252", "replace"))
    vba.streams["dir"] = _compress(_directory(module, len(before)))
    vba.streams["_VBA_PROJECT"] = b"\xcc\x61\xff\xff\0\0\0"
    root = Storage()
    root.storages["VBA"] = vba
    root.streams["PROJECT"] = f'ID="{{0}}"\r\nModule={module}\r\n'.encode("cp1252", "replace")
    return write(root)


def _word(text: str, kind: str, links: tuple[tuple[str, str, str], ...], parts: Mapping[str, Content]) -> bytes:
    types = (
        f'{_PROLOGUE}<Types xmlns="{_PACKAGE}content-types"><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
    )
    document = (
        f'{_PROLOGUE}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{text}</w:t>'
        "</w:r></w:p></w:body></w:document>"
    )
    more: dict[str, Content] = {"word/_rels/document.xml.rels": _relationships(*links)} if links else {}
    start = _relationships(("rId1", f"{_OFFICE}officeDocument", "word/document.xml"))
    return zip_archive(
        {"[Content_Types].xml": types, "_rels/.rels": start, "word/document.xml": document, **more, **parts}
    )


def _relationships(*links: tuple[str, str, str]) -> str:
    rows = "".join(f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, kind, target in links)
    return f'{_PROLOGUE}<Relationships xmlns="{_PACKAGE}relationships">{rows}</Relationships>'


def _compress(text: bytes) -> bytes:
    """A compressed container ([MS-OVBA] 2.4.1) of literals only."""
    out = b"\x01"
    for start in range(0, len(text), _CHUNK):
        piece = text[start : start + _CHUNK]
        body = b"".join(b"\0" + piece[at : at + 8] for at in range(0, len(piece), 8))
        out += struct.pack("<H", 0xB000 | (len(body) + 2 - 3)) + body
    return out


def _directory(module: str, offset: int) -> bytes:
    """The `dir` stream ([MS-OVBA] 2.3.4.2) of a project with one module, before compression."""

    def record(number: int, value: bytes) -> bytes:
        return struct.pack("<HI", number, len(value)) + value

    name, wide = module.encode("cp1252", "replace"), module.encode("utf-16-le")
    out = record(0x0001, struct.pack("<I", 1)) + record(0x0003, struct.pack("<H", 1252)) + record(0x0004, b"VBAProject")
    out += struct.pack("<HIIH", 0x0009, 4, 1, 2) + record(0x000F, struct.pack("<H", 1))
    out += (
        record(0x0019, name) + record(0x001A, name) + record(0x0032, wide) + record(0x0031, struct.pack("<I", offset))
    )
    return out + struct.pack("<HI", 0x0021, 0) + struct.pack("<HI", 0x002B, 0) + struct.pack("<HI", 0x0010, 0)
