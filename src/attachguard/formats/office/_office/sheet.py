"""Macro sheets of Excel workbooks: XLM, the macro language before VBA ([MS-OFFMACRO2] 2.2.1, ECMA-376 part 1, 18.3).

A macro sheet is a part with a relationship and a media type of its own, in XML or binary; the workbook may hide it, and a defined name makes one of
its cells run when the workbook is opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import itemgetter
from typing import Final

from attachguard.formats.archive.members import shown
from attachguard.formats.office._office.opc import Package, Relationship, Text, attributes, resolve
from attachguard.later import later
from attachguard.model import Finding
from attachguard.part import Part

_KINDS: Final = frozenset({"xlmacrosheet", "xlintlmacrosheet"})
_SHEET: Final = later(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?sheet\s([^<>]{0,2000})>")
_AUTOMATIC: Final = later(rb"""name\s*=\s*["'](?:_xlnm\.)?auto_(?:open|close|activate|deactivate)""", re.IGNORECASE)
#: Functions that reach outside of the workbook, or write formulas at run time.
_REACHING: Final = later(
    rb"\b(EXEC|CALL|REGISTER(?:\.ID)?|FOPEN|FWRITELN|FWRITE|INITIATE|EXECUTE|DIRECTORY|FILE\.DELETE|FORMULA(?:\.FILL)?|SET\.NAME|RUN)\s?\("
)


def macro_sheets(
    part: Part, package: Package, relationships: list[Relationship], texts: list[Text]
) -> Iterator[Finding]:
    """One finding for the macro sheets of a workbook."""
    sheets = {resolve(link.source, link.target) for link in relationships if link.kind in _KINDS and not link.external}
    sheets |= {name for name, media_type in package.by_name.items() if "macrosheet" in media_type}
    sheets |= {text.name for text in texts if text.root == b"macrosheet"}
    sheets &= package.directory.by_name.keys()
    if not sheets:
        return
    words: list[str] = []
    workbook = next((text.content for text in texts if text.root == b"workbook"), b"")
    if _AUTOMATIC.search(workbook):
        words.append("auto-exec")
    reaching: dict[bytes, None] = {}
    for text in texts:
        if text.name in sheets:
            # A sheet may call one of them a million times; no more than their names is kept.
            reaching |= dict.fromkeys(map(itemgetter(1), _REACHING.finditer(text.content)))
    if reaching:
        words.append(f"suspicious ({b', '.join(list(reaching)[:5]).decode()})")
    words.append(f"{len(sheets)} macro sheet{'s' if len(sheets) > 1 else ''}")
    state = _hidden(workbook, sheets, relationships)
    if state:
        words.append(state)
    yield part.finding("xlm", f"XLM: {', '.join(words)}")


def _hidden(workbook: bytes, sheets: set[str], relationships: list[Relationship]) -> str:
    """How the workbook hides one of the sheets (18.2.19); empty where it hides none."""
    targets = {link.id: resolve(link.source, link.target) for link in relationships if link.kind in _KINDS}
    for rest in _SHEET.findall(workbook)[:2000]:
        values = attributes(rest)
        if targets.get(values.get("id", "")) in sheets and values.get("state", "visible") != "visible":
            return "very hidden" if values["state"] == "veryHidden" else shown(values["state"])
    return ""
