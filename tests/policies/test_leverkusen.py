"""The clause table of Leverkusen, L1 to L12, and the hard cases that touch it."""

from __future__ import annotations

import pytest

from attachguard.model import Action, Envelope, Notify, Scope
from tests.policies.messages import FLAGGED, KEPT_FROM_SENDER, MIB, REFUSED


@pytest.fixture(scope="module")
def city(judging):
    return judging("leverkusen")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("pdf", "a.pdf"), ("rtf", "a.rtf"), ("docx", "a.docx"), ("xlsx", "a.xlsx"), ("txt", "a.txt"), ("html", "a.htm"), ("html", "a.html"),
        ("xhtml", "a.htm"), ("csv", "a.txt"), ("txt", "a.htm"), ("ooxml-enc", "a.docx"),
    ],
)  # fmt: skip
def test_l1_the_six_formats_are_accepted(city, kind, name):
    assert city.lists(kind, name) == set()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("doc", "a.doc"), ("xls", "a.xls"), ("jpg", "a.jpg"), ("png", "a.png"), ("csv", "a.csv"), ("txt", "a.csv"), ("xlsm", "a.xlsm"),
        ("docm", "a.docx"), ("odt", "a.odt"), ("pptx", "a.pptx"), ("xml", "a.xml"), ("msg", "a.msg"), ("rtf", "a.doc"), ("pgp", "key.asc"),
    ],
)  # fmt: skip
def test_l1_other_attachments_are_withheld_and_the_sender_told(city, kind, name):
    assert city.lists(kind, name) == {"type-not-allowed"}
    assert city.outcome("type-not-allowed") == KEPT_FROM_SENDER
    assert city.clause("type-not-allowed") == ("L1", "text")


def test_l1_a_logo_of_the_shown_body_is_body(city):
    assert city.lists("png", "logo.png", role="inline") == set()
    assert city.lists("png", "logo.png") == {"type-not-allowed"}


def test_l1_a_forwarded_mail_is_judged_by_what_is_in_it(city, made):
    forwarded = made.part("eml", "fwd.eml")
    assert city.lists("eml", "fwd.eml") == set()
    assert city.lists("pdf", "a.pdf", parent=forwarded) == set()
    assert city.lists("jpg", "a.jpg", parent=forwarded) == {"type-not-allowed"}


def test_l1_the_xml_inside_an_electronic_invoice_is_flagged_not_refused(city, made):
    xml = made.part("xml", "factur-x.xml", role="embedded", parent=made.part())
    assert city.outcome("type-not-allowed", part=xml) == FLAGGED


@pytest.mark.parametrize("code", ["executable-content", "script-content", "archive-self-extracting"])
def test_l2_programs_are_refused(city, code):
    assert city.outcome(code) == REFUSED
    assert city.verdict(code).smtp.startswith("550 5.7.1 ")


def test_l3_every_archive_is_refused_at_any_depth(city, made):
    document = made.part()
    for part in (
        made.part("zip", "a.zip"),
        made.part("zip", "a.zip", role="embedded", parent=document),
        made.part("gz", "a.gz"),
    ):
        assert city.outcome("archive-content", part=part) == REFUSED
    assert city.clause("archive-content") == ("L3", "text")


def test_l3_writing_a_file_as_text_is_no_compression(city, made):
    assert city.outcome("archive-content", part=made.part("uue", "a.uue")) == FLAGGED
    assert city.lists("uue", "a.uue") == set()


@pytest.mark.parametrize("channel", ["smtp", "de-mail"])
def test_l4_ten_megabytes_on_the_wire_equal_passes_on_every_channel(city, channel):
    envelope = Envelope(channel=channel)
    assert city.message(10 * MIB, envelope=envelope) == set()
    assert city.message(10 * MIB + 1, envelope=envelope) == {"message-too-large"}
    assert city.outcome("message-too-large") == REFUSED
    assert city.verdict("message-too-large").smtp.startswith("552 5.3.4 ")


def test_l4_size_gives_the_reply_when_there_are_several_reasons(city):
    assert city.verdict("archive-content", "message-too-large").smtp.startswith("552 5.3.4 ")


def test_l5_smime_is_handed_on_and_an_unknown_key_is_refused(city):
    assert city.outcome("smime-encrypted") == FLAGGED
    assert city.outcome("encrypted-unknown-key") == REFUSED
    assert city.lists("pkcs7", "smime.p7s") == set()
    assert city.lists("pkcs7", "smime.p7m") == set()


def test_l6_pgp_is_not_supported(city, made):
    pgp = made.part("pgp", "encrypted.asc", encryption="unsupported-scheme")
    assert city.outcome("encryption-scheme-not-supported", part=pgp) == REFUSED
    assert city.clause("encryption-scheme-not-supported", part=pgp) == ("L6", "text")
    assert city.clause("encrypted-unknown-password", part=pgp) == ("L6", "text")
    assert city.lists("pgp", "encrypted.asc", encryption="unsupported-scheme") == set()
    assert city.lists("pgp", "signature.asc", declared="application/pgp-signature") == set()


def test_l6_the_version_part_of_a_pgp_mail_is_structure_and_nothing_else_hides_behind_its_media_type(city):
    declared = "application/pgp-encrypted"
    assert city.lists("txt", "", declared=declared, data=b"Version: 1\r\n") == set()
    assert city.lists("png", "a.png", declared=declared, data=b"\x89PNG") == {"type-not-allowed"}


def test_l8_only_signed_mail_has_a_binding_address(city, made):
    elsewhere = Envelope(recipients=("amt@stadt.leverkusen.de",))
    assert city.message(envelope=elsewhere) == set()
    assert city.message(parts=[made.part(signed=True)], envelope=elsewhere) == {"address-not-binding"}
    assert city.outcome("address-not-binding") == FLAGGED


def test_l9_malware_is_refused_and_only_a_proven_sender_told(city):
    verdict = city.verdict("malware-signature")
    assert (verdict.action, verdict.scope, verdict.notify) == (Action.REJECT, Scope.MESSAGE, Notify.SENDER_IF_VALID)
    assert verdict.smtp == "550 5.7.1 The message contains harmful content"


@pytest.mark.parametrize(
    "code", ["malformed-mime", "malformed-file", "encrypted-unknown-password", "encryption-scheme-not-supported"]
)
def test_l10_what_cannot_be_processed_is_refused(city, code):
    assert city.outcome(code) == REFUSED
    assert city.clause(code) == ("L10", "inferred")


@pytest.mark.parametrize(
    "kind", ["pdf-javascript", "dde-field", "html-smuggling", "vba", "spam", "attached-template", "link-only-message"]
)
def test_l11_what_the_text_does_not_forbid_is_flagged_as_the_text_says(city, kind):
    assert city.outcome(kind) == FLAGGED
    assert city.clause(kind) == ("L11", "text")


def test_l11_a_tightened_copy_shows_its_rules_as_the_operators(judging, tmp_path):
    path = tmp_path / "tight.toml"
    path.write_text(
        '[policy]\nid = "leverkusen-tight"\nversion = "1"\ninclude = ["leverkusen"]\n'
        '[[rule]]\ncode = "active-content"\nkind = "pdf-javascript"\naction = "reject"\ncite = "IT 7"\n'
    )
    tight = judging(str(path))
    assert tight.outcome("pdf-javascript")[0] == "reject"
    assert tight.clause("pdf-javascript") == ("IT 7", "operator")
    assert tight.clause("dde-field") == ("L11", "text")


def test_a_withheld_file_beside_a_refusal_changes_neither_the_refusal_nor_the_notice(city):
    verdict = city.verdict("type-not-allowed", "archive-content")
    assert (verdict.action, verdict.notify, verdict.reasons) == (
        Action.REJECT,
        Notify.SENDER_IF_VALID,
        ("archive-content",),
    )
