"""The same input, policy version and rules give the same report, times aside, whatever the order of parts."""

from __future__ import annotations

import random

import msgspec
import pytest
from examples import build_files as files
from examples import build_locked as locked

from attachguard import Policy, Report, Scanner
from tests.policies.messages import EICAR, ask, mail, plain_pdf

POLICIES = ("kaiserslautern", "leverkusen", "strict", "audit")
MIXED = (
    ("a.pdf", files.pdf_with_script()), ("b.png", files.png(4_000)), ("c.zip", files.zipped(x__bat=files.BAT)), ("d.docx", files.docm()),
    ("e.txt", EICAR), ("f.csv", files.CSV), ("g.pdf", locked.pdf_locked()), ("h.doc", files.old_doc()), ("i.pdf", plain_pdf()),
)  # fmt: skip


def picture(report: Report) -> tuple[object, ...]:
    """A report without times and without the numbers that parts have by their place."""
    findings = sorted(
        msgspec.json.encode(msgspec.structs.replace(each, part=each.part.partition("!/")[2]))
        for each in report.findings
    )
    parts = sorted(
        msgspec.json.encode(msgspec.structs.replace(each, path=each.path.partition("!/")[2], parent=None))
        for each in report.parts[1:]
    )
    return report.verdict, findings, parts, report.checks, report.complete


@pytest.mark.parametrize("policy", POLICIES)
def test_the_order_of_parts_changes_nothing(policy):
    dice = random.Random(5)
    first = picture(ask(policy, mail(*MIXED)))
    for _ in range(4):
        order = list(MIXED)
        dice.shuffle(order)
        assert picture(ask(policy, mail(*order))) == first


@pytest.mark.parametrize("policy", POLICIES)
def test_the_same_input_gives_the_same_report(policy):
    first, second = (msgspec.structs.replace(ask(policy, mail(*MIXED)), seconds=0.0) for _ in range(2))
    assert first == second


def test_another_scanner_of_the_same_policy_gives_the_same_report():
    def scan() -> Report:
        return msgspec.structs.replace(Scanner(Policy.load("kaiserslautern")).scan(mail(*MIXED)), seconds=0.0)

    assert scan() == scan()


def test_the_order_of_rules_in_a_file_changes_nothing(tmp_path):
    from attachguard.policy.reading.file import text_of

    head, *rules = text_of("leverkusen").split("[[rule]]")
    tail = rules[-1].partition("\n# -- What the page says")
    rules[-1] = tail[0]
    reports = []
    for name, order in (("a", rules), ("b", rules[::-1])):
        path = tmp_path / name / "leverkusen.toml"
        path.parent.mkdir()
        # What stands between two rules belongs to the one above it, so whole tables change their places.
        tables = [rule for rule in order if "[addresses]" not in rule and "[[bound]]" not in rule]
        path.write_text(head + "".join("[[rule]]" + rule for rule in tables), encoding="utf-8")
        report = Scanner(Policy.load(path)).scan(mail(*MIXED))
        unnamed = [msgspec.structs.replace(each, rule="") for each in report.findings]
        reports.append((report.verdict, unnamed))
    assert reports[0] == reports[1]
