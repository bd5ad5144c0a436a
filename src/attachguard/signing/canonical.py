"""Canonical XML: the octets that an XML signature is about (Canonical XML 1.0 and 1.1, Exclusive XML Canonicalization 1.0).

Written out from the tree of `xmltree`, for a whole document or for one element with everything in it.

Why our own: lxml writes the octets of whole documents, but of an element inside one it loses the `xml:` attributes that come from around it
(1.0, section 2.4), it has no version 1.1, and a signature can be left out only by changing the tree. `tests/test_canonical.py` holds both: whole
documents come out as libxml2 writes them, and lxml still cannot do the rest.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final, NamedTuple

from attachguard.signing.xmltree import Comment, Instruction, Node, Tree

_INCLUSIVE: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_INCLUSIVE_1_1: Final = "http://www.w3.org/2006/12/xml-c14n11"
_EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
_WITH_COMMENTS: Final = "WithComments"

_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_VALUE: Final = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"})
_INSTRUCTION: Final = str.maketrans({"\r": "&#xD;"})


class Form(NamedTuple):
    """A canonical form.

    Args:
        exclusive: only name spaces that are used are written.
        comments: comments are kept.
        newer: version 1.1 of the inclusive form.
        prefixes: prefixes that the exclusive form treats as the inclusive one does; the default name space is empty.
    """

    exclusive: bool = False
    comments: bool = False
    newer: bool = False
    prefixes: frozenset[str] = frozenset()


#: What a reference gets that names no form (XML Signature 1.1, 4.4.3.2).
DEFAULT: Final = Form()


def form_of(method: Node) -> Form | None:
    """The form that a CanonicalizationMethod or Transform names; None for anything else."""
    algorithm = method.get("Algorithm")
    base, mark, tail = algorithm.partition("#")
    comments = tail == _WITH_COMMENTS
    if algorithm in (_EXCLUSIVE, _EXCLUSIVE + _WITH_COMMENTS):
        listed: set[str] = set()
        for each in method.every(_EXCLUSIVE, "InclusiveNamespaces"):
            listed.update("" if word == "#default" else word for word in each.get("PrefixList").split())
        return Form(exclusive=True, comments=comments, prefixes=frozenset(listed))
    if base in (_INCLUSIVE, _INCLUSIVE_1_1) and (comments or not mark):
        return Form(comments=comments, newer=base == _INCLUSIVE_1_1)
    return None


def document(tree: Tree, form: Form, without: Container[Node] = ()) -> bytes:
    """The octets of a whole document.

    Args:
        tree: the document.
        form: its form.
        without: elements that are left out with everything in them.
    """
    out: list[str] = []
    for item in tree.before:
        if _single(item, form, out):
            out.append("\n")
    _element(tree.root, form, out, {}, _Apex(tree.root, ()), without)
    for item in tree.after:
        place = len(out)
        if _single(item, form, out):
            out.insert(place, "\n")
    return "".join(out).encode()


def element(node: Node, form: Form, without: Container[Node] = ()) -> bytes | None:
    """The octets of one element and everything in it; None where the form asks for addresses to be joined (`xml:base` in version 1.1).

    Args:
        node: the element.
        form: its form.
        without: elements that are left out with everything in them.
    """
    inherited = {} if form.exclusive else _inherited(node)
    if form.newer:
        # Version 1.1 section 2.4: identifiers are not inherited, addresses are joined.
        inherited.pop("xml:id", None)
        if "xml:base" in inherited:
            return None
    out: list[str] = []
    _element(node, form, out, {}, _Apex(node, tuple(inherited.items())), without)
    return "".join(out).encode()


class _Apex(NamedTuple):
    """Where writing begins, and the attributes that come to it from around."""

    node: Node
    attributes: tuple[tuple[str, str], ...]


def _inherited(node: Node) -> dict[str, str]:
    """Attributes of the XML name space around an element that it has not itself (version 1.0 section 2.4)."""
    own = {key for key, _value in node.attributes}
    found: dict[str, str] = {}
    holder = node.parent
    while holder is not None:
        for key, value in holder.attributes:
            if key.startswith("xml:") and key not in own:
                found.setdefault(key, value)
        holder = holder.parent
    return found


def _element(
    node: Node, form: Form, out: list[str], written: dict[str, str], apex: _Apex, without: Container[Node]
) -> None:
    """Write an element; `written` are the name spaces that the output has in reach."""
    name = f"{node.prefix}:{node.local}" if node.prefix else node.local
    out.append(f"<{name}")
    new = _spaces(node, form, written, first=node is apex.node)
    for prefix in sorted(new):
        shown = f"xmlns:{prefix}" if prefix else "xmlns"
        out.append(f' {shown}="{new[prefix].translate(_VALUE)}"')
    written = {**written, **new} if new else written
    attributes = [*node.attributes, *apex.attributes] if node is apex.node else node.attributes
    for key, value in sorted(attributes, key=lambda each: _order(node, each[0])):
        out.append(f' {key}="{value.translate(_VALUE)}"')
    out.append(">")
    for child in node.children:
        if isinstance(child, str):
            out.append(child.translate(_TEXT))
        elif not isinstance(child, Node):
            _single(child, form, out)
        elif child not in without:
            _element(child, form, out, written, apex, without)
    out.append(f"</{name}>")


def _order(node: Node, key: str) -> tuple[str, str]:
    """Attributes are sorted by name space, then by name (version 1.0 section 2.2); those without a name space come first."""
    prefix, colon, local = key.rpartition(":")
    if not colon:
        return "", key
    return "http://www.w3.org/XML/1998/namespace" if prefix == "xml" else node.scope.get(prefix, ""), local


def _spaces(node: Node, form: Form, written: dict[str, str], *, first: bool) -> dict[str, str]:
    """The declarations that an element needs in the output."""
    if form.exclusive:
        used = {node.prefix, *(key.partition(":")[0] for key, _value in node.attributes if ":" in key)}
        asked = used | {prefix for prefix in form.prefixes if prefix in node.scope}
    else:
        asked = set(node.scope) if first else set(node.spaces)
    # Nothing but the default can be taken away, and only where it is there.
    return {
        prefix: node.scope.get(prefix, "")
        for prefix in asked - {"xml"}
        if written.get(prefix, "") != node.scope.get(prefix, "")
    }


def _single(item: Comment | Instruction, form: Form, out: list[str]) -> bool:
    """Write a comment or processing instruction; False where the form leaves it out."""
    if isinstance(item, Comment):
        if form.comments:
            out.append(f"<!--{item.text.translate(_INSTRUCTION)}-->")
        return form.comments
    data = f" {item.data.translate(_INSTRUCTION)}" if item.data else ""
    out.append(f"<?{item.target}{data}?>")
    return True
