"""Undo BCJ2, the filter with which 7-Zip takes apart x86 programs before compressing them.

The main stream is the program without the targets of its CALL and JMP instructions; those stand, as absolute addresses
and big-endian, in two streams of their own, and a range-coded fourth stream says at which instructions a target was
taken out. Reference: Bcj2.c of the LZMA SDK (version 9.20, the plain form of the algorithm).
"""

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython


class Bcj2:
    """Decoder state between steps.

    Args:
        main: the program without targets.
        call: targets of CALL.
        jump: targets of JMP and Jcc.
        coded: the range-coded stream.
    """

    def __init__(self, main: bytes, call: bytes, jump: bytes, coded: bytes) -> None:
        self.streams = [main, call, jump, coded]
        self.at = [0, 0, 0, 5]
        self.probabilities = bytearray(2 * 258)
        for index in range(258):
            self.probabilities[2 * index + 1] = 4  # 1024 of 2048, little-endian
        self.code = int.from_bytes(coded[1:5], "big")
        self.range = 0xFFFFFFFF
        self.previous = 0
        self.written = 0

    def step(self, limit: int) -> bytes:
        """At least one and at most `limit` + 8 further bytes; nothing at the end of the streams."""
        out = bytearray(limit + 8)
        state = [self.code, self.range, self.previous, self.written, *self.at]
        size = _step(self.streams, self.probabilities, out, limit, state)
        self.code, self.range, self.previous, self.written = state[:4]
        self.at = state[4:]
        return bytes(out[:size])


def _step(streams: list[bytes], table: bytearray, output: bytearray, limit: int, state: list[int]) -> int:
    main: cython.const[cython.uchar][::1] = streams[0]
    call: cython.const[cython.uchar][::1] = streams[1]
    jump: cython.const[cython.uchar][::1] = streams[2]
    coded: cython.const[cython.uchar][::1] = streams[3]
    probabilities: cython.uchar[::1] = table
    out: cython.uchar[::1] = output
    most: cython.Py_ssize_t = limit
    code: cython.ulonglong = state[0]
    span: cython.ulonglong = state[1]
    previous: cython.int = state[2]
    written: cython.ulonglong = state[3]
    at_main: cython.Py_ssize_t = state[4]
    at_call: cython.Py_ssize_t = state[5]
    at_jump: cython.Py_ssize_t = state[6]
    at_coded: cython.Py_ssize_t = state[7]
    main_size: cython.Py_ssize_t = len(main)
    coded_size: cython.Py_ssize_t = len(coded)
    size: cython.Py_ssize_t = 0
    byte: cython.int = 0
    slot: cython.Py_ssize_t
    probability: cython.ulonglong
    bound: cython.ulonglong
    target: cython.ulonglong
    taken: cython.bint
    while size < most and at_main < main_size:
        byte = main[at_main]
        at_main += 1
        out[size] = byte
        size += 1
        # E8 is CALL, E9 is JMP, 0F 80..8F is Jcc; each of them has a bit in the range-coded stream.
        if (byte & 0xFE) != 0xE8 and not (previous == 0x0F and (byte & 0xF0) == 0x80):
            previous = byte
            continue
        if byte == 0xE8:
            slot = 2 * previous
        elif byte == 0xE9:
            slot = 2 * 256
        else:
            slot = 2 * 257
        probability = probabilities[slot] | (probabilities[slot + 1] << 8)
        bound = (span >> 11) * probability
        if code < bound:
            span = bound
            probability += (2048 - probability) >> 5
            taken = False
        else:
            span -= bound
            code -= bound
            probability -= probability >> 5
            taken = True
        probabilities[slot] = probability & 0xFF
        probabilities[slot + 1] = probability >> 8
        if span < 0x1000000:
            if at_coded >= coded_size:
                break
            span = (span << 8) & 0xFFFFFFFF
            code = ((code << 8) | coded[at_coded]) & 0xFFFFFFFF
            at_coded += 1
        if not taken:
            previous = byte
            continue
        if byte == 0xE8:
            if at_call + 4 > len(call):
                break
            target = (call[at_call] << 24) | (call[at_call + 1] << 16) | (call[at_call + 2] << 8) | call[at_call + 3]
            at_call += 4
        else:
            if at_jump + 4 > len(jump):
                break
            target = (jump[at_jump] << 24) | (jump[at_jump + 1] << 16) | (jump[at_jump + 2] << 8) | jump[at_jump + 3]
            at_jump += 4
        target = (target - (written + size + 4)) & 0xFFFFFFFF
        out[size] = target & 0xFF
        out[size + 1] = (target >> 8) & 0xFF
        out[size + 2] = (target >> 16) & 0xFF
        out[size + 3] = (target >> 24) & 0xFF
        previous = (target >> 24) & 0xFF
        size += 4
    state[:] = [code, span, previous, written + size, at_main, at_call, at_jump, at_coded]
    return int(size)
