"""The clause table of Kaiserslautern, K1 to K14, and the hard cases that touch it."""

from __future__ import annotations

import pytest

from attachguard.model import Action, Envelope, Notify, Scope
from tests.policies.messages import DROPPED, FLAGGED, KEPT_FOR_ADDRESSEE, MIB


@pytest.fixture(scope="module")
def city(judging):
    return judging("kaiserslautern")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("txt", "note.txt"), ("txt", "note.asc"), ("csv", "table.csv"), ("rtf", "a.rtf"), ("pdf", "a.pdf"), ("xml", "a.xml"), ("tif", "a.tif"),
        ("gif", "a.gif"), ("jpg", "a.JPG"), ("jpg", "a.jpeg"), ("bmp", "a.bmp"), ("doc", "a.doc"), ("docx", "a.docx"), ("xls", "a.xls"),
        ("xls5", "a.xls"), ("xlsx", "a.xlsx"), ("ppt", "a.ppt"), ("pptx", "a.pptx"), ("odt", "a.odt"), ("ods", "a.ods"), ("html", "a.htm"),
        ("zip", "a.zip"), ("pdf", "no suffix at all"), ("pdf", "Schreiben Nr. 5"),
    ],
)  # fmt: skip
def test_k1_types_of_the_state_list_are_accepted(city, kind, name):
    assert city.lists(kind, name) == set()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("png", "a.png"), ("heic", "a.heic"), ("7z", "a.7z"), ("rar", "a.rar"), ("docm", "a.docx"), ("odp", "a.odp"), ("msg", "a.msg"),
        ("png", "a.pdf"), ("pdf", "a.xyz"), ("csv", "a.md"), ("", "a.pdf"), ("mp3", "a.mp3"), ("p7b", "chain.p7b"),
    ],
)  # fmt: skip
def test_k1_other_types_are_withheld_and_the_addressee_told(city, kind, name):
    assert city.lists(kind, name) == {"type-not-allowed"}
    assert city.outcome("type-not-allowed") == KEPT_FOR_ADDRESSEE
    assert city.clause("type-not-allowed") == ("K1", "text")


def test_k1_csv_is_on_the_list_as_ascii_only(city):
    assert city.lists("csv", "a.csv", data="Straße;5\n".encode("latin-1")) == {"type-not-allowed"}
    assert city.lists("csv", "a.csv", data=b"Strasse;5\n") == set()


def test_k1_members_of_an_accepted_zip_obey_the_list_at_any_depth(city, made):
    outer = made.part("zip", "outer.zip")
    inner = made.part("zip", "inner.zip", role="member", parent=outer)
    assert city.lists("png", "a.png", role="member", parent=inner) == {"type-not-allowed"}
    assert city.lists("pdf", "a.pdf", role="member", parent=inner) == set()


def test_k1_pieces_of_a_document_are_no_files_of_their_own(city, made):
    assert city.lists("png", "image1.png", role="member", parent=made.part("docx", "a.docx")) == set()


def test_k1_what_is_embedded_in_a_document_is_flagged_when_off_the_list(city, made):
    invoice = made.part("pdf", "invoice.pdf")
    assert city.lists("xml", "factur-x.xml", role="embedded", parent=invoice) == set()
    picture = made.part("png", "a.png", role="embedded", parent=invoice)
    assert {finding.code for finding in city.policy.part_findings(picture)} == {"type-not-allowed"}
    assert city.outcome("type-not-allowed", part=picture) == FLAGGED


def test_k1_pictures_inside_a_document_are_pieces_of_it_and_tables_are_files(city, made):
    letter = made.part("docx", "a.docx")
    assert city.lists("png", "word/media/image1.png", role="embedded", parent=letter) == set()
    assert city.lists("xlsb", "word/embeddings/table.xlsb", role="embedded", parent=letter) == {"type-not-allowed"}
    assert city.lists("xml", "", role="embedded", parent=made.part()) == set()


def test_k4_what_a_known_password_unlocks_is_judged_as_the_attachment_it_is(city, made):
    locked = made.part("ooxml-enc", "a.xlsx", encryption="known-password")
    assert city.lists("ooxml-enc", "a.xlsx") == set()
    assert city.lists("xlsx", "decrypted", role="embedded", parent=locked) == set()
    assert city.lists("xlsb", "decrypted", role="embedded", parent=locked) == {"type-not-allowed"}
    inside = made.part("xlsb", "decrypted", role="embedded", parent=locked)
    assert city.outcome("type-not-allowed", part=inside) == KEPT_FOR_ADDRESSEE


def test_k1_several_types_in_one_file_must_all_be_on_the_list(city):
    assert city.lists("pdf jpg", "a.pdf") == set()
    assert city.lists("pdf 7z", "a.pdf") == {"type-not-allowed"}


def test_k1_an_operator_adds_png_and_the_rest_of_the_policy_stays(judging, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('[policy]\nid = "mine"\nversion = "1"\ninclude = ["kaiserslautern"]\n[types]\naccept = ["png"]\n')
    mine = judging(str(path))
    assert mine.lists("png", "a.png") == set()
    assert mine.lists("pdf", "a.pdf") == set()
    assert mine.outcome("executable-content") == DROPPED


@pytest.mark.parametrize(("size", "channel", "codes"), [
    (25 * MIB, "smtp", set()), (25 * MIB + 1, "smtp", {"message-too-large"}), (30 * MIB, "vps", set()), (30 * MIB + 1, "vps", {"message-too-large"}),
])  # fmt: skip
def test_k2_wire_size_equal_passes_and_the_mailroom_channel_has_its_own(city, size, channel, codes):
    assert city.message(size, envelope=Envelope(channel=channel, spam=False)) == codes
    assert city.outcome("message-too-large") == DROPPED
    assert city.clause("message-too-large") == ("K2", "text")


@pytest.mark.parametrize(("code", "clause"), [
    ("malware-signature", ("K3", "text")), ("decompression-bomb", ("K3", "inferred")), ("encrypted-unknown-password", ("K4", "text")),
    ("encryption-scheme-not-supported", ("K4", "inferred")), ("executable-content", ("K5", "text")), ("script-content", ("K5", "text")),
    ("archive-self-extracting", ("K5", "inferred")), ("macro-content", ("K6", "text")), ("active-content", ("K6", "text")),
    ("body-script", ("K6", "text")), ("spam", ("K7", "text")), ("encrypted-unknown-key", ("K12", "inferred")),
])  # fmt: skip
def test_k3_to_k7_and_k12_refusals_are_silent(city, code, clause):
    assert city.outcome(code) == DROPPED
    assert city.clause(code) == clause
    verdict = city.verdict(code)
    assert (verdict.action, verdict.scope, verdict.notify, verdict.smtp) == (
        Action.DISCARD,
        Scope.MESSAGE,
        Notify.NONE,
        None,
    )


def test_k3_suspicion_is_held_for_a_person_and_never_dropped(city):
    assert city.outcome("malware-suspected", score=80)[0] == "quarantine"
    assert city.outcome("malware-suspected", score=40)[0] == "flag"
    assert city.outcome("malware-suspected")[0] == "flag"


@pytest.mark.parametrize("code", ["encrypted-known-password", "encrypted-default-password", "password-protected"])
def test_k4_what_opens_is_only_flagged(city, code):
    assert city.outcome(code) == FLAGGED


def test_k5_a_script_quoted_in_the_text_of_the_mail_is_not_attached(city, made):
    assert city.outcome("script-content", part=made.part("shell", "", role="body")) == FLAGGED


@pytest.mark.parametrize(
    "kind", ["attached-template", "html-remote-script", "svg-remote-script", "xhtml-remote-script", "ole-link-remote"]
)
def test_k6_code_fetched_on_opening_is_programming(city, kind):
    assert city.outcome(kind) == DROPPED


def test_k6_links_pictures_and_forms_are_no_automation(city):
    assert city.outcome("external-reference", "HTML picture: https://x/a.png") == FLAGGED
    assert city.outcome("external-reference", r"linked OLE object: file:///C:\a.xlsx") == FLAGGED
    assert city.outcome("form-fields-present", "PDF form: 3 fields") == FLAGGED
    assert city.outcome("vba-empty") == city.outcome("odf-basic-empty") == FLAGGED


def test_k7_without_an_upstream_verdict_the_mail_is_delivered_and_the_report_says_so(city):
    assert city.message(envelope=Envelope()) == {"spam-not-evaluated"}
    assert city.outcome("spam-not-evaluated")[0] == "deliver"
    assert city.message(envelope=Envelope(spam=True)) == {"spam"}
    assert city.message(envelope=Envelope(spam=False)) == set()
    assert city.verdict("spam-not-evaluated").action is Action.DELIVER


@pytest.mark.parametrize("code", ["link-only-message", "linked-content", "external-body"])
def test_k8_content_behind_a_link_is_only_flagged(city, code):
    assert city.outcome(code) == FLAGGED
    assert city.clause(code) == ("K8", "text")


def test_k10_another_address_is_not_binding_and_no_refusal(city):
    binding = Envelope(recipients=("STV-Kaiserslautern@poststelle.rlp.de",), spam=False)
    other = Envelope(recipients=("amt@kaiserslautern.de",), spam=False)
    assert city.message(envelope=binding) == set()
    assert city.message(envelope=other) == {"address-not-binding"}
    assert city.outcome("address-not-binding") == FLAGGED


def test_k12_mail_for_the_mailrooms_key_goes_on_and_pgp_is_an_unknown_key(city, made):
    assert city.outcome("smime-encrypted") == FLAGGED
    pgp = made.part("pgp", "encrypted.asc", encryption="unsupported-scheme")
    assert city.clause("encryption-scheme-not-supported", part=pgp) == ("K12", "inferred")
    assert city.outcome("encryption-scheme-not-supported", part=pgp) == DROPPED


@pytest.mark.parametrize("code", ["resource-limit-exceeded", "malformed-mime", "ambiguous-mime"])
def test_k14_what_cannot_be_read_is_kept_for_a_person(city, code):
    assert city.outcome(code) == ("quarantine", "message", "recipient")


def test_k14_a_broken_file_stays_behind_and_the_letter_goes_on(city):
    assert city.outcome("malformed-file") == KEPT_FOR_ADDRESSEE


def test_nothing_silent_is_told_when_a_withheld_file_and_a_discard_meet(city):
    verdict = city.verdict("type-not-allowed", "executable-content")
    assert (verdict.action, verdict.notify, verdict.reasons) == (Action.DISCARD, Notify.NONE, ("executable-content",))
