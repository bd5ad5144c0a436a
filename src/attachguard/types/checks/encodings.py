"""Whether bytes are text, and in which of the wide encodings.

Text in an 8-bit encoding or UTF-8 is recognised by the control characters that it does not have. UTF-16 and UTF-32 are recognised by their byte
order mark; without one, by where the zero bytes stand, or by every unit being an assigned character with blanks between them (Unicode, chapter
23.8; RFC 2781 §4.3).
"""

from __future__ import annotations

import unicodedata
from typing import Final

#: Text is looked at this far.
HEAD: Final = 65536
#: The part of wide text that is decoded.
_OPENING: Final = 8192

_TEXT: Final = bytes((8, 9, 10, 11, 12, 13, 27, *range(32, 127), *range(128, 256)))
_ASCII_MARKS: Final = bytes(range(128))
_CARRIAGE: Final = "\t\n\r"
#: Blanks and the full stop of East Asian text: what wide text without Latin letters still has.
_BREAKS: Final = frozenset(" \n\r\u3000\u3001\u3002")
#: Categories that no text has in any number: control, private, unassigned, surrogate.
_FOREIGN: Final = frozenset({"Cc", "Co", "Cn", "Cs"})


def is_text(data: bytes, reach: int = HEAD, *, named: bool = False) -> bool:
    """Whether bytes in an 8-bit encoding or UTF-8 read as text.

    Args:
        data: the bytes, byte order mark taken off.
        reach: no NUL may stand this far in; control characters are counted in the first 4 KiB.
        named: whether the name says that they are text: a few words in Hebrew or Greek have no other sign of it.
    """
    head = data[:4096]
    controls = len(head.translate(None, _TEXT))
    if controls and controls * 200 > len(head) and not (controls == 1 and head.endswith(b"\x1a")):
        return False
    if data.find(b"\0", 0, reach) >= 0:
        return False
    if head.isascii() or len(head) >= 40 or named:
        return True
    try:
        head.decode("utf-8")
    except UnicodeDecodeError:
        return len(head.translate(None, _ASCII_MARKS)) * 2 <= len(head)
    return True


def decode_wide(data: bytes) -> bytes | None:
    """The opening of UTF-16 or UTF-32 text as UTF-8; None where the bytes are neither."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        encoding = "utf-32"
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = _unmarked(data[:256])
    if not encoding:
        return None
    text = data[: 2 * _OPENING].decode(encoding, "replace").lstrip("\ufeff").encode("utf-8", "replace")
    controls = len(text.translate(None, _TEXT))
    return text if text and controls * 50 <= len(text) and text.count(b"\xef\xbf\xbd") * 20 <= len(text) else None


def _unmarked(sample: bytes) -> str:
    """The wide encoding of some bytes without byte order mark; empty where they are in none."""
    half = len(sample) // 2
    if half < 4 or b"\0" not in sample:
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd * 10 >= half * 7 and even * 10 <= half:
        return "utf-16-le"
    if even * 10 >= half * 7 and odd * 10 <= half:
        return "utf-16-be"
    # No character has a number above 10FFFF: the first octet of each is zero, and the second nearly always.
    quarter = len(sample) // 4
    for encoding, first, second in (("utf-32-le", 3, 2), ("utf-32-be", 0, 1)):
        if sample[first::4].count(0) >= quarter and sample[second::4].count(0) * 10 >= quarter * 9:
            return encoding if sample.count(0) * 10 < len(sample) * 8 else ""
    return _other_alphabet(sample)


def _other_alphabet(sample: bytes) -> str:
    """UTF-16 without Latin letters: every unit is an assigned character, and there are blanks between words."""
    sample = sample[: len(sample) & ~1]
    best, most = "", 0
    for encoding in ("utf-16-le", "utf-16-be"):
        text = sample.decode(encoding, "replace")
        if (
            any(unicodedata.category(letter) in _FOREIGN and letter not in _CARRIAGE for letter in text)
            or "\ufffd" in text
        ):
            continue
        breaks = sum(letter in _BREAKS for letter in text)
        if breaks > most and len(text) >= 8:
            best, most = encoding, breaks
    return best
