"""What `rules new` writes: a rule and its tests, complete but for what only the author knows."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Final

from attachguard.errors import RuleError

#: Stands wherever the author has to write something.
PLACEHOLDER: Final = "FILL_IN"

_PATH: Final = re.compile(r"[a-z0-9_]+/[a-z0-9_]+")

_RULE: Final = """\
// {PLACEHOLDER}: what this is, how it is known, and where it is described.

rule {name}
{{
    meta:
        author = "{author}"
        description = "{PLACEHOLDER} what was found, in one plain sentence"
        date = "{date}"
        // How sure, and how bad, from 0 to 100: from 90 nothing harmless looks so.
        score = 60
        attachguard_code = "malware-suspected"
        // Types that it matches on, with blanks between; `attachguard identify FILE` names the type of a file.
        attachguard_types = "txt"
    strings:
        $what = "{PLACEHOLDER}: the words that give it away"
    condition:
        filesize < 1MB and $what
}}
"""

_TESTS: Final = """\
# {PLACEHOLDER}: samples, as small as they can be. Content is text, hex, base64, or what a builder makes (`attachguard rules test --builders`).

[[match]]
about = "{PLACEHOLDER} a sentence: what the rule is for"
name = "example.txt"
text = "{PLACEHOLDER}: the words that give it away, and more."

[[no-match]]
about = "{PLACEHOLDER} a sentence: what looks like it and is harmless"
name = "example.txt"
text = "Other words."
"""


def create(folder: Path, path: str, *, author: str, day: dt.date) -> tuple[Path, Path]:
    """Write a rule and its tests, and give their paths.

    Args:
        folder: the rules folder.
        path: subject and name, as in `script/downloader`.
        author: who answers for the rule.
        day: the date in it.

    Raises:
        RuleError: the path cannot be that of a rule, or one of the files exists.
    """
    from attachguard.rulekit.testfile import (
        beside,
    )  # brings every builder of samples, and each command line loads this module

    if not _PATH.fullmatch(path):
        raise RuleError(f"{path!r} is no AREA/NAME: small letters, digits and underscores, as in script/downloader")
    rules = folder / f"{path}.yar"
    tests = beside(rules)
    for file in (rules, tests):
        if file.exists():
            raise RuleError("exists already; choose another name", file=str(file))
    said = {"PLACEHOLDER": PLACEHOLDER, "name": rule_name(rules.stem), "author": author, "date": day.isoformat()}
    rules.parent.mkdir(parents=True, exist_ok=True)
    rules.write_text(_RULE.format(**said), "utf-8")
    tests.write_text(_TESTS.format(**said), "utf-8")
    return rules, tests


def rule_name(stem: str) -> str:
    """The name of a rule by that of its file: `hidden_login` gives `Hidden_Login`."""
    words = [word[:1].upper() + word[1:] for word in stem.split("_") if word]
    return "_".join(words) if words and words[0][0].isalpha() else "Rule_" + "_".join(words)
