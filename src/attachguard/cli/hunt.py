"""`attachguard hunt`: an archive of mail, scanned again."""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attachguard.cli import settings
from attachguard.cli.arguments import Parser, passwords, positive
from attachguard.cli.status import Status
from attachguard.cli.terminal import moves
from attachguard.errors import OperatorError
from attachguard.model import Action
from attachguard.policy import Policy
from attachguard.types.letters import printable
from attachguard.yara.rules import Rules

if TYPE_CHECKING:
    from attachguard.hunt.plan import Totals
    from attachguard.hunt.run import Summary
    from attachguard.hunt.tables import Done

#: Packages of the extra `cluster`.
_PACKAGES: Final = ("distributed", "pyarrow", "fsspec")
#: Lines of each table of the summary.
_SHOWN: Final = 10
_WIDTH: Final = 24


def add_parser(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add the `hunt` command."""
    hunt = commands.add_parser(
        "hunt",
        help="scan an archive of mail again, on one machine or a cluster",
        description="Scan an archive of mail with other rules or another policy and write what is found as a table. Exit status: 0 every row may be "
        "delivered, 1 some may not, 2 the call failed.",
        examples=(
            ("attachguard hunt archive/ --rules new.yar -o hits.parquet", "every finding, with the rule that matched"),
            ("attachguard hunt 2024-*.mbox --where 'rule == \"Loader\"' -o hits.jsonl", "the findings of one rule"),
            (
                "attachguard hunt s3://mail/2024/ --scheduler tcp://head:8786 -o 2024.parquet --resume",
                "on a cluster, on from where an interrupted call was",
            ),
        ),
    )
    hunt.add_argument(
        "sources",
        nargs="+",
        metavar="SOURCE",
        help="folder, Maildir, mbox, tar or zip of mails, or an address like s3://bucket/folder",
    )
    who = hunt.add_argument_group("who judges")
    who.add_argument("--policy", default="strict", metavar="NAME|FILE", help="policy that judges (default: strict)")
    who.add_argument(
        "--rules", action="append", default=[], metavar="PATH", help="YARA rules added to the built-in ones"
    )
    who.add_argument("--no-builtin-rules", action="store_true", help="leave the built-in YARA rules out")
    who.add_argument(
        "--password-file", action="append", default=[], metavar="FILE", help="file with one password a line"
    )
    out = hunt.add_argument_group("output")
    out.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="OUT.parquet or OUT.jsonl, replaced once it is whole"
    )
    out.add_argument(
        "--rows", choices=("findings", "messages"), default="findings", help="what a row is (default: findings)"
    )
    out.add_argument(
        "--where", default="", metavar="EXPR", help="keep only such rows, e.g. 'action == \"reject\" and score >= 70'"
    )
    out.add_argument("--quiet", action="store_true", help="no summary; the exit status tells")
    runs = hunt.add_argument_group("how it runs")
    runs.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster (default: one on this machine)")
    runs.add_argument(
        "--workers", type=positive, metavar="N", help="processes on this machine (default: one a processor)"
    )
    runs.add_argument("--resume", action="store_true", help="go on with a hunt that was interrupted")
    runs.add_argument("--no-progress", action="store_true", help="no line of progress")
    settings.add_options(runs)
    hunt.set_defaults(run=run, configured=hunt)


def run(options: argparse.Namespace) -> int:
    """Hunt; returns the exit status."""
    missing = [package for package in _PACKAGES if importlib.util.find_spec(package) is None]
    if missing:
        raise OperatorError(f"needs {', '.join(missing)}: pip install 'attachguard[cluster]'", where="hunt")
    from attachguard.hunt.kernel import Order
    from attachguard.hunt.rows import COLUMNS
    from attachguard.hunt.run import hunt, settings_of
    from attachguard.hunt.store import Store
    from attachguard.hunt.where import compiled

    if options.where:
        compiled(options.where, COLUMNS[options.rows])
    order = Order(
        Policy.load(options.policy),
        Rules.load(*options.rules, builtin=not options.no_builtin_rules),
        tuple(passwords(options)),
        options.rows,
        options.where,
    )
    store = Store(Path(options.output))
    line = _Line(enabled=not options.no_progress)
    started = time.monotonic()
    try:
        summary = hunt(
            options.sources, order, store, settings=settings_of(order, options.sources), resume=options.resume,
            scheduler=options.scheduler, workers=options.workers, tell=line.show,
        )  # fmt: skip
    except KeyboardInterrupt:
        line.clear()
        sys.stderr.write(
            f"attachguard: interrupted; the same call with --resume goes on where it was ({store.folder})\n"
        )
        return Status.INTERRUPTED
    finally:
        line.clear()
    if not options.quiet:
        sys.stdout.write(_told(summary, store.out, time.monotonic() - started, line.before))
    return Status.FINE if all(Action(action).delivers for action in summary.counts["action"]) else Status.REFUSED


class _Line:
    """How far it is, at what rate, and when it will be through: one line on a terminal, nothing elsewhere."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled and moves(sys.stderr)
        self._next = 0.0
        self._shown = 0
        #: What an earlier run had done already.
        self.before: Done | None = None
        # When the first mails came back, and what was done by then: the rate is that of the work, without the start of the workers.
        self._begun: tuple[float, Done] | None = None

    def show(self, totals: Totals, done: Done) -> None:
        """Say what is done of how much; what was there at the first call is not counted as this run's work."""
        now = time.monotonic()
        if self.before is None:
            self.before = done
        if self._begun is None and done.mails > self.before.mails:
            self._begun = (now, done)
        if not self._enabled or now < self._next:
            return
        self._next = now + 0.2
        begun, first = self._begun or (now, done)
        seconds = max(now - begun, 1e-3)
        mails, size = done.mails - first.mails, done.bytes - first.bytes
        filled = _WIDTH * done.bytes // max(1, totals.bytes)
        text = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done.mails:,} of {totals.items:,}"
        if mails:
            left = (totals.bytes - done.bytes) * seconds / max(1, size)
            end = time.strftime("%H:%M", time.localtime(time.time() + left))
            text += f", {mails / seconds:,.0f}/s, {size / seconds / 1e6:,.1f} MB/s, until {end} ({_lasting(left)})"
        text = text[: shutil.get_terminal_size().columns - 1]
        sys.stderr.write("\r" + text.ljust(self._shown))
        sys.stderr.flush()
        self._shown = len(text)

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r" + " " * self._shown + "\r")
            sys.stderr.flush()
            self._shown = 0


def _lasting(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def _told(summary: Summary, out: Path, seconds: float, before: Done | None) -> str:
    """The summary for people."""
    done = summary.done
    resumed = f", {before.mails:,} of them before" if before is not None and before.mails else ""
    lines = [
        f"{done.mails:,} mails and files{resumed}, {done.bytes / 1e6:,.1f} MB, {_lasting(seconds)}",
        f"{summary.rows:,} rows in {printable(str(out))}",
    ]
    if done.lost:
        lines.append(f"{done.lost:,} ended the process that scanned them: code scan-incomplete")
    if done.unread:
        lines.append(f"{done.unread:,} could not be read: code scan-incomplete")
    if not summary.counts.get("rule") and not summary.counts.get("rules"):
        lines.append("no row comes from a YARA rule")
    for column, title in (
        ("action", "action"),
        ("rule", "rule"),
        ("rules", "rule"),
        ("kind", "kind"),
        ("kinds", "kind"),
    ):
        counted = summary.counts.get(column)
        if counted:
            lines += ["", f"by {title}"]
            lines += [f"{number:>10,}  {printable(value)}" for value, number in counted.most_common(_SHOWN)]
            if len(counted) > _SHOWN:
                lines.append(f"{'':>10}  and {len(counted) - _SHOWN:,} more")
    return "\n".join(lines) + "\n"
