"""Compiled rules as libyara saves them: a memory image, for the same version of libyara and from trusted hands only."""

from __future__ import annotations

import contextlib
import io
import os
from typing import Any

import yara


def saved(rules: Any) -> bytes:
    """Compiled rules as libyara saves them."""
    with io.BytesIO() as file:
        rules.save(file=file)
        return file.getvalue()


def loaded(octets: bytes) -> Any:
    """Compiled rules that libyara has saved.

    libyara reads eight octets at a time. From a file in memory that takes a third of what it takes through Python's files.
    """
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("rules", os.MFD_CLOEXEC), "wb") as file:
            file.write(octets)
            file.flush()
            with contextlib.suppress(yara.Error):  # no /proc here; damaged rules fail once more below
                return yara.load(f"/proc/self/fd/{file.fileno()}")
    return yara.load(file=io.BytesIO(octets))
