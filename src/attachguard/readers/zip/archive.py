"""Members of a ZIP archive, for every format that is a ZIP archive (APPNOTE.TXT 6.3.10, WinZip AE-1/AE-2).

`read_directory` is used with `part.once`, so that the inspectors of one part share one reading; `zipcontent` unpacks the members.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, Final

from attachguard._core import zipdir, zipmarks
from attachguard._core.zipcentral import contents
from attachguard.readers.outside import optional

STORED: Final = 0
DEFLATED: Final = 8
#: Compression methods by number (4.4.5).
METHODS: Final = {
    0: "stored", 1: "shrink", 2: "reduce", 3: "reduce", 4: "reduce", 5: "reduce", 6: "implode", 7: "tokenize", 8: "deflate", 9: "Deflate64",
    10: "DCL implode", 12: "bzip2", 14: "LZMA", 16: "CMPSC", 18: "TERSE", 19: "LZ77", 20: "zstd", 93: "zstd", 94: "MP3", 95: "XZ", 96: "JPEG",
    97: "WavPack", 98: "PPMd", 99: "AES",
}  # fmt: skip
_READABLE: Final = frozenset({0, 8, 9, 12, 14, 95})
#: 20 is the number that Zstandard had first.
ZSTANDARD: Final = frozenset({20, 93})

_ENCRYPTED: Final = 0x0001
_STRONG: Final = 0x0040
_UTF8: Final = 0x0800
_MASKED: Final = 0x2000
_EXTRA_AES: Final = 0x9901
_EXTRA_STRONG: Final = 0x0017
#: Info-ZIP Unicode Path (4.6.9): version, checksum of the plain name, the name in UTF-8.
EXTRA_UNICODE_PATH: Final = 0x7075
#: Key sizes of WinZip AES and algorithms of PKWARE's strong encryption (7.2.3.2), as their extra fields number them.
_AES_BITS: Final = {1: 128, 2: 192, 3: 256}
_STRONG_NAMES: Final = {
    0x6601: "DES", 0x6602: "RC2", 0x6603: "3DES-168", 0x6609: "3DES-112", 0x660E: "AES-128", 0x660F: "AES-192", 0x6610: "AES-256",
    0x6702: "RC2", 0x6720: "Blowfish", 0x6721: "Twofish", 0x6801: "RC4",
}  # fmt: skip

_FOLDER_ATTRIBUTE: Final = 0x10
_FOLDER_MODE: Final = 0x4000
#: What no attributes are without that make a folder.
_FOLDER_BITS: Final = _FOLDER_MODE << 16 | _FOLDER_ATTRIBUTE
_LINK_MODE: Final = 0xA000
#: Systems by the numbers of 4.4.2: FAT, NTFS, MVS, VFAT; Unix, macOS.
_DOS_HOSTS: Final = frozenset({0, 10, 11, 14})
_UNIX_HOSTS: Final = frozenset({3, 19})
_NAME_KEPT: Final = 250
#: What the encryption header and trailer of an empty member take at most (WinZip AES-256: salt 16, verifier 2, code 10).
_EMPTY_ENCRYPTED: Final = 30
#: What nothing takes when it is deflated.
_EMPTY_PACKED: Final = 2


class Entry:
    """One member, as the directory describes it.

    Args:
        found: the record of `zipdir.read`.
        number: its place in the list.
    """

    __slots__ = (
        "actual", "checksum", "damage", "doubtful", "extra", "flags", "folder", "held", "link", "local", "marks", "method", "name", "number",
        "opened", "packed", "place", "raw_name", "readable", "scheme", "size", "sound", "start", "surprise", "tail",
    )  # fmt: skip

    def __init__(self, found: tuple[Any, ...], number: int) -> None:
        (
            self.raw_name, self.flags, self.method, self.checksum, self.packed, self.size, self.place, self.start,
            attributes, made_by, self.extra, self.marks, self.local,
        ) = found  # fmt: skip
        self.number = number
        raw = self.raw_name
        if raw.isascii() and b"\\" not in raw and b"up" not in self.extra and len(raw) <= _NAME_KEPT:
            self.name: str = raw.decode("ascii")
        else:
            self.name = member_name(raw, self.flags, self.extra)
        self.folder: bool = self.name.endswith("/")
        #: Whether it is a folder by its name or attributes, and has content.
        self.doubtful = False
        if attributes & _FOLDER_BITS:
            self._read_attributes(attributes, made_by >> 8)
        if (self.folder or self.doubtful) and (
            self.size or self.packed > (_EMPTY_ENCRYPTED if self.flags & _ENCRYPTED else _EMPTY_PACKED)
        ):
            self.folder, self.doubtful = False, True
            self.name = self.name.rstrip("/") or "folder"
        else:
            self.doubtful = False
        self.link: bool = made_by >> 8 == 3 and attributes >> 16 & 0xF000 == _LINK_MODE
        #: How the content is encrypted, in plain words; empty where it is not, or where there is none.
        self.scheme = ""
        #: The content, where somebody has read it already.
        self.held: bytes | None = None
        if self.flags & _ENCRYPTED or self.method == 99:
            self._read_scheme()
        #: Whether the content can be unpacked here without a password.
        self.readable: bool = (
            not self.scheme
            and self.start >= 0
            and (self.method in _READABLE or (self.method in ZSTANDARD and optional.module("zstandard") is not None))
        )
        #: Bytes that came out, once the content has been read to its end.
        self.actual: int | None = None
        #: What reading the content brought to light about its headers.
        self.surprise = ""
        #: Whether all of it came out, as its checksum says.
        self.sound = False
        #: Whether it was of a kind whose inspector opens what it holds.
        self.opened = False
        #: What is broken in it, where an inspector has read it itself.
        self.damage = ""
        #: Bytes after the end of its packed content, as far as its size reaches.
        self.tail = 0

    def _read_attributes(self, attributes: int, host: int) -> None:
        """Whether it is a folder (4.4.15): by the attributes that belong to its host, or, for readers that do not ask, by any."""
        by_mode = host in _UNIX_HOSTS and attributes >> 16 & 0xF000 == _FOLDER_MODE
        self.folder = self.folder or by_mode or (attributes & _FOLDER_ATTRIBUTE != 0 and host in _DOS_HOSTS)
        self.doubtful = attributes & _FOLDER_ATTRIBUTE != 0

    def _read_scheme(self) -> None:
        if self.folder or (self.size == 0 and self.packed <= _EMPTY_ENCRYPTED):
            # The bit is set, but nothing is hidden: what is there is the header of an encryption.
            self.held = b""
            return
        aes = extra_field(self.extra, _EXTRA_AES)
        if self.method == 99 or len(aes) >= 7:
            bits = _AES_BITS.get(aes[4]) if len(aes) >= 7 else None
            self.scheme = f"WinZip AES-{bits}" if bits else "WinZip AES"
        elif self.flags & _STRONG:
            strong = extra_field(self.extra, _EXTRA_STRONG)
            cipher = _STRONG_NAMES.get(int.from_bytes(strong[2:4], "little"), "") if len(strong) >= 4 else ""
            self.scheme = f"PKWARE strong encryption {cipher}".rstrip()
        else:
            self.scheme = "ZipCrypto"

    @property
    def hidden(self) -> bool:
        """Whether the directory does not name it."""
        return bool(self.marks & zipmarks.HIDDEN)


class Directory:
    """The members of an archive.

    Args:
        data: the archive.
        limit: how many members to look at.
        spare: counts work for the message that it is in and says whether there is room for more.
    """

    __slots__ = (
        "_by_name",
        "count",
        "data",
        "end",
        "entries",
        "first",
        "found",
        "marks",
        "notes",
        "spare",
        "trials",
        "unusual",
    )

    def __init__(self, data: bytes, limit: int, spare: Callable[[int], bool] = lambda _: True) -> None:
        found, self.notes, self.first, self.end, self.count, self.found = zipdir.read(data, limit)
        self.data = data
        self.entries = [Entry(record, number) for number, record in enumerate(found)]
        #: What any of the entries is marked with, and whether one has a second name or is a folder with content: no sound archive has either.
        self.marks = 0
        self.unusual = False
        for entry in self.entries:
            self.marks |= entry.marks
            if entry.doubtful or (entry.extra and b"up" in entry.extra):
                self.unusual = True
        self._by_name: dict[str, Entry] | None = None
        #: How often the content of a member was looked for beyond its end.
        self.trials = 0
        self.spare = spare

    @property
    def by_name(self) -> dict[str, Entry]:
        """Members by name in lower case, the first of a name; the directory's go before hidden ones."""
        if self._by_name is None:
            names: dict[str, Entry] = {}
            for entry in self.entries:
                names.setdefault(entry.name.lower(), entry)
            self._by_name = names
        return self._by_name

    @property
    def locked(self) -> bool:
        """Whether the directory itself is encrypted (7.3): its place holds no entry, and local headers are masked."""
        return bool(self.notes & zipmarks.NO_DIRECTORY) and any(entry.flags & _MASKED for entry in self.entries)

    @property
    def broken(self) -> str:
        """What is broken about the archive as a whole; empty where nothing is."""
        if self.notes & zipmarks.NO_END:
            return "ZIP: no directory at the end, the archive is cut or damaged"
        if self.notes & zipmarks.NO_DIRECTORY and not self.locked:
            return "ZIP: the end record does not lead to a directory"
        return ""


# -- names -------------------------------------------------------------------------------------------------------------


def extra_field(extra: bytes, wanted: int) -> bytes:
    """The content of the first extra field of one kind (4.5.1); empty where there is none."""
    return next(iter(contents(extra, 0, len(extra), wanted, 1)), b"")


def member_name(raw: bytes, flags: int, extra: bytes = b"") -> str:
    """The name of a member as text (4.4.17, appendix D, 4.6.9), with `/` between folders."""
    path = extra_field(extra, EXTRA_UNICODE_PATH) if extra else b""
    if len(path) > 5 and path[0] == 1 and int.from_bytes(path[1:5], "little") == zlib.crc32(raw):
        raw, flags = path[5:], flags | _UTF8
    try:
        # Many writers use UTF-8 without saying so; text in another code page is hardly ever valid UTF-8.
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        name = raw.decode("utf-8", "replace") if flags & _UTF8 else raw.decode("cp437")
    name = name.replace("\\", "/")
    if len(name) > _NAME_KEPT:
        # The end of a name is what decides how it is opened.
        name = f"{name[:90]}\u2026{name[-150:]}"
    return name
