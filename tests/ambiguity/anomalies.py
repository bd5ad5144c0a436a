"""Random messages, and anomalies that can be put into any of them: each leaves somebody who still sees the attachment."""

from __future__ import annotations

import re
from collections.abc import Callable

from hypothesis import strategies as st

from tests.ambiguity.build import LETTER, PROGRAM, head, lines, qp

_ENCODING = re.compile(rb"(?im)^content-transfer-encoding:[ ]*[a-z0-9-]+\r\n")
_TYPE = re.compile(rb"(?im)^content-type:[^\r\n]*\r\n")
_FIELD = re.compile(rb"(?im)^(?:content-(?:type|transfer-encoding|disposition)):[^\r\n]*\r\n")
_BOUNDARY = re.compile(rb"(?i)(?<=; )boundary=[a-z0-9-]+(?=\r\n)")
_DELIMITER = re.compile(rb"(?m)^--[a-z]+-[0-9]+\r\n(?=content-)", re.IGNORECASE)
_BASE64 = re.compile(rb"(?m)^[A-Za-z0-9+/]{76}\r\n")
_BODY = re.compile(rb"\r\n\r\n(?=--)")


def _before(piece: bytes) -> Callable[[bytes], bytes]:
    return lambda found: piece + found


def _behind(piece: bytes) -> Callable[[bytes], bytes]:
    return lambda found: found + piece


def _at_the_end(piece: bytes) -> Callable[[bytes], bytes]:
    return lambda found: found.removesuffix(b"\r\n") + piece + b"\r\n"


def _value(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def changed(found: bytes) -> bytes:
        name, _, value = found.removesuffix(b"\r\n").partition(b": ")
        return name + b": " + change(value) + b"\r\n"

    return changed


#: Name of the anomaly: where it may stand, and what it makes of what stands there.
ANOMALIES: dict[str, tuple[re.Pattern[bytes], Callable[[bytes], bytes]]] = {
    "encoding twice, first wins": (_ENCODING, _behind(b"Content-Transfer-Encoding: 7bit\r\n")),
    "encoding twice, last wins": (_ENCODING, _before(b"Content-Transfer-Encoding: 8bit\r\n")),
    "unknown encoding in front": (_ENCODING, _before(b"Content-Transfer-Encoding: x-none\r\n")),
    "comment behind": (_ENCODING, _at_the_end(b" (x)")),
    "comment in front": (_ENCODING, _value(lambda value: b"(x) " + value)),
    "quoted token": (_ENCODING, _value(lambda value: b'"' + value + b'"')),
    "NUL behind": (_ENCODING, _at_the_end(b"\0")),
    "NUL in front": (_ENCODING, _value(lambda value: b"\0" + value)),
    "encoded token": (_ENCODING, _value(lambda value: b"=?us-ascii?Q?" + value + b"?=")),
    "list of tokens": (_ENCODING, _at_the_end(b", 7bit")),
    "type twice, first wins": (_TYPE, _behind(b"Content-Type: text/plain\r\n")),
    "type twice, last wins": (_TYPE, _before(b"Content-Type: text/html\r\n")),
    "comment in type": (_TYPE, _value(lambda value: b"(x) " + value)),
    "NUL field": (_FIELD, _before(b"X-A: \0\r\n")),
    "blank before colon": (_FIELD, lambda found: found.replace(b":", b" :", 1)),
    "folded behind colon": (_FIELD, lambda found: found.replace(b": ", b":\r\n\t", 1)),
    "junk line": (_FIELD, _before(b"junk\r\n")),
    "blank line with space": (_FIELD, _before(b"X-A: b\r\n \r\n")),
    "return in front": (_FIELD, _before(b"X-A: b\r")),
    "line feed, return": (_FIELD, _before(b"X-A: b\n\r")),
    "nameless field": (_FIELD, _before(b": x\r\n")),
    "eight bits": (_FIELD, _before(b"X-A: \xe4\xff\r\n")),
    "mixed case": (_FIELD, lambda found: found[:7].upper() + found[7:12].lower() + found[12:]),
    "boundary twice, first wins": (_BOUNDARY, _behind(b"; boundary=foo")),
    "boundary twice, last wins": (_BOUNDARY, _before(b"boundary=foo; ")),
    "boundary in pieces, too": (_BOUNDARY, _behind(b"; boundary*0=f; boundary*1=oo")),
    "boundary with comment": (_BOUNDARY, _behind(b"(foo)")),
    "boundary half quoted": (_BOUNDARY, lambda found: found.replace(b"=", b'="')),
    "boundary with blanks": (_BOUNDARY, lambda found: found.replace(b"=", b'=" ') + b' "'),
    "boundary cut by NUL": (_BOUNDARY, lambda found: found.replace(b"=", b'="') + b'\0x"'),
    "delimiter goes on": (_DELIMITER, _at_the_end(b"x")),
    "delimiter with text": (_DELIMITER, _at_the_end(b" text")),
    "delimiter indented": (_DELIMITER, _before(b" ")),
    "delimiter and return": (_DELIMITER, lambda found: found[:-1]),
    "closed before": (_DELIMITER, lambda found: found[:-2] + b"--\r\n" + found),
    "text in front of parts": (_BODY, _behind(b"Vorspann\r\n")),
    "foreign characters": (_BASE64, lambda found: b"!".join(found[at : at + 4] for at in range(0, 80, 4))),
    "blanks in base64": (_BASE64, lambda found: b" ".join(found[at : at + 5] for at in range(0, 80, 5))),
}


def apply(message: bytes, name: str, pick: int) -> bytes:
    """A message with an anomaly at one of the places that it fits, or as it was where there is none."""
    pattern, change = ANOMALIES[name]
    places = list(pattern.finditer(message))
    if not places:
        return message
    place = places[pick % len(places)]
    return message[: place.start()] + change(place[0]) + message[place.end() :]


def _leaf(draw: st.DrawFn, content: bytes) -> bytes:
    encode, token = draw(st.sampled_from([(lines, b"base64"), (qp, b"quoted-printable")]))
    name = draw(st.sampled_from([b"; filename=unterlagen.bin", b'; filename="alle unterlagen.bin"', b""]))
    return (
        b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment" + name + b"\r\n"
        b"Content-Transfer-Encoding: " + token + b"\r\n\r\n" + encode(content)
    )


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A message with a program somewhere in it: as its body, or in multiparts and forwarded messages three levels deep at most."""
    body = _leaf(draw, PROGRAM)
    for level in range(draw(st.integers(0, 3))):
        if draw(st.booleans()) and level:
            body = b"Content-Type: message/rfc822\r\n\r\n" + head(b"").removesuffix(b"\r\n") + body
        others = draw(st.lists(st.sampled_from([b"text", b"note"]), max_size=2))
        parts = [
            _leaf(draw, LETTER) if other == b"note" else b"Content-Type: text/plain\r\n\r\n" + LETTER
            for other in others
        ]
        parts.insert(draw(st.integers(0, len(parts))), body)
        boundary = b"Grenze-%d" % level
        kind = draw(st.sampled_from([b"mixed", b"alternative", b"related"]))
        body = b"Content-Type: multipart/" + kind + b"; boundary=" + boundary + b"\r\n\r\n"
        body += b"".join(b"--" + boundary + b"\r\n" + each + b"\r\n" for each in parts) + b"--" + boundary + b"--\r\n"
    return head(b"").removesuffix(b"\r\n") + body
