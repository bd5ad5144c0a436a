"""What a click makes of a file: its name, its declared type and its content are three readings, and programs go by any of them.

A browser takes every local file named `.html` for a page and skips the bytes that it cannot show; `mshta` finds its tags in anything; Windows reads
a shortcut's section wherever it is; a mail program gives a nameless attachment to the program of its declared type. So a file is also what its
name or its declared type would have it be, if the program that opens it by them can find something in it.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from attachguard.later import later
from attachguard.types.claims import RUN_TEXTS, TEXT_NAMES
from attachguard.types.filetypes import TYPES, ids, refines
from attachguard.types.table import ROWS

#: Kinds that a browser opens, and shows what they hold.
_PAGES: Final = ids("browsed")
#: What may be a tag of HTML, and those that something can hang on.
_TAG: Final = later(rb"<(!?[A-Za-z][A-Za-z0-9]{0,9})[\s/>]")
_TAGS: Final = frozenset(
    b"!doctype html head body script svg math iframe frame frameset img image a meta base link form input button textarea select object embed applet "
    b"video audio source details style title table td div span p br b i font center h1 h2 h3 h4 h5 h6 marquee template isindex bgsound".split()
)
_MOST_TAGS: Final = 100_000
#: What the program that opens such a file looks for, wherever in it.
_MARK_OF: Final = {row.id: later(row.mark, re.IGNORECASE) for row in ROWS if row.mark}
_REACH: Final = 1 << 20

#: Media types beside those of the table of types that programs open as one of its kinds.
_SYNONYMS: Final = {
    "application/javascript": "js", "application/x-javascript": "js", "application/ecmascript": "js", "text/ecmascript": "js", "text/jscript": "js",
    "application/x-ecmascript": "js", "text/x-javascript": "js",
    "text/vbs": "vb", "application/x-vbs": "vb", "application/x-vbscript": "vb", "text/x-vbscript": "vb",
    "application/x-shellscript": "shell", "text/x-sh": "shell", "text/x-shellscript": "shell", "application/x-csh": "shell",
    "application/x-bash": "shell",
    "application/bat": "bat", "application/x-msdos-batch": "bat", "application/x-msdos-program": "bat", "text/x-bat": "bat", "application/cmd": "bat",
    "application/x-cmd": "bat",
    "text/x-powershell": "ps1", "application/powershell": "ps1", "application/x-python": "python", "text/x-script.python": "python",
    "application/x-perl": "perl", "application/x-ruby": "ruby", "application/x-php": "php", "text/x-php": "php", "application/x-tcl": "tcl",
    "application/x-mswinurl": "url", "application/x-url": "url", "text/x-url": "url", "text/url": "url", "application/x-mswebsite": "url",
    "application/x-hta": "hta", "text/hta": "hta", "application/rdp": "rdp", "text/x-component": "htc", "application/x-java-jnlp": "jnlp",
    "application/x-gnome-app-info": "desktop", "text/x-sct": "sct", "application/x-ms-theme": "theme",
    "application/vnd.wap.xhtml+xml": "xhtml", "application/svg+xml": "svg", "image/svg": "svg",
}  # fmt: skip
_DECLARED: Final = {
    **{kind.mime: key for key, kind in reversed(TYPES.items()) if key in RUN_TEXTS or key in _PAGES},
    **_SYNONYMS,
}
#: Names of text that anything may be in.
_PLAIN: Final = frozenset({*TYPES["txt"].extensions, "me"})


def as_opened(data: bytes, extension: str, declared: str | None, found: list[str], *, known: bool) -> None:
    """Add to `found` what the file is to whoever opens it by its name or by its declared type.

    Args:
        data: the whole content.
        extension: the effective extension of its name.
        declared: media type that a header claims, in lower case.
        found: ids of what the content is.
        known: whether the extension belongs to a type.
    """
    named = TEXT_NAMES.get(extension, "")
    if named in RUN_TEXTS or named in _PAGES:
        _by_name(data, named, found)
    claim = _DECLARED.get(declared or "", "")
    if claim and claim not in found and (not known or (extension in _PLAIN and claim in _PAGES)):
        _by_header(data, claim, found)


def _has_tag(data: bytes) -> bool:
    """Whether a browser would find a tag in these bytes."""
    return any(match[1].lower() in _TAGS for match in islice(_TAG.finditer(data), _MOST_TAGS))


def _is_text(found: list[str]) -> bool:
    return all(TYPES[key].group in ("text", "script", "data") for key in found)


def _by_name(data: bytes, named: str, found: list[str]) -> None:
    if named in found or any(refines(key, named) for key in found):
        return
    if not found:
        found.append(named)
    elif named in _PAGES:
        if named == "html" and TYPES[found[0]].group == "text":
            if _has_tag(data) or found[0] == "txt":
                found[0] = "html"
        elif found[0] == "xml":
            found[0] = named
        elif (named == "svg" and _is_text(found)) or (named != "svg" and _has_tag(data)):
            found.append(named)
    elif named in ("mobileconfig", "terminal") and found[0] == "plist":
        found[0] = named
    elif not _is_text(found) or (named in _MARK_OF and found[0] not in RUN_TEXTS):
        mark = _MARK_OF.get(named)
        if mark is not None and mark.search(data, 0, _REACH):
            found.append(named)


def _by_header(data: bytes, claim: str, found: list[str]) -> None:
    if claim in _PAGES and not _has_tag(data) and b"<" not in data[:64]:
        return
    if not found or found == ["txt"]:
        found[:] = [claim]
    elif refines(claim, found[0]):
        found[0] = claim
    elif _is_text(found) and not any(refines(key, claim) or refines(claim, key) for key in found):
        found.append(claim)
