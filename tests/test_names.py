"""File names: which extension counts, which tricks are reported, and when name and content disagree."""

from __future__ import annotations

import pytest

from attachguard import Policy, Scanner
from attachguard.engine.names import name_findings
from attachguard.limits import Budget, Limits
from attachguard.part import Part
from attachguard.types.extension import extension as effective_extension
from attachguard.types.extension import extensions, split_name
from attachguard.types.identify import identify
from tests.fixtures.heads import HEADS, MAIL


def findings(name, data=b"Guten Tag\n", declared=None, role="attachment", types=None):
    part = Part(name, data, role=role, budget=Budget(Limits()), declared=declared)
    part.load()
    part.types = types if types is not None else identify(data, name)
    return [(finding.code, finding.detail) for finding in name_findings(part)]


def codes(*args, **options):
    return {code for code, _ in findings(*args, **options)}


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("Rechnung.PDF", "pdf"), ("archiv.tar.gz", "gz"), ("README", ""), ("a.exe.", "exe"), ("a.exe . .", "exe"), ("a.exe::$DATA", "exe"),
        ("a.exe:strom", "exe"), ("a.exe:strom:$DATA", "exe"), ("a.txt:b.exe", "exe"), ("a.cmd\0.txt", "cmd"), ("Re: Termin.eml", "eml"),
        ("a.txt.{3050f4d8-98B5-11CF-BB82-00AA00BDCE0B}", "txt"), ("x/y.z/datei", ""), ("a.library-ms", "library-ms"), ("", ""), (".", ""),
        (".gitignore", "gitignore"), ("Schreiben vom 12.11.", "11"),
    ],
)  # fmt: skip
def test_the_extension_that_counts(name, extension):
    assert effective_extension(name) == extension


#: Spellings that Windows, a mail program or an unpacker runs or shows as `.vbs`.
SPELLINGS = [
    "a.vbs", "A.VBS", "a.vbs.", "a.vbs. . .", "a.vbs ", "a.vbs\u00a0", "a.vbs\u3000", "a.vbs\u200b", "a.vbs\u2800", "a.vbs\u202c", "a.vbs\x01", "a.v\x01bs",
    "a.v\u00adbs", "a\u202etxt.vbs", "a.vbs\u200f.", "a.vbs::$DATA", "a.vbs:stream", "a.vbs:stream.txt", "a.vbs:a stream:$DATA", "a.txt:b.vbs", "a.vbs\0.txt",
    "a.txt\0.vbs", "a.v\0bs", "a.vbs\0", "a\uff0evbs", "a.\uff56\uff42\uff53", "a.vb\u017f", "a.v\u0307bs", "a.vbs;1", 'a.vbs"', "a.vbs?", "a.vbs|", "a.vbs\uf020",
    "x/a.vbs", "x\\a.vbs", "C:a.vbs", "a. vbs", "a.vbs.{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}",
]  # fmt: skip


@pytest.mark.parametrize("name", SPELLINGS)
def test_every_spelling_of_an_extension_is_that_extension(name):
    assert effective_extension(name) == "vbs"
    assert [kind.id for kind in identify(b'MsgBox "Guten Tag"\r\n', name)] == ["vb"]


@pytest.fixture(scope="module")
def blocking(tmp_path_factory):
    """A scanner whose policy blocks `.vbs` and takes nothing but `.txt`."""
    file = tmp_path_factory.mktemp("policy") / "t.toml"
    lists = '[types]\naccept = ["txt", "vb"]\nblock-suffixes = ["vbs"]\n'
    file.write_text(f'[policy]\nid = "t"\nversion = "1"\n{lists}')
    return Scanner(Policy.load(file))


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_blocked_suffix_is_blocked_in_every_spelling(name, blocking):
    assert "type-blocked" in {
        finding.code for finding in blocking.scan(b"Guten Tag\n", name=name, kind="file").findings
    }


def test_a_name_with_two_readings_needs_both_on_the_list(blocking):
    found = blocking.scan(b"Guten Tag\n", name="a.txt\0.doc", kind="file").findings
    assert ("type-not-allowed", "suffix: .doc") in {(finding.code, finding.detail) for finding in found}


@pytest.mark.parametrize(
    "name",
    [
        "a.txt",
        "a.vbs.txt",
        "vbs",
        "a vbs",
        "a.vbsx",
        "a.vbs_",
        "a.vbs-1",
        "a.xvbs",
        "Nr. 5",
        "Dr. Meier.txt",
        "Punkt 3.c: Text",
        "Bericht \u2026 final",
    ],
)
def test_other_names_are_not_that_extension(name):
    assert "vbs" not in extensions(name)


def test_what_stands_before_the_extension_is_what_is_inside():
    assert split_name("brief.vbs.p7m\u00a0") == ("brief.vbs", "p7m")
    assert split_name("ohne Endung") == ("ohne Endung", "")


def test_reading_a_long_hostile_name_takes_no_time():
    assert extensions("." * 2000 + ":." * 500 + "vbs") == ("vbs",)


@pytest.mark.parametrize(
    "name",
    [
        "Rechnung.pdf.exe", "a.exe.pdf.exe", "bild.jpg.scr", "Antrag.docx.js", "Rechnung.pdf .exe", "Rechnung.pdf          .exe", "Rechnung\u202efdp.exe",
        "a\u2066b.pdf", "a\u202bb.pdf", "\u2067fdp.1\u2069.\u2066exe", "\u2067Rechnung fdp.exe\u2069", "\u202bfdp.exe\u202c", "\u2068a\u202e\u2069fdp.exe", "a\u202d.pdf", "a\u2066b.p\u2069df.\u2067exe",
        "a.exe.", "a.js ", "a.txt.{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}", "a.exe::$DATA", "a.txt:b.exe", "a\0b.pdf", "a\x07.pdf",
        "Rechnung.p\u0501f", "rechnung.\uff45\uff58\uff45", "a.\u0435xe", "a.p\u200bdf", "Rechnung" + " " * 60 + ".txt", "a.pdf.com.", "a.pdf.command", "a.pdf\u200b.exe", "a.pdf.appinstaller", "a.docx.wsb",
    ],
)  # fmt: skip
def test_deceptive_names_are_reported(name):
    assert "filename-deceptive" in codes(name)


@pytest.mark.parametrize(
    "name",
    [
        "Rechnung \u2068(1024\u2069).pdf", "\u2068Rechnung.pdf\u2069", "\u2066\u2067חוזה\u2069 2024\u2069.pdf", "\u202aRechnung\u202c.pdf", "\u202aRechnung.pdf\u202c", "\u2067عقد\u2069 (1).pdf",
        "Rechnung.pdf", "post.pdf_kopija.zip", "archive.tar.gz", "v1.2.pdf", "Müller & Söhne GmbH.txt", "Re: Termin.eml", "setup.exe", "jquery.min.js",
        "Protokoll 12.30: Beschluss.txt", "Schreiben vom 12.11.", "Dr. Meier.txt", "Antrag 2024.11.02 final (1).pdf", "資料.pdf", "отчёт.pdf", "",
        "Foto  2  mal.jpg", "Erika Mustermann u. a.", "fsck.cramfs", "Newtonsoft.Json.dll", "System.Data.SQLite.dll", "عقد الإيجار.pdf", "חוזה שכירות.pdf",
    ],
)  # fmt: skip
def test_ordinary_names_are_not(name):
    assert "filename-deceptive" not in codes(name)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a.jpg", "pe"), ("a.pdf", "html"), ("a.pdf", "zip"), ("a.txt", "pdf"), ("a.doc", "html"), ("a.png", "svg"), ("a.zip", "iso"), ("a.mp3", "pdf"),
        ("a.pdf", "lnk"), ("a.docx", "png"), ("a.html", "pdf"), ("a.xls", "html"),
    ],
)  # fmt: skip
def test_a_name_that_contradicts_the_content_is_reported(name, key):
    assert "type-mismatch" in codes(name, HEADS[key])


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a.jpeg", "jpg"), ("a.jpg", "png"), ("a.log", "txt"), ("a.doc", "rtf"), ("winmail.dat", "tnef"), ("a.mp4", "mov"), ("a.tgz", "gz"), ("a", "pe"),
        ("a.bin", "elf"), ("a.dll", "pe"), ("a.scr", "pe"), ("a.p7s", "pem"), ("a.txt", "eml"), ("a.csv", "txt"), ("a.xml", "svg"), ("a.msg", "eml"),
        ("a.docx", "zip"), ("a.doc", "cfb"), ("unbekannt.xyz", "pdf"), ("a.txt", "shell"), ("._a.pdf", "applesingle"), ("a.exe", "pdf"),
        ("index.d.mts", "txt"), ("id_rsa.pub", "pem"), ("font.pfa", "ps"),
    ],
)  # fmt: skip
def test_habits_of_programs_are_not_contradictions(name, key):
    assert "type-mismatch" not in codes(name, HEADS[key])


def test_macros_under_a_name_without_are_a_contradiction():
    from attachguard.types.filetypes import filetype

    assert codes("a.docx", HEADS["zip"], types=[filetype("docm")]) == {"type-mismatch"}
    assert not codes("a.docm", HEADS["zip"], types=[filetype("docx")])
    assert not codes("a.doc", HEADS["zip"], types=[filetype("docx")])
    assert not codes("a.zip", HEADS["zip"], types=[filetype("docx")])
    assert codes("a.zip", HEADS["zip"], types=[filetype("jar")]) == {"type-mismatch"}


def test_a_declared_type_counts_where_it_hides_something():
    assert findings("", HEADS["pe"], "image/png") == [
        ("type-mismatch", "declared as PNG image, the content is Windows program")
    ]
    assert not findings("", HEADS["pe"], "application/octet-stream")
    assert not findings("", HEADS["png"], "image/jpeg")
    assert not findings("", MAIL, "text/plain")


def test_two_types_at_once_are_reported_if_one_is_active(bare_scan):
    pdf = b"%PDF-1.4\n1 0 obj\n<</S/JavaScript/JS(app.alert)>>\nendobj\nstartxref\n0\n%%EOF\n"
    plain = pdf.replace(b"/JavaScript/JS", b"/GoTo/D")
    for content, expected in ((pdf, True), (plain, False), (b"", False)):
        found = {finding.code for finding in bare_scan(HEADS["gif"] + content, "a.gif").findings}
        assert ("polyglot-file" in found) is expected


def test_layers_and_bodies_have_no_name_to_judge():
    assert not findings("a.pdf.exe", HEADS["html"], role="layer")
    assert not findings("a.pdf.exe", HEADS["html"], role="body")


def test_findings_are_short_and_printable():
    for name in ("a." + "\u0435" * 200, "\0" * 200, ".pdf" * 60 + ".exe", " " * 250 + ".exe"):
        for _, detail in findings(name):
            assert len(detail) < 120
            assert detail.isprintable()
