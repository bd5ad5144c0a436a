"""Names worth parsing an object of a PDF for, and the marks that objects with them bear."""

from __future__ import annotations

from typing import Final

from attachguard._core import pdf as core

#: Names worth parsing an object for, by class; the order is the bit number in an object's marks.
CLASSES: Final[dict[str, tuple[str, ...]]] = {
    "script": ("JS", "JavaScript"),
    "launch": ("Launch",),
    "external": ("SubmitForm", "ImportData", "GoToR", "GoToE", "URL"),
    "file": ("EF", "EmbeddedFile"),
    "media": ("RichMedia", "RichMediaContent", "3D", "Sound", "Movie", "Screen", "Rendition", "RichMediaExecute"),
    "form": ("AcroForm", "XFA"),
    "signature": ("ByteRange",),
    "objects": ("ObjStm", "First"),
    "encrypt": ("Encrypt",),
    "trigger": ("OpenAction", "AA"),
    "tree": ("Names",),
    "link": ("A", "PA"),
    "catalog": ("Catalog",),
    "root": ("Root",),
}
#: The bit of each class in an object's marks.
MARK: Final[dict[str, int]] = {kind: 1 << number for number, kind in enumerate(CLASSES, 1)} | {
    "address": 1 << core.ADDRESS_CLASS,
    #: An address that is no ordinary one of the web; and a string that begins as a path on another host does.
    "unusual": core.UNUSUAL,
    "share": core.SHARE,
}
#: Marks that mean there is something to report or to look into.
WORTH: Final = sum(MARK[kind] for kind in CLASSES if kind not in ("trigger", "tree", "link", "catalog", "root")) | (
    MARK["unusual"] | MARK["share"]
)


def _slots() -> bytes:
    table = bytearray(1 << 16)
    for number, names in enumerate(CLASSES.values(), 1):
        for name in names:
            table[core.name_hash(name.encode())] = number
    table[core.name_hash(b"URI")] = core.ADDRESS_CLASS
    table[core.name_hash(b"Length")] = core.LENGTH_CLASS
    return bytes(table)


SLOTS: Final = _slots()
