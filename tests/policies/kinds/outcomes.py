"""Kinds 25 to 45: names, signatures, malware, spam, addresses, channels, and what follows."""

from __future__ import annotations

from examples import build_files as files
from examples import build_locked as locked
from examples.policies.messages import P7S, plain_pdf

from attachguard import Envelope
from tests.fixtures import pdf as pdfs
from tests.policies.kinds import Kind, Mail, mail, not_decidable, rule
from tests.policies.kinds.contents import ZIP
from tests.policies.kinds.mails import PDF, TXT
from tests.policies.messages import EICAR

SIGNED = mail(PDF, ("a.pdf.p7s", P7S))
PROGRAM = mail(("a.exe", files.program()))
PROVEN = Envelope(sender="a@amt.example", sender_valid=True)
FORGED = Envelope(sender="a@amt.example", sender_valid=False)
LINK = mail(text="Sie haben ein Einschreiben per E-Mail.\nBitte hier abrufen: https://post.example.org/x/8812\n")
SIGNED_PDF = locked.signed_mail().replace(
    b"Content-Type: text/plain", b"Content-Disposition: attachment; filename=a.pdf\r\nContent-Type: text/plain", 1
)


def named(name: str) -> Mail:
    """A letter with a PDF of this name."""
    return mail((name, plain_pdf()))


KINDS = (
    Kind(25, "names: length, longer for signatures", "[names]\nmax-length = 10\nmax-signature-length = 14\n" + rule("filename-too-long"), mail(("klage1.pdf", plain_pdf()), ("klage1.pdf.p7s", P7S)), named("klageab.pdf"), "filename-too-long"),
    Kind(25, "names: characters, blanks, dots", '[names]\nallowed = "A-Za-z0-9äöüß._-"\nspaces = false\nmax-dots = 1\n' + rule("filename-invalid-character"), named("Klageschriftänderung_1.pdf"), named("a&b.pdf"), "filename-invalid-character"),
    Kind(25, "names: a form that is asked for", '[names]\npattern = "[0-9]{2}_[A-Za-z]+[.]pdf"\n' + rule("filename-invalid-character", "flag", label='"form not met"'), named("01_Klage.pdf"), named("Klage.pdf"), "filename-invalid-character", "flag", check='"labels":["form not met"]'),
    Kind(25, "names: reserved", '[names]\nreserved = ["CON", "aux"]\n' + rule("filename-invalid-character"), named("konto.pdf"), named("con.pdf"), "filename-invalid-character"),
    Kind(25, "names: unique", "[names]\nunique = true\n" + rule("filename-duplicate"), mail(PDF, ("b.pdf", plain_pdf())), mail(PDF, ("A.PDF", plain_pdf())), "filename-duplicate"),
    Kind(25, "names: in archives, with folders", '[names]\nmax-path-length = 12\nspaces = false\nroles = ["attachment", "member"]\n' + rule("filename-too-long filename-invalid-character"), mail(("a.zip", files.zipped(**{"x/a__txt": b"x"}))), mail(("a.zip", files.zipped(**{"ein/langer/weg/a__txt": b"x"}))), "filename-too-long"),
    Kind(25, "names: signature pairing", "[signatures]\npairing = true\n" + rule("signature-orphan"), SIGNED, mail(PDF, ("b.pdf.p7s", P7S)), "signature-orphan"),
    Kind(26, "signature formats", '[signatures]\nformats = ["PAdES", "CAdES"]\n' + rule("signature-format-not-allowed"), SIGNED, Mail(locked.signed_mail()), "signature-format-not-allowed"),
    Kind(26, "signature formats: none over a container", "[signatures]\ncontainers = false\n" + rule("signature-format-not-allowed"), SIGNED, mail(ZIP, ("a.zip.p7s", P7S)), "signature-format-not-allowed"),
    Kind(27, "signature mode: required for files", '[signatures]\nrequired = ["pdf"]\n' + rule("signature-missing", "quarantine"), SIGNED, mail(PDF), "signature-missing", "quarantine"),
    Kind(27, "signature mode: required for the mail", "[signatures]\nmail = true\n" + rule("signature-missing"), Mail(locked.signed_mail()), mail(PDF), "signature-missing"),
    Kind(27, "signature mode: refused", rule("signature-present"), mail(PDF), mail(("a.pdf", pdfs.signed())), "signature-present"),
    Kind(27, "signature mode: no legal effect", rule("signature-present", "flag", label='"no legal effect"'), mail(PDF), mail(("a.pdf", pdfs.signed())), "signature-present", "flag", check='"label":"no legal effect"'),
    Kind(28, "trusted providers", rule("signature-trust-not-evaluated signature-not-qualified", "flag", label='"status unknown"') + not_decidable("The provider is on the trust list of the state."), mail(PDF), mail(("a.pdf", pdfs.signed())), "signature-trust-not-evaluated", "flag", undecidable="trust list", check='"label":"status unknown"'),
    Kind(29, "preserve signed data", '[signatures]\non-signed = "reject"\n[types]\naccept = ["txt"]\n' + rule("type-not-allowed", "withhold"), Mail(locked.signed_mail()), Mail(SIGNED_PDF), "type-not-allowed"),
    Kind(30, "malware", rule("malware-signature decompression-bomb", "discard"), mail(TXT), mail(("a.txt", EICAR)), "malware-signature", "discard"),
    Kind(30, "malware: no engine, no mail", '[not-evaluated]\nmalware-engine = "quarantine"\n' + rule("spam", "deliver"), None, mail(TXT), "scan-incomplete", "quarantine"),
    Kind(31, "spam", rule("spam", "quarantine") + '[not-evaluated]\nspam = "deliver"\n' + not_decidable("Commercial intent."), mail(), mail(envelope=Envelope(spam=True)), "spam", "quarantine", undecidable="Commercial intent."),
    Kind(31, "reputation: a forged sender, and blocked ones", '[addresses]\nblocked-senders = ["*@werbung.example"]\n' + rule("sender-reputation"), mail(envelope=PROVEN), mail(envelope=FORGED), "sender-reputation"),
    Kind(31, "reputation: blocked senders", '[addresses]\nblocked-senders = ["*@werbung.example"]\n' + rule("sender-reputation"), mail(envelope=PROVEN), mail(envelope=Envelope(sender="A@Werbung.example")), "sender-reputation"),
    Kind(31, "reputation: registered senders only", '[addresses]\nallowed-senders = ["*@amt.example"]\n' + rule("sender-reputation"), mail(envelope=PROVEN), mail(envelope=Envelope(sender="x@else.example", sender_valid=True)), "sender-reputation"),
    Kind(32, "content behind a link", rule("link-only-message", "quarantine", min_score=50), mail(), LINK, "link-only-message", "quarantine"),
    Kind(33, "address binding", '[addresses]\nbinding = ["post@amt.example"]\n' + rule("address-not-binding", "flag", label='"not received"'), mail(envelope=Envelope(recipients=("POST@amt.example",))), mail(envelope=Envelope(recipients=("info@amt.example",))), "address-not-binding", "flag", check='"not received"'),
    Kind(34, "channels: a rule for one", rule("archive-content", channels='["portal"]'), mail(ZIP), mail(ZIP, envelope=Envelope(channel="portal")), "archive-content"),
    Kind(34, "channels: another policy on one", '[[override]]\nchannels = ["egvp"]\ninclude = ["leverkusen"]\n', mail(ZIP), mail(ZIP, envelope=Envelope(channel="EGVP")), "archive-content"),
    Kind(35, "sender data, XML companion", '[types]\naccept = ["xml", { type = "pdf", beside = ["xml"] }]\n' + rule("type-not-allowed") + not_decidable("Name and address of the sender."), mail(PDF, ("a.xml", b"<?xml version='1.0'?><a/>")), mail(PDF), "type-not-allowed", undecidable="Name and address"),
    Kind(36, "uninspectable", rule("uninspectable-content encrypted-unknown-password", "quarantine", notify='"recipient"'), mail(PDF), mail(("a.zip", locked.zip_locked())), "encrypted-unknown-password", "quarantine"),
    Kind(37, "sanitise", rule("macro-content active-content", "sanitize") + not_decidable("Office files are converted to PDF."), mail(PDF), mail(("a.docm", files.docm())), "macro-content", "sanitize", undecidable="converted to PDF"),
    Kind(38, "silence", rule("executable-content", "discard"), mail(PDF), PROGRAM, "executable-content", "discard", check='"notify":"none"'),
    Kind(39, "tell sender: by refusal", rule("executable-content", reply='"Programs are not taken here"'), mail(PDF), PROGRAM, "executable-content", check='"smtp":"550 5.7.1 Programs are not taken here"'),
    Kind(39, "tell sender: by mail, if proven", rule("executable-content", "quarantine", notify='"sender-if-valid"'), mail(PDF), mail(("a.exe", files.program()), envelope=PROVEN), "executable-content", "quarantine", check='"notify":"sender-if-valid"'),
    Kind(40, "tell addressee, subject tag", rule("macro-content", "withhold", notify='"recipient"', tag='"[MACRO]"'), mail(PDF), mail(("a.docm", files.docm())), "macro-content", "withhold", check='"tag":"[MACRO]"'),
    Kind(41, "quarantine, human release", rule("macro-content", "quarantine", hold_days=14), mail(PDF), mail(("a.docm", files.docm())), "macro-content", "quarantine", check='"hold_days":14'),
    Kind(42, "drop part, keep rest", rule("macro-content", "withhold"), mail(PDF), mail(("a.docm", files.docm())), "macro-content", "withhold", check='"scope":"attachment"'),
    Kind(43, "legal effect", rule("macro-content", "flag", label='"not received"'), mail(PDF), mail(("a.docm", files.docm())), "macro-content", "flag", check='"labels":["not received"]'),
    Kind(44, "receipt", '[receipt]\nchannels = ["vps"]\n' + rule("macro-content"), mail(PDF), mail(("a.docm", files.docm()), envelope=Envelope(channel="vps")), "macro-content", check='"receipt_due":true'),
    Kind(45, "outcome by role", rule("macro-content", channels='["official"]') + rule("macro-content", "flag", channels='["unofficial"]'), mail(("a.docm", files.docm()), envelope=Envelope(channel="unofficial")), mail(("a.docm", files.docm()), envelope=Envelope(channel="official")), "macro-content"),
)  # fmt: skip
