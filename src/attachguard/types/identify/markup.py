"""Markup: HTML by its first tag, XML dialects by root element, namespace and processing instruction (XML 1.0 §2.8, Namespaces in XML §2).

Only the prolog and the root's start tag are read. HTML counts where a page's tag is the first thing, as browsers decide (WHATWG MIME Sniffing §7.1).
"""

from __future__ import annotations

import re
from typing import Final

from attachguard._core.needles import holds_folded
from attachguard.later import later
from attachguard.types.checks.roots import root_of
from attachguard.types.filetypes import by_word

_HTML_TAG: Final = later(
    rb"<(?:!doctype html|html|head|body|script|iframe|"
    rb"title|meta|table|div|font|h1|style|span|form|center|object|embed|base|link|img|br|p|a|b|i|pre|ul)[\s>/]",
    re.IGNORECASE,
)
_HTA: Final = b"<hta:application"

#: Root elements in lower case, each with letters that its attributes must have, mostly none, and the id that it proves.
_ROOTS: Final[dict[bytes, list[tuple[bytes, str]]]] = {}
for _word, _key in by_word("roots").items():
    _element, _, _space = _word.encode().partition(b"@")
    _ROOTS.setdefault(_element, []).append((_space, _key))
#: What a script file or scriptlet has, and nothing else that is called a job, package or component.
_SCRIPT: Final = later(rb"<(?:\w{1,40}:)?script[\s>/]", re.IGNORECASE)


def markup_kind(text: bytes) -> str:
    """Id of text that begins with `<`; empty where it is no markup.

    Args:
        text: the head of the text, leading blanks taken off.
    """
    declared = text[:5].lower() == b"<?xml"
    start, root = root_of(text)
    if root is None:
        return "xml" if declared else "html" if _HTML_TAG.match(text) else ""
    name = root[2].lower()
    if name == b"html":
        if holds_folded(text, _HTA):
            return "hta"
        if holds_folded(text, b"officedataconnection"):
            return "odc-data"
        return "xhtml" if declared else "html"
    kind = _dialect(text, name, root[3])
    if kind == "plist":
        return property_list(text)
    if kind:
        return kind
    if declared:
        return "xml"
    if _HTML_TAG.match(text, start):
        return "hta" if holds_folded(text, _HTA) else "html"
    if name == b"hta" or (root[1] or b"").lower() == b"hta":
        return "hta"
    # A start tag with a namespace, or one that is closed somewhere, opens XML without a declaration.
    return "xml" if b"xmlns" in root[3] or b"</" + root[0][1:].split()[0].rstrip(b">/") in text else ""


def _dialect(text: bytes, name: bytes, attributes: bytes) -> str:
    if b"&" in attributes:
        import html

        # A namespace may be written with references.
        attributes = html.unescape(attributes.decode("latin-1")).encode("latin-1", "replace")
    for space, kind in _ROOTS.get(name, ()):
        if space in attributes:
            return kind
    return _runnable(text, name, attributes)


def _runnable(text: bytes, name: bytes, attributes: bytes) -> str:
    """Vocabularies that are recognised by more than their root, because others have roots of these names, too."""
    opening = text[:8192].lower()
    if name == b"component" and b"<public:component" in opening:
        return "htc"
    if name == b"configuration" and b"<logoncommand" in opening:
        return "wsb"
    if name in (b"job", b"package", b"component", b"scriptlet") and _SCRIPT.search(text):
        return "wsf" if name == b"job" or (name == b"package" and holds_folded(text, b"<job")) else "sct"
    if name == b"playlist" and b"xspf.org" in attributes:
        return "asx"
    if name == b"assembly" and b"urn:schemas-microsoft-com:asm" in attributes and b"<deployment" in text:
        return "application"
    return ""


def property_list(data: bytes) -> str:
    """What a property list is for: some are opened by a click, and then install or run something."""
    if b"PayloadType" in data and b"PayloadContent" in data:
        return "mobileconfig"
    return "terminal" if b"CommandString" in data and b"Window Settings" in data else "plist"
