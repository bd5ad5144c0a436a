"""Whole messages, attachments, small mails and single formats against the floors of the same run: CPU time, and ratios that must hold.

The ratios are those of a larger comparison with other scanners (see `docs/performance.md`) within a tenth; a mistake on the hot path fails here.
"""

from __future__ import annotations

import random

import pytest

from benchmarks import workload
from benchmarks.floors import floor, library_parser

#: What is declared: how many times the floor that goes into archives, and the floor that does not. Machines differ by a tenth.
OPEN_MESSAGES = {"deep floor": 1.4, "floor": 2.2}
#: With locked files; of the forty messages of the short form twice the usual share is locked.
ALL_MESSAGES = {"deep floor": 2.3, "floor": 3.6}
ATTACHMENTS = {"deep floor": 0.95, "floor": 1.5}
#: The whole scan of a mail without attachments, in times of what Python's own parser takes to read it: bytecode on both sides.
SMALL = {"text of 3 KB": 1.15, "text and page": 0.8}


def _locked(message: workload.Message) -> bool:
    return any(workload.KINDS[item.kind].locked for item in message.attachments)


@pytest.mark.parametrize(
    ("name", "declared"),
    [("without encrypted files", OPEN_MESSAGES), ("all of the mix", ALL_MESSAGES)],
    ids=["open", "all"],
)
def bench_messages(against, scanner, messages, name, declared):
    """A whole mail, from wire bytes to report, under `strict`, with words tried."""
    chosen = [message.raw for message in messages if name.startswith("all") or not _locked(message)]
    floors = {"deep floor": floor(deep=True, messages=True), "floor": floor(deep=False, messages=True)}
    against(f"messages, {name}", chosen, lambda raw: scanner.scan(raw, kind="message"), floors, declared)


def bench_attachments(against, scanner, messages):
    """A decoded attachment, from bytes to report."""
    items = [item for message in messages if not _locked(message) for item in message.attachments]
    names = {id(item.content): item.name for item in items}
    floors = {"deep floor": floor(deep=True, messages=False), "floor": floor(deep=False, messages=False)}
    against(
        "attachments",
        [item.content for item in items],
        lambda data: scanner.scan(data, kind="file", name=names[id(data)]),
        floors,
        ATTACHMENTS,
    )


def _letter(rng: random.Random, size: int) -> bytes:
    """A mail in plain text as programs send it."""
    head = workload.message(rng, []).partition(b"Content-Type: multipart")[0]
    return head + b"Content-Type: text/plain; charset=UTF-8\r\n\r\n" + workload.prose(rng, size).encode()


def bench_small_messages(against, scanner):
    """Mail without attachments: what a message costs before it holds anything."""
    rng = random.Random(7)
    made = {
        "text of 3 KB": [_letter(rng, 3_000) for _ in range(50)],
        "text and page": [workload.message(rng, []) for _ in range(50)],
    }
    for name, mails in made.items():
        against(
            name,
            mails,
            lambda raw: scanner.scan(raw, kind="message"),
            {"Python's email": library_parser},
            {"Python's email": SMALL[name]},
        )


@pytest.mark.parametrize("kind", workload.MIX)
def bench_format(against, scanner, kind):
    """One format, 100 KB files."""
    rng = random.Random(kind)
    items = [workload.attachment(rng, kind, 100_000) for _ in range(10)]
    names = {id(item.content): item.name for item in items}
    floors = {"deep floor": floor(deep=True, messages=False)}
    against(
        f"{kind} file",
        [item.content for item in items],
        lambda data: scanner.scan(data, kind="file", name=names[id(data)]),
        floors,
    )
