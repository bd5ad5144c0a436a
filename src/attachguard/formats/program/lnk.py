"""Windows shortcuts: Shell Link ([MS-SHLLINK]).

A fixed header (§2.1) says which structures follow: an item list, location information with the target's path (§2.3), strings with arguments and
icon (§2.4), then extra blocks (§2.5), of which one may give the target with environment variables. A shortcut runs a command line of its author's
choice; what follows the last block is not part of the format and is where droppers keep their payload.

Why our own: the reader on PyPI raises on damaged shortcuts, and needs a YAML package.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.inspector import Fact
from attachguard.part import Part
from attachguard.types.filetypes import filetype
from attachguard.types.letters import shown

TYPES: Final = frozenset({"lnk"})
LIMITATIONS: Final = ("Item identifiers are read only for names of files and folders in them.",)
EXTRACTS: Final = "The file that is appended to a shortcut."
DETECTS: Final = "The target, its arguments, icons and targets on other machines, windows that start hidden."

_HEADER_SIZE: Final = 0x4C
_HAS_ITEMS: Final = 0x01
_HAS_LOCATION: Final = 0x02
_IS_UNICODE: Final = 0x80
#: Strings in file order: flag, and what it is (§2.4).
_STRINGS: Final = ((0x04, "name"), (0x08, "path"), (0x10, "folder"), (0x20, "arguments"), (0x40, "icon"))
_ENVIRONMENT: Final = 0xA0000001
_MAX_BLOCKS: Final = 64


class Shortcut(NamedTuple):
    """What a shortcut says.

    Args:
        target: path of what it opens; empty where only item identifiers give it.
        strings: the strings that are present, by kind.
        end: offset after the last extra block.
        cut: whether the file ends inside a structure.
    """

    target: str
    strings: dict[str, str]
    end: int
    cut: bool


def parse(part: Part) -> Shortcut:
    """Read a shortcut.

    Raises:
        Malformed: the header is cut.
    """
    data = part.data
    if len(data) < _HEADER_SIZE:
        raise Malformed("the shortcut's header is cut")
    flags = int.from_bytes(data[20:24], "little")
    offset = _HEADER_SIZE
    target = ""
    if flags & _HAS_ITEMS:
        size = int.from_bytes(data[offset : offset + 2], "little")
        target = _from_items(data[offset + 2 : offset + 2 + size])
        offset += 2 + size
    if flags & _HAS_LOCATION:
        size = int.from_bytes(data[offset : offset + 4], "little")
        target = _location(data[offset : offset + min(size, 65536)]) or target
        offset += max(size, 4)
    strings, offset, cut = _strings(data, offset, flags)
    if not cut:
        offset, variable = _blocks(data, offset)
        target = variable or target
    return Shortcut(target, strings, offset, cut)


def _strings(data: bytes, offset: int, flags: int) -> tuple[dict[str, str], int, bool]:
    found: dict[str, str] = {}
    width = 2 if flags & _IS_UNICODE else 1
    for flag, kind in _STRINGS:
        if not flags & flag:
            continue
        if offset + 2 > len(data):
            return found, offset, True
        size = int.from_bytes(data[offset : offset + 2], "little")
        if kind != "arguments":
            # Windows takes MAX_PATH characters and goes on after them, whatever the count says: a way to hide the arguments from readers.
            size = min(size, 260)
        size *= width
        raw = data[offset + 2 : offset + 2 + size]
        found[kind] = raw.decode("utf-16-le" if width == 2 else "cp1252", "replace")
        offset += 2 + size
        if len(raw) < size:
            return found, offset, True
    return found, offset, False


def _blocks(data: bytes, offset: int) -> tuple[int, str]:
    """Walk the extra blocks (§2.5): where they end, and the target with environment variables, if one gives it."""
    variable = ""
    for _ in range(_MAX_BLOCKS):
        size = int.from_bytes(data[offset : offset + 4], "little")
        if size < 4:
            return offset + 4, variable
        if data[offset + 4 : offset + 8] == _ENVIRONMENT.to_bytes(4, "little"):
            wide = data[offset + 268 : offset + 788].decode("utf-16-le", "replace").partition("\0")[0]
            variable = wide or _ansi(data, offset + 8)
        offset += size
    return offset, variable


def _ansi(data: bytes, offset: int) -> str:
    """The string at an offset up to its NUL, 260 characters at most (MAX_PATH)."""
    return data[offset : offset + 260].partition(b"\0")[0].decode("cp1252", "replace")


def _location(info: bytes) -> str:
    """The target's path out of LinkInfo (§2.3)."""
    if len(info) < 28:
        return ""
    header, flags, _, base, network, suffix = struct.unpack_from("<6I", info, 4)
    tail = _ansi(info, suffix) if suffix else ""
    if header >= 36 and len(info) >= 36:
        wide_base, wide_suffix = struct.unpack_from("<II", info, 28)
        if flags & 1 and wide_base:
            path = _wide(info, wide_base)
            return path + _wide(info, wide_suffix) if path else ""
    if flags & 1:
        return _ansi(info, base) + tail
    if flags & 2 and network and network + 20 <= len(info):
        name = int.from_bytes(info[network + 8 : network + 12], "little")
        share = _ansi(info, network + name)
        return f"{share}\\{tail}" if tail else share
    return ""


def _wide(data: bytes, offset: int) -> str:
    return data[offset : offset + 520].decode("utf-16-le", "replace").partition("\0")[0]


def _from_items(items: bytes) -> str:
    """Names out of the item identifiers of files and folders; each has an 8.3 or long name at offset 14 (§2.2, undocumented content)."""
    names: list[str] = []
    offset = 0
    for _ in range(_MAX_BLOCKS):
        size = int.from_bytes(items[offset : offset + 2], "little")
        if size < 3:
            break
        item = items[offset : offset + size]
        kind = item[2] & 0x70
        if kind == 0x20:
            names.append(_ansi(item, 3).rstrip("\\"))
        elif kind == 0x30 and size > 14:
            names.append(_wide(item, 14) if item[2] & 4 else _ansi(item, 14))
        offset += size
    return "\\".join(name for name in names if name and name.isprintable())


def inspect(part: Part) -> Iterator[Fact]:
    """What the shortcut runs, and what follows it."""
    link = part.once(parse)
    arguments = link.strings.get("arguments", "")
    target = link.target or link.strings.get("path", "")
    words = [f"Windows shortcut: target {shown(target)}" if target else "Windows shortcut: no target path"]
    if arguments:
        padded = len(arguments) > 260 or "    " in arguments or "\t\t" in arguments or "\n" in arguments
        words.append(f"arguments {'(padded) ' if padded else ''}{shown(' '.join(arguments.split()))}")
    if link.strings.get("icon"):
        words.append(f"icon {shown(link.strings['icon'])}")
    yield part.finding("windows-shortcut", ", ".join(words))
    for path in (target, link.strings.get("icon", "")):
        if path.startswith(("\\\\", "//")) and not path.startswith(("\\\\?\\", "\\\\.\\")):
            yield part.finding("shortcut-path", f"Windows shortcut: {shown(path)}")
            break
    if target or arguments:
        yield part.layer("command line", f"{target} {arguments}".encode(), filetype("bat"))
    if link.end < len(part.data) and not link.cut:
        rest = part.data[link.end :]
        if rest.strip(b"\0"):
            yield part.child("overlay", rest, role="embedded")
            yield part.finding(
                "shortcut-overlay", f"Windows shortcut: {len(rest)} bytes after its end", offset=link.end
            )
    if link.cut:
        raise Malformed("the shortcut ends inside a string")
