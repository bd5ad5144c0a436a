"""From judged findings to the verdict: the strongest action, its reasons, who is notified, what the gateway is handed besides.

Findings are put in one fixed order first, so the order in which parts are in a message changes nothing about the verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from attachguard.codes import CODES_BY_SUBJECT
from attachguard.model import Action, Envelope, Finding, Notify, Scope, Verdict
from attachguard.policy.judging.reply import smtp_reply
from attachguard.policy.judging.rules import SESSION_ACTIONS, WITHHOLDING, Rule

#: The rule that answered a finding: its code, and the file and line of the rule.
Key = tuple[str, str]

#: Actions after which nothing more of the message need be read: the others keep the mail, or ask for it again.
_STOPPING: Final = frozenset({Action.REJECT, Action.DISCARD})
_TO_SENDER: Final = frozenset({Notify.SENDER, Notify.SENDER_IF_VALID, Notify.BOTH})
_TO_RECIPIENT: Final = frozenset({Notify.RECIPIENT, Notify.BOTH})
_RANK: Final = {code: rank for rank, code in enumerate(code for codes in CODES_BY_SUBJECT.values() for code in codes)}

#: What follows from no finding at all.
_NOTHING: Final = Verdict(Action.DELIVER, Scope.MESSAGE, Notify.NONE)


def combine(findings: Iterable[Finding], envelope: Envelope, rules: Mapping[Key, Rule]) -> Verdict:
    """The strongest action of all judged findings.

    Its reasons are the codes of the findings that lead to that very action; a message that is simply delivered has none. It is about the whole
    message as soon as one of these is. Those are told whom these findings name, but nobody where any finding keeps content back in silence.

    Args:
        findings: all of them, judged.
        envelope: what the mail server knows.
        rules: the rules that answer something, tag something or keep something for a time.
    """
    seen = sorted(findings, key=_order)
    if not seen:
        return _NOTHING
    labels = tuple(dict.fromkeys([finding.label for finding in seen if finding.label]))
    answers = [rules[key] for key in dict.fromkeys([(each.code, each.rule) for each in seen]) if key in rules]
    tag = " ".join(dict.fromkeys(rule.tag for rule in answers if rule.tag))
    action = max((finding.action for finding in seen), key=lambda each: each.strength, default=Action.DELIVER)
    if action is Action.DELIVER:
        return Verdict(action, Scope.MESSAGE, Notify.NONE, labels=labels, tag=tag)
    leading = [finding for finding in seen if finding.action is action]
    whole = any(finding.scope is Scope.MESSAGE for finding in leading)
    silent = any(finding.notify is Notify.NONE and finding.action in WITHHOLDING for finding in seen)
    days = [rule.hold_days for rule in answers if rule.hold_days is not None and rule.action is action]
    return Verdict(
        action=action,
        scope=Scope.MESSAGE if whole else Scope.ATTACHMENT,
        notify=Notify.NONE if silent else _notice({finding.notify for finding in leading}, envelope),
        reasons=tuple(dict.fromkeys(finding.code for finding in leading)),
        smtp=smtp_reply(action, leading, rules) if action in SESSION_ACTIONS else None,
        labels=labels,
        tag=tag,
        hold_days=max(days, default=None),
    )


def _order(finding: Finding) -> tuple[int, str, str]:
    return _RANK.get(finding.code, len(_RANK)), finding.rule, finding.label


def _notice(wanted: set[Notify], envelope: Envelope) -> Notify:
    """Who is notified where several findings want several to be told; an unproven sender only where nobody asks for proof."""
    sender = bool(wanted & _TO_SENDER)
    recipient = bool(wanted & _TO_RECIPIENT)
    careful = Notify.SENDER_IF_VALID in wanted
    if sender and recipient:
        return Notify.BOTH if not careful or envelope.sender_valid else Notify.RECIPIENT
    if sender:
        return Notify.SENDER_IF_VALID if careful else Notify.SENDER
    return Notify.RECIPIENT if recipient else Notify.NONE


def final_notices(rules: Iterable[Rule], on_signed: str) -> dict[Action, frozenset[Notify]]:
    """The action that ends a scan early, with the notices that nothing later can change; empty where there is none.

    Args:
        rules: every rule that can answer.
        on_signed: what a policy does where a part would have to be taken out of signed content.
    """
    rules = list(rules)
    # What would have to be taken out of signed content may become a refusal at the end of the message.
    raised = (Action.SANITIZE, Action.WITHHOLD) if on_signed == "reject" else ()
    strongest = max(
        (Action.REJECT if rule.action in raised else rule.action for rule in rules),
        key=lambda action: action.strength,
    )
    if strongest not in _STOPPING:
        return {}
    # Silence stays silence. A notice stays a notice where no rule is silent and all rules of that strength tell the same people.
    certain = {Notify.NONE}
    refusing = (strongest, *raised) if strongest is Action.REJECT else (strongest,)
    told = {rule.notify for rule in rules if rule.action in refusing}
    if len(told) == 1 and not any(rule.silent for rule in rules):
        certain |= told
    return {strongest: frozenset(certain)}
