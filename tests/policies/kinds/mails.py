"""Kinds 1 to 10: sizes, counts, structure, lists of types, versions, exceptions, names against content."""

from __future__ import annotations

from examples import build_files as files
from examples.policies.messages import archival_pdf, made_pdf, plain_pdf

from attachguard import Envelope
from tests.policies.kinds import Kind, Mail, mail, not_decidable, rule
from tests.policies.messages import sized

TXT = ("a.txt", b"Guten Tag\r\n")
PDF = ("a.pdf", plain_pdf())
TIF = ("plan.tif", b"II*\0\x08\0\0\0\0\0\0\0\0\0")
VALID = Envelope(sender="buero@amt.example", sender_valid=True)
BROKEN = mail(("a.png", files.png(4_000))).data

KINDS = (
    Kind(
        1, "mail size", '[[bound]]\non = "message-size"\nmax = "5 MB"\nbasis = "wire"\n' + rule("message-too-large"),
        Mail(sized(5_000_000)), Mail(sized(5_000_001)), "message-too-large",
    ),
    Kind(
        1, "mail size: binary, decoded, from a day on, on one channel",
        '[[bound]]\non = "message-size"\nmax = "1 MiB"\nbasis = "decoded"\nchannels = ["De-Mail"]\nvalid-from = 2020-01-01\n' + rule("message-too-large"),
        mail(("a.txt", b"x" * 1_040_000), envelope=Envelope(channel="de-mail")), mail(("a.txt", b"x" * 1_060_000), envelope=Envelope(channel="de-mail")),
        "message-too-large",
    ),
    Kind(
        1, "mail size: an advice below a ceiling",
        '[[bound]]\non = "message-size"\nmax = "10 kB"\nkind = "soft"\n[[bound]]\non = "message-size"\nmax = "50 kB"\n' + rule("message-too-large"),
        mail(("a.txt", b"x" * 20_000)), mail(("a.txt", b"x" * 60_000)), "message-too-large",
    ),
    Kind(
        2, "file size: one file, and all files together",
        '[[bound]]\non = "attachment-size"\nmax = "2 kB"\n[[bound]]\non = "attachments-size"\nmax = "3 kB"\n' + rule("attachment-too-large", "withhold"),
        mail(("a.txt", b"x" * 1_400), ("b.txt", b"x" * 1_600)), mail(("a.txt", b"x" * 2_001)), "attachment-too-large", "withhold",
    ),
    Kind(
        2, "file size: by type",
        '[[bound]]\non = "attachment-size"\nmax = "1 kB"\ngroups = ["image"]\n[[bound]]\non = "attachment-size"\nmax = "1 MB"\n' + rule("attachment-too-large"),
        mail(("a.txt", b"x" * 5_000)), mail(("a.png", files.png(4_000))), "attachment-too-large",
    ),
    Kind(
        3, "counts: files", '[[bound]]\non = "attachments"\nmax = 2\n' + rule("too-many-attachments") + not_decidable("One mail for each step."),
        mail(TXT, PDF), mail(TXT, PDF, ("b.txt", b"x")), "too-many-attachments", undecidable="One mail for each step.",
    ),
    Kind(
        3, "counts: recipients", '[[bound]]\non = "recipients"\nmax = 1\n' + rule("too-many-recipients"),
        mail(envelope=Envelope(recipients=("a@b.example",))), mail(envelope=Envelope(recipients=("a@b.example", "c@b.example"))), "too-many-recipients",
    ),
    Kind(
        4, "MIME conformance: structure", rule("malformed-mime ambiguous-mime message-fragment external-body"),
        mail(TXT), Mail(BROKEN[: len(BROKEN) * 2 // 3]), "malformed-mime",
    ),
    Kind(
        4, "MIME conformance: charsets", '[types]\nmail-charsets = ["utf-8", "us-ascii", "iso-8859-*"]\n' + rule("charset-not-allowed"),
        mail(), Mail(mail().data.replace(b"utf-8", b"koi8-r")), "charset-not-allowed",
    ),
    Kind(
        4, "MIME conformance: blocked media types", '[types]\nblock-media = ["application/x-*"]\n' + rule("type-blocked"),
        mail(TXT), Mail(mail(TXT).data.replace(b"application/octet-stream", b"application/x-msdownload")), "type-blocked",
    ),
    Kind(
        4, "MIME conformance: text mail only", '[types]\naccept = ["pdf", "txt"]\nroles = ["attachment", "body"]\n' + rule("type-not-allowed"),
        mail(PDF), mail(html="<p>Guten Tag</p>"), "type-not-allowed",
    ),
    Kind(
        4, "MIME conformance: header size", '[resources]\nheader-size = "1 kB"\n' + rule("malformed-mime"), mail(), Mail(b"X-Long: " + b"x" * 2_000 + b"\r\n" + mail().data),
        "malformed-mime",
    ),
    Kind(5, "allow-list", '[types]\naccept = ["pdf", "docx"]\n' + rule("type-not-allowed", "withhold"), mail(PDF), mail(("a.pdf", files.png(4_000))), "type-not-allowed", "withhold"),
    Kind(
        5, "allow-list: suffix and content must agree", '[types]\naccept = [{ type = "pdf", suffixes = [".pdf"] }]\n' + rule("type-not-allowed"),
        mail(("a.PDF", plain_pdf())), mail(("a.dat", plain_pdf())), "type-not-allowed",
    ),
    Kind(
        5, "allow-list: only in addition", '[types]\naccept = ["pdf", { type = "tif", beside = ["pdf"] }]\n' + rule("type-not-allowed"),
        mail(PDF, TIF), mail(TIF), "type-not-allowed",
    ),
    Kind(
        5, "allow-list: by role of the document, which the caller says",
        '[types]\naccept = ["pdf"]\n[[override]]\nchannels = ["annex"]\n[override.types]\naccept = ["xlsx"]\n' + rule("type-not-allowed"),
        mail(("a.xlsx", files.xlsx()), envelope=Envelope(channel="annex")), mail(("a.xlsx", files.xlsx())), "type-not-allowed",
    ),
    Kind(6, "block-list: suffixes", '[types]\nblock-suffixes = ["exe", ".ps1"]\n' + rule("type-blocked"), mail(TXT), mail(("liesmich.exe", b"Guten Tag\r\n")), "type-blocked"),
    Kind(
        6, "block-list: types and groups", '[types]\nblock = ["iso"]\nblock-groups = ["audio", "video", "executable"]\n' + rule("type-blocked"),
        mail(PDF), mail(("foto.jpg", files.program())), "type-blocked",
    ),
    Kind(7, "old Office refused", rule("legacy-office-format", "withhold"), mail(("a.docx", files.docx())), mail(("a.doc", files.old_doc())), "legacy-office-format", "withhold"),
    Kind(
        7, "old Office only", '[types]\naccept = ["doc", "xls", "ppt"]\n' + rule("type-not-allowed"),
        mail(("a.doc", files.old_doc())), mail(("a.docx", files.docx())), "type-not-allowed",
    ),
    Kind(
        8, "version: PDF from 1.4 to 2.0", '[types]\naccept = [{ type = "pdf", versions = ["1.4-1.7", "2.0"] }]\n' + rule("format-version-not-allowed type-not-allowed"),
        mail(PDF), mail(("a.pdf", plain_pdf("1.3"))), "format-version-not-allowed",
    ),
    Kind(
        8, "profile: PDF/A", '[types]\naccept = [{ type = "pdf", pdf-a = ["PDF/A-1b", "2"] }]\n' + rule("not-pdf-a type-not-allowed") + not_decidable("The file conforms to PDF/A."),
        mail(("a.pdf", archival_pdf("2", "B"))), mail(("a.pdf", archival_pdf("3", "B"))), "not-pdf-a", undecidable="The file conforms to PDF/A.",
    ),
    Kind(
        8, "producer of a PDF", '[types]\naccept = [{ type = "pdf", producers = ["*LibreOffice*"] }]\n' + rule("format-version-not-allowed type-not-allowed"),
        mail(("a.pdf", made_pdf("LibreOffice 24.8"))), mail(("a.pdf", made_pdf("Chromium"))), "format-version-not-allowed",
    ),
    Kind(
        21, "links in a PDF", '[types]\naccept = [{ type = "pdf", links = false }]\n' + rule("linked-content type-not-allowed"),
        mail(PDF), mail(("a.pdf", made_pdf("x", link="https://www.example.org/"))), "linked-content",
    ),
    Kind(
        8, "profile: text in ASCII", '[types]\naccept = [{ type = "txt", charsets = ["us-ascii"] }]\n' + rule("type-not-allowed"),
        mail(TXT), mail(("a.txt", "Grüße".encode())), "type-not-allowed",
    ),
    Kind(
        9, "exceptions on consent",
        rule("macro-content") + '[[exception]]\nname = "survey"\ncode = "macro-content"\ntypes = ["docm"]\nsenders = ["*@amt.example"]\nvalid-until = 2999-12-31\n',
        mail(("a.docm", files.docm()), envelope=VALID), mail(("a.docm", files.docm()), envelope=Envelope(sender="buero@amt.example")), "macro-content",
    ),
    Kind(
        9, "exceptions for a case", rule("archive-content") + '[[exception]]\ncode = "archive-content"\ncases = ["A-17/*"]\n',
        mail(("a.zip", files.zipped(a__txt=b"x")), envelope=Envelope(case_id="a-17/26")), mail(("a.zip", files.zipped(a__txt=b"x"))), "archive-content",
    ),
    Kind(10, "name = content", rule("type-mismatch", "quarantine"), mail(("a.png", files.png(4_000))), mail(("a.pdf", files.png(4_000))), "type-mismatch", "quarantine"),
)  # fmt: skip
