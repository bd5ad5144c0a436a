r"""Style sheets in a page, and the styles of its elements: script in them, and what they fetch.

Old engines, which `mshta`, web archives and the compatibility modes of Windows use to this day, run script that is in a style: `expression(…)`,
`behavior: url(…)`, `-moz-binding`, a script URL. Every engine fetches what `@import` and `url(…)` name, a share of another host as well. Escapes
(`\65xpression`) and comments (`ex/**/pression`) hide any word, and engines differ on backslashes, so a style is read as it is and decoded.

References: CSS Syntax 3, sections 4.3.4 to 4.3.7; Microsoft "About Dynamic Properties" and "DHTML Behaviors"; Mozilla "-moz-binding".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard._core.needles import find, holds, holds_any
from attachguard.errors import LimitExceeded
from attachguard.later import later

#: Without one of these, spelled out or hidden, no style does anything.
_WORDS: Final = (
    b"expression", b"behavio", b"binding", b"script:", b"@import", b"file:", b"smb:", b"dav:", b"davs:", b"davwww", b"/dav", b"\\", b"*/", b"&#",
    b"&colon",
)  # fmt: skip
_STYLE: Final = b"style"
#: Styles of one page that are read, and bytes of those that may act; no page of people has so many.
_MOST: Final = 100_000
_MOST_BYTES: Final = 4 << 20
_COMMENT: Final = later(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE: Final = later(r"\\(?:([0-9a-fA-F]{1,6})[ \t\n\f\r]?|(\r\n|[^0-9a-fA-F]))")
_VALUE: Final = later(rb"[\t\n\f\r ]{0,20}=[\t\n\f\r ]{0,20}(?:\"([^\"]*)|'([^']*)|([^\t\n\f\r >]*))")
_EXPRESSION: Final = later(r"\bexpression\s{0,20}\(", re.IGNORECASE)
#: How far in front of it the property may stand whose value it is.
_PROPERTY: Final = 200
#: What is fetched, by `url()` or by name alone after `@import`.
_FETCHED: Final = later(
    r"(?:(?P<sheet>@import)\s{0,20})?url\(\s{0,20}(?:\"([^\"\n]{1,2000})|'([^'\n]{1,2000})|([^\"')\n]{1,2000}))"
    r"|(?P<named>@import)\s{0,20}[\"']([^\"'\n]{1,2000})",
    re.IGNORECASE,
)
#: Properties whose value is a component that acts.
_ACTING: Final = later(r"(?<![\w-])(?:behaviou?r|-moz-binding)\s{0,20}:", re.IGNORECASE)


class Styled(NamedTuple):
    """Something that a style does.

    Args:
        what: `expression`, or what `address` is for: `component`, `sheet`, `content`.
        address: where it leads, as it is there; the expression's word where there is none.
    """

    what: str
    address: str


def read_styles(data: bytes) -> Iterator[Styled]:
    """What the styles of a page run and fetch.

    Args:
        data: the page, in an encoding that contains ASCII.

    Raises:
        LimitExceeded: there are more styles than any page has.
    """
    lowered = data.lower()
    if not holds(lowered, _STYLE) or not holds_any(lowered, _WORDS):
        return
    words = _Words(lowered)
    left = _MOST_BYTES
    seen: set[bytes] = set()
    for start, end in _styles(data, lowered):
        if not words.within(start, end):
            if not words.found:
                return
            continue
        left -= end - start
        if left < 0:
            raise LimitExceeded("tags", f"more than {_MOST_BYTES} bytes of styles that may act")
        style = data[start:end]
        if style in seen:
            continue
        seen.add(style)
        text = style.decode("utf-8", "replace")
        if "&" in text:
            import html

            text = html.unescape(text)
        bare = _COMMENT.sub("", text) if "/*" in text else text
        said: set[Styled] = set()
        for reading in dict.fromkeys((bare, _ESCAPE.sub(_character, bare))):
            for found in _acts(reading):
                if found not in said:
                    said.add(found)
                    yield found


class _Words:
    """Where the next of the words stands, for stretches that are asked about in their order: a page has hundreds of styles and hardly one of them.

    Args:
        lowered: the page in small letters.
    """

    __slots__ = ("_lowered", "found")

    def __init__(self, lowered: bytes) -> None:
        self._lowered = lowered
        #: Place and word of the next of each that is still to come.
        self.found = [(place, word) for word in _WORDS if (place := find(lowered, word, 0, len(lowered))) >= 0]

    def within(self, start: int, end: int) -> bool:
        """Whether one of the words stands in a stretch that begins no earlier than the last one that was asked about."""
        held = behind = False
        for number, (place, word) in enumerate(self.found):
            if place < start:
                place = find(self._lowered, word, start, len(self._lowered))
                self.found[number] = (place, word)
                behind = behind or place < 0
            held = held or 0 <= place <= end - len(word)
        if behind:
            self.found = [each for each in self.found if each[0] >= 0]
        return held


def _styles(data: bytes, lowered: bytes) -> Iterator[tuple[int, int]]:
    """Begin and end of the content of each `style` element and attribute."""
    place = find(lowered, _STYLE, 0, len(lowered))
    for _ in range(_MOST):
        if place < 0:
            return
        end = place + len(_STYLE)
        before = lowered[place - 1 : place]
        if before == b"<" or (before == b":" and b"<" in lowered[max(0, place - 40) : place]):
            close = lowered.find(b"</", lowered.find(b">", end) + 1)
            end = close if close >= 0 else len(data)
            yield place, end
        elif before in b"\t\n\f\r /\"'":
            value = _VALUE.match(data, end)
            if value is not None:
                end = value.end()
                yield value.span(value.lastindex or 3)
        place = find(lowered, _STYLE, end, len(lowered))
    raise LimitExceeded("tags", f"more than {_MOST} styles")


def _character(match: re.Match[str]) -> str:
    if match[1] is None:
        return "" if match[2] in ("\n", "\r", "\r\n", "\f") else match[2]
    number = int(match[1], 16)
    return chr(number) if 0 < number <= 0x10FFFF else "\ufffd"


def _acts(style: str) -> Iterator[Styled]:
    for word in _EXPRESSION.finditer(style):
        if ":" in _declared(style, word.start()):
            yield Styled("expression", "expression()")
            break
    for found in _FETCHED.finditer(style):
        address = (found[2] or found[3] or found[4] or found[6] or "").strip()
        if not address or address.startswith("#"):
            continue
        if found["sheet"] or found["named"]:
            yield Styled("sheet", address)
        else:
            acts = _ACTING.search(_declared(style, found.start())) is not None
            yield Styled("component" if acts else "content", address)


def _declared(style: str, place: int) -> str:
    """What stands in front of a place in the same declaration."""
    before = style[max(0, place - _PROPERTY) : place]
    return before[max(before.rfind(mark) for mark in ";{}") + 1 :]
