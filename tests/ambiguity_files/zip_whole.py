"""ZIP ambiguities of the archive as a whole: which members, which end record, which directory (C1 to C5), and archives joined."""

from __future__ import annotations

import struct
import tarfile
from io import BytesIO

from tests.ambiguity_files.zip_records import (
    descriptor,
    end,
    field,
    locator,
    program,
    split,
    stored_blocks,
    text,
    wide_end,
)
from tests.fixtures.zip import STORED, TEXT, Member, archive, deflate, simple, zip64

_PICTURE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 1, 1, 8, 0, 0, 0, 0) + bytes(4)


# -- C1: which members ------------------------------------------------------------------------------------------------------


def _stray_directory() -> bytes:
    """A directory and an end record between two members stop a streaming reader, which then shows the first only."""
    first, second = text(), program()
    body, entries = split(first)
    stray = entries[0] + end(1, len(entries[0]), len(body))
    directory = entries[0] + second.central(len(body) + len(stray))
    body += stray + second.local()
    return body + directory + end(2, len(directory), len(body))


def _ends_early() -> bytes:
    """A member's local header ends it early, and a streaming reader goes on with what stands inside of it."""
    member = Member("daten.bin", TEXT + program().local(), method=STORED)
    member.local_packed = member.local_size = len(TEXT)
    return archive(member, text())


def _behind_packed() -> bytes:
    """The deflate stream ends before the size that both headers give; what follows is another member for a streaming reader."""
    packed = deflate(TEXT) + descriptor(TEXT, len(deflate(TEXT))) + program().local()
    return archive(Member("brief.txt", TEXT, packed=packed, streamed=True))


def _behind_descriptor() -> bytes:
    """Stored and streamed: where a descriptor seems to stand, a streaming reader ends the member and begins the next."""
    data = TEXT + descriptor(TEXT, len(TEXT)) + program().local()
    return archive(Member("brief.txt", data, method=STORED, streamed=True))


def _before_descriptor() -> bytes:
    """Between the data of a streamed member and their descriptor there is room for another one."""
    between = program().local() + descriptor(TEXT, len(deflate(TEXT)))
    return archive(text(streamed=True, descriptor=between), text("b.txt"))


def _stored(data: bytes, name: str = "daten.bin") -> bytes:
    """A stored member with true sizes, and one behind it."""
    return archive(Member(name, data, method=STORED), text())


def _packed(data: bytes, name: str = "daten.bin") -> bytes:
    """A member that is packed without being made smaller, with true sizes."""
    return archive(Member(name, data, packed=stored_blocks(data)), text())


def _tar(name: str, content: bytes) -> bytes:
    target = BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.USTAR_FORMAT) as writer:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        writer.addfile(info, BytesIO(content))
    return target.getvalue()


def _begun_in_data() -> bytes:
    """The first two bytes of a local header are the last two of the member in front."""
    first = Member("brief.txt", TEXT + b"PK", method=STORED)
    body, entries = split(first)
    body += program().local()[2:]
    return body + entries[0] + end(1, len(entries[0]), len(body))


def _in_directory(content: bytes) -> bytes:
    """The comment of a directory's entry, which may be of any content."""
    body, entries = split(text())
    entry = entries[0][:32] + struct.pack("<H", len(content)) + entries[0][34:] + content
    return body + entry + end(1, len(entry), len(body))


# -- C2 to C5: which end record, which directory ----------------------------------------------------------------------------


def _two_ends(*, hidden: bool) -> bytes:
    """The comment of one end record holds another one, which leads to another directory."""
    body, entries = split(text(), program("zwei.exe") if hidden else text("zwei.txt"))
    both, one = b"".join(entries), entries[0]
    if not hidden:
        return body + both + end(2, len(both), len(body), comment=b"Kommentar ohne Ende")
    inner = end(1, len(one), len(body) + len(both))
    return body + both + one + end(2, len(both), len(body), comment=inner) + inner


def _end_behind() -> bytes:
    """Behind the end of the archive stands another end record, of which the archive knows nothing."""
    body, entries = split(program("zwei.exe"), text())
    both, one = b"".join(entries), entries[1]
    return body + both + one + end(2, len(both), len(body)) + end(1, len(one), len(body) + len(both))


def _end_in_data() -> bytes:
    """A member's data hold a directory and an end record whose comment is all the rest of the file."""
    inner = program()
    head = Member("daten.bin", method=STORED)
    base = len(head.local()) + len(TEXT)
    directory = inner.central(base)
    rest = len(head.central(0)) + len(end(0, 0, 0))
    record = end(1, len(directory), base + len(inner.local()))[:-2] + struct.pack("<H", rest)
    return archive(Member("daten.bin", TEXT + inner.local() + directory + record, method=STORED))


def _counts(here: int, total: int, *, members: tuple[Member, ...] = ()) -> bytes:
    body, entries = split(*(members or (text(), program())))
    directory = b"".join(entries)
    return body + directory + end(total, len(directory), len(body), here=here)


def _length(length: int | None) -> bytes:
    """The directory is longer than it is said to be."""
    body, entries = split(program(), text())
    directory = b"".join(entries)
    return body + directory + end(2, len(directory) - len(entries[0]) if length is None else length, len(body))


def _two_places(*, hidden: bool) -> bytes:
    """One directory where the offset leads, another one right before the end record."""
    body, entries = split(text(), program("zwei.exe") if hidden else text("zwei.txt"))
    one, other = b"".join(entries), entries[0]
    if not hidden:
        return body + one + end(2, len(one), len(body))
    return body + one + other + end(1, len(other), len(body))


def _in_front() -> bytes:
    """The bytes in front of the archive hold a member at the place where the offset leads if nobody counts them."""
    return program().local() + archive(text())


def _wide_ends(*, gap: bytes = b"", second: bool = False, elsewhere: bool = False) -> bytes:
    """A ZIP64 end record that leads to another directory than the classic one, or two of them."""
    body, entries = split(text(), program("zwei.exe"))
    both, one = b"".join(entries), entries[0]
    at = len(body) + len(both) + len(one)
    records = wide_end(2, len(both), len(body))
    if second or elsewhere:
        records += wide_end(1, len(one), len(body) + len(both))
    classic = (0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF) if second or elsewhere else (1, len(one), len(body) + len(both))
    return body + both + one + records + gap + locator(at + 56 if elsewhere else at) + end(*classic)


def _wide_counts(here: int) -> bytes:
    """The ZIP64 end record states two numbers of members."""
    body, entries = split(program(), text("zwei.txt")) if here < 2 else split(text(), text("zwei.txt"))
    directory = b"".join(entries)
    records = wide_end(2, len(directory), len(body), here=here) + locator(len(body) + len(directory))
    return body + directory + records + end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)


CASES = {
    "C1 member that the directory does not name": (
        lambda: archive(text(), program(listed=False)),
        lambda: archive(text(), text("b.txt")),
    ),
    "C1 directory between members": (_stray_directory, lambda: _stored(archive(text()), "innen.zip")),
    "C1 member inside of data that end early": (_ends_early, lambda: _stored(TEXT * 3)),
    "C1 member inside of stored data": (
        lambda: _stored(TEXT + program().local()),
        lambda: _stored(simple(brief__txt=TEXT, zwei__txt=TEXT), "innen.zip"),
    ),
    "C1 member inside of packed data": (
        lambda: _packed(TEXT + program().local()),
        lambda: _packed(simple(brief__txt=TEXT, zwei__txt=TEXT), "innen.zip"),
    ),
    "C1 member inside of a picture": (
        lambda: _stored(_PICTURE + program().local(), "bild.png"),
        lambda: _stored(_tar("innen.zip", simple(brief__txt=TEXT)), "innen.tar"),
    ),
    "C1 member inside of the data of a member inside": (
        lambda: _stored(Member("a.txt", TEXT + program().local(), method=STORED).local() + TEXT),
        lambda: _stored(archive(Member("innen.zip", simple(brief__txt=TEXT), method=STORED)), "aussen.zip"),
    ),
    "C1 member behind packed data": (
        _behind_packed,
        lambda: archive(text(streamed=True), text("b.txt", streamed=True)),
    ),
    "C1 member behind a false descriptor": (_behind_descriptor, lambda: archive(text(method=STORED, streamed=True))),
    "C1 member before the descriptor": (
        _before_descriptor,
        lambda: archive(text(streamed=True), text("b.txt")),
    ),
    "C1 member begun in the data in front": (_begun_in_data, lambda: _stored(TEXT + b"PK")),
    "C1 member in extra data": (
        lambda: archive(text(local_extra=field(0x4141, program().local()))),
        lambda: archive(text(extra=field(0x4141, bytes(90)))),
    ),
    "C1 member in the comment": (
        lambda: archive(text(), comment=program().local()),
        lambda: archive(text(), comment=b"PK und anderes" * 8),
    ),
    "C1 member in the directory": (
        lambda: _in_directory(program().local()),
        lambda: _in_directory(b"PK und anderes" * 8),
    ),
    "C2 end record in the comment of another": (lambda: _two_ends(hidden=True), lambda: _two_ends(hidden=False)),
    "C2 end record behind the end": (_end_behind, lambda: archive(text()) + bytes(22)),
    "C2 end record in the data of a member": (
        _end_in_data,
        lambda: archive(text(), Member("innen.zip", simple(brief__txt=TEXT), method=STORED)),
    ),
    "C3 fewer on this disk": (lambda: _counts(1, 2), lambda: archive(text(), text("b.txt"))),
    "C3 fewer than there are": (lambda: _counts(1, 1), lambda: archive(text(), text("b.txt"))),
    "C3 more than there are": (lambda: _counts(9, 9), lambda: archive(text(), text("b.txt"))),
    "C3 none at all": (lambda: _counts(0, 0), archive),
    "C3 directory longer than stated": (lambda: _length(None), lambda: archive(text(), text("b.txt"))),
    "C3 directory of no length": (lambda: _length(0), lambda: archive(text(), text("b.txt"))),
    "C4 two directories": (lambda: _two_places(hidden=True), lambda: _two_places(hidden=False)),
    "C4 member in front": (_in_front, lambda: b"#!/bin/cat\n" + archive(text())),
    "C5 ZIP64 leads elsewhere": (_wide_ends, zip64),
    "C5 gap before the locator": (lambda: _wide_ends(gap=bytes(32)), zip64),
    "C5 two ZIP64 records": (lambda: _wide_ends(second=True), zip64),
    "C5 locator leads to the second ZIP64 record": (lambda: _wide_ends(elsewhere=True), zip64),
    "C5 ZIP64 counts two numbers": (lambda: _wide_counts(1), lambda: _wide_counts(2)),
    "zip two in a row, program first": (
        lambda: archive(program()) + archive(text()),
        lambda: archive(text()) + bytes(64),
    ),
    "zip two in a row, program last": (lambda: archive(text()) + archive(program()), lambda: b"\n" + archive(text())),
    "zip three in a row, program in the middle": (
        lambda: archive(text()) + archive(program()) + archive(text("c.txt")),
        lambda: archive(text()),
    ),
}
