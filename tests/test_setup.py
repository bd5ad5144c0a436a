"""The set-up of `make demo` and `make test` says one line a step, and everything where a step fails."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

STEP = Path(__file__).parents[1] / ".ci/step"


def step(*command: str) -> subprocess.CompletedProcess:
    return subprocess.run([STEP, "a step", *command], capture_output=True, text=True, check=False)


def test_a_step_that_works_hides_its_output():
    done = step("sh", "-c", "echo out; echo warning >&2")
    assert (done.returncode, done.stdout) == (0, "")
    first, last = done.stderr.splitlines()
    assert first == "a step …"
    assert last.startswith("a step: done in ")


def test_a_step_that_fails_shows_its_output_and_keeps_its_status():
    done = step("sh", "-c", "echo out; echo reason >&2; exit 7")
    assert done.returncode == 7
    assert "a step: failed with status 7\nout\nreason\n" in done.stderr


@pytest.mark.parametrize(("term", "moves"), [("xterm", True), ("dumb", False)])
def test_on_a_terminal_the_seconds_run(term, moves):
    screen, terminal = pty.openpty()
    subprocess.run([STEP, "a step", "true"], stderr=terminal, check=True, env={**os.environ, "TERM": term})
    os.close(terminal)
    shown = os.read(screen, 4096)
    os.close(screen)
    assert (b"\r\x1b[K" in shown) is moves
    assert b"a step: done in " in shown


def test_no_step_of_the_set_up_is_loud():
    makefile = (STEP.parents[1] / "Makefile").read_text("utf-8")
    assert [line for line in makefile.splitlines() if "pip install" in line and ".ci/step" not in line] == []
