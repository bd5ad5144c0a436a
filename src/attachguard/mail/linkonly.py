"""Messages whose actual content is behind a link ("Einschreiben per E-Mail"): a guess from the shown text, which fetches nothing.

A message is suspected when it has no attachment, little text of its own, and a link that the text asks the reader to follow for the content, or
that leads to a service which is there to hand over files. The score says how sure the guess is; policies only flag it.

Why our own: no library makes such a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attachguard._core.needles import holds_folded
from attachguard._core.untag import untag
from attachguard.later import later
from attachguard.model import Finding

#: Bytes of one body, and bodies, that are looked at.
_LOOKED_AT: Final = 64 << 10
_BODIES: Final = 8
_LINK: Final = later(r"https?://([^\s/\"'<>?#:@]{1,255})[^\s\"'<>]{0,2000}", re.IGNORECASE)
#: Text of its own beyond which a message says something itself, in characters.
_SHORT, _MIDDLE = 400, 1500
#: So many characters of a body say as much, unless a quarter of them are blanks or links; then all of it is looked at.
_ENOUGH: Final = 2000

#: What such messages say, in German and English.
_FETCH: Final = later(
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
#: No phrase of `_FETCH` is longer, and none reaches further to either side of its stem.
_PHRASE: Final = 40
#: Services that are there to hand over files or messages.
_SERVICES: Final = frozenset({
    "wetransfer.com", "we.tl", "swisstransfer.com", "transfernow.net", "filemail.com", "sendspace.com", "mega.nz", "dropbox.com", "db.tt",
    "drive.google.com", "docs.google.com", "onedrive.live.com", "1drv.ms", "sharepoint.com", "box.com", "regify.com", "cryptshare.com",
    "smash.com", "fromsmash.com", "hightail.com", "mediafire.com", "magentacloud.de", "hidrive.com", "strato.de", "gigamove.rwth-aachen.de",
    "epost.de", "fpsign.com", "docusign.net", "echosign.com", "nextcloud.com",
})  # fmt: skip


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
        if attachments or not any(holds_folded(body, b"http") for body, _page in self._texts):
            return None
        said = 0
        owns: list[str] = []
        # The plain ones first: most mail says enough there, and its page need not be read.
        for body, page in sorted(self._texts, key=lambda each: each[1]):
            own = _own_text(body, page=page)
            said = max(said, len(own))
            if said > _MIDDLE:
                return None
            owns.append(own)
        hosts = {found[1].lower() for body, _page in self._texts for found in _links(body.decode("utf-8", "replace"))}
        asks = any(map(_asks, owns))
        service = any(map(_is_service, hosts))
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


def _own_text(body: bytes, *, page: bool) -> str:
    """What a body says itself, roughly: without links, and of a page without tags, styles and scripts; the beginning, where that is enough."""
    text = (_shown(body) if page else untag(body, False)).decode("utf-8", "replace")
    drawn = text.isascii()
    if page and "&" in text:
        from html import unescape  # its table of entities takes longer to load than most pages

        text = unescape(text)
        drawn = False
    if len(text) > _ENOUGH:
        own = " ".join(_without_links(text[:_ENOUGH]).split())
        if len(own) > _MIDDLE + len("https://"):  # so much of a link may be left where it is cut
            return own
    bare = _without_links(text)
    # Without links there is nothing new to be drawn together, unless blanks are not those of ASCII.
    return text.strip() if drawn and bare is text else " ".join(bare.split())


def _links(text: str) -> Iterator[re.Match[str]]:
    """The links in a text; where they may begin tells a search for letters faster than the expression would."""
    lowered = text.lower()
    if len(lowered) != len(text):  # one of the few letters whose small form is longer
        yield from _LINK.finditer(text)
        return
    at = lowered.find("http")
    while at >= 0:
        found = _LINK.match(text, at)
        if found is not None:
            yield found
        at = lowered.find("http", at + 1 if found is None else found.end())


def _without_links(text: str) -> str:
    """A text with a blank for each link."""
    pieces: list[str] = []
    last = 0
    for found in _links(text):
        pieces.append(text[last : found.start()])
        last = found.end()
    return " ".join((*pieces, text[last:])) if pieces else text


def _is_service(host: str) -> bool:
    """Whether a host belongs to one of the services."""
    while host:
        if host in _SERVICES:
            return True
        host = host.partition(".")[2]
    return False


def _asks(own: str) -> bool:
    """Whether a text says one of the phrases; the slow expression looks only where one of their stems is near."""
    folded = own.translate(_LIKE_I).casefold()
    return any(_is_near(folded, stem) for stem in _STEMS) and _FETCH.search(own) is not None


def _is_near(folded: str, stem: str) -> bool:
    """Whether a phrase seems to stand around one of the places of a stem."""
    at = folded.find(stem)
    while at >= 0:
        if _FETCH.search(folded, max(0, at - _PHRASE), at + len(stem) + _PHRASE) is not None:
            return True
        at = folded.find(stem, at + 1)
    return False


def _shown(page: bytes) -> bytes:
    """What stands outside of tags, styles and scripts of a page, roughly."""
    lower = page.lower()
    for name in (b"style", b"script", b"head"):
        page, lower = _without(page, lower, name)
    return untag(page)


def _without(page: bytes, lower: bytes, name: bytes) -> tuple[bytes, bytes]:
    """A page without one kind of element, and the same in lower case; each element is looked for once, so that many open ones cost no more."""
    kept: list[tuple[int, int]] = []
    at = 0
    while at >= 0:
        begin = lower.find(b"<" + name, at)
        if begin < 0:
            kept.append((at, len(page)))
            break
        kept.append((at, begin))
        end = lower.find(b"</" + name, begin)
        at = end + len(name) + 2 if end >= 0 else -1
    if len(kept) == 1 and kept[0] == (0, len(page)):
        return page, lower
    return b"".join([page[a:b] for a, b in kept]), b"".join([lower[a:b] for a, b in kept])
