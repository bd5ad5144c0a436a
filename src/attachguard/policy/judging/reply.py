"""The one line that answers a refused mail in the SMTP session (RFC 5321 section 4.2, enhanced codes of RFC 3463).

It says which condition was not met and nothing that helps to slip past it: no signature names, no file names, no details.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from attachguard.codes import CODES_BY_SUBJECT
from attachguard.model import Action, Finding
from attachguard.policy.judging.rules import Rule

_BY_CODE: Final = {
    "message-too-large": "The message is larger than this service accepts",
    "attachment-too-large": "An attachment is larger than this service accepts",
    "too-many-attachments": "The message has more attachments than this service accepts",
    "too-many-recipients": "The message has more recipients than this service accepts",
    "spam": "Advertising is not accepted here",
    "executable-content": "Executable files are not accepted here",
    "script-content": "Executable files are not accepted here",
    "macro-content": "Files with macros are not accepted here",
    "malformed-file": "An attachment is damaged and cannot be processed",
}
_BY_SUBJECT: Final = {
    "message": "The message does not follow the mail standards and cannot be processed",
    "type": "An attachment has a format that is not accepted here",
    "content": "Files with active content are not accepted here",
    "archive": "Compressed files of this kind are not accepted here",
    "encryption": "Encrypted content that cannot be opened is not accepted here",
    "signature": "The signature does not meet the conditions of this service",
    "threat": "The message contains harmful content",
    "process": "The message cannot be processed",
}
_SENTENCES: Final = {
    code: _BY_CODE.get(code, _BY_SUBJECT[subject]) for subject, codes in CODES_BY_SUBJECT.items() for code in codes
}


#: Enhanced status codes (RFC 3463 section 3) of refusals that have one of their own; the others are "message refused".
_STATUS: Final = {
    "message-too-large": "552 5.3.4",  # message too big for system
    "too-many-recipients": "550 5.5.3",
    "malformed-mime": "550 5.6.0",  # something about the content makes it undeliverable
    "ambiguous-mime": "550 5.6.0",
    "message-fragment": "550 5.6.0",
    "encryption-scheme-not-supported": "550 5.7.4",  # security features not supported
    "encrypted-unknown-key": "550 5.7.5",  # cryptographic failure: the key is not there
    "signature-integrity-failed": "550 5.7.7",
}
_REFUSED: Final = "550 5.7.1"
#: What Postfix says by itself where a filter puts a mail off.
_DEFERRED: Final = "451 4.7.1"


def smtp_reply(action: Action, leading: Sequence[Finding], rules: Mapping[tuple[str, str], Rule]) -> str | None:
    """The reply line for a refusal or a deferral; None for actions that accept the mail.

    Args:
        action: the verdict's action.
        leading: the findings that lead to it, in a fixed order.
        rules: rules that have a sentence of their own, among others, by code and place.
    """
    if action is Action.DEFER:
        given = filter(None, (_given(finding, rules) for finding in leading))
        return f"{_DEFERRED} {next(given, 'The message cannot be checked now, please try again later')}"
    if action is not Action.REJECT:
        return None
    # Size comes first: senders' software knows its status. Then what the policy has a sentence of its own for.
    first = min(leading, key=lambda finding: (finding.code != "message-too-large", not _given(finding, rules)))
    sentence = _given(first, rules) or _SENTENCES.get(first.code, _BY_SUBJECT["process"])
    return f"{_STATUS.get(first.code, _REFUSED)} {sentence}"


def _given(finding: Finding, rules: Mapping[tuple[str, str], Rule]) -> str:
    """The sentence that the policy gives for a finding; empty where it gives none."""
    rule = rules.get((finding.code, finding.rule))
    return rule.reply if rule is not None else ""
