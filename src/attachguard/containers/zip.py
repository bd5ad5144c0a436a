"""A part as a ZIP archive: its members, and their content charged to the budget and to the archive's ratio."""

from __future__ import annotations

from functools import partial
from typing import Final

from attachguard._core import zipmarks
from attachguard.errors import LimitExceeded, Malformed
from attachguard.part import Part, Source, overrun
from attachguard.readers.zip.archive import Directory, Entry
from attachguard.readers.zip.content import SLOW, at_once, open_entry, unpack

#: What a member takes that an inspector reads itself, see `Budget.spare`.
_MEMBER_LOOKS: Final = 5
_BROKEN_LOOKS: Final = 15


def read_directory(part: Part) -> Directory:
    """The members of a part that is an archive; for `part.once`."""
    # Twice the parts, so that folders do not crowd out files; what is beyond is reported by the number that was promised.
    return Directory(part.data, 2 * part.budget.limits.parts, part.budget.spare)


def source(part: Part, directory: Directory, entry: Entry) -> Source:
    """The content of a member for a child of its archive; it fails at once where the archive has used up what it may unpack to."""
    if entry.marks & zipmarks.OVERLAP and part.unpacked > part.budget.limits.ratio_floor:
        return partial(_again, part)
    if _too_much(part) and part.unpacked > part.budget.limits.bomb_bytes:
        # Thousands of members may share megabytes of data, and each would be read before it is refused.
        return partial(_account, part, 0)
    if entry.method in SLOW:
        part.budget.charge_packed(SLOW[entry.method], entry.packed)
    return open_entry(directory, entry)


def read_member(part: Part, entry: Entry, most: int) -> bytes:
    """The content of a member that an inspector needs itself, up to `most` bytes; damage ends it early and is noted in `entry.damage`.

    What is unpacked is charged to the budget and to the archive's ratio, as a child's content would be.

    Raises:
        LimitExceeded: the budget is used up, or the archive unpacks to too many times its size.
    """
    if entry.held is not None:
        return entry.held
    if not entry.readable:
        return b""
    part.budget.look("members of documents", _MEMBER_LOOKS)
    directory = part.once(read_directory)
    view = memoryview(directory.data)[entry.start : entry.start + entry.packed]
    if entry.size < most:
        whole = at_once(view, entry)
        if whole is not None:
            _account(part, entry.size)
            # Some are asked for twice: what the package says of its parts is one of them.
            entry.held, entry.actual, entry.sound = whole, entry.size, True
            return whole
        # What is broken is decoded several times over, to find where.
        part.budget.spare(_BROKEN_LOOKS)
    pieces: list[bytes] = []
    total = 0
    unpacked = unpack(view, entry, directory=directory)
    try:
        for piece in unpacked:
            total += len(piece)
            _account(part, len(piece))
            pieces.append(piece)
            if total >= most:
                break
    except Malformed as error:
        entry.damage = str(error)
    except LimitExceeded as error:
        raise (overrun(part, unpacked) if error.limit == "ratio" else error) from error
    content = b"".join(pieces)
    if total < most:
        entry.held = content
    return content[:most]


def _again(part: Part) -> bytes:
    """Nothing more of members that share their bytes: what they hold has been seen."""
    raise LimitExceeded(
        "ratio", f"members that share their bytes unpack to more than {part.budget.limits.ratio_floor} bytes"
    )


def _too_much(part: Part) -> bool:
    limits = part.budget.limits
    return part.unpacked > limits.ratio_floor and part.unpacked > limits.ratio * len(part.data)


def _account(part: Part, count: int) -> bytes:
    """Charge content to the archive and to the budget; gives none."""
    part.unpacked += count
    if _too_much(part):
        raise LimitExceeded("ratio", f"the container unpacks to more than {part.budget.limits.ratio} times its size")
    part.budget.charge(count)
    return b""
