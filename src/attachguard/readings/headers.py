"""What a header block may say about its part: every reading of its lines, types, boundaries, encodings (RFC 5322, RFC 2045, RFC 2231, RFC 2047).

Only consulted for headers that depart from the strict grammar.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from attachguard._core.mime import split_fields
from attachguard.fields import VALUE_LENGTH, decode_words, parse_value, read_value, text, unfold, without_comments
from attachguard.readings import names
from attachguard.readings.grammar import ENCODINGS, FIELD, STRUCTURAL, line_departures
from attachguard.readings.structure import JUNK

#: Candidates of one kind in one header; more are a game.
_MOST: Final = 8

_NAME: Final = rb"content-(?:type|transfer-encoding|disposition)"
_BARE_CR: Final = re.compile(rb"\r(?!\n)")
_AFTER_NUL: Final = re.compile(rb"\0[^\n]*")
_INDENTED: Final = re.compile(rb"(?im)^[ \t]+(?=" + FIELD + rb")")
_SPACED: Final = re.compile(rb"(?im)^" + _NAME + rb"[ \t]+:[^\n]*\n?(?:[ \t][^\n]*\n?)*")
_JUNK_BEFORE: Final = re.compile(rb"(?im)^[^a-z\r\n:]{1,10}(?=" + _NAME + rb"[ \t]*:)")
_JUNK_BEHIND: Final = re.compile(rb"(?i)(" + _NAME + rb")[^a-z:]{1,10}:")
_NAMELESS: Final = re.compile(rb"(?im)^[ \t]*:[ \t]*(?=[a-z]+/[a-z])")
_DOUBLED: Final = re.compile(rb"(?i)^(?:" + _NAME + rb"[ \t]*)?:+[ \t]*|^" + _NAME + rb"[ \t]+")
_PARAMETERS: Final = re.compile(rb"(?i);[ \t\r\n]*([^\s;=\"]+)=")
_TYPE: Final = re.compile(rb"(?i)\b(?:text|image|audio|video|application|multipart|message|model|font)/[\w.+-]{1,80}")
_ENCODING: Final = re.compile(
    r"base64|quoted.?printable|x-gzip64|x-?uu(?:encode|e)?|uuencode|7-?bit|8-?bit|binary|binhex"
)
_BOUNDARY: Final = re.compile(
    rb'(?i)(?:^|[;\s,)])boundary(\*\d{0,4}\*?)?([ \t\r\n]{0,64})=([ \t\r\n]{0,64})("(?:[^"\\]|\\.){0,1000}"?|[^;"]{0,500}"?[^;]{0,500})',
    re.DOTALL,
)
_PLAIN_BOUNDARY: Final = re.compile(
    rb'(?i);[ \t\r\n]*boundary=(?:"(?:[^"\\\0\r\n]|\r?\n[ \t])+"|[^\s;"(),\\\0]+)[ \t\r\n]*(?:\([^()]*\)[ \t\r\n]*)?(?:;|\Z)'
)


class Kind(NamedTuple):
    """One reading of what a part is: media type, and for a multipart its boundary; None where this reading knows none."""

    media_type: str
    boundary: bytes | None
    why: str
    shy: bool = False  # counts only where its delimiters are there


class Encoding(NamedTuple):
    """One reading of how a part is encoded; empty: as it stands."""

    token: str
    why: str


class Described(NamedTuple):
    """Everything a header block may say; the first of each is the strict reading."""

    kinds: list[Kind]
    encodings: list[Encoding]
    names: list[str]


def departures(header: bytes, fields: list[tuple[str, bytes]]) -> tuple[tuple[str, int, int], ...]:
    """Where a header departs from the strict grammar: classes, with the octets of the header they span.

    Args:
        header: the block.
        fields: its fields, names in lower case.
    """
    found = line_departures(header, [value for key, value in fields if not key])
    seen: dict[str, bytes] = {}
    carriers: list[bytes] = []

    def say(kind: str, value: bytes) -> None:
        place = max(header.find(value), 0)
        found.append((kind, place, place + len(value)))

    for key, value in fields:
        if key not in STRUCTURAL:
            continue
        if seen.setdefault(key, value) != value and read_value(seen[key]) != read_value(value):
            say("duplicate-field", value)
        if key == "content-transfer-encoding":
            if value.lower() not in ENCODINGS:
                say("encoding-syntax", value)
            continue
        carriers.append(value)
        if not _fits(value, key):
            say("content-type-syntax" if key == "content-type" else "disposition-syntax", value)
    if names.conflict({names.extension(name) for name in names.candidates(carriers)} - {""}):
        say("name-conflict", carriers[0])
    return tuple(found)


def _fits(value: bytes, key: str) -> bool:
    """Whether a value is within the grammar, with the parameters of RFC 2231 where they name a file."""
    plain = value.replace(b"*", b"_") if b"*" in value else value
    token, parameters, fits = read_value(plain)
    if not fits:
        return False
    if key == "content-type":
        multipart = token.startswith("multipart/")
        if "/" not in token or (multipart and not value.isascii()):
            return False
        return not any(name.startswith("boundary_") for name in parameters)
    return "/" not in token


def described(header: bytes, default: str) -> Described:
    """Every reading of a header block.

    Args:
        header: the block.
        default: media type of a part that names none.
    """
    kinds: dict[tuple[str, bytes | None], Kind] = {}
    encodings: dict[str, Encoding] = {}
    carriers: list[bytes] = []
    for block, why in _blocks(header):
        given: dict[str, list[bytes]] = {}
        for name, value in split_fields(block):
            key = text(name).lower()
            if key in STRUCTURAL and len(given.setdefault(key, [])) < _MOST:
                given[key].append(value)
        carriers += given.get("content-disposition", []) + given.get("content-type", [])
        types = given.get("content-type", [])
        for number, value in enumerate(types):
            for media_type, boundary, reason in _kinds(value, default):
                cause = reason or ("duplicate-field" if number else why)
                kinds.setdefault((media_type, boundary), Kind(media_type, boundary, cause))
                if boundary is not None and b" " in boundary and b"\n" in value:
                    closed = b"".join(boundary.split())
                    kinds.setdefault((media_type, closed), Kind(media_type, closed, "boundary-syntax", shy=True))
        if not types:
            kinds.setdefault((default, None), Kind(default, None, why))
        tokens = given.get("content-transfer-encoding", [])
        for number, value in enumerate(tokens):
            for token, reason in _encodings(value):
                encodings.setdefault(token, Encoding(token, reason or ("duplicate-field" if number else why)))
        if not tokens:
            encodings.setdefault("", Encoding("", why))
    several = list(dict.fromkeys(carriers))[:_MOST]
    return Described(list(kinds.values())[:_MOST], list(encodings.values())[:_MOST], names.candidates(several))


def _blocks(header: bytes) -> list[tuple[bytes, str]]:
    """A header block in each way that its lines may be read."""
    blocks = [(header, "")]

    def add(block: bytes, why: str) -> None:
        if all(block != known for known, _why in blocks):
            blocks.append((block, why))

    if b"\0" in header:
        add(header.replace(b"\0", b""), "nul-in-header")
        add(header.replace(b"\0", b" "), "nul-in-header")
        add(_AFTER_NUL.sub(b"", header), "nul-in-header")
    if _BARE_CR.search(header):
        add(_BARE_CR.sub(b"\n", header), "bare-cr")
        add(_BARE_CR.sub(b"", header), "bare-cr")
    add(JUNK.sub(rb" \g<0>", header), "junk-line")  # a field whose second line has lost its blank
    add(_INDENTED.sub(b"", header), "indented-field")
    add(_SPACED.sub(b"", header), "space-before-colon")
    add(_JUNK_BEHIND.sub(rb"\1:", _JUNK_BEFORE.sub(b"", header)), "junk-line")
    add(_NAMELESS.sub(b"Content-Type: ", header), "junk-line")
    return blocks


# -- types and boundaries -------------------------------------------------------------------------------------------------


def _kinds(value: bytes, default: str) -> list[tuple[str, bytes | None, str]]:
    """Readings of one Content-Type; the strict one first, with no reason."""
    value = value[:VALUE_LENGTH]
    token, parameters, fits = read_value(value)
    token = token.split()[0] if token else ""
    strict = token if "/" in token else default
    bound = _octets(parameters.get("boundary", "")) or None if strict.startswith("multipart/") else None
    found: list[tuple[str, bytes | None, str]] = [(strict, bound, "")]
    head = value.partition(b";")[0]
    types = {strict: ""}
    if not (fits and "/" in token):
        forms = [head or value, without_comments(head), decode_words(head).encode()]
        if b"\0" in value:
            forms += [head.replace(b"\0", b""), head.partition(b"\0")[0]]
        if _TYPE.search(head) is None:
            forms.append(b"".join(head.split()))
        for form in forms:
            for match in _TYPE.finditer(form):
                types.setdefault(match[0].decode("latin-1").lower(), "content-type-syntax")
        if b"(" in head or b"\0" in head or b"=?" in head or _DOUBLED.match(head):
            types.setdefault(default, "content-type-syntax")
    boundaries = _boundaries(value, bound) if any(kind.startswith("multipart/") for kind in types) else {}
    for kind, why in types.items():
        if kind.startswith("multipart/"):
            found += [(kind, boundary, why or reason) for boundary, reason in boundaries.items()]
        else:
            found.append((kind, None, why))
    return found


def _octets(boundary: str) -> bytes:
    return boundary.encode("utf-8", "surrogateescape")[:256] if boundary.strip() else b""


def _boundaries(value: bytes, strict: bytes | None) -> dict[bytes | None, str]:
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
                    found.setdefault(form[:256], why)
    joined = b"".join(_octets(parse_value(b"x; y*=" + piece)[1].get("y", "")) for piece in pieces)
    if joined:
        found.setdefault(joined.split(b"'")[-1], why)
    plain = _PLAIN_BOUNDARY.search(value) is not None and value.isascii()
    if pieces or not plain or (strict is not None and (len(strict) > 70 or b"=?" in strict)):
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
    # A comment behind a quoted string, or a trailing blank outside one, is nobody's boundary.
    return [form for form in forms if form and (form != raw or strict != raw)]


# -- encodings ------------------------------------------------------------------------------------------------------------


def _encodings(value: bytes) -> list[tuple[str, str]]:
    """Readings of one Content-Transfer-Encoding; the strict one first, with no reason."""
    usual = value.rstrip(b" \t;").lower()
    if usual in ENCODINGS:
        return [(usual.decode("ascii"), "")]
    why = "encoding-syntax"
    strict = read_value(value[:VALUE_LENGTH])[0].strip('" ')
    found = [(strict, "")]
    line = decode_words(value[:VALUE_LENGTH]).lower()
    for form in (line, line.replace("\0", ""), "".join(line.split()), text(value[:VALUE_LENGTH]).lower()):
        found += [(token.replace(" ", "-"), why) for token in _ENCODING.findall(form)]
    if any(token in ("base64", "quoted-printable") for token, _why in found):
        found.append(("", why))
    return found
