"""Other containers and polyglots that two readers read differently, each with a harmless twin."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zlib

from tests.fixtures.tar import END, header, padded, pax
from tests.fixtures.zip import PROGRAM, TEXT, Member, archive

_GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
_JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xda\x00\x08\x01\x01\x00\x00?\x00"
    + bytes(20)
    + b"\xff\xd9"
)
_PDF = (
    b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
    b"trailer\n<</Root 1 0 R/Size 3>>\nstartxref\n0\n%%EOF\n"
)
_PAGE = b"<html><body><p>Guten Tag</p></body></html>\n"


def _tar(name: str, content: bytes) -> bytes:
    return header(name.encode(), len(content)) + padded(content) + END


def _written(**files: bytes) -> bytes:
    """An archive by the standard library, in pax format."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as writer:
        for name, content in files.items():
            info = tarfile.TarInfo(name.replace("__", "."))
            info.size = len(content)
            writer.addfile(info, io.BytesIO(content))
    return target.getvalue()


def _zip(*, program: bool) -> bytes:
    return archive(Member("brief.exe", PROGRAM) if program else Member("brief.txt", TEXT))


def rar(content: bytes) -> bytes:
    """A RAR 4 archive with one stored member."""

    def block(kind: int, flags: int, body: bytes) -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head

    name = b"brief.dat"
    fields = struct.pack(
        "<IIBIIBBHI", len(content), len(content), 2, zlib.crc32(content), 0x21000000, 20, 0x30, len(name), 0x20
    )
    return (
        b"Rar!\x1a\x07\x00"
        + block(0x73, 0, bytes(6))
        + block(0x74, 0x8000, fields + name)
        + content
        + block(0x7B, 0x4000, b"")
    )


def _bgzf(content: bytes) -> bytes:
    """One file cut into blocks, and the empty block at its end."""
    blocks = b""
    for piece in (content, b""):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(piece) + packer.flush()
        size = len(packed) + 25
        blocks += b"\x1f\x8b\x08\x04" + bytes(4) + b"\x00\xff\x06\x00BC\x02\x00" + struct.pack("<H", size) + packed
        blocks += struct.pack("<II", zlib.crc32(piece), len(piece))
    return blocks


def _web_archive(content: bytes) -> bytes:
    """A PDF header, and behind it a web archive as Word opens it."""
    import base64

    return (
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="----=_NextPart"\r\n\r\n------=_NextPart\r\n'
        b"Content-Location: file:///C:/a/b.dat\r\nContent-Transfer-Encoding: base64\r\nContent-Type: application/octet-stream\r\n\r\n"
        + base64.encodebytes(content)
        + b"\r\n------=_NextPart--\r\n"
    )


CASES = {
    "tar another archive after the end": (
        lambda: _tar("a.txt", TEXT) + _tar("b.exe", PROGRAM),
        lambda: _written(a__txt=TEXT, b__txt=TEXT),
    ),
    "tar another name in the extension": (
        lambda: pax(path="brief.exe") + header(b"brief.txt", len(PROGRAM)) + padded(PROGRAM) + END,
        lambda: _written(**{"unterlagen/" * 12 + "brief__txt": TEXT, "größe__txt": TEXT}),
    ),
    "tar another size in the extension": (
        lambda: (
            pax(size=str(512 + len(padded(PROGRAM))))
            + header(b"a.dat", 0)
            + header(b"b.exe", len(PROGRAM))
            + padded(PROGRAM)
            + END
        ),
        lambda: pax(size=str(len(TEXT))) + header(b"a.txt", len(TEXT)) + padded(TEXT) + END,
    ),
    "tar with a ZIP behind it": (
        lambda: _tar("a.txt", TEXT) + _zip(program=True),
        lambda: _tar("a.txt", TEXT) + bytes(4096),
    ),
    "gz of two members": (
        lambda: gzip.compress(TEXT, mtime=0) + gzip.compress(PROGRAM, mtime=0),
        lambda: gzip.compress(TEXT, mtime=0),
    ),
    "gz of many members": (
        lambda: gzip.compress(TEXT, mtime=0) * 9 + gzip.compress(PROGRAM, mtime=0),
        lambda: _bgzf(TEXT),
    ),
    "gz with something behind it": (
        lambda: gzip.compress(TEXT, mtime=0) + PROGRAM,
        lambda: gzip.compress(TEXT, mtime=0) + bytes(64),
    ),
    "rar behind other bytes": (lambda: b"\x00\x01" * 40 + rar(PROGRAM), lambda: rar(TEXT)),
    "rar with another behind it": (lambda: rar(TEXT) + rar(PROGRAM), lambda: rar(TEXT) + bytes(16)),
    "gif that is also a ZIP": (lambda: _GIF + _zip(program=True), lambda: _GIF),
    "gif that is also a RAR": (lambda: _GIF + rar(PROGRAM), lambda: _GIF + b"\0"),
    "jpg that is also a ZIP": (lambda: _JPEG + _zip(program=True), lambda: _JPEG),
    "jpg that is also a RAR": (lambda: _JPEG + rar(PROGRAM), lambda: _JPEG + bytes(64)),
    "pdf that is also a ZIP": (lambda: _PDF + _zip(program=True), lambda: _PDF + b"\n"),
    "pdf that is also a RAR": (lambda: _PDF + rar(PROGRAM), lambda: _PDF),
    "pdf that is also a web archive": (lambda: _web_archive(PROGRAM), lambda: _PDF),
}

#: Polyglots with a script in place of a program.
SCRIPTED = {
    "pdf with a page in front": (
        lambda: b"<html><script>location='x'</script>\n" + _PDF,
        lambda: _PDF,
    ),
    "pdf with a page behind its header": (
        lambda: b"%PDF-1.4\n<html><script>location='x'</script></html>\n" + _PDF[9:],
        lambda: b"%PDF-1.4\n%<kein html>\n" + _PDF[9:],
    ),
}
