"""What there is to tell of a message: events since the caller last asked, departures and leaves of all of it."""

from __future__ import annotations

from attachguard.mail.message.entity import Entity
from attachguard.mail.message.events import Event, EventKind
from attachguard.mail.readings import grammar
from attachguard.mail.readings.grammar import Anomaly


class Record:
    """Collects what the parser sees.

    Args:
        leaves: so many of them are kept.
    """

    __slots__ = ("_events", "_held", "_most", "anomalies", "leaves")

    def __init__(self, leaves: int) -> None:
        #: Departures from the strict grammar, the first `grammar.MOST` of them.
        self.anomalies: list[Anomaly] = []
        #: The leaves so far, those around the parts of multiparts too.
        self.leaves: list[Entity] = []
        self._most = leaves
        self._events: list[Event] = []
        #: Departures inside an original that a bounce returns, until it is known whether it was cut; None elsewhere.
        self._held: list[Anomaly] | None = None

    @property
    def ambiguous(self) -> bool:
        """Whether the message departs from the grammar in a way that other readers may resolve otherwise."""
        return any(anomaly.severity == "ambiguous" for anomaly in self.anomalies)

    @property
    def full(self) -> bool:
        """Whether enough departures are known, one among them over which readings may differ."""
        return len(self.anomalies) >= grammar.MOST and self.ambiguous

    def tell(self, kind: EventKind, entity: Entity, content: bytes = b"") -> None:
        """Remember an event."""
        self._events.append(Event(kind, entity, content))

    def broken(self, entity: Entity, detail: str, code: str = "malformed-mime") -> None:
        """Remember that the structure is broken; that of a returned original says nothing."""
        if self._held is not None and code == "malformed-mime":
            return
        self._events.append(Event(EventKind.ANOMALY, entity, code=code, detail=detail))

    def note(self, kind: str, begin: int, end: int) -> None:
        """Remember a departure from the strict grammar: its class, and the octets of the input it spans."""
        if self._held is not None:
            if len(self._held) < grammar.MOST:
                self._held.append(Anomaly(kind, begin, end))
            return
        if len(self.anomalies) < grammar.MOST or (grammar.CLASSES[kind][0] == "ambiguous" and not self.ambiguous):
            self.anomalies.append(Anomaly(kind, begin, end))

    def hold(self) -> None:
        """An original that a bounce returns begins."""
        self._held = self._held or []

    def release(self, headless: int = -1) -> None:
        """It has ended.

        Args:
            headless: where the part begins whose header was cut, so that it has no body; what is odd about it is the cut. -1 without one.
        """
        held, self._held = self._held or [], None
        for anomaly in held:
            if headless < 0 or anomaly.begin < headless:
                self.note(*anomaly)

    def leaf(self, entity: Entity) -> None:
        """Remember a leaf, and that it begins."""
        if len(self.leaves) < self._most:
            self.leaves.append(entity)
        self._events.append(Event(EventKind.LEAF, entity))

    def take(self) -> list[Event]:
        """The events so far; they are handed over once."""
        events, self._events = self._events, []
        return events
