"""Inputs that are built to be slow, format by format: the cheapest content that makes one reader do the most, as often as its container holds it."""

from __future__ import annotations

import bz2
import functools
import gzip
import io
import lzma
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Final

from attachguard.readers.compound.build import Storage, write
from attachguard.testkit import archives, compound, legacy, openxml, rtf
from attachguard.testkit.mail import ics, vcf

_HEAD: Final = b"From: a@example.org\r\nTo: b@example.org\r\nMIME-Version: 1.0\r\n"


def letter(body: bytes, *fields: bytes) -> bytes:
    """A mail in plain text with some more header fields."""
    return _HEAD + b"".join(field + b"\r\n" for field in fields) + b"Content-Type: text/plain\r\n\r\n" + body


def mixed(parts: list[bytes]) -> bytes:
    """A mail of these parts, each with its header."""
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return _HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + body + b"--b--\r\n"


def forwarded(levels: int) -> bytes:
    """A letter of a megabyte in mails around it."""
    inner = letter(b"x" * 70 + b"\r\n" * 1_000_000)
    for _ in range(levels):
        inner = _HEAD + b"Content-Type: message/rfc822\r\n\r\n" + inner
    return inner


def pdf(objects: list[bytes], catalog: bytes = b"") -> bytes:
    """A file without pages whose further objects, from number 3 on, are these."""
    every = [b"<< /Type /Catalog /Pages 2 0 R %b >>" % catalog, b"<< /Type /Pages /Kids [] /Count 0 >>", *objects]
    body = b"".join(b"%d 0 obj\n%b\nendobj\n" % (number, content) for number, content in enumerate(every, 1))
    return b"%PDF-1.7\n" + body + b"trailer\n<< /Root 1 0 R /Size %d >>\n%%%%EOF\n" % (len(every) + 1)


def stream(data: bytes, more: bytes = b"") -> bytes:
    """A stream object, deflated."""
    packed = zlib.compress(data, 9)
    return b"<< /Filter /FlateDecode /Length %d %b >>\nstream\n" % (len(packed), more) + packed + b"\nendstream"


def pool(count: int, streams: dict[str, bytes]) -> bytes:
    """A document of Word with as many embedded objects, each of which has these streams."""
    root, inside = Storage(), Storage()
    root.streams["WordDocument"] = b"\xec\xa5\xc1\x00" + bytes(508)
    root.storages["ObjectPool"] = inside
    for number in range(count):
        inside.storages[f"_{number:010d}"] = storage = Storage()
        storage.streams.update(streams)
    return write(root)


def _sheets(count: int, cells: int) -> bytes:
    functions = "".join(f'<c><f>_xlfn.WEBSERVICE("http://a/{number}")</f></c>' for number in range(cells))
    sheet = f"<worksheet {openxml.S}>{functions}</worksheet>"
    return openxml.excel(parts={f"xl/worksheets/s{number}.xml": sheet for number in range(count)})


def _epilogues() -> bytes:
    """A letter in text after the end of a letter, in text after the end of a letter, and so on."""
    one = b"--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b--\r\n"
    return (_HEAD + b'Content-Type: multipart/digest; boundary="b"\r\n\r\n' + one) * 80_000


def _predicted() -> bytes:
    """Object streams in rows of one byte, each the sum of all before it."""
    parameters = b"/Type /ObjStm /N 1 /First 4 /DecodeParms << /Predictor 12 /Columns 1 >>"
    return pdf([stream(bytes(20_000_000), parameters)] * 8)


def _signed_names() -> bytes:
    """Signatures that nothing but their names ties to the files beside them."""
    names = [b"a%d.%b" % (number, end) for number in range(2_400) for end in (b"txt", b"p7s")]
    return mixed([b"Content-Type: application/pkcs7-signature; name=" + name + b"\r\n\r\nx" for name in names])


def _nested(data: bytes, levels: int) -> bytes:
    for _ in range(levels):
        data = gzip.compress(data, 1)
    return data


def _members(name: str, count: int, content: bytes) -> bytes:
    return archives.zipped({name.format(number): content for number in range(count)})


def _broken(count: int) -> bytes:
    """An archive of files packed by bzip2, each with a wrong checksum after all of its content."""
    packed = [bz2.compress(bytes(20_000) + b"%d" % number) for number in range(count)]
    return archives.zipped({f"{number}.bz2": data[:-4] + bytes(4) for number, data in enumerate(packed)})


@functools.cache
def _locked_pdf() -> bytes:
    """A file of the newest encryption, whose passwords cost the most to refuse."""
    import pikepdf

    target = io.BytesIO()
    with pikepdf.new() as file:
        file.add_blank_page()
        file.save(target, encryption=pikepdf.Encryption(owner="o", user="u!", R=6))
    return target.getvalue()


def _related(count: int) -> bytes:
    link = '<Relationship Id="a" Type="http://x/hyperlink" Target="file://h/x" TargetMode="External"/>'
    return openxml.word(parts={"word/_rels/document.xml.rels": f"<Relationships>{link * count}</Relationships>"})


def _extra_fields() -> bytes:
    """Members with thousands of empty Unicode names in both of their headers."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4_800):
            member = zipfile.ZipInfo(f"{number}.txt")
            member.extra = struct.pack("<HH", 0x7075, 0) * 600
            archive.writestr(member, b"x")
    return target.getvalue()


def _halves() -> bytes:
    """Files that are full of half of what a built-in rule looks for, each of another one."""
    pieces = (
        (b".DownloadFile(5EH9)sap", "ps1"), (b"curl - ", "bat"), (b"[atob(", "html"), (b"rundll32'   ", "bat"), (b'.Run"curl.ex', "js"),
        (b"open= ", "inf"), (b"~M.hta", "bat"), (b"wget A", "sh"), (b".launchURL(Nhttps://7.0.5.8", "js"), (b"search-ms:cr", "txt"),
        (b"U.responseText", "vbs"), (b"='data:text/html", "html"), (b"nslookuP", "bat"),
    )  # fmt: skip
    return archives.zipped({f"{n}.{end}": piece * (900_000 // len(piece)) for n, (piece, end) in enumerate(pieces)})


#: Inputs by name: whether they are messages, and what builds them.
FORMATS: Final[dict[str, tuple[bool, Callable[[], bytes]]]] = {
    "equations": (False, lambda: pool(4_900, {"Equation Native": compound.equation_native(font="x" * 20)})),
    "packages": (False, lambda: pool(2_400, {"\x01Ole10Native": compound.packaged("a.exe", archives.program())})),
    "controls": (False, lambda: pool(4_900, {"\x03OCXNAME": b"F\0o\0r\0m\0s\0", "\x03ObjInfo": bytes(6)})),
    "fields of old Word": (False, lambda: legacy.doc(text="\x13 DDEAUTO c a \x14x\x15" * 200_000)),
    "macro of 20 MB": (False, lambda: openxml.docm(macro="x = Shell(Chr(65) & Chr(66))\r\n" * 700_000)),
    "sheets": (False, lambda: _sheets(9_000, 1)),
    "cells that fetch": (False, lambda: _sheets(1, 500_000)),
    "pictures of VML": (False, lambda: openxml.word('<v:fill src="http://a/b"/>' * 600_000)),
    "objects in Open XML": (False, lambda: openxml.word(parts={f"word/embeddings/o{number}.bin": compound.equation() for number in range(1_600)})),
    "objects in Rich Text": (False, lambda: b"{\\rtf1 " + b"{\\object\\objemb{\\*\\objdata %b}}" % rtf.ole1("Package", compound.packaged("a.exe", b"MZ" + bytes(100))).hex().encode() * 4_900 + b"}"),
    "busy pages": (False, lambda: _members("{}.html", 60, b"<html>" + b"<a onclick=x href=javascript:a>z</a>" * 140_000)),
    "texts": (False, lambda: _members("{}.txt", 100, b"The quick brown fox, see https://example.org/a?b=c for more.\r\n" * 80_000)),
    "documents in an archive": (False, lambda: _members("{}.docx", 1_600, openxml.docx())),
    "mails in an archive": (False, lambda: _members("{}.eml", 2_400, letter(b"hello\r\n", b"Subject: =?utf-8?q?=41=42?="))),
    "unknown members": (False, lambda: archives.zipped({f"{number}.emf": bytes(1000) + b"%d" % number for number in range(4_900)})),
    "redirects": (False, lambda: b"<html>" + b"<meta http-equiv=refresh content='0;url=http://x.example/a'>" * 330_000),
    "entities": (False, lambda: b"<html><a href='" + b"&#x6a;&#97;" * 2_000_000 + b"'>"),
    "styles": (False, lambda: b"<html>" + b"<p style='a:b\\63'>" * 1_000_000),
    "links in a PDF": (False, lambda: pdf([b"<< /Type /Annot /A << /S /URI /URI (file:///x%d) >> >>" % number for number in range(250_000)])),
    "attachments of a PDF": (False, lambda: pdf([stream(b"x"), *[b"<< /Type /Filespec /F (a%d.txt) /EF << /F 3 0 R >> >>" % number for number in range(200_000)]])),
    "form functions": (False, lambda: pdf([b'<< /AA << /K << /S /JavaScript /JS (AFNumber_Keystroke\\(2,0,0,0,"",true\\);) >> >> >>'] * 150_000)),
    "open strings": (False, lambda: pdf([b"<< /JS (" + b"(1 0 obj " * 1_500_000])),
    "signatures of a PDF": (False, lambda: pdf([b"<< /Type /Sig /ByteRange [0 10 20 30] /Contents <" + b"30" * 100 + b"> >>"] * 30_000)),
    "addresses in a calendar": (False, lambda: ics(lines=["ATTACH:http://x.example/a", "URL:file://h/x"] * 300_000)),
    "cards": (False, lambda: vcf() * 60_000),
    "hexadecimal strings": (False, lambda: pdf([b"<< /JS <" + b"4 1" * 6_000_000 + b"> >>"])),
    "predicted objects": (False, _predicted),
    "actions of outlines": (False, lambda: pdf([b"<< /A << /S /Launch /F (a%d.exe) >> >>" % number for number in range(250_000)])),
    "templates of Rich Text": (False, lambda: b"{\\rtf1 " + b"{\\*\\template http://x.example/a}" * 600_000 + b"}"),
    "fields that crawl": (False, lambda: b"{\\rtf1 " + b"{\\field{\\*\\fldinst DDEAUTO x}}" * 700_000 + b"}"),
    "drawings": (False, lambda: openxml.word(parts={f"word/v{number}.vml": "<v:imagedata src='http://x.example/a'/>" * 10_000 for number in range(60)})),
    "unused sectors": (False, lambda: legacy.doc(text="x") * 400),
    "codes in a page": (False, lambda: b"<html><script>a=[" + b"77,90,144,0," * 1_700_000 + b"];new Blob(a)</script>"),
    "wide pages": (False, lambda: ("\ufeff<html>" + "<script>atob('QUJD')</script>" * 350_000).encode("utf-16-le")),
    "records of a sheet": (False, lambda: b"ID;P\r\n" + b'C;X1;Y1;K0;EEXEC("cmd")\r\n' * 700_000),
    "packed by bzip2": (False, lambda: bz2.compress(random.Random(1).randbytes(15_000_000))),
    "lines in headers of parts": (True, lambda: mixed([b"X:\r\n" * 250_000 + b"\r\nhi"] * 24)),
    "types of parts": (True, lambda: mixed([b"Content-Type: a/b; name*0*=utf-8''x; name*1=y\r\n" * 21_000 + b"\r\nhi"] * 24)),
    "locked PDFs in an archive": (False, lambda: archives.zipped({f"{number}.pdf": _locked_pdf() + b"%% %d" % number for number in range(1_400)})),
    "keys of words in Rich Text": (False, lambda: archives.zipped({f"{number}.rtf": b"{\\rtf1 " + b"040000002d010200040000002e0118000000" * 150 + b"}%d" % number for number in range(4_500)})),
    "tokens in a PDF": (False, lambda: pdf([b"<< /A [" + b"/B\n" * 5_000_000 + b"] >>", b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length 3 >>\nstream\nabc\nendstream"])),
    "sheets side by side": (False, lambda: _members("{}.slk", 12, b"ID;P\r\n" + b'C;X1;Y1;K0;EEXEC("cmd")\r\n' * 290_000)),
    "words of PostScript": (False, lambda: _members("{}.ps", 12, b"%!PS\n" + b"(a) (w) file " * 300_000)),
    "styles side by side": (False, lambda: _members("{}.html", 12, b"<html>" + b"<p style=x:\\41>" * 90_000)),
    "relationships side by side": (False, lambda: _members("{}.docx", 12, _related(60_000))),
    "macros side by side": (False, lambda: _members("{}.docm", 12, openxml.docm(macro="'\r\n" * 600_000))),
    "broken streams": (False, lambda: _broken(2_400)),
    "extra fields": (False, _extra_fields),
    "halves of strings": (False, _halves),
    "instructions before a root": (False, lambda: openxml.word(parts={"word/_rels/other.xml.rels": "<?a?>" * 4_000_000})),
    "noise packed by LZMA": (False, lambda: lzma.compress(random.Random(1).randbytes(20_000_000))),
    "cells that may start programs": (False, lambda: _members("{}.csv", 12, b'=cmd|"/c calc"!A1,=WEBSERVICE("http://a"),1\r\n' * 200_000)),
    "gzip in gzip": (False, lambda: _nested(random.Random(1).randbytes(15_000_000), 19)),
    "uuencoded lines": (True, lambda: letter(b"begin 644 a\r\n" + b"#86)C\r\n" * 2_500_000)),
    "letters after letters": (False, _epilogues),
    "signatures and names": (True, _signed_names),
    "parts after a line feed": (True, lambda: _HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\n\nx\n" * 2_500_000),
    "words in a subject": (True, lambda: letter(b"hi\r\n", b"Subject: " + b"=?utf-8?q?=41=42?= " * 50_000)),
    "pieces of a parameter": (True, lambda: _HEAD + b"Content-Type: text/plain" + b"".join(b"; name*%d*=%%41b" % number for number in range(45_000)) + b"\r\n\r\nhi\r\n"),
    "comments": (True, lambda: _HEAD + b"Content-Type: text/plain; name=" + b"(" * 480_000 + b")" * 480_000 + b"\r\n\r\nhi\r\n"),
    "mails in mails": (True, lambda: forwarded(19)),
    "mails side by side": (True, lambda: mixed([b"Content-Type: message/rfc822\r\n\r\n" + letter(b"x\r\n")] * 2_400)),
    "passwords in a text": (True, lambda: letter(b"Das Kennwort lautet: geheim77! Passwort: abc\r\n" * 400_000)),
    "encoded files in a text": (True, lambda: letter(b"begin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n" * 4_900)),
}  # fmt: skip
