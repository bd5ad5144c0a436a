"""Names in a ZIP archive that readers understand differently, and different names that end at one place on disk.

APPNOTE.TXT 6.3.10, 4.4.17 (names), 4.6.9 (Info-ZIP Unicode Path). How Windows changes a name: any case is the same, dots and blanks at the end of
a step are dropped, characters that cannot be in a name are replaced ([MS-FSCC] 2.1.5).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

from attachguard._core import zipmarks
from attachguard._core.zipcentral import contents
from attachguard.formats.archive.members import shown
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.zip.archive import EXTRA_UNICODE_PATH, Directory, Entry, member_name

#: Anything but the characters that every system takes in a name, and the ends of lines between names.
_ODD: Final = re.compile(r"[^\n !#-)+-9;=@-\[\]-{}~]")
_REPLACED: Final = str.maketrans(dict.fromkeys([*map(chr, range(32)), *':*?"<>|'], "_"))
_UPWARDS: Final = re.compile(r"(?:^|/)\.\.(?:/|$)")
_FOREIGN: Final = re.compile("[^ -~]+")
#: How many other names one entry is shown under.
_OTHERS: Final = 8
#: Unicode fields with different names that are read of one entry.
MOST_FIELDS: Final = 32


def name_findings(part: Part, directory: Directory) -> Iterator[Finding]:
    """What is ambiguous about the names of members; one finding a kind, with the first case."""
    entries = directory.entries
    unusual = _unusual([entry.name for entry in entries])
    if not unusual and not directory.marks and not directory.unusual and len(directory.by_name) == len(entries):
        return
    yield from _alike(part, [entry for entry in entries if not entry.hidden], unusual=unusual)
    for entry in entries:
        if "\0" in entry.name:
            detail = f"ZIP: the name '{shown(entry.name)}' holds a NUL, where some readers end it"
            yield part.finding("name-differs", detail)
            break
    for entry in entries:
        if entry.marks & zipmarks.FLAGS:
            detail = f"ZIP: the name '{shown(entry.name)}' is said to be UTF-8 in one header and not in the other"
            yield part.finding("name-differs", detail)
            break
    for entry in entries:
        others = other_names(directory, entry)
        if others:
            detail = f"ZIP: '{shown(entry.name)}' is named '{shown(others[0])}' by readers that take its Unicode field or flag otherwise"
            yield part.finding("name-differs", detail)
            break
    doubtful = next((entry for entry in entries if entry.doubtful), None)
    if doubtful is not None:
        detail = f"ZIP: '{shown(doubtful.name)}' is a folder by its name or attributes and has content"
        yield part.finding("name-differs", detail)


def _unusual(names: list[str]) -> bool:
    """Whether any of some names is not the same for every reader, but for its case."""
    # Names are looked at together, one a line: most archives end here.
    text = "\n".join(["", *names, ""])
    return (
        _ODD.search(text) is not None
        or text.count("\n") > len(names) + 1
        or "//" in text
        or "\n/" in text
        or "./" in text
        or " /" in text
        or ".\n" in text
        or " \n" in text
    )


def _alike(part: Part, listed: list[Entry], *, unusual: bool) -> Iterator[Finding]:
    if len({entry.name for entry in listed}) < len(listed):
        pair = _first_pair(listed, str)
        if pair is not None:
            yield part.finding("name-twice", f"ZIP: two members are named '{shown(pair[0])}'")
    for canonical, words in (
        (_folded, "in case only"),
        (_dropped, "only in how the path is written"),
        (_resolved, "only in how the path is written"),
    ):
        pair = _first_pair(listed, canonical)
        if pair is not None and pair[0] != pair[1]:
            yield part.finding("name-differs", f"ZIP: '{shown(pair[0])}' and '{shown(pair[1])}' differ {words}")
            break
    upwards = next((entry for entry in listed if _UPWARDS.search(entry.name)), None) if unusual else None
    if upwards is not None:
        yield part.finding("path-traversal", f"ZIP: the path '{shown(upwards.name)}' leads out of a folder")


def _first_pair(entries: list[Entry], canonical: Callable[[str], str]) -> tuple[str, str] | None:
    """The first two names of files that come to the same; names that differ before ones that do not."""
    seen: dict[str, str] = {}
    same: tuple[str, str] | None = None
    for entry in entries:
        if entry.folder:
            continue
        key = canonical(entry.name)
        if key not in seen:
            seen[key] = entry.name
        elif seen[key] != entry.name:
            return seen[key], entry.name
        else:
            same = same or (entry.name, entry.name)
    return same


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _dropped(name: str) -> str:
    """The path as written by readers that leave out what is no name."""
    steps = [_step(step) for step in _folded(name).split("/")]
    return "/".join(step for step in steps if step.strip("."))


def _resolved(name: str) -> str:
    """The path as written by readers that follow `..`."""
    kept: list[str] = []
    for step in _folded(name).split("/"):
        if step == "..":
            del kept[-1:]
        elif step.strip("."):
            kept.append(_step(step))
    return "/".join(kept)


def _step(step: str) -> str:
    return step if step in (".", "..") else step.rstrip(". ").translate(_REPLACED)


def unicode_fields(directory: Directory, entry: Entry) -> list[bytes]:
    """The Unicode fields of an entry's two headers; one more than `MOST_FIELDS` where there are more."""
    found = contents(entry.extra, 0, len(entry.extra), EXTRA_UNICODE_PATH, MOST_FIELDS + 1, 5)
    at = entry.place + 30 + int.from_bytes(directory.data[entry.place + 26 : entry.place + 28], "little")
    if 0 <= entry.place < at < entry.start:
        found += contents(directory.data, at, entry.start, EXTRA_UNICODE_PATH, MOST_FIELDS + 1, 5)
    return found[: MOST_FIELDS + 1]


def other_names(directory: Directory, entry: Entry) -> list[str]:
    """Names that some reader gives an entry besides its own: by its plain name, by a Unicode field whatever that says of itself."""
    if b"up" not in entry.extra and not entry.marks & zipmarks.UNICODE:
        return []
    raw = entry.raw_name
    found = [member_name(raw, entry.flags)]
    found += [member_name(field[5:], 0x800) for field in unicode_fields(directory, entry)]
    if entry.marks & zipmarks.UNICODE and not raw.isascii():
        found.append(raw.decode("cp437").replace("\\", "/"))
    own = entry.name.rstrip("/")
    names = dict.fromkeys(name.rstrip("/") for name in found)
    return [name for name in names if name and name != own and not _stands_for(name, own)][:_OTHERS]


def _stands_for(one: str, other: str) -> bool:
    """Whether two names differ only in letters outside of ASCII, or in what was written in their place."""
    if one.isascii() and other.isascii():
        return False
    if other.isascii():
        one, other = other, one
    fixed = _FOREIGN.split(other)
    if not one.startswith(fixed[0]) or not one.endswith(fixed[-1]):
        return False
    at = len(fixed[0])
    for piece in fixed[1:-1]:
        at = one.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    # The ending decides what opens the file.
    return at <= len(one) - len(fixed[-1]) and one.rpartition(".")[2] == other.rpartition(".")[2]
