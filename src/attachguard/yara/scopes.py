"""What a rule is shown: `attachguard_scope` and `attachguard_types`.

Most rules look at the bytes of parts. Some scopes only narrow down which parts these are (`file`, `macro`, `script`, `pdf-script`); the others show
a rule something that is no part of the tree: the text that a page shows, a message as a letter, a name. Such texts are made only where a loaded
rule asks for them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Final, NamedTuple

from attachguard.mail.words import readable
from attachguard.model import FileType
from attachguard.part import Part
from attachguard.types.filetypes import TYPES, UNKNOWN, ids
from attachguard.yara.metadata import Meta, words

#: Octets of a text that are looked at; libyara itself takes a gigabyte, but making a text of a page costs more than matching it.
TEXT_BYTES: Final = 1 << 20
#: Octets of a message that rules of the scope `message` see: its header section, then the text of its bodies.
MESSAGE_BYTES: Final = 1 << 18

_PAGES: Final = ("html", "xhtml")
_HEADER_END: Final = re.compile(rb"\r?\n\r?\n")


def _is_file(part: Part) -> bool:
    return part.role not in ("layer", "message")


def _is_macro(part: Part) -> bool:
    """Layers of documents that hold source: VBA and Basic, formulas of Excel 4 as text."""
    return part.role == "layer" and (part.is_a("vb") or part.name == "macros.txt")


def _is_script(part: Part) -> bool:
    return not _is_macro(part) and any(kind.group == "script" for kind in part.types)


def _is_pdf_script(part: Part) -> bool:
    return part.role == "layer" and part.is_a("js") and part.parent is not None and part.parent.is_a("pdf", "xdp")


#: Scopes that narrow down which parts a rule sees.
NARROW: Final[dict[str, Callable[[Part], bool]]] = {
    "file": _is_file,
    "macro": _is_macro,
    "script": _is_script,
    "pdf-script": _is_pdf_script,
}


def _bytes(part: Part) -> bytes:
    return part.data


def _shown_text(part: Part) -> bytes:
    """What a page or a body shows, in UTF-8."""
    page = part.is_a(*_PAGES)
    if not part.data or not (page or (part.role == "body" and part.is_a("txt"))):
        return b""
    text = readable(part.data[:TEXT_BYTES], part.profile.get("charset", ""), html=page)
    return text.encode("utf-8", "replace")


def _name(part: Part) -> bytes:
    return part.name.encode("utf-8", "replace") if part.role != "layer" else b""


#: Kinds of parts whose bytes are read for the rules that are for them, and for no others: each further rule costs what it is tried on, and prose
#: is most of mail. A rule that does not say what it is for is tried on all, in the view `bytes`.
FAMILIES: Final = ("macro", "other", "page", "plain", "script")
_PLAIN: Final = ids("prose")
_DRAWN: Final = (*_PAGES, "svg")


def _family_of(kind: FileType) -> str:
    if kind.group == "script":
        return "script"
    return "page" if kind.id in _DRAWN else "plain" if kind.id in _PLAIN else "other"


def _families(part: Part) -> frozenset[str]:
    """The families that a part belongs to: one, unless it is of several types."""
    if _is_macro(part):
        return frozenset({"macro"})
    return frozenset(map(_family_of, part.types or (UNKNOWN,)))


#: The family of each type, and the families of each group; `macro` is there for the types that macros have.
_BY_WORD: Final[dict[str, frozenset[str]]] = {UNKNOWN.id: frozenset({"other"}), UNKNOWN.group: frozenset({"other"})}
for _kind in TYPES.values():
    _own = frozenset({_family_of(_kind)} | ({"macro"} if _kind.id in ("vb", "txt") else set()))
    _BY_WORD[_kind.id] = _BY_WORD.get(_kind.id, frozenset()) | _own
    _BY_WORD[_kind.group] = _BY_WORD.get(_kind.group, frozenset()) | _own

#: The families that a scope leaves.
_BY_SCOPE: Final = {
    "file": frozenset(FAMILIES) - {"macro"},
    "macro": frozenset({"macro"}),
    "script": frozenset({"script"}),
    "pdf-script": frozenset({"script"}),
}

#: The contents that rules are shown, each by a pass of its own over the rules that ask for it. A message is given by whoever has it whole.
VIEWS: Final[dict[str, Callable[[Part], bytes]]] = {
    "bytes": _bytes,
    **dict.fromkeys(FAMILIES, _bytes),
    "html-text": _shown_text,
    "name": _name,
    "message": lambda _part: b"",
}

#: Those of them that show a part's own bytes.
READ: Final = frozenset({"bytes", *FAMILIES})


class Wanted(NamedTuple):
    """What one rule is for.

    Args:
        scopes: words of `attachguard_scope`; empty for the bytes of every part.
        types: words of `attachguard_types`; empty for all.
    """

    scopes: frozenset[str]
    types: frozenset[str]

    @classmethod
    def of(cls, meta: Meta) -> Wanted:
        """What a rule's metadata says."""
        return cls(words(meta, "attachguard_scope"), words(meta, "attachguard_types"))

    @property
    def views(self) -> frozenset[str]:
        """Which contents it has to be shown."""
        return _views_of(self)

    def takes(self, view: str, part: Part) -> bool:
        """Whether a match on a content of a part counts."""
        if self.types and not any(
            kind.id in self.types or kind.group in self.types for kind in part.types or (UNKNOWN,)
        ):
            return False
        views = self.views
        if view not in views or (view in FAMILIES and view != min(views & _families(part), default="")):
            return False
        if view not in READ or not self.scopes:
            return True
        return any(word in self.scopes and sees(part) for word, sees in NARROW.items())


@functools.lru_cache(maxsize=4096)
def _views_of(wanted: Wanted) -> frozenset[str]:
    """Which contents a rule has to be shown. Thousands of rules want the same few things, and it is asked for each of them and each kind of part."""
    derived = wanted.scopes - NARROW.keys()
    return derived | _families_of(wanted) if not wanted.scopes or wanted.scopes - derived else derived


def _families_of(wanted: Wanted) -> frozenset[str]:
    """The families of parts that a rule can match; `bytes` where that may be any."""
    by_type = [_BY_WORD.get(word) for word in wanted.types]
    by_scope = [_BY_SCOPE[word] for word in wanted.scopes if word in NARROW]
    if None in by_type or not (by_type or (by_scope and "file" not in wanted.scopes)):
        return frozenset({"bytes"})
    found = frozenset[str]().union(*(each for each in by_type if each is not None)) if by_type else frozenset(FAMILIES)
    if by_scope:
        found &= frozenset[str]().union(*by_scope)
    return found or frozenset({"bytes"})


def header_section(message: bytes) -> bytes:
    """The header section of a message."""
    end = _HEADER_END.search(message, 0, MESSAGE_BYTES)
    return message[: end.start() if end is not None else MESSAGE_BYTES]


class Letters:
    """The texts of the messages of one scan, for rules that look at a message as a letter; kept in its context."""

    def __init__(self) -> None:
        self._texts: dict[Part, list[bytes]] = {}
        self._room: dict[Part, int] = {}

    def add(self, body: Part) -> None:
        """Keep the text of a body for the message that it is in."""
        holder = body.parent
        while holder is not None and not holder.is_a("eml"):
            holder = holder.parent
        if holder is None:
            return
        room = self._room.get(holder, MESSAGE_BYTES)
        if room > 0:
            text = _shown_text(body)[:room]
            self._texts.setdefault(holder, []).append(text)
            self._room[holder] = room - len(text)

    def take(self, message: Part, header: bytes) -> bytes:
        """A message as a letter: its header section, an empty line, the text of its bodies."""
        texts = self._texts.pop(message, [])
        self._room.pop(message, None)
        return b"\n".join((header[:MESSAGE_BYTES].rstrip(b"\r\n"), b"", *texts))
