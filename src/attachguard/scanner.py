"""The entry: a `Scanner` is built once from policy and rules; a `Scan` takes one message or file and gives its report."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, Self

from attachguard.errors import LimitExceeded
from attachguard.identify import identify
from attachguard.inspector import Inspector
from attachguard.intake import FileIntake, Intake, MessageIntake
from attachguard.limits import Budget, Limits
from attachguard.model import Check, Envelope, Report, Verdict
from attachguard.part import HEAD_SIZE, Part
from attachguard.passwords import Candidates
from attachguard.policy import Policy
from attachguard.rules import Rules
from attachguard.signatures.ledger import Ledger
from attachguard.signatures.pairing import settle
from attachguard.walk import TAKING, Walk, by_type, caught

if TYPE_CHECKING:
    from attachguard.hooks import Hooks
    from attachguard.outcome import Templates
    from attachguard.signatures.trust import TrustList
    from attachguard.smime import Decryptor

Kind = Literal["auto", "message", "file"]

#: Input is taken in steps of this many bytes, so that a large message is never copied whole.
_STEP: Final = 1 << 18


class Scanner:
    """Decides about messages and files under one policy; immutable, safe to share between threads and across fork.

    Args:
        policy: what leads to what; the built-in `strict` without one.
        rules: YARA rules; the built-in ones without any, `Rules.empty()` for none.
        passwords: tried on encrypted content; never reported or logged.
        inspectors: format modules in place of all of `formats.INSPECTORS`; `(*INSPECTORS, mine)` adds one.
        limits: resource bounds in place of the policy's.
        hooks: what others are asked: a malware engine, the spam filter, the proof of the sender.
        rewrite: whether a report whose verdict is `withhold` or `sanitize` shall hold the message without what has to go, in `sanitized`. The
            original is kept in memory for it. True for the built-in texts of the placeholders, or the texts to use.
        clock: monotonic seconds; tests give their own.
        smime: who holds keys for S/MIME, e.g. `attachguard.smime.PemDecryptor`; without it encrypted mail stays closed.
        trust: whose signatures are trusted, from `attachguard.signatures.trust.TrustList.load`; without it trust is not evaluated.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        rules: Rules | None = None,
        passwords: Iterable[str] = (),
        inspectors: Sequence[Inspector] | None = None,
        limits: Limits | None = None,
        hooks: Hooks | None = None,
        rewrite: bool | Templates = False,
        clock: Callable[[], float] = time.monotonic,
        smime: Decryptor | None = None,
        trust: TrustList | None = None,
    ) -> None:
        self.policy = policy if policy is not None else Policy.load("strict")
        self.rules = rules if rules is not None else Rules.builtin()
        self.limits = limits if limits is not None else self.policy.limits
        self.passwords = tuple(passwords)
        self.hooks = hooks
        self.templates: Templates | None = None
        if rewrite:
            from attachguard.outcome import Templates

            self.templates = rewrite if isinstance(rewrite, Templates) else Templates()
        self.clock = clock
        self.smime = smime
        self.trust = trust
        if inspectors is None:
            # Sixty modules with their patterns: paid for by the first scanner, not by everyone who imports the package.
            from attachguard.formats import INSPECTORS

            inspectors = INSPECTORS
        self.table = by_type(inspectors)

    def open(self, *, kind: Kind = "auto", name: str = "", source: str = "", envelope: Envelope | None = None) -> Scan:
        """Begin a scan of bytes that are still arriving.

        Args:
            kind: `message`, `file`, or `auto`: the first bytes decide.
            name: file name, where the input is a file.
            source: how the report shall name the input; the name without it.
            envelope: what the mail server knows.
        """
        return Scan(self, kind=kind, name=name, source=source or name, envelope=envelope or Envelope(), early=True)

    def scan(
        self,
        content: bytes | bytearray | memoryview | Path | BinaryIO,
        *,
        kind: Kind = "auto",
        name: str = "",
        source: str = "",
        envelope: Envelope | None = None,
    ) -> Report:
        """Scan a whole message or file and report everything there is to find.

        Args:
            content: bytes, a path, or a binary file object.
            kind: see `open`.
            name: file name; a path brings its own.
            source: how the report shall name the input; path or name without it.
            envelope: what the mail server knows.

        Raises:
            OSError: the path cannot be read.
        """
        if isinstance(content, Path):
            name = name or content.name
            source = source or str(content)
        scan = Scan(self, kind=kind, name=name, source=source or name, envelope=envelope or Envelope(), early=False)
        for piece in _pieces(content):
            scan.feed(piece)
            if scan.full:
                break
        return scan.close()


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
    ) -> None:
        if kind not in ("auto", "message", "file"):
            raise ValueError(f"kind is {kind!r}; it must be 'auto', 'message' or 'file'")
        self._scanner = scanner
        self._kind = kind
        self._name = name
        self._source = source
        self._early = early
        self._started = time.perf_counter()
        self._budget = Budget(scanner.limits, scanner.clock)
        consultation = None
        if scanner.hooks is not None and not again:
            from attachguard.hooks import Consultation

            consultation = Consultation(scanner.hooks, self._budget, caught)
        self._policy = scanner.policy.under(envelope)
        self._walk = Walk(self._policy, scanner.rules, scanner.table, envelope, consultation)
        self._original: list[bytes] | None = [] if scanner.templates is not None and not again else None
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
        view = memoryview(data)
        for start in range(0, len(view), _STEP):
            if self._verdict is not None or self.full:
                break
            self._feed(bytes(view[start : start + _STEP]))
        return self._verdict

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
            self._walk.note_limit(
                self._intake.root, LimitExceeded("total_bytes", f"input longer than {most} bytes"), "scanner"
            )

    def _begin(self) -> bytes:
        """Choose the intake; gives back what has been held until now."""
        head, self._head = self._head, b""
        kind = self._kind
        if kind == "auto":
            types = identify(head[:HEAD_SIZE], self._name, complete=len(head) < HEAD_SIZE)
            kind = "message" if types and types[0].id == "eml" else "file"
        self._kind = kind
        passwords = Candidates(self._scanner.passwords, self._scanner.limits)
        ledger = Ledger(self._scanner.trust)
        if kind == "message":
            self._intake = MessageIntake(
                self._walk, self._budget, passwords, smime=self._scanner.smime, ledger=ledger, early=self._early
            )
        else:
            root = Part(
                self._name, b"", role="attachment", budget=self._budget, passwords=passwords, smime=self._scanner.smime,
                ledger=ledger,
            )  # fmt: skip
            self._intake = FileIntake(self._walk, root, self._digest, early=self._early)
        return head

    def _step(self, step: Callable[[Intake], None]) -> None:
        intake = self._intake
        assert intake is not None
        self._walk.attempt(intake.root, "scanner", lambda: step(intake))
        if self._early and self._walk.final and self._verdict is None:
            self._walk.complete = False
            self._verdict = self._policy.verdict(self._walk.findings, self._walk.envelope)

    def _settle_signatures(self, ledger: Ledger) -> None:
        for part, finding in settle(ledger):
            self._walk.note(part, finding, "signatures")

    def close(self) -> Report:
        """End the input and give the report; a second call gives the same one."""
        if self._report is None:
            self._report = self._finish()
        return self._report

    def _asked(self) -> Iterable[Check]:
        """The checks that the policy asks for, with the answers of the hooks."""
        walk = self._walk
        asked = self._policy.checks(walk.envelope)
        return asked if walk.consultation is None else walk.consultation.checks(asked, complete=walk.complete)

    def _deliverable(self, root: Part) -> bytes | None:
        """The message without what has to go, where the caller wants it and where what is left may be delivered."""
        templates, original = self._scanner.templates, self._original
        if templates is None or original is None or not isinstance(self._intake, MessageIntake):
            return None
        from attachguard.outcome.withhold import deliverable

        copy = deliverable(b"".join(original), self._walk, self._intake.spans, root, templates)
        if copy is None:
            return None
        again = Scan(
            self._scanner, kind="message", name="", source="", envelope=self._walk.envelope, early=False, again=True
        )
        again._budget.deadline = self._budget.deadline
        again.feed(copy)
        report = again.close()
        return copy if report.verdict.action.delivers else None

    def _finish(self) -> Report:
        walk, policy = self._walk, self._policy
        if self._intake is None:
            held = self._begin()
            self._step(lambda intake: intake.feed(held))
        assert self._intake is not None
        root = self._intake.root
        if self._verdict is None:
            self._step(lambda intake: intake.close())
            if self._verdict is None:
                self._step(lambda _intake: walk.settle())
                self._step(lambda _intake: self._settle_signatures(root.ledger))
            for part, finding in policy.message_findings(self._size, walk.parts, walk.envelope, self._asked()):
                walk.note(part, finding, "policy")
            if walk.withheld and isinstance(self._intake, MessageIntake):
                from attachguard.outcome.withhold import settle_signed

                settle_signed(walk, self._intake.spans)
        sha256 = self._digest.hexdigest() if self._verdict is None and not self.full else None
        if root.role == "message":
            root.size, root.sha256 = self._size, sha256
        verdict = self._verdict or policy.verdict(walk.findings, walk.envelope)
        copy = self._deliverable(root) if self._original is not None and verdict.action in TAKING else None
        return Report(
            source=self._source,
            kind=self._kind,
            policy=policy.name,
            verdict=verdict,
            findings=tuple(walk.findings),
            parts=tuple(part.record() for part in walk.parts),
            checks=_checks(self._asked(), (*root.passwords.checks(), *root.ledger.checks(walk.parts))),
            signatures=root.ledger.signatures(),
            sha256=sha256,
            size=self._size,
            complete=walk.complete,
            sanitized=copy,
            seconds=time.perf_counter() - self._started,
        )


def _checks(asked: Iterable[Check], made: Iterable[Check]) -> tuple[Check, ...]:
    """The checks of a policy, and those that were made: an answer takes the place of the question."""
    answers = {check.check: check for check in made}
    return (*(answers.pop(check.check, check) for check in asked), *answers.values())


def _pieces(content: bytes | bytearray | memoryview | Path | BinaryIO) -> Iterator[bytes | bytearray | memoryview]:
    if isinstance(content, (bytes, bytearray, memoryview)):
        yield content
    elif isinstance(content, Path):
        with content.open("rb") as file:
            yield from iter(lambda: file.read(_STEP), b"")
    else:
        yield from iter(lambda: content.read(_STEP), b"")


def failure_report(scanner: Scanner, source: str, cause: str, envelope: Envelope | None = None) -> Report:
    """The report for an input whose scan could not be brought to an end, e.g. because the process died.

    Args:
        scanner: its policy says what follows.
        source: how the report shall name the input.
        cause: what happened, in plain words.
        envelope: what the mail server knows.
    """
    walk = Walk(scanner.policy, scanner.rules, scanner.table, envelope or Envelope())
    root = Part(Path(source).name, b"", role="attachment", budget=Budget(scanner.limits, scanner.clock))
    walk.admit(root, root.name)
    walk.note(root, root.finding("scan-incomplete", cause), "scanner")
    return Report(
        source=source,
        kind="file",
        policy=scanner.policy.name,
        verdict=scanner.policy.verdict(walk.findings, walk.envelope),
        findings=tuple(walk.findings),
        parts=(root.record(),),
        checks=tuple(scanner.policy.checks(walk.envelope)),
        sha256=None,
        size=0,
        complete=False,
        seconds=0.0,
    )
