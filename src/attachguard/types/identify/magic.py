"""The signature table: first bytes that say what content is, and a few places further in.

Data only. A line of `PREFIXES` is a prefix and the id it proves, or the structure check that must agree because the prefix is weak. Text formats
are told in `text.py`, what is rarely mailed in `rare.py`; what a ZIP or a compound file holds is told by their inspectors.
"""

from __future__ import annotations

from typing import Final

from attachguard.types.identify import media as structure_media
from attachguard.types.identify import structure
from attachguard.types.identify.rare import RARE
from attachguard.types.identify.structure import Check
from attachguard.types.table import ROWS

PREFIXES: Final[tuple[tuple[bytes, str | Check], ...]] = (
    # documents
    (b"%!PS", structure.postscript),
    (b"\x31\xbe", structure.write),
    (b"\x32\xbe", structure.write),
    (b"\x00\x00\x02\x00", structure.lotus),
    (b"\x00\x00\x1a\x00", structure.lotus),
    (b"\x09\x00\x04\x00", structure.biff),
    (b"\x09\x02\x06\x00", structure.biff),
    (b"\x09\x04\x06\x00", structure.biff),
    (b"\x09\x08\x08\x00", structure.biff),
    (b"\x09\x08\x10\x00", structure.biff),
    # archives and streams
    (b"\x1f\x8b\x08", structure_media.gzip),
    (b"BZh", structure.bzip2),
    *((bytes((first, 0x2A, 0x4D, 0x18)), structure.skippable_frame) for first in range(0x50, 0x60)),
    (b"\x5d\x00\x00", structure.lzma_alone),
    (b"\x78\x01", structure.zlib_stream),
    (b"\x78\x5e", structure.zlib_stream),
    (b"\x78\x9c", structure.zlib_stream),
    (b"\x78\xda", structure.zlib_stream),
    (b"\x60\xea", structure.arj),
    (b"ZOO ", structure.zoo),
    (b"\x1a", structure.arc),
    (b"SIT!", structure.stuffit),
    (b"StuffIt", structure.stuffit),
    (b"070701", structure.cpio_text),
    (b"070702", structure.cpio_text),
    (b"070707", structure.cpio_text),
    (b"\xc7\x71", structure.cpio_binary),
    (b"\x71\xc7", structure.cpio_binary),
    # disk images
    (b"\xeb", structure.boot_sector),
    (b"\xe9", structure.boot_sector),
    (b"\x33\xc0", structure.boot_sector),
    (b"\xfa", structure.boot_sector),
    # programs
    (b"MZ", structure.dos),
    (b"ZM", structure.dos),
    (b"\xca\xfe\xba\xbe", structure.java_or_macho),
    (b"FWS", structure.flash),
    (b"CWS", structure.flash),
    (b"ZWS", structure.flash),
    (b"\x4c\x01", structure.coff),
    (b"\x64\x86", structure.coff),
    (b"\x64\xaa", structure.coff),
    (b"\xc4\x01", structure.coff),
    (b"\x80", structure.pickle),
    # images
    (b"BM", structure_media.bmp),
    (b"RIFF", structure_media.riff),
    (b"RF64", structure_media.riff),
    (b"FORM", structure_media.iff),
    (b"\x00\x00\x01\x00", structure_media.icon),
    (b"\x00\x00\x02\x00", structure_media.icon),
    *((b"P" + digit, structure_media.netpbm) for digit in (b"1", b"2", b"3", b"4", b"5", b"6", b"7")),
    (b"\x0a", structure_media.pcx),
    (b"icns", structure.apple_icons),
    (b"\x01\x00\x00\x00", structure_media.emf),
    (b"\x01\x00\x09\x00", structure_media.wmf),
    (b"\x02\x00\x09\x00", structure_media.wmf),
    # sound and video
    *(
        (bytes((0xFF, second)), structure_media.mpeg_audio)
        for second in range(0xE0, 0x100)
        if second not in (0xFE, 0xFF)
    ),
    *((b"ID3" + version, structure_media.behind_tag) for version in (b"\2", b"\3", b"\4")),
    (b"MAC ", structure.monkey),
    (b"\x1a\x45\xdf\xa3", structure_media.ebml),
    (b"\x47", structure_media.transport_stream),
    # fonts
    (b"\x00\x01\x00\x00", structure.jet),
    # data
    *((bytes((first,)), structure.dbase) for first in (0x02, 0x03, 0x30, 0x31, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5)),
    (b"\x0a\x0d\x0d\x0a", structure.capture),
    (b"d", structure.torrent),
    (b"\x00\x00\x27\x0a", structure.shapefile),
)

#: First bytes that prove a type by themselves.
SURE: Final = tuple((prefix, row.id) for row in ROWS for prefix in row.starts)
#: Magic at a fixed place further in: offset, bytes, id. Looked at whatever the first bytes say, for a file may be both.
PLACED: Final = tuple(sorted((offset, magic, row.id) for row in ROWS for offset, magic in row.at))


def _by_first_byte() -> tuple[tuple[tuple[bytes, str | Check], ...], ...]:
    table: list[list[tuple[bytes, str | Check]]] = [[] for _ in range(256)]
    # Longer prefixes first: the more bytes agree, the surer the answer.
    for prefix, answer in sorted((*SURE, *PREFIXES, *RARE), key=lambda line: -len(line[0])):
        table[prefix[0]].append((prefix, answer))
    return tuple(tuple(lines) for lines in table)


#: `SURE`, `PREFIXES` and `RARE` by first byte, longest prefix first.
BY_FIRST_BYTE: Final = _by_first_byte()
