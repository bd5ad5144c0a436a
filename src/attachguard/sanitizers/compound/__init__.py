"""Compound files ([MS-CFB]): documents of Word, workbooks of Excel and presentations of PowerPoint in the formats of 97 to 2003.

The file is built anew from the streams that stay, because a deleted entry would leave its sectors in the slack. What lies inside the streams of the
program itself is dealt with by a module each. Macros are storages; embedded objects are, too, except in presentations.
"""

from __future__ import annotations

from typing import Final

from attachguard.containers import compound as compounds
from attachguard.errors import Malformed
from attachguard.part import Part
from attachguard.readers.compound import build
from attachguard.readers.compound.build import Storage
from attachguard.sanitizers.compound import excel, slides, word
from attachguard.sanitizers.record import Cleaned, Refusal, Work

TYPES: Final = frozenset({"doc", "xls", "ppt"})
REMOVES: Final = {
    "vba": "the macro storages, the command table of Word, the records of Excel and the atom of PowerPoint that announce macros",
    "xlm": "Excel 4 macro sheets, and the names that start them",
    "ole-object": "embedded objects and packages; the picture shown for them stays",
    "activex-control": "ActiveX controls; their picture stays",
    "dde-field": "DDE fields of Word; the result that they show stays",
    "dde-link": "links of Excel to programs, objects and remote workbooks; values stay",
    "attached-template": "the address of a template elsewhere",
    "fetching-field": "the address in fields of Word that fetch a file",
    "slide-action": "actions that start a program, run a macro or open an object",
    "network-path-link": "addresses of hyperlinks, queries, films and sounds on network paths",
}
KEEPS: Final = (
    "Text, layout, pictures, cell values and formulas, properties; every stream that nothing is taken out of."
)
REFUSES: Final = (
    "Macros of Word 6 and 95, macro sheets and modules of Excel 5, workbooks with no sheet but macro sheets, files that are damaged, read in two "
    "ways, encrypted or signed."
)

_DEEPEST: Final = 60
#: Streams that only an embedded object's storage has, in lower case.
_MARKS: Final = frozenset(
    {"\x01ole10native", "\x01ole", "\x03objinfo", "equation native", "\x03ocxname", "\x03linkfile"}
)
_POOLS: Final = frozenset({"objectpool", "objects"})


def sanitize(work: Work) -> Cleaned:
    """The file without what is not wanted."""
    part = Part(work.name, b"", role="attachment", budget=work.budget)
    part.fill(work.data)
    try:
        file = compounds.load(part)
    except Malformed as error:
        raise Refusal(str(error)) from error
    if file.damage or file.odd or file.doubles:
        reason = file.damage[0] if file.damage else file.odd or "two streams of one name"
        raise Refusal(f"damaged: {reason}")
    root = build.copy(file, file.root)
    if any(name.lower() in ("_signatures", "_xmlsignatures") for name in (*root.streams, *root.storages)):
        raise Refusal("signed: it cannot be changed, only kept back")
    before = len(work.removed)
    if work.wants("vba"):
        _macros(root, work, "", 0)
    if work.type == "doc":
        word.clean(root, work)
    elif work.type == "xls":
        excel.clean(root, work, macros=len(work.removed) > before)
    else:
        slides.clean(root, work)
    _objects(root, work, "", 0)
    return Cleaned(build.write(root, 9))


def _macros(storage: Storage, work: Work, path: str, depth: int) -> None:
    """Take out every storage that is a VBA project."""
    if depth > _DEEPEST:
        raise Refusal("storages are nested too deeply")
    for name, inner in list(storage.storages.items()):
        place = f"{path}{name}"
        lowered = name.lower()
        if (
            lowered == "_vba_project_cur"
            or (lowered in ("macros", "vba", "_vba_project") and _is_project(inner))
            or _is_project(inner)
        ):
            if lowered == "_vba_project" and "book" in {each.lower() for each in storage.streams}:
                raise Refusal("modules of Excel 5 are stored between its sheets")
            work.took("macro-content", "vba", "VBA", content(inner), member=place)
            del storage.storages[name]
        elif not _is_object(name, inner, path):
            _macros(inner, work, f"{place}/", depth + 1)


def _is_project(storage: Storage) -> bool:
    names = {name.lower() for name in storage.streams}
    if "dir" in names or "_vba_project" in names:
        return True
    return any(name.lower() == "vba" and _is_project(inner) for name, inner in storage.storages.items())


def _objects(storage: Storage, work: Work, path: str, depth: int) -> None:
    """Embedded objects, which are storages: out, or cleaned, or left."""
    if depth > _DEEPEST:
        raise Refusal("storages are nested too deeply")
    for name, inner in list(storage.storages.items()):
        place = f"{path}{name}"
        if not _is_object(name, inner, path):
            _objects(inner, work, f"{place}/", depth + 1)
            continue
        control = any(each.lower() == "\x03ocxname" for each in inner.streams)
        if work.wants("activex-control" if control else "ole-object", "ole-object"):
            words = "ActiveX control" if control else "OLE object"
            work.took("embedded-object", "ole-object", words, content(inner), member=place)
            del storage.storages[name]
        elif name in work.concerned:
            code, kind = (
                work.child(name, build.write(inner)).reasons[:1][0]
                if work.concerned
                else ("embedded-object", "ole-object")
            )
            work.took(code, kind, "object that is not accepted", content(inner), member=place)
            del storage.storages[name]


def _is_object(name: str, storage: Storage, path: str) -> bool:
    lowered = name.lower()
    above = path.rstrip("/").rpartition("/")[2].lower()
    names = {each.lower() for each in storage.streams}
    if "\x03vbframe" in names:
        return False
    embedding = lowered[:3] in ("mbd", "lnk") and len(lowered) == 11
    return above in _POOLS or embedding or not names.isdisjoint(_MARKS)


def content(storage: Storage) -> bytes:
    """The bytes of everything in a storage, for the record."""
    pieces = [data for _, data in sorted(storage.streams.items())]
    pieces += [content(inner) for _, inner in sorted(storage.storages.items())]
    return b"".join(pieces)
