"""A plugin of pytest: writes down which kinds of findings each test has had said or judged; `test_kinds.py` runs the tests that it names with it."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path

from attachguard.engine.judge import Judge
from attachguard.part import Part

_said: dict[str, set[str]] = defaultdict(set)
_running = [""]
_note, _finding = Judge.note, Part.finding


def _noted(judge, part, finding, source):
    _said[_running[0]].add(finding.kind or finding.code)
    return _note(judge, part, finding, source)


def _found(part, kind, *args, **options):
    _said[_running[0]].add(kind)
    return _finding(part, kind, *args, **options)


def pytest_configure():
    Judge.note, Part.finding = _noted, _found


def pytest_runtest_setup(item):
    _running[0] = item.nodeid.partition("[")[0]


def pytest_sessionfinish():
    said = {test: sorted(kinds) for test, kinds in _said.items()}
    Path(os.environ["ATTACHGUARD_SAID"]).write_text(json.dumps(said), "utf-8")
