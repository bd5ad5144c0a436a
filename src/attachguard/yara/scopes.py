"""What a rule is shown: `attachguard_scope` and `attachguard_types`.

Most rules look at the bytes of parts. Some scopes only narrow down which parts these are (`file`, `macro`, `script`, `pdf-script`); the others show
a rule something that is no part of the tree: the text that a page shows, a message as a letter, a name. Such texts are made only where a loaded
rule asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from attachguard.mail.words import readable
from attachguard.part import Part
from attachguard.types.filetypes import UNKNOWN
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


#: The contents that rules are shown, each by a pass of its own over the rules that ask for it. A message is given by whoever has it whole.
VIEWS: Final[dict[str, Callable[[Part], bytes]]] = {
    "bytes": _bytes,
    "html-text": _shown_text,
    "name": _name,
    "message": lambda _part: b"",
}


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
        derived = self.scopes & VIEWS.keys()
        return derived | {"bytes"} if not self.scopes or self.scopes - derived else derived

    def takes(self, view: str, part: Part) -> bool:
        """Whether a match on a content of a part counts."""
        if view not in self.views:
            return False
        if self.types and not any(
            kind.id in self.types or kind.group in self.types for kind in part.types or (UNKNOWN,)
        ):
            return False
        if view != "bytes" or not self.scopes:
            return True
        return any(word in self.scopes and sees(part) for word, sees in NARROW.items())


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
