"""One pass over HTML, SVG or XML: the few tags out of thousands that can do something.

A tag is kept for its name, or for an attribute that is a handler (`on…`), offers a download, or has a value that begins like an active URL.
Quoted attribute values, comments, CDATA sections, declarations and script content are passed over by the rules of the HTML standard ("Tokenization")
or of XML 1.0; where a closing mark is missing, what follows is still looked at.
"""

from __future__ import annotations

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

#: Why a tag was kept.
NAMED = 1
HANDLER = 2
SCHEME = 4
DOWNLOAD = 8
INSTRUCTION = 16
DECLARATION = 32


@cython.cfunc
def _comment_end(
    data: cython.const[cython.uchar][::1], start: cython.Py_ssize_t, xml: cython.bint
) -> cython.Py_ssize_t:
    """Where a comment's content ends (`-->`, in HTML also `--!>`), or -1."""
    i: cython.Py_ssize_t = start
    size: cython.Py_ssize_t = len(data)
    while i + 2 < size:
        if data[i] == 45 and data[i + 1] == 45 and (data[i + 2] == 62 or (not xml and data[i + 2] == 33)):
            return i
        i += 1
    return -1


@cython.cfunc
def _section_end(data: cython.const[cython.uchar][::1], start: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where a CDATA section's content ends, or -1."""
    i: cython.Py_ssize_t = start
    size: cython.Py_ssize_t = len(data)
    while i + 2 < size:
        if data[i] == 93 and data[i + 1] == 93 and data[i + 2] == 62:
            return i
        i += 1
    return -1


@cython.cfunc
def _script_end(data: cython.const[cython.uchar][::1], start: cython.Py_ssize_t, xml: cython.bint) -> cython.Py_ssize_t:
    """Where a script's content ends: at `</script`, in XML with any prefix; -1 where there is no such tag."""
    i: cython.Py_ssize_t = start
    j: cython.Py_ssize_t
    c: cython.int
    size: cython.Py_ssize_t = len(data)
    while i + 7 < size:
        if data[i] == 60 and data[i + 1] == 47:
            j = i + 2
            if xml:
                while j < size and j < i + 64:
                    c = data[j]
                    if c <= 32 or c == 58 or c == 60 or c == 62:
                        break
                    j += 1
                j = j + 1 if j < size and data[j] == 58 else i + 2
            if (
                j + 5 < size
                and data[j] | 32 == 115
                and data[j + 1] | 32 == 99
                and data[j + 2] | 32 == 114
                and data[j + 3] | 32 == 105
                and data[j + 4] | 32 == 112
                and data[j + 5] | 32 == 116
            ):
                return i
        i += 1
    return -1


@cython.cfunc
def _looks_active(data: cython.const[cython.uchar][::1], start: cython.Py_ssize_t) -> cython.bint:
    """Whether a value may begin with javascript:, vbscript:, data:, file:, ms-…:, search…: or a UNC path, or hides its first letters."""
    c: cython.int
    follower: cython.int
    if start + 2 >= len(data):
        return False
    c = data[start]
    follower = data[start + 1]
    if c == 38 or (c == 92 and (follower == 92 or follower == 47)):
        return True
    c |= 32
    if c == 106 or c == 100:
        return follower | 32 == 97 or follower == 38 or follower <= 32
    if c == 118:
        return follower | 32 == 98 or follower == 38 or follower <= 32
    if c == 102:
        return follower | 32 == 105 and data[start + 2] | 32 == 108
    if c == 115:
        return follower | 32 == 101 and data[start + 2] | 32 == 97
    return c == 109 and follower | 32 == 115 and data[start + 2] == 45


def tags(
    data: cython.const[cython.uchar][::1],
    start: cython.Py_ssize_t,
    names: cython.const[cython.ulonglong][::1],
    xml: cython.bint,
    most: cython.Py_ssize_t,
) -> tuple[list[tuple[int, int, int, int, int]], int]:
    """Tags worth a look: a list of (why, start of name, end of name, end of tag, end of content), and where the next call goes on.

    Only script has content; for the others its end is the end of the tag.

    Args:
        data: the markup, in an encoding that contains ASCII.
        start: where to begin.
        names: local names to keep, the first eight letters of each packed into a number.
        xml: whether XML's rules hold.
        most: how many tags to give at once.
    """
    word_script: cython.ulonglong = 0x736372697074
    word_download: cython.ulonglong = 0x646F776E6C6F6164
    size: cython.Py_ssize_t = len(data)
    wanted: cython.Py_ssize_t = len(names)
    i: cython.Py_ssize_t = start
    j: cython.Py_ssize_t
    name_start: cython.Py_ssize_t
    name_end: cython.Py_ssize_t
    c: cython.int
    quote: cython.int
    letters: cython.int
    packed: cython.ulonglong
    why: cython.int
    script: cython.bint
    # Cleared when a closing mark was looked for and is nowhere ahead, so that no input makes the search start over and over.
    comments_end: cython.bint = True
    scripts_end: cython.bint = True
    sections_end: cython.bint = True
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
                i += 3
                if not xml:
                    if i < size and data[i] == 62:  # <!--> is a whole comment
                        continue
                    # Conditional comments, <!--[if …]>, are markup to the readers that they are for.
                    if i + 2 < size and data[i] == 91 and data[i + 1] | 32 == 105 and data[i + 2] | 32 == 102:
                        continue
                if comments_end:
                    j = _comment_end(data, i, xml)
                    if j < 0:
                        comments_end = False
                    else:
                        i = j + 3
            elif xml and i + 7 < size and data[i + 1] == 91 and data[i + 2] == 67 and data[i + 3] == 68:  # <![CDATA[
                if sections_end:
                    j = _section_end(data, i + 8)
                    if j < 0:
                        sections_end = False
                    else:
                        i = j + 3
            elif xml:
                # What an internal subset declares is read as markup too: an entity may hold a script.
                found.append((DECLARATION, i + 1, i + 1, i + 1, i + 1))
            continue
        if c == 63:
            if xml:
                found.append((INSTRUCTION, i + 1, i + 1, i + 1, i + 1))
            continue
        if not (97 <= c | 32 <= 122 or (xml and (c == 95 or c >= 128))):
            continue

        # A start tag: its name, the local part of it where there is a prefix.
        name_start = i
        packed = 0
        letters = 0
        while i < size:
            c = data[i]
            if c <= 32 or c == 47 or c == 62:
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
        why = 0
        for j in range(wanted):
            if names[j] == packed:
                why = NAMED
                break
        script = packed == word_script and letters == 6

        while i < size:
            c = data[i]
            if c <= 32 or c == 47:
                i += 1
                continue
            if c == 62:
                break
            packed = 0
            letters = 0
            j = i
            while i < size:
                c = data[i]
                if c <= 32 or c == 47 or c == 62 or (c == 61 and i > j):
                    break
                if letters < 8:
                    if 65 <= c <= 90:
                        c += 32
                    packed = packed * 256 + c
                letters += 1
                i += 1
            if packed == word_download and letters == 8:
                why |= DOWNLOAD
            while i < size and data[i] <= 32:
                i += 1
            if i >= size or data[i] != 61:
                continue
            if letters > 3 and data[j] | 32 == 111 and data[j + 1] | 32 == 110:
                why |= HANDLER
            i += 1
            while i < size and data[i] <= 32:
                i += 1
            if i >= size:
                break
            quote = data[i]
            if quote == 34 or quote == 39:
                i += 1
                while i < size and data[i] <= 32:
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
                    if c <= 32 or c == 62:
                        break
                    i += 1
        if i < size:
            i += 1
        j = i
        # <script/> has no content in XML; in HTML it has, but a drawing inside the page is read like XML.
        if script and scripts_end and not (data[i - 1] == 62 and data[i - 2] == 47):
            j = _script_end(data, i, xml)
            if j < 0:
                scripts_end = False
                j = i
        if why:
            found.append((why, name_start, name_end, i, j))
        i = j
    return found, i
