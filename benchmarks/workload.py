"""A seeded, realistic mix of inbound mail, built in code.

The mix follows what gateways see of mail with attachments: by number a third PDF, a quarter Open XML, images, archives, encrypted and macro documents,
HTML, text, programs and forwarded mail; attachments of about 80 KB in the median and 370 in the mean; each in a message with a text and its page.
Ratios measured on it are those that real generators' files give, within a tenth: `compare_workloads.py` shows both side by side. One seed gives one
workload, byte for byte.
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

from benchmarks.material import WORDS, calendar, card, csv, html, jpeg, noise, photos, png, program, prose, rtf, script
from benchmarks.packages import docx, pack, pptx, xlsx
from benchmarks.pdfs import locked as locked_pdf
from benchmarks.pdfs import pdf

__all__ = ["MIX", "Attachment", "Message", "attachment", "build", "message", "noise", "pack", "program", "prose"]


#: Makes a file of about a size in bytes.
Maker = Callable[[random.Random, int], bytes]


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


#: Sizes of attachments: log-normal, 60 KB in the median and 400 KB in the mean before the bounds of each kind.
MU, SIGMA = math.log(60_000), math.sqrt(2 * math.log(400_000 / 60_000))


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
    """A binary Word document, two in five with macros."""
    streams = {**doc.streams(prose(rng, 4_000)), "Data": b"".join(photos(rng, size - 16_000))}
    if rng.random() < 0.4:
        streams |= {f"Macros/{path}": content for path, content in macros(rng).items()}
    return cfb.build(streams, doc.CLSID)


def old_excel(rng: random.Random, size: int) -> bytes:
    """A binary workbook of rows of numbers."""
    rows = b"".join(
        xls.record(0x0203, struct.pack("<HHHd", n // 8 % 65_000, n % 8, 15, rng.uniform(0, 1e5)))
        for n in range(max(100, size // 18))
    )
    return xls.file(xls.workbook([("Tabelle1", 0, 0)], extra=rows))


def encrypted_office(make: Maker) -> Maker:
    """Open XML under a password that nobody knows, with the rounds that Office does."""
    return lambda rng, size: ooxmlenc.agile("unbekannt", rounds=100_000, content=make(rng, size))


def encrypted_7z(rng: random.Random, size: int) -> bytes:
    """An archive under a password that nobody knows, with the rounds that 7-Zip does."""
    members = {f"{number}.bin": noise(rng, max(100, size // 6)) for number in range(3)}
    locked = sevenzip.archive(members, [sevenzip.AES])
    place = locked.rindex(sevenzip.AES) + len(sevenzip.AES) + 1
    return locked[:place] + bytes([19]) + locked[place + 1 :]


def encrypted_zip(rng: random.Random, size: int) -> bytes:
    """An archive under traditional encryption; its members are noise, as ciphertext is."""
    members = [
        zips.Member(f"{number}.txt", noise(rng, max(50, size // 4)), flags=1, packed=noise(rng, max(62, size // 4)))
        for number in range(4)
    ]
    return zips.archive(*members)


# -- the mix ----------------------------------------------------------------------------------------------------------------------

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
    return message(rng, [attachment(rng, rng.choice(("pdf", "jpg", "docx", "docm")), size)])


KINDS: dict[str, Kind] = {
    "pdf": Kind(34, 20_000, 3_000_000, "pdf", "application/pdf", pdf),
    "docx": Kind(15, 12_000, 12_000_000, "docx", _OPEN + "wordprocessingml.document", docx),
    "xlsx": Kind(8, 6_000, 6_000_000, "xlsx", _OPEN + "spreadsheetml.sheet", xlsx),
    "pptx": Kind(3, 40_000, 20_000_000, "pptx", _OPEN + "presentationml.presentation", pptx),
    "docm": Kind(1.5, 20_000, 3_000_000, "docm", "application/vnd.ms-word.document.macroEnabled.12", lambda rng, size: docx(rng, size, cfb.build(macros(rng)))),
    "xlsm": Kind(1.5, 20_000, 3_000_000, "xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12", lambda rng, size: xlsx(rng, size, cfb.build(macros(rng)))),
    "doc": Kind(1.75, 18_000, 3_000_000, "doc", "application/msword", old_word),
    "xls": Kind(1.75, 14_000, 3_000_000, "xls", "application/vnd.ms-excel", old_excel),
    "docx-enc": Kind(1, 15_000, 5_000_000, "docx", _OPEN + "wordprocessingml.document", encrypted_office(docx), locked=True),
    "xlsx-enc": Kind(0.5, 15_000, 5_000_000, "xlsx", _OPEN + "spreadsheetml.sheet", encrypted_office(xlsx), locked=True),
    "pptx-enc": Kind(0.5, 40_000, 5_000_000, "pptx", _OPEN + "presentationml.presentation", encrypted_office(pptx), locked=True),
    "pdf-enc": Kind(0.5, 20_000, 3_000_000, "pdf", "application/pdf", locked_pdf, locked=True),
    "pdf-owner": Kind(0.5, 20_000, 3_000_000, "pdf", "application/pdf", lambda rng, size: locked_pdf(rng, size, user="")),
    "doc-enc": Kind(0.25, 0, 0, "doc", "application/msword", lambda _rng, _size: doc.encrypted("unbekannt"), locked=True),
    "xls-enc": Kind(0.25, 0, 0, "xls", "application/vnd.ms-excel", lambda _rng, _size: xls.encrypted("unbekannt", [("Tabelle1", 0, 0)]), locked=True),
    "zip-enc": Kind(1, 2_000, 5_000_000, "zip", "application/zip", encrypted_zip, locked=True),
    "7z-enc": Kind(1, 2_000, 5_000_000, "7z", "application/x-7z-compressed", encrypted_7z, locked=True),
    "zip": Kind(5, 2_000, 20_000_000, "zip", "application/zip", lambda rng, size: pack(files(rng, size), stored=(".jpg",))),
    "jpg": Kind(9, 8_000, 9_000_000, "jpg", "image/jpeg", jpeg),
    "png": Kind(6, 3_000, 5_000_000, "png", "image/png", png),
    "html": Kind(3, 1_500, 400_000, "html", "text/html", html),
    "txt": Kind(1.5, 200, 200_000, "txt", "text/plain", lambda rng, size: prose(rng, size).encode()),
    "csv": Kind(1.5, 300, 3_000_000, "csv", "text/csv", csv),
    "rtf": Kind(1, 3_000, 2_000_000, "rtf", "application/rtf", rtf),
    "pe": Kind(1, 12_000, 108_000, "exe", "application/x-msdownload", program),
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


def _sizes(kind: Kind, number: int) -> list[int]:
    """Sizes for so many files of a kind: the means of as many equal shares of its distribution. Drawn by chance, a few large files would make or break
    the figures; taken from the middle of each share, the largest would be missing.
    """
    steps = 2_000 // max(number, 1) + 1
    drawn = [
        min(max(math.exp(MU + SIGMA * NormalDist().inv_cdf((place + 0.5) / (number * steps))), kind.least), kind.most)
        for place in range(number * steps)
    ]
    return [int(sum(drawn[at : at + steps]) / steps) for at in range(0, len(drawn), steps)]


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
    sizes = {name: _sizes(kind, kinds.count(name)) for name, kind in KINDS.items()}
    for each in sizes.values():
        rng.shuffle(each)
    messages = []
    for name in kinds:
        size = sizes[name].pop()
        item = attachment(rng, name, size)
        messages.append(Message(message(rng, [item]), (item,)))
    return messages
