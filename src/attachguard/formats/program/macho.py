"""macOS and iOS programs: Mach-O, thin and universal (Apple's `mach-o/loader.h` and `mach-o/fat.h`).

A thin file opens with a header in the byte order of its machine, then load commands; a universal file with a big-endian list of thin ones.

Why our own: a header and the list of load commands are wanted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from attachguard.errors import Malformed
from attachguard.inspector import Fact
from attachguard.part import Part

TYPES: Final = frozenset({"macho"})
LIMITATIONS: Final = ("A code signature is noticed, not verified.",)
EXTRACTS: Final = "The programs of a universal file."
DETECTS: Final = "Which machines a program is for, and whether it carries a signature."

_THIN: Final = {b"\xce\xfa\xed\xfe": "<", b"\xcf\xfa\xed\xfe": "<", b"\xfe\xed\xfa\xce": ">", b"\xfe\xed\xfa\xcf": ">"}
_KINDS: Final = {
    1: "object file", 2: "executable", 4: "core dump", 6: "shared library", 7: "dynamic linker", 8: "bundle", 9: "library stub",
    10: "debug symbols", 11: "kernel extension",
}  # fmt: skip
_PROCESSORS: Final = {
    7: "x86",
    0x01000007: "x86-64",
    12: "ARM",
    0x0100000C: "ARM64",
    18: "PowerPC",
    0x01000012: "PowerPC 64",
    8: "MIPS",
}
_CODE_SIGNATURE: Final = 0x1D
_MAX_COMMANDS: Final = 1024
_MAX_ARCHITECTURES: Final = 44


def inspect(part: Part) -> Iterator[Fact]:
    """What kind of program it is, for which machines, and whether it is signed."""
    data = part.data
    order = _THIN.get(data[:4])
    if order is not None:
        words, signed = _thin(data, 0, order)
        yield part.finding("mac-program", "Mach-O " + words)
        if signed:
            yield part.signature("signature-code", "Mach-O: code signature")
        return
    yield from _universal(part)


def _thin(data: bytes, start: int, order: str) -> tuple[str, bool]:
    if start + 28 > len(data):
        raise Malformed("the Mach-O header is cut")
    processor, _, kind, count, _ = struct.unpack_from(order + "5I", data, start + 4)
    wide = data[start : start + 4] in (b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xcf")
    place = start + (32 if wide else 28)
    signed = False
    for _ in range(min(count, _MAX_COMMANDS)):
        if place + 8 > len(data):
            break
        command, size = struct.unpack_from(order + "II", data, place)
        signed = signed or command == _CODE_SIGNATURE
        if size < 8:
            break
        place += size
    return f"{'64' if wide else '32'}-bit {_KINDS.get(kind, f'kind {kind}')}, {_processor(processor)}", signed


def _processor(number: int) -> str:
    return _PROCESSORS.get(number, f"processor {number:#x}")


def _universal(part: Part) -> Iterator[Fact]:
    data = part.data
    count = int.from_bytes(data[4:8], "big")
    entry = struct.Struct(">IIQQII") if data[:4] == b"\xca\xfe\xba\xbf" else struct.Struct(">IIIII")
    names: list[str] = []
    signed = False
    cut = False
    for index in range(min(count, _MAX_ARCHITECTURES)):
        place = 8 + index * entry.size
        if place + entry.size > len(data):
            cut = True
            break
        processor, _, offset, *_ = entry.unpack_from(data, place)
        names.append(_processor(processor))
        order = _THIN.get(data[offset : offset + 4])
        if order is not None and offset + 28 <= len(data):
            signed = _thin(data, offset, order)[1] or signed
    yield part.finding("mac-program", f"Mach-O universal: {', '.join(names) or 'no architecture'}")
    if signed:
        yield part.signature("signature-code", "Mach-O: code signature")
    if cut:
        raise Malformed("the list of architectures is cut")
