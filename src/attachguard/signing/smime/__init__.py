"""Opening S/MIME: what a scanner asks of whoever holds keys, and an answer from PEM files (RFC 8551, RFC 5652, RFC 5753).

`Scanner(smime=…)` takes anything with a method `open`: a key store, a token, a service. `PemDecryptor` is the one that is ready: keys with their
certificates from files, and certificates whose keys live further on. It supports RSA (PKCS #1 v1.5, OAEP) and ECDH (standard Diffie-Hellman with
the X9.63 key derivation over SHA-1 or SHA-2, AES key wrap) towards AES-CBC, AES-GCM and 3DES content. `cryptography` is imported when the first
envelope for one of its keys arrives.

Every failure closes: content that does not decrypt has not been seen.

Why our own: the cryptography package opens envelopes for RSA keys with AES-CBC only; it does the arithmetic of all the others.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from attachguard.errors import Malformed, OperatorError
from attachguard.readers.crypto.certificate import Certificate, pem_blocks, read_certificate
from attachguard.readers.crypto.envelope import Recipient

__all__ = ["Decryptor", "KeyAnswer", "PemDecryptor"]

_KEY_LABELS: Final = frozenset({"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"})
#: Encrypted keys of one envelope that are tried; a recipient is named once, or once for each algorithm.
_TRIES: Final = 8


class KeyAnswer(NamedTuple):
    """What a decryptor says of one envelope.

    Args:
        state: `held` (it opened), `elsewhere` (a certificate is known, its key is not here), `unknown` (neither), `failed` (the key is here, but
            the content does not open), or `unsupported` (the key is here, the algorithm is not known).
        content: what was inside; only for `held`.
    """

    state: str
    content: bytes = b""


class Decryptor(Protocol):
    """Whoever holds keys for S/MIME."""

    def open(self, recipients: Sequence[Recipient], cms: bytes) -> KeyAnswer:
        """Open an envelope.

        Args:
            recipients: for whom the content is encrypted.
            cms: the ContentInfo with the EnvelopedData or AuthEnvelopedData, in DER or BER.
        """


class PemDecryptor:
    """Opens envelopes with keys from PEM files; safe to share between threads and across fork.

    Args:
        keys: files that hold a private key (without a password) and its certificate; or their content, as bytes.
        certificates: files with certificates whose keys live further on; or their content, as bytes.
        seconds: time that one envelope may take.

    Raises:
        OSError: a file cannot be read.
        OperatorError: a file does not hold what it should; the message says what is missing.
    """

    def __init__(
        self,
        keys: Iterable[Path | str | bytes] = (),
        certificates: Iterable[Path | str | bytes] = (),
        *,
        seconds: float = 10.0,
    ) -> None:
        self._held = [_read_key(*_pem(source)) for source in keys]
        self._elsewhere = [found for source in certificates for found in _read_certificates(*_pem(source))]
        self._seconds = seconds

    def __repr__(self) -> str:
        return f"<PemDecryptor {len(self._held)} keys, {len(self._elsewhere)} certificates>"

    def open(self, recipients: Sequence[Recipient], cms: bytes) -> KeyAnswer:
        """See `Decryptor`."""
        ours = [
            (held, recipient) for recipient in recipients for held in self._held if _meant(recipient, held.certificates)
        ]
        if not ours:
            elsewhere = any(_meant(recipient, self._elsewhere) for recipient in recipients)
            return KeyAnswer("elsewhere" if elsewhere else "unknown")
        from attachguard.signing.smime.decrypt import decrypt

        return decrypt(
            [(held.load, recipient) for held, recipient in ours[:_TRIES]], cms, time.monotonic() + self._seconds
        )

    def check(self) -> None:
        """Load every key, so that a mistake shows at the start and not with the first mail; raises `OperatorError`."""
        for held in self._held:
            held.load()


class _Held:
    """A private key and the certificates in its file."""

    __slots__ = ("_key", "_pem", "certificates", "file")

    def __init__(self, file: str, pem: bytes, certificates: list[Certificate]) -> None:
        self.file = file
        self.certificates = certificates
        self._pem = pem
        self._key: Any = None

    def __repr__(self) -> str:
        return f"<key in {self.file}>"

    def load(self) -> Any:
        """The key; raises `OperatorError` where it is damaged, of an unknown kind, or belongs to none of the certificates."""
        if self._key is None:
            from cryptography.exceptions import UnsupportedAlgorithm
            from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

            try:
                key = load_pem_private_key(self._pem, password=None)
            except (ValueError, TypeError, UnsupportedAlgorithm) as error:
                raise OperatorError(
                    f"the private key cannot be loaded ({type(error).__name__})", file=str(self.file)
                ) from error
            public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            if all(_key_bits(public) != _key_bits(found.key) for found in self.certificates):
                raise OperatorError(
                    "the private key belongs to none of the certificates in the file", file=str(self.file)
                )
            self._key = key
        return self._key


def _key_bits(info: bytes) -> bytes:
    """The public key itself: how the algorithm's parameters are written may differ."""
    from attachguard.readers.crypto import der

    members = der.read(info).child_list(2)
    return members[1].content() if len(members) == 2 else info


def _meant(recipient: Recipient, certificates: Iterable[Certificate]) -> bool:
    return any(recipient.is_for(found.issuer, found.serial, found.key_id) for found in certificates)


def _pem(source: Path | str | bytes) -> tuple[str, bytes]:
    """What to call some PEM in a message to the operator, and the PEM."""
    return ("PEM", source) if isinstance(source, bytes) else (str(source), Path(source).read_bytes())


def _read_key(file: str, text: bytes) -> _Held:
    labels = [label for label, _content in pem_blocks(text)]
    if (b"ENCRYPTED" in text and not _KEY_LABELS.intersection(labels)) or b"Proc-Type: 4,ENCRYPTED" in text:
        raise OperatorError("the private key is under a password; write it without one (openssl pkey)", file=str(file))
    if not _KEY_LABELS.intersection(labels):
        raise OperatorError("no private key (a PEM block PRIVATE KEY)", file=str(file))
    return _Held(file, text, _read_certificates(file, text))


def _read_certificates(file: str, text: bytes) -> list[Certificate]:
    found: list[Certificate] = []
    for label, content in pem_blocks(text):
        if label in ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"):
            try:
                found.append(read_certificate(content))
            except Malformed as error:
                raise OperatorError(f"a certificate in it cannot be read ({error})", file=str(file)) from error
    if not found:
        raise OperatorError("no certificate (a PEM block CERTIFICATE)", file=str(file))
    return found
