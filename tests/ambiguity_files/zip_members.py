"""ZIP ambiguities of single members: two descriptions of one (A1 to A5), two names for one place (B1 to B4)."""

from __future__ import annotations

import zlib

from tests.ambiguity_files.zip_records import (
    descriptor,
    end,
    harmless,
    pair,
    program,
    stored_blocks,
    text,
    unicode_path,
    wide,
)
from tests.fixtures.zip import DEFLATED, PROGRAM, STORED, TEXT, Member, archive, deflate, zip64, zipcrypto_member

#: The mode of a directory in Unix, where external attributes hold it; made by Unix, version 2.0.
_UNIX_FOLDER = 0o040755 << 16
_UNIX = 3 << 8 | 20
_GREEK = "αρχείο.txt"
_UMLAUT = "fläche.txt"


def _one_way() -> bytes:
    """The directory says stored, and so it is a harmless blob; the local header says deflate."""
    packed = deflate(PROGRAM)
    member = Member("brief.txt", packed, method=STORED, local_method=DEFLATED, local_size=len(PROGRAM))
    member.local_crc = zlib.crc32(PROGRAM)
    return archive(member)


def _other_way() -> bytes:
    """The directory says deflate, and so it is damaged; the local header says stored, and it is."""
    return archive(program("brief.txt", packed=PROGRAM, local_method=STORED))


def _longer_here() -> bytes:
    """The directory ends the stored member before the program begins; the local header does not."""
    member = Member("brief.dat", PROGRAM, method=STORED, size=0, packed=b"", crc=0)
    member.local_packed = member.local_size = len(PROGRAM)
    member.local_crc = zlib.crc32(PROGRAM)
    body = member.local() + PROGRAM
    directory = member.central(0) + text().central(len(body))
    body += text().local()
    return body + directory + end(2, len(directory), len(body))


def _packed_beyond() -> bytes:
    """Both headers give a size that ends the deflate stream too early; a streaming reader follows the stream."""
    packed = deflate(PROGRAM + TEXT)
    member = Member("brief.dat", PROGRAM, packed=packed[:4], streamed=True)
    member.descriptor = packed[4:] + descriptor(PROGRAM + TEXT, len(packed))
    return archive(member)


def _wide_twice() -> bytes:
    """Two ZIP64 fields, of which the second makes the member longer."""
    packed = deflate(PROGRAM)
    member = Member("brief.dat", b"", packed=packed, crc=zlib.crc32(PROGRAM), size=0xFFFFFFFF, local_size=0xFFFFFFFF)
    member.extra = member.local_extra = wide(len(PROGRAM), len(packed)) + wide(1, 1)
    return archive(member)


def _described(figures: bytes) -> bytes:
    """A streamed program with a descriptor of its own."""
    return archive(program(streamed=True, descriptor=figures))


def _wide_local(*, lie: bool) -> bytes:
    """ZIP64 sizes in the local header only, as some writers do."""
    data = PROGRAM if lie else TEXT
    packed = deflate(data)
    member = Member("brief.dat", data, packed=packed, local_packed=0xFFFFFFFF, local_size=0xFFFFFFFF)
    member.local_extra = wide(len(data), 1 if lie else len(packed))
    return archive(member)


def _sizes_unsaid() -> bytes:
    """The local header gives no size and no descriptor is announced: a streaming reader goes on inside of the data."""
    member = Member("daten.bin", TEXT + program().local(), method=STORED, local_packed=0, local_size=0, local_crc=0)
    return archive(member, text("b.txt"))


_PACKED = len(deflate(PROGRAM))
_STREAMED_TWIN = {
    "with a signature": lambda: archive(text(streamed=True)),
    "without a signature": lambda: archive(
        text(streamed=True, descriptor=descriptor(TEXT, len(deflate(TEXT)), signed=False)), text("b.txt")
    ),
    "of 64 bits": lambda: archive(
        text(streamed=True, descriptor=descriptor(TEXT, len(deflate(TEXT)), large=True)), text("b.txt")
    ),
}

CASES = {
    "A1 stored in the directory, packed in fact": (_one_way, lambda: archive(text(method=STORED))),
    "A1 packed in the directory, stored in fact": (_other_way, lambda: archive(text())),
    "A1 a method that nobody reads in the directory": (
        lambda: archive(program(method=5, local_method=DEFLATED, packed=deflate(PROGRAM))),
        lambda: archive(text(packed=stored_blocks(TEXT))),
    ),
    "A2 nothing in the directory, a program by the local header": (_longer_here, lambda: harmless("a.txt", "leer.txt")),
    "A2 packed data beyond their size": (_packed_beyond, _STREAMED_TWIN["with a signature"]),
    "A2 no size unpacked": (lambda: archive(program(size=0)), lambda: archive(Member("leer.txt"), text())),
    "A2 half the size unpacked": (lambda: archive(program(size=60)), lambda: archive(text())),
    "A2 no sizes in the local header": (_sizes_unsaid, lambda: archive(text(method=STORED), text("b.txt"))),
    "A2 two ZIP64 fields": (_wide_twice, zip64),
    "A2 ZIP64 sizes beside plain ones in the directory": (
        lambda: archive(program(extra=wide(1, 1), local_extra=b"")),
        lambda: archive(text(extra=wide(len(TEXT), len(deflate(TEXT))), local_extra=b"")),
    ),
    "A2 another size in the local ZIP64 field": (lambda: _wide_local(lie=True), lambda: _wide_local(lie=False)),
    "A2 another size in the descriptor": (
        lambda: _described(descriptor(PROGRAM, 7)),
        _STREAMED_TWIN["with a signature"],
    ),
    "A2 another size in a descriptor without signature": (
        lambda: _described(descriptor(PROGRAM, 7, signed=False)),
        _STREAMED_TWIN["without a signature"],
    ),
    "A2 another size in a descriptor of 64 bits": (
        lambda: _described(descriptor(PROGRAM, _PACKED, size=1 << 40, large=True)),
        _STREAMED_TWIN["of 64 bits"],
    ),
    "A3 two names": (lambda: archive(program("brief.txt", local_name="brief.exe")), lambda: archive(text())),
    "A3 Unicode path of another name": (
        lambda: archive(program("brief.txt", extra=unicode_path(b"brief.exe", b"brief.txt"))),
        lambda: archive(text("?????.txt", extra=unicode_path(_GREEK.encode(), b"?????.txt"))),
    ),
    "A3 Unicode path with a wrong checksum": (
        lambda: archive(program("brief.txt", extra=unicode_path(b"brief.exe", b"", crc=7))),
        lambda: archive(text(extra=unicode_path(b"brief.txt", b"brief.txt"))),
    ),
    "A3 Unicode path of another version": (
        lambda: archive(program("brief.txt", extra=unicode_path(b"brief.exe", b"brief.txt", version=2))),
        lambda: archive(text(_UMLAUT, extra=unicode_path(_UMLAUT.encode(), _UMLAUT.encode()))),
    ),
    "A3 two Unicode paths": (
        lambda: archive(
            program(
                "brief.txt", extra=unicode_path(b"brief.txt", b"brief.txt") + unicode_path(b"brief.exe", b"brief.txt")
            )
        ),
        lambda: archive(text(extra=unicode_path(b"brief.txt", b"brief.txt"))),
    ),
    "A3 Unicode path beside the UTF-8 flag": (
        lambda: archive(program(_UMLAUT, flags=0x800, extra=unicode_path(b"brief.exe", _UMLAUT.encode()))),
        lambda: archive(text(_UMLAUT, flags=0x800, extra=unicode_path(_UMLAUT.encode(), _UMLAUT.encode()))),
    ),
    "A3 Unicode path in the local header": (
        lambda: archive(program("brief.txt", local_extra=unicode_path(b"brief.exe", b"brief.txt"))),
        lambda: archive(text(flags=0x800)),
    ),
    "A3 UTF-8 flag in one header": (
        lambda: archive(program(_UMLAUT, flags=0x800, local_flags=0)),
        lambda: archive(text(_UMLAUT, flags=0x800)),
    ),
    "A4 folder by its slash": (
        lambda: archive(program("brief.exe/")),
        lambda: archive(Member("ordner/"), text("ordner/a.txt")),
    ),
    "A4 folder by its backslash": (
        lambda: archive(program("brief.exe\\")),
        lambda: archive(Member("ordner\\", b"", method=STORED), text()),
    ),
    "A4 nothing but a slash": (
        lambda: archive(text(), program("/")),
        lambda: archive(Member("./", b"", method=STORED), text()),
    ),
    "A4 folder by its attribute": (
        lambda: archive(text(), Member("ordner", PROGRAM, method=STORED, attributes=0x10)),
        lambda: archive(text(), Member("ordner", b"", method=STORED, attributes=0x10)),
    ),
    "A4 folder by its mode": (
        lambda: archive(text(), program("ordner", attributes=_UNIX_FOLDER, made_by=_UNIX)),
        lambda: archive(Member("ordner/", attributes=_UNIX_FOLDER | 0x10, made_by=_UNIX), text("ordner/a.txt")),
    ),
    "A4 folder by its attribute, made by Unix": (
        lambda: archive(text(), program("ordner", attributes=0x10, made_by=_UNIX)),
        lambda: archive(text(attributes=0o100644 << 16, made_by=_UNIX)),
    ),
    "A5 encrypted in the directory only": (
        lambda: archive(program(flags=1, local_flags=0)),
        lambda: archive(text()),
    ),
    "A5 encrypted in the local header only": (lambda: archive(program(local_flags=1)), lambda: archive(text())),
    "A5 encrypted in the first member only, on paper": (
        lambda: archive(text(flags=1), program("b.exe")),
        lambda: archive(zipcrypto_member("a.txt", TEXT, b"geheim"), text("b.txt")),
    ),
    "A5 masked local header": (
        lambda: archive(program("brief.txt", local_name="brief.exe", local_flags=0x2000)),
        lambda: archive(text(flags=0x800)),
    ),
    "B1 two of one name": (lambda: pair("brief.dat", "brief.dat"), lambda: harmless("a.txt", "b.txt")),
    "B2 names alike once replaced": (
        lambda: pair("brief?.dat", "brief_.dat"),
        lambda: harmless("brief-1.txt", "brief_2.txt"),
    ),
    "B2 control character": (
        lambda: pair("brief\x01.dat", "brief_.dat"),
        lambda: harmless("brief 1.txt", "brief_1.txt"),
    ),
    "B2 NUL in the name": (lambda: archive(program("brief.exe\0.txt")), lambda: archive(text("brief (1).txt"))),
    "B3 double slash": (lambda: pair("a/brief.dat", "a//brief.dat"), lambda: harmless("a/brief.txt", "a/b/brief.txt")),
    "B3 leading slash": (lambda: pair("brief.dat", "/brief.dat"), lambda: harmless("a/brief.txt", "brief.txt")),
    "B3 backslash": (lambda: pair("a/brief.dat", "a\\brief.dat"), lambda: harmless("a\\brief.txt", "a\\zwei.txt")),
    "B3 one dot": (lambda: pair("brief.dat", "./brief.dat"), lambda: harmless("./brief.txt", "./zwei.txt")),
    "B3 one dot at the end": (lambda: pair("brief.dat", "brief.dat/."), lambda: harmless("a/.brief.txt", "a/zwei.txt")),
    "B3 two dots": (lambda: pair("brief.dat", "a/../brief.dat"), lambda: harmless("a..b.txt", "..zwei.txt")),
    "B3 three dots": (lambda: pair("brief.dat", ".../brief.dat"), lambda: harmless("brief...txt", "zwei.txt")),
    "B3 dot at the end": (lambda: pair("brief.dat", "brief.dat."), lambda: harmless("brief.txt", "zwei.txt")),
    "B4 names alike but for case": (
        lambda: pair("Brief.dat", "BRIEF.DAT"),
        lambda: harmless("A/brief.txt", "a/zwei.txt"),
    ),
    "B4 other alphabets alike but for case": (
        lambda: pair("Größe.dat", "GRÖSSE.DAT"),
        lambda: harmless("größe.txt", "grobe.txt"),
    ),
    "zip stored on paper": (
        lambda: archive(Member("bild.png", PROGRAM, method=STORED, packed=deflate(PROGRAM), size=_PACKED)),
        lambda: archive(text(method=STORED)),
    ),
    "zip packed on paper": (lambda: archive(program("bild.png", packed=PROGRAM)), lambda: archive(text())),
    "zip checksums of two contents": (
        lambda: archive(program("brief.dat", local_crc=7)),
        lambda: archive(text(streamed=True, local_crc=zlib.crc32(TEXT))),
    ),
}
