"""Prints the page `docs/formats.md`: every type that is told, and what becomes of it; `python -m attachguard.formats > docs/formats.md`."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from attachguard import formats
from attachguard.formats import INSPECTORS
from attachguard.formats._table import TABLE
from attachguard.inspector import Inspector
from attachguard.types.filetypes import BASES, FACTS, TITLES, TYPES

_FILE = '''\
"""Made from the modules by `python -m attachguard.formats --table`: move a line where the order of inspectors matters, change nothing else."""

from __future__ import annotations

from typing import Final

# fmt: off
#: Every inspector and the types it inspects; where several know a type, they run in this order.
TABLE: Final = """
{lines}"""  # noqa: E501  one line each

#: Of what looks into plain text: octets without one of which it has nothing to say about text, a page, a table or plain XML.
MARKS: Final[dict[str, tuple[bytes, ...]]] = {{
{rows}}}
'''
_INTRODUCTION = """\
# Formats

Made from the modules in `src/attachguard/formats/` and the table of types by `python -m attachguard.formats`; a test keeps it current.

What follows from a type alone is in the column *means*. A type that refines another one (`docx` refines `zip`) takes its place; any other
type is added, and the inspectors of all of them look at the content.
"""


def page() -> str:
    """The whole page."""
    return "\n".join((_INTRODUCTION, *_inspected(), *_told(), ""))


def _inspected() -> Iterator[str]:
    yield f"## What is looked into: {len(INSPECTORS)} inspectors\n"
    for module in sorted(INSPECTORS, key=_name):
        yield f"### {_name(module)}\n"
        yield f"Types: {', '.join(f'`{key}` ({TITLES[key]})' for key in sorted(module.TYPES))}\n"
        yield f"- **Extracts:** {module.EXTRACTS}"
        yield f"- **Detects:** {module.DETECTS}"
        yield from (f"- **Limitation:** {sentence}" for sentence in module.LIMITATIONS)
        yield ""


def _told() -> Iterator[str]:
    yield f"## What is recognised: {len(TYPES)} types\n"
    inspectors: dict[str, list[str]] = {}
    for module in INSPECTORS:
        for key in module.TYPES:
            inspectors.setdefault(key, []).append(_name(module))
    by_group = sorted(TYPES.values(), key=lambda kind: (kind.group, kind.id))
    for group, kinds in groupby(by_group, key=lambda kind: kind.group):
        yield f"### {group}\n"
        yield "| id | what | media type | extensions | refines | means | looked into by |"
        yield "|---|---|---|---|---|---|---|"
        for kind in kinds:
            base = BASES.get(kind.id, "")
            names = inspectors.get(kind.id) or inspectors.get(base, [])
            cells = (
                f"`{kind.id}`",
                TITLES[kind.id],
                kind.mime,
                _joined(kind.extensions),
                base,
                _joined(FACTS.get(kind.id, ())),
                _joined(names) or "identified only",
            )
            yield f"| {' | '.join(cells)} |"
        yield ""


def _joined(words: Iterable[str]) -> str:
    return ", ".join(words)


def _name(module: Inspector) -> str:
    return getattr(module, "__name__", "").rpartition(".")[2]


def _spelled(marks: tuple[bytes, ...]) -> str:
    """Octets as the sources spell them."""
    words = [repr(mark) if b'"' in mark else f'b"{repr(mark)[2:-1]}"' for mark in marks]
    return f"{words[0]}," if len(words) == 1 else ", ".join(words)


def table() -> str:
    """The text of `_table.py`, from what the modules say; lines stay where they are, new modules come last."""
    package = "attachguard.formats."
    found: dict[str, Inspector] = {}
    for info in pkgutil.walk_packages(formats.__path__, package):
        if "__main__" not in info.name:
            module = importlib.import_module(info.name)
            if hasattr(module, "TYPES") and hasattr(module, "inspect"):
                found[info.name.removeprefix(package)] = module
    known = [line.split()[0] for line in TABLE.split("\n") if line]
    names = [name for name in known if name in found] + sorted(found.keys() - set(known))
    lines = "".join(f"{name} {' '.join(sorted(found[name].TYPES))}\n" for name in names)
    marks = {name: getattr(found[name], "MARKS", ()) for name in names}
    rows = "".join(f"    {json.dumps(name)}: ({_spelled(value)}),\n" for name, value in marks.items() if value)
    return _FILE.format(lines=lines, rows=rows)


if __name__ == "__main__":
    if sys.argv[1:] == ["--table"]:
        Path(__file__).with_name("_table.py").write_text(table(), "utf-8")
    else:
        sys.stdout.write(page())
