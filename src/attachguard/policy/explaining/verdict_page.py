"""One verdict, explained: each finding with the rule that answered it, the clause that the rule comes from, and what follows."""

from __future__ import annotations

from attachguard.model import Finding, Report
from attachguard.policy.explaining.explain import Explainer
from attachguard.policy.explaining.page import Block
from attachguard.policy.explaining.phrases import phrase
from attachguard.policy.explaining.sentences import reason, texts
from attachguard.policy.judging.records import PolicyData
from attachguard.policy.judging.rules import Rule


def explain_verdict(report: Report, data: PolicyData, language: str) -> list[Block]:
    """The page about one report; the findings that led to the verdict come first.

    Args:
        report: what was decided.
        data: the policy that it was decided under.
        language: `en` or `de`.
    """

    def say(key: str, **values: object) -> str:
        return phrase(key, language).format(**values)

    verdict = report.verdict
    leading = Rule(code="", action=verdict.action, scope=verdict.scope, notify=verdict.notify)
    intro = [
        say("policy-of", id=report.policy.id, version=report.policy.version),
        say("verdict", action=Explainer(data, language).then(leading)),
    ]
    intro += [say("label", label=label) for label in verdict.labels]
    if verdict.smtp:
        intro.append(say("reply", reply=verdict.smtp))
    if verdict.tag:
        intro.append(say("tag", tag=verdict.tag))
    if verdict.hold_days is not None:
        intro.append(say("hold", days=verdict.hold_days))
    if (data.id, data.version) != (report.policy.id, report.policy.version):
        intro.append(say("other-policy", id=data.id, version=data.version))
    blocks = [Block("title", (say("verdict-of", source=report.source or report.kind),)), Block("text", tuple(intro))]
    ordered = sorted(report.findings, key=lambda finding: -finding.action.strength)
    heads = (say("finding"), say("part"), say("rule"), say("then"))
    rows = tuple(
        _row(finding, data, language, leading=finding.action is verdict.action and not finding.action.delivers)
        for finding in ordered
    )
    if rows:
        blocks.append(Block("table", heads, rows))
    undone = tuple(
        f"{texts().word(check.check, language)}: {texts().word(check.cause, language)}"
        for check in report.checks
        if check.result == "not-evaluated"
    )
    if undone:
        blocks += [Block("heading", (say("not-evaluated"),)), Block("list", undone)]
    return blocks


def _row(finding: Finding, data: PolicyData, language: str, *, leading: bool) -> tuple[str, str, str, str]:
    rule = rule_of(finding, data)
    answered = Rule(
        code=finding.code, action=finding.action, scope=finding.scope, notify=finding.notify, label=finding.label,
        cite=finding.cite, origin=finding.origin, because=rule.because if rule else "", because_de=rule.because_de if rule else "",
    )  # fmt: skip
    explainer = Explainer(data, language)
    clause = explainer.clause(answered) if finding.cite or finding.rule else phrase("no-rule", language)
    place = f" ({finding.rule})" if finding.rule else ""
    detail = f" – {finding.detail}" if finding.detail else ""
    mark = "» " if leading else ""
    said = f"{mark}{reason(finding.code, language)} ({finding.code}){detail}"
    return said, finding.part, f"{clause}{place}", explainer.then(answered)


def rule_of(finding: Finding, data: PolicyData) -> Rule | None:
    """The rule that a finding was judged by; in an override where the policy itself has it not."""
    for each in (data, *(override.data for override in data.overrides)):
        for rule in each.rules:
            if (rule.code, rule.ref) == (finding.code, finding.rule):
                return rule
    return None
