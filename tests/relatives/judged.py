"""What the built-in policies say of a file: the questions that every table of relatives asks."""

from __future__ import annotations

import base64

from attachguard import Policy, Scanner

SCANNERS = {name: Scanner(Policy.load(name)) for name in ("strict", "kaiserslautern", "leverkusen")}
DELIVERED = ("deliver", "flag")


def action(data: bytes, name: str, policy: str = "strict") -> str:
    return SCANNERS[policy].scan(data, name=name).verdict.action.value


def kinds(data: bytes, name: str) -> set[str]:
    return {finding.kind or finding.code for finding in SCANNERS["strict"].scan(data, name=name).findings}


def refused(data: bytes, name: str) -> bool:
    return action(data, name) not in DELIVERED


def delivered(data: bytes, name: str) -> bool:
    """Whether `strict` hands the file on and no city drops it without a word."""
    return action(data, name) in DELIVERED and all(
        action(data, name, city) != "discard" for city in ("kaiserslautern", "leverkusen")
    )


def mail(*parts: tuple[str, bytes], boundary: str = "grenze") -> bytes:
    """A mail with a short text and these parts, each its header fields and its body as it stands there."""
    edge = b"\r\n--" + boundary.encode()
    made = (
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@example.org>\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="' + boundary.encode() + b'"\r\n'
        + edge + b"\r\nContent-Type: text/plain\r\n\r\nGuten Tag\r\n"
    )  # fmt: skip
    for fields, body in parts:
        made += edge + b"\r\n" + fields.encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body
    return made + edge + b"--\r\n"


def attached(name: str, content: bytes, media: str = "application/octet-stream") -> tuple[str, bytes]:
    fields = f'Content-Type: {media}; name="{name}"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="{name}"'
    return fields, base64.encodebytes(content).replace(b"\n", b"\r\n")
