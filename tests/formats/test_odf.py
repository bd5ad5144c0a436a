"""OpenDocument: type, macros, encryption, links, objects."""

import pytest

from attachguard.formats.archive._zip.types import MIMETYPES
from tests.fixtures.odf import CODE, DOCTYPE, ENCRYPTION, SAMPLES, SHEET, document, module
from tests.fixtures.zip import STORED, Member, archive


def details(report, code):
    return [finding.detail for finding in report.findings if finding.code == code]


def test_a_plain_document_gives_no_finding(scan):
    """Links to click on are nothing."""
    assert scan(SAMPLES["plain/brief.odt"](), "brief.odt").findings == ()


@pytest.mark.parametrize(("media_type", "type_id"), sorted(MIMETYPES.items()))
def test_the_mimetype_member_decides(scan, media_type, type_id):
    """Stored or deflated, first or not."""
    stored = archive(Member("mimetype", media_type.encode(), method=STORED), Member("content.xml", b"<x/>"))
    assert scan(stored, "a.bin").parts[0].type.id == type_id
    late = archive(Member("content.xml", b"<x/>"), Member("mimetype", media_type.encode() + b"\n"))
    assert scan(late, "a.bin").parts[0].type.id == type_id


def test_the_manifest_stands_in_for_a_lost_mimetype(scan):
    """Its root entry names the type."""
    manifest = f'<m:manifest><m:file-entry m:full-path="/" m:media-type="{SHEET}"/></m:manifest>'
    assert scan(archive(Member("META-INF/manifest.xml", manifest.encode())), "a").parts[0].type.id == "ods"


def test_basic_with_code_is_a_macro_and_its_source_a_layer(scan):
    """Grades say that it runs by itself and that it reaches outside."""
    report = scan(SAMPLES["basic/brief.odt"](), "a.odt")
    assert details(report, "macro-content") == [
        "ODF Basic (auto-exec, suspicious): 1 modules, e.g. Basic/Standard/Module1.xml"
    ]
    assert [part.name for part in report.parts if part.role == "layer"] == ["macros", "xml"]
    assert details(report, "active-content")[0].startswith("macro call: dom:load calls vnd.sun.star.script:Standard")


@pytest.mark.parametrize(
    "source", ["", "REM  *****  BASIC  *****\n\n", "' nur ein Hinweis\nOption Explicit\n", "<![CDATA[rem x]]>"]
)
def test_basic_without_code_is_no_macro(scan, source):
    """Remarks and options do nothing."""
    report = scan(document({"Basic/Standard/Module1.xml": module(source)}), "a.odt")
    assert not details(report, "macro-content")
    assert details(report, "hidden-content") == ["ODF Basic (empty): 1 modules without a line of code"]


@pytest.mark.parametrize("source", ["Sub Main\nEnd Sub", "<![CDATA[Print 1]]>", "rem x\nBeep"])
def test_a_line_of_code_makes_a_macro(scan, source):
    """Even the frame of an empty routine."""
    assert details(scan(document({"Basic/Standard/Module1.xml": module(source)}), "a.odt"), "macro-content")


def test_libraries_of_extensions_and_of_embedded_documents_count(scan):
    """Wherever the folder lies."""
    assert details(scan(document({"Object 1/Basic/Standard/M.xml": module(CODE)}), "a.odt"), "macro-content")
    assert details(
        scan(document({"lib/M.xba": module(CODE)}, kind="application/vnd.openofficeorg.extension"), "a.oxt"),
        "macro-content",
    )


def test_scripts_are_macros_and_children(scan):
    """Files under Scripts with a line that does something."""
    report = scan(SAMPLES["python/tabelle.ods"](), "a.ods")
    assert details(report, "macro-content") == ["ODF script: 1 files, e.g. Scripts/python/makro.py"]
    assert [part.type.id for part in report.parts if part.role == "embedded"] == ["python"]
    assert not details(scan(document({"Scripts/python/leer.py": "# nichts\n"}), "a.odt"), "macro-content")


def test_scripts_of_hwpx_are_macros(scan):
    """JavaScript in UTF-16."""
    script = b"\xff\xfe" + "function f()\n{\n}\n".encode("utf-16-le")
    report = scan(document({"Scripts/kopf.js": script}, kind="application/hwp+zip"), "a.hwpx")
    assert details(report, "macro-content") == ["HWPX script: 1 files, e.g. Scripts/kopf.js"]


def test_encryption_is_named_with_its_algorithm(scan):
    """And the members that cannot be read are marked."""
    report = scan(SAMPLES["encrypted/brief.odt"](), "a.odt")
    assert details(report, "encrypted-unknown-password") == ["OpenDocument: AES-256, 1 member"]
    assert report.parts[0].encryption == "unknown-password"
    assert [part.encryption for part in report.parts if part.name == "content.xml"] == ["unknown-password"]


def test_encryption_for_key_holders_is_told_apart(scan):
    """OpenPGP in the manifest."""
    entries = "<manifest:keyinfo><manifest:encrypted-key/></manifest:keyinfo>"
    report = scan(document(locked=True, entries=entries), "a.odt")
    assert details(report, "encrypted-unknown-key") == ["OpenDocument: OpenPGP, AES-256, 1 member"]


def test_encrypted_basic_is_a_macro(scan):
    """Nobody knows what it does, and it is there."""
    entry = f'<manifest:file-entry manifest:full-path="Basic/L/M.xml" manifest:media-type="text/xml">{ENCRYPTION}</manifest:file-entry>'
    report = scan(document({"Basic/L/M.xml": bytes(range(200))}, entries=entry), "a.odt")
    assert details(report, "macro-content") == ["ODF Basic (encrypted): 1 modules, e.g. Basic/L/M.xml"]


def test_objects_of_both_kinds_are_found(scan):
    """OLE data as a member, documents as folders; pictures of them are neither."""
    assert details(scan(SAMPLES["object/brief.odt"](), "a.odt"), "embedded-object") == ["OLE object: Object 1"]
    report = scan(SAMPLES["chart/tabelle.ods"](), "a.ods")
    assert details(report, "embedded-object") == ["OpenDocument object: document in 'Object 1'"]
    assert not details(scan(document({"ObjectReplacements/Object 1": b"x" * 9}), "a.odt"), "embedded-object")


def test_links_and_dde_are_found(scan):
    """What is loaded with the document, not what is clicked on."""
    assert details(scan(SAMPLES["dde/tabelle.ods"](), "a.ods"), "active-content") == ["DDE link: cmd|/c calc"]
    assert details(scan(SAMPLES["linked/brief.odt"](), "a.odt"), "external-reference") == [
        "linked section: https://example.org/teil.odt"
    ]
    inside = '<draw:image xlink:href="Pictures/1.png"/><draw:image xlink:href="file:///C:/bild.png"/>'
    assert not details(scan(document(body=inside), "a.odt"), "external-reference")
    assert details(scan(document(body='<draw:image xlink:href="file://srv/x.png"/>'), "a.odt"), "external-reference")


def test_links_that_start_a_program_of_windows_are_found(scan):
    """They are clicked on, and search on the host that they name."""
    link = '<text:a xlink:href="search-ms:query=x">x</text:a>'
    assert details(scan(document(body=link), "a.odt"), "external-reference")
    assert not details(scan(document(body=link), "a.odt"), "inspection-failed")


def test_a_signature_marks_the_document(scan):
    """By its member in META-INF."""
    assert scan(SAMPLES["signed/brief.odt"](), "a.odt").parts[0].signed


def test_the_document_type_of_basic_is_no_reason_to_look_twice(scan):
    """Any other document type is: the member becomes a child of its own."""
    assert DOCTYPE in module("")
    report = scan(document({"styles.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"}), "a.odt")
    assert [part.name for part in report.parts if part.role == "embedded"] == ["styles.xml"]


def test_a_link_that_calls_a_macro_is_active_and_other_links_are_not(scan):
    call = '<text:a xlink:href="vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document">x</text:a>'
    assert details(scan(document(body=call), "a.odt"), "active-content") == [
        "macro call: a click calls vnd.sun.star.script:Standard.M.Main?language=Basic&location=document"
    ]
    prose = "<text:p>vnd.sun.star.script:x</text:p><text:a xlink:href='https://example.org/?macro:x'>x</text:a>"
    assert scan(document(body=prose), "a.odt").findings == ()


def test_formulas_that_start_or_fetch_something_are_told_from_those_that_calculate(scan):
    def cell(formula):
        return document(body=f'<table:table-cell table:formula="{formula}"/>', kind=SHEET)

    starts = scan(cell("of:=1+DDE(&quot;cmd&quot;;&quot;/c calc&quot;;&quot;x&quot;)"), "a.ods")
    assert details(starts, "active-content") == ['DDE formula: DDE("cmd";"/c calc";"x")']
    fetches = scan(cell("of:=WEBSERVICE(&quot;http://203.0.113.7/&quot;)"), "a.ods")
    assert details(fetches, "external-reference") == ['spreadsheet function WEBSERVICE: "http://203.0.113.7/")']
    assert scan(cell("of:=SUM([.A1:.A3])+ADDE(1)"), "a.ods").findings == ()
