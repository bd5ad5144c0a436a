"""The last bytes of a broken compressed stream, up to the break.

The libraries keep back what they decoded in the very call that fails, so the stream is decoded again in small calls. To begin with the smallest would
take seconds where an archive holds thousands of short broken streams: the break is closed in on, by what goes in and by what comes out.

Why our own: no library gives what it has decoded before the error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Protocol

Data = bytes | memoryview

_INPUT_STEP: Final = 1 << 16
_OUTPUT_STEP: Final = 1 << 20
#: Bytes that go in and come out in one call, beyond what is known to be sound: of a stream that is decoded again in no time, and of a long one.
_CLOSING_IN: Final = ((64, _OUTPUT_STEP), (1, 512), (1, 4))
_AT_ONCE: Final = ((1, 1024),)
#: A stream that gave more than this is a long one.
_LONG: Final = 4 << 20


class Decoder(Protocol):
    """What `bz2.BZ2Decompressor` and `lzma.LZMADecompressor` have in common."""

    @property
    def eof(self) -> bool:
        """Whether the end of the stream was reached."""

    @property
    def needs_input(self) -> bool:
        """Whether output waits for more input."""

    @property
    def unused_data(self) -> bytes:
        """What followed the end."""

    def decompress(self, data: Data, max_length: int = -1) -> bytes:
        """At most `max_length` bytes of output."""


Make = Callable[[], Decoder]


def salvaged(
    make: Make, view: memoryview, begun: int, given: int, errors: tuple[type[Exception], ...]
) -> Iterator[bytes]:
    """What a broken stream gives after what is known of it.

    Args:
        make: makes a fresh decoder.
        view: the stream.
        begun: where the input of the call that failed begins.
        given: how much is known already.
        errors: what a decoder raises where the stream is broken.
    """
    held: list[bytes] = []
    size = safe = 0
    for feed, most in _CLOSING_IN if given < _LONG else _AT_ONCE:
        decoder = make()
        position = total = last = 0
        try:
            while not decoder.eof and (position < len(view) or not decoder.needs_input):
                pending: Data = b""
                if decoder.needs_input:
                    last = position
                    pending = view[
                        position : min(begun, position + _INPUT_STEP) if position < begun else position + feed
                    ]
                    position += len(pending)
                piece = decoder.decompress(pending, safe - total if total < safe else most)
                total += len(piece)
                if total > given and piece:
                    held.append(piece[max(0, len(piece) - (total - given)) :])
                    size += len(held[-1])
                    given = total
                    if size >= _OUTPUT_STEP:
                        yield b"".join(held)
                        held, size = [], 0
            break
        except errors:
            begun, safe = max(begun, last), max(safe, total)
    if held:
        yield b"".join(held)
