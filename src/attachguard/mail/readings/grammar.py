"""The strict grammar of a message, and the classes of departures from it (RFC 5322, RFC 2045, RFC 2046, RFC 2183).

A departure never changes what the streaming parser does: it reads on in its one way and remembers what it saw. Only departures of severity
`ambiguous` have the message read again. Only a header that one pass of the compiled core has found odd is looked at here.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

from attachguard._core.needles import holds_folded
from attachguard.later import later
from attachguard.mail.encodings import STANDARD
from attachguard.mail.fields import begins_word

Severity = Literal["recorded", "ambiguous"]

#: Every class of departure: what it is, and whether readings may differ over it.
CLASSES: Final[dict[str, tuple[Severity, str]]] = {
    "lf-line-ends": ("recorded", "line ends without carriage return"),
    "eight-bit-header": ("recorded", "octets above 127 in a header"),
    "no-mime-version": ("recorded", "MIME fields without MIME-Version"),
    "base64-cut": ("recorded", "base64 that ends inside a quantum"),
    "no-close-delimiter": ("recorded", "a multipart that nothing closes"),
    "decoded-twice": (
        "recorded",
        "texts of a multipart with a transfer encoding of its own, to a reader who believes it",
    ),
    "duplicate-field": ("ambiguous", "a field that says how to read the part, twice and not alike"),
    "content-type-syntax": ("ambiguous", "a Content-Type outside the grammar"),
    "disposition-syntax": ("ambiguous", "a Content-Disposition outside the grammar"),
    "encoding-syntax": ("ambiguous", "a Content-Transfer-Encoding that is not one known token"),
    "nul-in-header": ("ambiguous", "NUL in a header"),
    "nul-in-body": ("ambiguous", "NUL in text"),
    "bare-cr": ("ambiguous", "a carriage return that ends no line, or line ends of both kinds, in a header"),
    "junk-line": ("ambiguous", "a line in a header block that is no field"),
    "blank-line-with-space": ("ambiguous", "a line of blanks in a header block"),
    "indented-field": ("ambiguous", "a MIME field that begins with white space"),
    "space-before-colon": ("ambiguous", "white space between the name of a MIME field and its colon"),
    "no-separator": ("ambiguous", "a header block that no empty line ends"),
    "fields-in-body": ("ambiguous", "MIME fields after the line that ends the header block"),
    "boundary-syntax": ("ambiguous", "a boundary outside the grammar, or longer than 70 characters"),
    "boundary-missing": ("ambiguous", "a multipart without a boundary"),
    "boundary-unused": ("ambiguous", "a multipart whose boundary never appears"),
    "boundary-shared": ("ambiguous", "two open multiparts whose boundaries are alike"),
    "delimiter-lookalike": ("ambiguous", "a line that resembles a delimiter of an open multipart"),
    "entity-around": ("ambiguous", "fields or delimiters in a preamble or epilogue"),
    "encoded-container": ("ambiguous", "a transfer encoding on a multipart or message"),
    "name-conflict": ("ambiguous", "file names with different extensions for one part"),
    "base64-foreign": ("ambiguous", "characters outside the base64 alphabet"),
    "base64-padding": ("ambiguous", "base64 that goes on after its padding"),
    "qp-escape": ("ambiguous", "an equals sign in quoted-printable that begins no escape"),
}

#: Departures kept per message; one more says nothing new.
MOST: Final = 100


class Anomaly(NamedTuple):
    """One departure: its class, and the octets of the input that it spans, as closely as is known."""

    kind: str
    begin: int
    end: int

    @property
    def severity(self) -> Severity:
        """`recorded` where every reading resolves it alike."""
        return CLASSES[self.kind][0]


#: What the anomalies of the decoders are called here.
DECODER_CLASSES: Final = {
    "base64: characters outside the alphabet": "base64-foreign",
    "base64: data after padding": "base64-padding",
    "base64: ends inside a quantum": "base64-cut",
    "quoted-printable: an equals sign that begins no escape": "qp-escape",
}

#: The fields that say how a part is to be read.
STRUCTURAL: Final = frozenset({"content-type", "content-transfer-encoding", "content-disposition"})
#: Values of Content-Transfer-Encoding that no reader misunderstands, in lower case.
ENCODINGS: Final = frozenset(word.encode() for word in STANDARD)

_NAME: Final = rb"content-(?:type|transfer-encoding|disposition)"
#: A MIME field with what may be its value: DKIM signatures list names of fields, too, and fold after any of them.
_TYPED: Final = rb"(?:content-type[ \t]*:[ \t]*[a-z]+/|content-transfer-encoding[ \t]*:[ \t]*\"?[7-8bqx]"
FIELD: Final = _TYPED + rb"|content-disposition[ \t]*:[ \t]*[aif][a-z-]+[ \t]*[;\r\n])"
_SPACED: Final = later(rb"(?im)^" + _NAME + rb"[ \t]+:")
_BLANKS: Final = re.compile(rb"\n[ \t]+(?:\r?\n|\Z)")
_INDENTED: Final = later(rb"(?im)^[ \t]+" + FIELD)
#: A body that begins with the fields its header should have had.
_FIELDS: Final = later(rb"(?i)[ \t\r\n]{0,64}(?:" + _NAME + rb"|mime-version)[ \t]{0,8}:")
#: How messages and web archives begin that are attached as they are.
_OWN_FIELDS: Final = later(rb"(?i)[ \t\r\n]{0,64}(?:mime-version|content-type[ \t]*:[ \t]*(?:multipart|text)/)")
_AROUND: Final = re.compile(rb"(?i)" + _NAME + rb"[ \t]{0,8}:")
_SEPARATOR_LINE: Final = (b"From ", b">From ")


def line_departures(header: bytes, lines: list[bytes]) -> list[tuple[str, int, int]]:
    """What keeps the lines of a header block from being plain: classes with the octets they span inside it.

    Args:
        header: the block.
        lines: those of its lines that are no field.
    """
    found: list[tuple[str, int, int]] = []
    if b"\0" in header:
        place = header.find(b"\0")
        found.append(("nul-in-header", place, place + 1))
    returns = header.count(b"\r")
    # Carriage returns that a careless copy has doubled on every line mislead nobody.
    if returns and not returns == header.count(b"\n") == header.count(b"\r\n") and not doubled_returns(header):
        place = header.find(b"\r")
        found.append(("bare-cr", place, len(header)))
    for kind, pattern in (
        ("blank-line-with-space", _BLANKS),
        ("indented-field", _INDENTED),
        ("space-before-colon", _SPACED),
    ):
        match = pattern.search(header)
        if match is not None:
            found.append((kind, *match.span()))
    for line in lines:
        if not line.startswith(_SEPARATOR_LINE):
            place = header.find(line)
            found.append(("junk-line", place, place + len(line)))
            break
    return found


def doubled_returns(text: bytes) -> bool:
    """Whether every line ends in two carriage returns and a line feed."""
    ends = text.count(b"\n")
    return ends > 0 and text.count(b"\r\r\n") == ends


def begins_with_fields(body: bytes, *, text: bool = True) -> bool:
    """Whether a body begins with MIME fields.

    Args:
        body: the body.
        text: whether it is declared as text; where it is not, it may well be a message or web archive, whose fields are its own.
    """
    match = _FIELDS.match(body)
    return match is not None and (text or _OWN_FIELDS.match(body) is None)


def holds_entity(text: bytes) -> bool:
    """Whether text around the parts of a multipart has MIME fields in it."""
    return holds_folded(text, b"content-") and _AROUND.search(text) is not None


def plain_boundary(boundary: str) -> bool:
    """Whether a boundary is one that every reader takes as it is (RFC 2046 section 5.1.1)."""
    return (
        0 < len(boundary) <= 70
        and boundary.isascii()
        and boundary.isprintable()
        and boundary[-1] != " "
        and boundary[0] != " "
        and not begins_word(boundary.encode())
        and "\\" not in boundary
        and '"' not in boundary
    )
