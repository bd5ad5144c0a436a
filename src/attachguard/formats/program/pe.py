"""Windows and DOS programs: PE, NE, LE and plain MZ.

A program opens with the DOS header, whose field at 60 leads to the header of the newer format. PE has a COFF header, an optional header with the
subsystem and a list of data directories, then sections; what follows the last section is the overlay, where installers and self-extracting
archives keep their data. Microsoft PE and COFF specification: §3 File headers, §3.4 Optional header, §5.7 Attribute certificate table.

Why our own: a handful of fields is wanted of every program in a mail, and the packages for PE parse whole files into objects.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.formats.archive import overlay as _overlay
from attachguard.inspector import Fact
from attachguard.part import Part
from attachguard.types.filetypes import filetype

TYPES: Final = frozenset({"pe", "mz", "ne", "le"})
LIMITATIONS: Final = (
    "Resources are not walked: files that a program carries as resources are seen by rules only, cabinets of IExpress excepted.",
    "A signature is noticed, not verified.",
)
EXTRACTS: Final = "What is appended to a program: archives and installers."
DETECTS: Final = (
    "Kind of program, machine, .NET, packers, installers and self-extractors, whether a signature is attached."
)

_COFF: Final = struct.Struct("<HHIIIHH")
_SECTION: Final = struct.Struct("<8sIIIIIIHHI")
_MAX_SECTIONS: Final = 96  # the loader's limit
_MACHINES: Final = {
    0x14C: "x86", 0x8664: "x86-64", 0xAA64: "ARM64", 0x1C0: "ARM", 0x1C2: "ARM", 0x1C4: "ARM", 0x200: "Itanium", 0xEBC: "EFI byte code",
    0x5032: "RISC-V", 0x5064: "RISC-V 64", 0x166: "MIPS", 0x1F0: "PowerPC",
}  # fmt: skip
_SUBSYSTEMS: Final = {
    1: "native", 2: "GUI", 3: "console", 5: "OS/2", 7: "POSIX", 8: "Windows 9x driver", 9: "Windows CE", 10: "EFI application",
    11: "EFI boot driver", 12: "EFI run-time driver", 13: "EFI ROM", 14: "Xbox", 16: "boot application",
}  # fmt: skip
_EXECUTABLE_IMAGE: Final = 0x0002
_DLL: Final = 0x2000
_CERTIFICATES: Final = 4  # index of the data directory that gives a file offset, not an address (§5.7)
_CLR_HEADER: Final = 14


class Image(NamedTuple):
    """What the headers of a PE file say.

    Args:
        machine: for which processor, in words.
        wide: whether it is PE32+.
        characteristics: flags of the COFF header.
        subsystem: number of the subsystem.
        directories: offset or address, and size, of each data directory.
        sections: name and end in the file of each section.
    """

    machine: str
    wide: bool
    characteristics: int
    subsystem: int
    directories: tuple[tuple[int, int], ...]
    sections: tuple[tuple[bytes, int], ...]

    def directory(self, index: int) -> tuple[int, int]:
        """A data directory's place and size; zeros where there is none."""
        return self.directories[index] if index < len(self.directories) else (0, 0)

    @property
    def end(self) -> int:
        """Where the last section ends in the file: the overlay begins here."""
        return max((end for _, end in self.sections), default=0)


def parse(part: Part) -> Image:
    """Read the headers of a PE file.

    Raises:
        Malformed: the headers are cut.
    """
    data = part.data
    place = int.from_bytes(data[60:64], "little") + 4
    if place + _COFF.size + 2 > len(data):
        raise Malformed("the PE headers are cut")
    machine, count, _, _, _, size, characteristics = _COFF.unpack_from(data, place)
    optional = place + _COFF.size
    wide = data[optional : optional + 2] == b"\x0b\x02"
    subsystem = int.from_bytes(data[optional + 68 : optional + 70], "little")
    first = optional + (112 if wide else 96)
    number = min(int.from_bytes(data[first - 4 : first], "little"), 16, max(0, size) // 8)
    pairs = data[first : first + 8 * number]
    directories = tuple(struct.iter_unpack("<II", pairs[: len(pairs) // 8 * 8]))
    sections = []
    for index in range(min(count, _MAX_SECTIONS)):
        offset = optional + size + index * _SECTION.size
        if offset + _SECTION.size > len(data):
            break
        name, _, _, raw_size, raw, *_ = _SECTION.unpack_from(data, offset)
        sections.append((name.rstrip(b"\0"), raw + raw_size if raw else 0))
    return Image(
        _MACHINES.get(machine, f"machine {machine:#x}"), wide, characteristics, subsystem, directories, tuple(sections)
    )


def inspect(part: Part) -> Iterator[Fact]:
    """What kind of program it is, whether it is signed, and what it carries after its last section."""
    if not part.is_a("pe"):
        yield from _overlay.archives(part, 64)
        return
    image = part.once(parse)
    names = {name for name, _ in image.sections}
    yield part.finding("windows-program", _describe(image, names, part.data))
    if _signed(image, part.data):
        yield part.signature("signature-code", "Authenticode: a certificate table is attached")
    yield from _carried(part, image, names)


def _describe(image: Image, names: set[bytes], data: bytes) -> str:
    kind = "executable"
    if image.subsystem == 1:
        kind = "driver"
    elif image.characteristics & _DLL:
        kind = "DLL"
    elif not image.characteristics & _EXECUTABLE_IMAGE:
        kind = "image that cannot be run"
    words = [
        f"PE32{'+' if image.wide else ''} {kind} ({_SUBSYSTEMS.get(image.subsystem, f'subsystem {image.subsystem}')}) {image.machine}"
    ]
    if image.directory(_CLR_HEADER)[0]:
        words.append(".NET")
    if {b"UPX0", b"UPX1"} & names:
        words.append("packed with UPX")
    if data.find(b"Inno Setup Setup Data", 0, len(data)) >= 0:
        words.append("Inno Setup installer")
    return ", ".join(words)


def _signed(image: Image, data: bytes) -> bool:
    """Whether the certificate table holds a PKCS#7 entry inside the file (WIN_CERTIFICATE, §5.7)."""
    offset, size = image.directory(_CERTIFICATES)
    if not offset or size < 8 or offset + 8 > len(data):
        return False
    length, _, kind = struct.unpack_from("<IHH", data, offset)
    return bool(length >= 8 and kind == 2)


def _carried(part: Part, image: Image, names: set[bytes]) -> Iterator[Fact]:
    data = part.data
    end = image.end
    if end <= 0:
        return
    # The first header of NSIS is at a 512-byte boundary at the start of the overlay.
    if data.find(b"\xef\xbe\xad\xdeNullsoftInst", end, end + (1 << 20 if b".ndata" in names else 4096)) >= 0:
        yield filetype("nsis")
        yield part.finding("installer", "NSIS installer")
        return
    if b"wextract" in data and (place := data.find(b"MSCF\0\0\0\0")) >= 0:
        # IExpress keeps its cabinet as a resource.
        yield part.child("cabinet.cab", data[place:], role="embedded")
        yield part.finding("installer", "cabinet in an IExpress program", offset=place)
        return
    if end < len(data):
        yield from _overlay.archives(part, end)
