"""XML as signatures see it (XML 1.0, Namespaces in XML 1.0): elements with their prefixes and declarations as they were written.

The parser is that of the standard library. Document types are refused before anything is expanded.

Why our own: canonical forms depend on which prefix stands where, and the usual trees let go of that when two prefixes mean one name space.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple
from xml.parsers import expat

from attachguard.errors import Malformed

XML: Final = "http://www.w3.org/XML/1998/namespace"
_NO_SPACES: Final[dict[str, str]] = {}
_NO_ATTRIBUTES: Final[list[tuple[str, str]]] = []
#: Bounds of one document: nodes, levels, and name spaces in reach of one element.
_MOST_NODES: Final = 300_000
_DEEPEST: Final = 200
_MOST_SPACES: Final = 100
#: An attribute of these names is an identifier where nothing declares them.
_IDS: Final = ("Id", "ID", "id", "xml:id")
#: Nodes between two looks at the clock.
_STEP: Final = 2000


class Comment(NamedTuple):
    """A comment."""

    text: str


class Instruction(NamedTuple):
    """A processing instruction."""

    target: str
    data: str


class Node:
    """An element.

    Args:
        prefix: of its name; empty without one.
        local: its name without the prefix.
        parent: the element around it; None for the root.
        spaces: name spaces declared here, by prefix; an empty one takes the default away.
        scope: every name space in reach, by prefix.
        attributes: name as written and value, in the order they were written, declarations left out.
    """

    __slots__ = ("attributes", "children", "local", "parent", "prefix", "scope", "spaces")

    def __init__(
        self,
        prefix: str,
        local: str,
        parent: Node | None,
        spaces: dict[str, str],
        scope: dict[str, str],
        attributes: list[tuple[str, str]],
    ) -> None:
        self.prefix = prefix
        self.local = local
        self.parent = parent
        self.spaces = spaces
        self.scope = scope
        self.attributes = attributes
        self.children: list[Node | Comment | Instruction | str] = []

    def __repr__(self) -> str:
        return f"<Node {self.local!r}>"

    @property
    def space(self) -> str:
        """The name space of its name; empty without one."""
        return XML if self.prefix == "xml" else self.scope.get(self.prefix, "")

    def is_a(self, space: str, local: str) -> bool:
        """Whether it has this name."""
        return self.local == local and self.space == space

    def get(self, name: str, default: str = "") -> str:
        """Value of an attribute without a prefix."""
        return next((value for key, value in self.attributes if key == name), default)

    def elements(self) -> Iterator[Node]:
        """The elements right inside."""
        return (child for child in self.children if isinstance(child, Node))

    def every(self, space: str, local: str) -> Iterator[Node]:
        """The elements right inside that have a name."""
        return (child for child in self.elements() if child.is_a(space, local))

    def first(self, space: str, local: str) -> Node | None:
        """The first of them."""
        return next(self.every(space, local), None)

    def walk(self) -> Iterator[Node]:
        """The element and all inside it, in document order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += [child for child in reversed(node.children) if isinstance(child, Node)]

    def text(self) -> str:
        """The text right inside."""
        return "".join(child for child in self.children if isinstance(child, str))


class Tree:
    """A document: its root, and what stands before and after it."""

    __slots__ = ("_named", "after", "before", "root")

    def __init__(self, root: Node, before: list[Comment | Instruction], after: list[Comment | Instruction]) -> None:
        self.root = root
        self.before = before
        self.after = after
        self._named: dict[str, Node | None] | None = None

    def named(self, identifier: str) -> Node | None:
        """The element with an identifier; None where there is none, or more than one."""
        if self._named is None:
            self._named = {}
            for node in self.root.walk():
                for value in {value for key, value in node.attributes if key in _IDS}:
                    self._named[value] = None if value in self._named else node
        return self._named.get(identifier)


class _Builder:
    """Takes the parser's events."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self.root: Node | None = None
        self.before: list[Comment | Instruction] = []
        self.after: list[Comment | Instruction] = []
        self._open: list[Node] = []
        self._count = 0
        self._tick = tick

    def _add(self, item: Node | Comment | Instruction | str) -> None:
        self._count += 1
        if self._count > _MOST_NODES:
            raise Malformed("XML signature: more elements than any signed document has")
        if not self._count % _STEP:
            self._tick()
        if self._open:
            self._open[-1].children.append(item)
        elif not isinstance(item, (Node, str)):
            (self.before if self.root is None else self.after).append(item)

    def start(self, name: str, given: list[str]) -> None:
        parent = self._open[-1] if self._open else None
        scope = parent.scope if parent is not None else {}
        spaces, attributes = _NO_SPACES, _NO_ATTRIBUTES
        if given:
            spaces, attributes = _sorted_out(given)
            if spaces:
                scope = {**scope, **spaces}
                if len(scope) > _MOST_SPACES:
                    raise Malformed("XML signature: more name spaces than any signed document has")
        prefix, colon, local = name.rpartition(":")
        if (colon and not _declared(prefix, scope)) or not all(
            _declared(key.partition(":")[0], scope) for key, _value in attributes if ":" in key
        ):
            raise Malformed("XML signature: a name space that is not declared")
        if len(self._open) >= _DEEPEST:
            raise Malformed("XML signature: nested deeper than any signed document is")
        node = Node(prefix, local, parent, spaces, scope, attributes)
        self._add(node)
        if parent is None:
            self.root = node
        self._open.append(node)

    def end(self, _name: str) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        self._add(text)

    def comment(self, text: str) -> None:
        self._add(Comment(text))

    def instruction(self, target: str, data: str) -> None:
        self._add(Instruction(target, data))


def _refuse(*_declaration: object) -> None:
    raise Malformed("XML signature: a document type, which could change what is signed")


def _name_only(_name: str, _system: str | None, _public: str | None, declares: int) -> None:
    if declares:
        _refuse()


def _sorted_out(given: list[str]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The declarations among some names and values, by prefix, and the attributes."""
    spaces: dict[str, str] = {}
    attributes: list[tuple[str, str]] = []
    for key, value in zip(given[::2], given[1::2], strict=True):
        if key == "xmlns":
            spaces[""] = value
        elif key.startswith("xmlns:"):
            spaces[key[6:]] = value
        else:
            attributes.append((key, value))
    return spaces, attributes


def _declared(prefix: str, scope: dict[str, str]) -> bool:
    return prefix == "xml" or bool(prefix and scope.get(prefix))


def read_tree(text: bytes, tick: Callable[[], None], *, named_type: bool = False) -> Tree:
    """A document as a tree.

    Args:
        text: the document.
        tick: called now and then; raises where time is over.
        named_type: whether the name of a document type may be in front; it is not fetched. Declarations are refused in any case.

    Raises:
        Malformed: it is not well-formed, has a document type, or is beyond all bounds.
    """
    builder = _Builder(tick)
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.CommentHandler = builder.comment
    parser.ProcessingInstructionHandler = builder.instruction
    parser.StartDoctypeDeclHandler = _name_only if named_type else _refuse
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Malformed("XML signature: no well-formed XML") from error
    assert builder.root is not None, "well-formed XML has a root"
    return Tree(builder.root, builder.before, builder.after)
