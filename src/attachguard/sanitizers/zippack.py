"""A ZIP archive that is written anew with some members changed: all others are copied as they are, compressed.

The standard library reads the directory; it cannot copy a member without unpacking it, so the writing is done here. What stands between members
and what only extra fields hold is left behind: a rebuilt archive hides nothing.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Final

from attachguard.limits import Budget
from attachguard.sanitizers.record import Refusal

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
#: Extra fields that are copied: times, owners and a second spelling of the name.
_KEPT_EXTRA: Final = frozenset({0x5455, 0x7875, 0x000A, 0x7075, 0x9901})
_LEVEL: Final = 6


class Member:
    """One member of an archive that is being rewritten."""

    __slots__ = ("content", "info", "name")

    def __init__(self, info: zipfile.ZipInfo, content: bytes | None = None) -> None:
        self.info = info
        self.name = info.filename
        #: What it holds now; None where that is what it held.
        self.content = content


class Pack:
    """The members of an archive by name, in their order.

    Args:
        data: the archive.
        budget: what is unpacked is charged to it.
        fold: whether names are alike whatever their case, as in packages of documents.

    Raises:
        Refusal: it cannot be read.
    """

    def __init__(self, data: bytes, budget: Budget, *, fold: bool = True) -> None:
        self._key = str.lower if fold else str
        self._data = data
        self._budget = budget
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
            raise Refusal("the ZIP directory cannot be read") from error
        infos = self._zip.infolist()
        if len(infos) > min(0xFFFE, 2 * budget.limits.parts):
            raise Refusal(f"{len(infos)} members are more than are rewritten")
        self.members: dict[str, Member] = {}
        for info in infos:
            key = self._key(info.filename)
            if key in self.members:
                raise Refusal("two members have one name")
            self.members[key] = Member(info)

    def __contains__(self, name: str) -> bool:
        return self._key(name) in self.members

    def read(self, name: str) -> bytes:
        """The content of a member, whatever the case of its name.

        Raises:
            Refusal: it is damaged, encrypted, or packed by an unusual method.
        """
        member = self.members[self._key(name)]
        if member.content is not None:
            return member.content
        limit = self._budget.limits.part_bytes
        try:
            with self._zip.open(member.info) as stream:
                content = stream.read(limit + 1)
        except (
            zipfile.BadZipFile,
            RuntimeError,
            NotImplementedError,
            EOFError,
            zlib.error,
            ValueError,
            OSError,
        ) as error:
            raise Refusal(f"a member cannot be unpacked ({type(error).__name__})") from error
        self._budget.charge(len(content))
        if len(content) > limit:
            raise Refusal("a member is larger than any part may be")
        return content

    def replace(self, name: str, content: bytes) -> None:
        """Give a member other content."""
        self.members[self._key(name)].content = content

    def drop(self, name: str) -> None:
        """Leave a member out."""
        self.members.pop(self._key(name), None)

    def rename(self, name: str, new: str) -> None:
        """Give a member another name; its place stays."""
        self.members = {(new.lower() if key == name.lower() else key): member for key, member in self.members.items()}
        self.members[self._key(new)].name = new

    def add(self, name: str, content: bytes) -> None:
        """Put a further member at the end."""
        self.members[self._key(name)] = Member(zipfile.ZipInfo(name), content)

    def write(self) -> bytes:
        """The archive."""
        out = io.BytesIO()
        central: list[bytes] = []
        for member in self.members.values():
            self._budget.check_time()
            central.append(self._write_member(out, member))
        begin = out.tell()
        directory = b"".join(central)
        comment = self._zip.comment
        if begin + len(directory) > 0xFFFFFFFF:
            raise Refusal("the archive is larger than 4 GiB")
        out.write(directory)
        out.write(_END.pack(b"PK\5\6", 0, 0, len(central), len(central), len(directory), begin, len(comment)) + comment)
        return out.getvalue()

    def _write_member(self, out: io.BytesIO, member: Member) -> bytes:
        info = member.info
        raw, flags = _encoded(member)
        year, month, day, hour, minute, second = info.date_time
        date, time = (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2
        packed: bytes | memoryview
        if member.content is None:
            packed, method, crc, size = self._packed(info), info.compress_type, info.CRC, info.file_size
            flags |= info.flag_bits & ~0x0808
            extra = _extra(info.extra, renamed=member.name != info.filename)
        else:
            content = member.content
            crc, size, method, packed, extra = zlib.crc32(content), len(content), info.compress_type, content, b""
            if method != zipfile.ZIP_STORED or not info.file_size:
                method = zipfile.ZIP_DEFLATED
                packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
                packed = packer.compress(content) + packer.flush()
        offset = out.tell()
        if max(len(packed), size, offset) > 0xFFFFFFFE:
            raise Refusal("the archive is larger than 4 GiB")
        version = max(info.extract_version if member.content is None else 20, 10) & 0xFF
        common = (version, flags, method, time, date, crc, len(packed), size, len(raw), len(extra))
        out.write(_LOCAL.pack(b"PK\3\4", *common) + raw + extra)
        out.write(packed)
        made_by = info.create_system << 8 | info.create_version
        return (
            _CENTRAL.pack(
                b"PK\1\2",
                made_by,
                *common,
                len(info.comment),
                0,
                info.internal_attr & 0xFFFF,
                info.external_attr,
                offset,
            )
            + raw
            + extra
            + info.comment
        )

    def _packed(self, info: zipfile.ZipInfo) -> memoryview:
        at = info.header_offset
        header = self._data[at : at + _LOCAL.size]
        if len(header) < _LOCAL.size or not header.startswith(b"PK\3\4"):
            raise Refusal("the ZIP directory leads to no member")
        fields = _LOCAL.unpack(header)
        start = at + _LOCAL.size + fields[9] + fields[10]
        packed = memoryview(self._data)[start : start + info.compress_size]
        if len(packed) < info.compress_size:
            raise Refusal("a member is cut off")
        return packed


def _encoded(member: Member) -> tuple[bytes, int]:
    """The name as bytes, and the flag that says that it is UTF-8."""
    info, name = member.info, member.name
    if name == info.filename and info.orig_filename and not info.flag_bits & 0x800:
        try:
            return info.orig_filename.encode("cp437"), 0
        except UnicodeEncodeError:
            pass
    try:
        return name.encode("ascii"), 0
    except UnicodeEncodeError:
        return name.encode("utf-8"), 0x800


def _extra(extra: bytes, *, renamed: bool) -> bytes:
    kept: list[bytes] = []
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind in _KEPT_EXTRA and not (renamed and kind == 0x7075) and size <= 1024:
            kept.append(extra[at : at + 4 + size])
        at += 4 + size
    return b"".join(kept)
