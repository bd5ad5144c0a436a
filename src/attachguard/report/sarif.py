"""Reports as SARIF 2.1.0, for code review and CI: one result a finding, one artifact a mail or file.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Own writer: it is one nested literal, and the libraries for it are models to
fill in. What a policy lets through without a word is `informational` (section 3.27.9), so that it raises no alert.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import msgspec

from attachguard.codes import CODES
from attachguard.kinds import EXACT, KINDS
from attachguard.model import Action, Finding, PartRecord, Report
from attachguard.outcome.templates import Templates
from attachguard.report.formats import Look
from attachguard.types.letters import whole
from attachguard.version import VERSION

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {
    Action.FLAG: "note",
    Action.SANITIZE: "warning",
    Action.WITHHOLD: "warning",
    Action.DEFER: "warning",
    Action.QUARANTINE: "warning",
    Action.REJECT: "error",
    Action.DISCARD: "error",
}


class Log:
    """Writes reports as one log with one run.

    Args:
        look: the language of its sentences.
    """

    def __init__(self, look: Look) -> None:
        self._language = look.language
        self._texts = Templates()
        self._rules: dict[str, int] = {}
        self._codes: list[tuple[str, str]] = []
        self._artifacts: list[dict[str, Any]] = []
        self._results: list[dict[str, Any]] = []

    def add(self, report: Report) -> bytes:
        """Nothing yet."""
        index = len(self._artifacts)
        location = {"uri": _uri(report.source), "index": index}
        artifact: dict[str, Any] = {"location": location, "length": report.size, "roles": ["analysisTarget"]}
        if report.sha256:
            artifact["hashes"] = {"sha-256": report.sha256}
        if report.parts:
            artifact["mimeType"] = report.parts[0].type.mime
        self._artifacts.append(artifact)
        parts = {part.path: part for part in report.parts}
        self._results += [
            self._result(report, finding, parts.get(finding.part), location) for finding in report.findings
        ]
        return b""

    def end(self) -> bytes:
        """The whole log."""
        driver = {
            "name": "attachguard",
            "version": VERSION,
            "rules": [self._rule(name, code) for name, code in self._codes],
        }
        run = {
            "tool": {"driver": driver},
            "invocations": [{"executionSuccessful": True}],
            "columnKind": "unicodeCodePoints",
            "artifacts": self._artifacts,
            "results": self._results,
        }
        log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
        return msgspec.json.format(msgspec.json.encode(log), indent=1) + b"\n"

    def _rule(self, name: str, code: str) -> dict[str, Any]:
        title = EXACT[name].title(self._language) if name in EXACT else self._texts.sentence(code, self._language)
        return {
            "id": name,
            "shortDescription": {"text": title},
            "fullDescription": {"text": self._texts.sentence(code, self._language)},
            "properties": {"tags": ["mail", code]},
        }

    def _result(
        self, report: Report, finding: Finding, part: PartRecord | None, location: dict[str, Any]
    ) -> dict[str, Any]:
        name = finding.kind if finding.kind in KINDS else finding.code
        if name not in self._rules:
            self._rules[name] = len(self._codes)
            self._codes.append((name, finding.code))
        place: dict[str, Any] = {"physicalLocation": {"artifactLocation": location}}
        if finding.part:
            place["logicalLocations"] = [{"fullyQualifiedName": whole(finding.part), "kind": "part"}]
        if finding.offset is not None and part is not None and part.parent is None:
            place["physicalLocation"]["region"] = {"byteOffset": finding.offset, "byteLength": 0}
        level = _LEVELS.get(finding.action)
        stable = "\0".join((name, (part.sha256 if part else "") or "", finding.part, finding.detail))
        return {
            "ruleId": name,
            "ruleIndex": self._rules[name],
            "kind": "fail" if level else "informational",
            "level": level or "none",
            "message": {"text": whole(self._said(finding))},
            "locations": [place],
            "partialFingerprints": {"attachguard/1": hashlib.sha256(stable.encode("utf-8", "replace")).hexdigest()},
            "properties": _properties(report, finding, part),
        }

    def _said(self, finding: Finding) -> str:
        sentence = self._texts.sentence(finding.code, self._language) if finding.code in CODES else finding.code
        where = f" ({finding.part})" if finding.part else ""
        return f"{sentence} {finding.detail}{where}" if finding.detail else sentence + where


def _properties(report: Report, finding: Finding, part: PartRecord | None) -> dict[str, Any]:
    """What a log has no place of its own for."""
    values = {
        "action": finding.action.value,
        "verdict": report.verdict.action.value,
        "policy": f"{report.policy.id} {report.policy.version}",
        "clause": finding.cite,
        "code": finding.code,
        "sha256": part.sha256 if part else None,
        "yara": finding.yara.rule if finding.yara else None,
    }
    return {name: whole(value) for name, value in values.items() if value}


def _uri(source: str) -> str:
    """Where a mail or file is; of a message in a mailbox the place in it follows the file."""
    if Path(source).is_absolute():
        return "file://" + quote(whole(source), safe="/")
    return quote(whole(source) or "stdin", safe="/")
