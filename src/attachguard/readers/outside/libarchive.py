"""Unpacks archives of rare formats with libarchive, in a process of its own (`sandbox`).

libarchive is the one well-kept reader for RAR, LZX cabinets, LHA and PPMd. What its process writes is read as frames of bounded size: a kind, the
length of what follows, that.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from attachguard.errors import Malformed
from attachguard.limits import Budget
from attachguard.readers.outside import optional

_FRAME: Final = struct.Struct(">cI")
_LARGEST: Final = 1 << 16


class Libarchive:
    """One run of libarchive over an archive.

    Args:
        archive: its bytes, from its own beginning on.
        formats: what libarchive calls the format: `rar`, `rar5`, `7zip`, `lha`, `cab`, `zip`.
        budget: whose time it uses.
        what: name of the format, for messages.
    """

    def __init__(self, archive: bytes | memoryview, formats: tuple[str, ...], budget: Budget, what: str) -> None:
        self.trouble = ""
        self._budget = budget
        self._what = what
        self._reading = False
        self._ended = False
        self._waiting: tuple[bytes, bytes] | None = None
        # What starts processes takes longer to load than an archive of a usual format to be read.
        from attachguard.readers.outside.sandbox import Process

        folder = str(optional.folder("libarchive"))
        self._process = Process(("libarchive", folder, *formats), archive, budget, what, "libarchive")

    def close(self) -> None:
        """End the run, wherever it is."""
        self._ended = True
        self._process.close()

    def files(self) -> Iterator[tuple[str, Iterator[bytes] | None]]:
        """Names and contents of the files, as they come; what nobody has read of one is passed over before the next.

        A file of which not one byte could be unpacked has None for its content: libarchive does not say whether it is damaged or whether it only
        does not know the method.
        """
        while True:
            for piece in self._content() if self._reading else ():
                self._budget.charge(len(piece))
            kind, payload = self._frame()
            if kind != b"E":
                self._trouble(kind, payload)
                return
            name = payload.decode("utf-8", "replace")
            kind, payload = self._waiting = self._frame()
            self._reading = kind in (b"D", b"X")
            if not self._reading:
                self._waiting = None
                self._trouble(kind, payload)
            yield name, self._content() if self._reading else None

    def _content(self) -> Iterator[bytes]:
        """The content of the file that `files` has named last.

        Raises:
            Malformed: it is damaged, or unpacking broke off.
            LimitExceeded: the child took too long.
        """
        while self._reading:
            kind, payload = self._waiting or self._frame()
            self._waiting = None
            if kind == b"D":
                yield payload
                continue
            self._reading = False
            if kind == b"X":
                return
            self._trouble(kind, payload)
            raise Malformed(f"{self._what}: {self.trouble}")

    def _trouble(self, kind: bytes, payload: bytes) -> None:
        """Note why there is no more."""
        self._ended = kind != b"B"
        if kind == b"A":
            self.trouble = f"libarchive cannot be loaded ({_words(payload)}); {optional.REMEDY}"
        elif kind in (b"B", b"F"):
            self.trouble = f"libarchive cannot unpack it ({_words(payload) or 'broken data'})"
        elif kind != b"Z" and not self.trouble:
            self.trouble = self._process.trouble or "unpacking broke off"

    def _frame(self) -> tuple[bytes, bytes]:
        """Kind and content of the next frame; an empty kind where there is none or it makes no sense."""
        if self._ended:
            return b"", b""
        header = self._process.exactly(_FRAME.size)
        if len(header) < _FRAME.size:
            return b"", b""
        kind, length = _FRAME.unpack(header)
        if kind not in b"EDXBFAZ" or length > _LARGEST:
            return b"", b""
        payload = self._process.exactly(length)
        return (kind, payload) if len(payload) == length else (b"", b"")


def _words(payload: bytes) -> str:
    """Text of the child, fit for a detail."""
    words = payload[:80].decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in words)
