"""What a single tag of a page says: a script, a frame, a form, a link, an address in an attribute.

References: HTML standard (scripts, event handlers, `meta` refresh, forms, `srcdoc`), SVG 2 (script, animation of links), RFC 2397 (data: URLs).
"""

from __future__ import annotations

import re
from typing import Final

from attachguard._core import markup
from attachguard.formats.markup.collected import MOST, Page, keep
from attachguard.formats.markup.handlers import HANDLER as _HANDLER
from attachguard.formats.markup.handlers import is_idle
from attachguard.formats.markup.shared import (
    MOST_ATTRIBUTES,
    attributes,
    decode_data_url,
    is_remote,
    parse_data_url,
    scheme_of,
    url_text,
)
from attachguard.later import later
from attachguard.readers import references

#: Inline documents and payloads that become parts.
_MOST_CHILDREN: Final = 50

#: Script elements of these types hold data, templates or rules, and run nothing.
_DATA_BLOCK: Final = later(
    r"json|template|importmap|speculationrules|text/(?:html|plain|xml|css|x-)|application/xml", re.IGNORECASE
)
_EXECUTES: Final = later(r"java|ecma|jscript|vbs|livescript|module|perl|python|x-mathjax", re.IGNORECASE)
SCRIPT_SCHEMES: Final = frozenset({"javascript", "vbscript", "livescript", "jscript"})
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
_HARMLESS_MEDIA: Final = later(
    r"(?:image|audio|video|font)/(?!svg)|text/css|application/(?:x-)?font|application/vnd\.ms-fontobject"
)
#: Class of the smart-tag object that Word writes into the pages and mails it makes.
_SMART_TAG_CLASS: Final = "38481807-ca0e-42d2-bf39-b33af135cc4d"
_REFRESH: Final = later(r"url\s*=\s*[\"']?\s*(.*)", re.IGNORECASE | re.DOTALL)


def read_tag(page: Page, data: bytes, why: int, span: tuple[int, int, int, int], *, xml: bool) -> None:
    """Read one tag that the core has found.

    Args:
        page: takes in what it says.
        data: the markup.
        why: why it was found, as bits of `markup`.
        span: where it starts, its name ends, it ends, and its content ends.
        xml: whether XML's rules hold.
    """
    start, name_end, end, content_end = span
    name = data[start:name_end][:80].decode("latin-1").lower()
    if xml:
        name = name.rpartition(":")[2]
    if why == markup.NAMED and name == "img" and len(page.pictures) >= MOST:
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
            keep(page.handlers, key)
            page.scripts.append(value)
            page.idle_seen += is_idle(key, value, given)
    page.busy += 1 + count
    if count >= MOST_ATTRIBUTES and why & (markup.HANDLER | markup.SCHEME):
        page.handlers_seen += 1
        keep(page.handlers, "a tag of thousands of attributes")
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
    if scheme in SCRIPT_SCHEMES:
        if head.partition(":")[2].strip("; ()").lower() not in ("", "void0", "void(0", "void 0", "//"):
            keep(page.links, f"{scheme}: URL")
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
        keep(
            page.downloads,
            f"{url.media or 'text/plain'} in a data: URL" + (f", saved as {file_name}" if file_name else ""),
        )
    else:
        where = references.read(head, page=True)
        if where.form == "moniker":
            # What a link of this scheme says is run by a program of Windows.
            keep(page.links, f"{where.scheme}: URL")
        elif where.form == "network-path" and key in _FETCHED:
            keep(page.own if where.own else page.uncs, head)


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
            keep(page.sources, url_text(source))
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
            keep(items, url)


def _read_object(page: Page, given: dict[str, bytes]) -> None:
    _read_source(page.frames, given.get("data") or given.get("src") or given.get("codebase"))
    class_id = url_text(given.get("classid", b"")).lower()
    if class_id and _SMART_TAG_CLASS not in class_id:
        keep(page.objects, f"ActiveX {class_id}")


def _read_applet(page: Page, given: dict[str, bytes]) -> None:
    keep(page.objects, "applet " + url_text(given.get("code") or given.get("archive") or b""))


def _read_meta(page: Page, given: dict[str, bytes]) -> None:
    if url_text(given.get("http-equiv", b"")).lower() != "refresh":
        return
    target = _REFRESH.search(url_text(given.get("content", b"")))
    if target is not None and target[1]:
        goal = target[1].rstrip("\"' ")
        keep(page.refreshes, goal)
        if scheme_of(goal) in SCRIPT_SCHEMES:
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
    for candidate in given.get("srcset", b"").split(b",")[1:MOST]:
        address = url_text(candidate)
        where = references.read(address, page=True)
        if where.form == "network-path":
            keep(page.own if where.own else page.uncs, address)


def _read_animation(page: Page, given: dict[str, bytes]) -> None:
    """An animation may give a link its goal."""
    for key in ("values", "to", "from", "by"):
        for value in given.get(key, b"").split(b";")[:50]:
            if scheme_of(url_text(value)) in SCRIPT_SCHEMES:
                keep(page.links, "javascript: URL")


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
