"""The header fields that tell those further on what was decided, and whether the message reads in one way only.

A gateway takes out every copy that came in before it adds its own: anybody can write such a field.

`MIME-Ambiguity-Results` is named after draft-chen-email-mime-ambiguity-defense, whose grammar was not available. What is written here is
experimental, is written only where the policy asks for it, and claims no conformance.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from attachguard.model import Report
from attachguard.outcome import facts

#: The field, and the prefix of names that are kept for it.
NAME: Final = "X-Attachguard"
#: Experimental; see above.
AMBIGUITY: Final = "MIME-Ambiguity-Results"
#: The classes that a finding's detail names, and how many further bodies and names there were.
_DIFFER: Final = re.compile(r"readings differ: ([a-z0-9, -]+) \((?:(\d+) further|more readings than are followed)\)")
_TOKEN: Final = re.compile(r"[^A-Za-z0-9._+-]")
#: IMAP section numbers, and text around parts. What another reading of the message found has none.
_SECTION: Final = re.compile(r"[0-9.]*(?:preamble|epilogue)?")
#: Entries listed; RFC 5322 section 2.1.1 allows 998 characters in a line.
_LISTED: Final = 12


#: A field that only we may write, with its folds. Whoever reads mail ignores blanks before the colon.
_OURS: Final = re.compile(
    rb"^(?:%b[^:\r\n]*|%b[ \t]*):[^\n]*(?:\n[ \t][^\n]*)*\n?" % (NAME.encode(), AMBIGUITY.encode()),
    re.IGNORECASE | re.MULTILINE,
)
_END: Final = re.compile(rb"^\r?\n", re.MULTILINE)


class HeaderFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a gateway does to the header of the message.

    Args:
        remove: names of fields to take out wherever they are, in whatever case.
        add: fields to put on top: name and value, one line each, ASCII.
    """

    remove: tuple[str, ...]
    add: tuple[tuple[str, str], ...]


def header_fields(report: Report) -> HeaderFields:
    """The fields for a report.

    The value is a list of `key=value`: `verdict`, `reasons`, `concerned` (section numbers of the parts that it is about), `parts` (how many
    were looked at), `complete` where something was left unread, and `policy`. Nothing in it comes from the message.

    Args:
        report: what was decided.
    """
    words = [f"verdict={report.verdict.action.value}"]
    if report.verdict.reasons:
        words.append(f"reasons={_listed(report.verdict.reasons)}")
    sections = (path.partition("!/")[0] for path in facts.concerned(report) if path)
    concerned = list(dict.fromkeys(section if _SECTION.fullmatch(section) else "other" for section in sections))
    if concerned and report.kind == "message":
        words.append(f"concerned={_listed(concerned)}")
    words.append(f"parts={len(report.parts)}")
    if not report.complete:
        words.append("complete=no")
    words.append(f"policy={_TOKEN.sub('_', report.policy.id)}/{_TOKEN.sub('_', report.policy.version)}"[:200])
    fields = [(NAME, "; ".join(words))]
    if report.ambiguity_results and report.kind == "message":
        fields.append((AMBIGUITY, _ambiguity(report)))
    return HeaderFields(remove=(NAME, AMBIGUITY), add=tuple(fields))


def without_ours(message: bytes) -> bytes:
    """The message without fields that somebody wrote in our name; otherwise octet by octet as it is.

    Args:
        message: a whole mail.
    """
    end = _END.search(message)
    header = message[: end.start()] if end is not None else message
    return _OURS.sub(b"", header) + message[len(header) :]


def _ambiguity(report: Report) -> str:
    """Who says it, that it is an experiment, the result, and what the result rests on.

    The result is `none`, `ambiguous`, or `unknown` where the message was not read to its end; `classes` are those of docs/ambiguity.md,
    `views` counts bodies and names that only other readings have.
    """
    details = [finding.detail for finding in report.findings if finding.code == "ambiguous-mime"]
    result = "ambiguous" if details else "none" if report.complete else "unknown"
    words = [report.ambiguity_results, "experimental=1", f"result={result}"]
    found = [match for detail in details if (match := _DIFFER.match(detail))]
    classes = list(dict.fromkeys(kind for match in found for kind in match[1].split(", ")))
    if classes:
        words.append(f"classes={_listed(classes)}")
    if details:
        views = sum(int(match[2]) for match in found if match[2])
        words.append(
            f"views={views}" if len(found) == len(details) and all(match[2] for match in found) else "views=many"
        )
    return "; ".join(words)


def _listed(words: tuple[str, ...] | list[str]) -> str:
    shown = [_TOKEN.sub("_", word)[:40] for word in words[:_LISTED]]
    return ",".join(shown) + (f",+{len(words) - _LISTED}" if len(words) > _LISTED else "")
