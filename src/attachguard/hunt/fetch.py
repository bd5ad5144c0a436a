"""Reading items: one open file is kept, because the items of a batch follow each other in it."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from types import TracebackType
from typing import IO, Final, Self

from attachguard.engine.scan import STEP
from attachguard.hunt.items import Item, opened, unpacked_at

#: So much is passed over at once in a compressed file.
_SKIP: Final = 1 << 20


class Reader:
    """Reads items; a context manager that closes what it has opened.

    Args:
        most: bytes of an item beyond which it is not read on; a scan will say that it is longer.
    """

    def __init__(self, most: int) -> None:
        # The scan looks for itself whether there is more than it takes.
        self._most = most + STEP
        self._place: tuple[str, str] | None = None
        self._file: IO[bytes] | None = None
        self._inside: gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile | zipfile.ZipFile | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def read(self, item: Item) -> bytes:
        """The bytes of an item, as many as a scan may want.

        Raises:
            OSError: it cannot be read.
            Exception: whatever else the library that reads an archive, or the file system after an address, raises.
        """
        try:
            return self._read(item)
        except BaseException:
            self._close()
            raise

    def _read(self, item: Item) -> bytes:
        if self._place != (item.address, item.form):
            self._close()
            self._file = opened(item.address)
            self._place = (item.address, item.form)
            if item.form == "zip":
                self._inside = zipfile.ZipFile(self._file)
            elif item.form == "stream":
                self._inside = unpacked_at(self._file)
        if isinstance(self._inside, zipfile.ZipFile):
            with self._inside.open(self._inside.infolist()[item.start]) as member:
                return member.read(self._most)
        source = self._inside if self._inside is not None else self._file
        assert source is not None
        source.seek(item.start)
        return source.read(self._most if item.form == "whole" else min(item.size, self._most))

    def _close(self) -> None:
        for file in (self._inside, self._file):
            if file is not None:
                file.close()
        self._inside = self._file = self._place = None
