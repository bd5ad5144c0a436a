"""Programs of the system that open what neither this package nor libarchive reads: a table of them, and one way to use them all.

A tool lists an archive, then puts the contents of all its files on its output, one after the other; the sizes in the list say where each begins.
That is two processes an archive, however many members it has. Both run as `sandbox` says. What the list and the output disagree about is reported,
as is everything that a tool complains of, and a tool that is not there.

References: 7-Zip, `7zip.chm` (commands `l -slt`, `x -so`); rar.txt of RARLAB (`lt`, `p`); unar(1), lsar(1). To add a tool, or a type to a tool, add a
line to the table.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from attachguard.errors import LimitExceeded, Malformed
from attachguard.limits import MIB, Budget
from attachguard.readers.outside import optional
from attachguard.readers.outside.listings import Entry, sevenzip, unar, unrar
from attachguard.readers.packed.chunks import Sequence

if TYPE_CHECKING:
    from attachguard.readers.outside.sandbox import Process

#: Most bytes that a list may have.
_LISTING_LIMIT: Final = 8 * MIB
#: What stands for the content in the arguments of a tool: descriptor 3, see `confined.py`.
#: Types whose checksum of a file is CRC-32; others show another one in its place, as LHA its CRC-16.
_CRC_32: Final = frozenset({"7z", "arj", "rar"})
_SIZES: Final = "does not tell where each file begins"
_CONTENT: Final = "/proc/self/fd/3" if sys.platform == "linux" else "/dev/fd/3"


class Tool(NamedTuple):
    """A program of the system.

    Args:
        title: its name.
        package: what brings it, for the remedy.
        lister: names of the program that lists; the first that is there is used.
        opener: names of the program that puts out contents.
        listing: arguments of the first, before those of the type and the content.
        contents: arguments of the second.
        entries: reads the list.
        kinds: ids of the types that it opens, with the arguments that each needs.
    """

    title: str
    package: str
    lister: tuple[str, ...]
    opener: tuple[str, ...]
    listing: tuple[str, ...]
    contents: tuple[str, ...]
    entries: Callable[[bytes], Iterator[Entry]]
    kinds: Mapping[str, tuple[str, ...]]

    def programs(self) -> tuple[str, str] | None:
        """Paths of lister and opener; None where one of them is missing."""
        found = [next(filter(None, map(optional.program, names)), None) for names in (self.lister, self.opener)]
        return (found[0], found[1]) if found[0] and found[1] else None


_SEVENZIP: Final = ("7zz", "7z", "7za")
_UNRAR: Final = ("unrar", "rar")

#: A tool is asked for what those before it could not read.
TOOLS: Final = (
    Tool(
        "unrar", "unrar", _UNRAR, _UNRAR,
        listing=("lt", "-c-", "-p-", "-y", "--"),
        contents=("p", "-inul", "-c-", "-p-", "-mt1", "-y", "--"),
        entries=unrar,
        kinds={"rar": ()},
    ),
    Tool(
        "7-Zip", "7zip", _SEVENZIP, _SEVENZIP,
        # No question for a password, one thread, alternate streams as files of their own, names in UTF-8.
        listing=("l", "-slt", "-ba", "-bd", "-sns", "-pnone", "-sccUTF-8"),
        contents=("x", "-so", "-bd", "-sns", "-pnone", "-mmt1"),
        entries=sevenzip,
        kinds={
            "7z": ("-t7z",), "apfs": ("-tapfs",), "arj": ("-tarj",), "cab": ("-tcab",), "chm": ("-tchm",), "cramfs": ("-tcramfs",), "ext": ("-text",),
            "hfs": ("-thfs",), "lha": ("-tlzh",), "rar": ("-trar",), "squashfs": ("-tsquashfs",),
            "szdd": ("-tmslz",), "wim": ("-twim",),
            # Without a type 7-Zip goes on into the file system on the disk.
            "dmg": (), "qcow": (), "vdi": (), "vmdk": (),
        },
    ),
    Tool(
        "The Unarchiver", "unar", ("lsar",), ("unar",),
        listing=("-j", "-nr", "--"),
        contents=("-q", "-nr", "-k", "skip", "-p", "none", "-o", "-", "--"),
        entries=unar,
        kinds=dict.fromkeys(("alz", "arc", "arj", "lha", "rar", "sit", "zoo"), ()),
    ),
)  # fmt: skip


def tools_for(kind: str) -> list[Tool]:
    """The tools that open a type, whether or not they are there."""
    return [tool for tool in TOOLS if kind in tool.kinds] if sys.platform != "win32" and sys.executable else []


class Tools:
    """What a scan may start outside of its own process; a scanner starts none of it unless it was given it.

    Args:
        libarchive: whether archives may be unpacked by libarchive, in a process of its own.
        titles: names of the tools that may be started, of those in `TOOLS`.
    """

    __slots__ = ("_libarchive", "_titles")

    def __init__(self, *, libarchive: bool = False, titles: Collection[str] = ()) -> None:
        self._libarchive = libarchive
        self._titles = frozenset(titles)

    @classmethod
    def system(cls) -> Self:
        """Everything that this machine has: libarchive, and the tools that are found through PATH when they are asked for."""
        return cls(libarchive=True, titles=[tool.title for tool in TOOLS])

    @property
    def libarchive(self) -> bool:
        """Whether libarchive may be asked, and is there."""
        return self._libarchive and optional.unpacker()

    def of(self, kind: str) -> list[tuple[Tool, tuple[str, str]]]:
        """The tools for a type that may be started and are there, with the paths of their programs."""
        found = ((tool, tool.programs()) for tool in tools_for(kind) if tool.title in self._titles)
        return [(tool, programs) for tool, programs in found if programs is not None]


#: Nothing may be started: what a scan has that was not told otherwise.
NO_TOOLS: Final = Tools()


class Run:
    """One archive, read by one tool.

    Args:
        tool: the tool.
        programs: paths of its lister and opener.
        content: the archive.
        kind: id of its type.
        budget: whose time it uses.
        what: name of the format, for messages.
    """

    def __init__(
        self, tool: Tool, programs: tuple[str, str], content: bytes | memoryview, kind: str, budget: Budget, what: str
    ) -> None:
        #: Why not all was read; empty where all is well.
        self.trouble = ""
        self._tool = tool
        self._programs = programs
        self._content = content
        self._kind = kind
        self._budget = budget
        self._what = what
        self._process: Process | None = None

    def close(self) -> None:
        """End what is running."""
        if self._process is not None:
            self._process.close()

    def files(self) -> Iterator[tuple[Entry, Iterator[bytes] | None]]:
        """The entries of the archive, and the contents of the files among them; None where a content cannot be had."""
        entries = self._entries()
        if not any(entry.size for entry in entries):
            for entry in entries:
                yield entry, iter(()) if entry.size == 0 and entry.kind == "file" else None
            if any(entry.size is None and entry.kind == "file" for entry in entries):
                self._trouble(_SIZES)
            return
        process = self._start(self._programs[1], self._tool.contents)
        stream = Sequence(process.pieces(), self._budget, self._what)
        offset = 0
        lost = False
        for entry in entries:
            # Behind a file of unknown size nobody knows where the next begins.
            lost = lost or (entry.kind != "folder" and (entry.size is None or entry.encrypted))
            if lost or entry.size is None:
                yield entry, None
                continue
            content = stream.member(offset, entry.size, entry.crc if self._kind in _CRC_32 else None)
            yield entry, self._begun(process, content) if entry.kind == "file" else None
            offset += entry.size
        if lost:
            self._trouble(_SIZES)
        else:
            self._finish(process, stream, offset)

    def _begun(self, process: Process, content: Iterator[bytes]) -> Iterator[bytes] | None:
        """The same content; None where not one byte of it could be had."""
        try:
            first = next(content, b"")
        except Malformed:
            return None
        except LimitExceeded:
            if not process.trouble:
                raise
            return None
        return itertools.chain((first,), content)

    def _entries(self) -> list[Entry]:
        """What the tool lists."""
        process = self._start(self._programs[0], self._tool.listing)
        listing = bytearray()
        try:
            for piece in process.pieces():
                listing += piece
                if len(listing) > _LISTING_LIMIT:
                    process.close()
                    self._trouble("lists more than any archive holds")
                    return []
        except LimitExceeded:
            if not process.trouble:
                raise
            self._trouble(process.trouble)
            return []
        self._ended(process)
        entries: list[Entry] = []
        try:
            for entry in self._tool.entries(bytes(listing)):
                entries.append(entry)
                if len(entries) > 4 * self._budget.limits.parts:
                    self._trouble("lists more than any archive holds")
                    break
        except Malformed as error:
            self._trouble(str(error))
        if not entries:
            self._trouble("finds nothing in it")
        return entries

    def _start(self, program: str, arguments: tuple[str, ...]) -> Process:
        # What starts processes takes longer to load than an archive of a usual format to be read.
        from attachguard.readers.outside.sandbox import Process

        words = ("program", program, *arguments, *self._tool.kinds[self._kind], _CONTENT)
        self._process = Process(words, self._content, self._budget, self._what, self._tool.title)
        return self._process

    def _finish(self, process: Process, stream: Sequence, end: int) -> None:
        """Whether the output ended where the list says, and the tool is content."""
        try:
            for _ in stream.member(end, 0):
                pass
        except Malformed:
            self._trouble("gives less than it lists")
        if stream.goes_on():
            process.close()
            self._trouble("gives more than it lists")
            return
        self._ended(process)

    def _ended(self, process: Process) -> None:
        status = process.status()
        if process.trouble:
            self._trouble(process.trouble)
        elif status < 0:
            self._trouble(f"was ended by signal {-status}")
        elif status:
            self._trouble(f"could not read all of it (exit status {status})")

    def _trouble(self, words: str) -> None:
        """Note why not all was read; the first reason stays."""
        if not self.trouble:
            self.trouble = words if words.startswith(self._tool.title) else f"{self._tool.title} {words}"


def places() -> list[tuple[str, str]]:
    """Each tool and where it is, or what stays unread without it, for those who look after the installation."""
    lines: list[tuple[str, str]] = []
    for tool in TOOLS:
        programs = tool.programs()
        missing = f"not installed (package {tool.package}); opens {', '.join(sorted(tool.kinds))}"
        lines.append((tool.title, programs[1] if programs else missing))
    return lines
