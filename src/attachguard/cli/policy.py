"""The command `attachguard policy`: `list`, `show`, `check`, `explain` and `fingerprint`."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

import msgspec

from attachguard.cli.arguments import Parser
from attachguard.cli.reports import read_reports
from attachguard.cli.status import Status
from attachguard.codes import CODES
from attachguard.engine.scanner import Scanner
from attachguard.errors import OperatorError
from attachguard.policy import Policy
from attachguard.policy.explaining import page
from attachguard.policy.explaining.explain import LANGUAGES, Explainer
from attachguard.policy.explaining.verdict_page import explain_verdict
from attachguard.policy.judging.records import PolicyData, Waiver
from attachguard.policy.judging.yara_rules import unmatched
from attachguard.policy.reading import file as policyfile
from attachguard.policy.reading.values import Problem
from attachguard.readers.outside import Tools
from attachguard.types.letters import printable, spelled
from attachguard.types.near import near
from attachguard.yara.rules import Rules


def add_parser(subparsers: argparse._SubParsersAction[Parser]) -> None:
    """Add the command to the main parser."""
    parser = subparsers.add_parser("policy", help="built-in policies; read one, check a file of your own")
    parser.set_defaults(run=run)
    commands = parser.add_subparsers(dest="policy_command", metavar="COMMAND", required=True)
    commands.add_parser("list", help="the built-in policies")
    show = commands.add_parser("show", help="what a policy says, with everything it includes")
    show.add_argument("policy", metavar="NAME|FILE")
    show.add_argument("--toml", action="store_true", help="the file as it is, to start one's own from")
    explain = commands.add_parser(
        "explain",
        help="what is accepted, what happens otherwise, which clause says so",
        description="A page about a policy, or with --report about one verdict: finding, rule, clause, action.",
    )
    explain.add_argument("policy", metavar="NAME|FILE", nargs="?", help="the report's policy where --report is given")
    explain.add_argument(
        "--report", metavar="FILE", help="a report of `attachguard scan --json` or one line of --jsonl"
    )
    explain.add_argument(
        "--format", choices=page.FORMATS, default="text", help="how the page is written (default: text)"
    )
    explain.add_argument("--language", "--lang", choices=LANGUAGES, default="en", help="of the page (default: en)")
    digest = commands.add_parser(
        "fingerprint",
        help="digests of a file and of the scripts in it, for an exception",
        description="Prints what the key sha256 of an [[exception]] takes: the digest of the file, and of each script or macro in it.",
    )
    digest.add_argument("file", metavar="FILE")
    check = commands.add_parser(
        "check",
        help="find the mistakes in a policy file",
        description="Check policy files; the built-in ones where none is named. Exit status: 0 no errors, 1 errors, 2 the call failed.",
    )
    check.add_argument("policies", metavar="NAME|FILE", nargs="*")
    check.add_argument("--strict", action="store_true", help="warnings count as errors")
    check.add_argument(
        "--rules",
        action="append",
        default=[],
        metavar="PATH",
        help="YARA rules that the policy is used with, beside the built-in ones",
    )


def run(arguments: argparse.Namespace) -> int:
    """Carry out the command; gives the exit status."""
    if arguments.policy_command == "list":
        return _list()
    if arguments.policy_command == "show":
        return _show(arguments.policy, as_file=arguments.toml)
    if arguments.policy_command == "explain":
        return _explain(arguments)
    if arguments.policy_command == "fingerprint":
        return _fingerprint(Path(arguments.file))
    return _check(arguments.policies, arguments.rules, strict=arguments.strict)


def _explain(arguments: argparse.Namespace) -> int:
    if not arguments.policy and not arguments.report:
        raise OperatorError("name a policy, or a report with --report")
    reports = list(read_reports([arguments.report])) if arguments.report else []
    if arguments.report and not reports:
        raise OperatorError("contains no report", file=arguments.report)
    source = arguments.policy or reports[0].policy.id
    data = policyfile.read(source)
    pages = [explain_verdict(report, data, arguments.language) for report in reports]
    pages = pages or [Explainer(data, arguments.language).page()]
    for blocks in pages:
        sys.stdout.write(page.render(blocks, arguments.format, arguments.language))
    return 0


def _fingerprint(path: Path) -> int:
    # A policy that knows a script, any script, has the digests of scripts taken.
    nothing = Waiver(name="none", codes=CODES, given=(("sha256", frozenset({"-"})),))
    scanner = Scanner(
        Policy(msgspec.structs.replace(Policy.load("audit").data, waivers=(nothing,))),
        rules=Rules.empty(),
        tools=Tools.system(),
    )
    report = scanner.scan(path)
    for part in report.parts:
        if part.sha256 and (part.role == "layer" or part.parent is None):
            sys.stdout.write(f"{part.sha256}  {part.path}\n")
    return 0


def _list() -> int:
    for name in Policy.builtin_names():
        data = Policy.load(name).data
        sys.stdout.write(f"{data.id:<16} {data.version:<10} {data.title}\n")
    return 0


def _show(source: str, *, as_file: bool) -> int:
    data = policyfile.read(source)
    if as_file:
        sys.stdout.write(policyfile.text_of(source))
    else:
        sys.stdout.write(page.render(Explainer(data, "en").page(), "text", "en"))
    return 0


def _unmatched(data: PolicyData, rules: list[str]) -> list[Problem]:
    """Warnings about patterns of the table `[rules]` that mean no rule."""
    if not (data.yara.disable or data.yara.nursery):
        return []
    known = [(rule.space, rule.name) for rule in Rules.load(*rules, builtin=True, lenient=True).listed()]
    problems = []
    for named in unmatched(data.yara, lambda named: any(named.means(*each) for each in known)):
        file, _, line = named.place.rpartition(":")
        remedy = "" if rules else "; name the rules that you use with --rules"
        message = f"{named.pattern!r} means none of the {len(known)} rules{remedy}"
        problems.append(Problem(file, int(line), "rules", message, fatal=False))
    return problems


def _check(sources: list[str], rules: list[str], *, strict: bool) -> int:
    errors = warnings = missing = 0
    for source in sources or policyfile.all_names():
        if source not in policyfile.all_names() and not Path(source).exists():
            sys.stderr.write(
                f"attachguard: {printable(spelled(source))}: no such file, and no policy of this name{near(source, Policy.builtin_names())}\n"
            )
            missing += 1
            continue
        data, problems = policyfile.check(source, dt.datetime.now(dt.UTC).date())
        if data is not None:
            problems = [*problems, *_unmatched(data, rules)]
        for problem in problems:
            sys.stdout.write(f"{problem}\n")
        errors += sum(problem.fatal for problem in problems)
        warnings += sum(not problem.fatal for problem in problems)
        if data is not None and not problems:
            sys.stdout.write(f"{source}: {data.id} {data.version}, {len(data.rules)} rules, no mistakes\n")
    if missing:
        return Status.FAILED
    return Status.REFUSED if errors or (strict and warnings) else Status.FINE
