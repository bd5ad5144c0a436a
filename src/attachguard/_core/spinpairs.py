"""The rounds of Office with SHA-512 over one word (see `spin`), where the compiler has registers for two numbers of 64 bits.

Half of SHA-512 is the message schedule, and two of its numbers can be made at once beside the steps, which keep the scalar units busy: two thirds
of the time of the plain form. Built for processors that not everybody has (see `setup.py`): `spin` looks before it comes here.
"""

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

from attachguard._core.spin import CONSTANTS, START

if cython.compiled:
    from cython.cimports.attachguard._core.spinpairs import pair
else:
    pair = cython.ulonglong

#: Whether the compiled form is there: the other one is never asked.
COMPILED: bool = bool(cython.compiled)


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
def _schedule(w: cython.p_ulonglong, sums: cython.p_ulonglong, k: cython.p_ulonglong) -> cython.void:
    """FIPS 180-4, 6.4.2, step 1, for the two numbers at `w`; and their sums with the constants."""
    old: pair = cython.cast(cython.pointer(pair), w - 15)[0]
    new: pair = cython.cast(cython.pointer(pair), w - 2)[0]
    made: pair = (
        cython.cast(cython.pointer(pair), w - 16)[0]
        + cython.cast(cython.pointer(pair), w - 7)[0]
        + (((old >> 1) | (old << 63)) ^ ((old >> 8) | (old << 56)) ^ (old >> 7))
        + (((new >> 19) | (new << 45)) ^ ((new >> 61) | (new << 3)) ^ (new >> 6))
    )
    cython.cast(cython.pointer(pair), w)[0] = made
    cython.cast(cython.pointer(pair), sums)[0] = made + cython.cast(cython.pointer(pair), k)[0]


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _new(e: cython.ulonglong, f: cython.ulonglong, g: cython.ulonglong) -> cython.ulonglong:
    return (_right(e, 14) ^ _right(e, 18) ^ _right(e, 41)) + (g ^ (e & (f ^ g)))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _old(
    a: cython.ulonglong, b: cython.ulonglong, differ: cython.ulonglong, before: cython.ulonglong
) -> cython.ulonglong:
    """The majority of three is the second, but where it differs from both of the others, which the step before knows of two of them."""
    return (_right(a, 28) ^ _right(a, 34) ^ _right(a, 39)) + (b ^ (differ & before))


def spin_512(digest: bytes, rounds: cython.uint) -> bytes:
    """FIPS 180-4, 6.4.2, over one block a round: number, digest, padding; names of variables as there."""
    k: cython.ulonglong[96] = [0] * 96
    first: cython.ulonglong[8] = [0] * 8
    state: cython.ulonglong[8] = [0] * 8
    w: cython.ulonglong[96] = [0] * 96
    sums: cython.ulonglong[96] = [0] * 96
    place: cython.int
    number: cython.uint
    turned: cython.ulonglong
    a: cython.ulonglong
    b: cython.ulonglong
    c: cython.ulonglong
    d: cython.ulonglong
    e: cython.ulonglong
    f: cython.ulonglong
    g: cython.ulonglong
    h: cython.ulonglong
    x: cython.ulonglong
    y: cython.ulonglong
    end: cython.ulonglong = 0x80000000
    for place in range(80):
        k[place] = CONSTANTS[place]
    for place in range(8):
        first[place] = START[place]
        state[place] = int.from_bytes(digest[8 * place : 8 * place + 8], "big")
    with cython.nogil:
        for number in range(rounds):
            turned = ((number & 0xFF) << 24) | ((number & 0xFF00) << 8) | ((number >> 8) & 0xFF00) | (number >> 24)
            w[0] = (turned << 32) | (state[0] >> 32)
            for place in range(7):
                w[place + 1] = (state[place] << 32) | (state[place + 1] >> 32)
            w[8] = (state[7] << 32) | end
            for place in range(9, 15):
                w[place] = 0
            w[15] = 8 * 68
            for place in range(16):
                sums[place] = w[place] + k[place]
            a = first[0]
            b = first[1]
            c = first[2]
            d = first[3]
            e = first[4]
            f = first[5]
            g = first[6]
            h = first[7]
            y = b ^ c
            # Eight steps at a time, so that the variables turn by their names and none is moved. The schedule runs on past what is used: to ask
            # where it ends would cost more.
            for place in range(0, 80, 8):
                h += _new(e, f, g) + sums[place]
                d += h
                x = a ^ b
                h += _old(a, b, x, y)
                _schedule(w + place + 16, sums + place + 16, k + place + 16)
                g += _new(d, e, f) + sums[place + 1]
                c += g
                y = h ^ a
                g += _old(h, a, y, x)
                f += _new(c, d, e) + sums[place + 2]
                b += f
                x = g ^ h
                f += _old(g, h, x, y)
                _schedule(w + place + 18, sums + place + 18, k + place + 18)
                e += _new(b, c, d) + sums[place + 3]
                a += e
                y = f ^ g
                e += _old(f, g, y, x)
                d += _new(a, b, c) + sums[place + 4]
                h += d
                x = e ^ f
                d += _old(e, f, x, y)
                _schedule(w + place + 20, sums + place + 20, k + place + 20)
                c += _new(h, a, b) + sums[place + 5]
                g += c
                y = d ^ e
                c += _old(d, e, y, x)
                b += _new(g, h, a) + sums[place + 6]
                f += b
                x = c ^ d
                b += _old(c, d, x, y)
                _schedule(w + place + 22, sums + place + 22, k + place + 22)
                a += _new(f, g, h) + sums[place + 7]
                e += a
                y = b ^ c
                a += _old(b, c, y, x)
            state[0] = first[0] + a
            state[1] = first[1] + b
            state[2] = first[2] + c
            state[3] = first[3] + d
            state[4] = first[4] + e
            state[5] = first[5] + f
            state[6] = first[6] + g
            state[7] = first[7] + h
    return b"".join([int(state[place]).to_bytes(8, "big") for place in range(8)])
