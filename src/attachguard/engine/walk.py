"""The walk: from one part to its types, facts, children, rule matches and judged findings.

Inspectors are generators. A child's bytes are pulled here, in the driver's frame, never inside the inspector that announced it, so a corrupt
member cannot hide its siblings. This module and no other turns exceptions over content into findings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from attachguard.engine.caught import caught
from attachguard.engine.judge import Judge
from attachguard.engine.names import name_findings
from attachguard.engine.nesting import in_itself, too_often
from attachguard.engine.tree import child_path
from attachguard.errors import ChecksumFailed, LimitExceeded, Malformed
from attachguard.inspector import PLAIN, Entry, Fact
from attachguard.model import FileType, Finding
from attachguard.part import Part
from attachguard.passwords import Candidates
from attachguard.signing.ledger import Ledger
from attachguard.types.filetypes import filetype, ids
from attachguard.types.identify.known import Known
from attachguard.types.identify.longtail import Guesses
from attachguard.types.identify.noise import describe
from attachguard.types.leftovers import is_leftover

if TYPE_CHECKING:
    from attachguard.engine.hook_calls import Consultation
    from attachguard.engine.repeats import Repeats
    from attachguard.yara.rules import Rules

T = TypeVar("T")

#: Bytes of locked parts that are kept until the end of the message, in case its text has their password.
_HELD_BYTES: Final = 32 << 20

#: Attached and packed texts that may hold the password of what lies beside them: their roles, types, and most bytes.
_NOTED: Final = frozenset({"attachment", "inline", "member"})
_NOTES: Final = ids("noted")
_NOTE_BYTES: Final = 64 << 10


class _Locked(NamedTuple):
    """A part that no password has opened so far, and how far its inspection had come.

    Args:
        part: the part, with its bytes.
        done: inspectors that are through with it.
        taken: facts of the next one that have been taken.
        first: number of findings before any of its own.
    """

    part: Part
    done: frozenset[Entry]
    taken: int
    first: int


class Walk:
    """Collects what one scan finds; one instance a scan, fed with parts in document order.

    Args:
        judge: takes the findings.
        rules: YARA rules, matched on every part and layer.
        inspectors: inspectors by the type id they inspect.
        consultation: what others are asked.
        known: types of files.
        repeats: remembers attachments that come again.
    """

    __slots__ = (
        "_held", "_locked", "_paths", "consultation", "inspectors", "judge", "known", "parts", "repeats", "rules",
    )  # fmt: skip

    def __init__(
        self,
        judge: Judge,
        rules: Rules,
        inspectors: dict[str, tuple[Entry, ...]],
        consultation: Consultation | None = None,
        known: Known | None = None,
        repeats: Repeats | None = None,
    ) -> None:
        self.repeats = repeats
        self.known = known if known is not None else Known()
        self.judge = judge
        self.rules = rules
        self.inspectors = inspectors
        self.consultation = consultation
        self.parts: list[Part] = []
        #: How many parts were to have this path.
        self._paths: dict[str, int] = {}
        self._locked: list[_Locked] = []
        self._held = 0

    # -- parts --------------------------------------------------------------------------------------------------------------

    def admit(self, part: Part, path: str) -> bool:
        """Give a part its place in the tree; False when the budget has no room for it."""
        part.path = self._unique(path)
        try:
            part.budget.add_part(part.depth, part.readings)
        except LimitExceeded as error:
            # Said of the holder, which is in the report, and once for the number of parts: every further one would say it again.
            if error.limit != "parts" or not self.judge.has_said("resource-limit-exceeded"):
                self.judge.note_limit(part.parent or part, error, "scanner")
            self.judge.complete = False
            return False
        self.parts.append(part)
        return True

    def _unique(self, path: str) -> str:
        candidate = path
        while candidate in self._paths:
            self._paths[path] += 1
            candidate = f"{path}~{self._paths[path]}"
        self._paths[candidate] = 1
        return candidate

    def visit(self, part: Part) -> bool:
        """Take a part that an inspector announced: admit, read, inspect, release; False when there was no room for it."""
        if self.judge.over or not self.admit(part, child_path(part)):
            return False
        self._load(part)
        if self._is_holder_again(part):
            return True
        if self.judge.policy.fingerprinted and part.role == "layer" and part.parent is not None and part.size:
            # Layers have no digest as a rule; who knows scripts by their digest asks for it.
            part.sha256 = hashlib.sha256(part.data).hexdigest()
            part.parent.scripts |= {part.sha256}
        if part.role == "body":
            part.context.get(Candidates).add_text(
                part.data, html=part.name.endswith(".html") or part.declared == "text/html"
            )
        self.inspect(part)
        return True

    def _is_looked_at(self, part: Part) -> bool:
        """Whether anybody wants the bytes of a part; of a layer these are rules, and who knows scripts by their digest."""
        if part.role != "layer" or part.fixed_type is None or self.judge.policy.fingerprinted:
            return True
        part.types = [part.fixed_type]
        return self.rules.asks(part)

    def _load(self, part: Part) -> None:
        """Read a part. Of one that cannot be read whole nobody knows what other unpackers make of it: `_type_facts` judges it by its name, too."""
        _, error = caught(part.load if self._is_looked_at(part) else part.measure)
        if error is None:
            return
        self._raised(part, error, "scanner")
        if part.role in ("member", "embedded") and isinstance(error, (Malformed, LimitExceeded)):
            part.damage = (
                "checksum"
                if isinstance(error, ChecksumFailed)
                else "unread"
                if isinstance(error, Malformed) or error.limit == "part_bytes"
                else "limit"
            )
            if not part.size and part.damage != "checksum":
                part.size = part.sha256 = None

    def _is_holder_again(self, part: Part) -> bool:
        """Whether a part is what one of those around it is, byte for byte: then it leaves the tree again, as nothing new can come of it."""
        held, archive = in_itself(part)
        if not held:
            return False
        self.parts.pop()  # it has just been admitted
        part.release()
        if archive is not None:
            self.judge.note(
                archive, archive.finding("archive-in-itself", f"{archive.type.id}: holds itself"), "scanner"
            )
        return True

    def inspect(self, part: Part) -> None:
        """Everything that can be known of a part that has its bytes; releases them at the end."""
        if self.repeats is None:
            self._inspect(part)
        else:
            self.repeats.inspect(self, part, self._inspect)

    def _inspect(self, part: Part) -> None:
        self.judge.begin(part)
        if part.fixed_type is not None:
            part.types = [part.fixed_type]
            self._conclude(part)
            return
        if part.size is None:
            part.types = [filetype("unread")]
        else:
            guess = part.context.get(Guesses).guess
            part.types = (
                self.attempt(
                    part, "identify", lambda: self.known.identify(part.data, part.name, part.declared, guess=guess)
                )
                or []
            )
            if part.role in _NOTED and part.size <= _NOTE_BYTES and part.types and part.types[0].id in _NOTES:
                part.context.get(Candidates).add_note(part.data, html=part.types[0].id == "html")
        begun = _Locked(part, frozenset(), 0, len(self.judge.findings))
        much = too_often(part)
        if not much:
            self._inspect_on(begun)
        else:
            self._raised(part, LimitExceeded("depth", much), "scanner")
            self._type_facts(part, {finding.code for finding in self.judge.findings[begun.first :]})
            self._conclude(part)

    @property
    def waits(self) -> bool:
        """Whether parts wait for words of the message."""
        return bool(self._locked)

    def settle(self) -> None:
        """Judge the parts that had to wait for words of the message, now that there will be no more of them."""
        locked, self._locked = self._locked, []
        for waiting in locked:
            waiting.part.context.get(Candidates).growing = False
            self._inspect_on(waiting)

    def _inspect_on(self, begun: _Locked) -> None:
        """Inspect a part from where its inspection stands; a part that stays locked waits while the message may still hold its password."""
        part, taken = begun.part, begun.taken
        done = set(begun.done)
        for entry in self._matching(part, done):
            if self.judge.over:
                break
            taken = self._run(entry, part, taken)
            if taken:
                self._locked.append(_Locked(part, frozenset(done - {entry}), taken - 1, begun.first))
                return
        said = {finding.code for finding in self.judge.findings[begun.first :] if finding.part == part.path}
        self._type_facts(part, said | self.judge.waiting(part))
        self._conclude(part)

    def _conclude(self, part: Part) -> None:
        self.match(part)
        if self.rules.see_letters:
            if part.role == "body":
                self.attempt(part, "yara", lambda: self.rules.keep_text(part))
            elif part.data and part.is_a("eml"):
                self.match_message(part)
        if self.consultation is not None:
            self._consult(part, self.consultation)
        self.judge.ask_of(part)
        self.judge.end(part)
        part.context.get(Ledger).keep(part)
        part.release()

    def _consult(self, part: Part, consultation: Consultation) -> None:
        """Show the part's bytes to the malware engine."""
        if part.role == "layer":
            return
        finding = consultation.look(part)
        if finding is not None:
            self.judge.complete = self.judge.complete and finding.code != "scan-incomplete"
            self.judge.note(part, finding, "engine")

    def match(self, part: Part) -> None:
        """Show the part to the YARA rules."""
        views = self.rules.asking(part)
        if views:
            self._note_matches(part, partial(self.rules.match, part, views))

    def match_message(self, message: Part, header: bytes | None = None) -> None:
        """Show a message whose bodies have all been seen to the rules that look at it as a letter; without a header, it has its bytes."""
        if self.rules.see_letters:
            self._note_matches(message, partial(self.rules.match_message, message, header))

    def _note_matches(self, part: Part, ask: Callable[[], Iterator[Finding]]) -> None:
        # What was found before something went wrong stays.
        found: list[Finding] = []
        self.attempt(part, "yara", lambda: found.extend(ask()))
        for finding in found:
            self.judge.note(part, finding, "yara")

    def attempt(self, part: Part, source: str, step: Callable[[], T]) -> T | None:
        """Run one step over content; what it raises becomes a finding about the part, and the result is None.

        Args:
            part: whom the finding is about.
            source: the component that runs.
            step: what to run.
        """
        result, error = caught(step)
        if error is not None:
            self._raised(part, error, source)
        return result

    def _raised(self, part: Part, error: Exception, source: str) -> None:
        """Report what a step over content has raised."""
        if isinstance(error, Malformed):
            self.judge.note(part, part.finding("malformed-file", str(error)), source)
        elif isinstance(error, LimitExceeded):
            self.judge.note_limit(part, error, source)
        else:
            self._failed(part, error, source)

    def _matching(self, part: Part, done: set[Entry]) -> Iterator[Entry]:
        """Each inspector of each type, once; types found on the way count."""
        kinds: list[FileType] = []
        # What has become of the types while an inspector ran decides who is next.
        while part.types != kinds:
            kinds = list(part.types)
            plain = all(kind.id in PLAIN for kind in kinds)
            for entry in [each for kind in kinds for each in self.inspectors.get(kind.id, ())]:
                if entry in done:
                    continue
                done.add(entry)
                if plain and entry.silent(part.data):
                    continue
                yield entry
                if part.types != kinds:
                    break

    def _run(self, entry: Entry, part: Part, taken: int) -> int:
        """Take the facts of one inspector, but for those taken before; 0 when it is through, else the number of the fact that has to wait."""
        source = entry.source
        facts = iter(entry.inspector.inspect(part))
        step = partial(next, facts, None)
        refused = number = 0
        # Where there is no room for children any more, facts about the part itself may still come, but not without end.
        while refused <= part.budget.limits.parts and not self.judge.over:
            # A generator that has raised is at its end; what it gave before stays.
            fact: Fact | None
            fact, error = caught(step)
            if error is not None:
                self._raised(part, error, source)
            if fact is None:
                return 0
            number += 1
            if number <= taken:
                continue
            if isinstance(fact, Finding):
                if fact.code == "encrypted-unknown-password" and self._may_wait(part):
                    return number
                self.judge.complete = self.judge.complete and fact.code != "scan-incomplete"
                if fact.code == "signature-present":
                    part.context.get(Ledger).present.setdefault(part, fact.detail.partition(":")[0])
                self.judge.note(part, fact, source)
            elif isinstance(fact, FileType):
                self.known.table.add_type(part.types, fact)
            elif not self.visit(fact):
                refused += 1
        return 0

    def _may_wait(self, part: Part) -> bool:
        """Whether a part that no password has opened so far is kept until the message has ended."""
        if not part.context.get(Candidates).growing or part.tries is None:
            return False
        self._held += len(part.data)
        if self._held > _HELD_BYTES:
            self._held -= len(part.data)
            part.context.get(Candidates).unheld += 1
            return False
        part.encryption = "none"
        return True

    def _type_facts(self, part: Part, said: set[str]) -> None:
        """What follows from the types alone, unless an inspector has said it better."""
        if part.role == "member" and is_leftover(part.name, [kind.id for kind in part.types], part.size):
            said.add("archive-content")
        for kind in part.types:
            for code in self.known.table.facts.get(kind.id, ()):
                if code not in said:
                    said.add(code)
                    self.judge.note(part, part.finding(code, self.known.table.title(kind.id)), "identify")
        if not part.size:
            if part.size == 0 and part.role != "body":
                self.judge.note(part, part.finding("empty-file", "no content"), "identify")
        elif not part.types:
            self.judge.note(
                part,
                part.finding("type-unknown", describe(part.data, looked_up=not part.context.get(Guesses).spent)),
                "identify",
            )
        for finding in name_findings(part):
            self.judge.note(part, finding, "names")
        if part.damage:
            from attachguard.formats.archive.unread import damaged

            for finding in damaged(part):
                if finding.code not in said:
                    self.judge.note(part, finding, "unread")

    def _failed(self, part: Part, error: Exception, source: str) -> None:
        """A defect of ours or of a library: reported with its kind and place, never with content."""
        self.judge.complete = False
        self.judge.note(
            part,
            part.finding("inspection-failed", f"{source}: {type(error).__name__} in {error.__notes__[-1]}"),
            source,
        )
