"""tar archives and compressed streams that two readers read differently, each with a harmless twin."""

from __future__ import annotations

import gzip
import io
import lzma
import zlib

from tests.fixtures.tar import END, archive, header, padded, sparse
from tests.fixtures.zip import PROGRAM, TEXT


def _file(name: bytes, content: bytes, kind: bytes = b"0", **fields: bytes) -> bytes:
    return header(name, len(content), kind, **fields) + padded(content)


def _extension(*lines: str) -> bytes:
    """A pax header with records that are repeated, or are not records."""
    body = b"".join(b"%d %s\n" % (len(line) + 4, line.encode()) for line in lines)
    return header(b"pax", len(body), b"x") + padded(body)


def _text(name: bytes = b"a.txt") -> bytes:
    return _file(name, TEXT)


def _program(name: bytes = b"setup.exe") -> bytes:
    return _file(name, PROGRAM)


def _named(name: str, content: bytes) -> bytes:
    """A gzip member that gives its file a name."""
    target = io.BytesIO()
    with gzip.GzipFile(name, "wb", fileobj=target, mtime=0) as packer:
        packer.write(content)
    return target.getvalue()


def _shifted() -> bytes:
    """A sparse file that is a program to readers that know no holes."""
    table = b"%011o\0%011o\0" % (512, len(PROGRAM))
    return header(b"a.bin", len(PROGRAM), b"S", magic=b"ustar  \0", at386=table, at483=b"%011o\0" % 900) + padded(
        PROGRAM
    )


CASES = {
    "tar one block of zeros between members": (
        lambda: _text() + bytes(512) + _program() + END,
        lambda: _text() + _text(b"b.txt") + END,
    ),
    "tar negative size": (
        lambda: header(b"a.txt", 0, at124=b"\xff" * 12) + padded(TEXT) + _program() + END,
        lambda: header(b"a.txt", 0, at124=b"\x80" + len(TEXT).to_bytes(11, "big")) + padded(TEXT) + END,
    ),
    "tar content behind a broken header": (
        lambda: _text() + header(b"setup.exe", len(PROGRAM), at124=b"9" * 11) + padded(PROGRAM) + _text() + END,
        lambda: _text() + header(b"b.txt", 0) + END,
    ),
    "tar broken extension header": (
        lambda: header(b"pax", 9, b"x") + padded(b"no record") + _text() + _program() + END,
        lambda: _extension("path=a.txt", "path=a.txt") + _text() + END,
    ),
    "tar folder with content by its slash": (
        lambda: _program(b"setup.exe/") + END,
        lambda: header(b"ordner/", 0) + _text(b"ordner/a.txt") + END,
    ),
    "tar link with content": (
        lambda: _file(b"setup.exe", PROGRAM, b"1") + _text() + END,
        lambda: _text() + header(b"b.txt", 0, b"1", at157=b"a.txt") + END,
    ),
    "tar folder with content by its type": (
        lambda: _text() + _file(b"setup.exe", PROGRAM, b"5") + END,
        lambda: header(b"ordner", 0, b"5") + _text() + END,
    ),
    "tar members inside of what a link claims": (
        lambda: header(b"x", 512 + len(padded(PROGRAM)), b"1") + _program() + _text() + END,
        lambda: header(b"x", len(TEXT), b"1", at157=b"a.txt") + _text() + END,
    ),
    "tar two names in one extension header": (
        lambda: _extension("path=brief.exe", "path=brief.txt") + _file(b"brief.txt", PROGRAM) + END,
        lambda: _extension("mtime=1", "mtime=2") + _text() + END,
    ),
    "tar two sizes in one extension header": (
        lambda: _extension(f"size={len(TEXT)}", "size=0000") + header(b"a.dat", 0) + padded(TEXT) + _program() + END,
        lambda: _extension(f"size={len(TEXT)}", f"size={len(TEXT)}") + _text() + END,
    ),
    "tar GNU name against the header": (
        lambda: _file(b"././@LongLink", b"brief.exe\0", b"L", magic=b"ustar  \0") + _file(b"brief.txt", PROGRAM) + END,
        lambda: archive({"ordner/" * 20 + "brief.txt": TEXT}, 1),
    ),
    "gz two names": (
        lambda: _named("brief.txt", TEXT) + _named("setup.exe", PROGRAM),
        lambda: _named("brief.txt", TEXT),
    ),
    "gz another member behind zeros": (
        lambda: _named("brief.txt", TEXT) + bytes(512) + _named("setup.exe", PROGRAM),
        lambda: _named("brief.txt", TEXT) + bytes(512),
    ),
    "xz with something behind it": (lambda: lzma.compress(TEXT) + PROGRAM, lambda: lzma.compress(TEXT) * 2),
    "zz with something behind it": (lambda: zlib.compress(TEXT) + PROGRAM, lambda: zlib.compress(TEXT) + bytes(9)),
}

#: Two names of one stream, of which only one is that of a script.
SCRIPTED = {
    "js.gz that says to be a text": (
        lambda: _named("liesmich.txt", b"WScript.Echo(1);\r\n" * 9),
        lambda: _named("anlage.js", b"WScript.Echo(1);\r\n" * 9),
    ),
}
#: Judged by every reader, and so common that it is not told: a hole in front of the data.
SPARSE = (lambda: _shifted() + END, lambda: sparse() + END)
