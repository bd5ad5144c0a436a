"""The extension of a file name: what Windows, a mail program or an unpacker goes by when it opens, shows or saves the file.

One reading for everybody who asks for an extension. Sources: [MS-FSCC] §2.1.5 and Win32 "Naming Files, Paths, and Namespaces" (trailing dots and
blanks are dropped, a colon begins the name of a stream, characters that may not stand in a name), Explorer (a class identifier after the last dot is
never shown), C strings (a NUL ends the name), the best-fit tables of Windows code pages and Unicode's compatibility forms (full-width letters and
letters with marks become plain ones where a program asks for an ANSI name), ISO 9660 §7.5 (a version follows a semicolon).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice
from typing import Final

from attachguard.later import later
from attachguard.types.claims import CLAIMS, PROGRAMS, TEXT_NAMES


def _spelled(*ranges: tuple[int, int]) -> str:
    return "".join(chr(point) for first, last in ranges for point in range(first, last + 1))


#: What nobody sees: controls, joiners, marks of writing direction, variation selectors. Mail programs drop them, or Windows does not save them.
_UNSEEN: Final = _spelled(
    (0, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E),
    (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF0, 0xFFFB),
)  # fmt: skip
#: Blanks, and letters that are drawn as blanks.
_BLANKS: Final = _spelled(
    (0x20, 0x20), (0xA0, 0xA0), (0x115F, 0x1160), (0x1680, 0x1680), (0x17B4, 0x17B5), (0x2000, 0x200A), (0x202F, 0x202F), (0x205F, 0x205F),
    (0x2800, 0x2800), (0x3000, 0x3000), (0x3164, 0x3164), (0xFFA0, 0xFFA0),
) + "\t\n\v\f\r"  # fmt: skip
#: Dots, as they are typed and in forms that become one.
_DOTS: Final = ".\uff0e\u2024\ufe52"
#: What Windows does not keep at the end of a name: dots, blanks, characters that no name may have, and what other systems write for those.
_DROPPED: Final = _DOTS + _BLANKS + _UNSEEN + '"<>|*?' + _spelled((0xF001, 0xF07F))
_VERSION: Final = later(r";[0-9]{1,5}$")
_NOT_SEEN: Final = str.maketrans("", "", _UNSEEN)
#: A class identifier as last extension.
CLASS_ID: Final = later(r"\.\{[0-9a-fA-F]{8}-[0-9a-fA-F-]{4,30}\}?[. ]*$")
#: Kind of a stream, which stands last in its name.
_STREAM_KIND: Final = re.compile(r":\$[A-Za-z_]{1,30}$")
#: A name with a stream after an extension of three letters, known or not.
_STREAM: Final = re.compile(r"\.[A-Za-z]\w\w:[^\s:/\\]{1,255}$")
#: Colons of a name that are looked at.
_MOST_COLONS: Final = 4
_FOLDERS: Final = re.compile(r"[/\\]")
#: Names whose extensions are remembered: each part is asked for its own some ten times, and the next part for another.
_REMEMBERED: Final = 256
#: Letters with no decomposition that code pages fold all the same.
_BEST_FIT: Final = str.maketrans({"\u0131": "i", "\u0142": "l", "\u0110": "d", "\u0111": "d"})


@lru_cache(_REMEMBERED)
def extension(name: str) -> str:
    """The extension of a file name that decides what opens the file, in lower case without dot; empty where there is none.

    Where programs read the name in several ways, it is the one that a program is run by, else the first: see `extensions`.
    """
    found = extensions(name)
    if len(found) < 2:
        return found[0] if found else ""
    return next((each for each in found if each in PROGRAMS), found[0])


@lru_cache(_REMEMBERED)
def extensions(name: str) -> tuple[str, ...]:
    """Every extension that a file name has for somebody, the most usual reading first; empty where it has none."""
    last = name[name.rfind(".") + 1 :]
    if last.isalnum() and last.isascii() and "\0" not in name and ":" not in name:
        return (last.lower(),) if len(last) < len(name) else ()
    forms = [name] if "\0" not in name else [name.partition("\0")[0], name.replace("\0", "")]
    found = dict.fromkeys(_last(base)[1] for form in forms for base in _bases(form))
    found.pop("", None)
    return tuple(found)


def split_name(name: str) -> tuple[str, str]:
    """What stands before the extension, and the extension as `extension` gives it; the whole name and nothing where there is none."""
    wanted = extension(name)
    if wanted:
        for form in (name, name.partition("\0")[0], name.replace("\0", "")):
            for base in _bases(form):
                stem, found = _last(base)
                if found == wanted:
                    return stem, found
    return name, ""


def has_stream(name: str) -> bool:
    """Whether a name says a stream of a file, not only the file."""
    return _STREAM_KIND.search(name) is not None or len(_bases(name)) > 1


def _bases(name: str) -> list[str]:
    """The name without folders, class identifier and what Windows drops at its end: without its stream, then with it."""
    name = CLASS_ID.sub("", _VERSION.sub("", name.rstrip(_DROPPED)))
    name = _FOLDERS.split(name.rstrip(_DROPPED))[-1].rstrip(_DROPPED)
    if ":" not in name:
        return [name]
    whole = _STREAM_KIND.sub("", name).rstrip(":")
    colons = (place for place in range(1, len(whole)) if whole[place] == ":")
    found = [whole[:place] for place in islice(colons, _MOST_COLONS) if _opens_a_stream(whole, place)]
    return [base.rstrip(_DROPPED) for base in (*found, whole)]


def _opens_a_stream(name: str, place: int) -> bool:
    """Whether the colon at this place stands after an extension; in `Re: Termin` and `Punkt 3.c: Text` it does not."""
    last = _last(name[:place].rstrip(_DROPPED))[1]
    blank = name[place + 1] in _BLANKS
    return (
        last in PROGRAMS
        or (not blank and (last in TEXT_NAMES or last in CLAIMS))
        or _STREAM.match(name, max(0, place - 4)) is not None
    )


def _last(base: str) -> tuple[str, str]:
    """Stem and extension of one reading."""
    at = max(base.rfind(dot) for dot in _DOTS)
    if at < 0:
        return base, ""
    return base[:at], _plain(base[at + 1 :])


def _plain(written: str) -> str:
    """An extension as programs compare it: unseen characters left out, letters folded, in lower case.

    `Nr. 5` and `Dr. Meier` have none: for the shell an extension has no blanks. What is run is taken for what it is even so.
    """
    if not written.isascii():
        letters = unicodedata.normalize("NFKD", written.translate(_BEST_FIT))
        written = "".join(letter for letter in letters if not unicodedata.combining(letter))
    written = written.translate(_NOT_SEEN).partition(":")[0].lower()
    bare = written.lstrip(_BLANKS)
    if bare != written and bare not in PROGRAMS:
        return ""
    return "" if any(letter.isspace() for letter in bare) else bare
