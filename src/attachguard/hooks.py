"""What a caller may ask of others during a scan: a malware engine, the spam filter upstream, the proof of the sender.

All hooks are optional and all of them do their own I/O: the library only calls them, each within a time limit, and turns silence and errors into
"not evaluated". A malware engine that is configured but gives no answer is the scanner's own failure (`scan-incomplete`), so a broken engine
never lets mail through; one that is not configured is a check that nobody made, and the report says so.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from typing import Final, Protocol, TypeVar

import msgspec

from attachguard._core.mime import split_fields
from attachguard.fields import text, unfold
from attachguard.limits import Budget
from attachguard.model import Check, Envelope, Finding
from attachguard.part import Part

T = TypeVar("T")

#: Outside text in findings and checks is cut to this many characters.
_TEXT: Final = 120
_RECEIVED_BY: Final = re.compile(rb"(?:\A|[\s)])by\s+([A-Za-z0-9._-]{1,255})", re.IGNORECASE)

#: Looks at the header block of a message and at its envelope; None where it cannot tell.
Judge = Callable[[bytes, Envelope], bool | None]


class Answer(msgspec.Struct, frozen=True):
    """What a malware engine says about some bytes; made by `clean`, `infected` and `failed`.

    Args:
        result: `clean`, `infected` or `failed`.
        text: name of what was found, or why there is no answer.
    """

    result: str
    text: str = ""


def clean() -> Answer:
    """The engine knows nothing bad of these bytes."""
    return Answer("clean")


def infected(name: str) -> Answer:
    """The engine knows these bytes under this name."""
    return Answer("infected", name)


def failed(cause: str) -> Answer:
    """The engine could not say."""
    return Answer("failed", cause)


class MalwareEngine(Protocol):
    """A scanner for known malware; called from several threads at a time when the scanner is."""

    def scan(self, data: bytes, name: str) -> Answer:
        """Say what these bytes are known as.

        Args:
            data: content of one part, decoded, and decrypted where that was possible.
            name: path of the part, for the engine's own log.
        """

    def describe(self) -> str:
        """Name of the engine and date of its database, for the report; empty where it is not known."""


class Hooks:
    """The hooks of one scanner; give it as `Scanner(hooks=Hooks(…))`.

    Args:
        malware: asked about every part of a message or file.
        spam: True for advertising; a callable, or a `SpamHeader`.
        sender_valid: True where the sender is proven; a callable, or an `AuthenticationResults`.
        seconds: how long each call may take.
    """

    __slots__ = ("malware", "seconds", "sender_valid", "spam")

    def __init__(
        self,
        *,
        malware: MalwareEngine | None = None,
        spam: Judge | None = None,
        sender_valid: Judge | None = None,
        seconds: float = 20.0,
    ) -> None:
        self.malware = malware
        self.spam = spam
        self.sender_valid = sender_valid
        self.seconds = seconds


class SpamHeader:
    """Reads the verdict that a spam filter upstream has written into the header.

    Trusted is only what stands above the topmost Received field of a configured host: everything below it came in from outside, and anybody
    can write such a field there.

    Args:
        hosts: names that trusted servers give themselves in `Received: … by NAME`.
        name: the field, e.g. `X-Spam-Flag` or `X-Spam-Status`.
        spam: pattern at the beginning of the value of advertising.
        ham: pattern at the beginning of the value of anything else.
    """

    def __init__(
        self, hosts: Iterable[str], *, name: str = "X-Spam-Flag", spam: str = r"yes\b", ham: str = r"no\b"
    ) -> None:
        self._hosts = frozenset(host.lower().rstrip(".") for host in hosts)
        if not self._hosts:
            raise ValueError("hosts is empty: name the servers whose verdict is trusted")
        self._name = name.lower().encode()
        self._spam = re.compile(spam, re.IGNORECASE)
        self._ham = re.compile(ham, re.IGNORECASE)

    def __call__(self, header: bytes, envelope: Envelope) -> bool | None:
        """The verdict; None where no trusted server gave one.

        Args:
            header: header block of the message.
            envelope: not needed here.
        """
        del envelope
        values: list[str] = []
        for name, value in split_fields(header):
            key = name.lower()
            if key == self._name:
                values.append(text(unfold(value[:1000])).strip())
            elif key == b"received":
                by = _RECEIVED_BY.search(value[:2000])
                if by is not None and text(by[1]).lower().rstrip(".") in self._hosts:
                    break
        else:
            return None
        if any(self._spam.match(value) for value in values):
            return True
        return False if any(self._ham.match(value) for value in values) else None


class Consultation:
    """What the hooks said during one scan.

    Args:
        hooks: whom to ask.
        budget: no call outlasts the scan.
        caught: runs a step and gives its result and what it raised (`walk.caught`).
    """

    def __init__(
        self, hooks: Hooks, budget: Budget, caught: Callable[[Callable[[], object]], tuple[object, Exception | None]]
    ) -> None:
        self._hooks = hooks
        self._budget = budget
        self._caught = caught
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

    def _judge(self, check: str, judge: Judge, header: bytes, envelope: Envelope) -> bool | None:
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
            return part.finding("malware-signature", f"engine: {_shown(answer.text) or 'unnamed'}")
        # Said once: an engine that fails for one part is not asked about the others, which are no better off for waiting.
        self._failure = _shown(answer.text) or "the engine gave no answer"
        return part.finding("scan-incomplete", f"malware engine: {self._failure}")

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
        return _shown(said) if isinstance(said, str) else ""

    def _within(self, call: Callable[[], object]) -> tuple[object, str]:
        """What a call gives, and why it gave nothing.

        The call has a thread of its own: nothing else can end the wait for a function that does not return. The thread of one that never
        does is left behind.
        """
        seconds = min(self._hooks.seconds, self._budget.deadline - self._budget.now())
        box: list[tuple[object, Exception | None]] = []
        thread = threading.Thread(target=lambda: box.append(self._caught(call)), daemon=True)
        thread.start()
        thread.join(max(0.0, seconds))
        if not box:
            return None, f"no answer within {seconds:.3g} s"
        value, error = box[0]
        return value, "" if error is None else _shown(f"{type(error).__name__}: {error}")


def _shown(words: str) -> str:
    """Text from outside as it may stand in a report."""
    return "".join(letter if letter.isprintable() else "?" for letter in words[:_TEXT])
