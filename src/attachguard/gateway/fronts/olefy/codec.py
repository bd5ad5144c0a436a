"""olefy's protocol: a request's head distinguished from its content, and a report in the words of olevba. No I/O.

A request is `OLEFY/1.0`, fields, an empty line, the content of one part up to the end of the connection; or `PING` and an empty line. The answer is
a JSON array as `olevba --json` writes it, and then a mark of its own. rspamd takes the answer from its first read, so it is kept below 8192 octets.
The only `Method` is oletools; a request that names another one is refused, as one is that ends before its head does.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from attachguard.formats.office._office.vbagrade import grade
from attachguard.gateway.serve.case import Judgement
from attachguard.model import Finding, Report
from attachguard.version import VERSION

END: Final = b"\t\n\n\t"
PONG: Final = b"PONG"
_MARK: Final = b"OLEFY/1.0\n"
_PING: Final = b"PING\n\n"
_METHOD: Final = re.compile(rb"(?mi)^Method:(?![ \t]*oletools[ \t]*$)")
#: A longer head is refused.
_HEAD: Final = 4096
_WORDS: Final = 12
_MACROS: Final = 12
#: olevba's exit statuses: encrypted, and "unexpected error"; one that rspamd tries again after.
_ENCRYPTED, _FAILED, _AGAIN = 9, 8, 6
_CLOSED: Final = frozenset({"encrypted-unknown-password", "encrypted-unknown-key", "encryption-scheme-not-supported"})


class Request:
    """Takes the octets of a connection."""

    __slots__ = ("_held", "ping", "refused", "started")

    def __init__(self) -> None:
        self._held = b""
        #: The head is through; what comes now is content.
        self.started = False
        self.ping = False
        self.refused = False

    def take(self, data: bytes) -> bytes:
        """The content in the next octets."""
        if self.started or self.refused or self.ping:
            return data if self.started else b""
        self._held += data
        if self._held.startswith(_PING):
            self.ping = True
            return b""
        head, empty, content = self._held.partition(b"\n\n")
        if not empty:
            self.refused = len(self._held) > _HEAD or not _agrees(self._held)
            return b""
        if not head.startswith(_MARK) or len(head) > _HEAD or _METHOD.search(head):
            self.refused = True
            return b""
        self.started = True
        self._held = b""
        return content


def _agrees(held: bytes) -> bool:
    """Whether a head may begin like this."""
    return any(held[: len(mark)] == mark[: len(held)] for mark in (_MARK, _PING))


def refusal(text: str) -> bytes:
    """The answer to what is no request."""
    return msgspec.json.encode([{"error": text}]) + END


def answer(judgement: Judgement) -> bytes:
    """What rspamd is told about a part."""
    report = judgement.report
    if judgement.failure:
        return _told([_message(judgement.failure)], _AGAIN if judgement.failure == "busy" else _FAILED)
    found = [finding for finding in report.findings if finding.code == "macro-content"]
    if found:
        return _told([_container(report, found)], 0)
    if any(finding.code in _CLOSED for finding in report.findings):
        return _told([_message("encrypted")], _ENCRYPTED)
    if not report.complete:
        return _told([_message("not read to its end")], _FAILED)
    return _told([_container(report, [])], 0)


def _told(middle: list[dict[str, Any]], status: int) -> bytes:
    about = {"script_name": "attachguard", "version": VERSION, "type": "MetaInformation"}
    ending = {"type": "MetaInformation", "return_code": status, "n_processed": 1}
    return msgspec.json.encode([about, *middle, ending]) + END


def _message(text: str) -> dict[str, Any]:
    return {"type": "msg", "level": "ERROR", "message": text}


def _container(report: Report, found: list[Finding]) -> dict[str, Any]:
    """The file and its macros; an empty list of analyses is taken for a defect of olevba, so there is none or at least one."""
    root = report.parts[0]
    analyses = [each for finding in found for each in _analyses(finding)][:_WORDS]
    macros = [
        {"vba_filename": f"macro{number}", "subfilename": "", "ole_stream": finding.kind, "code": ""}
        for number, finding in enumerate(found[:_MACROS], 1)
    ]
    return {
        "container": None,
        "file": "part",
        "type": "OLE" if "cfb" in root.types or root.type.id in ("doc", "xls", "ppt") else "OpenXML",
        "json_conversion_successful": True,
        "analysis": (analyses or [{"type": "IOC", "keyword": "macro", "description": "a macro without words of note"}])
        if found
        else None,
        "macros": macros,
    }


def _analyses(finding: Finding) -> list[dict[str, str]]:
    """A finding in olevba's words: what starts by itself, and what may do harm."""
    words = [word.strip() for word in finding.detail.partition(": ")[2].split(",")]
    graded = grade("\n".join(words))
    running, suspicious = list(graded.running), list(graded.suspicious)
    if finding.kind == "vba-auto-exec" and not running:
        running = words[:1]
    if finding.kind in ("vba-suspicious", "vba-stomped", "xlm") and not suspicious:
        suspicious = [finding.kind]
    return [
        *({"type": "AutoExec", "keyword": _short(word), "description": "runs by itself"} for word in running),
        *({"type": "Suspicious", "keyword": _short(word), "description": "may do harm"} for word in suspicious),
    ]


def _short(word: str) -> str:
    return "".join(mark if mark.isascii() and (mark.isalnum() or mark in "._- ") else "_" for mark in word[:40])
