"""`rules list`: what rules are for, and how many tests they have."""

from __future__ import annotations

import json

from attachguard.cli.main import main

RULE = """
rule Mine : one two
{
    meta:
        description = "Something"
        author = "you"
        score = 75
        attachguard_types = "js vb wsf sct hta ps1 bat"
        attachguard_scope = "script"
        attachguard_code = "malware-signature"
    strings:
        $a = "MALICE"
    condition:
        $a
}
private rule Inner { condition: true }
rule Plain { condition: false }
"""
TESTS = '[[match]]\nrule = "Mine"\nabout = "a"\ntext = "x"\n[[no-match]]\nrule = "Mine"\nabout = "b"\ntext = "x"\n[[match]]\nrule = "Mine"\nabout = "c"\ntext = "x"\n'


def test_the_table_has_what_rules_say_of_themselves(tmp_path, capsys):
    (tmp_path / "area").mkdir()
    (tmp_path / "area/mine.yar").write_text(RULE)
    (tmp_path / "area/mine.test.toml").write_text(TESTS)
    assert main(["rules", "list", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "RULE   AREA  SCOPE   TYPES                 SCORE  CODE               TESTS",
        "Mine   area  script  js vb wsf sct hta +2  75     malware-signature  2+1",
        "Plain  area                                       malware-suspected  0+0",
        "2 rules",
    ]


def test_a_file_that_cannot_be_used_is_named(tmp_path, capsys):
    (tmp_path / "mine.yar").write_text("rule A { condition: true }")
    (tmp_path / "broken.yar").write_text("rule B { condition: $a }")
    assert main(["rules", "list", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "1 rule\n" in out
    assert f'left out: {tmp_path}/broken.yar:1: undefined string "$a"' in out
    assert main(["rules", "list", "--format", "sarif", str(tmp_path)]) == 1
    (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert result["ruleId"] == "does-not-load"


def test_json_has_all_of_it(tmp_path, capsys):
    (tmp_path / "mine.yar").write_text(RULE)
    assert main(["rules", "list", "--format", "json", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rules"][0] == {
        "rule": "Mine",
        "area": "",
        "file": f"{tmp_path}/mine.yar",
        "scope": ["script"],
        "types": ["js", "vb", "wsf", "sct", "hta", "ps1", "bat"],
        "score": 75,
        "code": "malware-signature",
        "tags": ["one", "two"],
        "description": "Something",
        "author": "you",
        "nursery": False,
        "match": 0,
        "no_match": 0,
    }


def test_the_built_in_rules_are_listed_without_a_path(capsys):
    assert main(["rules", "list"]) == 0
    assert "\nEICAR_Test_File " in capsys.readouterr().out
