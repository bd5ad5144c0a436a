"""What an encoded body may decode to: the strict reading, and where the text departs from it, what other decoders make of it (RFC 2045 section 6)."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import Final

from attachguard.mail import charsets
from attachguard.mail.encodings import KNOWN
from attachguard.mail.readings.grammar import DECODER_CLASSES
from attachguard.mail.transfer import decoder

#: Readings of one base64 body that differ in no more than this at their end are one.
_TAIL: Final = 3

_FOREIGN: Final = re.compile(rb"[^A-Za-z0-9+/=\s]")
_NO_ALPHABET: Final = re.compile(rb"[^A-Za-z0-9+/]+")
_PADDING: Final = re.compile(rb"=")
_PADDING_OR_FOREIGN: Final = re.compile(rb"=|[^A-Za-z0-9+/=\s]")
_PROSE: Final = re.compile(rb"[A-Za-z]{2,40}[,.]? [A-Za-z]{2,40}")
_DATA: Final = re.compile(rb"[A-Za-z0-9+/]{40}")
#: A body of nothing but base64: words of a text stand apart, and letters come by fours.
_BASE64_BODY: Final = re.compile(rb"\s*+(?:[A-Za-z0-9+/]{16,}+[ \t\r]*+\n\s*+)*+(?:[A-Za-z0-9+/]++={0,2}\s*+)?")
#: Words that begin like "as it is" and go on, e.g. with a character set; and encoded words, which are taken apart with the header.
_AS_IT_STANDS: Final = re.compile(r"=\?|[78][ -]?bit|(?:binary|plain|none|text)\b")
_URL_ALPHABET: Final = bytes.maketrans(b"-_", b"+/")
_QP_SIGN: Final = re.compile(rb"=(?:[0-9A-Fa-f]{2}|\r?\n)")
_SOFT_BREAK: Final = re.compile(rb"=[ \t]*(?:\r\n|\n|\r)")
_QP_ESCAPE: Final = re.compile(rb"=(?:0x)?([0-9A-Fa-f]{2})")
_QP_STRICT: Final = re.compile(rb"=([0-9A-Fa-f]{2})")
_TRAILING: Final = re.compile(rb"[ \t]+(?=\r?\n)")
_FIELD_LINE: Final = re.compile(rb"(?i)[ \t]*[a-z][a-z0-9-]*[ \t]*:[^\n]*\n")


def readings(body: bytes, encoding: str, *, text: bool = False) -> Iterator[tuple[bytes, str]]:
    """Decoded contents of a body with the class of departure that each rests on; the strict one first, with none.

    Args:
        body: encoded octets.
        encoding: transfer encoding, in lower case.
        text: whether the content is text to read.
    """
    strict, said = decode(body, encoding)
    yield strict, ""
    if encoding == "base64":
        kinds = {DECODER_CLASSES[detail] for detail in said}
        why = next((kind for kind in ("base64-padding", "base64-foreign") if kind in kinds), "")
        others = _base64(body, footed=text and _footed(body)) if why else ()
        yield from ((content, why) for content in others if not _alike(content, strict))
    elif encoding == "quoted-printable":
        # Text whose equals signs were never escaped: whether a reader shows or drops them, it is the same text.
        others = _quoted_printable(body) if said else ()
        yield from ((content, "qp-escape") for content in others if not text or _unsigned(content) != _unsigned(strict))
    elif encoding == "x-gzip64":
        # Gzip inside base64, as mailers of the nineties wrote it; the unpacking is an inspector's.
        yield decode(body, "base64")[0], "encoding-syntax"
    elif encoding not in KNOWN:
        # Nobody who reads a character set for an encoding looks for escapes because of it.
        standing = text and (charsets.codec(encoding) is not None or _AS_IT_STANDS.match(encoding) is not None)
        whole = _BASE64_BODY.fullmatch(body) is not None and len(b"".join(body.split())) % 4 == 0
        guess = "base64" if whole else "quoted-printable" if not standing and _QP_SIGN.search(body) else ""
        if guess:
            yield decode(body, guess)[0], "encoding-syntax"


def decode(body: bytes, encoding: str) -> tuple[bytes, set[str]]:
    """The strict reading, and what the decoder noticed."""
    decoding = decoder(encoding)
    content = decoding.feed(body)
    return content + decoding.finish(), decoding.anomalies


def _alike(content: bytes, strict: bytes) -> bool:
    """Whether two readings differ in no more than what a cut quantum holds."""
    shorter, longer = sorted((content, strict), key=len)
    return len(longer) - len(shorter) <= _TAIL and longer.startswith(shorter)


def _unsigned(content: bytes) -> bytes:
    return b"".join(content.split()).replace(b"=", b"")


def _quanta(letters: bytes) -> bytes:
    """Decode letters of the alphabet as one stream."""
    letters = letters[: len(letters) - (1 if len(letters) % 4 == 1 else 0)]
    try:
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return b""


def _footed(body: bytes) -> bool:
    """Whether prose follows the data, as a mailing list puts it there."""
    end = _PADDING_OR_FOREIGN.search(body)
    if end is None:
        return False
    return _PROSE.search(body, end.start()) is not None and _DATA.search(body, end.start()) is None


def _base64(body: bytes, *, footed: bool) -> Iterator[bytes]:
    """Stop at padding; go on over it; stop at the first foreign character; pass over lines that hold one; begin after a prologue; and so on."""
    body = body.strip()
    first = _PADDING.search(body)
    if footed:
        # What the words after it decode to is nothing that anybody looks at.
        end = _PADDING_OR_FOREIGN.search(body)
        yield _quanta(_NO_ALPHABET.sub(b"", body[: end.start() if end is not None else None]))
        return
    if first is not None:
        yield _quanta(_NO_ALPHABET.sub(b"", body[: first.start()]))
        yield _quanta(_NO_ALPHABET.sub(b"", body))
        yield b"".join(_quanta(_NO_ALPHABET.sub(b"", line)) for line in body.split(b"\n"))
    foreign = _FOREIGN.search(body)
    if foreign is not None:
        yield _quanta(_NO_ALPHABET.sub(b"", body[: foreign.start()]))
        lines = body.split(b"\n")
        kept = b"\n".join(line for line in lines if not _FOREIGN.search(line))
        if kept.strip():
            yield decode(kept, "base64")[0]
        yield decode(body.translate(_URL_ALPHABET), "base64")[0]
        place = 0
        while (match := _FIELD_LINE.match(body, place)) is not None:
            place = match.end()
        blank = re.search(rb"\n[ \t]*\r?\n", body)
        for start in {place, blank.end() if blank is not None else 0} - {0}:
            yield decode(body[start:], "base64")[0]


def _quoted_printable(body: bytes) -> Iterator[bytes]:
    """Breaks of any kind taken first, then escapes; escapes where they stand; broken escapes kept, or without their sign."""
    joined = _SOFT_BREAK.sub(b"", body)
    yield _QP_STRICT.sub(_octet, joined)
    yield _QP_ESCAPE.sub(_octet, joined)
    yield _QP_STRICT.sub(_octet, re.sub(rb"=+(?==)", b"", joined))
    yield _QP_STRICT.sub(_octet, _TRAILING.sub(b"", body).replace(b"=\r\n", b"").replace(b"=\n", b""))
    yield re.sub(rb"=(?![0-9A-Fa-f]{2})", b"", _QP_STRICT.sub(_octet, joined))


def _octet(match: re.Match[bytes]) -> bytes:
    return bytes((int(match[1], 16),))
