"""The union of readings: every body and every name that some mail client would show, and the strict reading would not.

The message is read from the top once more. At each place where its bytes depart from the grammar all readings are taken that clients are known
to take; nothing is chosen for the message as a whole, so two tricks in one message cost the sum of their readings and not the product, and a
body that appears under several of them is looked at once. What the strict reading has too is dropped at the end. Number of steps, of octets
and of results are bounded; reaching a bound is itself a finding.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from attachguard.mail.message.entity import ELSEWHERE
from attachguard.mail.message.parser import MESSAGES, MessageParser
from attachguard.mail.readings import bodies, boundaries, headers, names, structure
from attachguard.mail.readings.grammar import CLASSES, begins_with_fields, doubled_returns, holds_entity
from attachguard.types.identify import identify

if TYPE_CHECKING:
    from attachguard.limits import Budget
    from attachguard.mail.message import Entity

#: Further bodies that are looked at.
MOST_PARTS: Final = 16
#: Entities read, and octets of them, in multiples of the message and at least so many.
_STEPS: Final = 5000
_TIMES: Final = 4
_FLOOR: Final = 16 << 20
#: What an octet of a header costs, which is read in a dozen ways.
_HEADER_COST: Final = 12
#: Longest encoded body whose departures are followed: each of its readings is a pass of its own over all of it.
_LONGEST_BODY: Final = 3 << 20
#: Levels that are followed at least; else as many as the budget allows parts.
_DEPTH: Final = 12

#: White space makes no difference between texts up to this length; above it only at the ends.
_SQUEEZED: Final = 1 << 20
_BARE_CR: Final = re.compile(rb"\r(?!\n)")
#: Where a delimiter stands among the fields of an empty part, the next part has two headers, and its own is right for most.
_MERGED: Final = ("no-separator",)
_TEXT: Final = ("text/plain", "text/html")
_DIGEST: Final = "multipart/digest"


class Further(NamedTuple):
    """A body that another reading has.

    Args:
        content: decoded octets.
        name: a file name it may have; may be empty.
        media_type: what that reading declares it to be.
        kinds: classes of the departures that lead to it.
    """

    content: bytes
    name: str
    media_type: str
    kinds: tuple[str, ...]


class Readings(NamedTuple):
    """What the other readings of a message hold.

    Args:
        further: bodies and names that the strict reading does not have.
        kinds: classes of the departures over which readings differ, in order of first sight.
        bounded: whether a bound was reached, so that there may be more.
    """

    further: list[Further]
    kinds: tuple[str, ...]
    bounded: bool


def read(raw: bytes, leaves: list[Entity], budget: Budget, *, shared: bool = False) -> Readings:
    """Every reading of a message, less the strict one.

    Args:
        raw: the message.
        leaves: what the strict reading found, with its place in `raw`.
        budget: charged with every octet that is read again.
        shared: whether two open multiparts have one boundary: what a reader who asks the outer one first loses is reported, too.
    """
    return _Union(raw, leaves, budget).run(shared=shared)


class _Strict(NamedTuple):
    media_type: str
    names: tuple[str, ...]


class _Full(Exception):
    """A bound has been reached."""


class _Union:
    def __init__(self, raw: bytes, leaves: list[Entity], budget: Budget) -> None:
        self._raw = raw
        self._budget = budget
        self._depth = max(_DEPTH, budget.limits.depth)
        self._bounded = False
        self._left = max(_FLOOR, _TIMES * len(raw))
        self._steps = 0
        self._visited: set[tuple[int, int, str, bool]] = set()
        self._further: list[Further] = []
        self._kinds: dict[str, None] = {}
        self._known: set[tuple[bytes, str, str]] = set()
        self._strict: dict[bytes, list[_Strict]] = {}
        #: Bodies that a reader sees who takes the outermost delimiter first and departs from nothing else.
        self._shown: set[bytes] = set()
        self._texts: dict[str, list[bytes]] = {media_type: [] for media_type in _TEXT}
        self._only_text = all(leaf.media_type in _TEXT and not leaf.names for leaf in leaves)
        for leaf in leaves:
            content = bodies.decode(raw[leaf.body : leaf.end], leaf.encoding)[0]
            if leaf.place or not content.strip():
                self._shown.add(_digest(_letters(content)))  # nothing that anybody could lose
            self._has(leaf, content)
            if leaf.media_type in MESSAGES:
                # It is inspected as a message of its own, whose parts are as well known as those of this one.
                parser = MessageParser(budget.limits)
                parser.feed(content)
                parser.close()
                for inner in parser.record.leaves:
                    self._has(inner, bodies.decode(content[inner.body : inner.end], inner.encoding)[0])

    def _has(self, leaf: Entity, content: bytes) -> None:
        """Remember a body of the strict reading."""
        letters = _letters(content)
        self._strict.setdefault(_digest(letters), []).append(_Strict(leaf.media_type, leaf.names))
        if leaf.media_type in _TEXT and not leaf.names:
            self._texts[leaf.media_type].append(letters)

    def run(self, *, shared: bool) -> Readings:
        """Read it in every way; `shared`: see `read`."""
        raw = self._raw
        if raw.startswith(b"From "):
            raw = raw.partition(b"\n")[2]
        try:
            self._entity(raw, (), "text/plain", message=True, depth=0)
            if _BARE_CR.search(raw) and not doubled_returns(raw):
                end = b"\r\n" if b"\r\n" in raw else b"\n"
                for other in (b"\n", b""):
                    read = raw.replace(b"\r\n", b"\n").replace(b"\r", other).replace(b"\n", end)
                    self._entity(read, ("bare-cr",), "text/plain", message=True, depth=0)
            if b"\0" in raw:
                self._entity(raw.replace(b"\0", b""), ("nul-in-body",), "text/plain", message=True, depth=0)
        except _Full:
            self._bounded = True
        if shared and not self._shown.issuperset(self._strict):
            # Here the outer multipart has the delimiters that the strict reading gives to the inner one.
            self._kinds.setdefault("boundary-shared")
        return Readings(self._further, tuple(self._kinds), self._bounded)

    def _charge(self, count: int) -> None:
        self._steps += 1
        self._left -= count
        if self._steps > _STEPS or self._left < 0:
            raise _Full
        self._budget.charge(count)

    def _entity(self, data: bytes, why: tuple[str, ...], default: str, *, message: bool, depth: int) -> None:
        """Every reading of a message or body part."""
        key = (len(data), hash(data), default, bool(why))
        if depth > self._depth:
            self._bounded = True
        if key in self._visited or depth > self._depth:
            return
        self._visited.add(key)
        self._charge(len(data))
        for split in structure.splits(data, message=message):
            self._charge(_HEADER_COST * len(split.header))
            reason = _because(why, split.why)
            said = headers.described(split.header, default)
            for kind in said.kinds:
                because = _because(reason, kind.why)
                if not kind.counts(split.body):
                    continue
                if kind.media_type.startswith("multipart/"):
                    self._multipart(split.body, kind, said, because, depth)
                elif kind.media_type in MESSAGES:
                    self._message(split.body, said, because, depth)
                else:
                    self._leaf(split.body, kind.media_type, said, because)

    def _multipart(
        self, body: bytes, kind: headers.Kind, said: headers.Described, why: tuple[str, ...], depth: int
    ) -> None:
        default = "message/rfc822" if kind.media_type == _DIGEST else "text/plain"
        # Where the parts stand as they are, as programs write them that put an encoding on everything, what the decoder makes of their delimiters
        # is nothing that anybody shows; unless they are still there, and what stands between them has been decoded twice.
        whole = kind.boundary is not None and structure.whole(body, kind.boundary)
        reason = _because(why, "decoded-twice" if whole else "encoded-container")
        for encoding in said.encodings:
            if encoding.token in ("base64", "quoted-printable"):
                content = bodies.decode(body, encoding.token)[0]
                if not whole or structure.delimited(content, kind.boundary):
                    self._parts(content, kind.boundary, reason, default, depth)
        self._parts(body, kind.boundary, why, default, depth)

    def _parts(self, body: bytes, boundary: bytes | None, why: tuple[str, ...], default: str, depth: int) -> None:
        """The parts of a multipart, under every reading of where they begin and end."""
        found = False
        if boundary is not None:
            for regions in structure.regions(body, boundary):
                found = found or bool(regions.parts)
                reason = _because(why, regions.why)
                for part in regions.parts:
                    self._entity(part, reason, default, message=False, depth=depth + 1)
                for text in regions.around if regions.parts else ():
                    self._around(text, _because(reason, "entity-around"), default, depth)
        if not found:
            self._seen(body, "text/plain", [], why)
            shown = structure.sniffed(body)
            if shown is not None:
                for part in next(structure.regions(body, shown)).parts:
                    self._entity(part, _because(why, "boundary-unused"), default, message=False, depth=depth + 1)
            elif begins_with_fields(body):
                self._entity(body.lstrip(), _because(why, "entity-around"), default, message=False, depth=depth + 1)

    def _around(self, text: bytes, why: tuple[str, ...], default: str, depth: int) -> None:
        """Text before the parts of a multipart or after them, as a part or as parts that its own delimiters show."""
        if not holds_entity(text):
            return
        shown = structure.sniffed(text)
        if shown is not None:
            for part in next(structure.regions(text, shown)).parts:
                self._entity(part, why, default, message=False, depth=depth + 1)
        else:
            self._entity(text.lstrip(), why, default, message=False, depth=depth + 1)

    def _message(self, body: bytes, said: headers.Described, why: tuple[str, ...], depth: int) -> None:
        for encoding in said.encodings:
            reason = _because(why, encoding.why)
            if encoding.token in ("base64", "quoted-printable"):
                # The strict reading decodes it, and its bytes are inspected as mail; here for what the decoders differ in.
                raw = structure.begins_message(body)
                if raw:
                    # The message is there as it is, and only some believe the encoding.
                    believed = _because(reason, "encoded-container")
                    self._entity(body, believed, "text/plain", message=True, depth=depth + 1)
                for content, departure in _decodings(body, encoding.token) if len(body) <= _LONGEST_BODY else ():
                    because = _because(reason, departure)
                    if raw and encoding.token == "quoted-printable":  # noqa: S105 - a transfer encoding
                        twice = _because(because, "decoded-twice")
                        self._entity(content, twice, "text/plain", message=True, depth=depth + 1)
                    else:
                        self._seen(content, "message/rfc822", said.names, because)
            else:
                self._entity(body, reason, "text/plain", message=True, depth=depth + 1)

    def _leaf(self, body: bytes, media_type: str, said: headers.Described, why: tuple[str, ...]) -> None:
        text = media_type.startswith("text/")
        within = media_type.startswith("message/")
        for encoding in said.encodings:
            reason = _because(why, encoding.why)
            found = _decodings(body, encoding.token) if within else bodies.readings(body, encoding.token, text=text)
            if len(body) > _LONGEST_BODY:
                strict, odd = bodies.decode(body, encoding.token)
                found = iter(((strict, ""),))
                self._bounded = self._bounded or bool(odd)
            for content, departure in found:
                if departure and not content:
                    self._kinds.setdefault(departure)  # to some, nothing is there
                self._seen(content, media_type, said.names, _because(reason, departure))

    def _seen(self, content: bytes, media_type: str, candidates: list[str], why: tuple[str, ...]) -> None:
        """Keep a body or name that the strict reading does not have."""
        self._charge(len(content))
        letters = _letters(content)
        if not letters:
            return
        digest = _digest(letters)
        if not why:
            self._shown.add(digest)
        strict = self._strict.get(digest)
        extensions = {extension: name for name in reversed(candidates) if (extension := names.extension(name))}
        if strict is not None:
            given = [name for leaf in strict for name in leaf.names]
            known = {names.extension(name) for name in given} - {""}
            new = [name for extension, name in extensions.items() if extension not in known]
            if given and names.conflict(known | ({""} if not known else set()) | set(extensions)):
                self._kinds.setdefault("name-conflict")
                for name in new:
                    self._keep(Further(content, name, media_type, _because(why, "name-conflict")), digest)
            elif why and why != _MERGED and all(leaf.media_type != media_type for leaf in strict):
                self._keep(Further(content, next(iter(candidates), ""), media_type, why), digest)
            return
        shown = media_type in _TEXT and not extensions
        if not why or (shown and self._nothing_new(content, letters, media_type, why)):
            return
        if _MERGED[0] in why and not names.conflict({"", *extensions}):
            types = identify(content, next(iter(candidates), ""), media_type)
            if not types or types[0].id == "txt":
                return  # what the encoding of an empty part makes of the next one
        if "decoded-twice" in why:
            why = ("decoded-twice",) if shown else _because(why, "encoded-container")
        for name in extensions.values() or (next(iter(candidates), ""),):
            self._keep(Further(content, name, media_type, why), digest)

    def _nothing_new(self, content: bytes, letters: bytes, media_type: str, why: tuple[str, ...]) -> bool:
        """Whether another reading shows in a text only what the strict one shows in one of its type, or the source of a message of texts."""
        # Obsolete folding that misleads a reader is no trick where nothing is attached.
        if why == ("blank-line-with-space",) and self._only_text and boundaries.UUENCODED.search(content) is None:
            return True
        texts = self._texts[media_type]
        self._charge(sum(map(len, texts)) // 4)
        return any(letters in text for text in texts)

    def _keep(self, further: Further, digest: bytes) -> None:
        for kind in further.kinds:
            if CLASSES[kind][0] == "ambiguous":
                self._kinds.setdefault(kind)
        key = (digest, names.extension(further.name), further.media_type if further.media_type in ELSEWHERE else "")
        if key in self._known:
            return
        if len(self._further) >= MOST_PARTS:
            raise _Full
        self._known.add(key)
        self._further.append(further)


def _decodings(body: bytes, encoding: str) -> Iterator[tuple[bytes, str]]:
    """What the body of a message/* decodes to, where it is more than the debris of letters that nobody has encoded."""
    raw = structure.begins_message(body)
    for content, departure in bodies.readings(body, encoding):
        if not raw or (departure and holds_entity(content)) or (not departure and structure.begins_message(content)):
            yield content, departure


def _because(why: tuple[str, ...], more: str) -> tuple[str, ...]:
    return why if not more or more in why else (*why, more)


def _letters(content: bytes) -> bytes:
    """Content without what line ends, trimming and the dropping of NUL make of it."""
    content = content.strip()
    return b"".join(content.split()).replace(b"\0", b"") if len(content) < _SQUEEZED else content


def _digest(letters: bytes) -> bytes:
    return hashlib.sha256(letters).digest()
