"""Clear-signed mail (RFC 1847, RFC 8551 section 3.5.3): digests over the first part of a multipart/signed, while it streams by.

What is signed is the part as it is, its header included, with every line end as CRLF.

Why our own: the digest is taken while the message streams by; libraries want it whole.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from attachguard.signing.ledger import Content, Ledger

if TYPE_CHECKING:
    from attachguard.mail.message import Entity, Event
    from attachguard.part import Part

_PROTOCOLS: Final = frozenset({"", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_DIGESTS: Final = ("sha256", "sha1", "sha384", "sha512", "sha224", "md5")
_ALWAYS: Final = ("sha256", "sha512")


class _Running:
    """Digests of one signed part so far."""

    __slots__ = ("_after_cr", "digests", "whole")

    def __init__(self, micalg: str) -> None:
        named = {word.strip().replace("-", "") for word in micalg.lower().split(",")[:8]}
        # The customary ones always: what the message says of the algorithm is often wrong.
        self.digests = {
            name: hashlib.new(name, usedforsecurity=False) for name in _DIGESTS if name in _ALWAYS or name in named
        }
        self.whole = False
        self._after_cr = False

    def update(self, piece: bytes) -> None:
        """Take the next octets."""
        skip = 1 if self._after_cr and piece[:1] == b"\n" else 0
        text = piece[:skip] + piece[skip:].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        self._after_cr = piece.endswith(b"\r")
        for running in self.digests.values():
            running.update(text)


class ClearSigned:
    """The multipart/signed of one message; fed with the parser's events.

    Args:
        ledger: learns what a signature part is about.
    """

    __slots__ = ("_ledger", "_running")

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._running: dict[str, _Running | None] = {}

    def add(self, event: Event) -> None:
        """Take octets of what is signed."""
        section = event.entity.section
        if section not in self._running:
            kind = event.entity.parameters.get("protocol", "").strip().lower()
            known = kind in _PROTOCOLS
            self._running[section] = _Running(event.entity.parameters.get("micalg", "")) if known else None
        running = self._running[section]
        if running is not None and not running.whole:
            running.update(event.content)

    def end(self, event: Event) -> None:
        """That was all of it."""
        running = self._running.get(event.entity.section)
        if running is not None:
            running.whole = True

    def hand_over(self, entity: Entity, part: Part) -> None:
        """Tell the ledger what this part signs, if it is the second one of a multipart/signed."""
        if entity.parent != "multipart/signed" or not self._running:
            return
        running = self._running.get(entity.section.rpartition(".")[0])
        if running is not None and running.whole:
            self._ledger.covered[part] = Content(
                digests={name: found.digest() for name, found in running.digests.items()}
            )
