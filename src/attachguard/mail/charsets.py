"""Character sets as mail names them (IANA registry of character sets), and none of what Python offers besides.

Python's codecs are more than character sets: `unicode_escape` and `idna` compute, some give strings that no other program has, and a look-up by a
foreign name imports a module. So a name from a message is looked up in a table of our own. What no set knows falls back to UTF-8 or Latin-1, as
mail programs do.

Why our own: Python's own names of encodings include transformations that are not character sets, and a foreign name imports a module.
"""

from __future__ import annotations

import re
from encodings.aliases import aliases
from typing import Final

from attachguard.types.letters import whole

#: Codecs that stand for character sets some mail program writes or reads.
_CODECS: Final = frozenset({
    "ascii", "utf_8", "utf_7", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le", "latin_1", "koi8_r", "koi8_u", "koi8_t",
    "big5", "big5hkscs", "gb2312", "gbk", "gb18030", "hz", "euc_jp", "euc_jis_2004", "euc_jisx0213", "euc_kr", "johab", "shift_jis",
    "shift_jis_2004", "shift_jisx0213", "tis_620", "ptcp154", "kz1048", "hp_roman8",
    *(f"iso8859_{number}" for number in (*range(2, 12), *range(13, 17))),
    *(f"iso2022_{kind}" for kind in ("jp", "jp_1", "jp_2", "jp_2004", "jp_3", "jp_ext", "kr")),
    *(f"mac_{script}" for script in ("arabic", "croatian", "cyrillic", "farsi", "greek", "iceland", "latin2", "roman", "romanian", "turkish")),
    *(
        f"cp{page}"
        for page in (
            437, 720, 737, 775, 850, 852, 855, 856, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869, 874, 932, 949, 950, 1006, 1125,
            *range(1250, 1259),
        )
    ),
})  # fmt: skip
#: Names that mail has and Python's list of aliases has not.
_MORE: Final = {
    "utf8": "utf_8", "unicode11utf8": "utf_8", "unicode11utf7": "utf_7", "ucs2": "utf_16", "iso10646ucs2": "utf_16", "ansix341968": "ascii",
    "ks_c_5601_1987": "cp949", "ksc5601": "cp949", "ksc56011987": "cp949",
    "xsjis": "cp932", "windows31j": "cp932", "xeucjp": "euc_jp", "xgbk": "gbk", "xbig5": "big5",
    "macintosh": "mac_roman", "xmacroman": "mac_roman", "ansi": "cp1252", "dos850": "cp850", "iso88598i": "iso8859_8", "iso88598e": "iso8859_8",
    "iso88596i": "iso8859_6", "windows874": "cp874", "windows949": "cp949", "windows936": "gbk",
    "cp936": "gbk", "unknown8bit": "cp1252", "isoir6": "ascii",
}  # fmt: skip
#: Longest name that is looked up.
_LENGTH: Final = 60
_BETWEEN: Final = re.compile(r"[^0-9a-z]+")


def _squeezed(name: str) -> str:
    return _BETWEEN.sub("", name.lower())


_TABLE: Final = {
    **{_squeezed(alias): codec for alias, codec in aliases.items() if codec in _CODECS},
    **{_squeezed(codec): codec for codec in _CODECS},
    **{_squeezed(name): codec for name, codec in _MORE.items()},
}


def codec(name: str) -> str | None:
    """Python's name for a character set that mail names; None for one that mail has not.

    Args:
        name: as it is in a message; case, blanks, quotes, dots, dashes and underscores make no difference.
    """
    return _TABLE.get(_squeezed(name[:_LENGTH]))


def decode(octets: bytes, name: str) -> str:
    """Octets in a named character set: never raises, never gives half of a surrogate pair.

    Args:
        octets: what is to be text.
        name: the character set; one that is unknown counts as UTF-8 or, where the octets are not UTF-8, as Latin-1.
    """
    known = codec(name) if name else "utf_8"
    if known is None:
        return guess(octets)
    try:
        return whole(octets.decode(known, "replace"))
    except ValueError:
        return guess(octets)


def guess(octets: bytes) -> str:
    """Octets of an unknown character set as text: UTF-8 where they are (RFC 6532), else Latin-1, which never fails."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")
