"""Messages for the example policies, each with the outcome that the policy's text asks for; a test scans them all."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from examples import build_files as files
from examples import build_locked as locked
from examples.build_mail import File, letter, wire
from tests.fixtures import cms
from tests.fixtures import pdf as pdfs
from tests.sanitizers import built

from attachguard import Envelope

FOLDER = Path(__file__).parent
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Case(NamedTuple):
    """One message.

    Args:
        policy: file of the policy, without suffix.
        what: what the message is.
        build: makes it.
        action: of the verdict.
        codes: reason codes that must be among the findings; with `!` in front those that must not.
        notify: who is told.
        envelope: what the mail server knows.
        label: a legal effect that one of the findings has.
    """

    policy: str
    what: str
    build: Callable[[], bytes]
    action: str
    codes: tuple[str, ...] = ()
    notify: str = "none"
    envelope: Envelope = Envelope()
    label: str = ""


def mail(*attached: tuple[str, bytes]) -> Callable[[], bytes]:
    """Makes a letter with these files."""
    return lambda: wire(letter(*(File(name, content) for name, content in attached)))


def cleanable(name: str) -> bytes:
    """A file with something to be taken out of it."""
    return next(case.data for case in built.cases() if case.name == name)


def plain_pdf(version: str = "1.7") -> bytes:
    """A small PDF of some version."""
    return pdfs.pdf({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [] /Count 0 >>"}).replace(
        b"%PDF-1.7", f"%PDF-{version}".encode()
    )


def archival_pdf(part: str, level: str) -> bytes:
    """A PDF that claims to be PDF/A."""
    claim = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><pdfaid:part>{part}</pdfaid:part><pdfaid:conformance>{level}</pdfaid:conformance></x:xmpmeta>'
    return pdfs.pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R /Metadata 3 0 R >>",
            2: b"<< /Type /Pages /Kids [] /Count 0 >>",
            3: pdfs.stream(claim.encode(), b"/Type /Metadata /Subtype /XML", deflate=False),
        }
    )


def made_pdf(producer: str, *, link: str = "") -> bytes:
    """A PDF that says which program made it, with a link or without."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]%s >>"
    annotation = (
        f" /Annots [<< /Subtype /Link /Rect [0 0 1 1] /A << /S /URI /URI ({link}) >> >>]".encode() if link else b""
    )
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: page % annotation,
        4: f"<< /Producer ({producer}) >>".encode(),
    }
    return pdfs.pdf(objects, trailer=b"/Info 4 0 R")


def tarball(**members: bytes) -> bytes:
    """A tar.gz; `__` in a name stands for its dot."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name.replace("__", "."))
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(target.getvalue(), mtime=0)


P7S = cms.signed(None)
VALID = Envelope(sender="buero@vermessung.example.org", sender_valid=True)
FORGED = Envelope(sender="buero@vermessung.example.org", sender_valid=False)
LARGE = b"a line of text that is worth nothing\r\n" * 320_000  # 12 MB

CASES = (
    # -- court
    Case("court", "a PDF and its signature", mail(("klage.pdf", plain_pdf()), ("klage.pdf.p7s", P7S)), "flag", ("!signature-missing", "!signature-orphan", "!type-not-allowed")),
    Case("court", "a PDF without a signature", mail(("klage.pdf", plain_pdf())), "flag", ("signature-missing",), label="form not met"),
    Case("court", "a signature named after nothing", mail(("klage.pdf", plain_pdf()), ("klage.pdf.p7s", P7S), ("anlage.pdf.p7s", P7S)), "flag", ("signature-orphan",), label="form not met"),
    Case("court", "a PDF of an old version", mail(("klage.pdf", plain_pdf("1.3")), ("klage.pdf.p7s", P7S)), "flag", ("format-version-not-allowed",), label="form not met"),
    Case("court", "a name with a blank", mail(("meine klage.pdf", plain_pdf())), "reject", ("filename-invalid-character",)),
    Case("court", "a name with three dots", mail(("a.b.c.pdf", plain_pdf())), "reject", ("filename-invalid-character",)),
    Case("court", "a name that is too long", mail(("x" * 81 + ".pdf", plain_pdf())), "reject", ("filename-too-long",)),
    Case("court", "a long name of a signature", mail(("x" * 78 + ".pdf", plain_pdf()), ("x" * 78 + ".pdf.p7s", P7S)), "flag", ("!filename-too-long",)),
    Case("court", "two files of one name", mail(("a.pdf", plain_pdf()), ("A.pdf", plain_pdf())), "reject", ("filename-duplicate",)),
    Case("court", "a ZIP in a ZIP", mail(("a.zip", files.zipped(b__zip=files.zipped(c__pdf=plain_pdf())))), "reject", ("archive-nested",)),
    Case("court", "a ZIP with a folder", mail(("a.zip", files.zipped(**{"ordner/c__pdf": plain_pdf()}))), "reject", ("archive-directories",)),
    Case("court", "a ZIP with a Word file", mail(("a.zip", files.zipped(c__docx=files.docx()))), "flag", ("archive-member-rejected",), label="form not met"),
    Case("court", "a TIFF alone", mail(("plan.tif", b"II*\0\x08\0\0\0\0\0\0\0\0\0")), "flag", ("type-not-allowed",), label="form not met"),
    Case("court", "a TIFF beside a PDF", mail(("plan.tif", b"II*\0\x08\0\0\0\0\0\0\0\0\0"), ("a.pdf", plain_pdf()), ("a.pdf.p7s", P7S)), "flag", ("!type-not-allowed",)),
    # -- mail provider
    Case("mail-provider", "a photo", mail(("photo.png", files.png(4_000))), "deliver"),
    Case("mail-provider", "a program", mail(("setup.exe", files.program())), "reject", ("type-blocked",)),
    Case("mail-provider", "a program called photo.jpg", mail(("photo.jpg", files.program())), "reject", ("type-blocked", "executable-content")),
    Case("mail-provider", "a text called .exe", mail(("readme.exe", b"Guten Tag\r\n")), "reject", ("type-blocked",)),
    Case("mail-provider", "a script in a ZIP", mail(("a.zip", files.zipped(start__bat=files.BAT))), "reject", ("type-blocked",)),
    Case("mail-provider", "a CD image", mail(("cd.iso", files.disk_image())), "reject", ("type-blocked",)),
    Case("mail-provider", "a locked ZIP", mail(("a.zip", locked.zip_locked())), "reject", ("encrypted-unknown-password",)),
    Case("mail-provider", "a locked PDF", mail(("a.pdf", locked.pdf_locked())), "flag", ("encrypted-unknown-password",)),
    Case("mail-provider", "spam goes to its folder", mail(), "deliver", ("spam",), envelope=Envelope(spam=True)),
    # -- notice by reason
    Case("notice-by-reason", "a virus", mail(("a.txt", EICAR)), "discard", ("malware-signature",)),
    Case("notice-by-reason", "another format", mail(("a.xml", b"<?xml version='1.0'?><a/>")), "withhold", ("type-not-allowed",), "sender"),
    Case("notice-by-reason", "a program", mail(("a.exe", files.program())), "quarantine", ("executable-content",), "recipient"),
    Case("notice-by-reason", "a locked Word file", mail(("a.docx", locked.docx_locked())), "reject", ("encrypted-unknown-password",), "both"),
    Case("notice-by-reason", "another format and a virus", mail(("a.xml", b"<?xml version='1.0'?><a/>"), ("a.txt", EICAR)), "discard", ("malware-signature",)),
    Case("notice-by-reason", "a macro from a proven surveyor", mail(("a.docm", files.docm())), "withhold", ("exception-applied", "macro-content"), "sender", VALID),
    Case("notice-by-reason", "the same from somebody who says so", mail(("a.docm", files.docm())), "quarantine", ("!exception-applied",), "recipient", FORGED),
    Case("notice-by-reason", "another format in an agreed case", mail(("a.xml", b"<?xml version='1.0'?><a/>")), "flag", ("exception-applied",), envelope=Envelope(case_id="a-17/2026")),
    # -- channels
    Case("channels", "12 MB of text above the advice", mail(("a.txt", LARGE)), "flag", ("message-too-large", "attachment-too-large")),
    Case("channels", "24 MB by mail", mail(("a.txt", LARGE), ("b.txt", LARGE)), "reject", ("message-too-large",), "sender-if-valid"),
    Case("channels", "33 MB by De-Mail, below its advice", mail(("a.txt", LARGE), ("b.txt", LARGE)), "flag", ("attachment-too-large", "!message-too-large"), envelope=Envelope(channel="de-mail")),
    Case("channels", "45 MB by De-Mail, above its advice", mail(("a.txt", LARGE), ("b.txt", LARGE), ("c.txt", LARGE[:9_000_000])), "flag", ("message-too-large",), envelope=Envelope(channel="de-mail")),
    Case("channels", "66 MB by De-Mail, above its ceiling", mail(("a.txt", LARGE), ("b.txt", LARGE), ("c.txt", LARGE), ("d.txt", LARGE)), "reject", ("message-too-large",), "sender-if-valid", Envelope(channel="de-mail")),
    Case("channels", "a ZIP", mail(("a.zip", files.zipped(a__txt=b"Guten Tag"))), "withhold", ("type-not-allowed",), "recipient"),
    Case("channels", "a locked ZIP for the tender office", mail(("a.zip", locked.zip_locked())), "flag", ("!type-not-allowed", "encrypted-unknown-password"), envelope=Envelope(recipients=("vergabe@stadt.example",))),
    Case("channels", "the same for it and another office", mail(("a.zip", locked.zip_locked())), "withhold", ("type-not-allowed",), "recipient", Envelope(recipients=("vergabe@stadt.example", "amt@stadt.example"))),
    # -- archive city
    Case("archive-city", "a ZIP of documents in folders", mail(("a.zip", files.zipped(**{"plan/a__pdf": plain_pdf(), "b__txt": b"Guten Tag"}))), "flag", ("!archive-member-rejected",)),
    Case("archive-city", "a tar.gz of documents", mail(("a.tar.gz", tarball(a__pdf=plain_pdf()))), "flag", ("!archive-nested",)),
    Case("archive-city", "a ZIP in a ZIP in a ZIP", mail(("a.zip", files.zipped(b__zip=files.zipped(c__zip=files.zipped(d__txt=b"tief"))))), "reject", ("archive-nested",), "sender-if-valid"),
    Case("archive-city", "a ZIP with a table", mail(("a.zip", files.zipped(a__xlsx=files.xlsx()))), "reject", ("archive-member-rejected",), "sender-if-valid"),
    Case("archive-city", "a ZIP of thirty files", mail(("a.zip", files.zipped(**{f"{n}__txt": b"Guten Tag" for n in range(30)}))), "reject", ("archive-member-rejected",), "sender-if-valid"),
    Case("archive-city", "a RAR", mail(("a.rar", b"Rar!\x1a\x07\x01\x00" + bytes(40))), "withhold", ("type-not-allowed",), "sender-if-valid"),
    Case("archive-city", "a PDF without a claim", mail(("a.pdf", plain_pdf())), "flag", ("not-pdf-a",), label="not fit for the archive"),
    Case("archive-city", "a PDF/A-2b", mail(("a.pdf", archival_pdf("2", "B"))), "deliver", ("!not-pdf-a",)),
    Case("archive-city", "text that is not UTF-8", mail(("a.txt", "Grüße".encode("latin-1"))), "withhold", ("type-not-allowed",), "sender-if-valid"),
    Case("archive-city", "a locked PDF", mail(("a.pdf", locked.pdf_locked())), "quarantine", ("encrypted-unknown-password",), "recipient"),
    Case("archive-city", "a PDF that may not be printed", mail(("a.pdf", locked.pdf_locked_for_changes())), "flag", ("pdf-permissions-restricted",), label="must be printable"),
    # -- a city that cleans
    Case("clean-city", "a plain letter", mail(("brief.txt", b"Guten Tag")), "deliver"),
    Case("clean-city", "an application with a macro", mail(("antrag.docm", cleanable("macro.docm"))), "sanitize", ("macro-content",), "recipient"),
    Case("clean-city", "a form that opens with a script", mail(("formular.pdf", cleanable("open.pdf"))), "sanitize", ("active-content",), "recipient"),
    Case("clean-city", "an archive with a program", mail(("akten.zip", cleanable("program.zip"))), "sanitize", ("executable-content",), "recipient"),
    Case("clean-city", "a program", mail(("setup.exe", built.PROGRAM)), "reject", ("executable-content",)),
    Case("clean-city", "a letter with an object", mail(("brief.docx", cleanable("object.docx"))), "sanitize", ("embedded-object",), "recipient"),
)  # fmt: skip
