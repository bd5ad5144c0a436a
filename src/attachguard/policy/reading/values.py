"""The text of a policy file: TOML read with the line of every key, and values taken out of it with a remedy for each mistake.

`tomllib` gives values without their places; `places.py` finds those.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
import tomllib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from attachguard.later import later
from attachguard.policy.reading.positions import KeyPath, locate
from attachguard.types.near import near

E = TypeVar("E", bound=enum.Enum)

#: Nobody writes a longer file.
_LONGEST: Final = 1 << 20
#: A repetition of something that ends in a repetition, as in `(a+)+`.
_ENDLESS: Final = re.compile(r"[*+}]\??\)+(?:[*+]|\{\d*,)")
_SYNTAX_LINE: Final = re.compile(r" \(at line (\d+), column \d+\)$")
_SIZE: Final = later(r"(\d+(?:[.,]\d+)?) ?(B|kB|KiB|MB|MiB|GB|GiB)")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_UNITS: Final = {"B": 1, "kB": 10**3, "KiB": 2**10, "MB": 10**6, "MiB": 2**20, "GB": 10**9, "GiB": 2**30}


class Problem(NamedTuple):
    """A mistake in a policy file.

    Args:
        file: the file as it was named.
        line: counted from 1; 0 when unknown.
        where: key path.
        message: what is wrong and how to mend it.
        fatal: True for an error, False for a warning.
    """

    file: str
    line: int
    where: str
    message: str
    fatal: bool = True

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.line else "")
        kind = "error" if self.fatal else "warning"
        return ": ".join(piece for piece in (place, kind, self.where, self.message) if piece)


class Document:
    """One policy file, parsed, with the problems found in it so far.

    Args:
        path: where it is; also what messages call it.
        problems: the list that mistakes are added to; shared by a file and what it includes.
    """

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self.data: dict[str, Any] = {}
        self._lines: dict[KeyPath, int] = {}
        try:
            with path.open("rb") as file:
                octets = file.read(_LONGEST + 1)
        except OSError as error:
            self.error((), f"cannot be read: {error.strerror or error}")
            return
        if len(octets) > _LONGEST:
            self.error((), f"is longer than {_LONGEST >> 20} MiB: no policy is; was another file named by mistake?")
            return
        try:
            # Editors of some systems put a byte order mark in front.
            text = octets.decode("utf-8-sig").replace("\r\n", "\n")
            self.data = tomllib.loads(text)
            self._lines = locate(text)
        except UnicodeDecodeError as error:
            line = octets.count(b"\n", 0, error.start) + 1
            problems.append(Problem(str(path), line, "", "is not UTF-8 text; save it as UTF-8"))
        except RecursionError:
            self.data = {}
            self.error((), "is nested too deeply: no policy needs more than a few brackets inside each other")
        except ValueError as error:  # TOMLDecodeError is one, and a number of thousands of digits is another
            found = _SYNTAX_LINE.search(str(error))
            message = f"is not TOML: {_SYNTAX_LINE.sub('', str(error))}"
            problems.append(Problem(str(path), int(found[1]) if found else 0, "", message))

    def line(self, path: KeyPath) -> int:
        """The line of a key, or of the nearest table around it."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1 if self.data else 0)

    def error(self, path: KeyPath, message: str) -> None:
        """Note a mistake that makes the policy unusable."""
        self.problems.append(Problem(str(self.path), self.line(path), dotted(path), message))

    def warn(self, path: KeyPath, message: str) -> None:
        """Note what is likely a mistake but leaves the policy usable."""
        self.problems.append(Problem(str(self.path), self.line(path), dotted(path), message, fatal=False))

    def warn_at(self, line: int, where: str, message: str) -> None:
        """The same for a place whose line is known already."""
        self.problems.append(Problem(str(self.path), line, where, message, fatal=False))


class Section:
    """One table of a policy file; gives its values checked, and reports what is wrong with them.

    Args:
        document: the file.
        path: key path of the table.
        table: the value found there.
        keys: every key that may be in it; others are reported.
    """

    def __init__(self, document: Document, path: KeyPath, table: object, keys: Collection[str]) -> None:
        self.document = document
        self.path = path
        self.table: dict[str, Any] = {}
        if isinstance(table, dict):
            self.table = table
        else:
            document.error(path, f"must be a table, as in [{dotted(path)}]")
        for key in self.table:
            if key not in keys:
                document.error((*path, key), f"unknown key {key!r}{near(key, keys)}")

    def __contains__(self, key: str) -> bool:
        return key in self.table

    def error(self, key: str, message: str) -> None:
        """Report a mistake at one key, or at the table itself where `key` is empty."""
        self.document.error((*self.path, key) if key else self.path, message)

    def text(self, key: str, default: str = "") -> str:
        """A string."""
        value = self.table.get(key, default)
        if isinstance(value, str):
            return value
        self.error(key, 'must be text in quotes, as in "…"')
        return default

    def number(self, key: str, default: int | None = None, least: int = 0) -> int | None:
        """A whole number that is not too small."""
        value = self.table.get(key, default)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= least):
            return value
        self.error(key, f"must be a whole number of at least {least}, without quotes")
        return default

    def size(self, key: str) -> int | None:
        """A size with its unit, in bytes."""
        value = self.table.get(key)
        if value is None:
            return None
        found = _SIZE.fullmatch(value) if isinstance(value, str) else None
        if found:
            return int(float(found[1].replace(",", ".")) * _UNITS[found[2]])
        self.error(key, 'a size needs its unit: "25 MiB" is 25 × 1,048,576 bytes, "25 MB" is 25 × 1,000,000')
        return None

    def flag(self, key: str) -> bool | None:
        """`true` or `false`; None where the key is absent."""
        value = self.table.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.error(key, "must be true or false, without quotes")
        return None

    def date(self, key: str) -> dt.date | None:
        """A day, as in 2026-11-30."""
        value = self.table.get(key)
        if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
            return value
        self.error(key, "must be a date without quotes, as in 2026-11-30")
        return None

    def validity(self) -> tuple[dt.date | None, dt.date | None]:
        """The days of `valid-from` and `valid-until`."""
        begins, ends = self.date("valid-from"), self.date("valid-until")
        if begins and ends and begins > ends:
            self.error("valid-until", "is before valid-from")
        return begins, ends

    def pattern(self, key: str) -> str:
        """A regular expression that compiles."""
        value = self.text(key)
        try:
            re.compile(value)
        except re.error as error:
            self.error(key, f"is not a regular expression: {error}")
            return ""
        if _ENDLESS.search(value):
            self.error(
                key, "repeats what is repeated in itself: a hostile name could keep it busy without end. Use one + or *"
            )
            return ""
        return value

    def channels(self) -> frozenset[str]:
        """Names of channels, which are the same in whatever case."""
        return self.patterns("channels")

    def patterns(self, key: str) -> frozenset[str]:
        """Address or media type patterns, in lower case."""
        return frozenset(word.lower() for word in self.words(key))

    def digests(self, key: str) -> frozenset[str]:
        """SHA-256 digests in hexadecimal, in lower case."""
        words = frozenset(word.lower() for word in self.words(key))
        for word in sorted(words):
            if not _SHA256.fullmatch(word):
                self.error(key, f"{word[:20]!r} is not a SHA-256 in hexadecimal (64 digits)")
        return words

    @property
    def place(self) -> str:
        """File and line of the table."""
        return f"{self.document.path}:{self.document.line(self.path)}"

    def section(self, key: str, keys: Collection[str]) -> Section:
        """A table inside this one; empty where there is none."""
        return Section(self.document, (*self.path, key), self.table.get(key, {}), keys)

    def choice(self, key: str, options: type[E], default: E) -> E:
        """One word of an enumeration."""
        value = self.text(key, default.value)
        words = [option.value for option in options]
        if value in words:
            return options(value)
        self.error(key, f"unknown {options.__name__.lower()} {value!r}{near(value, words)}")
        return default

    def words(
        self, key: str, known: Collection[str] | None = None, what: str = "word", *, folded: bool = False
    ) -> tuple[str, ...]:
        """One string, or a list of strings; each one of `known` where that is given, in whatever case where `folded`."""
        value = self.table.get(key, [])
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            self.error(key, 'must be text in quotes or a list of texts, as in ["a", "b"]')
            return ()
        good: list[str] = []
        for place, word in enumerate(words):
            if known is None or word in known or (folded and word.lower() in known):
                good.append(word)
                continue
            path = (*self.path, key, place) if isinstance(value, list) else (*self.path, key)
            self.document.error(path, f"unknown {what} {word!r}{near(word, known)}")
        return tuple(good)

    def tables(self, key: str) -> Iterable[tuple[KeyPath, object]]:
        """Each table of an array of tables, with its key path."""
        value = self.table.get(key, [])
        if not isinstance(value, list):
            self.error(
                key, f"must be a list of tables: write [[{dotted((*self.path, key))}]] with two brackets above each"
            )
            return
        for place, table in enumerate(value):
            yield (*self.path, key, place), table


def dotted(path: KeyPath) -> str:
    """A key path as people write it: `rule[3].action`; counted from 1."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text
