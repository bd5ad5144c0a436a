"""Cleaning: the sanitizers are asked for what the policy wants out, and what they give is proven by a scan under the same policy.

Nothing is passed on because cleaning failed: where a sanitizer refuses, raises or reaches a bound, where the type has none, where the content is
signed or locked, and where the proof fails, the part is withheld as if nobody had tried.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, NamedTuple, Protocol

from attachguard.codes import Role
from attachguard.model import Action, FileType, Finding, Removed, Report
from attachguard.part import Part
from attachguard.sanitizers import BY_TYPE
from attachguard.sanitizers.record import Child, Refusal, Work
from attachguard.types.filetypes import filetype
from attachguard.types.letters import printable

#: How often what was cleaned is cleaned again, because taking one thing out has laid another open.
_ROUNDS: Final = 3
#: Output may be this many times as large as what came, and so many bytes more.
_GROWTH: Final = 2
_MORE: Final = 1 << 20
#: Encryption that a cleaned file keeps.
_OPENED: Final = frozenset({"known-password", "default-password"})
_STAYS: Final = frozenset({"none", "opens-without-password"})


class Again(Protocol):
    """Scans content under the policy and envelope of the scan that it comes from, within its time."""

    def __call__(
        self, data: bytes, *, name: str, kind: Literal["auto", "message", "file"], role: Role, clean: bool
    ) -> Report:
        """The report; with `clean` a copy without what has to go, where the verdict offers one."""


class Copy(NamedTuple):
    """A copy that may be delivered.

    Args:
        data: its bytes.
        removed: what was taken out.
        name: its file name.
    """

    data: bytes
    removed: tuple[Removed, ...]
    name: str = ""


def clean_file(
    data: bytes,
    root: Part,
    findings: list[Finding],
    wants: Callable[[str], bool],
    again: Again,
    *,
    decrypted: bool = False,
) -> Copy:
    """A file without what the policy wants out.

    Args:
        data: its bytes.
        root: the part that it is.
        findings: what was found in it, judged.
        wants: whether the policy wants facts of a kind out.
        again: scans what came of it.
        decrypted: whether the copy of a locked file may be without its lock.

    Raises:
        Refusal: there is no such copy.
    """
    if root.signed:
        raise Refusal("signed: it cannot be changed, only kept back")
    if root.encryption not in _STAYS:
        if root.encryption in _OPENED and decrypted:
            return _unlocked(data, root, again)
        raise Refusal("encrypted: it cannot be changed, only kept back")
    stronger = sorted({finding.code for finding in findings if finding.action.strength > Action.SANITIZE.strength})
    if stronger:
        raise Refusal(f"something else keeps it back: {', '.join(stronger[:3])}")
    name, kind = root.name, root.type.id
    removed: list[Removed] = []
    unwanted = [finding for finding in findings if finding.action is Action.SANITIZE]
    base = root.path
    most = _GROWTH * len(data) + _MORE
    left: list[str] = []
    for _ in range(_ROUNDS):
        sanitizer = BY_TYPE.get(kind)
        if sanitizer is None:
            raise Refusal(f"nothing cleans files of type {kind}")
        work = Work(
            data, name, kind, root.budget, wants=wants, concerned=members([finding.part for finding in unwanted], base),
            child=lambda inner, content: _child(inner, content, again),
        )  # fmt: skip
        cleaned = sanitizer.sanitize(work)
        if cleaned.data == data:
            raise Refusal("nothing was found that could be taken out")
        if len(cleaned.data) > most:
            raise Refusal("the cleaned file would be much larger than what came")
        root.budget.charge(len(cleaned.data))
        removed += [_moved(each, _under(root.path, each.part)) for each in work.removed] or [*map(_vanished, unwanted)]
        if cleaned.type and cleaned.type != kind:
            name = renamed(name, filetype(kind), filetype(cleaned.type))
            kind = cleaned.type
        data = cleaned.data
        report = again(data, name=name, kind="file", role=root.role, clean=False)
        if report.verdict.action.delivers:
            return Copy(data, tuple(removed), name)
        left = sorted({finding.code for finding in report.findings if not finding.action.delivers})
        if report.verdict.action is not Action.SANITIZE:
            break
        base = report.parts[0].path
        unwanted = [finding for finding in report.findings if finding.action is Action.SANITIZE]
    raise Refusal(f"the cleaned file is refused, too: {', '.join(left[:3])}")


def _vanished(finding: Finding) -> Removed:
    """What writing a file anew leaves behind without anything being cut: old revisions, markup that only some programs read."""
    return Removed(finding.part, finding.code, finding.kind or finding.code, finding.detail, None, None)


def _unlocked(data: bytes, root: Part, again: Again) -> Copy:
    """The cleaned content of a file under a known password, without its lock."""
    from attachguard.formats import INSPECTORS

    part = Part(root.name, b"", role=root.role, context=root.context)
    part.fill(data)
    part.types = list(root.types)
    for inspector in INSPECTORS:
        if root.type.id not in inspector.TYPES:
            continue
        for fact in inspector.inspect(part):
            if isinstance(fact, Part) and fact.name == "decrypted":
                fact.load()
                report = again(fact.data, name=root.name, kind="file", role=root.role, clean=True)
                if report.sanitized is not None and report.verdict.action is Action.SANITIZE:
                    removed = tuple(_moved(each, each.part) for each in report.removed)
                    return Copy(report.sanitized, removed, report.sanitized_name or root.name)
    raise Refusal("encrypted: what is inside cannot be cleaned")


def _child(name: str, data: bytes, again: Again) -> Child:
    """What may be in place of something inside a file."""
    report = again(data, name=name, kind="auto", role="member", clean=True)
    if report.verdict.action.delivers:
        return Child(data)
    if report.sanitized is not None and report.verdict.action is Action.SANITIZE:
        root = report.parts[0].path
        removed = tuple(_moved(each, _relative(each.part, root)) for each in report.removed)
        return Child(report.sanitized, removed, report.sanitized_name)
    reasons = tuple((finding.code, finding.kind) for finding in report.findings if not finding.action.delivers)
    return Child(None, (), "", tuple(dict.fromkeys(reasons)))


def members(paths: list[str], base: str) -> frozenset[str]:
    """Names of the members of a file in which something was found."""
    start = f"{base}!/"
    return frozenset(path[len(start) :].split("!/", 1)[0] for path in paths if path.startswith(start))


def renamed(name: str, old: FileType, new: FileType) -> str:
    """A file name after the type has changed: only the extension of the old type gives way."""
    stem, dot, extension = name.rpartition(".")
    if dot and new.extensions and extension.lower() in old.extensions and extension.lower() not in new.extensions:
        return f"{stem}.{new.extensions[0]}"
    return name


def _under(base: str, path: str) -> str:
    return f"{base}!/{path}" if path else base


def _relative(path: str, root: str) -> str:
    start = f"{root}!/"
    return path[len(start) :] if path.startswith(start) else "" if path == root else path


def _moved(record: Removed, path: str) -> Removed:
    return Removed(path, record.code, record.kind, record.detail, record.sha256, record.size)


def failed(part: Part, reason: str) -> Finding:
    """The finding that says why a part could not be cleaned."""
    return part.finding("sanitize-failed", printable(reason[:200]))
