"""What the files of the workload are filled with: text with the frequencies of a language, pictures as their coders write them, noise."""

from __future__ import annotations

import itertools
import random
import struct
import zlib

_COMMON = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "for",
    "is",
    "on",
    "that",
    "by",
    "this",
    "with",
    "you",
    "it",
    "not",
    "or",
    "be",
    "are",
    "from",
    "at",
    "as",
    "your",
    "all",
    "have",
    "new",
    "more",
    "an",
    "was",
    "we",
    "will",
    "home",
    "can",
    "us",
    "about",
    "if",
    "page",
    "my",
    "has",
    "search",
    "free",
    "but",
    "our",
    "one",
    "other",
    "do",
    "no",
    "information",
    "time",
    "they",
    "site",
    "he",
    "up",
    "may",
    "what",
    "which",
    "their",
    "news",
    "out",
    "use",
    "any",
    "there",
    "see",
    "only",
    "so",
    "his",
    "when",
    "contact",
    "here",
    "business",
    "who",
    "web",
    "also",
    "now",
    "help",
    "invoice",
    "payment",
    "order",
    "account",
    "please",
    "find",
    "attached",
    "regards",
    "delivery",
    "report",
    "quarter",
    "meeting",
    "schedule",
    "contract",
    "amount",
    "total",
    "date",
    "customer",
    "number",
    "address",
    "company",
    "service",
    "project",
    "review",
    "budget",
    "status",
    "update",
]
_SYLLABLES = [
    c + v
    for c in ["b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr", "pl"]
    for v in ["a", "e", "i", "o", "u", "ai", "er", "on"]
]


def _words() -> list[str]:
    rng = random.Random(2400)
    return _COMMON + ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(2400)]


WORDS = _words()
#: Words of a language are as frequent as their rank says (Zipf).
_WEIGHTS = list(itertools.accumulate(1 / rank for rank in range(2, len(WORDS) + 2)))


def prose(rng: random.Random, size: int) -> str:
    """About `size` characters of sentences."""
    words = rng.choices(WORDS, cum_weights=_WEIGHTS, k=max(4, size // 6))
    out, at = [], 0
    while at < len(words):
        end = at + rng.randint(6, 18)
        ending = rng.choice((".", ".", ".", ",", "!", f" {rng.randint(1, 99_999)}."))
        out.append(" ".join(words[at:end]).capitalize() + ending)
        at = end
    return " ".join(out)[: max(size, 1)]


def noise(rng: random.Random, size: int) -> bytes:
    """Bytes that do not compress."""
    return rng.randbytes(size)


_EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x0f\0\2\0\0\0\6\0\0\0\x1aCanon\0"


def jpeg(rng: random.Random, size: int) -> bytes:
    """A JPEG file's frame around data as an entropy coder writes them: an FF in 256 bytes, followed by a zero."""
    head = (
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\1\0\x60\0\x60\0\0" + b"\xff\xe1" + struct.pack(">H", len(_EXIF) + 2) + _EXIF
    )
    head += b"\xff\xdb\0\x43\0" + bytes(range(1, 65)) + b"\xff\xc0\0\x0b\x08\4\0\3\0\1\1\x11\0"
    head += (
        b"\xff\xc4\0\x1f\0"
        + bytes.fromhex("00010501010101010100000000000000")
        + bytes(range(13))[:13].ljust(13, b"\0")[:13]
    )
    head = head + b"\xff\xda\0\x08\1\1\0\0\x3f\0"
    return head + noise(rng, max(0, size - len(head) - 2)).replace(b"\xff", b"\xff\0") + b"\xff\xd9"


def png(rng: random.Random, size: int) -> bytes:
    """A PNG file with the right chunks, its data in pieces of 64 KiB as libpng writes them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    image = zlib.compress(noise(rng, max(64, size - 60)), 1)
    pieces = [chunk(b"IDAT", image[at : at + (64 << 10)]) for at in range(0, len(image), 64 << 10)]
    header = struct.pack(">IIBBBBB", 640, 480, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(pieces) + chunk(b"IEND", b"")


def photos(rng: random.Random, total: int) -> list[bytes]:
    """Photographs of the usual sizes, together about `total` bytes."""
    out = []
    while total > 4_000:
        fitting = [size for size in (8_000, 25_000, 80_000, 250_000, 800_000, 2_500_000) if size <= total * 1.1] or [
            8_000
        ]
        size = fitting[-1] if rng.random() < 0.7 else rng.choice(fitting)
        out.append(jpeg(rng, size))
        total -= size
    return out
