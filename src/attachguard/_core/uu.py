"""Lines of uuencoded files (POSIX.1-2017 `uuencode`), and of their base64 form.

Line by line in Python a text of short lines takes seconds a file; what such lines claim to hold may be twenty times as long as they are.
"""

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

#: Longer lines than this end a file.
_MAX_LINE = 1200
#: Characters after the data of a line, a checksum, that are passed over.
_CHECKSUM = 8
_STEP = 1 << 16


@cython.cfunc
@cython.exceptval(-2)
def _line_end(source: cython.const[cython.uchar][::1], at: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where the next line starts; -1 if this one is too long."""
    size: cython.Py_ssize_t = len(source)
    stop: cython.Py_ssize_t = min(size, at + _MAX_LINE)
    place: cython.Py_ssize_t = at
    while place < stop:
        if source[place] == 10:
            return place + 1
        place += 1
    return -1 if size - at > _MAX_LINE else size


@cython.cfunc
@cython.exceptval(-2)
def _text_end(
    source: cython.const[cython.uchar][::1], at: cython.Py_ssize_t, stop: cython.Py_ssize_t
) -> cython.Py_ssize_t:
    """Where a line's text ends, its line end left out."""
    while stop > at and (source[stop - 1] == 10 or source[stop - 1] == 13):
        stop -= 1
    return stop


def decode(data: bytes, at: int, most: int) -> tuple[bytes, bool, int]:
    """Decode lines up to `end`, or to one that is no line of data.

    Args:
        data: the text.
        at: where the first line starts.
        most: octets of content after which no further line is decoded.

    Returns:
        The content; whether a line was as long as it says, or `end` was met; where the text goes on.
    """
    source: cython.const[cython.uchar][::1] = data
    size: cython.Py_ssize_t = len(source)
    place: cython.Py_ssize_t = at
    most_octets: cython.Py_ssize_t = most
    stop: cython.Py_ssize_t
    end: cython.Py_ssize_t
    body: cython.Py_ssize_t
    number: cython.Py_ssize_t
    count: cython.Py_ssize_t
    left: cython.Py_ssize_t
    written: cython.Py_ssize_t
    used: cython.Py_ssize_t = 0
    total: cython.Py_ssize_t = 0
    bits: cython.uint
    held: cython.int
    byte: cython.int
    sure: cython.bint = False
    ok: cython.bint
    kept: list = []
    chunk = bytearray(_STEP)
    target: cython.uchar[::1] = chunk
    while place < size and total < most_octets:
        stop = _line_end(source, place)
        if stop < 0:
            break
        end = _text_end(source, place, stop)
        if end == place:
            place = stop
            continue
        if end - place == 3 and source[place] == 101 and source[place + 1] == 110 and source[place + 2] == 100:
            place = stop
            sure = True
            break
        byte = source[place]
        if not 32 <= byte <= 96:
            break
        count = (byte - 32) & 63
        body = min(end - place - 1, (count + 2) // 3 * 4)
        if end - place > body + _CHECKSUM:
            break
        if used + 64 > _STEP:
            kept.append(bytes(chunk[:used]))
            used = 0
        bits = 0
        held = 0
        written = 0
        left = count
        ok = True
        for number in range(body):
            byte = source[place + 1 + number]
            if not 32 <= byte <= 96 or (left == 0 and byte != 32 and byte != 96):
                ok = False
                break
            if left == 0:
                continue
            bits = (bits << 6) | cython.cast(cython.uint, (byte - 32) & 63)
            held += 6
            if held >= 8:
                held -= 8
                target[used + written] = (bits >> held) & 255
                bits = bits & 255
                written += 1
                left -= 1
        if not ok:
            break
        # What is missing at the end of a line are blanks, which stand for zeros.
        while left > 0:
            bits = bits << 6
            held += 6
            if held >= 8:
                held -= 8
                target[used + written] = (bits >> held) & 255
                bits = bits & 255
                written += 1
                left -= 1
        if 3 * (end - place - 1) >= 4 * written > 0:
            sure = True
        used += written
        total += written
        place = stop
    kept.append(bytes(chunk[:used]))
    return b"".join(kept), sure, place


def _base64_table() -> bytes:
    table = bytearray(256)
    for byte in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/":
        table[byte] = 1
    return bytes(table)


_BASE64: bytes = _base64_table()


def base64_lines(data: bytes, at: int) -> tuple[bytes, int]:
    """The characters of the lines of base64 up to `====`, or to a line that is none, and where the text goes on.

    Args:
        data: the text.
        at: where the first line starts.
    """
    source: cython.const[cython.uchar][::1] = data
    table: cython.const[cython.uchar][::1] = _BASE64
    size: cython.Py_ssize_t = len(source)
    place: cython.Py_ssize_t = at
    first: cython.Py_ssize_t = at
    stop: cython.Py_ssize_t
    end: cython.Py_ssize_t
    letters: cython.Py_ssize_t
    padding: cython.Py_ssize_t
    while place < size:
        stop = _line_end(source, place)
        if stop < 0:
            break
        end = _text_end(source, place, stop)
        letters = place
        while letters < end and table[source[letters]] == 1:
            letters += 1
        padding = letters
        while padding < end and source[padding] == 61:
            padding += 1
        if letters == place and padding == end and end - place == 4:
            return _squeezed(data[first:place]), int(stop)
        if padding < end or not 2 <= letters - place <= 1000 or padding - letters > 2:
            break
        place = stop
    return _squeezed(data[first:place]), int(place)


def _squeezed(text: bytes) -> bytes:
    """Lines without their ends."""
    return text.translate(None, b"\r\n")
