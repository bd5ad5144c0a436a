"""One pass over a page that collects everything active in it: what HTML, SVG and XHTML share.

References: HTML standard (scripts, event handlers, `meta` refresh, forms, `srcdoc`), SVG 2 (script, animation of links), RFC 2397 (data: URLs).
"""

from __future__ import annotations

import re
from array import array
from typing import Final

from attachguard._core import markup
from attachguard.formats.markup.shared import (
    MOST_ATTRIBUTES,
    DataUrl,
    attributes,
    decode_data_url,
    is_network_path,
    is_remote,
    parse_data_url,
    scheme_of,
    url_text,
)
from attachguard.part import Part

#: Tags that the core hands over at once.
_BATCH: Final = 50_000
#: Different things of one kind that are kept to be named.
_MOST: Final = 40
#: Inline documents and payloads that become parts.
_MOST_CHILDREN: Final = 50

#: Script without an end tag is kept to this length.
_UNCLOSED: Final = 1 << 16

#: Names of event handler attributes begin like this; any other attribute in `on` is not one.
_HANDLER: Final = re.compile(
    r"on(?:abort|activate|after|animation|auxclick|before|begin|blur|bounce|cancel|can|cell|change|click|close|context|controlselect|copy|"
    r"cuechange|cut|data|dblclick|deactivate|devic|drag|drop|duration|emptied|end|error|filter|finish|focus|form|freeze|fullscreen|gotpointer|"
    r"hashchange|help|input|invalid|key|language|layout|load|lose|lostpointer|media|message|mouse|move|offline|online|orientation|page|paste|"
    r"pause|play|pointer|pop|progress|property|ratechange|readystate|rejection|repeat|reset|resize|resume|reverse|row|scroll|search|seek|"
    r"select|securitypolicy|show|slotchange|stalled|start|stop|storage|submit|suspend|timeerror|timeupdate|toggle|touch|track|transition|"
    r"unhandled|unload|volume|waiting|webkit|wheel|zoom)[a-z]*"
)
#: Script elements of these types hold data, templates or rules, and run nothing.
_DATA_BLOCK: Final = re.compile(
    r"json|template|importmap|speculationrules|text/(?:html|plain|xml|css|x-)|application/xml", re.IGNORECASE
)
_EXECUTES: Final = re.compile(r"java|ecma|jscript|vbs|livescript|module|perl|python|x-mathjax", re.IGNORECASE)
_SCRIPT_SCHEMES: Final = frozenset({"javascript", "vbscript", "livescript", "jscript"})
#: Links that start a program of Windows with what the link says.
_LAUNCH_SCHEMES: Final = frozenset(
    {"ms-msdt", "search-ms", "ms-officecmd", "ms-appinstaller", "ms-its", "ms-search", "ms-cxh-full", "mk"}
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
    """What one pass over a page collected; counts are exact, lists are cut."""

    __slots__ = (
        "downloads", "forms", "frames", "handlers", "handlers_seen", "inner", "links", "objects", "passwords", "payloads", "pictures",
        "posts", "refreshes", "scripts", "scripts_inline", "scripts_seen", "sheets", "sources", "uncs",
    )  # fmt: skip

    def __init__(self) -> None:
        self.scripts: list[bytes] = []
        self.scripts_seen = 0
        self.scripts_inline = 0
        self.sources: list[str] = []
        self.handlers: list[str] = []
        self.handlers_seen = 0
        self.links: list[str] = []
        self.refreshes: list[str] = []
        self.frames: list[str] = []
        self.objects: list[str] = []
        self.forms = 0
        self.passwords = 0
        self.posts: list[str] = []
        self.pictures: list[str] = []
        self.sheets: list[str] = []
        self.uncs: list[str] = []
        self.downloads: list[str] = []
        self.payloads: list[tuple[str, DataUrl]] = []
        self.inner: list[bytes] = []


def _keep(items: list[str], item: str) -> None:
    if len(items) < _MOST and item not in items:
        items.append(item)


def read_page(part: Part, data: bytes, names: array[int], *, xml: bool) -> tuple[Page, list[tuple[int, int]]]:
    """What the markup holds, and where XML declarations and instructions stand, as (reason, offset).

    Args:
        part: whose budget is used.
        data: the markup.
        names: packed tag names to look at, see `pack_names`.
        xml: whether XML's rules hold.
    """
    page = Page()
    marks: list[tuple[int, int]] = []
    place = 0
    while place < len(data):
        found, place = markup.tags(data, place, names, xml, _BATCH)
        for why, start, name_end, end, content_end in found:
            if why & (markup.INSTRUCTION | markup.DECLARATION):
                marks.append((why, start))
            else:
                _read_tag(page, data, why, (start, name_end, end, content_end))
        part.budget.check_time()
    return page, marks


def _read_tag(page: Page, data: bytes, why: int, span: tuple[int, int, int, int]) -> None:
    start, name_end, end, content_end = span
    name = data[start:name_end][:80].decode("latin-1").lower().rpartition(":")[2]
    if why == markup.NAMED and name == "img" and len(page.pictures) >= _MOST:
        return
    given: dict[str, bytes] = {}
    pairs = list(attributes(data, name_end, end - 1 if data[end - 1 : end] == b">" else end))
    for key, value in pairs:
        given.setdefault(key, value)
        if key.startswith("on") and why & markup.HANDLER and value.strip() and _HANDLER.fullmatch(key):
            page.handlers_seen += 1
            _keep(page.handlers, key)
            page.scripts.append(value)
    if len(pairs) >= MOST_ATTRIBUTES and why & (markup.HANDLER | markup.SCHEME):
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
        if content_end == end and not data.startswith(b"<", end) and data[end - 2 : end] != b"/>":
            # No end tag anywhere ahead: some readers run what is there.
            content = data[end : end + _UNCLOSED] if page.scripts_seen < _MOST else b"//"
        _read_script(page, given, content)


def _read_value(page: Page, tag: str, key: str, value: bytes, *, download: bytes | None) -> None:
    """An attribute whose value may be an active URL."""
    head = url_text(value[:400])
    scheme = scheme_of(head)
    if scheme in _SCRIPT_SCHEMES:
        if head.partition(":")[2].strip("; ()").lower() not in ("", "void0", "void(0", "void 0", "//"):
            _keep(page.links, f"{scheme}: URL")
            page.scripts.append(value)
    elif scheme in _LAUNCH_SCHEMES:
        _keep(page.links, f"{scheme}: URL")
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
    elif (
        is_network_path(head)
        and not head.startswith("/")
        and key in ("src", "href", "data", "background", "xlink:href", "action")
    ):
        _keep(page.uncs, head)


def _read_script(page: Page, given: dict[str, bytes], content: bytes) -> None:
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
    elif content.strip():
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
    "image": _read_picture,
    "feimage": _read_picture,
    "use": _read_picture,
    "link": _read_link,
}
