"""Unpacks archives of rare formats with libarchive, in a process of its own that may do nothing else.

libarchive is the one well-kept reader for RAR, LZX cabinets, LHA and PPMd, and it is a hundred thousand lines of C that hostile bytes shall not
meet in the process that scans. The child (`sandbox_child.py`) has limits on memory and time, no files, no children and no privileges to gain; what
it writes is read as frames of bounded size, as slowly as the scan takes it; it is killed when it is done with, when it hangs and when the scan ends.
A crash costs the members that were not read yet, and they are reported as such.

Archives that the readers of this package open themselves start no process. POSIX only; elsewhere such content is reported as unread.
"""

from __future__ import annotations

import os
import select
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, Final

from attachguard.errors import LimitExceeded, Malformed
from attachguard.limits import MIB, Budget
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers import optional

#: Address space of the child: the interpreter takes some 60 MiB, the largest usual dictionary 256.
MEMORY: Final = 768 * MIB
#: Seconds of processor time that the child may use.
CPU_SECONDS: Final = 60
#: Seconds that a scan waits for one child, all pauses together.
WAIT_SECONDS: Final = 30.0

_CHILD: Final = Path(__file__).with_name("sandbox_child.py")
_FRAME: Final = struct.Struct(">cI")
_LARGEST: Final = 1 << 16
_POLL_SECONDS: Final = 0.5
_ENVIRONMENT: Final = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}


def unpacked(
    part: Part,
    archive: bytes | memoryview,
    formats: Iterable[str],
    names: list[str],
    others: Collection[str],
    what: str,
) -> Iterator[tuple[str, Iterator[bytes] | None] | Finding]:
    """The files of an archive that its own reader lists and cannot unpack.

    Args:
        part: the archive, for its budget and for findings.
        archive: its bytes, from its own beginning on.
        formats: what libarchive calls the format: `rar`, `rar5`, `7zip`, `lha`, `cab`, `zip`.
        names: of the wanted files, in their order in the archive.
        others: names of files that the own reader deals with.
        what: name of the format, for messages.

    Returns:
        Name and content of each wanted file, in the order in which it is unpacked; None for the content of those that could not be had. A
        finding where the unpacking broke off.
    """
    waiting = Counter(names)
    if names and optional.unpacker():
        with closing(_Child(archive, tuple(formats), part.budget, what)) as child:
            for name, content in child.files():
                # The two readers may disagree about letters; then the order of the archive tells which file it is.
                known = name if waiting[name] else "" if name in others else next(iter(+waiting), "")
                if known:
                    waiting[known] -= 1
                    yield known, content
                if not any(waiting.values()):
                    break
            if child.trouble:
                yield part.finding("uninspectable-content", f"{what}: {child.trouble}")
    for name in waiting.elements():
        yield name, None


class _Child:
    """One run of the child program.

    Args:
        archive: what it shall unpack.
        formats: see `unpacked`.
        budget: whose time it uses.
        what: name of the format, for messages.
    """

    def __init__(self, archive: bytes | memoryview, formats: tuple[str, ...], budget: Budget, what: str) -> None:
        self.trouble = ""
        self._budget = budget
        self._what = what
        self._patience = WAIT_SECONDS
        self._reading = False
        self._ended = False
        self._waiting: tuple[bytes, bytes] | None = None
        with _stored(archive) as source:
            folder = optional.folder("libarchive")
            command = [
                sys.executable,
                "-I",
                "-S",
                "-B",
                str(_CHILD),
                str(folder),
                str(MEMORY),
                str(CPU_SECONDS),
                *formats,
            ]
            self._process = subprocess.Popen(  # noqa: S603  our own program, nothing of the content in the arguments
                command,
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_ENVIRONMENT,
                cwd="/",
                close_fds=True,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        self._pipe = self._process.stdout.fileno()
        self._poll = select.poll()
        self._poll.register(self._pipe, select.POLLIN | select.POLLHUP)

    def close(self) -> None:
        """Kill the process, whatever it is doing, and forget it."""
        self._ended = True
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

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
            self.trouble = "unpacking broke off"

    def _frame(self) -> tuple[bytes, bytes]:
        """Kind and content of the next frame; an empty kind where there is none or it makes no sense."""
        if self._ended:
            return b"", b""
        header = self._exactly(_FRAME.size)
        if len(header) < _FRAME.size:
            return b"", b""
        kind, length = _FRAME.unpack(header)
        if kind not in b"EDXBFAZ" or length > _LARGEST:
            return b"", b""
        payload = self._exactly(length)
        return (kind, payload) if len(payload) == length else (b"", b"")

    def _exactly(self, count: int) -> bytes:
        """The next `count` bytes; fewer at the end of the pipe."""
        pieces: list[bytes] = []
        while count:
            self._await()
            piece = os.read(self._pipe, count)
            if not piece:
                break
            pieces.append(piece)
            count -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _await(self) -> None:
        """Wait until there is something to read."""
        began = time.monotonic()
        while not self._poll.poll(_POLL_SECONDS * 1000):
            self._budget.check_time()
            if time.monotonic() - began > self._patience:
                self.trouble = f"libarchive took longer than {WAIT_SECONDS:g} s"
                self.close()
                raise LimitExceeded("seconds", f"{self._what}: {self.trouble}")
        self._patience -= time.monotonic() - began
        self._budget.check_time()


def _stored(archive: bytes | memoryview) -> BinaryIO:
    """The archive as a file that the child can seek in: in memory where the system has such files."""
    file: BinaryIO
    if hasattr(os, "memfd_create"):
        file = os.fdopen(os.memfd_create("archive", os.MFD_CLOEXEC), "w+b", buffering=0)
    else:
        file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  handed to the caller, who closes it
    left = memoryview(archive)
    while left:
        left = left[file.write(left) :]
    file.seek(0)
    return file


def _words(payload: bytes) -> str:
    """Text of the child, fit for a detail."""
    words = payload[:80].decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in words)
