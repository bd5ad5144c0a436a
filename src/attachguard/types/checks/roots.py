"""The root element of XML, found after whatever may stand before it (XML 1.0 §2.8)."""

from __future__ import annotations

import re
from typing import Final

from attachguard.later import later

#: Everything that may stand before the root: blanks, comments, processing instructions, a document type.
_PROLOG: Final = later(
    rb"(?:\s++|<\?[^>]{0,1000}+>|<!--(?:[^-]++|-(?!->))*+-->|<!DOCTYPE[^>\[]{0,1000}+(?:\[[^\]]{0,20000}+\]\s*+)?>)*+",
    re.IGNORECASE,
)
_ROOT: Final = later(rb"<(?:([A-Za-z_][\w.-]{0,60}):)?([A-Za-z_][\w.-]{0,80})((?:\s[^>]{0,8000})?)")


def root_of(text: bytes) -> tuple[int, re.Match[bytes] | None]:
    """Where the prolog ends, and the start of the root's tag: prefix, name and attributes; None where no tag follows.

    Args:
        text: the head of the text, leading blanks taken off.
    """
    prolog = _PROLOG.match(text)
    start = prolog.end() if prolog else 0
    return start, _ROOT.match(text, start)
