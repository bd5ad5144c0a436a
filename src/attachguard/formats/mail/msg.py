"""Outlook messages ([MS-OXMSG]): attachments, embedded messages, bodies.

Properties are streams named after their tag and type: `__substg1.0_37010102` is 0x3701 (attached data), binary. Each attachment is a storage
`__attach_version1.0_#…`; an attached message or OLE object is a storage in it, which becomes a compound file of its own.

Why our own: extract-msg builds all of a message, brings a dozen dependencies, and believes what its properties say.
"""

from __future__ import annotations

import codecs
import functools
import re
import struct
from collections.abc import Iterator
from typing import Final

from attachguard._core.lzfu import expand
from attachguard.containers import compound as compounds
from attachguard.formats.referring import refer
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers import mapi
from attachguard.readers.compound import build as compound_build
from attachguard.readers.compound.file import STORAGE, Compound, Entry
from attachguard.readers.references import NETWORK_PATH, USES, kind_of
from attachguard.types.filetypes import filetype

TYPES: Final = frozenset({"msg"})
LIMITATIONS: Final = ("Attachments by reference are reported with the place they point to.",)
EXTRACTS: Final = "Attachments, embedded messages and the bodies."
DETECTS: Final = "Attachments that are only a path or an address, reminders whose sound lies on another host."

_PROPERTY: Final = "__substg1.0_"
_ATTACHMENT: Final = "__attach_version1.0_"
#: Property tags ([MS-OXPROPS]); the type follows: 001F Unicode, 001E in the message's code page, 0102 binary, 000D object.
_DATA: Final = "37010102"
_OBJECT: Final = "3701000d"
_NAMES: Final = ("3707", "3704", "3001")  # long name, short name, display name
_MIME: Final = "370e"
_PATHS: Final = ("370d", "3708")  # where an attachment by reference is
_TEXT: Final = "1000"
_HTML: Final = "1013"
#: Code pages of the message and of its HTML, as 32-bit numbers.
_MESSAGE_PAGE: Final = b"\x03\x00\xfd\x3f"
_INTERNET_PAGE: Final = b"\x03\x00\xde\x3f"
_RTF: Final = "10090102"
#: A text among the named properties.
_NAMED: Final = re.compile(r"__substg1\.0_([89a-f][0-9a-f]{3})001[ef]")
_MAXIMUM_NAME: Final = 2048
#: Bytes of the map of named properties: it has 0x7FFF of them at most.
_MAXIMUM_NAMES: Final = 8 * 0x8000


def inspect(part: Part) -> Iterator[Part | Finding]:
    """Attachments and bodies as parts."""
    file = compounds.peek(part)
    if file is None:
        return
    root = file.root
    encoding = _encoding(file, root)
    yield from _bodies(part, file, root, encoding)
    yield from _reminder(part, file, root, encoding)
    for storage in file.storages(under=root):
        if storage.name.lower().startswith(_ATTACHMENT):
            yield from _attachment(part, file, storage, encoding)


def _encoding(file: Compound, root: Entry) -> str:
    """The code page of narrow text, from the fixed-size properties of the message ([MS-OXMSG] 2.4.1.1)."""
    entry = root.get("__properties_version1.0")
    content = file.read(entry, 1 << 16) if entry is not None else b""
    for tag in (_MESSAGE_PAGE, _INTERNET_PAGE):
        at = content.find(tag, 32)
        if at >= 0 and at % 16 == 0:
            try:
                return codecs.lookup(f"cp{int.from_bytes(content[at + 8 : at + 12], 'little')}").name
            except LookupError:
                continue
    return "cp1252"


def _bodies(part: Part, file: Compound, root: Entry, encoding: str) -> Iterator[Part]:
    text = _string(file, root, _TEXT, encoding, None)
    if text:
        yield part.layer("body.txt", text.encode("utf-8", "replace"), filetype("txt"))
    html = root.get(f"{_PROPERTY}{_HTML}0102")
    if html is not None and html.size:
        yield part.child("body.html", functools.partial(file.read, html), role="body")
    else:
        page = _string(file, root, _HTML, encoding, None)
        if page:
            yield part.child("body.html", page.encode("utf-8", "replace"), role="body")
    rtf = root.get(_PROPERTY + _RTF)
    if rtf is not None and rtf.size:
        yield part.child("body.rtf", functools.partial(_rtf, file, rtf), role="body")


def _reminder(part: Part, file: Compound, root: Entry, encoding: str) -> Iterator[Finding]:
    """The sound of a reminder, which Outlook fetches when it is due (CVE-2023-23397).

    It is a named property: a storage of the outermost message maps names to tags ([MS-OXMSG] 2.2.3). A message inside another has no such
    storage, so there every named text counts that is a path to another host.
    """
    names = root.get("__nameid_version1.0", STORAGE)
    entries = names.get(f"{_PROPERTY}00030102") if names is not None else None
    mapped = file.read(entries, _MAXIMUM_NAMES) if entries is not None else b""
    tags = {
        0x8000 + place
        for number, _, place in struct.iter_unpack("<IHH", mapped[: len(mapped) // 8 * 8])
        if number == mapi.REMINDER_FILE
    }
    for name in list(root.children):
        found = _NAMED.fullmatch(name)
        if found is not None and (entries is None or int(found[1], 16) in tags):
            sound = _string(file, root, found[1], encoding, _MAXIMUM_NAME)
            if entries is not None or kind_of(USES["reminder"], sound) == NETWORK_PATH:
                yield from refer(part, USES["reminder"], sound)


def _rtf(file: Compound, entry: Entry) -> bytes:
    """The RTF body, which is kept compressed ([MS-OXRTFCP]); what there is of it where it is cut."""
    content, _whole = expand(file.read(entry))
    return content


def _attachment(part: Part, file: Compound, storage: Entry, encoding: str) -> Iterator[Part | Finding]:
    name = next((found for tag in _NAMES if (found := _string(file, storage, tag, encoding, _MAXIMUM_NAME))), "")
    declared = _string(file, storage, _MIME, encoding, _MAXIMUM_NAME) or None
    data = storage.get(_PROPERTY + _DATA)
    inner = storage.get(_PROPERTY + _OBJECT, STORAGE)
    if data is not None:
        yield part.child(name or "attachment", functools.partial(file.read, data), role="attachment", declared=declared)
    if inner is not None:
        yield part.child(
            name or "message.msg", functools.partial(_rebuilt, file, inner), role="attachment", declared=declared
        )
    if data is None and inner is None:
        path = next((found for tag in _PATHS if (found := _string(file, storage, tag, encoding, _MAXIMUM_NAME))), "")
        if path:
            yield from refer(part, USES["attachment"], path, words="Attachment by reference")


def _rebuilt(file: Compound, storage: Entry) -> bytes:
    return compound_build.write(compound_build.copy(file, storage))


def _string(file: Compound, storage: Entry, tag: str, encoding: str, limit: int | None) -> str:
    """A text property, Unicode or not; empty where there is none."""
    wide = storage.get(f"{_PROPERTY}{tag}001f")
    if wide is not None:
        return file.read(wide, limit).decode("utf-16-le", "replace").rstrip("\0")
    narrow = storage.get(f"{_PROPERTY}{tag}001e")
    if narrow is not None:
        return file.read(narrow, limit).decode(encoding, "replace").rstrip("\0")
    return ""
