"""Compound files, and what rules look for inside them: packages and equations as OLE objects carry them ([MS-OLEDS] 2.2, [MS-CFB])."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from attachguard.readers.compound.build import Storage, write
from attachguard.readers.compound.classid import class_bytes
from attachguard.testkit.content import Content, octets

#: EQNOLEFILEHDR: its length, version 2.0, a clipboard format, the size of what follows; then MTEF 3 from MathType 1.1, and a size record.
_EQUATION_HEADER = struct.pack("<HIHI16x", 28, 0x20000, 0xC1, 60) + b"\x03\x01\x01\x03\x0a\x0a\x01"
_EQUATION_CLASS = "0002CE02-0000-0000-C000-000000000046"


def build(streams: Mapping[str, bytes], clsid: str = "", classes: Mapping[str, str] | None = None) -> bytes:
    """A compound file from contents by path (`Macros/VBA/dir`); `classes` are those of storages, by path."""
    root = storage(streams, classes)
    if clsid:
        root.clsid = class_bytes(clsid)
    return write(root)


def storage(streams: Mapping[str, bytes], classes: Mapping[str, str] | None = None) -> Storage:
    """The same as a tree of storages that is still to be written."""
    root = Storage()
    for path, data in streams.items():
        *above, name = path.split("/")
        _reach(root, above).streams[name] = data
    for path, text in (classes or {}).items():
        _reach(root, path.split("/")).clsid = class_bytes(text)
    return root


def _reach(root: Storage, steps: list[str]) -> Storage:
    for step in steps:
        root = root.storages.setdefault(step, Storage())
    return root


def compound(*, streams: Mapping[str, Content], clsid: str = "") -> bytes:
    """A compound file (OLE2) with these streams.

    Args:
        streams: contents by path; `Storage/Stream` makes the storage.
        clsid: the root's class, as 36 characters.
    """
    return build({path: octets(data) for path, data in streams.items()}, clsid)


def ole10native(*, name: str, data: Content) -> bytes:
    """What the object packager writes into the stream Ole10Native: a file with its name and paths.

    Args:
        name: the file's.
        data: what is in it.
    """
    body = packaged(name, octets(data))
    return struct.pack("<I", len(body)) + body


def packaged(name: str, data: bytes) -> bytes:
    """The same without the length in front, as Rich Text carries it."""
    label = name.encode("cp1252", "replace") + b"\0"
    path = b"C:\\Temp\\" + label
    head = b"\x02\0" + label + path + struct.pack("<HHI", 0, 3, len(path)) + path
    return head + struct.pack("<I", len(data)) + data


def equation_native(*, font: Content = "Times New Roman") -> bytes:
    """An equation with one font record; a long font name is what CVE-2017-11882 is about.

    Args:
        font: the name of the font, or the bytes that are in its place.
    """
    return _EQUATION_HEADER + b"\x08\x5a\x5a" + octets(font) + b"\0" * 40


def equation(*, font: Content = "Times New Roman", stream: str = "Equation Native") -> bytes:
    r"""An embedded object of the Equation Editor as a compound file.

    Args:
        font: the name of the font, or the bytes that are in its place.
        stream: the stream that holds the equation; `\1Ole10Native` is where exploits put it as well.
    """
    native = equation_native(font=font)
    if stream.endswith("Ole10Native"):
        native = struct.pack("<I", len(native)) + native
    return build({stream: native, "\x01CompObj": bytes(60)}, _EQUATION_CLASS)
