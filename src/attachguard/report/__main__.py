"""Prints the JSON Schema of a report; `python -m attachguard.report > docs/report.schema.json`."""

from __future__ import annotations

import json
import sys

from attachguard.report.json import schema

if __name__ == "__main__":
    sys.stdout.write(json.dumps(schema(), indent=1) + "\n")
