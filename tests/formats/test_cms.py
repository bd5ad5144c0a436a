"""CMS, PKCS#12 and PEM: what is signed, what is encrypted, what can be read."""

from __future__ import annotations

import base64

import pytest

from attachguard import Policy, Scanner
from attachguard.errors import Malformed
from attachguard.readers.crypto.der import read
from attachguard.readers.crypto.der_kinds import sniff
from tests import HANG
from tests.fixtures import cms


def details(report, code):
    return [finding.detail for finding in report.findings if finding.code == code]


@pytest.mark.parametrize(
    ("sample", "kind"),
    [
        ("opaque/smime.p7m", "pkcs7"),
        ("opaque/stream.p7m", "pkcs7"),
        ("detached/vertrag.pdf.p7s", "pkcs7"),
        ("enveloped/smime.p7m", "pkcs7"),
        ("compressed/smime.p7z", "pkcs7"),
        ("bundle/chain.p7b", "p7b"),
        ("store/locked.p12", "p12"),
        ("store/plain.p12", "p12"),
        ("stamp/vertrag.tsr", "tsr"),
        ("lookalike/server.crt", "crt"),
        ("lookalike/server.csr", "csr"),
        ("lookalike/ca.crl", "crl"),
        ("truncated/smime.p7m", "pkcs7"),
        ("truncated/signed.p7m", "pkcs7"),
    ],
)
def test_structure_tells_what_a_der_file_is(sample, kind):
    assert sniff(cms.SAMPLES[sample]()) == kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"0",
        b"0\x80",
        b"0" * 200,
        b"0\x82\x01\x00" + bytes(256),
        b"00000 nothing but text that starts with a zero\n",
    ],
)
def test_what_only_starts_like_der_has_no_type(data):
    assert sniff(data) is None


def test_opaque_signature_gives_its_content(scan):
    report = scan(cms.signed(b"%PDF-1.4\n%%EOF\n"), "vertrag.pdf.p7m")
    assert details(report, "signature-present") == ["CMS: signed, 1 signer, content inside"]
    assert report.parts[0].signed
    inner = report.parts[1]
    assert (inner.name, inner.role, inner.size, inner.type.id) == ("vertrag.pdf", "embedded", 15, "pdf")


def test_segments_of_a_streamed_object_are_joined(scan):
    report = scan(cms.SAMPLES["opaque/stream.p7m"](), "stream.p7m")
    assert report.parts[1].size == 15
    assert report.parts[1].type.id == "pdf"


def test_program_in_a_signed_envelope_is_seen(codes):
    assert "executable-content" in codes(cms.signed(b"\x7fELF\x02\x01\x01" + bytes(60)), "smime.p7m")


def test_signed_mime_entity_is_opened_as_mail(scan):
    report = scan(cms.signed(cms.MIME), "smime.p7m")
    assert (report.parts[1].name, report.parts[1].type.id) == ("smime.eml", "eml")


def test_signed_data_that_lost_its_signers_is_broken(codes):
    whole = cms.signed_in_pieces(b"Text\n")
    assert "malformed-file" in codes(whole[: whole.index(cms.SIGNER) - 4], "smime.p7m")


def test_detached_signature_has_no_content(scan):
    report = scan(cms.signed(None), "a.p7s")
    assert details(report, "signature-present") == ["CMS: signed, 1 signer, detached"]
    assert len(report.parts) == 1


def test_certificates_alone_are_no_signature(scan):
    report = scan(cms.bundle(), "chain.p7b")
    assert report.parts[0].type.id == "p7b"
    assert not report.parts[0].signed


def test_enveloped_data_needs_a_key_and_says_whose(scan):
    report = scan(cms.enveloped(), "smime.p7m")
    assert report.parts[0].encryption == "unknown-key"
    assert details(report, "encrypted-unknown-key") == [
        "CMS: enveloped, AES-256-CBC, 2 recipients, no key for issuer Test, serial 07; issuer Test, serial 07"
    ]


def test_password_recipients_need_a_password(scan):
    assert scan(cms.enveloped(1, tag=0xA3), "smime.p7m").parts[0].encryption == "unknown-password"


def test_envelope_inside_a_signature_is_encrypted(scan):
    report = scan(cms.signed(cms.enveloped()), "smime.p7m")
    assert [part.encryption for part in report.parts] == ["none", "unknown-key"]


def test_compressed_data_is_unpacked(scan):
    report = scan(cms.compressed(b"klein " * 50), "smime.p7z")
    assert report.parts[1].size == 300
    assert not report.parts[0].signed


@pytest.mark.parametrize(
    "wrap", [lambda der: cms.pem("PKCS7", der), lambda der: cms.pem("CMS", der), base64.encodebytes]
)
def test_text_forms_are_decoded(scan, wrap):
    report = scan(wrap(cms.signed(b"inner text\n")), "smime.p7m")
    assert report.parts[0].signed
    assert report.parts[1].size == 11


def test_cut_envelope_is_still_encrypted_and_called_broken(scan):
    report = scan(cms.SAMPLES["truncated/smime.p7m"](), "smime.p7m")
    assert report.parts[0].encryption == "unknown-key"
    assert "malformed-file" in {finding.code for finding in report.findings}


def test_time_stamp_is_a_signature(scan):
    assert details(scan(cms.time_stamp(), "a.tsr"), "signature-present") == ["CMS: signed, 1 signer, time stamp"]


@pytest.mark.parametrize(
    ("store", "state"),
    [
        (cms.key_store("geheim"), "unknown-password"),
        (cms.key_store("anders"), "known-password"),
        (cms.key_store(""), "opens-without-password"),
        (cms.key_store(None), "unknown-password"),
        (cms.key_store(None, encrypted=False), "none"),
        (cms.key_store("geheim", encrypted=False), "none"),
        (cms.key_store("anders", rounds=1)[:-1] + b"\x7f", "unknown-password"),
    ],
)
def test_key_store_opens_for_a_password_that_its_mac_accepts(store, state):
    scanner = Scanner(Policy.load("audit"), passwords=["falsch", "anders"])
    assert scanner.scan(store, name="a.p12", kind="file").parts[0].encryption == state


def test_rounds_that_would_take_hours_are_not_computed(scan):
    store = cms.key_store("x", rounds=3)
    huge = store[:-3] + cms.integer(0x7FFFFFFF)
    report = scan(cms.seq(read(huge).content()), "a.p12")
    assert report.parts[0].encryption == "unknown-password"
    assert report.seconds < HANG


@pytest.mark.parametrize(
    ("key", "state"),
    [
        (cms.SAMPLES["pem/key.pem"](), "unknown-password"),
        (
            cms.pem("RSA PRIVATE KEY", bytes(90), "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n"),
            "unknown-password",
        ),
        (cms.pem("PRIVATE KEY", cms.seq(cms.integer(0))), "none"),
        (cms.pem("CERTIFICATE", cms.certificate()), "none"),
        (cms.SAMPLES["lookalike/howto.txt"](), "none"),
        (b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n(your key here)\n-----END ENCRYPTED PRIVATE KEY-----\n", "none"),
    ],
)
def test_private_keys_under_a_password_are_encrypted_content(scan, key, state):
    assert scan(key, "key.pem").parts[0].encryption == state


def test_nesting_without_end_is_refused_and_does_not_recurse():
    deep = b"\x30\x80" * 100_000
    with pytest.raises(Malformed):
        read(b"\x24\x80" * 50_000 + b"\x04\0" * 10).child_list()[0].octets().__next__()
    assert sniff(deep) is None


def test_object_identifiers_read_back():
    assert read(cms.oid("2.16.840.1.101.3.4.1.42")).oid() == "2.16.840.1.101.3.4.1.42"
    assert read(cms.oid("1.2.840.113549.1.7.2")).oid() == "1.2.840.113549.1.7.2"
    assert read(b"\x04\x01a").oid() == ""
