"""Colours and the bar of progress: where somebody looks, and nowhere else. Ctrl-C leaves nothing behind."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import re
import signal
import subprocess
import sys
import time
import types

import pytest

from attachguard.cli import progress as module
from attachguard.cli.main import main
from attachguard.cli.progress import Progress
from attachguard.cli.terminal import colours
from tests.test_scanner import BAD, CLEAN


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def impatient(monkeypatch):
    """A bar that does not wait a second, on a terminal; gives what is written there."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(module, "_PATIENCE", 0.0)
    monkeypatch.setattr(module, "_EVERY", 0.0)
    terminal = Terminal()
    monkeypatch.setattr(module, "sys", types.SimpleNamespace(stderr=terminal))
    return terminal


@pytest.mark.parametrize(
    ("choice", "environment", "stream", "wanted"),
    [
        ("auto", {"TERM": "xterm"}, Terminal(), True),
        ("auto", {"TERM": "dumb"}, Terminal(), False),
        ("auto", {"TERM": "xterm", "NO_COLOR": "1"}, Terminal(), False),
        ("auto", {"TERM": "xterm", "NO_COLOR": ""}, Terminal(), True),
        ("auto", {"TERM": "xterm"}, io.StringIO(), False),
        ("always", {"TERM": "dumb", "NO_COLOR": "1"}, io.StringIO(), True),
        ("never", {"TERM": "xterm"}, Terminal(), False),
    ],
)
def test_colours_follow_the_option_then_the_environment_then_the_stream(
    monkeypatch, choice, environment, stream, wanted
):
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert colours(choice, stream) is wanted


def test_the_option_reaches_the_report(call, tmp_path):
    (tmp_path / "bad.eml").write_bytes(BAD)
    assert "\x1b[31m" in call("scan", "--color", "always", "bad.eml").out
    assert "\x1b" not in call("scan", "--color", "never", "bad.eml").out
    assert "\x1b" not in call("scan", "bad.eml").out


def test_the_bar_is_there_when_the_output_goes_to_a_file_and_is_gone_at_the_end(call, impatient, tmp_path):
    for name in "abc":
        (tmp_path / name).write_bytes(CLEAN)
    call("scan", "--jsonl", "-o", "out.jsonl", "a", "b", "c")
    drawn = impatient.getvalue()
    assert "3/3" in drawn
    assert drawn.endswith("\r\x1b[K")


def test_messages_have_a_line_of_their_own(impatient):
    with Progress(3, enabled=True) as progress:
        progress.step()
        with progress.aside():
            impatient.write("said\n")
        progress.step()
    assert "\x1b[K\r\x1b[Ksaid\n\r[" in impatient.getvalue()


def test_what_is_found_before_the_work_begins_is_counted(call, impatient, tmp_path):
    (tmp_path / "mails").mkdir()
    for name in "abc":
        (tmp_path / "mails" / name).write_bytes(CLEAN)
    assert (
        call("scan", "--jsonl", "-o", "out.jsonl", "mails", "gone").err
        == "attachguard: gone: No such file or directory\n"
    )
    found = [f"\r{number} found, looking for more\x1b[K" for number in (1, 2, 3)]
    assert impatient.getvalue().startswith("".join((*found, "\r\x1b[K\r["))), (
        "gone before the message, and before the bar"
    )


@pytest.mark.parametrize("reason", ["pipe", "dumb", "option", "early", "single"])
def test_there_is_no_bar(impatient, monkeypatch, reason):
    stream = io.StringIO() if reason == "pipe" else impatient
    module.sys.stderr = stream
    if reason == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    if reason == "early":
        monkeypatch.setattr(module, "_PATIENCE", 60.0)
    with Progress(1 if reason == "single" else 2, enabled=reason != "option") as progress:
        progress.step()
        progress.tick()
    assert stream.getvalue() == ""


def test_the_bar_fits_a_narrow_terminal(impatient, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    with Progress(100_000, enabled=True) as progress:
        progress.step()
    drawn = impatient.getvalue().split("\r")[1].removesuffix("\x1b[K")
    assert len(drawn) < 30


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_with_130_without_a_traceback_and_with_the_bar_cleared(tmp_path, jobs):
    (tmp_path / "mail").write_bytes(CLEAN + b"x" * 50_000)
    for number in range(3000):
        os.link(tmp_path / "mail", tmp_path / f"{number}.eml")
    screen, terminal = pty.openpty()
    command = [sys.executable, "-m", "attachguard", "scan", "--jsonl", "-o", "out.jsonl", "--jobs", jobs, "."]
    process = subprocess.Popen(
        command, cwd=tmp_path, stderr=terminal, start_new_session=True, env={**os.environ, "TERM": "xterm"}
    )
    os.close(terminal)
    seen = b""
    try:
        deadline = time.monotonic() + 30
        while b"/3001" not in seen and time.monotonic() < deadline:
            seen += os.read(screen, 4096)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(30) == 130
        with contextlib.suppress(OSError):  # what Linux says at the end of a terminal
            while piece := os.read(screen, 4096):
                seen += piece
    finally:
        process.kill()
        process.wait()
        os.close(screen)
    assert b"Traceback" not in seen
    assert seen.endswith(b"\r\x1b[K")


def test_who_waits_at_a_terminal_for_a_file_is_told_when_it_is_there(tmp_path):
    (tmp_path / "mail.eml").write_bytes(BAD)
    screen, terminal = pty.openpty()
    command = [sys.executable, "-m", "attachguard", "scan", "mail.eml", "-o", "report.html"]
    status = subprocess.run(command, cwd=tmp_path, stderr=terminal, check=False).returncode
    os.close(terminal)
    said = os.read(screen, 4096).decode()
    os.close(screen)
    assert status == 1
    assert re.fullmatch(r"1 scanned in [0-9.]+ s: 1 reject; written to report\.html\r\n", said)


@pytest.mark.parametrize("module", ["attachguard.cli.main", "attachguard.engine.scanner", "attachguard.policy"])
def test_ctrl_c_while_the_program_still_loads_ends_with_130_and_without_a_word(tmp_path, module):
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "class Presses:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Presses())\n"
    )
    run = subprocess.run(
        [sys.executable, "-m", "attachguard", "doctor"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (130, b"", b"")


def test_where_the_shell_ignores_ctrl_c_the_program_does_so_too(tmp_path):
    (tmp_path / "mail.eml").write_bytes(CLEAN)
    presses = (
        "import os, signal, sys, attachguard.__main__ as program\n"
        "sys.argv = ['attachguard', 'scan', 'mail.eml']\n"
        "status = program.main()\n"
        "os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.exit(40 + status)\n"
    )
    shell = ["sh", "-c", 'trap \'\' INT; exec "$0" -c "$1"', sys.executable, presses]
    assert subprocess.run(shell, cwd=tmp_path, stdout=subprocess.DEVNULL, check=False).returncode == 40


def test_ctrl_c_while_a_scan_is_handed_over_leaves_no_word(monkeypatch, recwarn):
    async def scan():
        raise AssertionError("nobody awaits it")

    def handed_over(_options):
        never = scan()
        raise KeyboardInterrupt(never.cr_running)

    monkeypatch.setattr("attachguard.cli.main._parsed", lambda _arguments: types.SimpleNamespace(run=handed_over))
    assert main(["doctor"]) == 130
    assert not recwarn.list
