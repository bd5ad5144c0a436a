"""Flat OPC: an OPC package (docx, docm, …) written as one XML file.

Each part of the package is a `pkg:part` with its name and content type; its content is `pkg:xmlData`, or base64 in `pkg:binaryData`. The package
is put together again as the ZIP file it stands for, and goes on as a part of its own: whatever is known about Office documents then holds here
too.

Reference: ECMA-376 part 2 (OPC), namespace http://schemas.microsoft.com/office/2006/xmlPackage.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import LimitExceeded, Malformed
from attachguard.formats.markup.plainxml import text_of
from attachguard.formats.markup.shared import from_base64, url_text
from attachguard.limits import Budget
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.inspector import Fact

#: What the package is called.
PACKAGE: Final = "package.zip"
_MOST_PARTS: Final = 4_000
#: The same of those that say nothing new.
_MOST_ELEMENTS: Final = 50_000
_PART: Final = re.compile(rb"<((?:[\w.-]{1,40}:)?)part\b([^<>]{1,1000})>")
_NAME: Final = re.compile(rb"\bname\s*=\s*[\"']([^\"']{1,400})")
_TYPE: Final = re.compile(rb"\bcontentType\s*=\s*[\"']([^\"']{1,300})")
_DATA: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?(xmlData|binaryData)\b[^<>]{0,1000}>")


def inspect(part: Part, data: bytes) -> Iterator[Fact]:
    """The package inside."""
    yield part.reading(PACKAGE, lambda: rebuild(part.budget, data))


def rebuild(budget: Budget, data: bytes) -> bytes:
    """The package as a ZIP file with stored members."""
    import zipfile
    from html import escape

    target = io.BytesIO()
    types: list[str] = []
    with zipfile.ZipFile(target, "w") as archive:
        for count, (name, content_type, content) in enumerate(_parts(data)):
            if count >= _MOST_PARTS:
                raise Malformed("Flat OPC: too many parts")
            budget.check_time()
            types.append(f'<Override PartName="/{escape(name)}" ContentType="{escape(content_type)}"/>')
            archive.writestr(zipfile.ZipInfo(name), content)
        listing = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f"{''.join(types)}</Types>"
        )
        archive.writestr(zipfile.ZipInfo("[Content_Types].xml"), listing)
    return target.getvalue()


def _parts(data: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Name, content type and content of each part, each name once."""
    seen: set[str] = set()
    place = elements = 0
    while True:
        start = _PART.search(data, place)
        if start is None:
            return
        end = data.find(b"</" + start[1] + b"part>", start.end())
        end = end if end >= 0 else len(data)
        place = end
        elements += 1
        if elements > _MOST_ELEMENTS:
            raise LimitExceeded(
                "parts", f"Flat OPC: more than {_MOST_ELEMENTS} parts, most of them twice or without a name"
            )
        name_match, type_match = _NAME.search(start[2]), _TYPE.search(start[2])
        name = url_text(name_match[1]).lstrip("/") if name_match else ""
        body = _DATA.search(data, start.end(), min(end, start.end() + 4_096))
        if not name or body is None or name in seen:
            continue
        seen.add(name)
        content = data[body.end() : end]
        close = content.rfind(b"</")
        content = content[:close] if close >= 0 else content
        content_type = url_text(type_match[1]) if type_match else "application/octet-stream"
        yield name, content_type, from_base64(text_of(content)) if body[1] == b"binaryData" else content.strip()
