"""The pieces of markup: attributes, comments, and where the content of elements ends that hold text (HTML standard, "Tokenization").

C functions that `markup` uses are declared in the `.pxd` file beside this one; uncompiled, it plays no part.
"""

from __future__ import annotations

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

# Why a tag was kept: its name, a handler, an active URL, a download; that it ends in `/>`; that no `>` is ahead.
NAMED = 1
HANDLER = 2
SCHEME = 4
DOWNLOAD = 8
CLOSED = 64
CUT = 128

# Numbers of the elements that change how the text behind them is read.
SCRIPT = 1
PLAINTEXT = 2
NO_SCRIPT = 3
RAW = 4
NO_FRAMES = 5
TEXTAREA = 6
DRAWING = 7
SELECT = 8
FRAMESET = 9
INPUT = 10


@cython.cfunc
def blank(c: cython.int) -> cython.bint:
    return c == 32 or c == 10 or c == 9 or c == 13 or c == 12


@cython.cfunc
def comment_end(data: cython.const[cython.uchar][::1], start: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where a comment is over, its content beginning at `start`; -1 where it is not."""
    i: cython.Py_ssize_t = start
    size: cython.Py_ssize_t = len(data)
    if i < size and data[i] == 62:  # <!-->
        return i + 1
    if i + 1 < size and data[i] == 45 and data[i + 1] == 62:  # <!--->
        return i + 2
    while i + 2 < size:
        if data[i] == 45 and data[i + 1] == 45:
            if data[i + 2] == 62:
                return i + 3
            if data[i + 2] == 33 and i + 3 < size and data[i + 3] == 62:
                return i + 4
        i += 1
    return -1


@cython.cfunc
def _word(
    data: cython.const[cython.uchar][::1], i: cython.Py_ssize_t, start: cython.Py_ssize_t, end: cython.Py_ssize_t
) -> cython.bint:
    """Whether the name between `start` and `end` stands at `i`, in any case, and is whole there."""
    stop: cython.Py_ssize_t = i + end - start
    c: cython.int
    d: cython.int
    if stop >= len(data):
        return False
    c = data[stop]
    if not (blank(c) or c == 47 or c == 62):
        return False
    while start < end:
        c = data[i]
        d = data[start]
        if c != d and not (c | 32 == d | 32 and 97 <= c | 32 <= 122):
            return False
        i += 1
        start += 1
    return True


@cython.cfunc
def raw_end(
    data: cython.const[cython.uchar][::1],
    i: cython.Py_ssize_t,
    name_start: cython.Py_ssize_t,
    name_end: cython.Py_ssize_t,
) -> cython.Py_ssize_t:
    """Where the end tag of a raw text element begins; the end of the data where there is none."""
    size: cython.Py_ssize_t = len(data)
    while i + 2 < size:
        if data[i] == 60 and data[i + 1] == 47 and _word(data, i + 2, name_start, name_end):
            return i
        i += 1
    return size


@cython.cfunc
def script_end(
    data: cython.const[cython.uchar][::1],
    i: cython.Py_ssize_t,
    name_start: cython.Py_ssize_t,
    name_end: cython.Py_ssize_t,
) -> cython.Py_ssize_t:
    """Where a script's end tag begins, by the script data states; the end of the data where there is none."""
    size: cython.Py_ssize_t = len(data)
    escaped: cython.int = 0
    c: cython.int
    while i + 2 < size:
        c = data[i]
        if c == 60:
            c = data[i + 1]
            if c == 47:
                if _word(data, i + 2, name_start, name_end):
                    if escaped < 2:
                        return i
                    escaped = 1
            elif c == 33:
                if escaped == 0 and i + 3 < size and data[i + 2] == 45 and data[i + 3] == 45:
                    escaped = 1
                    i += 2  # its two dashes count for the end, too
                    continue
            elif escaped == 1 and _word(data, i + 1, name_start, name_end):
                escaped = 2
        elif c == 45 and escaped and data[i + 1] == 45 and data[i + 2] == 62:
            escaped = 0
        i += 1
    return size


@cython.cfunc
def inner_end(data: cython.const[cython.uchar][::1], i: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where the text of a script element in XML ends: at its end tag, where the next one begins, or with the data."""
    size: cython.Py_ssize_t = len(data)
    j: cython.Py_ssize_t
    c: cython.int
    while i + 7 < size:
        if data[i] == 60:
            j = i + 2 if data[i + 1] == 47 else i + 1
            # Any prefix may stand before the name.
            while j < size and j < i + 64:
                c = data[j]
                if c <= 32 or c == 58 or c == 60 or c == 62:
                    break
                j += 1
            j = j + 1 if j < size and data[j] == 58 else i + 2 if data[i + 1] == 47 else i + 1
            if (
                j + 6 < size
                and data[j] | 32 == 115
                and data[j + 1] | 32 == 99
                and data[j + 2] | 32 == 114
                and data[j + 3] | 32 == 105
                and data[j + 4] | 32 == 112
                and data[j + 5] | 32 == 116
                and (data[j + 6] <= 32 or data[j + 6] == 62 or data[j + 6] == 47)
            ):
                return i
        i += 1
    return size


@cython.cfunc
def section_end(data: cython.const[cython.uchar][::1], i: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where a CDATA section is over whose content begins at `i`."""
    size: cython.Py_ssize_t = len(data)
    while i + 2 < size:
        if data[i] == 93 and data[i + 1] == 93 and data[i + 2] == 62:
            return i + 3
        i += 1
    return size


@cython.cfunc
def is_section(data: cython.const[cython.uchar][::1], i: cython.Py_ssize_t) -> cython.bint:
    """Whether `![CDATA[` stands at `i`."""
    return (
        i + 7 < len(data)
        and data[i + 1] == 91
        and data[i + 2] == 67
        and data[i + 3] == 68
        and data[i + 4] == 65
        and data[i + 5] == 84
        and data[i + 6] == 65
        and data[i + 7] == 91
    )


@cython.cfunc
def text_end(data: cython.const[cython.uchar][::1], i: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where the text ends that a script element in a drawing begins with: at any tag, comments and CDATA sections belong to it."""
    size: cython.Py_ssize_t = len(data)
    c: cython.int
    while i + 1 < size:
        if data[i] == 60:
            c = data[i + 1]
            if c == 33:
                if is_section(data, i + 1):
                    i = section_end(data, i + 9)
                    continue
                if i + 3 < size and data[i + 2] == 45 and data[i + 3] == 45:
                    i = comment_end(data, i + 4)
                    if i < 0:
                        return size
                    continue
            elif c == 47 or 97 <= c | 32 <= 122:
                return i
        i += 1
    return size


@cython.cfunc
def _looks_active(data: cython.const[cython.uchar][::1], start: cython.Py_ssize_t) -> cython.bint:
    """Whether a value may begin with a scheme that runs something, with data:, file: or a UNC path, or hides its first letters.

    Two letters are looked at: ja(vascript), jn(lp), da(ta), vb(script), fi(le), se(arch-ms), sm(b), sc(ript), sh(ell), li(vescript), ms-…, mk,
    mh(tml), mi(crosoft-edge), hc(p), re(s), its.
    """
    c: cython.int
    follower: cython.int
    size: cython.Py_ssize_t = len(data)
    while start < size and data[start] <= 32:
        start += 1
    if start + 2 >= size:
        return False
    c = data[start]
    follower = data[start + 1]
    if c == 38 or (c == 92 and (follower == 92 or follower == 47)):
        return True
    c |= 32
    if c == 106 or c == 100:
        return follower | 32 == 97 or follower | 32 == 110 or follower == 38 or follower <= 32
    if c == 118:
        return follower | 32 == 98 or follower == 38 or follower <= 32
    if c == 102:
        return follower | 32 == 105 and data[start + 2] | 32 == 108
    follower |= 32
    if c == 115:
        return (follower == 101 and data[start + 2] | 32 == 97) or (
            follower == 109 or follower == 99 or follower == 104 or follower <= 32
        )
    if c == 108:
        return follower == 105 and data[start + 2] | 32 == 118
    if c == 104:
        return follower == 99
    if c == 114:
        return follower == 101 and data[start + 2] | 32 == 115
    if c == 105:
        return follower == 116 and data[start + 2] | 32 == 115
    return c == 109 and (follower == 115 or follower == 107 or follower == 104 or follower == 105)


@cython.cfunc
def attribute_run(data: cython.const[cython.uchar][::1], start: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where the tag is over whose name ends at `start`, times 256, and what its attributes are."""
    word_download: cython.ulonglong = 0x646F776E6C6F6164
    size: cython.Py_ssize_t = len(data)
    i: cython.Py_ssize_t = start
    j: cython.Py_ssize_t
    c: cython.int
    quote: cython.int
    letters: cython.int
    packed: cython.ulonglong
    why: cython.int = 0
    while i < size:
        c = data[i]
        if c == 47:
            i += 1
            if i < size and data[i] == 62:
                return (i + 1) * 256 + (why | CLOSED)
            continue
        if c <= 32 and blank(c):
            i += 1
            continue
        if c == 62:
            return (i + 1) * 256 + why
        packed = 0
        letters = 0
        j = i
        while i < size:
            c = data[i]
            if c <= 62 and (c == 62 or c == 47 or (c == 61 and i > j) or (c <= 32 and blank(c))):
                break
            if letters < 8:
                if 65 <= c <= 90:
                    c += 32
                packed = packed * 256 + c
            letters += 1
            i += 1
        if packed == word_download and letters == 8:
            why |= DOWNLOAD
        while i < size and data[i] <= 32 and blank(data[i]):
            i += 1
        if i >= size or data[i] != 61:
            continue
        if letters > 3 and data[j] | 32 == 111 and data[j + 1] | 32 == 110:
            why |= HANDLER
        i += 1
        while i < size and data[i] <= 32 and blank(data[i]):
            i += 1
        if i >= size:
            break
        quote = data[i]
        if quote == 34 or quote == 39:
            i += 1
            if _looks_active(data, i):
                why |= SCHEME
            while i < size and data[i] != quote:
                i += 1
            if i < size:
                i += 1
        else:
            if _looks_active(data, i):
                why |= SCHEME
            while i < size:
                c = data[i]
                if c <= 62 and (c == 62 or (c <= 32 and blank(c))):
                    break
                i += 1
    return size * 256 + (why | CUT)


@cython.cfunc
def special(packed: cython.ulonglong, letters: cython.int) -> cython.int:
    """The number of an element that changes how the text behind it is read; 0 for any other."""
    if letters == 6:
        if packed == 0x736372697074:
            return SCRIPT
        if packed == 0x696672616D65:  # iframe
            return RAW
        return SELECT if packed == 0x73656C656374 else 0
    if letters == 5:
        if packed == 0x7469746C65 or packed == 0x7374796C65:  # title, style
            return RAW
        return INPUT if packed == 0x696E707574 else 0
    if letters == 8:
        if packed == 0x7465787461726561:
            return TEXTAREA
        if packed == 0x6E6F736372697074:
            return NO_SCRIPT
        if packed == 0x6E6F6672616D6573:
            return NO_FRAMES
        return FRAMESET if packed == 0x6672616D65736574 else 0
    if letters == 3:
        if packed == 0x786D70:  # xmp
            return RAW
        return DRAWING if packed == 0x737667 else 0
    if letters == 4:
        return DRAWING if packed == 0x6D617468 else 0
    if letters == 7:
        return RAW if packed == 0x6E6F656D626564 else 0  # noembed
    return PLAINTEXT if letters == 9 and packed == 0x706C61696E746578 else 0
