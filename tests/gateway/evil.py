"""An inspector that does to its process what a defect in a parser would do: content says which."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from attachguard import Finding, Part, Policy, Rules, Scanner

TYPES = frozenset({"txt"})
LIMITATIONS = ()
EXTRACTS = ""
DETECTS = ""


def inspect(part: Part) -> Iterator[Finding]:
    """Do as the content says."""
    words = part.data[:80].split()
    for word in words:
        if word == b"CRASH":
            ctypes.string_at(0)
        if word == b"KILL":
            os.kill(os.getpid(), signal.SIGKILL)
        if word == b"HANG":
            time.sleep(60)
        if word == b"SLOW":
            time.sleep(0.3)
        if word == b"GROW":
            hoard = []
            while True:
                hoard.append(b"x" * (8 << 20))
                time.sleep(0.005)
        if word == b"CALL":
            yield part.finding("hidden-content", f"call: {tried(socket.socket)}")
        if word == b"READ":
            yield part.finding("hidden-content", f"read: {tried(lambda: Path('/etc/passwd').read_bytes())}")
        if word == b"WRITE":
            yield part.finding("hidden-content", f"write: {tried(lambda: Path('/var/tmp/evil').write_bytes(b''))}")
    yield part.finding("hidden-content", "seen")


def tried(action):
    try:
        action()
    except OSError as error:
        return f"refused {error.errno}"
    return "possible"


class Evil:
    """The module, as the scanner takes it."""

    TYPES, LIMITATIONS, EXTRACTS, DETECTS = TYPES, LIMITATIONS, EXTRACTS, DETECTS
    inspect = staticmethod(inspect)


def scanner(policy: str = "strict") -> Scanner:
    """One that has the inspector and nothing else."""
    return Scanner(Policy.load(policy), rules=Rules.empty(), inspectors=(Evil,))


def details(report) -> list[str]:
    """What it saw."""
    return [finding.detail for finding in report.findings]
