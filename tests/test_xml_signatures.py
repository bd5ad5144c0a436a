"""XML signatures: the canonical forms are written out here by hand, so that the library's own are put to the test."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

from attachguard import Policy, Rules, Scanner
from tests import HANG
from tests.pki import identity

DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = DS + "enveloped-signature"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
FILES = {"a.txt": b"Guten Tag\n", "b b.txt": b"Auf Wiedersehen\n"}


@pytest.fixture(scope="module")
def scanner():
    return Scanner(Policy.load("audit"), rules=Rules.empty())


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def reference(uri: str, content: bytes, *transforms: str) -> str:
    listed = "".join(f'<ds:Transform Algorithm="{each}"></ds:Transform>' for each in transforms)
    listed = f"<ds:Transforms>{listed}</ds:Transforms>" if listed else ""
    return (
        f'<ds:Reference URI="{uri}">{listed}<ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod>'
        f"<ds:DigestValue>{b64(hashlib.sha256(content).digest())}</ds:DigestValue></ds:Reference>"
    )


def signature(references: str, who=None, *, form: str = EXCLUSIVE, spaces: str = f'xmlns:ds="{DS}"') -> str:
    """A ds:Signature; `spaces` are the name spaces in reach, as the inclusive form repeats them."""
    who = who or identity("rsa")
    ecdsa = isinstance(who.key, ec.EllipticCurvePrivateKey)
    method = "http://www.w3.org/2001/04/xmldsig-more#" + ("ecdsa-sha256" if ecdsa else "rsa-sha256")
    inner = (
        f'<ds:CanonicalizationMethod Algorithm="{form}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{method}"></ds:SignatureMethod>{references}</ds:SignedInfo>'
    )
    canonical = f"<ds:SignedInfo {spaces}>{inner}".encode()
    if ecdsa:
        numbers = utils.decode_dss_signature(who.key.sign(canonical, ec.ECDSA(hashes.SHA256())))
        value = b"".join(number.to_bytes(32, "big") for number in numbers)
    else:
        value = who.key.sign(canonical, padding.PKCS1v15(), hashes.SHA256())
    return (
        f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo>{inner}<ds:SignatureValue>{b64(value)}</ds:SignatureValue>'
        f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{b64(who.der)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        '<ds:Object><xades:QualifyingProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#">'
        "<xades:SigningTime>2026-11-20T10:15:00Z</xades:SigningTime></xades:QualifyingProperties></ds:Object></ds:Signature>"
    )


def container(files: dict[str, bytes], xml: str, mimetype: str = "application/vnd.etsi.asic-e+zip") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", mimetype)
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr("META-INF/signatures.xml", xml)
    return target.getvalue()


def asic(files=FILES, signed=FILES, who=None) -> bytes:
    references = "".join(reference(name.replace(" ", "%20"), content) for name, content in signed.items())
    xml = f'<?xml version="1.0"?><asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#">{signature(references, who)}</asic:XAdESSignatures>'
    return container(files, xml)


def found(report) -> set[str]:
    return {finding.code for finding in report.findings if finding.code.startswith("signature-")}


@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_an_asic_container_whose_files_are_all_signed_passes(scanner, kind):
    report = scanner.scan(asic(who=identity(kind)), name="a.asice")
    (signed,) = report.signatures
    assert (signed.format, signed.coverage, signed.integrity) == ("ASiC-E XAdES", "whole", "pass")
    assert signed.time == "2026-11-20T10:15:00Z"
    assert signed.signer.startswith("Erika Mustermann")


def test_a_file_that_was_changed_fails_and_one_that_was_added_is_not_covered(scanner):
    changed = scanner.scan(asic({**FILES, "a.txt": b"Guten Tog\n"}), name="a.asice")
    assert changed.signatures[0].integrity == "fail"
    assert "a.txt" in changed.signatures[0].cause
    added = scanner.scan(asic({**FILES, "c.txt": b"dazu\n"}), name="a.asice")
    assert (added.signatures[0].integrity, added.signatures[0].coverage) == ("pass", "partial")
    assert "signature-partial-coverage" in found(added)


def test_a_changed_list_of_files_fails_by_the_signature_value(scanner):
    other = {**FILES, "a.txt": b"Guten Tog\n"}
    old, new = (b64(hashlib.sha256(each["a.txt"]).digest()).encode() for each in (FILES, other))
    with zipfile.ZipFile(io.BytesIO(asic())) as archive:
        xml = archive.read("META-INF/signatures.xml").replace(old, new)
    report = scanner.scan(container(other, xml.decode()), name="a.asice")
    assert report.signatures[0].integrity == "fail"
    assert "value" in report.signatures[0].cause


CONTENT = '<brief xmlns="urn:x" xmlns:y="urn:y"><y:satz>Guten Tag</y:satz>@</brief>'


@pytest.mark.parametrize("form", [EXCLUSIVE, INCLUSIVE])
def test_an_enveloped_signature_covers_its_document(scanner, form):
    canonical = CONTENT.replace("@", "")
    if form == EXCLUSIVE:
        canonical = canonical.replace(' xmlns:y="urn:y"', "").replace("<y:satz>", '<y:satz xmlns:y="urn:y">')
    spaces = f'xmlns:ds="{DS}"' if form == EXCLUSIVE else f'xmlns="urn:x" xmlns:ds="{DS}" xmlns:y="urn:y"'
    mark = signature(reference("", canonical.encode(), ENVELOPED, form), form=form, spaces=spaces)
    data = ('<?xml version="1.0"?>' + CONTENT.replace("@", mark)).encode()
    (signed,) = scanner.scan(data, name="a.xml").signatures
    assert (signed.format, signed.coverage, signed.integrity) == ("XAdES", "whole", "pass")
    changed = scanner.scan(data.replace(b"Guten Tag", b"Guten Tog"), name="a.xml")
    assert changed.signatures[0].integrity == "fail"


def test_what_cannot_be_compared_is_left_open_and_never_passes(scanner):
    open_ended = signature(reference("", b"x", "http://www.w3.org/TR/1999/REC-xslt-19991116"))
    elsewhere = signature(reference("http://example.org/a", b"x"))
    nowhere = signature(reference("#gone", b"x"))
    for xml in (open_ended, elsewhere, nowhere):
        report = scanner.scan(f'<?xml version="1.0"?><a xmlns="urn:x">{xml}</a>'.encode(), name="a.xml")
        assert report.signatures[0].integrity == "not-evaluated"
        assert "signature-not-verified" in found(report)


def test_an_element_named_twice_is_not_compared(scanner):
    """Signature wrapping: the signed element is moved aside, another takes its name."""
    element = '<satz Id="s">Guten Tag</satz>'
    mark = signature(reference("#s", element.encode(), EXCLUSIVE))
    once = f"<a>{element}{mark}</a>".encode()
    twice = f'<a><satz Id="s">Gute Nacht</satz><b>{element}</b>{mark}</a>'.encode()
    assert scanner.scan(b'<?xml version="1.0"?>' + once, name="a.xml").signatures[0].integrity == "pass"
    assert scanner.scan(b'<?xml version="1.0"?>' + twice, name="a.xml").signatures[0].integrity == "not-evaluated"


def test_document_types_and_broken_xml_are_refused_before_anything_is_compared(scanner):
    mark = signature(reference("", b"x", ENVELOPED))
    for data in (
        f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "x">]><a>&e;{mark}</a>',
        f'<?xml version="1.0"?><a>{mark}',
    ):
        report = scanner.scan(data.encode(), name="a.xml")
        assert report.signatures == ()
        assert "signature-not-verified" in found(report)
        assert "inspection-failed" not in {finding.code for finding in report.findings}


def test_a_file_of_the_package_may_name_its_document_type_but_declare_nothing(scanner):
    """Basic libraries of LibreOffice begin so."""
    plain = b'<a b="1"></a>'
    text = f'<!DOCTYPE a PUBLIC "-//x//EN" "a.dtd">\n{plain.decode()}'
    for content, answer in ((text, "pass"), (text.replace('"a.dtd"', '"a.dtd" [<!ENTITY e "x">]'), "not-evaluated")):
        xml = f"<s>{signature(reference('a.xml', plain, INCLUSIVE))}</s>"
        (signed,) = scanner.scan(container({"a.xml": content.encode()}, xml), name="a.asice").signatures
        assert (signed.integrity, signed.coverage == "whole") == (answer, answer == "pass")


def test_an_xml_that_only_speaks_of_signatures_has_none(scanner):
    report = scanner.scan(f'<?xml version="1.0"?><a href="{DS}">Signature</a>'.encode(), name="a.xml")
    assert report.signatures == ()
    assert not found(report)


def test_truncation_at_any_place_passes_nothing(scanner):
    data = asic()
    for end in range(60, len(data), 61):
        report = scanner.scan(data[:end], name="a.asice")
        assert all(each.integrity != "pass" or each.coverage == "whole" for each in report.signatures)
        assert "inspection-failed" not in {finding.code for finding in report.findings}


def test_a_thousand_references_to_one_file_are_bounded(scanner):
    big = {"a.txt": bytes(4 << 20)}
    references = reference("a.txt", big["a.txt"]) * 1500
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.etsi.asic-e+zip")
        archive.writestr("a.txt", big["a.txt"])
        archive.writestr("META-INF/signatures.xml", f"<a>{signature(references)}</a>")
    report = scanner.scan(target.getvalue(), name="a.asice")
    assert report.signatures[0].integrity == "not-evaluated"
    assert report.seconds < HANG
