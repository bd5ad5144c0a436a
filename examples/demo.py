"""Fills an inbox with messages of every kind, has both city policies and `strict` decide about them, and shows who does what, and why.

Run it with `make demo`, or `python examples/demo.py` where attachguard is installed. Exit status 0 when every message met the outcome that its
story in `inbox_stories.py` expects.
"""

from __future__ import annotations

import shutil
import sys
import textwrap
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
from attachguard.cli.progress import Progress  # noqa: E402
from attachguard.cli.terminal import colours  # noqa: E402
from attachguard.signing.smime import PemDecryptor  # noqa: E402

CITIES = ("kaiserslautern", "leverkusen")
#: Columns that the tables take at most.
WIDTH = 100
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
    """What one policy decided about one message; `why` is the sentence of the clause, `reply` what the sending server is given."""

    action: Action
    clause: str
    reason: str
    expected: str
    as_expected: bool
    why: str = ""
    reply: str = ""


class Line(NamedTuple):
    """One message, its outcome in each city, and under the policy `strict`."""

    story: Story
    outcomes: tuple[Outcome, ...]
    strict: Outcome

    @property
    def as_expected(self) -> bool:
        """Whether every city did what the story expects."""
        return all(outcome.as_expected for outcome in self.outcomes)


def outcome(report: Report, policy: Policy, expected: str = "") -> Outcome:
    """The decision and its first reason, the clause in front of all others where one is named."""
    action = report.verdict.action
    leading = [finding for finding in report.findings if finding.action is action is not Action.DELIVER]
    main = next((finding for finding in leading if finding.cite), next(iter(leading), None))
    wanted, _, clause = expected.partition(" ")
    met = action.value == wanted and (not clause or any(finding.cite == clause for finding in leading))
    reply = report.verdict.smtp or ""
    if main is None:
        return Outcome(action, "", "", expected, met, reply=reply)
    why = next(
        (rule.because for rule in policy.data.rules if (rule.code, rule.ref) == (main.code, main.rule)),
        "",
    )
    return Outcome(action, main.cite, main.code, expected, met, why, reply)


def judge(stories: Iterable[Story], inbox: Path) -> list[Line]:
    """Build each message, put it into the inbox, and scan it under each policy."""
    mailroom = PemDecryptor(certificates=[mailroom_certificate()])
    policies = [Policy.load(name) for name in (*CITIES, "strict")]
    scanners = [Scanner(policy, passwords=[LISTED], smime=mailroom) for policy in policies]
    inbox.mkdir(parents=True, exist_ok=True)
    for old in inbox.glob("*.eml"):
        old.unlink()
    lines = []
    stories = tuple(stories)
    with Progress(len(stories), enabled=True) as progress:
        for story in stories:
            data = story.build()
            path = inbox / story.name
            if story.kept:
                path.write_bytes(data)
            content = path if story.kept else data
            reports = [
                scanner.scan(content, kind="message", name=story.name, envelope=story.envelope) for scanner in scanners
            ]
            expected = (story.kaiserslautern, story.leverkusen, "")
            *cities, strict = map(outcome, reports, policies, expected)
            lines.append(Line(story, tuple(cities), strict))
            progress.step()
    return lines


def table(lines: list[Line], *, colour: bool = False, width: int = WIDTH) -> str:
    """One line a message; `!` in front of those where a city did something else than its story expects."""
    rows = [_cells(line) for line in lines]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    widths[3:5] = [max(size, len(city)) for size, city in zip(widths[3:5], CITIES, strict=True)]
    # What is left of the line is for the reason; the codes are told apart by their beginnings.
    widths[5] = max(12, min(widths[5], width - sum(widths[:5]) - len(widths) + 1))
    spans = (widths[0] + widths[1] + 1, *widths[2:])
    names = ("  message", "what it is", *CITIES, "because of")
    heads = [head.ljust(size) for head, size in zip(names, spans, strict=True)]
    text = [_painted("1", " ".join(heads).rstrip(), colour=colour), "-" * (sum(widths) + len(widths) - 1)]
    for line, row in zip(lines, rows, strict=True):
        cells = [_cut(cell, size).ljust(size) for cell, size in zip(row, widths, strict=True)]
        for place, each in zip((3, 4), line.outcomes, strict=True):
            cells[place] = _painted(_COLOURS[each.action], cells[place], colour=colour)
        text.append(" ".join(cells).rstrip())
    return "\n".join(text)


def _cells(line: Line) -> list[str]:
    # Where the cities have different reasons, that of the sterner one is shown.
    sterner = max(line.outcomes, key=lambda each: each.action.strength)
    ends = [f"{each.action.value:<10} {each.clause or ('-' if each.reason else '')}".rstrip() for each in line.outcomes]
    return [" " if line.as_expected else "!", _short(line), line.story.what, *ends, sterner.reason or "-"]


def _short(line: Line) -> str:
    return line.story.name.removesuffix(".eml")


def _cut(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1] + "…"


def replies(lines: list[Line], *, colour: bool = False, width: int = WIDTH) -> str:
    """What the policy `strict` does with each message, and the reply that the sending server is given; like ends in one line."""
    groups: dict[tuple[Action, str], list[str]] = {}
    for line in sorted(lines, key=lambda each: each.strict.action.strength):
        groups.setdefault((line.strict.action, line.strict.reply), []).append(_short(line))
    text = [_painted("1", "  strict      SMTP reply, and the messages", colour=colour), "-" * width]
    for (action, reply), names in groups.items():
        cell = _painted(_COLOURS[action], f"{action.value:<10}", colour=colour)
        text.append(f"  {cell}  {_cut(reply or '(none: the server takes the message)', width - 14)}")
        listed = textwrap.wrap(", ".join(names), width - 14, break_on_hyphens=False)
        text += [" " * 14 + row for row in listed]
    return "\n".join(text)


def clauses(lines: list[Line], *, width: int = WIDTH) -> str:
    """The sentence behind each clause that decided something, with a message that shows it."""
    text = []
    for place, city in enumerate(CITIES):
        text.append(f"  why, in {city}")
        # The sentences of a clause, each with the first of its messages: a clause may be read in several ways.
        said: dict[tuple[str, str], str] = {}
        for line in lines:
            each = line.outcomes[place]
            if each.clause and each.why:
                said.setdefault((each.clause, each.why), f"{line.story.what}: {each.action.value}")
        for (clause, why), example in sorted(said.items(), key=lambda row: (int(row[0][0][1:]), row[0][1])):
            text.append(
                textwrap.fill(f"{clause:<4} {why} ({example})", width, initial_indent="    ", subsequent_indent=" " * 9)
            )
    return "\n".join(text)


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
    parts = [f"{len(lines)} messages, three policies, {seconds:.1f} s with building them."]
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
    seconds = time.perf_counter() - started
    colour = colours("auto", sys.stdout)
    width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns) if sys.stdout.isatty() else WIDTH
    cleaned = cleaning.clean()
    blocks = (
        table(lines, colour=colour, width=width),
        legend(lines),
        clauses(lines, width=width),
        replies(lines, colour=colour, width=width),
        summary(lines, seconds),
        cleaning.table(cleaned),
        (
            "The messages are in examples/inbox. Scan them yourself:\n"
            "  .venv/bin/attachguard scan examples/inbox                  one line a message, then the reasons\n"
            "  .venv/bin/attachguard scan examples/inbox -o report.html   the same as a page to look at"
        ),
    )
    print("\n\n".join(blocks))
    return 0 if all(line.as_expected for line in lines) and all(each.clean for each in cleaned) else 1


if __name__ == "__main__":
    sys.exit(main())
