"""One pass over a page that collects everything active in it: what HTML, SVG and XHTML share.

References: HTML standard (scripts, event handlers, `meta` refresh, forms, `srcdoc`), SVG 2 (script, animation of links), RFC 2397 (data: URLs).
"""

from __future__ import annotations

import re
from array import array
from typing import Final

from attachguard._core import foreign, markup
from attachguard.formats.markup import loose
from attachguard.formats.markup.handlers import HANDLER as _HANDLER
from attachguard.formats.markup.handlers import is_idle
from attachguard.formats.markup.shared import (
    MOST_ATTRIBUTES,
    DataUrl,
    attributes,
    decode_data_url,
    is_remote,
    parse_data_url,
    scheme_of,
    url_text,
)
from attachguard.formats.markup.styles import read_styles
from attachguard.part import Part
from attachguard.readers import references

#: Tags that the core hands over at once.
_BATCH: Final = 50_000
#: Different things of one kind that are kept to be named.
_MOST: Final = 40
#: Inline documents and payloads that become parts.
_MOST_CHILDREN: Final = 50

#: Tags and attributes that are read one by one; of further ones scripts are kept and handlers counted, and the limit is reported.
BUSY: Final = 150_000
#: The same of all pages of one message together; from there on no page of it is read any further.
ALL_BUSY: Final = 2 * BUSY
#: Script that is too short to say anything, where there is too much of it.
_SHORTEST: Final = 8

#: Script elements of these types hold data, templates or rules, and run nothing.
_DATA_BLOCK: Final = re.compile(
    r"json|template|importmap|speculationrules|text/(?:html|plain|xml|css|x-)|application/xml", re.IGNORECASE
)
_EXECUTES: Final = re.compile(r"java|ecma|jscript|vbs|livescript|module|perl|python|x-mathjax", re.IGNORECASE)
_SCRIPT_SCHEMES: Final = frozenset({"javascript", "vbscript", "livescript", "jscript"})
#: Attributes whose value is fetched or followed.
_FETCHED: Final = frozenset(
    [
        "src",
        "href",
        "data",
        "background",
        "xlink:href",
        "action",
        "poster",
        "lowsrc",
        "dynsrc",
        "srcset",
        "classid",
        "codebase",
    ]
)
_PICTURE_TAGS: Final = frozenset(
    {"img", "image", "feimage", "picture", "source", "video", "audio", "track", "input", "link", "body", "td", "table"}
)
_FRAME_TAGS: Final = frozenset({"iframe", "frame", "object", "embed", "applet"})
_HARMLESS_MEDIA: Final = re.compile(
    r"(?:image|audio|video|font)/(?!svg)|text/css|application/(?:x-)?font|application/vnd\.ms-fontobject"
)
#: Class of the smart-tag object that Word writes into the pages and mails it makes.
_SMART_TAG_CLASS: Final = "38481807-ca0e-42d2-bf39-b33af135cc4d"
_REFRESH: Final = re.compile(r"url\s*=\s*[\"']?\s*(.*)", re.IGNORECASE | re.DOTALL)


class Page:
    """What the passes over a page collected; counts are exact, lists are cut."""

    __slots__ = (
        "busy", "downloads", "forms", "frames", "handlers", "handlers_seen", "idle_seen", "inner", "links", "objects", "own", "passwords", "payloads",
        "pictures", "posts", "refreshes", "scripts", "scripts_inline", "scripts_seen", "sheets", "sources", "styles", "uncs",
    )  # fmt: skip

    def __init__(self) -> None:
        self.busy = 0
        self.scripts: list[bytes] = []
        self.scripts_seen = 0
        self.scripts_inline = 0
        self.sources: list[str] = []
        self.handlers: list[str] = []
        self.handlers_seen = 0
        #: Those of them that wait for the reader, or only call off what the program does by itself.
        self.idle_seen = 0
        self.links: list[str] = []
        self.refreshes: list[str] = []
        self.frames: list[str] = []
        self.objects: list[str] = []
        self.forms = 0
        self.passwords = 0
        self.posts: list[str] = []
        self.pictures: list[str] = []
        self.sheets: list[str] = []
        #: Script in styles, which no mail program runs.
        self.styles: list[str] = []
        self.uncs: list[str] = []
        self.own: list[str] = []
        self.downloads: list[str] = []
        self.payloads: list[tuple[str, DataUrl]] = []
        self.inner: list[bytes] = []

    def add(self, other: Page) -> None:
        """Take in what another reading of the same page collected: the greater count, and every different thing."""
        for field in self.__slots__:
            mine, theirs = getattr(self, field), getattr(other, field)
            if isinstance(mine, int):
                setattr(self, field, max(mine, theirs))
            elif theirs:
                known = set(mine)
                mine += (item for item in theirs if item not in known)


class Effort:
    """What the pages of one scan have taken so far, by tags and attributes."""

    __slots__ = ("spent",)

    def __init__(self) -> None:
        self.spent = 0


def _keep(items: list[str], item: str) -> None:
    if len(items) < _MOST and item not in items:
        items.append(item)


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
                _read_tag(page, data, why, (start, name_end, end, content_end), xml=xml)
        part.budget.check_time()
    effort.spent += page.busy - busy
    if state[0] >= 0:
        loose.read(page, data, state[0])
    _read_styles(page, data)
    return page


def _read_styles(page: Page, data: bytes) -> None:
    """Script in styles, and what they fetch from another host."""
    for what, address in read_styles(data):
        if what == "expression" or scheme_of(address) in _SCRIPT_SCHEMES:
            _keep(page.styles, address)
            continue
        where = references.read(address, page=True)
        if where.form == "moniker":
            _keep(page.styles, address)
        elif where.form == "network-path":
            _keep(page.own if where.own else page.uncs, address)
        elif where.form == "web" and what == "component":
            _keep(page.styles, address)
        elif where.form == "web" and what == "sheet":
            _keep(page.sheets, address)


def _read_inside(page: Page, data: bytes, names: array[int], why: int) -> None:
    """Markup that only some readers take for markup: in a conditional comment, or for readers without script."""
    page.busy += 5
    found, place = markup.html_tags(data, 0, names, _BATCH, foreign.opened())
    inner = page if why & markup.CONDITIONAL else Page()
    for inner_why, start, name_end, end, content_end in found:
        if not inner_why & (markup.CONDITIONAL | markup.NOSCRIPT):
            _read_tag(inner, data, inner_why, (start, name_end, end, content_end), xml=False)
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
                _keep(mine, item)
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


def _read_tag(page: Page, data: bytes, why: int, span: tuple[int, int, int, int], *, xml: bool) -> None:
    start, name_end, end, content_end = span
    name = data[start:name_end][:80].decode("latin-1").lower()
    if xml:
        name = name.rpartition(":")[2]
    if why == markup.NAMED and name == "img" and len(page.pictures) >= _MOST:
        return
    given: dict[str, bytes] = {}
    count = 0
    for key, value in attributes(data, name_end, end - 1):
        count += 1
        if key in given:
            continue  # the first of a name counts
        given[key] = value
        if key.startswith("on") and why & markup.HANDLER and value.strip() and _HANDLER.fullmatch(key):
            page.handlers_seen += 1
            _keep(page.handlers, key)
            page.scripts.append(value)
            page.idle_seen += is_idle(key, value, given)
    page.busy += 1 + count
    if count >= MOST_ATTRIBUTES and why & (markup.HANDLER | markup.SCHEME):
        page.handlers_seen += 1
        _keep(page.handlers, "a tag of thousands of attributes")
    if why & markup.SCHEME:
        for key, value in given.items():
            _read_value(page, name, key, value, download=given.get("download"))
    reader = _READERS.get(name)
    if reader is not None:
        reader(page, given)
    if name == "script":
        content = data[end:content_end]
        if b"&" in content and xml:
            content = unescaped(content)
        # In a drawing inside a page other elements may stand in front of a script's text.
        _read_script(
            page,
            given,
            content,
            more=content_end > end - 1
            and data.startswith(b"<", content_end)
            and data[content_end + 1 : content_end + 2] != b"/",
        )


def unescaped(value: bytes) -> bytes:
    """Text with its references resolved."""
    import html

    return html.unescape(value.decode("utf-8", "replace")).encode("utf-8", "replace")


def _read_value(page: Page, tag: str, key: str, value: bytes, *, download: bytes | None) -> None:
    """An attribute whose value may be an active URL."""
    head = url_text(value[:400])
    scheme = scheme_of(head)
    if scheme in _SCRIPT_SCHEMES:
        if head.partition(":")[2].strip("; ()").lower() not in ("", "void0", "void(0", "void 0", "//"):
            _keep(page.links, f"{scheme}: URL")
            page.scripts.append(value)
    elif scheme == "data":
        url = parse_data_url(value)
        if url is None or (tag in _PICTURE_TAGS and tag not in _FRAME_TAGS and not url.media.startswith("text/html")):
            return
        if url.media and _HARMLESS_MEDIA.match(url.media):
            return
        if tag == "script":
            return  # read with the script
        file_name = url_text(download) if download else ""
        if len(page.payloads) < _MOST_CHILDREN:
            page.payloads.append((file_name, url))
        _keep(
            page.downloads,
            f"{url.media or 'text/plain'} in a data: URL" + (f", saved as {file_name}" if file_name else ""),
        )
    else:
        where = references.read(head, page=True)
        if where.form == "moniker":
            # What a link of this scheme says is run by a program of Windows.
            _keep(page.links, f"{where.scheme}: URL")
        elif where.form == "network-path" and key in _FETCHED:
            _keep(page.own if where.own else page.uncs, head)


def _read_script(page: Page, given: dict[str, bytes], content: bytes, *, more: bool) -> None:
    kind = given.get("type", b"").decode("latin-1").strip() or given.get("language", b"").decode("latin-1")
    if kind and _DATA_BLOCK.search(kind) and not _EXECUTES.search(kind):
        return
    source = given.get("src") or given.get("href") or given.get("xlink:href")
    if source:
        url = parse_data_url(source)
        if url is not None:
            page.scripts_inline += 1
            page.scripts.append(decode_data_url(url))
        else:
            _keep(page.sources, url_text(source))
    elif content.strip() or more:
        page.scripts_inline += 1
    else:
        return
    page.scripts_seen += 1
    if content.strip():
        page.scripts.append(content)


def _read_frame(page: Page, given: dict[str, bytes]) -> None:
    inner = given.get("srcdoc")
    if inner and (b"<" in inner or b"&" in inner) and len(page.inner) < _MOST_CHILDREN:
        page.inner.append(inner)
    _read_source(page.frames, given.get("src"))


def _read_source(items: list[str], value: bytes | None) -> None:
    if value:
        url = url_text(value)
        if is_remote(url):
            _keep(items, url)


def _read_object(page: Page, given: dict[str, bytes]) -> None:
    _read_source(page.frames, given.get("data") or given.get("src") or given.get("codebase"))
    class_id = url_text(given.get("classid", b"")).lower()
    if class_id and _SMART_TAG_CLASS not in class_id:
        _keep(page.objects, f"ActiveX {class_id}")


def _read_applet(page: Page, given: dict[str, bytes]) -> None:
    _keep(page.objects, "applet " + url_text(given.get("code") or given.get("archive") or b""))


def _read_meta(page: Page, given: dict[str, bytes]) -> None:
    if url_text(given.get("http-equiv", b"")).lower() != "refresh":
        return
    target = _REFRESH.search(url_text(given.get("content", b"")))
    if target is not None and target[1]:
        goal = target[1].rstrip("\"' ")
        _keep(page.refreshes, goal)
        if scheme_of(goal) in _SCRIPT_SCHEMES:
            page.scripts.append(goal.encode("utf-8", "replace"))


def _read_form(page: Page, given: dict[str, bytes]) -> None:
    page.forms += 1
    _read_source(page.posts, given.get("action"))


def _read_input(page: Page, given: dict[str, bytes]) -> None:
    if given.get("type", b"").strip().lower() == b"password":
        page.passwords += 1


def _read_picture(page: Page, given: dict[str, bytes]) -> None:
    _read_source(page.pictures, given.get("src") or given.get("href") or given.get("xlink:href"))
    # Each of several pictures may be the one that a browser takes; the first is looked at like any address.
    for candidate in given.get("srcset", b"").split(b",")[1:_MOST]:
        address = url_text(candidate)
        where = references.read(address, page=True)
        if where.form == "network-path":
            _keep(page.own if where.own else page.uncs, address)


def _read_animation(page: Page, given: dict[str, bytes]) -> None:
    """An animation may give a link its goal."""
    for key in ("values", "to", "from", "by"):
        for value in given.get(key, b"").split(b";")[:50]:
            if scheme_of(url_text(value)) in _SCRIPT_SCHEMES:
                _keep(page.links, "javascript: URL")


def _read_link(page: Page, given: dict[str, bytes]) -> None:
    if b"stylesheet" in given.get("rel", b"").lower() or b"import" in given.get("rel", b"").lower():
        _read_source(page.sheets, given.get("href"))


_READERS: Final = {
    "iframe": _read_frame,
    "frame": _read_frame,
    "object": _read_object,
    "embed": _read_object,
    "applet": _read_applet,
    "meta": _read_meta,
    "form": _read_form,
    "input": _read_input,
    "img": _read_picture,
    "source": _read_picture,
    "image": _read_picture,
    "feimage": _read_picture,
    "use": _read_picture,
    "link": _read_link,
    "animate": _read_animation,
    "set": _read_animation,
}
