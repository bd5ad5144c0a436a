"""When a message is read again, and what is said of it then.

A message is kept while it arrives, so that a departure seen at its end can still be resolved. Where none was seen that is all it costs: a list
of the chunks that the caller handed in. A message longer than `KEPT` is let go of; if it has a departure that matters, that is said, and nothing
is claimed about its other readings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.codes import Role
from attachguard.mail.encodings import IDENTITY
from attachguard.mail.message.entity import ELSEWHERE
from attachguard.mail.readings.grammar import begins_with_fields, holds_entity
from attachguard.model import Finding

if TYPE_CHECKING:
    from attachguard.mail.message import Entity, Record
    from attachguard.part import Part

#: Longest message that is kept to be read again; with its largest part it is what a scan holds in memory at most.
KEPT: Final = 12 << 20
_AS_IT_STANDS: Final = IDENTITY | {""}
#: Where the fields of a message may stand that begins with an empty line.
_HEADER: Final = 8192
_TEXT: Final = ("text/plain", "text/html")


class Keeper:
    """Keeps what is needed to read a message again.

    Args:
        record: what the parser has seen.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self._chunks: list[bytes] = []
        self._size = 0

    def add(self, data: bytes) -> None:
        """Keep more of the message."""
        self._size += len(data)
        if self._size <= KEPT:
            self._chunks.append(data)
        else:
            self._chunks.clear()

    def facts(self, part: Part) -> Iterator[Part | Finding]:
        """What the other readings hold, once the message has ended; see `facts`."""
        if not self._record.ambiguous:
            return
        if self._size > KEPT:
            yield _too_large(part, self._record)
            return
        yield from facts(part, self._record, b"".join(self._chunks))


def look(record: Record, entity: Entity, content: bytes) -> None:
    """Note what only the decoded content of a leaf shows.

    Args:
        record: gets the departures.
        entity: the leaf.
        content: its decoded content.
    """
    if entity.place:
        if holds_entity(content):
            record.note("entity-around", entity.body, entity.end)
    elif (
        entity.encoding in _AS_IT_STANDS
        and not entity.media_type.startswith("message/")
        and (
            begins_with_fields(content, text=entity.media_type.startswith("text/"))
            or (not entity.parent and not entity.given and holds_entity(content[:_HEADER]))
        )
    ):
        record.note("fields-in-body", entity.body, entity.end)
    if entity.media_type.startswith("text/") and b"\0" in content:
        record.note("nul-in-body", entity.body, entity.end)


def facts(part: Part, record: Record, raw: bytes) -> Iterator[Part | Finding]:
    """Bodies and names that only other readings have, as parts, and a finding where there are any.

    Args:
        part: the message.
        record: what the parser has seen of it, to its end.
        raw: its octets.
    """
    if not record.ambiguous:
        return
    if len(raw) > KEPT:
        yield _too_large(part, record)
        return
    from attachguard.mail.readings import union

    shared = any(anomaly.kind == "boundary-shared" for anomaly in record.anomalies)
    readings = union.read(raw, record.leaves, part.budget, shared=shared)
    for further in readings.further:
        shown = further.media_type in _TEXT and not further.name
        role: Role = "body" if shown else "attachment"
        yield part.child(further.name, further.content, role=role, declared=further.media_type)
        if further.media_type in ELSEWHERE:
            yield part.finding(*ELSEWHERE[further.media_type])
    if readings.kinds or readings.bounded:
        kinds = ", ".join(readings.kinds) or ", ".join(_classes(record))
        more = "more readings than are followed" if readings.bounded else f"{len(readings.further)} further"
        yield part.finding("readings-differ", f"readings differ: {kinds} ({more})")


def _too_large(part: Part, record: Record) -> Finding:
    return part.finding(
        "too-large-to-compare", f"message too large to be read in every way: {', '.join(_classes(record))}"
    )


def _classes(record: Record) -> list[str]:
    return list(dict.fromkeys(anomaly.kind for anomaly in record.anomalies if anomaly.severity == "ambiguous"))
