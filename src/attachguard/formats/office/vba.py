"""VBA projects ([MS-OVBA]) in compound files: found, read, graded, handed to the rules as source.

A project is a storage with a compressed stream `dir`, which lists the modules; each module stream holds a cache of compiled code and, at the place
that `dir` names, its source, compressed. The storage is found by its streams wherever it is, so this serves Word, Excel, PowerPoint and the
bare `vbaProject.bin` of Open XML. Where `dir` is broken the streams are searched for compressed source; where the source was taken away and
compiled code is left, Office runs that, and it is reported as such. Own reading instead of olevba's, for speed and because it gives up on projects
that Office opens.

Why our own: finding projects is on the way of every old document; oletools grades the source where there is one.
"""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard._core.ovba import decompress
from attachguard.containers import compound as compounds
from attachguard.errors import LimitExceeded
from attachguard.formats.markup.shared import shown
from attachguard.formats.office._office.vbagrade import grade, vba_kind
from attachguard.formats.office.oleobjects import objects
from attachguard.later import later
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.compound.file import STORAGE, STREAM, Compound, Entry
from attachguard.types.filetypes import filetype

TYPES: Final = frozenset({"cfb", "doc", "xls", "ppt", "vbaproject", "pub", "vsd", "mpp", "wps", "hwp"})
LIMITATIONS: Final = (
    "Compiled code is counted, not decompiled.",
    "Texts in user forms are not read.",
)
EXTRACTS: Final = "The source of every module, for the rules."
DETECTS: Final = (
    "Macros, graded from empty to automatic and suspicious, with the words that led to the grade, and "
    "compiled code without source."
)

#: Records of the `dir` stream ([MS-OVBA] 2.3.4.2).
_CODE_PAGE: Final = 0x0003
_VERSION: Final = 0x0009
_STREAM_NAME: Final = 0x001A
_STREAM_NAME_UNICODE: Final = 0x0032
_OFFSET: Final = 0x0031
_MODULE_END: Final = 0x002B

_MAXIMUM_MODULES: Final = 2000
_MAXIMUM_SOURCE: Final = 6 << 20
_MAXIMUM_DIRECTORY: Final = 8 << 20
_MAXIMUM_PROJECTS: Final = 500
#: Lines, and bytes, of source that take as long as one thing that is looked at (`Budget.spare`).
_LINES_A_LOOK: Final = 8
_BYTES_A_LOOK: Final = 200
#: Start of a compressed source: signature, chunk header, eight literals. Every module begins with its attributes.
_SOURCE: Final = later(rb"\x01.[\xb0-\xbf]\x00Attribut", re.DOTALL)
#: The table of compiled lines in a module's cache: mark, version, number of lines; then twelve bytes a line with its length at 4.
_LINES: Final = b"\xfe\xca\x01\x00"
#: Lines that do nothing: attributes (but not one that hides a statement after a colon), comments, options, what a form's text begins with.
_IDLE: Final = re.compile(
    r"\s*(?:attribute\s[^\":]*(?:\"[^\"]*\"[^\":]*)*|'.*|rem(?:\s.*)?|option\s+(?:explicit|base\s|compare\s|private\s)[^:]*|#if\s.*|#end\s.*)?",
    re.IGNORECASE,
)
#: How such lines begin.
_IDLE_BEGINS: Final = "aArRoO'#"
#: Compiled lines beyond those of the source that are put down to chance.
_SLACK: Final = 8


class Module(NamedTuple):
    """One module of a project.

    Args:
        name: of its stream.
        source: as text.
        compiled: lines of compiled code that do something.
    """

    name: str
    source: str
    compiled: int


def inspect(part: Part) -> Iterator[Part | Finding]:
    """What each project can do, and its modules' source as layers.

    Raises:
        LimitExceeded: there is more of it than is read.
    """
    file = compounds.peek(part)
    if file is None or not _may_have_project(file):
        return
    for number, storage in enumerate(_projects(part, file)):
        if number >= _MAXIMUM_PROJECTS:
            raise LimitExceeded("parts", f"more than {_MAXIMUM_PROJECTS} VBA projects in one file")
        modules, whole = read(part, file, storage)
        for module in modules:
            if module.source:
                yield part.layer(
                    f"{module.name or 'module'}.bas", module.source.encode("utf-8", "replace"), filetype("vb")
                )
        finding = _judge(part, storage, modules, whole=whole)
        if finding is not None:
            yield finding
        if not whole:
            raise LimitExceeded("part_bytes", "more VBA than is read of one project, or in one message")


def _may_have_project(file: Compound) -> bool:
    # One pass over the names keeps files without macros from any further work.
    return any(entry.name.lower() in ("dir", "_vba_project") for entry in file.entries)


def _projects(part: Part, file: Compound) -> Iterator[Entry]:
    """Storages that hold a project, but for those inside embedded objects, which are parts of their own."""
    embedded = {id(entry) for entry in part.once(objects)}
    pending = [file.root]
    while pending:
        storage = pending.pop()
        if storage.get("dir") is not None or storage.get("_vba_project") is not None:
            yield storage
        pending.extend(
            child for child in storage.children.values() if child.kind == STORAGE and id(child) not in embedded
        )


# -- reading --------------------------------------------------------------------------------------------------------------------


def read(part: Part, file: Compound, storage: Entry) -> tuple[list[Module], bool]:
    """The modules of the project in a storage, and whether these are all."""
    directory = storage.get("dir")
    listed: dict[str, tuple[str, int]] = {}
    encoding = "cp1252"
    if directory is not None:
        raw = decompress(file.read(directory), 0, _MAXIMUM_DIRECTORY)
        part.budget.charge(len(raw))
        listed, encoding = _parse_directory(raw)
    modules: list[Module] = []
    have = 0
    for key, entry in storage.children.items():
        if entry.kind != STREAM or key in ("dir", "_vba_project") or key.startswith("__srp_"):
            continue
        if len(modules) >= _MAXIMUM_MODULES or have >= _MAXIMUM_SOURCE or not part.budget.spare(0):
            return modules, False
        content = file.read(entry)
        name, offset = listed.get(key, (entry.name, -1))
        source, offset = _source(content, offset)
        if key not in listed and not source and not _compiled_lines(content, len(content)):
            continue
        part.budget.charge(len(source))
        have += len(source)
        text = source.decode(encoding, "replace")
        if not part.budget.spare(len(text.splitlines()) // _LINES_A_LOOK + len(source) // _BYTES_A_LOOK):
            return modules, False
        modules.append(Module(name, text, _compiled_lines(content, offset)))
    return modules, have < _MAXIMUM_SOURCE


def _source(content: bytes, offset: int) -> tuple[bytes, int]:
    """The source in a module stream, and where it begins: at the offset that `dir` names, or where compressed source is."""
    if 0 <= offset < len(content):
        source = decompress(content, offset, _MAXIMUM_SOURCE)
        if source[:9].lower() == b"attribute":
            return source, offset
        match = _SOURCE.search(content)
        if match is None:
            return source, offset
    else:
        match = _SOURCE.search(content)
        if match is None:
            return b"", len(content)
    return decompress(content, match.start(), _MAXIMUM_SOURCE), match.start()


def _parse_directory(raw: bytes) -> tuple[dict[str, tuple[str, int]], str]:
    """Modules by the name of their stream in lower case (name, offset of the source), and the encoding of text."""
    modules: dict[str, tuple[str, int]] = {}
    encoding = "cp1252"
    name = ""
    offset = -1
    at = 0
    while at + 6 <= len(raw) and len(modules) < _MAXIMUM_MODULES:
        number, size = struct.unpack_from("<HI", raw, at)
        # PROJECTVERSION is the one record whose size field is a constant that does not count all of it ([MS-OVBA] 2.3.4.2.1.11).
        if number == _VERSION:
            size = 6
        value = raw[at + 6 : at + 6 + size]
        at += 6 + size
        if number == _CODE_PAGE and size == 2:
            encoding = _codec(int.from_bytes(value, "little"))
        elif number == _STREAM_NAME:
            name = value.decode(encoding, "replace")
        elif number == _STREAM_NAME_UNICODE and size:
            name = value.decode("utf-16-le", "replace")
        elif number == _OFFSET and size == 4:
            offset = int.from_bytes(value, "little")
        elif number == _MODULE_END:
            if name:
                modules[name.lower()] = (name, offset)
            name, offset = "", -1
    return modules, encoding


def _codec(page: int) -> str:
    name = {10000: "mac_roman", 65001: "utf-8", 20127: "ascii", 1200: "utf-16-le"}.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def _compiled_lines(content: bytes, end: int) -> int:
    """Lines of compiled code in a module's cache that are not blank; the largest table counts where several seem to be there."""
    most = 0
    at = content.find(_LINES, 0, end)
    for _ in range(16):
        if at < 0:
            break
        count = int.from_bytes(content[at + 4 : at + 6], "little")
        first = at + 6
        if count and first + 12 * count <= end:
            lengths = content[first + 4 : first + 12 * count : 12]
            most = max(most, count - lengths.count(0))
        at = content.find(_LINES, at + 4, end)
    return most


# -- judging --------------------------------------------------------------------------------------------------------------------


def code_lines(source: str) -> int:
    """Lines that do something: neither blank nor attribute, comment or option."""
    return _survey(source)[0]


def _survey(source: str) -> tuple[int, int]:
    """How many lines do something, and how many there are beside attributes and blank ones."""
    code = written = 0
    continued = False
    for line in source.splitlines():
        bare = line.lstrip()
        if not bare:
            continued = False
            continue
        idle = not continued and bare[0] in _IDLE_BEGINS and _IDLE.fullmatch(line) is not None
        code += not idle
        written += line[0] not in "aA" or line[:10].lower() != "attribute "
        continued = not idle and line.endswith(" _")
    return code, written


def _judge(part: Part, storage: Entry, modules: list[Module], *, whole: bool) -> Finding | None:
    """The finding about one project."""
    surveys = [_survey(module.source) for module in modules]
    compiled = sum(module.compiled for module in modules)
    written = sum(lines for _, lines in surveys)
    place = shown(storage.path) or "project"
    if not any(code for code, _ in surveys):
        if compiled > written:
            return part.finding("vba-stomped", f"VBA (stomped): {compiled} compiled lines without source in {place}")
        if not whole:
            return part.finding("vba-suspicious", f"VBA (suspicious): too long to be read, in {place}")
        if not modules and storage.get("dir") is None:
            return None
        if modules:
            return part.finding("vba-empty", f"VBA (empty): {len(modules)} modules without code in {place}")
        return part.finding("vba-empty", f"VBA (empty): no readable module in {place}")
    found = grade("\n".join(module.source for module in modules))
    flags = [word for word, there in (("auto-exec", found.running), ("suspicious", found.suspicious)) if there]
    words = [shown(word) for word in (*found.running[:5], *found.suspicious[:8])]
    if compiled > 2 * written + _SLACK:
        flags.append("stomped")
    names = (
        ", ".join(words)
        or ", ".join(shown(module.name) for module, (code, _) in zip(modules, surveys, strict=True) if code)[:80]
    )
    return part.finding(vba_kind(flags), f"VBA ({', '.join(flags)}): {names}" if flags else f"VBA: {names}")
