"""OpenDocument (ISO/IEC 26300, OASIS ODF 1.3), its StarOffice ancestors, and relatives with the same skeleton: HWPX, LibreOffice extensions.

The manifest lists the members and says which are encrypted. Basic libraries lie in `Basic/` (modules as XML with the source as text), scripts in
other languages in `Scripts/`, embedded objects in folders or members of their own. Content is searched for links, DDE and event listeners as bytes;
the XML members are passed on as one layer, macro source as another, everything else becomes a child.

Why our own: no library looks for macros in OpenDocument, and those that read it build object trees.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attachguard.codes import EncryptionState
from attachguard.containers.zip import read_directory, read_member
from attachguard.errors import LimitExceeded
from attachguard.formats.archive._zip.faults import troubles
from attachguard.formats.archive._zip.inside import inside_members, witness
from attachguard.formats.archive.members import shown
from attachguard.formats.office._office.opc import attributes, looks_like_xml, xml_text
from attachguard.formats.office._opendocument import ZIPPED
from attachguard.formats.office._opendocument.content import active_content, links
from attachguard.formats.office._opendocument.locks import read_locks
from attachguard.formats.office._opendocument.macros import macros
from attachguard.formats.office._opendocument.secret import Copy, unlock
from attachguard.inspector import Fact
from attachguard.later import later
from attachguard.part import Part
from attachguard.passwords import source_of, untried
from attachguard.readers.zip.archive import METHODS, Directory, Entry
from attachguard.readers.zip.content import open_entry
from attachguard.types.filetypes import filetype

TYPES: Final = ZIPPED
LIMITATIONS: Final = (
    "Members encrypted with AES-GCM under Argon2, or for key holders, are recognised and not opened.",
    "XML members beyond 64 MiB together are looked at one by one and not searched for links.",
)
EXTRACTS: Final = "Embedded files, objects, pictures and the macro libraries for the rules."
DETECTS: Final = (
    "Basic and script macros, event listeners, DDE, OLE objects, external links, encryption, signatures, forms."
)

_HELD_BYTES: Final = 64 << 20
_MANIFEST_BYTES: Final = 8 << 20
_MOST: Final = 20
_FILE_ENTRY: Final = later(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?file-entry\s([^<>]*)>")
_ENCRYPTION: Final = later(
    rb"<(?:[A-Za-z_][\w.-]{0,63}:)?(file-entry|encryption-data|algorithm|encrypted-key|keyinfo|KeyInfo)\b([^<>]*)>"
)
#: An empty member takes up to two bytes as a deflate stream; documents hold many as place holders.
_EMPTY_PACKED: Final = 2
#: Members that are there to be read as they are, in every document.
_XML_ENDINGS: Final = (".xml", ".rdf", ".xlb", ".xlc", ".xba", ".xdl", ".xdb", ".xcu", ".xcs", ".hpf")
_ALGORITHMS: Final = {
    "blowfish cfb": "Blowfish", "blowfish": "Blowfish", "aes128-cbc": "AES-128", "aes192-cbc": "AES-192", "aes256-cbc": "AES-256",
    "aes256-gcm": "AES-256-GCM",
}  # fmt: skip


class Manifest:
    """What `META-INF/manifest.xml` says (ODF 1.3 part 2, 4).

    Args:
        text: its bytes.
    """

    __slots__ = ("algorithm", "encrypted", "for_keys", "types")

    def __init__(self, text: bytes) -> None:
        #: Media type by full path.
        self.types: dict[str, str] = {}
        #: Paths of encrypted members.
        self.encrypted: set[str] = set()
        self.algorithm = ""
        #: Whether the key is given to key holders (OpenPGP) instead of derived from a password.
        self.for_keys = False
        if b"encryption-data" not in text and b"encrypted-key" not in text:
            for rest in _FILE_ENTRY.findall(text):
                values = attributes(rest)
                self.types[values.get("full-path", "")] = values.get("media-type", "").lower()
            return
        path = ""
        for element, rest in _ENCRYPTION.findall(text):
            if element == b"file-entry":
                values = attributes(rest)
                path = values.get("full-path", "")
                self.types[path] = values.get("media-type", "").lower()
            elif element == b"encryption-data":
                self.encrypted.add(path)
            elif element == b"algorithm":
                self.algorithm = self.algorithm or attributes(rest).get("algorithm-name", "").rpartition("#")[2]
            else:
                self.for_keys = True


def inspect(part: Part) -> Iterator[Fact]:
    """Encryption and signatures, macros, links and objects; then the XML as one layer, then every other member."""
    directory = part.once(read_directory)
    names = directory.by_name
    listed = names.get("meta-inf/manifest.xml")
    listing = xml_text(read_member(part, listed, _MANIFEST_BYTES)) if listed is not None else b""
    manifest = Manifest(listing)
    copy: Copy | None = None
    if manifest.encrypted or manifest.for_keys:
        copy = None if manifest.for_keys else unlock(part, directory, listing, manifest.types)
        yield _encryption(part, manifest, copy, known=b"key-derivation" not in listing or bool(read_locks(listing)))
    if not part.signed and any(
        name in names for name in ("meta-inf/documentsignatures.xml", "meta-inf/macrosignatures.xml")
    ):
        inside = (
            "META-INF/documentsignatures.xml"
            if "meta-inf/documentsignatures.xml" in names
            else "META-INF/macrosignatures.xml"
        )
        from attachguard.signing.package import package_signatures

        yield part.signature("signature-odf", f"OpenDocument: {inside}")
        yield from package_signatures(part, directory, "ODF")
    if copy is not None:
        yield part.reading("decrypted", copy.data)
        yield from inside_members(part, directory, "embedded")
        yield from troubles(part, directory)
        return
    texts, others, trouble = _sort(part, directory, manifest)
    if trouble is not None:
        yield part.finding(
            "runaway-size" if trouble.limit == "bomb_bytes" else "resource-limit-exceeded", f"ODF: {trouble}"
        )
    yield from macros(part, directory, texts, manifest.encrypted)
    yield from active_content(part, texts)
    yield from links(part, texts)
    yield from _objects(part, directory, manifest)
    if texts:
        yield part.layer("xml", b"\n".join([text for _, text in texts]), filetype("docxml"))
        texts.clear()
    yield from _children(part, directory, others, manifest)
    yield from inside_members(part, directory, "embedded")
    yield from troubles(part, directory)


def _encryption(part: Part, manifest: Manifest, copy: Copy | None, *, known: bool) -> Fact:
    algorithm = _ALGORITHMS.get(manifest.algorithm.lower(), shown(manifest.algorithm) or "unnamed algorithm")
    count = f"{len(manifest.encrypted)} members" if len(manifest.encrypted) != 1 else "1 member"
    if manifest.for_keys:
        return part.encrypted("unknown-key", f"OpenDocument: OpenPGP, {algorithm}, {count}")
    if copy is not None:
        return part.encrypted("known-password", f"OpenDocument: {algorithm}, {count}, {source_of(copy.candidate)}")
    # What names a password derivation that is not known here cannot be opened with any password.
    state: EncryptionState = "unknown-password" if known else "unsupported-scheme"
    return part.encrypted(state, f"OpenDocument: {algorithm}, {count}{untried(part)}")


def _sort(
    part: Part, directory: Directory, manifest: Manifest
) -> tuple[list[tuple[str, bytes]], list[Entry], LimitExceeded | None]:
    """XML texts by name, and the members that are none."""
    texts: list[tuple[str, bytes]] = []
    others: list[Entry] = []
    trouble: LimitExceeded | None = None
    room = _HELD_BYTES
    bodies: list[tuple[int, int, Entry]] = []
    for entry in directory.entries:
        if not entry.size and (entry.folder or entry.packed <= _EMPTY_PACKED):
            continue
        name = entry.name
        if not entry.readable or name in manifest.encrypted or not name.lower().endswith(_XML_ENDINGS):
            # `mimetype` has been read, and its text is no content.
            if name != "mimetype" or entry.size > 256 or not entry.readable:
                others.append(entry)
        else:
            bodies.append((entry.size, entry.number, entry))
    bodies.sort()
    for size, _, entry in bodies:
        if trouble is None and size < room:
            try:
                text = xml_text(read_member(part, entry, room))
            except LimitExceeded as error:
                trouble = error
                continue
            # The libraries of Basic declare a document type of their own (OpenOffice module.dtd); it defines nothing.
            if len(text) < room and (looks_like_xml(text) or _harmless_doctype(text)):
                entry.held = None
                room -= len(text)
                texts.append((entry.name, text))
                continue
        others.append(entry)
    return texts, others, trouble


def _harmless_doctype(text: bytes) -> bool:
    head = text[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and b"<!ENTITY" not in head and b"//OpenOffice.org//DTD" in head


def _objects(part: Part, directory: Directory, manifest: Manifest) -> Iterator[Fact]:
    """Embedded objects: OLE data as a member, other documents as a folder with a content of its own (ODF 1.3 part 3, 10.4.6)."""
    said = 0
    for name, entry in directory.by_name.items():
        leaf = name.rpartition("/")[2]
        if said >= _MOST:
            return
        folder, slash, last = name.rpartition("/")
        if slash and last == "content.xml" and not folder.startswith("meta-inf"):
            kind = manifest.types.get(entry.name[: len(folder) + 1], "") or manifest.types.get(
                entry.name[: len(folder)], ""
            )
            what = kind.rpartition(".")[2] if kind else "document"
            said += 1
            yield part.finding(
                "odf-object", f"OpenDocument object: {shown(what)} in '{shown(entry.name[: len(folder)])}'"
            )
        elif manifest.types.get(entry.name, "") == "application/vnd.sun.star.oleobject" or (
            leaf.startswith("object ") and "objectreplacements/" not in name and not leaf.endswith(".xml")
        ):
            said += 1
            yield part.finding("ole-object", f"OLE object: {shown(entry.name)}")


def _children(part: Part, directory: Directory, others: list[Entry], manifest: Manifest) -> Iterator[Fact]:
    budget = part.budget
    for entry in others:
        budget.check_time()
        if budget.parts_used > budget.limits.parts:
            return  # the driver has said so
        locked = bool(entry.scheme) or entry.name in manifest.encrypted
        declared = manifest.types.get(entry.name) or None
        if entry.readable and not locked:
            child = part.child(entry.name, open_entry(directory, entry), role="embedded", declared=declared)
            yield child
            witness(entry, child)
            continue
        child = part.child(entry.name, None)
        child.role = "embedded"
        if locked:
            child.encryption = "unknown-key" if manifest.for_keys and not entry.scheme else "unknown-password"
        else:
            method = METHODS.get(entry.method, str(entry.method))
            yield part.finding("unknown-method", f"ZIP: compression method {method}, '{shown(entry.name)}'")
        yield child
