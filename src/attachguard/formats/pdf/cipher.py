"""Decrypts the strings and streams of a PDF under the key of the file (ISO 32000-2, 7.6.3 and 7.6.6): RC4 and AES.

Why our own: what only its owner may change opens without a password, as statements of banks and forms of offices do. Of such a file a handful of
strings and streams matter; qpdf takes 70 ms to load and writes the whole file anew.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final, NamedTuple

from attachguard._core.rc4 import rc4
from attachguard.formats.pdf.file import Document
from attachguard.formats.pdf.second_opinion import Opened, forbidden
from attachguard.formats.pdf.secret import Lock
from attachguard.formats.pdf.syntax import Name, Stream, Value
from attachguard.readers.crypto import aes

#: Methods of crypt filters (7.6.6, table 25).
_RC4, _AES_128, _AES_256 = "V2", "AESV2", "AESV3"
#: What reports call the ciphers of streams; RC4 by the length of the key.
_SCHEMES: Final = {_AES_128: "AES-128", _AES_256: "AES-256"}
#: Methods by version of the handler. Files that leave strings or streams plain are rare.
_METHODS: Final = {1: (_RC4,), 2: (_RC4,), 4: (_RC4, _AES_128), 5: (_AES_256,)}
#: Longest key of one object, in bytes (7.6.3.1, algorithm 1).
_LONGEST: Final = 16


class Cipher(NamedTuple):
    """How the objects of one file are decrypted.

    Args:
        key: of the file.
        strings: the method for strings.
        streams: the method for streams.
        metadata: whether the metadata stream is encrypted, too.
    """

    key: bytes
    strings: str
    streams: str
    metadata: bool

    def value(self, value: Value, number: int, generation: int) -> Value:
        """A value as an object of the file has it, its strings decrypted; containers are changed in their place.

        Args:
            value: what was read.
            number: of the object.
            generation: of the object.
        """
        key = self._key(self.strings, number, generation)
        if isinstance(value, bytes):
            return _decrypted(self.strings, key, value)
        holders: list[Any] = [value]
        while holders:
            holder = holders.pop()
            if not isinstance(holder, (dict, list)):
                continue
            for place, item in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
                # The value of a signature lies outside of what is encrypted (7.6.2).
                if isinstance(item, bytes) and not (place == "Contents" and "ByteRange" in holder):
                    holder[place] = _decrypted(self.strings, key, item)
                elif isinstance(item, (dict, list)):
                    holders.append(item)
        return value

    def stream(self, stream: Stream, encoded: memoryview) -> bytes | memoryview:
        """The bytes of a stream as its filters have made them."""
        kind = stream.entries.get("Type")
        if kind == "XRef" or (kind == "Metadata" and not self.metadata):
            return encoded
        return _decrypted(self.streams, self._key(self.streams, stream.number, stream.generation), bytes(encoded))

    def _key(self, method: str, number: int, generation: int) -> bytes:
        """The key of one object (algorithms 1 and 1.A)."""
        if method == _AES_256:
            return self.key
        seed = self.key + (number & 0xFFFFFF).to_bytes(3, "little") + (generation & 0xFFFF).to_bytes(2, "little")
        seed += b"sAlT" if method == _AES_128 else b""
        return hashlib.md5(seed, usedforsecurity=False).digest()[: min(len(self.key) + 5, _LONGEST)]


def _decrypted(method: str, key: bytes, octets: bytes) -> bytes:
    if method == _RC4:
        return rc4(key, octets)
    if len(octets) < 2 * aes.BLOCK:
        return b""  # a vector, and nothing after it
    plain = aes.cbc(key, octets[: aes.BLOCK], octets[aes.BLOCK :])
    return plain[: -plain[-1]] if 0 < plain[-1] <= aes.BLOCK else plain


def open_in_place(document: Document, handler: dict[str, Value], lock: Lock) -> tuple[Document, Opened] | None:
    """A file that opens without a password, decrypted as it is read; None where it does not, or where a second opinion is needed.

    Args:
        document: the file.
        handler: its encryption dictionary.
        lock: what tests a password.
    """
    cipher = _cipher_of(document, handler, lock)
    plain = document.decrypted(cipher) if cipher is not None else None
    if cipher is None or plain is None:
        return None
    scheme = _SCHEMES.get(cipher.streams) or f"RC4-{8 * len(cipher.key)}"
    denied = forbidden(int.from_bytes(lock.permissions, "little"), lock.revision)
    return plain, Opened(b"", True, "", True, scheme, denied, False)


def _cipher_of(document: Document, handler: dict[str, Value], lock: Lock) -> Cipher | None:
    """How the objects are decrypted under the empty password; None where that is another, or the scheme not one of the usual ones."""
    version = document.resolve(handler.get("V"))
    methods = _METHODS.get(version) if isinstance(version, int) and lock.usual else None
    if methods is None or "EFF" in handler:
        return None
    strings = _method(document, handler, "StrF") if version > 3 else _RC4
    streams = _method(document, handler, "StmF") if version > 3 else _RC4
    key = lock.key(b"") if strings in methods and streams in methods else b""
    return Cipher(key, strings, streams, not lock.plain_metadata) if key else None


def _method(document: Document, handler: dict[str, Value], which: str) -> str:
    """The method of the crypt filter for strings or streams; empty where these are plain, or it is not said."""
    filters, name = document.resolve(handler.get("CF")), document.resolve(handler.get(which))
    named = document.resolve(filters.get(name)) if isinstance(filters, dict) and isinstance(name, Name) else None
    method = document.resolve(named.get("CFM")) if isinstance(named, dict) and name != "Identity" else None
    return str(method) if isinstance(method, Name) else ""
