"""One mail as a milter is told of it, put together again to the octets that it had on the wire.

The mail server hands over fields, not lines: `name` and the rest after the colon, folds as bare line feeds. With HDR_LEADSPC the blank after the
colon is there or not as it was, so `name:value` gives the octets back. What cannot come back: blanks before the colon, a line in the header
that is no field (Postfix begins the body there), the mail server's own Received (it is written after us), and stray CR and LF, which Postfix mends
before anybody sees them.
"""

from __future__ import annotations

from typing import Final

from attachguard.gateway.fronts.milter.codec import words
from attachguard.mail.authresults import AuthenticationResults
from attachguard.model import Envelope

_FAMILIES: Final = frozenset(b"46")
#: What Sendmail writes before an address of the second family.
_MARK: Final = "IPV6:"
#: Recipients that are remembered; a mail server sends no more.
_RECIPIENTS: Final = 50_000
#: Octets of a recipient that are looked at; an address has a tenth of them at most.
_ADDRESS: Final = 4096
#: Octets of the mail server's number of a mail; none has as many.
_NUMBER: Final = 256
#: Stands for the field that the mail server will add: what is above it in its own name is of this hop.
_HOP: Final = b"Received: from client by this-server\r\n"

Field = tuple[bytes, bytes]


class Connection:
    """What is known of the client before any mail."""

    __slots__ = ("client", "helo", "number")

    def __init__(self) -> None:
        self.client = ""
        self.helo = ""
        #: Of the mail in the queue of the mail server; empty while it has none.
        self.number = ""

    def connected(self, content: bytes) -> None:
        """`C`: name, family, port, address."""
        _name, _, rest = content.partition(b"\0")
        self.client = (
            rest[3:].partition(b"\0")[0].decode("ascii", "replace") if rest[:1] and rest[0] in _FAMILIES else ""
        )
        if self.client[: len(_MARK)].upper() == _MARK:
            self.client = self.client[len(_MARK) :]

    def told(self, content: bytes) -> None:
        """`D`: a command, then names and values of macros, one of which is of use here; what is told with the sender is of the next mail."""
        if content[:1] == b"M":
            self.number = ""
        pieces = words(content[1:])
        for name in (b"i", b"{i}"):
            if name in pieces[:-1:2]:
                self.number = pieces[pieces[::2].index(name) * 2 + 1][:_NUMBER].decode("utf-8", "replace")


class Mail:
    """One message."""

    __slots__ = ("_came", "_fields", "header_size", "recipients", "sender")

    def __init__(self, sender: bytes = b"") -> None:
        self.sender = _address(sender)
        self.recipients: list[str] = []
        self._came: list[bytes] = []
        self._fields: list[Field] = []
        self.header_size = 0

    def recipient(self, content: bytes) -> None:
        """`R`: an address, then parameters."""
        if len(self.recipients) < _RECIPIENTS:
            self.recipients.append(_address(words(content[:_ADDRESS])[0]))

    def field(self, content: bytes) -> None:
        """`L`: a name and a value."""
        self._came.append(content)
        self.header_size += len(content)

    @property
    def fields(self) -> list[Field]:
        """The header so far: taken apart once, when it is asked for."""
        for content in self._came:
            name, _, value = content.partition(b"\0")
            self._fields.append((name, value.removesuffix(b"\0")))
        self._came.clear()
        return self._fields

    def header(self, *, leading_space: bool) -> bytes:
        """The header as it was on the wire, with the empty line after it."""
        colon = b":" if leading_space else b": "
        lines = [name + colon + (wire(value) if b"\n" in value else value) for name, value in self.fields]
        return b"\r\n".join((*lines, b"", b""))

    def envelope(
        self, connection: Connection, channel: str, header: bytes, trusted: AuthenticationResults | None
    ) -> Envelope:
        """What the mail server knows, for the policy."""
        envelope = Envelope(
            sender=self.sender,
            recipients=tuple(self.recipients),
            channel=channel or "smtp",
            helo=connection.helo,
            client=connection.client,
        )
        if trusted is None:
            return envelope
        valid = trusted(_HOP + header, envelope)
        return Envelope(
            sender=envelope.sender,
            recipients=envelope.recipients,
            channel=envelope.channel,
            helo=envelope.helo,
            client=envelope.client,
            sender_valid=valid,
        )


def wire(value: bytes) -> bytes:
    """A value with its folds as they are on the wire."""
    return value.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _address(word: bytes) -> str:
    """An address without its angle brackets."""
    text = word.decode("utf-8", "replace").strip()
    return text[1:-1] if text.startswith("<") and text.endswith(">") else text
