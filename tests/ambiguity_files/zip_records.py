"""Single records of a ZIP archive, for the archives whose records contradict each other (APPNOTE.TXT 6.3.10)."""

from __future__ import annotations

import struct
import zlib

from tests.fixtures.zip import PROGRAM, TEXT, Member, archive

_END = struct.Struct("<4sHHHHIIH")


def end(count: int, length: int, offset: int, *, here: int | None = None, comment: bytes = b"") -> bytes:
    """An end record (4.3.16)."""
    here = count if here is None else here
    return _END.pack(b"PK\x05\x06", 0, 0, here, count, length, offset, len(comment)) + comment


def wide_end(count: int, length: int, offset: int, *, here: int | None = None) -> bytes:
    """A ZIP64 end record (4.3.14)."""
    here = count if here is None else here
    return struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, here, count, length, offset)


def locator(place: int) -> bytes:
    """A ZIP64 locator (4.3.15)."""
    return struct.pack("<4sIQI", b"PK\x06\x07", 0, place, 1)


def field(kind: int, content: bytes) -> bytes:
    """An extra field (4.5.1)."""
    return struct.pack("<HH", kind, len(content)) + content


def unicode_path(name: bytes, plain: bytes, *, version: int = 1, crc: int | None = None) -> bytes:
    """An Info-ZIP Unicode Path field (4.6.9)."""
    return field(0x7075, struct.pack("<BI", version, zlib.crc32(plain) if crc is None else crc) + name)


def wide(*numbers: int) -> bytes:
    """A ZIP64 extra field (4.5.3)."""
    return field(1, struct.pack(f"<{len(numbers)}Q", *numbers))


def descriptor(data: bytes, packed: int, *, size: int | None = None, large: bool = False, signed: bool = True) -> bytes:
    """A data descriptor (4.3.9)."""
    size = len(data) if size is None else size
    return (b"PK\x07\x08" if signed else b"") + struct.pack("<IQQ" if large else "<III", zlib.crc32(data), packed, size)


def text(name: str = "brief.txt", **options) -> Member:
    return Member(name, TEXT, **options)


def program(name: str = "brief.exe", **options) -> Member:
    return Member(name, PROGRAM, **options)


def pair(first: str, second: str, **options) -> bytes:
    """Two members, the second one a program."""
    return archive(text(first), program(second, **options))


def harmless(first: str, second: str, **options) -> bytes:
    """Two members, both texts."""
    return archive(text(first), text(second, **options))


def split(*members: Member) -> tuple[bytes, list[bytes]]:
    """The local headers with their data, and one directory entry for each."""
    body, entries = b"", []
    for member in members:
        entries.append(member.central(len(body)))
        body += member.local()
    return body, entries


def stored_blocks(data: bytes) -> bytes:
    """A deflate stream that holds the data as they are (RFC 1951, 3.2.4)."""
    packer = zlib.compressobj(0, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()
