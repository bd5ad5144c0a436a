r"""Rich Text: objects, templates, fields that start or fetch something. A group goes whole; what it shows (`\result`, `\fldrslt`) takes its place.

References: RTF 1.9.1, sections "Objects", "Fields", "Document Area".
"""

from __future__ import annotations

import re
from typing import Final

from attachguard._core import rtf as core
from attachguard.formats.office.rtf import ADDRESSES
from attachguard.readers.references import USES, found_in, kind_of
from attachguard.sanitizers.fields import judged
from attachguard.sanitizers.record import Cleaned, Refusal, Work

TYPES: Final = frozenset({"rtf"})
REMOVES: Final = {
    "ole-object": "objects and packages with their data; the picture and text shown for them stay",
    "attached-template": "templates from elsewhere",
    "dde-field": "DDE fields; the result that they show stays",
    "fetching-field": "fields that fetch a file; the result that they show stays",
    "network-path": "pictures, files and data sources on network paths",
}
KEEPS: Final = (
    "Text, formatting, tables, pictures, ordinary fields; everything outside of the groups that go is the same bytes."
)
REFUSES: Final = "Files in which an object is not in a group of its own."

_TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]{1,64})(-?\d{1,12})?[ ]?|\\'[0-9a-fA-F]{2}|\\[^a-zA-Z]|[{}]|[^\\{}]+", re.DOTALL
)
_OPEN, _CLOSE = b"{}"
_GROUPS: Final = 2_000_000
_DEEPEST: Final = 100_000
_TEXT: Final = 65_536
#: Destinations that hold an address, with the kind of event that reading one gives.
_PLACES: Final = {
    b"sv": core.VALUE, b"hlsrc": core.GOAL, b"hlinkbase": core.GOAL, b"file": core.FILE, b"nextfile": core.FILE,
    **dict.fromkeys(
        (
            b"mmconnectstr", b"mmconnectstrdata", b"mmdatasource", b"mmheadersource", b"mmodsosrc", b"mmodsoudl", b"mmodsoudldata",
        ),
        core.SOURCE,
    ),
}  # fmt: skip
_WORDS: Final = frozenset({b"object", b"objdata", b"template", b"field", b"fldinst", b"fldrslt", b"result", *_PLACES})


class _Group:
    """A group in braces."""

    __slots__ = ("above", "begin", "body", "end", "inner", "words")

    def __init__(self, begin: int, above: _Group | None) -> None:
        self.begin = begin
        self.end = -1
        self.above = above
        #: Control words of interest that are in it directly.
        self.words: set[bytes] = set()
        #: Groups in it that have such words.
        self.inner: list[_Group] = []
        #: Where its content begins, after the word that it is about.
        self.body = begin + 1


def sanitize(work: Work) -> Cleaned:
    """The document without the groups that are not wanted."""
    data = work.data
    cuts: list[tuple[int, int, bytes]] = []
    for group in _Reader(work).run():
        cut = _judge(group, data, work)
        if cut is not None:
            cuts.append((group.begin, group.end, cut))
    pieces: list[bytes] = []
    at = 0
    for begin, end, instead in sorted(cuts, key=lambda cut: (cut[0], -cut[1])):
        if begin < at:
            continue  # inside one that went
        pieces += [data[at:begin], instead]
        at = end
    pieces.append(data[at:])
    return Cleaned(b"".join(pieces))


class _Reader:
    """Finds the groups that have a word of interest in them.

    Args:
        work: its data are read.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._group: _Group | None = None
        self._depth = 0
        #: In the order in which they end.
        self.found: list[_Group] = []

    def run(self) -> list[_Group]:
        data = self._work.data
        at = count = 0
        while at < len(data):
            token = _TOKEN.match(data, at)
            if token is None:
                at += 1
                continue
            at = token.end()
            first = data[token.start()]
            count += 1
            if count % 100_000 == 0:
                self._work.budget.check_time()
            if first == _OPEN:
                self._group = _Group(token.start(), self._group)
                self._depth += 1
                if self._depth > _DEEPEST:
                    raise Refusal("groups are nested too deeply")
            elif first == _CLOSE:
                self._end(at)
            elif token[1] is not None:
                at = self._word(token, at)
        # What is open at the end ends there.
        while self._group is not None and self._group.above is not None:
            self._end(len(data))
        return self.found

    def _end(self, at: int) -> None:
        group = self._group
        if group is None:
            return
        self._depth -= 1
        group.end = at
        self._group = group.above
        if group.words:
            self.found.append(group)
            if len(self.found) > _GROUPS:
                raise Refusal("too many groups")
            if group.above is not None:
                group.above.inner.append(group)
                group.above.words.add(b"")

    def _word(self, token: re.Match[bytes], at: int) -> int:
        """A control word; where reading goes on."""
        word = token[1].lower()
        if word == b"bin" and token[2] is not None and 0 < int(token[2]) <= len(self._work.data) - at:
            return at + int(token[2])
        if word in _WORDS:
            if self._group is not None and self._group.above is not None:
                self._group.words.add(word)
                self._group.body = at
            elif word == b"objdata":
                raise Refusal("an object is not in a group of its own")
        return at


def _judge(group: _Group, data: bytes, work: Work) -> bytes | None:
    """What is in place of a group; None where it stays."""
    words = group.words
    if words & {b"object", b"objdata"} and work.wants("ole-object"):
        if b"object" not in words and any(b"object" in above.words for above in _above(group)):
            return None  # goes with the whole object
        content = data[group.begin : group.end]
        work.took("embedded-object", "ole-object", "OLE object", content)
        return _shown(group, data, b"result")
    if b"template" in words:
        said = _text(data[group.begin : group.end], core.TEMPLATE).strip().replace("\\\\", "\\")
        kind = kind_of(USES["template"], said) or kind_of(USES["template"], "\\" + said)
        if kind and work.wants(kind):
            work.took("external-reference", kind, "RTF template", said.encode())
            return b""
    if b"field" in words:
        reason = _field(data[group.begin : group.end], work)
        if reason is not None:
            work.took(*reason)
            return _shown(group, data, b"fldrslt")
    return _place(group, data, work)


def _place(group: _Group, data: bytes, work: Work) -> bytes | None:
    """Nothing in place of a group that holds an address that is not wanted; a property keeps an empty value."""
    for word in sorted(group.words & _PLACES.keys()):
        event = _PLACES[word]
        said = _text(data[group.begin : group.end], event).strip()
        kind, address = found_in(ADDRESSES[event], said)
        if kind and work.wants(kind):
            work.took("external-reference", kind, f"{ADDRESSES[event].words}: {address}", said.encode())
            return b"{\\sv }" if event == core.VALUE else b""
    return None


def _above(group: _Group) -> list[_Group]:
    found: list[_Group] = []
    above = group.above
    while above is not None:
        found.append(above)
        above = above.above
    return found


def _shown(group: _Group, data: bytes, word: bytes) -> bytes:
    """What a group shows instead of itself, as a group; nothing where it shows nothing."""
    waiting = list(group.inner)
    while waiting:
        inner = waiting.pop(0)
        if word in inner.words:
            shown = data[inner.body : inner.end - 1]
            return b"{" + shown + b"}"
        waiting += inner.inner
    return b""


def _text(data: bytes, kind: int) -> str:
    events = core.read(data, True, 1000, _TEXT)
    return "\x01".join(content.decode("latin-1") for found, _, content in events if found == kind)


def _field(data: bytes, work: Work) -> tuple[str, str, str, bytes] | None:
    """Code, kind, detail and content of a field that is not wanted; None for one that stays."""
    code = _text(data, core.FIELD)
    reason = judged(code, work)
    return None if reason is None else (*reason, code.encode())
