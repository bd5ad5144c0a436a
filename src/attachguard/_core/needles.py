"""Where a few octets stand in many: the search behind every question of the form "is this word in there at all".

`bytes.find` steps through the octets and looks at each that may be the last of the word: a gigabyte a second for three letters, two for ten. Here
three octets of the word are compared with every place of a block at once, without a branch, which a compiler turns into the vector instructions of
any processor: ten gigabytes a second and more. Only a block in which all three agree somewhere is searched, by `bytes.find`.
"""

from __future__ import annotations

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

if cython.compiled:
    # Whether three octets agree at one of some places; nothing leaves that loop early, or it would go octet by octet.
    from cython.cimports.attachguard._core.agreeing import agrees

#: Places that are compared before the answer is looked at, and those that are searched first: where a word is frequent, the next one is near.
_BLOCK = cython.declare(cython.Py_ssize_t, 2048)
_NEAR = cython.declare(cython.Py_ssize_t, 128)


@cython.cfunc
@cython.nogil
@cython.boundscheck(False)
@cython.exceptval(check=False)
def _block_with(
    octets: cython.p_uchar,
    start: cython.Py_ssize_t,
    stop: cython.Py_ssize_t,
    word: cython.p_uchar,
    length: cython.Py_ssize_t,
) -> cython.Py_ssize_t:
    """The first place whose block may hold the word; `stop` where none does. A word begins before `stop`."""
    at: cython.Py_ssize_t = start
    while at < stop:
        if agrees(
            octets + at,
            min(_BLOCK, stop - at),
            length // 2,
            length - 1,
            word[0],
            word[length // 2],
            word[length - 1],
        ):
            return at
        at += _BLOCK
    return stop


@cython.cfunc
@cython.nogil
@cython.boundscheck(False)
@cython.exceptval(check=False)
def _agrees_folded(
    at: cython.p_uchar,
    count: cython.Py_ssize_t,
    middle: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    first: cython.uchar,
    second: cython.uchar,
    third: cython.uchar,
) -> cython.uchar:
    """As `agrees`, with the bit set that tells small letters from large ones: more agrees than is alike, and nothing less."""
    hit: cython.uchar = 0
    i: cython.Py_ssize_t
    for i in range(count):
        hit |= ((at[i] | 32) == first) & ((at[i + middle] | 32) == second) & ((at[i + end] | 32) == third)
    return hit


@cython.ccall
def find(data: bytes, word: bytes, start: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where a word first stands within `data[start:end]`; -1 where it does not.

    Args:
        data: the octets.
        word: at least one octet.
        start: where to look from; not negative.
        end: the word ends before this place.
    """
    if not cython.compiled:
        return data.find(word, start, end)
    length: cython.Py_ssize_t = len(word)
    stop: cython.Py_ssize_t
    hit: cython.Py_ssize_t
    at: cython.Py_ssize_t
    end = min(end, len(data))
    if length < 2 or end - start < _BLOCK:
        return data.find(word, start, end)
    hit = data.find(word, start, start + _NEAR)
    stop = end - length + 1
    at = max(start, start + _NEAR - length + 1)
    while hit < 0:
        at = _block_with(data, at, stop, word, length)
        if at >= stop:
            break
        hit = data.find(word, at, min(at + _BLOCK + length - 1, end))
        at += _BLOCK
    return hit


def holds(data: bytes, word: bytes) -> bool:
    """Whether a word stands anywhere in the octets."""
    return find(data, word, 0, len(data)) >= 0


def holds_any(data: bytes, words: tuple[bytes, ...]) -> bool:
    """Whether one of some words stands anywhere in the octets."""
    word: bytes
    for word in words:  # noqa: SIM110  a generator costs more than what it would look at
        if find(data, word, 0, len(data)) >= 0:
            return True
    return False


def holds_folded(data: bytes, word: bytes) -> bool:
    """Whether a word stands anywhere in the octets, in large letters or small ones.

    Args:
        data: the octets.
        word: at least two octets, its letters small ones.
    """
    octets: cython.p_uchar
    letters: cython.p_uchar
    length: cython.Py_ssize_t = len(word)
    size: cython.Py_ssize_t = len(data)
    at: cython.Py_ssize_t = 0
    count: cython.Py_ssize_t
    if not cython.compiled or length < 2:
        return word in data.lower()
    octets = data
    letters = word
    while at + length <= size:
        count = min(_BLOCK, size - length + 1 - at)
        if (
            _agrees_folded(
                octets + at,
                count,
                length // 2,
                length - 1,
                letters[0] | 32,
                letters[length // 2] | 32,
                letters[length - 1] | 32,
            )
            and word in data[at : at + count + length - 1].lower()
        ):
            return True
        at += count
    return False
