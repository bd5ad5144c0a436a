"""Packages and programs that are of use where they are installed and missed by nobody else: the decoders of the extra `[archives]`, unpackers.

None of them is imported or started before content asks for it, and content never meets an `ImportError`: what cannot be read for want of a package
or a program is reported as `uninspectable-content` with the remedy.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

#: What to do about content that stays unread for want of a package.
REMEDY: Final = "install attachguard[archives]"


def module(name: str) -> ModuleType | None:
    """The package, imported; None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def folder(name: str) -> Path | None:
    """The folder that holds a package, which is not imported; None where it is not installed."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent.parent if spec is not None and spec.origin else None


def unpacker() -> bool:
    """Whether archives of rare formats can be unpacked (see `sandbox`)."""
    return sys.platform != "win32" and bool(sys.executable) and folder("libarchive") is not None


def program(name: str) -> str | None:
    """The path of a program of the system (see `tools`); None where there is none."""
    import shutil

    return shutil.which(name)
