"""What the tools of `tools` list: one reader for each tool's form.

The text comes from a program that has read hostile bytes. Nothing of it is believed but as a hint where each file begins, and a hint that does not
hold is noticed by whoever follows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from attachguard.errors import Malformed

_NAME_LIMIT: Final = 4096
#: Digits of the largest size of a file.
_DIGITS: Final = 19
#: First letter of the rights of a file, as `ls -l` shows them.
_KINDS: Final = {"d": "folder", "l": "link", "b": "device", "c": "device", "p": "device", "s": "device"}
_RIGHTS: Final = 10


class Entry(NamedTuple):
    """One line of a list.

    Args:
        name: path inside the archive.
        kind: `file`, `folder`, `link` or `device`.
        size: bytes of its content; None where the tool does not say.
        crc: checksum of its content, where there is one; for most types CRC-32.
        encrypted: whether its content is encrypted.
    """

    name: str
    kind: str
    size: int | None
    crc: int | None = None
    encrypted: bool = False


def sevenzip(listing: bytes) -> Iterator[Entry]:
    """`7z l -slt -ba`: lines `Key = value`, a blank line after each entry, which may lack a name."""
    blocks = list(_blocks(listing, " = "))
    # Not every format marks its folders.
    folders = {path.rpartition("/")[0] for path in (fields.get("Path", "") for fields in blocks)}
    for fields in blocks:
        if "Path" not in fields and "Size" not in fields:
            continue
        rights = (fields.get("Mode") or fields.get("Attributes", "")).rpartition(" ")[2]
        kind = _KINDS.get(rights[0], "file") if len(rights) == _RIGHTS else "file"
        if fields.get("Folder") == "+" or fields.get("Attributes", "").startswith("D"):
            kind = "folder"
        elif fields.get("Symbolic Link"):
            kind = "link"
        elif fields.get("Size") == "0" and fields.get("Path") in folders:
            kind = "folder"
        encrypted = fields.get("Encrypted") == "+"
        yield Entry(
            fields.get("Path", "")[:_NAME_LIMIT],
            kind,
            _number(fields.get("Size", "")),
            _crc(fields.get("CRC", "")),
            encrypted,
        )


def unrar(listing: bytes) -> Iterator[Entry]:
    """`unrar lt`: lines `Key: value`, the keys set to the right, a blank line after each entry."""
    for fields in _blocks(listing, ": "):
        if "Name" not in fields or "Type" not in fields:
            continue
        words = fields["Type"].lower()
        kind = "file" if words == "file" else "folder" if words == "directory" else "link" if "link" in words else ""
        if not kind:
            continue  # a service record
        flags = fields.get("Flags", "")
        yield Entry(
            fields["Name"][:_NAME_LIMIT],
            kind,
            0 if kind != "file" else _number(fields.get("Size", "")),
            _crc(fields.get("CRC32", "")),
            "encrypted" in flags,
        )


class _Listing(msgspec.Struct):
    """What `lsar -j` puts out."""

    contents: list[dict[str, Any]] = msgspec.field(name="lsarContents", default_factory=list)


def unar(listing: bytes) -> Iterator[Entry]:
    """`lsar -j`: one JSON object.

    Raises:
        Malformed: it is none.
    """
    try:
        found = msgspec.json.decode(listing, type=_Listing)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed("gives no list that makes sense") from error
    for fields in found.contents:
        if fields.get("XADIsResourceFork"):
            continue
        size = fields.get("XADFileSize")
        kind = "folder" if fields.get("XADIsDirectory") else "link" if fields.get("XADIsLink") else "file"
        yield Entry(
            str(fields.get("XADFileName", ""))[:_NAME_LIMIT],
            kind,
            size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
            None,
            bool(fields.get("XADIsEncrypted")),
        )


def _blocks(listing: bytes, divider: str) -> Iterator[dict[str, str]]:
    """The fields of each entry; of a field that comes twice the first counts."""
    fields: dict[str, str] = {}
    for line in listing.decode("utf-8", "replace").split("\n"):
        if not line.strip("\r"):
            if fields:
                yield fields
            fields = {}
            continue
        key, found, value = line.strip("\r").partition(divider.rstrip())
        if found:
            fields.setdefault(key.strip(), value.removeprefix(" "))
    if fields:
        yield fields


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def _crc(text: str) -> int | None:
    try:
        return int(text, 16) if len(text) == 8 else None
    except ValueError:
        return None
