"""Two small Lempel-Ziv decoders that the standard library has not: LZ4 blocks and the LZW of Unix `compress`.

References: LZ4 block format description (lz4_Block_format.md); compress(1), `(N)compress` 4.2 sources for the code groups.
"""

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

_TABLE = 1 << 16


def lz4_block(data: bytes, history: bytes, limit: int) -> bytes:
    """Decode one LZ4 block.

    Args:
        data: the block.
        history: what was decoded before, at most 64 KiB of it, for blocks that depend on each other.
        limit: most bytes that the block may decode to.

    Returns:
        The decoded bytes; fewer than there should be where the block is broken.
    """
    source: cython.const[cython.uchar][::1] = data
    end: cython.Py_ssize_t = len(data)
    # A byte of length codes at most 255 bytes, so no block makes more than that of its own size.
    limit = min(limit, 255 * len(data) + 64)
    begin: cython.Py_ssize_t = len(history)
    most: cython.Py_ssize_t = begin + limit
    store = bytearray(history)
    store.extend(bytes(limit))
    out: cython.uchar[::1] = store
    at: cython.Py_ssize_t = 0
    place: cython.Py_ssize_t = begin
    token: cython.int
    byte: cython.int
    length: cython.Py_ssize_t
    distance: cython.Py_ssize_t
    index: cython.Py_ssize_t
    while at < end:
        token = source[at]
        at += 1
        length = token >> 4
        if length == 15:
            byte = 255
            while byte == 255 and at < end:
                byte = source[at]
                at += 1
                length += byte
        if length > end - at or length > most - place:
            break
        for index in range(length):
            out[place + index] = source[at + index]
        place += length
        at += length
        if end - at < 2:
            break
        distance = source[at] | (source[at + 1] << 8)
        at += 2
        length = (token & 15) + 4
        if length == 19:
            byte = 255
            while byte == 255 and at < end:
                byte = source[at]
                at += 1
                length += byte
        if distance == 0 or distance > place or length > most - place:
            break
        for index in range(length):
            out[place + index] = out[place + index - distance]
        place += length
    return bytes(store[begin:place])


class Lzw:
    """Decoder of a `compress` stream, between steps.

    Args:
        data: the stream behind its three bytes of header.
        bits: most bits a code may have, 9 to 16.
        block: whether code 256 clears the table.
    """

    def __init__(self, data: bytes, bits: int, block: bool) -> None:
        self.data = data
        self.bits = bits
        self.block = block
        self.prefix = bytearray(2 * _TABLE)
        self.suffix = bytearray(_TABLE)
        # Position in bits, start of the current group in bits, width, next free code, previous code (-1: none), first byte, failed
        self.state = [0, 0, 9, 257 if block else 256, -1, 0, 0]

    @property
    def failed(self) -> bool:
        """Whether a code came that cannot be."""
        return bool(self.state[6])

    def step(self, limit: int) -> bytes:
        """Further bytes, at least one and at most `limit` + 64 KiB; nothing at the end."""
        out = bytearray(limit + _TABLE)
        size = _lzw_step(self.data, self.bits, self.block, self.prefix, self.suffix, self.state, out, limit)
        return bytes(out[:size])


def _lzw_step(
    data: bytes,
    bits: int,
    block: bool,
    prefixes: bytearray,
    suffixes: bytearray,
    state: list,
    output: bytearray,
    limit: int,
) -> int:
    source: cython.const[cython.uchar][::1] = data
    prefix: cython.uchar[::1] = prefixes
    suffix: cython.uchar[::1] = suffixes
    out: cython.uchar[::1] = output
    end: cython.longlong = 8 * len(data)
    most_bits: cython.int = bits
    clears: cython.bint = block
    most: cython.Py_ssize_t = limit
    at: cython.longlong = state[0]
    group: cython.longlong = state[1]
    width: cython.int = state[2]
    free: cython.int = state[3]
    previous: cython.int = state[4]
    first: cython.int = state[5]
    size: cython.Py_ssize_t = 0
    code: cython.int
    walk: cython.int
    length: cython.Py_ssize_t
    index: cython.Py_ssize_t
    byte_at: cython.Py_ssize_t
    raw: cython.int
    used: cython.longlong
    swap: cython.uchar
    while size < most:
        # Codes stand in groups of eight; a change of width leaves the rest of its group unused.
        if free >= (1 << width) and width < most_bits:
            used = (at - group) % (8 * width)
            if used:
                at += 8 * width - used
            group = at
            width += 1
        if at + width > end:
            break
        byte_at = at >> 3
        raw = source[byte_at] | (source[byte_at + 1] << 8 if byte_at + 1 < len(source) else 0)
        if byte_at + 2 < len(source):
            raw |= source[byte_at + 2] << 16
        code = (raw >> (at & 7)) & ((1 << width) - 1)
        at += width
        if clears and code == 256:
            used = (at - group) % (8 * width)
            if used:
                at += 8 * width - used
            group = at
            width = 9
            free = 257
            previous = -1
            continue
        if previous < 0:
            if code > 255:
                state[6] = 1
                at = end
                break
            out[size] = code
            size += 1
            first = code
            previous = code
            # After a clear the first code makes no entry, but compress counts from 256 in non-block streams too.
            continue
        if code > free or (code == free and free >= (1 << most_bits)):
            state[6] = 1
            at = end
            break
        # Write the string backwards, then turn it round.
        length = 0
        walk = code
        if code == free:
            out[size] = first
            length = 1
            walk = previous
        while walk > 255 and length < 65535:
            out[size + length] = suffix[walk]
            length += 1
            walk = prefix[2 * walk] | (prefix[2 * walk + 1] << 8)
        first = walk & 0xFF
        out[size + length] = first
        length += 1
        for index in range(length // 2):
            swap = out[size + index]
            out[size + index] = out[size + length - 1 - index]
            out[size + length - 1 - index] = swap
        size += length
        if free < (1 << most_bits):
            prefix[2 * free] = previous & 0xFF
            prefix[2 * free + 1] = previous >> 8
            suffix[free] = first
            free += 1
        previous = code
    state[0] = at
    state[1] = group
    state[2] = width
    state[3] = free
    state[4] = previous
    state[5] = first
    return int(size)
