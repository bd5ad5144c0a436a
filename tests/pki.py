"""Keys, certificates, signatures and envelopes for tests, made by `cryptography` and openssl when the tests run."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.fixtures.cms import DATA, NULL, SIGNED, info, integer, octets, oid, seq, tlv

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed: apt-get install openssl")

HASHES = {
    "sha1": ("1.3.14.3.2.26", hashes.SHA1, "1.2.840.113549.1.1.5", "1.2.840.10045.4.1"),
    "sha256": ("2.16.840.1.101.3.4.2.1", hashes.SHA256, "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"),
    "sha512": ("2.16.840.1.101.3.4.2.3", hashes.SHA512, "1.2.840.113549.1.1.13", "1.2.840.10045.4.3.4"),
}


class Identity:
    """A key and its certificate."""

    def __init__(self, key, certificate) -> None:
        self.key = key
        self.certificate = certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate in PEM."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def file(self, folder: Path, name: str = "key.pem") -> Path:
        """A file with key and certificate."""
        path = folder / name
        path.write_bytes(self.key_pem + self.pem)
        return path


@functools.cache
def _key(kind: str, number: int):
    del number
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key({"p256": ec.SECP256R1(), "p384": ec.SECP384R1()}[kind])


@functools.cache
def identity(
    kind: str = "rsa",
    number: int = 0,
    *,
    days: int = 30,
    ca: bool = False,
    by: Identity | None = None,
    states: tuple[str, ...] = (),
) -> Identity:
    """One of a kind: `rsa`, `p256`, `p384`, `ed25519`; self-signed unless `by` issues it; `states` are statements about its qualification.

    `1.2` stands for a statement without content, `1.2:3.4` for one with an object identifier in it.
    """
    key = _key(kind, number)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Erika Mustermann {kind} {number}{' CA' * ca}")])
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by.certificate.subject if by else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=400))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if states:
        listed = b"".join(
            seq(oid(first), seq(oid(more)) if more else b"")
            for first, _, more in (each.partition(":") for each in states)
        )
        extension = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3"), seq(listed))
        builder = builder.add_extension(extension, critical=False)
    signer = by.key if by else key
    return Identity(
        key, builder.sign(signer, None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )


def sign(
    content: bytes,
    who: Identity,
    *,
    digest: str = "sha256",
    attached: bool = False,
    attributes: bool = True,
    advanced: bool = False,
    pss: bool = False,
    beside: tuple[Identity, ...] = (),
    content_type: str = DATA,
    claimed: bytes | None = None,
    carry: bytes | None = None,
    certificate: bool = True,
) -> bytes:
    """A CMS SignedData over some content; `claimed` puts another digest into the attributes, `carry` other content inside."""
    digest_oid, hashing, rsa_oid, ecdsa_oid = HASHES[digest]
    value = hashlib.new(digest, content).digest() if claimed is None else claimed
    signed_attributes = b""
    if attributes:
        items = [
            seq(oid("1.2.840.113549.1.9.3"), tlv(0x31, oid(content_type))),
            seq(oid("1.2.840.113549.1.9.4"), tlv(0x31, octets(value))),
            seq(oid("1.2.840.113549.1.9.5"), tlv(0x31, tlv(0x17, b"261120101500Z"))),
        ]
        if advanced:
            bound = seq(seq(seq(octets(hashlib.sha256(who.der).digest()))))
            items.append(seq(oid("1.2.840.113549.1.9.16.2.47"), tlv(0x31, bound)))
        signed_attributes = b"".join(sorted(items))
    message = tlv(0x31, signed_attributes) if attributes else content
    if isinstance(who.key, rsa.RSAPrivateKey):
        scheme = padding.PSS(padding.MGF1(hashing()), 32) if pss else padding.PKCS1v15()
        signature = who.key.sign(message, scheme, hashing())
        hash_parameters = seq(oid(digest_oid), NULL)
        pss_parameters = seq(
            tlv(0xA0, hash_parameters),
            tlv(0xA1, seq(oid("1.2.840.113549.1.1.8"), hash_parameters)),
            tlv(0xA2, integer(32)),
        )
        algorithm = seq(oid("1.2.840.113549.1.1.10"), pss_parameters) if pss else seq(oid(rsa_oid), NULL)
    elif isinstance(who.key, ed25519.Ed25519PrivateKey):
        signature, algorithm = who.key.sign(message), seq(oid("1.3.101.112"))
    else:
        signature, algorithm = who.key.sign(message, ec.ECDSA(hashing())), seq(oid(ecdsa_oid))
    serial = integer(who.certificate.serial_number)
    signer = seq(
        integer(1),
        seq(who.certificate.issuer.public_bytes(), serial),
        seq(oid(digest_oid), NULL),
        tlv(0xA0, signed_attributes) if attributes else b"",
        algorithm,
        octets(signature),
    )
    inside = octets(content if carry is None else carry)
    encapsulated = seq(oid(content_type), tlv(0xA0, inside)) if attached else seq(oid(content_type))
    certificates = tlv(0xA0, b"".join(each.der for each in ((who, *beside) if certificate else beside)))
    return info(
        SIGNED, seq(integer(1), tlv(0x31, seq(oid(digest_oid), NULL)), encapsulated, certificates, tlv(0x31, signer))
    )


def openssl(*arguments: str, folder: Path) -> None:
    """Run openssl; the test fails with its words where it does."""
    assert OPENSSL is not None
    done = subprocess.run([OPENSSL, *arguments], cwd=folder, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr.decode()
