"""The command `attachguard policy`: `list`, `show` and `check`."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Iterator
from typing import Any

from attachguard.errors import PolicyError
from attachguard.model import Action
from attachguard.policy import Policy
from attachguard.policy import file as policyfile
from attachguard.policy.records import PolicyData
from attachguard.policy.rules import Rule

_USAGE = 2  # exit status of a call that could not be carried out


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the main parser."""
    parser = subparsers.add_parser("policy", help="built-in policies; read one, check a file of your own")
    parser.set_defaults(run=run)
    commands = parser.add_subparsers(dest="policy_command", metavar="COMMAND", required=True)
    commands.add_parser("list", help="the built-in policies")
    show = commands.add_parser("show", help="what a policy says, with everything it includes")
    show.add_argument("policy", metavar="NAME|FILE")
    show.add_argument("--toml", action="store_true", help="the file as it is, to start one's own from")
    check = commands.add_parser(
        "check",
        help="find the mistakes in a policy file",
        description="Checks policy files; the built-in ones where none is named. Exit status: 0 clean, 1 errors, 2 warnings only.",
    )
    check.add_argument("policies", metavar="NAME|FILE", nargs="*")


def run(arguments: argparse.Namespace) -> int:
    """Carry out the command; gives the exit status."""
    if arguments.policy_command == "list":
        return _list()
    if arguments.policy_command == "show":
        return _show(arguments.policy, as_file=arguments.toml)
    return _check(arguments.policies)


def _list() -> int:
    for name in Policy.builtin_names():
        data = Policy.load(name).data
        sys.stdout.write(f"{data.id:<16} {data.version:<10} {data.title}\n")
    return 0


def _show(source: str, *, as_file: bool) -> int:
    try:
        data = policyfile.read(source)
    except PolicyError as error:
        sys.stderr.write(f"attachguard: {error}\n")
        return _USAGE
    if as_file:
        sys.stdout.write(policyfile.text_of(source))
    else:
        sys.stdout.writelines(f"{line}\n" for line in describe(data))
    return 0


def _check(sources: list[str]) -> int:
    errors = warnings = 0
    for source in sources or policyfile.all_names():
        data, problems = policyfile.check(source, dt.datetime.now(dt.UTC).date())
        for problem in problems:
            sys.stdout.write(f"{problem}\n")
        errors += sum(problem.fatal for problem in problems)
        warnings += sum(not problem.fatal for problem in problems)
        if data is not None and not problems:
            sys.stdout.write(f"{source}: {data.id} {data.version}, {len(data.rules)} rules, no mistakes\n")
    return 1 if errors else 2 if warnings else 0


def describe(data: PolicyData) -> Iterator[str]:
    """A policy in lines of plain text: what is accepted, then what each finding leads to, the strongest action first."""
    yield f"{data.id} {data.version}  {data.title}"
    if data.source:
        yield f"Text: {data.source}"
    if data.mode != "enforce":
        yield f"Mode: {data.mode}"
    if data.types.accept:
        yield ""
        yield "Accepted types (suffixes):"
        for key, suffixes in sorted(data.types.accept.items()):
            charsets = data.types.charsets.get(key)
            yield f"  {key:<12} {' '.join('.' + suffix for suffix in sorted(suffixes))}" + (
                f"  in {' or '.join(sorted(charsets))}" if charsets else ""
            )
    blocked = [
        *sorted(data.types.block),
        *sorted(data.types.block_groups),
        *("." + name for name in sorted(data.types.block_suffixes)),
    ]
    if blocked:
        yield ""
        yield f"Blocked types: {' '.join(blocked)}"
    if data.bounds:
        yield ""
        yield "Bounds (equal passes):"
        for bound in data.bounds:
            basis = f" ({bound.basis})" if bound.on == "message-size" else ""
            channels = f"  on channel {', '.join(sorted(bound.channels))}" if bound.channels else ""
            yield f"  {bound.on:<16} {bound.maximum:>12,}{basis}{channels}"
    for action in sorted(Action, key=lambda each: -each.strength):
        rules = sorted(
            (rule for rule in data.rules if rule.action is action),
            key=lambda rule: (rule.layer, rule.code, rule.precedence),
        )
        if rules:
            yield ""
            yield f"{action.value}:"
        for rule in rules:
            yield from _rule_lines(rule)
    yield ""
    yield f"Anything else: {data.default.value}"


def _rule_lines(rule: Rule) -> Iterator[str]:
    conditions = "; ".join(_conditions(rule))
    yield f"  {rule.code}" + (f"  when {conditions}" if conditions else "")
    yield f"      scope {rule.scope.value}, notify {rule.notify.value}, {rule.origin}: {rule.cite}" + (
        f": {rule.because}" if rule.because else ""
    )


def _conditions(rule: Rule) -> Iterator[str]:
    for name in ("types", "groups", "roles", "channels", "encryption", "detail"):
        values = getattr(rule, name)
        if values:
            yield f"{name} {', '.join(sorted(values))}"
    if rule.min_depth:
        yield f"depth at least {rule.min_depth}"
    if rule.min_score is not None:
        yield f"score at least {rule.min_score}"
    if rule.max_score is not None:
        yield f"score at most {rule.max_score}"
