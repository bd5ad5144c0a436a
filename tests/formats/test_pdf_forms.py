"""PDF forms, XFA in every encoding, attachments that lie in a PDF as they are, and PDFs that were cut."""

from __future__ import annotations

import pytest

from attachguard.formats.pdf.scripts import only_form_functions
from tests.fixtures.pdf import SAMPLES, attached, pdf, sample_script, xdp


def kinds(report):
    return {finding.kind for finding in report.findings}


def test_a_form_that_only_formats_and_adds_up_has_a_kind_of_its_own(scan):
    found = kinds(scan(SAMPLES["form/functions.pdf"](), "antrag.pdf"))
    assert "pdf-form-function" in found
    assert "pdf-javascript" not in found


def test_anything_else_in_a_script_is_script(scan):
    found = kinds(scan(SAMPLES["lookalike/functions.pdf"](), "antrag.pdf"))
    assert "pdf-javascript" in found
    assert "pdf-form-function" not in found


@pytest.mark.parametrize(
    ("source", "harmless"),
    [
        (b"AFPercent_Keystroke(2, 0);", True),
        (b'AFDate_FormatEx("dd.mm.yyyy");AFDate_KeystrokeEx("dd.mm.yyyy");', True),
        (b"AFRange_Validate(true, 0, true, 100);", True),
        (b"AFSimple_Calculate('AVG', ['a', 'b']);", True),
        (b"", False),
        (b"AFNumber_Format(f());", False),
        (b'AFNumber_Format("a" + b);', False),
        (b'AFNumber_Format("\\x41");', False),
        (b"AFNumber_Format(1);//", False),
        (b"AFNumber_Formatter(1);", False),
        (b"AFNumber_Format = eval;", False),
        (b"AFNumber_Format(1" + b",1" * 5000, False),
    ],
)
def test_only_calls_with_written_out_arguments_count(source, harmless):
    assert only_form_functions(source) is harmless


def test_xfa_in_utf_16_is_read(scan):
    assert "pdf-xfa-script" in kinds(scan(SAMPLES["form/xfa-utf16.pdf"](), "antrag.pdf"))


def test_xdp_brings_scripts_and_a_pdf(scan):
    report = scan(SAMPLES["form/vorlage.xdp"](), "antrag.xdp")
    assert report.parts[0].type.id == "xdp"
    assert {"pdf-xfa-script", "pdf-javascript"} <= kinds(report)


def test_a_script_in_a_comment_of_xdp_is_none(scan):
    assert "pdf-xfa-script" not in kinds(scan(SAMPLES["lookalike/daten.xdp"](), "antrag.xdp"))


def test_a_cut_xdp_keeps_its_script(scan):
    assert "pdf-xfa-script" in kinds(scan(SAMPLES["truncated/vorlage.xdp"](), "antrag.xdp"))


def test_broken_base64_in_xdp_gives_what_readers_make_of_it(scan):
    data = xdp(b"", sample_script()).replace(b"<chunk>", b"<chunk>\n -* ")
    assert "pdf-javascript" in kinds(scan(data, "a.xdp"))


def test_an_attachment_that_lies_in_the_pdf_as_it_is_makes_no_polyglot(scan):
    report = scan(SAMPLES["attachment/uncompressed.pdf"](), "plan.pdf")
    assert {part.name for part in report.parts} >= {"plan.zip", "plan.txt"}
    assert report.parts[0].types == ("pdf",)
    assert "executable-content" in {
        f.code for f in scan(SAMPLES["attachment/uncompressed-program.pdf"](), "plan.pdf").findings
    }


def test_a_zip_behind_a_pdf_is_seen_as_one(scan):
    assert scan(SAMPLES["lookalike/zip-behind.pdf"](), "plan.pdf").parts[0].types == ("pdf", "zip")


def test_a_mail_attached_to_a_pdf_is_no_web_archive(scan):
    mail = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nHallo\r\n--x--\r\n"
    assert scan(attached(b"brief.eml", mail), "plan.pdf").parts[0].types == ("pdf",)
    assert "mht" in scan(pdf({}).replace(b"1 0 obj", mail + b"1 0 obj"), "plan.pdf").parts[0].types


def test_a_pdf_cut_before_its_trailer_is_malformed(codes):
    assert "malformed-file" in codes(SAMPLES["truncated/no-trailer.pdf"](), "plan.pdf")
    assert codes(pdf({}), "plan.pdf") == set()


def test_more_scripts_than_are_read_are_told_and_cost_little(scan):
    many = pdf({5 + number: b"<</S/JavaScript/JS(app.alert\\(%d\\))>>" % number for number in range(10_000)})
    report = scan(many, "plan.pdf")
    assert {"active-content", "resource-limit-exceeded"} <= {f.code for f in report.findings}


def test_revisions_without_end_are_told(codes):
    data = pdf({5: b"<</Filter/Standard>>"}) + b"trailer<</Root 1 0 R/Encrypt 5 0 R>>\nstartxref\n0\n%%EOF\n" * 260_000
    assert "resource-limit-exceeded" in codes(data, "plan.pdf")


def test_base_85_and_strings_of_parentheses_are_read_once():
    from attachguard._core.pdffilters import ascii85, literal

    assert ascii85(b"87cURD_*#4DfTZ)~>zzz", 100) == b"Hello, World"
    assert ascii85(b"z" * 100, 100) == bytes(100)
    assert ascii85(b"87 cU\nRD_*#", 4) == b"Hell"
    assert ascii85(b's8W-"zz', 100) == b"", "a group past 2^32"
    assert ascii85(b"!!z", 100) == b"\0", "a z inside a group"
    assert literal(b"a\\(b(c)\\101\\\r\nd\r)e", 0, 99) == (b"a(b(c)Ad\n", 17)
    assert literal(b"(" * 1000, 0, 1000) == (b"(" * 1000, 1000)
