"""Lines, fields and boundaries of a MIME message (RFC 5322 section 2.2, RFC 2046 section 5.1.1).

What is here looks at every byte or field of a header block or at every candidate line of a body, which is what makes it worth compiling.
"""

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

if cython.compiled:
    from cython.cimports.attachguard._core.needles import find
else:
    from attachguard._core.needles import find

LF = cython.declare(cython.int, 10)
CR = cython.declare(cython.int, 13)
TAB = cython.declare(cython.int, 9)
SPACE = cython.declare(cython.int, 32)
COLON = cython.declare(cython.int, 58)
DASH = cython.declare(cython.int, 45)

#: A delimiter line may carry this much trailing white space before it stops being one.
PADDING = cython.declare(cython.Py_ssize_t, 1000)


def split_fields(block: bytes) -> list[tuple[bytes, bytes]]:
    """The fields of a header block, folded lines joined as they stand.

    Args:
        block: header block without the empty line that ends it; line ends CRLF or LF.

    Returns:
        Name and raw value of each field, in order. A line that is no field (no colon, or blanks inside the name) has the name `b""` and
        the whole line as its value.
    """
    view: cython.const[cython.uchar][::1] = block
    size: cython.Py_ssize_t = len(block)
    start: cython.Py_ssize_t = 0
    end: cython.Py_ssize_t
    colon: cython.Py_ssize_t
    place: cython.Py_ssize_t
    byte: cython.uchar
    fields: list = []
    while start < size:
        # The field goes on over every line that starts with white space.
        end = start
        while True:
            end = block.find(b"\n", end)
            if end < 0:
                end = size
                break
            end += 1
            if end >= size or (view[end] != SPACE and view[end] != TAB):
                break
        colon = -1
        for place in range(start, end):
            byte = view[place]
            if byte == COLON:
                colon = place
                break
            if byte <= SPACE or byte > 126:
                # White space before the colon is read over, as every client does; inside the name it makes the line junk.
                if byte != SPACE and byte != TAB:
                    break
                colon = block.find(b":", place, end)
                if colon >= 0 and block[place:colon].strip(b" \t"):
                    colon = -1
                break
        if colon > start and view[start] != SPACE and view[start] != TAB:
            fields.append((block[start:colon].rstrip(b" \t"), block[colon + 1 : end].strip(b" \t\r\n")))
        elif block[start:end].strip():
            fields.append((b"", block[start:end].rstrip(b"\r\n")))
        start = end
    return fields


def header_fields(block: bytes, wanted: frozenset[str]) -> tuple[list[tuple[str, bytes]], dict[str, bytes], bool]:
    """The fields of a header block, and those among them that say how to read what follows.

    Args:
        block: see `split_fields`.
        wanted: names in lower case.

    Returns:
        Name in lower case and raw value of each field, in order; the first value of each wanted one; whether every line belongs to a field and no
        wanted one comes again with another value.
    """
    fields: list = []
    given: dict = {}
    alike: cython.bint = True
    key: str
    name: bytes
    for name, value in split_fields(block):
        key = name.lower().decode("ascii")
        fields.append((key, value))
        if not key or (key in wanted and given.setdefault(key, value) != value):
            alike = False
    return fields, given, alike


def blank_line(buffer: bytes, start: cython.Py_ssize_t, limit: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where the line end stands that comes before the first blank line, the one that ends a header block.

    Args:
        buffer: octets of a message.
        start: where to look from.
        limit: the blank line ends before this place.

    Returns:
        The place of the line feed; -1 where there is no blank line.
    """
    view: cython.const[cython.uchar][::1] = buffer
    place: cython.Py_ssize_t = start
    limit = min(limit, len(buffer))
    while True:
        place = buffer.find(b"\n", place, limit)
        if place < 0 or place + 1 >= limit:
            return -1
        if view[place + 1] == LF or (view[place + 1] == CR and place + 2 < limit and view[place + 2] == LF):
            return place
        place += 1


def plain_lines(block: bytes) -> bool:
    """Whether every reader splits a header block into the same lines and fields.

    Args:
        block: header block without the empty line that ends it.

    Returns:
        False where line ends differ in kind, a carriage return or NUL stands alone, a line is blank, a field has white space in front of its
        colon, the first line is folded, or a folded line begins with the letter that MIME fields begin with and holds a colon.
    """
    view: cython.const[cython.uchar][::1] = block
    size: cython.Py_ssize_t = len(block)
    place: cython.Py_ssize_t = 0
    byte: cython.uchar = 0
    last: cython.uchar
    returns: cython.Py_ssize_t = 0
    ends: cython.Py_ssize_t = 0
    named: cython.bint = False  # behind the colon of the field, or no longer looking for it
    suspect: cython.bint = False  # in a folded line that may be an indented field
    fresh: cython.bint = True  # at the start of a line, or among the blanks there
    folded: cython.bint = False
    while place < size:
        last = byte
        byte = view[place]
        place += 1
        if byte == LF:
            if fresh:
                return False
            ends += 1
            if last == CR:
                returns += 1
            fresh = True
            folded = False
            suspect = False
            named = False
        elif byte == CR:
            if fresh or place >= size or view[place] != LF:
                return False
        elif byte == 0:
            return False
        elif fresh:
            if byte in (SPACE, TAB):
                if ends == 0:
                    return False
                folded = True
            else:
                fresh = False
                named = folded
                suspect = folded and (byte == 67 or byte == 99)
        elif byte == COLON:
            if suspect or (not named and last in (SPACE, TAB)):
                return False
            named = True
    if fresh and folded:
        return False
    return returns == 0 or returns == ends


def find_delimiter(
    buffer: bytes, start: cython.Py_ssize_t, stop: cython.Py_ssize_t, line_start: bool, boundary: bytes
) -> tuple[int, int, int, int]:
    """The first delimiter line of a boundary.

    Args:
        buffer: body octets.
        start: where to look from.
        stop: a delimiter must begin before this place.
        line_start: whether `start` is the beginning of a line.
        boundary: the two dashes and the boundary parameter.

    Returns:
        `(at, end, kind, near)`: where the line break before the delimiter begins, where the line after it begins, and 1 for a delimiter, 2
        for a close delimiter. Kind 0: none. Kind 3: at `at` stands what may become a delimiter once more input is there. `near` is where
        something first stands that some readers take for a delimiter, before the one that was found or at it; -1 where nothing does.
    """
    view: cython.const[cython.uchar][::1] = buffer
    size: cython.Py_ssize_t = len(buffer)
    length: cython.Py_ssize_t = len(boundary)
    hit: cython.Py_ssize_t = start
    place: cython.Py_ssize_t
    at: cython.Py_ssize_t
    close: cython.bint
    first: cython.bint = line_start
    near: cython.Py_ssize_t = -1
    limit: cython.Py_ssize_t = min(size, stop)
    while True:
        hit = find(buffer, boundary, hit, stop + length - 1)
        if hit < 0:
            return -1, -1, 0, near
        if not first if hit == start else view[hit - 1] != LF:
            # Indented, or behind a carriage return: no delimiter here, and one to others.
            if near < 0 and hit > start and (view[hit - 1] == SPACE or view[hit - 1] == TAB or view[hit - 1] == CR):
                near = hit
            hit += 1
            # Behind any other character nobody looks for one: a run of dashes is not to be searched from each of them.
            while (
                hit < limit
                and view[hit - 1] != LF
                and (near >= 0 or (view[hit - 1] != SPACE and view[hit - 1] != TAB and view[hit - 1] != CR))
            ):
                hit += 1
            continue
        at = hit
        if at > start:
            at -= 1
            if at > start and view[at - 1] == CR:
                at -= 1
        place = hit + length
        close = place + 1 < size and view[place] == DASH and view[place + 1] == DASH
        if close:
            place += 2
        while place < size and place - hit < length + PADDING and (view[place] == SPACE or view[place] == TAB):
            place += 1
        if place < size and view[place] == CR:
            place += 1
        if place >= size or (place + 1 == size and view[place] == DASH and not close):
            return at, -1, 3, near
        if view[place] == LF:
            return at, place + 1, 2 if close else 1, near
        if close:
            # RFC 2046: what follows on the line of a close delimiter is passed over by readers; the multipart has ended. The end of the
            # line is waited for, so that what follows is never taken for a line of its own; a line without end is no delimiter.
            place = buffer.find(b"\n", place, hit + length + PADDING)
            if place < 0 and size < hit + length + PADDING:
                return at, -1, 3, near
        if near < 0:
            near = hit
        if close and place >= 0:
            return at, place + 1, 2, near
        hit += 1


def drop_comments(value: bytes) -> bytes:
    """A field value without its comments (RFC 5322 section 3.2.2), nested ones too; an open comment runs to the end.

    Args:
        value: raw value; what stands in quoted strings is no comment.
    """
    view: cython.const[cython.uchar][::1] = value
    size: cython.Py_ssize_t = len(value)
    made = bytearray(size)
    target: cython.uchar[::1] = made
    count: cython.Py_ssize_t = 0
    place: cython.Py_ssize_t
    depth: cython.Py_ssize_t = 0
    byte: cython.uchar
    quoted: cython.bint = False
    escaped: cython.bint = False
    for place in range(size):
        byte = view[place]
        if escaped:
            escaped = False
        elif byte == 92 and (quoted or depth > 0):
            escaped = True
        elif byte == 34 and depth == 0:
            quoted = not quoted
        elif byte == 40 and not quoted:
            depth += 1
            continue
        elif byte == 41 and depth > 0:
            depth -= 1
            continue
        if depth == 0:
            target[count] = byte
            count += 1
    return bytes(made[:count])
