"""What a file name alone gives away: deception, and disagreement with the content.

How Windows reads names: trailing dots and blanks are dropped, the last extension decides, a class identifier behind it decides before it
and is never shown, and what follows a colon names a stream of the file ([MS-FSCC] §2.1.5). For look-alike letters and writing direction see
Unicode Technical Report 36.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from attachguard.model import FileType, Finding
from attachguard.part import Part
from attachguard.types.filetypes import FACTS, TITLES, TYPES, refines
from attachguard.types.identify.extensions import RUN_EXTENSIONS

#: A class identifier as last extension.
_CLSID: Final = re.compile(r"\.\{[0-9a-fA-F]{8}-[0-9a-fA-F-]{4,30}\}?[. ]*$")
#: An alternate data stream of NTFS behind an extension; `::$DATA` names the file itself.
_STREAM: Final = re.compile(
    r"(?<=\w)(?:::\$[A-Za-z_]{1,30}|(?<=\.[A-Za-z]\w\w):[^\s:/\\]{1,255}(?::\$[A-Za-z_]{1,30})?)$"
)
#: One look tells whether a name has anything unusual.
_UNUSUAL: Final = re.compile("[\0-\x1f\x7f:{\u202a-\u202e\u2066-\u2069]|[. \t\u00a0]$|\\s{5}")
_CONTROL: Final = re.compile("[\0-\x1f\x7f]")
_DIRECTION: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: The two that turn the letters of any script round, and those that end a run of another direction.
_OVERRIDE: Final = re.compile("[\u202d\u202e]")
_ENDS: Final = frozenset("\u202c\u2069")
_RIGHT_TO_LEFT: Final = frozenset("\u202b\u2067")
_BLANKS: Final = re.compile(r"\s{5,}")

#: Letters of other alphabets that look like Latin ones, besides what NFKC folds (full-width and mathematical letters).
_LOOKALIKES: Final = str.maketrans("аеорсухіјѕһԁɡӏκοραν", "aeopcyxijshdglkopav")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")

_NAMED: Final = frozenset({"attachment", "inline", "member", "embedded"})
#: Extensions that so many programs use that they claim nothing.
_VAGUE_EXTENSIONS: Final = (
    "bin egg tlz dat db ts key o a c h as ad dd cap img prc asc sig com sys raw bak tmp log it mod res bc r go rs cs v s m ex mat sav root fit pat"
    " pack bw rgb sun for dta pol nc cdf sz rz mdf pdb fm frm el scm pas mk d journal ntf properties ra mo st la mts cramfs ext2 ext3 ext4 hfs"
)
_VAGUE: Final = frozenset(_VAGUE_EXTENSIONS.split())
_TEXTUAL: Final = frozenset({"text", "script", "mail", "crypto", "data"})
_VIEWED: Final = frozenset({"audio", "video"})
_OFFICE: Final = frozenset({"document", "spreadsheet", "presentation"})
_MACRO_KINDS: Final = frozenset("docm dotm xlsm xlsb xltm xlam pptm potm ppsm ppam sldm vsdm".split())  # noqa: SIM905
#: Kinds that one program opens under each other's names.
_FAMILY_IDS: Final = (
    "ai ps eps pdf",
    "ps pfb",
    "activemime cfb",
    "txt mht",
    "rdata gz bz2 xz",
    "doc docx docm dotx dotm rtf flatopc word2003 ooxml-enc ooxml-irm",
    "xls xls5 biff xlsx xlsm xlsb xltx xltm xlam excel2003 ooxml-enc ooxml-irm",
    "ppt pptx pptm potx potm ppsx ppsm ppam sldx sldm ooxml-enc ooxml-irm",
)
_FAMILIES: Final = tuple(frozenset(ids.split()) for ids in _FAMILY_IDS)


#: Extensions that source text and keys have as well as the documents and films that claim them.
_TEXT_TOO: Final = frozenset({"mts", "pub"})


def _by_extension() -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for key, kind in TYPES.items():
        for extension in kind.extensions:
            if extension not in _VAGUE:
                table.setdefault(extension, []).append(key)
    return {extension: tuple(keys) for extension, keys in table.items()}


def _runs(key: str) -> bool:
    facts = FACTS.get(key, ())
    return "executable-content" in facts or "script-content" in facts


#: Ids of the types that an extension belongs to.
_CLAIMS: Final = _by_extension()
#: Extensions that Windows, a shell or an interpreter runs.
_PROGRAMS: Final = (
    frozenset(
        extension
        for extension, keys in _CLAIMS.items()
        if any(_runs(key) for key in keys) and not any(TYPES[key].group in _OFFICE for key in keys)
    )
    | RUN_EXTENSIONS
    | {
        "com",
        "pif",
        "gadget",
        "hta",
        "cpl",
        "shb",
        "shs",
        "job",
        "diagcab",
        "xll",
        "xnk",
        "grp",
        "ade",
        "adp",
        "mad",
        "maf",
        "mam",
        "maq",
        "mar",
    }
)
#: Those that other programs load and nobody opens by a click; `Newtonsoft.Json.dll` is how such files are called.
_LOADED: Final = frozenset("dll ocx drv efi mui ko so o dylib bundle class pyc pyo wasm luac dex odex".split())  # noqa: SIM905
#: Extensions that look harmless in front of another one.
_HARMLESS: Final = frozenset(
    extension for extension in _CLAIMS if extension not in _PROGRAMS and not extension.isdigit()
)
_BY_MEDIA_TYPE: Final = {kind.mime: key for key, kind in reversed(TYPES.items())}


def effective_extension(name: str) -> str:
    """The extension that decides which program opens the file, in lower case without dot.

    Windows drops trailing dots and blanks, opens `x.exe::$DATA` as `x.exe`, and never shows a class identifier behind the last dot; what
    stands behind a NUL is not part of the name for most programs. Other control characters are left out when a mail program saves the file.
    """
    extension = name[name.rfind(".") + 1 :]
    if extension.isalnum() and "\0" not in name:
        return extension.lower() if len(extension) < len(name) else ""
    name = name.partition("\0")[0]
    name = _STREAM.sub("", _CLSID.sub("", name.rstrip(". \t\u00a0")))
    name = name[max(name.rfind("/"), name.rfind("\\")) + 1 :].rstrip(". \t\u00a0")
    _, dot, extension = name.rpartition(".")
    return _CONTROL.sub("", extension).strip().lower() if dot else ""


def is_claimed(extension: str) -> bool:
    """Whether an extension belongs to a type, so that programs open files by it."""
    return extension in _CLAIMS or extension in RUN_EXTENSIONS


#: What an archive is for, told beside the archive that it is for everybody else.
_BESIDE: Final = frozenset({"whl", "onepkg"})
#: Documents that do nothing by themselves.
_PAGES: Final = frozenset({"pdf", "ps", "fdf", "xfdf", "xdp", "xps", "dwfx"})


def name_findings(part: Part) -> Iterator[Finding]:
    """Facts about the name of a part whose types are known."""
    name = part.name
    if part.role not in _NAMED:
        return
    if len(part.types) > 1:
        yield from _polyglot(part)
    extension = effective_extension(name)
    if name:
        yield from _deception(part, name, extension)
    if part.types:
        disagreement = _disagreement(part, extension)
        if disagreement:
            yield part.finding("type-mismatch", disagreement)


def _deception(part: Part, name: str, extension: str) -> Iterator[Finding]:
    """How a name deceives whoever reads it."""
    if _UNUSUAL.search(name):
        yield from _unusual(part, name, extension)
    if not extension.isascii():
        plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", extension)).translate(_LOOKALIKES)
        plain = plain.rpartition(".")[2]
        if plain in _CLAIMS:
            yield part.finding("name-look-alike", f"look-alike letters in the extension .{plain}")
    if extension in _PROGRAMS and extension not in _LOADED and name.count(".") > 1:
        shown = name if name.isascii() else _INVISIBLE.sub("", name)
        inner = [piece.strip().lower() for piece in shown.split(".")[1:]]
        # The effective extension is the last piece that is one; the piece before it is what a reader sees first.
        place = max((index for index, piece in enumerate(inner) if piece == extension), default=0)
        before = inner[place - 1]
        if place and before in _HARMLESS:
            yield part.finding("name-double", f"double extension: .{before}.{extension}")


def _polyglot(part: Part) -> Iterator[Finding]:
    """Whether two programs see two different files in the same bytes, and one of them is more than pictures or pages.

    An archive behind a program is reported as such.
    """
    if not part.active and not any(
        _runs(kind.id) or (kind.group in _OFFICE and kind.id not in _PAGES) for kind in part.types
    ):
        return
    first = part.types[0]
    for other in part.types[1:]:
        if first.group in _TEXTUAL and other.group in _TEXTUAL:
            continue
        if (
            (first.group == "executable" and other.group == "archive")
            or refines(first.id, other.id)
            or refines(other.id, first.id)
            or other.id in _BESIDE
            or any(first.id in family and other.id in family for family in _FAMILIES)
        ):
            continue
        yield part.finding(
            "two-types", f"{TITLES.get(first.id, first.id)} that is also {TITLES.get(other.id, other.id)}"
        )


def _unusual(part: Part, name: str, extension: str) -> Iterator[Finding]:
    """Each trick that a name plays, in words."""
    if _DIRECTION.search(name) and _reordered(name):
        yield part.finding("name-direction", "writing direction is overridden inside the name")
    if _CONTROL.search(name):
        yield part.finding("name-control", "NUL in the name" if "\0" in name else "control character in the name")
    if _CLSID.search(name):
        yield part.finding("name-class-id", "a class identifier stands behind the extension")
    elif _STREAM.search(name):
        yield part.finding("name-stream", "an alternate data stream is named")
    elif name[-1] in ". \t\u00a0" and extension in _CLAIMS:
        yield part.finding("name-dots", f"dots or blanks behind the extension .{extension}")
    blanks = _BLANKS.search(name)
    if blanks and (extension in _PROGRAMS or len(blanks[0]) >= 20):
        yield part.finding("name-padded", f"the extension .{extension} is pushed aside by blanks")


def _reordered(name: str) -> bool:
    """Whether marks of writing direction change where a reader sees the extension.

    Embeddings and isolates that are closed again change nothing behind them (Unicode Standard Annex 9), and those from left to right, or in the
    direction of their first letter, may stand around a whole name, as some systems write it. An override turns letters round.
    """
    if _OVERRIDE.search(name):
        return True
    dot = name.rfind(".")
    opened: list[str] = []
    for match in _DIRECTION.finditer(name):
        mark = match[0]
        if mark in _ENDS:
            if opened and opened.pop() in _RIGHT_TO_LEFT and match.start() > dot:
                return True
        elif match.start() > dot:
            return True
        else:
            opened.append(mark)
    return bool(opened)


def _disagreement(part: Part, extension: str) -> str:
    """How name or declared type contradict the content in a way that matters; empty where they do not."""
    kinds = part.types
    claimed = None if extension in _TEXT_TOO and kinds[0].group in _TEXTUAL else _CLAIMS.get(extension)
    if kinds[0].id == "applesingle" and "._" in part.name:
        return ""  # macOS keeps a file's second half under the name of the first
    if claimed and not any(extension in kind.extensions for kind in kinds) and _matters(claimed, kinds[0]):
        return f"the name says {_claim(claimed, extension)}, the content is {TITLES.get(kinds[0].id, kinds[0].id)}"
    if part.declared is not None:
        said = _BY_MEDIA_TYPE.get(part.declared)
        if said is not None and not any(kind.mime == part.declared or refines(kind.id, said) for kind in kinds):
            group = TYPES[said].group
            if (group in ("image", "audio", "video") or said == "pdf") and _matters((said,), kinds[0]):
                return f"declared as {TITLES[said]}, the content is {TITLES.get(kinds[0].id, kinds[0].id)}"
    return ""


def _claim(claimed: tuple[str, ...], extension: str) -> str:
    """The type that an extension usually stands for, in words."""
    usual = [key for key in claimed if TYPES[key].extensions[0] == extension and not key.startswith("ooxml-")]
    return TITLES[usual[0] if usual else claimed[0]]


def _matters(claimed: tuple[str, ...], actual: FileType) -> bool:
    """Whether content of one type under the name of others is more than a habit of some program."""
    key = actual.id
    if key in ("empty", "unread", "bin") or any(_runs(claim) for claim in claimed):
        return False
    if _runs(key):
        # A script that is called text is shown as text.
        return not (actual.group == "script" and any(TYPES[claim].group == "text" for claim in claimed))
    if key in _MACRO_KINDS:
        return not any(refines(key, claim) for claim in claimed)
    for claim in claimed:
        group = TYPES[claim].group
        if refines(claim, key) or refines(key, claim):
            return False
        if group == actual.group and group not in ("archive", *_OFFICE) and "svg" not in (claim, key):
            return False
        if (group in _TEXTUAL and actual.group in _TEXTUAL) or (group in _VIEWED and actual.group in _VIEWED):
            return False
        if any(claim in family and key in family for family in _FAMILIES):
            return False
    return True
