"""Open XML documents in their smallest form, with one special thing each (ECMA-376)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from attachguard.testkit.archives import zipped
from attachguard.testkit.content import Content
from attachguard.testkit.vba import vba_project

RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships/"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
WORD_MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
EXCEL_MACRO = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
PROLOGUE = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
TEXT = "<w:p><w:r><w:t>Guten Tag</w:t></w:r></w:p>"

#: Id, kind and target, and "External" where the target is outside.
Link = Sequence[str]


def relationships(*links: Link) -> str:
    """A `.rels` text of (id, kind, target) or (id, kind, target, "External"); a kind without a colon is one of Open XML."""
    rows = "".join(
        f'<Relationship Id="{link[0]}" Type="{link[1] if ":" in link[1] else RELATIONSHIPS + link[1]}" Target="{link[2]}"'
        + (f' TargetMode="{link[3]}"' if len(link) > 3 else "")
        + "/>"
        for link in links
    )
    return f'{PROLOGUE}<Relationships xmlns="{PACKAGE}relationships">{rows}</Relationships>'


def package(
    main: str, main_type: str, parts: Mapping[str, str | bytes], types: Mapping[str, str] | None = None
) -> bytes:
    """A package whose main part is one of `parts`; `types` are further content types by part name."""
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>'
        for name, kind in {main: main_type, **(types or {})}.items()
    )
    content_types = (
        f'{PROLOGUE}<Types xmlns="{PACKAGE}content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        f'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )
    members = {
        "[Content_Types].xml": content_types,
        "_rels/.rels": relationships(("rId1", "officeDocument", main)),
        **parts,
    }
    return zipped({name: data.encode() if isinstance(data, str) else data for name, data in members.items()})


def word(
    body: str = TEXT,
    *,
    links: Iterable[Link] = (),
    kind: str = WORD,
    parts: Mapping[str, str | bytes] | None = None,
    types: Mapping[str, str] | None = None,
) -> bytes:
    """A Word document from its body's XML."""
    links = tuple(links)
    more = {"word/_rels/document.xml.rels": relationships(*links)} if links else {}
    document = f"{PROLOGUE}<w:document {W}><w:body>{body}</w:body></w:document>"
    return package("word/document.xml", kind, {"word/document.xml": document, **more, **(parts or {})}, types)


def instruction(*runs: str) -> str:
    """A complex field whose instruction is split over runs."""
    pieces = "".join(f"<w:r><w:instrText xml:space='preserve'>{run}</w:instrText></w:r>" for run in runs)
    return (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>' + pieces + '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:t>text</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )  # fmt: skip


def excel(
    sheets: str = '<sheet name="Tabelle1" sheetId="1" r:id="rId1"/>',
    *,
    links: Iterable[Link] = (),
    kind: str = EXCEL,
    parts: Mapping[str, str | bytes] | None = None,
    types: Mapping[str, str] | None = None,
) -> bytes:
    """An Excel workbook from the XML of its list of sheets."""
    workbook = (
        f'{PROLOGUE}<workbook {S} xmlns:r="{RELATIONSHIPS[:-1]}"><sheets>{sheets}</sheets>'
        '<definedNames><definedName name="_xlnm.Auto_Open" hidden="1">Makro1!$A$1</definedName></definedNames></workbook>'
    )
    sheet = f'{PROLOGUE}<worksheet {S}><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    links = (("rId1", "worksheet", "worksheets/sheet1.xml"), *links)
    body = {
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": relationships(*links),
        "xl/worksheets/sheet1.xml": sheet,
    }
    return package("xl/workbook.xml", kind, {**body, **(parts or {})}, types)


def docx(
    *,
    text: str = "Guten Tag",
    field: str = "",
    relationship: str = "",
    target: str = "",
    embedded: Mapping[str, Content] | None = None,
    parts: Mapping[str, Content] | None = None,
) -> bytes:
    """A Word document.

    Args:
        text: its paragraph.
        field: the instruction of a field, e.g. `DDEAUTO …`.
        relationship: kind of a link to the outside (`oleObject`, `attachedTemplate`, `hyperlink`, `frame`); with `target`.
        target: the link's address.
        embedded: contents of `word/embeddings`, by file name, each linked as an OLE object.
        parts: further parts of the package by name, e.g. `word/media/bild1.png`.
    """
    body = f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"
    if field:
        body += instruction(escape(field, quote=False))
    links: list[Link] = [("rId9", relationship, escape(target), "External")] if relationship else []
    more: dict[str, str | bytes] = dict(parts or {})
    for number, (name, data) in enumerate((embedded or {}).items()):
        links.append((f"rIdE{number}", "oleObject", f"embeddings/{name}"))
        more[f"word/embeddings/{name}"] = data
    return word(body, links=links, parts=more)


def docm(
    *, macro: str, text: str = "Guten Tag", module: str = "Module1", properties: Mapping[str, str] | None = None
) -> bytes:
    """A Word document with macros.

    Args:
        macro: source of its module.
        text: its paragraph.
        module: the module's name.
        properties: document properties (`comments`, `title`, …), where macros hide what they run.
    """
    parts: dict[str, str | bytes] = {"word/vbaProject.bin": vba_project(macro=macro, module=module)}
    if properties:
        rows = "".join(f"<dc:{name}>{escape(value)}</dc:{name}>" for name, value in properties.items())
        parts["docProps/core.xml"] = (
            f'{PROLOGUE}<cp:coreProperties xmlns:cp="{PACKAGE}metadata/core-properties" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/">{rows}</cp:coreProperties>'
        )
    return word(
        f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>",
        links=(("rId1", MICROSOFT + "vbaProject", "vbaProject.bin"),),
        kind=WORD_MACRO,
        parts=parts,
        types={"word/vbaProject.bin": "application/vnd.ms-office.vbaProject"},
    )


def xlsm(*, formulas: Sequence[str] = (), macro: str = "", hidden: bool = True) -> bytes:
    """An Excel workbook with an Excel 4 macro sheet, with VBA, or with both.

    Args:
        formulas: of the macro sheet, one a row, without the equals sign.
        macro: the source of its VBA module.
        hidden: whether the macro sheet is hidden so that only a program can show it.
    """
    sheets = '<sheet name="Tabelle1" sheetId="1" r:id="rId1"/>'
    links: list[Link] = []
    parts: dict[str, str | bytes] = {}
    types: dict[str, str] = {}
    if formulas:
        rows = "".join(
            f'<row r="{number}"><c r="A{number}"><f>{escape(formula, quote=False)}</f></c></row>'
            for number, formula in enumerate(formulas, 1)
        )
        state = ' state="veryHidden"' if hidden else ""
        sheets += f'<sheet name="Makro1" sheetId="2"{state} r:id="rId2"/>'
        links.append(("rId2", MICROSOFT + "xlMacrosheet", "macrosheets/sheet1.xml"))
        parts["xl/macrosheets/sheet1.xml"] = (
            f'{PROLOGUE}<xm:macrosheet {S} xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><sheetData>{rows}</sheetData></xm:macrosheet>'
        )
        types["xl/macrosheets/sheet1.xml"] = "application/vnd.ms-excel.macrosheet+xml"
    if macro:
        links.append(("rId3", MICROSOFT + "vbaProject", "vbaProject.bin"))
        parts["xl/vbaProject.bin"] = vba_project(macro=macro)
        types["xl/vbaProject.bin"] = "application/vnd.ms-office.vbaProject"
    return excel(sheets, links=links, kind=EXCEL_MACRO, parts=parts, types=types)
