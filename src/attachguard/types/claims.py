"""What extensions stand for: the types that claim one, and which ones start something."""

from __future__ import annotations

from typing import Final

from attachguard.types.filetypes import FACTS, TYPES
from attachguard.types.textnames import RUN_EXTENSIONS

#: Extensions that so many programs use that they claim nothing.
_VAGUE_EXTENSIONS: Final = (
    "bin egg tlz dat db ts key o a c h as ad dd cap img prc asc sig com sys raw bak tmp log it mod res bc r go rs cs v s m ex mat sav root fit pat"
    " pack bw rgb sun for dta pol nc cdf sz rz mdf pdb fm frm el scm pas mk d journal ntf properties ra mo st la mts cramfs ext2 ext3 ext4 hfs"
)
VAGUE: Final = frozenset(_VAGUE_EXTENSIONS.split())
_OFFICE: Final = frozenset({"document", "spreadsheet", "presentation"})


def _by_extension() -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for key, kind in TYPES.items():
        for extension in kind.extensions:
            if extension not in VAGUE:
                table.setdefault(extension, []).append(key)
    return {extension: tuple(keys) for extension, keys in table.items()}


def runs(key: str) -> bool:
    """Whether what is of this type does something when it is opened."""
    facts = FACTS.get(key, ())
    return "executable-content" in facts or "script-content" in facts


#: Ids of the types that an extension belongs to.
CLAIMS: Final = _by_extension()
#: Extensions that Windows, a shell or an interpreter runs.
PROGRAMS: Final = (
    frozenset(
        extension
        for extension, keys in CLAIMS.items()
        if any(runs(key) for key in keys) and not any(TYPES[key].group in _OFFICE for key in keys)
    )
    | RUN_EXTENSIONS
    | {
        "com",
        "pif",
        "gadget",
        "hta",
        "cpl",
        "shb",
        "shs",
        "job",
        "diagcab",
        "xll",
        "xnk",
        "grp",
        "ade",
        "adp",
        "mad",
        "maf",
        "mam",
        "maq",
        "mar",
    }
)
#: Those that other programs load and nobody opens by a click; `Newtonsoft.Json.dll` is how such files are called.
LOADED: Final = frozenset("dll ocx drv efi mui ko so o dylib bundle class pyc pyo wasm luac dex odex".split())  # noqa: SIM905
