"""One scan: bytes go in as they arrive, the report comes out at the end, the verdict as soon as it is certain."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Final, Literal, Self

from attachguard.codes import Role
from attachguard.context import Context
from attachguard.engine.intake import FileIntake, Intake, MessageIntake
from attachguard.engine.judge import TAKING, Judge
from attachguard.engine.walk import Walk
from attachguard.errors import BudgetSpent
from attachguard.limits import Budget
from attachguard.model import Check, Envelope, Report, Verdict
from attachguard.part import HEAD_SIZE, Part
from attachguard.passwords import Candidates
from attachguard.signing.ledger import Ledger
from attachguard.signing.record import Trust
from attachguard.types.extension import extension
from attachguard.types.filetypes import TYPES, UNKNOWN
from attachguard.types.identify import identify
from attachguard.types.identify.mail import begins_like_mail
from attachguard.types.letters import spelled

if TYPE_CHECKING:
    from attachguard.engine.delivery.copies import Made
    from attachguard.engine.hook_calls import Patience
    from attachguard.engine.scanner import Scanner
    from attachguard.signing.smime.opening import Opener

Kind = Literal["auto", "message", "file"]
#: What content may be called that odd lines in its header make of a mail, and the names that say nothing against one.
_UNCLEAR: Final = frozenset({"txt", "csv", UNKNOWN.id})
_NAMES_OF_MAIL: Final = frozenset({"", *TYPES["eml"].extensions})

#: Input is taken in steps of this many bytes, so that a large message is never copied whole.
STEP: Final = 1 << 20


class Scan:
    """One message or file on its way through; made by `Scanner.open`."""

    def __init__(
        self,
        scanner: Scanner,
        *,
        kind: Kind,
        name: str,
        source: str,
        envelope: Envelope,
        early: bool,
        again: bool = False,
        clean: bool = True,
        role: Role = "attachment",
    ) -> None:
        if kind not in ("auto", "message", "file"):
            raise ValueError(f"kind is {kind!r}; it must be 'auto', 'message' or 'file'")
        self._scanner = scanner
        self._kind = kind
        self._name = name
        self._source = spelled(source)
        self._early = early
        self._role = role
        self._started = time.perf_counter()
        self._budget = Budget(scanner.limits, scanner.clock)
        consultation = None
        if scanner.hooks is not None and not again:
            from attachguard.engine.hook_calls import Consultation

            consultation = Consultation(scanner.hooks, self._patience())
        self._policy = scanner.policy_for(envelope)
        self._judge = Judge(self._policy, envelope)
        self._walk = Walk(self._judge, scanner.rules, scanner.table, consultation, scanner.known, scanner.repeats)
        #: Whether others scan this on the way to a copy of something larger.
        self._nested = again
        self._original: list[bytes] | None = [] if scanner.templates is not None and clean else None
        self._digest = hashlib.sha256()
        self._size = 0
        self._head = b""
        self._intake: Intake | None = None
        self._verdict: Verdict | None = None
        self._report: Report | None = None
        #: More input has arrived than one message may have; what comes now is not looked at.
        self.full = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leaves the scan as it is: `close` gives the report, inside the block or after it."""

    def feed(self, data: bytes | bytearray | memoryview) -> Verdict | None:
        """Take the next bytes, as many or few as there are.

        Returns:
            The final verdict as soon as nothing that follows could change it, else None.

        Raises:
            ValueError: the scan has been closed.
        """
        if self._report is not None:
            raise ValueError("feed after close: a scan takes one message")
        if type(data) is bytes and (len(data) <= STEP or self._takes_whole(data)):
            if data and self._verdict is None and not self.full:
                self._feed(data)
            return self._verdict
        view = memoryview(data)
        for start in range(0, len(view), STEP):
            if self._verdict is not None or self.full:
                break
            self._feed(bytes(view[start : start + STEP]))
        return self._verdict

    def _takes_whole(self, data: bytes) -> bool:
        """Whether this is a file that is kept as it is, since no bound is met in the middle of it: steps would be put together again."""
        if self._size or len(data) > min(self._budget.limits.part_bytes, self._budget.limits.total_bytes):
            return False
        if self._kind == "auto":
            self._kind = "message" if self._is_message(data[:HEAD_SIZE]) else "file"
        return self._kind == "file"

    def _feed(self, piece: bytes) -> None:
        self._size += len(piece)
        self._digest.update(piece)
        if self._original is not None:
            # No copy: the pieces are what the intake gets. Past the total of the budget nothing would be delivered anyway.
            self._original.append(piece)
            if self._size > self._budget.limits.total_bytes:
                self._original = None
        if self._intake is None:
            self._head += piece
            if self._kind == "auto" and len(self._head) < HEAD_SIZE:
                return
            piece = self._begin()
        self._step(lambda intake: intake.feed(piece))
        most = self._budget.limits.total_bytes
        if self._size > most and self._verdict is None:
            self.full = True
            assert self._intake is not None
            self._judge.note_limit(
                self._intake.root, BudgetSpent("total_bytes", f"input longer than {most} bytes"), "scanner"
            )

    def _begin(self) -> bytes:
        """Choose the intake; gives back what has been held until now."""
        head, self._head = self._head, b""
        kind = self._kind
        if kind == "auto":
            kind = "message" if self._is_message(head) else "file"
        self._kind = kind
        offered = (*self._scanner.passwords, *self._policy.data.passwords.reveal())
        passwords = Candidates(offered, self._scanner.limits)
        consultation = self._walk.consultation
        ledger = Ledger(Trust(self._scanner.trust, consultation.voucher() if consultation is not None else None))
        opener = self._opener()
        context = Context(
            self._budget, passwords, ledger, *(each for each in (opener, self._scanner.tools) if each is not None)
        )
        if kind == "message":
            self._intake = MessageIntake(self._walk, context, early=self._early)
        else:
            root = Part(self._name, b"", role=self._role, context=context)
            self._intake = FileIntake(self._walk, root, self._digest, early=self._early)
        return head

    def _is_message(self, head: bytes) -> bool:
        """Whether the input is a mail: by its content, and where it has no name that says otherwise, by what its first lines may be."""
        types = identify(head[:HEAD_SIZE], self._name, complete=len(head) < HEAD_SIZE)
        if types and types[0].id == "eml":
            return True
        unclear = not types or types[0].id in _UNCLEAR
        return unclear and extension(self._name) in _NAMES_OF_MAIL and begins_like_mail(head[:HEAD_SIZE])

    def _patience(self) -> Patience:
        from attachguard.engine.hook_calls import SECONDS, Patience

        hooks = self._scanner.hooks
        return Patience(hooks.seconds if hooks is not None else SECONDS, self._budget)

    def _opener(self) -> Opener | None:
        """Who opens envelopes in this scan; None where nobody holds or names a key."""
        decryptor, elsewhere = self._scanner.smime, self._policy.data.key_elsewhere
        if decryptor is None and not elsewhere:
            return None
        from attachguard.signing.smime.opening import Opener

        return Opener(decryptor, elsewhere, self._patience().within)

    def _step(self, step: Callable[[Intake], None]) -> None:
        intake = self._intake
        assert intake is not None
        self._walk.attempt(intake.root, "scanner", lambda: step(intake))
        if self._early and self._judge.final and self._verdict is None:
            self._judge.complete = False
            self._verdict = self._policy.verdict(self._judge.findings, self._judge.envelope)

    def _settle_signatures(self, ledger: Ledger) -> None:
        from attachguard.signing.pairing import settle  # with all that reads signatures

        for part, finding in settle(ledger):
            self._judge.note(part, finding, "signatures")

    def close(self) -> Report:
        """End the input and give the report; a second call gives the same one."""
        if self._report is None:
            self._report = self._finish()
            if self._intake is not None:
                self._intake.root.context.forget()
                self._intake = None
        return self._report

    def _asked(self) -> Iterable[Check]:
        """The checks that the policy asks for, with the answers of the hooks."""
        consultation = self._walk.consultation
        asked = self._policy.checks(self._judge.envelope)
        return asked if consultation is None else consultation.checks(asked, complete=self._judge.complete)

    def _deliverable(self, root: Part) -> Made | None:
        """A copy without what has to go, where the caller wants one and where what is left may be delivered."""
        templates, original = self._scanner.templates, self._original
        assert templates is not None
        assert original is not None
        from attachguard.engine.delivery.copies import Source, file_copy, message_copy

        spans = self._intake.spans if isinstance(self._intake, MessageIntake) else None
        source = Source(b"".join(original), root, self._judge, tuple(self._walk.parts), templates, self._again)
        hooks = self._scanner.hooks if not self._nested else None
        made = file_copy(source) if spans is None else message_copy(source, spans)
        if made is None:
            return None
        if hooks is not None and hooks.on_removed is not None and not made.kept(self._patience(), hooks.on_removed):
            self._judge.complete = False
            self._judge.note(root, root.finding("scan-incomplete", "what was taken out could not be kept"), "sanitize")
            return None
        return made

    def _again(self, data: bytes, *, name: str, kind: Kind, role: Role, clean: bool) -> Report:
        """Scan other content under the same policy and envelope, within the time that is left."""
        scan = Scan(
            self._scanner, kind=kind, name=name, source=name, envelope=self._judge.envelope, early=False, again=True,
            clean=clean, role=role,
        )  # fmt: skip
        scan._budget.deadline = self._budget.deadline
        scan.feed(data)
        return scan.close()

    def _finish(self) -> Report:
        walk, judge, policy = self._walk, self._judge, self._policy
        if self._intake is None:
            held = self._begin()
            self._step(lambda intake: intake.feed(held))
        assert self._intake is not None
        root = self._intake.root
        if self._verdict is None:
            self._step(lambda intake: intake.close())
            if self._verdict is None:
                if walk.waits:
                    self._step(lambda _intake: walk.settle())
                ledger = root.context.get(Ledger)
                if ledger.pending or ledger.named:
                    self._step(lambda _intake: self._settle_signatures(ledger))
            judge.ask(root, lambda: policy.message_findings(self._size, walk.parts, judge.envelope, self._asked()))
            if judge.withheld and isinstance(self._intake, MessageIntake):
                from attachguard.engine.delivery.withhold import settle_signed

                settle_signed(judge, walk.parts, self._intake.spans)
            elif judge.withheld and root.signed:
                from attachguard.engine.delivery.withhold import settle_file

                settle_file(judge, root)
        sha256 = self._digest.hexdigest() if self._verdict is None and not self.full else None
        if root.role == "message":
            root.size, root.sha256 = self._size, sha256
        verdict = self._verdict or policy.verdict(judge.findings, judge.envelope)
        made: Made | None = None
        if self._original is not None and verdict.action in TAKING:
            made = self._deliverable(root)
            # What could not be cleaned weighs more now.
            verdict = policy.verdict(judge.findings, judge.envelope)
            made = made if verdict.action in TAKING else None
        return Report(
            source=self._source,
            kind="message" if self._kind == "message" else "file",
            policy=policy.name,
            verdict=verdict,
            findings=tuple(judge.findings),
            parts=tuple([part.record() for part in walk.parts]),
            checks=(
                *_checks(
                    self._asked(),
                    (*root.context.get(Candidates).checks(walk.parts), *root.context.get(Ledger).checks(walk.parts)),
                ),
                *(made.checks if made is not None else ()),
            ),
            signatures=root.context.get(Ledger).signatures(),
            sha256=sha256,
            size=self._size,
            complete=judge.complete,
            sanitized=made.data if made is not None else None,
            sanitized_name=made.name if made is not None else "",
            removed=made.removed if made is not None else (),
            seconds=time.perf_counter() - self._started,
            channel=judge.envelope.channel,
            receipt_due=policy.gives_receipt(judge.envelope),
            ambiguity_results=policy.ambiguity_results,
        )


def _checks(asked: Iterable[Check], made: Iterable[Check]) -> tuple[Check, ...]:
    """The checks of a policy, and those that were made: an answer takes the place of the question."""
    answers = {check.check: check for check in made}
    if not answers:
        return tuple(asked)
    return (*(answers.pop(check.check, check) for check in asked), *answers.values())
