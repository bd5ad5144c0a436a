"""RAR archives, versions 1.5 to 5: names, encryption of members and of names, volumes, self-extractors; stored members are read.

References: technote.txt of RAR 3 and 4, "RAR 5.0 archive format". Compressed members are unpacked by libarchive or by a program
of the system where one may be asked (`readers.outside`), else listed by name.

Why our own: the usual library wants files and an external program.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from attachguard.errors import Malformed
from attachguard.formats.archive._rar import first
from attachguard.formats.archive._rar.headers import MARKER_NEW, MARKER_OLD, Item, walk_new, walk_old
from attachguard.formats.archive._rar.secret import Copy
from attachguard.formats.archive._rar.secret3 import open_old
from attachguard.formats.archive._rar.secret5 import open_new
from attachguard.formats.archive.members import Member, announce, by_others, remedy, trailing
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.passwords import untried
from attachguard.readers.packed import markers
from attachguard.readers.packed.chunks import slices

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"rar"})
LIMITATIONS: Final = (
    "Compressed members are unpacked only where libarchive (extra `archives`), unrar or The Unarchiver is installed; stored members always.",
    "Solid archives of RAR 4 and older and archives of RAR 1.5 and 2 are beyond libarchive; 7-Zip reads any only with its RAR codec.",
    "Of archives of RAR 1.4 and older the stored members are read, and no password is tried on them.",
    "On compressed members of RAR 3 and 4 under visible names passwords are tried only where libarchive is installed; never on solid ones.",
)
EXTRACTS: Final = "Members that are stored; compressed ones where libarchive, unrar or The Unarchiver is installed."
DETECTS: Final = (
    "Encrypted members and names, volumes, archives appended to a program, programs by the names of members that "
    "cannot be read."
)

#: What libarchive calls the versions.
_OLD: Final = 4
_FORMATS: Final = {_OLD: "rar", 5: "rar5"}
_SFX_SEARCH: Final = 1 << 22  # unrar looks for the marker in the first 2 MiB (MAXSFXSIZE), newer ones in 4


def inspect(part: Part) -> Iterator[Fact]:
    """Encryption, names and stored members of a RAR archive."""
    data = part.data
    base = _begin(data)
    if base < 0:
        if data.startswith(first.MARKER):
            yield from _first_version(part)
            return
        raise Malformed("RAR: no marker")
    if base and data.startswith((b"MZ", b"\x7fELF")):
        yield part.finding("sfx", "RAR: archive appended to a program")
    elif base and part.type.id == "rar":
        yield part.finding("data-before", f"RAR: {base} bytes before the archive, not an SFX stub", offset=base)
    version = 5 if data.startswith(MARKER_NEW, base) else 4
    if version == 4 and not data.startswith(MARKER_OLD, base):
        raise Malformed("RAR: unknown version")
    # The list is short against the data, and whether anything is encrypted is said before the members are read.
    listed, broken = _list(part, data, base, version)
    end = listed[-1].start if listed and listed[-1].kind == "end" else 0
    scheme = _scheme(listed, version)
    opened: frozenset[str] | None = frozenset()
    if scheme:
        # Under hidden names everything is encrypted.
        hidden = any(item.kind == "locked" for item in listed)
        opened = None if hidden else frozenset(item.name for item in listed if item.encrypted)
        copy = _open(part, base, version)
        if copy is not None and copy.origins:
            data, base, end = copy.data, 0, copy.end
            listed, broken = _list(part, data, base, version)
        yield _state(part, version, scheme, copy, locked=bool(_scheme(listed, version)))
        if any(item.kind == "locked" for item in listed):
            return
    if any(item.split for item in listed):
        yield part.finding("split-archive", f"RAR{version}: one volume of a set")
    formats = _formats(listed, version)
    members = _members(part, data, listed, base, version, formats, opened)
    yield from announce(
        part, members, f"RAR{version}: compressed members", partial(remedy, part, "rar", library=bool(formats))
    )
    if end:
        yield from trailing(part, end, f"RAR{version}")
    if broken is not None:
        raise broken


def _begin(data: bytes) -> int:
    """Offset of the marker, -1 without one; at the very start it needs no proof."""
    proved = markers.rar(data, 0, _SFX_SEARCH)
    return 0 if proved < 0 and data.startswith(markers.RAR) else proved


def _state(part: Part, version: int, scheme: str, copy: Copy | None, *, locked: bool) -> Finding:
    if locked or copy is None:
        return part.encrypted("unknown-password", f"RAR{version}: {scheme}{untried(part)}")
    return part.encrypted("known-password", f"RAR{version}: {scheme}, password from {' and '.join(copy.origins)}")


def _list(part: Part, data: bytes, base: int, version: int) -> tuple[list[Item], Malformed | None]:
    """The headers, and what is broken about them."""
    walk, marker = (walk_new, MARKER_NEW) if version == 5 else (walk_old, MARKER_OLD)
    listed: list[Item] = []
    return listed, _collect(part, walk(data, base + len(marker)), listed)


def _scheme(listed: list[Item], version: int) -> str:
    """How names or members are encrypted; empty where nothing is."""
    scheme = "AES-256" if version == 5 else "AES-128 or older"
    if any(item.kind == "locked" for item in listed):
        return f"{scheme}, names hidden"
    # Sizes may lie; what has packed bytes has content, and what has none is an empty file, never an encrypted one.
    packed = [item for item in listed if item.kind == "file" and item.packed]
    locked = sum(item.encrypted for item in packed)
    return "" if not locked else scheme if locked == len(packed) else f"{scheme}, some members"


def _open(part: Part, base: int, version: int) -> Copy | None:
    """The archive without what a password at hand decrypts; None where its headers are too broken to tell."""
    try:
        return open_new(part, base) if version == 5 else open_old(part, base)
    except Malformed:
        return None


def _collect(part: Part, items: Iterator[Item], listed: list[Item]) -> Malformed | None:
    """Fill the list; gives the error that cut it short instead of raising it, because the list is of use all the same."""
    most = part.budget.limits.parts
    try:
        for item in items:
            part.budget.check_time()
            listed.append(item)
            if len(listed) > 4 * most:
                return Malformed("RAR: more headers than any archive needs")
    except Malformed as error:
        return error
    return None


def _formats(listed: list[Item], version: int) -> tuple[str, ...]:
    """What libarchive calls the format; nothing where it knows neither solid archives nor what packed the members."""
    beyond = version == _OLD and any(item.solid or item.ancient for item in listed)
    return () if beyond else (_FORMATS[version],)


def _members(
    part: Part,
    data: bytes,
    items: list[Item],
    base: int,
    version: int,
    formats: tuple[str, ...],
    opened: frozenset[str] | None,
) -> Iterator[Member | Finding]:
    """The files; `opened` are the names of those that a password has opened, None where it has opened all."""
    view = memoryview(data)
    known = frozenset(item.name for item in items) if opened is None else opened
    packed: list[str] = []
    others: set[str] = set()
    for item in items:
        if item.kind in ("archive", "end", "other"):
            continue
        if item.packed and not (item.encrypted or item.stored or item.split) and item.kind == "file":
            packed.append(item.name)
            continue
        others.add(item.name)
        if not item.packed:
            yield Member(item.name, b"", item.kind)
        elif item.encrypted or not item.stored or item.split:
            yield Member(item.name, None, item.kind, item.encrypted)
        else:
            yield Member(item.name, _stored(view, item), item.kind, item.name in known)
    yield from by_others(part, view[base:], formats, "rar", packed, others, f"RAR{version}", known)


def _first_version(part: Part) -> Iterator[Fact]:
    """An archive of version 1.4 or older."""
    try:
        locked = any(member.encrypted for member in first.members(part.data, 0))
    except Malformed:
        locked = False  # reported below, once the files before it have been listed
    if locked:
        yield part.encrypted("unknown-password", "RAR 1.4: own cipher")
    yield from announce(part, first.members(part.data, 0), "RAR 1.4: compressed members", partial(remedy, part, "rar"))


def _stored(view: memoryview, item: Item) -> Iterator[bytes]:
    content = view[item.start : item.start + item.packed]
    yield from slices(content)
    if len(content) < item.packed:
        raise Malformed("RAR: stored member ends early")
