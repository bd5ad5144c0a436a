r"""Monikers in the data of a link: where a linked object comes from ([MS-OSHARED] 2.3.7, [MS-OLEDS] 2.3.3).

A moniker is a class identifier and its data. They are searched by their classes: composite monikers hold several, and exploits write streams whose
lengths are lies.

Why our own: packages for it print what they find or stop at the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from attachguard.readers.compound.classid import class_bytes

URL: Final = class_bytes("79EAC9E0-BAF9-11CE-8C82-00AA004BA90B")
FILE: Final = class_bytes("00000303-0000-0000-C000-000000000046")
#: Monikers that run a script, make an object or ask a web service: the scheme that says the same in an address.
_RUNNING: Final = {
    class_bytes("06290BD0-48AA-11D2-8432-006008C3FBFC"): "scriptlet",
    class_bytes("06290BD1-48AA-11D2-8432-006008C3FBFC"): "scriptlet",
    class_bytes("06290BD2-48AA-11D2-8432-006008C3FBFC"): "scriptlet",
    class_bytes("06290BD3-48AA-11D2-8432-006008C3FBFC"): "scriptlet",
    class_bytes("06290BD8-48AA-11D2-8432-006008C3FBFC"): "script",
    class_bytes("06290BD9-48AA-11D2-8432-006008C3FBFC"): "script",
    class_bytes("ECABAFC6-7F19-11D2-978E-0000F8757E2A"): "new",
    class_bytes("ECABB0C7-7F19-11D2-978E-0000F8757E2A"): "soap",
    class_bytes("0000031A-0000-0000-C000-000000000046"): "clsid",
    class_bytes("3050F4D8-98B5-11CF-BB82-00AA00BDCE0B"): "htafile",
}
_MOST: Final = 20
_LENGTH: Final = 4_096


def addresses(data: bytes) -> Iterator[str]:
    """Where monikers in the data lead to, each address once, in the order of the kinds of monikers.

    Args:
        data: the stream of a link, or object data that may hold one.
    """
    paths = list(dict.fromkeys([*_each(data, URL, _url), *_each(data, FILE, _path)]))
    yield from paths
    for moniker, scheme in _RUNNING.items():
        if moniker in data:
            yield f"{scheme}:{paths[0] if paths else ''}"


def _each(data: bytes, moniker: bytes, read: Callable[[bytes, int], str]) -> Iterator[str]:
    place = data.find(moniker)
    for _ in range(_MOST):
        if place < 0:
            return
        text = read(data, place + len(moniker))
        if text:
            yield text
        place = data.find(moniker, place + len(moniker))


def _url(data: bytes, at: int) -> str:
    """The address of a URL moniker: a length and UTF-16 text that ends with NUL, further fields after it."""
    return data[at + 4 : at + 4 + _LENGTH].decode("utf-16-le", "replace").partition("\0")[0]


def _path(data: bytes, at: int) -> str:
    r"""The path of a file moniker: the longer of its narrow and its wide text; `..\\` stands for each of its anchors."""
    narrow_size = int.from_bytes(data[at + 2 : at + 6], "little")
    end = at + 6 + min(narrow_size, _LENGTH)
    narrow = data[at + 6 : end].partition(b"\0")[0].decode("cp1252", "replace")
    # endServer, versionNumber, 20 reserved bytes, size of all that follows, size of the path, a key that is 3.
    wide_at = end + 24
    wide_size = int.from_bytes(data[wide_at + 4 : wide_at + 8], "little")
    if data[end + 2 : end + 4] == b"\xad\xde" and int.from_bytes(data[wide_at : wide_at + 4], "little") > 6:
        wide = data[wide_at + 10 : wide_at + 10 + min(wide_size, _LENGTH)].decode("utf-16-le", "replace")
        return wide.partition("\0")[0] or narrow
    return narrow
