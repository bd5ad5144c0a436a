"""Whole messages."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from email import policy
from email.message import EmailMessage

from attachguard.testkit.content import Content, octets

_BOUNDARY = "=_sample"


def eml(
    text: str = "",
    html: str = "",
    attachments: Mapping[str, Content] | None = None,
    subject: str = "Nachricht",
    sender: str = "a@example.org",
    to: str = "b@example.org",
) -> bytes:
    """A message, for `kind = "message"` and as an attached mail.

    Args:
        text: body as plain text.
        html: body as a web page; with `text` both are alternatives.
        attachments: content of each attachment by its file name.
        subject: subject line.
        sender: address in From.
        to: address in To.
    """
    message = EmailMessage(policy.SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = "Fri, 02 Jan 2026 03:04:06 +0000"
    message["Message-ID"] = "<sample@example.org>"
    if text or not html:
        message.set_content(text or "\n")
    if html and text:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    for name, content in (attachments or {}).items():
        main, _, sub = (mimetypes.guess_type(name)[0] or "application/octet-stream").partition("/")
        if main in ("message", "multipart"):
            main, sub = "application", "octet-stream"
        message.add_attachment(octets(content), maintype=main, subtype=sub, filename=name)
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"{_BOUNDARY}{number}")
    return message.as_bytes()
