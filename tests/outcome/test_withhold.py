"""Withholding: the part that has to go is replaced, everything else stays byte for byte, and signed content is left to the policy."""

from __future__ import annotations

import base64
import email
import email.policy
import hashlib
import itertools

import pytest

from attachguard import Action, Envelope, Limits, Policy, Rules, Scanner
from attachguard.outcome import Templates
from tests.test_scanner import mail
from tests.test_signatures import signed_pdf

PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)
ENVELOPE = Envelope(sender="a@example.org", recipients=("stadt@example.net",), sender_valid=True)
MIXED = mail(("bild.png", "image/png", PNG), ("brief.txt", "text/plain", b"hallo\n" * 10))


def scanner_of(policy: Policy, **options) -> Scanner:
    """Without YARA rules, which have no say here."""
    return Scanner(policy, rules=Rules.empty(), **options)


@pytest.fixture(scope="module")
def scanner():
    return scanner_of(Policy.load("leverkusen"), rewrite=True)


def shown(message: bytes) -> list[tuple[str, str]]:
    """Media type and text of every leaf, as the standard library sees them."""
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    assert not list(parsed.defects)
    return [
        (part.get_content_type(), part.get_content() if part.get_content_maintype() == "text" else "")
        for part in parsed.walk()
        if not part.is_multipart()
    ]


def test_the_part_becomes_a_text_that_names_it_and_the_rest_is_byte_identical(scanner):
    report = scanner.scan(MIXED, envelope=ENVELOPE)
    assert (report.verdict.action, report.verdict.reasons) == (Action.WITHHOLD, ("type-not-allowed",))
    begin = MIXED.index(b"Content-Type: image/png")
    end = MIXED.index(b"\r\n--B\r\nContent-Type: text/plain\r\nContent-Disposition")
    assert report.sanitized.startswith(MIXED[:begin])
    assert report.sanitized.endswith(MIXED[end:])
    placeholder = report.sanitized[begin : len(report.sanitized) - len(MIXED[end:])]
    assert placeholder.startswith(b"Content-Type: text/plain; charset=utf-8\r\n")
    leaves = shown(report.sanitized)
    assert [kind for kind, _ in leaves] == ["text/plain"] * 3
    for wanted in ("bild.png", hashlib.sha256(PNG).hexdigest(), "(L1)", "not accepted", "nicht angenommen"):
        assert wanted in leaves[1][1]


def test_the_copy_is_only_made_when_asked_for():
    assert scanner_of(Policy.load("leverkusen")).scan(MIXED, envelope=ENVELOPE).sanitized is None


def test_what_may_be_delivered_as_it_came_has_no_copy(scanner):
    assert scanner.scan(mail(("brief.txt", "text/plain", b"hallo\n")), envelope=ENVELOPE).sanitized is None


def test_a_stronger_verdict_has_no_copy(scanner):
    program = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0\x64\x86" + bytes(300)
    report = scanner.scan(mail(("a.exe", "x/y", program), ("bild.png", "image/png", PNG)), envelope=ENVELOPE)
    assert report.verdict.action is Action.REJECT
    assert report.sanitized is None


@pytest.mark.parametrize("step", [1, 7, 100])
def test_the_copy_does_not_depend_on_the_chunks(scanner, step):
    with scanner.open(kind="message", envelope=ENVELOPE) as scan:
        for place in range(0, len(MIXED), step):
            scan.feed(MIXED[place : place + step])
    assert scan.close().sanitized == scanner.scan(MIXED, envelope=ENVELOPE).sanitized


def test_several_parts_and_bare_line_feeds(scanner):
    message = mail(("a.png", "image/png", PNG), ("b.txt", "text/plain", b"x\n"), ("c.png", "image/png", PNG))
    report = scanner.scan(message.replace(b"\r\n", b"\n"), envelope=ENVELOPE)
    assert b"\r" not in report.sanitized
    texts = [text for _, text in shown(report.sanitized)]
    assert ["a.png" in text for text in texts] == [False, True, False, False]
    assert ["c.png" in text for text in texts] == [False, False, False, True]


def test_a_message_that_is_the_attachment_keeps_its_other_fields(scanner):
    message = (
        b"From: a@example.org\r\nContent-Type: image/png;\r\n name=bild.png\r\nSubject: Bild\r\n folded\r\n"
        b"MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + PNG
    )
    report = scanner.scan(message, kind="message", envelope=ENVELOPE)
    assert report.sanitized.startswith(b"From: a@example.org\r\nSubject: Bild\r\n folded\r\nMIME-Version: 1.0\r\n")
    assert b"image/png;" not in report.sanitized
    assert b"PNG\r\n" not in report.sanitized
    assert "bild.png" in shown(report.sanitized)[0][1]


def test_a_withheld_part_of_an_attached_message_takes_the_message_with_it(scanner):
    inner = mail(("bild.png", "image/png", PNG))
    message = (
        b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=OUT\r\n\r\n--OUT\r\n\r\nbody\r\n"
        b"--OUT\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--OUT\r\n\r\nlast\r\n--OUT--\r\n"
    )
    report = scanner.scan(message, envelope=ENVELOPE)
    leaves = shown(report.sanitized)
    assert [text.strip() for _, text in leaves[::2]] == ["body", "last"]
    assert hashlib.sha256(inner).hexdigest() in leaves[1][1]
    assert b"image/png\r\n" not in report.sanitized


def test_a_part_without_body_leaves_its_delimiter_standing(scanner):
    message = (
        b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\nbody\r\n"
        b"--B\r\nContent-Type: image/png; name=leer.png\r\nContent-Disposition: attachment; filename=leer.png\r\n--B\r\n\r\nlast\r\n--B--\r\n"
    )
    scanner = scanner_of(withholding("empty-file"), rewrite=True)
    leaves = shown(scanner.scan(message).sanitized)
    assert [text.strip() for _, text in leaves[::2]] == ["body", "last"]
    assert "leer.png" in leaves[1][1]


def test_attacker_text_in_a_name_stays_on_its_line(scanner):
    name = "=?utf-8?Q?a=0D=0A--B--=0D=0A=E2=80=AE.png?="
    report = scanner.scan(mail((name, "image/png", PNG)), envelope=ENVELOPE)
    lines = shown(report.sanitized)[1][1].splitlines()
    assert not any(line.startswith("--B") for line in lines)
    assert not any("\u202e" in line for line in lines)


def test_parts_past_the_number_of_findings_are_withheld_too():
    message = mail(*((f"{number}.png", "image/png", PNG) for number in range(30)))
    scanner = scanner_of(Policy.load("leverkusen"), limits=Limits(findings=3), rewrite=True)
    report = scanner.scan(message, envelope=ENVELOPE)
    assert len(report.findings) == 3
    assert b"iVBOR" not in report.sanitized
    assert len(shown(report.sanitized)) == 31


def test_texts_can_be_replaced(tmp_path):
    (tmp_path / "withheld.en.txt").write_text("Removed by the mail office.\n$items\n")
    scanner = scanner_of(Policy.load("leverkusen"), rewrite=Templates(tmp_path, languages=("en",)))
    text = shown(scanner.scan(MIXED, envelope=ENVELOPE).sanitized)[1][1]
    assert text.startswith("Removed by the mail office.")
    assert "entfernt" not in text


def test_what_is_left_is_offered_only_when_it_may_be_delivered(tmp_path):
    """A text of the operator that the policy itself would withhold is a mistake that must not go out."""
    (tmp_path / "r.yar").write_text('rule leftover { meta: description = "x" strings: $a = "SHA-256" condition: $a }')
    rules = Rules.load(tmp_path / "r.yar", builtin=False)
    policy = withholding("type-not-allowed", more='[[rule]]\ncode="malware-suspected"\naction="withhold"\n')
    report = Scanner(policy, rules=rules, rewrite=True).scan(MIXED)
    assert report.verdict.action is Action.WITHHOLD
    assert report.sanitized is None


# -- signed content ---------------------------------------------------------------------------------------------------------------

SIGNED = (
    b'From: a@example.org\r\nSubject: x\r\nContent-Type: multipart/signed; boundary=S;\r\n protocol="application/pkcs7-signature"\r\n\r\n--S\r\n'
    + MIXED[MIXED.index(b"Content-Type: multipart") :]
    + b"\r\n--S\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx\r\n--S--\r\n"
)


def withholding(code: str, on_signed: str = "", notify: str = "none", more: str = "") -> Policy:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.toml"
        signatures = f'[signatures]\non-signed="{on_signed}"\n' if on_signed else ""
        types = (
            '[types]\naccept=[{type="txt",suffixes=["txt"]},{type="pkcs7",suffixes=["p7s"]}]\nroles=["attachment"]\n'
        )
        rule = f'[[rule]]\ncode="{code}"\naction="withhold"\nnotify="{notify}"\ncite="7"\n'
        path.write_text('[policy]\nid="t"\nversion="1"\n' + signatures + types + rule + more)
        return Policy.load(path)


def on_signed(choice: str, notify: str = "none"):
    return scanner_of(withholding("type-not-allowed", choice, notify), rewrite=True).scan(SIGNED)


def test_signed_content_is_withheld_as_a_whole_where_the_policy_says_nothing():
    report = on_signed("")
    assert (report.verdict.action, report.verdict.scope.value) == (Action.WITHHOLD, "message")
    assert set(report.verdict.reasons) == {"type-not-allowed", "signed-part-not-modifiable"}
    assert report.sanitized.startswith(
        b"From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain"
    )
    assert b"hallo" not in report.sanitized
    assert b"--S" not in report.sanitized


def test_signed_content_is_refused_where_the_policy_refuses_it():
    report = on_signed("reject", "sender")
    assert report.verdict.action is Action.REJECT
    assert report.verdict.notify.value == "sender"
    assert report.verdict.smtp.startswith("550 ")
    assert report.sanitized is None


def test_signed_content_goes_through_untouched_where_the_policy_lets_it():
    report = on_signed("deliver-as-is")
    assert report.verdict.action is Action.FLAG
    assert report.sanitized is None
    assert "signed-part-not-modifiable" in {finding.code for finding in report.findings}


@pytest.mark.parametrize(
    ("choice", "action", "kept"), [("", "withhold", False), ("reject", "reject", None), ("deliver-as-is", "flag", True)]
)
def test_a_signed_attachment_is_never_changed_but_goes_whole_or_not_at_all(tmp_path, choice, action, kept):
    """`sanitize` would change it: a document that is signed by itself, or by the file beside it."""
    path = tmp_path / "t.toml"
    signatures = f'[signatures]\non-signed = "{choice}"\n' if choice else ""
    path.write_text(f'[policy]\nid="t"\nversion="1"\n{signatures}[[rule]]\ncode="active-content"\naction="sanitize"\n')
    script = signed_pdf().replace(b"/Type/Catalog", b"/OpenAction<</S/JavaScript/JS(x)>>/Type/Catalog", 1)
    message = mail(("a.pdf", "application/pdf", script), ("b.txt", "text/plain", b"hallo\n"))
    report = Scanner(Policy.load(path), rules=Rules.empty(), rewrite=True).scan(message)
    assert report.verdict.action.value == action
    marked = [each for each in report.findings if each.code == "signed-part-not-modifiable"]
    assert [each.part for each in marked] == ["2!/a.pdf"]
    assert not any(each.action is Action.SANITIZE for each in report.findings)
    if kept is not None:
        assert (report.sanitized is None) == kept
    if kept is False:
        assert base64.b64encode(b"hallo\n") in report.sanitized
        assert b"JVBERi" not in report.sanitized


def test_an_early_verdict_is_never_milder_than_the_refusal_of_signed_content():
    """With `on-signed = "reject"` a quarantine alone ends nothing: the end of the message may be stronger."""
    more = '[[rule]]\ncode="executable-content"\naction="quarantine"\n'
    scanner = scanner_of(withholding("type-not-allowed", "reject", more=more))
    program = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0\x64\x86" + bytes(9000)
    inner = mail(("a.exe", "x/y", program), ("bild.png", "image/png", PNG))
    message = SIGNED.replace(
        MIXED[MIXED.index(b"Content-Type: multipart") :], inner[inner.index(b"Content-Type: multipart") :]
    )
    with scanner.open(kind="message") as scan:
        early = next(filter(None, (scan.feed(message[at : at + 500]) for at in range(0, len(message), 500))), None)
    assert early is None
    assert scan.close().verdict.action is Action.REJECT


def test_a_part_beside_signed_content_is_taken_out_alone():
    letter = mail(("brief.txt", "text/plain", b"hallo\n" * 10))
    signed = (
        b"Content-Type: multipart/signed; boundary=S\r\n\r\n--S\r\n"
        + letter[letter.index(b"Content-Type: multipart") :]
        + b"\r\n--S\r\nContent-Type: text/plain\r\n\r\nx\r\n--S--\r\n"
    )
    message = (
        b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=OUT\r\n\r\n--OUT\r\n"
        + signed
        + b"\r\n--OUT\r\nContent-Type: image/png; name=b.png\r\nContent-Disposition: attachment\r\n\r\n"
        + PNG
        + b"\r\n--OUT--\r\n"
    )
    report = scanner_of(withholding("type-not-allowed"), rewrite=True).scan(message, kind="message")
    assert {finding.part for finding in report.findings if finding.action is Action.WITHHOLD} == {"2!/b.png"}
    assert report.verdict.scope.value == "attachment"
    assert signed in report.sanitized
    assert b"PNG" not in report.sanitized


def test_every_piece_of_the_input_is_kept_or_named(scanner):
    """Whatever is cut off the end of the message, a copy never holds the picture."""
    for end in range(MIXED.index(b"image/png") + 200, len(MIXED), 37):
        report = scanner.scan(MIXED[:end], kind="message", envelope=ENVELOPE)
        assert report.sanitized is None or b"iVBOR" not in report.sanitized


def test_order_of_findings_does_not_depend_on_chance():
    reports = [on_signed("withhold").findings for _ in range(3)]
    assert all(one == other for one, other in itertools.pairwise(reports))
