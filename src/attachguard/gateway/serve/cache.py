"""Results of content that comes again: logos, newsletters, the same attachment to a hundred recipients.

A result is remembered under the SHA-256 of the content, all that was declared about it, the policy, and the day where that changes with time; a
reload, which may bring other rules, forgets all.
Not remembered is what others had a part in (hooks, keys held elsewhere), what did not come to its end, and what was put off.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import msgspec

from attachguard.codes import OWN_FAILURES
from attachguard.model import Action, Envelope

if TYPE_CHECKING:
    from attachguard.engine.scanner import Scanner
    from attachguard.gateway.pool.result import Result

#: What a result is taken to weigh by the length in which it was sent: the records made of it.
_FACTOR: Final = 4


class Cache:
    """Bounded by octets; the results that were not asked for longest make room.

    Args:
        room: octets it may take; 0 for no cache.
    """

    def __init__(self, room: int) -> None:
        self.room = room
        self._results: OrderedDict[bytes, Result] = OrderedDict()
        self._taken = 0

    def key(self, digest: bytes, kind: str, name: str, envelope: Envelope, scanner: Scanner) -> bytes | None:
        """What a result of content with this SHA-256 is remembered under; None where it may not be."""
        if scanner.hooks is not None or scanner.smime is not None:
            return None
        day = scanner.day().isoformat() if scanner.policy.changes_with_time else ""
        policy = scanner.policy
        declared = msgspec.msgpack.encode((kind, name, envelope, policy.id, policy.version, day))
        return digest + hashlib.sha256(declared).digest()

    def get(self, key: bytes) -> Result | None:
        """The result, where there is one."""
        result = self._results.get(key)
        if result is not None:
            self._results.move_to_end(key)
        return result

    def put(self, key: bytes, result: Result) -> None:
        """Remember a result, where it may be."""
        report = result.report
        weight = _weight(result)
        if result.failure or report.verdict.action is Action.DEFER or weight > self.room // 8 or key in self._results:
            return
        if not report.complete or any(finding.code in OWN_FAILURES for finding in report.findings):
            return
        self._results[key] = result
        self._taken += weight
        while self._taken > self.room:
            _key, old = self._results.popitem(last=False)
            self._taken -= _weight(old)

    def clear(self) -> None:
        """Forget everything: policy or rules are others now."""
        self._results.clear()
        self._taken = 0


def _weight(result: Result) -> int:
    return _FACTOR * result.octets + len(result.report.sanitized or b"") + 1024
