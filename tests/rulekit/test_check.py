"""Every diagnostic of `rules check`, with its exact text."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from attachguard.cli.main import main
from attachguard.rulekit.diagnostics import CHECKS
from attachguard.yara.rules import builtin_folder

META = """\
        author = "you"
        description = "Something bad"
        date = "2026-11-30"
        score = 75
        attachguard_types = "js"
"""
TESTS = '[[match]]\nabout = "a"\ntext = "MALICE"\nname = "a.js"\n[[no-match]]\nabout = "b"\ntext = "x"\n'


def rule(strings: str = '$a = "MALICE"', condition: str = "$a", meta: str = META, name: str = "Mine") -> str:
    return (
        f"rule {name}\n{{\n    meta:\n{meta}    strings:\n        {strings}\n    condition:\n        {condition}\n}}\n"
    )


@pytest.fixture
def check(tmp_path, capsys):
    """Check a rule file: exit status, and what is said without the summary."""

    def run(text: str, *options: str, tests: str = "", name: str = "mine.yar"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        if tests:
            (file.parent / f"{file.stem}.test.toml").write_text(tests)
        status = main(["rules", "check", *(options or ("--style", "community", "--no-clean")), str(tmp_path)])
        said = capsys.readouterr().out.replace(f"{tmp_path}/", "").splitlines()
        return status, "\n".join(said[:-1])

    return run


#: Line of the file, then what is said of it: the caret shows the columns.
STRINGS = {
    "short-string": (
        '$a = "MZ"',
        """\
mine.yar:10:9: warning[short-string]: $a has at most 2 fixed bytes in a row (MZ)
10 |         $a = "MZ"
   |         ^^^^^^^^^
  = make it at least 4 bytes long, or compare at a fixed place with uint16() or uint32() in the condition""",
    ),
    "short-hex": (
        "$a = { 4D 5A [2] ( 01 | 02 ) 90 ?? ~00 }",
        """\
mine.yar:10:9: warning[short-string]: $a has at most 2 fixed bytes in a row (MZ)
10 |         $a = { 4D 5A [2] ( 01 | 02 ) 90 ?? ~00 }
   |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = make it at least 4 bytes long, or compare at a fixed place with uint16() or uint32() in the condition""",
    ),
    "no-anchor": (
        r"$a = /eva[lL]\([a-z]{2,9}/",
        r"""
mine.yar:10:9: warning[no-anchor]: every match of $a has at most 3 fixed bytes in a row (eva)
10 |         $a = /eva[lL]\([a-z]{2,9}/
   |         ^^^^^^^^^^^^^^^^^^^^^^^^^^
  = give it 4 literal bytes in a row outside of alternatives and repetitions, or compare at a fixed place with uint32()""",
    ),
    "nothing-fixed": (
        "$a = /[0-9a-f]{32}/",
        """\
mine.yar:10:9: warning[no-anchor]: every match of $a has no fixed byte
10 |         $a = /[0-9a-f]{32}/
   |         ^^^^^^^^^^^^^^^^^^^
  = give it 4 literal bytes in a row outside of alternatives and repetitions, or compare at a fixed place with uint32()""",
    ),
    "slow-repetition": (
        r"$a = /password.+=[^&]*/",
        r"""
mine.yar:10:9: warning[slow-string]: .+ in $a is unbounded and accepts nearly any byte
10 |         $a = /password.+=[^&]*/
   |         ^^^^^^^^^^^^^^^^^^^^^^^
  = bound it, as in .{1,200}""",
    ),
    "slow-jump": (
        "$a = { 50 4B 03 04 [4-] 90 90 }",
        """\
mine.yar:10:9: warning[slow-string]: $a has an unbounded jump: every hit is followed to the end of the file
10 |         $a = { 50 4B 03 04 [4-] 90 90 }
   |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = bound it, as in [4-200]""",
    ),
    "common-string": (
        "$a = { 00 00 00 00 00 ?? 41 }",
        """\
mine.yar:10:9: warning[common-string]: $a is searched for by a run of the byte 0x00, which ordinary files are full of
10 |         $a = { 00 00 00 00 00 ?? 41 }
   |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = include rarer bytes next to it""",
    ),
}


@pytest.mark.parametrize("case", STRINGS)
def test_strings_that_are_slow(check, case):
    string, expected = STRINGS[case]
    assert check(rule(string)) == (0, expected.strip())


@pytest.mark.parametrize(
    "string",
    [
        '$a = "MZ" wide',
        r"$a = /eval\([a-z]{1,20}\)/",
        r"$a = /(ab|cd)\s*: \d+ EUR/",
        "$a = { 4D 5A 90 00 [2-40] 50 45 }",
        r"$a = /https?:\/\/[a-z]{1,60}\.example/",
        r"$a = /[q][w][e][r]tz/",
        r"$a = /(\x50\x4b){2}/",
    ],
)
def test_strings_with_something_to_search_by_are_fine(check, string):
    assert check(rule(string)) == (0, "")


def test_a_string_that_begins_open(check):
    assert check(rule("$a = { ?? ?? 50 4B 03 04 }")) == (
        0,
        """\
mine.yar:10:9: warning[slow-string]: $a begins with bytes that may be anything
10 |         $a = { ?? ?? 50 4B 03 04 }
   |         ^^^^^^^^^^^^^^^^^^^^^^^^^^
  = drop the beginning: what matters is that the fixed bytes are there""",
    )


def test_a_string_that_is_there_twice(check):
    text = rule('$a = "MALICE" nocase wide\n        $b = "MALICE" wide nocase', "any of them")
    assert check(text) == (
        0,
        """\
mine.yar:11:9: warning[same-string]: $b is the same string as $a
11 |         $b = "MALICE" wide nocase
   |         ^^^^^^^^^^^^^^^^^^^^^^^^^
  = keep one of them""",
    )


def test_a_string_that_is_not_used(check):
    assert check(rule('$a = "MALICE"\n        $_b = "OTHER"')) == (
        0,
        """\
mine.yar:11:9: warning[unused-string]: the condition does not use $_b
11 |         $_b = "OTHER"
   |         ^^^^^^^^^^^^^
  = use it or remove it""",
    )


CONDITIONS = {
    "filesize > 10KB and $a and filesize < 1KB": (
        "always-false", 1, 41, "nothing can match: filesize > 10KB and filesize < 1KB exclude each other", "fix the contradiction, or remove the rule",
    ),
    "$a and uint8(0) == 0x504B": (
        "always-false", 1, 25, "nothing can match: in uint8(0) == 0x504B, uint8(0) is from 0 to 255", "fix the contradiction, or remove the rule",
    ),
    "$a and 2 of them": (
        "always-false", 1, 16, "nothing can match: 2 of them asks for more than the 1 that there are", "fix the contradiction, or remove the rule",
    ),
    "$a and not $a": ("always-false", 1, 13, "nothing can match: $a stands beside its opposite", "fix the contradiction, or remove the rule"),
    '$a and filetype == "js" and filetype == "vb"': (
        "always-false", 1, 44, 'nothing can match: filetype cannot be "js" and "vb" at once', "fix the contradiction, or remove the rule",
    ),
    "$a or true": ("always-true", 1, 10, "every file matches: it says true", "require something that only the content in question has"),
    "$a or filesize >= 0": (
        "always-true", 1, 19, "every file matches: in filesize >= 0, filesize is at least 0", "require something that only the content in question has",
    ),
    "$a or not $a": ("always-true", 1, 12, "every file matches: $a stands beside its opposite", "require something that only the content in question has"),
    "$a or (#a > 3 and 1 > 2)": (
        "unreachable", 8, 16, "this part is always false and decides nothing: 1 > 2 compares two numbers", "fix it or remove it",
    ),
    "$a and (filesize < 1MB or #a >= 0)": (
        "unreachable", 9, 25, "this part is always true and decides nothing: in #a >= 0, #a is at least 0", "fix it or remove it",
    ),
    '$a and filetype == "pfd"': (
        "unknown-value", 20, 5, "filetype is never 'pfd'; did you mean 'pdf'?", "`attachguard identify FILE` names the type of a file",
    ),
    '$a and not filename == "x" and ag_role != "layers"': (
        "unknown-value", 43, 8, "ag_role is never 'layers'; did you mean 'layer'?",
        "it is one of attachment, body, embedded, inline, layer, member, message",
    ),
}  # fmt: skip


@pytest.mark.parametrize("condition", CONDITIONS)
def test_conditions_of_which_a_part_decides_nothing(check, condition):
    code, column, width, message, remedy = CONDITIONS[condition]
    status, said = check(rule(condition=condition))
    head, line, caret, last = said.split("\n")
    assert head == f"mine.yar:12:{column + 8}: warning[{code}]: {message}"
    assert line == f"12 |         {condition}"
    assert caret == "   |         " + " " * (column - 1) + "^" * width
    assert last == f"  = {remedy}"
    assert status == 0


@pytest.mark.parametrize(
    "condition",
    [
        "$a and filesize < 10KB and filesize > 1KB",
        "$a and uint16(0) == 0x5A4D and int8(0) == -1",
        "1 of them and not (filesize > 5MB)",
        '$a and (filetype == "js" or filetype == "vb") and ag_parent_type == ""',
        "for any i in (1..#a) : (@a[i] < 100)",
        "$a and uint16(0) != 0x5A4D and filesize != 5",
        'filename matches /\\.js$/i and extension contains "j" and $a and ag_depth > 1 and not ag_encrypted',
        "any of ($a*) and none of ($a) and 30% of them",
    ],
)
def test_conditions_that_depend_on_the_content_are_fine(check, condition):
    assert check(rule(condition=condition)) == (0, "")


HOUSE = {
    "rule-name": (
        rule(name="mine_is_this"),
        """\
mine.yar:1:6: error[rule-name]: mine_is_this does not follow the naming of the house
1 | rule mine_is_this
  |      ^^^^^^^^^^^^
  = words that begin with capitals, joined by underscores, as in Script_Downloads_And_Runs""",
    ),
    "missing-author": (
        rule(meta=META.replace('        author = "you"\n', "")),
        """\
mine.yar:1:6: error[missing-metadata]: Mine has no author
1 | rule Mine
  |      ^^^^
  = author = "…": who answers for the rule""",
    ),
    "missing-description": (
        rule(meta=META.replace('        description = "Something bad"\n', "")),
        """\
mine.yar:1:6: error[missing-metadata]: Mine has no description
1 | rule Mine
  |      ^^^^
  = description = "…": what was found, in one plain sentence; it is what the reader of a report sees""",
    ),
    "missing-date": (
        rule(meta=META.replace('        date = "2026-11-30"\n', "")),
        """\
mine.yar:1:6: error[missing-metadata]: Mine has no date
1 | rule Mine
  |      ^^^^
  = date = "2026-11-30": day of the last change""",
    ),
    "missing-score": (
        rule(meta=META.replace("        score = 75\n", "")),
        """\
mine.yar:1:6: error[missing-metadata]: Mine has no score
1 | rule Mine
  |      ^^^^
  = score = 75: how sure, and how bad, from 0 to 100""",
    ),
    "missing-types": (
        rule(meta=META.replace('        attachguard_types = "js"\n', "")),
        """\
mine.yar:1:6: error[missing-metadata]: Mine does not say what it is for, so all rules would be shown all content
1 | rule Mine
  |      ^^^^
  = attachguard_types = "js vb", with the types that it matches on, or attachguard_scope""",
    ),
    "small-description": (
        rule(meta=META.replace("Something", "something")),
        """\
mine.yar:5:23: error[metadata-form]: the description does not begin with a capital
5 |         description = "something bad"
  |                       ^^^^^^^^^^^^^^^
  = one plain sentence: what was found""",
    ),
    "full-stop": (
        rule(meta=META.replace("bad", "bad.")),
        """\
mine.yar:5:23: error[metadata-form]: the description ends with a full stop
5 |         description = "Something bad."
  |                       ^^^^^^^^^^^^^^^^
  = drop it: reports continue after it""",
    ),
    "no-day": (
        rule(meta=META.replace("2026-11-30", "30.11.2026")),
        """\
mine.yar:6:16: error[metadata-form]: the date is '30.11.2026', which is not a date
6 |         date = "30.11.2026"
  |                ^^^^^^^^^^^^
  = write it as in date = "2026-11-30\"""",
    ),
    "placeholder": (
        rule(meta=META.replace("you", "FILL_IN")),
        """\
mine.yar:4:19: error[placeholder]: FILL_IN is left from the template
4 |         author = "FILL_IN"
  |                   ^^^^^^^
  = write what belongs here""",
    ),
    "yara-warning": (
        rule(condition='$a and "text"'),
        """\
mine.yar:13: error[yara-warning]: libyara warns: using literal string "text" in a boolean operation
13 | }
  = rules of the house compile without warnings: change the line so that there is nothing to warn about""",
    ),
    "unknown-suppression": (
        rule('$a = "MALICE" // suppress: short-strings'),
        """\
mine.yar:10:36: error[unknown-suppression]: there is no code 'short-strings'
10 |         $a = "MALICE" // suppress: short-strings
   |                                    ^^^^^^^^^^^^^
  = did you mean 'short-string' or 'slow-string'?""",
    ),
}


@pytest.mark.parametrize("case", HOUSE)
def test_the_house_asks_for_more(check, case):
    text, expected = HOUSE[case]
    assert check(text, "--no-clean", tests=TESTS) == (1, expected)
    if case != "placeholder":
        assert check(text) == (0, "")


def test_a_file_of_the_house_is_named_in_small_letters(check):
    assert check(rule(), "--no-clean", tests=TESTS, name="Mine-1.yar") == (
        1,
        """\
Mine-1.yar: error[file-name]: Mine-1.yar does not follow the naming of the house
  = small letters, digits and underscores, as in hidden_login.yar""",
    )


def test_a_rule_of_the_house_has_tests(check):
    assert check(rule(), "--no-clean") == (
        1,
        "mine.yar: error[no-tests]: has no tests\n  = write mine.test.toml beside it",
    )
    assert check(rule(), "--no-clean", tests=TESTS.partition("[[no")[0]) == (
        1,
        "mine.yar:1: error[no-tests]: rule Mine has no no-match in mine.test.toml\n1 | rule Mine\n  = add one that looks alike, as [[no-match]]",
    )


def test_a_mistake_in_the_tests_is_shown(check):
    assert check(rule(), "--no-clean", tests=TESTS.replace("about", "abuot", 1)) == (
        1,
        """\
mine.test.toml:1: error[test-file]: match[1]: say in a sentence what the sample is: about = "…"
mine.test.toml:2: error[test-file]: match[1].abuot: unknown key 'abuot'
  = did you mean 'about'?""",
    )


def test_tests_without_rules_are_shown(check, tmp_path, capsys):
    (tmp_path / "gone.test.toml").write_text(TESTS)
    expected = """\
gone.test.toml: error[test-file]: there are no rules beside it
  = write gone.yar, or rename the tests with their rules"""
    assert check(rule(), "--no-clean", tests=TESTS) == (1, expected)
    assert main(["rules", "test", str(tmp_path)]) == 1
    assert expected in capsys.readouterr().out.replace(f"{tmp_path}/", "")


def test_placeholders_in_the_tests_are_shown(check):
    assert check(rule(), "--no-clean", tests=TESTS.replace('"b"', '"FILL_IN"')) == (
        1,
        """\
mine.test.toml:6:10: error[placeholder]: FILL_IN is left from the template
6 | about = "FILL_IN"
  |          ^^^^^^^
  = write what belongs here""",
    )


def test_wrong_metadata_is_an_error_for_everybody(check):
    text = rule(meta=META.replace('"js"', '"js pfd"').replace("75", '"high"'))
    assert check(text) == (
        1,
        """\
mine.yar:7:17: error[wrong-metadata]: score: is 'high': must be a whole number from 0 to 100, without quotes
7 |         score = "high"
  |                 ^^^^^^
mine.yar:8:29: error[wrong-metadata]: attachguard_types: unknown type or group 'pfd'
8 |         attachguard_types = "js pfd"
  |                             ^^^^^^^^
  = did you mean 'pdf'?""",
    )


def test_what_does_not_compile_is_shown_with_its_line(check):
    assert check(rule(condition="$b")) == (
        1,
        """\
mine.yar:12:9: error[does-not-load]: undefined string "$b"
12 |         $b
   |         ^^
  = define it under strings:, or take it out of the condition""",
    )


def test_what_is_nested_without_end_is_a_note(check):
    assert check(rule(condition="not " * 3000 + "$a")) == (
        0,
        """\
mine.yar:1:6: note[not-parsed]: Mine is nested too deeply to be checked
1 | rule Mine
  |      ^^^^
  = use fewer brackets""",
    )


def test_letters_beyond_ascii_do_no_harm(check):
    text = rule('$a = /MALICE[éü]x/\n        $b = /MALICEé*[^é]{2}/\n        $c = "Grüße"', "any of them // é")
    assert check(text) == (
        1,
        """\
mine.yar:10: error[does-not-load]: invalid regular expression "$a": non-ascii character
10 |         $a = /MALICE[éü]x/
  = only comments and strings may have letters beyond ASCII""",
    )


def test_a_rule_that_comes_with_attachguard_is_there_already(check):
    (builtin,) = builtin_folder().rglob("eicar.yar")
    assert check(builtin.read_text(), "--style", "community", "--no-clean", name="other.yar") == (
        0,
        f"""\
other.yar:4:6: warning[same-rule]: EICAR_Test_File has the strings and the condition of EICAR_Test_File at {builtin}:4
4 | rule EICAR_Test_File
  |      ^^^^^^^^^^^^^^^
  = remove one of the two""",
    )


def test_names_and_rules_that_are_there_twice(check, tmp_path):
    (tmp_path / "first.yar").write_text(rule('$x = "MALICE"\n        $y = "OTHER"', "filesize < 1KB and ($x or $y)"))
    twin = rule('$b = "OTHER"\n        $a = "MALICE"', "filesize < 1KB and   ($a or $b)", name="Yours")
    _, said = check(twin, "--style", "house", "--no-clean", tests=TESTS)
    assert (
        """\
mine.yar:1:6: error[same-rule]: Yours has the strings and the condition of Mine at first.yar:1
1 | rule Yours
  |      ^^^^^
  = remove one of the two"""
        in said
    )
    _, said = check(rule('$z = "THIRD"', "$z"), "--style", "house", "--no-clean", tests=TESTS)
    assert (
        """\
mine.yar:1:6: error[same-name]: Mine is also the name of a rule at first.yar:1
1 | rule Mine
  |      ^^^^
  = rename one: reports and tests name rules"""
        in said
    )


def test_a_rule_that_matches_clean_files_is_shown(check):
    text = rule('$a = "Sehr geehrte Damen"', meta=META.replace('"js"', '"txt docx html"'))
    status, said = check(text, "--style", "community")
    assert (status, said) == (
        0,
        """\
mine.yar:1:6: warning[matches-clean]: Mine matches files that are harmless: brief.txt, brief-latin.txt, ablage.zip and 2 more
1 | rule Mine
  |      ^^^^
  = require more in the condition, or name fewer types""",
    )


def test_what_only_libyara_can_read_is_a_note(check):
    text = 'import "pe"\n' + rule(condition='$a and pe.import_rva("a", "b") > 1')
    assert check(text) == (
        0,
        """\
mine.yar:13:19: note[not-parsed]: yaramod stops here: Unrecognized identifier 'import_rva' referenced
13 |         $a and pe.import_rva("a", "b") > 1
   |                   ^^^^^^^^^^
  = no action needed: the file compiles, but is not checked any further""",
    )


@pytest.mark.parametrize(
    "text",
    [
        rule('$a = "MZ" // suppress: short-string (the place is tested)'),
        rule('// suppress: common-string, short-string\n        $a = "MZ"'),
        "// suppress: short-string\n// because it is one\n" + rule('$a = "MZ"'),
    ],
)
def test_what_the_author_has_looked_at_is_not_shown(check, text):
    assert check(text) == (0, "")


def test_a_suppression_holds_for_its_line_alone(check):
    assert check(rule('$a = "MZ" // suppress: short-string\n        $b = "PE"', "any of them")) == (
        0,
        """\
mine.yar:11:9: warning[short-string]: $b has at most 2 fixed bytes in a row (PE)
11 |         $b = "PE"
   |         ^^^^^^^^^
  = make it at least 4 bytes long, or compare at a fixed place with uint16() or uint32() in the condition""",
    )


def test_rules_of_a_nursery_are_warned_about(check):
    text = rule(name="mine_is_this")
    status, said = check(text, "--no-clean", tests=TESTS, name="nursery/mine.yar")
    assert (status, said.partition("\n")[0]) == (
        0,
        "nursery/mine.yar:1:6: warning[rule-name]: mine_is_this does not follow the naming of the house",
    )
    text = rule(name="mine_is_this", meta=META + "        attachguard_nursery = true\n")
    (status, said) = check(text, "--no-clean", tests=TESTS, name="other.yar")
    assert status == 0


def test_long_lines_are_cut_around_the_place(check):
    text = rule(condition=f"{' ' * 200}$a and filesize < 0{' ' * 200}")
    _, said = check(text)
    head, line, caret, _ = said.split("\n")
    assert head.startswith("mine.yar:12:209: ")
    assert line.index("$a and") == caret.index("^")
    assert len(line) < 150


def test_the_summary_counts(tmp_path, capsys):
    (tmp_path / "mine.yar").write_text(rule('$a = "MZ"'))
    assert main(["rules", "check", "--style", "community", "--no-clean", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 rule in 1 file: 0 errors, 1 warning"


def test_a_file_that_nobody_wrote_for_this_house_is_said_to_be_one(tmp_path, capsys):
    (tmp_path / "theirs.yar").write_text('rule theirs { strings: $a = "MALICE" condition: $a }')
    assert main(["rules", "check", "--no-clean", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "1 rule in 1 file: 0 errors, 0 warnings; 1 file checked in community style\n"


def test_json_has_the_same_in_fields(tmp_path, capsys):
    (tmp_path / "mine.yar").write_text(rule('$a = "MZ"'))
    assert main(["rules", "check", "--style", "community", "--no-clean", "--format", "json", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "schema": "attachguard.rules-check/1",
        "diagnostics": [
            {
                "code": "short-string",
                "level": "warning",
                "file": f"{tmp_path}/mine.yar",
                "line": 10,
                "column": 9,
                "rule": "Mine",
                "message": "$a has at most 2 fixed bytes in a row (MZ)",
                "remedy": "make it at least 4 bytes long, or compare at a fixed place with uint16() or uint32() in the condition",
            }
        ],
        "files": 1,
        "rules": 1,
        "errors": 0,
        "warnings": 1,
    }


def test_sarif_keeps_to_its_schema(tmp_path, capsys, monkeypatch):
    """The schema is that of OASIS, without its descriptions."""
    schema = json.loads((Path(__file__).parent / "sarif-2.1.0.schema.json").read_text())
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine is.yar").write_text(rule('$a = "MZ"', "$a and filesize < 0"))
    (tmp_path / "broken.yar").write_text("rule {")
    (tmp_path / "mine is.test.toml").write_text("[[x]]")
    assert main(["rules", "check", "--format", "sarif", "."]) == 1
    log = json.loads(capsys.readouterr().out)
    jsonschema.Draft4Validator(schema).validate(log)
    results = log["runs"][0]["results"]
    assert {result["ruleId"] for result in results} >= {"short-string", "always-false", "does-not-load", "test-file"}
    (short,) = [result for result in results if result["ruleId"] == "short-string"]
    assert short["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "mine%20is.yar"},
        "region": {"startLine": 10, "startColumn": 9, "endColumn": 18},
    }
    codes = log["runs"][0]["tool"]["driver"]["rules"]
    assert all(codes[result["ruleIndex"]]["id"] == result["ruleId"] for result in results)


def test_every_code_is_shown_by_a_test():
    texts = "".join(file.read_text("utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    assert [code for code in CHECKS if f"[{code}]: " not in texts and f'"{code}", ' not in texts] == []


def test_the_codes_are_listed(capsys):
    assert main(["rules", "check", "--codes"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(CHECKS)


def test_a_path_without_rules_is_a_failed_call(tmp_path, capsys):
    assert main(["rules", "check", str(tmp_path)]) == 2
    assert (
        capsys.readouterr().err
        == f"attachguard: {tmp_path}: no rules here: rule files end in .yar, .yara, .rule, .rules\n"
    )


def test_without_the_parser_the_remedy_is_named(tmp_path, capsys, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "yaramod", None)
    assert main(["rules", "check", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        "attachguard: rules are parsed by yaramod, which is not installed: pip install 'attachguard[rules]'\n"
    )


def test_the_built_in_rules_are_without_a_mistake(capsys):
    assert main(["rules", "check"]) == 0
    assert ": 0 errors, 0 warnings" in capsys.readouterr().out
