"""One pass over a page that collects everything active in it: what HTML, SVG and XHTML share.

What single tags say is in `elements`, where it is kept in `collected`.
"""

from __future__ import annotations

from array import array
from typing import Final

from attachguard._core import foreign, markup
from attachguard.formats.markup import loose
from attachguard.formats.markup.collected import Page, keep
from attachguard.formats.markup.elements import SCRIPT_SCHEMES, read_tag
from attachguard.formats.markup.shared import scheme_of
from attachguard.formats.markup.styles import read_styles
from attachguard.part import Part
from attachguard.readers import references

#: Tags that the core hands over at once.
_BATCH: Final = 50_000
#: Tags and attributes that are read one by one; of further ones scripts are kept and handlers counted, and the limit is reported.
BUSY: Final = 80_000
#: The same of all pages of one message together; from there on no page of it is read any further.
ALL_BUSY: Final = 120_000
#: Script that is too short to say anything, where there is too much of it.
_SHORTEST: Final = 8
#: Styles that are looked at in the time of one look, see `Budget.spare`.
_STYLES: Final = 2


class Effort:
    """What the pages of one scan have taken so far, by tags and attributes."""

    __slots__ = ("spent",)

    def __init__(self) -> None:
        self.spent = 0


def read_page(part: Part, data: bytes, names: array[int], *, xml: bool, busy: int = 0) -> Page:
    """What the markup holds.

    Args:
        part: whose budget is used.
        data: the markup; of XML, as `plainxml` gives it.
        names: packed tag names to look at, see `pack_names`.
        xml: whether XML's rules hold.
        busy: tags and attributes that other readings of the page have been busy with.
    """
    page = Page()
    page.busy = busy
    effort = part.context.get(Effort)
    state = foreign.opened()
    place = 0
    while place < len(data):
        if effort.spent + page.busy - busy > ALL_BUSY:
            page.busy = max(page.busy, BUSY + 1)
            break
        if xml:
            found, place = markup.xml_tags(data, place, names, _BATCH)
        else:
            found, place = markup.html_tags(data, place, names, _BATCH, state)
        for why, start, name_end, end, content_end in found:
            if page.busy > BUSY:
                _pass_over(page, data, why, start, end, content_end)
            elif why & (markup.CONDITIONAL | markup.NOSCRIPT):
                _read_inside(page, data[end:content_end], names, why)
            else:
                read_tag(page, data, why, (start, name_end, end, content_end), xml=xml)
        part.budget.check_time()
    effort.spent += page.busy - busy
    if state[0] >= 0:
        loose.read(page, data, state[0])
    if part.budget.spare(data.count(b"style") // _STYLES):
        _read_styles(page, data)
    else:
        page.busy = max(page.busy, BUSY + 1)
    return page


def _read_styles(page: Page, data: bytes) -> None:
    """Script in styles, and what they fetch from another host."""
    for what, address in read_styles(data):
        if what == "expression" or scheme_of(address) in SCRIPT_SCHEMES:
            keep(page.styles, address)
            continue
        where = references.read(address, page=True)
        if where.form == "moniker":
            keep(page.styles, address)
        elif where.form == "network-path":
            keep(page.own if where.own else page.uncs, address)
        elif where.form == "web" and what == "component":
            keep(page.styles, address)
        elif where.form == "web" and what == "sheet":
            keep(page.sheets, address)


def _read_inside(page: Page, data: bytes, names: array[int], why: int) -> None:
    """Markup that only some readers take for markup: in a conditional comment, or for readers without script."""
    page.busy += 5
    found, place = markup.html_tags(data, 0, names, _BATCH, foreign.opened())
    inner = page if why & markup.CONDITIONAL else Page()
    for inner_why, start, name_end, end, content_end in found:
        if not inner_why & (markup.CONDITIONAL | markup.NOSCRIPT):
            read_tag(inner, data, inner_why, (start, name_end, end, content_end), xml=False)
    page.busy += len(found) if place >= len(data) else BUSY
    if inner is not page:
        # Where there is no script, script and handlers in it are nothing.
        for mine, theirs in (
            (page.refreshes, inner.refreshes),
            (page.frames, inner.frames),
            (page.posts, inner.posts),
            (page.pictures, inner.pictures),
            (page.uncs, inner.uncs),
            (page.objects, inner.objects),
        ):
            for item in theirs:
                keep(mine, item)
        page.forms += inner.forms


def _pass_over(page: Page, data: bytes, why: int, start: int, end: int, content_end: int) -> None:
    """A tag of a page that has had more of them than anybody reads: its script is kept for the rules, the rest is counted."""
    page.busy += 1
    if why & markup.HANDLER:
        page.handlers_seen += 1
    if content_end > end and data[start] | 32 == 0x73 and not why & (markup.CONDITIONAL | markup.NOSCRIPT):
        page.scripts_seen += 1
        page.scripts_inline += 1
        if content_end - end > _SHORTEST:
            page.scripts.append(data[end:content_end])
