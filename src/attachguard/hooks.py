"""What a caller may ask of others during a scan: a malware engine, the spam filter upstream, the proof of the sender, a validation service.

All hooks are optional and all of them do their own I/O: the library only calls them, each within a time limit, and turns silence and errors into
"not evaluated". A malware engine that is configured but gives no answer is the scanner's own failure (`scan-incomplete`), so a broken engine
never lets mail through; one that is not configured is a check that nobody made, and the report says so. `consultation` does the asking.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, Protocol

import msgspec

from attachguard._core.mime import split_fields
from attachguard.mail.fields import text, unfold
from attachguard.model import Envelope, PartRecord, Signature

__all__ = ["Answer", "Hooks", "MalwareEngine", "SpamHeader", "Validation", "clean", "failed", "infected"]

_RECEIVED_BY: Final = re.compile(rb"(?:\A|[\s)])by\s+([A-Za-z0-9._-]{1,255})", re.IGNORECASE)

#: Looks at the header block of a message and at its envelope; None where it cannot tell.
MailCheck = Callable[[bytes, Envelope], bool | None]


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


class Validation(msgspec.Struct, frozen=True):
    """What a validation service says of one signer.

    Args:
        trust: `pass`, `fail` or `not-evaluated`.
        qualified: whether the signature is a qualified one: `pass`, `fail` or `not-evaluated`.
        cause: who says so, or why not; is in the report.
    """

    trust: str
    qualified: str = "not-evaluated"
    cause: str = ""


#: Given a part and its content as it came, before a copy without it, or without something in it, is handed out.
Keeper = Callable[[PartRecord, bytes], object]
#: Asked about the signer of a signature whose integrity holds: the certificate in DER, those that came along, and what is known of the signature
#: (format, coverage, claimed time). None where it cannot tell; then the trust list is asked, if there is one.
Validator = Callable[[bytes, tuple[bytes, ...], Signature], Validation | None]


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
        signature_trust: asked whether signers are to be trusted; see `Validator`.
        on_removed: given each top-level part that was cleaned or replaced in the copy, and its content as it came, before the copy is handed out:
            whoever keeps originals loses nothing. Where it raises or gives no answer in time, there is no copy.
        seconds: how long each call may take; also one call of `Scanner(smime=…)`.
    """

    __slots__ = ("malware", "on_removed", "seconds", "sender_valid", "signature_trust", "spam")

    def __init__(
        self,
        *,
        malware: MalwareEngine | None = None,
        spam: MailCheck | None = None,
        sender_valid: MailCheck | None = None,
        signature_trust: Validator | None = None,
        on_removed: Keeper | None = None,
        seconds: float = 20.0,
    ) -> None:
        self.malware = malware
        self.on_removed = on_removed
        self.spam = spam
        self.sender_valid = sender_valid
        self.signature_trust = signature_trust
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
