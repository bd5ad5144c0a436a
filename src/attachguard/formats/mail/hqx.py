"""BinHex 4.0 (RFC 1741 appendix A): a Macintosh file with both its forks as seven-bit text.

After a sentence that everybody quotes, characters for six bits each stand between colons; the octets they make are run-length coded and hold a
header, the data fork and the resource fork.

Why our own: the standard library has dropped BinHex, and its reader wrote files.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from attachguard.errors import LimitExceeded, Malformed
from attachguard.inspector import Fact
from attachguard.part import Part

TYPES: Final = frozenset({"txt", "hqx"})
MARKS: Final = (b"(This file must be converted with BinHex",)
LIMITATIONS: Final = ("Checksums are not compared.",)
EXTRACTS: Final = "The data fork and the resource fork."
DETECTS: Final = "Damage."

_SENTENCE: Final = b"(This file must be converted with BinHex"
_START: Final = re.compile(rb"[^\r\n]{0,80}[\r\n][\s]{0,80}:")
_ALPHABET: Final = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_BASE64: Final = bytes.maketrans(_ALPHABET, _BASE64)
_FOREIGN: Final = bytes(set(range(256)) - set(_ALPHABET))
_MARK: Final = b"\x90"
#: type, creator, flags, two lengths, checksum after the name and its zero
_HEADER: Final = 20
_MAX_FILES: Final = 100


def inspect(part: Part) -> Iterator[Fact]:
    """The forks of each file."""
    data = part.data
    at = files = steps = 0
    while (at := data.find(_SENTENCE, at)) >= 0:
        steps += 1
        if steps % 1024 == 0:
            part.budget.check_time()
        at += len(_SENTENCE)
        start = _START.match(data, at)
        if start is None:
            continue
        files += 1
        if files > _MAX_FILES:
            raise LimitExceeded("parts", f"more than {_MAX_FILES} BinHex files in one text")
        end = data.find(b":", start.end())
        at = end if end >= 0 else len(data)
        yield from _file(part, data[start.end() : at])


def _file(part: Part, text: bytes) -> Iterator[Fact]:
    text = text.translate(_TO_BASE64, _FOREIGN)
    coded = binascii.a2b_base64(text[: len(text) // 4 * 4] + _padded(text[len(text) // 4 * 4 :]))
    content = _expand(part, coded)
    if not content:
        return
    start = 1 + content[0] + 1 + _HEADER
    # The version after the name is zero; if not, this is a letter that quotes the sentence.
    if content[1 + content[0] : 2 + content[0]] != b"\0" and not part.is_a("hqx"):
        return
    if not content[0] or len(content) < start:
        raise Malformed("BinHex: header cut short")
    name = content[1 : 1 + content[0]].decode("mac-roman")
    sizes = content[start - 10 : start - 2]
    data_size, resource_size = int.from_bytes(sizes[:4], "big"), int.from_bytes(sizes[4:], "big")
    resource_start = start + data_size + 2
    yield part.child(name, partial(_slice, content, start, start + data_size))
    if resource_size:
        yield part.child(f"{name}.rsrc", partial(_slice, content, resource_start, resource_start + resource_size))
    if resource_start + resource_size > len(content):
        raise Malformed("BinHex: data ends early")


def _padded(rest: bytes) -> bytes:
    """The last, incomplete group of base64; a single character holds no octet."""
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def _expand(part: Part, coded: bytes) -> bytes:
    """Undo the run-length code: octet, 0x90, count; a count of zero is the octet 0x90 itself."""
    limits = part.budget.limits
    ceiling = min(limits.part_bytes, max(limits.ratio_floor, limits.ratio * len(part.data)))
    plain, *runs = coded.split(_MARK)
    kept = [plain]
    last = plain[-1:]
    have = len(plain)
    for piece in runs:
        if not piece:
            continue
        count = piece[0]
        run = _MARK if count == 0 else last * (count - 1)
        kept.append(run)
        kept.append(piece[1:])
        have += len(run) + len(piece) - 1
        if have > ceiling:
            raise LimitExceeded("ratio", f"a BinHex file unpacks to more than {ceiling} bytes")
        last = piece[-1:] if len(piece) > 1 else (_MARK if count == 0 else last)
    return b"".join(kept)


def _slice(content: bytes, start: int, end: int) -> bytes:
    return content[start:end]
