"""Compiled rules on disk, so that thousands of them need not be compiled at every start.

A set is found by a digest of everything that goes into it: every rule file, where it lies, the versions of libyara and of attachguard. What libyara
has saved is a memory image and is trusted when it is loaded, so nothing is read from, or written to, a place that anybody else could have written:
the folder and the file belong to this user alone. Whatever is wrong with a file, the rules are compiled anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import msgspec
import yara

from attachguard.errors import RuleError
from attachguard.version import VERSION
from attachguard.yara import prefilter
from attachguard.yara.externals import DEFAULTS
from attachguard.yara.packed import PackedView
from attachguard.yara.scopes import VIEWS
from attachguard.yara.source import Source

_MARK: Final = b"attachguard rules 1\n"
_SUFFIX: Final = ".rules"
_DIGEST: Final = hashlib.sha256().digest_size
#: Sets that are kept; the oldest go.
_KEPT: Final = 8
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_WRITTEN_BY_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH


class Mistake(msgspec.Struct, frozen=True):
    """A `RuleError` as words; the fields are those of its arguments."""

    message: str
    file: str
    line: int
    where: str

    @classmethod
    def of(cls, error: RuleError) -> Mistake:
        """The words of an error."""
        return cls(error.message, error.file, error.line, error.where)

    def error(self) -> RuleError:
        """The error again."""
        return RuleError(self.message, file=self.file, line=self.line, where=self.where)


class Kept(msgspec.Struct, frozen=True):
    """What is kept of a set of rules.

    Args:
        views: the compiled rules.
        used: namespaces of the files in use.
        count: number of rules.
        problems: what is wrong with the other files.
    """

    views: list[PackedView]
    used: list[str]
    count: int
    problems: list[Mistake]


def default_folder() -> Path | None:
    """Where compiled rules are kept unless somebody names a folder: what systemd gives a service, else the user's folder for caches."""
    given = os.environ.get("CACHE_DIRECTORY", "").partition(":")[0] or os.environ.get("XDG_CACHE_HOME", "")
    try:
        base = Path(given) if given else Path.home() / ".cache"
    except RuntimeError:  # a user without a home
        return None
    return base / "attachguard" / "rules"


def key(sources: Sequence[Source], own: Collection[str]) -> str:
    """The digest of everything that a compiled set depends on.

    Args:
        sources: the rule files.
        own: ids of types that inspectors of the caller bring.
    """
    engine = (
        VERSION,
        yara.__version__,
        yara.YARA_VERSION,
        sys.byteorder,
        sys.maxsize,
        prefilter.versions() if prefilter.worthwhile(sources) else "",
        tuple(VIEWS),
    )
    digest = hashlib.sha256(repr((engine, sorted(DEFAULTS.items()), sorted(own))).encode())
    for source in sources:
        head = repr((source.space, str(source.file), source.nursery, sorted(source.included), len(source.text)))
        digest.update(head.encode("utf-8", "surrogateescape"))
        for text in source.texts:
            digest.update(text.encode("utf-8", "surrogateescape"))
            digest.update(b"\0")
    return digest.hexdigest()


def find(folder: Path, name: str) -> Kept | None:
    """The set that is kept under a key; None where there is none that can be trusted and read."""
    try:
        if not _private(folder):
            return None
        handle = os.open(folder / f"{name}{_SUFFIX}", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            about = os.fstat(handle)
            if about.st_uid != os.geteuid() or about.st_mode & _OTHERS or not stat.S_ISREG(about.st_mode):
                return None
            octets = file.read()
    except OSError:
        return None
    body = memoryview(octets)[len(_MARK) + _DIGEST :]
    if octets[: len(_MARK)] != _MARK or hashlib.sha256(body).digest() != octets[len(_MARK) : len(_MARK) + _DIGEST]:
        return None
    try:
        return msgspec.msgpack.decode(body, type=Kept)
    except msgspec.DecodeError:
        return None


def keep(folder: Path, name: str, kept: Kept) -> None:
    """Keep a set under a key, whole or not at all; where that is not possible nothing is kept, and the next start compiles again."""
    import tempfile

    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _private(folder):
            return
        body = msgspec.msgpack.encode(kept)
        handle, path = tempfile.mkstemp(dir=folder, prefix=".new-")  # readable by this user only
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(b"".join((_MARK, hashlib.sha256(body).digest(), body)))
            Path(path).replace(folder / f"{name}{_SUFFIX}")
        except OSError:
            Path(path).unlink(missing_ok=True)
            raise
        _forget(folder)


def _forget(folder: Path) -> None:
    """Remove the sets that have not been made for longest."""
    by_age = sorted(folder.glob(f"*{_SUFFIX}"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in by_age[_KEPT:]:
        file.unlink(missing_ok=True)


def _private(folder: Path) -> bool:
    """Whether a folder is this user's alone, and nobody else can put another in its place."""
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid() or about.st_mode & _OTHERS:
        return False
    for above in folder.resolve().parents:
        about = above.stat()
        if about.st_uid not in (0, os.geteuid()):
            return False
        if about.st_mode & _WRITTEN_BY_OTHERS and not about.st_mode & stat.S_ISVTX:
            return False
    return True
