"""7z: a signature header at the start points to a header at the end, which may itself be packed, encrypted, or both.

Reference: 7zFormat.txt and Methods.txt of the LZMA SDK. Members whose folder uses the usual methods are unpacked as the
driver asks for them; a folder is decoded once, from front to back.

Why our own: py7zr unpacks whole folders into memory; libarchive and 7-Zip do not tell encrypted content from an encrypted header.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from attachguard.errors import LimitExceeded, Malformed
from attachguard.formats.archive._sevenzip.folder import FolderReader, is_encrypted, unsupported
from attachguard.formats.archive._sevenzip.header import Entry, Streams, checksum_holds, header, start
from attachguard.formats.archive._sevenzip.secret import Vault, encrypted_folders
from attachguard.formats.archive.members import Member, announce, by_others, remedy, trailing
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.passwords import untried
from attachguard.readers.packed import markers
from attachguard.readers.packed.chunks import whole

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"7z"})
LIMITATIONS: Final = (
    "Members packed with PPMd are unpacked only where libarchive (extra `archives`) or 7-Zip is installed, with LZ4 or Brotli never.",
    "Passwords are tried on encrypted folders that use LZMA, LZMA2, Deflate, bzip2 or no compression; on PPMd with libarchive or 7-Zip.",
    "Of an archive split into volumes only the first is recognised, and its members are not listed.",
)
EXTRACTS: Final = "Members, with every method of 7-Zip but PPMd; that one where libarchive or 7-Zip is installed."
DETECTS: Final = "Encrypted members and names, archives appended to a program, volumes, damage."

#: How deep headers may be packed in headers, and how large one may be.
_HEADER_DEPTH: Final = 4
#: What an archive takes beside its members, see `Budget.spare`.
_LOOKS: Final = 80
_HEADER_LIMIT: Final = 1 << 23
#: A self-extractor's program precedes the archive; its stubs are far smaller than this.
_SFX_SEARCH: Final = 1 << 22


def inspect(part: Part) -> Iterator[Fact]:
    """Encryption, names and members of a 7z archive."""
    part.budget.look("archives", _LOOKS)
    data = part.data
    base = markers.seven_zip(data, 0, _SFX_SEARCH)
    if base < 0 and data.startswith(markers.SEVEN_ZIP):
        base = 0
    if base < 0:
        raise Malformed("7z: no signature")
    if base and data.startswith((b"MZ", b"\x7fELF")):
        yield part.finding("sfx", "7z: archive appended to a program")
    elif base and part.type.id == "7z":
        yield part.finding("data-before", f"7z: {base} bytes before the archive, not an SFX stub", offset=base)
    offset, size = start(data, base)
    if offset + size > len(data):
        yield part.finding(
            "split-archive",
            "7z: the list of members is past the end (cut, or the first of several volumes)",
        )
        if part.extension != "001":
            raise Malformed("7z: the list of members is past the end")
        return
    if not size:
        return  # an archive without members has no header
    if size > _HEADER_LIMIT:
        raise LimitExceeded("header_bytes", f"the list of members is larger than {_HEADER_LIMIT} bytes")
    raw = data[offset : offset + size]
    if not checksum_holds(data, base, raw):
        yield part.finding("malformed-file", "7z: header checksum mismatch")
    vault = Vault(part, base)
    found = _listing(part, base, raw, vault)
    if isinstance(found, Finding):
        yield found
        return
    streams, entries = found
    locked = encrypted_folders(streams)
    if locked or vault.origins:
        some = "" if len(locked) == len(streams.folders) else ", some members"
        opened = [vault.open(streams, number) for number in locked]
        yield _state(part, vault, all(opened), some)
    methods = sorted({unsupported(folder) for folder in streams.folders if not is_encrypted(folder)} - {""})
    cause = f"7z: packed with {', '.join(methods)[:80]}"
    yield from announce(
        part, _members(part, base, streams, entries, vault), cause, partial(remedy, part, "7z", library=True)
    )
    yield from trailing(part, offset + size, "7z")


def _state(part: Part, vault: Vault, opened: bool, some: str) -> Finding:  # noqa: FBT001
    if opened:
        return part.encrypted("known-password", f"7z: AES-256{some}, password from {' and '.join(vault.origins)}")
    return part.encrypted("unknown-password", f"7z: AES-256{some}{untried(part)}")


def _listing(part: Part, base: int, raw: bytes, vault: Vault) -> tuple[Streams, list[Entry]] | Finding:
    """What the header describes, unpacked as often as it is packed; a finding where it cannot be read."""
    for _ in range(_HEADER_DEPTH):
        found = header(raw)
        if not isinstance(found, Streams):
            return found
        locked = any(is_encrypted(folder) for folder in found.folders)
        if locked and not vault.open(found, 0):
            return _state(part, vault, opened=False, some=", names hidden")
        if not found.folders or (unsupported(found.folders[0]) and not locked):
            return part.finding("unknown-method", "7z: the list of members is packed with an unknown method")
        folder = found.folders[0]
        if folder.size > _HEADER_LIMIT:
            raise LimitExceeded("header_bytes", f"the list of members is larger than {_HEADER_LIMIT} bytes")
        reader = vault.reader(found, 0) or FolderReader(part.data, base, found, folder, part.budget)
        raw = whole(reader.member(0, folder.size, None), _HEADER_LIMIT, part.budget)
    raise Malformed("7z: the list of members is packed too often")


def _members(part: Part, base: int, streams: Streams, entries: list[Entry], vault: Vault) -> Iterator[Member | Finding]:
    """Each file with its place in its folder; files with content follow the substreams in order."""
    places = _places(part, base, streams, vault)
    used = False
    foreign: list[str] = []
    others: set[str] = set()
    #: Names of the files in folders that a password has opened and only libarchive unpacks, by the number of the folder.
    opened: dict[int, list[str]] = {}
    for entry in entries:
        if not entry.has_stream:
            others.add(entry.name)
            yield Member(entry.name, b"", entry.kind)
            continue
        place = next(places, None)
        if place is None:
            raise Malformed("7z: more files than streams")
        reader, offset, size, crc, encrypted, number = place
        used = True
        name = entry.name or _stem(part.name)
        if size and reader is None and not encrypted and entry.kind == "file":
            foreign.append(name)
            continue
        if size and vault.plain_archive(streams, number, []) is not None:
            opened.setdefault(number, []).append(name)
            continue
        others.add(name)
        if size == 0:
            yield Member(name, b"", entry.kind)
        elif reader is None:
            yield Member(name, None, entry.kind, encrypted)
        else:
            yield Member(name, reader.member(offset, size, crc), entry.kind, encrypted)
    for number, names in opened.items():
        plain = vault.plain_archive(streams, number, names)
        if plain is not None:
            yield from by_others(part, plain, ("7zip",), "7z", names, (), "7z", names)
    yield from by_others(part, memoryview(part.data)[base:], ("7zip",), "7z", foreign, others, "7z")
    if not used or next(places, None) is None:
        return
    raise Malformed("7z: more streams than files")


_Place = tuple[FolderReader | None, int, int, int | None, bool, int]


def _places(part: Part, base: int, streams: Streams, vault: Vault) -> Iterator[_Place]:
    for number, (folder, files) in enumerate(zip(streams.folders, streams.substreams, strict=True)):
        encrypted = is_encrypted(folder)
        readable = not encrypted and not unsupported(folder)
        reader = (
            FolderReader(part.data, base, streams, folder, part.budget) if readable else vault.reader(streams, number)
        )
        offset = 0
        for size, crc in files:
            yield reader, offset, size, crc, encrypted, number
            offset += size


def _stem(name: str) -> str:
    """What an archive's only member is called where it has no name of its own."""
    return name.rpartition(".")[0] or name or "content"
