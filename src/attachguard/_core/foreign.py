"""Which elements are open in a drawing (SVG) or a formula (MathML) that stands in a page of HTML, as far as that decides how text is read.

Inside them no element holds raw text, and CDATA sections are text; inside their `foreignObject`, `title` and the like HTML is read again. The
state is a list: where the answer is not certain any more (-1), whether a selection and whether a frame set are open, the open elements from the
drawing on, as pairs of name and vocabulary, and how many tags have been followed. What is open around the drawing is not followed: an end tag that
would close something there makes the answer uncertain.

Reference: HTML standard, "The rules for parsing tokens in foreign content", "Tree construction".
"""

from __future__ import annotations

from typing import Any, Final

_HTML: Final = 0
_SVG: Final = 1
_MATH: Final = 2

#: Elements of HTML that end a drawing or formula which they stand in.
_BREAKOUT: Final = frozenset(
    b"b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p pre ruby s small "
    b"span strong strike sub sup table tt u ul var".split()
)
_VOID: Final = frozenset(
    b"area base basefont bgsound body br col command embed frame head hr html image img input keygen link meta param source track wbr".split()
)
_TABLE: Final = frozenset(b"caption col colgroup frameset tbody td tfoot th thead tr".split())
#: Elements whose end tag also ends what stands open inside them.
_BLOCK: Final = frozenset(
    b"address article aside blockquote button center details dialog dir div dl fieldset figcaption figure footer header hgroup listing main "
    b"menu nav ol pre search section summary ul".split()
)
_TEXT_POINTS: Final = frozenset((b"mi", b"mo", b"mn", b"ms", b"mtext"))
_HTML_POINTS: Final = frozenset((b"foreignobject", b"desc", b"title"))
_DEEPEST: Final = 4_096
#: Tags in drawings that are followed.
_MOST_TAGS: Final = 200_000


def opened() -> list[Any]:
    """The state at the start of a page."""
    return [-1, False, False, [], 0]


def doubt(state: list[Any], place: int) -> None:
    """Note that from here on a browser may read the page in another way; what is open is not followed any further."""
    if state[0] < 0:
        state[0] = place
    state[3] = []


def _is_point(name: bytes, kind: int) -> bool:
    """Whether tags inside this element are read as HTML; `annotation-xml` is noted under another name where it is one."""
    return (kind == _SVG and name in _HTML_POINTS) or (
        kind == _MATH and (name in _TEXT_POINTS or name == b"annotation")
    )


def in_markup(state: list[Any]) -> bool:
    """Whether the innermost open element is one of a drawing or formula, so that CDATA sections are text there."""
    return bool(state[3]) and state[3][len(state[3]) - 1][1] != _HTML


def in_formula(state: list[Any]) -> bool:
    """Whether the innermost open element is one of MathML."""
    return bool(state[3]) and state[3][len(state[3]) - 1][1] == _MATH


def start_tag(state: list[Any], name: bytes, rest: bytes, closed: bool, place: int) -> bool:
    """Take a start tag behind a drawing's or formula's; whether it is one of HTML.

    Args:
        state: see the module.
        name: its name in lower case.
        rest: its attributes in lower case.
        closed: whether it ends in `/>`.
        place: where it stands.
    """
    stack = state[3]
    state[4] += 1
    if state[4] > _MOST_TAGS:
        doubt(state, place)
        return True
    if stack and stack[len(stack) - 1][1] != _HTML:
        top, kind = stack[len(stack) - 1]
        inside = _is_point(top, kind)
        if kind == _MATH and top in _TEXT_POINTS and name in (b"mglyph", b"malignmark"):
            inside = False
        if kind == _MATH and top == b"annotation-xml" and name == b"svg":
            inside = True
        if not inside:
            breaks = name in _BREAKOUT
            if name == b"font" and (b"color" in rest or b"face" in rest or b"size" in rest):
                doubt(state, place)
                breaks = True
            if not breaks:
                if not closed:
                    _push(state, _point(state, name, kind, rest, place), kind, place)
                return False
            stack = state[3]
            while stack and stack[len(stack) - 1][1] != _HTML and not _is_point(*stack[len(stack) - 1]):
                stack.pop()
            if not stack:
                return True
    if name == b"svg" or name == b"math":
        if not closed:
            _push(state, name, _SVG if name == b"svg" else _MATH, place)
        return False
    if name in _TABLE and not _table_open(stack):
        doubt(state, place)
    if state[3] and name not in _VOID:
        _push(state, name, _HTML, place)
    return True


def _point(state: list[Any], name: bytes, kind: int, rest: bytes, place: int) -> bytes:
    if kind == _MATH and name == b"annotation-xml" and (b"text/html" in rest or b"xhtml+xml" in rest):
        doubt(state, place)  # if that is what its `encoding` says
        return b"annotation"
    return b"" if kind == _MATH and name == b"annotation" else name


def _push(state: list[Any], name: bytes, kind: int, place: int) -> None:
    if len(state[3]) >= _DEEPEST:
        doubt(state, place)
    else:
        state[3].append((name, kind))


def _table_open(stack: list[tuple[bytes, int]]) -> bool:
    for name, kind in reversed(stack):
        if kind != _HTML:
            return False
        if name == b"table":
            return True
    return False


def end_tag(state: list[Any], name: bytes, place: int) -> None:
    """Take an end tag while a drawing or formula is open."""
    stack = state[3]
    if stack[len(stack) - 1][1] == _HTML:
        _end_html(state, name, place)
        return
    if name == b"p" or name == b"br":
        doubt(state, place)  # readers of different age differ
        return
    for index in range(len(stack) - 1, -1, -1):
        open_name, kind = stack[index]
        if kind == _HTML:
            break
        if open_name == name or (name == b"annotation-xml" and open_name == b"annotation"):
            del stack[index:]
            return
    doubt(state, place)


def _end_html(state: list[Any], name: bytes, place: int) -> None:
    """An end tag where the innermost open element is one of HTML inside a drawing or formula."""
    stack = state[3]
    if stack[len(stack) - 1][0] == name:
        stack.pop()
        return
    for index in range(len(stack) - 1, -1, -1):
        open_name, kind = stack[index]
        if kind != _HTML:
            break
        if open_name == name:
            if name not in _BLOCK:
                doubt(state, place)
            del stack[index:]
            return
    if name not in (b"p", b"br", b"body", b"html"):
        doubt(state, place)
