"""Unix programs: ELF (System V ABI, chapter 4: ELF header).

The first 16 bytes give width and byte order, the header the kind and the machine. AppImages carry a file system, self-extracting archives an
archive after the section headers; Android's compiled code holds an `oat` block at a fixed place.

Why our own: six fields are wanted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from attachguard.errors import Malformed
from attachguard.formats.archive import overlay as _overlay
from attachguard.inspector import Fact
from attachguard.part import Part
from attachguard.types.filetypes import filetype

TYPES: Final = frozenset({"elf"})
LIMITATIONS: Final = ("Sections and symbols are not read.",)
EXTRACTS: Final = "Nothing."
DETECTS: Final = "Which machine a program is for, whether it is a program, a library or an object."

_KINDS: Final = {
    1: "object file",
    2: "executable",
    3: "shared object or position-independent executable",
    4: "core dump",
}
_MACHINES: Final = {
    2: "SPARC", 3: "x86", 8: "MIPS", 20: "PowerPC", 21: "PowerPC 64", 22: "S/390", 40: "ARM", 42: "SuperH", 43: "SPARC 64", 50: "Itanium",
    62: "x86-64", 183: "ARM64", 243: "RISC-V", 247: "BPF", 258: "LoongArch",
}  # fmt: skip
_OAT_PLACE: Final = 0x1000


def inspect(part: Part) -> Iterator[Fact]:
    """What kind of program it is, for which machine, and what it carries after its headers."""
    data = part.data
    if len(data) < 20:
        raise Malformed("the ELF header is cut")
    order = ">" if data[5] == 2 else "<"
    kind, machine = struct.unpack_from(order + "HH", data, 16)
    bits = {1: "32-bit", 2: "64-bit"}.get(data[4], "unknown width")
    words = f"ELF {bits} {_KINDS.get(kind, f'kind {kind}')}, {_MACHINES.get(machine, f'machine {machine}')}"
    if data[8:10] == b"AI" and data[10] in (1, 2):
        yield part.finding("unix-program", words + ", AppImage")
        yield part.finding("sfx", "AppImage: a file system appended to a program")
        return
    yield part.finding("unix-program", words)
    if data.startswith(b"oat\n", _OAT_PLACE):
        yield filetype("oat")
    end = _end(data, order)
    if 0 < end < len(data):
        yield from _overlay.archives(part, end)


def _end(data: bytes, order: str) -> int:
    """Where the section headers end, which linkers write last; 0 where that cannot be said."""
    if data[4] == 2:
        place, size, count, header = 40, "Q", 60, 64
    else:
        place, size, count, header = 32, "I", 48, 52
    if len(data) < header:
        return 0
    (offset,) = struct.unpack_from(order + size, data, place)
    length, number = struct.unpack_from(order + "HH", data, count - 2)
    return int(offset + length * number) if offset else 0
