"""Each of the 45 kinds of rules that receiving authorities have, by its name: a message that passes and one that does not."""

from __future__ import annotations

import pytest

from attachguard import Policy, Scanner
from attachguard.policy.explaining import page
from attachguard.policy.explaining.explain import Explainer
from attachguard.policy.reading.file import check
from attachguard.report import json as reports
from tests.policies.kinds import Kind
from tests.policies.kinds.contents import KINDS as CONTENTS
from tests.policies.kinds.mails import KINDS as MAILS
from tests.policies.kinds.outcomes import KINDS as OUTCOMES

KINDS = (*MAILS, *CONTENTS, *OUTCOMES)
HEAD = '[policy]\nid = "t"\nversion = "1"\n'


@pytest.mark.parametrize("kind", KINDS, ids=[f"{kind.number} {kind.name}" for kind in KINDS])
def test_kind(kind: Kind, tmp_path):
    path = tmp_path / "t.toml"
    path.write_text(HEAD + kind.policy, encoding="utf-8")
    data, problems = check(path)
    assert [str(each) for each in problems] == []
    scanner = Scanner(Policy.load(path))
    if kind.passes is not None:
        passing = scanner.scan(kind.passes.data, kind="message", envelope=kind.passes.envelope)
        told = [(each.code, each.action.value, each.part, each.detail) for each in passing.findings]
        assert passing.verdict.action.delivers, told
        assert kind.code not in {each.code for each in passing.findings if not each.action.delivers}, told
        if kind.action == "flag":
            assert kind.code not in {each.code for each in passing.findings}, told
    failing = scanner.scan(kind.fails.data, kind="message", envelope=kind.fails.envelope)
    told = [(each.code, each.action.value, each.part, each.detail) for each in failing.findings]
    assert failing.verdict.action.value == kind.action, told
    assert kind.code in {each.code for each in failing.findings if each.action is failing.verdict.action}, told
    assert kind.check in reports.encode(failing).decode()
    for how in page.FORMATS:
        shown = " ".join(page.render(Explainer(data, "en").page(), how, "en").split())
        assert kind.undecidable in shown


def test_every_kind_of_the_table_is_shown():
    assert sorted({kind.number for kind in KINDS}) == list(range(1, 46))
