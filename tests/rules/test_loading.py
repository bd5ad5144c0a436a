"""Loading rules: public sets as they are, every mistake with file, line and remedy, and leniently what is left."""

from __future__ import annotations

import pytest
import yara

from attachguard import Limits, RuleError, Rules
from attachguard.cli.main import main
from attachguard.limits import Budget
from attachguard.part import Part
from attachguard.yara.compiling import error_in
from attachguard.yara.source import Source

GOOD = "rule good { condition: true }\n"


def part(data: bytes, name: str = "file.bin") -> Part:
    made = Part(name, b"", role="attachment", budget=Budget(Limits()))
    made.fill(data)
    return made


def write(folder, name: str, text: str | bytes):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def said(folder, **options) -> str:
    """The message of the mistake, without the folder that the test happens to have."""
    with pytest.raises(RuleError) as caught:
        Rules.load(folder, **options)
    return str(caught.value).replace(str(folder) + "/", "").replace(str(folder), "FOLDER")


@pytest.mark.parametrize("suffix", [".yar", ".yara", ".rule", ".rules", ".YAR"])
def test_rule_files_are_told_by_these_suffixes(tmp_path, suffix):
    write(tmp_path, f"deep/er/a{suffix}", GOOD)
    assert len(Rules.load(tmp_path)) == 1


def test_hidden_folders_are_no_rules(tmp_path):
    write(tmp_path, "a.yar", GOOD)
    write(tmp_path, ".git/b.yar", "broken")
    assert len(Rules.load(tmp_path)) == 1


def test_a_file_that_is_named_needs_no_suffix(tmp_path):
    assert len(Rules.load(write(tmp_path, "a.txt", GOOD))) == 1


def test_a_file_named_twice_is_loaded_once(tmp_path):
    file = write(tmp_path, "a.yar", GOOD)
    assert len(Rules.load(tmp_path, file)) == 1


def test_two_folders_may_have_files_of_one_name(tmp_path):
    write(tmp_path, "one/a.yar", GOOD)
    write(tmp_path, "two/a.yar", GOOD)
    rules = Rules.load(tmp_path / "one", tmp_path / "two")
    assert [finding.source for finding in rules.match(part(b"x"))] == ["yara:a", "yara:two/a"]


def test_a_latin_1_file_means_the_octets_that_are_in_it(tmp_path):
    text = '// M\u00fcller\nrule r { meta: author = "M\u00fcller" strings:\n $a = "gr\u00fcn"\n condition: $a }'
    write(tmp_path, "a.yar", text.encode("latin-1"))
    rules = Rules.load(tmp_path)
    assert len(list(rules.match(part("gr\u00fcn".encode("latin-1"))))) == 1
    assert list(rules.match(part("gr\u00fcn".encode()))) == []


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path):
    write(tmp_path, "a.yar", b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert len(Rules.load(tmp_path)) == 1


MISTAKES = {
    "module": (
        "rule r {\n condition: pe.is_dll()\n}",
        '2: undefined identifier "pe"; write import "pe" at the top of the file',
    ),
    "variable": (
        "rule r {\n condition: filenam == 1\n}",
        "2: undefined identifier \"filenam\"; no rule above has this name, and no external variable; did you mean 'filename' or 'file_name'?",
    ),
    "end": (
        'rule r { strings: $a = "ab\n condition: $a }',
        "2: syntax error, unexpected end of file, expecting text string; something above is not closed: look for the quote, slash or brace that is missing",
    ),
    "syntax": (
        "rule r {\n condition true }",
        "2: syntax error, unexpected <true>, expecting ':'; look at this line and at the end of the one above",
    ),
    "twice": (
        "rule r { condition: true }\nrule r { condition: true }",
        '2: duplicated identifier "r"; two things in the file have this name: rename one',
    ),
    "string twice": (
        'rule r { strings: $a = "x"\n $a = "y" condition: $a }',
        '2: duplicated string identifier "$a"; two strings of the rule have this name: rename one',
    ),
    "unused": (
        'rule r { strings:\n $a = "abcd" condition: true }',
        '2: unreferenced string "$a"; use it in the condition, remove it, or begin its name with _',
    ),
    "undefined": (
        "rule r {\n condition: $b }",
        '2: undefined string "$b"; define it under strings:, or take it out of the condition',
    ),
    "no such module": (
        'import "cuckoo"\nrule r { condition: true }',
        f'1: unknown module "cuckoo"; this build of YARA has: {", ".join(sorted(yara.modules))}; without it the file cannot be used',
    ),
    "no such field": (
        'import "pe"\nrule r { condition: pe.colour == 1 }',
        '2: invalid field name "colour"; the module of this build of YARA has no such field; without it the file cannot be used',
    ),
    "code": (
        'rule r {\n meta:\n  attachguard_code = "macro-contend"\n condition: true }',
        "3: rule r: attachguard_code: unknown reason code 'macro-contend'; did you mean 'macro-content' or 'script-content'?",
    ),
    "type": (
        'rule r { meta: attachguard_types = "pdf pfd" condition: true }',
        "1: rule r: attachguard_types: unknown type or group 'pfd'; did you mean 'pdf' or 'paf'?",
    ),
    "no type": (
        'rule r { meta: attachguard_types = "" condition: true }',
        '1: rule r: attachguard_types: must be names in quotes with blanks between, as in "1password"',
    ),
    "scope": (
        'rule r { meta: attachguard_scope = "makro" condition: true }',
        "1: rule r: attachguard_scope: unknown scope 'makro'; did you mean 'macro'?",
    ),
    "nursery": (
        'rule r { meta: attachguard_nursery = "yes" condition: true }',
        "1: rule r: attachguard_nursery: is 'yes': must be true or false, without quotes",
    ),
    "score": (
        'rule r { meta: score = "high" condition: true }',
        "1: rule r: score: is 'high': must be a whole number from 0 to 100, without quotes",
    ),
    "large score": (
        "rule r { meta: score = 101 condition: true }",
        "1: rule r: score: is 101: must be a whole number from 0 to 100, without quotes",
    ),
    "key": (
        'rule r { meta: attachguard_typ = "pdf" condition: true }',
        "1: rule r: attachguard_typ: unknown key; did you mean 'attachguard_types' or 'attachguard_scope'?",
    ),
    "UTF-16": (GOOD.encode("utf-16"), "1: is UTF-16 text: save it as UTF-8"),
    "binary": (b"\n\0rule", "2: is no text: it has a NUL octet; a rule file is UTF-8 or Latin-1 text"),
    "include": ('include "b.yar"\n' + GOOD, '1: include "b.yar": there is no such file beside this one'),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_file_line_and_remedy(tmp_path, name):
    text, message = MISTAKES[name]
    write(tmp_path, "good.yar", GOOD)
    write(tmp_path, "area/bad.yar", text)
    found = said(tmp_path)
    if name in ("type", "no type"):  # which names are near depends on the table of types
        message, found = message[:50], found[: len("area/bad.yar:") + 50]
    assert found == f"area/bad.yar:{message}"


@pytest.mark.parametrize("name", MISTAKES)
def test_lenient_loading_leaves_the_file_out_and_names_it_once(tmp_path, name):
    write(tmp_path, "good.yar", GOOD)
    write(tmp_path, "bad.yar", MISTAKES[name][0])
    rules = Rules.load(tmp_path, lenient=True)
    assert [(len(rules), problem.file.rpartition("/")[2]) for problem in rules.problems] == [(1, "bad.yar")]
    assert [file.name for file in rules.files] == ["good.yar"]


def test_all_broken_files_are_named_in_one_run(tmp_path):
    for number in range(3):
        write(tmp_path, f"bad{number}.yar", "rule {")
        write(tmp_path, f"wrong{number}.yar", "rule r { meta: score = -1 condition: true }")
    write(tmp_path, "good.yar", GOOD)
    names = [problem.file.rpartition("/")[2] for problem in Rules.load(tmp_path, lenient=True).problems]
    assert sorted(names) == ["bad0.yar", "bad1.yar", "bad2.yar", "wrong0.yar", "wrong1.yar", "wrong2.yar"]


def test_a_set_of_which_nothing_is_left_is_an_error_even_leniently(tmp_path):
    write(tmp_path, "a.yar", "rule {")
    write(tmp_path, "b.yar", "rule {")
    assert said(tmp_path, lenient=True).endswith("(and none of the other 1 rule files can be used)")


def test_a_path_without_rules_is_an_error(tmp_path):
    assert said(tmp_path) == "FOLDER: no rules here: rule files end in .yar, .yara, .rule, .rules"
    file = write(tmp_path, "a.yar", "// rule nothing\n")
    with pytest.raises(RuleError, match="has no rules: a rule begins with the word rule and its name"):
        Rules.load(file)


def test_a_score_in_quotes_is_taken_as_public_rules_write_it(tmp_path):
    write(tmp_path, "a.yar", 'rule r { meta: score = "70" condition: true }')
    assert [finding.score for finding in Rules.load(tmp_path).match(part(b"x"))] == [70]


def test_what_libyara_says_of_a_string_that_is_not_closed_has_its_remedy(tmp_path):
    file = write(tmp_path, "a.yar", GOOD)
    error = error_in(Source("a", file, GOOD, {}), "line 1: unterminated string")
    assert error.message == 'unterminated string; close it with " on the same line; a quote inside is written \\"'


def test_types_of_added_inspectors_are_known_where_the_caller_says_so(tmp_path):
    write(tmp_path, "a.yar", 'rule r { meta: attachguard_types = "mine" condition: true }')
    assert len(Rules.load(tmp_path, types=["mine"])) == 1
    assert "unknown type or group 'mine'" in said(tmp_path)


def test_a_rule_of_another_file_is_named_with_that_file(tmp_path):
    common = write(tmp_path, "common.yar", "rule common { condition: true }")
    write(tmp_path, "other.yar", "rule r { condition: common }")
    assert said(tmp_path).startswith(f'other.yar:1: undefined identifier "common"; it is a rule of {common.name}')


def test_a_file_may_include_what_lies_in_the_folder(tmp_path):
    write(tmp_path, "lib/deep/a.yar", "private rule a { condition: true }")
    write(tmp_path, "lib/b.yar", 'include "deep/a.yar"\nprivate rule b { condition: a }')
    write(tmp_path, "main.yar", 'include "lib/b.yar"\nrule r { condition: a and b }')
    assert [finding.source for finding in Rules.load(tmp_path / "main.yar").match(part(b"x"))] == ["yara:main"]


def test_a_mistake_in_an_included_file_is_named_there(tmp_path):
    write(tmp_path, "lib/b.txt", "\nrule {")
    write(tmp_path, "main.yar", 'include "lib/b.txt"\nrule r { condition: true }')
    assert said(tmp_path).startswith("lib/b.txt:2: syntax error")


def test_no_include_leaves_the_folder(tmp_path):
    write(tmp_path, "outside.yar", GOOD)
    write(tmp_path, "rules/a.yar", 'include "../outside.yar"\nrule r { condition: true }')
    with pytest.raises(RuleError, match=r'a\.yar:1: include "\.\./outside\.yar" leaves the folder'):
        Rules.load(tmp_path / "rules")


def test_an_index_adds_nothing_to_the_folder_that_it_lists(tmp_path):
    write(tmp_path, "a.yar", GOOD)
    index = write(tmp_path, "index.yar", '/* rule list */\ninclude "./a.yar"\n')
    assert len(Rules.load(tmp_path)) == 1
    assert len(Rules.load(index)) == 1


def test_the_command_line_names_each_file_that_it_leaves_out(tmp_path, capsys):
    write(tmp_path, "rules/good.yar", GOOD)
    bad = write(tmp_path, "rules/bad.yar", "rule r { meta: score = 101 condition: true }")
    mail = write(tmp_path, "x.txt", "hello")
    call = ["scan", str(mail), "--policy", "audit", "--rules", str(tmp_path / "rules"), "--quiet"]
    assert main(call) == 2
    capsys.readouterr()
    assert main([*call, "--rules-lenient"]) == 0
    assert capsys.readouterr().err == (
        f"attachguard: left out: {bad}:1: rule r: score: is 101: must be a whole number from 0 to 100, without quotes\n"
    )
