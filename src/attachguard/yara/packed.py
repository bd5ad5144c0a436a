"""Compiled rules as bytes: what is kept on disk, and what travels to processes on other machines.

libyara's own form is a memory image. It is only for the same version of libyara, and only from trusted hands: whoever made it decides what the
process does.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from attachguard.yara.compiling import described
from attachguard.yara.image import loaded, saved
from attachguard.yara.marks import Marks, Word
from attachguard.yara.matching import View
from attachguard.yara.scopes import Wanted


class PackedView(msgspec.Struct, frozen=True):
    """A `View`; the fields are those of its arguments."""

    name: str
    compiled: bytes
    externals: tuple[str, ...]
    wanted: list[tuple[list[str], list[str]]]
    nursery: list[str]
    #: Namespaces of its files, and how many rules they have.
    spaces: list[str]
    count: int
    #: What the prefilter knows, and its literals; empty without one.
    program: bytes = b""
    literals: bytes = b""
    #: Words without one of which no rule matches; None where that is not known.
    marks: list[Word] | None = None
    #: What those are for that may match without.
    free: list[tuple[list[str], list[str]]] = []


def pack(view: View) -> PackedView:
    """A view as bytes and words."""
    rules = described(view.compiled)
    return PackedView(
        view.name,
        saved(view.compiled),
        view.externals,
        _plain(view.wanted),
        sorted(view.nursery),
        spaces=sorted({rule.space for rule in rules}),
        count=len(rules),
        marks=view.marks.words if view.marks is not None else None,
        free=_plain(view.free),
    )


def unpack(packed: PackedView) -> View:
    """The view again.

    Raises:
        yara.Error: the compiled rules are damaged, or of another version.
    """
    view = View(
        packed.name,
        loaded(packed.compiled),
        packed.externals,
        _wanted(packed.wanted),
        frozenset(packed.nursery),
    )
    view.marks = Marks(packed.marks) if packed.marks is not None else None
    view.free = _wanted(packed.free)
    return view


def _plain(wanted: Iterable[Wanted]) -> list[tuple[list[str], list[str]]]:
    return sorted((sorted(each.scopes), sorted(each.types)) for each in wanted)


def _wanted(plain: Iterable[tuple[list[str], list[str]]]) -> frozenset[Wanted]:
    return frozenset(Wanted(frozenset(scopes), frozenset(types)) for scopes, types in plain)
