"""Transfer encodings where the library calls do not fit: base64 with foreign characters, quoted-printable out of order (RFC 2045 section 6).

Of well-formed base64 only the line ends are taken out here: pybase64 decodes what is left ten times as fast as what has any. Everything else looks at
every byte.
"""

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

if cython.compiled:
    from cython.cimports.cpython.bytes import PyBytes_FromStringAndSize
    from cython.cimports.libc.string import memcpy

PAD = cython.declare(cython.int, 61)


def _alphabet() -> bytes:
    table = bytearray(256)
    for byte in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/":
        table[byte] = 1
    table[PAD] = 2
    return bytes(table)


_CLASS: bytes = _alphabet()


def unfold(data: bytes, end: cython.Py_ssize_t, last: bytes) -> bytes | None:
    """Lines of equal length, the last of which may be shorter, without their line ends; None where they are not of equal length.

    Args:
        data: begins with the lines; what else is in them is not looked at.
        end: where the last of them ends, after its line end.
        last: put after them.
    """
    source: cython.p_uchar
    target: cython.p_uchar
    at: cython.Py_ssize_t = 0
    count: cython.Py_ssize_t = 0
    stride: cython.Py_ssize_t = data.find(b"\n", 0, end) + 1
    if stride == 0 or end > len(data):
        return None
    ends: cython.Py_ssize_t = 2 if data[stride - 2 : stride - 1] == b"\r" else 1
    short: cython.Py_ssize_t = end % stride
    lines: cython.Py_ssize_t = end // stride
    if short and (short < ends or data[end - ends : end] != data[stride - ends : stride]):
        return None
    length: cython.Py_ssize_t = stride - ends
    size: cython.Py_ssize_t = lines * length + (short - ends if short else 0)
    if not cython.compiled:
        regular = data[stride - 1 : end : stride] == b"\n" * lines
        regular = regular and (ends == 1 or data[length:end:stride][:lines] == b"\r" * lines)
        joined = data[:end].translate(None, b"\r\n")
        return joined + last if regular and len(joined) == size else None
    added: cython.Py_ssize_t = len(last)
    made: bytes = PyBytes_FromStringAndSize(cython.NULL, size + added)
    source = data
    target = made
    while at + stride <= end:
        if source[at + stride - 1] != 10 or (ends == 2 and source[at + length] != 13):
            return None
        memcpy(target + count, source + at, length)
        count += length
        at += stride
    if short:
        memcpy(target + count, source + at, short - ends)
        count += short - ends
    source = last
    memcpy(target + count, source, added)
    return made


def squeeze_base64(data: bytes) -> tuple[bytes, int, int]:
    """What base64 readers take of some text.

    Args:
        data: encoded text with line ends and anything else in it.

    Returns:
        The characters of the alphabet and `=`, in order; how many other characters but white space there were; how many quanta end in
        padding although more data follows.
    """
    source: cython.const[cython.uchar][::1] = data
    table: cython.const[cython.uchar][::1] = _CLASS
    size: cython.Py_ssize_t = len(data)
    kept = bytearray(size)
    target: cython.uchar[::1] = kept
    count: cython.Py_ssize_t = 0
    foreign: cython.Py_ssize_t = 0
    inner: cython.Py_ssize_t = 0
    place: cython.Py_ssize_t
    byte: cython.uchar
    padded: cython.bint = False
    for place in range(size):
        byte = source[place]
        if table[byte] == 1:
            if padded:
                inner += 1
                padded = False
            target[count] = byte
            count += 1
        elif table[byte] == 2:
            padded = True
            target[count] = byte
            count += 1
        elif byte != 10 and byte != 13 and byte != 32 and byte != 9:
            foreign += 1
    return bytes(kept[:count]), foreign, inner


def _values() -> bytes:
    table = bytearray(b"\xff" * 256)
    value = 0
    for byte in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/":
        table[byte] = value
        value += 1  # noqa: SIM113 - the compiler counts octets as bytes
    return bytes(table)


_VALUE: bytes = _values()


def decode_runs(kept: bytes) -> bytes:
    """Decode base64 with padding anywhere: each padded run for itself, a cut quantum gives its whole bytes.

    Args:
        kept: characters of the alphabet and `=`, as `squeeze_base64` gives them.
    """
    source: cython.const[cython.uchar][::1] = kept
    table: cython.const[cython.uchar][::1] = _VALUE
    size: cython.Py_ssize_t = len(kept)
    made = bytearray(size // 4 * 3 + 3)
    target: cython.uchar[::1] = made
    count: cython.Py_ssize_t = 0
    place: cython.Py_ssize_t
    letters: cython.int = 0
    bits: cython.uint = 0
    value: cython.uchar
    for place in range(size):
        value = table[source[place]]
        if value == 255:
            if letters >= 2:
                target[count] = (bits >> (6 * letters - 8)) & 255
                count += 1
                if letters == 3:
                    target[count] = (bits >> 2) & 255
                    count += 1
            letters = 0
            bits = 0
            continue
        bits = (bits << 6) | value
        letters += 1
        if letters == 4:
            target[count] = (bits >> 16) & 255
            target[count + 1] = (bits >> 8) & 255
            target[count + 2] = bits & 255
            count += 3
            letters = 0
            bits = 0
    if letters >= 2:
        target[count] = (bits >> (6 * letters - 8)) & 255
        count += 1
        if letters == 3:
            target[count] = (bits >> 2) & 255
            count += 1
    return bytes(made[:count])


def decode_yenc(body: bytes) -> bytes:
    """Octets of yEnc without its line ends: each was moved up by 42, an escaped one by 64 more.

    Args:
        body: lines of data.
    """
    source: cython.const[cython.uchar][::1] = body
    size: cython.Py_ssize_t = len(body)
    made = bytearray(size)
    target: cython.uchar[::1] = made
    count: cython.Py_ssize_t = 0
    place: cython.Py_ssize_t
    byte: cython.uchar
    shift: cython.int = 42
    for place in range(size):
        byte = source[place]
        if byte == 10 or byte == 13:
            continue
        if byte == PAD and shift == 42:
            shift = 106
            continue
        target[count] = (byte - shift) & 255
        count += 1
        shift = 42
    return bytes(made[:count])


def _hexadecimal() -> bytes:
    table = bytearray(b"\xff" * 256)
    for digits in (b"0123456789ABCDEF", b"0123456789abcdef"):
        value = 0
        for byte in digits:
            table[byte] = value
            value += 1  # noqa: SIM113 - the compiler counts octets as bytes
    return bytes(table)


_HEX: bytes = _hexadecimal()


def decode_qp(data: bytes) -> tuple[bytes, int]:
    """Decode quoted-printable, and say where it departs from its grammar; what is decoded is what `binascii.a2b_qp` gives.

    Args:
        data: quoted-printable text; what stands at its end is taken as whole.

    Returns:
        The content; where the first equals sign stands that begins neither an escape nor a soft line break at the end of its line, -1 where there is
        none.
    """
    source: cython.const[cython.uchar][::1] = data
    values: cython.const[cython.uchar][::1] = _HEX
    size: cython.Py_ssize_t = len(data)
    made = bytearray(size)
    target: cython.uchar[::1] = made
    count: cython.Py_ssize_t = 0
    place: cython.Py_ssize_t = 0
    departure: cython.Py_ssize_t = -1
    byte: cython.uchar
    after: cython.uchar
    while place < size:
        byte = source[place]
        place += 1
        if byte != PAD:
            target[count] = byte
            count += 1
            continue
        if place >= size:
            break
        after = source[place]
        if place + 1 < size and values[after] < 16 and values[source[place + 1]] < 16:
            target[count] = values[after] * 16 + values[source[place + 1]]
            count += 1
            place += 2
        elif after == 10 or after == 13:
            if after == 13 and place + 1 < size and source[place + 1] != 10 and departure < 0:
                departure = place - 1
            # A soft line break reaches to the end of the line.
            while place < size and source[place] != 10:
                place += 1
            place += 1
        else:
            if departure < 0:
                departure = place - 1
            target[count] = PAD
            count += 1
            if after == PAD:
                place += 1
    return bytes(made[:count]), departure
