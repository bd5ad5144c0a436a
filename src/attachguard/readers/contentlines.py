"""Content lines: the syntax that calendars and contact cards share (RFC 5545 section 3.1, RFC 6350 section 3, vCard 2.1, vCalendar 1.0).

A line is a name, parameters and a value, folded over several lines of the file. The older forms fold quoted-printable by its own soft breaks and
base64 by any white space up to a blank line. What programs make of damage differs, so everything that could be a line is one.

Why our own: the libraries of the field build objects of all lines, raise on damage and read the newest form only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_NAME: Final = re.compile(
    rb"(?m)^[ \t]*(?:[A-Za-z0-9_-]{1,40}\.)?([A-Za-z][A-Za-z0-9_-]{0,60})((?:;(?:[^\r\n\":;]|\"[^\"\r\n]*\"?)*+)*+):"
)
_PARAMETER: Final = re.compile(rb';[ \t]*([^=;"]{0,80})(?:=((?:[^;"]|"[^"]*"?)*+))?')
_SOFT_BREAK: Final = re.compile(rb"=[ \t]*\r?\n[ \t]?")
_BASE64_LINES: Final = re.compile(rb"(?:\n[ \t]*+[A-Za-z0-9+/=]++[ \t\r]*+(?=\n|\Z))*+")
_SOFT_LINES: Final = re.compile(rb"(?:[^\n]*=[ \t\r]*\n)*+[^\n]*+")
#: Parameters of one line that are looked at.
_MOST_PARAMETERS: Final = 40


class Line(NamedTuple):
    """One property.

    Args:
        name: in lower case, without its group.
        parameters: values by name in lower case; a value without a name, as vCard 2.1 has them, stands under its own name with nothing.
        value: as it is in the file, unfolded.
    """

    name: str
    parameters: dict[str, str]
    value: bytes

    @property
    def encoding(self) -> str:
        """`base64`, `quoted-printable` or nothing."""
        said = self.parameters.get("encoding", "").lower()
        if (
            said in ("b", "base64")
            or "base64" in self.parameters
            or self.parameters.get("value", "").lower() == "binary"
        ):
            return "base64"
        return "quoted-printable" if said in ("q", "quoted-printable") or "quoted-printable" in self.parameters else ""


def lines(data: bytes, wanted: re.Pattern[bytes]) -> Iterator[Line | None]:
    """The properties of a calendar or card that matter; None for each that does not, so that the caller can count.

    Args:
        data: the file.
        wanted: matches the name and parameters of those that matter, from their beginning.
    """
    text = unfolded(data)
    place = 0
    while (match := _NAME.search(text, place)) is not None:
        head = match.end()
        end = text.find(b"\n", head)
        end = len(text) if end < 0 else end
        place = end
        if wanted.match(text, match.start(), head) is None:
            yield None
            continue
        line = Line(match[1].decode("latin-1").lower(), _parameters(match[2]), b"")
        if line.encoding == "quoted-printable":
            end = _SOFT_LINES.match(text, head).end()  # type: ignore[union-attr]  # it matches nothing, too
        elif line.encoding == "base64":
            # vCard 2.1 ends inline data with a blank line and may not fold it; a line with a colon is another property.
            end = _BASE64_LINES.match(text, end).end()  # type: ignore[union-attr]
        place = end
        yield line._replace(value=text[head:end].strip(b"\r"))


def unfolded(data: bytes) -> bytes:
    """A file without the line ends that only fold a line."""
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    for fold in (b"\r\n ", b"\r\n\t", b"\n ", b"\n\t"):
        if fold in data:
            data = data.replace(fold, b"")
    return data


def decoded(line: Line) -> bytes:
    """The value with its encoding undone; a text stays as it is."""
    if line.encoding == "base64":
        return _base64(line.value)
    if line.encoding == "quoted-printable":
        import binascii

        return binascii.a2b_qp(_SOFT_BREAK.sub(b"", line.value))
    return line.value


def plain(value: bytes) -> bytes:
    """A text with its escapes undone: line ends, commas, semicolons, backslashes."""
    return _ESCAPE.sub(_unescaped, value) if b"\\" in value else value


_ESCAPE: Final = re.compile(rb"\\(.)", re.DOTALL)


def _unescaped(match: re.Match[bytes]) -> bytes:
    return b"\r\n" if match[1] in b"nN" else match[1]


def _base64(value: bytes) -> bytes:
    from attachguard._core.transfer import squeeze_base64

    kept = squeeze_base64(value)[0].replace(b"=", b"")
    import pybase64

    kept = kept[: len(kept) - (len(kept) % 4 == 1)]
    return pybase64.b64decode(kept + b"=" * (-len(kept) % 4))


def _parameters(raw: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for match, _ in zip(_PARAMETER.finditer(raw), range(_MOST_PARAMETERS), strict=False):
        name = match[1].decode("latin-1").strip().lower()
        value = (match[2] or b"").strip().strip(b'"')
        if name:
            found.setdefault(name, value.decode("utf-8", "replace"))
    return found
