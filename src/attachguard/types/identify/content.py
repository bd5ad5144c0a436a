"""What bytes are, whatever their name says: signatures and structure first.

Own code, because this runs on every part of every message (libmagic takes a hundred times as long and calls macro documents, mail and keys by the
wrong names), and because all types that match are wanted, not the best one. Order of evidence: first bytes, magic at fixed places, ASN.1 and OpenPGP
structure, the text family, what is at the end of the file, and for the rest libmagic.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attachguard._core.needles import holds_folded
from attachguard.model import FileType
from attachguard.readers.crypto import der_kinds as derkinds
from attachguard.readers.packed import markers
from attachguard.types.checks import media as structure_media
from attachguard.types.checks import structure
from attachguard.types.checks.encodings import HEAD as TEXT_REACH
from attachguard.types.checks.encodings import decode_wide, is_text
from attachguard.types.claims import CLAIMS, RUN_EXTENSIONS, TEXT_EXTENSIONS, TEXT_NAMES
from attachguard.types.extension import extension
from attachguard.types.filetypes import TYPES, by_word, filetype, refines
from attachguard.types.identify import longtail
from attachguard.types.identify.magic import BY_FIRST_BYTE, PLACED, further_in
from attachguard.types.identify.mail import mail_kind
from attachguard.types.identify.opened import as_opened
from attachguard.types.identify.tail import behind, web_archive
from attachguard.types.identify.text import text_kinds
from attachguard.types.identify.volumes import volume

_BOXES: Final = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"jP  ", b"JXL "})
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
#: Readers of RAR look this far for its marker after a stub (RAR technical note, SFX modules).
_STUB: Final = 1 << 20
#: What binary data are by their name alone: formats without magic, and what programs read whatever stands around their part of it.
_BARE: Final = by_word("bare")
#: Read whatever bytes stand around: `cmd` takes lines, `mshta` looks for tags.
_READ_ANYWAY: Final = ("bat", "hta")
_NO_SCRIPTS: Final = ("com", "br")


def identify(
    data: bytes,
    name: str = "",
    declared: str | None = None,
    *,
    complete: bool = True,
    guess: Callable[[bytes], str] = longtail.guess,
) -> list[FileType]:
    """Every file type that the bytes satisfy, the best description first.

    Args:
        data: the content, or its head.
        name: file name, decoded; decides where content is plain text, and adds what the file is to whoever opens it by its name.
        declared: media type that a header claims; adds what a nameless file is to whoever opens it by that.
        complete: False when `data` is only the head of the content.
        guess: asked for the id of a type where nothing here tells one.
    """
    if not data:
        return [filetype("empty")] if complete else []
    found = _by_signature(data)
    if not found:
        found = _by_structure(data)
    if not found:
        found = _text(data, name, complete=complete)
    if complete:
        suffix = extension(name) if name else ""
        behind(data, found, suffix)
        web_archive(data, found, suffix)
        if not found:
            found = _last_resort(data, name, guess)
        elif _BARE.get(suffix) in _READ_ANYWAY:
            _read_anyway(data, name, found)
        elif found == ["plist"] and refines(TEXT_NAMES.get(suffix, ""), "plist"):
            found = [TEXT_NAMES[suffix]]
        elif _BARE.get(suffix, "com") not in _NO_SCRIPTS:
            _run_anyway(data, _BARE[suffix], found)
        as_opened(data, suffix, declared, found, known=suffix in CLAIMS or suffix in RUN_EXTENSIONS)
    return [TYPES[key] for key in found]


def _by_signature(data: bytes) -> list[str]:
    found: list[str] = []
    known, lines = BY_FIRST_BYTE[data[0]]
    for prefix, answer in lines if data.startswith(known) else ():
        if data.startswith(prefix):
            key = answer if isinstance(answer, str) else answer(data)
            if key:
                found.append(key)
                break
    for offset, magic, key in PLACED:
        if len(data) < offset:
            break
        if data.startswith(magic, offset) and key not in found:
            found.append(key)
    return found


def _by_structure(data: bytes) -> list[str]:
    """Formats without magic in their first bytes."""
    key: str | None = ""
    first = data[0]
    if data[4:8] in _BOXES:
        key = structure_media.box(data)
    if not key and first == 0x30:
        key = derkinds.sniff(data)
    if not key and data[2:3] == b"-":
        key = structure.lha(data)
    if not key and data[2:4] == b"\r\n":
        key = structure.python_bytecode(data)
    if not key and data[36:40] == b"acsp":
        key = "icc"
    if not key and data[34:36] == b"LP" and data[8:11] in (b"\0\0\1", b"\1\0\2", b"\2\0\2"):
        key = "eot"
    if not key and len(data) >= 512 and data[148:156].strip(b" \0").isdigit():
        key = structure.old_tar(data)
    if not key and data[510:512] == b"\x55\xaa":
        key = structure.boot_sector(data)  # the code before a partition table is anybody's
    if not key and data.find(b"\0", 0, 4096) >= 0:
        key = further_in(data)
    return [key] if key else []


def _text(data: bytes, name: str, *, complete: bool) -> list[str]:
    if data.startswith(_BYTE_ORDER_MARK):
        data = data[3:]
    suffix = extension(name) if name else ""
    # An interpreter starts before it has seen the end: for what is named as a script the head decides, here as in a stream.
    if is_text(data, 4096 if suffix in RUN_EXTENSIONS else TEXT_REACH, named=suffix in TEXT_EXTENSIONS):
        return text_kinds(data, suffix, complete=complete)
    wide = decode_wide(data)
    if wide is not None:
        return text_kinds(wide, suffix, complete=complete)
    return []


def _run_anyway(data: bytes, key: str, found: list[str]) -> None:
    """Script hosts go by the name; what begins like text may be a script to its end, the rest of the picture in a comment."""
    binary = all(TYPES[kind].group not in ("text", "script") for kind in found)
    if binary and key not in found and data[:6].isascii() and data[:6].decode("ascii").isprintable():
        found.append(key)


def _read_anyway(data: bytes, name: str, found: list[str]) -> None:
    """`cmd` runs whatever lines of a batch file make sense, `mshta` finds its tags in any bytes."""
    key = _BARE[extension(name)]
    program = any(TYPES[kind].group == "executable" for kind in found)
    if key not in found and not program and (key == "bat" or holds_folded(data[:_STUB], b"<script")):
        found.append(key)


def _last_resort(data: bytes, name: str, guess: Callable[[bytes], str]) -> list[str]:
    """Types that only structure or the name can tell, when nothing else did."""
    from attachguard.readers.crypto import openpgp  # most content is something else

    if openpgp.sniff(data):
        return ["pgp"]
    key = structure_media.targa(data)
    if key:
        return [key]
    for key, place in (("rar", markers.rar(data, 0, _STUB)), ("7z", markers.seven_zip(data, 0, _STUB))):
        if place > 0:
            return [key]
    kind = mail_kind(data[:TEXT_REACH].lstrip(), data, "")
    if kind:
        return [kind]  # a message with binary content, or with a NUL that somebody put into its header
    suffix = extension(name)
    if TYPES["tar"].extensions.count(suffix) and structure.late_tar(data):
        return ["tar"]
    if suffix in _BARE:
        return [_BARE[suffix]]
    if volume(name):
        return ["volume"]
    if len(data) < 16:
        return []
    key = guess(data)
    return [key] if key else []
