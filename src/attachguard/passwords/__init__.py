"""Passwords to try on the encrypted content of one message, and where each of them came from.

A sender who encrypts an attachment often writes the password into the same mail. What the operator offers and what the mail's own words suggest
make one `Candidates` object a scan, which every part of the message shares: bounded in number, without repetition, the likely ones first. Texts
are kept as they come and read only when something encrypted asks, so that an ordinary mail pays nothing. It may grow while the message arrives.

No word of it is ever reported, logged, or shown by `repr`: a finding says where the password came from, never which it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from attachguard.limits import Limits
from attachguard.model import Check
from attachguard.passwords.purse import GUESSES, Purse, share_of

if TYPE_CHECKING:
    from attachguard.part import Part

#: Where a word came from, as a report says it.
OPERATOR: Final = "operator list"
MAIL: Final = "mail text"
FILE_NAME: Final = "file name"
BUILT_IN: Final = "built-in"

#: Bytes of one text, of all texts of a message, and of all attached notes that are kept to be searched; names and subjects that are kept.
_TEXT_BYTES: Final = 256 << 10
_ALL_TEXT_BYTES: Final = 1 << 20
_NOTE_BYTES: Final = 256 << 10
_NAMES: Final = 200
#: A word longer than this is no password that anybody types.
LONGEST: Final = 128
#: Types that a check names.
_KINDS: Final = 5
#: Locks whose derivations are remembered.
_LOCKS: Final = 64
#: Where the operator's words stand among those of the mail: after what follows `password:`, before the rest (see `words.DIRECT`).
_OPERATOR_RANK: Final = 1
#: What it takes to offer words for one more lock, whether they are tried or not, see `Budget.spare`.
_OFFERED: Final = 8


class Candidate(NamedTuple):
    """One word to try.

    Args:
        word: the password.
        origin: `operator list`, `mail text`, `file name` or `built-in`.
    """

    word: str
    origin: str

    def __repr__(self) -> str:
        return f"<Candidate from {self.origin}>"


class Secrets:
    """The operator's words, which nothing shows: neither `repr` nor an encoder of records.

    Args:
        words: in the order in which they are tried.
    """

    __slots__ = ("_words",)

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._words = tuple(dict.fromkeys(words))

    def __repr__(self) -> str:
        return f"<{len(self._words)} passwords>"

    def __len__(self) -> int:
        return len(self._words)

    def reveal(self) -> tuple[str, ...]:
        """The words themselves."""
        return self._words


class Tries:
    """What has been tried on one part."""

    __slots__ = ("cut", "done", "short")

    def __init__(self) -> None:
        self.done: set[str] = set()
        #: Whether words were left over for want of time, and because there were too many.
        self.cut = False
        self.short = False


class Candidates:
    """The words of one message, likely ones first.

    Args:
        offered: the operator's words.
        limits: how many words, and how long they may be tried.
        growing: whether more text may come; while it does, nothing that stays locked is judged.
        clock: seconds of work of this thread; tests give their own.
    """

    __slots__ = (
        "_clock",
        "_derived",
        "_found",
        "_kept",
        "_limits",
        "_names",
        "_note_room",
        "_offered",
        "_ordered",
        "_purse",
        "_ranks",
        "_room",
        "_texts",
        "growing",
        "over",
        "unheld",
    )

    def __init__(
        self,
        offered: Iterable[str] = (),
        limits: Limits | None = None,
        *,
        growing: bool = False,
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        self._limits = limits or Limits()
        self._offered = tuple(offered)
        self.growing = growing
        self._texts: list[tuple[bytes, str, bool]] = []
        self._names: list[tuple[str | bytes, str]] = []
        self._room = _ALL_TEXT_BYTES
        self._note_room = _NOTE_BYTES
        self._kept: dict[str, tuple[int, str]] = {}
        self._found: dict[str, str] = {}
        self._derived: dict[Hashable, dict[str, bytes]] = {}
        self._ordered: tuple[Candidate, ...] | None = None
        self._ranks: dict[str, int] = {}
        self._clock = clock
        self._purse = Purse(self._limits.password_seconds)
        #: Words beyond the number that is tried, and parts that were too large to wait for more words.
        self.over = 0
        self.unheld = 0

    def __repr__(self) -> str:
        return f"<Candidates {len(self)}>"

    def __len__(self) -> int:
        return len(self._sequence())

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self._sequence())

    def mark(self) -> tuple[object, ...]:
        """What has come in and been tried so far; where two marks are equal, nothing came between them."""
        amounts = (len(self._texts), len(self._names), len(self._found), len(self._derived))
        return (
            *amounts,
            self._room,
            self._note_room,
            self._purse.state,
            self.over,
            self.unheld,
        )

    # -- growing ------------------------------------------------------------------------------------------------------------

    def add_note(self, content: bytes, *, html: bool) -> None:
        """Keep a text that is attached, or lies in an archive; there is room for a few, so that many do not crowd out the bodies."""
        if len(content) <= self._note_room:
            self._note_room -= len(content)
            self._texts.append((content, "", html))
            self._ordered = None

    def add_text(self, content: bytes, charset: str = "", *, html: bool = False) -> None:
        """Keep the text of a body; of a long one its beginning and its end."""
        if len(content) > _TEXT_BYTES:
            content = content[: _TEXT_BYTES * 3 // 4] + b"\n" + content[-_TEXT_BYTES // 4 :]
        if content and len(content) <= self._room:
            self._room -= len(content)
            self._texts.append((content, charset, html))
            self._ordered = None

    def add_name(self, text: str) -> None:
        """Keep a file name."""
        if text and len(self._names) < _NAMES:
            self._names.append((text, FILE_NAME))
            self._ordered = None

    def add_subject(self, value: bytes) -> None:
        """Keep the subject of a message as it is in its header; it is read where words are tried."""
        if value and len(self._names) < _NAMES:
            self._names.append((value, MAIL))
            self._ordered = None

    # -- trying -------------------------------------------------------------------------------------------------------------

    def derived(self, lock: Hashable) -> dict[str, bytes]:
        """What words have given for a lock, to be filled by whoever derives it: parts whose locks are alike share the work.

        Args:
            lock: the kind of derivation, its salt and its rounds.
        """
        if len(self._derived) >= _LOCKS:
            self._derived.clear()
        return self._derived.setdefault(lock, {})

    def offer(
        self,
        part: Part,
        cost: float = 0.0,
        derived: Collection[str] = (),
        *,
        first: Iterable[str] = (),
        prepare: Callable[[list[str]], None] | None = None,
        width: int = 1,
    ) -> Iterator[Candidate]:
        """Words to try on a part, likely ones first, while what trying may cost lasts; a costly word is offered once for each part.

        Args:
            part: the encrypted part; its `tries` remember what was done.
            cost: about how many seconds one try takes; what it leads to says `purse.py`.
            derived: words that cost nothing any more, see `derived`.
            first: built-in passwords of the format, tried before all others.
            prepare: does the costly work for several words at once, which are in `derived` then.
            width: so many words cost `prepare` as much as one.
        """
        tries = part.tries
        if tries is None:
            tries = part.tries = Tries()
        if self._purse.empty(cost * width, free=bool(derived)) or not part.budget.spare(_OFFERED):
            # Where thousands of files are locked, nothing is done any more for each of the words of each of them.
            tries.cut = True
            return
        if self._ordered is None:
            begin = self._clock()
            self._sequence()
            self._purse.work(max(0.0, self._clock() - begin))
        sequence = self._sequence()
        words = [*(Candidate(word, BUILT_IN) for word in first), *sequence]
        # What lies between two tries counts as well: where thousands of files are locked, it is most of the work.
        begin = self._clock()
        spent: set[int] = set()
        for place, candidate in enumerate(words):
            if (
                cost
                and candidate.word in tries.done
                and (candidate.origin == BUILT_IN or candidate.word not in self._found)
            ):
                continue
            free = candidate.word in derived
            price = 0.0 if free else cost * width
            # Cheap tries are counted by the clock, and a clock shall not decide which of them are made as long as they are few.
            share = self._share(candidate) if cost else 0
            opener = candidate.word in self._found
            known = free or opener
            if (share in spent and not known) or not self._purse.affords(price, share, free=free, opener=opener):
                tries.cut = True
                if not known:
                    spent.add(share)  # for the other words that are paid from it, too
                continue
            part.budget.check_time()
            if prepare is not None and price:
                # Mere guesses do not ride along: one word alone takes half of what several side by side take.
                fresh = (
                    each.word
                    for each in words[place:]
                    if each.word not in derived
                    and each.word not in tries.done
                    and (each is candidate or self._share(each) < GUESSES)
                )
                prepare([word for word, _ in zip(dict.fromkeys(fresh), range(width), strict=False)])
            tries.done.add(candidate.word)
            try:
                yield candidate
            finally:
                now = self._clock()
                worked, begin = max(0.0, now - begin), now
                self._purse.work(worked)
                self._purse.pay(price if cost else worked, share)
        tries.short = bool(self.over)

    def _share(self, candidate: Candidate) -> int:
        """The share that a word is paid from: the first one for those that have opened something."""
        rank = (
            0 if candidate.word in self._found or candidate.origin == BUILT_IN else self._ranks.get(candidate.word, 0)
        )
        return share_of(rank)

    def opened(self, candidate: Candidate) -> None:
        """Remember that a word has opened something: attachments of one mail mostly share theirs."""
        if candidate.word not in self._found:
            self._found[candidate.word] = candidate.origin
            self._ordered = None

    def checks(self, parts: Iterable[Part]) -> Iterator[Check]:
        """What was not evaluated.

        Args:
            parts: every part of the tree, in its final state.
        """
        locked = [part for part in parts if part.encryption == "unknown-password"]
        if not locked and not self.unheld:
            return
        causes = []
        cut = sum(part.tries is not None and part.tries.cut for part in locked)
        short = sum(part.tries is not None and part.tries.short for part in locked)
        # A member of a locked archive is locked by it, and is reported with it.
        untried = [
            part for part in locked if part.tries is None and (part.parent is None or part.parent.encryption == "none")
        ]
        if cut:
            causes.append(f"trying words has its bound: not every candidate was tried ({cut} parts)")
        if short:
            causes.append(f"more than {self._limits.passwords} candidates: {self.over} were not tried ({short} parts)")
        if self.unheld:
            causes.append(f"too large to wait for the end of the message ({self.unheld} parts)")
        if untried:
            kinds = ", ".join(sorted({part.type.id for part in untried})[:_KINDS])
            causes.append(f"no password can be tried here on {kinds} ({len(untried)} parts)")
        if causes:
            yield Check("passwords", "not-evaluated", "; ".join(causes))

    # -- order --------------------------------------------------------------------------------------------------------------

    def _sequence(self) -> tuple[Candidate, ...]:
        if self._ordered is None:
            self._read()
            ranked = [(_OPERATOR_RANK, word, OPERATOR) for word in self._offered]
            ranked += [(rank, word, origin) for word, (rank, origin) in self._kept.items()]
            ranked.sort(key=lambda each: each[0])
            words = dict(self._found)
            self._ranks = {}
            for rank, word, origin in ranked:
                if 0 < len(word) <= LONGEST:
                    words.setdefault(word, origin)
                    self._ranks.setdefault(word, rank)
            every = (Candidate(word, origin) for word, origin in words.items())
            self._ordered = tuple(candidate for candidate, _ in zip(every, range(self._limits.passwords), strict=False))
            self.over = len(words) - len(self._ordered)
        return self._ordered

    def _read(self) -> None:
        """Search the texts and names that have come since the last time."""
        if not self._texts and not self._names:
            return
        from attachguard.mail import words
        from attachguard.mail.fields import decode_words

        texts, self._texts = self._texts, []
        names, self._names = self._names, []
        found = [(words.in_text(words.readable(content, charset, html=html)), MAIL) for content, charset, html in texts]
        found += [
            (words.in_name(decode_words(name) if isinstance(name, bytes) else name), origin) for name, origin in names
        ]
        for ranked, origin in found:
            for rank, word in ranked:
                if word not in self._kept or rank < self._kept[word][0]:
                    self._kept[word] = (rank, origin)
                    for other in words.spellings(word) if rank <= words.LIKELY else ():
                        self._kept.setdefault(other, (words.POSSIBLE, origin))


def source_of(candidate: Candidate) -> str:
    """What a finding says of the password that opened something; never the password."""
    return f"password from {candidate.origin}"


def untried(part: Part) -> str:
    """What a finding adds where nothing opened a part and words were left over; empty where all were tried."""
    left = part.tries is not None and (part.tries.cut or part.tries.short)
    return ", not every candidate was tried" if left else ""
