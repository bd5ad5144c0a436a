"""Streaming parser of mail: bytes in, leaves out, no I/O (RFC 5322, RFC 2045-2049, RFC 2231, RFC 2047).

The parser never holds more of a body than the line that may become a delimiter. It gives events: a message or leaf begins, a leaf's decoded
content, a leaf or message ends, something is wrong with the structure. How the input is cut into chunks changes how content events are cut
and nothing else. Own code because the standard library's parser wants the whole message, copies each body several times and takes four times
the cost of everything else that is done to a mail here.
"""

from __future__ import annotations

import enum
from typing import Final, NamedTuple

from attachguard._core.mime import find_delimiter, plain_lines, split_fields
from attachguard.fields import decode_words, read_value, text
from attachguard.limits import Limits
from attachguard.readings import grammar
from attachguard.readings.grammar import Anomaly
from attachguard.transfer import Decoder, decoder

#: A line that may still become a delimiter is held back up to this length: boundary (70), dashes, padding.
_HOLD: Final = 1100
#: The blank line behind a header block is looked for in steps of this many bytes.
_HEADER_STEP: Final = 4096
#: RFC 2046 allows 70; software writes longer ones, and nothing real comes near this.
_BOUNDARY_LENGTH: Final = 256

#: What `find_delimiter` answers.
_NONE, _DELIMITER, _CLOSE, _PARTIAL = 0, 1, 2, 3

#: RFC 2045's tokens and the misspellings that real software writes for "as it stands".
_IDENTITY: Final = frozenset(
    {"", "7bit", "8bit", "binary", "7-bit", "8-bit", "7bits", "8bits", "7 bit", "8 bit", "plain", "none"}
)
_ENCODINGS: Final = _IDENTITY | {"base64", "quoted-printable"}
_UUENCODE: Final = frozenset({"x-uuencode", "x-uue", "uuencode"})


class EventKind(enum.Enum):
    """What happened in the message."""

    MESSAGE = "message"  # a message begins: the root, or one forwarded inside
    LEAF = "leaf"  # a body with content begins
    CONTENT = "content"  # some of its decoded content
    LEAF_END = "leaf-end"
    MESSAGE_END = "message-end"
    SIGNED = "signed"  # octets, as they stand, of what a multipart/signed signs; the entity is the multipart
    SIGNED_END = "signed-end"  # its delimiter has been seen: that was all
    ANOMALY = "anomaly"  # the structure is broken; `code` and `detail` say how


NO_PARAMETERS: Final[dict[str, str]] = {}


class Span(NamedTuple):
    """Where a part stands in the input, in octets.

    Args:
        begin: where its header block begins.
        body: where its body begins.
        end: where its body ends.
        place: see `Entity`.
        signed: see `Entity`.
    """

    begin: int
    body: int
    end: int
    place: str
    signed: bool


class Entity:
    """A message or body part, as its header describes it.

    Args:
        section: IMAP section number (RFC 3501 section 6.4.5); empty for the root message.
        fields: header fields in order: name in lower case, raw value.
        header: the header block as it stands.
        parent: media type of the multipart that holds it; empty at the top.
        place: `preamble` or `epilogue` for text around the parts of a multipart, which no header describes; else empty.
        signed: whether it stands inside a multipart/signed, at any distance.

    `begin`, `body` and `end` are octets of the input: where its header block begins, where its body begins, and, once the parser has told
    that the leaf or message ends, where its body ends, in front of the line break that belongs to the delimiter. `departures` are the classes
    of what keeps its header from being read by everybody alike, with the octets of the header that they span.
    """

    __slots__ = (
        "begin", "body", "departures", "disposition", "encoding", "end", "fields", "header", "media_type", "names", "parameters", "parent", "place",
        "section", "signed",
    )  # fmt: skip

    def __init__(self, section: str, header: bytes, parent: str = "", place: str = "", *, signed: bool = False) -> None:
        self.begin = self.body = self.end = 0
        self.signed = signed
        self.section = section
        self.place = place
        self.header = header
        self.parent = parent
        self.fields = [(text(name).lower(), value) for name, value in split_fields(header)]
        default = "message/rfc822" if parent == "multipart/digest" else "text/plain"
        self.media_type, self.parameters = default, NO_PARAMETERS
        self.disposition, shown = "", NO_PARAMETERS
        self.encoding = ""
        self.departures: tuple[tuple[str, int, int], ...] = ()
        if not header:
            self.names: tuple[str, ...] = ()
            return
        plain = True
        given: dict[str, bytes] = {}
        for key, value in self.fields:
            if key in grammar.STRUCTURAL:
                plain = plain and given.get(key, value) == value
                given.setdefault(key, value)
            elif not key:
                plain = False
        said = given.get("content-type")
        if said is not None:
            self.media_type, self.parameters, fits = read_value(said)
            plain = plain and fits
            if not fits:
                # A parameter without its semicolon is not part of the type.
                self.media_type = self.media_type.partition(" ")[0]
            if "/" not in self.media_type:
                self.media_type = default
                plain = False
        said = given.get("content-disposition")
        if said is not None:
            self.disposition, shown, fits = read_value(said)
            plain = plain and fits
        said = given.get("content-transfer-encoding")
        if said is not None:
            if said.lower() in grammar.ENCODINGS:
                self.encoding = said.decode("ascii").lower()
            else:
                plain = False
                self.encoding = read_value(said)[0].strip('" ')
        candidates = (shown.get("filename"), self.parameters.get("name"))
        self.names = tuple(dict.fromkeys(name.strip() for name in candidates if name and name.strip()))
        if not (plain and len(self.names) < 2 and plain_lines(header)):
            from attachguard.readings.headers import departures

            self.departures = departures(header, self.fields)

    @property
    def span(self) -> Span:
        """Where it stands in the input; known once it has ended."""
        return Span(self.begin, self.body, self.end, self.place, self.signed)

    @property
    def described(self) -> bool:
        """Whether there is a header field at all."""
        return any(name for name, _value in self.fields)

    def field(self, name: str) -> bytes | None:
        """Raw value of the first field of a name (lower case), or None."""
        for key, value in self.fields:
            if key == name:
                return value
        return None

    def words(self, name: str) -> str:
        """Decoded text of the first field of a name; empty without one."""
        value = self.field(name)
        return decode_words(value) if value is not None else ""


class Event(NamedTuple):
    """One step of the parse; which members are set follows from the kind."""

    kind: EventKind
    entity: Entity
    content: bytes = b""
    code: str = ""
    detail: str = ""


class _Level:
    """An open multipart or message: what delimits it, and how its children are numbered."""

    __slots__ = ("boundary", "children", "entity", "filled", "opened", "prefix")

    def __init__(self, entity: Entity, boundary: bytes, prefix: str) -> None:
        self.entity = entity
        self.boundary = boundary  # with its two dashes; empty for a message
        self.prefix = prefix
        self.children = 0
        self.opened = False  # a delimiter has been seen
        self.filled = False  # something stands where its parts should be


class _State(enum.Enum):
    HEADER = 1
    LEAF = 2
    AROUND = 3  # preamble, epilogue


class MessageParser:
    """Parses one message.

    Args:
        limits: `header_bytes` and `depth` bound what is held and how deep it goes.
    """

    def __init__(self, limits: Limits) -> None:
        #: Departures from the strict grammar, the first `grammar.MOST` of them.
        self.anomalies: list[Anomaly] = []
        #: The leaves so far, those around the parts of multiparts too.
        self.leaves: list[Entity] = []
        self._limits = limits
        self._buffer = b""
        self._end = 0  # where what ends now ends
        self._base = 0  # where in the input the buffer begins
        self._start = 0  # what is in front of it in the buffer has been dealt with
        self._searched = 0  # up to here no blank line has been found
        self._state = _State.HEADER
        self._levels: list[_Level] = []
        self._signed: list[_Level] = []  # multipart/signed whose first part is open
        self._leaf: Entity | None = None
        self._decoder: Decoder = decoder("")
        self._at_line_start = True
        self._after = False  # around the parts: behind the last one
        self._events: list[Event] = []
        self._pending: list[bytes] = []
        self._waiting = 0

    @property
    def ambiguous(self) -> bool:
        """Whether the message departs from the grammar in a way that other readers may resolve otherwise."""
        return any(anomaly.severity == "ambiguous" for anomaly in self.anomalies)

    # -- in ---------------------------------------------------------------------------------------------------------------

    def feed(self, data: bytes) -> list[Event]:
        """Take more input; gives what has happened in it."""
        if self._state is _State.HEADER:
            # A header is joined only when a line of it has ended: many small pieces of one long line must not be copied again and again.
            self._pending.append(data)
            self._waiting += len(data)
            if b"\n" not in data and self._waiting <= self._limits.header_bytes:
                return []
            data = b"".join(self._pending)
            self._pending.clear()
            self._waiting = 0
        self._take(data)
        self._run(last=False)
        return self._given()

    def close(self) -> list[Event]:
        """Take the end of input: what is open ends here."""
        self._take(b"".join(self._pending))
        self._pending.clear()
        self._run(last=True)
        while self._state is _State.HEADER:
            # The input ends inside a header block: what there is of it counts, with an empty body.
            self._header_done(len(self._buffer), len(self._buffer))
        self._end = self._base + len(self._buffer)
        self._end_leaf()
        outer = self._levels[1] if len(self._levels) > 1 else None
        if outer is not None and outer.boundary and outer.opened:
            detail = "multipart: the message ends before its close delimiter"
            self._anomaly(outer.entity, detail)
            self.note("no-close-delimiter", outer.entity.begin, self._end)
        self._unwind(0)
        return self._given()

    def _given(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    def _tell(self, kind: EventKind, entity: Entity, content: bytes = b"") -> None:
        self._events.append(Event(kind, entity, content))

    def _anomaly(self, entity: Entity, detail: str, code: str = "malformed-mime") -> None:
        self._events.append(Event(EventKind.ANOMALY, entity, code=code, detail=detail))

    def note(self, kind: str, begin: int, end: int) -> None:
        """Remember a departure from the strict grammar: its class, and the octets of the input it spans."""
        if len(self.anomalies) < grammar.MOST or (grammar.CLASSES[kind][0] == "ambiguous" and not self.ambiguous):
            self.anomalies.append(Anomaly(kind, begin, end))

    def _take(self, data: bytes) -> None:
        rest = self._buffer[self._start :]
        self._buffer = rest + data if rest else data
        self._searched = max(0, self._searched - self._start)
        self._base += self._start
        self._start = 0

    def _run(self, *, last: bool) -> None:
        going = True
        while going:
            going = self._header() if self._state is _State.HEADER else self._body(last=last)

    # -- headers ----------------------------------------------------------------------------------------------------------

    def _header(self) -> bool:
        """One header block, if it is whole; True when there may be more to do."""
        buffer, start = self._buffer, self._start
        if buffer.startswith((b"\n", b"\r\n"), start):
            self._header_done(start, buffer.index(b"\n", start) + 1)
            return True
        end = self._blank_line()
        delimiter = self._delimiter_in_header(end if end >= 0 else len(buffer))
        if delimiter >= 0:
            # A part without a blank line: the delimiter of an open multipart ends its header (RFC 2046 section 5.1).
            self._header_done(delimiter, delimiter)
            return True
        if end >= 0:
            self._header_done(end + 1, end + (2 if buffer[end + 1] == 0x0A else 3))
            return True
        most = self._limits.header_bytes
        if len(buffer) - start > most:
            self._header_done(start + most, start + most, f"header block larger than {most} bytes")
            return True
        self._searched = len(buffer)
        return False

    def _blank_line(self) -> int:
        """Where the line end before the blank line is that ends the header block; -1 where there is none yet.

        The search goes on where the last one stopped, less what may be the start of a blank line, and in steps: most headers are short, and
        what follows them is not to be searched for a line end that the message does not use.
        """
        buffer = self._buffer
        place = max(self._start, self._searched - 3)
        while place < len(buffer):
            stop = place + _HEADER_STEP
            ends = [at for at in (buffer.find(b"\n\r\n", place, stop), buffer.find(b"\n\n", place, stop)) if at >= 0]
            if ends:
                return min(ends)
            place = stop - 2
        return -1

    def _delimiter_in_header(self, end: int) -> int:
        """Where a delimiter line of an open multipart begins inside the header block; -1 where there is none."""
        buffer = self._buffer
        found = -1
        for level in self._levels:
            if level.boundary:
                place = buffer.find(level.boundary, max(self._start, self._searched - _HOLD), end + 1)
                while place > self._start and buffer[place - 1] != 0x0A:
                    place = buffer.find(level.boundary, place + 1, end + 1)
                if place >= 0 and (found < 0 or place < found):
                    found = place
        return found

    def _header_done(self, end: int, body: int, problem: str = "") -> None:
        """Take the header block that ends at `end`; its body begins at `body`."""
        block = self._buffer[self._start : end]
        self._tell_signed(self._start, body)
        begin, self._start = self._start, body
        self._searched = 0
        self._at_line_start = True
        holder = self._levels[-1] if self._levels else None
        if holder is None and block.startswith(b"From "):
            block = block.partition(b"\n")[2]  # the separator line of an mbox is no field
        section = "" if holder is None else self._section(holder)
        parent = holder.entity.media_type if holder is not None and holder.boundary else ""
        signed = holder is not None and (holder.entity.signed or parent == "multipart/signed")
        entity = Entity(section, block, parent, signed=signed)
        if (holder is None or not holder.boundary) and not entity.described and block.strip():
            problem = "a message without a header field"
            self._start = body = begin
            entity = Entity(section, b"", signed=signed)
        entity.begin, entity.body = self._base + max(begin, end - len(block)), self._base + body
        if holder is not None and parent == "multipart/signed" and holder.children == 1:
            # RFC 1847 section 2.1: what is signed is the first part, its header included.
            self._tell(EventKind.SIGNED, holder.entity, self._buffer[begin:body])
            self._signed.append(holder)
        for kind, first, after in entity.departures:
            self.note(kind, entity.begin + first, entity.begin + after)
        if body == end and end < len(self._buffer):
            self.note("no-separator", entity.begin, entity.body)
        if holder is None:
            self._root_departures(entity)
            self._levels.append(_Level(entity, b"", ""))
            self._tell(EventKind.MESSAGE, entity)
        if problem:
            self._anomaly(entity, problem)
        self._open(entity)

    def _root_departures(self, entity: Entity) -> None:
        """What is recorded of a message's own header and changes nothing."""
        header = entity.header
        if b"\n" in header and b"\r" not in header:
            self.note("lf-line-ends", entity.begin, entity.body)
        if not header.isascii():
            self.note("eight-bit-header", entity.begin, entity.body)
        if entity.media_type != "text/plain" and entity.field("mime-version") is None:
            self.note("no-mime-version", entity.begin, entity.body)

    def _section(self, holder: _Level) -> str:
        if not holder.boundary:
            return holder.prefix
        holder.children += 1
        return f"{holder.prefix}.{holder.children}" if holder.prefix else str(holder.children)

    def _open(self, entity: Entity) -> None:
        """Begin what a header announces: a multipart, a forwarded message, or a leaf."""
        kind = entity.media_type
        deep = len(self._levels) > self._limits.depth
        if entity.encoding not in _IDENTITY and kind.startswith(("multipart/", "message/")):
            self.note("encoded-container", entity.begin, entity.body)
        if kind.startswith("multipart/"):
            boundary = entity.parameters.get("boundary", "")
            if not boundary.strip():
                self._anomaly(entity, "multipart without a boundary")
                self.note("boundary-missing", entity.begin, entity.body)
            elif deep:
                self._anomaly(entity, self._too_deep(), "resource-limit-exceeded")
            else:
                octets = boundary.encode("utf-8", "surrogateescape")[:_BOUNDARY_LENGTH]
                if not grammar.plain_boundary(boundary):
                    self.note("boundary-syntax", entity.begin, entity.body)
                if any(level.boundary[2:] == octets for level in self._levels):
                    self.note("boundary-shared", entity.begin, entity.body)
                self._levels.append(_Level(entity, b"--" + octets, entity.section))
                self._state = _State.AROUND
                self._after = False
                return
        elif kind in ("message/rfc822", "message/global", "message/news") and entity.encoding in _IDENTITY:
            if not deep:
                self._tell(EventKind.MESSAGE, entity)
                self._levels.append(_Level(entity, b"", entity.section or "1"))
                self._state = _State.HEADER
                return
            self._anomaly(entity, self._too_deep(), "resource-limit-exceeded")
        if entity.encoding not in _ENCODINGS and entity.encoding not in _UUENCODE:
            detail = f"unknown transfer encoding {_shown(entity.encoding)}"
            self._anomaly(entity, detail)
        holder = self._levels[-1]
        if not holder.boundary:
            entity.section = f"{holder.prefix}.1" if holder.prefix else "1"
        self._leaf = entity
        self._keep(entity)
        self._decoder = decoder(entity.encoding)
        self._state = _State.LEAF
        self._tell(EventKind.LEAF, entity)

    def _keep(self, leaf: Entity) -> None:
        if len(self.leaves) <= self._limits.parts:
            self.leaves.append(leaf)

    def _too_deep(self) -> str:
        return f"depth: nested deeper than {self._limits.depth} levels"

    # -- bodies -----------------------------------------------------------------------------------------------------------

    def _body(self, *, last: bool) -> bool:
        """A body up to its next delimiter, or as much of it as is safe; True when there may be more to do."""
        buffer, start = self._buffer, self._start
        at, end, kind, level = self._next_delimiter()
        if kind == _PARTIAL and last:
            # The input ends on the delimiter line: it is one, with nothing behind it.
            kind = _CLOSE if buffer[at:].lstrip(b"\r\n").startswith(level.boundary + b"--") else _DELIMITER
            end = len(buffer)
        if kind in (_NONE, _PARTIAL):
            # What may become a delimiter waits, and the line break in front of it; everything else is content.
            ready = at if kind == _PARTIAL else len(buffer) if last else self._safe()
            self._content(buffer[start:ready])
            self._tell_signed(start, ready)
            self._at_line_start = self._at_line_start and ready == start
            self._start = ready
            return False
        self._content(buffer[start:at])
        self._end = self._base + at
        self._end_leaf()
        self._start = end
        self._at_line_start = True
        level.opened = True
        place = self._levels.index(level)
        self._tell_signed(start, at)
        self._end_signed(level, place)
        self._tell_signed(at, end)
        if kind == _DELIMITER:
            self._unwind(place + 1)
            self._state = _State.HEADER
        else:
            self._unwind(place)
            self._state = _State.AROUND
            self._after = True
        return self._start < len(buffer)

    def _next_delimiter(self) -> tuple[int, int, int, _Level]:
        """The first delimiter line of any open multipart; where two begin at one place, the innermost has it."""
        at, end, kind = -1, -1, _NONE
        found = self._levels[-1]
        stop = len(self._buffer)
        first = -1
        for level in reversed(self._levels):
            if level.boundary:
                candidate = find_delimiter(self._buffer, self._start, stop, self._at_line_start, level.boundary)
                if candidate[2] != _NONE:
                    at, end, kind, near = candidate
                    found, stop = level, at
                else:
                    near = candidate[3]
                if near >= 0 and (first < 0 or near < first):
                    first = near
        # What stands behind the delimiter of an outer level is looked at again, when the inner one is closed.
        if first >= 0 and (kind == _NONE or first < max(end, at + 1)):
            self.note("delimiter-lookalike", self._base + first, self._base + first + len(found.boundary))
        return at, end, kind, found

    def _safe(self) -> int:
        """Up to where a body without delimiter is content for certain: not a last line that may yet become one."""
        buffer, start = self._buffer, self._start
        end = buffer.rfind(b"\n", start)
        first = start if end < 0 else end + 1
        line = buffer[first : first + _HOLD + 1]
        possible = len(line) <= _HOLD and line[:2] == b"--"[: len(line)] and (end >= 0 or self._at_line_start)
        if not possible:
            return self._half_lookalike(len(buffer) - (len(buffer) > start and buffer.endswith(b"\r")))
        if end < 0:
            return start
        return end - 1 if end > start and buffer[end - 1] == 0x0D else end

    def _tell_signed(self, start: int, end: int) -> None:
        """Give octets of the buffer, as they stand, to whoever checks the signature over them."""
        if self._signed and end > start:
            piece = self._buffer[start:end]
            for level in self._signed:
                self._tell(EventKind.SIGNED, level.entity, piece)

    def _end_signed(self, level: _Level, place: int) -> None:
        """A delimiter of `level` ends what that one signs, and all that is inside of it."""
        if level in self._signed:
            self._tell(EventKind.SIGNED_END, level.entity)
        self._signed = [each for each in self._signed if each in self._levels[:place]]

    def _half_lookalike(self, ready: int) -> int:
        """Up to where a line that is no delimiter may go on as content: not to within what resembles one, wherever the input was cut."""
        buffer = self._buffer
        longest = max((len(level.boundary) for level in self._levels), default=0)
        place = buffer.find(b"-", max(self._start, ready - longest), ready)
        while place >= 0:
            if any(level.boundary.startswith(buffer[place:ready]) for level in self._levels if level.boundary):
                return max(self._start, place - 1)
            place = buffer.find(b"-", place + 1, ready)
        # A blank may stand in front of one.
        return ready - (ready > self._start and buffer[ready - 1 : ready] in (b" ", b"\t"))

    def _content(self, data: bytes) -> None:
        if self._leaf is None:
            # Text around the parts of a multipart: no client shows it, but it is there, and some would parse it.
            blank = len(data)
            data = data.lstrip()
            blank -= len(data)
            if not data:
                return
            level = self._levels[-1]
            level.filled = True
            place = "epilogue" if self._after else "preamble"
            section = f"{level.entity.section}.{place}" if level.entity.section else place
            signed = level.entity.signed or level.entity.media_type == "multipart/signed"
            self._leaf = Entity(section, b"", level.entity.media_type, place, signed=signed)
            self._leaf.begin = self._leaf.body = self._base + self._start + blank
            self._decoder = decoder("")
            self._keep(self._leaf)
            self._tell(EventKind.LEAF, self._leaf)
        if data:
            decoded = self._decoder.feed(data)
            if decoded:
                self._tell(EventKind.CONTENT, self._leaf, decoded)

    def _end_leaf(self) -> None:
        leaf, self._leaf = self._leaf, None
        if leaf is None:
            return
        leaf.end = self._end
        rest = self._decoder.finish()
        if rest:
            self._tell(EventKind.CONTENT, leaf, rest)
        for detail in sorted(self._decoder.anomalies):
            self._anomaly(leaf, detail, code="")
            self.note(grammar.DECODER_CLASSES[detail], leaf.body, leaf.end)
        self._tell(EventKind.LEAF_END, leaf)

    def _unwind(self, depth: int) -> None:
        """Close every level above `depth`, the innermost first."""
        while len(self._levels) > depth:
            level = self._levels.pop()
            level.entity.end = self._end
            if level.boundary and level.filled and not level.opened:
                self._anomaly(level.entity, "multipart: its boundary never appears")
                self.note("boundary-unused", level.entity.begin, level.entity.end)
            if not level.boundary:
                self._tell(EventKind.MESSAGE_END, level.entity)


def _shown(token: str) -> str:
    """A token from the message as it may stand in a report."""
    return "".join(letter if letter.isprintable() else "?" for letter in token[:40]) or "(empty)"
