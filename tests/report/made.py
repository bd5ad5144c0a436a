"""Reports made by hand, for what no scan of a sample brings together."""

from __future__ import annotations

from attachguard.model import (
    Action,
    Check,
    FileType,
    Finding,
    Notify,
    PartRecord,
    PolicyName,
    Removed,
    Report,
    Scope,
    Signature,
    Verdict,
)

#: Names and words that want to be more than text.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><style>*{display:none}",
    "' onmouseover='alert(1)",
    "Rechnung_\u202efdp.exe",
    "a\x00b\x1b[31mc\r\nd",
    "\ud800half",
    "&lt;b&gt;&#60;",
    "<!--",
    "]]>",
    "javascript:alert(1)",
    "=cmd|' /C calc'!A0",
)


def part(path: str, parent: str | None = None, **fields) -> PartRecord:
    values = {
        "name": path.rpartition("!/")[2], "declared": None, "role": "member" if parent else "message", "types": ("txt",), "size": 3,
        "type": FileType("txt", "text/plain", "text", ("txt",)), "sha256": "ab" * 32,
    }  # fmt: skip
    return PartRecord(path=path, parent=parent, **{**values, **fields})


def report(source: str = "mail.eml", action: Action = Action.REJECT, reasons=("macro-content",), **fields) -> Report:
    values = {
        "kind": "message", "policy": PolicyName("strict", "1"), "findings": (), "parts": (part("", role="message"),), "checks": (),
        "sha256": "cd" * 32, "size": 1234, "complete": True, "seconds": 0.1,
        "verdict": Verdict(action, Scope.MESSAGE, Notify.NONE, tuple(reasons)),
    }  # fmt: skip
    return Report(source=source, **{**values, **fields})


def hostile(text: str) -> Report:
    """A report that holds a text wherever a report holds text of others."""
    verdict = Verdict(
        Action.REJECT, Scope.MESSAGE, Notify.BOTH, ("macro-content", text), f"550 5.7.1 {text}", (text,), text, 3
    )
    finding = Finding(
        "macro-content", text, Action.REJECT, detail=text, source=text, cite=text, label=text, rule=text, kind="vba"
    )
    loose = Finding("macro-content", text + "/elsewhere", Action.FLAG, detail=text, kind=text)
    return report(
        text,
        verdict=verdict,
        policy=PolicyName(text, text),
        findings=(finding, loose),
        parts=(part(""), part(text, "", name=text, declared=text, types=("txt", text), sha256=text)),
        checks=(Check(text, "fail", text),),
        signatures=(Signature(part=text, format=text, signer=text, time=text, cause=text, trust_cause=text),),
        removed=(Removed(text, "macro-content", text, text, text, 5),),
    )
