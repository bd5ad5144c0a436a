"""The `[passwords]` of a policy file: words that are tried on encrypted content. No message about them shows one."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Final

from attachguard.limits import MIB
from attachguard.passwords import LONGEST, Secrets
from attachguard.policy.reading.values import Section

_KEYS: Final = ("words", "files")
#: A list of passwords is a page or two, not a dictionary.
_FILE_SIZE: Final = 1 * MIB


def read_passwords(top: Section, included: Iterable[Secrets], most: int) -> Secrets:
    """The words of a file, before those of what it includes.

    Args:
        top: the table that may hold `[passwords]`.
        included: those of included policies.
        most: how many words one scan tries.
    """
    section = top.section("passwords", _KEYS)
    words = list(section.words("words"))
    for number, word in enumerate(words):
        _look_at(section, ("words", number), f"word {number + 1}", word)
    names = section.words("files")
    for number, name in enumerate(names):
        words += _from_file(section, number, name)
    if len(words) > most:
        section.document.warn(
            section.path,
            f"{len(words)} words, and a scan tries {most}: raise passwords in [resources], or keep the likely ones",
        )
    return Secrets(chain(words, *(other.reveal() for other in included)))


def _from_file(section: Section, number: int, name: str) -> list[str]:
    """One word a line; empty lines are passed over, blanks belong to the word."""
    where = ("files", number)
    path = section.document.path.parent / Path(name).expanduser()
    try:
        if path.stat().st_size > _FILE_SIZE:
            _complain(
                section,
                where,
                f"{name} is larger than {_FILE_SIZE} bytes: it holds one word a line, the likely ones only",
            )
            return []
        text = path.read_text("utf-8")
    except OSError as error:
        _complain(
            section, where, f"{name} cannot be read: {error.strerror or error}; its path is relative to this file"
        )
        return []
    except UnicodeDecodeError:
        _complain(section, where, f"{name} is not UTF-8 text; save it as UTF-8")
        return []
    lines = [(place, line) for place, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1) if line]
    if not lines:
        _complain(section, where, f"{name} is empty: it holds one word a line")
    for place, line in lines:
        _look_at(section, where, f"{name}:{place}", line)
    return [line for _, line in lines]


def _look_at(section: Section, where: tuple[str, int], what: str, word: str) -> None:
    if not word:
        _complain(section, where, f"{what} is empty; the empty password is tried in any case")
    elif len(word) > LONGEST:
        _complain(section, where, f"{what} is longer than {LONGEST} characters, which is never tried")


def _complain(section: Section, where: tuple[str, int], message: str) -> None:
    key, number = where
    listed = isinstance(section.table.get(key), list)
    section.document.error((*section.path, key, number) if listed else (*section.path, key), message)
