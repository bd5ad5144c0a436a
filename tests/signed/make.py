"""Makes the files of this folder anew: `python make.py` in an environment with pyHanko, xmlsec and pikepdf.

The keys are made up here, are worth nothing, and only two of them are kept: those that the encrypted files need.
"""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pikepdf
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.crypt import PubKeySecurityHandler, SecurityHandlerVersion
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import PdfSignatureMetadata, PdfTimeStamper, SimpleSigner, sign_pdf
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import DummyTimeStamper

HERE = Path(__file__).parent
DSIG = "http://www.w3.org/2000/09/xmldsig#"


def identity(name: str, key, *, stamps: bool = False) -> Path:
    """A file with key and certificate."""
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2056, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    else:
        usage = dict.fromkeys(("digital_signature", "content_commitment", "key_encipherment", "key_agreement"), True)
        rest = dict.fromkeys(
            ("data_encipherment", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False
        )
        builder = builder.add_extension(x509.KeyUsage(**usage, **rest), critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = HERE / f"{name}.pem"
    path.write_bytes(key.private_bytes(*form) + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def plain() -> bytes:
    """A page with a script and an attached batch file."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS='app.alert("hallo")')
    pdf.attachments["a.bat"] = b"@echo off\r\ndel *.*\r\n"
    target = io.BytesIO()
    pdf.save(target)
    return target.getvalue()


def encrypt(name: str, who: Path, **options) -> None:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(plain())))
    handler = PubKeySecurityHandler.build_from_certs([load_cert_from_pemder(str(who))], **options)
    writer._assign_security_handler(handler)
    with (HERE / name).open("wb") as target:
        writer.write(target)


def signer(who: Path) -> SimpleSigner:
    found = SimpleSigner.load(str(who), str(who))
    assert found is not None
    return found


def sign(data: bytes, who: Path, field: str, kind: SigSeedSubFilter, **options) -> bytes:
    metadata = PdfSignatureMetadata(field_name=field, subfilter=kind, md_algorithm="sha256", location="Leverkusen")
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    return sign_pdf(writer, metadata, signer(who), bytes_reserved=8192, **options).getvalue()


def blank() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    target = io.BytesIO()
    pdf.save(target)
    return target.getvalue()


def stamper(who: Path) -> DummyTimeStamper:
    made = signer(who)
    return DummyTimeStamper(made.signing_cert, made.signing_key, fixed_dt=dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC))


def sign_xml(name: str, who: Path, uri: str, transforms: str, form: str) -> None:
    text = f"""<?xml version="1.0"?><!-- top --><?p x?><brief xmlns="urn:x" xmlns:y="urn:y" xmlns:q="urn:q" xml:lang="de" Id="r"><y:a xmlns:z="urn:z">
<y:satz Id="s" y:k="1" z:k="2" b="&#10;&quot;">Guten <!-- c --> Tag<u xmlns="" q:i="v"/><?pi d?></y:satz><w xmlns:y2="urn:y" y2:o="1" Id="u"> a &lt; b</w></y:a>
<ds:Signature xmlns:ds="{DSIG}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{form}"/>
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="{uri}"><ds:Transforms>{transforms}</ds:Transforms>
<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/>
<ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo></ds:Signature></brief><!-- end -->"""
    root = etree.fromstring(text.encode())
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_file(str(who), xmlsec.KeyFormat.PEM)
    context.key.load_cert_from_file(str(who), xmlsec.KeyFormat.PEM)
    context.sign(next(root.iter(f"{{{DSIG}}}Signature")))
    (HERE / name).write_bytes(etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8"))


def transform(algorithm: str, inside: str = "") -> str:
    return f'<ds:Transform Algorithm="{algorithm}">{inside}</ds:Transform>'


def main() -> None:
    rsa_key = identity("rsa", rsa.generate_private_key(65537, 2048))
    ec_key = identity("ec", ec.generate_private_key(ec.SECP256R1()))
    stamps = identity("stamps", rsa.generate_private_key(65537, 2048), stamps=True)

    aes128 = {"version": SecurityHandlerVersion.RC4_OR_AES128, "use_aes": True, "keylen_bytes": 16}
    encrypt("encrypted-rsa-aes256.pdf", rsa_key, version=SecurityHandlerVersion.AES256)
    encrypt("encrypted-ec-aes128.pdf", ec_key, **aes128)
    encrypt("encrypted-ec-aes128-plain-metadata.pdf", ec_key, **aes128, encrypt_metadata=False)
    encrypt(
        "encrypted-rsa-rc4.pdf", rsa_key, version=SecurityHandlerVersion.RC4_LONGER_KEYS, use_aes=False, keylen_bytes=16
    )
    encrypt("encrypted-rsa-gcm.pdf", rsa_key, version=SecurityHandlerVersion.AES_GCM)

    once = sign(blank(), ec_key, "One", SigSeedSubFilter.PADES)
    (HERE / "pades.pdf").write_bytes(once)
    (HERE / "pades-twice.pdf").write_bytes(sign(once, rsa_key, "Two", SigSeedSubFilter.PADES))
    (HERE / "adobe.pdf").write_bytes(sign(blank(), rsa_key, "One", SigSeedSubFilter.ADOBE_PKCS7_DETACHED))
    stamped = sign(blank(), ec_key, "One", SigSeedSubFilter.PADES, timestamper=stamper(stamps))
    (HERE / "pades-stamped.pdf").write_bytes(stamped)
    output = PdfTimeStamper(stamper(stamps)).timestamp_pdf(
        IncrementalPdfFileWriter(io.BytesIO(stamped)), "sha256", bytes_reserved=8192
    )
    (HERE / "pades-archived.pdf").write_bytes(output.getvalue())

    inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
    newer = "http://www.w3.org/2006/12/xml-c14n11"
    listed = f'<ec:InclusiveNamespaces xmlns:ec="{exclusive}" PrefixList="y #default q"/>'
    xpath = "<ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath>"
    space = "http://www.w3.org/2002/06/xmldsig-filter2"
    subtract = f'<f:XPath xmlns:f="{space}" Filter="subtract">/descendant::ds:Signature</f:XPath>'
    enveloped = transform(DSIG + "enveloped-signature")
    sign_xml("enveloped-inclusive.xml", rsa_key, "", enveloped + transform(inclusive + "#WithComments"), inclusive)
    sign_xml("enveloped-named.xml", rsa_key, "#r", enveloped + transform(newer), newer)
    sign_xml("xpath.xml", rsa_key, "", transform("http://www.w3.org/TR/1999/REC-xpath-19991116", xpath), exclusive)
    sign_xml("filter.xml", rsa_key, "", transform(space, subtract) + transform(exclusive), inclusive)
    sign_xml("element-inclusive.xml", rsa_key, "#s", transform(inclusive), inclusive)
    sign_xml("element-prefixes.xml", rsa_key, "#s", transform(exclusive, listed), exclusive)
    stamps.unlink()


if __name__ == "__main__":
    main()
