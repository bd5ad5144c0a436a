"""Patterns that are compiled on first need: what they give, and that each of them compiles."""

from __future__ import annotations

import re
import subprocess
import sys

from attachguard import later as module
from attachguard.later import later


def test_a_pattern_is_compiled_when_it_is_first_used_and_only_then(monkeypatch):
    calls = []
    compile_ = re.compile
    monkeypatch.setattr(module.re, "compile", lambda *args: (calls.append(args), compile_(*args))[1])
    pattern = later(rb"(?P<word>\w+)!", re.IGNORECASE)
    assert not calls
    assert pattern.search(b"so: Yes!")["word"] == b"Yes"
    assert pattern.sub(b"", b"a yes! b") == b"a  b"
    assert calls == [(rb"(?P<word>\w+)!", re.IGNORECASE)]
    assert (pattern.pattern, pattern.groups) == (rb"(?P<word>\w+)!", 1)


def test_a_process_that_others_are_forked_from_compiles_all_of_them(monkeypatch):
    monkeypatch.setattr(module, "_WAITING", [])
    pattern = later("ready")
    module.compile_all()
    monkeypatch.setattr(module.re, "compile", None)
    assert pattern.search("not ready")


def test_every_pattern_that_waits_can_be_compiled():
    # In a process of its own: this one may have compiled them already.
    script = """
import importlib, pkgutil, attachguard
from attachguard import later
ROOMS = ("formats", "mail", "readers", "types", "engine", "signing", "yara")
for each in pkgutil.walk_packages(attachguard.__path__, "attachguard."):
    if each.name.partition(".")[2].startswith(ROOMS):
        importlib.import_module(each.name)
print(len(later._WAITING))
later.compile_all()
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert int(done.stdout) > 100
