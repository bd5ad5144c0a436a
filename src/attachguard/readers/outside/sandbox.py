"""Programs that read rare formats, each run in a process of its own that may do nothing else.

The well-kept readers of rare formats are large C programs that hostile bytes shall not meet in the process that scans. The process (`confined.py`)
has limits on memory and time, writes no files, starts no children and gains no privileges; what it puts out is taken as slowly as the scan takes it;
it is killed with all that it may have started when it is done with, when it hangs and when the scan ends. A crash costs what was not read yet, and
that is reported as such.

Content that the readers of this package open themselves starts no process. POSIX only; elsewhere such content is reported as unread.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from attachguard.errors import LimitExceeded
from attachguard.limits import MIB, Budget

#: Address space of the process: an interpreter takes some 60 MiB, the largest usual dictionary 256.
MEMORY: Final = 768 * MIB
#: Seconds of processor time that it may use.
CPU_SECONDS: Final = 60
#: Seconds that a scan waits for one process, all pauses together.
WAIT_SECONDS: Final = 30.0

_PROGRAM: Final = Path(__file__).with_name("confined.py")
_POLL_SECONDS: Final = 0.5
#: Seconds that a process may take to end once it has closed its output.
_ENDING_SECONDS: Final = 2.0
_STEP: Final = 1 << 16
_ENVIRONMENT: Final = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}


class Process:
    """One run of the program over one piece of content.

    Args:
        arguments: what `confined.py` shall do.
        content: what it shall read.
        budget: whose time it uses.
        what: name of the format, for messages.
        reader: name of what reads it, for messages.
    """

    def __init__(
        self, arguments: Sequence[str], content: bytes | memoryview, budget: Budget, what: str, reader: str
    ) -> None:
        #: Why there is no more; empty where all is well.
        self.trouble = ""
        self._budget = budget
        self._what = what
        self._reader = reader
        self._patience = WAIT_SECONDS
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = ""
        command = [sys.executable, "-I", "-S", "-B", str(_PROGRAM), str(MEMORY), str(CPU_SECONDS), *arguments]
        try:
            # A place to be that holds nothing, so that a program which looks around finds nothing.
            self._folder = tempfile.mkdtemp(prefix="attachguard-")
            with _stored(content) as source:
                self._process = subprocess.Popen(  # noqa: S603  our own program, nothing of the content in the arguments
                    command,
                    stdin=source,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=_ENVIRONMENT,
                    cwd=self._folder,
                    close_fds=True,
                    start_new_session=True,
                )
        except OSError as error:
            self._leave()
            self.trouble = f"{reader} cannot be started ({type(error).__name__})"
            return
        assert self._process.stdout is not None
        self._pipe = self._process.stdout.fileno()
        self._poll = select.poll()
        self._poll.register(self._pipe, select.POLLIN | select.POLLHUP)

    def close(self) -> None:
        """Kill the process and whatever it has started, and forget it."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        # Its group bears its number until it has been waited for; where all of it has ended, some systems refuse.
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
        self._leave()

    def _leave(self) -> None:
        """Remove the folder in which it ran."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def status(self) -> int:
        """How the process ended, for which it is given a moment after the end of its output; negative where it was killed."""
        process = self._process
        if process is None:
            return -signal.SIGKILL
        if process.returncode is None:
            ending = time.monotonic() + min(self._patience, _ENDING_SECONDS)
            while not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                if time.monotonic() > ending:
                    break
                time.sleep(_ENDING_SECONDS / 1000)
            self.close()
        return int(process.returncode)

    def pieces(self) -> Iterator[bytes]:
        """Its output, piece by piece, to the end."""
        while piece := self._read(_STEP):
            yield piece

    def exactly(self, count: int) -> bytes:
        """The next `count` bytes of its output; fewer at the end."""
        pieces: list[bytes] = []
        while count:
            piece = self._read(count)
            if not piece:
                break
            pieces.append(piece)
            count -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _read(self, most: int) -> bytes:
        """Some bytes of its output, which are waited for; none at the end.

        Raises:
            LimitExceeded: it took too long.
        """
        if self._process is None or self._process.returncode is not None:
            return b""
        began = time.monotonic()
        while not self._poll.poll(_POLL_SECONDS * 1000):
            self._budget.check_time()
            if time.monotonic() - began > self._patience:
                self.trouble = f"{self._reader} took longer than {WAIT_SECONDS:g} s"
                self.close()
                raise LimitExceeded("seconds", f"{self._what}: {self.trouble}")
        self._patience -= time.monotonic() - began
        self._budget.check_time()
        return os.read(self._pipe, most)


def _stored(content: bytes | memoryview) -> BinaryIO:
    """The content as a file that the process can seek in: in memory where the system has such files."""
    file: BinaryIO
    if hasattr(os, "memfd_create"):
        file = os.fdopen(os.memfd_create("content", os.MFD_CLOEXEC), "w+b", buffering=0)
    else:
        file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  handed to the caller, who closes it
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]
    file.seek(0)
    return file
