"""What all archives have in common: how their members become facts.

Every lister makes `Member` records, in the order of the archive; `announce` turns them into children and into the few
findings about the archive itself that come from names alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from attachguard.errors import LimitExceeded, Malformed
from attachguard.model import Finding
from attachguard.part import Part, Source
from attachguard.readers.packed.chunks import Data, skip_zeros, slices
from attachguard.types import letters
from attachguard.types.claims import ARCHIVE_EXTENSIONS
from attachguard.types.extension import extension, split_name
from attachguard.types.filetypes import TITLES, wrappers

if TYPE_CHECKING:
    from attachguard.inspector import Fact

#: Names by which 7-Zip shows the files that make up an NTFS volume.
_SYSTEM_FILES: Final = frozenset(
    f"[SYSTEM]/{name}"
    for name in (
        "$MFT", "$MFTMirr", "$LogFile", "$Volume", "$AttrDef", ".", "$Bitmap", "$Boot", "$BadClus", "$Secure", "$Secure:$SDS",
        "$UpCase", "$UpCase:$Info", "$Extend", "$Extend/$Quota", "$Extend/$ObjId", "$Extend/$Reparse",
    )
)  # fmt: skip
_PLURALS: Final = {"folder": "folders", "link": "links", "device": "device files"}


class Member(NamedTuple):
    """One entry of an archive.

    Args:
        name: path inside the archive, decoded, with `/` between folders.
        source: its content; None where it cannot be had here.
        kind: `file`, `folder`, `link` or `device`.
        encrypted: whether its content is encrypted; where there is a source all the same, a known password has opened it.
    """

    name: str
    source: Source | None = None
    kind: str = "file"
    encrypted: bool = False


def is_archive_name(name: str) -> bool:
    """Whether a member whose content cannot be had is called like an archive."""
    return extension(name) in ARCHIVE_EXTENSIONS


class _Tally:
    """What is said of the archive once all members have been seen."""

    def __init__(self) -> None:
        self.nested: list[str] = []
        self.kinds: Counter[str] = Counter()
        self.in_folders = False
        self.unread = 0

    def findings(self, part: Part, why_unread: str, advice: Callable[[], str] | None) -> Iterator[Finding]:
        if self.nested:
            more = f" and {len(self.nested) - 1} more" if self.nested[1:] else ""
            yield part.finding(
                "nested-archive", f"archive in an archive, judging by its name, '{shown(self.nested[0])}'{more}"
            )
        if self.unread:
            words = f"{why_unread} ({self.unread} not read){advice() if advice is not None else ''}"
            yield part.finding("member-unread", words)
        counts = [f"{self.kinds[kind]} {plural}" for kind, plural in _PLURALS.items() if self.kinds[kind]]
        if counts or self.in_folders:
            yield part.finding("member-folders", f"archive: {', '.join(counts) or 'folders in member names'}")


def announce(
    part: Part, members: Iterable[Member | Finding], why_unread: str, advice: Callable[[], str] | None = None
) -> Iterator[Fact]:
    """Children for the members, then what their names say about the archive.

    Args:
        part: the archive.
        members: its entries, and findings to pass on; a `Malformed` from it is raised again once everything known has been said.
        why_unread: why content is out of reach where a member has none, e.g. `RAR: compressed members`.
        advice: says what the operator can do about it, see `remedy`.
    """
    tally = _Tally()
    broken: Malformed | LimitExceeded | None = None
    budget = part.budget
    try:
        for member in members:
            budget.check_time()
            if budget.parts_used > budget.limits.parts:
                break  # the driver has said so
            if isinstance(member, Finding):
                yield member
                continue
            tally.in_folders |= "/" in member.name.strip("/")
            if member.kind != "file":
                tally.kinds[member.kind] += 1
            elif member.source is not None:
                child = part.child(member.name, member.source)
                if member.encrypted:
                    child.encryption = "known-password"
                yield child
            else:
                child = part.child(member.name, None)
                if member.encrypted:
                    child.encryption = "unknown-password"
                else:
                    tally.unread += 1
                if is_archive_name(member.name):
                    tally.nested.append(member.name)
                yield child
    except (Malformed, LimitExceeded) as error:
        broken = error
    yield from tally.findings(part, why_unread, advice)
    if broken is not None:
        raise broken


def by_others(
    part: Part,
    archive: Data,
    formats: tuple[str, ...],
    kind: str,
    names: list[str],
    others: Collection[str],
    what: str,
    encrypted: Collection[str] = (),
) -> Iterator[Member | Finding]:
    """Members that the format's own reader lists and cannot unpack, unpacked in a process of its own; see `readers.outside.unpacked`.

    Args:
        part: the archive, for its budget and for findings.
        archive: its bytes, from its own beginning on.
        formats: what libarchive calls the format; empty where it is of no use.
        kind: id of the type, by which tools are found.
        names: of the wanted files, in their order in the archive.
        others: names of files that the own reader deals with.
        what: name of the format, for messages.
        encrypted: names of those that a password has opened.
    """
    if not names:
        return
    from attachguard.formats.archive.unpackers import unpacked

    for found in unpacked(part, archive, formats, kind, names, others, what):
        yield found if isinstance(found, Finding) else Member(*found, encrypted=found[0] in encrypted)


def by_tools(part: Part, content: Data, kind: str, what: str) -> Iterator[Member | Finding]:
    """Members of a container that no reader of this package lists; see `readers.outside.listed`."""
    from attachguard.formats.archive.unpackers import listed

    for found in listed(part, content, kind, what):
        if isinstance(found, Finding):
            yield found
            continue
        entry, source = found
        # Files of the file system itself, such as its journal, are no content that anybody sent.
        if entry.name not in _SYSTEM_FILES:
            yield Member(entry.name or "content", source, entry.kind, entry.encrypted)


def opened(part: Part, kind: str) -> Iterator[Fact]:
    """Everything that a program of the system finds in a container of this type, or that none is there to look."""
    title = TITLES[kind]
    some = False
    for fact in announce(part, by_tools(part, part.data, kind, title), title):
        some = True
        yield fact
    if not some:
        yield part.finding("not-opened", f"{title}: not opened here{remedy(part, kind)}")


def remedy(part: Part, kind: str, *, library: bool = False) -> str:
    """What the operator can do about content that stayed unread; see `readers.outside.remedy`."""
    from attachguard.formats.archive import unpackers as outside

    return outside.remedy(part, kind, library=library)


def trailing(part: Part, end: int, what: str) -> Iterator[Fact]:
    """What follows the end of an archive or stream: some readers see it, others do not.

    Args:
        part: the archive.
        end: offset after its end; zeros from there on are padding.
        what: name of the format, for the detail.
    """
    view = memoryview(part.data)
    begin = skip_zeros(view, end)
    if begin < len(view):
        yield part.finding("data-behind", f"{what}: {len(view) - begin} bytes after the end", offset=begin)
        yield part.child("trailing", slices(view[begin:]))


#: How foreign text is shown.
shown = letters.shown


def text(raw: bytes | memoryview) -> str:
    """A name in bytes: UTF-8 where it is valid, else the code page of DOS archivers."""
    data = bytes(raw)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp437")


def unpacked_name(name: str, *kinds: str) -> str:
    """What the content of a compressed stream is called: the stream's name without its extension.

    Args:
        name: of the stream.
        kinds: ids of the types whose extensions only say how it is compressed.
    """
    stem, suffix = split_name(name)
    inner = next((found[suffix] for found in map(wrappers, kinds) if suffix in found), None)
    if inner:
        return f"{stem}.{inner}"
    if stem and inner is not None:
        return stem
    return name or "content"
