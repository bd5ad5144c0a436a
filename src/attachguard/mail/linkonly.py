"""Messages whose actual content is behind a link ("Einschreiben per E-Mail"): a guess from the shown text, which fetches nothing.

A message is suspected when it has no attachment, little text of its own, and a link that the text asks the reader to follow for the content, or
that leads to a service which is there to hand over files. The score says how sure the guess is; policies only flag it.

Why our own: no library makes such a guess.
"""

from __future__ import annotations

import re
from typing import Final

from attachguard.model import Finding

#: Bytes of one body, and bodies, that are looked at.
_LOOKED_AT: Final = 64 << 10
_BODIES: Final = 8
_LINK: Final = re.compile(r"https?://([^\s/\"'<>?#:@]{1,255})[^\s\"'<>]{0,2000}", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]*>")
#: Text of its own beyond which a message says something itself, in characters.
_SHORT, _MIDDLE = 400, 1500

#: What such messages say, in German and English.
_FETCH: Final = re.compile(
    r"herunter\s?(?:zu)?\s?laden|abzuholen|abholen|abrufen|abgerufen werden|zum download|jetzt (?:öffnen|ansehen|lesen)|hier klicken|klicken sie"
    r"|steht (?:ihnen )?(?:zum abruf|bereit)|einschreiben|zustellung per e-?mail|link (?:öffnen|folgen)|download|retrieve|view (?:the |your )?"
    r"(?:message|document|file)|secure message|encrypted message|has shared|shared (?:a|the) (?:file|document|folder)|click (?:here|below|the link)"
    r"|sent you (?:a )?(?:file|document|message)",
    re.IGNORECASE,
)
#: Each phrase of `_FETCH` holds one of these in folded case: a text with none of them need not meet the slow expression.
_STEMS: Final = (
    "laden", "abzuholen", "abholen", "abrufen", "abgerufen werden", "zum download", "jetzt ", "klicken", "zum abruf", "bereit", "einschreiben",
    "zustellung per e", "link öffnen", "link folgen", "download", "retrieve", "view ", "secure message", "encrypted message", "has shared", "shared ",
    "click ", "sent you ",
)  # fmt: skip
#: The two letters that match an i without regard to case and do not fold to one.
_LIKE_I: Final = str.maketrans("ıİ", "ii")
#: Services that are there to hand over files or messages.
_SERVICES: Final = (
    "wetransfer.com", "we.tl", "swisstransfer.com", "transfernow.net", "filemail.com", "sendspace.com", "mega.nz", "dropbox.com", "db.tt",
    "drive.google.com", "docs.google.com", "onedrive.live.com", "1drv.ms", "sharepoint.com", "box.com", "regify.com", "cryptshare.com",
    "smash.com", "fromsmash.com", "hightail.com", "mediafire.com", "magentacloud.de", "hidrive.com", "strato.de", "gigamove.rwth-aachen.de",
    "epost.de", "fpsign.com", "docusign.net", "echosign.com", "nextcloud.com",
)  # fmt: skip


class LinkWatch:
    """Takes the shown bodies of one message and says at its end whether its content seems to be elsewhere."""

    __slots__ = ("_texts",)

    def __init__(self) -> None:
        self._texts: list[tuple[bytes, bool]] = []

    def look(self, body: bytes, *, page: bool) -> None:
        """Take a shown body; `page` for HTML."""
        if len(self._texts) < _BODIES:
            self._texts.append((body[:_LOOKED_AT], page))

    def finding(self, *, attachments: bool) -> Finding | None:
        """The guess, with its score; None for a message that seems to hold its own content.

        Args:
            attachments: whether the message has any.
        """
        if attachments or not any(b"http" in body.lower() for body, _page in self._texts):
            return None
        hosts: set[str] = set()
        said = 0
        owns: list[str] = []
        # The plain ones first: most mail says enough there, and its page need not be read.
        for body, page in sorted(self._texts, key=lambda each: each[1]):
            text = body.decode("utf-8", "replace")
            if page:
                own = _LINK.sub(" ", _shown(text))
                hosts.update(found[1].lower() for found in _LINK.finditer(text))
            else:
                own, there = _without_links(text)
                hosts.update(there)
            own = " ".join(own.split())
            said = max(said, len(own))
            if said > _MIDDLE:
                return None
            owns.append(own)
        asks = any(_asks(own) for own in owns)
        service = any(host == name or host.endswith("." + name) for host in hosts for name in _SERVICES)
        if not hosts or not (asks or service):
            return None
        score = 35 + 20 * asks + 20 * service + 15 * (said <= _SHORT) + 5 * (len(hosts) == 1)
        if score < 60:
            return None
        why = " and ".join(["words of fetching"] * asks + ["a service for files"] * service)
        links = "a link" if len(hosts) == 1 else f"links to {len(hosts)} places"
        detail = f"link only: {links}, {said} characters of text, {why}; not fetched"
        return Finding(
            "link-only-message", detail=detail, source="linkonly", kind="link-only-message", score=min(score, 95)
        )


def _without_links(text: str) -> tuple[str, list[str]]:
    """A text with a blank for each link, and the hosts they lead to."""
    lowered = text.lower()
    if len(lowered) != len(text):  # one of the few letters whose small form is longer
        return _LINK.sub(" ", text), [found[1].lower() for found in _LINK.finditer(text)]
    hosts: list[str] = []
    pieces: list[str] = []
    last, at = 0, lowered.find("http")
    while at >= 0:
        found = _LINK.match(text, at)
        if found is not None:
            hosts.append(found[1].lower())
            pieces.append(text[last:at])
            last = found.end()
        at = lowered.find("http", max(last, at + 1))
    return " ".join((*pieces, text[last:])), hosts


def _asks(own: str) -> bool:
    folded = own.translate(_LIKE_I).casefold()
    return any(stem in folded for stem in _STEMS) and _FETCH.search(own) is not None


def _shown(page: str) -> str:
    """The text of a page, roughly: what stands outside of tags, styles and scripts."""
    for name in ("style", "script", "head"):
        page = _without(page, name)
    from html import unescape  # its table of entities takes longer to load than most pages

    return unescape(_TAG.sub(" ", page))


def _without(page: str, name: str) -> str:
    """A page without one kind of element; each element is looked for once, so that many open ones cost no more than one."""
    lower = page.lower()
    kept: list[str] = []
    at = 0
    while True:
        begin = lower.find(f"<{name}", at)
        if begin < 0:
            kept.append(page[at:])
            return "".join(kept)
        kept.append(page[at:begin])
        end = lower.find(f"</{name}", begin)
        if end < 0:
            return "".join(kept)
        at = end + len(name) + 2
