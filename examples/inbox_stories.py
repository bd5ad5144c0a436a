"""The stories of the demo's inbox: what each message is in plain words, how it is made, and what each city's text makes of it.

An expectation is an action and the clause that asks for it, as in the cities' published conditions (`attachguard policy show kaiserslautern`):
`discard K5` means that the mail is dropped, and that paragraph K5 is among the reasons for just that. Without a clause only the action counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from examples import build_files as files
from examples import build_locked as locked
from examples.build_mail import File, letter, wire

from attachguard import Envelope

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
HTML = "text/html"

#: Standard test string of the antivirus trade, harmless by design; in two pieces, so that no virus scanner takes this file for it.
_EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_LOGO_PAGE = (
    '<html><body><img src="cid:bild@example.org" alt="Wappen"><p>Guten Tag, anbei der Antrag.</p></body></html>'
)


class Story(NamedTuple):
    """One message of the inbox.

    Args:
        name: its file.
        what: what it is, in plain words.
        build: makes its bytes.
        kaiserslautern: what that city's text asks for.
        leverkusen: likewise.
        envelope: what the mail server knows about it.
        kept: whether it is written to disk; otherwise it exists in memory only.
    """

    name: str
    what: str
    build: Callable[[], bytes]
    kaiserslautern: str
    leverkusen: str
    envelope: Envelope | None = None
    kept: bool = True


def _with(name: str, content: Callable[[], bytes], media_type: str = "application/octet-stream") -> Callable[[], bytes]:
    """Makes a letter with one attachment."""
    return lambda: wire(letter(File(name, content(), media_type)))


def _inline_logo() -> bytes:
    return wire(letter(html=_LOGO_PAGE, inline=File("wappen.png", files.png(4_000), PNG)))


def _three_scripts() -> bytes:
    return wire(
        letter(
            File("start.bat", files.BAT), File("gruss.js", files.JS, "text/javascript"), File("hilfe.hta", files.HTA)
        )
    )


def _forwarded_program() -> bytes:
    inner = wire(letter(File("rechnung.exe", files.program()), subject="Mahnung"))
    return wire(letter(File("Mahnung.eml", inner, "message/rfc822"), subject="WG: Mahnung"))


def _outlook() -> bytes:
    return wire(letter(File("winmail.dat", files.outlook_bag("Antrag.docx", files.docx()), "application/ms-tnef")))


def _cut_off() -> bytes:
    """Multiparts in a multipart, of which the rest has been lost on the way."""
    data = _inline_logo()
    return data[: len(data) * 2 // 3]


# fmt: off
STORIES: tuple[Story, ...] = (
    # what citizens and offices send every day
    Story("letter.eml", "a letter without attachments", lambda: wire(letter()), "deliver", "deliver"),
    Story("letter-pdf.eml", "a letter with a PDF", _with("Widerspruch.pdf", files.pdf, PDF), "deliver", "deliver"),
    Story("application-docx.eml", "an application written in Word", _with("Antrag.docx", files.docx, DOCX), "deliver", "deliver"),
    Story("table-xlsx.eml", "a table from Excel", _with("Liste.xlsx", files.xlsx, XLSX), "deliver", "deliver"),
    Story("logo-inline.eml", "a logo shown in the text itself", _inline_logo, "deliver", "deliver"),
    Story("script-as-text.eml", "script lines quoted in a .txt", _with("Frage.txt", lambda: files.LISTING, "text/plain"), "deliver", "deliver"),
    Story("scan-jpeg.eml", "a scanned page", _with("Scan_0001.jpg", files.jpeg, JPEG), "deliver", "withhold L1"),
    Story("photo-png.eml", "a photo as PNG", _with("Schlagloch.png", files.png, PNG), "withhold K1", "withhold L1"),
    Story("list-csv.eml", "a list as CSV, in ASCII", _with("Liste.csv", lambda: files.CSV, "text/csv"), "deliver", "withhold L1"),
    Story("letter-old-doc.eml", "a letter from Word 97", _with("Widerspruch.doc", files.old_doc, "application/msword"), "flag", "withhold L1"),
    Story("zip-of-documents.eml", "documents in a ZIP", _with("Anlagen.zip", lambda: files.zipped(a__pdf=files.pdf(), b__txt=files.LISTING), ZIP), "flag", "reject L3"),
    Story("outlook-winmail.eml", "a Word file in winmail.dat", _outlook, "deliver", "deliver"),
    Story("size-11-mb.eml", "11 MB with base64, not on disk", _with("Plan.pdf", lambda: files.pdf(8_100_000), PDF), "deliver", "reject L4", kept=False),
    Story("size-26-mb.eml", "26 MB with base64, not on disk", _with("Plan.pdf", lambda: files.pdf(19_300_000), PDF), "discard K2", "reject L4", kept=False),
    # programs, and what tries not to look like one
    Story("program.eml", "a Windows program", _with("setup.exe", files.program), "discard K5", "reject L2"),
    Story("program-as-pdf.eml", "a program called invoice.pdf", _with("invoice.pdf", files.program, PDF), "discard K5", "reject L2"),
    Story("program-suffixes.eml", "a program, Rechnung.pdf.exe", _with("Rechnung.pdf.exe", files.program), "discard K5", "reject L2"),
    Story("program-rlo-name.eml", "a program that is shown as .pdf", _with("Rechnung_\u202efdp.exe", files.program), "discard K5", "reject L2"),
    Story("program-in-zips.eml", "a program in a ZIP in a ZIP", _with("Rechnung.zip", files.nested_archive, ZIP), "discard K5", "reject L2"),
    Story("program-on-image.eml", "a program on a CD image", _with("Plan.iso", files.disk_image), "discard K5", "reject L2"),
    Story("program-in-mail.eml", "a forwarded mail with a program", _forwarded_program, "discard K5", "reject L2"),
    Story("program-in-pdf.eml", "a program attached inside a PDF", _with("Rechnung.pdf", files.pdf_with_program, PDF), "discard K5", "reject L2"),
    Story("program-in-rtf.eml", "a program as object in an RTF", _with("Rechnung.rtf", files.rtf_with_program, "application/rtf"), "discard K5", "reject L2"),
    Story("scripts.eml", "a .bat, a .js and a .hta", _three_scripts, "discard K5", "reject L2"),
    Story("shortcut.eml", "a shortcut that runs a command", _with("Rechnung.pdf.lnk", files.shortcut), "discard K5", "reject L2"),
    Story("virus-test.eml", "the EICAR test, not on disk", _with("eicar.txt", lambda: _EICAR, "text/plain"), "discard K3", "reject L9", kept=False),
    Story("zip-bomb.eml", "a ZIP bomb: 340 KB for 340 MB", _with("Daten.zip", files.bomb, ZIP), "discard K3", "reject L9"),
    # documents that do something
    Story("macro-word.eml", "a Word document with a macro", _with("Formular.docm", files.docm), "discard K6", "withhold L1"),
    Story("macro-renamed.eml", "the same one, renamed .docx", _with("Formular.docx", files.docm, DOCX), "discard K6", "withhold L1"),
    Story("macro-powerpoint.eml", "a presentation with a macro", _with("Vortrag.pptm", files.pptm), "discard K6", "withhold L1"),
    Story("macro-excel-4.eml", "an .xls with hidden macro sheet", _with("Plan.xls", files.xls_with_macro_sheet, "application/vnd.ms-excel"), "discard K6", "withhold L1"),
    Story("dde-word.eml", "a Word field that runs a program", _with("Brief.docx", files.docx_with_field, DOCX), "discard K6", "flag L11"),
    Story("template-word.eml", "a Word file, template elsewhere", _with("Brief.docx", files.docx_with_template, DOCX), "discard K6", "flag L11"),
    Story("pdf-script.eml", "a PDF with JavaScript", _with("Formular.pdf", files.pdf_with_script, PDF), "discard K6", "flag L11"),
    Story("html-script.eml", "a web page with script", _with("Seite.html", files.scripted_page, HTML), "discard K6", "flag L11"),
    Story("html-smuggling.eml", "a page that saves a hidden ZIP", _with("Rechnung.html", files.smuggling_page, HTML), "discard K5", "reject L2"),
    Story("svg-script.eml", "a drawing with script", _with("Logo.svg", files.scripted_drawing, "image/svg+xml"), "discard K6", "withhold L1"),
    # locks and signatures
    Story("pdf-owner-lock.eml", "a PDF locked only for printing", _with("Bescheid.pdf", locked.pdf_locked_for_changes, PDF), "flag K4", "flag"),
    Story("pdf-locked.eml", "a PDF under an unknown password", _with("Bescheid.pdf", locked.pdf_locked, PDF), "discard K4", "reject L10"),
    Story("docx-locked.eml", "a docx under an unknown password", _with("Vertrag.docx", locked.docx_locked, DOCX), "discard K4", "reject L10"),
    Story("xlsx-protected.eml", "xlsx under Excel's own password", _with("Liste.xlsx", locked.xlsx_protected, XLSX), "flag K4", "flag"),
    Story("zip-locked.eml", "a ZIP under an unknown password", _with("Anlagen.zip", locked.zip_locked, ZIP), "discard K4", "reject L3"),
    Story("zip-agreed.eml", "a ZIP whose password is agreed", _with("Anlagen.zip", locked.zip_with_listed_password, ZIP), "flag K4", "reject L3"),
    Story("zip-agreed-exe.eml", "such a ZIP with a program in it", _with("Anlagen.zip", locked.program_with_listed_password, ZIP), "discard K5", "reject L2"),
    Story("pgp-mail.eml", "a mail encrypted by PGP", locked.pgp_mail, "discard K12", "reject L6"),
    Story("smime-encrypted.eml", "encrypted by S/MIME for the city", locked.enveloped_mail, "flag K12", "flag L5"),
    Story("smime-signed.eml", "a letter signed by S/MIME", locked.signed_mail, "flag K11", "flag L7"),
    # what the mail itself is
    Story("mail-cut-off.eml", "a mail cut off on its way", _cut_off, "quarantine K14", "reject L10"),
    Story("advertising.eml", "advertising, says the spam filter", lambda: wire(letter(subject="Angebot")), "discard K7", "flag L11", Envelope(spam=True)),
)
# fmt: on
