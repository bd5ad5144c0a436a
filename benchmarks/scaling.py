"""What a message costs when there is twice as much of one thing in it: `python -m benchmarks.scaling docs/pictures/growth.svg` measures and draws it.

Each family is measured at one, two, four and eight times its size, the best of some rounds, in time of the processor. The exponent is that of the
steepest doubling: 1 is linear, and what a limit cuts short lies below. Drawn by hand, as a chart of some lines is no reason for a plotting library.
"""

from __future__ import annotations

import base64
import math
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from attachguard import Policy, Scanner
from attachguard.testkit.archives import zipped
from attachguard.testkit.openxml import word
from benchmarks.hostile_formats import letter, mixed, pdf, pool, stream

STEPS: Final = (1, 2, 4, 8)
#: Steeper than this is not linear; a shared machine adds some noise.
STEEPEST: Final = 1.25
_ROUNDS: Final = 3
_WIDTH, _HEIGHT, _LEFT, _TOP, _LEGEND = 560, 420, 64, 24, 300
_COLOURS: Final = ("#1b6ca8", "#c8553d", "#3a7d44", "#8e5ea2", "#b58900", "#2aa198", "#d33682", "#586e75", "#859900", "#6c71c4", "#cb4b16", "#073642")  # fmt: skip


def _encoded(size: int) -> bytes:
    return b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(random.Random(size).randbytes(size))


#: Families: whether they are messages, and what builds one of a size from 1 to 8.
FAMILIES: Final[dict[str, tuple[bool, Callable[[int], bytes]]]] = {
    "header fields": (True, lambda n: letter(b"x\r\n", *[b"X-%d: y" % number for number in range(4_000 * n)])),
    "parts": (True, lambda n: mixed([b"Content-Type: text/plain\r\n\r\nhello %d" % number for number in range(300 * n)])),
    "attached bytes": (True, lambda n: mixed([_encoded(1_500_000 * n)])),
    "text": (True, lambda n: letter(b"Bitte um Antwort bis Montag, http://example.org/%d\r\n" * (20_000 * n))),
    "members of an archive": (False, lambda n: zipped({f"{number}.txt": b"hello" for number in range(400 * n)})),
    "parts of a document": (False, lambda n: word(parts={f"word/p{number}.xml": "<w:hdr/>" for number in range(800 * n)})),
    "text of a document": (False, lambda n: word("<w:p><w:r><w:t>Guten Tag</w:t></w:r></w:p>" * (60_000 * n))),
    "objects of a PDF": (False, lambda n: pdf([b"<< /Type /Annot /A << /S /URI /URI (https://a/) >> >>"] * (12_000 * n))),
    "scripts of a PDF": (False, lambda n: pdf([b"<< /S /JavaScript /JS (app.alert(%d)) >>" % number for number in range(1_000 * n)])),
    "object streams": (False, lambda n: pdf([stream(b"1 0 << /S /JavaScript >>" + b" " * 20_000, b"/Type /ObjStm /N 1 /First 4")] * (200 * n))),
    "tags of a page": (False, lambda n: b"<html>" + b"<a onclick=x href='http://a/b'>c</a>" * (5_000 * n)),
    "embedded objects": (False, lambda n: pool(100 * n, {"\x01Ole": bytes(20)})),
}  # fmt: skip


def measure(scanner: Scanner, name: str, rounds: int = _ROUNDS) -> list[float]:
    """Milliseconds of the processor for a family at each step, the best of some rounds."""
    message, build = FAMILIES[name]
    times = []
    for step in STEPS:
        data = build(step)
        best = math.inf
        for _ in range(rounds + 1):
            begun = time.thread_time()
            scanner.scan(data, kind="message" if message else "file")
            best = min(best, time.thread_time() - begun)
        times.append(1000 * best)
    return times


def exponent(times: list[float]) -> float:
    """Of the growth from the first step to the last."""
    return math.log(times[-1] / times[0]) / math.log(STEPS[-1] / STEPS[0])


def draw(found: dict[str, list[float]]) -> str:
    """The times over the steps, both by doublings, as SVG."""
    every = [each for times in found.values() for each in times]
    low, high = math.floor(math.log2(min(every))), math.ceil(math.log2(max(every)))

    def x(step: float) -> float:
        return _LEFT + _WIDTH * math.log2(step) / math.log2(STEPS[-1])

    def y(milliseconds: float) -> float:
        return _TOP + _HEIGHT * (high - math.log2(milliseconds)) / (high - low)

    def label(at_x: float, at_y: float, text: str, more: str = "") -> str:
        return f'<text x="{at_x:.0f}" y="{at_y:.0f}" {more}>{text}</text>'

    lines = []
    for doubling in range(low, high + 1):
        height = y(2.0**doubling)
        lines.append(f'<path d="M{_LEFT} {height:.0f}h{_WIDTH}" stroke="#ddd"/>')
        lines.append(label(_LEFT - 6, height + 4, f"{2.0**doubling:g}", 'text-anchor="end"'))
    lines += [label(x(step), _TOP + _HEIGHT + 18, f"{step}×", 'text-anchor="middle"') for step in STEPS]
    for place, (name, times) in enumerate(found.items()):
        colour = _COLOURS[place % len(_COLOURS)]
        points = " ".join(f"{x(step):.1f},{y(each):.1f}" for step, each in zip(STEPS, times, strict=True))
        at = _TOP + 14 + 24 * place
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines.append(f'<rect x="{_LEFT + _WIDTH + 24}" y="{at - 9}" width="14" height="4" fill="{colour}"/>')
        lines.append(label(_LEFT + _WIDTH + 46, at - 3, f"{name}: exponent {exponent(times):.2f}"))
    size = f'width="{_LEFT + _WIDTH + _LEGEND}" height="{_TOP + _HEIGHT + 40}"'
    title = "<title>Milliseconds of CPU over the size of the input</title>"
    body = "\n".join(lines)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">{title}\n<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'


def main() -> int:
    """Measure, print, draw where a file is named."""
    scanner = Scanner(Policy.load("audit"))
    found = {name: measure(scanner, name) for name in FAMILIES}
    for name, times in found.items():
        print(f"{name:24s}", *(f"{each:9.1f}" for each in times), f"  exponent {exponent(times):.2f}")
    for target in sys.argv[1:2]:
        Path(target).write_text(draw(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
