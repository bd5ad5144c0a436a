"""The end of a message about an unknown word: what was likely meant."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from attachguard.types.filetypes import TYPES

#: So many names are listed in a message about an unknown one.
_LISTED: Final = 24


def near(word: str, known: Collection[str]) -> str:
    """The names that look like a word, or a list of what there is; empty where there are too many to list.

    Args:
        word: what is there.
        known: what may be there; for ids of types, extensions lead to them, too.
    """
    folded = word.lower().lstrip(".")
    close = [name for name in known if name.lower() == folded]
    close += [key for key, kind in TYPES.items() if key in known and folded in kind.extensions and key not in close]
    if not close:  # two letters that changed places are the commonest slip, and no measure of likeness puts it first
        close = [name for name in known if len(name) == len(folded) and sorted(name.lower()) == sorted(folded)]
    if not close:
        import difflib

        close = difflib.get_close_matches(folded, known, n=2, cutoff=0.6)
    if close:
        return "; did you mean " + " or ".join(repr(name) for name in close[:3]) + "?"
    return "; there are: " + ", ".join(sorted(known)) if len(known) <= _LISTED else ""
