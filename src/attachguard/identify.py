"""What bytes are, whatever their name says: signatures and structure first."""

from __future__ import annotations

from attachguard.filetypes import filetype
from attachguard.model import FileType


def identify(data: bytes, name: str = "", declared: str | None = None, *, complete: bool = True) -> list[FileType]:
    """Every file type that the bytes satisfy, the best description first.

    Args:
        data: the content, or its head.
        name: file name, decoded; decides only where content is plain text.
        declared: media type that a header claims; never decides.
        complete: False when `data` is only the head of the content.
    """
    if data.startswith(b"PK\x03\x04"):
        return [filetype("zip")]
    return []
