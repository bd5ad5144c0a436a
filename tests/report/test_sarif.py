"""The SARIF log keeps to its schema and says what the reports say."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from attachguard import Policy, Report, Scanner
from attachguard.model import Action, Finding
from attachguard.report.formats import Look
from attachguard.report.sarif import Log
from tests.report.made import HOSTILE, hostile, part, report
from tests.test_scanner import BAD, CLEAN

#: The schema of OASIS, without its descriptions.
SCHEMA = json.loads((Path(__file__).parents[1] / "rulekit/sarif-2.1.0.schema.json").read_text("utf-8"))


def log(*reports: Report, language: str = "en") -> dict:
    writer = Log(Look(language=language))
    assert all(writer.add(each) == b"" for each in reports)
    made = json.loads(writer.end())
    jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(made)
    return made["runs"][0]


@pytest.fixture(scope="module")
def run():
    scanner = Scanner(Policy.load("leverkusen"))
    return log(
        scanner.scan(BAD, kind="message", source="in/größe 1.eml"),
        scanner.scan(CLEAN, kind="message", source="/tmp/b.eml"),
    )


def test_each_mail_is_an_artifact_with_its_digest(run):
    uris = [each["location"]["uri"] for each in run["artifacts"]]
    assert uris == ["in/gr%C3%B6%C3%9Fe%201.eml", "file:///tmp/b.eml"]
    assert all(len(each["hashes"]["sha-256"]) == 64 for each in run["artifacts"])


def test_each_finding_is_a_result_at_its_part(run):
    result = next(each for each in run["results"] if each["ruleId"] == "windows-program")
    assert (result["level"], result["kind"]) == ("error", "fail")
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "2!/rechnung.pdf"
    assert result["properties"]["clause"] == "L2"
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == "windows-program"
    assert rule["shortDescription"]["text"] == "Windows program"


@pytest.mark.parametrize(
    ("action", "level", "kind"),
    [(Action.DELIVER, "none", "informational"), (Action.FLAG, "note", "fail"), (Action.WITHHOLD, "warning", "fail"), (Action.DISCARD, "error", "fail")],
)  # fmt: skip
def test_the_level_follows_the_action(action, level, kind):
    (result,) = log(report(findings=(Finding("spam", "", action),)))["results"]
    assert (result["level"], result["kind"]) == (level, kind)


def test_an_offset_in_the_file_itself_is_a_region_and_one_in_a_part_is_not():
    findings = (Finding("spam", "", offset=7), Finding("spam", "1", offset=7))
    outer, inner = log(report(parts=(part(""), part("1", "")), findings=findings))["results"]
    assert outer["locations"][0]["physicalLocation"]["region"]["byteOffset"] == 7
    assert "region" not in inner["locations"][0]["physicalLocation"]


def test_the_sentences_may_be_german():
    made = log(report(findings=(Finding("macro-content", "", kind="vba"),)), language="de")
    assert made["results"][0]["message"]["text"] == "Die Datei enthält Makros."


@pytest.mark.parametrize("text", HOSTILE)
def test_no_content_breaks_the_log(text):
    assert len(log(hostile(text))["results"]) == 2


def test_the_same_finding_has_the_same_fingerprint_in_another_run(run):
    scanner = Scanner(Policy.load("leverkusen"))
    again = log(scanner.scan(BAD, kind="message", source="elsewhere.eml"))

    def prints(of):
        return [each["partialFingerprints"] for each in of["results"]]

    assert prints(again) == prints(run)[: len(again["results"])]
