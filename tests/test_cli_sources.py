"""What the command line is pointed at: mailboxes are taken apart, and no name of a file ends a run."""

from __future__ import annotations

import json
import os
import sys

import pytest

from attachguard.cli.main import main
from attachguard.cli.sources import each
from tests.test_scanner import BAD, CLEAN

SEPARATOR = b"From a@example.org Mon Nov  2 10:00:00 2026\r\n"


def mailbox(*messages: bytes) -> bytes:
    return b"".join(SEPARATOR + message.rstrip(b"\r\n") + b"\r\n\r\n" for message in messages)


def reports(capsysbinary, *arguments: str) -> tuple[int, list[dict]]:
    status = main(["scan", "--policy", "kaiserslautern", "--jsonl", *arguments])
    return status, [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_mailbox_is_one_report_a_message(capsysbinary, tmp_path, jobs):
    box = tmp_path / "archiv.mbox"
    box.write_bytes(mailbox(CLEAN, BAD, CLEAN))
    status, told = reports(capsysbinary, "--jobs", jobs, str(box))
    assert status == 1
    assert [report["source"] for report in told] == [f"{box}!/message-{number}.eml" for number in (1, 2, 3)]
    assert [report["verdict"]["action"] for report in told] == ["deliver", "discard", "deliver"]
    assert {report["kind"] for report in told} == {"message"}
    assert told[0]["size"] == len(CLEAN.rstrip(b"\r\n")) + 2


def test_the_messages_of_a_mailbox_are_what_the_inspector_of_mailboxes_finds(tmp_path):
    box = tmp_path / "ohne endung"
    box.write_bytes(mailbox(CLEAN, CLEAN + b"\r\n>From here on\r\nFrom there\r\n"))
    pieces = []
    for source in each([str(box)], mailboxes=True):
        with source.open() as file:
            pieces.append(file.read())
    assert [piece.strip() for piece in pieces] == [CLEAN.strip(), (CLEAN + b"\r\n>From here on\r\nFrom there").strip()]


@pytest.mark.parametrize("content", [SEPARATOR + CLEAN, CLEAN, b"From here to eternity\r\n", b"From ", b""])
def test_what_is_no_mailbox_is_one_report(capsysbinary, tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    _, told = reports(capsysbinary, str(tmp_path / "a"))
    assert [report["source"] for report in told] == [str(tmp_path / "a")]


def test_a_mailbox_called_a_file_is_scanned_as_one(capsysbinary, tmp_path):
    (tmp_path / "a.mbox").write_bytes(mailbox(CLEAN, CLEAN))
    _, told = reports(capsysbinary, "--kind", "file", str(tmp_path / "a.mbox"))
    assert [report["parts"][0]["type"]["id"] for report in told] == ["mbox"]


def test_identify_names_the_mailbox(capsysbinary, tmp_path):
    (tmp_path / "a.mbox").write_bytes(mailbox(CLEAN, CLEAN))
    assert main(["identify", str(tmp_path / "a.mbox")]) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="names of any octets")
@pytest.mark.parametrize("options", [[], ["--jobs", "2"], ["--format", "human"], ["--format", "json"]])
def test_a_name_that_is_not_utf_8_ends_no_run(capsysbinary, tmp_path, options):
    for name in (b"gr\xfc\xdfe.eml", b"\xff\xfe.eml", b"z.eml"):
        (tmp_path / os.fsdecode(name)).write_bytes(CLEAN)
    assert main(["scan", "--policy", "audit", "--jsonl", *options, str(tmp_path)]) == 0
    out = capsysbinary.readouterr().out.decode()
    assert "gr\\udcfc\\udcdfe.eml" in out.replace("\\\\", "\\")
    assert main(["identify", str(tmp_path)]) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="names of any octets")
def test_a_name_that_is_not_utf_8_and_cannot_be_read_is_told(capsysbinary, tmp_path):
    assert main(["scan", str(tmp_path / os.fsdecode(b"\xfc.eml"))]) == 2
    assert b"\\udcfc.eml" in capsysbinary.readouterr().err
