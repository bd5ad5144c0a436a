"""The program that reads archives of rare formats, run by `readers.sandbox` in a process of its own; it is never imported.

Before the first byte of the content is looked at it gives up what it does not need: memory, time, files, child processes, the network, new
privileges. Then it either unpacks the archive on descriptor 0 with libarchive and writes frames to descriptor 1 (a kind, the length of what follows,
that), or it becomes another program, which finds the content on descriptor 3.

Arguments: most bytes of memory, most seconds of processor time, then `libarchive`, the folder that holds the package, the formats to read and
options for them, as in `zip:ignorecrc32`; or `program`, its path, its arguments.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys
from pathlib import Path
from typing import Any

FRAME = struct.Struct(">cI")
STEP = 1 << 16
MESSAGE = 200
NAME = 4096

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
SIGKILL = 9
FATAL = -30

#: Where another program finds the content.
CONTENT = 3
#: Descriptors that libarchive and another program may have open, the first free number.
FEW_FILES, SOME_FILES = 8, 32

# Landlock (Linux 5.13): a set of rules that handles kinds of access and allows what they name beneath certain folders.
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_VERSION = LANDLOCK_BENEATH = 1
#: Kinds of access to files by the version that knows them first: number of bits.
LANDLOCK_FILES = ((1, 13), (2, 14), (3, 15), (5, 16))
#: The version that knows the network, and its kinds of access: to take a port, to call one.
LANDLOCK_NETWORK, LANDLOCK_CALLS = 4, 3
#: To start a file as a program, to read files, to read folders.
LANDLOCK_READ = 1 << 0 | 1 << 2 | 1 << 3
#: What a program of the system is made of, beside the folder where it lies.
SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc/ld.so.cache", "/nix/store", "/gnu/store", "/proc/self")


def write(kind: bytes, content: bytes = b"") -> None:
    """One frame, whole."""
    left = FRAME.pack(kind, len(content)) + content
    while left:
        left = left[os.write(1, left) :]


def confine(memory: int, seconds: int, files: int, readable: tuple[str, ...] = ()) -> None:
    """Give up all that reading does not need; what the system does not offer is passed over, the limits stay."""
    for limit, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, files),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (most, most))
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    for option, value in ((PR_SET_PDEATHSIG, SIGKILL), (PR_SET_DUMPABLE, 0), (PR_SET_NO_NEW_PRIVS, 1)):
        libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0)
    landlock(libc, readable)


def landlock(libc: Any, readable: tuple[str, ...]) -> None:
    """Allow reading beneath these paths and no other access to files, and none to the network."""
    version = libc.syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), LANDLOCK_VERSION)
    if version < 1:
        return
    bits = max(bits for first, bits in LANDLOCK_FILES if first <= version)
    handled = struct.pack("=QQ", (1 << bits) - 1, LANDLOCK_CALLS)[: 16 if version >= LANDLOCK_NETWORK else 8]
    rules = libc.syscall(LANDLOCK_CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0)
    if rules < 0:
        return
    for path in readable:
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        # Of a file only what files can do may be allowed.
        allowed = LANDLOCK_READ if Path(path).is_dir() else LANDLOCK_READ & ~(1 << 3)
        libc.syscall(LANDLOCK_ADD_RULE, rules, LANDLOCK_BENEATH, struct.pack("=Qi", allowed, place), 0)
        os.close(place)
    libc.syscall(LANDLOCK_RESTRICT_SELF, rules, 0)
    os.close(rules)


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


def run_libarchive(memory: int, seconds: int, folder: str, formats: list[str]) -> None:
    """Unpack descriptor 0 to descriptor 1."""
    try:
        libarchive = load(folder)
    except (ImportError, OSError, TypeError, AttributeError) as error:
        # TypeError: the library was not found, and the package tries to load None.
        write(b"A", type(error).__name__.encode())
        return
    confine(memory, seconds, FEW_FILES)
    try:
        unpack(libarchive, formats)
    except (libarchive.ArchiveError, ValueError) as error:
        write(b"F", str(getattr(error, "msg", error) or "broken data").encode("utf-8", "replace")[:MESSAGE])
        return
    except MemoryError:
        write(b"F", b"more memory is needed than it may use")
        return
    write(b"Z")


def run_program(memory: int, seconds: int, program: str, arguments: list[str]) -> None:
    """Become another program, with the content on descriptor 3 and nothing to read on descriptor 0."""
    os.dup2(0, CONTENT)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 2)
    os.closerange(CONTENT + 1, FEW_FILES)
    confine(memory, seconds, SOME_FILES, (*SYSTEM, str(Path(program).resolve().parent)))
    os.execv(program, [program, *arguments])  # noqa: S606  what stands there is ours, and a shell is what nobody wants


def main() -> None:
    """Do what the arguments say."""
    memory, seconds, kind, what, *rest = sys.argv[1:]
    if kind == "program":
        run_program(int(memory), int(seconds), what, rest)
    else:
        run_libarchive(int(memory), int(seconds), what, rest)


if __name__ == "__main__":
    main()
