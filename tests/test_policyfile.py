"""Policy files: every mistake is found, with its file, line and remedy; and the command that says so."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

import pytest

from attachguard.cli import policy as cli_policy
from attachguard.cli.main import main
from attachguard.errors import PolicyError
from attachguard.model import Action
from attachguard.policy import Policy
from attachguard.policy.reading.file import check
from attachguard.policy.reading.values import locate

HEAD = '[policy]\nid = "t"\nversion = "1"\n'  # lines 1 to 3


@pytest.fixture
def problems(tmp_path):
    """The problems of a text, as (line, fatal, message)."""

    def run(text: str, **options) -> list[tuple[int, bool, str]]:
        path = tmp_path / "t.toml"
        path.write_text(text)
        found = check(path, **options)[1]
        assert all(problem.file == str(path) for problem in found)
        return [(problem.line, problem.fatal, f"{problem.where}: {problem.message}") for problem in found]

    return run


RULE = '[[rule]]\ncode = "macro-content"\n'


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (HEAD + "[polcy]\n", 4, "polcy: unknown key 'polcy'; did you mean 'policy'?"),
        (HEAD + 'titel = "x"\n', 4, "policy.titel: unknown key 'titel'; did you mean 'title'"),
        ("[[rule]]\n", 1, "rule[1]: a rule needs its reason code"),
        ('[policy]\nid = "t"\n', 1, "policy: version is missing"),
        ('[policy]\nid = "T t"\nversion = "1"\n', 2, "policy.id: an id is made of"),
        ("version = 1\n", 1, "has no [policy] table"),
        ("[policy\n", 1, "is not TOML"),
        (HEAD + 'mode = "shadow"\n', 4, "policy.mode: unknown mode 'shadow'; there are: enforce, include-only, report"),
        (HEAD + "valid-until = 2026-01-01\nvalid-from = 2026-02-01\n", 4, "is before valid-from"),
        (HEAD + 'valid-from = "2026-01-01"\n', 4, "must be a date without quotes"),
        (HEAD + 'include = ["audit", "rlp-vsp"]\n', 4, "policy.include[2]: included policy 'rlp-vsp' is not there; did you mean 'rlp-vps'?"),
        (HEAD + 'include = ["gone.toml"]\n', 4, "included policy 'gone.toml' is not there"),
        (HEAD + 'include = ["t.toml"]\n', 4, "must not include each other in a circle"),
        (HEAD + '[[rule]]\ncode = "macro-contents"\naction = "flag"\n', 5, "unknown reason code 'macro-contents'; did you mean 'macro-content' or "),
        (HEAD + RULE, 4, "a rule needs its action"),
        (HEAD + RULE + 'action = "drop"\n', 6, "unknown action 'drop'"),
        (HEAD + RULE + 'action = "rejct"\n', 6, "did you mean 'reject'?"),
        (HEAD + RULE + 'action = "reject"\nnotfy = "none"\n', 7, "did you mean 'notify'?"),
        (HEAD + RULE + 'action = "reject"\nnotify = "senders"\n', 7, "did you mean 'sender'?"),
        (HEAD + RULE + 'action = "reject"\ntypes = ["docx", "dokm"]\n', 7, "rule[1].types[2]: unknown type 'dokm'; did you mean"),
        (HEAD + RULE + 'action = "reject"\ngroups = "dokument"\n', 7, "did you mean 'document'?"),
        (HEAD + RULE + 'action = "reject"\nroles = ["attachement"]\n', 7, "did you mean 'attachment'?"),
        (HEAD + RULE + 'action = "reject"\nscope = "attachment"\n', 7, "reject answers for the whole mail"),
        (HEAD + RULE + 'action = "withhold"\nscope = "message"\n', 7, "withhold changes one attachment"),
        (HEAD + RULE + 'action = "discard"\nnotify = "sender"\n', 7, "discard is silent towards the sender"),
        (HEAD + RULE + 'action = "reject"\norigin = "text"\n', 7, "names its clause"),
        (HEAD + RULE + 'action = "flag"\nreply = "no"\n', 7, "only reject and defer answer"),
        (HEAD + RULE + 'action = "reject"\nreply = "a\\nb"\n', 7, "must be one line"),
        (HEAD + RULE + 'action = "reject"\nmin-depth = "1"\n', 7, "must be a whole number"),
        (HEAD + RULE + 'action = "reject"\nmin-score = 101\n', 7, "scores go from 0 to 100"),
        (HEAD + RULE + 'action = "reject"\nmin-score = 80\nmax-score = 20\n', 7, "can never apply"),
        (HEAD + RULE + 'action = "reject"\ntypes = "pdf"\ngroups = "image"\n', 7, "can never apply"),
        (HEAD + RULE + 'action = "flag"\n' + RULE + 'action = "reject"\n', 7, "contradicts the rule for macro-content at "),
        (HEAD + '[[rule]]\ncode = "scan-incomplete"\naction = "flag"\n', 6, "too weak for scan-incomplete"),
        (HEAD + '[[rule]]\ncode = "policy-error"\naction = "discard"\n', 6, "too strong for policy-error"),
        (HEAD + '[[rule]]\ncode = "malware-suspected"\naction = "discard"\n', 6, "rests on a guess"),
        (HEAD + '[[rule]]\ncode = "malware-signature"\naction = "reject"\nnotify = "sender"\n', 7, "malware forges its sender"),
        (HEAD + '[default]\naction = "discard"\n', 5, "must not make a mail vanish"),
        (HEAD + 'mode = "report"\n' + RULE + 'action = "reject"\n', 7, "refuses nothing"),
        (HEAD + '[[bound]]\non = "message-size"\nmax = 25\n', 6, "a size needs its unit"),
        (HEAD + '[[bound]]\non = "message-size"\nmax = "25"\n', 6, "a size needs its unit"),
        (HEAD + '[[bound]]\non = "message-size"\nmax = "25 Mb"\n', 6, "a size needs its unit"),
        (HEAD + '[[bound]]\non = "mesage-size"\nmax = "25 MB"\n', 5, "did you mean 'message-size'?"),
        (HEAD + '[[bound]]\non = "message-size"\n', 4, "a bound needs both"),
        (HEAD + '[[bound]]\non = "attachments"\nmax = 5\nbasis = "wire"\n', 7, "only the size of a message has one"),
        (HEAD + '[[bound]]\non = "recipients"\nmax = 5\n[[bound]]\non = "recipients"\nmax = 6\n', 7, "the same bound is already at "),
        (HEAD + '[types]\naccept = ["pdf", "dokx"]\n', 5, "types.accept[2].type: unknown type 'dokx'; did you mean "),
        (HEAD + '[types]\naccept = [\n  { type = "pdf" },\n  { type = "rtf", sufixes = ["rtf"] },\n]\n', 7, "did you mean 'suffixes' or 'suffix'?"),
        (HEAD + '[types]\naccept = ["pdf"]\nblock = ["pdf"]\n', 6, "accepted and blocked at once"),
        (HEAD + "[names]\nforbidden = '['\n", 5, "is not a regular expression"),
        (HEAD + "[resources]\nparts = 0\n", 5, "must be more than 0"),
        (HEAD + "[resources]\ntotal-size = 5000\n", 5, "a size needs its unit"),
        (HEAD + "policy = 5\n", 4, "unknown key 'policy'"),
        (HEAD + "rule = 5\n", 4, "unknown key"),
        ("rule = 5\n" + HEAD, 1, "write [[rule]] with two brackets above each"),
        ("types = 5\n" + HEAD, 1, "must be a table"),
    ],
)  # fmt: skip
def test_a_mistake_is_an_error_with_its_line_and_a_remedy(problems, tmp_path, text, line, says):
    found = problems(text)
    assert [message for at, fatal, message in found if fatal and at == line and says in message], found
    with pytest.raises(PolicyError) as caught:
        Policy.load(tmp_path / "t.toml")
    assert caught.value.file == str(tmp_path / "t.toml")
    assert caught.value.line > 0


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (HEAD + "valid-until = 2020-01-01\n", 4, "has expired"),
        (HEAD + "valid-from = 2030-01-01\n", 4, "begins on 2030-01-01 only"),
        (HEAD + RULE + 'action = "flag"\n' + RULE + 'action = "flag"\n', 7, "repeats the rule"),
        (HEAD + '[types]\naccept = ["pdf"]\n', 5, "no rule says what type-not-allowed leads to"),
        (HEAD + '[[bound]]\non = "attachments"\nmax = 5\n', 4, "no rule says what too-many-attachments leads to"),
        (HEAD + '[types]\naccept = ["pdf"]\nwithdraw = ["png"]\n[[rule]]\ncode = "type-not-allowed"\naction = "withhold"\n', 6, "not accepted in the first"),
    ],
)  # fmt: skip
def test_what_is_hardly_meant_is_a_warning_and_the_policy_stays_usable(problems, tmp_path, text, line, says):
    found = problems(text, today=dt.date(2026, 11, 22))
    assert [(at, fatal) for at, fatal, message in found if says in message] == [(line, False)], found
    assert Policy.load(tmp_path / "t.toml").id == "t"


def test_every_mistake_is_told_and_loading_names_the_first_and_counts_the_rest(problems, tmp_path):
    assert len(problems(HEAD + RULE + 'action = "drop"\n[typs]\n')) == 2
    with pytest.raises(PolicyError, match=r"and 1 more"):
        Policy.load(tmp_path / "t.toml")


def test_an_unknown_name_is_answered_with_the_ones_there_are():
    with pytest.raises(PolicyError, match="did you mean 'leverkusen'"):
        Policy.load("leverkussen")


def test_a_list_that_is_only_there_to_be_included_is_no_policy():
    with pytest.raises(PolicyError, match="list for other policies"):
        Policy.load("rlp-vps")


@pytest.mark.parametrize("text", ["", "\n# the policy of the house\n"])
def test_a_file_with_nothing_in_it_is_no_policy_that_lets_everything_pass(tmp_path, text):
    """Nor is one that it includes: an editor or a full disk leaves such a file."""
    empty, outer = tmp_path / "empty.toml", tmp_path / "outer.toml"
    empty.write_text(text)
    outer.write_text('[policy]\nid = "outer"\nversion = "1"\ninclude = ["empty.toml"]\n')
    for path in (empty, outer):
        with pytest.raises(PolicyError, match=r"empty\.toml: is empty: a policy has at least a \[policy\] table"):
            Policy.load(path)


def test_a_missing_file_and_one_that_is_no_text_are_told(tmp_path):
    with pytest.raises(PolicyError, match="cannot be read"):
        Policy.load(tmp_path / "gone.toml")
    (tmp_path / "latin.toml").write_bytes(b'[policy]\nid = "\xfc"\n')
    with pytest.raises(PolicyError, match="not UTF-8"):
        Policy.load(tmp_path / "latin.toml")


def test_two_included_policies_that_contradict_need_a_word_from_the_one_that_includes(tmp_path):
    for name, action in (("a", "flag"), ("b", "reject")):
        (tmp_path / f"{name}.toml").write_text(f'[policy]\nid = "{name}"\nversion = "1"\n{RULE}action = "{action}"\n')
    path = tmp_path / "both.toml"
    path.write_text(HEAD + 'include = ["a.toml", "b.toml"]\n')
    with pytest.raises(PolicyError, match="contradict each other about macro-content"):
        Policy.load(path)
    path.write_text(HEAD + 'include = ["a.toml", "b.toml"]\n' + RULE + 'action = "quarantine"\n')
    rule = next(rule for rule in Policy.load(path).data.rules if rule.code == "macro-content")
    assert rule.action is Action.QUARANTINE


def test_an_included_list_can_be_added_to_and_withdrawn_from(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text(
        HEAD
        + 'include = ["kaiserslautern"]\n[types]\naccept = [{ type = "png", suffixes = [".PNG"] }]\nwithdraw = ["zip"]\n'
    )
    accept = Policy.load(path).data.types.accept
    assert accept["png"] == {"png"}
    assert "zip" not in accept
    assert "pdf" in accept


def test_mistakes_in_an_included_file_are_told_with_that_files_name(tmp_path):
    (tmp_path / "list.toml").write_text(
        '[policy]\nid = "list"\nversion = "1"\nmode = "include-only"\n[types]\naccept = ["pfd"]\n'
    )
    (tmp_path / "t.toml").write_text(HEAD + 'include = ["list.toml"]\n')
    with pytest.raises(PolicyError) as caught:
        Policy.load(tmp_path / "t.toml")
    assert (Path(caught.value.file).name, caught.value.line) == ("list.toml", 6)


@pytest.mark.parametrize(
    ("size", "octets"),
    [("1 B", 1), ("1kB", 1000), ("1 KiB", 1024), ("1.5 MB", 1_500_000), ("2 MiB", 2 << 20), ("1 GiB", 1 << 30)],
)
def test_units_are_what_they_say(tmp_path, size, octets):
    (tmp_path / "t.toml").write_text(HEAD + f'[[bound]]\non = "message-size"\nmax = "{size}"\n')
    assert Policy.load(tmp_path / "t.toml").data.bounds[0].maximum == octets


# -- where things stand -------------------------------------------------------------------------------------------------------


def test_lines_of_tables_keys_and_elements():
    lines = locate(
        "# a comment with [brackets] and key = value\n"  # 1
        'top = "x # no comment"\n'
        "[a]\n"
        'list = [ # "quoted"\n'
        "  1,\n"  # 5
        "  { deep = [2,\n"
        "     3], other = '}' },\n"
        "]\n"
        'text = """\n'
        "[not.a.table]\n"  # 10
        'quote \\""""\n'
        "dotted . key = 1979-05-27T07:32:00Z\n"
        '"quoted.key" = true\n'
        "[[b]]\n"
        "x = 1\n"  # 15
        "[[b.c]]\n"
        "[[b]]\n"
        "y = ''' ]]\n"
        "'''\n"
        "[[b.c]]\n"  # 20
        "z = [[], [ ] ,]\n"
        "[b.d]\n"
        "w = {}\n"
    )
    expected = {
        ("top",): 2, ("a",): 3, ("a", "list"): 4, ("a", "list", 0): 5, ("a", "list", 1): 6, ("a", "list", 1, "deep"): 6,
        ("a", "list", 1, "deep", 1): 7, ("a", "list", 1, "other"): 7, ("a", "text"): 9, ("a", "dotted", "key"): 12, ("a", "quoted.key"): 13,
        ("b", 0): 14, ("b", 0, "x"): 15, ("b", 0, "c", 0): 16, ("b", 1): 17, ("b", 1, "y"): 18, ("b", 1, "c", 0): 20,
        ("b", 1, "c", 0, "z"): 21, ("b", 1, "c", 0, "z", 1): 21, ("b", 1, "d"): 22, ("b", 1, "d", "w"): 23,
    }  # fmt: skip
    assert {path: lines.get(path) for path in expected} == expected


# -- the command ----------------------------------------------------------------------------------------------------------------


def command(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    cli_policy.add_parser(parser.add_subparsers())
    return cli_policy.run(parser.parse_args(["policy", *arguments]))


def test_list_names_the_built_in_policies(capsys):
    assert command("list") == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "audit",
        "disarm",
        "kaiserslautern",
        "leverkusen",
        "strict",
    ]


def test_show_says_what_is_accepted_and_which_clause_says_so(capsys):
    assert command("show", "kaiserslautern") == 0
    shown = capsys.readouterr().out
    assert "Word document\n      Suffixes: .docx" in shown
    assert "K5: Executable files such as exe or bat are not accepted." in shown
    assert "Whatever no rule names: It is delivered, with a remark in the report." in shown


def test_show_gives_the_file_to_start_ones_own_from(capsys, tmp_path):
    assert command("show", "strict", "--toml") == 0
    copy = tmp_path / "copy.toml"
    copy.write_text(capsys.readouterr().out)
    assert Policy.load(copy).id == "strict"


def test_show_of_a_broken_policy_fails_with_the_place(capsys, tmp_path):
    (tmp_path / "t.toml").write_text(HEAD + "[polcy]\n")
    assert main(["policy", "show", str(tmp_path / "t.toml")]) == 2
    assert "t.toml:4: polcy" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "status"),
    [("", 0), ("[polcy]\n", 1), ("valid-until = 2020-01-01\n", 0), ("valid-until = 2020-01-01\n[polcy]\n", 1)],
)
def test_check_exits_by_what_it_found(capsys, tmp_path, text, status):
    (tmp_path / "t.toml").write_text(HEAD + text)
    assert command("check", str(tmp_path / "t.toml")) == status
    assert ("error: " in capsys.readouterr().out) == (status == 1)


def test_check_without_a_name_checks_what_is_built_in(capsys):
    assert command("check") == 0
    assert capsys.readouterr().out.count("no mistakes") == 6


def test_what_happens_to_signed_content_that_cannot_stay_whole_is_the_policys_word(tmp_path, problems):
    (tmp_path / "base.toml").write_text(HEAD + '[signatures]\non-signed = "reject"\n')
    (tmp_path / "own.toml").write_text(HEAD + 'include = ["base.toml"]\n')
    assert Policy.load(tmp_path / "own.toml").data.on_signed == "reject"
    assert Policy.load("kaiserslautern").data.on_signed == "withhold"
    assert "unknown choice 'keep'" in problems(HEAD + '[signatures]\non-signed = "keep"\n')[0][2]
