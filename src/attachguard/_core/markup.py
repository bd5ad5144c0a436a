"""One pass over HTML or XML: the few tags out of thousands that can do something.

A tag is kept for its name, or for an attribute that is a handler (`on…`), offers a download, or has a value that begins like an active URL.
HTML is cut into tokens as its standard says ("Tokenization"): raw text and RCDATA elements, script data and its escaped states, comments, bogus
comments, CDATA sections in drawings and formulas. What the standard shows as text, or never reads, is passed over; a tag that the end cuts off is
none. XML comes without comments, instructions and CDATA sections (`formats/markup/plainxml.py`), so that it holds tags and text alone.

Where a browser's answer hangs on more than what is followed here (`foreign.py`), or where browsers of different age differ (raw text in a
selection or a frame set), the place is kept in the state, and the caller reads on from there in a way that takes every tag for a tag.
"""

from __future__ import annotations

from typing import Any

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

from attachguard._core.foreign import doubt, end_tag, in_formula, in_markup, start_tag

if cython.compiled:
    from cython.cimports.attachguard._core.markuptokens import (
        CLOSED,
        CUT,
        DRAWING,
        FRAMESET,
        NO_FRAMES,
        NO_SCRIPT,
        PLAINTEXT,
        SCRIPT,
        SELECT,
        TEXTAREA,
        attribute_run,
        blank,
        comment_end,
        inner_end,
        is_section,
        raw_end,
        script_end,
        section_end,
        special,
        text_end,
    )
else:
    from attachguard._core.markuptokens import (
        CLOSED,
        CUT,
        DRAWING,
        FRAMESET,
        NO_FRAMES,
        NO_SCRIPT,
        PLAINTEXT,
        SCRIPT,
        SELECT,
        TEXTAREA,
        attribute_run,
        blank,
        comment_end,
        inner_end,
        is_section,
        raw_end,
        script_end,
        section_end,
        special,
        text_end,
    )

# Why a tag was kept.
NAMED = 1
HANDLER = 2
SCHEME = 4
DOWNLOAD = 8
#: A conditional comment, `<!--[if …]>`: its content is markup to the readers that it is for.
CONDITIONAL = 16
#: A `noscript` element: its content is text to a reader with script and markup to one without.
NOSCRIPT = 32

Found = tuple[list[tuple[int, int, int, int, int]], int]


@cython.cfunc
def _after(data: cython.const[cython.uchar][::1], i: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where a bogus comment or declaration is over."""
    size: cython.Py_ssize_t = len(data)
    while i < size and data[i] != 62:
        i += 1
    return i + 1


def xml_tags(
    data: cython.const[cython.uchar][::1],
    start: cython.Py_ssize_t,
    names: cython.const[cython.ulonglong][::1],
    most: cython.Py_ssize_t,
) -> Found:
    """Tags worth a look in XML without comments, instructions and CDATA sections; like `html_tags`, by local names."""
    size: cython.Py_ssize_t = len(data)
    wanted: cython.Py_ssize_t = len(names)
    i: cython.Py_ssize_t = start
    j: cython.Py_ssize_t
    name_start: cython.Py_ssize_t
    name_end: cython.Py_ssize_t
    c: cython.int
    letters: cython.int
    packed: cython.ulonglong
    why: cython.int
    found: list = []

    while i < size and len(found) < most:
        if data[i] != 60:
            i += 1
            continue
        i += 1
        if i >= size:
            break
        c = data[i]
        if not (97 <= c | 32 <= 122 or c == 95 or c >= 128):
            continue
        name_start = i
        packed = 0
        letters = 0
        while i < size:
            c = data[i]
            if c <= 62 and (c == 62 or c == 47 or (c <= 32 and blank(c))):
                break
            if c == 58:
                packed = 0
                letters = 0
            else:
                if letters < 8:
                    if 65 <= c <= 90:
                        c += 32
                    packed = packed * 256 + c
                letters += 1
            i += 1
        name_end = i
        j = attribute_run(data, i)
        why = j & 255
        i = j >> 8
        j = i
        if special(packed, letters) == SCRIPT and not why & (CLOSED | CUT):
            j = inner_end(data, i)
        why &= HANDLER | SCHEME | DOWNLOAD
        for c in range(wanted):
            if names[c] == packed:
                why |= NAMED
                break
        if why:
            found.append((why, name_start, name_end, i, j))
    return found, i


def html_tags(
    data: cython.const[cython.uchar][::1],
    start: cython.Py_ssize_t,
    names: cython.const[cython.ulonglong][::1],
    most: cython.Py_ssize_t,
    state: list[Any],
) -> Found:
    """Tags worth a look: a list of (why, start of name, end of name, end of tag, end of content), and where the next call goes on.

    Only script, `noscript` and conditional comments have content; for others its end is the end of the tag.

    Args:
        data: the markup, in an encoding that contains ASCII.
        start: where to begin.
        names: names to keep, the first eight letters of each packed into a number.
        most: how many tags to give at once.
        state: what is open there, see `foreign.py`; changed by the call.
    """
    size: cython.Py_ssize_t = len(data)
    wanted: cython.Py_ssize_t = len(names)
    i: cython.Py_ssize_t = start
    j: cython.Py_ssize_t
    name_start: cython.Py_ssize_t
    name_end: cython.Py_ssize_t
    c: cython.int
    letters: cython.int
    kind: cython.int
    end: cython.Py_ssize_t
    packed: cython.ulonglong
    why: cython.int
    closing: cython.bint
    drawing: cython.bint = len(state[3]) > 0
    found: list = []

    while i < size and len(found) < most:
        if data[i] != 60:
            i += 1
            continue
        i += 1
        if i >= size:
            break
        c = data[i]
        if c == 33:
            if i + 2 < size and data[i + 1] == 45 and data[i + 2] == 45:
                name_start = i + 3
                i = comment_end(data, name_start)
                if i < 0:
                    i = size
                if (
                    name_start + 2 < i
                    and data[name_start] == 91
                    and data[name_start + 1] | 32 == 105
                    and data[name_start + 2] | 32 == 102
                ):
                    found.append((CONDITIONAL, name_start, name_start, name_start, i))
            elif drawing and is_section(data, i) and in_markup(state):
                i = section_end(data, i + 8)
            else:
                i = _after(data, i)
            continue
        if c == 63:
            i = _after(data, i)
            continue
        closing = c == 47
        if closing:
            i += 1
            if i >= size:
                break
            c = data[i]
            if not 97 <= c | 32 <= 122:
                i = i + 1 if c == 62 else _after(data, i)
                continue
        elif not 97 <= c | 32 <= 122:
            continue

        name_start = i
        packed = 0
        letters = 0
        while i < size:
            c = data[i]
            if c <= 62 and (c == 62 or c == 47 or (c <= 32 and blank(c))):
                break
            if letters < 8:
                if 65 <= c <= 90:
                    c += 32
                packed = packed * 256 + c
            letters += 1
            i += 1
        name_end = i
        if i < size and data[i] == 62:
            why = 0
            i += 1
        else:
            j = attribute_run(data, i)
            why = j & 255
            i = j >> 8
        if why & CUT:
            break  # a tag that the end cuts off is none
        if closing:
            if drawing:
                end_tag(state, bytes(data[name_start:name_end]).lower(), name_start)
                drawing = len(state[3]) > 0
            if state[1] and packed == 0x73656C656374 and letters == 6:
                state[1] = False
            continue
        j = i
        kind = special(packed, letters) if letters > 2 else 0
        if drawing or (kind == DRAWING and state[0] < 0):
            if not start_tag(
                state,
                bytes(data[name_start:name_end]).lower(),
                bytes(data[name_end:i]).lower(),
                bool(why & CLOSED),
                name_start,
            ):
                if kind == SCRIPT:
                    if not why & CLOSED:
                        j = text_end(data, i)
                    if in_formula(state):
                        packed = 0  # there, it is a name like any other
                elif kind == DRAWING and (state[1] or state[2]):
                    doubt(state, name_start)
                kind = 0
            drawing = len(state[3]) > 0
        why &= HANDLER | SCHEME | DOWNLOAD
        for c in range(wanted):
            if names[c] == packed:
                why |= NAMED
                break
        end = i
        if kind and kind != DRAWING:
            if kind >= SELECT:
                if kind == FRAMESET:
                    state[2] = True
                else:
                    state[1] = kind == SELECT and not state[1]
            else:
                if (state[2] and kind != NO_FRAMES) or (state[1] and kind != SCRIPT and kind != TEXTAREA):
                    doubt(state, name_start)
                if kind == PLAINTEXT:
                    i = size
                elif kind == SCRIPT:
                    j = i = script_end(data, i, name_start, name_end)
                else:
                    if kind == TEXTAREA:
                        state[1] = False
                    i = raw_end(data, i, name_start, name_end)
                    if kind == NO_SCRIPT:
                        j = i
                        why |= NOSCRIPT
        if why:
            found.append((why, name_start, name_end, end, j))
    return found, min(size, i)
