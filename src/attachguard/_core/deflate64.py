"""Decoder of Deflate64, deflate with a window of 64 KiB, which Windows writes into ZIP archives of large files.

Reference: RFC 1951 for the block structure and the canonical codes; APPNOTE.TXT 4.4.5 names the method, its differences are those of the 7-Zip
sources: length code 285 is 3 plus 16 bits, distance codes 30 and 31 reach to 64 KiB. zlib cannot decode it, and the packages that can are compiled
from C that was written for trusted archives; here every index is checked.
"""

from array import array

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

_WINDOW = 1 << 16
_LONGEST = (1 << 16) + 2
_BITS = 15
_LENGTH_BASE = array(
    "I",
    [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 3],
)
_LENGTH_EXTRA = array("I", [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 16])
_DISTANCE_BASE = array("I", [1, 2, 3, 4] + [(2 + (code & 1)) * (1 << ((code >> 1) - 1)) + 1 for code in range(4, 32)])
_DISTANCE_EXTRA = array("I", [0, 0, 0, 0] + [(code >> 1) - 1 for code in range(4, 32)])
_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)

# Places in the state: position in bits, whether the last block has begun, kind of the current block (-1: none), bytes left of a stored block,
# whether the data is broken.
_AT, _LAST, _KIND, _LEFT, _FAILED = 0, 1, 2, 3, 4


class Deflate64:
    """Decoder of one stream, between steps.

    Args:
        data: the stream; what follows its end is ignored.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.state = [0, 0, -1, 0, 0]
        self.history = b""
        self.lengths = _table([])
        self.distances = _table([])

    @property
    def finished(self) -> bool:
        """Whether the end of the last block was reached."""
        return bool(self.state[_LAST]) and self.state[_KIND] < 0 and not self.state[_FAILED]

    def step(self, limit: int) -> bytes:
        """Further bytes, at least one and at most `limit` and 64 KiB more; nothing at the end and where the data is broken."""
        out = bytearray(self.history)
        begin = len(out)
        out.extend(bytes(limit + _LONGEST))
        size = begin
        while size - begin < limit and not self.state[_FAILED]:
            if self.state[_KIND] < 0:
                if self.state[_LAST]:
                    break
                self._begin_block()
            elif self.state[_KIND] == 0:
                size = self._stored(out, size, begin + limit)
            else:
                size = _codes(self.data, self.state, self.lengths, self.distances, out, size, begin + limit)
        self.history = bytes(out[max(0, size - _WINDOW) : size])
        return bytes(out[begin:size])

    def _bits(self, count: int) -> int:
        """The next bits as a number, least first; past the end the data is broken."""
        at = self.state[_AT]
        if at + count > 8 * len(self.data):
            self.state[_FAILED] = 1
            return 0
        word = int.from_bytes(self.data[at >> 3 : (at + count + 7) >> 3], "little")
        self.state[_AT] = at + count
        return word >> (at & 7) & ((1 << count) - 1)

    def _begin_block(self) -> None:
        state = self.state
        state[_LAST] = self._bits(1)
        kind = self._bits(2)
        if kind == 3 or state[_FAILED]:
            state[_FAILED] = 1
            return
        if kind == 0:
            state[_AT] = (state[_AT] + 7) & ~7
            size, inverse = self._bits(16), self._bits(16)
            state[_LEFT] = size
            state[_FAILED] |= size ^ inverse != 0xFFFF
        elif kind == 1:
            self.lengths = _table([8] * 144 + [9] * 112 + [7] * 24 + [8] * 8)
            self.distances = _table([5] * 32)
        else:
            self._read_tables()
        state[_KIND] = kind

    def _read_tables(self) -> None:
        """Code lengths of a dynamic block, themselves coded (RFC 1951, 3.2.7)."""
        literals, distances, count = self._bits(5) + 257, self._bits(5) + 1, self._bits(4) + 4
        sizes = [0] * 19
        for place in _ORDER[:count]:
            sizes[place] = self._bits(3)
        table = _table(sizes)
        found: list[int] = []
        while len(found) < literals + distances and not self.state[_FAILED]:
            symbol = _symbol(self.data, self.state, table)
            if symbol < 16:
                found.append(symbol)
            elif symbol == 16:
                self.state[_FAILED] |= not found
                found += found[-1:] * (3 + self._bits(2))
            else:
                found += [0] * (3 + self._bits(3) if symbol == 17 else 11 + self._bits(7))
        if len(found) != literals + distances or literals > 286:
            self.state[_FAILED] = 1
            return
        self.lengths = _table(found[:literals])
        self.distances = _table(found[literals:])

    def _stored(self, out: bytearray, size: int, most: int) -> int:
        state = self.state
        first = state[_AT] >> 3
        piece = self.data[first : first + min(state[_LEFT], most - size)]
        out[size : size + len(piece)] = piece
        state[_AT] += 8 * len(piece)
        state[_LEFT] -= len(piece)
        if not state[_LEFT]:
            state[_KIND] = -1
        elif not piece:
            state[_FAILED] = 1
        return size + len(piece)


def _table(sizes: list) -> array:
    """A canonical code: how many codes there are of each size from 0 to 15, then the symbols in the order of their codes (RFC 1951, 3.2.2)."""
    counts = [0] * (_BITS + 1)
    for size in sizes:
        counts[size] += 1
    counts[0] = 0
    symbols = sorted((size, symbol) for symbol, size in enumerate(sizes) if size)
    # Over-subscribed codes have no meaning; an empty table decodes nothing and so breaks the data.
    if sum(count << (_BITS - size) for size, count in enumerate(counts)) > 1 << _BITS:
        return array("H", [0] * (_BITS + 1))
    return array("H", counts + [symbol for _, symbol in symbols])


def _symbol(data: bytes, state: list, table: array) -> int:
    """The next symbol of a code; -1 turns into a broken state and 0."""
    source: cython.const[cython.uchar][::1] = data
    codes: cython.ushort[::1] = table
    at: cython.longlong = state[0]
    end: cython.longlong = 8 * len(data)
    code: cython.int = 0
    first: cython.int = 0
    index: cython.int = 0
    size: cython.int
    for size in range(1, 16):
        if at >= end:
            break
        code |= (source[at >> 3] >> (at & 7)) & 1
        at += 1
        if code - codes[size] < first:
            state[0] = at
            return codes[16 + index + code - first]
        index += codes[size]
        first = (first + codes[size]) << 1
        code <<= 1
    state[4] = 1
    return 0


def _codes(
    data: bytes, state: list, length_table: array, distance_table: array, output: bytearray, size: int, most: int
) -> int:
    """Decode symbols of a block until `most` bytes are there or the block is at its end; gives how many there are."""
    source: cython.const[cython.uchar][::1] = data
    out: cython.uchar[::1] = output
    lengths: cython.ushort[::1] = length_table
    distances: cython.ushort[::1] = distance_table
    length_base: cython.uint[::1] = _LENGTH_BASE
    length_extra: cython.uint[::1] = _LENGTH_EXTRA
    distance_base: cython.uint[::1] = _DISTANCE_BASE
    distance_extra: cython.uint[::1] = _DISTANCE_EXTRA
    at: cython.longlong = state[0]
    end: cython.longlong = 8 * len(data)
    place: cython.Py_ssize_t = size
    limit: cython.Py_ssize_t = most
    reading_distance: cython.bint = False
    code: cython.int
    first: cython.int
    index: cython.int
    bits: cython.int
    count: cython.int
    symbol: cython.int
    extra: cython.int
    length: cython.Py_ssize_t = 0
    distance: cython.Py_ssize_t
    step: cython.Py_ssize_t
    while place < limit:
        code = 0
        first = 0
        index = 0
        symbol = -1
        for bits in range(1, 16):
            if at >= end:
                break
            code |= (source[at >> 3] >> (at & 7)) & 1
            at += 1
            count = distances[bits] if reading_distance else lengths[bits]
            if code - count < first:
                symbol = (
                    distances[16 + index + code - first] if reading_distance else lengths[16 + index + code - first]
                )
                break
            index += count
            first = (first + count) << 1
            code <<= 1
        if symbol < 0 or (reading_distance and symbol > 31) or symbol > 285:
            state[4] = 1
            break
        if not reading_distance and symbol < 256:
            out[place] = symbol
            place += 1
            continue
        if not reading_distance and symbol == 256:
            state[2] = -1
            break
        extra = distance_extra[symbol] if reading_distance else length_extra[symbol - 257]
        if at + extra > end:
            state[4] = 1
            break
        step = 0
        for bits in range(extra):
            step |= ((source[at >> 3] >> (at & 7)) & 1) << bits
            at += 1
        if not reading_distance:
            length = length_base[symbol - 257] + step
            reading_distance = True
            # The distance belongs to the length: both are read in one step, so the room behind `limit` is that of one match.
            continue
        reading_distance = False
        distance = distance_base[symbol] + step
        if distance > place:
            state[4] = 1
            break
        for step in range(length):
            out[place + step] = out[place + step - distance]
        place += length
    state[0] = at
    return int(place)
