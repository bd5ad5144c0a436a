"""Bars as SVG for the documentation: `python -m benchmarks.plot build/bench.json FOLDER`.

Own code, because two pictures of bars are some fifty lines and matplotlib is 100 MB that every developer would have to install for them; and because
its files differ from version to version, where these change when the figures do.
"""

from __future__ import annotations

import json
import re
import sys
from html import escape
from pathlib import Path

from benchmarks.gate import ratios

_LEFT, _WIDTH, _ROW = 230, 720, 26
_STYLE = (
    "text{font:14px sans-serif;fill:#222}.b{fill:#4472a8}.own{fill:#b8541d}svg{background:#fff}.t{font-weight:bold}"
)


def bars(title: str, unit: str, values: dict[str, float], own: str = "") -> str:
    """A picture of bars, one a row.

    Args:
        title: what it shows.
        unit: of the values.
        values: by name, in their order.
        own: the bar that is ours.
    """
    most = max(values.values())
    lines = [f'<text x="8" y="20" class="t">{escape(title)}</text>']
    for number, (name, value) in enumerate(values.items()):
        top = 34 + number * _ROW
        wide = (_WIDTH - _LEFT - 90) * value / most
        lines += [
            f'<text x="{_LEFT - 8}" y="{top + 15}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{_LEFT}" y="{top}" width="{wide:.1f}" height="{_ROW - 6}" class="{"own" if name == own else "b"}"/>',
            f'<text x="{_LEFT + wide + 6:.1f}" y="{top + 15}">{value:g} {escape(unit)}</text>',
        ]
    high = 44 + len(values) * _ROW
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {high}" width="{_WIDTH}" height="{high}" role="img">'
    return f"{head}<title>{escape(title)}</title><style>{_STYLE}</style>{''.join(lines)}</svg>\n"


def peers(page: str) -> dict[str, float]:
    """Milliseconds a message by scanner, from the table on the page about performance."""
    table = page.partition("## Against others")[2].partition("![")[0]
    found = re.findall(r"^\| (.+?) \| \**([\d.]+)\** \| \**[\d.]+\** \|$", table, re.MULTILINE)
    return {name.replace("*", "").partition(",")[0]: float(value) for name, value in found}


def main(artefact: Path, folder: Path) -> None:
    """Draw what there are figures for."""
    root = Path(__file__).parents[1]
    folder.mkdir(exist_ok=True)
    others = peers((root / "docs/performance.md").read_text("utf-8"))
    formats = {
        name.partition(" file:")[0]: value
        for name, value in ratios(json.loads(artefact.read_text("utf-8"))).items()
        # What trying words on a locked file costs would leave the others without a length.
        if name.endswith(" file: deep floor") and not name.endswith("-enc file: deep floor")
    }
    pictures = {
        "peers": ("Mails a second and core, by scanner", "/s", {name: round(1000 / value, 1) for name, value in others.items()}, "attachguard"),
        "formats": ("Cost of a file of 100 KB, by format, in times of the deep floor", "×", dict(sorted(formats.items())), ""),
    }  # fmt: skip
    for name, (title, unit, values, own) in pictures.items():
        if values:
            (folder / f"{name}.svg").write_text(bars(title, unit, values, own), "utf-8")
            print(folder / f"{name}.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
