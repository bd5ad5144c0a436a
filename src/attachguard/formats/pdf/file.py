"""A PDF file as its objects: found by their headers, object streams unpacked, values read on demand (ISO 32000-2, 7.5).

Readers find objects by the cross-reference table; here every object of the file counts, because a reader that repairs a table, or an older revision,
can bring each of them to life. Where a table could show objects that this order of reading does not (`more`), a second opinion is needed.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from attachguard._core import pdf as core
from attachguard.errors import LimitExceeded
from attachguard.formats.pdf.filters import Step, Undecodable, decode, decode_up_to
from attachguard.formats.pdf.marks import MARK, SLOTS
from attachguard.formats.pdf.syntax import Name, Ref, Stream, Value, read
from attachguard.limits import Budget

if TYPE_CHECKING:
    from attachguard.formats.pdf.cipher import Cipher

_FIELDS: Final = 7
#: Decoded bytes of one object stream, and object streams of one file.
_OBJECT_STREAM: Final = 64 << 20
#: Decoded bytes of all of them: they are needed side by side.
_ALL_OBJECT_STREAMS: Final = 96 << 20
#: Objects that are read as values, over all questions that are asked of one file; and trailers that are, the last ones first.
_READ: Final = 20_000
#: What reading one takes, see `Budget.spare`.
_LOOKS: Final = 4
#: Bytes of a value that take as long to read as one look, those of one whose strings are decrypted, and from which on it is large.
_READ_BYTES: Final = 25
_DECRYPTED_BYTES: Final = 6
_LARGE: Final = 1 << 12
#: The same for an object stream, once more where it is broken.
_UNPACKED: Final = 10
#: Bytes of a file in which a second reader looks for every object, because there is no table.
_REBUILT_BYTES: Final = 150
_TAIL: Final = 2048
_STARTXREF: Final = re.compile(rb"startxref\s{1,8}(\d{1,10})")
_TABLE: Final = re.compile(rb"\s{0,8}(?:xref|\d{1,10}\s{1,8}\d{1,5}\s{1,8}obj)")
#: What stands between the place of a table and the dictionary of its trailer, or of the stream that is both.
_BEFORE_TRAILER: Final = re.compile(rb"\s*(?:xref[\s\dnf]*trailer|\d{1,10}\s+\d{1,5}\s+obj)\s*")
#: Objects, and bytes of them, that are found in the time of one look; what is read of further files once the message has had its share.
_RECORDS: Final = 10
_INDEXED_BYTES: Final = 400
_BEGINNING: Final = 1 << 20
#: The same for a file that a second reader opens, and for the bytes of its objects.
_OPENED: Final = 600
_OPENED_BYTES: Final = 100
_TRAILERS: Final = 100
#: More objects than any honest file has revisions and pages for; a second reader would take seconds over them.
_MANY: Final = 250_000
_OBJECT_STREAMS: Final = 20_000
#: A file that a dictionary names, or a name that may be spelled otherwise.
_FILE: Final = re.compile(rb"/(?:U?F|DOS|Unix|Mac)[\0\t\n\f\r ]*[(<%]|#")
#: The filter of streams that are encrypted otherwise than the others, or not at all (7.4.10).
_CRYPT: Final = re.compile(rb"/(?:C|#43)(?:r|#72)(?:y|#79)(?:p|#70)(?:t|#74)")
_INTEGERS: Final = re.compile(rb"\d{1,10}")
#: References followed to reach one value.
_STEPS: Final = 16
#: Where an object is: the bytes that hold it, its begin and end in them, those of its stream, and its generation.
_Place = tuple[bytes, int, int, int, int, int]


class Document:
    """The objects of one PDF.

    Args:
        raw: the file.
        budget: charged for what object streams unpack to.
        hidden: whether objects inside strings, comments and streams count too.
    """

    __slots__ = (
        "_budget",
        "_cache",
        "_cipher",
        "_doubles",
        "_left",
        "_places",
        "_room",
        "cut",
        "marks",
        "more",
        "packed",
        "raw",
        "records",
        "unreadable",
    )

    def __init__(self, raw: bytes, budget: Budget, *, hidden: bool = False) -> None:
        self.raw = raw
        self._budget = budget
        # Where the message has had its share of objects, the beginning has to do.
        known = raw if budget.spare(0) else raw[:_BEGINNING]
        self.records, self.more = core.index(known, SLOTS, hidden=hidden)
        budget.spare(len(self.records) // _FIELDS // _RECORDS + self._text() // _INDEXED_BYTES)
        #: All marks of the file or-ed together.
        self.marks = 0
        for marks in set(self.records[_FIELDS - 1 :: _FIELDS]):
            self.marks |= marks
        #: Of each object stream: its decoded bytes, and number, place and marks of the objects in it.
        self.packed: list[tuple[bytes, list[int], list[int], list[int]]] = []
        #: Object streams that could not be decoded.
        self.unreadable = 0
        #: Whether there was more to read than is read of one file.
        self.cut = len(known) < len(raw)
        self._left = _READ
        self._room = _ALL_OBJECT_STREAMS
        self._places: dict[int, _Place] | None = None
        self._doubles: dict[int, list[_Place]] | None = None
        self._cache: dict[int, Value] = {}
        self._cipher: Cipher | None = None

    def decrypted(self, cipher: Cipher) -> Document | None:
        """The same objects in plain, object streams unpacked; None where another reader may find other objects, and has to be asked."""
        if self.more or _CRYPT.search(self.raw) is not None:
            return None
        plain = copy.copy(self)
        return plain if plain.decrypt(cipher) else None

    def decrypt(self, cipher: Cipher) -> bool:
        """Read everything decrypted from here on; whether no other reader can find other objects."""
        self._cipher = cipher
        self._places = self._doubles = None
        self._cache = {}
        # What strings say was marked before they were decrypted: whatever may be an address, or lie on a share, is looked at.
        self.records = list(self.records)
        for place in range(0, len(self.records), _FIELDS):
            marks = self.records[place + _FIELDS - 1]
            if marks & MARK["address"]:
                marks |= MARK["unusual"]
            if _FILE.search(self.raw, self.records[place + 2], self.records[place + 3]):
                marks |= MARK["share"]
            self.records[place + _FIELDS - 1] = marks
            self.marks |= marks
        self.packed = []
        self.unpack()
        return not (self.more or self.unreadable or self._find_doubles())

    def _text(self) -> int:
        """Bytes of the objects, without those of their streams."""
        return sum(self.records[3::_FIELDS]) - sum(self.records[2::_FIELDS])

    @property
    def has_objects(self) -> bool:
        """Whether a single object was found."""
        return any(number != core.TRAILER for number in self.records[::_FIELDS])

    # -- objects --------------------------------------------------------------------------------------------------------------

    def unpack(self) -> None:
        """Decode the object streams and take up the objects in them (7.5.7)."""
        count = 0
        for place in self._marked("objects"):
            number, generation, start, end, data, data_end, _marks = self.records[place : place + _FIELDS]
            if data < 0 or number == core.TRAILER:
                continue
            entries = self._read(self.raw, start, end)
            if not isinstance(entries, dict) or not ("First" in entries and "N" in entries):
                continue
            count += 1
            if count > _OBJECT_STREAMS:
                raise LimitExceeded("parts", f"more than {_OBJECT_STREAMS} object streams in one PDF")
            self._unpack(Stream(entries, data, data_end, number, generation))

    def _unpack(self, stream: Stream) -> None:
        if self._room <= 0 or not self._budget.spare(_UNPACKED):
            self.cut = True
            return
        try:
            content = decode_up_to(self.encoded(stream), self.filters(stream.entries), min(_OBJECT_STREAM, self._room))
        except Undecodable:
            self.unreadable += 1
            self._budget.spare(_UNPACKED)
            return
        self._budget.charge(len(content))
        self._room -= len(content)
        first, number = self.resolve(stream.entries["First"]), self.resolve(stream.entries["N"])
        if not content or not isinstance(first, int) or not isinstance(number, int) or not 0 <= first <= len(content):
            self.unreadable += 1
            return
        pairs = list(map(int, _INTEGERS.findall(content, 0, first)[: 2 * max(0, min(number, first))]))
        if len(pairs) < 2:
            self.unreadable += number > 0
            return
        offsets = [first + offset for offset in pairs[1::2]]
        marks, cut = core.members(content, offsets, SLOTS)
        self.more = self.more or cut
        for mark in set(marks):
            self.marks |= mark
        self.packed.append((content, pairs[::2], offsets, marks))

    def _marked(self, *kinds: str) -> Iterator[int]:
        """Places in `records` whose objects bear one of these marks."""
        mask = sum(MARK[kind] for kind in kinds)
        for entry, marks in enumerate(self.records[_FIELDS - 1 :: _FIELDS]):
            if marks & mask:
                yield entry * _FIELDS

    def marked(self, *kinds: str) -> Iterator[tuple[int, Value]]:
        """Number and value of each object that bears one of these marks, trailers included (numbered below 0)."""
        for place in self._marked(*kinds):
            if self._spent():
                return
            yield self.records[place], self._at(place)
        mask = sum(MARK[kind] for kind in kinds)
        for content, numbers, offsets, all_marks in self.packed:
            for number, offset, marks in zip(numbers, offsets, all_marks, strict=False):
                if marks & mask:
                    if self._spent():
                        return
                    yield number, self._read(content, offset, len(content))

    def _spent(self) -> bool:
        """Count one more object that is read; whether there have been enough of them."""
        self._left -= 1
        if self._left < 0 or not self._budget.spare(_LOOKS):
            self.cut = True
            return True
        self._budget.check_time()
        return False

    @property
    def crowded(self) -> bool:
        """Whether it has more objects and trailers than a second reader gets through in time."""
        return len(self.records) > _MANY * _FIELDS or self.raw.count(b" obj") > 2 * _MANY

    def spare_reader(self) -> bool:
        """Count one more file that qpdf reads; whether it gets through this one in time, and the message has room for it."""
        if self.crowded:
            return False
        rebuilt = 0 if self._table() >= 0 else len(self.raw) // _REBUILT_BYTES
        trailer = len(self.raw) - max(0, self.raw.rfind(b"trailer")) if b"trailer" in self.raw else 0
        return self._budget.spare(_OPENED + (self._text() + trailer) // _OPENED_BYTES + rebuilt)

    def _table(self) -> int:
        """Where the end of the file says that there is a cross-reference table (7.5.5), -1 where none is: then a reader goes through every octet."""
        said = _STARTXREF.findall(self.raw, max(0, len(self.raw) - _TAIL))
        if not said:
            return -1
        at = int(said[-1]) + max(0, self.raw.find(b"%PDF-", 0, _TAIL))
        return at if _TABLE.match(self.raw, at) is not None else -1

    def _read(self, content: bytes, start: int, end: int) -> Value:
        """The value at a place, where the message has room for one more that is large."""
        if end - start > _LARGE and not self._budget.spare(0):
            self.cut = True
            return None
        value, after = read(content, start, end)
        self._budget.spare((after - start) // (_READ_BYTES if self._cipher is None else _DECRYPTED_BYTES))
        return value

    def _at(self, place: int) -> Value:
        """The value of a record."""
        return self._value(self.records[place], self._place(place))

    def _place(self, place: int) -> _Place:
        """Where the object of a record is."""
        _number, generation, start, end, data, data_end, _marks = self.records[place : place + _FIELDS]
        return self.raw, start, end, data, data_end, generation

    def _value(self, number: int, place: _Place) -> Value:
        content, start, end, data, data_end, generation = place
        value = self._read(content, start, end)
        if self._cipher is not None and content is self.raw and number >= 0:
            # Trailers are plain, and so is what stands in an object stream, which was encrypted as a whole (7.6.2).
            value = self._cipher.value(value, number, generation)
        if data >= 0 and isinstance(value, dict):
            return Stream(value, data, data_end, number, generation)
        return value

    def resolve(self, value: Value) -> Value:
        """What a value stands for once references are followed; None for a reference to nothing."""
        for _ in range(_STEPS):
            if not isinstance(value, Ref):
                return value
            value = self._object(value.number)
        return None

    def _object(self, number: int) -> Value:
        """The last definition of an object, the one a reader takes after incremental updates (7.5.6)."""
        if number in self._cache:
            return self._cache[number]
        if self._places is None:
            records = self.records
            self._places = {
                each: (content, offset, len(content), -1, -1, 0)
                for content, numbers, offsets, _marks in self.packed
                for each, offset in zip(numbers, offsets, strict=False)
            }
            for place in range(0, len(records), _FIELDS):
                self._places[records[place]] = self._place(place)
        place_of = self._places.get(number)
        found = self._value(number, place_of) if place_of is not None else None
        self._cache[number] = found
        return found

    def earlier(self, value: Value) -> list[Value]:
        """The other definitions of the object that a value refers to: those of earlier revisions, or of readers that count otherwise."""
        if not isinstance(value, Ref):
            return []
        if self._doubles is None:
            self._doubles = self._find_doubles()
        taken = self.resolve(value)
        return [
            other
            for place in self._doubles.get(value.number, ())
            if (other := self._value(value.number, place)) != taken
        ]

    def _find_doubles(self) -> dict[int, list[_Place]]:
        """Where the objects are that are defined more than once, by their number."""
        numbers = self.records[::_FIELDS]
        inner = [number for _, contained, _, _ in self.packed for number in contained]
        if len({*numbers, *inner}) == len(numbers) + len(inner):
            return {}
        places: dict[int, list[_Place]] = {}
        for content, contained, offsets, _marks in self.packed:
            for number, offset in zip(contained, offsets, strict=False):
                places.setdefault(number, []).append((content, offset, len(content), -1, -1, 0))
        for place in range(0, len(self.records), _FIELDS):
            places.setdefault(self.records[place], []).append(self._place(place))
        return {number: found for number, found in places.items() if len(found) > 1 and number != core.TRAILER}

    def trailers(self) -> Iterator[dict[str, Value]]:
        """Every trailer dictionary that has an `Encrypt` entry, classic or in a cross-reference stream (7.5.5, 7.5.8)."""
        places = list(self._marked("encrypt"))
        if len(places) > _TRAILERS:
            # The last ones count; a file with this many revisions is built to cost time.
            self.cut = True
        own = [(self.records[place], self._at(place)) for place in places[-_TRAILERS:]]
        for number, value in own:
            entries = value.entries if isinstance(value, Stream) and value.entries.get("Type") == "XRef" else value
            if isinstance(entries, dict) and "Encrypt" in entries and (number == core.TRAILER or entries is not value):
                yield entries

    def agrees(self, handler: dict[str, Value]) -> bool:
        """Whether every trailer that a reader may begin with names this encryption dictionary, among them the one that its end leads to."""
        starts: list[int] = []
        for place in self._marked("root"):
            number = self.records[place]
            if number != core.TRAILER and self.records[place + 4] < 0:
                continue
            if self._spent():
                return False
            value = self._at(place)
            stream = isinstance(value, Stream) and value.entries.get("Type") == "XRef"
            entries = value.entries if isinstance(value, Stream) else value
            if not isinstance(entries, dict) or not (stream or number == core.TRAILER):
                continue
            if len(starts) >= _TRAILERS or self.resolve(entries.get("Encrypt")) != handler:
                return False
            starts.append(self.records[place + 2])
        at = self._table()
        first = min((start for start in starts if start > at >= 0), default=-1)
        return first >= 0 and _BEFORE_TRAILER.fullmatch(self.raw, at, first) is not None

    # -- streams --------------------------------------------------------------------------------------------------------------

    def encoded(self, stream: Stream) -> bytes | memoryview:
        """The bytes of a stream as its filters have made them."""
        encoded = memoryview(self.raw)[stream.start : stream.end]
        if self._cipher is None:
            return encoded
        self._budget.charge(len(encoded))
        return self._cipher.stream(stream, encoded)

    def filters(self, entries: dict[str, Value]) -> list[Step]:
        """The filters of a stream and their parameters."""
        names = self.resolve(entries.get("Filter", entries.get("F")))
        parameters = self.resolve(entries.get("DecodeParms", entries.get("DP")))
        kinds = [self.resolve(item) for item in names[:64]] if isinstance(names, list) else [names]
        given: list[Any] = parameters if isinstance(parameters, list) else [parameters]
        steps: list[Step] = []
        for place, kind in enumerate(kinds):
            if isinstance(kind, Name):
                values = self.resolve(given[place]) if place < len(given) else None
                steps.append((kind, values if isinstance(values, dict) else {}))
        return steps

    def content(self, stream: Stream) -> Iterator[bytes]:
        """The decoded bytes of a stream, in pieces; see `decode` for what it raises."""
        yield from decode(self.encoded(stream), self.filters(stream.entries))

    def content_up_to(self, stream: Stream, limit: int) -> bytes:
        """The first `limit` decoded bytes of a stream, or what can be decoded of them."""
        try:
            data = decode_up_to(self.encoded(stream), self.filters(stream.entries), limit)
        except Undecodable:
            return b""
        self._budget.charge(len(data))
        return data
