"""Images of discs whose trees of folders differ, each with a twin whose trees differ as those of ordinary mastering programs do."""

from __future__ import annotations

import struct

from attachguard.testkit.archives import SECTOR, both, descriptor, record
from tests.fixtures import udf
from tests.fixtures.iso import PROGRAM, TEXT, image, sector

_BLOCK = udf.BLOCK
_ROOT, _SECOND, _TEXT, _PROGRAM = 20, 21, 22, 23  # sectors of `image`


def _rock(name: str) -> bytes:
    return b"NM" + bytes([5 + len(name), 1, 0]) + name.encode()


def _folder(*records: bytes, at: int = _ROOT) -> bytes:
    dots = record(b"\0", at, SECTOR, folder=True) + record(b"\1", at, SECTOR, folder=True)
    return sector(dots + b"".join(records))


def _with(data: bytes, at: int, piece: bytes) -> bytes:
    return data[: at * SECTOR] + piece.ljust(SECTOR, b"\0") + data[(at + 1) * SECTOR :]


def _primary(*records: bytes) -> bytes:
    """An image with a primary tree only, its root made of these records."""
    return _with(image({"BRIEF.TXT;1": 0}), _ROOT, _folder(*records))


def _text(name: bytes = b"BRIEF.TXT;1", **options) -> bytes:
    return record(name, _TEXT, len(TEXT), **options)


def _program(name: bytes = b"SETUP.DAT;1", **options) -> bytes:
    return record(name, _PROGRAM, len(PROGRAM), **options)


def _other_order(entry: bytes, place: int, size: int) -> bytes:
    """A record whose numbers say something else in the second byte order."""
    return entry[:6] + struct.pack(">I", place) + entry[10:14] + struct.pack(">I", size) + entry[18:]


def _path_table(*, hidden: bool) -> bytes:
    """A folder in sector 21; the path table leads to it, the root does so or does not."""
    below = _folder(_program(), at=_SECOND) if hidden else _folder(_text(), at=_SECOND)
    root = _folder(_text(), *(() if hidden else (record(b"TIEF", _SECOND, SECTOR, folder=True),)))
    table = struct.pack("<BBIH", 1, 0, _ROOT, 1) + b"\0\0" + struct.pack("<BBIH", 4, 0, _SECOND, 1) + b"TIEF"
    data = _with(_with(image({"BRIEF.TXT;1": 0}), _ROOT, root), _SECOND, below)
    head = bytearray(data[16 * SECTOR : 17 * SECTOR])
    head[132:144] = both(len(table)) + struct.pack("<I", 19)
    return _with(_with(data, 16, bytes(head)), 19, table)


def _continued(ending: str) -> bytes:
    """A Rock Ridge name whose end stands in an area behind (SUSP 5.1)."""
    first = b"NM" + bytes([5 + 5, 1, 1]) + b"brief"
    area = both(19) + both(0) + both(5 + len(ending))
    entry = record(b"BRIEF.TXT;1", _PROGRAM, len(PROGRAM), extra=first + b"CE\x1c\x01" + area)
    return _with(_primary(entry), 19, _rock(ending))


def _boot_record() -> bytes:
    """A bootable disc: the catalogue, which names its image, is a file of the primary tree only (El Torito 2.0)."""
    data = image({"BRIEF.TXT;1": 0}, {"brief.txt": 0})
    boot = b"\0CD001\x01EL TORITO SPECIFICATION".ljust(71, b"\0") + struct.pack("<I", _PROGRAM)
    catalogue = (b"\x01".ljust(32, b"\0") + b"\x88".ljust(8, b"\0") + struct.pack("<I", 25)).ljust(64, b"\0")
    # The record of the boot takes the second place, Joliet and the terminator move on.
    data = _with(_with(_with(data, 19, data[18 * SECTOR :][:SECTOR]), 18, data[17 * SECTOR :][:SECTOR]), 17, boot)
    root = _folder(_text(), record(b"BOOT.CAT;1", _PROGRAM, SECTOR))
    return _with(_with(data, _ROOT, root), _PROGRAM, catalogue)


def bridge(shown: dict[str, bytes], primary: dict[str, bytes], notice: bytes = b"") -> bytes:
    """A UDF volume and a tree of ISO 9660 over it; files that UDF does not have are named by a name with a slash."""
    data = udf.image(shown, first=True)
    size = len(data)
    records = b""
    for name, content in primary.items():
        place = data.index(content) if content in data else size + SECTOR
        records += record(name.encode(), place // _BLOCK, len(content))
    begin = size // _BLOCK
    dots = record(b"\0", begin, SECTOR, folder=True) + record(b"\1", begin, SECTOR, folder=True)
    head = bytearray(descriptor(1, record(b"\0", begin, SECTOR, folder=True)))
    head[128:132] = struct.pack("<H", _BLOCK) + struct.pack(">H", _BLOCK)
    end = descriptor(255, b"")
    extended = [(b"\0" + magic + b"\x01").ljust(SECTOR, b"\0") for magic in (b"BEA01", b"NSR03")]
    data = data[: 16 * SECTOR] + bytes(head) + end + b"".join(extended) + data[20 * SECTOR :]
    return data + sector(dots + records) + sector(notice or PROGRAM)


_NOTICE = b'This disc contains a "UDF" file system and requires an operating system that supports it.\r\n'

CASES = {
    "iso file of the primary tree only": (
        lambda: image({"BRIEF.TXT;1": 0, "SETUP.EXE;1": 1}, {"brief.txt": 0}),
        lambda: image({"LANGERNA.TXT;1": 0}, {"Langer Name des Briefes.txt": 0}),
    ),
    "iso file of the Joliet tree only": (
        lambda: image({"BRIEF.TXT;1": 0}, {"brief.txt": 0, "setup.exe": 1}),
        _boot_record,
    ),
    "iso another ending in the primary tree": (
        lambda: image({"BRIEF.TXT;1": 0, "SETUP.EXE;1": 1}, {"brief.txt": 0, "bild.jpg": 1}),
        lambda: image({"SEITE.HTM;1": 0}, {"Seite.html": 0}),
    ),
    "iso another ending by Rock Ridge": (
        lambda: _primary(_program(b"SETUP.EXE;1", extra=_rock("brief.txt"))),
        lambda: _primary(_text(b"BRIEF_AN.TXT;1", extra=_rock("Brief an alle.txt"))),
    ),
    "iso end of a name in another area": (
        lambda: _continued(".exe"),
        lambda: _primary(_text(extra=_rock("Brief.txt"))),
    ),
    "iso another ending beside a foreign one": (
        lambda: image({"SETUP.EXE;1": 1}, {"Größe.ä": 1}),
        lambda: image({"GR____E.__N;1": 0}, {"Größe.änd": 0}),
    ),
    "iso another ending beside a double one": (
        lambda: image({"SETUP.EXE;1": 1}, {"Sicherung.tar.gz": 1}),
        lambda: image({"SICHERUN.TGZ;1": 0}, {"Sicherung.tar.gz": 0}),
    ),
    "iso two files of one name": (
        lambda: _primary(_text(b"BRIEF.DAT;1"), _program(b"BRIEF.DAT;1")),
        lambda: _primary(_text(b"A.TXT;1"), _text(b"B.TXT;1")),
    ),
    "iso place in the other byte order": (
        lambda: _primary(_other_order(_text(), _PROGRAM, len(PROGRAM))),
        lambda: _primary(_other_order(_text(), 0, 0)),
    ),
    "iso folder of the path table only": (lambda: _path_table(hidden=True), lambda: _path_table(hidden=False)),
    "iso file of the UDF tree only": (
        lambda: bridge({"brief.txt": TEXT, "setup.exe": PROGRAM}, {"BRIEF.TXT;1": TEXT}),
        lambda: bridge({"brief.txt": TEXT, "zwei.txt": TEXT * 2}, {"BRIEF.TXT;1": TEXT, "ZWEI.TXT;1": TEXT * 2}),
    ),
    "iso file that the UDF tree lacks": (
        lambda: bridge({"brief.txt": TEXT}, {"BRIEF.TXT;1": TEXT, "SETUP.EXE;1": PROGRAM}),
        lambda: bridge({"brief.txt": TEXT, "zwei.txt": TEXT * 2}, {"README.TXT;1": _NOTICE}, _NOTICE),
    ),
    "iso another ending in the UDF tree": (
        lambda: bridge({"bild.jpg": PROGRAM}, {"SETUP.EXE;1": PROGRAM}),
        lambda: bridge({"Langer Name des Briefes.html": TEXT}, {"LANGERNA.HTM;1": TEXT}),
    ),
    "udf volume of the reserve sequence": (
        lambda: udf.image({"brief.txt": TEXT}, other={"setup.exe": PROGRAM}),
        lambda: udf.image({"brief.txt": TEXT}, first=True),
    ),
}
