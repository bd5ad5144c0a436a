"""Prints the manual page; `python -m attachguard.cli > attachguard.1`."""

from __future__ import annotations

import sys

from attachguard.cli.main import parser
from attachguard.cli.manual import page
from attachguard.version import VERSION

if __name__ == "__main__":
    sys.stdout.write(page(parser(), VERSION))
