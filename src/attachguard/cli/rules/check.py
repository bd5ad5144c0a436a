"""`attachguard rules check`: what is wrong with rules."""

from __future__ import annotations

import argparse

from attachguard.cli.rules.output import add_format, add_paths, counted, need_yaramod, paths_of, report, say

_STYLES = ("auto", "house", "community")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    check = commands.add_parser(
        "check",
        help="find what is wrong with rules",
        description="Checks rules: whether they compile, what they say of themselves, whether they have tests, what makes them slow, "
        "conditions that decide nothing, rules that are there twice, matches on clean files. "
        "Exit status: 0 no errors, 1 errors, 2 the call failed.",
    )
    add_paths(check)
    add_format(check)
    check.add_argument(
        "--style",
        choices=_STYLES,
        default="auto",
        help="what rules are held to: house asks for metadata, names and tests; community only for what makes any rule wrong or slow; auto "
        "takes house for files with tests beside them or attachguard_… in their metadata (default: auto)",
    )
    check.add_argument("--no-clean", action="store_true", help="do not try the rules on clean files")
    check.add_argument("--codes", action="store_true", help="list what is checked, and end")
    check.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check and report; returns the exit status."""
    if options.codes:
        return _codes()
    need_yaramod()
    from attachguard.rulekit.check import check
    from attachguard.rulekit.diagnostics import Level, Style

    style = None if options.style == "auto" else Style(options.style)
    found = check(paths_of(options), style=style, clean=not options.no_clean)
    errors, warnings = found.count(Level.ERROR), found.count(Level.WARNING)
    files = counted(found.files, "file")
    summary = f"{counted(found.rules, 'rule')} in {files}: {counted(errors, 'error')}, {counted(warnings, 'warning')}"
    if style is None and found.house < found.files:
        summary += f"; {counted(found.files - found.house, 'file')} checked in community style"
    report(
        found.diagnostics, options.format, summary, files=found.files, rules=found.rules, errors=errors, warnings=warnings
    )  # fmt: skip
    return 1 if errors else 0


def _codes() -> int:
    from attachguard.rulekit.diagnostics import CHECKS

    width = max(map(len, CHECKS))
    for code, check in CHECKS.items():
        say(f"{code:<{width}}  house {check.house.value:<7}  community {check.community.value:<7}  {check.says}")
    return 0
