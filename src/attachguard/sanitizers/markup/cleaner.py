"""Walks a page or drawing and takes out what is not on the lists."""

from __future__ import annotations

import re
from typing import Any, Final

from attachguard.readers.references import USES, Use, kind_of, read
from attachguard.sanitizers.markup.lists import ATTRIBUTES, ELEMENTS, SVG_ELEMENTS, WHOLE
from attachguard.sanitizers.record import Work

_ADDRESSES: Final = frozenset({"href", "src", "background", "cite", "longdesc", "usemap"})
_SCHEMES: Final = frozenset(
    {"http", "https", "mailto", "tel", "sms", "ftp", "cid", "mid", "news", "geo", "xmpp", "webcal", "sip"}
)
_PICTURE: Final = re.compile(r"data:image/(?:png|gif|jpe?g|webp|bmp|x-icon)[;,]", re.IGNORECASE)
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_STYLE: Final = re.compile(
    r"@import[^;}]*;?|(?:-moz-binding|behavior)\s*:[^;}]*;?|expression\s*\([^;}]*|(?:javascript|vbscript)\s*:[^;})\"']*|"
    r"url\(\s*[\"']?\s*(?!data:image/(?!svg)|cid:|https?:|#)[^)]*\)",
    re.IGNORECASE,
)
_FAR_STYLE: Final = re.compile(r"url\(\s*[\"']?\s*https?:[^)]*\)", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"\\[0-9a-fA-F]{1,6}\s?|/\*.*?\*/", re.DOTALL)
_SHARE: Final = re.compile(r"file:|smb:|dav:|\\\\")
#: Tags inside of a value, which other readers may take for tags of the page.
_MARKUP: Final = re.compile(r"<[/!?a-zA-Z]")
#: A backslash in front of a letter that it does not change.
_SAME: Final = re.compile(r"\\(?=[g-zG-Z])")
_ACTING: Final = re.compile(r"(?:java|vb)script\s*:|url\(\s*[\"']?\s*(?:javascript|data:(?!image/))", re.IGNORECASE)
_HTTP_EQUIV: Final = frozenset({"content-type", "content-language", "default-style", "x-ua-compatible"})


class Cleaner:
    """Walks a tree and takes out what is not on the list.

    Args:
        work: notes what goes.
        kind: `html`, `xhtml` or `svg`: begins the kinds of what goes.
    """

    def __init__(self, work: Work, kind: str) -> None:
        self._work = work
        self._kind = kind

    def clean(self, root: Any) -> None:
        """Clean a whole tree."""
        for number, element in enumerate(list(root.iter())):
            if number % 1000 == 0:
                self._work.budget.check_time()
            if element is not root and element.getparent() is None:
                continue
            if not isinstance(element.tag, str):
                self._comment(element, root)
                continue
            prefix, name = self._name(element)
            if name == "a" and prefix == "svg":
                prefix = "svg"
            allowed = (
                name in SVG_ELEMENTS if prefix == "svg" else name in ELEMENTS if prefix == "html" else prefix == "data"
            )
            if element is root:
                allowed = True
            if not allowed and not self._inside(element, root):
                continue
            if not allowed:
                self._out(element, name)
                continue
            if prefix == "svg" and name in ("animate", "set", "animateMotion") and self._animates_link(element):
                self._drop(element, "script", f"animation of {element.get('attributeName')}")
                continue
            self._attributes(element, name, prefix)
            if name == "style":
                self._style_sheet(element)
            if name == "meta" and self._redirects(element):
                self._drop(element, "refresh", f"redirect: {element.get('content') or ''}")

    def _inside(self, element: Any, root: Any) -> bool:
        holder = element
        while holder is not None and holder is not root:
            holder = holder.getparent()
        return holder is root

    def _name(self, element: Any) -> tuple[str, str]:
        """The language that an element belongs to, and its name."""
        namespace, _, name = element.tag.rpartition("}")
        namespace = namespace.strip("{")
        if self._kind == "html":
            return "html", name.lower()
        if namespace == "http://www.w3.org/2000/svg" or (not namespace and self._kind == "svg"):
            return "svg", name
        if namespace == "http://www.w3.org/1999/xhtml" or not namespace:
            return ("html" if self._kind == "xhtml" else "other"), name.lower()
        # Data of drawing programs and descriptions of the work act in no viewer.
        harmless = (
            "sodipodi",
            "inkscape",
            "purl.org",
            "w3.org/1999/02/22-rdf",
            "creativecommons",
            "adobe.com",
            "bohemiancoding",
            "serif.com",
        )
        return ("data" if any(word in namespace for word in harmless) else "other"), name

    def _comment(self, element: Any, root: Any) -> None:
        # Conditional comments are content for some mail programs.
        text = element.text or ""
        parent = element.getparent()
        if parent is None or not isinstance(text, str):
            return
        if "<" in text or "[if" in text.lower() or not str(element).startswith("<!--"):
            self._keep_tail(element)
            parent.remove(element)
        del root

    def _out(self, element: Any, name: str) -> None:
        """An element that is not on the list: away with everything in it, or only the tags."""
        if name in WHOLE or self._kind == "svg":
            word = {"script": "script", "iframe": "frame", "frame": "frame", "frameset": "frame"}.get(name, "object")
            self._drop(element, word, f"{name} element")
            return
        # Its attributes go with it; those that act are reported.
        for key, value in element.attrib.items():
            self._may_stay(name, "html", str(key).rpartition("}")[2].lower(), value)
        parent = element.getparent()
        place = parent.index(element)
        previous = element.getprevious()
        if element.text:
            if previous is not None:
                previous.tail = (previous.tail or "") + element.text
            else:
                parent.text = (parent.text or "") + element.text
        children = list(element)
        tail = element.tail
        element.tail = None
        for offset, child in enumerate(children):
            parent.insert(place + offset, child)
        if tail:
            last = children[-1] if children else previous
            if last is not None:
                last.tail = (last.tail or "") + tail
            else:
                parent.text = (parent.text or "") + tail
        parent.remove(element)

    def _drop(self, element: Any, word: str, detail: str) -> None:
        from lxml import etree

        self._note(word, detail, etree.tostring(element, with_tail=False, encoding="unicode"))
        self._keep_tail(element)
        element.getparent().remove(element)

    def _keep_tail(self, element: Any) -> None:
        parent, tail, previous = element.getparent(), element.tail, element.getprevious()
        if tail and previous is not None:
            previous.tail = (previous.tail or "") + tail
        elif tail:
            parent.text = (parent.text or "") + tail

    def _note(self, word: str, detail: str, content: str) -> None:
        kind = {
            "script": "script",
            "handler": "handler",
            "link": "script-link",
            "refresh": "refresh",
            "object": "object",
            "frame": "frame",
        }.get(word, word)
        code = (
            "external-reference"
            if kind in ("frame", "form-target", "picture", "style-sheet", "network-path")
            else "active-content"
        )
        self._work.took(
            code, f"{self._kind}-{kind}", f"{self._kind.upper()} {detail}", content.encode("utf-8", "replace")
        )

    # -- attributes -----------------------------------------------------------------------------------------------------------

    def _attributes(self, element: Any, name: str, prefix: str) -> None:
        kept: list[tuple[str, str]] = []
        before = list(element.attrib.items())
        for key, value in before:
            short = str(key).rpartition("}")[2].lower()
            if short == "style":
                kept.append((key, self._style(value)))
            elif self._may_stay(name, prefix, short, value):
                kept.append(
                    (key, self._style(value) if prefix in ("svg", "data") and "url(" in value.lower() else value)
                )
        if kept != before:
            # All anew: some pages have names of attributes that the library gives and does not take.
            element.attrib.clear()
            for key, value in kept:
                element.set(key, value)

    def _may_stay(self, name: str, prefix: str, short: str, value: str) -> bool:
        """Whether an attribute may stay; what goes and could act is noted."""
        if short.startswith("on"):
            self._note("handler", f"handler {short}", value)
            return False
        if self._kind == "html" and _MARKUP.search(value) is not None:
            self._note("script", f"tags in the {short} attribute", value)
            return False
        if short in ("action", "formaction"):
            if not self._work.wants(f"{self._kind}-form-target") and _is_web(value):
                return True
            self._note("form-target", f"form target {value}", value)
            return False
        if short in ("href", "src") and prefix == "svg":
            return self._drawing_address(name, value)
        if short in _ADDRESSES or short in ("data", "poster", "codebase", "srcset"):
            return self._address(name, short, value)
        if prefix in ("svg", "data"):
            acts = _ACTING.search(value) is not None
            if acts:
                self._note("link", f"{short} attribute", value)
            return not acts
        allowed = short in ATTRIBUTES or short.startswith(("data-", "aria-"))
        if not allowed and _ACTING.search(value) is not None:
            self._note("link", f"{short} attribute", value)
        return allowed

    def _address(self, name: str, attribute: str, value: str) -> bool:
        """Whether an address may stay."""
        plain = re.sub(r"[\x00-\x20]+", "", value)
        found = _SCHEME.match(plain)
        scheme = found[1].lower() if found is not None else ""
        if scheme == "data":
            if (
                _PICTURE.match(plain)
                and attribute in ("src", "background")
                and name in ("img", "input", "source", "body", "td", "table", "th")
            ):
                return True
            self._note("smuggling", "data in an address", value)
            return False
        if scheme and scheme not in _SCHEMES:
            self._note("link", f"link to {plain[:60]}", value)
            return False
        link = (name in ("a", "area") and attribute == "href") or attribute in ("cite", "longdesc", "usemap")
        use: Use = USES["link"] if link else USES["style"] if name == "link" else USES["picture"]
        kind = kind_of(use, value, page=True)
        if read(value, page=True).form == "network-path" or kind in ("protocol-moniker", "protocol-link"):
            self._note("network-path", f"network path {plain[:60]}", value)
            return False
        if link or read(value, page=True).form != "web":
            return name != "base"
        word = "style-sheet" if name == "link" else "picture"
        if self._work.wants(f"{self._kind}-{word}"):
            self._note(word, f"{word} from {plain[:60]}", value)
            return False
        return True

    def _drawing_address(self, name: str, value: str) -> bool:
        plain = re.sub(r"[\x00-\x20]+", "", value)
        if plain.startswith("#") or _PICTURE.match(plain):
            return True
        if name == "a":
            return self._address("a", "href", value)
        if (
            name in ("image", "feImage")
            and plain.lower().startswith(("https:", "http:"))
            and not self._work.wants("svg-picture")
        ):
            return True
        if name in ("image", "feImage") and not _SCHEME.match(plain) and not plain.startswith(("//", "\\\\")):
            return True
        self._note(
            "network-path" if name in ("image", "feImage", "use") else "link", f"reference to {plain[:60]}", value
        )
        return False

    def _animates_link(self, element: Any) -> bool:
        target = (element.get("attributeName") or "").lower().rpartition(":")[2]
        values = " ".join(element.get(key) or "" for key in ("to", "from", "values", "by"))
        return target in ("href", "src", "xlink") or target.startswith("on") or "script:" in values.lower()

    def _redirects(self, element: Any) -> bool:
        equivalent = (element.get("http-equiv") or "").strip().lower()
        return bool(equivalent) and equivalent not in _HTTP_EQUIV

    # -- styles -----------------------------------------------------------------------------------------------------------------

    def _style_sheet(self, element: Any) -> None:
        element.text = self._style(element.text or "") if not len(element) else ""

    def _style(self, text: str) -> str:
        # Escapes and comments can hide any word.
        checked = _ESCAPED.sub(lambda found: "" if found[0].startswith("/*") else found[0], text)
        if _ESCAPED.search(checked) and re.search(r"\\0{0,4}(?:[46]\d|[57]\d)", checked):
            checked = re.sub(r"\\[0-9a-fA-F]{1,6}\s?", "", checked)
        checked = _SAME.sub("", checked)
        for found in _STYLE.finditer(checked):
            self._note(_word_of(found[0].lower()), "style that acts", found[0])
        cleaned = _STYLE.sub("", checked)
        if self._work.wants(f"{self._kind}-picture"):
            for found in _FAR_STYLE.finditer(cleaned):
                self._note("picture", "style that loads", found[0])
            cleaned = _FAR_STYLE.sub("", cleaned)
        return (
            cleaned.replace("</", "<\\/")
            if "</" in cleaned
            else cleaned
            if checked != text or cleaned != checked
            else text
        )


def _word_of(style: str) -> str:
    """What a style does that goes."""
    if not style.startswith(("url", "@import")) or "script:" in style:
        return "script"
    return "style-sheet" if style.startswith("@") and _SHARE.search(style) is None else "network-path"


def _is_web(value: str) -> bool:
    return re.match(r"\s*(?:https?:|mailto:|#|$)", value, re.IGNORECASE) is not None
