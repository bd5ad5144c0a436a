"""The message without what was withheld: each top-level part that has to go is replaced by a text that says what it was and why.

Everything else stays byte for byte. Where that cannot be done, because the part is inside content that is signed as a whole, the policy says
what happens instead (`[signatures] on-signed`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from attachguard.engine.judge import TAKING, Judge
from attachguard.engine.tree import top_level
from attachguard.mail.message import Span
from attachguard.model import Action, Finding, Notify, Scope
from attachguard.outcome.mime import text_part
from attachguard.outcome.templates import Item, Templates
from attachguard.part import Part

#: What is in place of text around the parts of a multipart, which no client shows.
_AROUND: Final = b"(removed)"
_RAISED: Final = {"reject": Action.REJECT, "withhold": Action.WITHHOLD}


def settle_signed(judge: Judge, parts: Iterable[Part], spans: Mapping[Part, Span]) -> None:
    """Put the policy's answer in place of what would break a signature.

    Args:
        judge: its findings are changed, and what shall be taken out.
        parts: all parts of the message.
        spans: where the top-level parts are in the message.
    """
    signed = [part for part in judge.withheld if part in spans and _is_signed(part, spans)]
    _settle_altered(judge, [part for part in parts if part.signed and top_level(part) not in signed])
    if not signed:
        return
    choice = judge.policy.data.on_signed
    notices = {notify for part in signed for notify in judge.withheld[part].values()}
    for part in signed:
        detail = "signed as a whole: nothing can be taken out without breaking the signature"
        judge.note(part, part.finding("signed-part-not-modifiable", detail), "withhold")
    if choice == "deliver-as-is":
        for part in signed:
            del judge.withheld[part]
    paths = {part.path for part in parts if top_level(part) in signed}
    notify = Notify.NONE if Notify.NONE in notices else max(notices, key=lambda each: list(Notify).index(each))
    judge.findings[:] = [
        _settled(finding, choice, notify) if finding.part in paths else finding for finding in judge.findings
    ]


def settle_file(judge: Judge, root: Part) -> None:
    """Put the policy's answer in place of changes to a signed file that is no message.

    Args:
        judge: its findings are changed.
        root: the file.
    """
    _settle_altered(judge, [root])


def _settle_altered(judge: Judge, signed: Iterable[Part]) -> None:
    """Put the policy's answer in place of changes to attachments that are signed by themselves: they go whole, or not at all.

    Args:
        judge: its findings are changed, and what shall be taken out.
        signed: signed parts that may be taken out of the message.
    """
    tops = {top_level(part): part for part in signed}
    inside = {finding.part for finding in judge.findings if finding.action is Action.SANITIZE}
    choice = judge.policy.data.on_signed
    for top, part in tops.items():
        mine = {path for path in inside if path == top.path or path.startswith(f"{top.path}!/")}
        if not mine:
            continue
        judge.note(
            part, part.finding("signed-part-not-modifiable", "signed: it cannot be changed, only kept back"), "withhold"
        )
        action = {"deliver-as-is": Action.FLAG, "reject": Action.REJECT}.get(choice, Action.WITHHOLD)
        scope = Scope.MESSAGE if action is Action.REJECT else Scope.ATTACHMENT
        judge.findings[:] = [
            msgspec.structs.replace(finding, action=action, scope=scope)
            if finding.part in mine and finding.action is Action.SANITIZE
            else finding
            for finding in judge.findings
        ]
        if choice == "deliver-as-is" and not any(
            finding.action in TAKING and (finding.part == top.path or finding.part.startswith(f"{top.path}!/"))
            for finding in judge.findings
        ):
            judge.withheld.pop(top, None)


def _is_signed(part: Part, spans: Mapping[Part, Span]) -> bool:
    """Inside multipart/signed, or inside the one signed object that the message consists of."""
    if spans[part].signed:
        return True
    root = next((span for holder, span in spans.items() if holder.role == "message" and holder.parent is None), None)
    return part.signed and root is not None and spans[part].begin == root.begin


def _settled(finding: Finding, choice: str, notify: Notify) -> Finding:
    marks = finding.code == "signed-part-not-modifiable"
    if choice == "deliver-as-is":
        return msgspec.structs.replace(finding, action=Action.FLAG) if finding.action in TAKING else finding
    raised = _RAISED[choice]
    if finding.action not in TAKING and not (marks and finding.action.strength < raised.strength):
        return finding
    return msgspec.structs.replace(
        finding, action=raised, scope=Scope.MESSAGE, notify=notify if marks else finding.notify
    )


def deliverable(
    original: bytes,
    judge: Judge,
    spans: Mapping[Part, Span],
    root: Part,
    templates: Templates,
    cleaned: Mapping[Part, bytes] = MappingProxyType({}),
) -> bytes:
    """The message without what was withheld; without its whole content where that stands for everything or cannot be found in it.

    Args:
        original: the message as it came.
        judge: what shall be taken out, and why.
        spans: where the top-level parts are in the message.
        root: the message.
        templates: texts of the placeholders.
        cleaned: what is in place of parts that could be cleaned, header and body.
    """
    whole = spans.get(root) or Span(0, 0, len(original), "", signed=False)
    policy = f"{judge.policy.id} {judge.policy.version}"
    newline = b"\r\n" if b"\r\n" in original[whole.begin : whole.body] else b"\n"
    items = {
        part: item_of(part, reasons, original, spans.get(part))
        for part, reasons in judge.withheld.items()
        if part not in cleaned
    }
    if any(part not in spans or spans[part].signed or spans[part].begin == whole.begin for part in items):
        kept = b"".join(_other_fields(original[whole.begin : whole.body]))
        if kept and not kept.endswith((b"\n", b"\r")):
            kept += newline
        placeholder = text_part(_text(items.values(), templates, policy), newline)
        return b"".join((original[: whole.begin], kept, b"MIME-Version: 1.0", newline, placeholder, newline))
    pieces: list[bytes] = []
    place = 0
    for part in sorted((*items, *cleaned), key=lambda part: spans[part].begin):
        span = spans[part]
        pieces.append(original[place : span.begin])
        if part in cleaned:
            pieces.append(cleaned[part])
        else:
            pieces.append(_AROUND if span.place else text_part(_text([items[part]], templates, policy), newline))
        # A part that is empty may end where the delimiter line begins, and then the line break in front was part of its header.
        if original[span.end : span.end + 1] not in (b"\r", b"\n"):
            pieces.append(newline)
        place = span.end
    pieces.append(original[place:])
    return b"".join(pieces)


def item_of(part: Part, reasons: Iterable[tuple[str, str]], original: bytes, span: Span | None) -> Item:
    """A part as texts name it."""
    size, sha256 = part.size, part.sha256
    if size is None and span is not None:
        # An attached message was read in its parts; what is named is the whole of it.
        content = original[span.body : span.end]
        size, sha256 = len(content), hashlib.sha256(content).hexdigest()
    kind = part.type
    section = part.path.partition("!/")[0]
    return Item(part.name, f"{kind.id}, {kind.mime}", size, sha256, section, tuple(reasons))


def _text(items: Iterable[Item], templates: Templates, policy: str) -> str:
    """The placeholder in every language that the templates name."""
    items = tuple(items)
    texts = []
    for language in templates.languages:
        listed = "\n\n".join(templates.item("withheld-item", language, item) for item in items)
        texts.append(templates.fill("withheld", language, {"items": listed, "policy": policy}))
    return "\n".join(texts)


def _other_fields(header: bytes) -> Iterable[bytes]:
    """The lines of a header block without the fields that describe its body.

    A lone carriage return ends a line here too, as some clients have it, so that no such field is left in either reading.
    """
    dropping = False
    for line in header.splitlines(keepends=True):
        if not line.strip():
            return
        if line[:1] not in (b" ", b"\t"):
            name = line.partition(b":")[0].strip().lower()
            dropping = name.startswith(b"content-") or name == b"mime-version"
        if not dropping:
            yield line
