"""Signatures of Office (ECMA-376 part 2, 13): built as Office writes them, with the canonical forms written out by hand."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from attachguard import Policy, Rules, Scanner
from attachguard.testkit.openxml import RELATIONSHIPS
from tests.fixtures.ooxml import PACKAGE, WORD, relationships, word
from tests.pki import identity

DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
RELS = "application/vnd.openxmlformats-package.relationships+xml"
STYLES = "application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"
LINKS = (
    ("rId2", "styles", "styles.xml"),
    ("rId10", "hyperlink", "http://example.org/", "External"),
)


@pytest.fixture(scope="module")
def scanner():
    return Scanner(Policy.load("audit"), rules=Rules.empty())


def digest(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def method(name: str, algorithm: str) -> str:
    return f'<{name} Algorithm="{algorithm}"></{name}>'


def reference(uri: str, value: str, transforms: str = "", kind: str = "") -> str:
    listed = f"<Transforms>{transforms}</Transforms>" if transforms else ""
    return f'<Reference{kind} URI="{uri}">{listed}{method("DigestMethod", SHA256)}<DigestValue>{value}</DigestValue></Reference>'


def relation(identifier: str, kind: str, target: str, mode: str = "Internal") -> str:
    """One relationship as the transform leaves it."""
    return f'<Relationship Id="{identifier}" Target="{target}" TargetMode="{mode}" Type="{RELATIONSHIPS}{kind}"></Relationship>'


def relations(uri: str, *rows: str, by_type: str = "") -> str:
    """A reference to some relationships of a part."""
    canonical = f'<Relationships xmlns="{PACKAGE}relationships">{"".join(rows)}</Relationships>'
    space = f'xmlns:mdssi="{PACKAGE}digital-signature"'
    picks = "".join(
        f'<mdssi:RelationshipReference {space} SourceId="{row.split(chr(34))[1]}"></mdssi:RelationshipReference>'
        for row in rows
    )
    if by_type:
        picks = f'<mdssi:RelationshipsGroupReference {space} SourceType="{RELATIONSHIPS}{by_type}"></mdssi:RelationshipsGroupReference>'
    transforms = (
        f'<Transform Algorithm="{PACKAGE.replace("2006/", "2006/RelationshipTransform")}">{picks}</Transform>'
        + method("Transform", C14N)
    )
    return reference(f"{uri}?ContentType={RELS}", digest(canonical.encode()), transforms)


ROOT = relations("/_rels/.rels", relation("rId1", "officeDocument", "word/document.xml"))
ALL = relations(
    "/word/_rels/document.xml.rels",
    relation("rId10", "hyperlink", "http://example.org/", "External"),
    relation("rId2", "styles", "styles.xml"),
)


def document(links=LINKS, styles: bytes = b"<styles/>") -> bytes:
    return word(links=links, parts={"word/styles.xml": styles}, types={"word/styles.xml": STYLES})


def signed(*parts: str, links=LINKS, change=lambda files: None, styles: bytes = b"<styles/>") -> bytes:
    """A document with a signature over the references; `change` alters the files afterwards."""
    with zipfile.ZipFile(io.BytesIO(document(links, styles))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    plain = [
        reference(f"/word/document.xml?ContentType={WORD}", digest(files["word/document.xml"])),
        reference(f"/word/styles.xml?ContentType={STYLES}", digest(files["word/styles.xml"])),
    ]
    manifest = f"<Manifest>{''.join([*plain, *parts])}</Manifest>"
    canonical = f'<Object xmlns="{DS}" Id="idPackageObject">{manifest}</Object>'
    inside = reference("#idPackageObject", digest(canonical.encode()), kind=f' Type="{DS}Object"')
    info = f"{method('CanonicalizationMethod', C14N)}{method('SignatureMethod', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')}{inside}</SignedInfo>"
    who = identity("rsa")
    value = who.key.sign(f'<SignedInfo xmlns="{DS}">{info}'.encode(), padding.PKCS1v15(), hashes.SHA256())
    files["_xmlsignatures/sig1.xml"] = (
        f'<?xml version="1.0" encoding="UTF-8"?><Signature xmlns="{DS}" Id="idPackageSignature"><SignedInfo>{info}'
        f"<SignatureValue>{base64.b64encode(value).decode()}</SignatureValue><KeyInfo><X509Data><X509Certificate>"
        f"{base64.b64encode(who.der).decode()}</X509Certificate></X509Data></KeyInfo>"
        f'<Object Id="idPackageObject">{manifest}</Object></Signature>'
    ).encode()
    files["_xmlsignatures/origin.sigs"] = b""
    way = ("rId1", f"{PACKAGE}relationships/digital-signature/signature", "sig1.xml")
    files["_xmlsignatures/_rels/origin.sigs.rels"] = relationships(way).encode()
    # Office adds the way to the signatures after it has signed.
    files["_rels/.rels"] = files["_rels/.rels"].replace(
        b"</Relationships>",
        f'<Relationship Id="rId9" Type="{PACKAGE}relationships/digital-signature/origin" Target="_xmlsignatures/origin.sigs"/></Relationships>'.encode(),
    )
    change(files)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def judged(scanner, data: bytes):
    report = scanner.scan(data, name="a.docx")
    (record,) = report.signatures
    return record, {finding.code for finding in report.findings if finding.code.startswith("signature-")}


def test_a_document_whose_parts_and_relationships_are_signed_passes(scanner):
    record, codes = judged(scanner, signed(ROOT, ALL))
    assert (record.format, record.coverage, record.integrity) == ("OOXML XML signature", "whole", "pass")
    assert codes == {"signature-present", "signature-trust-not-evaluated"}


def test_relationships_picked_by_their_type_are_compared_too(scanner):
    row = relation("rId10", "hyperlink", "http://example.org/", "External")
    by_type = relations("/word/_rels/document.xml.rels", row, by_type="hyperlink")
    styles = relations("/word/_rels/document.xml.rels", relation("rId2", "styles", "styles.xml"))
    record, _ = judged(scanner, signed(ROOT, by_type, styles))
    assert (record.coverage, record.integrity) == ("whole", "pass")


def test_order_spaces_and_comments_of_relationships_do_not_matter(scanner):
    def change(files):
        name = "word/_rels/document.xml.rels"
        head, _, rows = files[name].partition(b"<Relationship ")
        first, _, second = rows.partition(b"/><Relationship ")
        second = second.replace(b"/></Relationships>", b"")
        files[name] = (
            head
            + b"\n<!-- x -->\n<Relationship "
            + second
            + b">\n</Relationship>\n<Relationship "
            + first
            + b"/></Relationships>"
        )

    record, _ = judged(scanner, signed(ROOT, ALL, change=change))
    assert (record.coverage, record.integrity) == ("whole", "pass")


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        (
            "word/_rels/document.xml.rels",
            b"http://example.org/",
            b"http://example.net/",
            "word/_rels/document.xml.rels",
        ),
        (
            "word/_rels/document.xml.rels",
            b'TargetMode="External"',
            b'TargetMode="Internal"',
            "word/_rels/document.xml.rels",
        ),
        ("word/document.xml", b"Guten Tag", b"Gute Nacht", "word/document.xml"),
        ("[Content_Types].xml", STYLES.encode(), b"application/xml", "the content type of word/styles.xml"),
    ],
)
def test_what_was_changed_after_signing_fails(scanner, name, old, new, says):
    def change(files):
        assert old in files[name]
        files[name] = files[name].replace(old, new)

    record, codes = judged(scanner, signed(ROOT, ALL, change=change))
    assert record.integrity == "fail"
    assert says in record.cause
    assert "signature-integrity-failed" in codes


def test_what_was_added_after_signing_is_not_covered(scanner):
    def part(files):
        files["word/media/image1.png"] = b"\x89PNG\r\n\x1a\n"

    def template(files):
        name = "word/_rels/document.xml.rels"
        row = f'<Relationship Id="rId99" Type="{RELATIONSHIPS}attachedTemplate" Target="http://example.org/x.dotm" TargetMode="External"/>'
        files[name] = files[name].replace(b"</Relationships>", row.encode() + b"</Relationships>")

    def broken(files):
        files["word/_rels/styles.xml.rels"] = b"<Relationships"

    for change in (part, template, broken):
        record, codes = judged(scanner, signed(ROOT, ALL, change=change))
        assert (record.integrity, record.coverage) == ("pass", "partial")
        assert "signature-partial-coverage" in codes


def test_a_transform_of_something_that_is_no_relationships_is_left_open(scanner):
    other = relations("/word/styles.xml", relation("rId1", "x", "y")).replace(RELS, STYLES)
    record, codes = judged(scanner, signed(ROOT, ALL, other))
    assert record.integrity == "not-evaluated"
    assert "signature-not-verified" in codes


def test_truncation_at_any_place_passes_nothing_that_is_not_there(scanner):
    data = signed(ROOT, ALL)
    for end in range(100, data.rindex(b"PK\3\4"), 157):
        report = scanner.scan(data[:end], name="a.docx")
        assert "inspection-failed" not in {finding.code for finding in report.findings}
        assert all(each.integrity != "pass" or each.coverage == "partial" for each in report.signatures)
