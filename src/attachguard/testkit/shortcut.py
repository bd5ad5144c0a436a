"""Windows shortcuts, structure by structure ([MS-SHLLINK])."""

from __future__ import annotations

import struct

HEADER = struct.pack("<I", 0x4C) + bytes.fromhex("0114020000000000c000000000000046")
LOCATION, NAME, FOLDER, ARGUMENTS, ICON, UNICODE = 0x02, 0x04, 0x10, 0x20, 0x40, 0x80


def location(path: str = "", share: str = "") -> bytes:
    """LinkInfo with a local path, or with a share."""
    if share:
        network = struct.pack("<5I", 20 + len(share) + 1, 2, 20, 0, 0x20000) + share.encode("cp1252") + b"\0"
        size = 28 + len(network) + 1
        return struct.pack("<7I", size, 28, 2, 0, 0, 28, size - 1) + network + b"\0"
    base = path.encode("cp1252") + b"\0"
    return struct.pack("<7I", 28 + len(base) + 1, 28, 1, 0, 28, 0, 28 + len(base)) + base + b"\0"


def string(text: str, count: int | None = None) -> bytes:
    """A string with its count of letters, or with another one."""
    return struct.pack("<H", len(text) if count is None else count) + text.encode("utf-16-le")


def shortcut(
    *,
    info: bytes = b"",
    name: str = "",
    folder: str = "",
    arguments: str = "",
    icon: str = "",
    blocks: bytes = b"",
    overlay: bytes = b"",
    folder_count: int | None = None,
) -> bytes:
    """A shortcut with those structures that are given."""
    flags, body = UNICODE, b""
    if info:
        flags |= LOCATION
        body += info
    for flag, text in ((NAME, name), (FOLDER, folder), (ARGUMENTS, arguments), (ICON, icon)):
        if text:
            flags |= flag
            body += string(text, folder_count if flag == FOLDER else None)
    return HEADER + struct.pack("<I", flags) + bytes(52) + body + blocks + bytes(4) + overlay


def lnk(
    *,
    arguments: str = "",
    target: str = "C:\\Windows\\System32\\cmd.exe",
    name: str = "",
    icon: str = "",
) -> bytes:
    """A Windows shortcut.

    Args:
        arguments: the command line after the target.
        target: the program that it starts.
        name: the description that Explorer shows.
        icon: the file that its icon comes from.
    """
    return shortcut(info=location(target), arguments=arguments, name=name, icon=icon)
