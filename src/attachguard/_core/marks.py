"""Whether any of some dozens of words stands in many octets, and which of them, in one pass over them.

Four octets of each word are its key. At every place the four octets there are hashed and looked up in a small table; only where the table knows them
is a word compared. That takes about a nanosecond an octet however many words there are, a fifth of what a matcher of patterns takes.
"""

from __future__ import annotations

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

#: Octets of a key; bits of its hash that say the slot of the table; what it is multiplied by.
KEY = 4
_BITS = 14
_FACTOR = cython.declare(cython.uint, 1540483477)

#: Octets that most text is full of: a key with few of them is met more rarely.
_USUAL = frozenset(b" etaoinsrhldcumfpgwybvk\r\n\t<>/=\"'.,-")

#: The tag that stands in the slot of each known key, 0 in all others; by slot and tag, the words with the place of the key in them.
Table = tuple[bytes, dict[tuple[int, int], list[tuple[bytes, bool, int]]]]


def table(words: list[tuple[bytes, bool]]) -> Table:
    """Words made ready to be looked for.

    Args:
        words: each of at least `KEY` octets, and whether its letters may be large or small ones.

    Raises:
        ValueError: there are too many words.
    """
    tags = bytearray(1 << _BITS)
    by_key: dict[tuple[int, int], list[tuple[bytes, bool, int]]] = {}
    for word, folded in words:
        for place in sorted(range(len(word) - KEY + 1), key=lambda at: _usual(word[at : at + KEY])):
            slot, tag = _hash(word[place : place + KEY])
            if tags[slot] in (0, tag):
                tags[slot] = tag
                by_key.setdefault((slot, tag), []).append((word.lower() if folded else word, folded, place))
                break
        else:
            raise ValueError("too many words for one table")
    return bytes(tags), by_key


def _usual(key: bytes) -> int:
    """How many octets of a key are those that most text is full of."""
    return sum(octet in _USUAL for octet in key.lower())


def _hash(key: bytes) -> tuple[int, int]:
    """Slot and tag of a key, whatever the case of its letters."""
    number = int.from_bytes(bytes([octet | 32 for octet in key]), "little") * _FACTOR & 0xFFFFFFFF
    return number >> (32 - _BITS), number >> 10 & 255 | 1


@cython.cfunc
@cython.nogil
@cython.boundscheck(False)
@cython.exceptval(check=False)
def _next(
    octets: cython.p_uchar, start: cython.Py_ssize_t, stop: cython.Py_ssize_t, tags: cython.p_uchar
) -> cython.Py_ssize_t:
    """The first place from `start` on where a known key ends; `stop` where none does. The three octets before `start` are there."""
    place: cython.Py_ssize_t
    key: cython.uint = 0
    hashed: cython.uint
    for place in range(start - 3, start):
        key = (key >> 8) | (cython.cast(cython.uint, octets[place] | 32) << 24)
    for place in range(start, stop):
        key = (key >> 8) | (cython.cast(cython.uint, octets[place] | 32) << 24)
        hashed = key * _FACTOR
        # A slot is as many bits as the table has places for.
        if tags[hashed >> 18] == ((hashed >> 10) & 255 | 1):
            return place
    return stop


def holds_one(data: bytes, made: Table) -> bool:
    """Whether one of the words stands in the octets.

    Args:
        data: the octets.
        made: what `table` has made of the words.
    """
    return len(_standing(data, made, 1)) > 0


def standing(data: bytes, made: Table) -> list[bytes]:
    """Which of the words stand in the octets, as `table` was given them or, where any letters count, with small ones.

    Args:
        data: the octets.
        made: what `table` has made of the words.
    """
    return _standing(data, made, 1 << 30)


@cython.cfunc
def _standing(data: bytes, made: Table, most: cython.Py_ssize_t) -> list[bytes]:
    """The first few of the words that stand in the octets."""
    tags, by_key = made
    if not cython.compiled:
        lowered = data.lower()
        there = (
            word for each in by_key.values() for word, folded, _place in each if word in (lowered if folded else data)
        )
        return [word for word, _ in zip(there, range(most), strict=False)]
    size: cython.Py_ssize_t = len(data)
    place: cython.Py_ssize_t = KEY - 1
    begin: cython.Py_ssize_t
    known: bytes = tags
    found: dict = {}
    while place < size and len(found) < most:
        place = _next(data, place, size, known)
        if place < size:
            for word, folded, inside in by_key[_hash(data[place - KEY + 1 : place + 1])]:
                begin = place - (KEY - 1) - inside
                if begin >= 0 and word not in found:
                    piece = data[begin : begin + len(word)]
                    if (piece.lower() if folded else piece) == word:
                        found[word] = None
        place += 1
    return list(found)
