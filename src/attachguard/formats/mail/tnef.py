"""TNEF, known as winmail.dat (MS-OXTNEF): Outlook's own wrapping of a message with its attachments.

After a signature and a key come attributes: level, id, length, data, checksum. Attributes of the first level describe the message, those of the
second an attachment each, which begins anew with its rendering data. Names and contents are in attributes of their own, or among the MAPI
properties of one attribute, or in both: then both contents are looked at, since readers differ in which one they open. Embedded messages are TNEF
again, OLE objects compound files, and the body often is compressed RTF.

Why our own: the packages for it read whole files into objects, trust their lengths, and know no bounds.
"""

from __future__ import annotations

import codecs
import hashlib
import struct
from collections.abc import Iterator
from functools import partial
from typing import Final

from attachguard._core.lzfu import expand
from attachguard.codes import Role
from attachguard.errors import Malformed
from attachguard.formats.referring import refer
from attachguard.inspector import Fact
from attachguard.part import Part
from attachguard.readers import mapi
from attachguard.readers.mapi import Value
from attachguard.readers.references import USES

TYPES: Final = frozenset({"tnef"})
LIMITATIONS: Final = ("Attachments that are links or stand in for others are reported, not followed.",)
EXTRACTS: Final = "Attachments, embedded messages and the body."
DETECTS: Final = "Attachments that cannot be read, reminders and attachments on other hosts, damage."

_SIGNATURE: Final = b"\x78\x9f\x3e\x22"
_HEADER: Final = struct.Struct("<BII")
_MESSAGE_LEVEL: Final = 1
_ATTACHMENT_LEVEL: Final = 2
_MAX_ATTRIBUTES: Final = 20_000

#: Attributes (MS-OXTNEF 2.1.3.2): type in the high half, number in the low one.
_BODY: Final = 0x0002800C
_MAPI_PROPERTIES: Final = 0x00069003
_CODEPAGE: Final = 0x00069007
_ATTACH_TITLE: Final = 0x00018010
_ATTACH_DATA: Final = 0x0006800F
_ATTACH_META_FILE: Final = 0x00068011
_ATTACH_TRANSPORT_NAME: Final = 0x00069001
_ATTACH_RENDERING: Final = 0x00069002
_ATTACHMENT: Final = 0x00069005

#: MAPI properties (MS-OXPROPS), by descending worth as a name.
_NAMES: Final = (0x3707, 0x370C, 0x3704, 0x3001)
_PR_EXTENSION: Final = 0x3703
_PR_DATA: Final = 0x3701
_PR_MIME: Final = 0x370E
_PR_LINK: Final = frozenset({0x3708, 0x370D})
_PR_BODY: Final = 0x1000
_PR_RTF: Final = 0x1009
_PR_HTML: Final = 0x1013

_COMPOUND: Final = b"\xd0\xcf\x11\xe0"
_GUID: Final = 16


class _Attachment:
    """What is known of one attachment so far."""

    def __init__(self) -> None:
        self.title = ""
        self.names: dict[int, str] = {}
        self.mime: str | None = None
        self.contents: list[tuple[int, int]] = []
        self.link = ""

    @property
    def name(self) -> str:
        """The name that Outlook shows."""
        best = next((self.names[key] for key in _NAMES if self.names.get(key)), "")
        # A display name may lack the extension that the short title has.
        return self.title if self.title and "." not in best else best or self.title or self.names.get(_PR_EXTENSION, "")


def inspect(part: Part) -> Iterator[Fact]:
    """Attachments and bodies."""
    reader = _Reader(part)
    yield from reader.facts()
    if reader.broken:
        raise Malformed(reader.broken)


class _Reader:
    """Walks the attributes once, giving each attachment when it is complete."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.data = part.data
        self.codepage = "cp1252"
        self.broken = ""
        self.current: _Attachment | None = None

    def facts(self) -> Iterator[Fact]:
        for level, key, start, end in self._attributes():
            if level == _MESSAGE_LEVEL:
                yield from self._of_message(key, start, end)
                continue
            if key == _ATTACH_RENDERING or self.current is None:
                yield from self._finished()
                self.current = _Attachment()
            self._of_attachment(self.current, key, start, end)
        yield from self._finished()

    def _attributes(self) -> Iterator[tuple[int, int, int, int]]:
        """Level, id, start and end of each attribute (MS-OXTNEF 2.1.1)."""
        at = 6
        for number in range(_MAX_ATTRIBUTES):
            if at + _HEADER.size > len(self.data):
                return
            level, key, size = _HEADER.unpack_from(self.data, at)
            if level not in (_MESSAGE_LEVEL, _ATTACHMENT_LEVEL):
                # Readers stop at what is no attribute; gateways like to append a few octets.
                if number == 0:
                    self.broken = "TNEF: no attributes"
                return
            start = at + _HEADER.size
            end = min(start + size, len(self.data))
            yield level, key, start, end
            at = start + size + 2
            if at > len(self.data) + 2:
                self.broken = "TNEF: an attribute is longer than the file"
                return
            if number % 256 == 255:
                self.part.budget.check_time()
        self.broken = "TNEF: too many attributes"

    def _of_message(self, key: int, start: int, end: int) -> Iterator[Fact]:
        if key == _CODEPAGE and end - start >= 4:
            self.codepage = _codec(struct.unpack_from("<I", self.data, start)[0])
        elif key == _BODY:
            value = Value(_PR_BODY, mapi.STRING, start, end)
            yield self.part.child("body.txt", partial(_text, self.data, value, self.codepage), role="embedded")
        elif key == _MAPI_PROPERTIES:
            for value in self._values(start, end):
                if value.id == _PR_RTF and value.type == mapi.BINARY:
                    yield self.part.child(
                        "body.rtf", partial(_rtf, self.data[value.start : value.end]), role="embedded"
                    )
                elif value.id == _PR_HTML:
                    yield self._child("body.html", value.start, value.end, role="embedded")
                elif value.id == _PR_BODY:
                    yield self.part.child("body.txt", partial(_text, self.data, value, self.codepage), role="embedded")
                elif value.named == mapi.REMINDER_FILE:
                    yield from refer(self.part, USES["reminder"], mapi.text(self.data, value, self.codepage))

    def _of_attachment(self, attachment: _Attachment, key: int, start: int, end: int) -> None:
        if key == _ATTACH_TITLE or (key == _ATTACH_TRANSPORT_NAME and not attachment.title):
            raw = self.data[start : min(end, start + 1024)].partition(b"\0")[0]
            attachment.title = raw.decode(self.codepage, "replace")
        elif key == _ATTACH_DATA:
            attachment.contents.append((start, end))
        elif key == _ATTACHMENT:
            for value in self._values(start, end):
                self._property(attachment, value)

    def _property(self, attachment: _Attachment, value: Value) -> None:
        if value.id == _PR_DATA and value.end > value.start:
            start = value.start
            # An object follows the GUID of its interface: a message in TNEF, or a storage.
            if value.type == mapi.OBJECT or self.data[start + _GUID : start + _GUID + 4] in (_SIGNATURE, _COMPOUND):
                start = min(start + _GUID, value.end)
            attachment.contents.append((start, value.end))
        elif value.id in _NAMES or value.id == _PR_EXTENSION:
            attachment.names[value.id] = mapi.text(self.data, value, self.codepage)
        elif value.id == _PR_MIME:
            attachment.mime = mapi.text(self.data, value, "latin-1")[:100]
        elif value.id in _PR_LINK:
            attachment.link = attachment.link or mapi.text(self.data, value, self.codepage)

    def _values(self, start: int, end: int) -> Iterator[Value]:
        """Values of a property list; one that breaks off counts as far as it goes."""
        try:
            yield from mapi.values(self.data, start, end)
        except mapi.Broken:
            self.broken = self.broken or "TNEF: a property list is broken"

    def _finished(self) -> Iterator[Fact]:
        attachment, self.current = self.current, None
        if attachment is None:
            return
        if attachment.link:
            yield from refer(self.part, USES["attachment"], attachment.link, words="Attachment by reference")
        seen: set[bytes] = set()
        for start, end in attachment.contents:
            content = hashlib.sha256(memoryview(self.data)[start:end]).digest()
            if content not in seen:
                seen.add(content)
                yield self._child(attachment.name, start, end, role="member", declared=attachment.mime)
        if not seen:
            what = "a link" if attachment.link else "an attachment without content"
            yield self.part.finding("not-opened", f"TNEF: {what}")

    def _child(self, name: str, start: int, end: int, *, role: Role, declared: str | None = None) -> Part:
        return self.part.child(name, partial(_slice, self.data, start, end), role=role, declared=declared)


def _slice(data: bytes, start: int, end: int) -> bytes:
    return data[start:end]


def _text(data: bytes, value: Value, codepage: str) -> bytes:
    raw = data[value.start : value.end]
    text = (
        raw[: len(raw) & ~1].decode("utf-16-le", "replace")
        if value.type == mapi.UNICODE
        else raw.decode(codepage, "replace")
    )
    return text.rstrip("\0").encode()


def _rtf(value: bytes) -> bytes:
    text, whole = expand(value)
    if not whole and not text:
        raise Malformed("TNEF: compressed RTF cannot be unpacked")
    return text


def _codec(codepage: int) -> str:
    """Python's name of a Windows code page; Windows-1252 where it has none."""
    if codepage == 65001:
        return "utf-8"
    try:
        return codecs.lookup(f"cp{codepage % 100_000}").name
    except LookupError:
        return "cp1252"
