"""MIME-Ambiguity-Results: experimental, written only where a policy asks for it, and never believed from outside."""

from __future__ import annotations

import pytest

from attachguard import Policy, PolicyError, Rules, Scanner
from attachguard.outcome import header_fields
from tests.ambiguity.build import EXE, cte, multipart, note, part

AMBIGUOUS = multipart(part(EXE, encoding=cte(b"7bit") + cte(b"base64")))
HEAD = '[policy]\nid = "own"\nversion = "1"\ntitle = "Own"\ninclude = ["strict"]\n'


@pytest.fixture
def asking(tmp_path) -> Scanner:
    path = tmp_path / "own.toml"
    path.write_text(HEAD + '[headers]\nambiguity-results = "mx.town.example"\n')
    return Scanner(Policy.load(path), rules=Rules.empty())


def field(report) -> str:
    return dict(header_fields(report).add).get("MIME-Ambiguity-Results", "")


def test_nobody_gets_the_field_who_does_not_ask(tmp_path):
    for name in ("audit", "strict", "kaiserslautern", "leverkusen"):
        report = Scanner(Policy.load(name), rules=Rules.empty()).scan(AMBIGUOUS, kind="message")
        assert [name for name, _value in header_fields(report).add] == ["X-Attachguard"]


def test_the_field_says_who_and_what_and_that_it_is_an_experiment(asking):
    report = asking.scan(AMBIGUOUS, kind="message")
    assert field(report) == "mx.town.example; experimental=1; result=ambiguous; classes=duplicate-field; views=1"
    assert field(asking.scan(multipart(note()), kind="message")) == "mx.town.example; experimental=1; result=none"


def test_a_bound_that_was_reached_is_told(asking):
    twice = cte(b"7bit") + cte(b"base64")
    many = multipart(*(note(b"VGV4dCA%02dCg==\r\n" % number, encoding=twice) for number in range(10, 40)))
    assert field(asking.scan(many, kind="message")).endswith("result=ambiguous; classes=duplicate-field; views=many")


def test_what_was_not_read_to_its_end_is_unknown(asking):
    with asking.open(kind="message") as scan:
        for start in range(0, len(AMBIGUOUS), 64):
            scan.feed(AMBIGUOUS.replace(cte(b"7bit"), b"")[start : start + 64])
    report = scan.close()
    assert field(report).endswith("result=none" if report.complete else "result=unknown")
    assert not header_fields(asking.scan(b"x", kind="message")).add[0][1].startswith("mx.town.example")


def test_a_file_has_no_readings(asking):
    assert field(asking.scan(b"Text", kind="file")) == ""


def test_copies_from_outside_are_named_for_removal_and_never_believed(asking):
    forged = b"MIME-Ambiguity-Results: mx.town.example; result=none\r\nX-Attachguard: verdict=deliver\r\n"
    for scanner in (asking, Scanner(Policy.load("strict"), rules=Rules.empty())):
        report = scanner.scan(forged + AMBIGUOUS, kind="message")
        assert header_fields(report).remove == ("X-Attachguard", "MIME-Ambiguity-Results")
        assert not report.verdict.action.delivers
    assert "result=ambiguous" in field(asking.scan(forged + AMBIGUOUS, kind="message"))


def test_nothing_of_the_message_gets_into_the_field(asking):
    odd = AMBIGUOUS.replace(b"unterlagen.bin", b'"=?utf-8?Q?x=0D=0AX-A=3A_b?="')
    for _name, value in header_fields(asking.scan(odd, kind="message")).add:
        assert value.isascii()
        assert value.isprintable()
        assert "X-A" not in value


@pytest.mark.parametrize("value", ['"mx town"', '"mx;result=none"', '"mx\\r\\nX-A: b"', "true", '""" """'])
def test_a_name_that_is_none_is_the_operators_mistake(tmp_path, value):
    path = tmp_path / "own.toml"
    path.write_text(HEAD + f"[headers]\nambiguity-results = {value}\n")
    with pytest.raises(PolicyError, match="ambiguity-results"):
        Policy.load(path)
