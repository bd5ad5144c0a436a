"""The page for operators is true: its commands run, its settings are accepted, its tables are those of the program."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from examples import build_files

from attachguard.cli.settings import KEYS
from attachguard.cli.status import Status
from tests.test_docs import blocks
from tests.test_scanner import BAD, CLEAN

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/operators.md").read_text("utf-8")
LINES = [line.partition("  #")[0].strip() for block in blocks(PAGE) for line in block.splitlines()]
COMMANDS = [line for line in LINES if line.startswith(("attachguard ", "find "))]


@pytest.fixture
def mailbox(tmp_path):
    """What the page takes to be there."""
    for folder in ("cur", "new", "tmp", "old"):
        (tmp_path / "Maildir" / folder).mkdir(parents=True)
    (tmp_path / "stamp").write_bytes(b"")
    os.utime(tmp_path / "stamp", (0, 0))
    (tmp_path / "Maildir/cur/1").write_bytes(CLEAN)
    (tmp_path / "Maildir/new/2").write_bytes(BAD)
    line = b"From a@b Mon Nov  2 10:00:00 2026\n"
    (tmp_path / "archive.mbox").write_bytes(line + CLEAN + b"\n" + line + BAD)
    (tmp_path / "form.docm").write_bytes(build_files.docm())
    return tmp_path


def test_the_commands_of_the_page_run_in_its_order(mailbox):
    """As one walk: later commands take what earlier ones wrote."""
    (mailbox / "bin").mkdir()
    program = mailbox / "bin/attachguard"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m attachguard "$@"\n')
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}
    assert len(COMMANDS) >= 15
    for command in COMMANDS:
        done = subprocess.run(
            ["bash", "-c", command], cwd=mailbox, env=environment, capture_output=True, text=True, check=False
        )
        told = "is not told of this verdict" in done.stderr
        assert done.returncode in (0, 1), (command, done.stderr)
        assert not done.stderr or told, (command, done.stderr)
    for name in (
        "run.jsonl",
        "report.html",
        "new.jsonl",
        "findings.csv",
        "findings.sarif",
        "form-clean.docx",
        "slip.html",
    ):
        assert (mailbox / name).stat().st_size, name


def test_the_settings_of_the_page_are_accepted(call, mailbox):
    (block,) = blocks(PAGE, "toml")
    (mailbox / "rules").mkdir()
    (mailbox / "rules/mine.yar").write_text("rule mine { condition: false }")
    (mailbox / "words.txt").write_text("geheim\n")
    (mailbox / "attachguard.toml").write_text(block)
    result = call("scan", "--jsonl", "Maildir")
    assert (result.status, result.err) == (1, "")
    assert '"id":"kaiserslautern"' in result.out


def test_every_key_is_named_on_the_page():
    section = PAGE[PAGE.index("## Settings") :]
    named = set(re.findall(r"`([a-z-]+)`", section)) | set(re.findall(r"^([a-z-]+) =", section, re.MULTILINE))
    assert set(KEYS) <= named


def test_the_table_of_exit_statuses_is_that_of_the_program():
    section = PAGE[PAGE.index("## Exit status") :].partition("## Read")[0]
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)] == [*map(int, Status)]


def test_the_pictures_are_there_and_have_a_text():
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", PAGE)
    assert len(pictures) == 2
    for text, file in pictures:
        assert len(text) > 20
        assert (ROOT / "docs" / file).stat().st_size < 100_000


@pytest.mark.parametrize("line", [line for line in LINES if "pip install" in line])
def test_the_extras_that_the_page_installs_exist(line):
    declared = (ROOT / "pyproject.toml").read_text("utf-8")
    for extra in re.search(r"\[([a-z,]+)\]", shlex.split(line)[-1])[1].split(","):
        assert re.search(rf"^{extra} = \[", declared, re.MULTILINE)
