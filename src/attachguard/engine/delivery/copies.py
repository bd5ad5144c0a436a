"""The copy of a message or file that may be delivered: cleaned where that can be, with placeholders where it cannot.

A top-level part is cleaned by itself, as a file or message of its own under the same policy; what cannot be cleaned is noted as `sanitize-failed` and
withheld. Everything else of a message stays byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from attachguard.engine.caught import caught
from attachguard.engine.delivery.cleaning import Again, Copy, clean_file, failed
from attachguard.engine.delivery.reencode import decoded, disposition, fields, media_type, rebuilt
from attachguard.engine.delivery.withhold import deliverable, item_of
from attachguard.engine.judge import Judge
from attachguard.kinds import KINDS
from attachguard.mail.message import Span
from attachguard.model import Action, Check, Finding, PartRecord, Removed
from attachguard.outcome.mime import text_part
from attachguard.outcome.templates import Templates, shown
from attachguard.part import Part
from attachguard.sanitizers.record import Refusal
from attachguard.types.filetypes import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from attachguard.engine.hook_calls import Patience

_FOUND: Final = 12
_HEADER: Final = 1 << 20


class Source(NamedTuple):
    """What a copy is made of.

    Args:
        data: the input as it came.
        root: the part that it is.
        judge: what was found, and what follows from it.
        parts: all parts.
        templates: texts of placeholders and notes.
        again: scans what a sanitizer gives.
    """

    data: bytes
    root: Part
    judge: Judge
    parts: tuple[Part, ...]
    templates: Templates
    again: Again


class Made(NamedTuple):
    """A copy that may be delivered.

    Args:
        data: its bytes.
        removed: what is not in it any more.
        originals: parts that are not in it as they came, with their content.
        name: file name for it, where that is another than before.
        checks: what the change means for those who check it further on.
    """

    data: bytes
    removed: tuple[Removed, ...]
    originals: tuple[tuple[PartRecord, bytes], ...]
    name: str = ""
    checks: tuple[Check, ...] = ()

    def kept(self, patience: Patience, keeper: Callable[[PartRecord, bytes], object]) -> bool:
        """Hand the originals to whoever keeps them; whether all of them were taken."""
        return not any(patience.within(partial(keeper, *one))[1] for one in self.originals)


def file_copy(source: Source) -> Made | None:
    """A file without what the policy wants out; None where there is no such copy."""
    root, judge = source.root, source.judge
    if not any(finding.action is Action.SANITIZE for finding in judge.findings):
        return None
    copy = _attempt(
        source,
        root,
        lambda: clean_file(
            source.data,
            root,
            judge.findings,
            _wants(judge, root),
            source.again,
            decrypted=judge.policy.data.decrypted,
        ),
    )
    if copy is None:
        return None
    return Made(copy.data, copy.removed, ((root.record(), source.data),), copy.name if copy.name != root.name else "")


def message_copy(source: Source, spans: Mapping[Part, Span]) -> Made | None:
    """A message with its parts cleaned or replaced; None where what is left may not be delivered either."""
    judge, data = source.judge, source.data
    removed: list[Removed] = []
    cleaned: dict[Part, bytes] = {}
    originals: list[tuple[PartRecord, bytes]] = []
    for part in list(judge.withheld):
        span = spans.get(part)
        header = data[span.begin : span.body] if span is not None else b""
        content = decoded(header, data[span.body : span.end]) if span is not None else data
        originals.append((part.record(), content))
        copy = None
        if span is not None and not span.place and not span.signed and _cleanable(judge, part):
            copy = _attempt(source, part, partial(_clean_part, source, part, content))
        if copy is None:
            removed.append(_withheld(judge, part, content))
            continue
        assert span is not None
        removed += copy.removed
        cleaned[part] = _entity(source, part, span, copy)
    made = deliverable(data, judge, spans, source.root, source.templates, cleaned)
    report = source.again(made, name="", kind="message", role="attachment", clean=False)
    if not report.verdict.action.delivers:
        return None
    return Made(made, tuple(removed), tuple(originals), checks=tuple(_consequences(data, spans, source.root)))


def _consequences(data: bytes, spans: Mapping[Part, Span], root: Part) -> Iterator[Check]:
    """Signatures of mail servers over the body as it came: they hold no longer, and nobody shall be surprised."""
    span = spans.get(root)
    names = [name for name, _ in fields(data[span.begin : span.body] if span is not None else data[:_HEADER])]
    for name, word in ((b"dkim-signature", "DKIM"), (b"arc-message-signature", "ARC")):
        count = names.count(name)
        if count:
            cause = f"{count} {word} signature{'s' if count > 1 else ''} cover the body as it came, not the copy"
            yield Check(f"{word.lower()}-of-the-copy", "fail", cause)


def _attempt(source: Source, part: Part, step: Callable[[], Copy]) -> Copy | None:
    """Run one cleaning; what keeps it from its end is noted about the part."""
    copy, error = caught(step)
    if error is None:
        return copy
    reason = str(error) if isinstance(error, Refusal) else f"the sanitizer failed: {type(error).__name__}"
    finding = failed(part, reason)
    source.judge.note(part, finding, "sanitize")
    return None


def _wants(judge: Judge, part: Part) -> Callable[[str], bool]:
    """Whether the policy wants facts of a kind out of a part."""
    answers: dict[str, bool] = {}

    def wants(kind: str) -> bool:
        if kind not in answers:
            known = kind in KINDS
            answers[kind] = (
                known and judge.policy.judge(part.finding(kind), part, judge.envelope).action is Action.SANITIZE
            )
        return answers[kind]

    return wants


def _stands_in(path: str, top: Part) -> bool:
    """Whether something with this path is a top-level part or is in it; parts of an attached message have its number before theirs."""
    section = top.path.partition("!/")[0]
    inside = path.startswith(f"{top.path}!/") or (top.type.id == "eml" and path.startswith(f"{section}."))
    return path == top.path or inside


def _cleanable(judge: Judge, top: Part) -> bool:
    """Whether nothing about a top-level part asks for more than cleaning."""
    mine = [finding for finding in judge.findings if _stands_in(finding.part, top)]
    return any(finding.action is Action.SANITIZE for finding in mine) and not any(
        finding.action is Action.WITHHOLD for finding in mine
    )


def _clean_part(source: Source, part: Part, content: bytes) -> Copy:
    """One part cleaned by itself, as a scan of its own."""
    kind: Literal["auto", "message"] = "message" if part.size is None and part.type.id == "eml" else "auto"
    report = source.again(content, name=part.name, kind=kind, role=part.role, clean=True)
    if report.sanitized is None or report.verdict.action is not Action.SANITIZE:
        reason = next((finding.detail for finding in report.findings if finding.code == "sanitize-failed"), "")
        raise Refusal(reason or "by itself it cannot be cleaned")
    root = report.parts[0]
    removed = tuple(msgspec.structs.replace(each, part=_place(part, each.part, root)) for each in report.removed)
    return Copy(report.sanitized, removed, report.sanitized_name or part.name)


def _place(part: Part, inner: str, root: PartRecord) -> str:
    """Where something is in the message that was found in one part of it."""
    if inner == root.path:
        return part.path
    if root.role == "message":
        return f"{part.path.partition('!/')[0]}.{inner}"
    return f"{part.path}!/{inner.removeprefix(f'{root.path}!/')}"


def _withheld(judge: Judge, part: Part, content: bytes) -> Removed:
    """The record of a part that a placeholder stands for."""
    finding = next(
        (finding for finding in judge.findings if not finding.action.delivers and _stands_in(finding.part, part)),
        Finding(next(iter(judge.withheld[part]))[0]),
    )
    item = item_of(part, (), content, None)
    return Removed(part.path, finding.code, finding.kind, finding.detail, item.sha256, item.size)


def _entity(source: Source, part: Part, span: Span, copy: Copy) -> bytes:
    """The part with its new content, and after an attachment a note that says what is not in it any more."""
    data = source.data
    header = data[span.begin : span.body]
    name = copy.name if copy.name != part.name else ""
    mime = _media_type(header, part, copy) if name else ""
    delimiter = _delimiter(data, span)
    entity = rebuilt(header, copy.data, name=name, mime=mime, forbidden=delimiter)
    # A forwarded mail says by itself what was taken out of it.
    if not delimiter or disposition(header) != "attachment" or part.type.id == "eml":
        return entity
    newline = b"\r\n" if b"\r\n" in header else b"\n"
    return newline.join((entity, delimiter, text_part(note(source.templates, part, copy), newline)))


def _media_type(header: bytes, part: Part, copy: Copy) -> str:
    """The media type of the new type, where the header claimed that of the old one."""
    extension = copy.name.rpartition(".")[2].lower()
    new = TYPES[extension].mime if extension in TYPES else ""
    return new if new and media_type(header) in (part.type.mime.lower(), "") else ""


def _delimiter(data: bytes, span: Span) -> bytes:
    """The delimiter line before a part; empty where it follows none."""
    line = data[: span.begin].rstrip(b"\r\n").rpartition(b"\n")[2].rstrip()
    return (
        line if line.startswith(b"--") and len(line) > 2 and data[span.end :].lstrip(b"\r\n").startswith(line) else b""
    )


def note(templates: Templates, part: Part, copy: Copy) -> str:
    """What was taken out of a part, in every language that the templates name."""
    texts = []
    for language in templates.languages:
        lines = dict.fromkeys(templates.kind(record.code, record.kind, language) for record in copy.removed)
        listed = "\n".join(f"- {line}" for line in list(lines)[:_FOUND])
        texts.append(templates.fill("cleaned", language, {"name": shown(copy.name or part.name), "items": listed}))
    return "\n".join(texts)
