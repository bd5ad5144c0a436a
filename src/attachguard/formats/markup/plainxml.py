"""XML as the plain markup that it stands for: what any reader of XML makes of it before it looks at a single element.

Comments and processing instructions are gone, CDATA sections are escaped text, internal entities are put in where they are named, and the document
type is taken off. Text of an element is then one piece, whatever it was written as, and everything that reads XML here reads this.

References: XML 1.0 sections 2.4 to 2.8 (character data, comments, instructions, CDATA, document type), 4.4 (entities), 4.5 (replacement text).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from attachguard.errors import LimitExceeded
from attachguard.formats.markup.shared import ascii_markup
from attachguard.later import later
from attachguard.part import Part

#: What an unclosed one hides ends with the document, as it does for an XML parser.
_MISC: Final = later(
    rb"<!--(?:[^-]++|-(?!->))*+(?:-->)?|<\?(?:[^?]++|\?(?!>))*+(?:\?>)?|(<!\[CDATA\[)((?:[^\]]++|\](?!\]>))*+)(?:\]\]>)?"
)
#: What may stand before the document type; long comments and instructions are passed over by a search for their end, which is ten times as fast.
_HEAD: Final = later(rb"(?:[\s\xef\xbb\xbf]++|<!--(?:[^-]|-(?!->)){0,500}+-->|<\?(?:[^?]|\?(?!>)){0,500}+\?>)*+")
_LONG: Final = ((b"<!--", b"-->"), (b"<?", b"?>"))
_SPOKEN: Final = re.compile(rb"&([A-Za-z_:\x80-\xff][^\s;&<>\"'%#]{0,100});")
_ENTITY: Final = later(rb"<!ENTITY\s+([^\s\"'%]{1,200})\s+(?:\"([^\"]*+)\"|'([^']*+)')\s*+>")
_REFERENCE: Final = re.compile(rb"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,8}));")
_NAMED: Final = re.compile(rb"[&%]([^\s;&%#]{1,200});")
_KNOWN: Final = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))
#: A tag of which a value holds what looks like the tag's end.
_VALUE: Final = rb"(?:\"[^\"<]*+\"|'[^'<]*+')[^<>\"']*+"
_ENCLOSING: Final = later(
    rb"<[A-Za-z_:\x80-\xff][^<>\"']*+(?:(?:\"[^\"<>]*+\"|'[^'<>]*+')[^<>\"']*+)*+"
    + _VALUE
    + rb"(?:"
    + _VALUE
    + rb")*+>"
)
#: A namespace that is written with references.
_SPACE: Final = later(rb"(xmlns(?::[^\s=<>]{1,100})?\s*+=\s*+)(\"[^\"<>&]*+&#[^\"<>]*+\"|'[^'<>&]*+&#[^'<>]*+')")
#: Bytes that entities may add to a document; no drawing or letter needs so many.
_MOST_ADDED: Final = 4 << 20
_MOST_NAMED: Final = 500_000
#: So many of them are read in the time of one look, see `Budget.spare`.
_OCTETS: Final = 600
_DEEPEST: Final = 20
#: Tags inside an element of text that are passed over.
_MOST_INSIDE: Final = 1_000
_ANY_TAG: Final = re.compile(rb"<[^>]*+>?")


def xml_markup(part: Part) -> bytes:
    """The part's markup as a reader of XML sees it; see the module.

    Raises:
        LimitExceeded: the message has more of it than is read.
    """
    part.budget.look("octets of XML", len(part.data) // _OCTETS)
    return plain(part.once(ascii_markup))


def plain(data: bytes) -> bytes:
    """Markup without everything that only says in another way what is there.

    Args:
        data: the document, in an encoding that contains ASCII.
    """
    entities: dict[bytes, bytes] = {}
    start = doctype(data)
    if start >= 0:
        end, subset = document_type(data, start)
        entities = internal_entities(subset)
        data = data[:start] + data[end:]
    if b"<!" in data or b"<?" in data:
        data = _replaced(_MISC, data)
    if entities and b"&" in data:
        data = _spoken_out(data, entities)
    if b"xmlns" in data and _SPACE.search(data):
        data = _SPACE.sub(lambda match: match[1] + _REFERENCE.sub(_harmless, match[2]), data)
    return _replaced(_ENCLOSING, data, _enclosed)


def _replaced(pattern: re.Pattern[bytes], data: bytes, put: Callable[[re.Match[bytes]], bytes] | None = None) -> bytes:
    """Like `pattern.sub`, which needs a hundred bytes for each of a million pieces."""
    whole: bytearray | None = None
    put = put or _without
    place = 0
    for match in pattern.finditer(data):
        whole = bytearray() if whole is None else whole
        whole += data[place : match.start()]
        whole += put(match)
        place = match.end()
    if whole is None:
        return data
    whole += data[place:]
    return bytes(whole)


def _enclosed(match: re.Match[bytes]) -> bytes:
    return match[0][:-1].replace(b">", b"&gt;") + b">"


def doctype(data: bytes) -> int:
    """Where the document type declaration begins; -1 where there is none."""
    place, long = 0, True
    while long:
        head = _HEAD.match(data, place)
        place, long = head.end() if head is not None else place, False
        for begin, end in _LONG:
            if data.startswith(begin, place):
                close = data.find(end, place + len(begin))
                if close < 0:
                    return -1
                place, long = close + len(end), True
    return place if data.startswith(b"<!DOCTYPE", place) else -1


def _without(match: re.Match[bytes]) -> bytes:
    if match[1] is None:
        return b""
    return match[2].replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def document_type(data: bytes, start: int) -> tuple[int, bytes]:
    """Where a document type declaration is over, and its internal subset: literals, comments and instructions in it hold any character."""
    size = len(data)
    opened = _end(_BEFORE, data, start + 9)
    if opened >= size:
        return size, b""
    opened += 1
    if data[opened - 1] == _GREATER:
        return opened, b""
    over = _end(_INSIDE, data, opened)
    if over >= size:
        return size, data[opened:]
    close = data.find(b">", over)
    return (close + 1 if close >= 0 else size), data[opened:over]


def _end(pattern: re.Pattern[bytes], data: bytes, place: int) -> int:
    match = pattern.match(data, place)
    return match.end() if match is not None else place


_GREATER: Final = 0x3E
_OPAQUE: Final = rb"\"[^\"]*+\"?|'[^']*+'?|<!--(?:[^-]++|-(?!->))*+(?:-->)?|<\?(?:[^?]++|\?(?!>))*+(?:\?>)?|<"
#: What stands before the internal subset or the end, and what stands in the subset.
_BEFORE: Final = later(rb"(?:[^\"'<\[>]++|" + _OPAQUE + rb")*+")
_INSIDE: Final = later(rb"(?:[^\"'<\]]++|" + _OPAQUE + rb")*+")


def internal_entities(subset: bytes) -> dict[bytes, bytes]:
    """Replacement texts of the general entities that a subset declares, character references in them resolved; the first of a name counts."""
    found: dict[bytes, bytes] = {}
    if b"<!ENTITY" not in subset:
        return found
    for number, match in enumerate(_ENTITY.finditer(subset)):
        if number >= 2_000:
            break
        value = match[2] if match[2] is not None else match[3]
        found.setdefault(match[1], _REFERENCE.sub(character, value) if b"&#" in value else value)
    return found


def character(match: re.Match[bytes]) -> bytes:
    """A character reference as the character in UTF-8."""
    code = int(match[1], 16) if match[1] else int(match[2])
    return chr(code).encode("utf-8", "replace") if code < 0x110000 else b""


def _harmless(match: re.Match[bytes]) -> bytes:
    """A character reference as its character where that is no markup."""
    letter = character(match)
    return letter if letter.isalnum() or letter in b":/.-_#" else match[0]


def _spoken_out(data: bytes, entities: dict[bytes, bytes]) -> bytes:
    """The markup with its entities put in; raises `LimitExceeded` where they add more than a document can need."""
    if expanded_size(entities) > _MOST_ADDED:
        raise LimitExceeded("entities", f"XML entities add more than {_MOST_ADDED} bytes")
    whole: dict[bytes, bytes] = {}

    def put(match: re.Match[bytes]) -> bytes:
        name = match[1]
        if name in _KNOWN or name not in entities:
            return match[0]
        return _resolved(name, entities, whole, 0)

    added = 0
    for number, match in enumerate(_SPOKEN.finditer(data)):
        added += len(put(match))
        if added > _MOST_ADDED or number > _MOST_NAMED:
            raise LimitExceeded("entities", f"XML entities add more than {_MOST_ADDED} bytes")
    return _replaced(_SPOKEN, data, put)


def _resolved(name: bytes, entities: dict[bytes, bytes], whole: dict[bytes, bytes], depth: int) -> bytes:
    if name not in whole:
        value = entities[name]
        whole[name] = b""  # what it stands for where it contains itself
        if b"&" in value and depth < _DEEPEST:
            value = _SPOKEN.sub(
                lambda inner: (
                    _resolved(inner[1], entities, whole, depth + 1)
                    if inner[1] in entities and inner[1] not in _KNOWN
                    else inner[0]
                ),
                value,
            )
        # Markup is in content; anything else may be in an attribute, where a quote of its own ends nothing.
        whole[name] = (
            _MISC.sub(_without, value) if b"<" in value else value.replace(b'"', b"&#34;").replace(b"'", b"&#39;")
        )
    return whole[name]


def text_of(content: bytes) -> bytes:
    """The text of an element, tags inside it left out and references resolved: what a reader of base64 in XML is given.

    Args:
        content: what stands between its tags, as `plain` gives it.
    """
    if b"<" in content:
        content = _ANY_TAG.sub(b"", content)
    return _REFERENCE.sub(character, content) if b"&" in content else content


def element_end(data: bytes, start: int, name: bytes) -> int:
    """Where the content of an element ends that has text alone, as the rule: at the next end tag of this local name's end.

    Args:
        data: the document, as `plain` gives it.
        start: where the content begins.
        name: how the element's name ends.
    """
    end = data.find(b"<", start)
    for _ in range(_MOST_INSIDE):
        if end < 0:
            return len(data)
        close = data.find(b">", end)
        if close < 0 or (data.startswith(b"</", end) and data[end:close].rstrip().endswith(name)):
            return end
        end = data.find(b"<", close)
    return end if end >= 0 else len(data)


def expanded_size(values: dict[bytes, bytes]) -> int:
    """Bytes that the largest of some entities expands to.

    What contains itself is an error to every reader of XML (1.0 section 4.1, "No Recursion"), and counts for nothing there.

    Args:
        values: replacement texts by name.
    """
    sizes: dict[bytes, int] = {}
    parts = {name: _NAMED.findall(value) for name, value in values.items()}
    largest = 0
    for start in values:
        # Depth first with a stack of our own: names may be nested as deep as there are entities.
        stack = [start]
        open_names: set[bytes] = set()
        while stack:
            name = stack[-1]
            if name in sizes:
                stack.pop()
                continue
            open_names.add(name)
            waiting = [
                inner for inner in parts[name] if inner in values and inner not in sizes and inner not in open_names
            ]
            if waiting:
                stack.extend(dict.fromkeys(waiting))
                continue
            sizes[name] = min(1 << 61, len(values[name]) + sum(sizes.get(inner, 0) for inner in parts[name]))
            largest = max(largest, sizes[name])
            stack.pop()
    return largest
