"""Prints the words of the built-in rules, see `attachguard.yara.marks`; `python -m attachguard.yara.prefilter > rules/marks.json`."""

from __future__ import annotations

import json
import sys

import msgspec

from attachguard.yara.prefilter.necessary import every
from attachguard.yara.rules import builtin_folder
from attachguard.yara.source import collect


def page() -> str:
    """The whole file."""
    found = every(collect([builtin_folder()], []))
    lines = [f" {json.dumps(space)}: {json.dumps(msgspec.to_builtins(each))}" for space, each in sorted(found.items())]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    sys.stdout.write(page())
