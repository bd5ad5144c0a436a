"""A seeded, realistic mix of inbound mail, built in code.

The mix follows what gateways see of mail with attachments: by bytes a third PDF, a quarter Open XML, images, archives, some encrypted and macro
documents, HTML, text, programs and forwarded mail; attachments of 79 KB in the median and some hundreds in the mean, and small mails without any.
Content is made to behave like the real thing for a scanner: PDF have object and content streams that are compressed, documents have XML that
compresses tenfold, images and archives do not compress. One seed gives one workload, byte for byte.
"""

from __future__ import annotations

import base64
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import NamedTuple

_COMMON = (
    "the of and to in is you that it he was for on are as with his they at be this have from or one had by word but not what all were we when "
    "your can said there use an each which she do how their if will up other about out many then them these so some her would make like him into "
    "time has look two more write go see number no way could people my than first water been call who oil its now find long down day did get come "
    "made may part Antrag Bescheid Stadtverwaltung Bauakte Rechnung Anlage Frist Widerspruch Datum Betrag Steuer Gebühr Unterschrift"
)
WORDS = _COMMON.split()


class Attachment(NamedTuple):
    """One attachment: its kind in the mix, its name, its media type, its bytes."""

    kind: str
    name: str
    media_type: str
    content: bytes


class Message(NamedTuple):
    """One message: its wire bytes, and the attachments in it."""

    raw: bytes
    attachments: tuple[Attachment, ...]


def prose(rng: random.Random, size: int) -> str:
    """About `size` characters of text."""
    lines, have = [], 0
    while have < size:
        line = " ".join(rng.choices(WORDS, k=12))
        lines.append(line)
        have += len(line) + 1
    return "\n".join(lines)


def noise(rng: random.Random, size: int) -> bytes:
    """Bytes that do not compress."""
    return rng.randbytes(size)


def jpeg(rng: random.Random, size: int) -> bytes:
    """A JPEG file's frame around incompressible data."""
    head = bytes.fromhex("ffd8ffe000104a46494600010101006000600000ffdb004300") + bytes(range(1, 65))
    frame = bytes.fromhex(
        "ffc0000b080400030001011100ffc4001f0000010501010101010100000000000000000102030405060708090a0bffda0008010100003f00"
    )
    return head + frame + noise(rng, size).replace(b"\xff", b"\xfe") + b"\xff\xd9"


def png(rng: random.Random, size: int) -> bytes:
    """A PNG file with the right chunks."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    image = zlib.compress(noise(rng, max(64, size - 60)), 1)
    header = struct.pack(">IIBBBBB", 640, 480, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", image) + chunk(b"IEND", b"")


def pdf(rng: random.Random, size: int) -> bytes:
    """A PDF 1.5 with pages, compressed content, images, an object stream and a cross-reference table."""
    objects: list[bytes] = []
    images = max(1, size // 60_000)
    pages = max(1, size // 40_000)
    kids = " ".join(f"{3 + 2 * page} 0 R" for page in range(pages))
    objects.append(b"<< /Type /Catalog /Pages 2 0 R >>")
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode())
    for page in range(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {4 + 2 * page} 0 R /Resources << /Font << /F1 << /Type /Font "
            "/Subtype /Type1 /BaseFont /Helvetica >> >> >> >>".encode()
        )
        text = "\n".join(
            f"BT /F1 11 Tf 50 {800 - 14 * n} Td ({line}) Tj ET" for n, line in enumerate(prose(rng, 3000).splitlines())
        )
        content = zlib.compress(text.encode("latin-1", "replace"))
        objects.append(
            f"<< /Length {len(content)} /Filter /FlateDecode >>\nstream\n".encode() + content + b"\nendstream"
        )
    room = max(1000, (size - sum(map(len, objects))) // images)
    for _ in range(images):
        data = jpeg(rng, room)
        objects.append(
            f"<< /Type /XObject /Subtype /Image /Width 1024 /Height 768 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode "
            f"/Length {len(data)} >>\nstream\n".encode()
            + data
            + b"\nendstream"
        )
    inner = " ".join(f"{1000 + n} {n * 40}" for n in range(20)).encode()
    body = b"".join(b"<< /Type /StructElem /S /P /Pg 3 0 R >>".ljust(40) for _ in range(20))
    packed = zlib.compress(inner + b" " + body)
    objects.append(
        f"<< /Type /ObjStm /N 20 /First {len(inner) + 1} /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
        + packed
        + b"\nendstream"
    )
    out = io.BytesIO()
    out.write(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + content + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write(b"".join(f"{place:010d} 00000 n \n".encode() for place in places))
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def pack(members: dict[str, bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    """A ZIP archive with a fixed date; `stored` names members that are not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
    'ContentType="application/xml"/><Default Extension="jpeg" ContentType="image/jpeg"/><Default Extension="bin" '
    'ContentType="application/vnd.ms-office.vbaProject"/><Override PartName="/{part}" ContentType="{kind}"/></Types>'
)
_RELS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/></Relationships>'
)
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."


def docx(rng: random.Random, size: int) -> bytes:
    """A Word document: twelve members, one of them a picture that takes most of the space."""
    text = prose(rng, min(40_000, max(4_000, size // 2)))
    paragraphs = "".join(
        f'<w:p w:rsidR="00A77B3E"><w:pPr><w:spacing w:after="120"/></w:pPr><w:r><w:rPr><w:sz w:val="22"/></w:rPr><w:t>{line}</w:t></w:r></w:p>'
        for line in text.splitlines()
    )
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    members = {
        "[Content_Types].xml": _TYPES.format(part="word/document.xml", kind=_WORD + "document.main+xml").encode(),
        "_rels/.rels": _RELS.format(kind="officeDocument", target="word/document.xml").encode(),
        "word/document.xml": f'<?xml version="1.0"?><w:document {space}><w:body>{paragraphs}</w:body></w:document>'.encode(),
        "word/_rels/document.xml.rels": _RELS.format(kind="image", target="media/image1.jpeg").encode(),
        "word/media/image1.jpeg": jpeg(rng, max(2_000, size - len(text) // 4)),
    }
    for name in ("styles", "settings", "fontTable", "webSettings", "numbering", "footnotes"):
        members[f"word/{name}.xml"] = (
            f'<?xml version="1.0"?><w:{name} {space}>{"<w:style/>" * rng.randint(50, 400)}</w:{name}>'.encode()
        )
    members["docProps/core.xml"] = (
        b'<?xml version="1.0"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata"/>'
    )
    return pack(members, stored=("word/media/image1.jpeg",))


def xlsx(rng: random.Random, size: int) -> bytes:
    """An Excel workbook: three sheets of numbers and shared strings."""
    rows = max(50, size // 90)
    sheets = {}
    for sheet in range(1, 4):
        cells = "".join(
            f'<row r="{row}"><c r="A{row}" t="s"><v>{rng.randrange(500)}</v></c><c r="B{row}"><v>{rng.random():.6f}</v></c>'
            f'<c r="C{row}"><v>{rng.randrange(10**6)}</v></c></row>'
            for row in range(1, rows // 3 + 1)
        )
        sheets[f"xl/worksheets/sheet{sheet}.xml"] = (
            f'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>'
        ).encode()
    strings = "".join(f"<si><t>{word}</t></si>" for word in rng.choices(WORDS, k=500))
    members = {
        "[Content_Types].xml": _TYPES.format(part="xl/workbook.xml", kind=_SHEET + "sheet.main+xml").encode(),
        "_rels/.rels": _RELS.format(kind="officeDocument", target="xl/workbook.xml").encode(),
        "xl/workbook.xml": b'<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>',
        "xl/_rels/workbook.xml.rels": _RELS.format(kind="worksheet", target="worksheets/sheet1.xml").encode(),
        "xl/sharedStrings.xml": f'<?xml version="1.0"?><sst>{strings}</sst>'.encode(),
        "xl/styles.xml": b'<?xml version="1.0"?><styleSheet/>',
        **sheets,
    }
    return pack(members)


def ovba_stored(source: bytes) -> bytes:
    """MS-OVBA compression without compressing: raw chunks of 4096 bytes (MS-OVBA 2.4.1.1.5)."""
    out = bytearray(b"\x01")
    for start in range(0, len(source), 4096):
        chunk = source[start : start + 4096].ljust(4096, b" ")
        out += struct.pack("<H", 0x3000 | 4095) + chunk
    return bytes(out)


def program(rng: random.Random, size: int) -> bytes:
    """A PE file's headers around noise."""
    head = bytearray(0x200)
    head[0:2] = b"MZ"
    struct.pack_into("<I", head, 0x3C, 0x80)
    head[0x80:0x84] = b"PE\0\0"
    struct.pack_into("<HHIIIHH", head, 0x84, 0x8664, 1, 0, 0, 0, 0xF0, 0x22)
    struct.pack_into("<H", head, 0x98, 0x20B)
    struct.pack_into("<H", head, 0x98 + 68, 3)
    return bytes(head) + noise(rng, size)


def html(rng: random.Random, size: int) -> bytes:
    """A newsletter-like page."""
    rows = "".join(
        f"<tr><td style='color:#333'><a href='https://example.org/{n}'>{line}</a></td></tr>"
        for n, line in enumerate(prose(rng, size).split("\n"))
    )
    return f"<!DOCTYPE html><html><head><meta charset=utf-8><title>News</title></head><body><table>{rows}</table></body></html>".encode()


def encrypted_zip(rng: random.Random, size: int) -> bytes:
    """A ZIP whose member claims traditional encryption; the content is noise, as ciphertext is."""
    name = b"unterlagen.pdf"
    data = noise(rng, size)
    local = (
        struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 1, 0, 0, 0x5A21, 0x1234, len(data), len(data) - 12, len(name), 0)
        + name
    )
    central = struct.pack(
        "<4sHHHHHHIIIHHHHHII",
        b"PK\1\2",
        20,
        20,
        1,
        0,
        0,
        0x5A21,
        0x1234,
        len(data),
        len(data) - 12,
        len(name),
        0,
        0,
        0,
        0,
        0,
        0,
    )
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(central) + len(name), len(local) + len(data), 0)
    return local + data + central + name + end


Maker = Callable[[random.Random, int], bytes]

#: kind, share of attachments in percent, file name, media type, builder.
MIX: tuple[tuple[str, int, str, str, Maker], ...] = (
    ("pdf", 36, "bescheid.pdf", "application/pdf", pdf),
    ("docx", 14, "antrag.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx),
    ("xlsx", 9, "liste.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx),
    ("jpg", 12, "foto.jpg", "image/jpeg", jpeg),
    ("png", 6, "logo.png", "image/png", png),
    ("zip", 5, "anlagen.zip", "application/zip", lambda rng, size: pack({"a.pdf": pdf(rng, size // 2), "b.txt": prose(rng, 2000).encode(), "c.jpg": jpeg(rng, size // 2)})),
    ("zip-enc", 3, "geheim.zip", "application/zip", encrypted_zip),
    ("html", 4, "seite.html", "text/html", html),
    ("txt", 4, "notiz.txt", "text/plain", lambda rng, size: prose(rng, min(size, 40_000)).encode()),
    ("csv", 3, "daten.csv", "text/csv", lambda rng, size: "\n".join(f"{n};{rng.random():.4f};{rng.choice(WORDS)}" for n in range(min(size, 200_000) // 20)).encode()),
    ("pe", 2, "setup.exe", "application/octet-stream", program),
    ("eml", 2, "weiter.eml", "message/rfc822", lambda rng, size: message(rng, [attachment(rng, "pdf", size)])),
)  # fmt: skip

_MAKERS = {kind: (name, media, make) for kind, _share, name, media, make in MIX}


def attachment(rng: random.Random, kind: str, size: int) -> Attachment:
    """One attachment of a kind, of about a size in bytes."""
    name, media, make = _MAKERS[kind]
    return Attachment(kind, name, media, make(rng, size))


def attachment_size(rng: random.Random) -> int:
    """Sizes as they come in: 79 KB in the median, a long tail, 12 MB at most."""
    return int(min(12_000_000, max(3_000, rng.lognormvariate(11.5, 1.75))))


def message(rng: random.Random, attachments: list[Attachment]) -> bytes:
    """A multipart message on the wire: header as mail has passed two servers, text and HTML body, the attachments."""
    outer, inner = f"----=_Part_{rng.randrange(10**12)}", f"----=_Alt_{rng.randrange(10**12)}"
    trace = "".join(
        f"Received: from mx{n}.example.org (mx{n}.example.org [192.0.2.{n}])\r\n\tby in.example.net with ESMTPS id {rng.randrange(10**12):x};\r\n"
        "\tMon, 02 Nov 2026 10:00:00 +0100\r\n"
        for n in range(3)
    )
    body = prose(rng, 900)
    head = (
        f"{trace}From: =?UTF-8?Q?J=C3=BCrgen_Beispiel?= <j@example.org>\r\nTo: stadt@example.net\r\nSubject: Unterlagen {rng.randrange(10**6)}\r\n"
        f"Message-ID: <{rng.randrange(10**15):x}@example.org>\r\nDate: Mon, 02 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/mixed;\r\n\tboundary="{outer}"\r\n\r\nThis is a multi-part message in MIME format.\r\n--{outer}\r\n'
        f'Content-Type: multipart/alternative; boundary="{inner}"\r\n\r\n--{inner}\r\nContent-Type: text/plain; charset=utf-8\r\n'
        f"Content-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n--{inner}\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: 8bit\r\n\r\n<html><body><p>{body}</p></body></html>\r\n--{inner}--\r\n"
    )
    pieces = [head.replace("\r\n", "\n").replace("\n", "\r\n").encode()]
    for item in attachments:
        if item.media_type == "message/rfc822":
            pieces.append(
                f'--{outer}\r\nContent-Type: message/rfc822; name="{item.name}"\r\n\r\n'.encode()
                + item.content
                + b"\r\n"
            )
            continue
        pieces.append(
            f'--{outer}\r\nContent-Type: {item.media_type}; name="{item.name}"\r\nContent-Transfer-Encoding: base64\r\n'
            f'Content-Disposition: attachment; filename="{item.name}"\r\n\r\n'.encode()
        )
        pieces.append(base64.encodebytes(item.content).replace(b"\n", b"\r\n"))
    pieces.append(f"--{outer}--\r\n".encode())
    return b"".join(pieces)


def build(count: int, seed: int = 2026) -> list[Message]:
    """`count` messages of the mix; one in four carries no attachment, one in five carries two."""
    rng = random.Random(seed)
    kinds = [kind for kind, share, *_ in MIX for _ in range(share)]
    messages = []
    for _ in range(count):
        draw = rng.random()
        number = 0 if draw < 0.25 else 2 if draw > 0.8 else 1
        items = [attachment(rng, rng.choice(kinds), attachment_size(rng)) for _ in range(number)]
        messages.append(Message(message(rng, items), tuple(items)))
    return messages
