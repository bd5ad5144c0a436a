"""External variables: what rules may ask about a part besides its bytes.

All of them are always defined, those of scanners that public rules were written for (LOKI, THOR, VirusTotal) included: a rule that asks for one
that is not defined does not compile.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from typing import Final

from attachguard.part import Part
from attachguard.yara.source import blanked

_NAME_LENGTH: Final = 1024

Value = str | int | bool


def _safe(text: str) -> str:
    """A string that libyara takes: no lone surrogate, no NUL, bounded. A crafted file name must not switch the rules off."""
    return text[:_NAME_LENGTH].replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _extension(part: Part) -> str:
    return f".{part.extension}" if part.extension else ""


#: What each is for a part.
EXTERNALS: Final[dict[str, Callable[[Part], Value]]] = {
    "filename": lambda part: _safe(part.name),
    "file_name": lambda part: _safe(part.name),
    "filepath": lambda part: _safe(part.path),
    "extension": lambda part: _safe(_extension(part)),
    "filetype": lambda part: part.type.id,
    "file_type": lambda part: part.type.id,
    "owner": lambda _part: "",
    "md5": lambda part: hashlib.md5(part.data, usedforsecurity=False).hexdigest(),
    # Rules that watch what is sent to VirusTotal ask whether it is there for the first time; of a mail everything is.
    "new_file": lambda _part: True,
    "positives": lambda _part: 0,
    "submissions": lambda _part: 1,
    "signatures": lambda _part: "",
    "tags": lambda _part: "",
    "ag_mime": lambda part: part.type.mime,
    "ag_depth": lambda part: part.depth,
    "ag_role": lambda part: part.role,
    "ag_path": lambda part: _safe(part.path),
    "ag_parent_type": lambda part: part.parent.type.id if part.parent is not None else "",
    "ag_encrypted": lambda part: part.encryption != "none",
    "ag_has_macros": lambda part: part.has_macros,
}

#: The values that they are compiled with, which say their types.
DEFAULTS: Final[dict[str, Value]] = {
    **dict.fromkeys(EXTERNALS, ""),
    "new_file": True,
    "positives": 0,
    "submissions": 1,
    "ag_depth": 0,
    "ag_encrypted": False,
    "ag_has_macros": False,
}


def used_in(texts: Iterable[str]) -> tuple[str, ...]:
    """The external variables that some rules use.

    Metadata (`md5 = "…"`) and functions of modules (`hash.md5`) share these names; only a condition asks for the value.
    """
    found = dict.fromkeys(EXTERNALS, False)
    for text in texts:
        plain = ""
        for name, known in found.items():
            if known or name not in text:
                continue
            use = re.compile(rf"(?<![.\w]){name}\b(?!\s*=\s*\")")
            if use.search(text):
                plain = plain or blanked(text)
                found[name] = use.search(plain) is not None
    return tuple(name for name, used in found.items() if used)
