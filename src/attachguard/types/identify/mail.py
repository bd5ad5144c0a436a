"""Mail as text: messages, mailboxes and web archives, told by header syntax (RFC 5322 §2.2) and never by words in a body."""

from __future__ import annotations

import re
from typing import Final

from attachguard.later import later

#: One field with its folded lines; blanks before the colon are the obsolete syntax of RFC 5322 §4.5.
_FIELD: Final = later(rb"([!-9;-~]{1,76})[ \t]{0,20}:([^\n]*+(?:\n[ \t][^\n]*+)*+)(?:\n|$)")
#: Mailbox separator: sender, then a date with its year (RFC 4155 appendix A); the date is missing in some.
_FROM: Final = re.compile(rb"From [^\r\n]{0,998}\r*\n")
_NEXT_FROM: Final = later(rb"\n\r?\nFrom [^\r\n ]{1,320} [^\r\n]{0,60}[0-9]{4}")

#: Fields of mail, in lower case.
_MAIL: Final = frozenset(
    b"from to cc bcc subject date received return-path message-id in-reply-to references reply-to sender delivered-to envelope-to x-original-to"
    b" resent-from resent-to resent-date resent-message-id resent-sender list-id list-unsubscribe x-mailer x-mozilla-status x-uidl dkim-signature"
    b" authentication-results arc-seal received-spf x-received delivery-date errors-to precedence status newsgroups".split()
)
_MIME: Final = frozenset(
    b"mime-version content-type content-transfer-encoding content-disposition content-id content-description content-location".split()
)
_MAX_FIELDS: Final = 60
#: A line that is a field, for a reader who takes any bytes for its name; and lines of a header that are looked at.
_FIELD_LINE: Final = later(rb"([!-9;-~\x80-\xff]{1,200})[ \t]{0,20}:|>?From [^\n]{3}")
_MOST_LINES: Final = 200
#: A header that goes on for so many bytes is one.
_SIGHT: Final = 2_048
_RELATED: Final = later(rb"\s*multipart/related\b", re.IGNORECASE)
#: A media type as RFC 2045 §5.1 writes it.
_MEDIA_TYPE: Final = later(
    rb"\s*(?:text|image|audio|video|application|message|multipart|font|model)/[\w.+-]{1,127}\s*(?:;|$)", re.IGNORECASE
)
_MULTIPART: Final = later(rb"\s*multipart/", re.IGNORECASE)
_BOUNDARY: Final = later(rb"(?i)boundary[ \t]*=[ \t]*(?:\"([^\"\r\n]{1,200})|([^\s;\"]{1,200}))")
_SAVED: Final = later(rb"\s*\"?<saved by ", re.IGNORECASE)


def mail_kind(opening: bytes, data: bytes, extension: str) -> str:
    """`eml`, `mbox`, `mht`, or an empty string where the text does not begin with a mail header.

    Args:
        opening: the first bytes, blanks before them taken off.
        data: the whole text, for further messages of a mailbox.
        extension: effective extension of the file name.
    """
    offset = 0
    separator = _FROM.match(opening) if opening.startswith((b"From ", b">From ")) else None
    if separator:
        if extension in ("mbox", "mbx") or _NEXT_FROM.search(data, 0, 1 << 20):
            return "mbox"
        offset = separator.end()
    return _by_fields(opening, offset, separated=separator is not None)


def begins_like_mail(head: bytes) -> bool:
    """Whether content that has no name may be a mail, whatever odd lines and fields stand in its header.

    Programs that read mail pass over lines that are no fields, NULs, and any number of fields that they do not know. So it is enough that most lines
    of the header are fields and one of them is mail's, or that the header has only fields and does not end in sight.

    Args:
        head: the first bytes.
    """
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\r\n\t ").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    header, blank, _ = text.partition(b"\n\n")
    written = header.split(b"\n")[:_MOST_LINES]
    if not blank and len(written) > 1:
        written.pop()  # cut
    lines = [line for line in written if line[:1] not in (b" ", b"\t")]
    fields = [(match[1] or b"").lower() for match in map(_FIELD_LINE.match, lines) if match is not None]
    known = not (_MAIL | _MIME).isdisjoint(fields)
    if known:
        return 2 * len(fields) > len(lines)
    return not blank and len(fields) == len(lines) and len(text) >= _SIGHT


def is_bare(opening: bytes) -> bool:
    """Whether the header of a message is no more than one or two MIME fields: little to tell it from other text by.

    Args:
        opening: the first bytes, blanks before them taken off.
    """
    names: set[bytes] = set()
    offset = 0
    for _ in range(_MAX_FIELDS):
        field = _FIELD.match(opening, offset)
        if field is None:
            break
        names.add(field[1].lower())
        offset = field.end()
    return not names & _MAIL and len(names & _MIME) < 3 and not opening.startswith((b"From ", b">From "))


def _by_fields(opening: bytes, offset: int, *, separated: bool) -> str:
    mail: set[bytes] = set()
    mime: set[bytes] = set()
    related = saved = False
    media_type = b""
    for _ in range(_MAX_FIELDS):
        field = _FIELD.match(opening, offset)
        if field is None:
            break
        offset = field.end()
        name = field[1].lower()
        if name in _MAIL:
            mail.add(name)
            if name == b"from" and _SAVED.match(field[2]):
                saved = True
        elif name in _MIME:
            mime.add(name)
            if name == b"content-type":
                media_type = field[2]
                related = related or _RELATED.match(media_type) is not None
        elif name == b"snapshot-content-location":
            saved = True
        elif not mail and not mime and offset > 2048 and not separated:
            break
        if len(mail) >= 2 and not saved and mail & {b"to", b"received", b"delivered-to", b"return-path", b"message-id"}:
            return "eml"
    if related and (saved or not mail):
        return "mht"
    if (len(mail) + len(mime) >= 2 and mail) or len(mime) >= 3 or (separated and (mail or mime)):
        return "eml"
    return "eml" if _is_entity(opening, offset, mime, media_type) else ""


def _is_entity(opening: bytes, offset: int, mime: set[bytes], media_type: bytes) -> bool:
    """Whether a header of MIME fields alone opens an entity (RFC 2045 §3): it says MIME, or it has a media type and ends in an empty line.

    Args:
        opening: the first bytes of the text.
        offset: where its header ends.
        mime: names of its MIME fields.
        media_type: value of its Content-Type.
    """
    if b"mime-version" in mime:
        return len(mime) >= 2
    if not media_type or opening[offset : offset + 2].lstrip(b"\r")[:1] not in (b"\n", b""):
        return False
    if len(mime) < 2 and _MULTIPART.match(media_type):
        # Outlook keeps clear-signed mail under this one field; the first delimiter is the proof.
        boundary = _BOUNDARY.search(media_type)
        return boundary is not None and b"\n--" + (boundary[1] or boundary[2]) in opening[offset:]
    return len(mime) >= 2 and _MEDIA_TYPE.match(media_type) is not None
