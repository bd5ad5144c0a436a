r"""What binary and XML documents of Office refer to in places that no relationship and no field names."""

from __future__ import annotations

import struct

import pytest

from tests.fixtures import ooxml, ppt, rtf, xls
from tests.fixtures.cfb import build
from tests.relatives.judged import delivered, kinds, refused

SHARE = r"\\203.0.113.5\s\a"
URI = "file://203.0.113.5/s/a"
LINK = bytes.fromhex("d0c9ea79f9bace118c8200aa004ba90b")
URL_MONIKER = bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b")
FILE_MONIKER = bytes.fromhex("0303000000000000c000000000000046")
SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def book(*records: bytes) -> bytes:
    return xls.file(xls.workbook([("Tabelle1", 0, 0)], extra=b"".join(records)))


def in_sheet(record: bytes) -> bytes:
    """A workbook whose first sheet has a record."""
    stream = xls.workbook([("Tabelle1", 0, 0)])
    return xls.file(stream[:-4] + record + stream[-4:])


def hlink(address: str) -> bytes:
    if address.startswith("\\\\"):
        moniker = (
            FILE_MONIKER + struct.pack("<HI", 0, len(address) + 1) + address.encode() + b"\0" + struct.pack("<HH", 0xFFFF, 0xDEAD)
            + bytes(24)
        )  # fmt: skip
    else:
        raw = (address + "\0").encode("utf-16-le")
        moniker = URL_MONIKER + struct.pack("<I", len(raw)) + raw
    return xls.record(0x01B8, bytes(8) + LINK + struct.pack("<II", 2, 3) + moniker)


def hlink_as_text(address: str) -> bytes:
    wide = (address + "\0").encode("utf-16-le")
    name = "hier\0"
    body = struct.pack("<II", 2, 0x113) + struct.pack("<I", len(name)) + name.encode("utf-16-le")
    return xls.record(0x01B8, bytes(8) + LINK + body + struct.pack("<I", len(address) + 1) + wide)


def counted(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def function(address: str) -> bytes:
    tokens = b"\x17" + bytes([len(address), 0]) + address.encode() + b"\x42\x01\x67\x01"
    return xls.record(0x0006, bytes(20) + struct.pack("<H", len(tokens)) + tokens)


def slides(kind: int, address: str) -> bytes:
    text = ppt.record(0x0FBA, address.encode("utf-16-le"), 0x10)
    return ppt.presentation(ppt.record(0x0409, ppt.record(kind, ppt.record(0x0FD3, bytes(4)) + text, 0xF), 0xF))


def sheet(formula: str) -> bytes:
    cell = f'<row r="1"><c r="A1"><f>{formula}</f><v>0</v></c></row>'
    return ooxml.excel(
        parts={"xl/worksheets/sheet1.xml": f"<worksheet {SHEET}><sheetData>{cell}</sheetData></worksheet>"}
    )


def vml(attribute: str) -> bytes:
    return ooxml.word(
        f'<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" {attribute}/></w:pict></w:r></w:p>'
    )


def quoted(address: str) -> str:
    return address.replace("\\", "\\\\")


MADE = [
    *(("a.xls", in_sheet(hlink(address)), "network-path-link") for address in (SHARE, URI)),
    *(("a.xls", in_sheet(hlink(address)), "protocol-link") for address in ("search-ms:query=x", "ms-msdt:/id x")),
    ("a.xls", in_sheet(hlink_as_text(SHARE)), "network-path-link"),
    ("a.xls", in_sheet(function(SHARE)), "network-path-link"),
    ("a.xls", book(xls.record(0x00CD, counted(f"URL;{URI}"))), "network-path"),
    ("a.xls", in_sheet(xls.record(0x00CD, counted(f"ODBC;DBQ={SHARE}.mdb"))), "network-path"),
    ("a.xls", in_sheet(xls.record(0x0804, b"\x04\x08\0\0" + counted(URI))), "network-path"),
    ("a.xls", in_sheet(xls.record(0x0051, bytes(6) + counted("\x01\x01@203.0.113.5\x03s\x03[a.xls]T"))), "network-path"),
    *(("a.ppt", slides(0x0FD7, address), "network-path-link") for address in (SHARE, URI)),
    ("a.ppt", slides(0x0FD7, "search-ms:query=x"), "protocol-link"),
    *(("a.ppt", slides(kind, SHARE), "network-path") for kind in (0x1006, 0x1007, 0x100D, 0x100F)),
    *(("a.xlsx", sheet(f'HYPERLINK("{address}","x")'), "network-path-link") for address in (SHARE, URI)),
    ("a.xlsx", sheet(f"hyperlink(&quot;{SHARE}&quot;)"), "network-path-link"),
    ("a.xlsx", sheet("cmd|'/c calc'!A0"), "dde-formula"),
    ("a.xlsx", sheet("1+cmd|&apos;/c calc&apos;!A0"), "dde-formula"),
    ("a.docx", vml(f'href="{SHARE}"'), "network-path-link"),
    ("a.docx", ooxml.word(parts={"docProps/app.xml": f"<Properties><HyperlinkBase>{URI}</HyperlinkBase></Properties>"}), "network-path-link"),
    ("a.rtf", rtf.document(rf"{{\shp{{\*\shpinst{{\sp{{\sn pibName}}{{\sv {quoted(SHARE)}}}}}}}}}"), "network-path"),
    ("a.rtf", rtf.document(rf"{{\shp{{\*\shpinst{{\sp{{\sn pibName}}{{\sv {URI}}}}}}}}}"), "network-path"),
    ("a.rtf", rtf.document(rf"{{\*\background{{\shp{{\*\shpinst{{\sp{{\sn fillBlipName}}{{\sv {URI}}}}}}}}}}}"), "network-path"),
    ("a.rtf", rtf.document(rf"{{\shp{{\*\shpinst{{\sp{{\sn pihlShape}}{{\sv {{\*\hl{{\hlloc }}{{\hlsrc {URI}}}}}}}}}}}}}"), "network-path"),
    ("a.rtf", rtf.document(rf"{{\*\filetbl{{\file\fid0\fnetwork {quoted(SHARE)}}}}}"), "network-path"),
    ("a.rtf", rtf.document(rf"{{\*\mailmerge{{\mmconnectstr Provider=x;Data Source={quoted(SHARE)}.mdb}}}}"), "network-path"),
    ("a.rtf", rtf.document(rf"{{\*\mailmerge{{\*\mmdatasource {quoted(SHARE)}.doc}}}}"), "network-path"),
    ("a.rtf", rtf.document(rf"{{\info{{\hlinkbase {quoted(SHARE)}}}}}"), "network-path-link"),
    ("a.rtf", rtf.document(r"{\shp{\*\shpinst{\sp{\sn pibName}{\sv \u92?\u92?203.0.113.5\'5cs}}}}"), "network-path"),
]  # fmt: skip
ELSEWHERE = [
    ("a.xls", in_sheet(hlink("https://www.example.org/"))),
    ("a.xls", in_sheet(hlink_as_text("Anlage.xls"))),
    ("a.xls", in_sheet(function("https://www.example.org/"))),
    ("a.xls", in_sheet(hlink(r"\\fileserver01\v\a.xls"))),
    ("a.ppt", slides(0x0FD7, "https://www.example.org/")),
    ("a.ppt", slides(0x100F, r"C:\Windows\Media\x.wav")),
    ("a.xlsx", sheet('HYPERLINK("https://www.example.org/","x")')),
    ("a.xlsx", sheet('IF(A1="a|b",1,2)')),
    ("a.docx", vml('href="https://www.example.org/"')),
    ("a.rtf", rtf.document(r"{\shp{\*\shpinst{\sp{\sn wzName}{\sv Grafik 1: Rathaus}}}}")),
    ("a.rtf", rtf.document(r"{\*\filetbl{\file\fid0 C:\\Texte\\Teil 1.rtf}}")),
]
CUT = [(name, data) for name, data, _ in MADE[::7]]


@pytest.mark.parametrize(("name", "data", "kind"), MADE)
def test_a_share_or_a_protocol_is_found_wherever_it_is_named(name, data, kind):
    assert kind in kinds(data, name)
    assert refused(data, name)


@pytest.mark.parametrize(("name", "data"), ELSEWHERE)
def test_the_web_the_own_disk_and_the_own_network_are_let_through(name, data):
    assert delivered(data, name)


@pytest.mark.parametrize(("name", "data"), CUT)
def test_cut_documents_never_raise(name, data):
    for end in range(0, len(data), max(1, len(data) // 23)):
        kinds(data[:end], name)


def test_an_object_in_the_value_of_a_shape_is_looked_at():
    packed = rtf.ole1("Package", rtf.package("rechnung.exe", rtf.PE)).hex()
    body = rf"{{\shp{{\*\shpinst{{\sp{{\sn x}}{{\sv {{\object\objocx{{\*\objclass Forms.Image.1}}{{\*\objdata {packed}}}}}}}}}}}}}"
    assert {"windows-program", "activex-control"} <= kinds(rtf.document(body), "a.rtf")


@pytest.mark.parametrize(
    "name",
    ["Shell.Explorer.2", "shell.explorer.1", "Forms.HTML:Image.1", "htmlfile", "ShockwaveFlash.ShockwaveFlash.9"],
)
def test_an_object_of_a_class_that_acts_is_a_control_however_it_is_embedded(name):
    in_rtf = rtf.with_object(rtf.ole1(name, bytes(20)).hex(), class_name=name)
    in_word = ooxml.word(
        f'<w:p><w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" Type="Embed" ProgID="{name}" r:id="rId9"/></w:object></w:r></w:p>',
        links=(("rId9", "oleObject", "embeddings/o.bin"),),
        parts={"word/embeddings/o.bin": build({"\x01Ole": bytes(20)}, "8856F961-340A-11D0-A96B-00C04FD705A2")},
    )
    for data, file_name in ((in_rtf, "a.rtf"), (in_word, "a.docx")):
        assert "activex-control" in kinds(data, file_name)


@pytest.mark.parametrize("name", ["Excel.Sheet.8", "Word.Document.8", "MSGraph.Chart.8", "PBrush", "Visio.Drawing.11"])
def test_objects_of_documents_are_no_controls(name):
    assert "activex-control" not in kinds(rtf.with_object(rtf.ole1(name, bytes(20)).hex(), class_name=name), "a.rtf")


def test_script_in_the_page_of_a_film_is_script():
    def film(markup: str) -> bytes:
        return ooxml.word(
            '<w:p><wp15:webVideoPr xmlns:wp15="http://schemas.microsoft.com/office/word/2012/wordprocessingDrawing" '
            f'embeddedHtml="{markup}"/></w:p>'
        )

    assert refused(film("&lt;script&gt;alert(1)&lt;/script&gt;"), "a.docx")
    assert delivered(film("&lt;iframe src=&quot;https://www.youtube.com/embed/x&quot;&gt;&lt;/iframe&gt;"), "a.docx")


def test_a_document_type_hides_no_relationship():
    rels = (
        '<!DOCTYPE x [<!ENTITY a "file://203.0.113.5/s">]>'
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="&a;" TargetMode="External"/></Relationships>'
    )
    assert refused(ooxml.word(parts={"word/_rels/document.xml.rels": rels}), "a.docx")
