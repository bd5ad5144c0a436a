"""What extensions stand for: the types that claim one, what plain text is under one, and which ones start something."""

from __future__ import annotations

from typing import Final

from attachguard.types.filetypes import OFFICE, TYPES, by_word, runs, words

_VAGUE: Final = words("vague")


def _by_extension() -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for key, kind in TYPES.items():
        for extension in kind.extensions:
            if extension not in _VAGUE:
                table.setdefault(extension, []).append(key)
    return {extension: tuple(keys) for extension, keys in table.items()}


#: Ids of the types that an extension belongs to.
CLAIMS: Final = _by_extension()

#: What a text file is by its extension.
TEXT_NAMES: Final = by_word("text")
#: Ids of what is run among them: what Windows, a shell or an interpreter runs or acts on, whatever the text looks like.
RUN_TEXTS: Final = frozenset(key for key in TEXT_NAMES.values() if runs(key))
#: Extensions of those.
RUN_EXTENSIONS: Final = frozenset(extension for extension, key in TEXT_NAMES.items() if key in RUN_TEXTS)
#: Extensions that say "text", whatever its charset.
TEXT_EXTENSIONS: Final = frozenset(TEXT_NAMES) | frozenset({*TYPES["txt"].extensions, "me", "nfo"})

#: Extensions that Windows, a shell or an interpreter runs.
PROGRAMS: Final = (
    frozenset(
        extension
        for extension, keys in CLAIMS.items()
        if any(runs(key) for key in keys) and not any(TYPES[key].group in OFFICE for key in keys)
    )
    | RUN_EXTENSIONS
    | words("runs")
)
#: Those that other programs load and nobody opens by a click; `Newtonsoft.Json.dll` is how such files are called.
LOADED: Final = words("loads")

#: What archives are called; images of disks and installers are not among them.
ARCHIVE_EXTENSIONS: Final = frozenset({
    "7z", "ace", "alz", "ar", "arc", "arj", "bz2", "cab", "cb7", "cbr", "cbz", "cpio", "egg", "gz", "lha", "lz", "lz4", "lzh", "lzma", "rar", "r00",
    "sit", "sitx", "tar", "taz", "tbz", "tbz2", "tgz", "tlz", "txz", "tzst", "xar", "xz", "z", "zip", "zipx", "zoo", "zst",
})  # fmt: skip
