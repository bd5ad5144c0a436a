"""YARA rules: mistakes are said with file, line and remedy, and no content can switch the rules off."""

from __future__ import annotations

import pickle

import pytest

from attachguard import Limits, RuleError, Rules
from attachguard.limits import Budget
from attachguard.part import Part


def part(data: bytes, name: str = "file.bin") -> Part:
    made = Part(name, b"", role="attachment", budget=Budget(Limits()))
    made.fill(data)
    return made


def write(folder, name: str, text: str):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def test_a_match_is_a_finding_that_names_rule_and_grade(tmp_path):
    write(
        tmp_path,
        "office/dropper.yar",
        'rule drop { meta: description = "drops" score = 80 strings: $a = "drop" condition: $a }',
    )
    (finding,) = Rules.load(tmp_path).match(part(b"a drop of water"))
    assert (finding.code, finding.score) == ("malware-suspected", 80)
    assert finding.detail == "YARA drop: drops"
    assert finding.source == "yara:office/dropper"


def test_a_rule_may_name_its_reason_code_and_the_types_it_is_for(tmp_path):
    rule = 'rule r { meta: attachguard_code = "hidden-content" attachguard_types = "pdf" condition: true }'
    write(tmp_path, "r.yar", rule)
    rules = Rules.load(tmp_path)
    assert list(rules.match(part(b"text"))) == []
    from attachguard.types.filetypes import filetype

    document = part(b"%PDF-1.4")
    document.types = [filetype("pdf")]
    assert [finding.code for finding in rules.match(document)] == ["hidden-content"]


def test_an_unknown_reason_code_is_refused_with_its_place(tmp_path):
    file = write(tmp_path, "r.yar", '\n\nrule r { meta: attachguard_code = "no-such" condition: true }')
    with pytest.raises(RuleError, match="no-such") as caught:
        Rules.load(tmp_path)
    assert (caught.value.file, caught.value.line) == (str(file), 3)


def test_a_syntax_error_names_file_and_line(tmp_path):
    write(tmp_path, "good.yar", "rule good { condition: true }")
    file = write(tmp_path, "sub/bad.yar", "rule bad {\n  condition: pe.is_dll()\n}")
    with pytest.raises(RuleError, match='write import "pe" at the top') as caught:
        Rules.load(tmp_path)
    assert (caught.value.file, caught.value.line) == (str(file), 2)


def test_a_missing_path_is_named(tmp_path):
    with pytest.raises(RuleError, match="no such file"):
        Rules.load(tmp_path / "none")


def test_each_file_is_a_namespace(tmp_path):
    for name in ("a.yar", "b/a.yar"):
        write(tmp_path, name, "private rule same { condition: true } rule hit { condition: same }")
    assert [finding.source for finding in Rules.load(tmp_path).match(part(b"x"))] == ["yara:a", "yara:b/a"]


@pytest.mark.parametrize(
    "name",
    [
        "filename",
        "filepath",
        "extension",
        "filetype",
        "file_type",
        "owner",
        "md5",
        "ag_mime",
        "ag_path",
        "ag_parent_type",
    ],
)
def test_the_usual_external_variables_are_defined(tmp_path, name):
    write(tmp_path, "r.yar", f'rule r {{ condition: {name} == "x" or not {name} == "x" }}')
    assert len(list(Rules.load(tmp_path).match(part(b"x")))) == 1


def test_externals_have_the_values_of_the_part(tmp_path):
    condition = (
        'filename == "a.DOC" and extension == ".doc" and ag_depth == 0 and not ag_has_macros and not ag_encrypted'
    )
    write(tmp_path, "r.yar", f"rule r {{ condition: {condition} }}")
    assert list(Rules.load(tmp_path).match(part(b"x", "a.DOC")))


@pytest.mark.parametrize("name", ["\ud800\udfff.doc", "nul\0byte", "x" * 100_000, "\u202egnp.exe", ""])
def test_no_name_makes_a_match_raise(tmp_path, name):
    write(tmp_path, "r.yar", 'rule r { strings: $a = "x" condition: $a and filename != "y" }')
    assert len(list(Rules.load(tmp_path).match(part(b"x", name)))) == 1


def test_a_string_that_matches_everywhere_does_no_harm(tmp_path):
    write(tmp_path, "r.yar", 'rule r { strings: $ = "a" condition: any of them }')
    assert len(list(Rules.load(tmp_path).match(part(b"a" * 3_000_000)))) == 1


def test_no_rules_match_nothing():
    assert len(Rules.empty()) == 0
    assert list(Rules.empty().match(part(b"x"))) == []


def test_the_built_in_rules_compile_and_every_one_is_described():
    rules = Rules.builtin()
    assert len(rules) > 0
    for rule in rules.listed():
        assert {"author", "description", "date", "score", "attachguard_code"} <= set(rule.meta), rule.name
        assert 0 <= rule.meta["score"] <= 100


def test_rules_of_the_caller_are_added_to_the_built_in_ones(tmp_path):
    write(tmp_path, "mine.yar", "rule mine { condition: true }")
    assert len(Rules.load(tmp_path, builtin=True)) == len(Rules.builtin()) + 1


def test_metadata_and_functions_of_modules_are_no_use_of_an_external_variable(tmp_path):
    write(tmp_path, "a.yar", 'import "hash" rule a { meta: md5 = "0" condition: hash.md5(0, 1) == "x" }')
    assert Rules.load(tmp_path)._by_name["bytes"].externals == ()
    write(tmp_path, "b.yar", 'rule b { condition: md5 == "187ef4436122d1cc2f40dc2b92f0eba0" }')
    assert [finding.source for finding in Rules.load(tmp_path).match(part(b"ab"))] == ["yara:b"]


def test_rules_of_one_name_in_two_files_keep_their_own_types(tmp_path):
    from attachguard.types.filetypes import filetype

    write(tmp_path, "a.yar", 'rule same { meta: attachguard_types = "pdf" condition: true }')
    write(tmp_path, "b.yar", 'rule same { meta: attachguard_types = "html" condition: true }')
    page = part(b"<html>")
    page.types = [filetype("html")]
    assert [finding.source for finding in Rules.load(tmp_path).match(page)] == ["yara:b"]


@pytest.mark.parametrize("extension", [".doc", ".pdf"])
def test_rules_that_were_pickled_match_as_before(tmp_path, extension):
    text = f'rule r {{ meta: attachguard_types = "text unknown" strings: $a = "drop" condition: $a and extension == "{extension}" }}'
    write(tmp_path, "r.yar", text)
    rules = Rules.load(tmp_path)
    travelled = pickle.loads(pickle.dumps(rules))
    content = part(b"a drop of water", name="water.doc")
    assert list(travelled.match(content)) == list(rules.match(content))
    assert (travelled.count, travelled.files) == (1, rules.files)


def test_no_rules_can_be_pickled_too():
    assert len(pickle.loads(pickle.dumps(Rules.empty()))) == 0
