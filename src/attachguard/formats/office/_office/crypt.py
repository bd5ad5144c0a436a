"""Encryption of old Office files and of Open XML in a compound file ([MS-OFFCRYPTO]): which scheme it is, and opening it under known passwords.

Headers are read here, on plain bytes with checked sizes; the ciphers and key derivations are msoffcrypto's, imported when there is something to
decrypt. Its file classes are passed by: they write temporary files and reject some files under the password that opens them.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final, NamedTuple

from attachguard.model import Finding
from attachguard.part import Part
from attachguard.passwords import BUILT_IN, Candidates, source_of, untried
from attachguard.readers.libraries import own_logger
from attachguard.types.claims import CLAIMS
from attachguard.types.filetypes import OFFICE, filetype

#: Passwords that Excel and PowerPoint try by themselves, so that whoever opens the file sees no question.
DEFAULT_PASSWORDS: Final = ("VelvetSweatshop", "/01Hannes Ruescher/01")
#: Hash rounds that are done for one password; Office writes 100,000 and allows a hundred times as many.
MAXIMUM_ROUNDS: Final = 500_000
#: About how many seconds one round takes for one of the words that go side by side, by algorithm; uncompiled, and for other algorithms.
_ROUND_COST: Final = {"sha512": 1.4e-7, "sha1": 4e-8}
_SLOW_COST: Final = 7e-7
#: Encrypted content that is opened; more is reported as it is.
MAXIMUM_SIZE: Final = 96 << 20
#: Longest password that XOR obfuscation knows ([MS-OFFCRYPTO] 2.3.7.2).
_XOR_LENGTH: Final = 15

#: What ciphers and key derivations raise when parameters from the file make no sense.
SENSELESS: Final = (
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    OverflowError,
    struct.error,
    AssertionError,
)

_ROTATE: Final = bytes((value << 3 | value >> 5) & 0xFF for value in range(256))


class Scheme(NamedTuple):
    """How a binary Office file is encrypted.

    Args:
        name: in plain words.
        kind: `xor`, `rc4`, `cryptoapi`, or empty for one that is not known.
        salt: of the key derivation.
        bits: length of the key.
        verifier: encrypted verifier; for `xor` two bytes of the password's verifier.
        verifier_hash: encrypted hash of the verifier.
    """

    name: str
    kind: str
    salt: bytes = b""
    bits: int = 0
    verifier: bytes = b""
    verifier_hash: bytes = b""


def xor_scheme(verifier: int) -> Scheme:
    """XOR obfuscation with this password verifier ([MS-OFFCRYPTO] 2.3.7)."""
    return Scheme("XOR obfuscation", "xor", verifier=struct.pack("<H", verifier & 0xFFFF))


def binary_scheme(info: bytes) -> Scheme:
    """The scheme that an EncryptionVersionInfo and what follows it describe ([MS-OFFCRYPTO] 2.3.5.1, 2.3.6.1)."""
    if len(info) < 4:
        return Scheme("unknown scheme", "")
    major, minor = struct.unpack_from("<HH", info)
    if (major, minor) == (1, 1) and len(info) >= 52:
        return Scheme("RC4, 40 bits", "rc4", info[4:20], 40, info[20:36], info[36:52])
    if major in (2, 3, 4) and minor == 2 and len(info) >= 12:
        (header_size,) = struct.unpack_from("<I", info, 8)
        verifier = 12 + header_size
        if header_size >= 20 and verifier + 60 <= len(info):
            # Zero stands for 40 bits (2.3.5.1, KeySize).
            bits = struct.unpack_from("<I", info, 28)[0] or 40
            fields = (
                info[verifier + 4 : verifier + 20],
                bits,
                info[verifier + 20 : verifier + 36],
                info[verifier + 40 : verifier + 60],
            )
            return Scheme(f"RC4 CryptoAPI, {min(bits, 9999)} bits", "cryptoapi" if bits <= 128 else "", *fields)
    return Scheme(f"scheme {major}.{minor}", "")


def _ciphers() -> tuple[Any, Any]:
    """The modules of msoffcrypto for RC4 and RC4 CryptoAPI, made to log through loggers of their own."""
    from msoffcrypto.method import rc4, rc4_cryptoapi

    own_logger(rc4)
    own_logger(rc4_cryptoapi)
    return rc4, rc4_cryptoapi


def verify(scheme: Scheme, password: str) -> bool:
    """Whether the header says that this is the password."""
    from msoffcrypto.method.xor_obfuscation import DocumentXOR

    rc4, rc4_cryptoapi = _ciphers()
    try:
        if scheme.kind == "xor":
            narrow = 0 < len(password) <= _XOR_LENGTH and all(ord(letter) < 256 for letter in password)
            return narrow and bool(DocumentXOR.verifypw(password, struct.unpack("<H", scheme.verifier)[0]))
        if scheme.kind == "rc4":
            return bool(rc4.DocumentRC4.verifypw(password, scheme.salt, scheme.verifier, scheme.verifier_hash))
        if scheme.kind == "cryptoapi":
            return bool(
                rc4_cryptoapi.DocumentRC4CryptoAPI.verifypw(
                    password, scheme.salt, scheme.bits, scheme.verifier, scheme.verifier_hash
                )
            )
    except SENSELESS:
        return False
    return False


def decrypt(scheme: Scheme, password: str, data: bytes, *, block_size: int, block: int = 0) -> bytes:
    """Decrypt a stream under RC4 or RC4 CryptoAPI, with a new key every `block_size` bytes; empty where that is not possible."""
    rc4, rc4_cryptoapi = _ciphers()
    stream = io.BytesIO(data)
    try:
        if scheme.kind == "rc4":
            return bytes(rc4.DocumentRC4.decrypt(password, scheme.salt, stream, blocksize=block_size).getvalue())
        if scheme.kind == "cryptoapi":
            given = rc4_cryptoapi.DocumentRC4CryptoAPI.decrypt(
                password, scheme.salt, scheme.bits, stream, blocksize=block_size, block=block
            )
            return bytes(given.getvalue())
    except SENSELESS:
        return b""
    return b""


def xor_key(password: str) -> bytes:
    """The sixteen bytes that XOR obfuscation, method 1, repeats ([MS-OFFCRYPTO] 2.3.7.2)."""
    from msoffcrypto.method.xor_obfuscation import DocumentXOR

    return bytes(DocumentXOR.create_xor_array_method1(password))


def unxor(data: bytes, key: bytes, first: int) -> bytes:
    """Undo XOR obfuscation of one record; `first` is the place in the key that its first byte meets ([MS-OFFCRYPTO] 2.3.7.3)."""
    if not data:
        return b""
    turned = key[first % 16 :] + key[: first % 16]
    mask = (turned * (len(data) // 16 + 1))[: len(data)]
    mixed = int.from_bytes(data, "little") ^ int.from_bytes(mask, "little")
    return mixed.to_bytes(len(data), "little").translate(_ROTATE)


def round_cost(algorithm: str) -> float:
    """About how many seconds one round of a key derivation takes for each word here."""
    from attachguard._core import spin

    return _ROUND_COST.get(algorithm, _SLOW_COST) if spin.COMPILED else _SLOW_COST


def _may_be_slides(part: Part) -> bool:
    """Whether PowerPoint may open a part by its name; Excel's password is tried in any case, as LibreOffice tries it on all of them."""
    claimed = [{filetype(key).group for key in CLAIMS.get(each, ())} for each in part.extensions]
    return not claimed or any(not groups or "presentation" in groups or not groups <= OFFICE for groups in claimed)


def first_that_opens(
    part: Part,
    scheme: str,
    attempt: Callable[[str], bytes | None],
    *,
    cost: float = 0.0,
    derived: Collection[str] = (),
    prepare: Callable[[list[str]], None] | None = None,
    width: int = 1,
) -> Iterator[Part | Finding]:
    """Try the built-in passwords, the operator's and those of the mail; gives the finding, and the decrypted file where one opened it.

    Args:
        part: whose passwords and budget are used.
        scheme: in plain words, for the finding.
        attempt: gives the decrypted file, or None for a wrong password.
        cost: about how many seconds one attempt takes.
        derived: words that cost nothing any more, see `Candidates.derived`.
        prepare: see `Candidates.offer`.
        width: likewise.
    """
    first = DEFAULT_PASSWORDS if _may_be_slides(part) else DEFAULT_PASSWORDS[:1]
    words = part.context.get(Candidates).offer(part, cost, derived, first=first, prepare=prepare, width=width)
    for candidate in words:
        content = attempt(candidate.word)
        if content is not None:
            if candidate.origin == BUILT_IN:
                yield part.encrypted("default-password", scheme)
            else:
                part.context.get(Candidates).opened(candidate)
                yield part.encrypted("known-password", f"{scheme}, {source_of(candidate)}")
            yield part.reading("decrypted", content)
            return
    yield part.encrypted("unknown-password", scheme + untried(part))
