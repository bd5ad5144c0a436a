"""Goes through a message in one pass: headers, bodies, what is open (RFC 5322, RFC 2046).

The parser never holds more of a body than the line that may become a delimiter. How the input is cut into chunks changes how content events are
cut and nothing else.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from typing import Final

from attachguard._core.mime import blank_line
from attachguard.limits import Limits
from attachguard.mail.encodings import AS_IT_STANDS
from attachguard.mail.message import delimiters
from attachguard.mail.message.delimiters import CLOSE, DELIMITER, NONE, PARTIAL, Level
from attachguard.mail.message.entity import Entity
from attachguard.mail.message.events import Event, EventKind
from attachguard.mail.message.record import Record
from attachguard.mail.message.signed import SignedOctets
from attachguard.mail.readings import grammar
from attachguard.mail.transfer import UNREAD, Decoder, decoder
from attachguard.types.letters import shown

#: RFC 2046 allows 70; software writes longer ones, and nothing real comes near this.
_BOUNDARY_LENGTH: Final = 256
#: A line that is longer is no field to anybody.
_LINE: Final = 1000
_FIELD: Final = re.compile(rb"[!-9;-~]{1,76}[ \t]{0,8}:")
#: What holds a message of its own.
MESSAGES: Final = frozenset({"message/rfc822", "message/global", "message/news"})
_REPORT: Final = "multipart/report"
#: Lines of headers that are read in the time of one look.
_LINES: Final = 10
_TOO_DEEP: Final = "depth: nested deeper than {} levels"


class _State(enum.Enum):
    HEADER = 1
    LEAF = 2
    AROUND = 3  # preamble, epilogue
    DOUBT = 4  # what the body of a message/* is: a message, or one that is encoded


class MessageParser:
    """Parses one message.

    Args:
        limits: `header_bytes`, `depth` and `parts` bound what is held, how deep it goes, and how many headers are read.
        spare: counts what is looked at for all messages of one scan and says whether there is room for more, see `Budget.spare`.
    """

    def __init__(self, limits: Limits, spare: Callable[[int], bool] = lambda _count: True) -> None:
        #: What there is to tell.
        self.record = Record(limits.parts + 1)
        self._limits = limits
        self._buffer = b""
        self._end = 0  # where what ends now ends
        self._base = 0  # where in the input the buffer begins
        self._start = 0  # what is before it in the buffer has been dealt with
        self._searched = 0  # up to here no blank line has been found
        self._state = _State.HEADER
        self._levels: list[Level] = []
        self._originals = 0  # so many of them are what a bounce returns
        self._signed = SignedOctets(self.record)
        self._leaf: Entity | None = None
        self._decoder: Decoder = decoder("")
        self._at_line_start = True
        self._after = False  # around the parts: after the last one
        self._pending: list[bytes] = []
        self._waiting = 0
        self._headless = -1  # where the last part begins, if its header has no end
        self._last = b""  # octets at the end of the input
        self._entities = 0  # headers read
        self._spare = spare
        self._crowded = False  # whether the scan has no room for the lines of one more header

    # -- in ---------------------------------------------------------------------------------------------------------------

    def feed(self, data: bytes) -> list[Event]:
        """Take more input; gives what has happened in it."""
        if self._full:
            return []
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
        return self.record.take()

    @property
    def _full(self) -> bool:
        """Whether the message has more entities, or lines in headers, than anybody looks at; nothing more is read of it then."""
        return self._crowded or self._entities > self._limits.parts

    def close(self) -> list[Event]:
        """Take the end of input: what is open ends here."""
        if self._full:
            self._end_leaf(0)
            self._unwind(0)
            return self.record.take()
        self._take(b"".join(self._pending))
        self._pending.clear()
        self._run(last=True)
        cut = self._cut()
        while self._state is _State.HEADER and not self._full:
            # The input ends inside a header block: what there is of it counts, with an empty body.
            self._header_done(len(self._buffer), len(self._buffer))
        self._end = self._base + len(self._buffer)
        self._end_leaf(0)
        outer = self._levels[1] if len(self._levels) > 1 else None
        if outer is not None and outer.boundary and outer.opened:
            if cut:
                self.record.broken(outer.entity, "multipart: the message is cut, its close delimiter is missing")
            self.record.note("no-close-delimiter", outer.entity.begin, self._end)
        self._unwind(0)
        return self.record.take()

    def _cut(self) -> bool:
        """Whether the input ends where no program ends a message: inside a header block, or inside what is encoded.

        A last delimiter that is missing after whole lines is a habit of some programs, and every reader closes the multipart at the end.
        """
        if self._state is _State.HEADER:
            return self._start < len(self._buffer)
        if self._leaf is None:
            return False
        if self._leaf.encoding == "base64":
            return not self._last.endswith(b"\n") or self._decoder.unfinished
        return self._leaf.encoding == "quoted-printable" and b"=" in self._last and not self._last.endswith(b"\n")

    def _take(self, data: bytes) -> None:
        self._last = (self._last + data[-2:])[-2:]
        rest = self._buffer[self._start :]
        self._buffer = rest + data if rest else data
        self._searched = max(0, self._searched - self._start)
        self._base += self._start
        self._start = 0

    def _run(self, *, last: bool) -> None:
        going = True
        while going and not self._full:
            if self._state is _State.HEADER:
                going = self._header()
            elif self._state is _State.DOUBT:
                going = self._settle(last=last)
            else:
                going = self._body(last=last)

    # -- headers ----------------------------------------------------------------------------------------------------------

    def _header(self) -> bool:
        """One header block, if it is whole; True when there may be more to do."""
        buffer, start = self._buffer, self._start
        if buffer.startswith((b"\n", b"\r\n"), start):
            self._header_done(start, buffer.index(b"\n", start) + 1)
            return True
        near = start + delimiters.HEADER_STEP
        # The search goes on where the last one stopped, less what may be the start of a blank line.
        searched = max(start, self._searched - 3)
        end = blank_line(buffer, searched, near)
        delimiter = delimiters.in_header(buffer, start, self._searched, end if end >= 0 else len(buffer), self._levels)
        if end < 0:
            # Most headers are short. Otherwise a delimiter may end it, and what follows that is not looked through for every part.
            end = blank_line(buffer, searched, delimiter if delimiter >= 0 else len(buffer))
            if end >= 0:
                delimiter = -1  # it is in the body
        most = self._limits.header_bytes
        if 0 <= delimiter <= start + most:
            # A part without a blank line: the delimiter of an open multipart ends its header (RFC 2046 section 5.1).
            self._header_done(delimiter, delimiter)
            return True
        if 0 <= end <= start + most:
            self._header_done(end + 1, end + (2 if buffer[end + 1] == 0x0A else 3))
            return True
        if len(buffer) - start > most:
            self._header_done(start + most, start + most, f"header block larger than {most} bytes")
            return True
        self._searched = len(buffer)
        return False

    def _header_done(self, end: int, body: int, problem: str = "") -> None:
        """Take the header block that ends at `end`; its body begins at `body`."""
        self._entities += 1
        self._crowded = not self._spare(self._buffer.count(b"\n", self._start, end) // _LINES)
        if self._full:
            said = f"parts: more than {self._limits.parts} parts in one message"
            if self._crowded:
                said = "header_bytes: more lines in headers than are read of one message"
            self.record.broken(
                self._levels[0].entity if self._levels else Entity("", b""), said, "resource-limit-exceeded"
            )
            return
        block = self._buffer[self._start : end]
        if self._signed.open:
            self._signed.add(self._buffer, self._start, body)
        begin, self._start = self._start, body
        self._searched = 0
        self._at_line_start = True
        holder = self._levels[-1] if self._levels else None
        if holder is None and block.startswith(b"From "):
            block = block.partition(b"\n")[2]  # the separator line of an mbox is no field
        section = "" if holder is None else self._section(holder)
        parent = holder.entity.media_type if holder is not None and holder.boundary else ""
        signed = holder is not None and (holder.entity.signed or parent == "multipart/signed")
        entity = Entity(section, block, parent, signed=signed, told=self.record.full)
        if (holder is None or not holder.boundary) and not entity.described and block.strip():
            problem = "a message without a header field"
            self._start = body = begin
            entity = Entity(section, b"", signed=signed)
        entity.begin, entity.body = self._base + max(begin, end - len(block)), self._base + body
        self._headless = entity.begin if body == end else -1
        if holder is not None and parent == "multipart/signed" and holder.children == 1:
            # RFC 1847 section 2.1: what is signed is the first part, its header included.
            self._signed.begin(holder, self._buffer[begin:body])
        for kind, first, after in entity.departures:
            self.record.note(kind, entity.begin + first, entity.begin + after)
        if body == end and end < len(self._buffer):
            self.record.note("no-separator", entity.begin, entity.body)
        if holder is None:
            for kind in entity.recorded():
                self.record.note(kind, entity.begin, entity.body)
            self._levels.append(Level(entity, b"", ""))
            self.record.tell(EventKind.MESSAGE, entity)
        if problem:
            self.record.broken(entity, problem)
        self._open(entity)

    def _section(self, holder: Level) -> str:
        if not holder.boundary:
            return holder.prefix
        holder.children += 1
        return f"{holder.prefix}.{holder.children}" if holder.prefix else str(holder.children)

    def _open(self, entity: Entity) -> None:
        """Begin what a header announces: a multipart, a forwarded message, or a leaf."""
        kind = entity.media_type
        deep = len(self._levels) > self._limits.depth
        if entity.encoding not in AS_IT_STANDS and (
            kind.startswith("multipart/") or (kind in MESSAGES and entity.encoding == "quoted-printable")
        ):
            self.record.note("encoded-container", entity.begin, entity.body)
        if kind.startswith("multipart/"):
            boundary = entity.parameters.get("boundary", "")
            if not boundary.strip():
                self.record.broken(entity, "multipart without a boundary")
                self.record.note("boundary-missing", entity.begin, entity.body)
            elif deep:
                self.record.broken(entity, _TOO_DEEP.format(self._limits.depth), "resource-limit-exceeded")
            else:
                octets = boundary.encode("utf-8", "surrogateescape")[:_BOUNDARY_LENGTH]
                if not grammar.plain_boundary(boundary):
                    self.record.note("boundary-syntax", entity.begin, entity.body)
                if any(level.boundary[2:] == octets for level in self._levels):
                    self.record.note("boundary-shared", entity.begin, entity.body)
                self._levels.append(Level(entity, b"--" + octets, entity.section))
                self._state = _State.AROUND
                self._after = False
                return
        elif (
            kind.startswith("message/")
            and entity.encoding not in AS_IT_STANDS
            and entity.encoding != "quoted-printable"
        ):
            self._leaf = entity
            self._state = _State.DOUBT
            return
        elif kind in MESSAGES and entity.encoding in AS_IT_STANDS and self._message(entity, deep=deep):
            return
        self._begin(entity)

    def _message(self, entity: Entity, *, deep: bool) -> bool:
        """Begin a forwarded message; False where it is nested too deep."""
        if deep:
            self.record.broken(entity, _TOO_DEEP.format(self._limits.depth), "resource-limit-exceeded")
            return False
        self.record.tell(EventKind.MESSAGE, entity)
        self._levels.append(Level(entity, b"", entity.section or "1"))
        self._state = _State.HEADER
        if entity.parent == _REPORT:
            self._originals += 1
            self.record.hold()
        return True

    def _settle(self, *, last: bool) -> bool:
        """Whether a message/* that claims an encoding is there as it is, as its first line tells; True when there may be more to do.

        RFC 2045 section 6.4 forbids the encoding, and many programs that put one there have encoded nothing.
        """
        buffer, start = self._buffer, self._start
        if buffer.find(b"\n", start) < 0 and len(buffer) - start < _LINE and not last:
            return False
        entity = self._leaf
        assert entity is not None
        self._leaf = None
        self.record.note("encoded-container", entity.begin, entity.body)
        if _FIELD.match(buffer, start) is not None:
            entity.encoding = ""
            if entity.media_type in MESSAGES and self._message(entity, deep=len(self._levels) > self._limits.depth):
                return True
        self._begin(entity)
        return True

    def _begin(self, entity: Entity) -> None:
        """Begin a leaf."""
        holder = self._levels[-1]
        if not holder.boundary:
            entity.section = f"{holder.prefix}.1" if holder.prefix else "1"
        self._leaf = entity
        self._decoder = decoder(entity.encoding, text=entity.media_type.startswith("text/"))
        self._state = _State.LEAF
        self.record.leaf(entity)

    # -- bodies -----------------------------------------------------------------------------------------------------------

    def _body(self, *, last: bool) -> bool:
        """A body up to its next delimiter, or as much of it as is safe; True when there may be more to do."""
        buffer, start = self._buffer, self._start
        at, end, kind, level, near = delimiters.following(buffer, start, self._levels, line_start=self._at_line_start)
        if kind == PARTIAL and last:
            # The input ends on the delimiter line: it is one, with nothing after it.
            kind = CLOSE if buffer[at:].lstrip(b"\r\n").startswith(level.boundary + b"--") else DELIMITER
            end = len(buffer)
        if kind in (NONE, PARTIAL):
            self._lookalike(near, level)
            # What may become a delimiter waits, and the line break before it; everything else is content.
            if kind == PARTIAL:
                ready = at
            elif last:
                ready = len(buffer)
            else:
                ready = delimiters.settled(buffer, start, self._levels, line_start=self._at_line_start)
            self._content(buffer[start:ready])
            if self._signed.open:
                self._signed.add(buffer, start, ready)
            self._at_line_start = self._at_line_start and ready == start
            self._start = ready
            return False
        place = self._levels.index(level)
        content = buffer[start:at]
        if self._originals:
            content = self._without_half_delimiter(content, place + 1)
        if near < start + len(content) or len(content) == at - start:
            self._lookalike(near, level)
        self._content(content)
        self._end = self._base + at
        self._end_leaf(place + 1)
        self._start = end
        self._at_line_start = True
        level.opened = True
        if self._signed.open:
            self._signed.add(buffer, start, at)
            self._signed.end(level, self._levels[:place])
            self._signed.add(buffer, at, end)
        if kind == DELIMITER:
            self._unwind(place + 1)
            self._state = _State.HEADER
        else:
            self._unwind(place)
            self._state = _State.AROUND
            self._after = True
        return self._start < len(buffer)

    def _lookalike(self, near: int, level: Level) -> None:
        """Note where something stands that other readers take for a delimiter."""
        if near >= 0:
            self.record.note("delimiter-lookalike", self._base + near, self._base + near + len(level.boundary))

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
            self.record.leaf(self._leaf)
        if data:
            decoded = self._decoder.feed(data)
            if decoded:
                self.record.tell(EventKind.CONTENT, self._leaf, decoded)

    def _end_leaf(self, depth: int) -> None:
        """End what is open as a leaf; every level above `depth` ends with it."""
        leaf, self._leaf = self._leaf, None
        if leaf is None:
            return
        leaf.end = self._end
        leaf.cut = self._originals > 0 and self._returned(depth)
        rest = self._decoder.finish()
        if rest:
            self.record.tell(EventKind.CONTENT, leaf, rest)
        for detail in sorted(self._decoder.anomalies):
            if detail == UNREAD:
                self.record.broken(leaf, f"{UNREAD} {shown(leaf.encoding, 40) or '(empty)'}")
                continue
            self.record.broken(leaf, detail, code="")
            self.record.note(grammar.DECODER_CLASSES[detail], leaf.body, leaf.end)
        self.record.tell(EventKind.LEAF_END, leaf)

    def _returned(self, depth: int) -> bool:
        """Whether what ends now is the end of an original in a bounce (RFC 3462), which mail servers cut wherever they like.

        Args:
            depth: every level above it ends.
        """
        closing = self._levels[depth:]
        original = next((place for place, level in enumerate(closing) if level.original), -1)
        if original < 0:
            return False
        inner = [level for level in closing[original + 1 :] if level.boundary]
        return not inner or any(level.opened for level in inner)

    def _without_half_delimiter(self, data: bytes, depth: int) -> bytes:
        """The end of a body; less half a delimiter, where an original in a bounce was cut inside one."""
        last = data.rfind(b"\n") + 1
        if data.startswith(b"-", last) and self._returned(depth):
            half = data[last:].rstrip(b"\r")
            if any((level.boundary + b"--").startswith(half) for level in self._levels[depth:] if level.boundary):
                return data[:last]
        return data

    def _unwind(self, depth: int) -> None:
        """Close every level above `depth`, the innermost first."""
        while len(self._levels) > depth:
            level = self._levels.pop()
            level.entity.end = self._end
            if self._originals and level.original:
                self._originals -= 1
                self.record.release(self._headless)
            if level.boundary and level.filled and not level.opened:
                self.record.broken(level.entity, "multipart: its boundary never appears")
                self.record.note("boundary-unused", level.entity.begin, level.entity.end)
            if not level.boundary:
                self.record.tell(EventKind.MESSAGE_END, level.entity)
