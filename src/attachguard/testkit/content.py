"""What builders are given as content."""

from __future__ import annotations

Content = str | bytes


def octets(content: Content) -> bytes:
    """Content as bytes; text becomes UTF-8."""
    return content.encode() if isinstance(content, str) else content
