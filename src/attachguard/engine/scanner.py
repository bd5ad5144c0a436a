"""The entry: a `Scanner` is built once from policy and rules; a `Scan` takes one message or file and gives its report.

What only a scan needs is loaded when the first one is opened: who builds a scanner to ask it something else, or to hand it on, need not wait for it.
"""

from __future__ import annotations

import datetime as dt
import functools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from attachguard.formats import ENTRIES
from attachguard.inspector import Entry, Inspector, by_type, known_to
from attachguard.limits import Budget, Limits
from attachguard.model import Envelope, Report
from attachguard.policy import Policy
from attachguard.policy.judging.policy import local_day
from attachguard.yara.rules import Rules

if TYPE_CHECKING:
    from attachguard.engine.repeats import Repeats
    from attachguard.engine.scan import Kind, Scan
    from attachguard.hooks import Hooks
    from attachguard.outcome import Templates
    from attachguard.readers.outside import Tools
    from attachguard.signing.smime import Decryptor
    from attachguard.signing.trust import TrustList
    from attachguard.types.identify.known import Known


#: What is known where nobody says anything.
_NOTHING_KNOWN: Final = Envelope()


class Scanner:
    """Decides about messages and files under one policy; immutable, safe to share between threads and across fork.

    Args:
        policy: what leads to what; the built-in `strict` without one.
        rules: YARA rules; the built-in ones without any, `Rules.empty()` for none.
        passwords: tried on encrypted content, before those of the policy; never reported or logged.
        inspectors: format modules in place of all of `formats.INSPECTORS`; `(*INSPECTORS, mine)` adds one, which may
            bring types of its own: see `attachguard.inspector`.
        limits: resource bounds in place of the policy's.
        hooks: what others are asked: a malware engine, the spam filter, the proof of the sender, a validation service.
        rewrite: whether a report whose verdict is `withhold` or `sanitize` shall hold the message without what has to go, in `sanitized`. The
            original is kept in memory for it. True for the built-in texts of the placeholders, or the texts to use.
        clock: monotonic seconds; tests give their own.
        smime: who holds keys for S/MIME, e.g. `attachguard.signing.smime.PemDecryptor`; without it encrypted mail stays closed. It is waited for as
            long as for the hooks.
        trust: whose signatures are trusted, from `attachguard.signing.trust.TrustList.load`; without it trust is not evaluated.
        tools: what may be started outside of this process for archives that nothing here reads, e.g. `Tools.system()` of
            `attachguard.readers.outside`; nothing without it.
        day: says which day it is, for rules that begin or end; the clock of the machine, in its own time zone, without it.
        repeats: remembers attachments that come again, from `attachguard.engine.repeats`: for whoever scans the same mail many times over.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        rules: Rules | None = None,
        passwords: Iterable[str] = (),
        inspectors: Sequence[Inspector] | None = None,
        limits: Limits | None = None,
        hooks: Hooks | None = None,
        rewrite: bool | Templates = False,
        clock: Callable[[], float] = time.monotonic,
        smime: Decryptor | None = None,
        trust: TrustList | None = None,
        tools: Tools | None = None,
        day: Callable[[], dt.date] = local_day,
        repeats: Repeats | None = None,
    ) -> None:
        self.policy = policy if policy is not None else Policy.load("strict")
        self.rules = rules if rules is not None else Rules.builtin()
        self.limits = limits if limits is not None else self.policy.limits
        self.passwords = tuple(passwords)
        self.hooks = hooks
        self.templates: Templates | None = None
        if rewrite:
            from attachguard.outcome import Templates

            self.templates = rewrite if isinstance(rewrite, Templates) else Templates()
        self.clock = clock
        self.smime = smime
        self.trust = trust
        self.tools = tools
        self.day = day
        self.repeats = repeats
        self._known = known_to(inspectors) if inspectors is not None else None
        self.table = by_type(ENTRIES if inspectors is None else [Entry.of(inspector) for inspector in inspectors])
        self._built = True

    def __setattr__(self, name: str, value: object) -> None:
        if getattr(self, "_built", False):
            raise AttributeError(f"a Scanner never changes: {name} is given when it is built")
        super().__setattr__(name, value)

    @property
    def known(self) -> Known:
        """The types of files that can be told."""
        return self._known if self._known is not None else _known_to_all()

    def policy_for(self, envelope: Envelope) -> Policy:
        """The policy that holds today for mail with this envelope."""
        return self.policy.under(envelope, self.day() if self.policy.changes_with_time else None)

    def open(self, *, kind: Kind = "auto", name: str = "", source: str = "", envelope: Envelope | None = None) -> Scan:
        """Begin a scan of bytes that are still arriving.

        Args:
            kind: `message`, `file`, or `auto`: the first bytes decide.
            name: file name, where the input is a file.
            source: how the report shall name the input; the name without it.
            envelope: what the mail server knows.
        """
        from attachguard.engine.scan import Scan

        return Scan(self, kind=kind, name=name, source=source or name, envelope=envelope or _NOTHING_KNOWN, early=True)

    def scan(
        self,
        content: bytes | bytearray | memoryview | Path | BinaryIO,
        *,
        kind: Kind = "auto",
        name: str = "",
        source: str = "",
        envelope: Envelope | None = None,
    ) -> Report:
        """Scan a whole message or file and report everything there is to find.

        Args:
            content: bytes, a path, or a binary file object.
            kind: see `open`.
            name: file name; a path brings its own.
            source: how the report shall name the input; path or name without it.
            envelope: what the mail server knows.

        Raises:
            OSError: the path cannot be read.
            TypeError: the content is a text; a path is given as `Path("…")`.
        """
        from attachguard.engine.scan import STEP, Scan

        if isinstance(content, str):
            raise TypeError(
                f"scan takes bytes, a path or a binary file; for a file of this name: scan(Path({content!r}))"
            )
        if isinstance(content, Path):
            name = name or content.name
            source = source or str(content)
        scan = Scan(self, kind=kind, name=name, source=source or name, envelope=envelope or _NOTHING_KNOWN, early=False)
        for piece in _pieces(content, STEP):
            scan.feed(piece)
            if scan.full:
                break
        return scan.close()


@functools.cache
def _known_to_all() -> Known:
    return known_to(())


def _pieces(
    content: bytes | bytearray | memoryview | Path | BinaryIO, step: int
) -> Iterator[bytes | bytearray | memoryview]:
    if isinstance(content, (bytes, bytearray, memoryview)):
        yield content
    elif isinstance(content, Path):
        with content.open("rb") as file:
            yield from iter(lambda: file.read(step), b"")
    else:
        yield from iter(lambda: content.read(step), b"")


def failure_report(scanner: Scanner, source: str, cause: str, envelope: Envelope | None = None) -> Report:
    """The report for an input whose scan could not be brought to an end, e.g. because the process died.

    Args:
        scanner: its policy says what follows.
        source: how the report shall name the input.
        cause: what happened, in plain words.
        envelope: what the mail server knows.
    """
    from attachguard.engine.judge import Judge
    from attachguard.part import Part
    from attachguard.types.letters import printable

    envelope = envelope or Envelope()
    policy = scanner.policy_for(envelope)
    judge = Judge(policy, envelope)
    root = Part(Path(source).name, b"", role="attachment", budget=Budget(scanner.limits, scanner.clock))
    root.path = printable(root.name)
    judge.note(root, root.finding("scan-incomplete", cause), "scanner")
    return Report(
        source=source,
        kind="file",
        policy=policy.name,
        verdict=policy.verdict(judge.findings, envelope),
        findings=tuple(judge.findings),
        parts=(root.record(),),
        checks=tuple(policy.checks(envelope)),
        sha256=None,
        size=0,
        complete=False,
        seconds=0.0,
        channel=envelope.channel,
        receipt_due=policy.gives_receipt(envelope),
        ambiguity_results=policy.ambiguity_results,
    )
