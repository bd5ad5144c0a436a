r"""Addresses in places that no relationship and no action names, and formulas outside of cells: each as a case of `built`."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterator

from tests.fixtures import pdf, rtf
from tests.sanitizers.built import MARKER, Case, book, field, rewritten, word, words

NAME = MARKER.decode()
SHARE = f"file://203.0.113.7/{NAME}"
CALL = f"cmd|&apos;/c {NAME}&apos;!A0"


def cases() -> Iterator[Case]:
    """All of them."""
    yield from documents()
    yield from workbooks()
    yield from texts()
    yield from pages()
    yield from pdfs()
    yield from flat_files()


def flat(package: bytes) -> bytes:
    """A package as one file of XML."""
    parts = ""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        types = archive.read("[Content_Types].xml").decode()
        given = dict(re.findall(r'(?:PartName="/|Extension=")([^"]*)" ContentType="([^"]*)"', types))
        for name in archive.namelist():
            if name == "[Content_Types].xml":
                continue
            kind = given.get(name) or given.get(name.rpartition(".")[2], "application/octet-stream")
            content = archive.read(name)
            text = (
                re.sub(r"<\?xml[^>]*\?>\s*", "", content.decode())
                if kind.endswith("xml")
                else base64.encodebytes(content).decode()
            )
            inner = "xmlData" if kind.endswith("xml") else "binaryData"
            parts += (
                f'<pkg:part pkg:name="/{name}" pkg:contentType="{kind}"><pkg:{inner}>{text}</pkg:{inner}></pkg:part>'
            )
    head = '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Word.Document"?>'
    return f'{head}<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">{parts}</pkg:package>'.encode()


def flat_files() -> Iterator[Case]:
    named = {case.name: case for case in words()}
    for name in ("dde.docx", "template.docx"):
        case = named[name]
        yield Case(f"flat-{name.partition('.')[0]}.xml", flat(case.data), case.kind, case.neighbour)


def documents() -> Iterator[Case]:
    drawn = "<w:p><w:r><w:pict><v:rect {}><v:fill {}/></v:rect></w:pict></w:r></w:p>"
    yield Case("drawn.docx", word(drawn.format("id='kept'", f"src='{SHARE}.png'")), "network-path", b"kept")
    yield Case(
        "drawn-link.docx", word(drawn.format(f"href='{SHARE}.exe'", "color='kept'")), "network-path-link", b"kept"
    )
    inner = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DDE</w:instrText></w:r>'
        + field(f"REF {NAME}").replace("<w:p>", "").replace("</w:p>", "")
        + '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>outer</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    yield Case("dde-with-field.docx", word(inner), "dde-field", b"outer")
    yield Case(
        "link-field.docx",
        word(field(f' LINK Word.Document.8 "http://203.0.113.7/{NAME}.doc" "" \\a')),
        "ole-link-remote",
        b"shown",
    )


def workbooks() -> Iterator[Case]:
    formula = f'<row r="1"><c r="A1"><f>{CALL}</f><v>7</v></c></row>'
    yield Case("dde-cell.xlsx", book(formula), "dde-formula", b"<v>7</v>")
    link = f'<row r="1"><c r="A1"><f>HYPERLINK("{SHARE}.exe","x")</f><v>7</v></c></row>'
    yield Case("link-cell.xlsx", book(link), "network-path-link", b"<v>7</v>")
    row = '<row r="1"><c r="A1"><v>7</v></c></row>'
    rule = f'<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1"><formula>{CALL}</formula></cfRule></conditionalFormatting>'
    with_rule = rewritten(
        book(row),
        "xl/worksheets/sheet1.xml",
        lambda text: text.replace(b"</sheetData>", b"</sheetData>" + rule.encode(), 1),
    )
    yield Case("dde-condition.xlsx", with_rule, "dde-formula", b"<v>7</v>")
    for name, value, kind in (("dde", CALL, "dde-formula"), ("macro", f'EXEC("{NAME}")', "xlm")):
        names = f'<definedNames><definedName name="kept">T!$A$1</definedName><definedName name="x">{value}</definedName></definedNames>'
        named = rewritten(
            book(row),
            "xl/workbook.xml",
            lambda text, names=names: text.replace(b"</workbook>", names.encode() + b"</workbook>", 1),
        )
        yield Case(f"{name}-name.xlsx", named, kind, b"kept")


def texts() -> Iterator[Case]:
    path = rf"\\\\\\\\203.0.113.7\\\\s\\\\{NAME}"
    groups = {
        "file": rf"{{\*\filetbl{{\file\fid0\fnetwork {path}.doc}}}}",
        "next": rf"{{\*\nextfile {path}.doc}}",
        "picture": rf"{{\shp{{\*\shpinst{{\sp{{\sn pibName}}{{\sv {path}.png}}}}{{\sp{{\sn fLine}}{{\sv 0}}}}}}}}",
        "merge": rf"{{\*\mailmerge{{\mmconnectstr Data Source={path}}}}}",
    }
    for name, group in groups.items():
        data = rtf.plain().rstrip()[:-1] + group.encode() + b"\\par kept}"
        yield Case(f"{name}.rtf", data, "network-path-link" if name in ("file", "next") else "network-path", b"kept")


def pages() -> Iterator[Case]:
    for name, markup in (
        ("condition", f"<!--[if IE]><script>{NAME}</script><![endif]-->"),
        ("raw", f'<noscript><p title="</noscript><img src=x onerror={NAME}>"></noscript>'),
        ("import", f'<style>@im\\port "{SHARE}.css";</style>'),
    ):
        page = f"<!DOCTYPE html><html><head><title>x</title></head><body><p>kept</p>{markup}</body></html>"
        yield Case(f"{name}.html", page.encode(), "html-network-path" if name == "import" else "html-script", b"kept")


def pdfs() -> Iterator[Case]:
    share = SHARE.encode()
    outside = b"/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/F(" + share + b")/FFilter/DCTDecode"
    image = b"<</Type/XObject/Subtype/Image" + outside + b"/Length 0>>\nstream\n\nendstream"
    form = (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Ref<</F("
        + share
        + b".pdf)/Page 0>>/Length 0>>\nstream\n\nendstream"
    )
    annotation = b"<</Type/Annot/Subtype/3D/Rect[0 0 1 1]/3DD 9 0 R>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R%s>>"
    drawn = {3: page % b"/Resources<</XObject<</I 9 0 R>>>>"}
    kept = b"Guten Tag"
    yield Case("image.pdf", pdf.pdf({**pdf.PLAIN, **drawn, 9: image}), "network-path", kept)
    yield Case("form.pdf", pdf.pdf({**pdf.PLAIN, **drawn, 9: form}), "network-path", kept)
    yield Case(
        "base.pdf",
        pdf.pdf({**pdf.PLAIN, 1: b"<</Type/Catalog/Pages 2 0 R/URI<</Base(" + share + b"/)>>>>"}),
        "network-path-link",
        kept,
    )
    scene = pdf.stream(b"U3D\0", b"/Type/3D/Subtype/U3D/OnInstantiate 10 0 R")
    acting = {3: page % (b"/Annots[" + annotation + b"]"), 9: scene, 10: pdf.stream(MARKER)}
    yield Case("scene.pdf", pdf.pdf({**pdf.PLAIN, **acting}), "pdf-javascript", kept)
    before = pdf.pdf({**pdf.PLAIN, 1: b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(" + MARKER + b")>>>>"})
    table = before.rfind(b"xref", 0, before.rfind(b"startxref"))
    later = b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\nxref\n1 1\n%010d 00000 n \ntrailer\n<</Root 1 0 R/Size 5/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    place = len(before)
    yield Case("revision.pdf", before + later % (place, table, place + later.index(b"xref")), "pdf-javascript", kept)
