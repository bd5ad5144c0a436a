"""XDP: an XFA form as a file of its own, with the PDF that it is shown on in base64, or without (XFA 3.3, part 1, chapter 8 "XDP").

Acrobat opens one like a PDF and runs its scripts.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from attachguard.formats.pdf.xfa import Form, told
from attachguard.inspector import Fact
from attachguard.part import Part

TYPES: Final = frozenset({"xdp"})
LIMITATIONS: Final = ("The other packets (data, configuration, signatures) are not judged.",)
EXTRACTS: Final = "The PDF inside, scripts for the rules."
DETECTS: Final = "Scripts of the form."

_NO_LETTER: Final = re.compile(rb"[^A-Za-z0-9+/]+")


def inspect(part: Part) -> Iterator[Fact]:
    """The form's scripts, and the PDF that it is on."""
    form = Form(part.data)
    for chunk in form.chunks:
        yield part.child("form.pdf", partial(_decoded, chunk), role="embedded", declared="application/pdf")
    yield from told(part, form.scripts, form.sheets, form.places, "XDP")


def _decoded(chunk: bytes) -> bytes:
    """Base64 as readers take it: whatever is no letter of it is passed over, and a last group may be cut."""
    letters = _NO_LETTER.sub(b"", chunk)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return base64.b64decode(letters + b"=" * (-len(letters) % 4))
