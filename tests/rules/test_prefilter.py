"""The prefilter never changes what matches: rules of every kind, over contents made of instances, fragments and near misses of their own strings."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

pytest.importorskip("hyperscan")
pytest.importorskip("yaramod")

from attachguard import Limits, Policy, Rules, Scanner
from attachguard.cli.main import main
from attachguard.limits import Budget
from attachguard.part import Part
from attachguard.yara import prefilter
from attachguard.yara.compiling import compiled
from attachguard.yara.externals import DEFAULTS
from attachguard.yara.prefilter import literals
from attachguard.yara.prefilter import passes as passes_module
from attachguard.yara.prefilter.literals import Unclear, necessary, of_hex, of_plain, of_regex
from attachguard.yara.running import Call
from attachguard.yara.source import Source


def wide(octets: bytes) -> bytes:
    return b"".join(bytes((value, 0)) for value in octets)


#: Rules, and pieces of content that their strings match, or nearly.
STRINGS: list[tuple[str, list[bytes]]] = [
    ('$ = "plain text"', [b"plain text", b"plain tex", b"Plain text"]),
    ('$ = "No Case" nocase', [b"no case", b"NO CASE", b"nO CaSE", b"no  case"]),
    ('$ = "wide one" wide', [wide(b"wide one"), b"wide one", wide(b"wide one")[:-1]]),
    ('$ = "both ways" wide ascii nocase', [wide(b"BOTH ways"), b"both WAYS", wide(b"both way")]),
    ('$ = "whole" fullword', [b" whole ", b"wholes", b"awhole", b"whole"]),
    ('$ = "ab"', [b"ab", b"a", b"ba"]),
    ('$ = "x" nocase', [b"X", b"x"]),
    ('$ = "nul\\x00\\x01\\\\\\"q"', [b'nul\0\1\\"q', b"nul\0\1"]),
    ('$ = "umlaut \u00fc"', ["umlaut \u00fc".encode(), "umlaut \u00fc".encode("latin-1")]),
    ('$ = "exclusive" xor', [bytes(value ^ 0x41 for value in b"exclusive"), b"exclusive", bytes(value ^ 0xFF for value in b"exclusive")]),
    ('$ = "ranged" xor(1-3)', [bytes(value ^ 2 for value in b"ranged"), bytes(value ^ 9 for value in b"ranged"), b"ranged"]),
    ('$ = "onekey" xor(0x20) wide', [bytes(value ^ 0x20 for value in wide(b"onekey")), wide(b"onekey")]),
    ('$ = "encoded words" base64', [base64.b64encode(b"." * shift + b"encoded words" + b"?" * end) for shift in range(3) for end in range(3)]),
    ('$ = "encoded wide" base64wide', [wide(base64.b64encode(b"." * shift + b"encoded wide!")) for shift in range(3)]),
    ('$ = "wide inside" wide base64', [base64.b64encode(b"." * shift + wide(b"wide inside")) for shift in range(3)]),
    ('$ = "own letters" base64("!@#$%^&*(){}[].,|ABCDEFGHIJ\\x09LMNOPQRSTUVWXYZabcdefghijklmnopqrstu")', [b"anything"]),
    ("$ = { 4D 5A ?? 00 }", [b"MZ\x90\0", b"MZ\x90\1"]),
    ("$ = { A1 B2 [2-4] C3 D4 E5 }", [b"\xa1\xb2..\xc3\xd4\xe5", b"\xa1\xb2....\xc3\xd4\xe5", b"\xa1\xb2.\xc3\xd4\xe5"]),
    ("$ = { 11 ( 22 33 | 44 55 66 ) 77 }", [b"\x11\x22\x33\x77", b"\x11\x44\x55\x66\x77", b"\x11\x77"]),
    ("$ = { 9? A? B? // half\n C? }", [b"\x91\xa2\xb3\xc4", b"\x91\xa2\xb3"]),
    ("$ = { AB ~CD ~?F 12 34 }", [b"\xab\x00\x00\x12\x34", b"\xab\xcd\x00\x12\x34"]),
    ("$ = { AA [-] BB CC DD }", [b"\xaa" + b"." * 40 + b"\xbb\xcc\xdd", b"\xbb\xcc\xdd"]),
    ("$ = { 01 [4] 02 ?? 03 }", [b"\x01....\x02.\x03", b"\x01...\x02.\x03"]),
    ("$ = /colou?r[0-9]{2,3}/", [b"color12", b"colour123", b"colour1"]),
    ("$ = /(alpha|beta|gamma)-end/i", [b"ALPHA-end", b"beta-END", b"delta-end"]),
    ("$ = /a{3}b{,2}c{2,}/", [b"aaacc", b"aaabbccc", b"aabcc"]),
    ("$ = /st[aA]rt.{1,5}stop/s", [b"start\nstop", b"stArt12345stop", b"startstop"]),
    ("$ = /w[i1]de (regex|words)/ wide", [wide(b"wide regex"), wide(b"w1de words"), b"wide regex"]),
    (r"$ = /\w+\.(exe|scr)\b/ wide ascii nocase", [b"a.EXE", wide(b"b.scr"), b"c.exes"]),
    (r"$ = /\$\{jndi:[a-z]+:\/\/[^\}]{1,9}\}/", [b"${jndi:ldap://x}", b"${jndi:}"]),
    (r"$ = /[\x80-\xff]{2}Q[]x]Z/", [b"\x80\xffQ]Z", b"\x80\xffQxZ", b"\x80\xffQyZ"]),
    (r"$ = /^first line/", [b"first line", b"the first line"]),
    (r"$ = /\x41\x42\n\t\e\hend/", [b"AB\n\tehend", b"AB\n\tend"]),
    (r"$ = /(ab+c)+d{0}e/", [b"abbcabce", b"abcde"]),
    (r"$ = /[a-z]/", [b"q"]),
]  # fmt: skip
PIECES = [piece for _string, pieces in STRINGS for piece in pieces]

_OF_EACH = [
    f"rule string{number} {{ strings: {string} condition: any of them }}" for number, (string, _) in enumerate(STRINGS)
]
_CONDITIONS = [
    "$a and $b", "$a or $b", "not $a", "not ($a and $b)", "not not $a", "any of them", "all of them", "2 of ($a, $a, $b)", "none of them", "none of ($a*)",
    "1 of ($*)", "0 of them", "50% of them", "#a > 1", "#a >= 2", "#a == 0", "#a < 2", "#a + #b > 2", "#a > #b", "#b != 1", "2 < #a", "@a > 3",
    "@a[2] - @a[1] < 40", "!a == 5", "not (@a > 0)", "$a at 0", "$s at 0", "not $s at 0", "$a in (0..20)", "#a in (0..9) > 0", "any of them in (0..9)",
    "all of ($a, $b) in (0..filesize)", "any of ($a, $b) at 0", "for any of them : ( $ at 0 )", "for all of ($a, $b) : ( # > 0 )", "for any of ($a*) : ( # == 0 )",
    "for 2 of ($a, $b, $s) : ( $ in (0..60) and # > 0 )", "for none of them : ( # > 0 )", "for any i in (1..#a) : ( @a[i] < 10 )", "for all i in (1,2) : ( i < 3 )",
    "filesize > 20", "filesize < 1KB and $a", "filesize <= 2MB", "filesize == 0", "uint16(0) == 0x5a4d", "uint16be(0) == 0x4d5a", "not uint16(0) == 0x5a4d",
    "uint16(0) != 0x5a4d", "uint32(4000000) == 0", "not uint32(4000000) == 0", "uint8(uint8(3)) == 0x2e", "int8(0) == -1", "(uint16(0) ^ 0x1111) == 0x4b5c",
    "uint16(0) + 1 > uint8(1)", "uint8(@a) == 0x61", "uint8(filesize - 1) == 0x74", "uint32(0) << 70 == 0", "true", "false", "not false and $a",
    'filename == "a.exe"', 'filename != "a.exe" and $a', "filename matches /\\.EXE$/i", 'filename contains "exe"', 'filename iequals "A.EXE"', 'extension == ".exe"',
    "filename matches /x*/", "new_file", "positives == 0", "ag_depth == 0 and $a", "string_first", "not string_first", "refers and $b", "hidden or $b",
    "defined @a", "not defined @a", "filesize % 2 == 0", "filesize \\ 2 > 3", "-1 == filesize", "~filesize == 0",
    "pe.is_pe", "not pe.is_pe", "pe.number_of_sections == 0", "pe.is_dll() or $a", 'pe.imphash() == "x"', "pe.DLL", 'pe.version_info["a"] contains "b"',
    "for any section in pe.sections : ( section.virtual_size > 0 )", "for all i in (0..pe.number_of_sections) : ( i > 99 )", "elf.type == elf.ET_EXEC",
    "math.entropy(0, filesize) > 3.0", 'hash.md5(0, 2) == "x"', 'filename iendswith ".EXE" and not $a',
]  # fmt: skip
_OF_CONDITIONS = [
    f'rule condition{number} {{ strings: $a = "plain text" $b = /color|colour/ $s = "MZ" condition: {condition}{" and (any of them or 1 == 1)"} }}'
    for number, condition in enumerate(_CONDITIONS)
]
TEXTS = {
    "strings": "\n".join(_OF_EACH),
    "conditions": 'import "pe"\nimport "elf"\nimport "math"\nimport "hash"\n'
    'rule string_first { strings: $a = "plain text" condition: $a }\n'
    'private rule hidden { strings: $w = "whole" condition: $w }\n'
    "rule refers { condition: hidden and not string_first }\n" + "\n".join(_OF_CONDITIONS),
    "global": 'global private rule large { condition: filesize > 30 }\nrule ruled { strings: $a = "ab" condition: $a }\nrule other { condition: not ruled }',
    "public": 'global rule seen { strings: $ = "plain" condition: any of them }\nrule under { condition: true }',
}
# yaramod does not know sets of rules by pattern: such a file is given to YARA always.
TEXTS["unread"] = 'rule named { strings: $ = "ab" condition: any of them }\nrule set { condition: any of (name*) }'
SOURCES = [Source(space, Path(f"{space}.yar"), text, {}) for space, text in TEXTS.items()]


@pytest.fixture(scope="module")
def engines():
    """All rules compiled, and the same with their prefilter."""
    return compiled(SOURCES), prefilter.load(*prefilter.make(SOURCES), SOURCES)


def told(matches) -> list:
    return [
        (
            match.namespace,
            match.rule,
            [
                (string.identifier, [(each.offset, each.matched_length, each.xor_key) for each in string.instances])
                for string in match.strings
            ],
        )
        for match in matches
    ]


def both(engines, content: bytes, **externals) -> tuple[list, list]:
    """What plain YARA finds, and what is found with the prefilter."""
    plain, passes = engines
    call = Call(content, {**DEFAULTS, **externals})
    expected = told(call.ask(plain, 10))
    chosen = passes.over(call)
    if chosen is None:
        return expected, expected
    found = []
    for rules, names in chosen:
        found += [match for match in call.ask(rules, 10) if names is None or (match.namespace, match.rule) in names]
    return expected, told(passes.sorted(found))


def mutated(piece: bytes, place: int, value: int) -> bytes:
    octets = bytearray(piece)
    octets[place % len(octets)] = value
    return bytes(octets)


_whole = st.sampled_from(PIECES)
_piece = st.one_of(
    _whole,
    st.builds(lambda piece, cut: piece[cut % len(piece) :], _whole, st.integers(0, 40)),
    st.builds(lambda piece, cut: piece[: cut % len(piece)], _whole, st.integers(0, 40)),
    st.builds(mutated, _whole, st.integers(0, 40), st.integers(0, 255)),
    st.binary(max_size=8),
    st.sampled_from([b"MZ", b"\x7fELF", b" ", b"\n", b"\0", b"plain text", b"color"]),
)
_content = st.lists(_piece, max_size=7).map(b"".join)


@pytest.fixture(autouse=True)
def _many_passes(monkeypatch):
    """Many rules match in these contents: they are all given to passes of their own, whatever that costs."""
    monkeypatch.setattr(passes_module, "_TOGETHER", 10_000)
    monkeypatch.setattr(passes_module, "_cost", lambda _call, _passes: 0)
    monkeypatch.setattr(passes_module, "_COMPILING", 0)
    monkeypatch.setattr(passes_module, "_TRYING", 1 << 40)


@given(content=_content, name=st.sampled_from(["", "a.exe", "A.EXE", "b.txt"]))
@example(content=b"", name="")
@settings(max_examples=40, deadline=None)
def test_the_prefilter_changes_nothing(engines, content, name):
    expected, found = both(engines, content, filename=name, extension=name[-4:].lower())
    assert found == expected


@pytest.mark.parametrize("number", range(len(STRINGS)))
def test_every_instance_of_every_string_is_found_wherever_it_stands(engines, number):
    for piece in STRINGS[number][1]:
        for content in (b"..." + piece, piece + b"\0\0", b"MZ" + wide(piece)):
            expected, found = both(engines, content)
            assert found == expected


def test_what_is_not_there_is_ruled_out(engines):
    _plain, passes = engines
    numbers = passes._prefilter.rules(b"\x05\x06" * 2000, DEFAULTS)
    names = {passes._rules[number][1] for number in numbers}
    strings = {f"string{number}" for number in range(len(STRINGS))}
    # A class of letters, halves of octets, one letter and an alphabet of one's own have no literal.
    assert {STRINGS[int(name.removeprefix("string"))][0][:14] for name in names & strings} == {
        '$ = "own lette',
        "$ = /[a-z]/",
        '$ = "x" nocase',
        "$ = { 9? A? B?",
    }
    assert len(passes._unread) == 1


def test_a_file_that_is_not_understood_is_always_asked():
    broken = Source(
        "odd", Path("odd.yar"), 'include "x"\nrule r { condition: true }', {("", "x"): "rule q { condition: true }"}
    )
    passes = prefilter.load(*prefilter.make([broken]), [broken])
    found = [
        match.rule for rules, _ in passes.over(Call(b"x", DEFAULTS)) for match in Call(b"x", DEFAULTS).ask(rules, 5)
    ]
    assert found == ["q", "r"]


def test_the_same_rules_are_tried_together_once_they_have_come_often(engines, monkeypatch):
    _plain, passes = engines
    call = Call(b"gamma-end colour12" + b"." * 50, DEFAULTS)
    monkeypatch.setattr(passes_module, "_TOGETHER", 1000)
    monkeypatch.setattr(passes_module, "_OFTEN", 2)
    _unread, first, *_others = passes.over(call)
    assert len(first.names) == 1
    _unread, together = passes.over(call)
    assert len(together.names) > 1
    assert both(engines, call.data)[0] == both(engines, call.data)[1]
    monkeypatch.setattr(passes_module, "_TOGETHER", 1)
    assert passes.over(call) is None


def test_content_with_too_many_literals_is_given_to_all_rules(engines, monkeypatch):
    from attachguard.yara.prefilter import gate

    monkeypatch.setattr(gate, "_MOST_HITS", 2)
    assert engines[1].over(Call(b"".join(PIECES), DEFAULTS)) is None


def test_trials_in_vain_cost_no_more_than_a_part_of_what_libyara_does(engines, monkeypatch):
    passes = engines[1]
    monkeypatch.setattr(passes, "_credit", 0)
    monkeypatch.setattr(passes_module, "_TRYING", 5)
    tried = []
    monkeypatch.setattr(passes, "_chosen", lambda call, whole: tried.append(whole))
    calls = 500
    for _ in range(calls):
        assert passes.over(Call(b"x", DEFAULTS)) is None
    whole = tried[0]
    assert 2 < len(tried) <= 1 + calls * passes_module._TRYING // passes_module._IN_VAIN
    assert len(tried) * whole // passes_module._TRYING <= calls * whole // passes_module._IN_VAIN + whole


def test_rules_are_compiled_only_where_trials_have_saved_as_much(engines, monkeypatch):
    passes = engines[1]
    call = Call(b"gamma-end" + b"." * 50, DEFAULTS)
    monkeypatch.setattr(passes_module, "_COMPILING", 1 << 18)
    monkeypatch.setattr(passes, "_known", {})
    monkeypatch.setattr(passes, "_credit", 1 << 17)
    assert passes.over(call) is None
    assert not passes._known
    monkeypatch.setattr(passes, "_credit", 1 << 30)
    assert passes.over(call) is not None
    assert passes._known


def shown(node, **options) -> list[str]:
    options = {"nocase": False, "wide": False, "ascii_": True, **options}
    return [
        "".join("." if each is None else chr(each) for each in literal.octets) + "!" * literal.folded
        for literal in necessary(node, **options)
    ]


@pytest.mark.parametrize(
    ("regex", "expected"),
    [
        (b"abcdef", ["abcdef"]),
        (b"a.c", ["a.c"]),
        (b"abc.*defg", ["defg"]),
        (b"(one|three)x", ["onex", "threex"]),
        (b"(one|t)x", ["onex", "tx"]),
        (b"(one|t)[0-9]", None),
        (b"\\b(ldap|rmi)://[a-z]+", ["ldap://", "rmi://"]),
        (b"a(b|)cd", ["abcd", "acd"]),
        (b"ab(c|d+)ef", ["ab"]),
        (b"ab(cd)?ef", ["ab"]),
        (b"ab(cd)+ef", ["abcd"]),
        (b"ab{3}c", ["abbbc"]),
        (b"ab{0,3}cd", ["cd"]),
        (b"a{,2}bcd", ["bcd"]),
        (b"x{2,}yz", ["xyz"]),
        (b"[aA]bc", ["abc!"]),
        (b"[a-c]bc", ["bc"]),
        (b"\\.exe\\b", [".exe"]),
        (b"\\x41\\x42C", ["ABC"]),
        (b"a{b}c", ["a{b}c"]),
        (b"^abc$", ["abc"]),
        (b"\\d\\d", None),
        (b"(?i)abc", None),
        (b"(abc", None),
        (b"abc)", None),
        (b"a**", None),
        (b"[abc", None),
        (b"abc\\", None),
        (b"\\xg0", None),
        (b"(" * 60 + b"a" + b")" * 60, None),
    ],
)  # fmt: skip
def test_what_must_occur_of_a_regular_expression(regex, expected):
    if expected is None:
        with pytest.raises(Unclear):
            shown(of_regex(regex))
    else:
        assert shown(of_regex(regex)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("41 42 43", ["ABC"]),
        ("41 ?? 43 44 4?", ["A.CD"]),
        ("41 42 [3] 43 44 45", ["AB...CDE"]),
        ("41 42 [1-3] 43 44 45", ["CDE"]),
        ("( 41 42 | 43 44 ) ~45", ["AB", "CD"]),
        ("4? ?1", None),
        ("41 zz", None),
        ("( 41", None),
        ("41 )", None),
    ],
)  # fmt: skip
def test_what_must_occur_of_a_hex_string(text, expected):
    if expected is None:
        with pytest.raises(Unclear):
            shown(of_hex(text))
    else:
        assert shown(of_hex(text)) == expected


def test_wide_strings_have_zeros_and_long_ones_are_cut():
    assert shown(of_plain(b"abc"), wide=True) == ["abc", "a\0b\0c\0"]
    assert shown(of_plain(b"abc"), wide=True, ascii_=False, nocase=True) == ["a\0b\0c\0!"]
    assert [len(each) for each in shown(of_plain(b"a" * 100), wide=True)] == [literals.LONGEST] * 2


def many(tmp_path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / f"{name}.yar").write_text(text, "utf-8")
    rules = "\n".join(
        f'rule many{number} {{ strings: $ = "word {number} word" condition: any of them }}' for number in range(150)
    )
    (folder / "many.yar").write_text(rules, "utf-8")
    return folder


def found(rules: Rules, content: bytes) -> list:
    part = Part("a.exe", b"", role="attachment", budget=Budget(Limits()))
    part.fill(content)
    return [(finding.source, finding.yara) for finding in rules.match(part)]


def test_it_is_in_use_where_rules_are_many_and_kept(tmp_path):
    folder = many(tmp_path)
    plain = Rules.load(folder)
    assert plain.prefilter is False
    first = Rules.load(folder, cache=tmp_path / "cache")
    again = Rules.load(folder, cache=tmp_path / "cache")
    assert (first.prefilter, again.prefilter) == (True, True)
    for content in (b"word 7 word, plain text", b"MZ" + b"".join(PIECES), b"nothing"):
        assert found(again, content) == found(first, content) == found(plain, content)


def test_without_the_libraries_rules_work_as_ever(tmp_path, monkeypatch):
    folder = many(tmp_path)
    monkeypatch.setattr(prefilter, "_LIBRARIES", ("hyperscan", "no-such-library"))
    rules = Rules.load(folder, cache=tmp_path / "cache")
    assert rules.prefilter is False
    assert ("yara:many", "many7") in [(source, match.rule) for source, match in found(rules, b"word 7 word")]


def test_a_scan_with_it_gives_the_same_report(tmp_path):
    folder = many(tmp_path)
    content = b"word 7 word, plain text and " + b"".join(PIECES)
    reports = [
        Scanner(Policy.load("audit"), rules=rules).scan(content, name="a.txt").findings
        for rules in (Rules.load(folder), Rules.load(folder, cache=tmp_path / "cache"))
    ]
    assert reports[0] == reports[1]


def test_doctor_says_whether_it_can_be_used(capsys):
    main(["doctor"])
    assert "YARA prefilter" in capsys.readouterr().out
