"""Makes HTML as a tree of elements.

Own code on top of the standard library's ElementTree, because a template language escapes only where nobody forgets it: here text and attributes
are values of nodes, and nothing but the serializer ever writes a `<`. Characters that nobody would see, among them those that turn the direction
of writing, are spelled out wherever text goes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final
from xml.etree import ElementTree as ET

#: What an element may hold: text, elements, several of both, or nothing.
Child = str | ET.Element | Iterable["Child"] | None

#: Text from outside is cut to this many characters; the JSON has it whole.
_LONGEST: Final = 2000


def h(tag: str, *children: Child, **attributes: str | bool | int | None) -> ET.Element:
    """An element.

    Args:
        tag: its name.
        children: what it holds.
        attributes: its attributes, with `class_` for `class` and dashes as underscores; False and None leave one out.
    """
    element = ET.Element(tag)
    for name, value in attributes.items():
        if value is not None and value is not False:
            key = name.removesuffix("_").replace("_", "-")
            element.set(key, "" if value is True else "".join(_spelled(letter) for letter in str(value)))
    for child in children:
        _add(element, child)
    return element


def _add(element: ET.Element, child: Child) -> None:
    if child is None:
        return
    if isinstance(child, str):
        for piece in _visible(child):
            if isinstance(piece, ET.Element):
                element.append(piece)
            elif len(element):
                element[-1].tail = (element[-1].tail or "") + piece
            else:
                element.text = (element.text or "") + piece
    elif isinstance(child, ET.Element):
        element.append(child)
    else:
        for each in child:
            _add(element, each)


def theirs(text: str, **attributes: str | None) -> ET.Element:
    """Text from a message, whose direction of writing does not reach beyond it."""
    return h("bdi", cut(text), **attributes)


def cut(text: str) -> str:
    """Text from outside, of a length that a page can show."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _visible(text: str) -> Iterator[str | ET.Element]:
    """The text, with an element for each character that nobody would see."""
    if text.isprintable():
        yield text
        return
    begun = 0
    for place, letter in enumerate(text):
        if not letter.isprintable():
            if begun < place:
                yield text[begun:place]
            begun = place + 1
            mark = ET.Element("span", {"class": "unseen", "title": unicodedata.name(letter, "control character")})
            mark.text = _spelled(letter)
            yield mark
    if begun < len(text):
        yield text[begun:]


def _spelled(letter: str) -> str:
    return letter if letter.isprintable() else f"U+{ord(letter):04X}"


def written(element: ET.Element) -> str:
    """The element as HTML."""
    return ET.tostring(element, encoding="unicode", method="html")
