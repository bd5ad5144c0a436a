"""Open Packaging Conventions (ECMA-376 part 2): what parts a package has, of what type they are, and how they refer to each other.

`[Content_Types].xml` gives each part its media type, by name or by extension; `*.rels` members hold typed relationships from one part, or from the
package, to others or to places outside. Both are flat lists of elements, read here with regular expressions over their bytes: parsing them as XML
would take longer than everything else that is done to a clean document, and would stop at damage that Office reads over.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final, NamedTuple

from attachguard.containers.zip import read_directory, read_member
from attachguard.errors import LimitExceeded
from attachguard.later import later
from attachguard.part import Part
from attachguard.readers.zip.archive import Directory, Entry
from attachguard.readers.zip.paths import joined

#: Bytes of one relationship; an address has some thousand at most.
_LONGEST_TAG: Final = 1 << 18
#: Relationships of one package; a sheet has up to 65,530 hyperlinks.
MOST_RELATIONSHIPS: Final = 100_000
#: Bytes of one relationships or content-types member that are looked at.
_LIST_BYTES: Final = 4 << 20

# A quoted value may hold `>` but no `<` (XML 1.0, 3.1). That bounds each try by the next tag, so the search stays linear.
_REST: Final = rb"""([^<>"']*+(?:"[^<"]*+"[^<>"']*+|'[^<']*+'[^<>"']*+)*+)>"""
_PLAIN: Final = rb'([A-Za-z]+)="([^"<&]*)"'
#: As nearly every writer writes it, with three or four attributes in double quotes, without prefixes and references; or in any other way.
_RELATIONSHIP: Final = re.compile(
    rb"<Relationship\s+" + _PLAIN + rb"\s+" + _PLAIN + rb"\s+" + _PLAIN + rb"(?:\s+" + _PLAIN + rb")?\s*/?>"
    rb"|<(?:[A-Za-z_][\w.-]{0,63}:)?Relationship\s" + _REST
)
_TYPE: Final = later(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?(Override|Default)\s" + _REST)
#: The same as nearly every writer writes it, and the bytes of a list that is read by it in one go.
_FLAT_TYPE: Final = re.compile(r'<(?:Override PartName|(Default) Extension)="([^"<&]*)" ContentType="([^"<&]*)" ?/>')
_FLAT_BYTES: Final = 1 << 18
_ROOT: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:(?:<!--(?:(?!-->).)*+-->|<\?(?:(?!\?>).)*+\?>|<!(?!--)[^>]*+>)\s*+)*+<(?:[A-Za-z_][\w.-]*:)?([A-Za-z]\w*)",
    re.DOTALL,
)
_ATTRIBUTE: Final = later(r"""([A-Za-z_][\w:.-]{0,63})\s*=\s*(?:"([^"]*)"|'([^']*)')""")

#: Type ids by the media type of the main part, in lower case.
MAIN_TYPES: Final = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.ms-word.document.macroenabled.main+xml": "docm",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml": "dotx",
    "application/vnd.ms-word.template.macroenabledtemplate.main+xml": "dotm",
    "application/vnd.ms-word.template.macroenabled.main+xml": "dotm",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    "application/vnd.ms-excel.sheet.macroenabled.main+xml": "xlsm",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml": "xltx",
    "application/vnd.ms-excel.template.macroenabled.main+xml": "xltm",
    "application/vnd.ms-excel.addin.macroenabled.main+xml": "xlam",
    "application/vnd.ms-excel.sheet.binary.macroenabled.main": "xlsb",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
    "application/vnd.ms-powerpoint.presentation.macroenabled.main+xml": "pptm",
    "application/vnd.openxmlformats-officedocument.presentationml.template.main+xml": "potx",
    "application/vnd.ms-powerpoint.template.macroenabled.main+xml": "potm",
    "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml": "ppsx",
    "application/vnd.ms-powerpoint.slideshow.macroenabled.main+xml": "ppsm",
    "application/vnd.ms-powerpoint.addin.macroenabled.main+xml": "ppam",
    "application/vnd.openxmlformats-officedocument.presentationml.slide.main+xml": "sldx",
    "application/vnd.ms-powerpoint.slide.macroenabled.main+xml": "sldm",
    "application/vnd.ms-visio.drawing.main+xml": "vsdx",
    "application/vnd.ms-visio.stencil.main+xml": "vsdx",
    "application/vnd.ms-visio.template.main+xml": "vsdx",
    "application/vnd.ms-visio.drawing.macroenabled.main+xml": "vsdm",
    "application/vnd.ms-visio.stencil.macroenabled.main+xml": "vsdm",
    "application/vnd.ms-visio.template.macroenabled.main+xml": "vsdm",
    "application/vnd.ms-package.xps-fixeddocumentsequence+xml": "xps",
}
#: Media types that make a package something only where its main relationship leads to them; inside others they are ordinary parts.
_MAIN_ONLY: Final = {
    "application/vnd.openxmlformats-officedocument.presentationml.slide+xml": "sldx",
    "application/vnd.openxmlformats-officedocument.thememanager+xml": "thmx",
}
#: Where the main part lies when nothing else is left to tell by.
_BY_FOLDER: Final = (
    ("xl/workbook.bin", "xlsb"),
    ("word/", "docx"),
    ("xl/", "xlsx"),
    ("ppt/", "pptx"),
    ("visio/", "vsdx"),
)
#: Last steps of the types of relationships that lead from a package to its main part.
_MAIN_RELATIONSHIPS: Final = ("/officedocument", "visio/2010/relationships/document", "/fixedrepresentation")


class Relationship(NamedTuple):
    """A reference from a part (or the package) to another part or to a place outside.

    Args:
        kind: last step of its type, in lower case, e.g. `vbaproject`.
        type: its whole type, in lower case.
        target: where it leads, as written.
        external: whether that is outside of the package.
        source: name of the `.rels` member in lower case.
        id: by which the source refers to it.
    """

    kind: str
    type: str
    target: str
    external: bool
    source: str
    id: str


class Text(NamedTuple):
    """An XML part of a package.

    Args:
        name: in lower case.
        content: as UTF-8.
        root: local name of its root element; empty where that is out of sight.
    """

    name: str
    content: bytes
    root: bytes


class Package:
    """The types of a package's parts and the relationships of the package itself.

    Args:
        part: the file.
    """

    __slots__ = ("by_extension", "by_name", "directory", "main", "mains", "root", "type_id")

    def __init__(self, part: Part) -> None:
        self.directory: Directory = part.once(read_directory)
        names = self.directory.by_name
        self.by_name: dict[str, str] = {}
        self.by_extension: dict[str, str] = {}
        self.main = ""
        #: Type ids that the main relationships lead to; one in every sound package.
        self.mains: tuple[str, ...] = ()
        types = names.get("[content_types].xml")
        if types is not None:
            self._read_types(xml_text(read_member(part, types, _LIST_BYTES)))
        root = names.get("_rels/.rels")
        self.root: list[Relationship] = read_relationships(part, root) if root is not None else []
        self.type_id = self._classify()

    def _read_types(self, text: bytes) -> None:
        flat = _flat_types(text)
        if flat:
            for default, name, kind in flat:
                if default:
                    self.by_extension.setdefault(name.lower(), kind.strip().lower())
                else:
                    self.by_name.setdefault(name.lstrip("/").lower(), kind.strip().lower())
            return
        for element, rest in _TYPE.findall(text):
            values = attributes(rest)
            kind = values.get("ContentType", "").strip().lower()
            if element == b"Override":
                self.by_name.setdefault(values.get("PartName", "").lstrip("/").lower(), kind)
            else:
                self.by_extension.setdefault(values.get("Extension", "").lower(), kind)

    def media_type(self, name: str) -> str:
        """The media type of a part, in lower case; empty where the package gives none.

        Args:
            name: its name in lower case, without leading slash.
        """
        kind = self.by_name.get(name)
        return kind if kind is not None else self.by_extension.get(name.rpartition(".")[2], "")

    def _classify(self) -> str:
        for relationship in self.root:
            if relationship.type.startswith("http://schemas.autodesk.com/dwfx/"):
                return "dwfx"
        mains: dict[str, str] = {}
        for relationship in self.root:
            if relationship.type.endswith(_MAIN_RELATIONSHIPS) and not relationship.external:
                name = resolve("", relationship.target)
                kind = self.media_type(name)
                found = MAIN_TYPES.get(kind) or _MAIN_ONLY.get(kind)
                if found:
                    mains.setdefault(found, name)
        if mains:
            self.mains = tuple(mains)
            self.main = mains[self.mains[0]]
            return self.mains[0]
        for name, kind in self.by_name.items():
            if kind in MAIN_TYPES:
                self.main = name
                return MAIN_TYPES[kind]
        names = self.directory.by_name
        if self.root or "_rels/.rels" in names or "[content_types].xml" in names:
            for start, type_id in _BY_FOLDER:
                if start in names or (start.endswith("/") and any(name.startswith(start) for name in names)):
                    return type_id
        return "opc" if self.by_name and self.root else ""


def read_package(part: Part) -> Package:
    """The package that a part is; for `part.once`."""
    return Package(part)


def read_relationships(part: Part, entry: Entry) -> list[Relationship]:
    """The relationships in a `.rels` member."""
    return parse_relationships(xml_text(read_member(part, entry, _LIST_BYTES)), entry.name.lower())


def parse_relationships(text: bytes, source: str) -> list[Relationship]:
    """The relationships in the text of a `.rels` member named `source`.

    Raises:
        LimitExceeded: there are more than any document has.
    """
    found: list[Relationship] = []
    types: dict[bytes, tuple[str, str]] = {}
    for count, match in enumerate(_RELATIONSHIP.finditer(text)):
        if count >= MOST_RELATIONSHIPS:
            raise LimitExceeded("parts", f"more than {MOST_RELATIONSHIPS} relationships of one part")
        first, one, second, two, third, three, fourth, four, rest = match.groups(b"")
        if len(rest) > _LONGEST_TAG:
            raise LimitExceeded("parts", f"a relationship of {len(rest)} bytes")
        if rest or not first:
            values = attributes(rest)
            kind = values.get("Type", "").strip().lower()
            external = values.get("TargetMode", "").strip().lower() == "external"
            target = values.get("Target", "").strip()
            found.append(Relationship(kind.rpartition("/")[2], kind, target, external, source, values.get("Id", "")))
            continue
        plain = {first: one, second: two, third: three, fourth: four}
        name = plain.get(b"Type", b"")
        known = types.get(name)
        if known is None:
            kind = name.decode("utf-8", "replace").strip().lower()
            known = types[name] = (kind.rpartition("/")[2], kind)
        mode = plain.get(b"TargetMode", b"")
        external = mode == b"External" or mode.strip().lower() == b"external"
        target = plain.get(b"Target", b"").decode("utf-8", "replace").strip()
        key = plain.get(b"Id", b"").decode("utf-8", "replace")
        found.append(Relationship(known[0], known[1], target, external, source, key))
    return found


def _flat_types(text: bytes) -> list[tuple[str, str, str]]:
    """What `[Content_Types].xml` says, as (`Default` or nothing, name or extension, type); empty where anything else stands in it, or very much."""
    if len(text) > _FLAT_BYTES:
        return []
    plain = text.decode("utf-8", "replace")
    found: list[tuple[str, str, str]] = _FLAT_TYPE.findall(plain)
    frame = plain.count("<Types ") + plain.count("</Types>") + plain.startswith("<?xml")
    return found if plain.count("<") == len(found) + frame else []


def attributes(rest: bytes) -> dict[str, str]:
    """The attributes in the inner text of a tag, prefixes removed, entities resolved."""
    text = rest.decode("utf-8", "replace")
    found = _ATTRIBUTE.findall(text)
    values = {name: double or single for name, double, single in found}
    if ":" in text:
        # One without prefix goes before one of the same name in some other namespace.
        prefixed = {name.rpartition(":")[2]: double or single for name, double, single in found if ":" in name}
        values = {**prefixed, **values}
    if "&" in text:
        return {name: unescape(value) for name, value in values.items()}
    return values


def resolve(source: str, target: str) -> str:
    """The name of the part that a relationship leads to, in lower case, without leading slash.

    Args:
        source: name of the `.rels` member, in lower case; empty or `_rels/.rels` for the package itself.
        target: the target as written (part 2, 6.5: a reference relative to the part that owns the relationships).
    """
    target = target.partition("#")[0].replace("\\", "/").lower()
    if target.startswith("/"):
        steps = target.split("/")
    else:
        folder = source.rpartition("_rels/")[0] if source else ""
        steps = (folder + target).split("/")
    return joined(steps)


def xml_text(data: bytes) -> bytes:
    """XML as UTF-8, whatever Unicode encoding it came in."""
    if data.startswith((b"\xff\xfe", b"<\0")):
        return data.decode("utf-16-le", "replace").encode("utf-8", "replace")
    if data.startswith((b"\xfe\xff", b"\0<")):
        return data.decode("utf-16-be", "replace").encode("utf-8", "replace")
    return data


def looks_like_xml(text: bytes) -> bool:
    """Whether text begins as XML does, and without a document type, which no office format has."""
    head = text[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and b"<!DOCTYPE" not in head and b"<!ENTITY" not in head


def root_element(text: bytes) -> bytes:
    """The local name of the root element; empty where it does not come within the first few thousand bytes."""
    found = _ROOT.match(text, 0, 4096)
    return found.group(1) if found else b""
