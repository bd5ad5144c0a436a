"""Fields of Word that run or fetch something: the field goes, the result that it shows stays as text (ECMA-376 part 1, 17.16)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from attachguard.readers.references import USES, kind_of
from attachguard.sanitizers.openxml.package import Package, local
from attachguard.sanitizers.openxml.unlink import remove, unwrap
from attachguard.sanitizers.record import Work

_DDE: Final = re.compile(r"[\s\"]*DDE(?:AUTO)?(?![A-Za-z0-9])", re.IGNORECASE)
_FETCHING: Final = re.compile(
    r"[\s\"]*(INCLUDEPICTURE|INCLUDETEXT|INCLUDE|IMPORT|RD|DATABASE|LINK)\b(.*)", re.IGNORECASE | re.DOTALL
)
#: The first argument of a field that is no switch, in quotes or without.
_ARGUMENT: Final = re.compile(r"(?:\"([^\"]*)\"|(?<!\S)(?!\\[a-z@#*!](?:\s|$))([^\s\"]+))", re.IGNORECASE)
_PICTURES: Final = frozenset({"INCLUDEPICTURE", "IMPORT"})
#: Content of a run, by whether a field begins, is told, or ends there.
_TEXTS: Final = frozenset({"instrText", "delInstrText"})
_DEEPEST: Final = 100


def judged(code: str, work: Work) -> tuple[str, str, str] | None:
    """Code, kind and detail of a field that is not wanted; None for one that stays."""
    if _DDE.match(code):
        return ("active-content", "dde-field", "DDE field") if work.wants("dde-field") else None
    fetching = _FETCHING.match(code)
    if fetching is None:
        return None
    word = fetching[1].upper()
    use = USES["picture" if word in _PICTURES else "text"]
    address = next((found[1] or found[2] for found in _ARGUMENT.finditer(fetching[2])), "")
    kind = kind_of(use, address.replace("\\\\", "\\"))
    return ("external-reference", kind, f"field {word}") if kind and work.wants(kind, "fetching-field") else None


def fields(package: Package, name: str, work: Work) -> None:
    """Take the unwanted fields out of one part."""
    root = package.tree(name)
    changed = False
    for element in list(root.iter()):
        if local(element) == "fldSimple":
            code = next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "instr"), "")
            reason = judged(code, work)
            if reason is not None:
                work.took(*reason, code.encode(), member=package.actual(name))
                unwrap(element)
                changed = True
    for code, telling in _complex(root):
        reason = judged(code, work)
        if reason is not None:
            work.took(*reason, code.encode(), member=package.actual(name))
            for element in telling:
                if element.getparent() is not None:
                    remove(element)
            changed = True
    if changed:
        package.touch(name)


def _complex(root: Any) -> Iterator[tuple[str, list[Any]]]:
    """The fields that are told over several runs, inner ones first: their code, and all elements that are not their result."""
    stack: list[tuple[list[str], list[Any], list[bool]]] = []
    found: list[tuple[str, list[Any]]] = []
    for element in root.iter():
        name = local(element)
        if name == "fldChar":
            kind = next((value for key, value in element.attrib.items() if key.endswith("fldCharType")), "").strip().lower()
            if kind == "begin" and len(stack) < _DEEPEST:
                for _, telling, told in stack:
                    if not told[0]:
                        telling.append(element)
                stack.append(([], [element], [False]))
                continue
            if not stack:
                continue
            codes, telling, told = stack[-1]
            telling.append(element)
            for _, outer, outer_told in stack[:-1]:
                if not outer_told[0]:
                    outer.append(element)
            if kind == "separate":
                told[0] = True
            elif kind == "end":
                stack.pop()
                found.append(("".join(codes), telling))
        elif stack and (name in _TEXTS or name in ("t", "tab", "sym", "noBreakHyphen")):
            for codes, telling, told in stack:
                if not told[0]:
                    telling.append(element)
                    if name in _TEXTS or name == "t":
                        codes.append(element.text or "")
    # A field without its end is one all the same.
    found += [("".join(codes), telling) for codes, telling, _ in stack]
    yield from found


def without(package: Package, name: str, unwanted: Callable[[Any], bool]) -> list[Any]:
    """Take every element out of a part that a question says yes to; gives what went."""
    gone = [element for element in package.tree(name).iter() if isinstance(element.tag, str) and unwanted(element)]
    for element in gone:
        remove(element)
    if gone:
        package.touch(name)
    return gone
