"""Kinds 11 to 24: programs, macros, active content, archives, passwords, keys, what stands inside documents."""

from __future__ import annotations

from examples import build_files as files
from examples import build_locked as locked
from examples.policies.messages import plain_pdf, tarball

from attachguard import Envelope
from tests.fixtures import pdf as pdfs
from tests.policies.kinds import Kind, Mail, mail, not_decidable, rule
from tests.policies.kinds.mails import PDF

ZIP = ("a.zip", files.zipped(a__txt=b"Guten Tag"))
NESTED = ("a.zip", files.zipped(b__zip=files.zipped(c__txt=b"Guten Tag")))
LOCKED = ("a.zip", locked.zip_locked())
ARCHIVES = "[archives]\n{}\n[types]\naccept = ['zip', 'txt', 'pdf']\n" + rule("type-not-allowed", "withhold")


KINDS = (
    Kind(11, "executables: at any depth", rule("executable-content script-content"), mail(ZIP), mail(("a.zip", files.nested_archive())), "executable-content"),
    Kind(
        11, "executables: programs but not scripts, top level only", rule("executable-content", max_depth=0), mail(("a.zip", files.zipped(a__exe=files.program()))),
        mail(("a.exe", files.program())), "executable-content",
    ),
    Kind(11, "executables: disk images", rule("archive-content", types='["iso", "img", "vhd"]'), mail(ZIP), mail(("a.iso", files.disk_image())), "archive-content"),
    Kind(12, "macros", rule("macro-content"), mail(("a.docx", files.docx())), mail(("a.docm", files.docm())), "macro-content"),
    Kind(12, "macros: old sheets only", rule("macro-content", kind='["xlm"]'), mail(("a.docm", files.docm())), mail(("a.xls", files.xls_with_macro_sheet())), "macro-content"),
    Kind(
        12, "macros: harmful ones only", rule("macro-content", kind='["vba-suspicious", "vba-auto-exec"]') + not_decidable("Macros signed by a trusted publisher are accepted."),
        mail(("a.xls", files.xls_with_macro_sheet())), mail(("a.docm", files.docm())), "macro-content", undecidable="trusted publisher",
    ),
    Kind(12, "macros: accepted in Excel files only", rule("macro-content") + rule("macro-content", "flag", suffixes='["xls", "xlsm"]'), mail(("a.xls", files.xls_with_macro_sheet())), mail(("a.docm", files.docm())), "macro-content"),
    Kind(13, "active content: script in PDF", rule("active-content", kind='["pdf-javascript"]'), mail(("a.docx", files.docx_with_field())), mail(("a.pdf", files.pdf_with_script())), "active-content"),
    Kind(13, "active content: DDE", rule("active-content", kind='["dde-field", "dde-link", "dde-formula"]'), mail(("a.pdf", files.pdf_with_script())), mail(("a.docx", files.docx_with_field())), "active-content"),
    Kind(13, "active content: remote templates", rule("external-reference", kind='["attached-template"]'), mail(("a.docx", files.docx())), mail(("a.docx", files.docx_with_template())), "external-reference"),
    Kind(13, "active content: script in the mail's own page", rule("body-script"), mail(html="<p>Guten Tag</p>"), mail(html="<script>fetch('x')</script><p>Guten Tag</p>"), "body-script"),
    Kind(14, "archives forbidden", rule("archive-content"), mail(("a.docx", files.docx())), mail(ZIP), "archive-content"),
    Kind(14, "archives forbidden: all but ZIP", '[types]\nblock-groups = ["archive"]\n' + rule("type-blocked") + rule("type-blocked", "deliver", types='["zip"]'), mail(ZIP), mail(("a.tar.gz", tarball(a__txt=b"x"))), "type-blocked"),
    Kind(15, "archives conditional: formats", ARCHIVES.format('formats = ["zip"]'), mail(ZIP), mail(("a.tar.gz", tarball(a__txt=b"x"))), "type-not-allowed", "withhold"),
    Kind(15, "archives conditional: members", ARCHIVES.format('members = ["pdf"]') + rule("archive-member-rejected"), mail(("a.zip", files.zipped(a__pdf=plain_pdf()))), mail(ZIP), "archive-member-rejected"),
    Kind(15, "archives conditional: nesting", ARCHIVES.format("nesting = 0") + rule("archive-nested"), mail(ZIP), mail(NESTED), "archive-nested"),
    Kind(15, "archives conditional: folders", ARCHIVES.format("folders = false") + rule("archive-directories"), mail(ZIP), mail(("a.zip", files.zipped(**{"x/a__txt": b"x"}))), "archive-directories"),
    Kind(15, "archives conditional: no self-extraction", ARCHIVES.format("self-extracting = false") + rule("archive-self-extracting"), mail(ZIP), mail(("a.exe", files.program() + files.zipped(a__txt=b"x"))), "archive-self-extracting"),
    Kind(15, "archives conditional: counts and size", ARCHIVES.format('max-members = 2\nmax-unpacked = "1 kB"') + rule("archive-member-rejected"), mail(ZIP), mail(("a.zip", files.zipped(a__txt=b"x" * 1_001))), "archive-member-rejected"),
    Kind(16, "archives held", rule("archive-content", "quarantine", hold_days=3, notify='"recipient"'), mail(PDF), mail(ZIP), "archive-content", "quarantine", check='"hold_days":3'),
    Kind(17, "file passwords: any", rule("encrypted-unknown-password encrypted-known-password encrypted-default-password"), mail(("a.pdf", locked.pdf_locked_for_changes())), mail(("a.xlsx", locked.xlsx_protected())), "encrypted-default-password"),
    Kind(17, "file passwords: unknown", rule("encrypted-unknown-password"), mail(("a.xlsx", locked.xlsx_protected())), mail(("a.docx", locked.docx_locked())), "encrypted-unknown-password"),
    Kind(17, "file passwords: by agreement", rule("encrypted-unknown-password") + '[[exception]]\ncode = "encrypted-unknown-password"\ntypes = ["zip"]\nrecipients = ["vergabe@*"]\n', mail(LOCKED, envelope=Envelope(recipients=("vergabe@stadt.example",))), mail(LOCKED), "encrypted-unknown-password"),
    Kind(18, "mail encryption: no PGP", rule("encryption-scheme-not-supported encrypted-unknown-password", types='["pgp"]'), mail(), Mail(locked.pgp_mail()), "encryption-scheme-not-supported"),
    Kind(18, "mail encryption: for mails yes, for files no", rule("encrypted-unknown-key", roles='["attachment", "member"]', max_depth=0) + rule("encrypted-unknown-password"), mail(PDF), mail(LOCKED), "encrypted-unknown-password"),
    Kind(18, "mail encryption: S/MIME without a key", rule("smime-encrypted encrypted-unknown-key", "defer"), Mail(locked.signed_mail()), Mail(locked.enveloped_mail()), "encrypted-unknown-key", "defer"),
    Kind(19, "PDF permissions", rule("pdf-permissions-restricted", kind='["pdf-no-printing"]'), mail(PDF), mail(("a.pdf", locked.pdf_locked_for_changes())), "pdf-permissions-restricted"),
    Kind(20, "embedded files: none", rule("embedded-file embedded-object"), mail(PDF), mail(("a.pdf", files.pdf_with_program())), "embedded-file"),
    Kind(20, "embedded files: the same list for them", '[types]\naccept = ["pdf", "txt"]\nroles = ["attachment", "embedded"]\n' + rule("type-not-allowed"), mail(PDF), mail(("a.pdf", files.pdf_with_program())), "type-not-allowed"),
    Kind(20, "embedded files: no mail in a mail", '[types]\nblock = ["eml", "msg"]\n' + rule("type-blocked", "withhold"), mail(PDF), mail(("a.eml", mail().data)), "type-blocked", "withhold"),
    Kind(21, "outside references", rule("external-reference"), mail(("a.docx", files.docx())), mail(("a.docx", files.docx_with_template())), "external-reference"),
    Kind(21, "outside references: no links", "[content]\nlinks = false\n" + rule("linked-content"), mail(), mail(text="Siehe https://example.org/a\n"), "linked-content"),
    Kind(22, "fonts embedded", not_decidable("All fonts are embedded."), mail(PDF), mail(("a.exe", files.program())), "executable-content", "flag", undecidable="All fonts are embedded."),
    Kind(23, "media", rule("multimedia-content"), mail(PDF), mail(("a.pdf", pdfs._media())), "multimedia-content"),
    Kind(23, "fields", rule("form-fields-present", "withhold"), mail(PDF), mail(("a.pdf", pdfs._form())), "form-fields-present", "withhold"),
    Kind(24, "page matters", not_decidable("Documents are searchable, at 300 dpi, with bookmarks."), mail(PDF), mail(("a.exe", files.program())), "executable-content", "flag", undecidable="300 dpi"),
)  # fmt: skip
