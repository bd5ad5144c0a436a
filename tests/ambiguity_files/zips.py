"""The fourteen classes of ZIP ambiguity, and the ones known besides: concatenation, prefixes, data packed otherwise than stated."""

from __future__ import annotations

import struct
import zlib

from tests.fixtures.zip import DEFLATED, PROGRAM, STORED, TEXT, Member, archive, deflate, zip64, zipcrypto_member

_END = struct.Struct("<4sHHHHIIH")


def _end(count: int, length: int, offset: int, *, here: int | None = None, comment: bytes = b"") -> bytes:
    """An end record (4.3.16)."""
    here = count if here is None else here
    return _END.pack(b"PK\x05\x06", 0, 0, here, count, length, offset, len(comment)) + comment


def _wide_end(count: int, length: int, offset: int) -> bytes:
    """A ZIP64 end record (4.3.14)."""
    return struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, length, offset)


def _locator(place: int) -> bytes:
    return struct.pack("<4sIQI", b"PK\x06\x07", 0, place, 1)


def _unicode(name: bytes, plain: bytes, *, version: int = 1, crc: int | None = None) -> bytes:
    """An Info-ZIP Unicode Path field (4.6.9)."""
    content = struct.pack("<BI", version, zlib.crc32(plain) if crc is None else crc) + name
    return struct.pack("<HH", 0x7075, len(content)) + content


def _wide(*numbers: int) -> bytes:
    """A ZIP64 extra field (4.5.3)."""
    return struct.pack(f"<HH{len(numbers)}Q", 1, 8 * len(numbers), *numbers)


def _text(name: str = "brief.txt", **options) -> Member:
    return Member(name, TEXT, **options)


def _program(name: str = "brief.exe", **options) -> Member:
    return Member(name, PROGRAM, **options)


def _pair(first: str, second: str, **options) -> bytes:
    """Two members, the second one a program."""
    return archive(_text(first), _program(second, **options))


def _harmless(first: str, second: str, **options) -> bytes:
    return archive(_text(first), _text(second, **options))


def _split(*members: Member) -> tuple[bytes, list[bytes]]:
    """The local headers with their data, and one directory entry for each."""
    body, entries = b"", []
    for member in members:
        entries.append(member.central(len(body)))
        body += member.local()
    return body, entries


# -- A: one member, two descriptions ------------------------------------------------------------------------------------------


def _stored_or_packed() -> bytes:
    """The directory says stored, and so it is a harmless blob; the local header says deflate."""
    packed = deflate(PROGRAM)
    member = Member("brief.txt", packed, method=STORED, local_method=DEFLATED, local_size=len(PROGRAM))
    member.local_crc = zlib.crc32(PROGRAM)
    return archive(member)


def _longer_here() -> bytes:
    """The directory ends the stored member before the program begins; the local header does not."""
    data = TEXT + bytes(8)
    member = Member("brief.dat", PROGRAM, method=STORED, size=0, packed=b"", crc=0)
    member.local_packed = member.local_size = len(PROGRAM)
    member.local_crc = zlib.crc32(PROGRAM)
    body = member.local() + PROGRAM
    directory = member.central(0) + _text().central(len(body))
    body += _text().local()
    return body + directory + _end(2, len(directory), len(body)) + data[:0]


def _packed_beyond() -> bytes:
    """Both headers give a size that ends the deflate stream too early; a streaming reader follows the stream."""
    packed = deflate(PROGRAM + TEXT)
    member = Member("brief.dat", PROGRAM, packed=packed[:4], streamed=True)
    member.descriptor = (
        packed[4:] + b"PK\x07\x08" + struct.pack("<III", zlib.crc32(PROGRAM + TEXT), len(packed), len(PROGRAM + TEXT))
    )
    return archive(member)


def _wide_twice() -> bytes:
    """Two ZIP64 fields, of which the second makes the member longer."""
    packed = deflate(PROGRAM)
    member = Member("brief.dat", b"", packed=packed, crc=zlib.crc32(PROGRAM), size=0xFFFFFFFF)
    member.extra = _wide(len(PROGRAM), len(packed)) + _wide(1, 1)
    member.local_size = 0xFFFFFFFF
    return archive(member)


def _descriptor(size: int | None = None) -> bytes:
    """A streamed member whose descriptor gives another size."""
    packed = deflate(PROGRAM)
    figures = struct.pack("<III", zlib.crc32(PROGRAM), len(packed) if size is None else size, len(PROGRAM))
    return archive(_program(streamed=True, descriptor=b"PK\x07\x08" + figures))


def _folder_attribute(*, filled: bool) -> bytes:
    return archive(_text(), Member("ordner", PROGRAM if filled else b"", method=STORED, attributes=0x10, made_by=20))


def _encrypted_on_paper() -> bytes:
    """The directory says encrypted, and no password will ever fit; the local header says plain, and it is."""
    return archive(_program(flags=1, local_flags=0))


def _locked(*, first_only: bool) -> bytes:
    return archive(zipcrypto_member("a.txt", TEXT, b"geheim"), _program("b.exe") if first_only else _text("b.txt"))


# -- C: the archive as a whole ------------------------------------------------------------------------------------------------


def _stray_directory() -> bytes:
    """A directory and an end record between two members stop a streaming reader, which then shows the first only."""
    first, second = _text(), _program()
    body, entries = _split(first)
    stray = entries[0] + _end(1, len(entries[0]), len(body))
    offset = len(body) + len(stray)
    directory = entries[0] + second.central(offset)
    body += stray + second.local()
    return body + directory + _end(2, len(directory), len(body))


def _inside_other(*, hidden: bool) -> bytes:
    """A member's local header ends it early, and a streaming reader goes on with what stands inside of it."""
    inner = _program().local() if hidden else TEXT * 3
    member = Member("daten.bin", TEXT + inner, method=STORED)
    if hidden:
        member.local_packed = member.local_size = len(TEXT)
        member.local_crc = zlib.crc32(TEXT)
    return archive(member, _text())


def _inside_packed() -> bytes:
    """The deflate stream ends before the size that both headers give; what follows is another member for a streaming reader."""
    packed = deflate(TEXT)
    descriptor = b"PK\x07\x08" + struct.pack("<III", zlib.crc32(TEXT), len(packed), len(TEXT))
    return archive(Member("brief.txt", TEXT, packed=packed + descriptor + _program().local(), streamed=True))


def _inside_stored_stream() -> bytes:
    """Stored and streamed: where a descriptor seems to stand, a streaming reader ends the member and begins the next."""
    descriptor = b"PK\x07\x08" + struct.pack("<III", zlib.crc32(TEXT), len(TEXT), len(TEXT))
    data = TEXT + descriptor + _program().local()
    return archive(Member("brief.txt", data, method=STORED, streamed=True))


def _in_extra() -> bytes:
    """A member inside of the extra data of another one."""
    inner = _program().local()
    member = _text()
    body = member.local()
    longer = body[:28] + struct.pack("<H", len(inner) + 4) + body[30 : 30 + len(member.name)]
    body = longer + struct.pack("<HH", 0x4141, len(inner)) + inner + member.packed
    directory = member.central(0)
    return body + directory + _end(1, len(directory), len(body))


def _in_comment(content: bytes) -> bytes:
    return archive(_text(), comment=content)


def _two_ends(*, hidden: bool) -> bytes:
    """The comment of one end record holds another one, which leads to another directory."""
    body, entries = _split(_text(), _program("zwei.exe") if hidden else _text("zwei.txt"))
    if not hidden:
        directory = b"".join(entries)
        return body + directory + _end(2, len(directory), len(body), comment=b"Kommentar ohne Ende")
    both, one = b"".join(entries), entries[0]
    inner = _end(1, len(one), len(body) + len(both))
    return body + both + one + _end(2, len(both), len(body), comment=inner) + inner


def _counts(here: int, total: int) -> bytes:
    body, entries = _split(_text(), _program())
    directory = b"".join(entries)
    return body + directory + _end(total, len(directory), len(body), here=here)


def _length(short: int) -> bytes:
    """The directory is longer than it is said to be."""
    body, entries = _split(_program(), _text())
    directory = b"".join(entries)
    return body + directory + _end(2, len(directory) - (len(entries[0]) if short else 0), len(body))


def _two_places(*, hidden: bool) -> bytes:
    """One directory where the offset leads, another one right before the end record."""
    body, entries = _split(_text(), _program("zwei.exe") if hidden else _text("zwei.txt"))
    one = b"".join(entries)
    other = entries[0]
    if not hidden:
        return body + one + _end(2, len(one), len(body))
    return body + one + other + _end(1, len(other), len(body))


def _shifted(*, hidden: bool) -> bytes:
    """The bytes in front of the archive hold a member at the place where the offset leads if nobody counts them."""
    inner = archive(_text())
    if not hidden:
        return b"#!/bin/cat\n" + inner
    return _program().local() + inner


def _wide_ends(*, hidden: bool, gap: bytes = b"", second: bool = False) -> bytes:
    """A ZIP64 end record that leads to another directory than the classic one."""
    body, entries = _split(_text(), _program("zwei.exe") if hidden else _text("zwei.txt"))
    both, one = b"".join(entries), entries[0]
    if not hidden:
        return zip64()
    at = len(body) + len(both) + len(one)
    records = _wide_end(2, len(both), len(body))
    if second:
        records += _wide_end(1, len(one), len(body) + len(both))
    classic = (0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF) if second else (1, len(one), len(body) + len(both))
    return body + both + one + records + gap + _locator(at) + _end(*classic)


def _concatenated(first: Member, second: Member) -> bytes:
    return archive(first) + archive(second)


def _zombie() -> bytes:
    packed = deflate(PROGRAM)
    return archive(Member("bild.png", PROGRAM, method=STORED, packed=packed, size=len(packed)))


def _wide_local(*, lie: bool) -> bytes:
    """ZIP64 sizes in the local header only, as some writers do."""
    packed = deflate(PROGRAM if lie else TEXT)
    data = PROGRAM if lie else TEXT
    extra = _wide(len(data), 1 if lie else len(packed))
    member = Member("brief.dat", data, packed=packed)
    head = struct.pack(
        "<4sHHHHHIIIHH",
        b"PK\x03\x04",
        45,
        0,
        8,
        0,
        0x21,
        member.crc,
        0xFFFFFFFF,
        0xFFFFFFFF,
        len(member.name),
        len(extra),
    )
    body = head + member.name + extra + packed
    directory = member.central(0)
    return body + directory + _end(1, len(directory), len(body))


def _unicode_here(field: bytes) -> bytes:
    """A Unicode path in the local header only."""
    member = _program("brief.txt")
    member.extra = field
    body = member.local()
    member.extra = b""
    directory = member.central(0)
    return body + directory + _end(1, len(directory), len(body))


_GREEK = "αρχείο.txt"

CASES = {
    "A1 stored in the directory, packed in fact": (_stored_or_packed, lambda: archive(_text(method=STORED))),
    "A2 nothing in the directory, a program by the local header": (
        _longer_here,
        lambda: archive(_text(), _text("leer.txt")),
    ),
    "A2 packed data beyond their size": (_packed_beyond, lambda: archive(_text(streamed=True))),
    "A2 two ZIP64 fields": (_wide_twice, zip64),
    "A2 another size in the descriptor": (lambda: _descriptor(7), lambda: archive(_text(streamed=True))),
    "A2 another size in the local ZIP64 field": (lambda: _wide_local(lie=True), lambda: _wide_local(lie=False)),
    "A3 two names": (lambda: archive(_program("brief.txt", local_name="brief.exe")), lambda: archive(_text())),
    "A3 Unicode path of another name": (
        lambda: archive(_program("brief.txt", extra=_unicode(b"brief.exe", b"brief.txt"))),
        lambda: archive(_text("?????.txt", extra=_unicode(_GREEK.encode(), b"?????.txt"))),
    ),
    "A3 Unicode path with a wrong checksum": (
        lambda: archive(_program("brief.txt", extra=_unicode(b"brief.exe", b"", crc=7))),
        lambda: archive(_text(extra=_unicode(b"brief.txt", b"brief.txt"))),
    ),
    "A3 Unicode path of another version": (
        lambda: archive(_program("brief.txt", extra=_unicode(b"brief.exe", b"brief.txt", version=2))),
        lambda: archive(
            _text("fl\u00e4che.txt", extra=_unicode("fl\u00e4che.txt".encode(), "fl\u00e4che.txt".encode()))
        ),
    ),
    "A3 two Unicode paths": (
        lambda: archive(
            _program("brief.txt", extra=_unicode(b"brief.txt", b"brief.txt") + _unicode(b"brief.exe", b"brief.txt"))
        ),
        lambda: archive(_text(extra=_unicode(b"brief.txt", b"brief.txt"))),
    ),
    "A3 Unicode path in the local header": (
        lambda: _unicode_here(_unicode(b"brief.exe", b"brief.txt")),
        lambda: archive(_text(flags=0x800)),
    ),
    "A4 folder by its slash": (
        lambda: archive(_program("brief.exe/")),
        lambda: archive(Member("ordner/"), _text("ordner/a.txt")),
    ),
    "A4 folder by its backslash": (
        lambda: archive(_program("brief.exe\\")),
        lambda: archive(Member("ordner\\", b"", method=STORED), _text()),
    ),
    "A4 folder by its attribute": (lambda: _folder_attribute(filled=True), lambda: _folder_attribute(filled=False)),
    "A5 encrypted in the directory only": (_encrypted_on_paper, lambda: archive(_text())),
    "A5 encrypted in the local header only": (lambda: archive(_program(local_flags=1)), lambda: archive(_text())),
    "B1 two of one name": (lambda: _pair("brief.dat", "brief.dat"), lambda: _harmless("a.txt", "b.txt")),
    "B2 names alike once replaced": (
        lambda: _pair("brief?.dat", "brief_.dat"),
        lambda: _harmless("brief-1.txt", "brief_2.txt"),
    ),
    "B2 NUL in the name": (lambda: archive(_program("brief.exe\0.txt")), lambda: archive(_text("brief (1).txt"))),
    "B3 double slash": (
        lambda: _pair("a/brief.dat", "a//brief.dat"),
        lambda: _harmless("a/brief.txt", "a/b/brief.txt"),
    ),
    "B3 leading slash": (lambda: _pair("brief.dat", "/brief.dat"), lambda: _harmless("a/brief.txt", "brief.txt")),
    "B3 backslash": (lambda: _pair("a/brief.dat", "a\\brief.dat"), lambda: _harmless("a\\brief.txt", "a\\zwei.txt")),
    "B3 one dot": (lambda: _pair("brief.dat", "./brief.dat"), lambda: _harmless("./brief.txt", "./zwei.txt")),
    "B3 two dots": (lambda: _pair("brief.dat", "a/../brief.dat"), lambda: _harmless("a..b.txt", "..zwei.txt")),
    "B3 three dots": (lambda: _pair("brief.dat", ".../brief.dat"), lambda: _harmless("brief...txt", "zwei.txt")),
    "B3 dot at the end": (lambda: _pair("brief.dat", "brief.dat."), lambda: _harmless("brief.txt", "zwei.txt")),
    "B4 names alike but for case": (
        lambda: _pair("Brief.dat", "BRIEF.DAT"),
        lambda: _harmless("A/brief.txt", "a/zwei.txt"),
    ),
    "C1 member that the directory does not name": (
        lambda: archive(_text(), _program(listed=False)),
        lambda: archive(_text(), _text("b.txt")),
    ),
    "C1 directory between members": (
        _stray_directory,
        lambda: archive(Member("innen.zip", archive(_text()), method=STORED), _text()),
    ),
    "C1 member inside of another one's data": (lambda: _inside_other(hidden=True), lambda: _inside_other(hidden=False)),
    "C1 member behind packed data": (
        _inside_packed,
        lambda: archive(_text(streamed=True), _text("b.txt", streamed=True)),
    ),
    "C1 member behind a false descriptor": (
        _inside_stored_stream,
        lambda: archive(_text(method=STORED, streamed=True)),
    ),
    "C1 member in extra data": (_in_extra, lambda: archive(_text(extra=struct.pack("<HH", 0x4141, 90) + bytes(90)))),
    "C1 member in the comment": (lambda: _in_comment(_program().local()), lambda: _in_comment(b"PK und anderes" * 8)),
    "C2 end record in the comment of another": (lambda: _two_ends(hidden=True), lambda: _two_ends(hidden=False)),
    "C3 fewer on this disk": (lambda: _counts(1, 2), lambda: archive(_text(), _text("b.txt"))),
    "C3 fewer than there are": (lambda: _counts(1, 1), lambda: archive(_text(), _text("b.txt"))),
    "C3 directory longer than stated": (lambda: _length(1), lambda: archive(_text(), _text("b.txt"))),
    "C4 two directories": (lambda: _two_places(hidden=True), lambda: _two_places(hidden=False)),
    "C4 member in front": (lambda: _shifted(hidden=True), lambda: _shifted(hidden=False)),
    "C5 ZIP64 leads elsewhere": (lambda: _wide_ends(hidden=True), lambda: _wide_ends(hidden=False)),
    "C5 gap before the locator": (lambda: _wide_ends(hidden=True, gap=bytes(32)), lambda: _wide_ends(hidden=False)),
    "C5 two ZIP64 records": (lambda: _wide_ends(hidden=True, second=True), lambda: _wide_ends(hidden=False)),
    "zip two in a row, program first": (
        lambda: _concatenated(_program(), _text()),
        lambda: archive(_text()) + bytes(64),
    ),
    "zip two in a row, program last": (lambda: _concatenated(_text(), _program()), lambda: b"\n" + archive(_text())),
    "zip stored on paper": (_zombie, lambda: archive(_text(method=STORED))),
    "zip packed on paper": (lambda: archive(_program("bild.png", packed=PROGRAM)), lambda: archive(_text())),
}
