"""What a sanitizer is handed and what it gives back: facts in, bytes and a list of what was taken out back; no policy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from attachguard.kinds import KINDS
from attachguard.limits import Budget
from attachguard.model import Removed
from attachguard.types.letters import printable


class Refusal(Exception):
    """Why a file cannot be cleaned, in plain words; content of the file is no part of it."""


class Child(NamedTuple):
    """What became of something inside a file.

    Args:
        data: what may be in its place; None where it has to go.
        removed: what was taken out of it, paths counted from the child itself.
        name: its file name, where that is another now; empty where it stays.
        reasons: codes of what it has to go for.
    """

    data: bytes | None
    removed: tuple[Removed, ...] = ()
    name: str = ""
    reasons: tuple[tuple[str, str], ...] = ()


class Work:
    """One file to be cleaned.

    Args:
        data: its bytes.
        name: its file name.
        type: id of its type.
        budget: bounds of the scan that it belongs to.
        wants: whether facts of a kind have to be removed.
        concerned: names of members in which something was found that has to go.
        child: cleans content of a member or embedded file by its name: what may be in its place.
        deeper: whether anything was found in the file that is not of its own: in its members.
    """

    __slots__ = ("_child", "_wants", "budget", "concerned", "data", "name", "removed", "type")

    def __init__(
        self,
        data: bytes,
        name: str,
        type_id: str,
        budget: Budget,
        *,
        wants: Callable[[str], bool],
        concerned: frozenset[str] = frozenset(),
        child: Callable[[str, bytes], Child] | None = None,
    ) -> None:
        self.data = data
        self.name = name
        self.type = type_id
        self.budget = budget
        self.concerned = concerned
        self.removed: list[Removed] = []
        self._wants = wants
        self._child = child

    def wants(self, *kinds: str) -> bool:
        """Whether facts of one of these kinds have to be removed."""
        return any(self._wants(kind) for kind in kinds)

    def child(self, name: str, data: bytes) -> Child:
        """What may be in place of a member; what was taken out of it is noted here."""
        self.budget.charge(len(data))
        if self._child is None:
            return Child(None)
        child = self._child(name, data)
        for record in child.removed:
            self.removed.append(below(name, record))
        return child

    def took(self, code: str, kind: str, detail: str, content: bytes | None = None, *, member: str = "") -> None:
        """Note something that was taken out.

        Args:
            code: reason code.
            kind: what exactly it was.
            detail: in plain words; nothing longer than a line.
            content: its bytes, where it had any of its own.
            member: name of the member that it was, or was in.
        """
        self.budget.check_time()
        if len(self.removed) >= self.budget.limits.findings:
            return
        digest = hashlib.sha256(content).hexdigest() if content is not None else None
        size = len(content) if content is not None else None
        record = Removed(
            printable(member), code, kind if kind in KINDS else code, printable(detail[:200]), digest, size
        )
        self.removed.append(record)


class Cleaned(NamedTuple):
    """A cleaned file.

    Args:
        data: its bytes.
        type: id of its type, where that has changed.
    """

    data: bytes
    type: str = ""


class Sanitizer(Protocol):
    """A module that cleans files of some types."""

    @property
    def TYPES(self) -> frozenset[str]:
        """Ids of the file types that it cleans."""

    @property
    def REMOVES(self) -> dict[str, str]:
        """What it takes out: kinds of facts, and how in a few words."""

    @property
    def KEEPS(self) -> str:
        """What stays, in one sentence."""

    @property
    def REFUSES(self) -> str:
        """What it does not clean, in one sentence."""

    def sanitize(self, work: Work) -> Cleaned:
        """The file without what is not wanted; what went is noted with the work.

        Raises:
            Refusal: it cannot be cleaned.
        """


def below(name: str, record: Removed) -> Removed:
    """A record of something in a member, as the file that holds the member says it."""
    path = f"{printable(name)}!/{record.part}" if record.part else printable(name)
    return Removed(path, record.code, record.kind, record.detail, record.sha256, record.size)


def by_type(sanitizers: Sequence[Sanitizer]) -> dict[str, Sanitizer]:
    """The dispatch table: one sanitizer a type."""
    return {type_id: sanitizer for sanitizer in reversed(sanitizers) for type_id in sanitizer.TYPES}
