"""`python -m tests.gateway.evil_serve serve …`: the daemon, with an inspector that does to its process what the content says, and little patience
with clients that stall at the end."""

from __future__ import annotations

import sys

import msgspec

from attachguard.cli.main import main
from attachguard.gateway.serve import net, service
from tests.gateway.evil import Evil


def run() -> int:
    """As `attachguard`, with one inspector more."""
    build = service.build_scanner

    def with_evil(settings):
        from attachguard import Scanner
        from attachguard.formats import INSPECTORS

        made = build(settings)
        limits = msgspec.structs.replace(made.limits, seconds=3600.0)
        return Scanner(made.policy, rules=made.rules, limits=limits, inspectors=(*INSPECTORS, Evil), rewrite=True)

    service.build_scanner = with_evil
    net._STALLED = 2.0
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
