"""Macros in OpenDocument files: Basic modules and scripts of other languages.

LibreOffice keeps Basic in `Basic/<library>/<module>.xml`, the source as escaped text of `<script:module>`; extensions use `.xba`. Python,
JavaScript, BeanShell and Java lie in `Scripts/<language>/`. HWPX keeps JavaScript in `Scripts/`. An empty library is part of many a
document and no macro: what counts is a line of code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from attachguard.containers.zip import read_member
from attachguard.formats.archive.members import shown
from attachguard.inspector import Fact
from attachguard.later import later
from attachguard.part import Part
from attachguard.readers.zip.archive import Directory, Entry
from attachguard.types.filetypes import filetype

_SOURCE_BYTES: Final = 8 << 20
_SCRIPT_BYTES: Final = 4 << 20
_MODULES_MOST: Final = 2000
_MODULE: Final = later(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?module\s[^<>]*>")
_WRAPPING: Final = re.compile(rb"<!\[CDATA\[|\]\]>")
#: Lines that do nothing: remarks, options, blank ones.
_IDLE_BASIC: Final = later(r"\s*(?:'.*|rem(?:\s.*)?|option\s.*|attribute\s.*)?\Z", re.IGNORECASE)
_IDLE_SCRIPT: Final = re.compile(r"(?://.*|#.*|/\*.*\*/|[{}();\s]*)\Z")
_AUTOMATIC: Final = later(
    r"\bsub\s+(?:auto_?open|document_open|workbook_open|auto_?exec|main_autoexec)\b", re.IGNORECASE
)
_REACHING: Final = later(
    r"\b(Shell|CreateUnoService|CreateObject|WinExec|SystemShellExecute|Declare\s+(?:Sub|Function)|Environ|FileCopy|Kill|ConvertToURL)\b",
    re.IGNORECASE,
)
_SCRIPT_ENDINGS: Final = (".py", ".js", ".bsh", ".java")
_COMPILED_ENDINGS: Final = (".jar", ".class")


def macros(part: Part, directory: Directory, texts: list[tuple[str, bytes]], encrypted: set[str]) -> Iterator[Fact]:
    """Basic, with its source as a layer, and scripts, whose files become children anyway."""
    sources: list[str] = []
    empty = 0
    left = _SOURCE_BYTES
    names: list[str] = []
    for name, text in texts:
        folders = name.lower().split("/")
        if "basic" not in folders[:-1] and not folders[-1].endswith(".xba"):
            continue
        module = _MODULE.search(text)
        if module is None or len(sources) >= _MODULES_MOST or left <= 0:
            continue
        source = _source(text, module.end())
        if has_basic_code(source):
            sources.append(source)
            names.append(name)
            left -= len(source)
        else:
            empty += 1
    locked = [
        entry.name
        for entry in directory.entries
        if entry.name in encrypted
        and entry.name.lower().startswith("basic/")
        and not entry.name.lower().endswith(("-lb.xml", "-lc.xml"))
    ]
    if sources:
        joined = "\n".join(sources)
        yield part.finding(
            "odf-basic", f"ODF Basic{_grade(joined, texts)}: {len(sources)} modules, e.g. {shown(names[0])}"
        )
        yield part.layer("macros", joined.encode("utf-8", "replace"), filetype("vb"))
    elif locked:
        yield part.finding(
            "odf-basic-encrypted", f"ODF Basic (encrypted): {len(locked)} modules, e.g. {shown(locked[0])}"
        )
    elif empty:
        yield part.finding("odf-basic-empty", f"ODF Basic (empty): {empty} modules without a line of code")
    yield from _scripts(part, directory, encrypted)


def _source(text: bytes, start: int) -> str:
    end = text.rfind(b"</")
    code = text[start : end if end >= start else len(text)][:_SOURCE_BYTES]
    return unescape(_WRAPPING.sub(b"", code).decode("utf-8", "replace"))


def has_basic_code(source: str) -> bool:
    """Whether Basic source has a line that does something: no remark, no blank."""
    return any(not _IDLE_BASIC.match(line) for line in source.splitlines())


def _grade(source: str, texts: list[tuple[str, bytes]]) -> str:
    grades = []
    listened = any(b"event-listener" in text and b"vnd.sun.star.script:" in text for _, text in texts)
    if listened or _AUTOMATIC.search(source):
        grades.append("auto-exec")
    if _REACHING.search(source):
        grades.append("suspicious")
    return f" ({', '.join(grades)})" if grades else ""


def _scripts(part: Part, directory: Directory, encrypted: set[str]) -> Iterator[Fact]:
    """Scripts in other languages than Basic."""
    found: list[tuple[Entry, str]] = []
    for entry in directory.entries:
        name = entry.name.lower()
        if not name.startswith("scripts/") or entry.folder or len(found) >= 50:
            continue
        dot = name.rfind(".")
        if dot > 0 and name[dot:] in (*_SCRIPT_ENDINGS, *_COMPILED_ENDINGS):
            found.append((entry, name[dot:]))
    running: list[str] = []
    for entry, ending in found:
        if entry.name in encrypted or entry.scheme or ending in _COMPILED_ENDINGS:
            running.append(entry.name)
            continue
        source = _text(read_member(part, entry, _SCRIPT_BYTES))
        if any(not _IDLE_SCRIPT.match(line.strip()[:2000]) for line in source.splitlines()):
            running.append(entry.name)
    if running:
        kind = "HWPX" if part.is_a("hwpx") else "ODF"
        yield part.finding("odf-script", f"{kind} script: {len(running)} files, e.g. {shown(running[0])}")


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace")
    return data.decode("utf-8", "replace")
