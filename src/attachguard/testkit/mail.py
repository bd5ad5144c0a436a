"""Messages, calendars and contact cards."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from attachguard.testkit.content import Content, octets

_HEADERS = {"From": "Erika Muster <a@example.org>", "To": "b@example.org", "Subject": "Unterlagen"}


def folded(line: str, width: int = 75, end: str = "\r\n") -> str:
    """A line cut as RFC 5545 wants it."""
    return (end + " ").join(line[at : at + width] for at in range(0, len(line), width))


def eml(
    *,
    text: str = "",
    html: str = "",
    attachments: Mapping[str, Content] | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A message.

    Args:
        text: its plain text.
        html: its text as HTML.
        attachments: contents by file name.
        headers: header fields; they replace the builder's own (From, To, Subject).
    """
    fields = {**_HEADERS, **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "MIME-Version: 1.0\r\n"
    entities = [_text(kind, value) for kind, value in (("plain", text), ("html", html)) if value]
    if len(entities) > 1:
        entities = [_multipart("alternative", "=_b", entities)]
    if not entities:
        entities = [_text("plain", "Guten Tag")]
    if attachments:
        files = [_attachment(name, octets(data)) for name, data in attachments.items()]
        entities = [_multipart("mixed", "=_a", [*entities, *files])]
    return (head + entities[0]).encode()


def _text(kind: str, value: str) -> str:
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{value}\r\n"


def _multipart(kind: str, boundary: str, entities: Sequence[str]) -> str:
    pieces = "".join(f"--{boundary}\r\n{entity}\r\n" for entity in entities)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n{pieces}--{boundary}--\r\n'


def _attachment(name: str, data: bytes) -> str:
    return (
        f'Content-Type: application/octet-stream; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{base64.encodebytes(data).decode()}"
    )


def ics(*, lines: Sequence[str] = (), summary: str = "Besprechung", description: str = "") -> bytes:
    """A calendar with one event.

    Args:
        lines: further properties of the event, unfolded.
        summary: the event's title.
        description: the event's text.
    """
    rows = [f"SUMMARY:{summary}", *([f"DESCRIPTION:{description}"] if description else []), *lines]
    whole = ("BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", *map(folded, rows), "END:VEVENT", "END:VCALENDAR", "")
    return "\r\n".join(whole).encode()


def vcf(*, lines: Sequence[str] = (), name: str = "Erika Muster") -> bytes:
    """A contact card.

    Args:
        lines: further properties of the card, unfolded.
        name: whose card it is.
    """
    return "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", *map(folded, lines), "END:VCARD", "")).encode()
