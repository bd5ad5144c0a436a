"""Where a part is in the tree of a message, and how its place is written."""

from __future__ import annotations

from attachguard.part import Part
from attachguard.types.letters import printable


def top_level(part: Part) -> Part:
    """The part of the message itself that a part belongs to; the root for the root."""
    while part.parent is not None and part.parent.parent is not None:
        part = part.parent
    return part


def child_path(part: Part) -> str:
    """Path of a part: its holder's, `!/`, its name."""
    parent = part.parent.path if part.parent is not None else ""
    name = printable(part.name) or part.role
    return f"{parent}!/{name}" if parent else name
