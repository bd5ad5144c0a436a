"""What a header block may say about its part: every reading of its lines, types, boundaries, encodings (RFC 5322, RFC 2045, RFC 2231, RFC 2047).

Only consulted for headers that depart from the strict grammar.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from attachguard._core.mime import split_fields
from attachguard.mail.fields import VALUE_LENGTH, decode_words, read_value, text, without_comments
from attachguard.mail.readings import boundaries, names
from attachguard.mail.readings.grammar import ENCODINGS, FIELD, MOST, STRUCTURAL, line_departures
from attachguard.mail.readings.structure import JUNK

#: Candidates of one kind in one header; more are a game.
_MOST: Final = 8
#: Fields of one header that describe its body and are looked at; more of them, and all different, are an ambiguity as such.
_LOOKED: Final = 200

_NAME: Final = rb"content-(?:type|transfer-encoding|disposition)"
_BARE_CR: Final = re.compile(rb"\r(?!\n)")
_AFTER_NUL: Final = re.compile(rb"\0[^\n]*")
_INDENTED: Final = re.compile(rb"(?im)^[ \t]+(?=" + FIELD + rb")")
_SPACED: Final = re.compile(rb"(?im)^" + _NAME + rb"[ \t]+:[^\n]*\n?(?:[ \t][^\n]*\n?)*")
_JUNK_BEFORE: Final = re.compile(rb"(?im)^[^a-z\r\n:]{1,10}(?=" + _NAME + rb"[ \t]*:)")
_JUNK_BEHIND: Final = re.compile(rb"(?i)(" + _NAME + rb")(?:[^a-z:(]|\([^()\n]{0,60}\)){1,10}:")
_FOLDED_NAME: Final = re.compile(rb"(?im)^(con[a-z-]{0,24})\r?\n[ \t]+(?=[a-z-]{1,24}[ \t]*:)")
_NAMELESS: Final = re.compile(rb"(?im)^[ \t]*:[ \t]*(?=[a-z]+/[a-z])")
_DOUBLED: Final = re.compile(rb"(?i)^(?:" + _NAME + rb"[ \t]*)?:+[ \t]*|^" + _NAME + rb"[ \t]+")
_PARAMETERS: Final = re.compile(rb"(?i);[ \t\r\n]*([^\s;=\"]+)=")
_TYPE: Final = re.compile(rb"(?i)\b(?:text|image|audio|video|application|multipart|message|model|font)/[\w.+-]{1,80}")
_ENCODING: Final = re.compile(
    r"base64|quoted.?printable|x-gzip64|x-?uu(?:encode|e)?|uuencode|7-?bit|8-?bit|binary|binhex"
)
#: The fields that may carry a file name.
_CARRIERS: Final = ("content-disposition", "content-type")


class Kind(NamedTuple):
    """One reading of what a part is: media type, and for a multipart its boundary; None where this reading knows none."""

    media_type: str
    boundary: bytes | None
    why: str
    shy: bool = False  # counts only where its delimiters are there, or for none, where the text holds a file of its own

    def counts(self, body: bytes) -> bool:
        """Whether this reading of the part is one, given its body."""
        return not self.shy or boundaries.appears(body, self.boundary)


class Encoding(NamedTuple):
    """One reading of how a part is encoded; empty: as it is."""

    token: str
    why: str


class Described(NamedTuple):
    """Everything a header block may say; the first of each is the strict reading."""

    kinds: list[Kind]
    encodings: list[Encoding]
    names: list[str]


def departures(
    header: bytes, fields: list[tuple[str, bytes]], *, told: bool = False
) -> tuple[tuple[str, int, int], ...]:
    """Where a header departs from the strict grammar: classes, with the octets of the header they span.

    Args:
        header: the block.
        fields: its fields, names in lower case.
        told: whether nobody wants to know any more.
    """
    if told:
        return ()
    found = line_departures(header, [value for key, value in fields if not key])
    seen: dict[str, bytes] = {}
    carriers: list[bytes] = []

    said: set[str] = set()
    looked: set[tuple[str, bytes]] = set()
    place = 0

    def say(kind: str, value: bytes) -> None:
        nonlocal place
        # The fields come in the order of the header, and a header of twenty thousand odd ones says nothing that the first hundred have not said.
        if len(found) < MOST or kind not in said:
            said.add(kind)
            place = max(header.find(value, place), 0)
            found.append((kind, place, place + len(value)))

    for key, value in fields:
        if key not in STRUCTURAL or (len(carriers) > _LOOKED and (key, value) in looked):
            continue
        looked.add((key, value))
        if len(looked) > _LOOKED:
            say("duplicate-field", value)
            break
        if seen.setdefault(key, value) != value and read_value(seen[key]) != read_value(value):
            say("duplicate-field", value)
        if key == "content-transfer-encoding":
            if value.lower() not in ENCODINGS:
                say("encoding-syntax", value)
            continue
        carriers.append(value)
        if not _fits(value, key):
            say("content-type-syntax" if key == "content-type" else "disposition-syntax", value)
    if names.conflict({names.extension(name) for name in names.candidates(list(dict.fromkeys(carriers)))}):
        say("name-conflict", carriers[0])
    return tuple(found)


def file_names(fields: list[tuple[str, bytes]]) -> tuple[str, ...]:
    """Every file name in the fields of a header, the usual reading first."""
    return tuple(names.candidates([value for key, value in fields if key in _CARRIERS]))


def _fits(value: bytes, key: str) -> bool:
    """Whether a value is within the grammar, with the parameters of RFC 2231 where they name a file."""
    plain = value.replace(b"*", b"_") if b"*" in value else value
    token, parameters, fits = read_value(plain)
    if not fits:
        return False
    if key == "content-type":
        multipart = token.startswith("multipart/")
        if "/" not in token or (multipart and not value.isascii()) or ("boundary" in parameters and not multipart):
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
            for kind in _kinds(value, default):
                cause = kind.why or ("duplicate-field" if number else why)
                kinds.setdefault(kind[:2], kind._replace(why=cause))
                if kind.boundary is not None and b" " in kind.boundary and b"\n" in value:
                    closed = b"".join(kind.boundary.split())
                    kinds.setdefault(
                        (kind.media_type, closed), Kind(kind.media_type, closed, "boundary-syntax", shy=True)
                    )
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
    add(_FOLDED_NAME.sub(rb"\1", header), "junk-line")
    add(_NAMELESS.sub(b"Content-Type: ", header), "junk-line")
    return blocks


# -- types and boundaries -------------------------------------------------------------------------------------------------


def _kinds(value: bytes, default: str) -> list[Kind]:
    """Readings of one Content-Type; the strict one first, with no reason."""
    value = value[:VALUE_LENGTH]
    token, parameters, fits = read_value(value)
    token = token.split()[0] if token else ""
    strict = token if "/" in token else default
    bound = boundaries.octets(parameters.get("boundary", "")) or None if strict.startswith("multipart/") else None
    found = [Kind(strict, bound, "")]
    head = value.partition(b";")[0]
    types = {strict: ""}
    if not (fits and "/" in token):
        forms = [head or value, without_comments(head), decode_words(head).encode()]
        forms += [piece for piece in value.split(b";")[1:_MOST] if b"=" not in piece]
        if b"\0" in value:
            forms += [head.replace(b"\0", b""), head.partition(b"\0")[0]]
        if _TYPE.search(head) is None:
            forms.append(b"".join(head.split()))
        for form in forms:
            for match in _TYPE.finditer(form):
                types.setdefault(match[0].decode("latin-1").lower(), "content-type-syntax")
        shown = _TYPE.match(head.strip())
        # A comment after the type is nobody's trouble.
        commented = b"(" in head and (shown is None or shown[0].decode("latin-1").lower() != strict)
        if commented or b"\0" in head or b"=?" in head or _DOUBLED.match(head):
            types.setdefault(default, "content-type-syntax")
    several = any(kind.startswith("multipart/") for kind in types)
    said = boundaries.readings(value, bound) if several or b"boundary" in value.lower() else {}
    legal = boundaries.legal_2231(value)
    for kind, why in types.items():
        if kind.startswith("multipart/"):
            found += [
                Kind(kind, boundary, why or reason, shy=boundary is None and legal and not why)
                for boundary, reason in said.items()
            ]
        else:
            found.append(Kind(kind, None, why))
    if not several:
        # What has a boundary is a multipart to those who look for one.
        found += [Kind("multipart/mixed", boundary, "content-type-syntax", shy=True) for boundary in said if boundary]
    return found


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
