"""What a file name alone gives away: deception, and disagreement with the content."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attachguard.model import Finding
from attachguard.part import Part

#: A class identifier as last extension: Explorer hides it and opens the file with that class.
_CLSID: Final = re.compile(r"\.\{[0-9a-fA-F]{8}-[0-9a-fA-F-]{4,30}\}?[. ]*$")
#: An alternate data stream of NTFS; `::$DATA` names the file itself.
_STREAM: Final = re.compile(r":[^:/\\]*(?::\$[A-Za-z_]{1,30})?$")


def effective_extension(name: str) -> str:
    """The extension that decides which program opens the file, in lower case without dot.

    Windows drops trailing dots and blanks, opens `x.exe::$DATA` as `x.exe`, and never shows a class identifier behind the last dot; what
    stands behind a NUL is not part of the name for most programs.
    """
    extension = name[name.rfind(".") + 1 :]
    if extension.isalnum() and "\0" not in name:
        return extension.lower() if len(extension) < len(name) else ""
    name = name.partition("\0")[0]
    name = _CLSID.sub("", name.rstrip(". \t"))
    if ":" in name[2:]:
        name = _STREAM.sub("", name)
    name = name[max(name.rfind("/"), name.rfind("\\")) + 1 :].rstrip(". \t\u00a0")
    _, dot, extension = name.rpartition(".")
    return extension.strip().lower() if dot else ""


def name_findings(part: Part) -> Iterator[Finding]:
    """Facts about the name of a part whose types are known."""
    yield from ()
