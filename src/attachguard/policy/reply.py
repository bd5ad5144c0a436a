"""The one line that answers a refused mail in the SMTP session (RFC 5321 section 4.2, enhanced codes of RFC 3463).

It says which condition was not met and nothing that helps to slip past it: no signature names, no file names, no details.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from attachguard.model import CODES_BY_SUBJECT, Action, Finding

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


def smtp_reply(action: Action, leading: Sequence[Finding], replies: Mapping[tuple[str, str], str]) -> str | None:
    """The reply line for a refusal or a deferral; None for actions that accept the mail.

    Args:
        action: the verdict's action.
        leading: the findings that lead to it.
        replies: sentences that the policy gives, by code and clause.
    """
    if action is Action.DEFER:
        sentence = next(
            (replies[key] for key in _keys(leading) if key in replies),
            "The message cannot be checked now, please try again later",
        )
        return f"451 4.7.1 {sentence}"
    if action is not Action.REJECT:
        return None
    # Size comes first: it is the one reason that has a status of its own, and senders' software knows it.
    first = next((finding for finding in leading if finding.code == "message-too-large"), leading[0])
    sentence = replies.get((first.code, first.cite)) or _SENTENCES.get(first.code, _BY_SUBJECT["process"])
    status = "552 5.3.4" if first.code == "message-too-large" else "550 5.7.1"
    return f"{status} {sentence}"


def _keys(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    return [(finding.code, finding.cite) for finding in findings]
