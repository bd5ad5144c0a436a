"""The texts of notices, of placeholders and of the routing slip: data, in German and English, which an operator may replace.

A template is a text with `$name` for what is filled in; `reasons` and `words` are lists of `key = text` lines. A file of the same name in the
operator's folder takes the place of a built-in template; of a list it replaces the lines that it has.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

from attachguard.types.letters import printable

#: Languages that all built-in texts exist in.
LANGUAGES: Final = ("de", "en")
_LISTS: Final = ("reasons", "words")

_REPORTED: Final = frozenset({"outcome", "reasons", "items", "policy", "recipients", "sender", "subject"})
_ITEM: Final = frozenset({"name", "type", "size", "sha256", "reasons", "section"})
_RECEIPT: Final = frozenset(
    {
        "id", "received", "issued", "channel", "for_whom", "policy", "outcome", "came_size", "came_sha256", "goes_size", "goes_sha256", "parts",
        "reasons", "signatures", "checks_done", "checks_not_done",
    }
)  # fmt: skip
#: Every template, and the names that may be in it after a dollar sign.
PLACEHOLDERS: Final = {
    "sender": _REPORTED,
    "recipient": _REPORTED,
    "notice-item": _ITEM,
    "withheld": frozenset({"items", "policy"}),
    "cleaned": frozenset({"name", "items"}),
    "withheld-item": _ITEM,
    "receipt": _RECEIPT,
    "receipt-html": _RECEIPT,
}

#: Text from a message is cut to this many characters before it is in a text of ours.
_CUT: Final = 100


class Item(NamedTuple):
    """A part of a message as texts name it.

    Args:
        name: its file name; may be empty.
        type: what it is, e.g. `docm (application/…)`.
        size: bytes; None where it was never read.
        sha256: of its content; None where it was never read whole.
        section: IMAP section number.
        reasons: code and clause of each reason.
    """

    name: str
    type: str
    size: int | None
    sha256: str | None
    section: str
    reasons: tuple[tuple[str, str], ...]


class Templates:
    """All texts in all languages; immutable, read once.

    Args:
        folder: files that replace built-in ones, named like them, e.g. `sender.de.txt`.
        languages: of texts for readers whose language is not known, in this order.

    Raises:
        ValueError: a file is not named like a template, or has a placeholder that nothing fills.
    """

    def __init__(self, folder: Path | None = None, *, languages: Sequence[str] = LANGUAGES) -> None:
        self.languages = tuple(languages)
        for language in self.languages:
            known_language(language)
        self._templates: dict[tuple[str, str], string.Template] = {}
        self._lists: dict[tuple[str, str], dict[str, str]] = {}
        builtin = resources.files("attachguard.outcome") / "texts"
        for language in LANGUAGES:
            for name in PLACEHOLDERS:
                self._templates[name, language] = string.Template(
                    (builtin / f"{name}.{language}.txt").read_text("utf-8")
                )
            for name in _LISTS:
                text = (builtin / f"{name}.{language}.txt").read_text("utf-8")
                self._lists[name, language] = _lines(text, name)
        for path in sorted(folder.glob("*.txt")) if folder is not None else ():
            self._replace(path)

    def _replace(self, path: Path) -> None:
        name, _, language = path.name.removesuffix(".txt").rpartition(".")
        if language not in LANGUAGES or (name not in PLACEHOLDERS and name not in _LISTS):
            names = ", ".join((*PLACEHOLDERS, *_LISTS))
            raise ValueError(
                f"{path}: no such text; name it NAME.LANGUAGE.txt with {names} and {' or '.join(LANGUAGES)}"
            )
        text = path.read_text("utf-8")
        if name in _LISTS:
            lines = _lines(text, str(path))
            unknown = sorted(set(lines) - set(self._lists[name, language]))
            if unknown:
                raise ValueError(f"{path}: there is no {unknown[0]!r}; see {name}.en.txt for the keys")
            self._lists[name, language] |= lines
            return
        template = string.Template(text)
        if not template.is_valid():
            raise ValueError(f"{path}: a lone $; write $$ for a dollar sign")
        unknown = sorted(set(template.get_identifiers()) - PLACEHOLDERS[name])
        if unknown:
            raise ValueError(f"{path}: nothing fills ${unknown[0]}; there are: {', '.join(sorted(PLACEHOLDERS[name]))}")
        self._templates[name, language] = template

    def fill(self, name: str, language: str, values: dict[str, str]) -> str:
        """A template with its placeholders filled; dollar signs in the values stay what they are."""
        return self._templates[name, language].substitute(values)

    def word(self, key: str, language: str) -> str:
        """A single word, or the key itself if there is no word."""
        return self._lists["words", language].get(key, key)

    def sentence(self, code: str, language: str) -> str:
        """What a reason code means, in a sentence for those who sent or receive the message."""
        return self._lists["reasons", language].get(code, code)

    def kind(self, code: str, kind: str, language: str) -> str:
        """What a kind of fact is, for those who receive the message."""
        from attachguard.kinds import EXACT

        known = EXACT.get(kind)
        return known.title(language) if known is not None else self.sentence(code, language)

    def item(self, name: str, language: str, item: Item) -> str:
        """One part of a message, as `notice-item` or `withheld-item` says it."""
        reasons = " ".join(
            self.sentence(code, language) + (f" ({printable(cite)})" if cite else "") for code, cite in item.reasons
        )
        values = {
            "name": shown(item.name) or f"({self.word('unnamed', language)})",
            "type": item.type,
            "size": "?" if item.size is None else str(item.size),
            "sha256": item.sha256 or "?",
            "section": item.section,
            "reasons": reasons,
        }
        return self.fill(name, language, values).rstrip("\n")


def known_language(language: str) -> str:
    """The language itself; `ValueError` for one that no text exists in."""
    if language not in LANGUAGES:
        raise ValueError(f"language is {language!r}; there are: {', '.join(LANGUAGES)}")
    return language


def shown(text: str) -> str:
    """Text from a message on one line of ours."""
    return printable(text if len(text) <= _CUT else "…" + text[-_CUT:])


def _lines(text: str, place: str) -> dict[str, str]:
    """The `key = text` lines of a list."""
    lines: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            key, equals, words = line.partition("=")
            if not equals or not words.strip():
                raise ValueError(f"{place}:{number}: write key = text")
            lines[key.strip()] = words.strip()
    return lines
