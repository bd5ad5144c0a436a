"""From a report that was written before to a page, a notice, a routing slip."""

from __future__ import annotations

import email
import json

import pytest

from tests.test_scanner import BAD, CLEAN


@pytest.fixture
def run(call, tmp_path):
    """Reports of a clean and of a bad mail, as lines and as an array."""
    (tmp_path / "bad.eml").write_bytes(BAD)
    (tmp_path / "clean.eml").write_bytes(CLEAN)
    (tmp_path / "envelope.json").write_text(
        '{"sender": "a@example.org", "recipients": ["b@example.net"], "sender_valid": true}'
    )
    options = ("scan", "--policy", "leverkusen", "--envelope", "envelope.json", "bad.eml", "clean.eml")
    call(*options, "-o", "run.jsonl")
    call(*options, "-o", "run.json")
    return tmp_path


def test_the_suffix_of_the_file_says_the_form(call, run):
    assert len((run / "run.jsonl").read_text().splitlines()) == 2
    assert len(json.loads((run / "run.json").read_text())) == 2
    assert call("report", "run.jsonl", "-o", "page.html", "--lang", "de") == (0, "", "")
    assert "Bericht über 2 Nachrichten" in (run / "page.html").read_text("utf-8")


@pytest.mark.parametrize("file", ["run.jsonl", "run.json"])
def test_a_report_written_twice_is_the_same(call, run, file):
    result = call("report", "--jsonl", file)
    assert (result.status, result.err) == (0, "")
    assert result.out == (run / "run.jsonl").read_text() or file == "run.json"
    sources = [json.loads(line)["source"] for line in result.out.splitlines()]
    assert sources == ["bad.eml", "clean.eml"]


def test_several_files_become_one_page(call, run):
    call("report", "run.jsonl", "run.json", "-o", "page.html")
    assert "Report on 4 messages" in (run / "page.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"not json\n", "run.jsonl:1: is not a report of `attachguard scan --json` or `--jsonl`"),
        (b"[1]", "is not a report"),
        (b"[", "is not a report"),
        (b'{"schema": "attachguard.report/2"}', "this version reads 'attachguard.report/1'"),
    ],
)
def test_something_else_is_refused_and_leaves_no_page(call, run, content, says):
    (run / "run.jsonl").write_bytes(content)
    (run / "page.html").write_text("older")
    result = call("report", "run.jsonl", "-o", "page.html")
    assert (result.status, result.out) == (2, "")
    assert says in result.err
    assert (run / "page.html").read_text() == "older"
    assert not list(run.glob(".attachguard-*"))


def test_a_broken_line_is_named(call, run):
    lines = (run / "run.jsonl").read_text().splitlines()
    (run / "run.jsonl").write_text(f"{lines[0]}\n\n{lines[1][:-5]}\n")
    assert "run.jsonl:3: " in call("report", "--jsonl", "run.jsonl").err


def test_the_notice_is_a_message_to_the_sender(call, run):
    result = call("notice", "run.jsonl", "--source", "bad.eml", "--envelope", "envelope.json", "--mail", "bad.eml")
    assert (result.status, result.err) == (0, "")
    notice = email.message_from_string(result.out)
    assert notice["To"] == "<a@example.org>"
    assert notice["Auto-Submitted"] == "auto-replied"
    assert notice.get_content_type() == "multipart/report"


def test_addresses_may_be_given_by_themselves_and_the_text_in_english(call, run):
    result = call("notice", "run.jsonl", "--source", "bad.eml", "--sender", "x@example.org", "--lang", "en")
    assert "To: <x@example.org>" in result.out
    assert "Subject: Your message was refused" in result.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--source", "clean.eml", "--sender", "a@example.org"), "the sender is not told of this verdict\n"),
        (("--source", "bad.eml"), "name one with --sender or --envelope"),
        (("--source", "bad.eml", "--to", "recipient", "--recipient", "b@example.net"), "the recipient is not told"),
    ],
)
def test_where_nobody_is_told_it_says_so_and_exits_with_1(call, run, arguments, says):
    result = call("notice", "run.jsonl", *arguments)
    assert (result.status, result.out) == (1, "")
    assert says in result.err


@pytest.mark.parametrize("command", ["notice", "slip"])
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "holds 2 reports; choose one with --source: bad.eml, clean.eml"),
        (("--source", "other"), "holds no report of this source"),
        (("--source", "bad.eml", "--texts", "nowhere"), "nowhere: there is no such folder"),
    ],
)
def test_mistakes_of_the_caller_are_named(call, run, command, arguments, says):
    result = call(command, "run.jsonl", *arguments)
    assert (result.status, result.out) == (2, "")
    assert says in result.err


def test_own_texts_take_the_place_of_the_built_in_ones(call, run):
    (run / "texts").mkdir()
    (run / "texts/reasons.en.txt").write_text("executable-content = No programs here.\n")
    result = call("slip", "run.jsonl", "--source", "bad.eml", "--texts", "texts", "--lang", "en")
    assert "No programs here." in result.out
    (run / "texts/nonsense.txt").write_text("x")
    assert "no such text" in call("slip", "run.jsonl", "--source", "bad.eml", "--texts", "texts").err


def test_the_slip_comes_as_text_page_and_json(call, run):
    options = ("slip", "run.jsonl", "--source", "bad.eml", "--id", "2026-4711", "--received", "2026-11-30T12:00+01:00")
    assert "2026-4711" in call(*options).out
    assert call(*options, "-o", "slip.html") == (0, "", "")
    assert (run / "slip.html").read_text("utf-8").lstrip().startswith("<!DOCTYPE html>")
    slip = json.loads(call(*options, "--format", "json").out)
    assert (slip["schema"], slip["id"]) == ("attachguard.receipt/1", "2026-4711")
    assert slip["received"].startswith("2026-11-30T")
    assert "write a time as in" in call(*options, "--received", "yesterday").err


def test_a_mail_server_that_is_no_host_name_is_refused(call, run):
    result = call("notice", "run.jsonl", "--source", "bad.eml", "--sender", "a@example.org", "--mta", "a b")
    assert result.status == 2
    assert "must be a host name" in result.err
