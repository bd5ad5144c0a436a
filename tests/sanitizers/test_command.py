"""`attachguard sanitize`: what is written where, what is said of it, and how the call ends."""

from __future__ import annotations

import json

import pytest

from attachguard.cli.main import main

PAGE = b"<html><body><p>Guten Tag</p><script>alert(1)</script></body></html>"
CLEAN = b"<html><body><p>Guten Tag</p></body></html>"
CLOSED = b"\x7fELF\x02\x01\x01" + bytes(200)


def lines(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in/sub").mkdir(parents=True)
    (tmp_path / "in/seite.html").write_bytes(PAGE)
    (tmp_path / "in/sub/rein.html").write_bytes(CLEAN)
    return tmp_path


def test_one_input_goes_to_the_named_file(folder, capsys):
    assert main(["sanitize", str(folder / "in/seite.html"), "-o", str(folder / "out.html"), "--jsonl"]) == 0
    (line,) = lines(capsys)
    assert (line["schema"], line["outcome"], line["output"]) == (
        "attachguard.sanitized/1",
        "sanitized",
        str(folder / "out.html"),
    )
    assert [record["kind"] for record in line["removed"]] == ["html-script"]
    assert set(line["removed"][0]) == {"part", "code", "kind", "detail", "sha256", "size"}
    assert b"script" not in (folder / "out.html").read_bytes()
    assert b"Guten Tag" in (folder / "out.html").read_bytes()


def test_a_folder_keeps_its_folders_and_what_is_clean_is_the_same_bytes(folder, capsys):
    assert main(["sanitize", str(folder / "in"), "-o", str(folder / "out"), "--jsonl"]) == 0
    assert [line["outcome"] for line in lines(capsys)] == ["sanitized", "unchanged"]
    assert (folder / "out/sub/rein.html").read_bytes() == CLEAN


def test_a_second_run_changes_nothing(folder, capsys):
    main(["sanitize", str(folder / "in/seite.html"), "-o", str(folder / "one.html"), "--quiet"])
    assert main(["sanitize", str(folder / "one.html"), "-o", str(folder / "two.html"), "--jsonl"]) == 0
    assert lines(capsys)[0]["outcome"] == "unchanged"
    assert (folder / "one.html").read_bytes() == (folder / "two.html").read_bytes()


def test_what_cannot_be_cleaned_has_no_output_and_the_call_says_so(folder, capsys):
    (folder / "in/tool").write_bytes(CLOSED)
    assert main(["sanitize", str(folder / "in"), "-o", str(folder / "out"), "--jsonl"]) == 1
    refused = next(line for line in lines(capsys) if line["outcome"] == "refused")
    assert (refused["output"], refused["removed"]) == (None, [])
    assert refused["reasons"]
    assert not (folder / "out/tool").exists()


def test_nothing_is_overwritten_unless_asked_for(folder, capsys):
    target = folder / "out.html"
    target.write_bytes(b"mine")
    call = ["sanitize", str(folder / "in/seite.html"), "-o", str(target), "--quiet"]
    assert main(call) == 2
    assert target.read_bytes() == b"mine"
    assert "--force" in capsys.readouterr().err
    assert main([*call, "--force"]) == 0
    assert b"Guten Tag" in target.read_bytes()
    assert [path.name for path in folder.glob(".attachguard-*")] == []


def test_two_inputs_of_one_name_do_not_become_one(folder, capsys):
    other = folder / "other"
    other.mkdir()
    (other / "seite.html").write_bytes(CLEAN)
    call = [
        "sanitize",
        str(folder / "in/seite.html"),
        str(other / "seite.html"),
        "-o",
        str(folder / "out"),
        "--quiet",
        "--force",
    ]
    assert main(call) == 2
    assert "another input" in capsys.readouterr().err


def test_several_processes_say_the_same(folder, capsys):
    main(["sanitize", str(folder / "in"), "-o", str(folder / "one"), "--jsonl"])
    alone = [(line["outcome"], line["removed"]) for line in lines(capsys)]
    assert main(["sanitize", str(folder / "in"), "-o", str(folder / "two"), "--jsonl", "--jobs", "2"]) == 0
    assert [(line["outcome"], line["removed"]) for line in lines(capsys)] == alone
    assert (folder / "one/seite.html").read_bytes() == (folder / "two/seite.html").read_bytes()


def test_people_are_told_in_words(folder, capsys):
    assert main(["sanitize", str(folder / "in/seite.html"), "-o", str(folder / "out.html")]) == 0
    said = capsys.readouterr().out
    assert said.startswith("sanitized")
    assert "html-script" in said
