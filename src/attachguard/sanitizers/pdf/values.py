"""Values of a PDF as text and bytes, whatever is in them."""

from __future__ import annotations

from typing import Any

from attachguard.sanitizers.record import Work


def name_of(value: Any) -> str:
    """A name or string as text; empty where its bytes are not text."""
    try:
        return str(value)
    except UnicodeDecodeError:
        return ""


def spelled(key: str) -> bool:
    """Whether the library takes a key that it has given."""
    try:
        key.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def bytes_of(value: Any, work: Work) -> bytes:
    """The content of a stream or string, for the record."""
    import pikepdf

    if isinstance(value, pikepdf.Stream):
        try:
            content: bytes = value.read_bytes()
        except (RuntimeError, ValueError, TypeError):
            content = value.read_raw_bytes()
        work.budget.charge(len(content))
        return content
    if isinstance(value, (pikepdf.Dictionary, pikepdf.Array)):
        return b""
    return bytes(value) if not isinstance(value, (int, float, bool, str)) and value is not None else str(value).encode()
