"""The rounds of Office over several words side by side: the steps of `spin`, on arrays that have a place for each word.

A password is tried by 100,000 digests in a row, which no processor can hurry; but those of several words fit into its wide registers together and
take little longer than those of one. The loops over the lanes are what a compiler makes wide instructions of. Where it does so for processors that
not everybody has (see `setup.py`), only those may come here: `spin.lanes` knows.
"""

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

from attachguard._core.spin import CONSTANTS, START

#: Words that go side by side, by algorithm.
WIDTH_512: int = 4
WIDTH_1: int = 8


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _right(word: cython.ulonglong, count: cython.int) -> cython.ulonglong:
    return (word >> count) | (word << (64 - count))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step(
    a: cython.p_ulonglong,
    b: cython.p_ulonglong,
    c: cython.p_ulonglong,
    d: cython.p_ulonglong,
    e: cython.p_ulonglong,
    f: cython.p_ulonglong,
    g: cython.p_ulonglong,
    h: cython.p_ulonglong,
    k: cython.ulonglong,
    w: cython.p_ulonglong,
) -> cython.void:
    lane: cython.int
    for lane in range(4):
        h[lane] += (
            (_right(e[lane], 14) ^ _right(e[lane], 18) ^ _right(e[lane], 41))
            + (g[lane] ^ (e[lane] & (f[lane] ^ g[lane])))
            + k
            + w[lane]
        )
        d[lane] += h[lane]
        h[lane] += (_right(a[lane], 28) ^ _right(a[lane], 34) ^ _right(a[lane], 39)) + (
            (a[lane] & b[lane]) | (c[lane] & (a[lane] | b[lane]))
        )


def spin_512(digests: list[bytes], rounds: cython.uint) -> list[bytes]:
    """FIPS 180-4, 6.4.2, over one block a round: number, digest, padding; for `WIDTH_512` digests.

    Args:
        digests: of salt and password, one a lane.
        rounds: how many.
    """
    k: cython.ulonglong[80] = [0] * 80
    first: cython.ulonglong[8] = [0] * 8
    state: cython.ulonglong[32] = [0] * 32
    w: cython.ulonglong[320] = [0] * 320
    a: cython.ulonglong[4] = [0] * 4
    b: cython.ulonglong[4] = [0] * 4
    c: cython.ulonglong[4] = [0] * 4
    d: cython.ulonglong[4] = [0] * 4
    e: cython.ulonglong[4] = [0] * 4
    f: cython.ulonglong[4] = [0] * 4
    g: cython.ulonglong[4] = [0] * 4
    h: cython.ulonglong[4] = [0] * 4
    place: cython.int
    lane: cython.int
    number: cython.uint
    turned: cython.ulonglong
    old: cython.ulonglong
    new: cython.ulonglong
    end: cython.ulonglong = 0x80000000
    for place in range(80):
        k[place] = CONSTANTS[place]
    for place in range(8):
        first[place] = START[place]
        for lane in range(4):
            state[4 * place + lane] = int.from_bytes(digests[lane][8 * place : 8 * place + 8], "big")
    with cython.nogil:
        for number in range(rounds):
            turned = ((number & 0xFF) << 24) | ((number & 0xFF00) << 8) | ((number >> 8) & 0xFF00) | (number >> 24)
            turned <<= 32
            for lane in range(4):
                w[lane] = turned | (state[lane] >> 32)
            for place in range(28):
                w[place + 4] = (state[place] << 32) | (state[place + 4] >> 32)
            for lane in range(4):
                w[32 + lane] = (state[28 + lane] << 32) | end
            for place in range(36, 60):
                w[place] = 0
            for lane in range(4):
                w[60 + lane] = 8 * 68
            for place in range(64, 320, 4):
                for lane in range(4):
                    old = w[place - 60 + lane]
                    new = w[place - 8 + lane]
                    w[place + lane] = (
                        w[place - 64 + lane]
                        + w[place - 28 + lane]
                        + (_right(old, 1) ^ _right(old, 8) ^ (old >> 7))
                        + (_right(new, 19) ^ _right(new, 61) ^ (new >> 6))
                    )
            for lane in range(4):
                a[lane] = first[0]
                b[lane] = first[1]
                c[lane] = first[2]
                d[lane] = first[3]
                e[lane] = first[4]
                f[lane] = first[5]
                g[lane] = first[6]
                h[lane] = first[7]
            for place in range(0, 80, 8):
                _step(a, b, c, d, e, f, g, h, k[place], w + 4 * place)
                _step(h, a, b, c, d, e, f, g, k[place + 1], w + 4 * place + 4)
                _step(g, h, a, b, c, d, e, f, k[place + 2], w + 4 * place + 8)
                _step(f, g, h, a, b, c, d, e, k[place + 3], w + 4 * place + 12)
                _step(e, f, g, h, a, b, c, d, k[place + 4], w + 4 * place + 16)
                _step(d, e, f, g, h, a, b, c, k[place + 5], w + 4 * place + 20)
                _step(c, d, e, f, g, h, a, b, k[place + 6], w + 4 * place + 24)
                _step(b, c, d, e, f, g, h, a, k[place + 7], w + 4 * place + 28)
            for lane in range(4):
                state[lane] = first[0] + a[lane]
                state[4 + lane] = first[1] + b[lane]
                state[8 + lane] = first[2] + c[lane]
                state[12 + lane] = first[3] + d[lane]
                state[16 + lane] = first[4] + e[lane]
                state[20 + lane] = first[5] + f[lane]
                state[24 + lane] = first[6] + g[lane]
                state[28 + lane] = first[7] + h[lane]
    return [
        b"".join([int(state[4 * place + lane]).to_bytes(8, "big") for place in range(8)]) for lane in range(WIDTH_512)
    ]


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _left(word: cython.uint, count: cython.int) -> cython.uint:
    return (word << count) | (word >> (32 - count))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _choose(
    a: cython.p_uint,
    b: cython.p_uint,
    c: cython.p_uint,
    d: cython.p_uint,
    e: cython.p_uint,
    k: cython.uint,
    w: cython.p_uint,
) -> cython.void:
    lane: cython.int
    for lane in range(8):
        e[lane] += (d[lane] ^ (b[lane] & (c[lane] ^ d[lane]))) + k + _left(a[lane], 5) + w[lane]
        b[lane] = _left(b[lane], 30)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _parity(
    a: cython.p_uint,
    b: cython.p_uint,
    c: cython.p_uint,
    d: cython.p_uint,
    e: cython.p_uint,
    k: cython.uint,
    w: cython.p_uint,
) -> cython.void:
    lane: cython.int
    for lane in range(8):
        e[lane] += (b[lane] ^ c[lane] ^ d[lane]) + k + _left(a[lane], 5) + w[lane]
        b[lane] = _left(b[lane], 30)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _majority(
    a: cython.p_uint,
    b: cython.p_uint,
    c: cython.p_uint,
    d: cython.p_uint,
    e: cython.p_uint,
    k: cython.uint,
    w: cython.p_uint,
) -> cython.void:
    lane: cython.int
    for lane in range(8):
        e[lane] += ((b[lane] & c[lane]) | (d[lane] & (b[lane] | c[lane]))) + k + _left(a[lane], 5) + w[lane]
        b[lane] = _left(b[lane], 30)


def spin_1(digests: list[bytes], rounds: cython.uint) -> list[bytes]:
    """FIPS 180-4, 6.1.2, likewise; for `WIDTH_1` digests."""
    k: cython.uint[4] = [0] * 4
    first: cython.uint[5] = [0] * 5
    state: cython.uint[40] = [0] * 40
    w: cython.uint[640] = [0] * 640
    a: cython.uint[8] = [0] * 8
    b: cython.uint[8] = [0] * 8
    c: cython.uint[8] = [0] * 8
    d: cython.uint[8] = [0] * 8
    e: cython.uint[8] = [0] * 8
    place: cython.int
    lane: cython.int
    number: cython.uint
    turned: cython.uint
    end: cython.uint = 0x80000000
    for place, value in enumerate((0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)):
        first[place] = value
        for lane in range(8):
            state[8 * place + lane] = int.from_bytes(digests[lane][4 * place : 4 * place + 4], "big")
    for place, value in enumerate((0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6)):
        k[place] = value
    with cython.nogil:
        for number in range(rounds):
            turned = ((number & 0xFF) << 24) | ((number & 0xFF00) << 8) | ((number >> 8) & 0xFF00) | (number >> 24)
            for lane in range(8):
                w[lane] = turned
            for place in range(40):
                w[place + 8] = state[place]
            for lane in range(8):
                w[48 + lane] = end
            for place in range(56, 120):
                w[place] = 0
            for lane in range(8):
                w[120 + lane] = 8 * 24
            for place in range(128, 640, 8):
                for lane in range(8):
                    w[place + lane] = _left(
                        w[place - 24 + lane] ^ w[place - 64 + lane] ^ w[place - 112 + lane] ^ w[place - 128 + lane], 1
                    )
            for lane in range(8):
                a[lane] = first[0]
                b[lane] = first[1]
                c[lane] = first[2]
                d[lane] = first[3]
                e[lane] = first[4]
            # Five steps at a time, so that the variables turn by their names and none is moved.
            for place in range(0, 20, 5):
                _choose(a, b, c, d, e, k[0], w + 8 * place)
                _choose(e, a, b, c, d, k[0], w + 8 * place + 8)
                _choose(d, e, a, b, c, k[0], w + 8 * place + 16)
                _choose(c, d, e, a, b, k[0], w + 8 * place + 24)
                _choose(b, c, d, e, a, k[0], w + 8 * place + 32)
            for place in range(20, 40, 5):
                _parity(a, b, c, d, e, k[1], w + 8 * place)
                _parity(e, a, b, c, d, k[1], w + 8 * place + 8)
                _parity(d, e, a, b, c, k[1], w + 8 * place + 16)
                _parity(c, d, e, a, b, k[1], w + 8 * place + 24)
                _parity(b, c, d, e, a, k[1], w + 8 * place + 32)
            for place in range(40, 60, 5):
                _majority(a, b, c, d, e, k[2], w + 8 * place)
                _majority(e, a, b, c, d, k[2], w + 8 * place + 8)
                _majority(d, e, a, b, c, k[2], w + 8 * place + 16)
                _majority(c, d, e, a, b, k[2], w + 8 * place + 24)
                _majority(b, c, d, e, a, k[2], w + 8 * place + 32)
            for place in range(60, 80, 5):
                _parity(a, b, c, d, e, k[3], w + 8 * place)
                _parity(e, a, b, c, d, k[3], w + 8 * place + 8)
                _parity(d, e, a, b, c, k[3], w + 8 * place + 16)
                _parity(c, d, e, a, b, k[3], w + 8 * place + 24)
                _parity(b, c, d, e, a, k[3], w + 8 * place + 32)
            for lane in range(8):
                state[lane] = first[0] + a[lane]
                state[8 + lane] = first[1] + b[lane]
                state[16 + lane] = first[2] + c[lane]
                state[24 + lane] = first[3] + d[lane]
                state[32 + lane] = first[4] + e[lane]
    return [
        b"".join([int(state[8 * place + lane]).to_bytes(4, "big") for place in range(5)]) for lane in range(WIDTH_1)
    ]
