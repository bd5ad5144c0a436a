"""What the files of the workload are filled with: text with the frequencies of a language, pictures as their coders write them, noise; and the plain ones."""

from __future__ import annotations

import functools
import itertools
import random
import struct
import zlib

_COMMON = """
the of and to in for is on that by this with you it not or be are from at as your all have new more an was we will home can us about if page
my has search free but our one other do no information time they site he up may what which their news out use any there see only so his when
contact here business who web also now help invoice payment order account please find attached regards delivery report quarter meeting
schedule contract amount total date customer number address company service project review budget status update
"""
_SYLLABLES = [c + v for c in (*"bcdfghlmnprstv", "st", "tr", "pl") for v in (*"aeiou", "ai", "er", "on")]


def _words() -> list[str]:
    rng = random.Random(2400)
    return _COMMON.split() + ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(2400)]


WORDS = _words()
#: Words of a language are as frequent as their rank says (Zipf).
_WEIGHTS = list(itertools.accumulate(1 / rank for rank in range(2, len(WORDS) + 2)))


@functools.cache
def _book() -> tuple[str, list[int]]:
    """A megabyte of sentences and where each begins: so long that what is taken from it by chance does not repeat within the window of deflate."""
    rng = random.Random(2401)
    words = rng.choices(WORDS, cum_weights=_WEIGHTS, k=180_000)
    sentences, at = [], 0
    while at < len(words):
        end = at + rng.randint(6, 18)
        ending = rng.choice((".", ".", ".", ",", "!", f" {rng.randint(1, 99_999)}."))
        sentences.append(" ".join(words[at:end]).capitalize() + ending + " ")
        at = end
    return "".join(sentences), [0, *itertools.accumulate(map(len, sentences[:-1]))]


def prose(rng: random.Random, size: int) -> str:
    """`size` characters of sentences."""
    book, begins = _book()
    begin = rng.choice(begins)
    text = book[begin : begin + size]
    return text if len(text) == size else text + prose(rng, size - len(text))


def noise(rng: random.Random, size: int) -> bytes:
    """Bytes that do not compress."""
    return rng.randbytes(size)


#: Sizes of the photographs in documents; there are some of each, as people send the same ones again.
_PHOTOS = (8_000, 25_000, 80_000, 250_000, 800_000, 2_500_000)
_EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x0f\0\2\0\0\0\6\0\0\0\x1aCanon\0"


#: An entropy coder leaves a little: deflate takes a hundredth off, and what is deflated has to be inflated letter by letter.
_SKEWED = bytes(range(8)) * 2 + bytes(range(16, 256))


def jpeg(rng: random.Random, size: int, padding: int = 0) -> bytes:
    """A JPEG file's frame around data as an entropy coder writes them: an FF in 256 bytes, followed by a zero; `padding` blanks as a comment."""
    head = (
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\1\0\x60\0\x60\0\0" + b"\xff\xe1" + struct.pack(">H", len(_EXIF) + 2) + _EXIF
    )
    head += b"\xff\xfe" + struct.pack(">H", padding + 2) + b" " * padding if padding else b""
    head += b"\xff\xdb\0\x43\0" + bytes(range(1, 65)) + b"\xff\xc0\0\x0b\x08\4\0\3\0\1\1\x11\0"
    head += (
        b"\xff\xc4\0\x1f\0"
        + bytes.fromhex("00010501010101010100000000000000")
        + bytes(range(13))[:13].ljust(13, b"\0")[:13]
    )
    head = head + b"\xff\xda\0\x08\1\1\0\0\x3f\0"
    return head + noise(rng, max(0, size - len(head) - 2)).translate(_SKEWED).replace(b"\xff", b"\xff\0") + b"\xff\xd9"


def png(rng: random.Random, size: int) -> bytes:
    """A PNG file with the right chunks, its data in pieces of 64 KiB as libpng writes them; screens take less than photographs, so that these have four
    sevenths of a size.
    """
    size = size * 4 // 7

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    image = zlib.compress(noise(rng, max(64, size - 60)), 1)
    pieces = [chunk(b"IDAT", image[at : at + (64 << 10)]) for at in range(0, len(image), 64 << 10)]
    header = struct.pack(">IIBBBBB", 640, 480, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(pieces) + chunk(b"IEND", b"")


@functools.cache
def _photo(size: int, number: int) -> bytes:
    return jpeg(random.Random(f"photo {size} {number}"), size)


def photos(rng: random.Random, total: int) -> list[bytes]:
    """Photographs of the usual sizes, together about `total` bytes."""
    out = []
    while total > 4_000:
        fitting = [size for size in _PHOTOS if size <= total * 1.1] or [min(_PHOTOS)]
        size = fitting[-1] if rng.random() < 0.7 else rng.choice(fitting)
        out.append(_photo(size, rng.randrange(10 if size < 500_000 else 4)))
        total -= size
    return out


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
