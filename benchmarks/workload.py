"""A seeded, realistic mix of inbound mail, built in code.

The mix follows what gateways see of mail with attachments: by number a third PDF, a quarter Open XML, images, archives, encrypted and macro documents,
HTML, text, programs and forwarded mail; attachments of about 80 KB in the median and 360 in the mean; each in a message with a text and its page.
Ratios measured on it are those that real generators' files give, within a tenth. One seed gives one workload, byte for byte.
"""

from __future__ import annotations

import base64
import math
import quopri
import random
import struct
from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

from tests.fixtures import cfb, doc, ooxmlenc, sevenzip, vba, xls
from tests.fixtures import zip as zips

from benchmarks.material import WORDS, jpeg, noise, photos, png, prose
from benchmarks.packages import docx, pack, pptx, xlsx
from benchmarks.pdfs import pdf

__all__ = ["MIX", "Attachment", "Message", "attachment", "build", "message", "noise", "pack", "program", "prose"]


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


#: Sizes of attachments: log-normal, 60 KB in the median before the bounds of each kind, 560 KB in the mean before them.
MU, SIGMA = math.log(60_000), math.sqrt(2 * math.log(560_000 / 60_000))


def files(rng: random.Random, size: int) -> dict[str, bytes]:
    """What people put into an archive, together about `size` bytes."""
    members: dict[str, bytes] = {}
    left, number = size, 0
    while left > 500 and number < 60:
        number += 1
        wanted = min(left, max(500, int(rng.lognormvariate(MU, 1.4))))
        kind = rng.choice(
            ("pdf", "jpg", "jpg", "txt", "csv", "docx", "xlsx") if wanted > 15_000 else ("txt", "csv", "html")
        )
        if number == 60 or wanted > 2_000_000:
            kind, wanted = "jpg", min(left, 6_000_000)
        make = {"pdf": pdf, "jpg": jpeg, "docx": docx, "xlsx": lambda rng, size: xlsx(rng, min(size, 400_000)), "html": lambda rng, size: html(rng, size * 4),
                "csv": lambda rng, size: csv(rng, size * 2), "txt": lambda rng, size: prose(rng, size * 2).encode()}[kind]  # fmt: skip
        members[f"{rng.choice(WORDS)}/{number:03d}_{rng.choice(WORDS)}.{kind}"] = make(rng, wanted)
        left -= max(500, wanted)
    return members


def html(rng: random.Random, size: int) -> bytes:
    """A page with a table and links."""
    out, have = [], 200
    while have < size:
        row = (
            f'<tr><td style="color:#{rng.randrange(1 << 24):06x}"><a href="https://example.com/{rng.randrange(1 << 40):x}">{prose(rng, 24)}</a></td>'
            f"<td>{prose(rng, 160)}</td></tr>\n"
        )
        out.append(row)
        have += len(row)
    style = "td{padding:4px;font:12px Arial}"
    return f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{prose(rng, 30)}</title><style>{style}</style></head><body><table>{''.join(out)}</table></body></html>\n".encode()


def csv(rng: random.Random, size: int) -> bytes:
    """A table of five columns."""
    out, have = ["id,name,amount,date,note"], 30
    while have < size:
        line = f"{rng.randrange(10**6)},{rng.choice(WORDS)},{rng.uniform(0, 9999):.2f},2025-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d},{prose(rng, 24).replace(',', '')}"
        out.append(line)
        have += len(line) + 2
    return "\r\n".join(out).encode() + b"\r\n"


def rtf(rng: random.Random, size: int) -> bytes:
    """A text with a picture in hexadecimal where it is large."""
    out = [
        r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}}{\*\generator Riched20 10.0.19041}\viewkind4\uc1 "
    ]
    have = 100
    if size > 120_000:
        shown = jpeg(rng, 25_000).hex()
        out.append(
            r"{\pict\jpegblip\picw200\pich150 "
            + "\n".join(shown[at : at + 128] for at in range(0, len(shown), 128))
            + "}"
        )
        have += len(shown)
    while have < size:
        out.append(r"\pard\sa200\sl276\slmult1\f0\fs22 " + prose(rng, 300) + "\\par\r\n")
        have += len(out[-1])
    return ("".join(out) + "}").encode()


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


# -- what hides or runs something -------------------------------------------------------------------------------------------------


def macros(rng: random.Random) -> dict[str, bytes]:
    """A macro project of three modules, as streams by path."""
    lines = "".join(f'    Cells({n}, 1).Value = "{rng.choice(WORDS)}"\r\n' for n in range(60))
    return vba.project(
        {
            name: f'Attribute VB_Name = "{name}"\r\nSub Show()\r\n{lines}End Sub\r\n'
            for name in ("Module1", "Sheet1", "ThisBook")
        }
    )


def old_word(rng: random.Random, size: int) -> bytes:
    """A binary Word document, two in five with macros, one in eight encrypted."""
    if rng.random() < 0.12:
        return doc.encrypted("unbekannt")
    streams = {**doc.streams(prose(rng, 4_000)), "Data": b"".join(photos(rng, size - 16_000))}
    if rng.random() < 0.4:
        streams |= {f"Macros/{path}": content for path, content in macros(rng).items()}
    return cfb.build(streams, doc.CLSID)


def old_excel(rng: random.Random, size: int) -> bytes:
    """A binary workbook of rows of numbers, one in eight encrypted."""
    if rng.random() < 0.12:
        return xls.encrypted("unbekannt", [("Tabelle1", 0, 0)])
    rows = b"".join(
        xls.record(0x0203, struct.pack("<HHHd", n // 8 % 65_000, n % 8, 15, rng.uniform(0, 1e5)))
        for n in range(max(100, size // 18))
    )
    return xls.file(xls.workbook([("Tabelle1", 0, 0)], extra=rows))


def encrypted_office(rng: random.Random, size: int) -> bytes:
    """An Open XML document under a password that nobody knows, with the rounds that Office does."""
    return ooxmlenc.agile("unbekannt", rounds=100_000, content=docx(rng, size))


def encrypted_7z(rng: random.Random, size: int) -> bytes:
    """An archive under a password that nobody knows, with the rounds that 7-Zip does."""
    locked = sevenzip.archive({f"{number}.bin": noise(rng, max(100, size // 3)) for number in range(3)}, [sevenzip.AES])
    place = locked.rindex(sevenzip.AES) + len(sevenzip.AES) + 1
    return locked[:place] + bytes([19]) + locked[place + 1 :]


def encrypted_zip(rng: random.Random, size: int) -> bytes:
    """An archive under traditional encryption; its members are noise, as ciphertext is."""
    members = [
        zips.Member(f"{number}.txt", noise(rng, max(50, size // 4)), flags=1, packed=noise(rng, max(62, size // 4)))
        for number in range(4)
    ]
    return zips.archive(*members)


def script(rng: random.Random, _size: int) -> bytes:
    """A batch file."""
    return (
        "@echo off\r\nsetlocal\r\n" + "".join(f"echo {prose(rng, 50)}\r\n" for _ in range(12)) + "start notepad.exe\r\n"
    ).encode()


def calendar(rng: random.Random, _size: int) -> bytes:
    """An invitation."""
    text = f"SUMMARY:{prose(rng, 40)}\r\nDESCRIPTION:{prose(rng, 300)}\r\n"
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@example\r\nDTSTART:20250304T093000Z\r\n{text}END:VEVENT\r\nEND:VCALENDAR\r\n".encode()


def card(rng: random.Random, _size: int) -> bytes:
    """A visiting card."""
    return f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{prose(rng, 16)}\r\nEMAIL:x@example.org\r\nNOTE:{prose(rng, 200)}\r\nEND:VCARD\r\n".encode()


# -- the mix ----------------------------------------------------------------------------------------------------------------------

Maker = Callable[[random.Random, int], bytes]
_OPEN = "application/vnd.openxmlformats-officedocument."


class Kind(NamedTuple):
    """A kind of attachment: its share in the mix in percent, the bounds of its size, how it is called, what makes it."""

    share: float
    least: int
    most: int
    extension: str
    media_type: str
    make: Maker
    locked: bool = False


def forwarded(rng: random.Random, size: int) -> bytes:
    """A message with an attachment of its own."""
    return message(rng, [attachment(rng, rng.choice(("pdf", "jpg", "docx")), size)])


KINDS: dict[str, Kind] = {
    "pdf": Kind(35, 20_000, 3_000_000, "pdf", "application/pdf", pdf),
    "docx": Kind(15, 12_000, 12_000_000, "docx", _OPEN + "wordprocessingml.document", docx),
    "xlsx": Kind(8, 6_000, 6_000_000, "xlsx", _OPEN + "spreadsheetml.sheet", xlsx),
    "pptx": Kind(3, 40_000, 20_000_000, "pptx", _OPEN + "presentationml.presentation", pptx),
    "docm": Kind(1.5, 20_000, 3_000_000, "docm", "application/vnd.ms-word.document.macroEnabled.12", lambda rng, size: docx(rng, size, cfb.build(macros(rng)))),
    "xlsm": Kind(1.5, 20_000, 3_000_000, "xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12", lambda rng, size: xlsx(rng, size, cfb.build(macros(rng)))),
    "doc": Kind(2, 18_000, 3_000_000, "doc", "application/msword", old_word),
    "xls": Kind(2, 14_000, 3_000_000, "xls", "application/vnd.ms-excel", old_excel),
    "jpg": Kind(9, 8_000, 9_000_000, "jpg", "image/jpeg", jpeg),
    "png": Kind(6, 3_000, 5_000_000, "png", "image/png", png),
    "zip": Kind(5, 2_000, 20_000_000, "zip", "application/zip", lambda rng, size: pack(files(rng, size), stored=(".jpg",))),
    "zip-enc": Kind(1, 2_000, 5_000_000, "zip", "application/zip", encrypted_zip, locked=True),
    "7z-enc": Kind(1, 2_000, 5_000_000, "7z", "application/x-7z-compressed", encrypted_7z, locked=True),
    "docx-enc": Kind(2, 15_000, 5_000_000, "docx", _OPEN + "wordprocessingml.document", encrypted_office, locked=True),
    "html": Kind(3, 1_500, 400_000, "html", "text/html", html),
    "txt": Kind(1.5, 200, 200_000, "txt", "text/plain", lambda rng, size: prose(rng, size).encode()),
    "csv": Kind(1.5, 300, 3_000_000, "csv", "text/csv", csv),
    "rtf": Kind(1, 3_000, 2_000_000, "rtf", "application/rtf", rtf),
    "pe": Kind(1, 65_000, 180_000, "exe", "application/x-msdownload", program),
    "script": Kind(0.5, 0, 0, "bat", "application/octet-stream", script),
    "ics": Kind(0.5, 0, 0, "ics", "text/calendar", calendar),
    "vcf": Kind(0.5, 0, 0, "vcf", "text/vcard", card),
    "eml": Kind(2, 5_000, 5_000_000, "eml", "message/rfc822", forwarded),
}  # fmt: skip
#: Kinds in the order of the table.
MIX = tuple(KINDS)


def attachment(rng: random.Random, kind: str, size: int) -> Attachment:
    """One attachment of a kind, of about a size in bytes."""
    about = KINDS[kind]
    return Attachment(
        kind,
        f"{rng.choice(WORDS)}_{rng.randrange(1000):05d}.{about.extension}",
        about.media_type,
        about.make(rng, size),
    )


def _folded(text: str) -> bytes:
    return quopri.encodestring(text.encode()).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def message(rng: random.Random, attachments: list[Attachment]) -> bytes:
    """A multipart message on the wire: a header that has passed three servers, text and page, the attachments in base64."""
    outer = f"----=_Part_{rng.randrange(1 << 32):08x}_{rng.randrange(1 << 32):08x}"
    inner = outer + "_alt"
    trace = "".join(
        f"Received: from mx{n}.example.net (mx{n}.example.net [192.0.2.{n}])\r\n\tby in{n}.example.com (Postfix) with ESMTPS id {rng.randrange(1 << 40):X}"
        f"\r\n\tfor <user@example.com>; Tue, 4 Mar 2025 09:3{n}:00 +0000 (UTC)\r\n"
        for n in range(3)
    )
    signed, value = (base64.b64encode(noise(rng, size)).decode() for size in (32, 190))
    subject = base64.b64encode(prose(rng, 40).encode()).decode()
    head = (
        f"Return-Path: <sender@example.org>\r\n{trace}DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=sel;\r\n"
        f"\th=from:to:subject:date; bh={signed};\r\n\tb={value}\r\n"
        f'From: "{prose(rng, 14).strip("., !")}" <sender@example.org>\r\nTo: <user@example.com>\r\nSubject: =?utf-8?B?{subject}?=\r\n'
        f"Date: Tue, 04 Mar 2025 09:30:00 +0000\r\nMessage-ID: <{rng.randrange(1 << 60):x}@example.org>\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/mixed; boundary="{outer}"\r\nX-Mailer: Microsoft Outlook 16.0\r\n\r\n'
        f'This is a multi-part message in MIME format.\r\n\r\n--{outer}\r\nContent-Type: multipart/alternative; boundary="{inner}"\r\n\r\n'
    )
    pieces = [head.encode()]
    for kind, text in (
        ("plain", prose(rng, rng.randint(200, 2500))),
        ("html", html(rng, rng.randint(1500, 14_000)).decode()),
    ):
        field = f"--{inner}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        pieces += [field.encode(), _folded(text), b"\r\n"]
    pieces.append(f"--{inner}--\r\n\r\n".encode())
    for item in attachments:
        shown = f'Content-Disposition: attachment; filename="{item.name}"\r\n'
        if item.media_type == "message/rfc822":
            pieces += [f"--{outer}\r\nContent-Type: message/rfc822\r\n{shown}\r\n".encode(), item.content, b"\r\n"]
            continue
        pieces.append(
            f'--{outer}\r\nContent-Type: {item.media_type}; name="{item.name}"\r\nContent-Transfer-Encoding: base64\r\n{shown}\r\n'.encode()
        )
        pieces.append(base64.encodebytes(item.content).replace(b"\n", b"\r\n"))
    pieces.append(f"--{outer}--\r\n".encode())
    return b"".join(pieces)


def build(count: int, seed: int = 2026) -> list[Message]:
    """`count` messages with an attachment each, the kinds in the shares of the mix."""
    rng = random.Random(seed)
    total = sum(kind.share for kind in KINDS.values())
    kinds: list[str] = []
    reached = 0.0
    for name, kind in KINDS.items():
        reached += kind.share * count / total
        kinds += [name] * (round(reached) - len(kinds))
    rng.shuffle(kinds)
    # The sizes of each kind stand at even steps of their distribution: drawn by chance, a few large files would make or break the figures.
    sizes: dict[str, list[int]] = {}
    for name, kind in KINDS.items():
        number = kinds.count(name)
        drawn = (math.exp(MU + SIGMA * NormalDist().inv_cdf((place + 0.5) / number)) for place in range(number))
        sizes[name] = [int(min(max(size, kind.least), kind.most)) for size in drawn]
        rng.shuffle(sizes[name])
    messages = []
    for name in kinds:
        size = sizes[name].pop()
        item = attachment(rng, name, size)
        messages.append(Message(message(rng, [item]), (item,)))
    return messages
