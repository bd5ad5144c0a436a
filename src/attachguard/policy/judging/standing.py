"""Where a part is in a mail, and whether addresses and names match: what the conditions of rules, bounds and exceptions look at."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase
from typing import Final

from attachguard.part import Part

#: Encryption states of a file whose content could be had.
_UNLOCKED: Final = frozenset({"opens-without-password", "default-password", "known-password"})
#: Characters of an address or media type that are compared.
_LONGEST: Final = 320


def document_of(part: Part) -> Part:
    """The file that somebody sees: a macro project is a piece of its document, a derived layer of what it was derived from."""
    while part.parent is not None and (
        part.role == "layer" or (part.role == "embedded" and part.type.group == "macro")
    ):
        part = part.parent
    return part


def standing(part: Part) -> str:
    """The role that rules see: what a known password unlocked stands where its locked form stands."""
    holder = part.parent
    while (
        part.role == "embedded" and part.name == "decrypted" and holder is not None and holder.encryption in _UNLOCKED
    ):
        part, holder = holder, holder.parent
    return part.role


def containers(part: Part) -> int:
    """How many files are around a part: 0 for an attachment, 1 for a member of it."""
    count = 0
    holder = part.parent
    while holder is not None:
        count += holder.role in ("attachment", "member", "embedded", "inline")
        holder = holder.parent
    return count


def is_signed(part: Part) -> bool:
    """Whether a part carries a signature or is in something that does."""
    holder: Part | None = part
    while holder is not None:
        if holder.signed:
            return True
        holder = holder.parent
    return False


def matches(text: str, patterns: Collection[str]) -> bool:
    """Whether a text matches one of these patterns, in whatever case; `*` stands for anything."""
    text = text[:_LONGEST].lower()
    return any(fnmatchcase(text, pattern) for pattern in patterns)


def all_match(addresses: Collection[str], patterns: Collection[str]) -> bool:
    """Whether there are addresses and each of them matches one of these patterns: mail to several offices is not the mail of one."""
    return bool(addresses) and all(matches(address, patterns) for address in addresses)
