"""What can be said of content that nothing recognises: whether it looks like noise, as encrypted volumes without a header do."""

from __future__ import annotations

import zlib
from typing import Final

_NOT_LOOKED_UP: Final = "no known signature or structure; too many of the kind to look further"
_PLAIN: Final = "no known signature or structure"
#: Less than this many bytes can look like anything; more than so many need not be tried.
_LEAST: Final = 512
_SAMPLE: Final = 1 << 15


def describe(data: bytes, *, looked_up: bool = True) -> str:
    """The detail of `type-unknown`; samples from the beginning and the middle that do not shrink are reported as high entropy.

    Args:
        data: the content.
        looked_up: whether libmagic was asked as well, which is done for so many parts of a message only.
    """
    if not looked_up:
        return _NOT_LOOKED_UP
    if len(data) < _LEAST:
        return _PLAIN
    middle = len(data) // 2
    samples = (data[:_SAMPLE], data[middle : middle + _SAMPLE])
    if any(len(zlib.compress(sample, 1)) < len(sample) for sample in samples):
        return _PLAIN
    return f"{_PLAIN}, high entropy: encrypted or compressed in a way that leaves no mark"
