"""The hard cases of keys, passwords and signatures, decided: each by its name, on a message built for it, for both cities."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from examples import build_files as files
from examples import build_locked as locked
from examples.build_mail import letter, wire

from attachguard import Policy, Rules, Scanner
from attachguard.signing.smime import PemDecryptor
from tests.fixtures import cms, ooxml
from tests.fixtures import pdf as pdfs
from tests.fixtures import zip as zips
from tests.pki import identity
from tests.policies.messages import CITIES, actions, ask, attached, clauses, codes, mail, outcome

# -- S/MIME, keys ---------------------------------------------------------------------------------------------------------------


def sealed(inside: bytes) -> bytes:
    """A mail that is nothing but an envelope for the mailroom of these tests."""
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(inside).add_recipient(identity("rsa").certificate)
    entity = letter(subject="Vertraulich")
    entity.clear_content()
    content = builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    entity.set_content(content, "application", "pkcs7-mime", filename="smime.p7m")
    entity.set_param("smime-type", "enveloped-data")
    return wire(entity)


def mailroom(city: str, **keys) -> Scanner:
    return Scanner(Policy.load(city), rules=Rules.empty(), smime=PemDecryptor(**keys))


@pytest.mark.parametrize("city", CITIES)
def test_smime_signed_data_is_always_unwrapped(city):
    assert outcome(city, locked.signed_mail())[0] == "flag"
    wrapped = cms.signed(b'Content-Type: application/octet-stream; name="a.bat"\r\n\r\n' + files.BAT)
    refused = ask(city, attached(wrapped, "smime.p7m", "application/pkcs7-mime"))
    assert refused.verdict.action.value == {"kaiserslautern": "discard", "leverkusen": "reject"}[city]


@pytest.mark.parametrize(("city", "refuses"), [("kaiserslautern", "discard"), ("leverkusen", "reject")])
def test_smime_with_the_key_held_the_inside_is_judged_and_the_original_goes_on(city, refuses, tmp_path):
    scanner = mailroom(city, keys=[identity("rsa").file(tmp_path)])
    harmless = scanner.scan(sealed(b"Content-Type: text/plain\r\n\r\nGuten Tag\r\n"), kind="message")
    assert (harmless.verdict.action.value, harmless.sanitized) == ("flag", None)
    assert "key-held" in {part.encryption for part in harmless.parts}
    program = b'Content-Type: application/octet-stream; name="a.bat"\r\n\r\n' + files.BAT
    assert scanner.scan(sealed(program), kind="message").verdict.action.value == refuses


@pytest.mark.parametrize("city", CITIES)
def test_smime_with_the_key_further_on_the_mail_is_handed_on_to_be_checked_again(city, tmp_path):
    (tmp_path / "mailroom.pem").write_bytes(identity("rsa").pem)
    report = mailroom(city, certificates=[tmp_path / "mailroom.pem"]).scan(sealed(b"x"), kind="message")
    assert report.verdict.action.value == "flag"
    assert "key-elsewhere" in {part.encryption for part in report.parts}
    assert "encrypted-unknown-key" not in codes(report)


@pytest.mark.parametrize("city", CITIES)
def test_smime_the_outer_size_counts(city, tmp_path):
    scanner = mailroom(city, keys=[identity("rsa").file(tmp_path)])
    most = 25 << 20 if city == "kaiserslautern" else 10 << 20
    inner = b"Content-Type: text/plain\r\n\r\n" + b"y" * (most * 3 // 4)
    assert "message-too-large" in scanner.scan(sealed(inner), kind="message").verdict.reasons


@pytest.mark.parametrize(("city", "refuses"), [("kaiserslautern", "discard"), ("leverkusen", "reject")])
def test_opaque_vs_unknown(city, refuses, tmp_path):
    (tmp_path / "mailroom.pem").write_bytes(identity("rsa").pem)
    elsewhere = mailroom(city, certificates=[tmp_path / "mailroom.pem"]).scan(sealed(b"x"), kind="message")
    assert elsewhere.verdict.action.value == "flag"
    # Invited mail whose key is missing here is held, and says for which certificate; never dropped or refused in silence.
    unknown = ask(city, sealed(b"x"))
    assert (unknown.verdict.action.value, unknown.verdict.reasons) == ("quarantine", ("encrypted-unknown-key",))
    (missing,) = [finding for finding in unknown.findings if finding.kind == "smime-unknown-key"]
    assert re.search(r"no key for issuer .+, serial [0-9a-f]+", missing.detail)
    assert "encrypted-unknown-password" not in codes(unknown)
    for data in (mail(("a.pdf", locked.pdf_locked())), locked.pgp_mail()):
        assert outcome(city, data)[0] == refuses


# -- passwords ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("city", "macro", "plain"), [("kaiserslautern", "discard", "flag"), ("leverkusen", "withhold", "deliver")]
)
def test_password_in_the_same_mail_makes_it_known_and_the_inside_is_judged(city, macro, plain):
    import msoffcrypto.format.ooxml

    def under_password(content: bytes) -> bytes:
        whole = io.BytesIO(content)
        with zipfile.ZipFile(whole, "a") as package:
            package.writestr(
                "word/media/filler.jpeg", files.jpeg(5_000)
            )  # the writer makes no packages below 4096 octets
        content = whole.getvalue()
        target = io.BytesIO()
        msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(content)).encrypt("Ulme-4711", target)
        return target.getvalue()

    text = "Guten Tag,\ndas Kennwort lautet: Ulme-4711\n"
    report = ask(city, mail(("a.docx", under_password(files.docm())), text=text))
    assert report.verdict.action.value == macro
    assert "macro-content" in codes(report)
    assert "Ulme-4711" not in repr(report)
    opened = ask(city, mail(("a.docx", under_password(files.docx())), text=text))
    assert "encrypted-known-password" in codes(opened)
    assert opened.verdict.action.value in ("flag", plain)
    kept = ask(city, mail(("a.docx", under_password(files.docx()))))
    assert "encrypted-unknown-password" in kept.verdict.reasons


def test_password_in_the_same_mail_opens_archives_too():
    text = "Guten Tag,\ndas Kennwort lautet: Ulme-4711\n"
    archive = zips.archive(zips.zipcrypto_member("formular.docm", files.docm(), b"Ulme-4711"))
    assert "macro-content" in ask("kaiserslautern", mail(("a.zip", archive), text=text)).verdict.reasons
    harmless = zips.archive(zips.zipcrypto_member("plan.txt", b"Lageplan\r\n", b"Ulme-4711"))
    assert actions(mail(("a.zip", harmless), text=text)) == ("flag", "reject")  # Leverkusen takes no archive at all


def test_owner_and_default_password_open_and_are_only_flagged():
    assert actions(mail(("a.pdf", locked.pdf_locked_for_changes()))) == ("flag", "flag")
    assert actions(mail(("a.xlsx", locked.xlsx_protected()))) == ("flag", "flag")


# -- signatures -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("city", CITIES)
def test_sanitise_vs_signature_signed_content_is_never_altered(city, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        f'[policy]\nid = "own"\nversion = "1"\ninclude = ["{city}"]\n[[rule]]\ncode = "form-fields-present"\naction = "withhold"\n'
        '[[rule]]\ncode = "type-not-allowed"\naction = "withhold"\n[types]\nwithdraw = ["txt"]\n'
    )
    scanner = Scanner(Policy.load(path), rules=Rules.empty(), rewrite=True)
    whole = locked.signed_mail().replace(
        b"Content-Type: text/plain", b"Content-Disposition: attachment; filename=a.txt\r\nContent-Type: text/plain", 1
    )
    report = scanner.scan(whole, kind="message")
    assert "signed-part-not-modifiable" in codes(report)
    assert report.verdict.scope.value == "message"
    assert report.sanitized is None or b"Content-Type: multipart/signed" not in report.sanitized


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("content", [("a.pdf", pdfs.signed()), ("a.docx", ooxml.signed())], ids=["pdf", "docx"])
def test_sanitise_vs_signature_a_signature_alone_refuses_nothing(city, content):
    report = ask(city, mail(content))
    assert report.verdict.action.value == "flag"
    assert all(finding.action.value == "flag" for finding in report.findings if finding.code.startswith("signature"))
    assert any(part.signed for part in report.parts)


def test_signed_macros_are_macros():
    source = io.BytesIO(files.docm())
    target = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("word/vbaProjectSignature.bin", cms.signed(None))
        new.writestr("_xmlsignatures/sig1.xml", "<Signature/>")
    report = ask("kaiserslautern", mail(("a.docm", target.getvalue())))
    assert "macro-content" in report.verdict.reasons
    assert actions(mail(("a.docm", target.getvalue()))) == ("discard", "withhold")


@pytest.mark.parametrize("city", CITIES)
def test_later_changes_to_a_signed_pdf_are_partial_coverage_and_flagged(city):
    later = pdfs.signed(after=b"\n9 0 obj\n<< /Type /Annot >>\nendobj\n")
    report = ask(city, mail(("a.pdf", later)))
    assert clauses(report, "signature-partial-coverage") == {("K11" if city == "kaiserslautern" else "L7", "flag")}


@pytest.mark.parametrize("city", CITIES)
def test_later_changes_inside_what_is_signed_are_an_integrity_that_failed_and_flagged(city):
    changed = locked.signed_mail().replace(b"Mustermann\r\nBeispielweg 1", b"Mustermann\r\nBeispielweg 2")
    report = ask(city, changed)
    assert clauses(report, "signature-integrity-failed") == {("K11" if city == "kaiserslautern" else "L7", "flag")}
    assert report.verdict.action.value == "flag"
