"""XML: what is fetched, run and contained is found in each vocabulary; ordinary documents have nothing."""

from __future__ import annotations

import base64
import io
import time
import zipfile

import pytest

from attachguard.errors import LimitExceeded
from attachguard.formats.markup import xml as inspector
from attachguard.formats.markup.plainxml import plain
from attachguard.limits import Budget, Limits
from attachguard.part import Part
from attachguard.types.filetypes import filetype
from tests import HANG
from tests.fixtures import activemime, xml


def details(report, code):
    return [finding.detail for finding in report.findings if finding.code == code]


@pytest.mark.parametrize("build", [xml.plain, xml.plist, xml.stylesheet, xml.word, xml.excel, xml.flat_sheet])
def test_an_ordinary_document_has_no_findings(scan, build):
    assert [finding for finding in scan(build(), "a.xml").findings if finding.source == "xml"] == []


@pytest.mark.parametrize(
    ("declaration", "detail"),
    [
        ('[<!ENTITY x SYSTEM "file:///etc/passwd">]', "XML external entity: file:///etc/passwd"),
        ("[<!ENTITY % x SYSTEM 'http://198.51.100.7/x.dtd'> %x;]", "XML external entity: http://198.51.100.7/x.dtd"),
        ('[<!ENTITY x PUBLIC "p" "http://198.51.100.7/x">]', "XML external entity: http://198.51.100.7/x"),
        ('SYSTEM "http://198.51.100.7/x.dtd"', "XML external DTD: http://198.51.100.7/x.dtd"),
    ],
)
def test_what_a_document_type_fetches_is_a_reference(scan, declaration, detail):
    data = f'<?xml version="1.0"?><!DOCTYPE a {declaration}><a/>'.encode()
    assert details(scan(data, "a.xml"), "external-reference") == [detail]
    assert details(scan(data.decode().encode("utf-16"), "a.xml"), "external-reference") == [detail]


def test_entities_that_expand_beyond_measure_are_a_bomb(codes):
    assert "decompression-bomb" in codes(xml.entity_bomb(), "a.xml")


@pytest.mark.parametrize(
    "declared",
    [
        b'<!ENTITY a "&a;">',
        b'<!ENTITY a "&b;"><!ENTITY b "&a;">',
        b'<!ENTITY a "&a;&a;&a;"><!ENTITY b "&b;&a;&b;">',
        b'<!ENTITY a "x&b;"><!ENTITY b "&c;&c;"><!ENTITY c "&b;&a;y">',
    ],
)
def test_entities_that_contain_themselves_are_an_error_to_every_reader_and_no_bomb(codes, declared):
    assert "decompression-bomb" not in codes(
        b'<?xml version="1.0"?><!DOCTYPE a [' + declared + b"]><a>&a;&b;&c;</a>", "a.xml"
    )


def test_a_style_sheet_from_elsewhere_is_a_reference(scan):
    data = b'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="https://198.51.100.7/a.xsl"?><a/>'
    assert details(scan(data, "a.xml"), "external-reference") == ["XML style sheet: https://198.51.100.7/a.xsl"]


def test_script_in_a_stylesheet_is_active_and_a_layer(scan):
    report = scan(xml.stylesheet_script(), "vorlage.xsl")
    assert details(report, "active-content") == ["XSLT script: JScript"]
    assert [part.type.id for part in report.parts if part.role == "layer"] == ["js"]


def test_script_in_a_vocabulary_that_browsers_run_is_active(codes):
    data = b'<?xml version="1.0"?><a xmlns:h="http://www.w3.org/1999/xhtml"><h:script>alert(1)</h:script></a>'
    assert "active-content" in codes(data, "a.xml")


def test_macros_in_word_xml_are_unwrapped(scan):
    report = scan(xml.SAMPLES["macro/brief.xml"](), "brief.xml")
    assert [part.type.id for part in report.parts] == ["word2003", "activemime", "cfb"]


def test_pictures_in_word_xml_are_no_parts(scan):
    assert len(scan(xml.SAMPLES["lookalike/brief.xml"](), "brief.xml").parts) == 1


@pytest.mark.parametrize(
    "field",
    [
        xml.word_field("DD", "EAUTO ", "c:\\\\cmd.exe"),
        xml.word_field(" dde excel a b "),
        '<w:fldSimple w:instr=" DDEAUTO c:\\\\cmd.exe &quot;/c x&quot; "/>',
    ],
)
def test_dde_fields_in_word_xml_are_active(scan, field):
    found = details(scan(xml.word(field), "brief.xml"), "active-content")
    assert len(found) == 1
    assert found[0].startswith("DDE field: DDE")


def test_prose_about_dde_is_no_field(codes):
    assert (
        codes(xml.word("<w:p><w:r><w:t>DDEAUTO c:\\cmd.exe</w:t></w:r></w:p>" + xml.word_field(" PAGE ")), "a.xml")
        == set()
    )


@pytest.mark.parametrize("formula", ["=cmd|'/c calc.exe'!A1", "=cmd&#124;'/c calc'!A1", "=MSEXCEL|notepad!A1"])
def test_dde_formulas_in_excel_xml_are_active(scan, formula):
    report = scan(xml.excel(f'<Cell ss:Formula="{formula}"/>'), "tabelle.xml")
    assert details(report, "active-content")[0].startswith("DDE formula: =")


def test_flat_opc_becomes_the_package_it_stands_for(scan):
    part = Part("a.xml", xml.flat_document(binary=True), role="attachment", budget=Budget(Limits()))
    part.load()
    part.types = [filetype("flatopc")]
    (package,) = [fact for fact in inspector.inspect(part) if isinstance(fact, Part)]
    package.load()
    with zipfile.ZipFile(io.BytesIO(package.data)) as made:
        assert made.testzip() is None
        assert set(made.namelist()) == {
            "_rels/.rels",
            "word/document.xml",
            "word/vbaProject.bin",
            "[Content_Types].xml",
        }
        assert made.read("word/vbaProject.bin") == activemime.COMPOUND
        assert b'PartName="/word/document.xml"' in made.read("[Content_Types].xml")


def test_basic_with_code_in_a_flat_sheet_is_a_macro(scan):
    report = scan(xml.SAMPLES["macro/tabelle.fods"](), "tabelle.fods")
    assert details(report, "macro-content") == ["ODF Basic (auto-exec, suspicious): Module1, 6 lines"]
    assert details(report, "active-content")[0].startswith(
        "ODF event: dom:load runs vnd.sun.star.script:Standard.Module1.Main"
    )
    assert [part.type.id for part in report.parts if part.role == "layer"] == ["vb"]


def test_basic_without_code_is_no_macro(codes):
    assert "macro-content" not in codes(xml.SAMPLES["lookalike/tabelle.fods"](), "tabelle.fods")


def test_other_script_languages_are_macros(scan):
    scripts = '<office:scripts><office:script script:language="JavaScript">x()</office:script></office:scripts>'
    assert details(scan(xml.flat_sheet(scripts=scripts), "a.fods"), "macro-content") == ["ODF script: JavaScript"]


def test_an_object_in_a_flat_sheet_is_a_part(scan):
    binary = base64.b64encode(activemime.COMPOUND).decode()
    content = (
        f"<draw:frame><draw:object-ole><office:binary-data>{binary}</office:binary-data></draw:object-ole></draw:frame>"
    )
    report = scan(xml.flat_sheet(content), "a.fods")
    assert details(report, "embedded-object") == ["OLE object: in flat OpenDocument"]
    assert [part.type.id for part in report.parts] == ["fods", "cfb"]


def test_a_chart_in_a_flat_sheet_is_no_object(codes):
    content = '<draw:object><office:document office:mimetype="application/vnd.oasis.opendocument.chart"/></draw:object>'
    assert codes(xml.flat_sheet(content), "a.fods") == set()


@pytest.mark.parametrize(
    "content",
    [
        '<office:dde-source office:dde-application="cmd" office:dde-topic="/c calc"/>',
        '<table:table-cell table:formula="of:=DDE(&quot;cmd&quot;;&quot;/c calc&quot;;&quot;x&quot;)"/>',
    ],
)
def test_dde_in_a_flat_sheet_is_active(scan, content):
    found = details(scan(xml.flat_sheet(content), "a.fods"), "active-content")
    assert len(found) == 1
    assert found[0].startswith(("DDE field: cmd /c calc", "DDE formula: of:=DDE("))


def test_what_a_flat_text_fetches_is_a_reference(scan):
    content = (
        '<draw:image xlink:href="https://198.51.100.7/a.png"/><text:a xlink:href="https://www.example.org/">x</text:a>'
    )
    assert details(scan(xml.flat_sheet(content), "a.fods"), "external-reference") == [
        "ODF linked picture: https://198.51.100.7/a.png"
    ]


@pytest.mark.parametrize(
    "piece", [b"<!ENTITY a '", b"<?a ", b"<!--", b"<pkg:part ", b"<a:script ", b"<x:image ", b"<![CDATA["]
)
def test_repetition_takes_linear_time(piece):
    head = (
        b'<?xml version="1.0"?><!DOCTYPE a [ '
        if piece.startswith(b"<!E")
        else b'<?xml version="1.0"?><office:document ' + xml.ODF.encode() + b">"
    )
    part = Part("a.xml", head + piece * 40_000, role="attachment", budget=Budget(Limits()))
    part.load()
    part.types = [filetype("xml")]
    start = time.process_time()
    list(inspector.inspect(part))
    assert time.process_time() - start < HANG


@pytest.mark.parametrize("element", ["cbc:EmbeddedDocumentBinaryObject", "ram:AttachmentBinaryObject"])
def test_files_in_an_invoice_are_taken_out_and_judged(scan, element):
    content = base64.b64encode(b"MZ" + bytes(60)).decode()
    invoice = f'<?xml version="1.0"?>\n<Invoice xmlns:cbc="a" xmlns:ram="b"><{element} mimeCode="application/pdf" filename="r.exe">\n{content}</{element}></Invoice>'
    report = scan(invoice.encode(), "xrechnung.xml")
    assert details(report, "embedded-file") == ["invoice attachment: r.exe"]
    assert "executable-content" in {finding.code for finding in report.findings}
    assert report.parts[1].declared == "application/pdf"


def test_an_invoice_without_files_has_no_findings(scan):
    invoice = b'<?xml version="1.0"?>\n<Invoice xmlns:cbc="a"><cbc:EmbeddedDocumentBinaryObject/><cbc:Note>BinaryObject</cbc:Note></Invoice>'
    assert scan(invoice, "xrechnung.xml").findings == ()


@pytest.mark.parametrize("name", [name for name in xml.SAMPLES if name.startswith("split/")])
def test_nothing_splits_the_text_of_an_element(bare_scan, name):
    assert [part.type.id for part in bare_scan(xml.SAMPLES[name](), "brief.xml").parts] == [
        "word2003",
        "activemime",
        "cfb",
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<a><!-- > --><b>x</b><?p > ?></a>", b"<a><b>x</b></a>"),
        (b"<a><![CDATA[<b>&]]></a>", b"<a>&lt;b&gt;&amp;</a>"),
        (b'<!DOCTYPE a [<!ENTITY e "x"><!-- ]> -->]><a>&e;&amp;&f;</a>', b"<a>x&amp;&f;</a>"),
        (b'<!DOCTYPE a [<!ENTITY e "<b/>"><!ENTITY f "&e;&e;">]><a>&f;</a>', b"<a><b/><b/></a>"),
        (b"<!-- <!DOCTYPE a [ --><a/>", b"<a/>"),
        (b'<a b=">"/>', b'<a b="&gt;"/>'),
        (b"<a>x<!-- ", b"<a>x"),
        (b"<a>x<![CDATA[y", b"<a>xy"),
    ],
)
def test_plain_xml_says_the_same(data, expected):
    assert plain(data) == expected


def test_entities_that_add_too_much_are_a_limit():
    names = '<!ENTITY e0 "xxxxxxxxxx">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    with pytest.raises(LimitExceeded):
        plain(f"<!DOCTYPE a [{names}]><a>&e8;</a>".encode())
