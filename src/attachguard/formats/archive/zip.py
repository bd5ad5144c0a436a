"""ZIP archives (PKWARE APPNOTE.TXT 6.3.10) and the formats built on them.

A file name, a size, a method, an encryption bit: a ZIP archive states each of them twice, in the central directory at its end and in the local
header before each member, and programs differ in which they read. What the two say is compared, and both readings are looked at. Documents that
happen to be archives (Open XML, OpenDocument) are only given their type here; their own inspectors open them.

Why our own: see `readers/zip` and `_zip`: readers of ZIP disagree, and a library is one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from attachguard.codes import Role
from attachguard.containers.zip import read_directory, source
from attachguard.errors import Malformed
from attachguard.formats.archive._zip.check import disagreements, suspicions
from attachguard.formats.archive._zip.faults import tail
from attachguard.formats.archive._zip.inside import inside_members, witness
from attachguard.formats.archive._zip.locks import package_lock
from attachguard.formats.archive._zip.readings import other_readings
from attachguard.formats.archive._zip.secret import Opened, open_encrypted
from attachguard.formats.archive._zip.types import classify, is_asic_signature
from attachguard.formats.archive.members import by_others, is_archive_name, shown
from attachguard.formats.archive.unpackers import tools_of
from attachguard.formats.office._opendocument import ZIPPED
from attachguard.inspector import Fact
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.outside import optional
from attachguard.readers.zip.archive import METHODS, Directory, Entry
from attachguard.types.filetypes import FACTS, TABLE, filetype, refinements, refines
from attachguard.types.leftovers import is_leftover

TYPES: Final = frozenset({"zip"})
LIMITATIONS: Final = (
    "Members packed with PPMd or zstd are unpacked only where the extra `archives` is installed.",
    "Members packed with WavPack, JPEG, implode, shrink or reduce are named and not unpacked.",
    "A local header inside of a member that is a sound container of another format is left to the inspector of that format.",
    "PKWARE strong encryption is recognised and never opened, and the members of a split archive are not put together.",
)
EXTRACTS: Final = "Members, packed by every common method, or opened with a known password."
DETECTS: Final = (
    "Special kinds (jar, apk, epub, ASiC and others), encryption, directory and headers that disagree, hidden "
    "and overlapping members, bombs, damage, archives appended to a program."
)

#: Types whose own inspector opens the members.
OPENED_ELSEWHERE: Final = refinements("opc") | ZIPPED
#: Groups of types whose members are pieces of one document, drawing or other file.
_DOCUMENTS: Final = frozenset({"document", "spreadsheet", "presentation", "image", "data", "audio", "video"})
_PROGRAM_STARTS: Final = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_NAMES_SHOWN: Final = 3
#: What an archive that is no document takes beside its members, see `Budget.spare`.
_LOOKS: Final = 40
_PPMD: Final = 98
#: Methods by their names that a package of the extra `[archives]` undoes.
_WITH_PACKAGES: Final = frozenset({"PPMd", "zstd"})


def inspect(part: Part) -> Iterator[Fact]:
    """The special kind, what is ambiguous or encrypted, the members."""
    directory = part.once(read_directory)
    kind = classify(part, directory)
    if kind:
        yield filetype(kind)
    else:
        part.budget.look("archives", _LOOKS)
    if part.data.startswith(_PROGRAM_STARTS) and directory.first > 0:
        yield part.finding("sfx", f"ZIP: appended to a program of {directory.first} bytes")
    yield from chain(suspicions(part, directory), disagreements(part, directory))
    if kind and TABLE.rows[kind].sealed:
        yield from _signatures(part, directory, kind)
    lock = package_lock(part, directory, kind, own=kind in OPENED_ELSEWHERE)
    if lock is not None:
        yield part.encrypted(*lock)
    opened = open_encrypted(part, directory) if any(entry.scheme for entry in directory.entries) else None
    if opened is not None:
        yield opened.finding
    if kind not in OPENED_ELSEWHERE:
        yield from members(part, directory, opened)
        yield from inside_members(part, directory, _role(part))
    yield from other_readings(part, directory, _role(part))
    if directory.broken:
        raise Malformed(directory.broken)


def _role(part: Part) -> Role:
    if part.type.group == "document":
        return "embedded"
    # What precedes an archive, a picture, says nothing of its members.
    kind = next((kind for kind in part.types if refines(kind.id, "zip")), None)
    return "embedded" if kind is not None and kind.group in _DOCUMENTS else "member"


class _Tally:
    """What is said of the archive once its members have been seen."""

    __slots__ = ("folders", "links", "nested", "surprises", "unread")

    def __init__(self) -> None:
        self.folders = False
        self.links = 0
        self.nested: list[str] = []
        self.surprises: list[str] = []
        self.unread: dict[str, list[str]] = {}

    def before(self, entry: Entry, child: Part) -> None:
        """Note what the headers say of a member."""
        if child.size is not None or entry.readable or not entry.size:
            return
        if not entry.scheme and entry.start >= 0:
            self.unread.setdefault(METHODS.get(entry.method, f"method {entry.method}"), []).append(entry.name)

    def after(self, entry: Entry, child: Part) -> None:
        """Note what reading a member has shown."""
        witness(entry, child)
        if entry.surprise:
            self.surprises.append(f"'{entry.name[:40]}' {entry.surprise}")
        if is_leftover(child.name, [kind.id for kind in child.types], child.size):
            return
        if child.size is None and is_archive_name(child.name):
            self.nested.append(f"by its name '{entry.name[:60]}'")
        if any(kind.group == "archive" or "archive-content" in FACTS.get(kind.id, ()) for kind in child.types):
            self.nested.append(f"{child.type.id} '{entry.name[:60]}'")

    def findings(self, part: Part) -> Iterator[Finding]:
        """The findings about the archive."""
        if self.nested:
            yield part.finding("nested-archive", f"ZIP: archive in an archive, {_listed(self.nested)}")
        if self.folders:
            yield part.finding("member-folders", "ZIP: members in folders")
        elif self.links:
            yield part.finding("archive-links", f"ZIP: {self.links} symbolic links")
        if self.surprises:
            yield part.finding("headers-differ", f"ZIP: {_listed(self.surprises)}")
        for method, names in self.unread.items():
            advice = f"; {optional.REMEDY}" if method in _WITH_PACKAGES else ""
            yield part.finding("unknown-method", f"ZIP: compression method {method}, {_listed(names)}{advice}")


def members(part: Part, directory: Directory, opened: Opened | None) -> Iterator[Fact]:
    """The members as children, and what shows once they have been read."""
    role = _role(part)
    archive = role == "member"
    tally = _Tally()
    foreign: list[Entry] = []
    budget = part.budget
    for entry in directory.entries:
        budget.check_time()
        if budget.parts_used > budget.limits.parts:
            break  # the driver has said so
        tally.folders = tally.folders or "/" in entry.name
        tally.links += entry.link
        if entry.folder:
            continue
        if entry.method == _PPMD and not entry.scheme and entry.start >= 0 and tools_of(part).libarchive:
            foreign.append(entry)
            continue
        child = _child(part, directory, entry, opened, role)
        tally.before(entry, child)
        yield child
        tally.after(entry, child)
        if entry.tail:
            yield from tail(part, directory, entry)
    if foreign:
        yield from _foreign(part, directory, foreign, tally, role)
    if archive:
        yield from tally.findings(part)


def _child(part: Part, directory: Directory, entry: Entry, opened: Opened | None, role: Role) -> Part:
    if entry.readable:
        return part.child(entry.name, source(part, directory, entry), role=role)
    content = opened.content(entry) if opened is not None and entry.scheme else None
    if content is not None:
        child = part.child(entry.name, content, role=role)
        child.encryption = "known-password"
        return child
    child = part.child(entry.name, None)
    child.role = role
    if entry.scheme:
        child.encryption = "unknown-password"
    return child


def _foreign(part: Part, directory: Directory, entries: list[Entry], tally: _Tally, role: Role) -> Iterator[Fact]:
    """Members that libarchive unpacks; what it cannot unpack either is a child without content."""
    wanted = {entry.name: entry for entry in entries}
    others = {entry.name for entry in directory.entries} - set(wanted)
    for member in by_others(part, part.data, ("zip",), "zip", [entry.name for entry in entries], others, "ZIP"):
        if isinstance(member, Finding):
            yield member
            continue
        child = part.child(member.name, member.source, role=role)
        if member.source is None:
            tally.before(wanted[member.name], child)
        yield child
        tally.after(wanted[member.name], child)


def _signatures(part: Part, directory: Directory, kind: str) -> Iterator[Fact]:
    """Signatures that a package carries in a place of its own."""
    names = directory.by_name
    if kind in ("asice", "asics"):
        found = [name for name in names if name.startswith("meta-inf/") and is_asic_signature(name)]
        if found:
            xml = any(name.endswith(".xml") for name in found)
            yield part.signature(
                "signature-asic", f"ASiC: {'XAdES' if xml else 'CAdES or time stamp'}, {len(found)} in META-INF"
            )
        if any(name.endswith(".xml") for name in found):
            from attachguard.signing.package import package_signatures

            yield from package_signatures(part, directory, "ASiC-S" if kind == "asics" else "ASiC-E")
        return
    for name in names:
        if name.startswith("meta-inf/") and name.endswith((".rsa", ".dsa", ".ec")):
            yield part.signature("signature-code", "JAR: signature block in META-INF")
            return
    for name, what in (
        ("meta-inf/signatures.xml", "EPUB: META-INF/signatures.xml"),
        ("appxsignature.p7x", "MSIX: AppxSignature.p7x"),
        (".signature.p7s", "NuGet: .signature.p7s"),
        ("meta-inf/documentsignatures.xml", "OpenDocument: META-INF/documentsignatures.xml"),
        ("package/services/digital-signature/origin.psdor", "OPC: package signature"),
    ):
        if name in names:
            yield part.signature("signature-code", what)
            return
    if part.data.find(b"APK Sig Block 42", max(0, directory.end - (1 << 20))) >= 0:
        yield part.signature("signature-code", "APK: signing block")


def _listed(things: list[str]) -> str:
    """The first few of some names, fit for a detail."""
    more = f" and {len(things) - _NAMES_SHOWN} more" if len(things) > _NAMES_SHOWN else ""
    return ", ".join(shown(thing) for thing in things[:_NAMES_SHOWN]) + more
