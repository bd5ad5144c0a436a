"""What a file name alone gives away: deception, and disagreement with the content.

How Windows reads names: trailing dots and blanks are dropped, the last extension decides, a class identifier after it decides before it
and is never shown, and what follows a colon names a stream of the file ([MS-FSCC] §2.1.5). For look-alike letters and writing direction see
Unicode Technical Report 36.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attachguard.later import later
from attachguard.model import FileType, Finding
from attachguard.part import Part
from attachguard.types.claims import CLAIMS, LOADED, PROGRAMS
from attachguard.types.extension import CLASS_ID, extension, has_stream
from attachguard.types.filetypes import OFFICE, TABLE, TITLES, TYPES, refines, runs, words
from attachguard.types.leftovers import is_leftover

#: One look tells whether a name has anything unusual.
_UNUSUAL: Final = later("[\0-\x1f\x7f:{\u202a-\u202e\u2066-\u2069]|[.\\s]$|\\s{5}")
_CONTROL: Final = re.compile("[\0-\x1f\x7f]")
_DIRECTION: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: The two that turn the letters of any script round, and those that end a run of another direction.
_OVERRIDE: Final = re.compile("[\u202d\u202e]")
_ENDS: Final = frozenset("\u202c\u2069")
_RIGHT_TO_LEFT: Final = frozenset("\u202b\u2067")
_BLANKS: Final = re.compile(r"\s{5,}")

#: Letters of other alphabets that look like Latin ones, besides what NFKC folds (full-width and mathematical letters).
_LOOKALIKES: Final = str.maketrans("аеорсухіјѕһԁɡӏκοραν", "aeopcyxijshdglkopav")
#: What a name may end with without anybody seeing it.
_UNSEEN_AT_END: Final = ". \t\u00a0\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_INVISIBLE: Final = later("[\u00ad\u200b-\u200f\u2060\ufeff]")

_NAMED: Final = frozenset({"attachment", "inline", "member", "embedded"})
_TEXTUAL: Final = frozenset({"text", "script", "mail", "crypto", "data"})
_VIEWED: Final = frozenset({"audio", "video"})


#: Extensions that source text and keys have as well as the documents and films that claim them.
_TEXT_TOO: Final = words("shared")


#: Extensions that look harmless before another one.
_HARMLESS: Final = frozenset(extension for extension in CLAIMS if extension not in PROGRAMS and not extension.isdigit())
_BY_MEDIA_TYPE: Final = {kind.mime: key for key, kind in reversed(TYPES.items())}


def name_findings(part: Part) -> Iterator[Finding]:
    """Facts about the name of a part whose types are known."""
    name = part.name
    if part.role not in _NAMED:
        return
    if len(part.types) > 1:
        yield from _polyglot(part)
    suffix = extension(name)
    if name:
        yield from _deception(part, name, suffix)
    if part.types:
        disagreement = _disagreement(part, suffix)
        if disagreement:
            yield part.finding("type-mismatch", disagreement)


def _deception(part: Part, name: str, suffix: str) -> Iterator[Finding]:
    """How a name deceives whoever reads it."""
    if _UNUSUAL.search(name):
        yield from _unusual(part, name, suffix)
    if not name.isascii():
        written = _DIRECTION.sub("", name).rstrip(_UNSEEN_AT_END).rpartition(".")[2].lower()
        plain = suffix if suffix.isascii() else suffix.translate(_LOOKALIKES)
        if plain in CLAIMS and not written.isascii():
            yield part.finding("name-look-alike", f"look-alike letters in the extension .{plain}")
    if suffix in PROGRAMS and suffix not in LOADED and name.count(".") > 1:
        shown = name if name.isascii() else _INVISIBLE.sub("", name)
        inner = [piece.strip().lower() for piece in shown.split(".")[1:]]
        # The effective extension is the last piece that is one; the piece before it is what a reader sees first.
        place = max((index for index, piece in enumerate(inner) if piece == suffix), default=0)
        before = inner[place - 1]
        if place and before in _HARMLESS:
            yield part.finding("name-double", f"double extension: .{before}.{suffix}")


def _polyglot(part: Part) -> Iterator[Finding]:
    """Whether two programs see two different files in the same bytes, and one of them is more than pictures or pages.

    An archive appended to a program is reported as such.
    """
    if not part.active and not any(
        runs(kind.id) or (kind.group in OFFICE and not TABLE.row(kind.id).page) for kind in part.types
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
            or TABLE.row(other.id).beside
            or _related(first.id, other.id)
        ):
            continue
        yield part.finding(
            "two-types", f"{TITLES.get(first.id, first.id)} that is also {TITLES.get(other.id, other.id)}"
        )


def _unusual(part: Part, name: str, suffix: str) -> Iterator[Finding]:
    """Each trick that a name plays, in words."""
    if _DIRECTION.search(name) and _reordered(name):
        yield part.finding("name-direction", "writing direction is overridden inside the name")
    if _CONTROL.search(name) and not is_leftover(name, [kind.id for kind in part.types], part.size):
        yield part.finding("name-control", "NUL in the name" if "\0" in name else "control character in the name")
    if CLASS_ID.search(name):
        yield part.finding("name-class-id", "a class identifier follows the extension")
    elif ":" in name and has_stream(name) and not is_leftover(name, [kind.id for kind in part.types], part.size):
        yield part.finding("name-stream", "an alternate data stream is named")
    elif (name[-1] == "." or name[-1].isspace()) and suffix in CLAIMS:
        yield part.finding("name-dots", f"dots or blanks after the extension .{suffix}")
    blanks = _BLANKS.search(name)
    if blanks and (suffix in PROGRAMS or len(blanks[0]) >= 20):
        yield part.finding("name-padded", f"the extension .{suffix} is pushed out of sight by blanks")


def _reordered(name: str) -> bool:
    """Whether marks of writing direction change where a reader sees the extension.

        yield part.finding("name-class-id", "a class identifier follows the extension")
    elif ":" in name and has_stream(name) and not is_leftover(name, [kind.id for kind in part.types], part.size):
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
    return bool(opened) and (not _RIGHT_TO_LEFT.isdisjoint(opened) or _DIRECTION.match(name) is None)


def _disagreement(part: Part, suffix: str) -> str:
    """How name or declared type contradict the content in a way that matters; empty where they do not."""
    kinds = part.types
    claimed = None if suffix in _TEXT_TOO and kinds[0].group in _TEXTUAL else CLAIMS.get(suffix)
    if kinds[0].id == "applesingle" and "._" in part.name:
        return ""  # macOS keeps a file's second half under the name of the first
    if claimed and not any(suffix in kind.extensions for kind in kinds) and _matters(claimed, kinds[0]):
        return f"the name says {_claim(claimed, suffix)}, the content is {TITLES.get(kinds[0].id, kinds[0].id)}"
    if part.declared is not None:
        said = _BY_MEDIA_TYPE.get(part.declared)
        if said is not None and not any(kind.mime == part.declared or refines(kind.id, said) for kind in kinds):
            group = TYPES[said].group
            if (group in ("image", "audio", "video") or said == "pdf") and _matters((said,), kinds[0]):
                return f"declared as {TITLES[said]}, the content is {TITLES.get(kinds[0].id, kinds[0].id)}"
    return ""


def _related(one: str, other: str) -> bool:
    """Whether one program opens both types, each under the other's name."""
    return not set(TABLE.row(one).family.split()).isdisjoint(TABLE.row(other).family.split())


def _claim(claimed: tuple[str, ...], suffix: str) -> str:
    """The type that an extension usually stands for, in words."""
    usual = [key for key in claimed if TYPES[key].extensions[0] == suffix and not key.startswith("ooxml-")]
    return TITLES[usual[0] if usual else claimed[0]]


def _matters(claimed: tuple[str, ...], actual: FileType) -> bool:
    """Whether content of one type under the name of others is more than a habit of some program."""
    key = actual.id
    if actual.group == "unknown" or key == "empty" or any(runs(claim) for claim in claimed):
        return False
    if runs(key):
        # A script that is called text is shown as text.
        return not (actual.group == "script" and any(TYPES[claim].group == "text" for claim in claimed))
    if TABLE.row(key).macros:
        return not any(refines(key, claim) for claim in claimed)
    for claim in claimed:
        group = TYPES[claim].group
        if refines(claim, key) or refines(key, claim):
            return False
        if group == actual.group and group not in ("archive", *OFFICE) and "svg" not in (claim, key):
            return False
        if (group in _TEXTUAL and actual.group in _TEXTUAL) or (group in _VIEWED and actual.group in _VIEWED):
            return False
        if _related(claim, key):
            return False
    return True
