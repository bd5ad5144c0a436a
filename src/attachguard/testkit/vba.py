"""VBA projects ([MS-OVBA]) as `vbaProject.bin` or inside a document, with as much of them as carries source."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from attachguard.testkit.compound import build


def compress(text: bytes) -> bytes:
    """An MS-OVBA container of literals only."""
    chunks = [b"\x01"]
    for start in range(0, len(text), 3600):
        piece = text[start : start + 3600]
        body = b"".join(b"\0" + piece[at : at + 8] for at in range(0, len(piece), 8))
        chunks.append(struct.pack("<H", 0xB000 | (len(body) + 2 - 3)) + body)
    return b"".join(chunks)


def cache(lines: int) -> bytes:
    """What stands before the source: compiled code, here only its table of lines."""
    table = b"".join(struct.pack("<IHHI", 0, 8, 0, 8 * number) for number in range(lines))
    return bytes(64) + b"\xfe\xca\x01\x00" + struct.pack("<H", lines) + table + bytes(10 + 8 * lines)


def directory(modules: Mapping[str, int], page: int = 1252) -> bytes:
    """The `dir` stream, before compression; `modules` are offsets of the source by stream name."""

    def record(number: int, value: bytes) -> bytes:
        return struct.pack("<HI", number, len(value)) + value

    out = record(0x0001, struct.pack("<I", 1)) + record(0x0003, struct.pack("<H", page)) + record(0x0004, b"VBAProject")
    out += struct.pack("<HIIH", 0x0009, 4, 1, 2) + record(0x000F, struct.pack("<H", len(modules)))
    for name, offset in modules.items():
        wide = name.encode("utf-16-le")
        out += record(0x0019, name.encode("cp1252")) + record(0x001A, name.encode("cp1252")) + record(0x0032, wide)
        out += record(0x0031, struct.pack("<I", offset)) + struct.pack("<HI", 0x0021, 0) + struct.pack("<HI", 0x002B, 0)
    return out + struct.pack("<HI", 0x0010, 0)


def project(
    sources: Mapping[str, str], *, above: str = "", compiled: int = 0, broken: bool = False
) -> dict[str, bytes]:
    """The streams of a project by path; `above` is its storage with a slash, `broken` spoils `dir`."""
    before = cache(compiled) if compiled else bytes(40)
    streams = {
        f"{above}VBA/{name}": before + compress(source.encode("cp1252", "replace")) for name, source in sources.items()
    }
    listing = compress(directory(dict.fromkeys(sources, len(before))))
    streams[f"{above}VBA/dir"] = b"\x01\xff\xff" + listing[3:20] if broken else listing
    streams[f"{above}VBA/_VBA_PROJECT"] = b"\xcc\x61\xff\xff\x00\x00\x00"
    streams[f"{above}PROJECT"] = b'ID="{0}"\r\nModule=Module1\r\n'
    return streams


def source(macro: str, name: str = "Module1") -> str:
    """A module's source as it is stored: with its attribute line, and Windows line ends."""
    return f'Attribute VB_Name = "{name}"\r\n' + "\r\n".join(macro.splitlines()) + "\r\n"


def vba_project(*, macro: str, module: str = "Module1") -> bytes:
    """A bare VBA project, `vbaProject.bin`.

    Args:
        macro: source of its module, e.g. `Sub AutoOpen()` and so on.
        module: the module's name.
    """
    return build(project({module: source(macro, module)}))
