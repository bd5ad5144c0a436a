"""Whole messages with the standard library's email package: the same bytes each time, so that two runs make the same inbox."""

from __future__ import annotations

import zlib
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import NamedTuple

#: What a letter says where its story asks for nothing special.
TEXT = """\
Sehr geehrte Damen und Herren,

anbei sende ich Ihnen die Unterlagen zu meinem Antrag vom 2. November.
Für Rückfragen bin ich unter 0631 555-0199 zu erreichen.

Mit freundlichen Grüßen
Erika Mustermann
Beispielweg 1, 67655 Kaiserslautern
"""


class File(NamedTuple):
    """One attachment: its name, its bytes, the media type that its header claims."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"


def letter(
    *files: File, subject: str = "Antrag", text: str = TEXT, html: str = "", inline: File | None = None
) -> EmailMessage:
    """A letter with attachments, which a caller may still change.

    Args:
        files: its attachments; one of the type message/rfc822 is attached as a message.
        subject: what it is about.
        text: its plain text.
        html: the same as a page, for those who read pages.
        inline: a picture that the page shows, as `cid:bild@example.org`.
    """
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = "Erika Mustermann <erika@example.org>"
    mail["To"] = "stadt@example.net"
    mail["Subject"] = subject
    mail["Date"] = "Sun, 22 Nov 2026 10:00:00 +0100"
    known_by = [subject, text, *(f"{file.name} {len(file.content)}" for file in files)]
    mail["Message-ID"] = f"<{zlib.crc32(repr(known_by).encode()):08x}@example.org>"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    if inline is not None:
        main, _, sub = inline.media_type.partition("/")
        page = mail.get_body(("html",))
        assert page is not None, "a picture is shown by a page"
        page.add_related(
            inline.content, main, sub, cid="<bild@example.org>", filename=inline.name, disposition="inline"
        )
    for file in files:
        attach(mail, file)
    return mail


def attach(mail: EmailMessage, file: File) -> None:
    """Add one attachment to a letter."""
    main, _, sub = file.media_type.partition("/")
    if file.media_type == "message/rfc822":
        mail.add_attachment(message_from_bytes(file.content, policy=policy.SMTP), filename=file.name)
    else:
        mail.add_attachment(file.content, main, sub, filename=file.name)


def wire(mail: EmailMessage) -> bytes:
    """The message as it goes over the wire; boundaries come from its id, so that they are the same each time and no two messages share one."""
    _name_boundaries(mail, str(mail["Message-ID"])[1:9])
    return mail.as_bytes()


def _name_boundaries(part: Message, path: str) -> None:
    if not part.is_multipart():
        return
    if part.get_content_maintype() == "multipart" and part.get_boundary() is None:
        part.set_boundary(f"=_{path}_")
    for number, child in enumerate(part.get_payload()):
        _name_boundaries(child, f"{path}.{number}")
