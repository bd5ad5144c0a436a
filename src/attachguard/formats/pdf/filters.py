"""Decodes PDF stream filters within bounds (ISO 32000-2, 7.4).

Why our own: for safety: each step has a limit of output, whatever the stream says of its size. Image codecs are left
encoded: what they hold is pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from attachguard._core import pdffilters
from attachguard.errors import Malformed
from attachguard.formats.pdf.syntax import hexadecimal
from attachguard.readers.packed.inflate import ZLIB, inflate, inflate_up_to

#: Filters applied to one stream; longer chains are only built to exhaust.
_CHAIN: Final = 8
#: Output of the filters that are decoded in one go.
_WHOLE: Final = 32 << 20
#: Inline-image abbreviations (table 92) are met in stream dictionaries too.
_ABBREVIATIONS: Final = {
    "Fl": "FlateDecode",
    "LZW": "LZWDecode",
    "A85": "ASCII85Decode",
    "AHx": "ASCIIHexDecode",
    "RL": "RunLengthDecode",
}

Step = tuple[str, dict[str, Any]]


class Undecodable(Malformed):
    """A stream whose filter is not one of those that hold general data, or whose chain is too long."""


def decode(raw: bytes | memoryview, steps: list[Step]) -> Iterator[bytes]:
    """The decoded stream, in pieces.

    Args:
        raw: the encoded bytes.
        steps: filter names and their parameters, in the order they are to be undone.

    Raises:
        Undecodable: a filter that is not known here.
        Malformed: broken deflate data, after what could be decoded.
    """
    if len(steps) > _CHAIN:
        raise Undecodable(f"stream with more than {_CHAIN} filters")
    if not steps:
        yield bytes(raw)
        return
    for kind, parameters in steps[:-1]:
        raw = _whole(raw, kind, parameters, _WHOLE)
    kind, parameters = steps[-1]
    if _ABBREVIATIONS.get(kind, kind) == "FlateDecode" and not _predictor(parameters):
        yield from inflate(raw, wbits=ZLIB)
    else:
        yield _whole(raw, kind, parameters, _WHOLE)


def decode_up_to(raw: bytes | memoryview, steps: list[Step], limit: int) -> bytes:
    """The first `limit` bytes of the decoded stream, or what there is of them; broken data gives what came before the break.

    Raises:
        Undecodable: a filter that is not known here.
    """
    if len(steps) > _CHAIN:
        raise Undecodable(f"stream with more than {_CHAIN} filters")
    for kind, parameters in steps:
        raw = _whole(raw, kind, parameters, max(limit, _WHOLE))
    return bytes(raw[:limit])


def _whole(raw: bytes | memoryview, kind: str, parameters: dict[str, Any], limit: int) -> bytes:
    kind = _ABBREVIATIONS.get(kind, kind)
    if kind == "FlateDecode":
        data = inflate_up_to(raw, limit, wbits=ZLIB)
        return _undo_predictor(data, parameters)
    if kind == "LZWDecode":
        early = parameters.get("EarlyChange", 1)
        return _undo_predictor(pdffilters.lzw(bytes(raw), limit, 0 if early == 0 else 1), parameters)
    if kind == "ASCIIHexDecode":
        digits = bytes(raw).partition(b">")[0]
        return hexadecimal(digits)[:limit]
    if kind == "ASCII85Decode":
        return pdffilters.ascii85(bytes(raw[2:] if raw[:2] == b"<~" else raw), limit)
    if kind == "RunLengthDecode":
        return pdffilters.run_length(bytes(raw), limit)
    if kind == "Crypt":
        return bytes(raw)  # only the Identity filter can be read here; the others are decrypted before
    raise Undecodable(f"stream filter {kind[:40]!a}")


def _predictor(parameters: dict[str, Any]) -> int:
    value = parameters.get("Predictor", 1)
    return value if isinstance(value, int) and value > 1 else 0


def _undo_predictor(data: bytes, parameters: dict[str, Any]) -> bytes:
    """Undo the PNG "none" and "up" predictors (7.4.4.4), the ones in use for anything but images."""
    predictor = _predictor(parameters)
    if predictor < 10:
        return data
    width = [parameters.get(key, default) for key, default in (("Colors", 1), ("BitsPerComponent", 8), ("Columns", 1))]
    if not all(isinstance(value, int) and 0 < value < 1 << 20 for value in width):
        return data
    row = (width[0] * width[1] * width[2] + 7) // 8
    if row > 1 << 20:
        return data
    return pdffilters.undo_up(data, row)
