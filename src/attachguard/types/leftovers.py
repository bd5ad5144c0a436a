"""What systems leave in archives and on disks without anybody having sent it: settings of the Finder and of Explorer, previews and the like.

A name alone proves nothing, so each goes with the type that it has to be of. What is a leftover is inspected like anything else; it counts for no
list of accepted types and for no nesting of archives.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

#: Types by the whole name in lower case; nothing in them is one more.
_NAMED: Final[dict[str, frozenset[str]]] = {
    ".ds_store": frozenset({"ds_store"}),
    "thumbs.db": frozenset({"thumbs"}),
    "ehthumbs.db": frozenset({"thumbs"}),
    "ehthumbs_vista.db": frozenset({"thumbs"}),
    "desktop.ini": frozenset({"ini", "txt", "shellini"}),
    "folder.ini": frozenset({"ini", "txt", "shellini"}),
    ".directory": frozenset({"ini", "txt"}),
    ".localized": frozenset(),
    "icon\r": frozenset(),
    ".volumeicon.icns": frozenset({"icns"}),
    ".metadata_never_index": frozenset(),
}
#: The Finder keeps what other file systems cannot hold in files of this beginning, in ZIP archives below a folder of their own.
_APPLE_DOUBLE: Final = "._"
_LARGEST_NOTE: Final = 1 << 16
#: Explorer's note of where a file came from, a stream that some programs keep as a file; LibreOffice's and Word's of who has one open.
_ORIGIN: Final = ":zone.identifier"
_LOCK: Final = (".~lock.", "#")
_OWNER: Final = "~$"
_OWNER_SIZES: Final = frozenset({54, 162, 165})


def is_leftover(name: str, ids: Collection[str], size: int | None) -> bool:
    """Whether a member of an archive is what some system left there.

    Args:
        name: its path.
        ids: ids of all the types that it has.
        size: of its content; None where that was not read.
    """
    base = name.replace("\\", "/").rpartition("/")[2]
    if base.startswith(_APPLE_DOUBLE):
        return size == 0 or list(ids) == ["applesingle"]
    if base.startswith(_OWNER):
        return size in _OWNER_SIZES and not set(ids) - {"bin", "txt"}
    if base.lower().endswith(_ORIGIN) or (base.startswith(_LOCK[0]) and base.endswith(_LOCK[1])):
        return size is not None and size <= _LARGEST_NOTE and not set(ids) - {"ini", "txt", "empty"}
    allowed = _NAMED.get(base.lower())
    if allowed is None or size is None:
        return False
    if size == 0:
        return True
    return len(ids) == 1 and allowed.issuperset(ids) and (size <= _LARGEST_NOTE or not {"ini", "txt"} & set(ids))
