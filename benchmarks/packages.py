"""Packages of the workload: Open XML with the parts of a template around a body, and archives of files of all kinds."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterable
from pathlib import PurePosixPath

from benchmarks.material import WORDS, jpeg, photos, prose


def pack(members: dict[str, bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    """A ZIP archive with a fixed date; `stored` names members, or endings of names, that are not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if stored and name.endswith(stored) else zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


_CONTENT = "application/vnd.openxmlformats-officedocument."
_SPACE = "http://schemas.openxmlformats.org/"


def _types(family: str, main: tuple[str, str], parts: Iterable[str]) -> bytes:
    """The list of content types: `main` is the part that counts and its type, the others are called after their names, as nearly all are."""
    defaults = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
        "jpeg": "image/jpeg",
        "bin": f"{_CONTENT}{family}.printerSettings"
        if family == "presentationml"
        else "application/vnd.ms-office.vbaProject",
    }
    overrides = {
        part: f"{_CONTENT}{family}.{PurePosixPath(part).stem.rstrip('0123456789')}+xml"
        for part in parts
        if part.endswith(".xml")
    }
    listed = "".join(f'<Default Extension="{key}" ContentType="{kind}"/>' for key, kind in defaults.items())
    listed += "".join(
        f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in (overrides | dict([main])).items()
    )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Types xmlns="{_SPACE}package/2006/content-types">{listed}</Types>'.encode()


def _rels(targets: list[tuple[str, str]]) -> bytes:
    kind = f"{_SPACE}officeDocument/2006/relationships/"
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{what if what.startswith("http") else kind + what}" Target="{target}"/>'
        for number, (what, target) in enumerate(targets, 1)
    )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_SPACE}package/2006/relationships">{listed}</Relationships>'.encode()


def _parts(rng: random.Random, sizes: dict[str, int]) -> dict[str, bytes]:
    """XML parts of a template: as long as said, of elements that repeat."""
    out = {}
    for name, size in sizes.items():
        rows = "".join(
            f'<w:style w:type="paragraph" w:styleId="S{rng.randrange(10**6)}"><w:name w:val="{rng.choice(WORDS)}"/><w:uiPriority w:val="{n}"/></w:style>'
            for n in range(max(1, size // 110))
        )
        out[name] = (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:part xmlns:w="{_SPACE}wordprocessingml/2006/main">{rows}</w:part>'.encode()
        )
    return out


#: Regions of a table that a style of Word's gallery formats.
_REGIONS = ("firstRow", "lastRow", "firstCol", "lastCol", "band1Vert", "band1Horz")


def _styles(rng: random.Random) -> bytes:
    """The gallery of table styles that Word's own template brings along: 440 KB which packed are 13."""
    out = []
    for number in range(150):
        accent, colour = number % 7, f"{rng.randrange(1 << 24):06X}"
        line = f'w:val="single" w:sz="8" w:space="0" w:color="{colour}" w:themeColor="accent{accent}"/>'
        sides = "".join(f"          <w:{side} {line}\n" for side in ("top", "left", "bottom", "right"))
        inside = "".join(f'          <w:{side} w:val="nil"/>\n' for side in ("insideH", "insideV"))
        shade = f'        <w:shd w:val="clear" w:color="auto" w:fill="{colour}" w:themeFill="accent{accent}" w:themeFillTint="3F"/>\n'
        regions = (
            f'    <w:tblStylePr w:type="{region}">\n      <w:tblPr/>\n      <w:tcPr>\n        <w:tcBorders>\n{sides if place < 2 else ""}{inside}'
            f"        </w:tcBorders>\n{shade}      </w:tcPr>\n    </w:tblStylePr>\n"
            for place, region in enumerate(_REGIONS)
        )
        name = f"{rng.choice(WORDS).capitalize()} {rng.choice(WORDS).capitalize()} Accent {accent}"
        out.append(
            f'  <w:style w:type="table" w:styleId="{name.replace(" ", "")}">\n    <w:name w:val="{name}"/>\n    <w:basedOn w:val="TableNormal"/>\n'
            f'    <w:uiPriority w:val="{60 + number // 7}"/>\n{"".join(regions)}  </w:style>\n'
        )
    head = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:styles xmlns:w="{_SPACE}wordprocessingml/2006/main">\n'
    return f"{head}{''.join(out)}</w:styles>".encode()


def docx(rng: random.Random, size: int, vba: bytes = b"") -> bytes:
    """A Word document: the parts of a template, a body of paragraphs, photographs; `vba` is a macro project."""
    text_size = int(min(max(size - 10_000, 2_000) * rng.uniform(0.1, 0.6) * 3, 900_000))
    pictures = photos(rng, size - 12_000 - text_size // 3)
    left, paragraphs = text_size, []
    while left > 0:
        length = rng.randint(80, 900)
        left -= length
        paragraphs.append(
            f'<w:p w:rsidR="00{rng.randrange(1 << 24):06X}" w:rsidRDefault="00{rng.randrange(1 << 24):06X}"><w:pPr><w:spacing w:after="120"/></w:pPr><w:r>'
            f'<w:rPr><w:sz w:val="22"/></w:rPr><w:t xml:space="preserve">{prose(rng, length)}</w:t></w:r></w:p>'
        )
    form = (
        "application/vnd.ms-word.document.macroEnabled.main+xml"
        if vba
        else _CONTENT + "wordprocessingml.document.main+xml"
    )
    targets = [("styles", "styles.xml"), ("settings", "settings.xml")]
    targets += [("image", f"media/image{number}.jpeg") for number in range(1, len(pictures) + 1)]
    targets += [("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin")] if vba else []
    body = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document xmlns:w="{_SPACE}wordprocessingml/2006/main"><w:body>'
    members = {
        "_rels/.rels": _rels([("officeDocument", "word/document.xml"), ("extended-properties", "docProps/app.xml")]),
        "word/document.xml": (body + "".join(paragraphs) + "<w:sectPr/></w:body></w:document>").encode(),
        "customXml/_rels/item1.xml.rels": _rels([("customXmlProps", "itemProps1.xml")]),
        "docProps/thumbnail.jpeg": jpeg(rng, 1_000, 7_000),
        "word/_rels/document.xml.rels": _rels(targets),
        "word/styles.xml": _styles(rng),
        "word/stylesWithEffects.xml": _styles(rng),
        **_parts(rng, {
            "docProps/app.xml": 1_100, "docProps/core.xml": 700, "customXml/item1.xml": 300, "customXml/itemProps1.xml": 300,
            "word/fontTable.xml": 2_800, "word/numbering.xml": 6_500, "word/settings.xml": 3_000, "word/theme/theme1.xml": 11_000,
            "word/webSettings.xml": 500,
        }),
        **{f"word/media/image{number}.jpeg": picture for number, picture in enumerate(pictures, 1)},
    }  # fmt: skip
    if vba:
        members["word/vbaProject.bin"] = vba
    types = {"[Content_Types].xml": _types("wordprocessingml", ("word/document.xml", form), members)}
    return pack(types | members, stored=(".jpeg",) if rng.random() < 0.5 else ())


def xlsx(rng: random.Random, size: int, vba: bytes = b"") -> bytes:
    """An Excel workbook: one to three sheets of strings and numbers, photographs where it is large; `vba` is a macro project."""
    cells = max(30, (size - 6_000) // 9 if size < 600_000 else 66_000)
    columns, sheets = rng.randint(6, 20), rng.randint(1, 3)
    rows = max(2, max(4, cells // columns) // sheets)
    pictures = photos(rng, size - 6_000 - cells * 9) if size - 6_000 - cells * 9 > 10_000 else []
    members = {}
    strings = []
    for sheet in range(1, sheets + 1):
        lines = []
        for row in range(1, rows + 1):
            numbers = (
                f"{rng.uniform(0, 1e5):.2f}" if rng.random() < 0.7 else str(rng.randrange(5000))
                for _ in range(columns - 1)
            )
            rest = "".join(f'<c r="{chr(66 + column)}{row}"><v>{value}</v></c>' for column, value in enumerate(numbers))
            lines.append(
                f'<row r="{row}" spans="1:{columns}"><c r="A{row}" t="s"><v>{len(strings)}</v></c>{rest}</row>'
            )
            strings.append(f"<si><t>{rng.choice(WORDS)}{row % 97}</t></si>")
        members[f"xl/worksheets/sheet{sheet}.xml"] = (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_SPACE}spreadsheetml/2006/main"><sheetData>{"".join(lines)}'
            "</sheetData></worksheet>"
        ).encode()
    form = "application/vnd.ms-excel.sheet.macroEnabled.main+xml" if vba else _CONTENT + "spreadsheetml.sheet.main+xml"
    named = [("worksheet", f"worksheets/sheet{sheet}.xml") for sheet in range(1, sheets + 1)]
    whole = {
        "_rels/.rels": _rels([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{_SPACE}spreadsheetml/2006/main"><sheets/></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": _rels(named),
        "xl/sharedStrings.xml": f'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="{_SPACE}spreadsheetml/2006/main">{"".join(strings)}</sst>'.encode(),
        **_parts(
            rng, {"docProps/app.xml": 700, "docProps/core.xml": 600, "xl/styles.xml": 900, "xl/theme/theme1.xml": 7_000}
        ),
        **members,
        **{f"xl/media/image{number}.jpeg": picture for number, picture in enumerate(pictures, 1)},
    }
    if vba:
        whole["xl/vbaProject.bin"] = vba
    return pack({"[Content_Types].xml": _types("spreadsheetml", ("xl/workbook.xml", form), whole)} | whole)


#: What a printer's settings look like where a presentation was last saved on macOS.
_PRINTER = b'\2\0\0\0\1\0\0\0\xaa\x19\0\0<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">\n<dict>\n' + b"".join(
    b"\t<key>com.apple.print.PageFormat.PMSetting%d</key>\n\t<dict>\n\t\t<key>com.apple.print.ticket.stateFlag</key>\n\t\t<integer>0</integer>\n\t</dict>\n" % n
    for n in range(60)
)  # fmt: skip


def pptx(rng: random.Random, size: int) -> bytes:
    """A presentation: layouts, a slide for each photograph."""
    pictures = photos(rng, size - 40_000)
    slides = max(2, min(40, len(pictures) or 3))
    named = [("slide", f"slides/slide{number}.xml") for number in range(1, slides + 1)]
    layouts = [f"slideLayouts/slideLayout{number}.xml" for number in range(1, 12)]
    members = {
        "_rels/.rels": _rels([("officeDocument", "ppt/presentation.xml")]),
        "ppt/_rels/presentation.xml.rels": _rels(named),
        "ppt/slideMasters/_rels/slideMaster1.xml.rels": _rels([("slideLayout", f"../{layout}") for layout in layouts]),
        "docProps/thumbnail.jpeg": jpeg(rng, 1_000, 3_000),
        "ppt/printerSettings/printerSettings1.bin": _PRINTER,
        **_parts(rng, {
            "docProps/app.xml": 1_100, "docProps/core.xml": 700, "ppt/presentation.xml": 3_000, "ppt/presProps.xml": 600, "ppt/viewProps.xml": 900,
            "ppt/tableStyles.xml": 200, "ppt/theme/theme1.xml": 7_500, "ppt/slideMasters/slideMaster1.xml": 12_000,
            **{f"ppt/{layout}": 4_000 for layout in layouts},
        }),
        **{f"ppt/slideLayouts/_rels/slideLayout{number}.xml.rels": _rels([("slideMaster", "../slideMasters/slideMaster1.xml")]) for number in range(1, 12)},
    }  # fmt: skip
    for number in range(1, slides + 1):
        text = "".join(f'<a:p><a:r><a:rPr lang="en-US"/><a:t>{prose(rng, 60)}</a:t></a:r></a:p>' for _ in range(7))
        members[f"ppt/slides/slide{number}.xml"] = (
            f'<?xml version="1.0" encoding="UTF-8"?><p:sld xmlns:a="{_SPACE}drawingml/2006/main" xmlns:p="{_SPACE}presentationml/2006/main">{text}</p:sld>'
        ).encode()
        members[f"ppt/slides/_rels/slide{number}.xml.rels"] = _rels(
            [("slideLayout", "../slideLayouts/slideLayout2.xml")]
        )
    main = ("ppt/presentation.xml", _CONTENT + "presentationml.presentation.main+xml")
    types = {"[Content_Types].xml": _types("presentationml", main, members)}
    return pack(
        {
            **types,
            **members,
            **{f"ppt/media/image{number}.jpeg": picture for number, picture in enumerate(pictures, 1)},
        },
        stored=(".jpeg",),
    )
