"""Inputs that are built to be slow, a short set: each attacks one loop that content controls. Every one has to end by being fast or by a limit."""

from __future__ import annotations

import base64
import gzip
import io
import random
import struct
import zlib
from collections.abc import Callable

from benchmarks.packages import pack

_HEAD = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
_FILE = b"Content-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"


def _mixed(parts: list[bytes]) -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return _HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + body + b"--b--\r\n"


def _attached(name: str, data: bytes) -> bytes:
    field = (
        f"Content-Type: application/octet-stream; name={name}\r\nContent-Disposition: attachment; filename={name}\r\n"
    )
    return (
        field.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data).replace(b"\n", b"\r\n")
    )


def _pdf(objects: list[bytes]) -> bytes:
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, content) for number, content in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer\n<< /Root 1 0 R /Size %d >>\n%%%%EOF\n" % (len(objects) + 1)


_PAGES = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]


def _locked_documents() -> bytes:
    from tests.fixtures import ooxmlenc

    text = b"Content-Type: text/plain\r\n\r\n" + b"".join(b"Kennwort: geheim%d!\r\n" % number for number in range(100))
    locked = [ooxmlenc.agile("unbekannt", rounds=100_000 + number, content=bytes(5000)) for number in range(19)]
    return _mixed([text, *(_attached(f"a{number}.docx", data) for number, data in enumerate(locked))])


def _locked_pdfs() -> bytes:
    import pikepdf

    text = b"Content-Type: text/plain\r\n\r\n" + b"".join(b"Kennwort: geheim%d!\r\n" % number for number in range(100))
    parts = []
    for number in range(20):
        target = io.BytesIO()
        with pikepdf.new() as file:
            file.add_blank_page()
            file.save(target, encryption=pikepdf.Encryption(owner=f"o{number}", user=f"u{number}!", R=6))
        parts.append(_attached(f"a{number}.pdf", target.getvalue()))
    return _mixed([text, *parts])


def _bomb() -> bytes:
    layer = bytes(64 << 20)
    for _ in range(2):
        layer = gzip.compress(layer, 9)
    return layer


def _workbook(rest: bytes) -> bytes:
    from tests.fixtures import xls

    return xls.file(xls.workbook([("Tabelle1", 0, 0)])[:-4] + rest)


def _slides() -> bytes:
    from tests.fixtures import ppt

    address = ppt.record(0x0FBA, "\\\\203.0.113.5\\s".encode("utf-16-le"), 0x10)
    return ppt.presentation(ppt.record(0x0FD7, address, 0xF) * 150_000)


#: A hyperlink of a sheet, and a formula that makes one ([MS-XLS] 2.4.140, 2.5.198.63).
_LINK = (
    struct.pack("<HH", 0x01B8, 40)
    + bytes(8)
    + bytes.fromhex("d0c9ea79f9bace118c8200aa004ba90b")
    + struct.pack("<IIII", 2, 0x101, 2, 0x5C005C)
)
_FORMULA = b"\x17\x0f\0\\\\203.0.113.5\\s\x42\x01\x67\x01"

#: Inputs by name: whether they are messages, and what builds them.
HOSTILE: dict[str, tuple[bool, Callable[[], bytes]]] = {
    "a part a line": (True, lambda: _mixed([b"Content-Type: text/html\r\n\r\n<a href=http://x>x</a>"] * 4990)),
    "a type in every line": (True, lambda: _HEAD + b"".join(b"Content-Type: text/plain; name=x%d.txt\r\n" % n for n in range(26_000)) + b"\r\nhi\r\n"),
    "padded base64": (True, lambda: _mixed([_FILE + b"QQ==\r\n" * 3_500_000])),
    "foreign base64": (True, lambda: _mixed([_FILE + b"Q!Q\r\n" * 4_000_000])),
    "dashes": (True, lambda: _HEAD + b'Content-Type: multipart/mixed; boundary="-----"\r\n\r\n' + b"-" * 20_000_000),
    "two boundaries": (True, lambda: _HEAD + b'Content-Type: multipart/mixed; boundary=a; boundary="b"\r\n\r\n' + b"--a\r\n\r\nx\r\n--b\r\n\r\ny\r\n" * 250_000),
    "begin": (True, lambda: _HEAD + b"Content-Type: text/plain\r\n\r\n" + b"begin 644 a.txt\r\n" * 1_450_000),
    "locked documents": (True, _locked_documents),
    "locked PDF": (True, _locked_pdfs),
    "scripts in a page": (False, lambda: b"<html>" + b"<script>a</script>" * 1_300_000),
    "handlers in a page": (False, lambda: b"<html>" + b"<a onclick=x href=javascript:a>" * 800_000),
    "data in a page": (False, lambda: b"<html>" + b"<iframe src='data:text/html;base64,PGlmcmFtZT4='></iframe>" * 400_000),
    "styles in a page": (False, lambda: b"<html>" + b"<p style=x:\\41>" * 1_300_000),
    "behaviours in a style": (False, lambda: b"<html><style>" + b"behavior:" * 440_000 + b"</style>"),
    "links in a workbook": (False, lambda: _workbook(_LINK * 200_000)),
    "formulas in a workbook": (False, lambda: _workbook(_FORMULA * 500_000)),
    "links in slides": (False, _slides),
    "shapes in Rich Text": (False, lambda: b"{\\rtf1 " + b"{\\sv file://203.0.113.5/a}" * 600_000 + b"}"),
    "addresses in a playlist": (False, lambda: b"#EXTM3U\n" + b"=//h," * 3_000_000),
    "strings in a PDF": (False, lambda: _pdf([*_PAGES, b"[" + b"(a)" * 4_000_000 + b"]"])),
    "scripts in a PDF": (False, lambda: _pdf([*_PAGES, *[b"<< /S /JavaScript /JS (app.alert(1)) >>"] * 200_000])),
    "packed zeros": (False, _bomb),
    "members": (False, lambda: pack({f"{number}.txt": b"x" for number in range(20_000)})),
    "nothing known": (False, lambda: random.Random(1).randbytes(20_000_000)),
    "deflate in a PDF": (False, lambda: _pdf([*_PAGES, *[_packed(b"/JS " * 250_000)] * 60])),
}  # fmt: skip


def _packed(data: bytes) -> bytes:
    packed = zlib.compress(data, 9)
    return b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream"
