"""What is kept of compressed streams that are broken."""

import bz2
import lzma
import random
import zlib

import pytest

from attachguard.errors import Malformed
from attachguard.readers.packed.decoders import drain
from attachguard.readers.packed.inflate import inflate
from attachguard.readers.packed.salvage import salvaged

TEXT = random.Random(1).randbytes(20_000).hex().encode()


def kept(pieces) -> bytes:
    """What came out before the error."""
    found = []
    with pytest.raises(Malformed):
        found.extend(pieces)
    return b"".join(found)


def test_a_broken_deflate_stream_gives_what_stands_before_the_break():
    """No block has type 3, and isal and zlib keep back all that they decoded before they met it."""
    packer = zlib.compressobj(9, wbits=-15)
    sound = packer.compress(TEXT) + packer.flush(zlib.Z_FULL_FLUSH)
    assert kept(inflate(sound + b"\xff" * 40)) == TEXT


@pytest.mark.parametrize(
    ("pack", "make"), [(bz2.compress, bz2.BZ2Decompressor), (lzma.compress, lzma.LZMADecompressor)]
)
def test_a_stream_with_a_wrong_checksum_gives_its_content(pack, make):
    """It stands at the end, after all that was decoded."""
    packed = pack(TEXT)
    at = len(packed) - (4 if pack is bz2.compress else 26)
    found = kept(drain(make, packed[:at] + bytes(4) + packed[at + 4 :], "x"))
    assert TEXT.startswith(found)
    assert len(found) > len(TEXT) - 4


def test_a_break_is_found_in_few_calls():
    """A call for every byte would take seconds where there are thousands of short streams."""
    calls = []

    class Counting:
        """A decoder that notes how often it is called."""

        def __init__(self):
            self.inner = lzma.LZMADecompressor()

        def __getattr__(self, name):
            return getattr(self.inner, name)

        def decompress(self, data, max_length=-1):
            calls.append(len(data))
            return self.inner.decompress(data, max_length)

    packed = lzma.compress(TEXT)
    data = memoryview(packed[:-40] + bytes(40))
    assert b"".join(salvaged(Counting, data, 0, 0, (lzma.LZMAError,)))
    assert len(calls) < 1500
