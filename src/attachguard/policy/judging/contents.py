"""What a policy asks of the content of texts: no links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attachguard.later import later
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.policy.judging.conditions import ContentRules

_LINK: Final = later(rb"https?://[^\s<>\"']{1,200}", re.IGNORECASE)
#: Bytes of one text that are looked at.
_LOOKED_AT: Final = 1 << 20


class ContentList:
    """The content rules of one policy.

    Args:
        rules: what the file says.
    """

    def __init__(self, rules: ContentRules) -> None:
        self._rules = rules

    @property
    def asks(self) -> bool:
        """Whether there is anything to ask of a text."""
        return not self._rules.links

    def findings(self, part: Part) -> Iterator[Finding]:
        """What the rules say about a text or page, of the mail or attached to it."""
        if part.role == "body" or (part.role == "attachment" and part.is_a("txt", "html", "xhtml")):
            found = _LINK.search(part.data, 0, _LOOKED_AT)
            if found is not None:
                yield part.finding("linked-content", "link: " + found[0][:80].decode("ascii", "replace"))
