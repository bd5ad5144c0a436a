"""What a page can do, as facts: script, handlers, redirects, objects, forms, references and smuggled files.

References: HTML standard (scripts, event handlers, `meta` refresh, forms, `srcdoc`), SVG 2 (script, animation of links).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from attachguard.errors import LimitExceeded
from attachguard.formats.markup import smuggling as _smuggling
from attachguard.formats.markup.collected import Page
from attachguard.formats.markup.elements import unescaped
from attachguard.formats.markup.page import BUSY
from attachguard.formats.markup.shared import decode_data_url, family_of, is_remote, shown
from attachguard.part import Part
from attachguard.types.filetypes import filetype

if TYPE_CHECKING:
    from attachguard.inspector import Fact


def page_facts(part: Part, page: Page, data: bytes, kind: str) -> Iterator[Fact]:
    """What was collected, as facts; `kind` is HTML, SVG or XML and begins every detail."""
    body = part.role == "body"
    family = family_of(kind)
    amp = body and _is_amp(part, page)
    yield from _acting(part, page, kind, family, amp=amp)
    for url in page.refreshes[:5]:
        yield part.finding(f"{family}-refresh", f"{kind} auto-refresh: {shown(url)}")
    for what_object in page.objects[:8]:
        yield part.finding(f"{family}-object", f"{kind} object: {shown(what_object)}")
    yield from _references(part, page, kind, family, body=body, amp=amp)
    if page.forms:
        detail = "asks for a password" if page.passwords else "form"
        goals = ", ".join(f"sends to {shown(url)}" for url in page.posts[:3])
        yield part.finding(f"{family}-form", f"{kind} form: {detail}" + (f", {goals}" if goals else ""))
    for what_download in page.downloads[:8]:
        yield part.finding(f"{family}-smuggling", f"{kind} smuggling: {shown(what_download)}")
    for number, (name, payload) in enumerate(page.payloads, 1):
        yield part.child(
            name or f"data-url-{number}",
            partial(decode_data_url, payload),
            role="embedded",
            declared=payload.media or None,
        )
    for number, inner in enumerate(page.inner, 1):
        yield part.child(f"srcdoc-{number}.html", partial(unescaped, inner), role="embedded", declared="text/html")
    if page.scripts:
        script = b"\n".join(page.scripts)
        yield from _smuggling.find(part, script, data, kind)
        yield part.layer("script.js", script, filetype("js"))
    if page.busy > BUSY:
        raise LimitExceeded("tags", f"{kind}: more than {BUSY} tags and attributes that may act")


def _acting(part: Part, page: Page, kind: str, family: str, *, amp: bool) -> Iterator[Fact]:
    """Scripts, handlers, styles and links that act; in the text of a mail each by what mail programs make of it."""
    body = part.role == "body"
    # A text that says to be one is shown as it stands, whatever it looks like.
    own = "idle" if body and part.declared == "text/plain" else "body" if body else family
    idle = "body-handler-idle"
    if page.scripts_seen:
        what = [f"{page.scripts_inline} inline"] if page.scripts_inline else []
        what += [f"loads {shown(url)}" for url in page.sources[:5]]
        runs = "body-amp-script" if amp else idle if own == "idle" else f"{own}-script"
        yield part.finding(runs, f"{kind} script: {', '.join(what)}")
    yield from _handlers(part, page, kind, own)
    for style in page.styles[:8]:
        # What a style runs, only old engines run, and no mail program has one of those.
        yield part.finding(idle if body else f"{family}-script", f"{kind} script in a style: {shown(style)}")
    for link in page.links[:8]:
        runs = f"{family}-protocol-link"
        if "script" in link:
            runs = idle if own == "idle" else f"{own}-script-link"
        yield part.finding(runs, f"{kind} link: {shown(link)}")


def _handlers(part: Part, page: Page, kind: str, own: str) -> Iterator[Fact]:
    if not page.handlers_seen:
        return
    detail = f"{kind} handler: {', '.join(page.handlers[:8])} ({page.handlers_seen})"
    if own == "idle" or (own == "body" and page.idle_seen >= page.handlers_seen):
        yield part.finding("body-handler-idle", detail)
    else:
        yield part.finding(f"{own}-handler", detail)


def _is_amp(part: Part, page: Page) -> bool:
    """Whether the scripts of a letter's AMP form are those of AMP alone, which mail programs that know AMP run in their own cage."""
    return (
        part.declared == "text/x-amp-html"
        and not page.scripts_inline
        and page.scripts_seen == len(page.sources)
        and all(url.lower().startswith("https://cdn.ampproject.org/") for url in page.sources)
    )


def _references(part: Part, page: Page, kind: str, family: str, *, body: bool, amp: bool) -> Iterator[Fact]:
    for url in page.uncs[:10]:
        yield part.finding(f"{family}-network-path", f"{kind} network path: {shown(url)}")
    for url in page.own[:5]:
        yield part.finding("own-network-reference", f"{kind} network path: {shown(url)}")
    groups = [
        ("script", "remote-script", [] if amp else [url for url in page.sources if is_remote(url)]),
        ("frame", "frame", page.frames),
        ("form target", "form-target", page.posts),
    ]
    if not body:
        groups += [("style sheet", "style-sheet", page.sheets), ("picture", "picture", page.pictures)]
    for label, suffix, urls in groups:
        if urls:
            more = f" and {len(urls) - 1} more" if len(urls) > 1 else ""
            yield part.finding(f"{family}-{suffix}", f"{kind} {label}: {shown(urls[0])}{more}")
