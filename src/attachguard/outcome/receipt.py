"""The routing slip: what came in, what goes on, what was checked and what was not, and which clause led to what.

For channels that give their users a receipt. It is made from a finished report and says nothing that the report does not, but leaves out names
of malware, which are for the operator only.
"""

from __future__ import annotations

import hashlib
import html
from datetime import UTC, datetime
from functools import cache
from typing import Final

import msgspec

from attachguard.codes import CODES_BY_SUBJECT
from attachguard.model import Action, Check, Envelope, Finding, Report, Signature
from attachguard.outcome import facts
from attachguard.outcome.templates import Templates, known_language, shown

SCHEMA: Final = "attachguard.receipt/1"
#: Codes whose details stay with the operator.
_KEPT_BACK: Final = frozenset((*CODES_BY_SUBJECT["threat"], *CODES_BY_SUBJECT["process"], "spam", "sender-reputation"))
_TAKING: Final = frozenset({Action.SANITIZE, Action.WITHHOLD})
_SIGNATURE: Final = frozenset(CODES_BY_SUBJECT["signature"])
#: Rows of one list in text and HTML; the JSON has them all.
_ROWS: Final = 200


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Some bytes: how many, and their SHA-256; None where they did not arrive whole."""

    size: int
    sha256: str | None


class SlipPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the message: `outcome` is what became of its top-level part."""

    path: str
    name: str
    type: str
    size: int | None
    sha256: str | None
    outcome: Action


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A finding that led to something, with the clause and the legal effect that the policy gives it; `detail` where it is for the sender too."""

    code: str
    part: str
    action: Action
    cite: str
    origin: str
    detail: str
    label: str


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The routing slip as data; `text`, `html` and `json` write it.

    Args:
        id: names this slip; the same input judged at the same time by the same policy has the same.
        received: when the input came in; empty if it is not known.
        issued: when the slip was made.
        policy: id and version of the policy.
        channel: the way it came in by.
        for_sender: whether the policy gives senders on this channel the slip; else it is for the operator's own files.
        action: the verdict.
        came: what came in.
        goes_on: what is passed on; None for nothing.
        parts: everything that was looked at.
        reasons: what led to the verdict or to anything short of delivery, and what a clause asks to be noted.
        signatures: the electronic signatures, integrity and trust apart.
        signature_findings: everything else that was found about signatures.
        checks_done: checks with a result.
        checks_not_done: checks without one, and why.
        schema: name and version of this record's shape.
    """

    id: str
    received: str
    issued: str
    policy: str
    channel: str
    for_sender: bool
    action: Action
    came: Content
    goes_on: Content | None
    parts: tuple[SlipPart, ...]
    reasons: tuple[Reason, ...]
    signatures: tuple[Signature, ...]
    signature_findings: tuple[Reason, ...]
    checks_done: tuple[Check, ...]
    checks_not_done: tuple[Check, ...]
    schema: str = SCHEMA

    def json(self) -> bytes:
        """The slip as one line of JSON."""
        plain = msgspec.structs.asdict(self)
        return msgspec.json.encode({"schema": plain.pop("schema"), **plain})

    def text(self, language: str = "de", *, templates: Templates | None = None) -> str:
        """The slip as plain text, in German (`de`) or English (`en`)."""
        texts = templates or _builtin()
        lists = {key: _listed(lines) for key, lines in self._lists(known_language(language), texts).items()}
        return texts.fill("receipt", language, self._values(language, texts) | lists)

    def html(self, language: str = "de", *, templates: Templates | None = None) -> str:
        """The slip as a page without scripts or anything fetched, in German (`de`) or English (`en`)."""
        texts = templates or _builtin()
        values = {key: html.escape(value) for key, value in self._values(known_language(language), texts).items()}
        lists = {key: _page_list(lines) for key, lines in self._lists(language, texts).items()}
        return texts.fill("receipt-html", language, values | lists)

    def _values(self, language: str, texts: Templates) -> dict[str, str]:
        going = self.goes_on or Content(0, None)
        return {
            "id": shown(self.id),
            "received": self.received or "?",
            "issued": self.issued,
            "channel": shown(self.channel),
            "for_whom": texts.word("for-sender" if self.for_sender else "for-files", language),
            "policy": shown(self.policy),
            "outcome": texts.word(self.action.value, language),
            "came_size": str(self.came.size),
            "came_sha256": self.came.sha256 or f"({texts.word('early', language)})",
            "goes_size": str(going.size),
            "goes_sha256": going.sha256 or f"({texts.word('nothing', language)})",
        }

    def _lists(self, language: str, texts: Templates) -> dict[str, list[str]]:
        nothing = [texts.word("none", language)]
        return {
            "parts": [_part_line(part, language, texts) for part in self.parts] or nothing,
            "reasons": [_reason_line(reason, language, texts) for reason in self.reasons] or nothing,
            "signatures": [_signature_line(signature, language, texts) for signature in self.signatures]
            + [_reason_line(reason, language, texts) for reason in self.signature_findings]
            or nothing,
            "checks_done": [_check_line(check, language, texts) for check in self.checks_done] or nothing,
            "checks_not_done": [_check_line(check, language, texts) for check in self.checks_not_done] or nothing,
        }


def routing_slip(
    report: Report,
    envelope: Envelope | None = None,
    *,
    identifier: str = "",
    received: datetime | None = None,
    issued: datetime | None = None,
) -> Receipt:
    """The routing slip of a report.

    Args:
        report: what was decided.
        envelope: its channel is named, in place of the report's.
        identifier: the operator's own; without it one is derived from input, policy and time.
        received: when the input came in.
        issued: when the slip is made; the present without it.
    """
    made = _time(issued or datetime.now(UTC))
    came_in = _time(received) if received is not None else ""
    seed = "\0".join((report.sha256 or "", str(report.size), facts.policy_name(report), came_in or made, report.source))
    tops = facts.top_paths(report)
    outcomes = {
        path: max((finding.action for finding in findings), key=lambda action: action.strength)
        for path, findings in facts.concerned(report).items()
    }
    inspection = Check("inspection", "pass") if report.complete else Check("inspection", "not-evaluated", "unfinished")
    checks = (inspection, *report.checks)
    return Receipt(
        id=identifier or hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()[:32],
        received=came_in,
        issued=made,
        policy=facts.policy_name(report),
        channel=report.channel if envelope is None else envelope.channel,
        for_sender=report.receipt_due,
        action=report.verdict.action,
        came=Content(report.size, report.sha256),
        goes_on=_goes_on(report),
        parts=tuple(
            SlipPart(
                part.path,
                part.name,
                part.type.id,
                part.size,
                part.sha256,
                outcomes.get(tops[part.path], Action.DELIVER),
            )
            for part in report.parts
            if part.role != "layer"
        ),
        reasons=_reasons(report),
        signatures=report.signatures,
        signature_findings=_reasons(report, _SIGNATURE),
        checks_done=tuple(check for check in checks if check.result != "not-evaluated"),
        checks_not_done=tuple(check for check in checks if check.result == "not-evaluated"),
    )


@cache
def _builtin() -> Templates:
    return Templates()


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _goes_on(report: Report) -> Content | None:
    if report.sanitized is not None:
        return Content(len(report.sanitized), hashlib.sha256(report.sanitized).hexdigest())
    return Content(report.size, report.sha256) if report.verdict.action.delivers else None


def _reasons(report: Report, codes: frozenset[str] = frozenset()) -> tuple[Reason, ...]:
    """The findings of these codes, or else those that led to something or that a clause asks to be noted."""
    found = [
        Reason(
            finding.code, finding.part, finding.action, finding.cite, finding.origin,
            "" if finding.code in _KEPT_BACK else finding.detail, finding.label,
        )
        for finding in report.findings
        if (finding.code in codes if codes else _leads(finding))
    ]  # fmt: skip
    return tuple(dict.fromkeys(found))


def _leads(finding: Finding) -> bool:
    """Whether a finding led to anything short of delivery, has a legal effect, or is what a clause asks to be noted."""
    return finding.action in facts.KEEPING or bool(finding.label or (finding.cite and finding.action is Action.FLAG))


def _part_line(part: SlipPart, language: str, texts: Templates) -> str:
    name = shown(part.path) or texts.word("message", language)
    size = "?" if part.size is None else str(part.size)
    word = "removed" if part.outcome in _TAKING else part.outcome.value
    outcome = "" if part.outcome is Action.DELIVER else f" [{texts.word(word, language)}]"
    return f"{name}: {part.type}, {size}, SHA-256 {part.sha256 or '?'}{outcome}"


def _reason_line(reason: Reason, language: str, texts: Templates) -> str:
    where = shown(reason.part) or texts.word("message", language)
    clause = f" [{shown(reason.cite)}, {reason.origin}]" if reason.cite else ""
    detail = f" ({shown(reason.detail)})" if reason.detail else ""
    effect = f" – {texts.word('effect', language)}: {shown(reason.label)}" if reason.label else ""
    return f"{where}: {texts.sentence(reason.code, language)}{detail}{clause} ({reason.code}){effect}"


def _signature_line(signature: Signature, language: str, texts: Templates) -> str:
    where = shown(signature.part) or texts.word("message", language)
    answers = ", ".join(
        f"{texts.word(key, language)}: {texts.word(result, language)}" + (f" ({shown(cause)})" if cause else "")
        for key, result, cause in (
            ("coverage", signature.coverage, ""),
            ("integrity", signature.integrity, signature.cause),
            ("trust", signature.trust, signature.trust_cause),
            *([("qualified", signature.qualified, signature.qualified_cause)] if signature.qualified_cause else []),
        )
    )
    by = f"; {texts.word('signer', language)}: {shown(signature.signer)}" if signature.signer else ""
    at = f"; {texts.word('signed-at', language)}: {shown(signature.time)}" if signature.time else ""
    return f"{where}: {signature.format}; {answers}{by}{at}"


def _check_line(check: Check, language: str, texts: Templates) -> str:
    cause = f" ({shown(texts.word(check.cause, language))})" if check.cause else ""
    return f"{texts.word(check.check, language)}: {texts.word(check.result, language)}{cause}"


def _cut(lines: list[str]) -> list[str]:
    return lines if len(lines) <= _ROWS else [*lines[:_ROWS], f"… + {len(lines) - _ROWS}"]


def _listed(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in _cut(lines))


def _page_list(lines: list[str]) -> str:
    return "<ul>\n" + "".join(f"<li>{html.escape(line)}</li>\n" for line in _cut(lines)) + "</ul>"
