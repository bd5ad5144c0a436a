"""The quarantine: a Maildir whose mails each have their report beside them, for what no mail server holds.

`new/ID` is the mail as it came, `reports/ID.json` what was found, with the envelope. Both are written under another name and put in place whole, the
report first, so that no mail ever is there without one. The folder never grows past its bound: what does not fit is put off, not dropped.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import secrets
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from attachguard.errors import OperatorError
from attachguard.gateway.octets import Octets
from attachguard.model import Envelope

NUMBER: Final = re.compile(r"\d{8}T\d{6}-[0-9a-f]{12}")
_FOLDERS: Final = ("new", "cur", "tmp", "reports")
_HELD: Final = ".held"
#: Seconds after which nobody is at work any more on what lies in `tmp` (the 36 hours of Maildirs).
_STALE: Final = 36 * 3600


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
        most: octets that all mails together may have; 0 for no bound.
    """

    def __init__(self, folder: Path, most: int = 0) -> None:
        self.folder = folder
        self._most = most
        #: Octets of mails that are being written, and who may count.
        self._coming = 0
        self._counting = threading.Lock()
        try:
            for name in _FOLDERS:
                (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            self._tidy()
        except OSError as error:
            raise OperatorError(
                f"cannot be written: {error.strerror or error}", file=str(folder), where="quarantine"
            ) from error

    def _tidy(self) -> None:
        """What programs that were killed have left: a mail that one had taken is back, what one was writing is gone."""
        for path in (self.folder / "tmp").iterdir():
            with contextlib.suppress(FileNotFoundError):
                about = path.stat()
                if time.time() - max(about.st_mtime, about.st_ctime) < _STALE:
                    continue
                if path.name.endswith(_HELD):
                    path.rename(self.folder / "new" / path.name.removesuffix(_HELD))
                else:
                    path.unlink()

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
        mail, about = self.folder / "tmp" / name, self.folder / "tmp" / f"{name}.json"
        with self._room(size):
            try:
                _write(about, (msgspec.json.encode(entry),))
                _write(mail, pieces)
                about.rename(self.folder / "reports" / f"{name}.json")
                mail.rename(self.folder / "new" / name)
            except OSError:
                for path in (mail, about, self.folder / "reports" / f"{name}.json"):
                    path.unlink(missing_ok=True)
                raise
        return name

    @contextlib.contextmanager
    def _room(self, size: int) -> Iterator[None]:
        """Room for a mail while it is being written; several are at a time, each in a thread of its own. Raises `Full`."""
        with self._counting:
            if self._most and self._taken() + self._coming + size > self._most:
                raise Full(f"more than {self._most} octets")
            self._coming += size
        try:
            yield
        finally:
            with self._counting:
                self._coming -= size

    def _taken(self) -> int:
        total = 0
        for name in ("new", "cur", "tmp"):
            with os.scandir(self.folder / name) as files:
                for file in files:
                    # Of `tmp`, only what somebody holds for a moment: it may come back.
                    if name != "tmp" or file.name.endswith(_HELD):
                        # Released or deleted by somebody this very moment.
                        with contextlib.suppress(FileNotFoundError):
                            total += file.stat().st_size
        return total

    def entries(self) -> Iterator[Entry]:
        """What there is, the oldest first."""
        for path in sorted((self.folder / "reports").glob("*.json")):
            if NUMBER.fullmatch(path.stem) and (entry := self.entry(path.stem)) is not None:
                yield entry

    def entry(self, name: str) -> Entry | None:
        """One of them; None where there is none of this number."""
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
        mail.unlink()
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


def _write(path: Path, pieces: Iterable[Octets]) -> None:
    """A file whose content is on the disk before anybody sees it."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:  # noqa: PTH123 - with its rights
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
