"""Flat OPC: the package that the file stands for is cleaned as one, and written as one file of XML again (ECMA-376 part 2).

What stands in front of the first part stays: the declaration, the program that opens it, the element around the parts.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterator
from html import escape
from typing import Final

from attachguard.formats.office._office.flatopc import PACKAGE, rebuild
from attachguard.sanitizers.openxml.package import local, looks_like_xml, parse_xml
from attachguard.sanitizers.record import Cleaned, Refusal, Work

TYPES: Final = frozenset({"flatopc"})
REMOVES: Final = {
    "vba": "what the document loses as a package: macros, objects, controls, fields and references that act",
}
KEEPS: Final = "Everything else of the package; each part is written anew."
REFUSES: Final = "Files that are not in UTF-8, and packages that cannot be cleaned."

_FIRST: Final = re.compile(rb"<((?:[\w.-]{1,40}:)?)part\b")
_DECLARATION: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s{0,99}<\?xml[^>]{0,300}\?>\s{0,99}")
_TYPES: Final = "[Content_Types].xml"
_LINE: Final = 76


def sanitize(work: Work) -> Cleaned:
    """The file without what is not wanted in its package."""
    data = work.data
    first = _FIRST.search(data)
    end = data.rfind(b"</")
    if first is None or end < first.start():
        raise Refusal("it has no parts in UTF-8")
    child = work.child(PACKAGE, rebuild(work.budget, data))
    if child.data is None:
        raise Refusal("the package in it cannot be cleaned")
    return Cleaned(data[: first.start()] + b"".join(_parts(child.data, first[1].decode("ascii"))) + data[end:])


def _parts(package: bytes, prefix: str) -> Iterator[bytes]:
    """The parts of a package as elements."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        media = _media_types(archive.read(_TYPES))
        for name in archive.namelist():
            if name == _TYPES:
                continue
            content = archive.read(name)
            kind = media.get("/" + name.lower()) or media.get(name.rpartition(".")[2].lower(), "")
            markup = looks_like_xml(content) and kind.endswith("xml")
            inner = "xmlData" if markup else "binaryData"
            given = f'{prefix}name="/{escape(name)}" {prefix}contentType="{escape(kind)}"'
            body = _DECLARATION.sub(b"", content) if markup else _lines(content)
            yield (
                f"<{prefix}part {given}><{prefix}{inner}>".encode()
                + body
                + f"</{prefix}{inner}></{prefix}part>".encode()
            )


def _media_types(types: bytes) -> dict[str, str]:
    """Media types by the name of a part, with a slash in front, or by extension."""
    found: dict[str, str] = {}
    for element in parse_xml(types):
        key = element.get("PartName") if local(element) == "Override" else element.get("Extension")
        if key:
            found[key.lower()] = element.get("ContentType", "")
    return found


def _lines(content: bytes) -> bytes:
    text = base64.b64encode(content)
    return b"".join(text[at : at + _LINE] + b"\r\n" for at in range(0, len(text), _LINE))
