"""Rich Text documents with objects and fields, as Word writes them (Rich Text Format Specification 1.9.1; OLE 1 data: [MS-OLEDS] 2.2)."""

from __future__ import annotations

import struct

from attachguard.testkit.compound import packaged
from attachguard.testkit.content import Content, octets


def text(value: str) -> bytes:
    """A length-prefixed string of an OLE 1.0 header."""
    raw = value.encode("latin-1") + b"\0" if value else b""
    return struct.pack("<I", len(raw)) + raw


def ole1(class_name: str, native: bytes) -> bytes:
    """An embedded OLE 1.0 object."""
    return (
        struct.pack("<II", 0x0501, 2) + text(class_name) + text("") + text("") + struct.pack("<I", len(native)) + native
    )


def ole1_link(class_name: str, topic: str) -> bytes:
    """A linked OLE 1.0 object."""
    return struct.pack("<II", 0x0501, 1) + text(class_name) + text(topic) + text("")


def document(body: str) -> bytes:
    """A small document around some RTF."""
    head = r"{\rtf1\ansi\deff0{\fonttbl{\f0\fswiss Arial;}}{\colortbl;\red0\green0\blue0;}\pard\f0\fs20 "
    return (head + "Sehr geehrte Damen und Herren,\\par anbei die Unterlagen.\\par " + body + "}").encode("latin-1")


def with_object(data: str, *, words: str = r"\objemb", class_name: str = "Package") -> bytes:
    """A document with an object whose hex text is given as it shall be in the file."""
    return document(
        rf"{{\object{words}{{\*\objclass {class_name}}}{{\*\objdata {data}}}{{\result {{\pict\wmetafile8 0100}}}}}}"
    )


def rtf(
    *,
    object: Content = b"",  # noqa: A002  what a test calls it
    class_name: str = "Package",
    update: bool = False,
    name: str = "",
    field: str = "",
    body: str = "",
) -> bytes:
    r"""A Rich Text document.

    Args:
        object: native data of an OLE 1 object: a compound file, an equation, a file.
        class_name: the object's class; `Package` with a `name` wraps the data in what the object packager writes.
        update: whether the object is loaded as soon as the document opens (`\objupdate`).
        name: the file name in a package.
        field: the instruction of a field.
        body: more RTF, as it shall be in the file.
    """
    data = octets(object)
    pieces = body
    if field:
        pieces += rf"{{\field{{\*\fldinst {field}}}{{\fldrslt !}}}}"
    if not data:
        return document(pieces)
    native = packaged(name, data) if name else data
    words = r"\objautlink\objupdate" if update else r"\objemb"
    made = with_object(ole1(class_name, native).hex(), words=words, class_name=class_name)
    return made.removesuffix(b"}") + pieces.encode("latin-1") + b"}"
