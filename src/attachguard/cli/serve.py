"""`attachguard serve`: the gateway daemon."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from attachguard.cli.arguments import Parser
from attachguard.errors import OperatorError

_FRONTS = ("milter", "clamd", "olefy", "http")


def add_parser(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add the `serve` command."""
    serve = commands.add_parser(
        "serve",
        help="gateway daemon: milter, clamd, olefy, http",
        description="Answer mail servers and filters. One front by its name, several from a file with --config. SIGHUP reloads, SIGTERM drains.",
    )
    serve.add_argument(
        "front", nargs="?", choices=_FRONTS, metavar="milter|clamd|olefy|http", help="the protocol to speak"
    )
    serve.add_argument("--config", metavar="FILE", help="TOML file with everything, for one front or several")
    serve.add_argument("--print-config", action="store_true", help="write a configuration with comments, and end")
    serve.add_argument(
        "--listen",
        action="append",
        default=[],
        metavar="ADDR",
        help="inet:HOST:PORT, HOST:PORT or unix:/path (repeatable)",
    )
    serve.add_argument("--policy", metavar="NAME|FILE", help="policy that judges (default: strict)")
    serve.add_argument(
        "--rules", action="append", default=[], metavar="PATH", help="YARA rules added to the built-in ones"
    )
    serve.add_argument(
        "--rules-lenient",
        action="store_true",
        default=None,
        help="leave rule files that cannot be used out, and log each",
    )
    serve.add_argument("--workers", type=_workers, metavar="N", help="processes that scan (default: one a processor)")
    serve.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="deadline of a message (default: 60)")
    serve.add_argument(
        "--on-failure",
        choices=("defer", "reject", "deliver"),
        help="what becomes of a message whose scan failed (default: defer)",
    )
    serve.add_argument("--metrics", metavar="HOST:PORT", help="where figures for Prometheus are served")
    serve.add_argument("--log", choices=("text", "json"), help="form of the log (default: text)")
    serve.add_argument(
        "--root", action="append", default=[], metavar="FOLDER", help="clamd: folder that SCAN may read (repeatable)"
    )
    serve.set_defaults(run=run)


def _workers(text: str) -> int:
    from attachguard.gateway.serve.values import MOST_WORKERS

    number = int(text)
    if not 1 <= number <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"must be between 1 and {MOST_WORKERS}")
    return number


def _seconds(text: str) -> float:
    from attachguard.gateway.serve.values import MOST_SECONDS

    number = float(text)
    if not 0 < number < MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"must be above 0 and below {MOST_SECONDS:,}")
    return number


def run(options: argparse.Namespace) -> int:
    """Serve; returns the exit status."""
    from attachguard.gateway.serve import settings

    if options.print_config:
        sys.stdout.write(settings.example())
        return 0
    if bool(options.config) == bool(options.front):
        raise OperatorError(
            "name one front (attachguard serve milter), or a file with --config; --print-config writes one to begin with"
        )
    from attachguard.gateway.serve.service import Service

    return Service(partial(_settings, options)).run()


def _settings(options: argparse.Namespace) -> Any:
    """The settings: those of the file, with what the command line says in their place."""
    from attachguard.gateway.serve import addresses, settings

    try:
        places = tuple(addresses.parse(text) for text in options.listen)
        metrics = (addresses.parse(options.metrics),) if options.metrics else ()
    except ValueError as error:
        raise OperatorError(str(error), where="--listen") from error
    if options.config:
        if places:
            raise OperatorError("--listen goes with a front that is named; in a file each front has its listen")
        base = settings.read(Path(options.config))
    else:
        default = (addresses.parse(settings.DEFAULT[options.front]),)
        base = settings.Settings(fronts={options.front: settings.Front(listen=places or default)})
    given: dict[str, Any] = {
        name: value
        for name in ("policy", "workers", "timeout", "on_failure", "log", "rules_lenient")
        if (value := getattr(options, name)) is not None
    }
    if options.rules:
        given["rules"] = (*base.rules, *options.rules)
    if metrics:
        given["metrics"] = metrics
        given["places"] = {name: place for name, place in base.places.items() if name != "metrics"}
    if options.root:
        clamd = base.fronts.get("clamd")
        if clamd is None:
            raise OperatorError("there is no clamd front", where="--root")
        roots = tuple(str(Path(root).absolute()) for root in options.root)
        given["fronts"] = {**base.fronts, "clamd": msgspec.structs.replace(clamd, roots=(*clamd.roots, *roots))}
    return msgspec.structs.replace(base, **given)
