"""Every file name that a part may have: from both fields that carry one, and in each way that clients read them (RFC 2183, RFC 2231, RFC 2047)."""

from __future__ import annotations

import re
from typing import Final

from attachguard.fields import VALUE_LENGTH, decode_words, parse_value, unfold

#: Names of one part that are followed up.
_MOST: Final = 12

_PARAMETER: Final = re.compile(
    rb'(?i)(?:^|[;\s,)])(filename|name)(\*\d{0,4}\*?)?[ \t]{0,64}=[ \t]{0,64}("(?:[^"\\]|\\.){0,2000}"?|[^;"]{0,2000})',
    re.DOTALL,
)
_ESCAPE: Final = re.compile(rb"\\(.)", re.DOTALL)
_EXTENSION: Final = re.compile(r"[a-z0-9_~-]{1,10}")
_COMMENT: Final = re.compile(rb"\([^()]*\)?")
_LANGUAGE: Final = re.compile(r"^[A-Za-z0-9_-]*'[A-Za-z0-9-]*'")


def extension(name: str) -> str:
    """What follows the last dot of a name, in lower case; empty where that is no extension or where a NUL leaves it open what the name is."""
    last = name.rstrip(". \t\0").rpartition(".")[2].lower()
    return last if "." in name and "\0" not in name and _EXTENSION.fullmatch(last) else ""


def conflict(extensions: set[str]) -> bool:
    """Whether some of these extensions stand for different types of file."""
    from attachguard.filetypes import TYPES

    if len(extensions) < 2:
        return False
    return not any(extensions <= set(kind.extensions) for kind in TYPES.values())


def candidates(values: list[bytes]) -> list[str]:
    """File names in raw values of Content-Disposition and Content-Type, the usual reading of each value first."""
    found: dict[str, None] = {}
    for value in values:
        line = unfold(value[:VALUE_LENGTH])
        parameters = parse_value(line)[1]
        for key in ("filename", "name"):
            if parameters.get(key, "").strip():
                found.setdefault(parameters[key].strip())
        pieces: dict[bytes, list[bytes]] = {}
        for match in _PARAMETER.finditer(line):
            if match[2]:
                pieces.setdefault(match[1].lower(), []).append(match[3].strip())
            for name in _readings(match[3].strip()):
                if not match[2]:
                    found.setdefault(name)
        for parts in pieces.values():
            # Put together in the order they stand in, whatever their numbers.
            joined = "".join(parse_value(b"x; y*=" + part)[1].get("y", "") for part in parts)
            found.setdefault(_LANGUAGE.sub("", joined).strip())
        if len(found) > _MOST:
            break
    return [name for name in found if name][:_MOST]


def _readings(raw: bytes) -> list[str]:
    """One parameter's readings."""
    if raw.startswith(b'"'):
        inner = raw[1:-1] if len(raw) > 1 and raw.endswith(b'"') else raw[1:]
        forms = [_ESCAPE.sub(rb"\1", inner), inner.replace(b"\\", b"")] if b"\\" in inner else [inner]
    else:
        forms = [raw]
        if b"(" in raw:
            forms.append(_COMMENT.sub(b"", raw).strip())
        if b" " in raw and b"=?" not in raw:
            forms.append(raw.split()[0])
    return [
        decode_words(piece).strip()
        for form in forms
        for piece in dict.fromkeys((form, form.replace(b"\0", b""), form.partition(b"\0")[0]))
    ]
