"""Asking the hooks of a scanner during one scan: each call within its time, and what an answer, silence or an error leads to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

import msgspec

from attachguard.engine.caught import caught
from attachguard.hooks import Answer, MailCheck, Validation, failed
from attachguard.model import Check, Envelope, Finding, Signature
from attachguard.signing.record import Vouched
from attachguard.types.letters import shown

if TYPE_CHECKING:
    from attachguard.hooks import Hooks
    from attachguard.limits import Budget
    from attachguard.part import Part
    from attachguard.readers.crypto.certificate import Certificate

#: Outside text in findings and checks is cut to this many characters.
_TEXT: Final = 120
#: Seconds that a call may take where nobody says otherwise.
SECONDS: Final = 20.0
_RESULTS: Final = ("pass", "fail", "not-evaluated")
_NO_ANSWER: Final = "the validation service gave no answer"


class Patience:
    """How long one scan waits for others.

    Args:
        seconds: for one call.
        budget: no call outlasts the scan.
    """

    __slots__ = ("_budget", "_seconds")

    def __init__(self, seconds: float, budget: Budget) -> None:
        self._seconds = seconds
        self._budget = budget

    def within(self, call: Callable[[], object]) -> tuple[object, str]:
        """What a call gives, and why it gave nothing.

        The call has a thread of its own: nothing else can end the wait for a function that does not return. The thread of one that never
        does is left behind.
        """
        seconds = max(0.0, min(self._seconds, self._budget.deadline - self._budget.now()))
        box: list[tuple[object, Exception | None]] = []
        thread = threading.Thread(target=lambda: box.append(caught(call)), daemon=True)
        thread.start()
        thread.join(seconds)
        if not box:
            return None, f"no answer within {seconds:.3g} s"
        value, error = box[0]
        return value, "" if error is None else shown(f"{type(error).__name__}: {error}", _TEXT)


class Consultation:
    """What the hooks said during one scan.

    Args:
        hooks: whom to ask.
        patience: for how long.
    """

    def __init__(self, hooks: Hooks, patience: Patience) -> None:
        self._hooks = hooks
        self._within = patience.within
        self._unheard = ""
        self._seen: dict[str, Answer] = {}
        self._failure = ""
        self._causes: dict[str, str] = {}

    def facts(self, header: bytes, envelope: Envelope) -> Envelope:
        """The envelope with what the hooks know; what the caller has said stands.

        Args:
            header: header block of the message.
            envelope: what the mail server said.
        """
        spam, valid = envelope.spam, envelope.sender_valid
        if spam is None and self._hooks.spam is not None:
            spam = self._judge("spam", self._hooks.spam, header, envelope)
        if valid is None and self._hooks.sender_valid is not None:
            valid = self._judge("sender-validity", self._hooks.sender_valid, header, envelope)
        return msgspec.structs.replace(envelope, spam=spam, sender_valid=valid)

    def _judge(self, check: str, judge: MailCheck, header: bytes, envelope: Envelope) -> bool | None:
        answer, problem = self._within(lambda: judge(header, envelope))
        if problem:
            self._causes[check] = problem
        elif isinstance(answer, bool):
            return answer
        elif answer is not None:
            self._causes[check] = f"the hook gave {type(answer).__name__}, not True, False or None"
        return None

    def look(self, part: Part) -> Finding | None:
        """Show a part to the malware engine; what it found, or that it failed, as a fact about the part."""
        engine = self._hooks.malware
        if engine is None or not part.data or self._failure:
            return None
        key = part.sha256 or ""
        answer = self._seen.get(key)
        if answer is None:
            given, problem = self._within(lambda: engine.scan(part.data, part.path))
            answer = given if isinstance(given, Answer) else failed(problem or "the engine gave no answer")
            self._seen[key] = answer
        if answer.result == "clean":
            return None
        if answer.result == "infected":
            return part.finding("malware-engine", f"engine: {shown(answer.text, _TEXT) or 'unnamed'}")
        # Said once: an engine that fails for one part is not asked about the others, which are no better off for waiting.
        self._failure = shown(answer.text, _TEXT) or "the engine gave no answer"
        return part.finding("engine-failed", f"malware engine: {self._failure}")

    def checks(self, asked: Iterable[Check], *, complete: bool) -> tuple[Check, ...]:
        """The policy's checks with what the hooks add to them.

        Args:
            asked: what the policy wants verified.
            complete: whether every part could be looked at.
        """
        return tuple(self._check(check, complete=complete) for check in asked)

    def _check(self, check: Check, *, complete: bool) -> Check:
        if check.check in self._causes and check.result == "not-evaluated":
            return Check(check.check, check.result, self._causes[check.check])
        if check.check != "malware-engine" or self._hooks.malware is None:
            return check
        if any(answer.result == "infected" for answer in self._seen.values()):
            return Check(check.check, "fail", self._engine())
        if self._failure:
            return Check(check.check, "not-evaluated", self._failure)
        if not complete:
            return Check(check.check, "not-evaluated", "not every part could be shown to the engine")
        return Check(check.check, "pass", self._engine())

    def _engine(self) -> str:
        engine = self._hooks.malware
        said, _problem = self._within(lambda: engine.describe() if engine is not None else "")
        return shown(said, _TEXT) if isinstance(said, str) else ""

    def voucher(self) -> Callable[[Certificate, tuple[Certificate, ...], Signature], Vouched | None] | None:
        """Asks the validation service about a signer; None where there is none."""
        return self._vouch if self._hooks.signature_trust is not None else None

    def _vouch(self, signer: Certificate, beside: tuple[Certificate, ...], signature: Signature) -> Vouched | None:
        service = self._hooks.signature_trust
        assert service is not None
        if self._unheard:
            return Vouched("not-evaluated", self._unheard, "not-evaluated", self._unheard)
        chain = tuple(each.encoded for each in beside if each is not signer)
        said, problem = self._within(lambda: service(signer.encoded, chain, signature))
        if said is None and not problem:
            return None
        if not isinstance(said, Validation):
            problem = problem or f"it gave {type(said).__name__}, not a Validation or None"
        elif said.trust not in _RESULTS or said.qualified not in _RESULTS:
            problem = f"an answer is one of {', '.join(_RESULTS)}"
        else:
            return Vouched(said.trust, shown(said.cause, _TEXT), said.qualified, shown(said.cause, _TEXT))
        # Said once: a service that fails for one signature is not asked about the others.
        self._unheard = f"{_NO_ANSWER}: {problem}"
        return Vouched("not-evaluated", self._unheard, "not-evaluated", self._unheard)
