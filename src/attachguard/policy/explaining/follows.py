"""What follows from an action, in sentences: the same for a rule, for a finding and for a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attachguard.model import Action, Notify, Scope
from attachguard.policy.explaining.phrases import phrase

#: Actions whose sentence depends on what they apply to.
_SCOPED: Final = frozenset({Action.QUARANTINE, Action.DISCARD})


def action_sentence(action: Action, scope: Scope, language: str) -> str:
    """What an action does."""
    return phrase(f"action-{action.value}" + (f"-{scope.value}" if action in _SCOPED else ""), language)


def follows(
    action: Action,
    scope: Scope,
    notify: Notify,
    language: str,
    *,
    reply: str | None = None,
    labels: Iterable[str] = (),
    tag: str = "",
    hold_days: int | None = None,
) -> Iterator[str]:
    """The sentences, one after another.

    Args:
        action: what is done.
        scope: to what.
        notify: who is told.
        language: `en` or `de`.
        reply: answer in the SMTP session.
        labels: legal effects.
        tag: what goes in front of the subject.
        hold_days: how long what is quarantined is kept.
    """
    yield action_sentence(action, scope, language)
    if action in (Action.REJECT, Action.DEFER) and notify is Notify.NONE:
        yield phrase("notify-session", language)
    elif not action.delivers:
        yield phrase(f"notify-{notify.value}", language)
    if reply:
        yield phrase("reply", language).format(reply=reply)
    for label in labels:
        yield phrase("label", language).format(label=label)
    if tag:
        yield phrase("tag", language).format(tag=tag)
    if hold_days is not None:
        yield phrase("hold", language).format(days=hold_days)
