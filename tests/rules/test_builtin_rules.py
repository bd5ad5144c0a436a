"""The built-in rules as a set: each says what it is and has its tests beside it, and what only looks alike is left alone by all of them."""

from __future__ import annotations

import functools

import pytest
import yara

from attachguard import Policy, Rules, Scanner
from attachguard.rulekit import trial
from attachguard.types.filetypes import TYPES
from attachguard.yara.externals import DEFAULTS
from attachguard.yara.rules import builtin_folder

FILES = sorted(file for file in builtin_folder().rglob("*.yar") if "nursery" not in file.parts)
LOOK_ALIKES = [case for file in FILES for case in trial.tests_of(file).cases if not case.expected]


def compiled():
    """Each rule with the file it is in."""
    for file in FILES:
        for rule in yara.compile(source=file.read_text("utf-8"), externals=DEFAULTS, error_on_warning=True):
            yield file, rule


RULES = [pytest.param(rule, id=rule.identifier) for _, rule in compiled()]


@functools.cache
def scanner() -> Scanner:
    return Scanner(Policy.load("audit"), rules=Rules.builtin())


def test_every_rule_has_a_name_of_its_own():
    names = [rule.identifier for _, rule in compiled()]
    assert len(set(names)) == len(names)


def test_every_rule_has_its_samples():
    assert [str(problem) for file in FILES for problem in trial.tests_of(file).problems] == []


@pytest.mark.parametrize("case", LOOK_ALIKES, ids=lambda case: f"{case.file.name}:{case.line}")
def test_what_looks_alike_is_left_alone_by_every_rule(case):
    report = scanner().scan(case.content, name=case.name, kind=case.kind)
    assert [finding.detail for finding in report.findings if finding.source.startswith("yara:")] == []


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_says_what_it_is(rule):
    meta = rule.meta
    assert meta["author"] == "attachguard"
    assert meta["description"][0].isupper()
    assert not meta["description"].endswith(".")
    assert 60 <= meta["score"] <= 100
    assert meta["attachguard_code"] in ("malware-suspected", "malware-signature")
    assert meta.get("reference", "https://").startswith("https://")
    known = {key for kind in TYPES.values() for key in (kind.id, kind.group)} | {"bin", "unknown"}
    assert meta["attachguard_types"].split()
    assert set(meta["attachguard_types"].split()) <= known


def test_only_what_is_certain_counts_as_a_signature():
    assert {rule.identifier for _, rule in compiled() if rule.meta["attachguard_code"] == "malware-signature"} == {
        "EICAR_Test_File"
    }


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_is_not_for_what_most_of_mail_is(rule):
    """Pictures, archives, PDF and the XML of documents would be read by rules; what acts in them comes as a layer, and a name is no content."""
    heavy = {
        "pdf",
        "docxml",
        "docx",
        "docm",
        "xlsx",
        "xlsm",
        "pptx",
        "pptm",
        "zip",
        "7z",
        "rar",
        "jpg",
        "png",
        "gif",
        "image",
        "archive",
        "document",
        "spreadsheet",
        "presentation",
    }
    assert not heavy & set(rule.meta["attachguard_types"].split()) or rule.meta.get("attachguard_scope") == "name"
