"""Attachments that come again: what was found in one is said of the next that is the same, without looking once more.

For hunts through archives, where one newsletter lies in ten thousand mailboxes, and for gateways, which see the logo of a house in each of its
mails. The outcome is that of a scan, or nothing is remembered: an attachment counts only where its whole tree was read to the end, and neither a word
of the mail was tried on it nor a signature, a password or a text found in it that concerns what lies beside it. What may still tell two copies apart
is part of the key, sender and recipients where the policy asks for them.
"""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from attachguard.engine.tree import child_path
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.passwords import Candidates
from attachguard.signing.ledger import Ledger

if TYPE_CHECKING:
    from attachguard.engine.walk import Walk

#: Smaller attachments cost less to look at than to remember.
_LEAST: Final = 2048
#: Parts and findings that are remembered, all together; about a kilobyte each.
_MOST: Final = 100_000
#: What inspection makes of a part.
_MADE: Final = ("_profile", "damage", "encryption", "scripts", "signed", "types", "unpacked")


class _Seen(NamedTuple):
    """What an attachment came to.

    Args:
        made: what inspection made of it, by attribute.
        parts: those in it, in their order, each with the place of its holder: 0 is the attachment.
        kept: the findings, judged, each with the place of its part, and whether its rule was only tried.
        bytes: what its tree took of the budget.
        room: what the contents in it took of the room for signatures that come later.
    """

    made: dict[str, object]
    parts: tuple[tuple[int, Part], ...]
    kept: tuple[tuple[int, Finding, bool], ...]
    bytes: int
    room: int

    @property
    def weight(self) -> int:
        """How much there is to remember."""
        return 1 + len(self.parts) + len(self.kept)


class Repeats:
    """Remembers attachments for as long as there is room; safe to share between threads.

    Args:
        most: parts and findings that are remembered.
        least: bytes below which an attachment is looked at each time.
    """

    def __init__(self, most: int = _MOST, least: int = _LEAST) -> None:
        self._most = most
        self._least = least
        self._seen: OrderedDict[Hashable, _Seen] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()
        #: How many attachments it was asked about, and how many of them were not looked at again.
        self.asked = 0
        self.spared = 0

    def inspect(self, walk: Walk, part: Part, inspect: Callable[[Part], None]) -> None:
        """Have a part inspected, or say of it what was found in the same one before.

        Args:
            walk: whose part it is.
            part: an attachment that has its bytes.
            inspect: looks at it.
        """
        if (part.size or 0) < self._least or not _counts(walk, part):
            inspect(part)
            return
        key = _key(walk, part)
        self.asked += 1
        with self._lock:
            seen = self._seen.get(key)
            if seen is not None:
                self._seen.move_to_end(key)
        if seen is None:
            made = _watched(walk, part, inspect)
            if made is not None:
                self._keep(key, made)
        elif _fits(walk, part, seen):
            _say(walk, part, seen)
            self.spared += 1
        else:
            inspect(part)

    def _keep(self, key: Hashable, seen: _Seen) -> None:
        with self._lock:
            if key not in self._seen and seen.weight <= self._most:
                self._seen[key] = seen
                self._weight += seen.weight
                while self._weight > self._most:
                    self._weight -= self._seen.popitem(last=False)[1].weight


def _counts(walk: Walk, part: Part) -> bool:
    """Whether a part is an attachment of the message itself, and nobody else is asked about it."""
    holder = part.parent
    return (
        part.role in ("attachment", "inline")
        and holder is not None
        and holder.role == "message"
        and walk.consultation is None
        and not walk.judge.policy.fingerprinted
        and part.context.get(Ledger).covered.get(part) is None
    )


def _key(walk: Walk, part: Part) -> Hashable:
    holder = part.parent
    assert holder is not None
    profile = tuple(sorted(part.profile.items()))
    around = (holder.type.id, holder.signed, holder.cut, holder.active, holder.has_macros, holder.depth)
    own = (part.signed, part.cut, part.damage, part.active, part.has_macros)
    return (
        part.sha256,
        part.name,
        part.declared,
        part.role,
        profile,
        around,
        own,
        walk.judge.policy,
        walk.judge.envelope if walk.judge.policy.asks_envelope else None,
    )


def _watched(walk: Walk, part: Part, inspect: Callable[[Part], None]) -> _Seen | None:
    """Inspect a part; what it came to, where that depends on nothing but the part."""
    judge, budget = walk.judge, part.budget
    words, ledger = part.context.get(Candidates), part.context.get(Ledger)
    before, complete, spent, first = (words.mark(), ledger.mark()), judge.complete, budget.bytes_used, len(walk.parts)
    room, admitted = ledger.room, budget.parts_used
    judge.complete, judge.kept = True, []
    try:
        inspect(part)
    finally:
        whole, kept = judge.complete and not judge.over, judge.kept
        judge.complete, judge.kept = complete and judge.complete, None
    inside = walk.parts[first:]
    tree = [part, *inside]
    if not whole or (words.mark(), ledger.mark()) != before or any(each.tries is not None for each in tree):
        return None
    if budget.parts_used - admitted != len(inside):
        return None  # one was taken out again, and has left its mark on the names of others
    places = {id(each): place for place, each in enumerate(tree)}
    if not all(id(each.parent) in places for each in inside) or not all(id(about) in places for about, *_ in kept):
        return None
    return _Seen(
        {name: copy.copy(getattr(part, name)) for name in _MADE},
        tuple((places[id(each.parent)], _bare(each)) for each in inside),
        tuple((places[id(about)], finding, tried) for about, finding, tried in kept),
        budget.bytes_used - spent,
        room - ledger.room - _own_room(ledger, part),
    )


def _own_room(ledger: Ledger, part: Part) -> int:
    """What the ledger keeps of an attachment itself."""
    last = ledger.siblings.get(part.parent, [])[-1:] if part.parent is not None else []
    return (part.size or 0) if last and last[0].part is part and last[0].content.pieces else 0


def _bare(part: Part) -> Part:
    """A copy of a part without what it belongs to."""
    bare = copy.copy(part)
    bare.parent = None
    # These come with the findings, up to the message.
    bare.active = bare.has_macros = False
    del bare.context, bare.budget
    return bare


def _fits(walk: Walk, part: Part, seen: _Seen) -> bool:
    """Whether the budget has as much left as the first look took; else it is for a true look to say what it stopped at."""
    budget = part.budget
    limits = budget.limits
    return (
        not walk.judge.over
        and budget.parts_used + len(seen.parts) <= limits.parts
        and budget.bytes_used + seen.bytes <= limits.total_bytes
        and budget.now() < budget.deadline
        and part.context.get(Ledger).room - seen.room >= 0
    )


def _say(walk: Walk, part: Part, seen: _Seen) -> None:
    """Bring a part, and what is in it, to where inspection would have brought them."""
    budget, ledger = part.budget, part.context.get(Ledger)
    budget.charge(seen.bytes)
    for name, value in seen.made.items():
        setattr(part, name, copy.copy(value))
    tree = [part]
    for place, bare in seen.parts:
        inside = copy.copy(bare)
        inside.parent, inside.context, inside.budget, inside.types = tree[place], part.context, budget, list(bare.types)
        walk.admit(inside, child_path(inside))
        tree.append(inside)
    for place, finding, tried in seen.kept:
        about = tree[place]
        walk.judge.keep(about, msgspec.structs.replace(finding, part=about.path), tried=tried)
    ledger.room -= seen.room
    ledger.keep(part)
    part.release()
