"""docs/rules.md is true: a newcomer who does what stands there, from top to bottom, has a tested rule at the end and sees what it shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from attachguard.cli.main import main
from attachguard.rulekit.diagnostics import CHECKS
from tests.test_scanner import CLEAN

PAGE = (Path(__file__).parents[2] / "docs/rules.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PUBLIC = "rule Public_Rule { strings: $a = { 4D 5A } condition: $a at 0 }\n"


def commands(block: str) -> list[list[str]]:
    return [shlex.split(line) for line in block.splitlines() if line.startswith("attachguard ")]


def test_the_page_runs_from_top_to_bottom(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox/mail.eml").write_bytes(CLEAN)
    (tmp_path / "public-rules").mkdir()
    (tmp_path / "public-rules/theirs.yar").write_text(PUBLIC)
    rules = tmp_path / "my-rules/script/startup_copy.yar"
    said = ""
    for language, block in BLOCKS:
        if language == "yara":
            rules.write_text(block)
        elif language == "toml":
            rules.with_name("startup_copy.test.toml").write_text(block)
        elif language == "text" and "short-string" in block:
            rules.write_text(rules.read_text().replace('".CopyFile"', '".Co"'))
            assert main(["rules", "check", "my-rules"]) == 1
            assert block in capsys.readouterr().out
            rules.write_text(rules.read_text().replace('".Co"', '".CopyFile"'))
        elif language == "text":
            assert block in said
        else:
            for command in commands(block):
                assert main(command[1:]) in (0, 1), command
                captured = capsys.readouterr()
                assert captured.err == ""
                said = captured.out


def test_every_command_of_rules_is_on_the_page():
    named = {
        command[2] for language, block in BLOCKS if not language for command in commands(block) if command[1] == "rules"
    }
    assert named == {"new", "check", "test", "bench", "list"}


def test_the_table_of_codes_is_complete():
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \| (\w+) \| (\w+) \|$", PAGE, re.MULTILINE)
    assert rows == [(code, check.says, check.house.value, check.community.value) for code, check in CHECKS.items()]
