"""What Exim puts before a message that it hands over: an mbox line, the envelope in two fields, and in one case an empty line.

`From …`, `X-Envelope-From: <…>`, `X-Envelope-To: …` stand before the header. A message does not begin with them, so they are taken off, with the
empty line that `exim -bmalware` puts after them and that would end the header before it began.
"""

from __future__ import annotations

from typing import Final

from attachguard.gateway.octets import Octets

_LONGEST: Final = 64 << 10
_FIELDS: Final = (b"x-envelope-from:", b"x-envelope-to:")


class Preamble:
    """Takes the beginning of some content and gives what is left of it."""

    __slots__ = ("_held", "_through", "found", "gap", "recipients", "sender")

    def __init__(self) -> None:
        self._held = b""
        self._through = False
        #: Whether there was one.
        self.found = False
        #: Whether an empty line stood after it.
        self.gap = False
        self.sender = ""
        self.recipients: tuple[str, ...] = ()

    def take(self, data: Octets) -> Octets:
        """What is left of the next bytes; empty while it is not clear yet."""
        if self._through:
            return data
        self._held += data
        if not self._may_begin():
            return self._give(0)
        return self._parse(final=len(self._held) > _LONGEST)

    def rest(self) -> bytes:
        """What is left at the end."""
        return b"" if self._through else self._parse(final=True)

    def _may_begin(self) -> bool:
        mark = b"From "
        return self._held[: len(mark)] == mark[: len(self._held)]

    def _give(self, place: int) -> bytes:
        held, self._held = self._held[place:], b""
        self._through = True
        return held

    def _parse(self, *, final: bool) -> bytes:
        """Lines from the top, as long as they belong to it; waits for a line that is not whole."""
        held = self._held
        if not held.startswith(b"From "):
            return self._give(0) if final else b""
        place = held.find(b"\n") + 1
        if not place:
            return self._give(0) if final else b""
        values: dict[bytes, bytes] = {}
        while True:
            stop = held.find(b"\n", place) + 1
            if not stop and not final:
                return b""
            line = held[place : stop or len(held)]
            field = next((name for name in _FIELDS if line[: len(name)].lower() == name), None)
            if field is None or field in values:
                break
            values[field] = line[len(field) :].strip()
            place = stop or len(held)
            if not stop:
                break
        if not values:
            return self._give(0)
        self.found = True
        self.sender = _address(values.get(_FIELDS[0], b""))
        self.recipients = tuple(filter(None, (_address(each) for each in values.get(_FIELDS[1], b"").split(b","))))
        for gap in (b"\r\n", b"\n"):
            if held.startswith(gap, place):
                self.gap = True
                place += len(gap)
                break
        return self._give(place)


def _address(value: bytes) -> str:
    return value.decode("utf-8", "replace").strip().removeprefix("<").removesuffix(">").strip()
