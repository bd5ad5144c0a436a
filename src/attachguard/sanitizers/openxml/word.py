"""Fields of Word that run or fetch something: the field goes, the result that it shows stays as text (ECMA-376 part 1, 17.16)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from attachguard.sanitizers.fields import judged
from attachguard.sanitizers.openxml.package import Package, local
from attachguard.sanitizers.openxml.unlink import remove, unwrap
from attachguard.sanitizers.record import Work

#: Content of a run that may be in the code of a field; some of it has no text.
_CONTENT: Final = frozenset({"instrText", "delInstrText", "t", "tab", "sym", "noBreakHyphen"})
_BLANKS: Final = frozenset({"tab", "sym", "noBreakHyphen"})
_DEEPEST: Final = 100


def fields(root: Any, work: Work, member: str) -> bool:
    """Take the unwanted fields out of a tree; whether there were any.

    Args:
        root: of the document, header, footer or other text.
        work: what is wanted, and notes what goes.
        member: name of the member that it is; empty for a document of one file.
    """
    changed = False
    for element in list(root.iter()):
        if local(element) == "fldSimple":
            code = next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "instr"), "")
            reason = judged(code, work)
            if reason is not None:
                work.took(*reason, code.encode(), member=member)
                unwrap(element)
                changed = True
    for code, telling in _complex(root):
        reason = judged(code, work)
        if reason is not None:
            work.took(*reason, code.encode(), member=member)
            for element in telling:
                if element.getparent() is not None:
                    remove(element)
            changed = True
    return changed


class _Field:
    """A field that is spread over several runs: its code, all elements that are not its result, whether the result has begun."""

    __slots__ = ("code", "shows", "telling")

    def __init__(self, begin: Any) -> None:
        self.code: list[str] = []
        self.telling: list[Any] = [begin]
        self.shows = False


def _complex(root: Any) -> Iterator[tuple[str, list[Any]]]:
    """The complex fields of a part: code, and all elements that are not the result."""
    stack: list[_Field] = []
    found: list[_Field] = []
    for element in root.iter():
        name = local(element)
        if name == "fldChar":
            # What is in the code of an outer field goes with it, inner fields whole; the code has a mark for them.
            for field in stack[:-1]:
                if not field.shows:
                    field.telling.append(element)
            if stack and not stack[-1].shows:
                stack[-1].code.append("\x01")
            _mark(element, stack, found)
        elif stack and name in _CONTENT:
            for field in stack:
                if not field.shows:
                    field.telling.append(element)
                    if name not in _BLANKS:
                        field.code.append(element.text or "")
    # A field without its end is one all the same.
    for field in (*found, *stack):
        yield "".join(field.code), field.telling


def _mark(element: Any, stack: list[_Field], found: list[_Field]) -> None:
    """A field begins, shows its result from here on, or ends."""
    kind = next((value for key, value in element.attrib.items() if key.endswith("fldCharType")), "").strip().lower()
    if kind == "begin" and len(stack) < _DEEPEST:
        if stack and not stack[-1].shows:
            stack[-1].telling.append(element)
        stack.append(_Field(element))
    elif stack:
        stack[-1].telling.append(element)
        if kind == "separate":
            stack[-1].shows = True
        elif kind == "end":
            found.append(stack.pop())


def without(package: Package, name: str, unwanted: Callable[[Any], bool]) -> list[Any]:
    """Take every element out of a part that a question says yes to; gives what went."""
    gone = [element for element in package.tree(name).iter() if isinstance(element.tag, str) and unwanted(element)]
    for element in gone:
        remove(element)
    if gone:
        package.touch(name)
    return gone
