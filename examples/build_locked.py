"""Attachments and messages that are locked or signed, made by the libraries that lock and sign, where there is one.

Passwords here are those that the receiver does not know, but for the one on the city's list: `LISTED`.
"""

from __future__ import annotations

import base64
import datetime as dt
import functools
import hashlib
import io
from email import policy
from email.message import MIMEPart
from typing import Any

from examples.build_files import docx, pdf, program, xlsx
from examples.build_mail import TEXT, letter, wire
from tests.fixtures import pgp
from tests.fixtures import zip as zips

#: A password that the office has agreed on with its partners; the demo gives it to the scanner.
LISTED = "Bauamt-2026"
_UNKNOWN = "nur-ich-kenne-es"
#: What Excel uses for "protected" workbooks ([MS-OFFCRYPTO] 2.4.2.1): it opens such files without asking.
_BUILT_IN = "VelvetSweatshop"


def pdf_locked_for_changes() -> bytes:
    """A PDF that everybody can read, and only its owner may print."""
    return _locked_pdf(owner=_UNKNOWN, user="")


def pdf_locked() -> bytes:
    """A PDF that nobody can read without its password."""
    return _locked_pdf(owner="chefin", user=_UNKNOWN)


def _locked_pdf(*, owner: str, user: str) -> bytes:
    import pikepdf

    target = io.BytesIO()
    allow = pikepdf.Permissions(print_highres=False, print_lowres=False)
    with pikepdf.open(io.BytesIO(pdf(20_000))) as document:
        document.save(target, encryption=pikepdf.Encryption(owner=owner, user=user, allow=allow))
    return target.getvalue()


@functools.cache
def docx_locked() -> bytes:
    """A Word document under a password of its own."""
    return _locked_office(docx(), _UNKNOWN)


@functools.cache
def xlsx_protected() -> bytes:
    """An Excel workbook that is encrypted, and that Excel opens without asking."""
    return _locked_office(xlsx(), _BUILT_IN)


def _locked_office(content: bytes, password: str) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    target = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, target)
    return target.getvalue()


def zip_locked() -> bytes:
    """A ZIP archive under AES."""
    return zips.archive(zips.aes_member("unterlagen.pdf", pdf(20_000), _UNKNOWN.encode()))


def zip_with_listed_password() -> bytes:
    """A ZIP archive under traditional encryption, with the password that is on the city's list."""
    return zips.archive(zips.zipcrypto_member("plan.txt", b"Lageplan: siehe Blatt 4.\r\n", LISTED.encode()))


def program_with_listed_password() -> bytes:
    """The same lock around a program: what can be opened is looked at."""
    return zips.archive(zips.aes_member("setup.exe", program(), LISTED.encode()))


def pgp_mail() -> bytes:
    """A PGP/MIME message (RFC 3156 section 4): a part that says so, and the encrypted one."""
    mail = letter(subject="Vertraulich")
    mail.clear_content()
    mail.make_mixed()
    message = pgp.armor("MESSAGE", pgp.SESSION + pgp.DATA)
    for sub, content, name in (("pgp-encrypted", b"Version: 1\n", None), ("octet-stream", message, "encrypted.asc")):
        part = MIMEPart(policy=policy.SMTP)
        part.set_content(content, "application", sub, cte="7bit", filename=name)
        mail.attach(part)
    mail.replace_header("Content-Type", 'multipart/encrypted; protocol="application/pgp-encrypted"')
    return wire(mail)


def signed_mail() -> bytes:
    """A letter under a detached S/MIME signature (RFC 8551 section 3.5.3)."""
    frame = letter(subject="Vollmacht")
    head = "".join(
        f"{name}: {frame[name]}\r\n" for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version")
    )
    content = TEXT.replace("\n", "\r\n")
    entity = f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{content}"
    signature = base64.encodebytes(_signature(entity.encode())).decode().replace("\n", "\r\n")
    return (
        f'{head}Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg="sha-256"; boundary="=_signed_"\r\n\r\n'
        f'--=_signed_\r\n{entity}\r\n--=_signed_\r\nContent-Type: application/pkcs7-signature; name="smime.p7s"\r\n'
        f'Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="smime.p7s"\r\n\r\n{signature}--=_signed_--\r\n'
    ).encode()


def enveloped_mail() -> bytes:
    """A letter encrypted by S/MIME for a mailroom, whose key is not on this machine (RFC 8551 section 3.3)."""
    mail = letter(subject="Vertraulich")
    mail.clear_content()
    inner = b"Content-Type: text/plain; charset=utf-8\r\n\r\nGuten Tag\r\n"
    mail.set_content(_enveloped(inner), "application", "pkcs7-mime", filename="smime.p7m")
    mail.set_param("smime-type", "enveloped-data")
    return wire(mail)


def _signature(content: bytes) -> bytes:
    """A detached CMS signature over `content`, by a certificate that the sender made for the occasion."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

    key = _sender_key()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(_certificate("Erika Mustermann", key.public_key()), key, hashes.SHA256())
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])


def mailroom_certificate() -> bytes:
    """The mailroom's certificate in PEM; its key is not on this machine."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return bytes(_mailroom().public_bytes(Encoding.PEM))


def _mailroom() -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    # The private half never existed: the modulus is a hash, whose factors nobody knows.
    modulus = int.from_bytes(b"\xc0" + hashlib.shake_256(b"mailroom").digest(255), "big") | 1
    return _certificate("Poststelle", rsa.RSAPublicNumbers(65537, modulus).public_key())


def _enveloped(content: bytes) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(content).add_recipient(_mailroom())
    return builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def _sender_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.derive_private_key(int.from_bytes(hashlib.sha256(b"sender").digest(), "big") >> 1, ec.SECP256R1())


def _certificate(owner: str, public_key: Any) -> Any:
    """A certificate for a public key, signed with the sender's key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import NameOID

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, owner)])
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(public_key).serial_number(7)
    builder = builder.not_valid_before(start).not_valid_after(start + dt.timedelta(days=3650))
    return builder.sign(_sender_key(), hashes.SHA256())
