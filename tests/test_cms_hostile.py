"""Attempts to make a CMS signature pass that should not, or to make its reader stumble."""

from __future__ import annotations

import hashlib

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.readers.crypto import der
from attachguard.signing.smime import PemDecryptor
from tests.fixtures.cms import DATA, SIGNED, indefinite, info, integer, octets, oid, seq, tlv
from tests.pki import identity, needs_openssl, openssl, sign
from tests.test_signatures import PDF, found, mail, only

TEXT = b"Guten Tag\r\n"


@pytest.fixture(scope="module")
def scanner():
    return Scanner(Policy.load("audit"), rules=Rules.empty())


def fields(cms: bytes):
    """What a SignedData is made of: digests, content, certificates, signers, each in DER."""
    members = der.content_info(der.read(cms))[1].child_list()
    return [each.encoded() for each in members[1:]]


def joined(*parts: bytes) -> bytes:
    return info(SIGNED, seq(integer(1), *parts))


def signers(*cms: bytes) -> bytes:
    """One SignedData with the signers and certificates of several over the same content."""
    taken = [fields(each) for each in cms]
    certificates = b"".join(der.read(each[2]).content() for each in taken)
    infos = b"".join(der.read(each[3]).content() for each in taken)
    return joined(taken[0][0], taken[0][1], tlv(0xA0, certificates), tlv(0x31, infos))


# -- signers ----------------------------------------------------------------------------------------------------------------------


def test_each_of_two_signers_has_an_answer_of_its_own(scanner):
    good = sign(TEXT, identity("rsa"), attached=True)
    bad = sign(TEXT, identity("p256"), attached=True, claimed=bytes(32))
    report = scanner.scan(signers(good, bad), name="a.p7m")
    assert [(each.signer[-6:], each.integrity) for each in report.signatures] == [
        (" rsa 0", "pass"),
        ("p256 0", "fail"),
    ]
    assert "signature-integrity-failed" in found(report)
    check = next(each for each in report.checks if each.check == "signature-integrity")
    assert (check.result, check.cause) == (
        "fail",
        "the digest of the content differs from the signed one (1 of 2 signatures)",
    )


def test_an_object_without_signers_is_no_signature(scanner):
    parts = fields(sign(TEXT, identity(), attached=True))
    report = scanner.scan(joined(parts[0], parts[1], parts[2], tlv(0x31)), name="a.p7m")
    assert report.signatures == ()
    assert "signature-present" not in found(report)


def test_signers_past_the_bound_are_said_to_be_left_out(scanner):
    one = sign(TEXT, identity("p256"), attached=True)
    report = scanner.scan(signers(*[one] * 20), name="a.p7m")
    assert {each.integrity for each in report.signatures} == {"pass"}
    assert any("more signers" in finding.detail for finding in report.findings)


def test_another_certificate_of_the_same_name_and_number_does_not_fit(scanner):
    """The certificate in the object was exchanged for one with another key."""
    parts = fields(sign(TEXT, identity("rsa"), attached=True))
    other = fields(sign(TEXT, identity("rsa", 1), attached=True))
    assert only(scanner.scan(joined(parts[0], parts[1], other[2], parts[3]), name="a.p7m")).integrity == "not-evaluated"


def test_a_bound_certificate_that_was_exchanged_fails(scanner):
    """CAdES binds the certificate by its digest: another one for the same key is another signer."""
    who = identity("rsa")
    data = sign(TEXT, who, attached=True, advanced=True)
    bound = hashlib.sha256(who.der).digest()
    assert data.count(bound) == 1
    report = scanner.scan(data.replace(bound, hashlib.sha256(b"other").digest()), name="a.p7m")
    assert only(report).integrity == "fail"
    assert "certificate" in only(report).cause


def test_an_expired_certificate_leaves_integrity_as_it_is(scanner):
    report = scanner.scan(sign(TEXT, identity("rsa", 6, days=-1), attached=True), name="a.p7m")
    assert only(report).integrity == "pass"


# -- digests ----------------------------------------------------------------------------------------------------------------------


@needs_openssl
@pytest.mark.parametrize(("digest", "shown"), [("md5", "MD5"), ("sha1", "SHA-1")])
def test_broken_digests_can_fail_but_never_pass(scanner, tmp_path, digest, shown):
    identity().file(tmp_path)
    (tmp_path / "in").write_bytes(TEXT)
    openssl(
        "cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-md", digest, "-signer", "key.pem", "-in", "in", "-out", "out", folder=tmp_path
    )  # fmt: skip
    data = (tmp_path / "out").read_bytes()
    signature = only(scanner.scan(data, name="a.p7m"))
    assert (signature.integrity, signature.cause) == ("not-evaluated", f"{shown} proves nothing any more")
    assert only(scanner.scan(data.replace(TEXT, b"Gute Nacht!"), name="a.p7m")).integrity == "fail"


@needs_openssl
@pytest.mark.parametrize("digest", ["sha224", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_what_openssl_signs_passes(scanner, tmp_path, digest, kind):
    identity(kind).file(tmp_path)
    (tmp_path / "in").write_bytes(TEXT)
    arguments = ("-nodetach", "-outform", "DER", "-md", digest, "-signer", "key.pem", "-in", "in", "-out", "out")
    for options in (
        (),
        ("-cades",),
        ("-stream", "-indef"),
        ("-noattr",),
        *((("-keyopt", "rsa_padding_mode:pss"),) if kind == "rsa" else ()),
    ):
        behind = options if options[:1] == ("-keyopt",) else ()
        ahead = () if behind else options
        openssl("cms", "-sign", "-binary", *ahead, *arguments, *behind, folder=tmp_path)
        signature = only(scanner.scan((tmp_path / "out").read_bytes(), name="a.p7m"))
        assert (signature.integrity, signature.cause) == ("pass", ""), options
        assert signature.format == ("CAdES-attached" if options == ("-cades",) else "CMS-attached")


# -- what is signed ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [("x.pdf", "x.pdf.p7s"), ("X.PDF", "x.pdf.P7S"), ("x.pdf", "X.p7s")])
def test_a_signature_of_another_file_under_this_name_fails(scanner, names):
    report = scanner.scan(mail((names[0], PDF), (names[1], sign(b"another file", identity()))))
    assert only(report).integrity == "fail"


def test_several_signatures_find_each_its_file_and_one_file_may_have_two(scanner):
    files = [(f"{name}.txt", f"{name}\n".encode() * 9) for name in "abc"]
    beside = [(f"{name}.P7S", sign(content, identity(), advanced=True)) for name, content in files]
    second = ("zweite.p7s", sign(files[0][1], identity("p256"), digest="sha512", advanced=True))
    report = scanner.scan(mail(*beside, second, *files))
    assert [(each.coverage, each.integrity) for each in report.signatures] == [("whole", "pass")] * 4
    assert all(part.signed for part in report.parts if part.role == "attachment")
    lacking = scanner.scan(mail(*beside, second, *files[1:]))
    assert sorted(each.integrity for each in lacking.signatures) == ["not-evaluated", "not-evaluated", "pass", "pass"]
    assert [finding.code for finding in lacking.findings].count("signature-orphan") == 2


def test_a_detached_signature_in_another_message_is_no_partner(scanner):
    inner = mail(("x.pdf.p7s", sign(PDF, identity())))
    report = scanner.scan(mail(("x.pdf", PDF), ("brief.eml", inner)))
    assert only(report).integrity == "not-evaluated"
    assert "signature-orphan" in found(report)


def test_content_of_another_type_than_the_attributes_say_fails(scanner):
    """RFC 5652 section 11.1: the content type is signed, or a structure could be taken for plain content."""
    data = sign(TEXT, identity(), attached=True)
    report = scanner.scan(data.replace(oid(DATA) + b"\xa0", oid("1.2.840.113549.1.7.5") + b"\xa0", 1), name="a.p7m")
    assert all(each.integrity != "pass" for each in report.signatures)


def test_attributes_that_stand_twice_pass_nothing(scanner):
    data = sign(TEXT, identity(), attached=True)
    attribute = seq(oid("1.2.840.113549.1.9.4"), tlv(0x31, octets(bytes(32))))
    parts = fields(data)
    signer = der.read(der.read(parts[3]).content())
    members = [each.encoded() for each in signer.children()]
    members[3] = tlv(0xA0, attribute, der.read(members[3]).content())
    report = scanner.scan(joined(parts[0], parts[1], parts[2], tlv(0x31, seq(*members))), name="a.p7m")
    assert all(each.integrity != "pass" for each in report.signatures)


# -- encodings --------------------------------------------------------------------------------------------------------------------


def rebuilt(content: bytes) -> bytes:
    """A signature over TEXT with the content written in another way."""
    parts = fields(sign(TEXT, identity(), attached=True))
    return joined(parts[0], seq(oid(DATA), content), parts[2], parts[3])


@pytest.mark.parametrize(
    "content",
    [
        tlv(0xA0, tlv(0x24, octets(TEXT[:4]), octets(TEXT[4:]))),
        tlv(0xA0, indefinite(0x24, octets(TEXT[:1]), octets(b""), octets(TEXT[1:]))),
        indefinite(0xA0, indefinite(0x24, tlv(0x24, octets(TEXT[:5]), octets(TEXT[5:])))),
        tlv(0xA0, b"\x04\x84\x00\x00\x00" + bytes((len(TEXT),)) + TEXT),
    ],
    ids=["segments", "indefinite", "nested segments", "long length"],
)
def test_content_in_segments_and_indefinite_lengths_is_the_same_content(scanner, content):
    report = scanner.scan(rebuilt(content), name="a.p7m")
    assert only(report).integrity == "pass"
    assert any(part.size == len(TEXT) for part in report.parts[1:])


@pytest.mark.parametrize(
    "content",
    [
        tlv(0xA0, b"\x04\x84\xff\xff\xff\xff" + TEXT),
        tlv(0xA0, b"\x04\x88\xff\xff\xff\xff\xff\xff\xff\xff" + TEXT),
        tlv(0xA0, b"\x04\x89" + b"\1" * 9 + TEXT),
        tlv(0xA0, b"\x24\x80" * 500),
        tlv(0xA0, tlv(0x24, tlv(0x24, tlv(0x24, tlv(0x24, octets(TEXT))))) * 50),
        b"\xa0\x80" * 2000,
    ],
    ids=["4 GiB", "16 EiB", "nine octets", "open segments", "repeated", "open wrappers"],
)
def test_impossible_lengths_and_endless_nesting_are_bounded(scanner, content):
    report = scanner.scan(rebuilt(content), name="a.p7m")
    assert all(each.integrity != "pass" for each in report.signatures)
    assert not {finding.code for finding in report.findings} & {"inspection-failed", "scan-incomplete"}


def test_names_with_zeros_and_controls_are_shown_as_what_they_are(scanner):
    """A certificate for `good.example\\0.evil.example` is not one for `good.example`."""
    who = identity("rsa")
    parts = fields(sign(TEXT, who, attached=True))
    name = seq(tlv(0x31, seq(oid("2.5.4.3"), tlv(0x0C, b"good.example\0\x1b[31m.evil.example"))))
    certificate = der.read(der.read(parts[2]).content())
    inner, algorithm, value = (each.encoded() for each in certificate.children())
    members = [each.encoded() for each in der.read(inner).children()]
    members[5] = name
    forged = seq(seq(*members), algorithm, value)
    report = scanner.scan(joined(parts[0], parts[1], tlv(0xA0, forged), parts[3]), name="a.p7m")
    shown = only(report).signer
    assert shown.startswith("good.example\ufffd")
    assert shown.endswith(".evil.example")
    assert shown.isprintable()


def test_flipped_bits_never_raise_and_pass_only_where_nothing_was_signed(scanner):
    data = sign(TEXT, identity("p256"), attached=True, advanced=True)
    whole = scanner.scan(data, name="a.p7m")
    for place in range(0, len(data), 3):
        changed = data[:place] + bytes((data[place] ^ 0x10,)) + data[place + 1 :]
        report = scanner.scan(changed, name="a.p7m")
        assert "inspection-failed" not in {finding.code for finding in report.findings}
        if any(each.integrity == "pass" for each in report.signatures):
            # Around the signed octets there is the version, the names of digests, and the certificate's own signature.
            assert report.parts[1].sha256 == whole.parts[1].sha256


# -- layers -----------------------------------------------------------------------------------------------------------------------


@needs_openssl
def test_signed_then_encrypted_then_signed_mail_is_judged_to_the_bottom(tmp_path):
    who, other = identity("rsa"), identity("p256")
    key = who.file(tmp_path)
    other.file(tmp_path, "other.pem")
    batch = b'Content-Type: application/octet-stream; name="a.bat"\r\nContent-Disposition: attachment; filename="a.bat"\r\n\r\n@echo off\r\ndel *.*\r\n'
    (tmp_path / "0").write_bytes(batch)
    openssl("cms", "-sign", "-binary", "-signer", "key.pem", "-in", "0", "-out", "1", folder=tmp_path)
    openssl("cms", "-encrypt", "-binary", "-aes-256-gcm", "-in", "1", "-out", "2", "key.pem", folder=tmp_path)
    openssl("cms", "-sign", "-binary", "-nodetach", "-signer", "other.pem", "-in", "2", "-out", "3", folder=tmp_path)
    message = b"From: a@example.org\r\n" + (tmp_path / "3").read_bytes()
    judge = Scanner(Policy.load("kaiserslautern"), rules=Rules.empty(), smime=PemDecryptor([key]))
    report = judge.scan(message, kind="message")
    assert [(each.format, each.integrity) for each in report.signatures] == [
        ("S/MIME-clear", "pass"),
        ("S/MIME-opaque", "pass"),
    ]
    assert "key-held" in {part.encryption for part in report.parts}
    assert {"executable-content", "script-content"} & {finding.code for finding in report.findings}
    assert not report.verdict.action.delivers
    assert all(part.signed for part in report.parts[1:])
