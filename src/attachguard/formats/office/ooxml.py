"""Office Open XML (ECMA-376, ISO/IEC 29500; [MS-XLSB], [MS-VSDX]) and its relatives in OPC packages: XPS, DWFx.

What a document can do lies in its relationships and in a few elements: macros hang on a relationship of type vbaProject whatever the part is
called, macro sheets on one of their own, a template, picture or object may be fetched from elsewhere, a field may run a command. The XML members
are read once, searched as bytes, and passed on as one layer, so that rules see them in one pass; everything else becomes a child.

Why our own: for speed: python-docx, openpyxl and the like build whole object trees, and none of them looks for what is looked for here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from attachguard.containers.zip import read_member
from attachguard.errors import LimitExceeded
from attachguard.formats.archive._zip.faults import troubles
from attachguard.formats.archive._zip.inside import inside_members, witness
from attachguard.formats.archive.members import shown
from attachguard.formats.markup.plainxml import doctype, plain
from attachguard.formats.office._office.booktext import active_binaries
from attachguard.formats.office._office.links import embedded, external_references, signatures
from attachguard.formats.office._office.opc import (
    MOST_RELATIONSHIPS,
    Package,
    Relationship,
    Text,
    looks_like_xml,
    parse_relationships,
    read_package,
    resolve,
    root_element,
    xml_text,
)
from attachguard.formats.office._office.sheet import macro_sheets
from attachguard.formats.office._office.text import active_texts
from attachguard.inspector import Fact
from attachguard.later import later
from attachguard.part import Joined, Part
from attachguard.readers.zip.archive import METHODS, Entry
from attachguard.readers.zip.content import open_entry
from attachguard.types.filetypes import UNKNOWN, filetype, refinements
from attachguard.types.identify import identify
from attachguard.types.identify.longtail import nobody

TYPES: Final = refinements("opc")
LIMITATIONS: Final = (
    "XML members beyond 64 MiB together are looked at one by one and not searched for fields and links.",
    "Formulas of macro sheets are searched for functions that reach outside, not run.",
    "A field whose keyword is put together from the results of other fields is not computed.",
)
EXTRACTS: Final = "Embedded files, objects and pictures, the XML for the rules."
DETECTS: Final = (
    "Macro-enabled and disguised types, VBA, Excel 4 macros, ActiveX, DDE, external templates, links and frames, "
    "OLE objects, data connections, signatures, damage."
)

#: Bytes of XML and of opaque binary members held at a time.
_HELD_BYTES: Final = 64 << 20
#: An empty member takes up to two bytes as a deflate stream; documents hold many as place holders.
_EMPTY_PACKED: Final = 2
#: Bytes of the application's properties that are read, and the version in them.
_APP_BYTES: Final = 1 << 16
_VERSION: Final = later(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?AppVersion>\s{0,20}([0-9]{1,3})")
_XML_ENDINGS: Final = (".xml", ".rels", ".vml")
#: Relationship kinds whose target is opened as content of its own, however much it looks like XML.
_OWN_CONTENT: Final = frozenset({"afchunk", "vbaproject"})
#: Binary parts that have no signature of their own: [MS-XLSB] streams, printer settings, obfuscated fonts, control data.
_OPAQUE_TYPES: Final = (
    "application/vnd.ms-excel.",
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.ms-office.",
)
_OPAQUE_MORE: Final = frozenset({"application/x-fontdata", "application/vnd.ms-package.obfuscated-opentype"})
_OBJECTS: Final = frozenset(
    {"application/vnd.openxmlformats-officedocument.oleobject", "application/vnd.ms-office.vbaproject"}
)


class Members:
    """The members of a package, parted into XML texts, opaque binaries and the rest.

    Args:
        part: the document.
        package: its types and relationships.
    """

    __slots__ = ("_room", "binaries", "others", "relationships", "texts", "trouble")

    def __init__(self, part: Part, package: Package) -> None:
        self.texts: list[Text] = []
        #: Name in lower case, media type and content.
        self.binaries: list[tuple[str, str, bytes]] = []
        self.others: list[Entry] = []
        self.relationships: list[Relationship] = list(package.root)
        self.trouble: LimitExceeded | None = None
        self._room = _HELD_BYTES
        lists: list[Entry] = []
        bodies: list[tuple[int, int, Entry, str]] = []
        for entry in package.directory.entries:
            if not entry.size and (entry.folder or entry.packed <= _EMPTY_PACKED):
                continue
            name = entry.name.lower()
            media_type = package.media_type(name)
            if not entry.readable:
                self.others.append(entry)
            elif name.endswith(".rels"):
                lists.append(entry)
            elif _is_xml(media_type, name):
                bodies.append((entry.size, entry.number, entry, ""))
            elif _is_opaque(media_type, name):
                bodies.append((entry.size, entry.number, entry, media_type))
            else:
                self.others.append(entry)
        self._read_lists(part, lists)
        own = {
            resolve(link.source, link.target)
            for link in self.relationships
            if link.kind in _OWN_CONTENT and not link.external
        }
        # Small ones first: what is left over at the bound is then one big sheet, not everything else.
        bodies.sort()
        for _, _, entry, media_type in bodies:
            name = entry.name.lower()
            if name in own:
                self.others.append(entry)
            elif media_type:
                self._read_binary(part, entry, name, media_type)
            else:
                self._read_text(part, entry, name)

    def _read_lists(self, part: Part, lists: list[Entry]) -> None:
        """The relationships of all parts."""
        for entry in lists:
            name = entry.name.lower()
            text = self._read_text(part, entry, name)
            if text and name != "_rels/.rels":
                links = parse_relationships(text, name)
                self.relationships += links
                if not part.budget.spare(len(links) * 3 // 2):
                    self.trouble = LimitExceeded("parts", "more relationships than are read of one message")
                if len(self.relationships) > MOST_RELATIONSHIPS:
                    self.trouble = LimitExceeded("parts", f"more than {MOST_RELATIONSHIPS} relationships")

    def _read(self, part: Part, entry: Entry) -> bytes | None:
        """The content of a member, or None where there is no room for it."""
        if self.trouble is None and entry.size < self._room:
            try:
                content = read_member(part, entry, self._room)
            except LimitExceeded as error:
                self.trouble = error
                return None
            if len(content) < self._room:
                self._room -= len(content)
                return content
        return None

    def _read_text(self, part: Part, entry: Entry, name: str) -> bytes:
        content = self._read(part, entry)
        if content:
            text = xml_text(content)
            if looks_like_xml(text):
                entry.held = None
                self.texts.append(Text(name, text, root_element(text)))
                return text
            if doctype(text) >= 0:
                # Office takes no part with a document type, other programs read it as what it stands for; the prolog is looked at by itself.
                text = plain(text)
                self.texts.append(Text(name, text, root_element(text)))
                self.others.append(entry)
                return text
        self.others.append(entry)
        return b""

    def _read_binary(self, part: Part, entry: Entry, name: str, media_type: str) -> None:
        content = self._read(part, entry)
        # What says to be printer settings and is a program is looked at as a program; what it may be besides, if only libmagic knows it, is no news.
        if content is None or identify(content, name, guess=nobody):
            self.others.append(entry)
            return
        entry.held = None
        if content:
            self.binaries.append((name, media_type, content))


#: The root element of a part stands within this many bytes.
_ROOT_BYTES: Final = 2048


def _is_xml(media_type: str, name: str) -> bool:
    # Drawings and pages in XML are content of their own, with scripts of their own.
    if media_type.startswith("image/") or media_type == "application/xhtml+xml":
        return False
    return media_type.endswith("xml") if media_type and not name.endswith(_XML_ENDINGS) else name.endswith(_XML_ENDINGS)


def _is_opaque(media_type: str, name: str) -> bool:
    if name.startswith("[trash]/"):
        return True
    return (media_type.startswith(_OPAQUE_TYPES) and media_type not in _OBJECTS) or media_type in _OPAQUE_MORE


def inspect(part: Part) -> Iterator[Fact]:
    """Macros, fields, links, objects; then the XML as one layer, then every other member."""
    package = part.once(read_package)
    part.describe(partial(_profile, part, package))
    found = Members(part, package)
    if found.trouble is not None:
        bomb = found.trouble.limit == "bomb_bytes"
        yield part.finding("runaway-size" if bomb else "resource-limit-exceeded", f"OOXML: {found.trouble}")
    yield from _two_readings(part, package)
    yield from signatures(part, found.relationships)
    if part.signed:
        from attachguard.signing.package import package_signatures

        yield from package_signatures(part, package.directory, "OOXML")
    yield from external_references(part, found.relationships)
    yield from embedded(part, package, found.relationships, found.texts)
    yield from active_texts(part, found.texts)
    yield from active_binaries(part, found.binaries)
    yield from macro_sheets(part, package, found.relationships, found.texts)
    # What acts is small and apart, so that rules about it need not walk every sheet and page.
    acting: list[bytes] = []
    passive: list[bytes] = []
    for name, text, _root in found.texts:
        acts = name.endswith(".rels") or text.find(b"macrosheet", 0, _ROOT_BYTES) >= 0
        (acting if acts else passive).append(text)
    found.texts.clear()
    if acting:
        yield part.layer("links", b"\n".join(acting), filetype("xml"))
    if passive:
        xml = Joined(passive)
        passive.clear()
        yield part.layer("xml", xml, filetype("docxml"))
    if found.binaries:
        yield part.layer("binary parts", b"\n".join([content for _, _, content in found.binaries]), UNKNOWN)
        found.binaries.clear()
    yield from _children(part, package, found.others)
    yield from inside_members(part, package.directory, "embedded")
    yield from troubles(part, package.directory)


def _profile(part: Part, package: Package) -> dict[str, str]:
    """The version of the program that wrote the document (ECMA-376 part 1, 22.2.2.3), read when a policy asks: 12 is Office 2007, 16 Office 2016."""
    entry = package.directory.by_name.get("docprops/app.xml")
    found = _VERSION.search(xml_text(read_member(part, entry, _APP_BYTES))) if entry is not None else None
    return {"version": found[1].decode()} if found is not None else {}


def _two_readings(part: Part, package: Package) -> Iterator[Fact]:
    """Part names are alike whatever their case (ECMA-376 part 2, 6.2.2.3), and a package has one main part."""
    names = {entry.name for entry in package.directory.entries}
    if len(names) > len(package.directory.by_name):
        yield part.finding("name-twice", "OOXML: two parts have names that differ in case only")
    if len(package.mains) > 1:
        yield part.finding("two-types", f"OOXML: main parts of several kinds: {', '.join(package.mains)}")


def _children(part: Part, package: Package, others: list[Entry]) -> Iterator[Fact]:
    budget = part.budget
    for entry in others:
        budget.check_time()
        if budget.parts_used > budget.limits.parts:
            return  # the driver has said so
        declared = package.media_type(entry.name.lower()) or None
        if entry.readable:
            child = part.child(entry.name, open_entry(package.directory, entry), role="embedded", declared=declared)
            yield child
            witness(entry, child)
            continue
        child = part.child(entry.name, None)
        child.role = "embedded"
        child.declared = declared
        if entry.scheme:
            child.encryption = "unknown-password"
        else:
            method = METHODS.get(entry.method, str(entry.method))
            yield part.finding("unknown-method", f"ZIP: compression method {method}, '{shown(entry.name)}'")
        yield child
