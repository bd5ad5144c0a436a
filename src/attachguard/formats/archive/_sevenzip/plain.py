"""Writes the content of one decrypted 7z folder as an archive of its own, for libarchive, which unpacks PPMd and knows no passwords.

Reference: 7zFormat.txt of the LZMA SDK; the property ids are its own. Only chains are written: each coder takes what the one before it gives.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Final

from attachguard.errors import Malformed
from attachguard.formats.archive._sevenzip.folder import AES
from attachguard.formats.archive._sevenzip.header import Folder

_SIGNATURE: Final = b"7z\xbc\xaf\x27\x1c"
_LARGEST_BYTE: Final = 0x7F


def chain(folder: Folder) -> list[int]:
    """Numbers of the coders after the decryption, in the order in which content goes through them; empty where they are no chain."""
    coders = folder.coders
    if any((coder.inputs, coder.outputs) != (1, 1) for coder in coders) or len(folder.packed) != 1:
        return []
    followers = {origin: target for target, origin in folder.bindings.items()}
    order = [folder.packed[0]]
    while order[-1] in followers and len(order) <= len(coders):
        order.append(followers[order[-1]])
    whole = len(order) == len(coders) and coders[order[0]].method == AES
    return order[1:] if whole and all(coders[number].method != AES for number in order[1:]) else []


def archive(content: bytes, folder: Folder, files: Sequence[tuple[str, int, int | None]]) -> bytes:
    """An archive of one folder.

    Args:
        content: its packed stream, decrypted.
        folder: how it is packed.
        files: name, size and CRC of each file in it.

    Raises:
        Malformed: it cannot be written as a chain.
    """
    order = chain(folder)[::-1]
    if not order:
        raise Malformed("7z: an encrypted folder whose coders do not form a chain")
    streams = b"\x06\x00\x01\x09" + _number(len(content)) + b"\x00"
    streams += b"\x07\x0b\x01\x00" + _number(len(order)) + b"".join(_coder(folder, number) for number in order)
    streams += b"".join(_number(step) + _number(step + 1) for step in range(len(order) - 1))
    streams += b"\x0c" + b"".join(_number(folder.sizes[number]) for number in order) + b"\x00"
    streams += b"\x08\x0d" + _number(len(files)) + b"\x09" + b"".join(_number(size) for _, size, _ in files[:-1])
    if all(crc is not None for _, _, crc in files):
        streams += b"\x0a\x01" + b"".join(struct.pack("<I", crc) for _, _, crc in files)
    names = b"\x00" + b"".join(name.encode("utf-16-le", "surrogatepass") + b"\0\0" for name, _, _ in files)
    listed = b"\x05" + _number(len(files)) + b"\x11" + _number(len(names)) + names + b"\x00"
    header = b"\x01\x04" + streams + b"\x00\x00" + listed + b"\x00"
    place = struct.pack("<QQI", len(content), len(header), zlib.crc32(header))
    return _SIGNATURE + b"\x00\x04" + struct.pack("<I", zlib.crc32(place)) + place + content + header


def _coder(folder: Folder, number: int) -> bytes:
    coder = folder.coders[number]
    settings = _number(len(coder.properties)) + coder.properties if coder.properties else b""
    return bytes([len(coder.method) | (0x20 if settings else 0)]) + coder.method + settings


def _number(value: int) -> bytes:
    return bytes([value]) if value <= _LARGEST_BYTE else b"\xff" + struct.pack("<Q", value)
