"""Values of the configuration file within bounds: what is beyond them is said with its line and the remedy, and not found out when mail comes."""

from __future__ import annotations

import os
import re
import shlex
from typing import Final

from attachguard.policy.reading.values import Section

#: What is more makes no sense, or is more than the system can count.
MOST_SECONDS: Final = 1_000_000
MOST_WORKERS: Final = 1024
MOST_CONNECTIONS: Final = 1_000_000
MOST_OCTETS: Final = 1 << 50
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")


def seconds(table: Section, key: str, default: float) -> float:
    """A time."""
    value = table.table.get(key, default)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < MOST_SECONDS:
        return float(value)
    table.error(key, f"must be a number of seconds above 0 and below {MOST_SECONDS:,}, without quotes")
    return default


def number(table: Section, key: str, default: int | None, least: int, most: int) -> int | None:
    """A whole number within bounds."""
    value = table.number(key, default, least)
    if value is not None and value > most:
        table.error(key, f"must be at most {most:,}")
        return default
    return value


def size(table: Section, key: str, least: int = 1) -> int | None:
    """A size within bounds, in octets."""
    size = table.size(key)
    if size is not None and not least <= size <= MOST_OCTETS:
        table.error(key, f"must be {'more than nothing' if size < least else 'less'}")
        return None
    return size


def engine(top: Section) -> str:
    """The place of a malware engine; what is none is said with its line."""
    engine = top.text("engine")
    if engine:
        from attachguard.clamd import Clamd

        try:
            Clamd.from_text(engine.removeprefix("clamd:"))
        except ValueError as error:
            top.error("engine", str(error))
    return engine


def command(table: Section, key: str) -> str:
    """A program that is there, with its options."""
    command = table.text(key)
    try:
        program = next(iter(shlex.split(command)), "")
    except ValueError as error:
        table.error(key, f"is no command: {error}")
        return ""
    if command and ("\0" in command or not program.startswith("/") or not os.access(program, os.X_OK)):
        table.error(key, 'must be a program that is there, by its whole path, as in "/usr/sbin/sendmail -t -f <>"')
    return command


def host(table: Section, key: str, default: str) -> str:
    """The name of a mail server, which stands in notices."""
    name = table.text(key, default)
    if not _HOST.fullmatch(name):
        table.error(key, 'must be the name of a mail server, as in "mx.example.net"')
    return name
