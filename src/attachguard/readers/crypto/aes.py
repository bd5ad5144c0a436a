"""AES in CBC mode, in which 7z, RAR, Office, OpenDocument and PDF keep content.

Why our own: four lines around the cipher, which is that of the cryptography package, loaded on first use.
"""

from __future__ import annotations

from typing import Final

#: Bytes of a block.
BLOCK: Final = 16


def cbc(key: bytes, vector: bytes, data: bytes | memoryview) -> bytes:
    """The whole blocks of some data, decrypted; padding stays.

    Args:
        key: 16, 24 or 32 bytes.
        vector: initialization vector, 16 bytes.
        data: what is encrypted.

    Raises:
        ValueError: key or vector have another length.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return decryptor.update(data[: len(data) // BLOCK * BLOCK]) + decryptor.finalize()
