"""Encrypted Office Open XML."""

from __future__ import annotations

import time

from attachguard import Policy, Scanner
from tests import HANG
from tests.fixtures import ooxmlenc
from tests.fixtures.cfb import build


def test_the_built_in_password_opens_the_package(scan):
    report = scan(ooxmlenc.SAMPLES["default-password/plan.xlsx"](), "plan.xlsx")
    assert (report.parts[0].type.id, report.parts[0].encryption) == ("ooxml-enc", "default-password")
    inner = report.parts[1]
    assert (inner.role, inner.size) == ("embedded", len(ooxmlenc.package()))
    assert any(part.name == "hinweis.txt" for part in report.parts)


def test_the_password_of_powerpoint_is_not_tried_on_what_only_others_open(scan):
    data = ooxmlenc.agile("/01Hannes Ruescher/01")
    states = {name: scan(data, name).parts[0].encryption for name in ("a.pptx", "a", "a.docx.pptx", "a.docx", "a.xlsm")}
    assert states == {
        "a.pptx": "default-password",
        "a": "default-password",
        "a.docx.pptx": "default-password",
        "a.docx": "unknown-password",
        "a.xlsm": "unknown-password",
    }


def test_an_unknown_password_is_said_with_its_scheme(scan):
    report = scan(ooxmlenc.SAMPLES["unknown-password/plan.xlsx"](), "plan.xlsx")
    assert [(finding.code, finding.detail) for finding in report.findings if finding.code.startswith("encrypted")] == [
        ("encrypted-unknown-password", "Office: agile encryption, AES-256, SHA512")
    ]
    assert len(report.parts) == 1


def test_a_known_password_opens_the_package_and_is_never_told():
    scanner = Scanner(Policy.load("audit"), passwords=["falsch", "Geheim-1"])
    report = scanner.scan(ooxmlenc.agile("Geheim-1"), name="plan.xlsx", kind="file")
    assert report.parts[0].encryption == "known-password"
    assert "Geheim-1" not in repr(report)


def test_rights_management_needs_a_key(scan):
    report = scan(ooxmlenc.SAMPLES["rights-managed/brief.docx"](), "brief.docx")
    assert (report.parts[0].type.id, report.parts[0].encryption) == ("ooxml-irm", "unknown-key")


def test_too_many_hash_rounds_are_not_done(scan):
    begun = time.perf_counter()
    report = scan(ooxmlenc.agile("VelvetSweatshop", rounds=10_000_000), "plan.xlsx")
    assert time.perf_counter() - begun < HANG
    assert report.parts[0].encryption == "unknown-password"


def test_extensible_and_unknown_versions_are_named(scan):
    assert scan(ooxmlenc.SAMPLES["extensible/brief.docx"](), "brief.docx").parts[0].encryption == "unknown-password"
    other = build({"EncryptionInfo": b"\x09\x00\x09\x00" + bytes(40), "EncryptedPackage": bytes(100)})
    assert scan(other, "brief.docx").parts[0].encryption == "unsupported-scheme"


def test_a_missing_description_is_malformed_and_encrypted(scan):
    report = scan(build({"EncryptedPackage": bytes(100)}), "brief.docx")
    assert report.parts[0].encryption == "unknown-password"
    assert "malformed-file" in {finding.code for finding in report.findings}


def test_nonsense_in_the_description_opens_nothing(scan):
    whole = ooxmlenc.agile("VelvetSweatshop")
    for old, new in (
        (b'keyBits="256"', b'keyBits="255"'),
        (b'"SHA512"', b'"SHA9x2"'),
        (b'saltValue="A', b'saltValue="!'),
        (b'"16" key', b'"xx" key'),
    ):
        report = scan(whole.replace(old, new), "plan.xlsx")
        assert "inspection-failed" not in {finding.code for finding in report.findings}


def test_letters_beyond_ascii_are_no_base64(scan):
    data = bytearray(ooxmlenc.agile("VelvetSweatshop"))
    for name in (b'saltValue="', b'encryptedVerifierHashInput="', b'encryptedKeyValue="'):
        at = data.rfind(name) + len(name)
        data[at : at + 2] = "ä".encode()
    report = scan(bytes(data), "plan.xlsx")
    assert "inspection-failed" not in {finding.code for finding in report.findings}
    assert report.parts[0].encryption == "unknown-password"
