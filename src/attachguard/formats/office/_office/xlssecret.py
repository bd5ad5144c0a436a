"""Encrypted workbooks ([MS-XLS] 2.2.10): opening the stream under known passwords, and whether what came out is a workbook.

The headers of all records, BOF and where each sheet begins stay in the clear, so structure alone proves nothing: a wrong key turns the contents of
the records into noise and leaves the rest. What the records of the globals may hold is known, though: switches are 0 or 1, the entry of a sheet has a
kind and a name as long as its record says, the code page exists. Each that fits makes chance less likely; the sum of that, in bits, is the proof.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from typing import Final

from attachguard.formats.office._office import crypt
from attachguard.model import Finding
from attachguard.part import Part

_FILEPASS: Final = 0x002F
_CODEPAGE: Final = 0x0042
_BOUNDSHEET: Final = 0x0085
_EOF: Final = 0x000A
#: Records that are never encrypted ([MS-XLS] 2.2.10), BOUNDSHEET apart, of which the first four bytes are clear.
_CLEAR: Final = frozenset({0x0809, 0x0409, _FILEPASS, 0x00E1, 0x0138, 0x0194, 0x0195, 0x0196})
#: Switches of the globals by record number, and how many values each may have: CalcPrecision, CalcIter, Protect, WinProtect, Date1904, Backup,
#: HideObj, Template, Prot4Rev, RefreshAll, UsesELFs, DSF.
_SWITCHES: Final = {
    0x000E: 2, 0x0011: 2, 0x0012: 2, 0x0019: 2, 0x0022: 2, 0x0040: 2, 0x008D: 3, 0x0060: 2, 0x01AF: 2, 0x01B7: 2, 0x0160: 2, 0x0161: 2,
}  # fmt: skip
#: Code pages that a workbook may name.
_CODE_PAGES: Final = frozenset(
    {367, 437, 720, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869, 874, 932, 936, 949, 950, 1200, 1250, 1251,
     1252, 1253, 1254, 1255, 1256, 1257, 1258, 1361, 10000, 10001, 10002, 10003, 10006, 10007, 10029, 10081, 32768, 32769}
)  # fmt: skip
#: Kinds of sheets: worksheet, macro sheet, chart, Visual Basic module ([MS-XLS] 2.4.28).
_SHEETS: Final = (0, 1, 2, 6)
_SHEET_BITS: Final = 24.0
#: What a record that does not fit takes away. Writers have their oddities, so one is no disproof.
_AGAINST: Final = 16.0
#: Bits of proof that a word needs: by chance one in four thousand million passes.
_PROOF: Final = 32.0
#: What the verifier of XOR obfuscation proves by itself ([MS-OFFCRYPTO] 2.3.7.1: fifteen bits of hash).
_VERIFIER_BITS: Final = 15.0
#: Bytes from the start within which the records of the globals are looked at.
_GLOBALS: Final = 1 << 16

Rebuild = Callable[[bytes], bytes]


def opened(part: Part, stream: bytes, info: bytes, rebuild: Rebuild) -> Iterator[Part | Finding]:
    """Try the words at pass on a workbook stream; gives the finding, and the readable workbook where one opened it.

    Args:
        part: the workbook.
        stream: its encrypted stream.
        info: the content of the record FILEPASS.
        rebuild: makes a file of the readable stream.
    """
    if len(info) < 6 or int.from_bytes(info[:2], "little") == 0:
        # BIFF 5 has key and verifier only, BIFF 8 puts the kind of encryption (0: XOR) before them ([MS-XLS] 2.4.117).
        scheme = crypt.xor_scheme(int.from_bytes(info[2:4] if len(info) < 6 else info[4:6], "little"))
    else:
        scheme = crypt.binary_scheme(info[2:])
    if not scheme.kind or len(stream) > crypt.MAXIMUM_SIZE:
        yield part.encrypted("unknown-password", f"Excel: {scheme.name}")
        return
    yield from crypt.first_that_opens(part, f"Excel: {scheme.name}", lambda word: _open(stream, scheme, word, rebuild))


def _open(stream: bytes, scheme: crypt.Scheme, password: str, rebuild: Rebuild) -> bytes | None:
    """The readable workbook; None for a wrong password."""
    verified = crypt.verify(scheme, password)
    if scheme.kind == "xor":
        # Half a word's hash is all that the file has of the password.
        sure = verified and proof(_clear_stream(stream[:_GLOBALS], scheme, password)) + _VERIFIER_BITS >= _PROOF
    else:
        # The verifier may be wrong where the password is right.
        sure = verified or proof(_clear_stream(stream[:_GLOBALS], scheme, password)) >= _PROOF
    return rebuild(_clear_stream(stream, scheme, password)) if sure else None


def _clear_stream(stream: bytes, scheme: crypt.Scheme, password: str) -> bytes:
    """The workbook stream without encryption and without its FILEPASS record."""
    if scheme.kind == "xor":
        clear = bytearray(stream)
        key = crypt.xor_key(password)
    else:
        # The key stream runs over the whole stream, over what is not encrypted too, and is renewed every 1024 bytes ([MS-XLS] 2.2.10).
        clear = bytearray(crypt.decrypt(scheme, password, stream, block_size=1024))
    place = 0
    size = len(stream) if len(clear) == len(stream) else 0
    while place + 4 <= size:
        number, length = struct.unpack_from("<HH", stream, place)
        start, end = place + 4, min(place + 4 + length, size)
        clear[place:start] = stream[place:start]
        skipped = end if number in _CLEAR else start + 4 if number == _BOUNDSHEET else start
        skipped = min(skipped, end)
        clear[start:skipped] = stream[start:skipped]
        if number == _FILEPASS:
            clear[place : place + 2] = b"\0\0"
        elif scheme.kind == "xor" and skipped < end:
            clear[skipped:end] = crypt.unxor(stream[skipped:end], key, start + length + skipped - start)
        place = end
    return bytes(clear)


def proof(stream: bytes) -> float:
    """How sure it is that a stream is a readable workbook, in bits; below zero where it contradicts itself.

    Args:
        stream: its beginning, decrypted.
    """
    bits = 0.0
    modern = stream[4:6] == b"\x00\x06"
    place = depth = 0
    while place + 4 <= len(stream):
        number, length = struct.unpack_from("<HH", stream, place)
        content = stream[place + 4 : place + 4 + length]
        if number in (0x0809, 0x0409):
            depth += 1
        elif number == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif number == _BOUNDSHEET and len(content) == length:
            bits += _SHEET_BITS if _is_sheet(stream, content, modern=modern) else -_AGAINST
        elif length == 2 and len(content) == 2:
            value = int.from_bytes(content, "little")
            if number in _SWITCHES:
                bits += 16 - math.log2(_SWITCHES[number]) if value < _SWITCHES[number] else -_AGAINST
            elif number == _CODEPAGE:
                bits += 10 if value in _CODE_PAGES else -_AGAINST
        place += 4 + length
    return bits


def _is_sheet(stream: bytes, content: bytes, *, modern: bool) -> bool:
    """Whether the entry of a sheet makes sense: where it begins there is one, its kind exists, its name fills the record."""
    if len(content) < 8:
        return False
    (begins,) = struct.unpack_from("<I", content)
    if begins + 2 <= len(stream) and stream[begins : begins + 2] not in (b"\x09\x08", b"\x09\x04"):
        return False
    hidden, kind, count = content[4] & 3, content[5], content[6]
    if hidden == 3 or kind not in _SHEETS or not 1 <= count <= 31:
        return False
    if not modern:
        return len(content) == 7 + count
    return content[7] in (0, 1) and len(content) == 8 + count * (1 + content[7])
