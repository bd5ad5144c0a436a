"""The 45 kinds of rules that receiving authorities have: for each a piece of a policy, a message that it lets pass and one that it does not.

Written the way somebody would who has only docs/policies.md in front of him.
"""

from __future__ import annotations

from typing import NamedTuple

from examples.build_mail import File, letter, wire

from attachguard import Envelope


class Mail(NamedTuple):
    """One message, and what the mail server knows of it."""

    data: bytes
    envelope: Envelope = Envelope()


class Kind(NamedTuple):
    """One kind of rule.

    Args:
        number: in the table of docs/policies.md.
        name: likewise.
        policy: what a policy says about it.
        passes: a message that the rule lets pass; None where it lets none pass.
        fails: one that it does not.
        code: the reason code.
        action: of the verdict over the second message.
        undecidable: words of a sentence that no machine decides; `policy explain` shows them.
        check: a further expectation on the report of the second message, as words that its JSON holds.
    """

    number: int
    name: str
    policy: str
    passes: Mail | None
    fails: Mail
    code: str
    action: str = "reject"
    undecidable: str = ""
    check: str = ""


def mail(*attached: tuple[str, bytes], envelope: Envelope | None = None, **options) -> Mail:
    """A letter with these files."""
    return Mail(wire(letter(*(File(name, content) for name, content in attached), **options)), envelope or Envelope())


def rule(codes: str, action: str = "reject", **more: object) -> str:
    """A rule on these codes."""
    listed = ", ".join(f'"{code}"' for code in codes.split())
    lines = [f"[[rule]]\ncodes = [{listed}]", f'action = "{action}"']
    for key, value in more.items():
        lines.append(f"{key.replace('_', '-')} = {value}")
    return "\n".join(lines) + "\n"


def not_decidable(what: str) -> str:
    """A sentence that no machine decides."""
    return f'[[not-decidable]]\nwhat = "{what}"\nbecause = "a person says it"\n'
