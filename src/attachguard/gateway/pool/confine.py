"""What a worker gives up before it meets hostile bytes: memory, time, privileges, the network, the rest of the file system.

Bounds on memory and time hold everywhere. On Linux a worker gains no privileges, reads nothing but the programs and libraries of the system and its
own package, writes nothing but temporary files (Landlock, where the kernel has it), and opens no connection (a seccomp filter that refuses sockets).
What the system does not offer is left out and named by `available`, for `attachguard doctor` and the log.

Own code, a page of it: the packages for this wrap the same three system calls, and one of them is years old.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import struct
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any, Final

import msgspec

MIB: Final = 1 << 20
#: Of mallopt(3).
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3

PR_GET_SECCOMP, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 21, 22, 38
SECCOMP_MODE_FILTER: Final = 2

# Landlock (Linux 5.13), as in `readers/outside/confined.py`.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = _BENEATH = 1
#: Kinds of access to files by the version that knows them first: number of bits.
_FILE_BITS: Final = ((1, 13), (2, 14), (3, 15), (5, 16))
_NETWORK_VERSION, _NETWORK = 4, 3
_SCOPE_VERSION, _SCOPES = 6, 3
_EXECUTE, _WRITE, _READ, _LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
#: What is read: programs and libraries of the system, descriptions of terminals and languages, what the process says of itself.
_READABLE: Final = (
    "/usr", "/lib", "/lib32", "/lib64", "/bin", "/opt", "/nix/store", "/gnu/store", "/proc", "/dev/urandom", "/dev/zero",
    "/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/magic", "/etc/ssl/openssl.cnf",
)  # fmt: skip

#: Names of machines: their number in the kernel's audit interface, and the calls that a worker has no use for.
_CALLS: Final = {
    # socket, connect, bind, listen, ptrace, mount, umount2, init_module, finit_module, kexec_load, bpf, perf_event_open, keyctl,
    # process_vm_readv, process_vm_writev, io_uring_setup, userfaultfd, unshare, setns
    "x86_64": (0xC000003E, (41, 42, 49, 50, 101, 165, 166, 175, 313, 246, 321, 298, 250, 310, 311, 425, 323, 272, 308)),
    "aarch64": (0xC00000B7, (198, 203, 200, 201, 117, 40, 39, 105, 273, 104, 280, 241, 219, 270, 271, 425, 282, 97, 268)),
}  # fmt: skip
_X32: Final = 0x40000000
_REFUSE: Final = 0x00050000 | 13  # SECCOMP_RET_ERRNO with EACCES
_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06


class Settings(msgspec.Struct, frozen=True):
    """What a worker may use.

    Args:
        memory: bytes of memory beyond those of the process it was forked from.
        sandbox: whether it shall give up files, network and privileges.
        network: whether it may open connections: to a malware engine, to a service that holds keys.
        folders: further folders that it may read.
    """

    memory: int = 1536 * MIB
    sandbox: bool = True
    network: bool = False
    folders: tuple[str, ...] = ()


def give_up(settings: Settings) -> None:
    """Confine this process for good."""
    # Address space is counted in mappings, used or not, so the bound is generous; the pool watches what is really used.
    _bound(resource.RLIMIT_AS, address_space() + 4 * settings.memory + 1024 * MIB)
    _bound(resource.RLIMIT_CORE, 0)
    if not settings.sandbox or sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _landlock(libc, settings)
    if not settings.network:
        _seccomp(libc)


def keep_memory() -> None:
    """Have the C library keep what it has: buffers of a few hundred kilobytes come and go with every message, each time with pages to be cleared."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, 4 * MIB)
        libc.mallopt(_M_TRIM_THRESHOLD, 32 * MIB)


def more_time(seconds: int) -> None:
    """Let this process use that many seconds of processor time more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


def address_space() -> int:
    """Bytes of address space of this process; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def resident(pid: int) -> int:
    """Bytes of memory that a process uses; 0 where the system does not say."""
    try:
        with open(f"/proc/{pid}/statm", "rb", buffering=0) as file:  # noqa: PTH123 - asked often
            return int(file.read(200).split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def available() -> dict[str, str]:
    """What this system offers to confine a worker, by name, in words for people."""
    if sys.platform != "linux":
        return {"sandbox": f"bounds on memory and time only on {sys.platform}"}
    libc = ctypes.CDLL(None, use_errno=True)
    version = _landlock_version(libc)
    known = platform.machine() in _CALLS
    return {
        "no_new_privs": "yes",
        "seccomp": "yes"
        if known and libc.prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0
        else "no: workers may open connections",
        "Landlock": f"version {version}" if version > 0 else "no: workers may read what their user may read",
    }


def _bound(limit: int, most: int) -> None:
    hard = resource.getrlimit(limit)[1]
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(limit, (most, most))


def _landlock_version(libc: Any) -> int:
    return int(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION))


def _landlock(libc: Any, settings: Settings) -> None:
    """Reading beneath the known folders, temporary files, and no other access to files."""
    version = _landlock_version(libc)
    if version < 1:
        return
    bits = (1 << max(bits for first, bits in _FILE_BITS if first <= version)) - 1
    network = _NETWORK if version >= _NETWORK_VERSION and not settings.network else 0
    scopes = _SCOPES if version >= _SCOPE_VERSION else 0
    size = 24 if version >= _SCOPE_VERSION else 16 if version >= _NETWORK_VERSION else 8
    handled = struct.pack("=QQQ", bits, network, scopes)[:size]
    rules = libc.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(size), 0)
    if rules < 0:
        return
    for path in {*_READABLE, *_own_folders(), *settings.folders}:
        _allow(libc, rules, path, _EXECUTE | _READ | _LIST)
    # A program that writes nowhere still opens /dev/null to write; unpackers get an empty folder of their own.
    _allow(libc, rules, "/dev/null", _READ | _WRITE)
    with contextlib.suppress(
        FileNotFoundError
    ):  # everything may be read-only: what needs a temporary file is then said of the content
        _allow(libc, rules, tempfile.gettempdir(), bits & ~_EXECUTE)
    libc.syscall(_RESTRICT_SELF, rules, 0)
    os.close(rules)


def _allow(libc: Any, rules: int, path: str, access: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not Path(path).is_dir():
        access &= _EXECUTE | _READ | _WRITE
    libc.syscall(_ADD_RULE, rules, _BENEATH, struct.pack("=Qi", access, place), 0)
    os.close(place)


def _own_folders() -> set[str]:
    """Where Python, this package and what it imports on first need live."""
    folders = {sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parent), str(Path(__file__).parents[2])}
    folders |= {path for path in (*sys.path, *sysconfig.get_paths().values()) if path and Path(path).exists()}
    return folders


def _seccomp(libc: Any) -> None:
    """Refuse the calls that open connections or reach into other processes and the kernel."""
    known = _CALLS.get(platform.machine())
    if known is None:
        return
    machine, calls = known
    steps = [
        _step(_LOAD, 4),
        _step(_EQUAL, machine, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, 0),
        _step(_AT_LEAST, _X32, len(calls) + 1, 0),
    ]
    steps += [_step(_EQUAL, call, len(calls) - place, 0) for place, call in enumerate(calls)]
    steps += [_step(_RETURN, _ALLOW), _step(_RETURN, _REFUSE)]
    code = ctypes.create_string_buffer(b"".join(steps))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))

    program = Program(len(steps), ctypes.addressof(code))
    libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    """One instruction of the filter (struct sock_filter)."""
    return struct.pack("=HBBI", code, yes, no, value)
