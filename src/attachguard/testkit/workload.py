"""Content that rules are timed on: what mail brings, in the sizes in which it costs time."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Final

from attachguard.testkit import BUILDERS
from attachguard.testkit.clean import clean

#: Octets of each of the long pieces.
_LONG: Final = 1 << 18


def _noise(size: int) -> bytes:
    """Bytes as packed content has them, the same ones each time."""
    blocks = (hashlib.sha256(number.to_bytes(8, "big")).digest() for number in range(size // 32))
    return b"".join(blocks)


def workload() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each piece: the clean files, then long ones of the kinds that most bytes of mail are."""
    files = dict(clean())
    yield from files.items()
    for name in ("brief.txt", "rundbrief.html", "menue.js", "tabelle.csv", "neues.xml"):
        yield f"lang-{name}", files[name] * (_LONG // len(files[name]))
    yield "lang-gepackt.bin", _noise(_LONG)
    yield "lang-base64.txt", base64.encodebytes(_noise(_LONG * 3 // 4))
    yield "lang-null.bin", bytes(_LONG)
    macro = "\n".join(f"Cells({row}, 1).Value = {row} * 3" for row in range(4000))
    yield "lang-makro.docm", BUILDERS["docm"](macro=f"Sub Fuellen()\n{macro}\nEnd Sub")
