"""What `rules check` and `rules test` have to say about a place in a file: with a code, the line, a caret and the remedy."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Final, NamedTuple


class Level(enum.Enum):
    """How bad a diagnostic is; only errors fail a check."""

    OFF = "off"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


class Style(enum.Enum):
    """What a set of rules is held to: the house's conventions, or only what makes any rule wrong or slow."""

    HOUSE = "house"
    COMMUNITY = "community"


class Check(NamedTuple):
    """One thing that is checked.

    Args:
        says: what the rule ought to be, in a sentence.
        house: how bad it is among rules of the house.
        community: how bad it is in a set from others.
    """

    says: str
    house: Level
    community: Level

    def level(self, style: Style) -> Level:
        """How bad it is under a style."""
        return self.house if style is Style.HOUSE else self.community


_E, _W, _N, _OFF = Level.ERROR, Level.WARNING, Level.NOTE, Level.OFF

#: Everything that is checked, by the code that `// suppress:` names.
CHECKS: Final[dict[str, Check]] = {
    "does-not-load": Check("A rule file can be read and compiled.", _E, _E),
    "wrong-metadata": Check("The keys of `meta` that attachguard reads hold what they may hold.", _E, _E),
    "missing-metadata": Check("`meta` says author, description, date, score and the types or the scope that the rule is for.", _E, _OFF),
    "metadata-form": Check("A description is one plain sentence without a full stop, a date is written YYYY-MM-DD.", _E, _OFF),
    "placeholder": Check("What `rules new` left to be filled in is filled in.", _E, _E),
    "rule-name": Check("A rule is named in words that begin with capitals and are joined by underscores.", _E, _OFF),
    "file-name": Check("A rule file is named in small letters, digits and underscores and stands in the folder of its subject.", _E, _OFF),
    "same-name": Check("No two rules have the same name.", _E, _OFF),
    "same-rule": Check("No two rules have the same strings under the same condition.", _E, _W),
    "no-tests": Check("Every rule has a sample that it must match and a look-alike that it must not.", _E, _OFF),
    "test-file": Check("The tests beside a rule file can be read.", _E, _E),
    "test-failed": Check("A rule does what its tests say.", _E, _E),
    "short-string": Check("A string has at least four fixed bytes to be searched for.", _E, _W),
    "no-anchor": Check("A regular expression holds at least four literal bytes in a row that every match has.", _E, _W),
    "slow-string": Check("A string repeats without a bound only what few bytes satisfy, and begins with something fixed.", _E, _W),
    "common-string": Check("The bytes that a string is searched by are rare.", _E, _W),
    "same-string": Check("No two strings of a rule are the same.", _E, _W),
    "unused-string": Check("The condition uses every string.", _E, _W),
    "always-true": Check("A condition depends on the content.", _E, _W),
    "always-false": Check("A condition can be met.", _E, _W),
    "unreachable": Check("Every branch of a condition can decide.", _E, _W),
    "unknown-value": Check("A variable is compared with a value that it can have.", _E, _W),
    "matches-clean": Check("No rule matches the clean files that the test kit builds.", _E, _W),
    "yara-warning": Check("libyara compiles a rule without a warning.", _E, _OFF),
    "slow-rule": Check("A rule costs little beyond the reading of the bytes (`rules bench`).", _W, _W),
    "rule-limit": Check("A rule runs into no limit of libyara (`rules bench`).", _E, _E),
    "unknown-suppression": Check("`// suppress:` names codes of this table.", _E, _OFF),
    "not-parsed": Check("yaramod can parse what libyara compiles; where it cannot, the rules of the file are checked no further.", _N, _N),
}  # fmt: skip


class Diagnostic(NamedTuple):
    """One thing that is wrong.

    Args:
        code: one of `CHECKS`.
        file: the file as it was named.
        line: counted from 1; 0 where it concerns the whole file.
        column: counted from 1; 0 where it concerns the whole line.
        width: how many characters are meant.
        rule: name of the rule; empty where it is about the file.
        message: what is wrong.
        remedy: how to mend it.
        level: how bad it is.
        source: the line as it stands in the file.
    """

    code: str
    file: Path
    line: int
    column: int
    width: int
    rule: str
    message: str
    remedy: str
    level: Level = Level.ERROR
    source: str = ""
