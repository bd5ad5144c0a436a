"""Word documents."""

from __future__ import annotations

import pytest

from attachguard import Policy, Scanner
from attachguard.errors import LimitExceeded
from attachguard.formats.office.doc import field_codes
from attachguard.testkit.legacy import header
from tests.fixtures import doc
from tests.fixtures.cfb import build


def details(report, code: str) -> list[str]:
    return [finding.detail for finding in report.findings if finding.code == code]


@pytest.mark.parametrize("options", [{}, {"wide": True}, {"split": True}, {"wide": True, "split": True}])
def test_a_dde_field_is_active_content(scan, options):
    report = scan(doc.document('Text \x13 DDEAUTO cmd "/c calc" \x14x\x15 mehr', **options), "a.doc")
    assert details(report, "active-content") == ['DDE field: DDEAUTO cmd "/c calc"']


def test_a_field_name_put_together_from_numbers_is_read(scan):
    report = scan(doc.document("\x13\x13 QUOTE 68 68 69 \x14x\x15 cmd x\x15"), "a.doc")
    assert details(report, "active-content") == ["DDE field: DDE cmd x"]


def test_words_in_the_text_are_no_fields(codes):
    assert codes(doc.SAMPLES["lookalike/brief.doc"](), "brief.doc") == {"legacy-office-format"}


def test_a_picture_from_another_host_is_an_external_reference(scan):
    report = scan(doc.document('\x13 INCLUDEPICTURE "\\\\\\\\203.0.113.7\\\\a.png" \\d \x14\x15'), "a.doc")
    assert details(report, "external-reference") == ["INCLUDEPICTURE field: \\\\203.0.113.7\\a.png"]


def test_a_picture_beside_the_document_is_none(codes):
    assert codes(doc.document('\x13 INCLUDEPICTURE "bild.png" \x14\x15'), "a.doc") == {"legacy-office-format"}


def test_a_template_from_another_host_is_an_external_reference(scan):
    report = scan(doc.SAMPLES["template/brief.doc"](), "brief.doc")
    assert details(report, "external-reference") == ["Attached template: http://203.0.113.7/vorlage.dot"]
    assert "external-reference" not in {
        finding.code for finding in scan(doc.document(template="C:\\Normal.dot"), "a.doc").findings
    }


def test_an_unknown_password_is_said(scan):
    report = scan(doc.SAMPLES["encrypted/brief.doc"](), "brief.doc")
    assert report.parts[0].encryption == "unknown-password"
    assert len(report.parts) == 1


def test_a_known_password_opens_the_document():
    scanner = Scanner(Policy.load("audit"), passwords=["falsch", "geheim"])
    report = scanner.scan(doc.encrypted("geheim"), name="a.doc", kind="file")
    assert report.parts[0].encryption == "known-password"
    assert details(report, "active-content") == ["DDE field: DDEAUTO cmd test"]


def test_xor_obfuscation_is_encryption(scan):
    streams = {"WordDocument": header(flags=0x8100, key=0x1234)}
    assert scan(build(streams), "a.doc").parts[0].encryption == "unknown-password"


def test_a_cut_header_is_malformed(codes):
    assert "malformed-file" in codes(build({"WordDocument": b"\xec\xa5"}), "a.doc")


def test_fields_that_never_end_are_read():
    assert list(field_codes("\x13 DDE a")) == [" DDE a"]


@pytest.mark.parametrize("text", ["\x13" * 50_000, "\x13x\x15" * 100_000])
def test_too_many_fields_are_a_limit_and_no_silence(text):
    with pytest.raises(LimitExceeded):
        list(field_codes(text))
