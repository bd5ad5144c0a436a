"""Secret keys of OpenPGP: whether their secret part is locked with a passphrase (RFC 9580 section 5.5.3).

After the numbers of the public key, whose layout its algorithm decides, one octet says how the secret ones are kept; 0 is in the clear.

Why our own: the Python packages for OpenPGP raise on keys that are unknown or damaged.
"""

from __future__ import annotations

from typing import Final

#: Numbers (MPI) of the public part, by algorithm: RSA, Elgamal, DSA.
_NUMBERS: Final = {1: 2, 2: 2, 3: 2, 16: 3, 17: 4, 20: 3}
#: Algorithms on curves named by an object identifier, and those whose public part has a fixed size.
_CURVES: Final = frozenset({18, 19, 22})
_ECDH: Final = 18
_FIXED: Final = {25: 32, 26: 56, 27: 32, 28: 57}
#: Versions whose packet says how long the public part is.
_COUNTED: Final = frozenset({5, 6})


def is_locked(body: bytes) -> bool:
    """Whether the secret key in a packet needs a passphrase; false where its layout is not known.

    Args:
        body: the content of a packet Secret-Key or Secret-Subkey.
    """
    if len(body) < 7:
        return False
    version = body[0]
    # Version 3 has the days it is valid for in front of the algorithm.
    at = 8 if version in (2, 3) else 6
    counted = version in _COUNTED
    at = 10 + int.from_bytes(body[6:10], "big") if counted else _behind_public(body, at, body[at - 1])
    return 0 < at < len(body) and body[at] != 0


def _behind_public(body: bytes, at: int, algorithm: int) -> int:
    """Where the public numbers end; 0 for an algorithm that is not known."""
    if algorithm in _FIXED:
        return at + _FIXED[algorithm]
    if algorithm in _CURVES:
        if at >= len(body):
            return 0
        at = _behind_number(body, at + 1 + body[at])
        return at + 1 + body[at] if algorithm == _ECDH and at < len(body) else at
    for _ in range(_NUMBERS.get(algorithm, 0)):
        at = _behind_number(body, at)
    return at if algorithm in _NUMBERS else 0


def _behind_number(body: bytes, at: int) -> int:
    return at + 2 + (int.from_bytes(body[at : at + 2], "big") + 7) // 8
