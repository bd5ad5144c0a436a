"""Words to the service manager (sd_notify(3)): ready, reloading, stopping."""

from __future__ import annotations

import contextlib
import os
import socket
import time


def ready() -> None:
    """The daemon takes messages."""
    _say("READY=1")


def reloading() -> None:
    """The files are being read anew."""
    _say(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")


def stopping() -> None:
    """The daemon drains."""
    _say("STOPPING=1")


def _say(text: str) -> None:
    place = os.environ.get("NOTIFY_SOCKET", "")
    if not place:
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.sendto(text.encode(), "\0" + place[1:] if place.startswith("@") else place)
