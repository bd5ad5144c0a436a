"""Mistakes of every kind in a policy file, and in the file as a file: each is reported with file, line and remedy, and none ends in a traceback."""

from __future__ import annotations

import datetime as dt

import pytest

from attachguard import Policy, PolicyError
from attachguard.cli.main import main
from attachguard.policy.reading.file import check

DAY = dt.date(2026, 11, 22)
HEAD = '[policy]\nid = "t"\nversion = "1"\n'  # lines 1 to 3
RULE = '[[rule]]\ncode = "macro-content"\naction = "reject"\n'


@pytest.fixture
def write(tmp_path):
    def run(text: str | bytes, name: str = "t.toml"):
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return run


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (HEAD.encode() + b'title = "St\xe4dte"\n', 4, "is not UTF-8 text; save it as UTF-8"),
        ((HEAD + RULE).encode("utf-16"), 1, "is not UTF-8 text"),
        (HEAD + RULE + "x = " + "[" * 50_000, 0, "is nested too deeply"),
        (HEAD + "valid-from = " + "9" * 10_000 + "\n", 0, "is not TOML"),
        (HEAD + "# " + "x" * (1 << 20), 0, "is longer than 1 MiB"),
        (HEAD + 'id = "u"\n', 4, "is not TOML: Cannot overwrite a value"),
        (HEAD + "valid-from = 2026-02-30\n", 4, "is not TOML: Invalid date"),
        (HEAD + 'title = "open\n', 4, "is not TOML"),
        (HEAD + "[[rule]\n", 4, "is not TOML"),
        (b"\0" * 100, 1, "is not TOML"),
    ],
    ids=["latin-1", "utf-16", "brackets", "digits", "huge", "a key twice", "no such day", "open quote", "one bracket", "zeros"],
)  # fmt: skip
def test_a_file_that_is_no_policy_is_told_with_its_line(write, text, line, says):
    path = write(text)
    data, found = check(path, DAY)
    assert data is None
    assert [(each.line, each.file) for each in found if says in each.message] == [(line, str(path))], found
    with pytest.raises(PolicyError):
        Policy.load(path)


def test_a_folder_and_a_file_that_is_not_there_are_told(tmp_path):
    for path in (tmp_path, tmp_path / "gone.toml"):
        with pytest.raises(PolicyError, match="cannot be read"):
            Policy.load(path)


def test_a_byte_order_mark_and_other_line_ends_are_no_mistake(write):
    text = (HEAD + RULE + 'types = "dokx"\n').replace("\n", "\r\n")
    found = check(write(b"\xef\xbb\xbf" + text.encode()), DAY)[1]
    assert [each.line for each in found] == [7]
    assert check(write(b"\xef\xbb\xbf" + (HEAD + RULE).encode(), "u.toml"), DAY)[1] == []


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('policy.id = "t"\npolicy.version = "1"\npolicy.mode = "x"\n', 3, "unknown mode 'x'"),
        ('[policy]\nid = "t"\nversion = "1"\n"mod\\u0065" = "x"\n', 4, "unknown mode 'x'"),
        ('policy = { id = "t", version = "1",\n  mode = "x" }\n', 1, "is not TOML"),
        ('policy = { id = "t", version = "1", mode = "x" }\n', 1, "policy.mode: unknown mode"),
        (HEAD + "rule = 1\n", 4, "unknown key 'rule'"),
        ('rule = [{ code = "spam", action = "flag" },\n  { code = "spma", action = "flag" }]\n' + HEAD, 2, "rule[2].code: unknown reason code 'spma'"),
        (HEAD + 'names.max-length = "x"\n', 4, "unknown key 'names'"),
        (HEAD + '[names]\nmax-length = "x"\n', 5, "must be a whole number"),
        (HEAD + "[names]\nmax-length = -1\n", 5, "must be a whole number"),
        (HEAD + "[names]\nmax-length = 1.5\n", 5, "must be a whole number"),
        (HEAD + "[names]\nmax-length = true\n", 5, "must be a whole number"),
        (HEAD + "[names]\nunique = 1\n", 5, "must be true or false"),
        (HEAD + '[names]\npattern = "([a-z]+)*x"\n', 5, "repeats what is repeated in itself"),
        (HEAD + "[names]\nallowed = []\n", 5, "must be text in quotes"),
        (HEAD + '[types]\naccept = ["PDF"]\n', 5, "unknown type 'PDF'; did you mean 'pdf'?"),
        (HEAD + '[types]\naccept = [".jpeg"]\n', 5, "unknown type '.jpeg'; did you mean 'jpg'?"),
        (HEAD + '[types]\naccept = [{ type = "tiff" }]\n', 5, "did you mean 'tif'?"),
        (HEAD + "[types]\naccept = [5]\n", 5, "must be a table"),
        (HEAD + '[types]\naccept = "pfd"\n', 5, "unknown type 'pfd'; did you mean"),
        (HEAD + '[types]\nblock = { type = "pdf" }\n', 5, "must be text in quotes or a list"),
        (HEAD + RULE.replace("reject", "Reject"), 6, "unknown action 'Reject'; did you mean 'reject'?"),
        (HEAD + RULE + 'encryption = "any"\n', 7, "there are: default-password"),
        (HEAD + RULE + "signed = 1\n", 7, "must be true or false"),
        (HEAD + RULE + "cite = 3\n", 7, "must be text in quotes"),
        (HEAD + RULE + 'valid-until = "2026-12-31"\n', 7, "must be a date without quotes"),
        (HEAD + RULE + "valid-until = 2026-12-31T10:00:00\n", 7, "must be a date without quotes"),
        (HEAD + '[[bound]]\non = "attachment-size"\nmax = "2 megabyte"\n', 6, "a size needs its unit"),
        (HEAD + '[[bound]]\non = "attachments"\nmax = "2"\n', 6, "must be a whole number"),
        (HEAD + '[[bound]]\non = "message-size"\nmax = "2 MB"\ntypes = "pdf"\n', 7, "only the size of one attachment depends on its type"),
        (HEAD + '[signatures]\nformats = ["pade"]\n', 5, "did you mean 'pades'"),
        (HEAD + '[override]\nchannels = "x"\n', 4, "write [[override]] with two brackets"),
        (HEAD + '[[override]]\nchannels = "a"\n[[override]]\nchannels = "A"\nrecipients = "b@*"\n', 6, "can never hold"),
        (HEAD + '[[override]]\nrecipients = "*@a"\n[[override]]\nrecipients = "*@a"\n', 6, "can never hold"),
        (HEAD + '[[override]]\nchannels = "a"\n[[override.rule]]\ncode = "scan-incomplete"\naction = "flag"\n', 8, "too weak for scan-incomplete"),
    ],
)  # fmt: skip
def test_a_mistake_is_an_error_at_its_line(write, text, line, says):
    found = check(write(text), DAY)[1]
    assert [each for each in found if each.fatal and each.line == line and says in f"{each.where}: {each.message}"], (
        found
    )


def test_two_overrides_for_different_mail_are_no_mistake(write):
    text = (
        HEAD
        + '[[override]]\nchannels = "a"\nrecipients = "x@*"\n[[override]]\nchannels = "a"\n[[override]]\nrecipients = "x@*"\n'
    )
    assert check(write(text), DAY)[1] == []


def test_names_that_reports_could_not_tell_apart_are_warnings(write):
    both = HEAD + ('[[exception]]\nname = "form"\ncode = "active-content"\nsenders = "a@b.de"\n' * 2)
    found = check(write(both), DAY)[1]
    assert [(each.line, each.fatal) for each in found if "another exception has it too" in each.message] == [(9, False)]
    write(HEAD, "base.toml")
    found = check(write(HEAD + 'include = ["base.toml"]\n', "own.toml"), DAY)[1]
    assert [(each.line, each.fatal) for each in found if "is the id of the included" in each.message] == [(2, False)]


def test_files_that_include_each_other_are_told_once_with_the_line_of_the_include(write):
    write('[policy]\nid = "a"\nversion = "1"\ninclude = ["b.toml"]\n', "a.toml")
    path = write('[policy]\nid = "b"\nversion = "1"\n\ninclude = ["a.toml"]\n', "b.toml")
    found = check(path, DAY)[1]
    assert [(each.file.rpartition("/")[2], each.line) for each in found if "in a circle" in each.message] == [
        ("a.toml", 4)
    ]


def test_a_mistake_in_an_included_file_has_the_line_of_that_file(write):
    write(HEAD + "\n\n" + RULE + 'types = "dokx"\n', "list.toml")
    path = write('[policy]\nid = "own"\nversion = "1"\ninclude = ["list.toml"]\n', "own.toml")
    found = check(path, DAY)[1]
    assert [(each.file.rpartition("/")[2], each.line) for each in found] == [("list.toml", 9)]


@pytest.mark.parametrize(
    ("text", "said", "status", "strict"),
    [
        (HEAD + RULE, "", 0, 0),
        (HEAD + RULE * 2, "warning", 0, 1),
        (HEAD + "valid-until = 2020-01-01\n", "warning", 0, 1),
        (HEAD + RULE + "valid-until = 2020-01-01\n", "error", 1, 1),
        (HEAD + RULE + 'types = "dokx"\n', "error", 1, 1),
        ("[", "error", 1, 1),
    ],
)
def test_check_exits_1_on_errors_and_with_strict_on_warnings_too(write, capsys, text, said, status, strict):
    path = write(text)
    assert main(["policy", "check", str(path)]) == status
    shown = capsys.readouterr().out
    assert shown.count(str(path)) >= 1
    assert [kind for kind in ("error", "warning") if f": {kind}: " in shown] == ([said] if said else [])
    assert main(["policy", "check", "--strict", str(path)]) == strict
