"""The reading of a page that takes every tag for a tag: used where what a browser makes of it hangs on more than the tokenizer follows.

Nothing that runs is missed by it, since every script, handler and script URL is written as one somewhere in the page; what a browser may show as
text counts, too. Only pages come here that nest drawings, formulas, selections or frame sets in ways that no editor writes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attachguard.formats.markup.handlers import HANDLER
from attachguard.later import later

if TYPE_CHECKING:
    from attachguard.formats.markup.collected import Page

_SCRIPT: Final = later(rb"<script[\t\n\f\r />]", re.IGNORECASE)
_HANDLER: Final = later(rb"[\t\n\f\r /\"'](on[a-z]{3,40})[\t\n\f\r ]*+=", re.IGNORECASE)
_URL: Final = later(
    rb"=[\t\n\f\r ]*+[\"']?[\x00-\x20]*+((?:j|&[#\w]{1,12};?)[\x00-\x20\w&#;]{0,200}script|(?:v|l)[\x00-\x20\w&#;]{0,200}script|data:text/html)"
    rb"[\x00-\x20]{0,10}(?::|&colon;|&#)",
    re.IGNORECASE,
)
_MOST: Final = 20


def read(page: Page, data: bytes, start: int) -> None:
    """Add what follows `start` to what is known of the page."""
    for number, match in enumerate(_SCRIPT.finditer(data, start)):
        if number >= _MOST:
            break
        page.scripts_seen += 1
        page.scripts_inline += 1
        end = data.find(b"<", match.end())
        page.scripts.append(data[match.end() : end if end >= 0 else len(data)])
    for number, match in enumerate(_HANDLER.finditer(data, start)):
        if number >= _MOST:
            break
        name = match[1].decode("ascii").lower()
        if HANDLER.fullmatch(name):
            page.handlers_seen += 1
            page.handlers.append(name)
            page.scripts.append(data[match.end() : match.end() + 1_000])
    if _URL.search(data, start):
        page.links.append("javascript: URL")
