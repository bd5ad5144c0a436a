"""What a rule is shown: each scope sees its content, nothing else, and nothing is made that no rule asks for."""

from __future__ import annotations

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.testkit import BUILDERS
from attachguard.yara import scopes
from tests.fixtures.pdf import sample_script

AUDIT = Policy.load("audit")


def rules(tmp_path, scope: str, *, types: str = "", word: str = "Marker"):
    meta = f'attachguard_scope = "{scope}"' * bool(scope) + f' attachguard_types = "{types}"' * bool(types)
    text = f'rule r {{ meta: description = "x" {meta} strings: $a = "{word}" condition: $a }}'
    (tmp_path / "r.yar").write_text(text, "utf-8")
    return Rules.load(tmp_path)


def seen(loaded: Rules, content: bytes, name: str = "", kind: str = "file") -> list[str]:
    """Paths of the parts on which the rule matches."""
    report = Scanner(AUDIT, rules=loaded).scan(content, name=name, kind=kind)
    return [finding.part for finding in report.findings if finding.source.startswith("yara:")]


PAGE = b"<html><head><title>t</title></head><body>Mar<b>ker</b><script>var Marker = 1</script></body></html>"
MAIL = (
    b"From: a@example.org\r\nSubject: Marker\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/html\r\n\r\n<p>Hel<i>lo</i></p>\r\n"
    b"--b\r\nContent-Type: application/octet-stream; name=Marker.bin\r\n\r\nvar Marker\r\n--b--\r\n"
)


def test_a_rule_without_a_scope_sees_what_it_always_saw(tmp_path):
    assert seen(rules(tmp_path, ""), MAIL, kind="message") == ["", "2!/Marker.bin"]


def test_file_is_every_part_with_bytes_of_its_own(tmp_path):
    assert seen(rules(tmp_path, "file"), MAIL, kind="message") == ["2!/Marker.bin"]
    assert seen(rules(tmp_path, "file", word="var Marker"), PAGE, "a.html") == ["a.html"]


def test_script_is_script_out_of_pages_and_files_of_script(tmp_path):
    loaded = rules(tmp_path, "script", word="var Marker")
    assert seen(loaded, PAGE, "a.html") == ["a.html!/script.js"]
    assert seen(loaded, b"var Marker = 1; function f() { return Marker; }\n", "a.js") == ["a.js"]


def test_html_text_is_what_a_page_shows(tmp_path):
    assert seen(rules(tmp_path, "html-text"), PAGE, "a.html") == ["a.html"]
    assert seen(rules(tmp_path, "html-text", word="var Marker"), PAGE, "a.html") == []
    assert seen(rules(tmp_path, "html-text", word="Hello"), MAIL, kind="message") == ["1"]


def test_text_is_decoded_by_its_character_set(tmp_path):
    body = "Content-Type: text/plain; charset=iso-8859-1\r\n\r\nsch\u00f6n".encode("latin-1")
    assert seen(rules(tmp_path, "html-text", word="sch\u00f6n"), body, kind="message") == ["1"]


def test_name_is_the_name_of_a_part(tmp_path):
    assert seen(rules(tmp_path, "name"), MAIL, kind="message") == ["2!/Marker.bin"]
    assert seen(rules(tmp_path, "name", types="pdf"), b"%PDF-1.4\n", "Marker.pdf") == ["Marker.pdf"]
    assert seen(rules(tmp_path, "name", types="pdf"), b"hello", "Marker.txt") == []


def test_message_is_the_header_section_and_the_text_of_the_bodies(tmp_path):
    assert seen(rules(tmp_path, "message"), MAIL, kind="message") == [""]
    assert seen(rules(tmp_path, "message", word="Hello"), MAIL, kind="message") == [""]
    assert seen(rules(tmp_path, "message", word="var Marker"), MAIL, kind="message") == []


def test_messages_inside_of_messages_are_letters_of_their_own(tmp_path):
    outer = (
        b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n"
        + MAIL
        + b"\r\n--o--\r\n"
    )
    assert seen(rules(tmp_path, "message", word="Hello"), outer, kind="message") == ["1"]


def test_a_message_in_an_archive_is_a_letter_too(tmp_path):
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("m.eml", MAIL)
    assert seen(rules(tmp_path, "message", word="Hello"), packed.getvalue(), "a.zip") == ["a.zip!/m.eml"]


def test_macro_is_the_source_of_macros_and_pdf_script_that_of_a_pdf(tmp_path):
    document = BUILDERS["docm"](macro="Sub Marker()\nEnd Sub\n")
    assert seen(rules(tmp_path, "macro", word="Sub Marker"), document, "a.docm")
    assert seen(rules(tmp_path, "script", word="Sub Marker"), document, "a.docm") == []
    assert seen(rules(tmp_path, "pdf-script", word="alert"), sample_script(), "a.pdf") == ["a.pdf!/javascript"]
    assert seen(rules(tmp_path, "macro", word="alert"), sample_script(), "a.pdf") == []


def test_scopes_can_be_joined(tmp_path):
    assert sorted(seen(rules(tmp_path, "name message"), MAIL, kind="message")) == ["", "2!/Marker.bin"]


def test_a_file_with_rules_of_several_scopes_reports_each_where_it_looks(tmp_path):
    (tmp_path / "r.yar").write_text(
        'private rule p { strings: $a = "Marker" condition: $a }\n'
        'rule named { meta: attachguard_scope = "name" condition: p }\n'
        "rule whole { condition: p }\n",
        "utf-8",
    )
    report = Scanner(AUDIT, rules=Rules.load(tmp_path)).scan(MAIL, kind="message")
    found = [(finding.yara.rule, finding.part) for finding in report.findings if finding.yara is not None]
    assert sorted(found) == [("named", "2!/Marker.bin"), ("whole", ""), ("whole", "2!/Marker.bin")]


@pytest.mark.parametrize("scope", ["", "file", "name"])
def test_no_text_is_made_that_no_rule_asks_for(tmp_path, scope, monkeypatch):
    monkeypatch.setattr(scopes, "readable", lambda *_args, **_options: pytest.fail("a text was made"))
    seen(rules(tmp_path, scope), MAIL, kind="message")


def test_the_text_of_a_message_is_bounded(tmp_path):
    long = b"Subject: x\r\n\r\n" + b"word " * 100_000 + b"Marker"
    assert seen(rules(tmp_path, "message"), long, kind="message") == []


@pytest.mark.parametrize(
    ("scope", "types", "views"),
    [
        ("", "", {"bytes"}),
        ("file", "", {"bytes"}),
        ("", "js", {"script"}),
        ("", "vb", {"script", "macro"}),
        ("macro", "script", {"macro"}),
        ("macro script", "", {"script", "macro"}),
        ("pdf-script", "js", {"script"}),
        ("", "html svg", {"page"}),
        ("", "txt", {"plain", "macro"}),
        ("name", "docx", {"name"}),
        ("", "unknown", {"other"}),
        ("file", "js rtf", {"script", "other"}),
        ("macro", "html", {"bytes"}),
        ("", "js my-own-type", {"bytes"}),
    ],
)
def test_rules_are_read_over_the_parts_that_they_are_for(scope, types, views):
    assert scopes.Wanted(frozenset(scope.split()), frozenset(types.split())).views == views


def test_a_part_of_several_types_is_reported_once(tmp_path):
    page = b"<html><body>Marker</body></html>" + BUILDERS["zip"](members={"a.txt": "x"})
    loaded = rules(tmp_path, "", types="html zip txt")
    assert loaded.listed()[0].name == "r"
    assert seen(loaded, page, "a.html").count("a.html") == 1
