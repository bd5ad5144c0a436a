"""Compound files (OLE2): which kind of document, message or installer one is, told by its root class and its stream names.

[MS-CFB] for the container; the stream names are those of [MS-DOC] 2.1, [MS-XLS] 2.1, [MS-PPT] 2.1, [MS-OXMSG] 2.2, [MS-OFFCRYPTO] 2.3.4 and 2.2
(encryption, rights management), [MS-OVBA] 2.2. The name of the file plays no part, and neither does a detector that looks at its first bytes: all
these begin alike.

Why our own: see `readers/compound`: olefile takes longer to list a file than a scan takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from attachguard.containers import compound as compounds
from attachguard.errors import Malformed
from attachguard.model import FileType, Finding
from attachguard.part import Part
from attachguard.readers.compound import file as compound
from attachguard.readers.compound.classid import class_text
from attachguard.readers.compound.file import STORAGE, Compound
from attachguard.types.filetypes import filetype

TYPES: Final = frozenset({"cfb"})
LIMITATIONS: Final = (
    "Windows Installer packages, Publisher, Visio, Project and Works files are named; only what Office shares is looked into.",
)
EXTRACTS: Final = "Embedded documents of Works, Publisher, Visio and their kind, the streams of installers."
DETECTS: Final = (
    "Which kind of document, message or installer a compound file is; signatures, property sets, damage to its chains."
)

#: The stream (lower case) that makes a file a document of a kind; a file may hold several.
_STREAMS: Final = (
    ("worddocument", "doc"),
    ("workbook", "xls"),
    ("book", "xls"),
    ("powerpoint document", "ppt"),
    ("pp40", "ppt"),
    ("visiodocument", "vsd"),
    ("__properties_version1.0", "msg"),
    ("nativecontent_main", "qpw"),
    ("starwriterdocument", "sdw"),
    ("starcalcdocument", "sdc"),
    ("stardrawdocument3", "sdd"),
    ("stardrawdocument", "sdd"),
    ("starmathdocument", "smf"),
    ("starchartdocument", "sds"),
    ("destlist", "jumplist"),
    ("basicfileinfo", "rvt"),
    ("documenttext", "jtd"),
)
#: Root classes, where the streams do not say it.
_CLASSES: Final = {
    "000C1084-0000-0000-C000-000000000046": "msi",
    "000C1086-0000-0000-C000-000000000046": "msp",
    "000C1082-0000-0000-C000-000000000046": "msp",  # a transform
    "00021201-0000-0000-00C0-000000000046": "pub",
    "74B78F3A-C8C8-11D1-BE11-00C04FB6FAF1": "mpp",
    "28CDDBC2-0AE2-11CE-A29A-00AA004A1A72": "wps",
    "28CDDBC3-0AE2-11CE-A29A-00AA004A1A72": "wps",
    "00020D0B-0000-0000-C000-000000000046": "msg",
    "00021A13-0000-0000-C000-000000000046": "vsd",
    "00021A14-0000-0000-C000-000000000046": "vsd",
    "00020900-0000-0000-C000-000000000046": "doc",
    "00020906-0000-0000-C000-000000000046": "doc",
    "00020810-0000-0000-C000-000000000046": "xls",
    "00020820-0000-0000-C000-000000000046": "xls",
    "64818D10-4F9B-11CF-86EA-00AA00B929E8": "ppt",
    "EB626F5C-12A9-4F24-A0FC-01B5C2534C35": "qpw",
}
#: Table names of Windows Installer are packed into this range of characters, after U+4840.
_INSTALLER_TABLE: Final = "\u4840"
#: What the first sector tells where the directory is lost: a Word header, an Excel record.
_FIRST_SECTOR: Final = (
    (b"\xec\xa5\xc1\x00", "doc"),
    (b"\x09\x08\x10\x00\x00\x06\x05\x00", "xls"),
    (b"\x09\x08\x08\x00\x00\x05\x05\x00", "xls"),
)


def inspect(part: Part) -> Iterator[FileType | Finding | Part]:
    """The kinds of document it is, whether it is signed, and what is broken about it.

    Raises:
        Malformed: there is no directory.
    """
    try:
        file = part.once(compounds.load)
    except Malformed:
        yield from _without_directory(part.data)
        raise
    for key in kinds(file):
        yield filetype(key)
    root = file.root
    if root.has("_signatures") or root.has("_xmlsignatures"):
        yield part.signature("signature-office", "Office signature: whole document")
    elif root.has("\x05digitalsignature"):
        yield part.signature("signature-code", "Authenticode: in the package")
    if file.damage:
        yield part.finding("malformed-file", "compound file: " + "; ".join(sorted(set(file.damage))[:4]))


def kinds(file: Compound) -> list[str]:
    """Ids of the file types that the streams make it, the ones Office would open first; empty for an unknown kind."""
    names = file.root.children.keys()
    found = _by_streams(file, names)
    if not found and file.orphans:
        # A damaged tree; the entries are still there to be named.
        found = _by_streams(file, {entry.name.lower() for entry in file.orphans} | names)
    if not found:
        known = _CLASSES.get(class_text(file.root.clsid))
        if known:
            return [known]
        found = [
            kind
            for test, kind in ((_is_works, "wps"), (_is_thumbnails, "thumbs"), (_is_installer, "msi"))
            if test(names)
        ]
    return found


def _by_streams(file: Compound, listed: AbstractSet[str]) -> list[str]:
    root = file.root
    if "encryptedpackage" in listed:
        managed = any(entry.name.lower().startswith("drmencrypted") for entry in file.storages())
        return ["ooxml-irm" if managed and "encryptioninfo" not in listed else "ooxml-enc"]
    found: list[str] = []
    for stream, kind in _STREAMS:
        if stream in listed and kind not in found:
            found.append(kind)
    if not found and any(name.startswith("__substg1.0_") for name in listed):
        found.append("msg")
    if "quill" in listed and "contents" in listed:
        found.append("pub")
    if "perfectoffice_main" in listed:
        main = root.get("perfectoffice_main")
        found.append("wpd" if main is not None and file.read(main, 4) == b"\xffWPC" else "qpw")
    header = root.get("fileheader")
    if header is not None and file.read(header, 17) == b"HWP Document File":
        found.append("hwp")
    if not found and _is_project(root):
        found.append("vbaproject")
    return found


def _is_project(root: compound.Entry) -> bool:
    vba = root.get("vba", STORAGE)
    return vba is not None and ("dir" in vba.children or "_vba_project" in vba.children)


def _is_works(names: AbstractSet[str]) -> bool:
    return "matost" in names or ("mm" in names and "contents" in names)


def _is_thumbnails(names: AbstractSet[str]) -> bool:
    return "catalog" in names and ("1" in names or any(name.startswith("256_") for name in names))


def _is_installer(names: AbstractSet[str]) -> bool:
    return sum(name.startswith(_INSTALLER_TABLE) for name in names) >= 2


def _without_directory(data: bytes) -> Iterator[FileType]:
    for start, key in _FIRST_SECTOR:
        if data.startswith(start, 512):
            yield filetype(key)
            return
    for stream, key in (
        ("WordDocument", "doc"),
        ("Workbook", "xls"),
        ("PowerPoint Document", "ppt"),
        ("__properties_version1.0", "msg"),
    ):
        if stream.encode("utf-16-le") in data:
            yield filetype(key)
            return
