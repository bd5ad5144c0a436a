"""Content that holds itself, or little but another of its kind: nothing new comes of it, and each level costs as much as those around it."""

from __future__ import annotations

from typing import Final

from attachguard.part import Part

#: A part of at least so many bytes that holds little but another, which does so again: so many levels of them are read, of one type and of any.
_AGAIN_BYTES: Final = 1 << 20
_MOST_AGAIN: Final = 3
_MOST_NESTED: Final = 9


def in_itself(part: Part) -> tuple[bool, Part | None]:
    """Whether a part is what one of those around it is, byte for byte, and the archive that so holds itself.

    An archive that holds itself was built to be unpacked without end. In other carriers it is our own reading that found no inside; once it is
    still looked at where it has another name to be judged by.
    """
    if not part.size or part.sha256 is None or part.role == "layer":
        return False, None
    same = []
    holder = part.parent
    while holder is not None:
        if holder.sha256 == part.sha256 and holder.size == part.size:
            same.append(holder)
        holder = holder.parent
    archive = next((holder for holder in same if holder.type.group == "archive"), None)
    if archive is None and len(same) == 1 and part.extension != same[0].extension:
        return False, None
    return bool(same), archive


def too_often(part: Part) -> str:
    """What is too much, in words, where large content is nested too often in content that holds little else; empty where it is not.

    Each level is read and kept as often as there are levels around it; the message as such is read once, however deep its parts are.
    """
    kind = part.type.id
    same = others = 0
    holder = part.parent
    while holder is not None and holder.size and part.size and part.size >= _AGAIN_BYTES:
        if part.size <= holder.size <= 2 * part.size:
            same += part.type.id == holder.type.id
            others += 1
        part, holder = holder, holder.parent
    if same > _MOST_AGAIN:
        return f"{kind}: more than {_MOST_AGAIN} levels that hold little but another {kind}"
    return f"more than {_MOST_NESTED} levels that hold little but the next one" if others > _MOST_NESTED else ""
