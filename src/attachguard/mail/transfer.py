"""Content-Transfer-Encoding, decoded as the bytes arrive (RFC 2045 section 6).

A decoder keeps what does not yet make a whole quantum or line and gives everything else at once. Well-formed base64 is put together from its
lines and decoded by pybase64, which takes nothing else for it; only irregular text is looked at byte by byte.

Why our own: the decoders of the standard library want a whole body; this one takes what has arrived.
"""

from __future__ import annotations

import binascii
from typing import Final, Protocol

import pybase64

from attachguard._core.transfer import decode_qp, decode_runs, squeeze_base64, unfold
from attachguard.later import later
from attachguard.mail.encodings import KNOWN

#: A quoted-printable line that is longer than this is decoded in pieces: nobody waits for its end.
_LINE: Final = 1 << 12
#: The last line of base64 is shorter than this, as all of them are.
_LAST: Final = 1 << 10


class Decoder(Protocol):
    """Turns encoded octets into content, piece by piece."""

    anomalies: set[str]

    @property
    def unfinished(self) -> bool:
        """Whether what has been fed ends inside a unit of the encoding."""

    def feed(self, data: bytes) -> bytes:
        """Content that can be decoded by now."""

    def finish(self) -> bytes:
        """The rest, when the part has ended."""


class Identity:
    """7bit, 8bit, binary: the content is what is there."""

    unfinished = False

    def __init__(self) -> None:
        self.anomalies: set[str] = set()

    def feed(self, data: bytes) -> bytes:
        """The data itself."""
        return data

    def finish(self) -> bytes:
        """Nothing."""
        return b""


#: What an unknown encoding is said to be where the content is not text as it is.
UNREAD: Final = "unknown transfer encoding"
#: Octets that no text has.
_NO_TEXT: Final = later(rb"[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class Unknown(Identity):
    """A word that names no encoding, e.g. a character set: a text is what is there (RFC 2045 section 6.4), everything else is unread.

    Args:
        text: whether the content is declared as text.
    """

    def __init__(self, *, text: bool) -> None:
        super().__init__()
        if not text:
            self.anomalies.add(UNREAD)

    def feed(self, data: bytes) -> bytes:
        """The data itself."""
        if not self.anomalies and _NO_TEXT.search(data):
            self.anomalies.add(UNREAD)
        return data


class Base64:
    """RFC 2045 section 6.8. Foreign characters are dropped, each padded run is decoded for itself, a cut quantum gives its whole bytes."""

    def __init__(self) -> None:
        self.anomalies: set[str] = set()
        self._rest = b""
        self._padded = False

    @property
    def unfinished(self) -> bool:
        """Whether the last quantum is not whole."""
        kept = squeeze_base64(self._rest)[0]
        return len(kept.rstrip(b"=")) % 4 > 0 and not kept.endswith(b"=")

    def feed(self, data: bytes) -> bytes:
        """Whole lines where the lines are regular, else whole quanta."""
        data = self._rest + data if self._rest else data
        pad = data.find(b"=")
        cut = data.rfind(b"\n", 0, len(data) if pad < 0 else pad) + 1
        decoded = None
        if cut and not self._padded and (pad < 0 or len(data) - cut < _LAST):
            decoded = _regular(data, cut, data[cut:].rstrip(b"\r\n") if pad >= 0 else b"")
        if decoded is None:
            return self._irregular(data)
        self._padded = pad >= 0
        self._rest = data[cut:] if pad < 0 else b""
        return decoded

    def _irregular(self, data: bytes) -> bytes:
        kept, foreign, inner = squeeze_base64(data)
        if foreign:
            self.anomalies.add("base64: characters outside the alphabet")
        if inner or (self._padded and kept.lstrip(b"=")):
            self.anomalies.add("base64: data after padding")
        self._padded = kept.endswith(b"=") or (self._padded and not kept)
        last = kept.rfind(b"=") + 1
        whole = last + ((len(kept) - last) & ~3)
        self._rest = kept[whole:]
        return self._segments(kept[:whole])

    def _segments(self, kept: bytes) -> bytes:
        if b"=" not in kept:
            return pybase64.b64decode(kept)
        return decode_runs(kept)

    def finish(self) -> bytes:
        """What a last, cut quantum still gives."""
        kept, foreign, _inner = squeeze_base64(self._rest)
        if foreign:
            self.anomalies.add("base64: characters outside the alphabet")
        if self.unfinished:
            self.anomalies.add("base64: ends inside a quantum")
        self._rest = b""
        return self._segments(kept) if kept.endswith(b"=") else _tolerant(kept)


def _regular(data: bytes, end: int, last: bytes) -> bytes | None:
    """Decode lines of equal length before `end` and a last one, or None where they are anything else than that."""
    joined = unfold(data, end, last)
    if joined is None or len(joined) & 3:
        return None
    try:
        decoded: bytes = pybase64.b64decode(joined, validate=True)
    except binascii.Error:
        return None
    return decoded


def _tolerant(segment: bytes) -> bytes:
    """Decode characters of the alphabet; a cut quantum gives the bytes it holds in full."""
    spare = len(segment) & 3
    if spare == 1:
        segment = segment[:-1]
    elif spare:
        segment += b"=" * (4 - spare)
    return pybase64.b64decode(segment) if segment else b""


class QuotedPrintable:
    """RFC 2045 section 6.7."""

    unfinished = False

    def __init__(self) -> None:
        self.anomalies: set[str] = set()
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """Whole lines, or most of a line that does not end."""
        data = self._rest + data if self._rest else data
        cut = data.rfind(b"\n") + 1
        if not cut and len(data) > _LINE:
            # Three octets are enough for any escape to be whole on one side of the cut.
            cut = len(data) - 3
            escape = data.find(b"=", cut - 2, cut)
            cut = escape if escape >= 0 else cut
        self._rest = data[cut:]
        return self._decoded(data[:cut]) if cut else b""

    def finish(self) -> bytes:
        """The last line."""
        rest, self._rest = self._rest, b""
        return self._decoded(rest)

    def _decoded(self, data: bytes) -> bytes:
        content, departure = decode_qp(data)
        if departure >= 0:
            self.anomalies.add("quoted-printable: an equals sign that begins no escape")
        return content


def decoder(encoding: str, *, text: bool = False) -> Decoder:
    """A fresh decoder for a Content-Transfer-Encoding token; an unknown token is read as it is (RFC 2045 section 6.4).

    Args:
        encoding: the token, in lower case.
        text: whether the content is declared as text.
    """
    if encoding == "base64":
        return Base64()
    if encoding == "quoted-printable":
        return QuotedPrintable()
    return Identity() if encoding in KNOWN else Unknown(text=text)
