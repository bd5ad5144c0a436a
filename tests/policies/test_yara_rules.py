"""The table `[rules]` of a policy: matches of YARA rules that are dropped, only reported, or called something else."""

from __future__ import annotations

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.cli.main import main
from attachguard.policy.explaining.explain import Explainer
from attachguard.policy.reading import file as policyfile

HEAD = '[policy]\nid = "t"\nversion = "1"\n'
REFUSES = '[[rule]]\ncode = "malware-suspected"\naction = "reject"\n'


def policy(tmp_path, text: str) -> Policy:
    (tmp_path / "t.toml").write_text(HEAD + text, "utf-8")
    return Policy.load(tmp_path / "t.toml")


def rules(tmp_path, **files: str) -> Rules:
    for name, text in files.items():
        file = tmp_path / "rules" / f"{name.replace('__', '/')}.yar"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return Rules.load(tmp_path / "rules")


def scan(judge: Policy, loaded: Rules):
    report = Scanner(judge, rules=loaded).scan(b"hello", name="a.txt")
    found = [(each.yara.rule, each.code, each.action.value) for each in report.findings if each.yara is not None]
    return report.verdict, sorted(found)


TWO = {
    "office__one": "rule first : APT { meta: score = 80 condition: true }",
    "pdf__two": "rule second { condition: true }",
}


@pytest.mark.parametrize("pattern", ["first", "fir*", "office/one", "office/*", "office/one:first", "*:first"])
def test_a_disabled_rule_is_not_heard(tmp_path, pattern):
    judge = policy(tmp_path, f'{REFUSES}[rules]\ndisable = ["{pattern}"]\n')
    assert scan(judge, rules(tmp_path, **TWO))[1] == [("second", "malware-suspected", "reject")]


def test_patterns_are_exact_about_letters(tmp_path):
    judge = policy(tmp_path, '[rules]\ndisable = ["FIRST", "office"]\n')
    assert len(scan(judge, rules(tmp_path, **TWO))[1]) == 2


def test_a_rule_in_the_nursery_is_reported_and_nothing_follows(tmp_path):
    judge = policy(tmp_path, f'{REFUSES}[rules]\nnursery = ["*"]\n')
    verdict, found = scan(judge, rules(tmp_path, **TWO))
    assert found == [("first", "malware-suspected", "deliver"), ("second", "malware-suspected", "deliver")]
    assert (verdict.action.value, verdict.reasons) == ("deliver", ())


@pytest.mark.parametrize(
    "files",
    [
        {"nursery__a": "rule a { condition: true }"},
        {"office__nursery__deep__a": "rule a { condition: true }"},
        {"office__a": "rule a { meta: attachguard_nursery = true condition: true }"},
    ],
)
def test_rules_say_themselves_that_they_are_only_tried(tmp_path, files):
    verdict, found = scan(policy(tmp_path, REFUSES), rules(tmp_path, **files))
    assert (found, verdict.action.value) == ([("a", "malware-suspected", "deliver")], "deliver")


def test_a_nursery_may_be_named_itself_but_not_some_folder_above(tmp_path):
    loaded = rules(tmp_path, nursery__a="rule a { condition: true }")
    (tmp_path / "nursery").mkdir()
    (tmp_path / "nursery/rules").mkdir()
    (tmp_path / "nursery/rules/b.yar").write_text("rule b { condition: true }", "utf-8")
    assert len(loaded) == 1
    judge = policy(tmp_path, REFUSES)
    assert scan(judge, Rules.load(tmp_path / "rules/nursery"))[1] == [("a", "malware-suspected", "deliver")]
    assert scan(judge, Rules.load(tmp_path / "rules/nursery/a.yar"))[1] == [("a", "malware-suspected", "deliver")]
    assert scan(judge, Rules.load(tmp_path / "nursery/rules"))[1] == [("b", "malware-suspected", "reject")]


@pytest.mark.parametrize(
    ("condition", "codes"),
    [
        ('names = ["fir*"]', ["malware-signature", "malware-suspected"]),
        ('namespaces = ["pdf/*"]', ["malware-suspected", "malware-signature"]),
        ('tags = ["APT", "x"]', ["malware-signature", "malware-suspected"]),
        ("min-score = 80", ["malware-signature", "malware-suspected"]),
        ("max-score = 79", ["malware-suspected", "malware-suspected"]),
        ('min-score = 80\ntags = ["x"]', ["malware-suspected", "malware-suspected"]),
        ("", ["malware-signature", "malware-signature"]),
    ],
)
def test_matches_are_called_what_the_policy_says(tmp_path, condition, codes):
    judge = policy(tmp_path, f'[[rules.called]]\ncode = "malware-signature"\n{condition}\n')
    assert [code for _rule, code, _action in scan(judge, rules(tmp_path, **TWO))[1]] == codes


def test_the_first_name_that_applies_counts_and_a_file_comes_before_what_it_includes(tmp_path):
    (tmp_path / "base.toml").write_text(
        HEAD + '[rules]\ndisable = ["second"]\n[[rules.called]]\ncode = "spam"\n', "utf-8"
    )
    text = '[[rules.called]]\ncode = "malware-signature"\nnames = ["first"]\n'
    (tmp_path / "t.toml").write_text(HEAD.rstrip() + '\ninclude = ["base.toml"]\n' + text, "utf-8")
    assert scan(Policy.load(tmp_path / "t.toml"), rules(tmp_path, **TWO))[1] == [("first", "malware-signature", "flag")]


MISTAKES = {
    '[rules]\ndisabled = ["a"]': "error: rules.disabled: unknown key 'disabled'; did you mean 'disable'?",
    "[[rules.called]]\ntags = []": 'error: rules.called[1]: says what matches are called: add the reason code, as in code = "malware-signature"',
    '[[rules.called]]\ncode = "malware"': "error: rules.called[1].code: unknown reason code 'malware'",
    '[[rules.called]]\ncode = "scan-incomplete"': "error: rules.called[1].code: scan-incomplete is the scanner's own failure, which no rule finds",
    '[[rules.called]]\ncode = "spam"\nmin-score = 101': "error: rules.called[1].min-score: scores go from 0 to 100",
    '[[rules.called]]\ncode = "spam"\nmin-score = 9\nmax-score = 8': "error: rules.called[1].min-score: is above max-score, so it can never apply",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named(tmp_path, text):
    file = tmp_path / "t.toml"
    file.write_text(HEAD + text, "utf-8")
    _, problems = policyfile.check(file)
    assert any(MISTAKES[text] in str(problem) for problem in problems), [str(problem) for problem in problems]


def test_policy_check_warns_of_patterns_that_mean_no_rule(tmp_path, capsys):
    rules(tmp_path, **TWO)
    policy(tmp_path, '[rules]\ndisable = [\n  "first",\n  "third",\n]\n')
    file = str(tmp_path / "t.toml")
    assert main(["policy", "check", file, "--strict", "--rules", str(tmp_path / "rules")]) == 1
    out = capsys.readouterr().out
    assert f"{file}:" in out
    assert "warning: rules: 'third' means none of the" in out
    assert "'first'" not in out
    assert main(["policy", "check", file]) == 0
    assert "rules; name the rules that you use with --rules" in capsys.readouterr().out


def test_the_table_is_explained_in_both_languages(tmp_path):
    text = '[rules]\ndisable = ["a*"]\nnursery = ["b/*"]\n[[rules.called]]\ncode = "malware-signature"\ntags = ["APT"]\nmin-score = 75\n'
    data = policy(tmp_path, text).data
    english, german = (
        "\n".join(str(line) for block in Explainer(data, language).page() for line in block.lines)
        for language in ("en", "de")
    )
    assert "Matches of these YARA rules are not heard: a*." in english
    assert "These YARA rules are only tried; their matches are reported, and nothing follows: b/*." in english
    assert "Matches of YARA rules with the tag APT with a score from 75 count as:" in english
    assert "Treffer dieser YARA-Regeln werden übergangen: a*." in german
    assert "Treffer von YARA-Regeln mit dem Kennzeichen APT mit einem Wert ab 75 gelten als:" in german
