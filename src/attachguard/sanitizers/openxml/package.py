"""An Open XML package that is being changed: members, content types, relationships, and XML trees that are written back where they were touched.

Everything that is taken out goes by relationship (ECMA-376 part 2, 6.5): the relationship is cut, the element that used it is dealt with, and what
nothing leads to any more leaves the package with its content type.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from attachguard.limits import Budget
from attachguard.readers.zip.paths import joined
from attachguard.sanitizers.record import Refusal
from attachguard.sanitizers.zippack import Pack

TYPES_NAME: Final = "[content_types].xml"
_RELATIONS: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
#: Legacy drawings name relationships by an attribute of their own.
_VML_ID: Final = "{urn:schemas-microsoft-com:office:office}relid"
#: XML of one part that is parsed; larger ones are refused.
_XML_BYTES: Final = 64 << 20


class Link(NamedTuple):
    """A relationship.

    Args:
        source: name of the part that it belongs to, in lower case; empty for the package.
        element: in the tree of its list.
        id: by which the part refers to it.
        kind: last step of its type, in lower case.
        type: its type, in lower case.
        target: where it leads: a part in lower case, or as written where that is outside.
        external: whether that is outside.
    """

    source: str
    element: Any
    id: str
    kind: str
    type: str
    target: str
    external: bool


def parse_xml(content: bytes) -> Any:
    """The root of an XML document, read without document type, entities or network.

    Raises:
        Refusal: it is not well-formed, too large, or declares entities.
    """
    from lxml import etree

    if len(content) > _XML_BYTES:
        raise Refusal("an XML part is too large to be changed")
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content[:4096]:
        raise Refusal("an XML part declares a document type")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=len(content) > 8 << 20, strip_cdata=False
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refusal("an XML part is not well-formed") from error


def write_xml(root: Any) -> bytes:
    """A document as bytes."""
    from lxml import etree

    written: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def local(element: Any) -> str:
    """The local name of an element; empty for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


class Package:
    """A package under change.

    Args:
        data: its bytes.
        budget: what is unpacked is charged to it.
    """

    def __init__(self, data: bytes, budget: Budget) -> None:
        self.pack = Pack(data, budget)
        self._budget = budget
        self._trees: dict[str, Any] = {}
        self._touched: set[str] = set()
        if TYPES_NAME not in self.pack:
            raise Refusal("the package has no content types")
        #: Relationships by the identity of their element.
        self._links: dict[int, Link] = {
            id(link.element): link for name in tuple(self.pack.members) for link in self._read_links(name)
        }
        self._media: tuple[dict[str, str], dict[str, str]] | None = None
        self._reached = self._reachable()

    @property
    def links(self) -> list[Link]:
        """All relationships that are left."""
        return list(self._links.values())

    def has(self, link: Link) -> bool:
        """Whether a relationship is still there."""
        return id(link.element) in self._links

    # -- reading ------------------------------------------------------------------------------------------------------------

    def names(self) -> tuple[str, ...]:
        """Names of all members, in lower case."""
        return tuple(self.pack.members)

    def actual(self, name: str) -> str:
        """A member's name as the archive spells it."""
        member = self.pack.members.get(name)
        return member.name if member is not None else name

    def read(self, name: str) -> bytes:
        """The content of a member as it came, or as it was replaced."""
        return self.pack.read(name)

    def tree(self, name: str) -> Any:
        """The root element of a member in XML; changes to it are kept once `touch` is called."""
        if name not in self._trees:
            self._trees[name] = parse_xml(self.pack.read(name))
        return self._trees[name]

    def touch(self, name: str) -> None:
        """The tree of a member was changed."""
        if name == TYPES_NAME:
            self._media = None
        self._touched.add(name)

    def media_type(self, name: str) -> str:
        """The media type of a part, in lower case; empty where the package gives none."""
        if self._media is None:
            by_name: dict[str, str] = {}
            by_extension: dict[str, str] = {}
            for element in self.tree(TYPES_NAME):
                kind, media = local(element), str(element.get("ContentType", "")).strip().lower()
                if kind == "Override":
                    by_name.setdefault(element.get("PartName", "").lstrip("/").lower(), media)
                elif kind == "Default":
                    by_extension.setdefault(element.get("Extension", "").lower(), media)
            self._media = by_name, by_extension
        return self._media[0].get(name) or self._media[1].get(name.rpartition(".")[2], "")

    def _read_links(self, name: str) -> Iterator[Link]:
        if not name.endswith(".rels"):
            return
        folder, _, file = name.rpartition("_rels/")
        source = folder + file.removesuffix(".rels")
        for element in self.tree(name):
            if local(element) == "Relationship":
                kind = str(element.get("Type", "")).strip().lower()
                external = str(element.get("TargetMode", "")).strip().lower() == "external"
                target = str(element.get("Target", "")).strip()
                yield Link(
                    source, element, str(element.get("Id", "")), kind.rpartition("/")[2], kind,
                    target if external else resolve(folder, target), external,
                )  # fmt: skip

    def of(self, source: str) -> list[Link]:
        """The relationships of a part."""
        return [link for link in self.links if link.source == source]

    def users(self, source: str, ident: str) -> list[tuple[Any, str]]:
        """The elements of a part that refer to one of its relationships, each with the name of the attribute."""
        if source not in self.pack or not ident or not looks_like_xml(self.pack.read(source)):
            return []
        found: list[tuple[Any, str]] = []
        for element in self.tree(source).iter():
            for attribute, value in element.attrib.items():
                if value == ident and (attribute == _VML_ID or attribute[1:].partition("}")[0] in _RELATIONS):
                    found.append((element, attribute))
        return found

    # -- changing -----------------------------------------------------------------------------------------------------------

    def cut(self, link: Link) -> None:
        """Take a relationship out of its list."""
        self._budget.check_time()
        if self._links.pop(id(link.element), None) is not None:
            parent = link.element.getparent()
            if parent is not None:
                parent.remove(link.element)
            self.touch(_list_of(link.source))

    def drop(self, name: str) -> None:
        """Take a part out of the package: content, content type, relationships."""
        self.pack.drop(name)
        self._trees.pop(name, None)
        self._touched.discard(name)
        types = self.tree(TYPES_NAME)
        for element in list(types):
            if local(element) == "Override" and element.get("PartName", "").lstrip("/").lower() == name:
                types.remove(element)
                self.touch(TYPES_NAME)
        own = _list_of(name)
        if own in self.pack:
            self._links = {key: link for key, link in self._links.items() if link.source != name}
            self.drop(own)

    def set_type(self, name: str, media_type: str) -> None:
        """Give a part another media type, by an entry of its own."""
        types = self.tree(TYPES_NAME)
        self.touch(TYPES_NAME)
        for element in types:
            if local(element) == "Override" and element.get("PartName", "").lstrip("/").lower() == name:
                element.set("ContentType", media_type)
                return
        namespace = types.tag.rpartition("}")[0] + "}" if "}" in types.tag else ""
        element = types.makeelement(
            f"{namespace}Override", {"PartName": "/" + self.actual(name), "ContentType": media_type}
        )
        types.append(element)

    def link_to(self, source: str, type_uri: str, target: str) -> str:
        """Give a part a relationship to another; gives its id."""
        name = _list_of(source)
        root = self.tree(name)
        taken = {link.id for link in self.of(source)}
        ident = next(f"rIdKept{number}" for number in range(1, len(taken) + 2) if f"rIdKept{number}" not in taken)
        values = {"Id": ident, "Type": type_uri, "Target": "/" + self.actual(target)}
        element = root.makeelement(root.tag.replace("Relationships", "Relationship"), values)
        root.append(element)
        kind = type_uri.rpartition("/")[2].lower()
        self._links[id(element)] = Link(source, element, ident, kind, type_uri.lower(), target, False)
        self.touch(name)
        return ident

    def rename(self, name: str, new: str) -> None:
        """Give a part another name in its folder; relationships follow."""
        old = self.actual(name)
        folder = old.rpartition("/")[0]
        target = f"{folder}/{new}" if folder else new
        if target.lower() in self.pack:
            return
        self.pack.rename(name, target)
        for key, link in list(self._links.items()):
            if link.target == name and not link.external:
                written = link.element.get("Target", "")
                link.element.set("Target", written[: written.rfind("/") + 1] + new)
                self._links[key] = link._replace(target=target.lower())
                self.touch(_list_of(link.source))
        for element in self.tree(TYPES_NAME):
            if local(element) == "Override" and element.get("PartName", "").lstrip("/").lower() == name:
                element.set("PartName", "/" + target)
                self.touch(TYPES_NAME)

    def sweep(self) -> list[tuple[str, bytes]]:
        """Drop what nothing leads to any more; gives what went, by name."""
        gone: list[tuple[str, bytes]] = []
        for name in sorted(self._reached - self._reachable()):
            if name in self.pack:
                gone.append((name, self.pack.read(name)))
                self.drop(name)
        return gone

    def write(self) -> bytes:
        """The package."""
        self._forget_macro_types()
        for name in sorted(self._touched):
            if name in self.pack:
                self.pack.replace(name, write_xml(self._trees[name]))
                self._budget.check_time()
        return self.pack.write()

    def _forget_macro_types(self) -> None:
        """Take out the media types of extensions that no part has any more, where they announce macros."""
        extensions = {name.rpartition(".")[2] for name in self.pack.members}
        for element in list(self.tree(TYPES_NAME)):
            media = str(element.get("ContentType", "")).lower()
            unused = local(element) == "Default" and element.get("Extension", "").lower() not in extensions
            if unused and ("macroenabled" in media or "vba" in media):
                element.getparent().remove(element)
                self.touch(TYPES_NAME)

    def _reachable(self) -> set[str]:
        leads: dict[str, list[str]] = {}
        for link in self.links:
            if not link.external:
                leads.setdefault(link.source, []).append(link.target)
        seen: set[str] = set()
        waiting = [""]
        while waiting:
            for target in leads.get(waiting.pop(), ()):
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return seen


def _list_of(source: str) -> str:
    folder, slash, file = source.rpartition("/")
    return f"{folder}{slash}_rels/{file}.rels"


def resolve(folder: str, target: str) -> str:
    """The name of the part that a target means, in lower case, without leading slash."""
    target = target.partition("#")[0].replace("\\", "/").lower()
    steps = target.split("/") if target.startswith("/") else (folder + target).split("/")
    return joined(steps)


def looks_like_xml(content: bytes) -> bool:
    """Whether content begins as XML does."""
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") or content.startswith((b"\xff\xfe<", b"\xfe\xff\0<"))
