"""Messages whose content is not in them: one piece of several, or a reference; in every way that the type may be written."""

from __future__ import annotations

from collections.abc import Iterator

from tests.ambiguity.build import LETTER, Case, cte, head, lines, multipart, note, part

#: Values of Content-Type.
TYPES = {
    "partial": b"message/partial; id=x; number=1; total=2", "partial-upper-case": b"MESSAGE/Partial; id=x; number=1",
    "partial-comment": b"message/partial (first); id=x", "partial-comment-first": b"(first) message/partial; id=x", "partial-comment-inside": b"message/(x)partial; id=x",
    "partial-blanks": b"message / partial; id=x", "partial-quoted": b'"message/partial"; id=x', "partial-no-semicolon": b"message/partial id=x",
    "partial-folded": b"\r\n message/partial;\r\n\tid=x", "partial-folded-inside": b"message/\r\n partial; id=x", "partial-nul": b"message/par\0tial; id=x",
    "partial-encoded-word": b"=?us-ascii?Q?message/partial?=; id=x", "partial-list": b"text/plain, message/partial; id=x",
    "partial-second": b"text/plain\r\nContent-Type: message/partial; id=x", "partial-first": b"message/partial; id=x\r\nContent-Type: text/plain",
    "external-body": b'message/external-body; access-type=URL; URL="http://example.org/x"', "external-body-upper-case": b"Message/EXTERNAL-BODY; access-type=anon-ftp",
    "external-body-comment": b"message/external-body (there); access-type=local-file", "external-body-blanks": b"message /external-body; access-type=URL",
    "external-body-no-parameters": b"message/external-body",
}  # fmt: skip


def fragments() -> Iterator[Case]:
    """Pieces and references, at the top of a message and in every place inside; their twins only speak of them."""
    speaks = multipart(note(LETTER + b"Content-Type: message/partial; id=x\r\n", encoding=cte(b"7bit")))
    for name, value in TYPES.items():
        kind = b"Content-Type: " + value + b"\r\n"
        body = b"Content-Type: application/octet-stream\r\nContent-ID: <a@example.org>\r\n\r\nabc\r\n"
        message = head(kind) + body
        yield Case(f"{name}", message, speaks)
        yield Case(f"{name}-in-part", multipart(kind + b"\r\n" + body), speaks)
        yield Case(f"{name}-encoded", multipart(kind + cte(b"base64") + b"\r\n" + lines(body)), speaks)
        yield Case(f"{name}-forwarded", multipart(b"Content-Type: message/rfc822\r\n\r\n" + message), speaks)
        attached = b"Content-Disposition: attachment; filename=x.eml\r\n"
        yield Case(f"{name}-attached", multipart(part(lines(message), shown=attached)), speaks)
        digest = head(b"Content-Type: multipart/digest; boundary=b\r\n") + b"--b\r\n\r\n" + message + b"\r\n--b--\r\n"
        yield Case(f"{name}-in-digest", digest, speaks)
