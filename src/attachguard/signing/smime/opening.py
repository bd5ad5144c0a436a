"""Opening envelopes during one scan: the decryptor is asked within its time, and the policy's certificates say whose key lives further on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from attachguard.codes import EncryptionState
from attachguard.signing.ledger import Ledger
from attachguard.signing.smime import KeyAnswer

if TYPE_CHECKING:
    from attachguard.model import Finding
    from attachguard.part import Part
    from attachguard.readers.crypto.certificate import Certificate
    from attachguard.readers.crypto.envelope import Recipient
    from attachguard.signing.smime import Decryptor

_STATES: Final = frozenset({"held", "elsewhere", "unknown", "failed", "unsupported"})
#: The state of an answer that never came or makes no sense; its content says why.
BROKEN: Final = "broken"


Within = Callable[[Callable[[], object]], tuple[object, str]]


class Opener:
    """Opens the envelopes of one scan.

    Args:
        decryptor: who holds keys; None where nobody does.
        elsewhere: certificates whose keys live further on, as the policy names them.
        within: makes a call within its time, and gives its result and why there is none.
    """

    __slots__ = ("_decryptor", "_elsewhere", "_failure", "_within")

    def __init__(self, decryptor: Decryptor | None, elsewhere: Sequence[Certificate], within: Within) -> None:
        self._decryptor = decryptor
        self._elsewhere = elsewhere
        self._within = within
        self._failure = ""

    def open(self, recipients: Sequence[Recipient], cms: bytes) -> KeyAnswer:
        """What becomes of an envelope; see `Decryptor.open`. An answer that makes no sense is `BROKEN`, with the cause as its content."""
        answer = self._ask(recipients, cms)
        if answer.state not in ("unknown", BROKEN):
            return answer
        known = any(
            recipient.is_for(found.issuer, found.serial, found.key_id)
            for recipient in recipients
            for found in self._elsewhere
        )
        return KeyAnswer("elsewhere") if known else answer

    def _ask(self, recipients: Sequence[Recipient], cms: bytes) -> KeyAnswer:
        decryptor = self._decryptor
        if decryptor is None:
            return KeyAnswer("unknown")
        if not self._failure:
            answer, problem = self._within(lambda: decryptor.open(recipients, cms))
            if isinstance(answer, KeyAnswer) and answer.state in _STATES and isinstance(answer.content, bytes):
                return answer
            # Said once: a key store that fails for one envelope is not asked about the others.
            self._failure = problem or f"it gave {type(answer).__name__}, which is no answer"
        return KeyAnswer(BROKEN, self._failure.encode())


def told(part: Part, answer: KeyAnswer, what: str, whom: str) -> Iterator[Finding]:
    """The finding that follows from an answer; sets the part's encryption state.

    Args:
        part: what is encrypted.
        answer: what was said.
        what: the scheme in plain words.
        whom: how many recipients there are, in plain words.
    """
    if answer.state == BROKEN:
        cause = answer.content.decode()
        part.context.get(Ledger).unopened[part] = f"the key store gave no answer: {cause}"
        # Nobody said that the key is unknown: the fault is on this side, and so is the finding.
        part.encryption = "unknown-key"
        yield part.finding("key-store-failed", f"{what}, the key store gave no answer: {cause}")
        return
    states: dict[str, tuple[EncryptionState, str]] = {
        "held": ("key-held", "opened with a held key"),
        "elsewhere": ("key-elsewhere", "for a key that lives further on"),
        "failed": ("unknown-key", "a key for it is held but it does not open"),
        "unsupported": ("unsupported-scheme", "a key for it is held but not the algorithm"),
    }
    state, words = states.get(answer.state, ("unknown-key", whom))
    yield part.encrypted(state, f"{what}, {words}")
