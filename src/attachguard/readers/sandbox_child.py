"""The program that unpacks archives of rare formats, run by `readers.sandbox` in a process of its own; it is never imported.

It reads one archive from descriptor 0 with libarchive and writes frames to descriptor 1: a kind, the length of what follows, that. Before the first
byte of the archive is looked at it gives up what it does not need: memory, time, files, child processes, new privileges.

Arguments: the folder that holds the package `libarchive`, most bytes of memory, most seconds of processor time, the formats to read and
options for them, as in `zip:ignorecrc32`.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys
from typing import Any

FRAME = struct.Struct(">cI")
STEP = 1 << 16
MESSAGE = 200
NAME = 4096

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF = 444, 446
#: Every kind of access to files that the first version of Landlock knows.
LANDLOCK_FILES = 0x1FFF
SIGKILL = 9
FATAL = -30


def write(kind: bytes, content: bytes = b"") -> None:
    """One frame, whole."""
    left = FRAME.pack(kind, len(content)) + content
    while left:
        left = left[os.write(1, left) :]


def confine(memory: int, seconds: int) -> None:
    """Give up all that unpacking does not need; what the system does not offer is passed over, the limits stay."""
    for limit, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 8),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (most, most))
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    for option, value in ((PR_SET_PDEATHSIG, SIGKILL), (PR_SET_DUMPABLE, 0), (PR_SET_NO_NEW_PRIVS, 1)):
        libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0)
    # Landlock (Linux 5.13): a set of rules that handles every access and allows none, so no file can be opened any more.
    handled = ctypes.c_uint64(LANDLOCK_FILES)
    rules = libc.syscall(LANDLOCK_CREATE_RULESET, ctypes.byref(handled), ctypes.c_size_t(8), 0)
    if rules >= 0:
        libc.syscall(LANDLOCK_RESTRICT_SELF, rules, 0)


def load(folder: str) -> Any:
    """The package libarchive, which is told its library where that is easy, because it would start other programs to find it."""
    sys.path.append(folder)
    for name in ("libarchive.so.13", "libarchive.13.dylib"):
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        os.environ.setdefault("LIBARCHIVE", name)
        break
    import libarchive

    return libarchive


def content(libarchive: Any, archive: Any) -> None:
    """Write the content of the current member; a damaged one ends early and says so."""
    buffer = ctypes.create_string_buffer(STEP)
    ffi = libarchive.ffi
    try:
        # `ArchiveEntry.get_blocks` would take a warning, which is a negative number, for a length.
        while (count := ffi.read_data(archive, buffer, STEP)) > 0:
            write(b"D", buffer.raw[:count])
        if count < 0:
            # A warning, of a wrong checksum for one: what it is about has not been given out.
            write(b"B", (ffi.error_string(archive) or b"")[:MESSAGE])
            return
    except libarchive.ArchiveError as error:
        write(b"B", str(error.msg or "").encode("utf-8", "replace")[:MESSAGE])
        if error.retcode is not None and error.retcode <= FATAL:
            raise
        return
    write(b"X")


def unpack(libarchive: Any, formats: list[str]) -> None:
    """Write every file of the archive."""
    with libarchive.read.new_archive_read(formats[0], "none") as pointer:
        for name in formats[1:]:
            if ":" in name:
                libarchive.ffi.libarchive.archive_read_set_options(ctypes.c_void_p(pointer), name.encode())
            else:
                libarchive.ffi.get_read_format_function(name)(pointer)
        libarchive.ffi.read_open_fd(pointer, 0, STEP)
        for entry in libarchive.read.ArchiveRead(pointer):
            if not entry.isreg or entry.islnk:
                continue
            name = entry.pathname or ""
            raw = name if isinstance(name, bytes) else name.encode("utf-8", "replace")
            write(b"E", raw[:NAME])
            content(libarchive, pointer)


def main() -> None:
    """Unpack descriptor 0 to descriptor 1."""
    folder, memory, seconds, *formats = sys.argv[1:]
    try:
        libarchive = load(folder)
    except (ImportError, OSError, TypeError, AttributeError) as error:
        # TypeError: the library was not found, and the package tries to load None.
        write(b"A", type(error).__name__.encode())
        return
    confine(int(memory), int(seconds))
    try:
        unpack(libarchive, formats)
    except (libarchive.ArchiveError, ValueError) as error:
        write(b"F", str(getattr(error, "msg", error) or "broken data").encode("utf-8", "replace")[:MESSAGE])
        return
    except MemoryError:
        write(b"F", b"more memory is needed than it may use")
        return
    write(b"Z")


if __name__ == "__main__":
    main()
