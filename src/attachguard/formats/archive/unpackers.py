"""What readers outside this package make of an archive: libarchive where it is installed, then the tools of the system that are there.

Each is asked only for what those before it could not give, so a process starts only where something would stay unread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from typing import Final

from attachguard.later import later
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.outside import tools
from attachguard.readers.outside.libarchive import Libarchive
from attachguard.readers.outside.listings import Entry
from attachguard.readers.outside.tools import NO_TOOLS, Tools

Content = bytes | memoryview

_UNSURE: Final = later(r"[^A-Za-z0-9.]")


def unpacked(
    part: Part,
    archive: Content,
    formats: Iterable[str],
    kind: str,
    names: list[str],
    others: Collection[str],
    what: str,
) -> Iterator[tuple[str, Iterator[bytes] | None] | Finding]:
    """The files of an archive that its own reader lists and cannot unpack.

    Args:
        part: the archive, for its budget and for findings.
        archive: its bytes, from its own beginning on.
        formats: what libarchive calls the format: `rar`, `rar5`, `7zip`, `lha`, `cab`, `zip`, and options for it; empty where it is of no use.
        kind: id of the type, by which tools are found; empty where libarchive alone shall be asked.
        names: of the wanted files, in their order in the archive.
        others: names of files that the own reader deals with.
        what: name of the format, for messages.

    Returns:
        Name and content of each wanted file, in the order in which it is unpacked; None for the content of those that could not be had. A
        finding where an unpacking broke off and something stayed unread.
    """
    budget = part.budget
    waiting = Counter(names)
    troubles: list[str] = []
    formats = tuple(formats)
    if names and formats and tools_of(part).libarchive:
        with closing(Libarchive(archive, formats, budget, what)) as child:
            for found in _wanted(child.files(), waiting, others):
                yield found
                if not any(waiting.values()):
                    break
            troubles.append(child.trouble)
    for tool, programs in tools_of(part).of(kind):
        if not any(waiting.values()):
            break
        with closing(tools.Run(tool, programs, archive, kind, budget, what)) as run:
            files = ((entry.name, content) for entry, content in run.files() if entry.kind == "file")
            yield from _wanted(files, waiting, others)
            troubles.append(run.trouble)
    # What one reader complains of does not matter where another gave all; but nobody may pass over the complaint of the last.
    if any(waiting.values()) or troubles[-1:] != [""]:
        for trouble in filter(None, troubles):
            yield part.finding("not-opened", f"{what}: {trouble}")
    for name in waiting.elements():
        yield name, None


def listed(
    part: Part, content: Content, kind: str, what: str
) -> Iterator[tuple[Entry, Iterator[bytes] | None] | Finding]:
    """The entries of an archive that only tools read, as the first tool gives them that finds any."""
    troubles: list[str] = []
    for tool, programs in tools_of(part).of(kind):
        with closing(tools.Run(tool, programs, content, kind, part.budget, what)) as run:
            some = False
            for found in run.files():
                some = True
                yield found
            if some:
                troubles = [run.trouble]
                break
            troubles.append(run.trouble)
    for trouble in filter(None, troubles):
        yield part.finding("not-opened", f"{what}: {trouble}")


def tools_of(part: Part) -> Tools:
    """What the scan of this part may start outside of its own process."""
    return part.context.find(Tools) or NO_TOOLS


def remedy(part: Part, kind: str, *, library: bool) -> str:
    """What to add to the report of content of this type that stayed unread; empty where all that might read it is there.

    Args:
        part: the part, whose scan may start some programs or none.
        kind: id of the type.
        library: whether libarchive might.
    """
    allowed = part.context.find(Tools)
    if allowed is None:
        return "; programs of the system may not be asked (Scanner(tools=Tools.system()))"
    names = ["attachguard[archives]"] if library and not allowed.libarchive else []
    known = tools.tools_for(kind)
    if not allowed.of(kind):
        names += [tool.package for tool in known]
    if not names:
        return ""
    return f"; install {', '.join(names[:-1])} or {names[-1]}" if names[1:] else f"; install {names[0]}"


def _wanted(
    files: Iterable[tuple[str, Iterator[bytes] | None]], waiting: Counter[str], others: Collection[str]
) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Those files that are waited for, under the names that the own reader gave them."""
    left = Counter(waiting)
    spelled = {_letters(name): name for name in waiting if name.isascii()}
    elsewhere = {_letters(name) for name in others if name.isascii()}
    for name, content in files:
        known = name if left[name] else "" if name in others else spelled.get(_letters(name), "")
        if not known and name not in others and _letters(name) not in elsewhere:
            # The two readers may disagree about letters beyond ASCII, too; then the order of the archive tells which file it is.
            known = next(iter(+left), "")
        if not left[known]:
            continue
        left[known] -= 1
        if content is not None:
            waiting[known] -= 1
            yield known, content


def _letters(name: str) -> str:
    """The letters and digits of a name that no two readers spell differently."""
    return _UNSURE.sub("", name)
