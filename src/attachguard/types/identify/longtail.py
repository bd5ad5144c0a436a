"""The long tail of binary types, named by libmagic where nothing of ours matched.

python-magic with the system's library is used where there is one. Else the files of the optional package pylibmagic are loaded by their full path:
importing that package would patch `ctypes` and the environment of the whole process, which a library must not do. Without either there is no answer.
Everything is loaded on first need; each thread has its own handle, because a libmagic handle must not be shared (libmagic(3)).
"""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path
from typing import Any, Final, Protocol, cast

from attachguard.types.filetypes import TYPES

#: libmagic sees this much of a file.
HEAD: Final = 65536
#: It takes a quarter of a millisecond for each, and thousands of members of nothing known are built in no time.
_MOST: Final = 500

_MIME_TYPE: Final = 0x10
#: Our own signatures are surer than libmagic's in these groups; its word alone shall not make a program or a letter of anything.
_OURS: Final = frozenset({"executable", "script", "text", "mail", "crypto", "macro"})
#: Media types that libmagic uses besides those of the table.
_OTHER_NAMES: Final = {
    "application/x-dvi": "", "application/vnd.lotus-wordpro": "", "application/x-lharc": "lha", "application/x-lzh": "lha",
    "application/x-ole-storage": "cfb", "application/CDFV2": "cfb", "application/x-iso9660-image": "iso", "application/x-apple-diskimage": "dmg",
    "application/x-lrzip": "", "application/vnd.rar": "rar", "application/x-xz": "xz", "application/x-lz4": "lz4", "application/zstd": "zst",
    "audio/x-wav": "wav", "audio/x-aiff": "aiff", "audio/x-flac": "flac", "audio/x-m4a": "m4a", "audio/x-hx-aac-adts": "aac", "audio/mp4": "m4a",
    "video/x-matroska": "mkv", "video/x-ms-asf": "asf", "video/mp2t": "mts", "video/x-m4v": "mp4", "video/3gpp2": "3gp", "image/x-icon": "ico",
    "image/x-ms-bmp": "bmp", "image/x-photoshop": "psd", "image/vnd.adobe.photoshop": "psd", "image/x-win-bitmap": "cur", "image/x-dpx": "",
    "application/x-hdf5": "hdf5", "application/x-sqlite3": "sqlite", "font/sfnt": "ttf", "application/vnd.ms-opentype": "otf",
    "application/font-woff": "woff", "application/x-dbf": "dbf", "application/x-qemu-disk": "qcow", "application/x-virtualbox-vhdx": "vhdx",
}  # fmt: skip


class _Engine(Protocol):
    def from_buffer(self, buf: bytes) -> str:
        """The media type of some bytes."""


class _Direct:
    """libmagic loaded from given files, with the four calls that are needed."""

    def __init__(self, library: Path, database: Path) -> None:
        import ctypes

        calls = ctypes.CDLL(str(library))
        calls.magic_open.restype = ctypes.c_void_p
        calls.magic_open.argtypes = [ctypes.c_int]
        calls.magic_load.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
        calls.magic_buffer.restype = ctypes.c_char_p
        calls.magic_buffer.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
        calls.magic_close.argtypes = [ctypes.c_void_p]
        self._calls = calls
        self._handle = calls.magic_open(_MIME_TYPE)
        if not self._handle or calls.magic_load(self._handle, str(database).encode()) != 0:
            raise OSError(f"libmagic cannot read its database {database}")

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self._calls.magic_close(self._handle)
            self._handle = None

    def from_buffer(self, buf: bytes) -> str:
        answer = self._calls.magic_buffer(self._handle, buf, len(buf))
        return answer.decode("ascii", "replace") if answer else ""

    @property
    def version(self) -> int:
        return int(self._calls.magic_version())


class _State(threading.local):
    """What one thread has loaded."""

    engine: _Engine | None = None
    tried: bool = False
    source: str = ""


_STATE: Final = _State()


def _bundled() -> _Direct | None:
    """The library of pylibmagic, without importing pylibmagic; None where it is not installed or does not load."""
    spec = importlib.util.find_spec("pylibmagic")
    for place in (spec.submodule_search_locations or []) if spec is not None else []:
        folder = Path(place)
        for name in ("libmagic.so.1", "libmagic.so", "libmagic.1.dylib", "libmagic.dylib"):
            if (folder / name).is_file() and (folder / "magic.mgc").is_file():
                try:
                    return _Direct(folder / name, folder / "magic.mgc")
                except OSError:
                    return None
    return None


def _engine() -> _Engine | None:
    """The libmagic of this thread, loaded on the first call."""
    if _STATE.tried:
        return _STATE.engine
    _STATE.tried = True
    try:
        import magic
    except (ImportError, OSError):  # python-magic raises ImportError where the system has no libmagic
        direct = _bundled()
        if direct is not None:
            _STATE.engine, _STATE.source = direct, f"libmagic {_spell(direct.version)} from pylibmagic"
        return direct
    try:
        _STATE.engine, _STATE.source = (
            magic.Magic(mime=True),
            f"libmagic {_spell(int(cast('Any', magic).version()))} through python-magic",
        )
    except magic.MagicException:  # a library without its database
        direct = _bundled()
        if direct is not None:
            _STATE.engine, _STATE.source = direct, f"libmagic {_spell(direct.version)} from pylibmagic"
    return _STATE.engine


def _spell(version: int) -> str:
    return f"{version // 100}.{version % 100:02d}"


def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for key, kind in TYPES.items():
        if kind.group not in _OURS:
            table.setdefault(kind.mime, key)
    table.update({mime: key for mime, key in _OTHER_NAMES.items() if key})
    return table


_BY_MEDIA_TYPE: Final = _table()


def guess(data: bytes) -> str:
    """Id of the type that libmagic sees in some binary bytes; empty where it sees none of ours, or where there is no libmagic."""
    engine = _engine()
    if engine is None:
        return ""
    try:
        media_type = engine.from_buffer(data[:HEAD])
    except _magic_error():
        return ""
    return _BY_MEDIA_TYPE.get(media_type, "")


def nobody(_data: bytes) -> str:
    """In place of `guess`, where content has a name of its own already: only what is surely something else matters."""
    return ""


class Guesses:
    """What one scan still asks libmagic; content that it is no longer asked about stays of unknown type."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = _MOST

    @property
    def spent(self) -> bool:
        """Whether something was not asked about."""
        return self._left < 0

    def guess(self, data: bytes) -> str:
        """As the function `guess`; empty once enough was asked."""
        if self._left <= 0:
            self._left = -1
            return ""
        self._left -= 1
        return guess(data)


def _magic_error() -> Any:
    """The exception of python-magic; nothing where it is not in use."""
    if isinstance(_STATE.engine, _Direct):
        return ()
    import magic

    return magic.MagicException


def available() -> str:
    """Which libmagic names the long tail of types, in words, or what to install."""
    if _engine() is None:
        return "no libmagic: rare types get a coarser name; install the system's libmagic or attachguard[libmagic]"
    return _STATE.source
