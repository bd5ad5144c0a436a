"""Prints the page `docs/formats.md`: every type that is told, and what becomes of it; `python -m attachguard.formats > docs/formats.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby

from attachguard.formats import INSPECTORS
from attachguard.inspector import Inspector
from attachguard.types.filetypes import BASES, FACTS, TITLES, TYPES

_INTRODUCTION = """\
# Formats

Made from the modules in `src/attachguard/formats/` and the table of types by `python -m attachguard.formats`; a test keeps it current.

What follows from a type alone stands in the column *means*. A type that refines another one (`docx` refines `zip`) takes its place; any other
type stands beside, and the inspectors of all of them look at the content.
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
    yield f"## What is told: {len(TYPES)} types\n"
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


if __name__ == "__main__":
    sys.stdout.write(page())
