"""Fills an inbox with messages of every kind, has both city policies decide about them, and shows who does what, and why.

Run it with `make demo`, or `python examples/demo.py` where attachguard is installed. Exit status 0 when every message met the outcome that its
story in `inbox_stories.py` expects.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # the builders of tests and benchmarks are no part of the package

from examples import cleaning  # noqa: E402
from examples.build_locked import LISTED, mailroom_certificate  # noqa: E402
from examples.inbox_stories import STORIES, Story  # noqa: E402

from attachguard import Action, Policy, Report, Scanner  # noqa: E402 -- the path comes first
from attachguard.signing.smime import PemDecryptor  # noqa: E402

CITIES = ("kaiserslautern", "leverkusen")
INBOX = ROOT / "examples" / "inbox"
_COLOURS = {
    Action.DELIVER: "32", Action.FLAG: "33", Action.SANITIZE: "33", Action.WITHHOLD: "35", Action.DEFER: "36", Action.QUARANTINE: "35",
    Action.REJECT: "31", Action.DISCARD: "31",
}  # fmt: skip
_MEANINGS = {
    Action.DELIVER: "handed on",
    Action.FLAG: "handed on, with a note in the report",
    Action.SANITIZE: "handed on without its active parts",
    Action.WITHHOLD: "the attachment stays behind, the letter is handed on",
    Action.DEFER: "refused for now, the sending server comes again",
    Action.QUARANTINE: "kept until a person has looked at it",
    Action.REJECT: "refused while the sending server is on the line, so the sender knows",
    Action.DISCARD: "taken and dropped, nobody is told",
}


class Outcome(NamedTuple):
    """What one policy decided about one message."""

    action: Action
    clause: str
    reason: str
    expected: str
    as_expected: bool


class Line(NamedTuple):
    """One message and its outcome in each city."""

    story: Story
    outcomes: tuple[Outcome, ...]

    @property
    def as_expected(self) -> bool:
        """Whether every city did what the story expects."""
        return all(outcome.as_expected for outcome in self.outcomes)


def outcome(report: Report, expected: str) -> Outcome:
    """The decision and its first reason, the clause in front of all others where one is named."""
    action = report.verdict.action
    leading = [finding for finding in report.findings if finding.action is action is not Action.DELIVER]
    main = next((finding for finding in leading if finding.cite), next(iter(leading), None))
    wanted, _, clause = expected.partition(" ")
    met = action.value == wanted and (not clause or any(finding.cite == clause for finding in leading))
    return Outcome(action, main.cite if main else "", main.code if main else "", expected, met)


def judge(stories: Iterable[Story], inbox: Path) -> list[Line]:
    """Build each message, put it into the inbox, and scan it for each city."""
    mailroom = PemDecryptor(certificates=[mailroom_certificate()])
    scanners = [Scanner(Policy.load(city), passwords=[LISTED], smime=mailroom) for city in CITIES]
    inbox.mkdir(parents=True, exist_ok=True)
    for old in inbox.glob("*.eml"):
        old.unlink()
    lines = []
    for story in stories:
        data = story.build()
        path = inbox / story.name
        if story.kept:
            path.write_bytes(data)
        content = path if story.kept else data
        reports = [
            scanner.scan(content, kind="message", name=story.name, envelope=story.envelope) for scanner in scanners
        ]
        outcomes = map(outcome, reports, (story.kaiserslautern, story.leverkusen))
        lines.append(Line(story, tuple(outcomes)))
    return lines


def table(lines: list[Line], *, colour: bool = False) -> str:
    """One line a message; `!` in front of those where a city did something else than its story expects."""
    rows = [_cells(line) for line in lines]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    # A city's name stands over both of its columns.
    spans = (widths[0] + widths[1] + 1, widths[2], widths[3] + widths[4] + 1, widths[5] + widths[6] + 1)
    heads = [head.ljust(width) for head, width in zip(("  message", "what it is", *CITIES), spans, strict=True)]
    text = [_painted("1", " ".join(heads).rstrip(), colour=colour), "-" * (sum(widths) + len(widths) - 1)]
    for line, row in zip(lines, rows, strict=True):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        for place, each in zip((3, 5), line.outcomes, strict=True):
            cells[place] = _painted(_COLOURS[each.action], cells[place], colour=colour)
        text.append(" ".join(cells).rstrip())
    return "\n".join(text)


def _cells(line: Line) -> list[str]:
    cells = [" " if line.as_expected else "!", line.story.name, line.story.what]
    for each in line.outcomes:
        cells += [each.action.value, f"{each.clause or '-':<3} {each.reason}" if each.reason else "-"]
    return cells


def _painted(colour_code: str, text: str, *, colour: bool) -> str:
    return f"\x1b[{colour_code}m{text}\x1b[0m" if colour else text


def legend(lines: list[Line]) -> str:
    """What the actions and clauses mean."""
    seen = {each.action for line in lines for each in line.outcomes}
    meanings = [f"  {action.value:<10}  {_MEANINGS[action]}" for action in Action if action in seen]
    return "\n".join(
        [
            *meanings,
            "  K1-K14      clauses of Kaiserslautern's conditions: attachguard policy show kaiserslautern",
            "  L1-L12      clauses of Leverkusen's: attachguard policy show leverkusen",
            "  -           no clause speaks of it",
        ]
    )


def summary(lines: list[Line], seconds: float) -> str:
    """What came out, city by city, and whether the stories were right."""
    parts = [f"{len(lines)} messages, two policies, {seconds:.1f} s with building them."]
    for place, city in enumerate(CITIES):
        counts = Counter(line.outcomes[place].action for line in lines)
        ends = ", ".join(f"{counts[action]} {action.value}" for action in Action if counts[action])
        parts.append(f"{city}: {ends}.")
    wrong = [line for line in lines if not line.as_expected]
    parts.append(f"{len(wrong)} not as expected:" if wrong else "All as expected.")
    for line in wrong:
        for city, each in zip(CITIES, line.outcomes, strict=True):
            if not each.as_expected:
                did = f"{each.action.value} {each.clause} {each.reason}".rstrip()
                parts.append(f"! {line.story.name}: {city} should {each.expected}, did {did}")
    return "\n".join(parts)


def main() -> int:
    """Run the demo; gives the exit status."""
    started = time.perf_counter()
    lines = judge(STORIES, INBOX)
    print(table(lines, colour=sys.stdout.isatty()))
    print()
    print(legend(lines))
    print()
    print(summary(lines, time.perf_counter() - started))
    print()
    cleaned = cleaning.clean()
    print(cleaning.table(cleaned))
    return 0 if all(line.as_expected for line in lines) and all(each.clean for each in cleaned) else 1


if __name__ == "__main__":
    sys.exit(main())
