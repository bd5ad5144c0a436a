"""Withholding changes the withheld part and not one octet more, whatever the message is made of."""

from __future__ import annotations

import base64
import email
import email.policy
import quopri

import pytest

from attachguard import Envelope, Policy, Rules, Scanner

PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)
ENVELOPE = Envelope(sender="a@example.org", recipients=("stadt@example.net",), sender_valid=True)
HEAD = b"Received: from a by b\nFrom: =?utf-8?Q?J=C3=B6rg?= <a@example.org>\nTo: stadt@example.net\nSubject:  odd   blanks \nX-Folded: a\n\tb\nMIME-Version: 1.0\n"
NAMED = b"Content-Type: image/png; name=bild.png\nContent-Disposition: attachment;\n filename=bild.png\n"

BODIES = {
    "7bit": b"Guten Tag\n-- \nGruss",
    "8bit": "Grüße, Straße".encode("latin-1"),
    "binary": b"a lone \r return, a NUL \0 and \xff\xfe",
    "quoted-printable": quopri.encodestring("Grüße =20  ".encode()) + b"soft=\nbreak",
    "base64": base64.encodebytes(b"Guten Tag" * 20),
    "x-unknown": b"whatever it is",
    "BASE64 ": b"R3V0ZW4g\n\n  VGFn====\n",
}
PICTURES = {
    "base64": base64.encodebytes(PNG),
    "quoted-printable": quopri.encodestring(PNG, quotetabs=True),
    "binary": PNG,
}


@pytest.fixture(scope="module")
def scanner(tmp_path_factory):
    path = tmp_path_factory.mktemp("identity") / "t.toml"
    path.write_text(
        '[policy]\nid = "t"\nversion = "1"\n[types]\naccept = ["txt", "pdf"]\n[[rule]]\ncode = "type-not-allowed"\naction = "withhold"\n'
    )
    return Scanner(Policy.load(path), rules=Rules.empty(), rewrite=True)


def part(kind: str, encoding: str, body: bytes, more: bytes = b"") -> bytes:
    return f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n".encode() + more + b"\n" + body


def text(encoding: str = "8bit") -> bytes:
    return part("text/plain; charset=iso-8859-1", encoding, BODIES[encoding])


def picture(encoding: str = "base64") -> bytes:
    return NAMED + f"Content-Transfer-Encoding: {encoding}\n\n".encode() + PICTURES[encoding]


def multi(
    kind: str, boundary: str, *parts: bytes, preamble: bytes = b"", epilogue: bytes = b"", close: bool = True
) -> bytes:
    mark = f"--{boundary}".encode()
    middle = b"".join(b"\n" + mark + b"\n" + each for each in parts)
    end = b"\n" + mark + b"--\n" + epilogue if close else b""
    return f'Content-Type: multipart/{kind};\n boundary="{boundary}"\n'.encode() + b"\n" + preamble + middle + end


def wired(message: bytes, newline: str) -> bytes:
    """With this line end, but for what is binary."""
    if newline == "LF":
        return message
    return message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def assert_only_the_picture_went(scanner, message: bytes) -> None:
    """Everything in front of the picture's header and behind its last octet is in the copy as it was."""
    report = scanner.scan(message, kind="message", envelope=ENVELOPE)
    told = [(each.code, each.part, each.action.value) for each in report.findings]
    assert report.verdict.action.value == "withhold", told
    begin = message.index(b"Content-Type: image/png")
    end = report_end(message, begin)
    copy = report.sanitized
    assert copy is not None, told
    assert copy.startswith(message[:begin])
    assert copy.endswith(message[end:])
    middle = copy[begin : len(copy) - len(message[end:])]
    assert b"bild.png" not in middle.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    assert b"PNG" not in middle
    leaves = [
        each for each in email.message_from_bytes(copy, policy=email.policy.default).walk() if not each.is_multipart()
    ]
    assert "image/png" not in [leaf.get_content_type() for leaf in leaves]


def report_end(message: bytes, begin: int) -> int:
    """Where the picture ends: in front of the line break that belongs to the next delimiter, or at the end of the message."""
    found = [place for place in (message.find(b"\n--B", begin), message.find(b"\n--C", begin)) if place >= 0]
    if not found:
        return len(message)
    end = min(found)
    return end - 1 if message[end - 1 : end] == b"\r" else end


@pytest.mark.parametrize("newline", ["CRLF", "LF"])
@pytest.mark.parametrize("encoding", BODIES)
def test_a_text_of_every_transfer_encoding_stays_beside_the_picture(scanner, encoding, newline):
    body = part("text/plain; charset=iso-8859-1", encoding, BODIES[encoding])
    assert_only_the_picture_went(scanner, wired(HEAD + multi("mixed", "B", body, picture(), text("7bit")), newline))


@pytest.mark.parametrize("encoding", PICTURES)
def test_a_picture_of_every_transfer_encoding_goes(scanner, encoding):
    assert_only_the_picture_went(scanner, HEAD + multi("mixed", "B", text("7bit"), picture(encoding), text()))


@pytest.mark.parametrize("newline", ["CRLF", "LF"])
@pytest.mark.parametrize("place", ["first", "last"])
def test_the_picture_may_stand_first_or_last(scanner, place, newline):
    parts = (picture(), text()) if place == "first" else (text(), picture())
    assert_only_the_picture_went(
        scanner, wired(HEAD + multi("mixed", "B", *parts, preamble=b"pre", epilogue=b"epi\n"), newline)
    )


@pytest.mark.parametrize("newline", ["CRLF", "LF"])
def test_in_a_multipart_in_a_multipart(scanner, newline):
    inner = multi("mixed", "C", text(), picture(), text("7bit"))
    outer = multi(
        "mixed", "B", multi("alternative", "A", text("7bit"), part("text/html", "7bit", b"<p>x</p>")), inner, text()
    )
    assert_only_the_picture_went(scanner, wired(HEAD + outer, newline))


def test_beside_an_attached_message(scanner):
    attached = part(
        "message/rfc822", "8bit", b"Subject: inner\nMIME-Version: 1.0\n" + multi("mixed", "D", text("7bit"))
    )
    assert_only_the_picture_went(scanner, HEAD + multi("mixed", "B", text("7bit"), attached, picture(), text()))


@pytest.mark.parametrize("newline", ["CRLF", "LF"])
def test_a_missing_close_delimiter_hides_nothing(scanner, newline):
    message = wired(HEAD + multi("mixed", "B", text("7bit"), picture(), close=False), newline)
    copy = scanner.scan(message, kind="message", envelope=ENVELOPE).sanitized
    assert copy is None or (
        b"iVBOR" not in copy and copy.startswith(message[: message.index(b"Content-Type: image/png")])
    )


@pytest.mark.parametrize("newline", ["CRLF", "LF"])
def test_a_mail_that_is_the_picture_keeps_its_other_fields(scanner, newline):
    message = wired(HEAD.replace(b"MIME-Version: 1.0\n", b"") + b"MIME-Version: 1.0\n" + picture() + b"\n", newline)
    copy = scanner.scan(message, kind="message", envelope=ENVELOPE).sanitized
    fields = message[: message.index(b"MIME-Version")]
    assert copy.startswith(fields)
    assert b"iVBOR" not in copy
    read = email.message_from_bytes(copy, policy=email.policy.default)
    assert read.get_content_type() == "text/plain"
    assert "bild.png" in read.get_content()
    assert (b"\r\n" in copy) == (newline == "CRLF")


def test_a_second_withholding_finds_nothing_more_to_take(scanner):
    message = HEAD + multi("mixed", "B", text("7bit"), picture(), text())
    once = scanner.scan(message, kind="message", envelope=ENVELOPE).sanitized
    again = scanner.scan(once, kind="message", envelope=ENVELOPE)
    assert again.verdict.action.delivers
    assert again.sanitized is None
