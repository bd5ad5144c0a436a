"""OneNote sections: as much of both forms as carries files ([MS-ONESTORE])."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Mapping

from attachguard.testkit.content import Content, octets

SECTION = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3")
DESKTOP = bytes.fromhex("3fdd9a101b91f549a5d01791edc8aed8")
FILE = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
FILE_END = bytes.fromhex("22a7fb71790f0b4abb13899256426b24")
LIST = bytes.fromhex("c4f4f7f5b17a56a4")
LIST_END = bytes.fromhex("4bba3382c315c28b")
EMBEDDED, PICTURE = 0x00080036, 0x00080039


def header(form: bytes) -> bytes:
    """The header of a section in one of its two forms."""
    return SECTION + uuid.UUID(int=7).bytes + bytes(16) + form


def file_object(data: bytes) -> bytes:
    """A FileDataStoreObject."""
    return FILE + struct.pack("<Q12x", len(data)) + data + bytes(-len(data) % 8) + FILE_END


def text(value: str) -> bytes:
    """A string with its count of letters."""
    return struct.pack("<I", len(value)) + value.encode("utf-16-le")


def node(kind: int, body: bytes, form: int = 0) -> bytes:
    """A node of a list."""
    return struct.pack("<I", kind | (len(body) + 4) << 10 | form << 23 | 1 << 31) + body


def name_property(name: str) -> bytes:
    """A property set of three: a number, some octets, the file's name."""
    value = (name + "\0").encode("utf-16-le")
    ids = struct.pack("<III", 0x14001D00, 0x1C001D01, 0x1C001D9C)
    return (
        struct.pack("<H", 3) + ids + bytes(4) + struct.pack("<I", 5) + b"octet" + struct.pack("<I", len(value)) + value
    )


def section(*files: tuple[str, bytes, int], encrypted: bool = False) -> bytes:
    """The desktop's form: the objects, then the list that tells their kinds, then names."""
    out = bytearray(header(DESKTOP).ljust(1024, b"\0"))
    nodes = bytearray(LIST + struct.pack("<II", 16, 0))
    names = bytearray()
    for number, (name, data, kind) in enumerate(files):
        guid = uuid.UUID(int=(0xABCD << 96) + number)
        extension = "." + name.rpartition(".")[2]
        declaration = struct.pack("<IIB", number, kind, 1) + text(f"<ifndf>{{{str(guid).upper()}}}") + text(extension)
        nodes += node(0x072, declaration)
        nodes += node(0x094, struct.pack("<QI", len(out), 36 + len(data)) + guid.bytes_le)
        out += file_object(data)
        if kind == EMBEDDED:
            names += name_property(name)
    if encrypted:
        nodes += node(0x07C, bytes(12))
    nodes += node(0x0FF, b"") + bytes(12) + LIST_END
    return bytes(out + nodes + names)


def onenote(*, attached: Mapping[str, Content], text: str = "") -> bytes:
    """A OneNote section with attached files.

    Args:
        attached: contents by file name.
        text: what is on the page.
    """
    made = section(*((name, octets(data), EMBEDDED) for name, data in attached.items()))
    return made + text.encode("utf-16-le") + bytes(2 if text else 0)
