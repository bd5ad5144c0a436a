r"""Where programs and references may hide besides the usual places: behind pictures, between the lines of a certificate, in names of cells."""

from __future__ import annotations

import base64
import binascii
import gzip

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.testkit.archives import program, zipped
from attachguard.testkit.mail import vcf
from attachguard.testkit.openxml import EXCEL as WORKBOOK
from attachguard.testkit.openxml import PACKAGE, PROLOGUE, RELATIONSHIPS, S, docx, package, relationships
from attachguard.testkit.rtf import rtf
from tests.fixtures import cms, pdf, sevenzip, tar
from tests.fixtures.appended import icon, tiff
from tests.relatives.judged import delivered, kinds, refused

PROGRAM = program()
DISARM = Scanner(Policy.load("disarm"), rules=Rules.empty(), rewrite=True)
SHARE = rb"file://203.0.113.5/s/"


PICTURES = [("a.tif", tiff()), ("a.tif", tiff(order=">")), ("a.tif", tiff(tiles=True)), ("a.ico", icon())]


@pytest.mark.parametrize(("name", "picture"), PICTURES)
@pytest.mark.parametrize(
    "behind", [PROGRAM, zipped({"a.exe": PROGRAM}), sevenzip.stacked("a.exe", PROGRAM), b"\0\0" + PROGRAM]
)
def test_what_follows_a_picture_is_looked_at(name, picture, behind):
    assert refused(picture + behind, name)


@pytest.mark.parametrize(("name", "picture"), PICTURES)
def test_a_picture_with_padding_after_its_end_is_a_picture(name, picture):
    for behind in (b"", bytes(600), b"\r\n", b"Gescannt am 3. November"):
        assert delivered(picture + behind, name)
    for end in range(len(picture)):
        kinds(picture[:end], name)


def certificate(content: bytes, label: str = "CERTIFICATE") -> bytes:
    return f"-----BEGIN {label}-----\n{base64.encodebytes(content).decode()}-----END {label}-----\n".encode()


@pytest.mark.parametrize("name", ["a.crt", "a.pem", "a.txt"])
@pytest.mark.parametrize("content", [PROGRAM, zipped({"a.exe": PROGRAM}), sevenzip.stacked("a.exe", PROGRAM)])
def test_what_is_dressed_up_as_a_certificate_is_what_it_is(name, content):
    assert refused(certificate(content), name)
    assert refused(certificate(cms.attributes()) + certificate(content, "TRUSTED CERTIFICATE"), name)


def test_certificates_and_samples_of_them_are_text():
    sample = b"-----BEGIN CERTIFICATE-----\nTVqQAAMAAAAEAAAA\n-----END CERTIFICATE-----\n"
    for data in (certificate(cms.attributes()), sample, certificate(bytes(range(200))[100:]), certificate(b"x" * 99)):
        assert delivered(data, "a.pem")
    for end in range(0, 200, 3):
        kinds(certificate(PROGRAM)[:end], "a.crt")


@pytest.mark.parametrize("front", [bytes(512), bytes(1024), b"x" * 512])
def test_a_tar_that_begins_later_is_one(front):
    archive = tar.archive({"a.exe": PROGRAM})
    assert refused(front + archive, "a.tar")
    assert refused(gzip.compress(front + archive), "a.tar.gz")


def test_blocks_of_zeros_are_no_tar():
    assert delivered(bytes(4096) + b"x" * 512, "a.dat")
    assert "archive-content" not in kinds(bytes(4096) + b"x" * 512, "a.tar")


def test_the_oldest_cards_hold_files_in_quoted_printable():
    text = binascii.b2a_qp(PROGRAM, istext=False).decode().replace("\n", "\r\n")
    card = vcf(lines=["LOGO;ENCODING=QUOTED-PRINTABLE:" + text])
    assert "windows-program" in kinds(card, "a.vcf")
    assert delivered(vcf(lines=["LOGO;ENCODING=QUOTED-PRINTABLE:https://example.org/a.png"]), "a.vcf")
    assert delivered(vcf(lines=["NOTE;ENCODING=QUOTED-PRINTABLE:Gr=C3=BC=\r\n=C3=9Fe"]), "a.vcf")
    for end in range(0, 300, 7):
        kinds(card[:end], "a.vcf")


# -- PDF -----------------------------------------------------------------------------------------------------------------------


def catalog(entries: bytes, more: dict[int, bytes] | None = None) -> bytes:
    return pdf.pdf({**pdf.PLAIN, 1: b"<</Type/Catalog/Pages 2 0 R" + entries + b">>", **(more or {})})


LINK = {
    3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[<</Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(a.exe)>>>>]>>"
}


def form(template: bytes) -> bytes:
    template = b'<template xmlns="http://www.xfa.org/schema/xfa-template/3.3/">' + template + b"</template>"
    return catalog(b"/AcroForm<</Fields[]/XFA[(template) 9 0 R]>>", {9: pdf.stream(template)})


def scene(script: bytes) -> bytes:
    annotation = b"<</Type/Annot/Subtype/3D/Rect[0 0 1 1]/3DD 9 0 R>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[" + annotation + b"]>>"
    return catalog(b"", {3: page, 9: pdf.stream(b"U3D\0", b"/Type/3D/Subtype/U3D" + script), 10: pdf.stream(b"x()")})


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (catalog(b"/URI<</Base(" + SHARE + b")>>", LINK), "network-path-link"),
        (catalog(rb"/URI 9 0 R", {**LINK, 9: rb"<</Base(\\\\203.0.113.5\\s\\)>>"}), "network-path-link"),
        (form(b'<subform><draw><value><image href="' + SHARE + b'a.png"/></value></draw></subform>'), "network-path"),
        (form(b'<subform usehref="' + SHARE + b'a.xml#x"/>'), "network-path"),
        (form(b'<event><submit target="' + SHARE + b'a"/></event>'), "network-path-link"),
        (scene(b"/OnInstantiate 10 0 R"), "pdf-javascript"),
    ],
)  # fmt: skip
def test_bases_pictures_of_forms_and_scenes_are_read(data, kind):
    assert kind in kinds(data, "a.pdf")
    assert refused(data, "a.pdf")
    for end in range(0, len(data), 29):
        kinds(data[:end], "a.pdf")


@pytest.mark.parametrize(
    "data",
    [
        catalog(b"/URI<</Base(https://www.example.org/)>>", LINK),
        form(b'<subform><image href="https://www.example.org/a.png"/><submit target="https://www.example.org/"/></subform>'),
        form(b'<subform><image href="a.png" contentType="image/png">AAAA</image></subform>'),
        scene(b""),
    ],
)  # fmt: skip
def test_honest_bases_forms_and_scenes_are_let_through(data):
    assert delivered(data, "a.pdf")


# -- Office ----------------------------------------------------------------------------------------------------------------------


def workbook(names: str = "", tail: str = "") -> bytes:
    sheet = f'{PROLOGUE}<worksheet {S}><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>{tail}</worksheet>'
    book = (
        f'{PROLOGUE}<workbook {S} xmlns:r="{RELATIONSHIPS[:-1]}"><sheets><sheet name="T" sheetId="1" r:id="rId1"/></sheets>'
        f"{names and f'<definedNames>{names}</definedNames>'}</workbook>"
    )
    parts = {
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": relationships(("rId1", "worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": sheet,
    }
    return package("xl/workbook.xml", WORKBOOK, parts)


CALL = "cmd|&apos;/c calc&apos;!A0"
CONDITION = '<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1"><formula>{}</formula></cfRule></conditionalFormatting>'
VALIDATION = '<dataValidations><dataValidation type="custom" sqref="A1"><formula1>{}</formula1></dataValidation></dataValidations>'


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (workbook(f'<definedName name="a">{CALL}</definedName>'), "dde-formula"),
        (workbook(tail=CONDITION.format(CALL)), "dde-formula"),
        (workbook(tail=VALIDATION.format(CALL)), "dde-formula"),
        (workbook('<definedName name="a" hidden="1">EXEC("calc.exe")</definedName>'), "xlm"),
        (workbook('<definedName name="a">IF(1,CALL("kernel32","WinExec","JCJ","calc",0))</definedName>'), "xlm"),
    ],
)
def test_formulas_outside_of_cells_act_as_those_in_cells(data, kind):
    assert kind in kinds(data, "a.xlsx")
    assert refused(data, "a.xlsx")
    for end in range(0, len(data), 31):
        kinds(data[:end], "a.xlsx")


@pytest.mark.parametrize(
    "data",
    [
        workbook('<definedName name="_xlnm.Print_Area">Tabelle1!$A$1:$C$9</definedName>'),
        workbook('<definedName name="EXEC">Tabelle1!$A$1</definedName><definedName name="Liste">"A|B|C"</definedName>'),
        workbook('<definedName name="x">RECALL(1)</definedName>'),
        workbook(tail=CONDITION.format("AND(A1&gt;1,B1=&quot;a|b&quot;)")),
        workbook(tail=VALIDATION.format("COUNTIF($A:$A,A1)=1")),
    ],
)
def test_honest_names_and_conditions_are_let_through(data):
    assert delivered(data, "a.xlsx")


@pytest.mark.parametrize(
    "made",
    [
        lambda address: ("a.docx", docx(field=f'LINK Word.Document.8 "{address}" "" \\a')),
        lambda address: ("a.rtf", rtf(field=f'LINK Word.Document.8 "{address}" "" \\\\a')),
    ],
)
def test_a_field_that_links_an_object_of_the_web_is_such_a_link(made):
    name, data = made("http://203.0.113.5/a.doc")
    assert "ole-link-remote" in kinds(data, name)
    assert refused(data, name)
    name, data = made("C:/Daten/Tabelle.xlsx")
    assert delivered(data, name)


def test_a_ribbon_from_elsewhere_acts():
    main = ("rId1", "officeDocument", "word/document.xml")
    kind = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
    parts = {
        "word/document.xml": f'{PROLOGUE}<w:document xmlns:w="{PACKAGE}"/>',
        "_rels/.rels": relationships(main, ("rId2", kind, "http://203.0.113.5/ui.xml", "External")),
    }
    data = package("word/document.xml", WORKBOOK, parts)
    assert "remote-code" in kinds(data, "a.docx")
    assert refused(data, "a.docx")


BOOK_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Names>{}</Names><Worksheet ss:Name="T"><Table><Row><Cell {}>'
    '<Data ss:Type="Number">7</Data></Cell></Row></Table></Worksheet></Workbook>'
)
NAMED_2003 = "<NamedRange ss:Name='a' ss:RefersTo='{}'/>"


@pytest.mark.parametrize(
    ("name", "cell", "kind"),
    [
        (NAMED_2003.format(f"={CALL}"), "", "dde-formula"),
        ("", f"ss:Formula='={CALL}'", "dde-formula"),
        ("", "ss:HRef='file://203.0.113.5/s/a.exe'", "network-path-link"),
        ("", 'ss:Formula="=HYPERLINK(&quot;file://203.0.113.5/s/a&quot;,1)"', "network-path-link"),
    ],
)
def test_workbooks_of_2003_lead_and_ask_as_others_do(name, cell, kind):
    data = BOOK_2003.format(name, cell).encode()
    assert kind in kinds(data, "a.xml")
    assert refused(data, "a.xml")
    report = DISARM.scan(data, name="a.xml")
    assert b">7</Data>" in report.sanitized
    assert delivered(report.sanitized, "a.xml")
    for end in range(0, len(data), 17):
        kinds(data[:end], "a.xml")


@pytest.mark.parametrize(
    "cell", ["ss:HRef='https://www.example.org/'", "ss:Formula='=RC[1]*2'", "ss:Formula='=\"a|b\"'"]
)
def test_honest_workbooks_of_2003_are_let_through(cell):
    assert delivered(BOOK_2003.format("", cell).encode(), "a.xml")
