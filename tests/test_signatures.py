"""Signatures: what they cover, whether it is intact, whom the trust list knows; integrity and trust are two answers."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.report import json as as_json
from tests.pki import identity, needs_openssl, openssl, sign

PDF = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(scope="module")
def scanner():
    return Scanner(Policy.load("audit"), rules=Rules.empty())


def mail(*files: tuple[str, bytes]) -> bytes:
    parts = [
        b"--B\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename=" + name.encode() + b"\r\n\r\n" + base64.encodebytes(content)
        for name, content in files
    ]
    head = (
        b"From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
    )
    return head + b"".join(parts) + b"--B--\r\n"


def found(report) -> set[str]:
    return {finding.code for finding in report.findings if finding.code.startswith("signature-")}


def only(report):
    (signature,) = report.signatures
    return signature


# -- CMS with its content ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rsa", "p256", "p384", "ed25519"])
@pytest.mark.parametrize("digest", ["sha256", "sha512"])
def test_an_intact_signature_passes_for_every_kind_of_key(scanner, kind, digest):
    report = scanner.scan(sign(b"Guten Tag\r\n", identity(kind), digest=digest, attached=True), name="a.txt.p7m")
    signature = only(report)
    assert (signature.integrity, signature.coverage, signature.trust) == ("pass", "whole", "not-evaluated")
    assert signature.signer.startswith("Erika Mustermann")
    assert signature.time == "2026-11-20T10:15:00Z"
    assert found(report) == {"signature-present", "signature-trust-not-evaluated"}


@pytest.mark.parametrize("options", [{"pss": True}, {"attributes": False}, {"advanced": True}])
def test_pss_bare_and_advanced_signatures_pass(scanner, options):
    signature = only(scanner.scan(sign(b"Guten Tag\r\n", identity(), attached=True, **options), name="a.p7m"))
    assert signature.integrity == "pass"
    assert signature.format == ("CAdES-attached" if "advanced" in options else "CMS-attached")


def test_content_changed_after_signing_fails_by_its_digest(scanner):
    report = scanner.scan(sign(b"Guten Tag\r\n", identity(), attached=True, carry=b"Guten Tog\r\n"), name="a.p7m")
    assert only(report).integrity == "fail"
    assert "signature-integrity-failed" in found(report)
    assert ("signature-integrity", "fail") in {(check.check, check.result) for check in report.checks}


@pytest.mark.parametrize("options", [{}, {"attributes": False}])
def test_a_forged_signature_value_fails(scanner, options):
    data = bytearray(sign(b"Guten Tag\r\n", identity(), attached=True, **options))
    data[-5] ^= 1
    assert only(scanner.scan(bytes(data), name="a.p7m")).integrity == "fail"


def test_a_digest_that_was_swapped_with_the_content_fails_by_the_value(scanner):
    other = hashlib.sha256(b"Guten Tog\r\n").digest()
    genuine = hashlib.sha256(b"Guten Tag\r\n").digest()
    data = sign(b"Guten Tag\r\n", identity(), attached=True, carry=b"Guten Tog\r\n").replace(genuine, other)
    signature = only(scanner.scan(data, name="a.p7m"))
    assert (signature.integrity, signature.cause) == ("fail", "the signature value does not fit the certificate")


def test_what_cannot_be_checked_says_why(scanner):
    sha1 = only(scanner.scan(sign(b"Guten Tag", identity(), digest="sha1", attached=True), name="a.p7m"))
    bare = only(scanner.scan(sign(b"Guten Tag", identity(), attached=True, certificate=False), name="a.p7m"))
    alone = only(scanner.scan(sign(PDF, identity()), name="x.pdf.p7s"))
    assert {sha1.integrity, bare.integrity, alone.integrity} == {"not-evaluated"}
    assert "SHA-1" in sha1.cause
    assert "certificate" in bare.cause
    assert "not at hand" in alone.cause


def test_a_signature_over_the_length_octets_of_a_dbase_date_is_still_cms(scanner):
    """DER begins like a Visual FoxPro table whose date is written in the length octets."""
    kinds = {
        scanner.scan(sign(b"x" * size, identity(), attached=True), name="a").parts[0].type.id
        for size in range(0, 400, 7)
    }
    assert kinds == {"pkcs7"}


# -- pairs ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digest", ["sha256", "sha512"])
@pytest.mark.parametrize("names", [("x.pdf", "x.pdf.p7s"), ("x.pdf", "x.p7s"), ("x.pdf", "signatur.p7s")])
@pytest.mark.parametrize("turned", [False, True])
def test_a_detached_signature_finds_its_file_in_the_message(scanner, digest, names, turned):
    files = [(names[0], PDF), (names[1], sign(PDF, identity(), digest=digest, advanced=True)), ("y.txt", b"hallo")]
    report = scanner.scan(mail(*(reversed(files) if turned else files)))
    signature = only(report)
    assert (signature.format, signature.coverage, signature.integrity) == ("CAdES-detached", "whole", "pass")
    assert {part.name for part in report.parts if part.signed} == {names[0], names[1]}
    assert "signature-orphan" not in found(report)


def written(form: str, signature: bytes) -> bytes:
    """A signature as text."""
    rows = base64.encodebytes(signature)
    label = {"pem": b"PKCS7", "cms": b"CMS", "long": b"PKCS #7 SIGNED DATA"}.get(form)
    if form == "base64-one-line":
        return base64.b64encode(signature)
    return rows if label is None else b"-----BEGIN " + label + b"-----\n" + rows + b"-----END " + label + b"-----\n"


@pytest.mark.parametrize("form", ["pem", "cms", "long", "base64", "base64-one-line"])
@pytest.mark.parametrize("name", ["x.pdf.p7s", "x.p7s", "x.pdf.pem"])
@pytest.mark.parametrize("policy", ["kaiserslautern", "leverkusen"])
def test_a_signature_written_as_text_is_on_no_list(form, name, policy):
    scanner = Scanner(Policy.load(policy), rules=Rules.empty())
    detached = written(form, sign(PDF, identity(), advanced=True))
    report = scanner.scan(mail(("x.pdf", PDF), (name, detached)))
    assert report.verdict.action.delivers
    # A letter or script under such a name, or a signature under the name of a program, is not.
    other = scanner.scan(
        mail(("x.pdf", PDF), (name, b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"))
    )
    odd = scanner.scan(mail(("x.pdf", PDF), ("x.dat", detached)))
    for refused in (other, odd):
        assert "type-not-allowed" in {finding.code for finding in refused.findings}


def test_a_file_changed_beside_its_signature_fails(scanner):
    report = scanner.scan(mail(("x.pdf", PDF + b"\n"), ("x.pdf.p7s", sign(PDF, identity()))))
    assert only(report).integrity == "fail"
    assert "signature-integrity-failed" in found(report)


def test_a_signature_without_its_file_is_an_orphan(scanner):
    report = scanner.scan(mail(("x.pdf.p7s", sign(PDF, identity())), ("y.txt", b"hallo")))
    assert {"signature-orphan", "signature-not-verified"} <= found(report)


def test_a_pair_inside_an_archive_is_paired_there_and_not_with_the_message(scanner):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.pdf", PDF)
        archive.writestr("x.pdf.p7s", sign(PDF, identity()))
    report = scanner.scan(mail(("a.zip", target.getvalue()), ("x.pdf", PDF + b"\n")))
    assert only(report).integrity == "pass"
    assert only(report).part == "1!/a.zip!/x.pdf.p7s"


# -- ASiC with CAdES -----------------------------------------------------------------------------------------------------------


def asic(kind: str, files: dict[str, bytes], extra: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.etsi.asic-{kind}+zip")
        for name, content in {**files, **extra}.items():
            archive.writestr(name, content)
    return target.getvalue()


def manifest(files: dict[str, bytes]) -> bytes:
    references = "".join(
        f'<asic:DataObjectReference URI="{name}" MimeType="text/plain">'
        f'<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        f"<ds:DigestValue>{base64.b64encode(hashlib.sha256(content).digest()).decode()}</ds:DigestValue>"
        f"</asic:DataObjectReference>"
        for name, content in files.items()
    )
    return (
        '<?xml version="1.0"?><asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" '
        'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><asic:SigReference URI="META-INF/signature.p7s"/>'
        f"{references}</asic:ASiCManifest>"
    ).encode()


FILES = {"a.txt": b"Guten Tag\n", "b.txt": b"Auf Wiedersehen\n"}


def test_an_asic_container_with_one_file_is_covered_whole(scanner):
    one = {"a.txt": b"Guten Tag\n"}
    data = asic("s", one, {"META-INF/signature.p7s": sign(one["a.txt"], identity(), advanced=True)})
    signature = only(scanner.scan(data, name="a.asics"))
    assert (signature.format, signature.coverage, signature.integrity) == ("ASiC-S CAdES", "whole", "pass")


def test_a_manifest_covers_what_it_names_with_the_right_digest(scanner):
    listed = manifest(FILES)
    extra = {"META-INF/ASiCManifest.xml": listed, "META-INF/signature.p7s": sign(listed, identity(), advanced=True)}
    signature = only(scanner.scan(asic("e", FILES, extra), name="a.asice"))
    assert (signature.format, signature.coverage, signature.integrity) == ("ASiC-E CAdES", "whole", "pass")
    for changed in ({**FILES, "b.txt": b"Auf Nimmerwiedersehen\n"}, {**FILES, "c.txt": b"dazu\n"}):
        report = scanner.scan(asic("e", changed, extra), name="a.asice")
        assert only(report).coverage == "partial"
        assert "signature-partial-coverage" in found(report)


# -- PDF -----------------------------------------------------------------------------------------------------------------------


def signed_pdf(*, change: bool = False, behind: bytes = b"", kind: str = "ETSI.CAdES.detached", **options) -> bytes:
    head = (
        PDF.replace(b"%%EOF\n", b"")
        + (
            f"2 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/{kind}/M(D:20261120101500+01'00')/ByteRange[0 @@@@@@ ###### &&&&&&]/Contents"
        ).encode()
    )
    room = 12_000
    tail = b">>\nendobj\n%%EOF\n"
    first, second = len(head), len(head) + room + 2
    for mark, number in ((b"@@@@@@", first), (b"######", second), (b"&&&&&&", len(tail))):
        head = head.replace(mark, str(number).encode().ljust(6))
    value = sign(head + tail, identity(), advanced=True, **options).hex().encode().ljust(room, b"0")
    data = head + b"<" + value + b">" + tail
    return (data.replace(b"/Catalog", b"/Katalog") if change else data) + behind


def test_a_pdf_signature_holds_over_its_byte_range(scanner):
    report = scanner.scan(signed_pdf(), name="a.pdf")
    signature = only(report)
    assert (signature.format, signature.coverage, signature.integrity) == ("PAdES", "whole", "pass")
    assert signature.signer.startswith("Erika Mustermann")
    assert signature.time == "2026-11-20T10:15:00Z"
    assert report.parts[0].signed


def test_a_pdf_changed_inside_its_byte_range_fails(scanner):
    report = scanner.scan(signed_pdf(change=True), name="a.pdf")
    assert only(report).integrity == "fail"
    assert "signature-integrity-failed" in found(report)


def test_what_stands_behind_a_pdf_signature_is_not_covered_though_the_signature_holds(scanner):
    report = scanner.scan(signed_pdf(behind=b"3 0 obj\n<</Type/Page>>\nendobj\n%%EOF\n"), name="a.pdf")
    assert (only(report).integrity, only(report).coverage) == ("pass", "partial")
    assert "signature-partial-coverage" in found(report)


def test_a_pdf_signature_of_an_unknown_scheme_or_without_value_is_not_verified(scanner):
    for data in (signed_pdf(kind="Some.Thing"), signed_pdf().replace(b"Contents<30", b"Contents<00")):
        report = scanner.scan(data, name="a.pdf")
        assert only(report).integrity == "not-evaluated"
        assert "signature-not-verified" in found(report)


def test_a_damaged_pdf_signature_never_raises(scanner):
    data = signed_pdf()
    start = data.index(b"/Contents<") + 10
    for place in range(start, start + 2600, 37):
        damaged = data[:place] + (b"0" if data[place : place + 1] != b"0" else b"f") + data[place + 1 :]
        report = scanner.scan(damaged, name="a.pdf")
        assert not found(report) & {"inspection-failed"}
        assert report.complete


# -- clear-signed mail ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clear(tmp_path_factory) -> bytes:
    folder = tmp_path_factory.mktemp("clear")
    identity().file(folder)
    (folder / "in").write_bytes(b"Content-Type: text/plain\n\nHallo Welt.\n Bis morgen\n")
    openssl("cms", "-sign", "-signer", "key.pem", "-in", "in", "-out", "out", "-md", "sha256", folder=folder)
    return b"From: a@example.org\nSubject: x\n" + (folder / "out").read_bytes()


@needs_openssl
@pytest.mark.parametrize("ends", [b"\n", b"\r\n", None])
def test_a_clear_signed_letter_holds_whatever_its_line_ends(scanner, clear, ends):
    data = clear if ends is None else clear.replace(b"\r\n", b"\n").replace(b"\n", ends)
    report = scanner.scan(data, kind="message")
    assert (only(report).format, only(report).integrity) == ("S/MIME-clear", "pass")
    assert all(part.signed for part in report.parts)


@needs_openssl
def test_a_clear_signed_letter_gives_one_answer_however_it_is_cut(scanner, clear):
    for step in (1, 2, 7, 64):
        scan = scanner.open(kind="message")
        for start in range(0, len(clear), step):
            scan.feed(clear[start : start + step])
        assert only(scan.close()).integrity == "pass"


@needs_openssl
@pytest.mark.parametrize("change", [(b"Welt", b"Wilt"), (b"text/plain", b"text/html"), (b"\n Bis", b"\nBis")])
def test_a_clear_signed_letter_that_was_changed_fails(scanner, clear, change):
    report = scanner.scan(clear.replace(*change, 1), kind="message")
    assert only(report).integrity == "fail"


@needs_openssl
def test_a_clear_signed_letter_is_checked_inside_forwarded_and_attached_mail(scanner, clear):
    forwarded = b"From: b@example.org\r\nContent-Type: message/rfc822\r\n\r\n" + clear
    attached = mail(("brief.eml", clear))
    for data in (forwarded, attached):
        assert [(each.format, each.integrity) for each in scanner.scan(data, kind="message").signatures] == [
            ("S/MIME-clear", "pass")
        ]


@needs_openssl
def test_a_letter_cut_before_its_signature_claims_nothing(scanner, clear):
    for end in range(100, len(clear), 97):
        report = scanner.scan(clear[:end], kind="message")
        assert all(each.integrity != "fail" for each in report.signatures) or end > clear.index(b"smime.p7s")
        assert "inspection-failed" not in {finding.code for finding in report.findings}


def test_what_only_looks_signed_carries_no_signature(scanner):
    data = (
        b"From: a@example.org\r\nContent-Type: multipart/signed; boundary=S; protocol=application/pkcs7-signature\r\n\r\n"
        b"--S\r\n\r\nletter\r\n--S\r\nContent-Type: application/pkcs7-signature\r\n\r\nnothing\r\n--S--\r\n"
    )
    report = scanner.scan(data, kind="message")
    assert report.signatures == ()
    assert next(part for part in report.parts if part.role == "body").signed


# -- report --------------------------------------------------------------------------------------------------------------------


def test_signatures_stand_in_the_json_and_are_read_back(scanner):
    report = scanner.scan(mail(("x.pdf", PDF), ("x.pdf.p7s", sign(PDF, identity()))))
    plain = json.loads(as_json.encode(report))
    assert set(plain["signatures"][0]) == {
        "part", "format", "coverage", "integrity", "trust", "signer", "time", "cause", "trust_cause", "qualified", "qualified_cause",
    }  # fmt: skip
    assert as_json.decode(as_json.encode(report)).signatures == report.signatures


def test_an_unsigned_file_has_no_signature_and_asks_for_no_library(scanner):
    report = scanner.scan(PDF, name="a.pdf")
    assert report.signatures == ()
    assert not found(report)
    assert [check.cause for check in report.checks if check.check == "signature-trust"]
