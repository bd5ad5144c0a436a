"""Whole messages, attachments, small mails and single formats against the floors of the same run: CPU time, and ratios that must hold.

The ratios are those of a larger comparison with other scanners (see `docs/performance.md`) within a tenth, as `compare_workloads.py` shows; a mistake on
the hot path fails here.
"""

from __future__ import annotations

import random

import pytest

from benchmarks import workload
from benchmarks.floors import floor, library_parser

#: What is declared: how many times the floor that goes into archives, and the floor that does not. Machines differ by a tenth.
MESSAGES = {
    "without encrypted files": {"deep floor": 1.0, "floor": 1.7},
    "all of the mix": {"deep floor": 1.35, "floor": 2.2},
}
ATTACHMENTS = {
    "without encrypted files": {"deep floor": 0.8, "floor": 1.4},
    "all of the mix": {"deep floor": 1.1, "floor": 2.0},
}
#: The whole scan of a mail without attachments, in times of what Python's own parser takes to read it: bytecode on both sides.
SMALL = {"text of 3 KB": 1.15, "text and page": 0.8}


def _locked(message: workload.Message) -> bool:
    return any(workload.KINDS[item.kind].locked for item in message.attachments)


def _chosen(messages: list[workload.Message], which: str) -> list[workload.Message]:
    return messages if which == "all of the mix" else [message for message in messages if not _locked(message)]


@pytest.mark.parametrize("which", MESSAGES)
def bench_messages(against, scanner, messages, which):
    """A whole mail, from wire bytes to report, under `strict`, with words tried."""
    mails = [message.raw for message in _chosen(messages, which)]
    floors = {"deep floor": floor(deep=True, messages=True), "floor": floor(deep=False, messages=True)}
    against(f"messages, {which}", mails, lambda raw: scanner.scan(raw, kind="message"), floors, MESSAGES[which])


@pytest.mark.parametrize("which", ATTACHMENTS)
def bench_attachments(against, scanner, messages, which):
    """A decoded attachment, from bytes to report."""
    items = [item for message in _chosen(messages, which) for item in message.attachments]
    names = {id(item.content): item.name for item in items}
    floors = {"deep floor": floor(deep=True, messages=False), "floor": floor(deep=False, messages=False)}
    against(
        f"attachments, {which}",
        [item.content for item in items],
        lambda data: scanner.scan(data, kind="file", name=names[id(data)]),
        floors,
        ATTACHMENTS[which],
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
