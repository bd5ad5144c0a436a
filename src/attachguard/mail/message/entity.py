"""A message or body part as its header describes it (RFC 2045, RFC 2183), and where it is in the input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard._core.mime import header_fields, plain_lines
from attachguard.mail.fields import decode_words, read_value
from attachguard.mail.readings import grammar

NO_PARAMETERS: Final[dict[str, str]] = {}
#: What holds no content that could be judged, and what is said of it.
ELSEWHERE: Final = {
    "message/partial": ("message-fragment", "message/partial: one piece of a larger message"),
    "message/external-body": ("external-body", "message/external-body: the content is elsewhere"),
}


class Span(NamedTuple):
    """Where a part is in the input, in octets.

    Args:
        begin: where its header block begins.
        body: where its body begins.
        end: where its body ends.
        place: see `Entity`.
        signed: see `Entity`.
    """

    begin: int
    body: int
    end: int
    place: str
    signed: bool


class Entity:
    """A message or body part, as its header describes it.

    Args:
        section: IMAP section number (RFC 3501 section 6.4.5); empty for the root message.
        fields: header fields in order: name in lower case, raw value.
        header: the header block as it is.
        parent: media type of the multipart that holds it; empty at the top.
        place: `preamble` or `epilogue` for text around the parts of a multipart, which no header describes; else empty.
        signed: whether it stands inside a multipart/signed, at any distance.
        told: whether enough departures of the message are known, so that nobody asks for more.

    `given` are the first values of the fields that say how to read the body. `begin`, `body` and `end` are octets of the input: where its header
    block begins, where its body begins, and, once the parser has told that the leaf or message ends, where its body ends, before the line break
    that belongs to the delimiter. `departures` are the classes of what keeps its header from being read by everybody alike, with the octets of the
    header that they span.
    """

    __slots__ = (
        "begin", "body", "cut", "departures", "disposition", "encoding", "end", "fields", "given", "header", "media_type", "names", "parameters",
        "parent", "place", "section", "signed",
    )  # fmt: skip

    def __init__(
        self,
        section: str,
        header: bytes,
        parent: str = "",
        place: str = "",
        *,
        signed: bool = False,
        told: bool = False,
    ) -> None:
        self.begin = self.body = self.end = 0
        #: Whether a mail server may have cut it: the end of an original in a bounce.
        self.cut = False
        self.signed = signed
        self.section = section
        self.place = place
        self.header = header
        self.parent = parent
        self.fields, given, plain = header_fields(header, grammar.STRUCTURAL)
        self.given = given
        default = "message/rfc822" if parent == "multipart/digest" else "text/plain"
        self.media_type, self.parameters = default, NO_PARAMETERS
        self.disposition, shown = "", NO_PARAMETERS
        self.encoding = ""
        self.departures: tuple[tuple[str, int, int], ...] = ()
        if not header:
            self.names: tuple[str, ...] = ()
            return
        said = given.get("content-type")
        if said is not None:
            self.media_type, self.parameters, fits = read_value(said)
            plain = plain and fits
            if not fits:
                # A parameter without its semicolon is not part of the type, nor is another type after a comma.
                self.media_type = self.media_type.replace(",", " ").partition(" ")[0]
            if "/" not in self.media_type:
                self.media_type = default
                plain = False
            elif "boundary" in self.parameters:
                plain = plain and self.media_type.startswith("multipart/")
        said = given.get("content-disposition")
        if said is not None:
            self.disposition, shown, fits = read_value(said)
            plain = plain and fits
        said = given.get("content-transfer-encoding")
        if said is not None:
            self.encoding, fits = _encoding(said)
            plain = plain and fits
        self.names = _names(shown, self.parameters, form=self.disposition == "form-data")
        if not (plain and len(self.names) < 2 and plain_lines(header)):
            from attachguard.mail.readings import headers

            self.departures = headers.departures(header, self.fields, told=told)
            # A name that nobody but the lenient finds is better than none.
            self.names = self.names or headers.file_names(self.fields)[:1]

    @property
    def span(self) -> Span:
        """Where it is in the input; known once it has ended."""
        return Span(self.begin, self.body, self.end, self.place, self.signed)

    @property
    def described(self) -> bool:
        """Whether there is a header field at all."""
        return any(name for name, _value in self.fields)

    def recorded(self) -> Iterator[str]:
        """Departures in a message's own header that change nothing."""
        if b"\n" in self.header and b"\r" not in self.header:
            yield "lf-line-ends"
        if not self.header.isascii():
            yield "eight-bit-header"
        if self.media_type != "text/plain" and self.field("mime-version") is None:
            yield "no-mime-version"

    def field(self, name: str) -> bytes | None:
        """Raw value of the first field of a name (lower case), or None."""
        for key, value in self.fields:
            if key == name:
                return value
        return None

    def words(self, name: str) -> str:
        """Decoded text of the first field of a name; empty without one."""
        value = self.field(name)
        return decode_words(value) if value is not None else ""


def _encoding(said: bytes) -> tuple[str, bool]:
    """The token of a Content-Transfer-Encoding in lower case, and whether it is one that nobody misunderstands."""
    token = said.lower()
    if token in grammar.ENCODINGS:
        return token.decode("ascii"), True
    return read_value(said)[0].strip('" '), False


def _names(shown: dict[str, str], parameters: dict[str, str], *, form: bool) -> tuple[str, ...]:
    """The file names in the parameters of Content-Disposition and Content-Type; many readers do not mind which of the two words is used."""
    first, second = shown.get("filename"), parameters.get("name")
    if not (first or second):
        first, second = shown.get("name") if not form else None, parameters.get("filename")
        if not (first or second):
            return ()
    return tuple(dict.fromkeys(_bare(name) for name in (first, second) if name and name.strip()))


def _bare(name: str) -> str:
    """A name without the blanks around it, and without apostrophes that stand for quotes."""
    name = name.strip()
    return name[1:-1] if len(name) > 2 and name[0] == name[-1] == "'" else name
