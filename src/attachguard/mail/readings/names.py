"""Every file name that a part may have: from both fields that carry one, and in each way that clients read them (RFC 2183, RFC 2231, RFC 2047)."""

from __future__ import annotations

import re
from typing import Final

from attachguard.later import later
from attachguard.mail.fields import VALUE_LENGTH, decode_words, parse_value, unescaped, unfold
from attachguard.types.claims import PROGRAMS
from attachguard.types.extension import extension as decisive
from attachguard.types.filetypes import TYPES

#: Names of one part that are followed up.
_MOST: Final = 12

_PARAMETER: Final = later(
    rb'(?i)(?:^|[;\s,)])(filename|name)(\*\d{0,4}\*?)?[ \t]{0,64}=[ \t]{0,64}("(?:[^"\\]|\\.){0,2000}"?|[^;"]{0,2000})',
    re.DOTALL,
)
#: Pieces after an unquoted value that are no parameters.
_MORE: Final = later(rb"(?:;[^=;\"]{1,200}(?=;|\Z)){1,4}")
_EXTENSION: Final = re.compile(r"[a-z0-9_~-]{1,24}")
_COMMENT: Final = re.compile(rb"\([^()]*\)?")
_LANGUAGE: Final = re.compile(r"^[A-Za-z0-9_-]*'[A-Za-z0-9-]*'")


def extension(name: str) -> str:
    """What follows the last dot of a name, in lower case; empty where that is no extension or where a NUL leaves it open what the name is.

    Digits after a dot count versions, or the volumes of an archive.
    """
    last = decisive(name) if "\0" not in name else ""
    return last if _EXTENSION.fullmatch(last) and not last.isdigit() else ""


def conflict(extensions: set[str]) -> bool:
    """Whether some of these extensions stand for different types of file, or only some of them for a program; an empty one does not count."""
    named = extensions - {""}
    if named == extensions and len(named) < 2:
        return False
    if "" in extensions and named & PROGRAMS:
        return True
    return len(named) > 1 and not any(named <= set(kind.extensions) for kind in TYPES.values())


def gravest(names: tuple[str, ...]) -> str:
    """Of several names the one that does most: the first that is a program's, else the first; empty where there is none."""
    for name in names:
        if decisive(name) in PROGRAMS:
            return name
    return names[0] if names else ""


def candidates(values: list[bytes]) -> list[str]:
    """File names in raw values of Content-Disposition and Content-Type, the usual reading of each value first."""
    found: dict[str, None] = {}
    for value in values:
        line = unfold(value[:VALUE_LENGTH])
        parameters = parse_value(line)[1]
        for key in ("filename", "name"):
            if parameters.get(key, "").strip():
                found.setdefault(parameters[key].strip())
        pieces: dict[bytes, list[tuple[bytes, bytes]]] = {}
        for match in _PARAMETER.finditer(line):
            if match[2]:
                pieces.setdefault(match[1].lower(), []).append((match[2].strip(b"*"), match[3].strip()))
                continue
            for name in _readings(match[3].strip()):
                found.setdefault(name)
            more = _MORE.match(line, match.end()) if not match[3].startswith(b'"') else None
            if more is not None:
                found.setdefault(decode_words(match[3] + more[0]).strip())
        for parts in pieces.values():
            # Put together in the order they are in, whatever their numbers; and with the last of each number.
            found.setdefault(_joined([part for _number, part in parts]))
            found.setdefault(_joined(list(dict(parts).values())))
        for name in tuple(found):
            for other in (name.replace("\0", ""), name.partition("\0")[0], decode_words(name.encode())):
                found.setdefault(other.strip())
        if len(found) > _MOST:
            break
    return [name for name in found if name][:_MOST]


def _joined(parts: list[bytes]) -> str:
    joined = "".join(parse_value(b"x; y*=" + part)[1].get("y", "") for part in parts)
    return _LANGUAGE.sub("", joined).strip()


def _readings(raw: bytes) -> list[str]:
    """One parameter's readings."""
    if raw.startswith(b'"'):
        inner = raw[1:-1] if len(raw) > 1 and raw.endswith(b'"') else raw[1:]
        forms = [unescaped(inner), inner.replace(b"\\", b"")] if b"\\" in inner else [inner]
    else:
        forms = [raw]
        if b"(" in raw:
            forms.append(_COMMENT.sub(b"", raw).strip())
        if b" " in raw and b"=?" not in raw:
            forms.append(raw.split()[0])
        forms.append(raw.strip(b"'"))
    return [
        decode_words(piece).strip()
        for form in forms
        for piece in dict.fromkeys((form, form.replace(b"\0", b""), form.partition(b"\0")[0]))
    ]
