"""Where a header block ends and where the parts of a multipart are: as every client sees it (RFC 5322 section 2.1, RFC 2046 section 5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from attachguard.mail.readings.grammar import begins_with_fields, doubled_returns, holds_entity

#: Delimiters of one multipart that are followed up.
_MOST: Final = 2000

#: Nobody reads on in a longer block of fields before a delimiter.
_HEADER: Final = 65_536
#: Longest header block that is read: as long as the parser takes one.
_MOST_HEADER: Final = 1 << 20
#: Lines at the start of a message without a header that readers pass over before its fields.
_ODD_LINES: Final = 3
#: More white space after a delimiter than the parser takes as its padding.
_PADDING: Final = 1000

_BLANK: Final = re.compile(rb"\n\r?\n")
_RETURNS: Final = re.compile(rb"\r\r|\n\r(?!\n)")
#: Where a folded field goes on after a line of blanks, the line is part of the folding.
_BLANKS: Final = re.compile(rb"\n[ \t]+\r?\n(?![ \t])")
_FIELD_BLOCK: Final = re.compile(rb"(?:[!-9;-~]{1,80}[ \t]{0,8}:[^\n]*(?:\n|\Z)(?:[ \t]+[^\s][^\n]*(?:\n|\Z))*)+")
JUNK: Final = re.compile(rb"(?m)^(?!>?From )(?![ \t\r\n])[^:\n]+(?:\n(?![ \t])|\Z)")
_MESSAGE: Final = re.compile(rb"(?im)^content-type[ \t]*:\s*message/")
_NOT_TEXT: Final = re.compile(rb"(?im)^content-type[ \t]*:(?![ \t]*text/)")
_DELIMITER: Final = rb"--([^\r\n]{1,200}?)[ \t]*\r?\n(?=[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-)"
_SNIFF_FIRST: Final = re.compile(_DELIMITER)
#: With the line break before it, so that the expression begins with octets that are looked for as such.
_SNIFF: Final = re.compile(rb"\n" + _DELIMITER)


class Split(NamedTuple):
    """One reading of where a header block ends; `why` is the class of departure it rests on, empty for the strict one."""

    header: bytes
    body: bytes
    why: str


def splits(data: bytes, *, message: bool) -> Iterator[Split]:
    """Header and body of an entity, the strict reading first.

    Args:
        data: the entity.
        message: whether it is a message, which has fields or else no header at all.
    """
    if data.startswith((b"\n", b"\r\n")):
        end, after = 0, data.index(b"\n") + 1
    else:
        match = _BLANK.search(data)
        end, after = (match.start() + 1, match.end()) if match is not None else (len(data), len(data))
    if end > _MOST_HEADER:
        end = after = _MOST_HEADER
    header, body = data[:end], data[after:]
    if message and header.strip() and b":" not in header:
        header, body = b"", data
    yield Split(header, body, "")
    # Fields after the blank line: of the same header to some, of the only one to others.
    rest = body.lstrip(b" \t\r\n")
    if message and not header.strip():
        rest = _past_odd_lines(rest)
    block = _FIELD_BLOCK.match(rest, 0, _HEADER)
    # The body of a message/* has fields of its own.
    own = _MESSAGE.search(header) is not None
    if (
        block is not None
        and not own
        and (
            begins_with_fields(rest, text=_NOT_TEXT.search(header) is None)
            or (message and not holds_entity(header) and holds_entity(block[0]))
        )
    ):
        behind = rest[block.end() :].removeprefix(b"\r").removeprefix(b"\n")
        if header.strip():
            yield Split(header + block[0], behind, "fields-in-body")
        yield Split(block[0], behind, "fields-in-body")
    doubled = doubled_returns(header)
    for kind, pattern in (("bare-cr", _RETURNS), ("blank-line-with-space", _BLANKS)):
        match = pattern.search(header)
        if match is not None and _matters(header, match.start(), body) and not (doubled and pattern is _RETURNS):
            yield Split(header[: match.start() + 1], data[match.end() :], kind)
    match = JUNK.search(header)
    if match is not None and _matters(header, match.start(), body):
        yield Split(header[: match.start()], data[match.start() :], "junk-line")


def _past_odd_lines(rest: bytes) -> bytes:
    """Content from the first field on, where only a few lines that are not fields stand before one that says how to read the rest.

    Who passes over a blank line at the start of a message passes over these, too: a field without a name, a word, a line of an old mailbox.
    """
    place = 0
    for _ in range(_ODD_LINES + 1):
        block = _FIELD_BLOCK.match(rest, place, _HEADER)
        if block is not None and holds_entity(block[0]):
            return rest[place:]
        place = rest.find(b"\n", place, _HEADER) + 1
        if not place:
            break
    return rest


def _matters(header: bytes, place: int, body: bytes) -> bool:
    """Whether a reader who ends the header at this place would read the part otherwise."""
    if not body.strip():
        # Headers without a body, as bounces quote them, unless what is left of them says how to read the rest.
        return holds_entity(header[:place]) or b"begin" in header[place:]
    return holds_entity(header[place:])


class Regions(NamedTuple):
    """The parts of a multipart in one reading, and the text around them."""

    parts: list[bytes]
    around: list[bytes]
    why: str


class _Mark(NamedTuple):
    at: int  # the line break before it
    end: int  # the line after it
    closes: bool
    why: str


def regions(body: bytes, boundary: bytes) -> Iterator[Regions]:
    """Each way to cut a body at a boundary, the strict one first.

    Args:
        body: the body of the multipart.
        boundary: the parameter, without dashes.
    """
    marks = list(_marks(body, b"--" + boundary))
    yield _cut(body, [mark for mark in marks if not mark.why], "")
    odd = {mark.why for mark in marks} - {""}
    if odd:
        yield _cut(body, marks, "delimiter-lookalike")
        longer = {mark.at for mark in marks if mark.why == "text"}
        open_ended = [mark for mark in marks if not (mark.closes and mark.at in longer)]
        yield _cut(body, open_ended, "delimiter-lookalike")
        if len(odd) > 1:
            for one in sorted(odd):
                yield _cut(body, [mark for mark in open_ended if mark.why in ("", one)], "delimiter-lookalike")
    merged = _without(body, _within_headers(body, marks))
    if len(merged) < len(body):
        # A reader who looks for a blank line first passes over a delimiter among fields.
        yield _cut(merged, [mark for mark in _marks(merged, b"--" + boundary) if not mark.why], "no-separator")
    last = next((place for place, mark in enumerate(marks) if mark.closes), len(marks))
    if any(not mark.closes for mark in marks[last + 1 :]):
        # Parts after the close delimiter: to a reader who does not stop there.
        yield _cut(body, [mark._replace(closes=False) for mark in marks], "entity-around")


def _within_headers(body: bytes, marks: list[_Mark]) -> list[_Mark]:
    """Delimiters before which stand fields of a part and no blank line."""
    found: list[_Mark] = []
    for before, mark in pairwise(marks):
        if not (before.closes or mark.closes) and 0 < mark.at - before.end <= _HEADER:
            block = _FIELD_BLOCK.match(body, before.end, mark.at)
            # Where a line end is left, the one of the delimiter ends a blank line.
            if block is not None and block.end() == mark.at and not block[0].endswith(b"\n"):
                found.append(mark)
    return found


def _without(body: bytes, marks: list[_Mark]) -> bytes:
    """A body without the lines of some delimiters."""
    kept: list[bytes] = []
    place = 0
    for mark in marks:
        kept.append(body[place : mark.at] + b"\r\n")
        place = mark.end
    return b"".join((*kept, body[place:]))


def _marks(body: bytes, dashed: bytes) -> Iterator[_Mark]:
    """Every line that is a delimiter to somebody."""
    size = len(dashed)
    place = body.find(dashed)
    count = 0
    while place >= 0 and count < _MOST:
        count += 1
        start = place
        while start > 0 and body[start - 1] in b" \t" and place - start < 200:
            start -= 1
        why = "" if start == place else "indented"
        returned = start > 0 and body[start - 1] == 0x0D
        if start == 0 or body[start - 1] in b"\r\n":
            why = "return" if returned else why
            behind = place + size
            closes = body.startswith(b"--", behind)
            end = body.find(b"\n", behind)
            lone = body.find(b"\r", behind, end if end >= 0 else len(body))
            if lone >= 0 and (end < 0 or lone < end - 1):
                end, why = lone, "return"
            end = len(body) if end < 0 else end + 1
            rest = body[behind:end].strip(b" \t\r\n")
            if (rest and not closes) or end - behind > _PADDING:
                why = "text"
            at = start - 1 if start else 0
            if at and body[at] == 0x0A and body[at - 1] == 0x0D:
                at -= 1
            yield _Mark(at, end, closes, why)
            if closes and rest != b"--":
                # What begins like a close delimiter may be a longer boundary.
                yield _Mark(at, end, closes=False, why="text")
            place = body.find(dashed, max(end - 1, place + size))
        else:
            place = body.find(dashed, place + size)


def _cut(body: bytes, marks: list[_Mark], why: str) -> Regions:
    parts: list[bytes] = []
    around: list[bytes] = []
    start = -1
    behind = 0
    for mark in marks:
        if mark.end <= start:
            continue
        if start >= 0:
            parts.append(body[start : max(start, mark.at)])
        elif mark.at > behind:
            around.append(body[behind : mark.at])
        start = mark.end
        if mark.closes:
            start, behind = -1, mark.end
            break
    if start >= 0:
        parts.append(body[start:])
    elif behind < len(body):
        around.append(body[behind:])
    return Regions(parts, around, why)


def whole(body: bytes, boundary: bytes) -> bool:
    """Whether a body has parts and their close delimiter as they should be."""
    marks = [mark for mark in _marks(body, b"--" + boundary) if not mark.why]
    return len(marks) > 1 and not marks[0].closes and marks[-1].closes


def delimited(body: bytes, boundary: bytes | None) -> bool:
    """Whether somebody would find a delimiter of a multipart in a body."""
    return boundary is not None and next(_marks(body, b"--" + boundary), None) is not None


def begins_message(body: bytes) -> bool:
    """Whether a body begins with the header of a message."""
    block = _FIELD_BLOCK.match(body)
    return block is not None and len(block[0]) < len(body)


def sniffed(body: bytes) -> bytes | None:
    """The boundary that a body's first delimiter shows to a reader whom nobody told of one."""
    match = _SNIFF_FIRST.match(body) or _SNIFF.search(body)
    return match[1] if match is not None else None
