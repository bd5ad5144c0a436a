"""Five documents before and after cleaning: what was found in them, what was taken out, and what a second look finds.

`make demo` prints it below its table; `python examples/cleaning.py` prints it alone.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # the builders of tests are no part of the package

from tests.sanitizers.built import cases  # noqa: E402 -- the path comes first

from attachguard import Policy, Report, Scanner  # noqa: E402

#: File of the test suite, what it goes by here, and what it is.
DOCUMENTS = (
    ("macro.docm", "antrag.docm", "an application form whose macro starts a program"),
    ("sheet.xlsm", "kosten.xlsm", "a workbook with a hidden macro sheet"),
    ("fields.pdf", "formular.pdf", "a form with scripts behind its fields"),
    ("script.html", "einladung.html", "a page with script"),
    ("program.zip", "unterlagen.zip", "an archive with a letter and a program"),
)


class Cleaned(NamedTuple):
    """One document before and after."""

    name: str
    what: str
    before: Report
    after: Report

    @property
    def clean(self) -> bool:
        """Whether there is a copy, and nothing in it is refused."""
        return self.before.sanitized is not None and self.after.verdict.action.delivers


def clean() -> list[Cleaned]:
    """Clean each document, and scan what comes out."""
    scanner = Scanner(Policy.load("disarm"), rewrite=True)
    files = {case.name: case.data for case in cases()}
    done = []
    for source, name, what in DOCUMENTS:
        before = scanner.scan(files[source], name=name, kind="file")
        after = scanner.scan(before.sanitized or b"", name=before.sanitized_name or name, kind="file")
        done.append(Cleaned(name, what, before, after))
    return done


def table(done: list[Cleaned]) -> str:
    """What went, document by document."""
    return "\n".join(_rows(done))


def _rows(done: list[Cleaned]) -> Iterator[str]:
    yield "  cleaned under the policy disarm: attachguard sanitize FILE… -o FOLDER"
    for each in done:
        new = each.before.sanitized_name or each.name
        size = len(each.before.sanitized or b"")
        yield f"{' ' if each.clean else '!'} {each.name} ({each.before.size} bytes): {each.what}"
        for (detail, code), times in Counter((record.detail, record.code) for record in each.before.removed).items():
            yield f"    taken out: {detail} ({code})" + (f", {times} times" if times > 1 else "")
        yield f"    after:     {new} ({size} bytes), second look: {each.after.verdict.action.value}"


if __name__ == "__main__":
    results = clean()
    print(table(results))
    sys.exit(0 if all(each.clean for each in results) else 1)
