"""The settings of `attachguard.toml`: found upward, weaker than the call, refused with their place where they are wrong."""

from __future__ import annotations

import json
import re

import pytest

from tests.test_scanner import CLEAN


@pytest.fixture
def below(tmp_path, monkeypatch):
    """A mail in a folder two levels below, and the call made from there."""
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/mail.eml").write_bytes(CLEAN)
    monkeypatch.chdir(tmp_path / "a/b")
    return tmp_path


def policy_of(result) -> str:
    assert result.err == ""
    return json.loads(result.out)["policy"]["id"]


def test_the_nearest_file_upward_is_used(call, below):
    (below / "attachguard.toml").write_text('policy = "audit"\n')
    assert policy_of(call("scan", "--jsonl", "mail.eml")) == "audit"
    (below / "a/attachguard.toml").write_text('policy = "leverkusen"\n')
    assert policy_of(call("scan", "--jsonl", "mail.eml")) == "leverkusen"


def test_the_call_is_stronger_and_may_do_without(call, below):
    (below / "attachguard.toml").write_text('policy = "audit"\n')
    assert policy_of(call("scan", "--jsonl", "--policy", "kaiserslautern", "mail.eml")) == "kaiserslautern"
    assert policy_of(call("scan", "--jsonl", "--no-config", "mail.eml")) == "strict"


def test_the_table_of_a_command_is_stronger_than_the_top(call, below):
    (below / "attachguard.toml").write_text('policy = "audit"\n\n[scan]\npolicy = "leverkusen"\n')
    assert policy_of(call("scan", "--jsonl", "mail.eml")) == "leverkusen"


def test_sanitize_keeps_its_own_policy_unless_its_table_says_otherwise(call, below):
    (below / "a/b/x.exe").write_bytes(b"MZ" + bytes(200))
    (below / "attachguard.toml").write_text('policy = "audit"\n')
    assert call("sanitize", "x.exe", "-o", "one").status == 1
    (below / "attachguard.toml").write_text('[sanitize]\npolicy = "audit"\n')
    assert call("sanitize", "x.exe", "-o", "two").status == 0


def test_files_are_named_from_where_the_settings_lie_and_lists_are_added_to(call, below):
    for name in ("one", "two"):
        (below / f"{name}.yar").write_text(f"rule {name} {{ condition: true }}")
    (below / "words.txt").write_text("geheim\n")
    (below / "own.toml").write_text('[policy]\nid = "own"\nversion = "1"\n')
    (below / "attachguard.toml").write_text(
        'policy = "./own.toml"\nrules = ["one.yar"]\nbuiltin-rules = false\npassword-files = "words.txt"\njobs = 2\n'
    )
    result = call("scan", "--jsonl", "--rules", below / "two.yar", "mail.eml")
    assert policy_of(result) == "own"
    assert "YARA one" in result.out
    assert "YARA two" in result.out


def test_what_is_excluded_may_be_a_setting(call, below):
    (below / "a/b/x.log").write_bytes(b"x")
    (below / "attachguard.toml").write_text('exclude = ["*.log"]\n')
    assert "x.log" not in call("identify", ".").out


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ('polcy = "audit"\n', ":1: polcy", "did you mean 'policy'"),
        ('policy = "audit"\n\n[scan]\nruels = []\n', ":4: scan.ruels", "did you mean 'rules'"),
        ('[scna]\npolicy = "audit"\n', ":1: scna", "did you mean 'scan'"),
        ("jobs = 0\n", ":1: jobs", "at least 1"),
        ('jobs = "two"\n', ":1: jobs", "whole number of at least 1"),
        ('color = "blue"\n', ":1: color", "auto, always, never"),
        ('engine = "clamav"\n', ":1: engine", "clamd:HOST:PORT"),
        ("policy = audit\n", ":1", "is not TOML"),
        ('[identify]\npolicy = "audit"\n', ":2: identify.policy", "unknown key"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_remedy(call, below, text, place, says):
    file = below / "attachguard.toml"
    file.write_text(text)
    result = call("scan", "mail.eml")
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith(f"attachguard: {file}{place}")
    assert says in result.err


def test_a_file_that_anybody_may_write_is_used_only_when_it_is_named(call, below):
    file = below / "attachguard.toml"
    file.write_text('policy = "audit"\n')
    file.chmod(0o666)
    result = call("scan", "mail.eml")
    assert result.status == 2
    assert f"{file}: belongs to somebody else, or anybody may write it" in result.err
    assert policy_of(call("scan", "--jsonl", "--config", file, "mail.eml")) == "audit"


def test_doctor_names_the_file_and_what_is_wrong_with_it(call, below):
    assert "none (attachguard.toml here" in call("doctor").out
    file = below / "attachguard.toml"
    file.write_text('policy = "audit"\n')
    assert re.search(rf"^settings +{re.escape(str(file))}$", call("doctor").out, re.MULTILINE)
    file.write_text("polcy = 1\n")
    result = call("doctor")
    assert result.status == 1
    assert f"CANNOT BE USED: {file}:1: polcy" in result.out


def test_the_configuration_of_the_daemon_is_none_of_these_settings(call, below):
    (below / "attachguard.toml").write_text('policy = "audit"\n')
    (below / "a/attachguard.toml").write_text('policy = "leverkusen"\n\n[milter]\nlisten = ["127.0.0.1:8894"]\n')
    assert policy_of(call("scan", "--jsonl", "mail.eml")) == "audit"
