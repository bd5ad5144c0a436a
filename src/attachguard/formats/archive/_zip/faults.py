"""What reading the members of a ZIP archive has brought to light: broken ones, and ones that are not what their headers say."""

from __future__ import annotations

from collections.abc import Iterator

from attachguard.formats.archive.members import shown
from attachguard.inspector import Fact
from attachguard.part import Part
from attachguard.readers.zip.archive import Directory, Entry


def troubles(part: Part, directory: Directory) -> Iterator[Fact]:
    """What reading the members of a document has shown: broken ones, and ones that are not what their headers say."""
    broken = [entry for entry in directory.entries if entry.damage]
    if broken:
        detail = f"ZIP: {len(broken)} damaged members, e.g. '{shown(broken[0].name)}': {broken[0].damage}"
        yield part.finding("malformed-file", detail)
    odd = [entry for entry in directory.entries if entry.surprise]
    if odd:
        more = f" ({len(odd)} members)" if len(odd) > 1 else ""
        yield part.finding("headers-differ", f"ZIP: '{shown(odd[0].name)}' {odd[0].surprise}{more}")
    for entry in odd:
        yield from tail(part, directory, entry)


def tail(part: Part, directory: Directory, entry: Entry) -> Iterator[Fact]:
    """What follows the end of a member's packed content, within its size: a streaming reader takes it for the next members."""
    end = entry.start + entry.packed
    content = directory.data[end - min(entry.tail, entry.packed) : end] if entry.tail else b""
    if content.strip(b"\0"):
        # A data descriptor may precede the next header.
        yield part.child(f"{entry.name}.rest", content[max(0, content.find(b"PK\x03\x04")) :])
