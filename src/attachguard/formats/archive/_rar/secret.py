"""What the two ways of opening encrypted RAR archives share: the result, the passwords of one archive, AES.

The archive is copied in memory, and in the copy neither names nor members are encrypted (`rarsecret_new`, `rarsecret_old`).

Why our own: no library decrypts without the program; AES itself comes from the cryptography package, loaded when a password is tried.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from attachguard.part import Part
from attachguard.passwords import Candidate, Candidates

#: Most headers of one archive that are looked at.
HEADERS: Final = 20_000


class Copy(NamedTuple):
    """An archive without its encryption.

    Args:
        data: the archive; what no password opens is as it was.
        origins: where the passwords came from.
        end: where the archive ends in the part's own data; 0 where it has no end mark.
    """

    data: bytes
    origins: tuple[str, ...]
    end: int = 0


class Keys:
    """Passwords for the locks of one archive, each lock asked once.

    Args:
        part: the archive.
    """

    def __init__(self, part: Part) -> None:
        self._part = part
        self._proven: list[Candidate] = []
        self._known: dict[object, Candidate | None] = {}
        self.origins: dict[str, None] = {}
        self.end = 0

    def find(self, lock: object, cost: float, fits: Callable[[str], bool]) -> str | None:
        """The password of a lock, if it is at hand."""
        if lock not in self._known:
            found = next((each for each in self._proven if fits(each.word)), None)
            if found is None:
                found = next(
                    (each for each in self._part.context.get(Candidates).offer(self._part, cost) if fits(each.word)),
                    None,
                )
                if found is not None:
                    self._part.context.get(Candidates).opened(found)
                    self._proven.append(found)
                    self.origins[found.origin] = None
            self._known[lock] = found
        candidate = self._known[lock]
        return candidate.word if candidate is not None else None
