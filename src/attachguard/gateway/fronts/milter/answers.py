"""A judgement in the words of the milter protocol: which frames change the mail, and which one ends it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from attachguard.gateway.fronts.milter import codec
from attachguard.gateway.fronts.milter.mail import Field, Mail, wire
from attachguard.gateway.serve.case import Judgement
from attachguard.model import Action, Report
from attachguard.outcome import header_fields
from attachguard.outcome.mime import unstructured

#: Fields that nobody but us may write.
_OURS: Final = b"x-attachguard"
_REPLY: Final = re.compile(r"[45]\d\d [45]\.\d{1,3}\.\d{1,3} [ -~]{1,800}")
_LINE: Final = 76
#: Octets of a line of Subject, beside its name.
_LONGEST: Final = 900
_FAILED: Final = {
    "busy": "451 4.3.2 Too many messages are being inspected; try again later",
    "too-large": "552 5.3.4 The message is too large to be inspected",
}
_DEFERRED: Final = "451 4.7.1 The message could not be inspected; try again later"
_REFUSED: Final = "550 5.7.1 The message could not be inspected"


def early(judgement: Judgement) -> bytes | None:
    """The answer before the end of the message; None where it has to be waited for."""
    if judgement.action in (Action.REJECT, Action.DISCARD, Action.DEFER):
        return final(judgement)
    return None


def final(judgement: Judgement) -> bytes:
    """The frame that ends a message whose content is not changed."""
    if judgement.action is Action.DISCARD:
        return codec.DISCARD
    if judgement.action in (Action.REJECT, Action.DEFER):
        return codec.reply(reply_line(judgement))
    return codec.CONTINUE


def reply_line(judgement: Judgement) -> str:
    """What the sending server is told."""
    deferred = judgement.action is Action.DEFER
    if judgement.failure:
        return _FAILED.get(judgement.failure, _DEFERRED if deferred else _REFUSED)
    line = " ".join((judgement.report.verdict.smtp or "").encode("ascii", "replace").decode().split())
    if _REPLY.fullmatch(line) and line.startswith("4" if deferred else "5"):
        return line
    return _DEFERRED if deferred else f"550 5.7.1 Refused: {', '.join(judgement.report.verdict.reasons[:3])}"


def at_end(judgement: Judgement, mail: Mail, actions: int, steps: int, *, field: bool) -> Iterator[bytes]:
    """All frames at the end of a message.

    Args:
        judgement: what becomes of it.
        mail: its fields as they came.
        actions: what the mail server lets us do.
        steps: what was agreed about the protocol.
        field: whether delivered mail gets our field.
    """
    action = judgement.action
    if action not in (Action.QUARANTINE, Action.SANITIZE, Action.WITHHOLD) and not action.delivers:
        yield final(judgement)
        return
    if action in (Action.SANITIZE, Action.WITHHOLD):
        copy = judgement.report.sanitized
        needed = codec.CHANGE_BODY | codec.CHANGE_FIELDS | codec.ADD_FIELDS
        if copy is None or actions & needed != needed:
            # There is no copy that could go out, or no way to hand it over: a person looks.
            action = Action.QUARANTINE
        else:
            yield from _copied(copy, mail, spaced=bool(steps & codec.LEADING_SPACE))
    if action is Action.QUARANTINE:
        if not actions & codec.QUARANTINE:
            yield codec.reply(_DEFERRED)
            return
        yield codec.quarantine(f"attachguard: {','.join(judgement.report.verdict.reasons[:5])}")
    report = judgement.report
    if judgement.failure:
        # The field says what became of the mail, which the operator decided and not the policy.
        verdict = msgspec.structs.replace(report.verdict, action=judgement.action)
        report = msgspec.structs.replace(report, verdict=verdict)
    yield from _marked(report, mail, actions, steps, field=field)
    yield codec.CONTINUE


def _marked(report: Report, mail: Mail, actions: int, steps: int, *, field: bool) -> Iterator[bytes]:
    """Take out what only we may write, write our own, tag the subject."""
    spaced = bool(steps & codec.LEADING_SPACE)
    fields = header_fields(report)
    if actions & codec.CHANGE_FIELDS:
        forged = [name.lower().encode() for name in fields.remove]
        all_names = b"\n".join([name for name, _value in mail.fields]).lower()
        if any(each in all_names for each in (_OURS, *forged)):
            yield from _removed(forged, mail)
        if report.verdict.tag:
            yield from _tagged(report.verdict.tag, mail, spaced=spaced)
    if field and actions & codec.ADD_FIELDS:
        for ours, text in reversed(fields.add):
            yield codec.insert(0, ours.encode(), _spaced(_folded(text), spaced=spaced))


def _removed(forged: list[bytes], mail: Mail) -> Iterator[bytes]:
    """Take out the fields of these names, and those that begin as ours do."""
    counts: dict[bytes, list[bytes]] = {}
    for name, _value in mail.fields:
        key = name.strip().lower()
        if key in forged or key.startswith(_OURS):
            counts.setdefault(key, []).append(name)
    for names in counts.values():
        # From the last one up: each deletion moves those after it.
        for index in range(len(names), 0, -1):
            yield codec.change(index, names[index - 1], b"")


def _tagged(words: str, mail: Mail, *, spaced: bool) -> Iterator[bytes]:
    tag = unstructured(words).replace(b"\r\n", b"\n")
    for name, value in mail.fields:
        if name.strip().lower() == b"subject":
            text = value.lstrip(b" ")
            if not text.startswith(tag):
                yield codec.change(1, name, _spaced(_joined(tag, text), spaced=spaced))
            return
    yield codec.add(b"Subject", _spaced(tag, spaced=spaced))


def _joined(tag: bytes, text: bytes) -> bytes:
    """Tag and subject, readable apart: blanks between two encoded words are not shown (RFC 2047), and lines have an end (RFC 5322)."""
    if tag.endswith(b"?=") and text.lstrip().startswith(b"=?"):
        tag += b" =?utf-8?Q?_?="
    long = len(tag) + len(text.partition(b"\n")[0]) > _LONGEST
    return tag + (b"\n " if long else b" ") + text


def _copied(copy: bytes, mail: Mail, *, spaced: bool) -> Iterator[bytes]:
    """The changes that make the copy of the mail: fields that differ, in their place where that can be, and the body."""
    fields, content = split(copy)
    if not spaced:
        fields = [(name, value.removeprefix(b" ")) for name, value in fields]
    old, new = _by_name(mail.fields), _by_name(fields)
    for key in {**old, **new}:
        before, after = old.get(key, []), new.get(key, [])
        for index in range(len(before), len(after), -1):
            yield codec.change(index, before[index - 1][0], b"")
        for index, (_name, value) in enumerate(after[: len(before)], 1):
            if wire(before[index - 1][1]) != wire(value):
                yield codec.change(index, before[index - 1][0], value)
        for name, value in after[len(before) :]:
            yield codec.add(name, value)
    yield codec.body(content)


def _by_name(fields: list[Field]) -> dict[bytes, list[Field]]:
    groups: dict[bytes, list[Field]] = {}
    for name, value in fields:
        groups.setdefault(name.strip().lower(), []).append((name, value))
    return groups


def split(message: bytes) -> tuple[list[Field], bytes]:
    """The fields of a message, as the protocol wants them, and its body."""
    fields: list[Field] = []
    place = 0
    while place < len(message):
        stop = message.find(b"\n", place) + 1 or len(message)
        line = message[place:stop].rstrip(b"\r\n")
        place = stop
        if not line:
            break
        if line[:1] in (b" ", b"\t") and fields:
            name, value = fields[-1]
            fields[-1] = (name, value + b"\n" + line)
        else:
            name, _, value = line.partition(b":")
            fields.append((name, value))
    return fields, message[place:]


def _spaced(value: bytes, *, spaced: bool) -> bytes:
    """A value with the blank that follows the colon, where it is ours to write."""
    return b" " + value if spaced else value


def _folded(value: str) -> bytes:
    """A value in ASCII, broken after semicolons where it is long; folds are bare line feeds here."""
    if len(value) <= _LINE:
        return value.encode("ascii", "replace")
    lines: list[str] = []
    for piece in value.encode("ascii", "replace").decode().split("; "):
        if lines and len(lines[-1]) + len(piece) + 2 <= _LINE:
            lines[-1] += "; " + piece
        else:
            if lines:
                lines[-1] += ";"
            lines.append(piece)
    return "\n\t".join(lines).encode()
