"""Where a front listens: `HOST:PORT`, `inet:HOST:PORT`, `unix:/path`, or a socket that the service manager holds ready (`systemd:NAME`)."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import socket
import stat
from pathlib import Path
from typing import Final, NamedTuple

from attachguard.errors import OperatorError

_BACKLOG: Final = 512
_INET: Final = re.compile(r"(?:inet6?:)?(?:\[(?P<v6>[0-9A-Fa-f:.%a-z]+)\]|(?P<host>[^:\[\]@]*)):(?P<port>\d{1,5})")
_SENDMAIL: Final = re.compile(r"inet6?:(?P<port>\d{1,5})@\[?(?P<host>[^@\[\]]+)\]?")
#: First descriptor that a service manager hands over (sd_listen_fds(3)).
_FIRST: Final = 3


class Address(NamedTuple):
    """A place to listen.

    Args:
        kind: `inet`, `unix` or `systemd`.
        host: name or number of the interface; path of a Unix socket; name of a socket of the service manager.
        port: 0 for any.
        prefix: how it was written, to be shown in the same way.
        file: what a Unix socket that listens is in the file system.
    """

    kind: str
    host: str
    port: int = 0
    prefix: str = ""
    file: tuple[int, int] = (0, 0)

    def __str__(self) -> str:
        if self.kind == "inet":
            return (
                f"{self.prefix}[{self.host}]:{self.port}"
                if ":" in self.host
                else f"{self.prefix}{self.host}:{self.port}"
            )
        return f"{self.kind}:{self.host}"


def parse(text: str) -> Address:
    """The address that somebody wrote; raises `ValueError` with the remedy."""
    if text.startswith(("unix:", "local:", "/")):
        path = text.removeprefix("unix:").removeprefix("local:")
        if not path.startswith("/") or "\0" in path:
            raise ValueError(
                f"{text!r} is not an address to listen on: the path of a socket begins with a slash, as in unix:/run/attachguard/milter.sock"
            )
        return Address("unix", path)
    if text.startswith("systemd:"):
        return Address("systemd", text.removeprefix("systemd:"))
    found = _SENDMAIL.fullmatch(text) or _INET.fullmatch(text)
    if found is None or int(found["port"]) > 65535:
        raise ValueError(f"{text!r} is not an address to listen on: write HOST:PORT, inet:HOST:PORT or unix:/path")
    host = found.groupdict().get("v6") or found["host"] or "127.0.0.1"
    return Address("inet", host, int(found["port"]), "inet:" if text.startswith("inet") else "")


def listen(address: Address, file: str = "", line: int = 0) -> list[tuple[Address, socket.socket]]:
    """Sockets that listen there, each with the address it has; raises `OperatorError`.

    Args:
        address: where.
        file: what named it, where it was not the command line.
        line: of that file.
    """
    if address.kind == "systemd":
        return [(address, each) for each in _handed_over(address.host)]
    try:
        if address.kind == "unix":
            listener = _unix(address.host)
            return [(address._replace(file=_identity(address.host)), listener)]
        return [_inet(address)]
    except OSError as error:
        text = f"cannot listen on {address}: {error.strerror or error}{_remedy(address, error, 'listen' if file else '--listen')}"
        raise OperatorError(text, file=file, line=line) from error


def _remedy(address: Address, error: OSError, key: str) -> str:
    """What helps against it, where that is known."""
    if isinstance(error, socket.gaierror):
        return f"; name an address of this machine with {key}"
    folder = Path(address.host).parent
    remedies = {
        errno.EADDRINUSE: f"another program listens there already: stop it, or name another place with {key}",
        errno.EADDRNOTAVAIL: f"this machine has no such address; name one that it has with {key}, or 0.0.0.0 for all",
        errno.EACCES: (
            f"this user may not write to {folder}: give the folder to the user that attachguard runs as"
            if address.kind == "unix"
            else "this user may not: take a port from 1024 on, or a socket of the service manager (systemd:NAME)"
        ),
        errno.ENOENT: f"{folder} is not there: make the folder, or have the service manager do it (RuntimeDirectory=attachguard)",
        errno.ENOTDIR: f"{folder} is no folder; name another place with {key}",
        errno.EEXIST: f"remove it, or name another place with {key}",
    }
    remedy = remedies.get(error.errno or 0)
    return f"; {remedy}" if remedy else ""


def _inet(address: Address) -> tuple[Address, socket.socket]:
    family, kind, protocol, _name, place = socket.getaddrinfo(
        address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICSERV
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return address._replace(port=listener.getsockname()[1]), listener


def _unix(path: str) -> socket.socket:
    """A socket in the file system; one that nobody listens on any more makes room."""
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            raise FileExistsError(errno.EEXIST, "something that is no socket has this name")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            try:
                probe.connect(path)
            except ConnectionRefusedError:
                Path(path).unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(path)
        # Mail servers run as users of their own; who may come here is the folder's business.
        Path(path).chmod(0o666)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def leave(address: Address, listener: socket.socket) -> None:
    """Take the path of a socket that is still open out of the file system, unless another daemon has put its own there."""
    if listener.fileno() >= 0 and any(address.file) and address.file == _identity(address.host):
        with contextlib.suppress(OSError):
            Path(address.host).unlink()


def _identity(path: str) -> tuple[int, int]:
    try:
        about = os.lstat(path)
    except OSError:
        return (0, 0)
    return about.st_dev, about.st_ino


def _handed_over(name: str) -> list[socket.socket]:
    """Sockets of the service manager (sd_listen_fds(3)), all of them or those with this name."""
    handed = os.environ.get("LISTEN_FDS", "")
    count = int(handed) if handed.isdecimal() and os.environ.get("LISTEN_PID") in (None, str(os.getpid())) else 0
    names = os.environ.get("LISTEN_FDNAMES", "").split(":")
    wanted = [place for place in range(count) if not name or (place < len(names) and names[place] == name)]
    try:
        found = [socket.socket(fileno=_FIRST + place) for place in wanted]
    except OSError as error:
        raise OperatorError(f"what the service manager has handed over is no socket: {error.strerror}") from error
    if not found:
        raise OperatorError(
            f"the service manager has no socket named {name!r} ready: give the socket unit FileDescriptorName={name}"
        )
    return found
