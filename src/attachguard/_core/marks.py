"""Whether any of some dozens of words stands in many octets, and which of them, in one pass over them.

Four octets of each word are its key, and the four that begin one further on are another: wherever the word stands, one of the two begins at an even
place. The four octets at every second place are hashed and looked up in a small table; only where the table knows them is a word compared. That takes
less than a nanosecond an octet however many words there are, a fifth of what a matcher of patterns takes.
"""

from __future__ import annotations

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

if cython.compiled:
    from cython.cimports.attachguard._core.needles import find
else:
    from attachguard._core.needles import find
from attachguard._core.needles import holds_folded

#: Octets of a key; bits of its hash that say the slot of the table; what it is multiplied by.
KEY = 4
_BITS = 14
_FACTOR = cython.declare(cython.uint, 1540483477)
#: Keys that are looked at more closely in one content, and one more for so many octets: each takes as long as a hundred octets without.
_IN_VAIN = 500
_IN_VAIN_OCTETS = 50

#: Octets that most text is full of, and those of which it is fullest: a key with few of them is met more rarely.
_USUAL = frozenset(b" etaoinsrhldcumfpgwybvk\r\n\t<>/=\"'.,-")
_OFTEN = frozenset(b" etaoinsrhldcm\r\n./")
#: How usual each octet is, whatever the case of a letter.
_USUALNESS = bytes([(octet in _USUAL) + (octet in _OFTEN) for code in range(256) for octet in bytes([code]).lower()])

#: The tag that stands in the slot of each known key, 0 in all others; by slot, the words with the place of the key in them; words for which
#: there are no two keys, which are looked for one by one.
Table = tuple[bytes, dict[int, list[tuple[bytes, bool, int]]], list[tuple[bytes, bool]]]


def table(words: list[tuple[bytes, bool]]) -> Table:
    """Words made ready to be looked for.

    Args:
        words: each of at least two octets, and whether its letters may be large or small ones.
    """
    tags = bytearray(1 << _BITS)
    by_key: dict[int, list[tuple[bytes, bool, int]]] = {}
    alone: list[tuple[bytes, bool]] = []
    for given, folded in words:
        word = given.lower() if folded else given
        usual = word.translate(_USUALNESS)
        for place in sorted(
            range(len(word) - KEY), key=lambda at: sum(usual[at : at + KEY]) + sum(usual[at + 1 : at + KEY + 1])
        ):
            keys = [_hash(word[at : at + KEY]) for at in (place, place + 1)]
            # Two keys of one slot, with tags that differ, cannot both be there.
            if all(tags[slot] in (0, tag) for slot, tag in keys) and (keys[0][0] != keys[1][0] or keys[0] == keys[1]):
                for at, (slot, tag) in enumerate(keys, place):
                    tags[slot] = tag
                    by_key.setdefault(slot, []).append((word, folded, at))
                break
        else:
            alone.append((word, folded))
    return bytes(tags), by_key, alone


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
    """The first even place from the even place `start` on where a known key begins, before `stop` less three; `stop` where none does."""
    place: cython.Py_ssize_t = start
    hashed: cython.uint
    key: cython.uint = 0
    if place + 1 < stop:
        key = (cython.cast(cython.uint, octets[place] | 32) << 16) | (
            cython.cast(cython.uint, octets[place + 1] | 32) << 24
        )
    while place + 3 < stop:
        key = (
            (key >> 16)
            | (cython.cast(cython.uint, octets[place + 2] | 32) << 16)
            | (cython.cast(cython.uint, octets[place + 3] | 32) << 24)
        )
        hashed = key * _FACTOR
        # A slot is as many bits as the table has places for.
        if tags[hashed >> 18] == ((hashed >> 10) & 255 | 1):
            return place
        place += 2
    return stop


@cython.cfunc
@cython.nogil
@cython.boundscheck(False)
@cython.exceptval(check=False)
def _slot(octets: cython.p_uchar, place: cython.Py_ssize_t) -> cython.uint:
    """The slot of the key at a place."""
    key: cython.uint = (
        cython.cast(cython.uint, octets[place] | 32)
        | (cython.cast(cython.uint, octets[place + 1] | 32) << 8)
        | (cython.cast(cython.uint, octets[place + 2] | 32) << 16)
        | (cython.cast(cython.uint, octets[place + 3] | 32) << 24)
    )
    return (key * _FACTOR) >> 18


def holds_one(data: bytes, made: Table) -> bool:
    """Whether one of the words stands in the octets, or may: content that is full of their keys is not looked at to its end.

    Args:
        data: the octets.
        made: what `table` has made of the words.
    """
    return len(_standing(data, made, 1)) > 0


def standing(data: bytes, made: Table) -> list[bytes]:
    """Which of the words stand in the octets, or may (see `holds_one`), as `table` was given them or, where any letters count, with small ones.

    Args:
        data: the octets.
        made: what `table` has made of the words.
    """
    return _standing(data, made, 1 << 30)


@cython.cfunc
def _standing(data: bytes, made: Table, most: cython.Py_ssize_t) -> list[bytes]:
    """The first few of the words that stand in the octets."""
    tags, by_key, alone = made
    size: cython.Py_ssize_t = len(data)
    place: cython.Py_ssize_t = 0
    begin: cython.Py_ssize_t
    known: bytes = tags
    left: cython.Py_ssize_t = _IN_VAIN + size // _IN_VAIN_OCTETS
    found: dict = {}
    for word, folded in alone:
        if holds_folded(data, word) if folded else find(data, word, 0, size) >= 0:
            found[word] = None
    if not cython.compiled:
        lowered = data.lower()
        found |= {
            word: None for each in by_key.values() for word, folded, _ in each if word in (lowered if folded else data)
        }
    while cython.compiled and place < size and len(found) < most:
        place = _next(data, place, size, known)
        if place < size:
            left -= 1
            if left < 0:
                found |= {word: None for each in by_key.values() for word, _, _ in each}
                break
            for word, folded, inside in by_key[_slot(data, place)]:
                begin = place - inside
                if begin >= 0 and word not in found:
                    piece = data[begin : begin + len(word)]
                    if (piece.lower() if folded else piece) == word:
                        found[word] = None
        place += 2
    return list(found)
