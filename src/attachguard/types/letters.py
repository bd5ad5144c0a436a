"""Text that every output takes: Python's strings can hold halves of surrogate pairs, which no encoding of files, terminals or JSON has."""

from __future__ import annotations

from typing import Final


def whole(text: str) -> str:
    """Text without lone surrogates, as UTF-7, UTF-16 names and names of files on Unix can bring them; pairs are joined."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def spelled(text: str) -> str:
    """Text whose lone surrogates are spelled out, so that names which differ stay different: for names of sources, not of parts."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def printable(name: str) -> str:
    """A name from content as it may be in a path or on a terminal."""
    return name if name.isprintable() else "".join(letter if letter.isprintable() else "\ufffd" for letter in name)


#: Foreign text in a sentence is cut to this many characters.
SHOWN: Final = 80


def shown(text: str, most: int = SHOWN, *, end: bool = False) -> str:
    """Foreign text as it may be in a sentence of ours: cut, and what nobody would see made visible.

    Args:
        text: names, addresses, words of somebody else.
        most: characters of it that are kept.
        end: whether the last ones matter, as in a path.
    """
    if len(text) <= most:
        return printable(text)
    return "…" + printable(text[-most:]) if end else printable(text[:most]) + "…"
