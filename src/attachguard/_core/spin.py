"""The rounds that Office puts between a password and a key ([MS-OFFCRYPTO] 2.3.4.7, 2.3.4.11): each digest is hashed again behind its number.

100,000 digests of less than a block each: calls of a hash library cost more than the hashing. Compiled, SHA-512 and SHA-1 (FIPS 180-4) are therefore
done here, one block a round, with the interpreter's lock released; that takes a third of the time and less. Uncompiled, and for other digests, it is
a loop over `hashlib`.
"""

import hashlib
import struct

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

#: Whether the compiled form is at work; what a try costs depends on it.
COMPILED: bool = bool(cython.compiled)
#: Whether several words go side by side here (see `spinlanes`).
WIDE: bool = bool(cython.compiled and attachguard_wide())  # type: ignore[name-defined]  # noqa: F821  of `spin.pxd`


def width(algorithm: str) -> int:
    """How many words `spin_many` takes side by side for little more than one costs: 1 where it does not."""
    if not cython.compiled or not WIDE or algorithm not in ("sha512", "sha1"):
        return 1
    return 4 if algorithm == "sha512" else 8


def spin_many(digests: list[bytes], rounds: int, algorithm: str) -> list[bytes]:
    """As `spin`, for several digests.

    Args:
        digests: of salt and each password.
        rounds: how many.
        algorithm: as there.
    """
    lanes = width(algorithm)
    done: list[bytes] = []
    for place in range(0, len(digests), lanes):
        some = digests[place : place + lanes]
        if lanes == 1 or (len(some) <= 2 and algorithm == "sha512"):
            # Two of them one after the other are as fast as four side by side.
            done += [spin(each, rounds, algorithm) for each in some]
            continue
        from attachguard._core import spinlanes

        full = some + [some[-1]] * (lanes - len(some))
        several = spinlanes.spin_512 if algorithm == "sha512" else spinlanes.spin_1
        done += several(full, rounds)[: len(some)]
    return done


def spin(digest: bytes, rounds: int, algorithm: str) -> bytes:
    """The digest after that many rounds.

    Args:
        digest: of salt and password.
        rounds: how many; each hashes its number, four bytes little-endian, and the digest before it.
        algorithm: `sha512`, `sha1`, or any other that `hashlib` knows.
    """
    if cython.compiled and algorithm == "sha512":
        if WIDE:
            from attachguard._core import spinpairs

            if spinpairs.COMPILED:
                return spinpairs.spin_512(digest, rounds)
        return _spin_512(digest, rounds)
    if cython.compiled and algorithm == "sha1":
        return _spin_1(digest, rounds)
    new = getattr(hashlib, algorithm)
    pack = struct.Struct("<I").pack
    for number in range(rounds):
        digest = new(pack(number) + digest).digest()
    return digest


def _roots(count: int, degree: int) -> list[int]:
    """The first 64 bits behind the point of the roots of the first primes: the constants of SHA-512 (FIPS 180-4, 4.2.3 and 5.3.5)."""
    primes: list[int] = []
    number = 2
    while len(primes) < count:
        if all(number % other for other in primes):
            primes.append(number)
        number += 1
    roots = []
    for prime in primes:
        low, high = 0, 1 << 72
        while low < high:
            middle = (low + high + 1) >> 1
            if middle**degree <= prime << (64 * degree):
                low = middle
            else:
                high = middle - 1
        roots.append(low & ((1 << 64) - 1))
    return roots


CONSTANTS: list[int] = _roots(80, 3)
START: list[int] = _roots(8, 2)


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
def _upper(a: cython.ulonglong, b: cython.ulonglong, c: cython.ulonglong) -> cython.ulonglong:
    return (_right(a, 28) ^ _right(a, 34) ^ _right(a, 39)) + ((a & b) | (c & (a | b)))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _lower(e: cython.ulonglong, f: cython.ulonglong, g: cython.ulonglong) -> cython.ulonglong:
    return (_right(e, 14) ^ _right(e, 18) ^ _right(e, 41)) + (g ^ (e & (f ^ g)))


def _spin_512(digest: bytes, rounds: cython.uint) -> bytes:
    """FIPS 180-4, 6.4.2, over one block a round: number, digest, padding; names of variables as there."""
    k: cython.ulonglong[80] = [0] * 80
    first: cython.ulonglong[8] = [0] * 8
    state: cython.ulonglong[8] = [0] * 8
    w: cython.ulonglong[80] = [0] * 80
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
            for place in range(16, 80):
                a = w[place - 15]
                e = w[place - 2]
                w[place] = (
                    w[place - 16]
                    + w[place - 7]
                    + (_right(a, 1) ^ _right(a, 8) ^ (a >> 7))
                    + (_right(e, 19) ^ _right(e, 61) ^ (e >> 6))
                )
            a = first[0]
            b = first[1]
            c = first[2]
            d = first[3]
            e = first[4]
            f = first[5]
            g = first[6]
            h = first[7]
            # Eight steps at a time, so that the variables turn by their names and none is moved.
            for place in range(0, 80, 8):
                h += _lower(e, f, g) + k[place] + w[place]
                d += h
                h += _upper(a, b, c)
                g += _lower(d, e, f) + k[place + 1] + w[place + 1]
                c += g
                g += _upper(h, a, b)
                f += _lower(c, d, e) + k[place + 2] + w[place + 2]
                b += f
                f += _upper(g, h, a)
                e += _lower(b, c, d) + k[place + 3] + w[place + 3]
                a += e
                e += _upper(f, g, h)
                d += _lower(a, b, c) + k[place + 4] + w[place + 4]
                h += d
                d += _upper(e, f, g)
                c += _lower(h, a, b) + k[place + 5] + w[place + 5]
                g += c
                c += _upper(d, e, f)
                b += _lower(g, h, a) + k[place + 6] + w[place + 6]
                f += b
                b += _upper(c, d, e)
                a += _lower(f, g, h) + k[place + 7] + w[place + 7]
                e += a
                a += _upper(b, c, d)
            state[0] = first[0] + a
            state[1] = first[1] + b
            state[2] = first[2] + c
            state[3] = first[3] + d
            state[4] = first[4] + e
            state[5] = first[5] + f
            state[6] = first[6] + g
            state[7] = first[7] + h
    return b"".join([int(state[place]).to_bytes(8, "big") for place in range(8)])


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _left(word: cython.uint, count: cython.int) -> cython.uint:
    return (word << count) | (word >> (32 - count))


def _spin_1(digest: bytes, rounds: cython.uint) -> bytes:
    """FIPS 180-4, 6.1.2, likewise."""
    state: cython.uint[5] = [0] * 5
    w: cython.uint[80] = [0] * 80
    first: cython.uint[5] = [0] * 5
    k: cython.uint[4] = [0] * 4
    place: cython.int
    number: cython.uint
    step: cython.uint
    a: cython.uint
    b: cython.uint
    c: cython.uint
    d: cython.uint
    e: cython.uint
    end: cython.uint = 0x80000000
    for place, value in enumerate((0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)):
        first[place] = value
        state[place] = int.from_bytes(digest[4 * place : 4 * place + 4], "big")
    for place, value in enumerate((0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6)):
        k[place] = value
    with cython.nogil:
        for number in range(rounds):
            w[0] = ((number & 0xFF) << 24) | ((number & 0xFF00) << 8) | ((number >> 8) & 0xFF00) | (number >> 24)
            for place in range(5):
                w[place + 1] = state[place]
            w[6] = end
            for place in range(7, 15):
                w[place] = 0
            w[15] = 8 * 24
            for place in range(16, 80):
                w[place] = _left(w[place - 3] ^ w[place - 8] ^ w[place - 14] ^ w[place - 16], 1)
            a = first[0]
            b = first[1]
            c = first[2]
            d = first[3]
            e = first[4]
            for place in range(80):
                if place < 20:
                    step = (d ^ (b & (c ^ d))) + k[0]
                elif place < 40:
                    step = (b ^ c ^ d) + k[1]
                elif place < 60:
                    step = ((b & c) | (d & (b | c))) + k[2]
                else:
                    step = (b ^ c ^ d) + k[3]
                step += _left(a, 5) + e + w[place]
                e = d
                d = c
                c = _left(b, 30)
                b = a
                a = step
            state[0] = first[0] + a
            state[1] = first[1] + b
            state[2] = first[2] + c
            state[3] = first[3] + d
            state[4] = first[4] + e
    return b"".join([int(state[place]).to_bytes(4, "big") for place in range(5)])
