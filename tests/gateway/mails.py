"""Mails whose attachment makes `actions.toml` take one action each."""

from __future__ import annotations

FILES = {
    "deliver": ("brief.txt", b"Sehr geehrte Damen und Herren\r\n"),
    "flag": ("ton.wav", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\0\0\0\0"),
    "withhold": ("bild.gif", b"GIF89a\x01\0\x01\0\0\0\0;"),
    "quarantine": ("bild.png", bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55")),
    "reject": ("bild.bmp", b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0" + bytes(28)),
    "discard": ("brief.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"),
    "defer": ("brief.rtf", b"{\\rtf1\\ansi Guten Tag}"),
}  # fmt: skip


def mail(name: str, content: bytes, subject: str = "Antrag", header: bytes = b"") -> bytes:
    """A mail with one attachment."""
    from base64 import encodebytes

    attached = encodebytes(content).replace(b"\n", b"\r\n")
    return (
        header
        + f"From: a@example.org\r\nTo: b@example.net\r\nSubject: {subject}\r\nDate: Mon, 30 Nov 2026 10:00:00 +0000\r\n".encode()
        + b"Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=B\r\n\r\n"
        + b"--B\r\nContent-Type: text/plain\r\n\r\nGuten Tag\r\n"
        + f'--B\r\nContent-Type: application/octet-stream; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'.encode()
        + attached
        + b"--B--\r\n"
    )


def for_action(action: str, **given) -> bytes:
    """The mail that gets it."""
    return mail(*FILES[action], **given)
