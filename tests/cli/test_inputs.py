"""Which files a call looks at, and what it says of those that it cannot."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

from tests.test_scanner import BAD, CLEAN


@pytest.fixture
def mails(tmp_path):
    """A folder with mails, a log and a folder below."""
    for name in ("mails/a.eml", "mails/b.eml", "mails/notes.log", "mails/old/c.eml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(CLEAN)
    return "mails"


def names(result) -> list[str]:
    return [json.loads(line)["source"] for line in result.out.splitlines()]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_missing_file_says_why_and_the_rest_is_scanned(call, mails, jobs):
    result = call("scan", "--jsonl", "--jobs", jobs, f"{mails}/a.eml", "gone.eml", f"{mails}/b.eml")
    assert result.status == 2
    assert result.err == "attachguard: gone.eml: No such file or directory\n"
    assert names(result) == ["mails/a.eml", "mails/b.eml"]


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_said(call, mails, tmp_path):
    (tmp_path / "mails/old").chmod(0)
    result = call("scan", "--jsonl", mails)
    (tmp_path / "mails/old").chmod(0o700)
    assert result.status == 2
    assert "mails/old: Permission denied" in result.err
    assert names(result) == ["mails/a.eml", "mails/b.eml", "mails/notes.log"]


@pytest.mark.parametrize("command", [["scan"], ["identify"], ["sanitize", "-o", "out"]])
def test_the_same_holds_for_every_command(call, mails, command):
    result = call(*command, "gone.eml", f"{mails}/a.eml")
    assert result.status == 2
    assert "gone.eml: No such file" in result.err
    assert "a.eml" in result.out


def test_what_is_no_file_in_a_folder_is_said_and_no_failure(call, mails):
    before = call("scan", mails)
    os.mkfifo(Path(mails, "pipe"))
    Path(mails, "gone").symlink_to("nowhere")
    Path(mails, "ring").symlink_to("ring")
    status, _out, err = call("scan", mails)
    assert status == before.status
    assert (
        err
        == f"attachguard: {mails}/gone: is a pipe, a device or a link that leads nowhere, and is left out, and 2 more\n"
    )


def test_an_empty_folder_is_said_and_no_failure(call, tmp_path):
    (tmp_path / "empty/er").mkdir(parents=True)
    result = call("scan", "--jsonl", "empty")
    assert result == (0, "", "attachguard: empty: no files in this folder\n")


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        (["*.log"], ["a.eml", "b.eml", "old/c.eml"]),
        (["old"], ["a.eml", "b.eml", "notes.log"]),
        (["old/*.eml", "a*"], ["b.eml", "notes.log"]),
        (["*.EML"], ["a.eml", "b.eml", "notes.log", "old/c.eml"]),
    ],
)
def test_what_is_excluded_is_left_out(call, mails, patterns, left):
    options = [word for pattern in patterns for word in ("--exclude", pattern)]
    result = call("scan", "--jsonl", *options, mails)
    assert (result.status, result.err) == (0, "")
    assert names(result) == [f"mails/{name}" for name in left]


def test_a_folder_of_which_everything_is_excluded_is_said(call, mails):
    assert call("scan", "--jsonl", "--exclude", "*", mails).err == (
        "attachguard: mails: every file in this folder is excluded\n"
    )


def test_where_everything_that_was_named_is_excluded_it_is_said(call, mails):
    a, b = f"{mails}/a.eml", f"{mails}/b.eml"
    assert call("scan", "--jsonl", "--exclude", "*.eml", a, b) == (
        0,
        "",
        f"attachguard: {a}: is excluded, and 1 more\n",
    )
    assert call("scan", "--jsonl", "--exclude", "b*", a, b).err == ""


@pytest.mark.parametrize("separator", [b"\n", b"\0"])
def test_paths_come_from_a_list(call, mails, monkeypatch, separator):
    listed = separator.join([b"mails/a.eml", b"mails/old", b""])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(listed)))
    result = call("scan", "--jsonl", "--files-from", "-", f"{mails}/b.eml")
    assert (result.status, result.err) == (0, "")
    assert names(result) == ["mails/b.eml", "mails/a.eml", "mails/old/c.eml"]


def test_a_list_may_be_a_file_and_its_dash_is_one_too(call, tmp_path):
    (tmp_path / "-").write_bytes(CLEAN)
    (tmp_path / "list").write_text("-\n")
    assert names(call("scan", "--jsonl", "--files-from", "list")) == ["./-"]


def test_standard_input_is_not_list_and_mail_at_once(call):
    result = call("scan", "--files-from", "-", "-")
    assert result.status == 2
    assert "either the list" in result.err


def test_copies_are_what_may_be_delivered_of_what_may_not(call, tmp_path):
    (tmp_path / "in/deep").mkdir(parents=True)
    (tmp_path / "in/deep/bad.eml").write_bytes(BAD)
    (tmp_path / "in/clean.eml").write_bytes(CLEAN)
    arguments = ("scan", "--policy", "withholding.toml", "--jsonl", "--write-copies", "out", "in")
    (tmp_path / "withholding.toml").write_text(
        '[policy]\nid = "w"\nversion = "1"\n\n[[rule]]\ncode = "executable-content"\naction = "withhold"\n'
    )
    result = call(*arguments)
    assert (result.status, result.err) == (1, "")
    copies = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert copies == [tmp_path / "out/deep/bad.eml"]
    assert b"TVqQ" not in copies[0].read_bytes()
    assert call("scan", "--policy", "withholding.toml", copies[0]).status == 0
    again = call(*arguments)
    assert again.status == 2
    assert "exists already; --force overwrites it" in again.err
    assert call(*arguments, "--force").status == 1


def test_copies_of_the_messages_of_a_mailbox_lie_in_a_folder_of_its_name(call, tmp_path):
    line = b"From a@b Mon Nov  2 10:00:00 2026\n"
    (tmp_path / "box.mbox").write_bytes(line + CLEAN + b"\n" + line + BAD)
    (tmp_path / "w.toml").write_text(
        '[policy]\nid = "w"\nversion = "1"\n\n[[rule]]\ncode = "executable-content"\naction = "withhold"\n'
    )
    call("scan", "--policy", "w.toml", "--write-copies", "out", "box.mbox")
    assert [path.name for path in (tmp_path / "out/box.mbox").iterdir()] == ["message-2.eml"]
