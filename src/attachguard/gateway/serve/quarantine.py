"""The quarantine: a Maildir whose mails each have their report beside them, for what no mail server holds.

`new/ID` is the mail as it came, `reports/ID.json` what was found, with the envelope. Both are written under another name and put in place whole, the
report first, so that no mail ever is there without one. The folder never grows past its bound, whoever else writes to it: a mail takes its room while
nobody else may, before it is written. What does not fit is put off, not dropped.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from attachguard.errors import OperatorError
from attachguard.gateway.octets import Octets
from attachguard.model import Envelope

NUMBER: Final = re.compile(r"\d{8}T\d{6}-[0-9a-f]{12}")
_FOLDERS: Final = ("new", "cur", "tmp", "reports")
_HELD: Final = ".held"
#: Seconds after which nobody is at work any more on what lies in `tmp` (the 36 hours of Maildirs).
_STALE: Final = 36 * 3600
#: Seconds that a mail waits for others to take their room, and between two looks.
_PATIENCE: Final = 10.0
_AGAIN: Final = 0.01


class Full(Exception):
    """The quarantine has no room for a mail."""


class Entry(msgspec.Struct, frozen=True):
    """A mail in the quarantine.

    Args:
        id: its number.
        kept: when it came.
        front: by which protocol.
        number: the mail server's own number of it.
        size: octets.
        hold_days: how long it is kept by the policy; None where that does not say.
        envelope: its sender and recipients.
        report: what was found, as a report's JSON.
    """

    id: str
    kept: str
    front: str
    number: str
    size: int
    hold_days: int | None
    envelope: Envelope
    report: msgspec.Raw


class Quarantine:
    """A folder with mails.

    Args:
        folder: where; made where it is missing.
        most: octets that all mails and reports together may have; 0 for no bound.
    """

    def __init__(self, folder: Path, most: int = 0) -> None:
        self.folder = folder
        self._most = most
        try:
            for name in _FOLDERS:
                (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            self._tidy()
        except OSError as error:
            raise OperatorError(
                f"cannot be written: {error.strerror or error}", file=str(folder), where="quarantine"
            ) from error

    def _tidy(self) -> None:
        """What programs that were killed have left: a mail that one had taken is back, what one was writing is gone, and reports without a mail."""
        for path in (self.folder / "tmp").iterdir():
            if path.name.endswith(_HELD):
                with contextlib.suppress(FileNotFoundError):
                    if _stale(path):
                        path.rename(self.folder / "new" / path.name.removesuffix(_HELD))
            elif _stale(path):
                path.unlink(missing_ok=True)
        for path in (self.folder / "reports").glob("*.json"):
            held = self.folder / "tmp" / f"{path.stem}{_HELD}"
            if _stale(path) and self.mail(path.stem) is None and not held.exists():
                path.unlink(missing_ok=True)

    def keep(
        self,
        pieces: Iterable[Octets],
        size: int,
        front: str,
        number: str,
        hold_days: int | None,
        envelope: Envelope,
        report: bytes,
    ) -> str:
        """Keep a mail; gives its number. Raises `Full`, or `OSError` where the disk does not take it."""
        now = dt.datetime.now(dt.UTC)
        name = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(6)}"
        entry = Entry(
            name, now.isoformat(timespec="seconds"), front, number, size, hold_days, envelope, msgspec.Raw(report)
        )
        said = msgspec.json.encode(entry)
        mail, about = self.folder / "tmp" / name, self.folder / "tmp" / f"{name}.json"
        try:
            with contextlib.ExitStack() as files:
                with self._room(size + len(said)):
                    # From here on both take their room, whatever of them is written.
                    letter = files.enter_context(_reserved(mail, size))
                    record = files.enter_context(_reserved(about, len(said)))
                _write(letter, pieces)
                _write(record, (said,))
            about.rename(self.folder / "reports" / f"{name}.json")
            mail.rename(self.folder / "new" / name)
        except OSError:
            for path in (mail, about, self.folder / "reports" / f"{name}.json"):
                path.unlink(missing_ok=True)
            raise
        return name

    @contextlib.contextmanager
    def _room(self, size: int) -> Iterator[None]:
        """Room for so much, while nobody else takes any: threads of the daemon, and other processes with the same folder. Raises `Full`."""
        lock = os.open(self.folder / "tmp", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _locked(lock)
            if self._most and self._taken() + size > self._most:
                self._tidy()
                if self._taken() + size > self._most:
                    raise Full(f"more than {self._most} octets")
            yield
        finally:
            os.close(lock)

    def _taken(self) -> int:
        """Octets of all files; one that moves to another folder meanwhile, out of `tmp` or into it, is counted once and not missed."""
        sizes: dict[str, int] = {}
        for name in ("tmp", "new", "cur", "reports", "tmp"):
            with os.scandir(self.folder / name) as files:
                for file in files:
                    # Released or deleted by somebody this very moment.
                    with contextlib.suppress(FileNotFoundError):
                        sizes[file.name.removesuffix(_HELD).partition(":")[0]] = file.stat().st_size
        return sum(sizes.values())

    def names(self) -> list[str]:
        """The numbers of the mails there are, the oldest first."""
        found = {path.name.partition(":")[0] for name in ("new", "cur") for path in (self.folder / name).iterdir()}
        return sorted(filter(NUMBER.fullmatch, found))

    def entry(self, name: str) -> Entry | None:
        """What is known of one of them; None where there is none of this number, or its report cannot be read."""
        if not NUMBER.fullmatch(name) or self.mail(name) is None:
            return None
        try:
            return msgspec.json.decode((self.folder / "reports" / f"{name}.json").read_bytes(), type=Entry)
        except (OSError, msgspec.DecodeError):
            return None

    def mail(self, name: str) -> Path | None:
        """The file of a mail; a mail program may have moved it to `cur` and put flags after its name."""
        if not NUMBER.fullmatch(name):
            return None
        if (fresh := self.folder / "new" / name).exists():
            return fresh
        return next(
            (path for path in (self.folder / "cur").glob(f"{name}*") if path.name.partition(":")[0] == name), None
        )

    def delete(self, name: str) -> bool:
        """Remove a mail and its report; whether there was one."""
        mail = self.mail(name)
        if mail is None:
            return False
        mail.unlink(missing_ok=True)
        (self.folder / "reports" / f"{name}.json").unlink(missing_ok=True)
        return True

    @contextlib.contextmanager
    def taken(self, name: str) -> Iterator[Path | None]:
        """A mail out of the way of everybody else, back again unless it was removed meanwhile; None where there is none, or somebody has it."""
        mail = self.mail(name)
        held = self.folder / "tmp" / f"{name}{_HELD}"
        if mail is None:
            yield None
            return
        try:
            mail.rename(held)
        except FileNotFoundError:
            yield None
            return
        try:
            yield held
        finally:
            if held.exists():
                held.rename(self.folder / "new" / name)


def _stale(path: Path) -> bool:
    """Whether nobody is at work on a file any more."""
    try:
        about = path.lstat()
    except FileNotFoundError:
        return False
    return time.time() - max(about.st_mtime, about.st_ctime) >= _STALE


def _locked(descriptor: int) -> None:
    """Have it alone; raises `Full` where somebody else does not let go, as a process that was stopped."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise Full("somebody else is writing to it, and does not end") from None
            time.sleep(_AGAIN)
        else:
            return


def _reserved(path: Path, size: int) -> BinaryIO:
    """A new file that counts as so many octets already."""
    file = open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")  # noqa: PTH123, SIM115 - with its rights
    try:
        os.ftruncate(file.fileno(), size)
    except OSError:
        file.close()
        raise
    return file


def _write(file: BinaryIO, pieces: Iterable[Octets]) -> None:
    """Content that is on the disk before anybody sees its file."""
    file.writelines(pieces)
    file.truncate()
    file.flush()
    os.fsync(file.fileno())
