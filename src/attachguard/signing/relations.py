"""Relationships of Open XML packages under a signature: the transform that picks some of them (ECMA-376 part 2, 13.2.4.24).

Why our own: no library has the transform of Open XML packages.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from attachguard.signing import canonical
from attachguard.signing.xmltree import Node

TRANSFORM: Final = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform"
#: The content types of a package; what is signed names the one of each part after a question mark.
CONTENT_TYPES: Final = "[Content_Types].xml"
_PICKS: Final = "http://schemas.openxmlformats.org/package/2006/digital-signature"
_SPACE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
_ATTRIBUTES: Final = ("Id", "Target", "TargetMode", "Type")


class Picked(NamedTuple):
    """What a transform makes of one file of relationships.

    Args:
        octets: its canonical form, which is what is digested.
        ids: the relationships in it.
    """

    octets: bytes
    ids: frozenset[str]


def pick(root: Node, transform: Node) -> Picked | None:
    """The relationships that a transform names, sorted by their ids; None where this is no file of relationships.

    Args:
        root: root of the file.
        transform: the Transform with its references.
    """
    if not root.is_a(_SPACE, "Relationships"):
        return None
    ids = {each.get("SourceId") for each in transform.every(_PICKS, "RelationshipReference")}
    types = {each.get("SourceType") for each in transform.every(_PICKS, "RelationshipsGroupReference")}
    kept = [each for each in root.every(_SPACE, "Relationship") if each.get("Id") in ids or each.get("Type") in types]
    kept.sort(key=lambda each: each.get("Id"))
    plain = Node(root.prefix, root.local, None, root.spaces, root.scope, root.attributes)
    for each in kept:
        values = dict(each.attributes)
        values.setdefault("TargetMode", "Internal")
        named: list[tuple[str, str]] = [(key, values[key]) for key in _ATTRIBUTES if key in values]
        plain.children.append(Node(each.prefix, each.local, plain, each.spaces, each.scope, named))
    return Picked(canonical.element(plain, canonical.DEFAULT) or b"", frozenset(each.get("Id") for each in kept))


def relationships(root: Node) -> dict[str, str]:
    """Types of the relationships in a file, by their ids."""
    return {each.get("Id"): each.get("Type") for each in root.every(_SPACE, "Relationship")}


def content_type(root: Node, name: str) -> str:
    """What the content types of a package say about a part; empty where they say nothing (ECMA-376 part 2, 10.1.2.4)."""
    wanted = f"/{name}".lower()
    for each in root.every(_TYPES, "Override"):
        if each.get("PartName").lower() == wanted:
            return each.get("ContentType")
    extension = wanted.rpartition("/")[2].rpartition(".")[2]
    for each in root.every(_TYPES, "Default"):
        if each.get("Extension").lower() == extension:
            return each.get("ContentType")
    return ""
