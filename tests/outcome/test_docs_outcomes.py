"""docs/outcomes.md is true: its snippets run one after the other, its commands run, its policy text is one."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from attachguard import Policy
from attachguard.cli.main import main
from attachguard.outcome.templates import PLACEHOLDERS
from tests.test_docs import blocks
from tests.test_scanner import CLEAN

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/outcomes.md").read_text("utf-8")
COMMANDS = [line for block in blocks(PAGE) for line in block.splitlines()]


def test_the_snippets_run_one_after_the_other(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    snippets = blocks(PAGE, "python")
    assert len(snippets) >= 7
    for snippet in snippets:
        exec(compile(snippet, "docs/outcomes.md", "exec"), names)
    assert "LAUFZETTEL" in capsys.readouterr().out


def test_the_policy_text_is_understood(tmp_path):
    (snippet,) = blocks(PAGE, "toml")
    path = tmp_path / "p.toml"
    path.write_text('[policy]\nid="t"\nversion="1"\n' + snippet)
    assert Policy.load(path).data.on_signed == "withhold"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_run_and_defer_where_no_engine_answers(command, tmp_path, monkeypatch, capsysbinary):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mail.eml").write_bytes(CLEAN)
    words = [word.replace("/run/clamav", str(tmp_path)).replace("3310", "1") for word in shlex.split(command)]
    assert main(words[1:]) == 1
    assert b"scan-incomplete" in capsysbinary.readouterr().out


def test_the_texts_are_where_the_page_says():
    folder = ROOT / "src/attachguard/outcome/texts"
    names = {*PLACEHOLDERS, "reasons", "words"}
    assert {path.name for path in folder.iterdir()} == {
        f"{name}.{language}.txt" for name in names for language in ("de", "en")
    }
