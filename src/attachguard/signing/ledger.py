"""What one scan knows of signatures: the records, what detached ones cover, and which of them wait for their content."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec

from attachguard.codes import Answered
from attachguard.model import Check, Signature
from attachguard.signing.record import NOT_INTACT, Trust
from attachguard.types.extension import split_name

if TYPE_CHECKING:
    from attachguard.part import Part

#: Signature records kept of one scan.
_MOST_RECORDS: Final = 500
#: Contents kept until the end for digests other than SHA-256, all together, and their number.
_ROOM: Final = 16 << 20
_MOST_KEPT: Final = 2000
#: Why content stays unseen, by encryption state.
_CLOSED: Final = {
    "key-elsewhere": "encrypted for a key that lives further on",
    "unknown-key": "encrypted for a key that nobody here knows",
    "unsupported-scheme": "encrypted by a scheme that is not supported",
}


class Content:
    """What a signature covers: some octets, or digests of them that somebody has made already.

    Args:
        pieces: the octets in order; they may have gone.
        digests: digests by `hashlib` name.
    """

    __slots__ = ("_digests", "pieces")

    def __init__(self, pieces: Sequence[bytes | memoryview] = (), digests: dict[str, bytes] | None = None) -> None:
        self.pieces: Sequence[bytes | memoryview] = pieces
        self._digests = digests if digests is not None else {}

    def digest(self, name: str) -> bytes | None:
        """The digest by this algorithm; None where the octets are not at hand any more."""
        if name not in self._digests:
            if not self.pieces:
                return None
            running = hashlib.new(name, usedforsecurity=False)
            for piece in self.pieces:
                running.update(piece)
            self._digests[name] = running.digest()
        return self._digests[name]


class Sibling:
    """A part that a detached signature beside it may be about."""

    __slots__ = ("__dict__", "content", "name", "part")

    def __init__(self, part: Part, content: Content) -> None:
        self.part = part
        self.name = part.name
        self.content = content

    @cached_property
    def stem(self) -> str:
        """The name in lower case without its extension."""
        return split_name(self.name.lower())[0]


class Ledger:
    """Signatures of one scan; every part of the tree has the same one.

    Args:
        trust: whom to ask about signers; nobody without it.
    """

    __slots__ = ("covered", "named", "pending", "present", "records", "room", "siblings", "trust", "unopened")

    def __init__(self, trust: Trust | None = None) -> None:
        self.trust = trust if trust is not None else Trust()
        #: Kind of the first signature that was seen on a part, by part; a kind that nobody checks has no record.
        self.present: dict[Part, str] = {}
        #: Why encrypted parts stayed closed, where the reason is not their state.
        self.unopened: dict[Part, str] = {}
        self.records: list[tuple[Part, Signature]] = []
        #: What a part is known to sign, where the message says so.
        self.covered: dict[Part, Content] = {}
        #: Detached signatures whose content has not been found yet: part and CMS object.
        self.pending: list[tuple[Part, bytes]] = []
        #: Detached signatures that nothing but their name ties to what they sign.
        self.named: list[Part] = []
        self.siblings: dict[Part, list[Sibling]] = {}
        #: Bytes of content that may still be kept.
        self.room = _ROOM

    def enter(self, part: Part, signature: Signature) -> None:
        """Keep a record."""
        # A part whose inspection had to begin anew says the same again.
        if len(self.records) < _MOST_RECORDS and (part, signature) not in self.records:
            self.records.append((part, signature))

    def wait(self, part: Part, cms: bytes) -> None:
        """Keep a detached signature until everything beside it has been seen."""
        if len(self.pending) < _MOST_RECORDS and all(part is not each for each, _cms in self.pending):
            self.pending.append((part, cms))

    def wait_by_name(self, part: Part) -> None:
        """Keep a detached signature that is not checked, to find by its name what it signs."""
        if len(self.named) < _MOST_RECORDS:
            self.named.append(part)

    def keep(self, part: Part) -> None:
        """Remember a part that has been inspected, in case a signature beside it is about it."""
        if part.parent is None or part.sha256 is None or part.role not in ("attachment", "member"):
            return
        beside = self.siblings.setdefault(part.parent, [])
        if len(beside) >= _MOST_KEPT:
            return
        pieces: tuple[bytes, ...] = ()
        if 0 < len(part.data) <= self.room:
            self.room -= len(part.data)
            pieces = (part.data,)
        beside.append(Sibling(part, Content(pieces, {"sha256": bytes.fromhex(part.sha256)})))

    def mark(self) -> tuple[int, ...]:
        """How much is known of signatures; where two marks are equal, nothing came between them."""
        return tuple(map(len, (self.present, self.unopened, self.records, self.covered, self.pending, self.named)))

    def signatures(self) -> tuple[Signature, ...]:
        """The records, with the paths of their parts."""
        return tuple(msgspec.structs.replace(signature, part=part.path) for part, signature in self.records)

    def checks(self, parts: Sequence[Part]) -> list[Check]:
        """What became of signatures and envelopes: the worst answer of each kind, and its cause.

        Args:
            parts: all parts of the tree.
        """
        closed = {part: _CLOSED[part.encryption] for part in parts if part.encryption in _CLOSED} | self.unopened
        checks: list[Check] = []
        if not (closed or self.records or self.present):
            return checks
        found = [signature for _part, signature in self.records]
        recorded = {part for part, _signature in self.records}
        unread = [kind for part, kind in self.present.items() if part not in recorded]
        integrity = [(each.integrity, each.cause) for each in found]
        integrity += [("not-evaluated", f"{kind}: signatures of this kind are not checked") for kind in unread]
        trust = [(each.trust, each.trust_cause) for each in found]
        trust += [("not-evaluated", NOT_INTACT) for _kind in unread]
        if integrity:
            checks += [_worst("signature-integrity", integrity), _worst("signature-trust", trust)]
        if any(each.qualified != "not-evaluated" or each.qualified_cause for each in found):
            qualified = [(each.qualified, each.qualified_cause or each.trust_cause) for each in found]
            checks.append(_worst("signature-qualified", qualified))
        if closed:
            more = f" ({len(closed)} parts)" if len(closed) > 1 else ""
            checks.append(Check("decryption", "not-evaluated", next(iter(closed.values())) + more))
        return checks


def _worst(check: str, answers: Sequence[tuple[Answered, str]]) -> Check:
    bad: tuple[Answered, ...] = ("fail", "not-evaluated")
    for result in bad:
        causes = [cause for answer, cause in answers if answer == result]
        if causes:
            more = f" ({len(causes)} of {len(answers)} signatures)" if len(answers) > 1 else ""
            return Check(check, result, causes[0] + more)
    return Check(check, "pass", answers[0][1])
