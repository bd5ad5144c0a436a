"""The command line does what its help says, and its exit status can be relied on."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest
from benchmarks import workload

from attachguard.cli.main import main
from tests.test_scanner import BAD, CLEAN


@pytest.fixture
def inbox(tmp_path):
    """A folder with a Maildir, a clean and a bad message, and a file in a folder below."""
    for folder in ("maildir/cur", "maildir/new", "maildir/tmp", "deep/er"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "bad.eml").write_bytes(BAD)
    (tmp_path / "clean.eml").write_bytes(CLEAN)
    (tmp_path / "deep/er/a.txt").write_bytes(b"text\n")
    (tmp_path / "maildir/cur/1").write_bytes(CLEAN)
    (tmp_path / "maildir/new/2").write_bytes(CLEAN)
    (tmp_path / "maildir/tmp/3").write_bytes(CLEAN)
    return tmp_path


def run(capsysbinary, *arguments: str) -> tuple[int, str, str]:
    try:
        status = main(arguments)
    except SystemExit as stop:
        status = stop.code
    out, err = capsysbinary.readouterr()
    return status, out.decode(), err.decode()


def test_clean_mail_exits_with_0_and_bad_mail_with_1(capsysbinary, inbox):
    assert run(capsysbinary, "scan", str(inbox / "clean.eml"))[0] == 0
    status, out, _ = run(capsysbinary, "scan", "--policy", "kaiserslautern", str(inbox / "bad.eml"))
    assert status == 1
    first, *reasons = out.splitlines()
    assert first.split()[:2] == ["discard", "eml"]
    assert any("executable-content" in line and "rechnung.pdf" in line and "[K5" in line for line in reasons)


def test_jsonl_is_one_report_a_line_in_input_order(capsysbinary, inbox):
    status, out, _ = run(capsysbinary, "scan", "--policy", "audit", "--jsonl", "--jobs", "2", str(inbox))
    reports = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    names = [report["source"].removeprefix(str(inbox) + "/") for report in reports]
    assert names == ["bad.eml", "clean.eml", "deep/er/a.txt", "maildir/cur/1", "maildir/new/2"]
    assert list(reports[0]) == [
        "schema", "source", "kind", "policy", "verdict", "findings", "parts", "checks", "signatures", "sha256", "size", "complete", "seconds",
            "channel", "receipt_due", "ambiguity_results",
    ]  # fmt: skip
    assert list(reports[0]["findings"][0]) == [
        "code", "part", "action", "scope", "notify", "detail", "source", "cite", "origin", "score", "offset", "label", "rule",
        "kind", "yara",
    ]  # fmt: skip


def test_processes_change_nothing_but_time(capsysbinary, inbox):
    def reports(jobs):
        out = run(capsysbinary, "scan", "--jsonl", "--jobs", jobs, str(inbox))[1]
        return [{**json.loads(line), "seconds": 0} for line in out.splitlines()]

    assert reports("1") == reports("3")


def test_json_is_one_array_and_may_go_to_a_file(capsysbinary, inbox, tmp_path):
    target = tmp_path / "report.json"
    assert run(capsysbinary, "scan", "--json", "-o", str(target), str(inbox / "bad.eml"))[0] == 1
    assert [report["kind"] for report in json.loads(target.read_text())] == ["message"]


def test_quiet_says_nothing_but_the_status(capsysbinary, inbox):
    assert run(capsysbinary, "scan", "--quiet", str(inbox / "bad.eml")) == (1, "", "")


def test_standard_input(capsysbinary, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD)))
    status, out, _ = run(capsysbinary, "scan", "--jsonl", "-")
    assert status == 1
    assert json.loads(out)["source"] == "-"


def test_a_mailbox_is_scanned_message_by_message(capsysbinary, tmp_path):
    (tmp_path / "box.mbox").write_bytes(
        b"From a@b Mon Nov  2 10:00:00 2026\n" + CLEAN + b"\nFrom a@b Mon Nov  2 10:00:00 2026\n" + BAD
    )
    status, out, _ = run(capsysbinary, "scan", "--jsonl", str(tmp_path / "box.mbox"))
    first, second = (json.loads(line) for line in out.splitlines())
    assert status == 1
    assert first["verdict"]["action"] == "deliver"
    assert "executable-content" in {finding["code"] for finding in second["findings"]}


def test_passwords_open_what_they_fit_and_never_appear(capsysbinary, tmp_path):
    from tests.fixtures.zip import SAMPLES

    (tmp_path / "a.zip").write_bytes(SAMPLES["zipcrypto/geheim.zip"]())
    (tmp_path / "words").write_text("wrong\ngeheim\n")
    with_words = ("--password-file", str(tmp_path / "words"), "--password", "other")
    _, out, _ = run(capsysbinary, "scan", "--policy", "audit", "--jsonl", *with_words, str(tmp_path / "a.zip"))
    assert json.loads(out)["parts"][0]["encryption"] == "known-password"
    assert "geheim" not in out
    without = json.loads(run(capsysbinary, "scan", "--policy", "audit", "--jsonl", str(tmp_path / "a.zip"))[1])
    assert without["parts"][0]["encryption"] == "unknown-password"


def test_rules_of_the_operator_are_added(capsysbinary, inbox, tmp_path):
    (tmp_path / "mine.yar").write_text('rule mine { meta: score = 90 strings: $a = "Sehr geehrte" condition: $a }')
    _, out, _ = run(
        capsysbinary,
        "scan",
        "--jsonl",
        "--no-builtin-rules",
        "--rules",
        str(tmp_path / "mine.yar"),
        str(inbox / "clean.eml"),
    )
    assert "YARA mine" in out


def test_the_envelope_comes_from_a_file(capsysbinary, inbox, tmp_path):
    envelope = tmp_path / "envelope.json"
    envelope.write_text('{"sender": "a@example.org", "spam": true}')
    out = run(
        capsysbinary,
        "scan",
        "--policy",
        "kaiserslautern",
        "--jsonl",
        "--envelope",
        str(envelope),
        str(inbox / "clean.eml"),
    )[1]
    assert "spam" in json.loads(out)["verdict"]["reasons"]
    envelope.write_text('{"spammer": true}')
    status, _, err = run(capsysbinary, "scan", "--envelope", str(envelope), str(inbox / "clean.eml"))
    assert status == 2
    assert "spammer" in err
    assert "sender" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("scan", "/no/such/file"), "/no/such/file"),
        (("scan", "--policy", "leverkussen", "x"), "leverkusen"),
        (("scan", "--rules", "/no/such/rules", "x"), "/no/such/rules"),
        (("scan",), "PATH"),
        (("scan", "--jobs", "0", "x"), "at least 1"),
        ((), "COMMAND"),
    ],
)
def test_a_call_that_cannot_be_carried_out_says_why_and_exits_with_2(capsysbinary, arguments, said):
    status, out, err = run(capsysbinary, *arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_identify_prints_the_true_type(capsysbinary, tmp_path):
    (tmp_path / "invoice.pdf").write_bytes(workload.program(__import__("random").Random(1), 100))
    status, out, _ = run(capsysbinary, "identify", str(tmp_path / "invoice.pdf"))
    assert status == 0
    assert out.endswith("invoice.pdf: pe (application/vnd.microsoft.portable-executable, executable)\n")


def test_doctor_names_what_it_stands_on_and_passes_its_self_test(capsysbinary):
    status, out, _ = run(capsysbinary, "doctor")
    lines = dict(line.split(maxsplit=1) for line in out.splitlines() if not line.startswith(("compiled", "built-in")))
    assert status == 0
    assert lines["self-test"] == "passed"
    assert {"python", "yara-python", "pikepdf", "oletools", "libmagic", "inflate"} <= set(lines)
    assert "compiled core" in out


def test_policies_are_listed_shown_and_checked(capsysbinary):
    status, out, _ = run(capsysbinary, "policy", "list")
    assert status == 0
    assert {"audit", "strict", "kaiserslautern", "leverkusen"} <= {line.split()[0] for line in out.splitlines()}
    assert run(capsysbinary, "policy", "show", "leverkusen")[0] == 0
    assert run(capsysbinary, "policy", "check")[0] == 0


def test_control_characters_in_a_file_name_do_not_reach_the_terminal(capsysbinary, tmp_path):
    path = tmp_path / "a\x1b[31m.txt"
    path.write_bytes(b"text")
    out = run(capsysbinary, "scan", str(path))[1]
    assert "\x1b" not in out


def test_a_reader_that_goes_away_is_no_error(inbox):
    command = f"{sys.executable} -m attachguard scan --jsonl {inbox} {inbox} | head -c 1"
    done = subprocess.run(command, check=False, shell=True, capture_output=True, text=True)
    assert done.stderr == ""
