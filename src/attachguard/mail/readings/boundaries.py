"""The boundary of a multipart, in every way that readers take the parameter (RFC 2045 section 5.1, RFC 2046 section 5.1.1, RFC 2231)."""

from __future__ import annotations

import re
from typing import Final

from attachguard.mail.fields import begins_word, decode_words, parse_value, read_value, unfold, without_comments

#: Readings of one boundary; more are a game.
_MOST: Final = 8
#: Octets of a boundary that count.
_LENGTH: Final = 256

_BOUNDARY: Final = re.compile(
    rb'(?i)(?:^|[;\s,)])boundary(\*\d{0,4}\*?)?([ \t\r\n]{0,64})=([ \t\r\n]{0,64})("(?:[^"\\]|\\.){0,1000}"?|[^;"]{0,500}"?[^;]{0,500})',
    re.DOTALL,
)
_PLAIN_BOUNDARY: Final = re.compile(
    rb'(?i);[ \t\r\n]*boundary=(?:"(?:[^"\\\0\r\n]|\r?\n[ \t])+"|[^\s;"(),\\\0]+)[ \t\r\n]*(?:\([^()]*\)[ \t\r\n]*)?(?:;|\Z)'
)
#: A line that begins a uuencoded file.
UUENCODED: Final = re.compile(rb"(?m)^begin[ \t-]")


def legal_2231(value: bytes) -> bool:
    """Whether the boundary is written as RFC 2231 has it, and in no other way: whoever cannot read that shows the source of the message."""
    _token, parameters, fits = read_value(value.replace(b"*", b"_"))
    numbers = [name.rstrip("_")[len("boundary_") :] for name in parameters if name.startswith("boundary")]
    return fits and value.isascii() and (numbers in ([""], [str(number) for number in range(len(numbers))]))


def octets(boundary: str) -> bytes:
    """A decoded boundary as it is in the body; empty for one of blanks."""
    return boundary.encode("utf-8", "surrogateescape")[:_LENGTH] if boundary.strip() else b""


def readings(value: bytes, strict: bytes | None) -> dict[bytes | None, str]:
    """Readings of the boundary in one Content-Type; None stands for a reader who finds none."""
    why = "boundary-syntax"
    found: dict[bytes | None, str] = {}
    if strict is not None:
        found[strict] = ""
    pieces: list[bytes] = []
    for line in dict.fromkeys((value, without_comments(value))):
        for match in _BOUNDARY.finditer(line):
            if match[1]:
                pieces.append(match[4].strip())
                continue
            for form in _forms(match[4], strict):
                if form.strip() and len(found) < _MOST:
                    found.setdefault(form[:_LENGTH], why)
    joined = b"".join(octets(parse_value(b"x; y*=" + piece)[1].get("y", "")) for piece in pieces)
    if joined:
        found.setdefault(joined.split(b"'")[-1], why)
    plain = _PLAIN_BOUNDARY.search(value) is not None and value.isascii()
    if pieces or not plain or (strict is not None and (len(strict) > 70 or begins_word(strict))):
        found.setdefault(None, why)
    return found


def _forms(raw: bytes, strict: bytes | None) -> list[bytes]:
    """Readings of one boundary parameter."""
    raw = unfold(raw).strip() if b"\n" in raw else raw.strip()
    forms: list[bytes] = []
    if raw.startswith(b'"'):
        closed = raw.find(b'"', 1)
        inner = raw[1:closed] if closed > 0 else raw[1:]
        forms += [inner, inner.strip(), inner.replace(b"\\", b"")]
        if closed < 0:
            forms += [raw, inner.split(b" ")[0]]
    else:
        forms.append(raw)
        if b"(" in raw:
            forms += [raw.partition(b"(")[0].strip(), without_comments(raw).strip()]
        forms += [raw.split()[0]] if b" " in raw or b"\t" in raw else []
        forms += [raw.partition(b",")[0]] if b"," in raw else []
        if b'"' in raw:
            forms += [raw.replace(b'"', b""), raw.partition(b'"')[0].strip(), raw.strip(b'"')]
    for form in tuple(forms):
        if b"\0" in form:
            forms += [form.replace(b"\0", b""), form.partition(b"\0")[0]]
        if b"=?" in form:
            forms.append(decode_words(form).encode())
        if len(form) > 70:
            forms.append(form[:70])
    # A comment after a quoted string, or a trailing blank outside one, is nobody's boundary.
    return [form for form in forms if form and (form != raw or strict != raw)]


def appears(body: bytes, boundary: bytes | None) -> bool:
    """Whether a boundary that only some look for is in a body, with a field after it; for none, whether the text holds a file of its own."""
    if boundary is None:
        return UUENCODED.search(body) is not None
    return re.search(rb"(?m)^--" + re.escape(boundary) + rb"[^\n]*\n[!-9;-~]{1,76}[ \t]*:", body) is not None
