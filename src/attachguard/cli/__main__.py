"""Prints the manual page; `python -m attachguard.cli > attachguard.1`."""

from __future__ import annotations

import importlib.metadata
import sys

from attachguard.cli.main import parser
from attachguard.cli.manual import page

if __name__ == "__main__":
    sys.stdout.write(page(parser(), importlib.metadata.version("attachguard")))
