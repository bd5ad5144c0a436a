"""What a finding says of the rule that made it: name, file, tags, metadata, where its strings are."""

from __future__ import annotations

import json

from attachguard import Policy, Report, Rules, Scanner

RULE = r"""
rule dropper : office first {
  meta:
    description = "drops"
    score = 80
    sure = true
    author = "somebody"
  strings:
    $word = "drop"
    $bin = { 00 ff 5c }
    $ = "anonymous"
    $absent = "absent"
  condition:
    2 of them and #word >= 2
}
"""
CONTENT = b"a drop \x00\xff\\ and a drop"


def finding_of(tmp_path, rule: str = RULE, content: bytes = CONTENT):
    (tmp_path / "area").mkdir()
    (tmp_path / "area/one.yar").write_text(rule, "utf-8")
    report = Scanner(Policy.load("audit"), rules=Rules.load(tmp_path)).scan(content, name="a.bin")
    (finding,) = [each for each in report.findings if each.yara is not None]
    return report, finding


def test_a_finding_names_its_rule_with_tags_and_metadata(tmp_path):
    _, finding = finding_of(tmp_path)
    match = finding.yara
    assert (match.rule, match.namespace, match.tags) == ("dropper", "area/one", ("office", "first"))
    assert match.meta == {"description": "drops", "score": 80, "sure": True, "author": "somebody"}


def test_it_says_where_the_strings_are_and_shows_their_first_octets(tmp_path):
    _, finding = finding_of(tmp_path)
    shown = [(each.identifier, each.offset, each.length, each.data) for each in finding.yara.strings]
    assert shown == [
        ("$word", 2, 4, "drop"), ("$word", 17, 4, "drop"), ("$bin", 7, 3, "\\x00\\xff\\x5c"),
    ]  # fmt: skip
    assert finding.offset == 2


def test_long_and_many_strings_are_cut(tmp_path):
    rule = 'rule r { strings: $a = /A{200}/ $b = "b" condition: #a > 0 and #b > 100 }'
    _, finding = finding_of(tmp_path, rule, b"A" * 200 + b"b" * 5000)
    long, *rest = finding.yara.strings
    assert (long.length, len(long.data), long.data[-1]) == (200, 49, "…")
    assert len(rest) == 4


def test_a_rule_of_many_strings_shows_sixteen(tmp_path):
    strings = " ".join(f'$s{number} = "word{number:02}"' for number in range(40))
    rule = f"rule r {{ strings: {strings} condition: all of them }}"
    _, finding = finding_of(tmp_path, rule, b" ".join(b"word%02d" % number for number in range(40)))
    assert len(finding.yara.strings) == 16


def test_the_record_survives_json_and_unknown_fields_of_newer_reports(tmp_path):
    report, finding = finding_of(tmp_path)
    assert Report.from_json(report.to_json()) == report
    plain = json.loads(report.to_json())
    plain["schema"] += ".1"
    for each in plain["findings"]:
        if each["yara"]:
            each["yara"]["colour"] = each["yara"]["strings"][0]["colour"] = "red"
    assert finding in Report.from_json(json.dumps(plain)).findings


def test_facts_of_inspectors_have_no_rule():
    report = Scanner(Policy.load("audit"), rules=Rules.empty()).scan(b"", name="a.exe")
    assert {finding.yara for finding in report.findings} == {None}
