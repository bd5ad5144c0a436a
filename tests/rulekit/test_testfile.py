"""Test files of rules: what they say, and every mistake with its line and remedy."""

from __future__ import annotations

import pytest

from attachguard.rulekit.testfile import beside, read, rule_names
from attachguard.testkit import BUILDERS


@pytest.fixture
def problems(tmp_path):
    """The mistakes in a test file with one case of the given lines, as people see them."""

    def run(*lines, rules=("Mine",)):
        file = tmp_path / "mine.test.toml"
        file.write_text("\n".join(("[[match]]", *lines)))
        _, found = read(file, rules)
        return [str(problem).removeprefix(f"{tmp_path}/") for problem in found]

    return run


def content_of(tmp_path, *lines):
    file = tmp_path / "mine.test.toml"
    file.write_text("\n".join(("[[match]]", 'about = "a"', *lines)))
    (case,), problems = read(file, ("Mine",))
    assert problems == []
    return case.content


def test_cases_come_in_the_order_of_their_lines(tmp_path):
    file = tmp_path / "mine.test.toml"
    file.write_text(
        '[[no-match]]\nabout = "b"\ntext = "x"\n\n[[match]]\nrule = "Mine"\nabout = "a"\nname = "a.js"\nkind = "message"\ntext = "y"\n'
    )
    (first, second), problems = read(file, ("Mine",))
    assert problems == []
    assert (first.line, first.verb, first.rule, first.name, first.kind) == (1, "no-match", "Mine", "", "file")
    assert (second.line, second.verb, second.name, second.kind, second.content) == (5, "match", "a.js", "message", b"y")


@pytest.mark.parametrize(
    ("lines", "content"),
    [
        (['text = "Gr\\u00fc\\u00dfe"'], "Grüße".encode()),
        (['text = "ü"', 'encoding = "latin-1"'], b"\xfc"),
        (['text = "a"', 'encoding = "utf-16-le"'], b"a\0"),
        (['hex = """4d 5a\n90"""'], b"MZ\x90"),
        (['base64 = """TV\nqQ"""'], b"MZ\x90"),
    ],
)
def test_content_is_text_hex_or_base64(tmp_path, lines, content):
    assert content_of(tmp_path, *lines) == content


def test_a_builder_takes_its_arguments_and_content_inside_of_content(tmp_path):
    built = content_of(
        tmp_path,
        'builder = "zip"',
        "[match.with.members]",
        '"a.txt" = "text"',
        '"b.bin" = { hex = "00ff" }',
        '"c.zip" = { builder = "zip", with = { members = { "d.txt" = "deep" } } }',
    )
    inner = BUILDERS["zip"](members={"d.txt": "deep"})
    assert built == BUILDERS["zip"](members={"a.txt": "text", "b.bin": b"\0\xff", "c.zip": inner})


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (['abuot = "a"', 'about = "a"', 'text = "x"'], "mine.test.toml:2: error: match[1].abuot: unknown key 'abuot'; did you mean 'about'?"),
        (['text = "x"'], 'mine.test.toml:1: error: match[1]: say in a sentence what the sample is: about = "…"'),
        (['about = "a"'], "mine.test.toml:1: error: match[1]: has no content: give exactly one of text, hex, base64 and builder"),
        (
            ['about = "a"', 'text = "x"', 'hex = "00"'],
            "mine.test.toml:1: error: match[1]: has text and hex: give exactly one of text, hex, base64 and builder",
        ),
        (
            ['about = "a"', 'hex = "00"', 'encoding = "utf-8"'],
            "mine.test.toml:4: error: match[1].encoding: belongs to text and means nothing beside hex",
        ),
        (
            ['about = "a"', 'text = "x"', 'with = { a = "b" }'],
            "mine.test.toml:4: error: match[1].with: belongs to builder and means nothing beside text",
        ),
        (
            ['about = "a"', 'hex = "0g"'],
            "mine.test.toml:3: error: match[1].hex: is not hex: write pairs of the digits 0-9 and a-f, with or without blanks between",
        ),
        (['about = "a"', 'base64 = "A"'], "mine.test.toml:3: error: match[1].base64: is not base64: write it whole, with its = at the end"),
        (
            ['about = "a"', 'text = "ü"', 'encoding = "ascii"'],
            "mine.test.toml:3: error: match[1].text: ascii has no 'ü'; take another encoding, or none for UTF-8",
        ),
        (
            ['about = "a"', 'text = "ü"', 'encoding = "utf-9"'],
            "mine.test.toml:4: error: match[1].encoding: unknown encoding 'utf-9'; as in utf-8, utf-16-le, latin-1",
        ),
        (
            ['about = "a"', 'text = "x"', 'kind = "mail"'],
            "mine.test.toml:4: error: match[1].kind: unknown kind 'mail'; there are: file, message",
        ),
        (
            ['about = "a"', 'text = "x"', 'rule = "Mime"'],
            "mine.test.toml:4: error: match[1].rule: there is no rule 'Mime' in the file beside; there are: Mine",
        ),
        (
            ['about = "a"', 'builder = "dcom"'],
            "mine.test.toml:3: error: match[1].builder: unknown builder 'dcom'; did you mean 'docm'?",
        ),
        (
            ['about = "a"', 'builder = "docm"', 'with = { makro = "x", macro = "x" }'],
            "mine.test.toml:4: error: match[1].with.makro: unknown key 'makro'; did you mean 'macro'?",
        ),
        (['about = "a"', 'builder = "docm"'], "mine.test.toml:1: error: match[1].with: the builder docm needs macro"),
        (
            ['about = "a"', 'builder = "zip"', 'with = { members = { a = { hex = "x" } } }'],
            "mine.test.toml:4: error: match[1].with.members.a.hex: is not hex: write pairs of the digits 0-9 and a-f, with or without blanks between",
        ),
        (
            ['about = "a"', 'builder = "zip"', 'with = { members = "x" }'],
            "mine.test.toml:4: error: match[1].with: the builder zip cannot take this; `attachguard rules test --builders` says what it takes",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_its_remedy(problems, lines, expected):
    (found,) = problems(*lines)
    assert found == expected


def test_the_rule_has_to_be_named_where_the_file_has_several(problems):
    assert problems('about = "a"', 'text = "x"', rules=("One", "Two")) == [
        "mine.test.toml:1: error: match[1]: name the rule, as in rule = 'One': the file beside has 2"
    ]


def test_what_is_no_case_is_refused(tmp_path):
    file = tmp_path / "mine.test.toml"
    file.write_text('[[matches]]\nabout = "a"\n')
    _, (problem,) = read(file, ("Mine",))
    assert str(problem) == f"{file}:1: error: matches: unknown key 'matches'; did you mean 'match' or 'no-match'?"


def test_a_file_that_is_no_toml_is_refused_with_its_line(tmp_path):
    file = tmp_path / "mine.test.toml"
    file.write_text('[[match]]\nabout = "a\n')
    _, (problem,) = read(file, ("Mine",))
    assert str(problem) == f"{file}:2: error: is not TOML: Illegal character '\\n'"


def test_private_rules_and_those_in_comments_need_no_tests():
    text = "// rule A\nprivate rule B { condition: true }\n/*\nrule C {}\n*/\nglobal rule D { condition: B }\nrule E : tag\n{ condition: true }"
    assert rule_names(text) == {"D": 6, "E": 7}


def test_tests_stand_beside_the_rules(tmp_path):
    assert beside(tmp_path / "a.yara") == tmp_path / "a.test.toml"
