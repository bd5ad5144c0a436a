"""Opens encrypted 7z folders: 7zAES, that is AES-256-CBC under a key of many rounds of SHA-256 (Methods.txt of the LZMA SDK, `7zAes.cpp`).

There is no verifier; a password is right when what comes out unpacks to the checksum that the header promises.

Why our own: no library opens one folder in memory; AES itself comes from the cryptography package, loaded when a password is tried.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import Final, NamedTuple

from attachguard.errors import LimitExceeded, Malformed
from attachguard.formats.archive._sevenzip.folder import AES, FolderReader, is_encrypted, unsupported
from attachguard.formats.archive._sevenzip.header import Coder, Folder, Streams
from attachguard.formats.archive._sevenzip.plain import archive, chain
from attachguard.formats.archive.unpackers import tools_of, unpacked
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.passwords import Candidate, Candidates
from attachguard.readers.crypto import aes

#: 7-Zip's own bound on the rounds, as a power of two; one value stands for no hashing at all.
_MOST_CYCLES: Final = 24
_NO_HASH: Final = 0x3F
#: About how many seconds one round takes.
_ROUND_COST: Final = 2.5e-8
#: Records hashed at a time: as many as two bytes of the counter can number.
_RECORDS: Final = 1 << 16
#: Bytes that are unpacked to prove a password.
_PROOF_BYTES: Final = 64 << 20
_COPY: Final = b""


class _Settings(NamedTuple):
    cycles: int
    salt: bytes
    vector: bytes


class Vault:
    """The encrypted folders of one archive, opened with the passwords at hand.

    Args:
        part: the archive.
        base: where it starts in the part's data.
    """

    def __init__(self, part: Part, base: int) -> None:
        self._part = part
        self._base = base
        self._proven: list[Candidate] = []
        self._keys: dict[tuple[str, int, bytes], bytes] = {}
        self._readers: dict[tuple[int, int], FolderReader] = {}
        self._contents: dict[tuple[int, int], bytes] = {}
        #: Where the passwords came from that opened something.
        self.origins: dict[str, None] = {}

    def open(self, streams: Streams, number: int) -> bool:
        """Whether a password at hand opens a folder; `reader` gives its content then."""
        folder = streams.folders[number]
        settings = [_settings(coder) for coder in folder.coders if coder.method == AES]
        known = [
            setting
            for setting in settings
            if setting is not None and (setting.cycles <= _MOST_CYCLES or setting.cycles == _NO_HASH)
        ]
        if len(known) != len(settings) or not known or not (_own(folder) or _foreign(self._part, folder)):
            return False
        for candidate in self._proven:
            if self._try(streams, number, candidate):
                return True
        cost = sum(_ROUND_COST * (1 << setting.cycles) for setting in set(known) if setting.cycles <= _MOST_CYCLES)
        for candidate in self._part.context.get(Candidates).offer(self._part, cost):
            if self._try(streams, number, candidate):
                self._part.context.get(Candidates).opened(candidate)
                self._proven.append(candidate)
                self.origins[candidate.origin] = None
                return True
        return False

    def reader(self, streams: Streams, number: int) -> FolderReader | None:
        """The content of a folder that has been opened; None for any other."""
        return self._readers.get((id(streams), number))

    def plain_archive(self, streams: Streams, number: int, names: list[str]) -> bytes | None:
        """A folder that has been opened and that only libarchive unpacks, as an archive for it; None for any other.

        Args:
            streams: those of the archive.
            number: of the folder.
            names: of the files in it, in their order.
        """
        content = self._contents.get((id(streams), number))
        if content is None:
            return None
        filled = [(size, crc) for size, crc in streams.substreams[number] if size]
        files = [(name, size, crc) for name, (size, crc) in zip(names, filled, strict=False)]
        return archive(content, streams.folders[number], files)

    def _try(self, streams: Streams, number: int, candidate: Candidate) -> bool:
        folder = streams.folders[number]
        try:
            plain = self._decrypted(streams, folder, candidate.word)
            if _foreign(self._part, folder):
                if not self._proves_foreign(plain[0], folder, streams.substreams[number]):
                    return False
                self._contents[id(streams), number] = plain[0]
                return True
            if not _proves(self._reader(plain), streams.substreams[number]):
                return False
        except Malformed:
            return False
        self._readers[id(streams), number] = self._reader(plain)
        return True

    def _proves_foreign(self, content: bytes, folder: Folder, files: list[tuple[int, int | None]]) -> bool:
        """Whether libarchive unpacks the first file to its checksum; what no range coder has written is not shown to it."""
        if not content or content[0]:
            return False
        listed = [(str(place), size, crc) for place, (size, crc) in enumerate(files) if size]
        first = next(((name, crc) for name, _, crc in listed if crc is not None), None)
        if first is None:
            return False
        whole = archive(content, folder, listed)
        for found in unpacked(self._part, whole, ("7zip",), "", [first[0]], {name for name, _, _ in listed}, "7z"):
            if isinstance(found, Finding) or found[1] is None:
                return False
            checksum = total = 0
            for piece in found[1]:
                checksum = zlib.crc32(piece, checksum)
                total += len(piece)
                if total > _PROOF_BYTES:
                    return True
            return checksum == first[1]
        return False

    def _reader(self, plain: tuple[bytes, Streams]) -> FolderReader:
        data, streams = plain
        return FolderReader(data, 0, streams, streams.folders[0], self._part.budget)

    def _decrypted(self, streams: Streams, folder: Folder, word: str) -> tuple[bytes, Streams]:
        """The packed streams of a folder after their decryption, and what describes them: the same folder without its AES coders."""
        view = memoryview(self._part.data)
        feeding = {input_stream: place for place, input_stream in enumerate(folder.packed)}
        pieces: list[bytes] = []
        for place in range(len(folder.packed)):
            index = folder.first_packed + place
            if index >= len(streams.pack_sizes):
                raise Malformed("7z: packed stream missing")
            begin = self._base + streams.pack_offsets[index]
            pieces.append(bytes(view[begin : begin + streams.pack_sizes[index]]))
        first = 0
        for number, coder in enumerate(folder.coders):
            if coder.method == AES:
                if first not in feeding:
                    raise Malformed("7z: encryption on top of compression")
                settings = _settings(coder)
                if settings is None:
                    raise Malformed("7z: unusable settings of an encrypted folder")
                content = aes.cbc(self._key(word, settings), settings.vector, pieces[feeding[first]])
                pieces[feeding[first]] = content[: folder.sizes[number]]
            first += coder.inputs
        offsets, position = [], 0
        for piece in pieces:
            offsets.append(position)
            position += len(piece)
        described = Streams(offsets, [len(piece) for piece in pieces], [_without_aes(folder)], [])
        return b"".join(pieces), described

    def _key(self, word: str, settings: _Settings) -> bytes:
        name = (word, settings.cycles, settings.salt)
        if name not in self._keys:
            self._keys.clear()  # the last one is what the next folder asks for
            self._keys[name] = derive(word, settings.cycles, settings.salt)
        return self._keys[name]


def derive(word: str, cycles: int, salt: bytes) -> bytes:
    """The key: SHA-256 over 2^cycles records of salt, password in UTF-16, and a counter of eight bytes."""
    secret = word.encode("utf-16-le", "surrogatepass")
    if cycles == _NO_HASH:
        return (salt + secret + bytes(32))[:32]
    record = salt + secret + bytes(8)
    size, count = len(record), 1 << cycles
    digest = hashlib.sha256()
    batch = min(count, _RECORDS)
    # The two low bytes of the counter are the same in every batch, so they are written once.
    block = bytearray(record * batch)
    at = len(record) - 8
    low = bytes(range(256))
    block[at::size] = (low * (batch // 256 + 1))[:batch]
    block[at + 1 :: size] = b"".join(bytes([value & 0xFF]) * 256 for value in range(batch // 256 + 1))[:batch]
    for number in range(count // batch):
        block[at + 2 :: size] = bytes([number & 0xFF]) * batch
        digest.update(block)
    return digest.digest()


def _settings(coder: Coder) -> _Settings | None:
    """Rounds, salt and initial vector from a coder's properties; None where they are not all there."""
    raw = coder.properties
    if not raw:
        return None
    cycles = raw[0] & 0x3F
    if not raw[0] & 0xC0:
        return _Settings(cycles, b"", bytes(16))
    if len(raw) < 2:
        return None
    salt_size = (raw[0] >> 7 & 1) + (raw[1] >> 4)
    vector_size = (raw[0] >> 6 & 1) + (raw[1] & 15)
    salt, vector = raw[2 : 2 + salt_size], raw[2 + salt_size : 2 + salt_size + vector_size]
    if len(salt) != salt_size or len(vector) != vector_size:
        return None
    return _Settings(cycles, salt, vector.ljust(16, b"\0"))


def _own(folder: Folder) -> bool:
    """Whether a folder can be unpacked here, once it is decrypted."""
    return not unsupported(_without_aes(folder))


def _foreign(part: Part, folder: Folder) -> bool:
    """Whether libarchive can unpack it then."""
    return unsupported(_without_aes(folder)) == "PPMd" and bool(chain(folder)) and tools_of(part).libarchive


def _without_aes(folder: Folder) -> Folder:
    """The folder as it would be had it never been encrypted: each AES coder copies, and nothing waits for it."""
    coders, bindings, packed = list(folder.coders), dict(folder.bindings), list(folder.packed)
    first = 0
    for number, coder in enumerate(folder.coders):
        if coder.method == AES:
            coders[number] = Coder(_COPY, 1, 1, b"")
            target = next((key for key, origin in folder.bindings.items() if origin == number), None)
            if target is not None and first in packed:
                # What it fed is fed by the packed stream; it feeds itself, so that nobody takes it for the folder's last coder.
                del bindings[target]
                bindings[first] = number
                packed[packed.index(first)] = target
        first += coder.inputs
    return Folder(tuple(coders), bindings, tuple(packed), 0, folder.sizes)


def _proves(reader: FolderReader, files: list[tuple[int, int | None]]) -> bool:
    """Whether a folder's first file with content comes out as its checksum says."""
    size, crc = next(((size, crc) for size, crc in files if size), (0, None))
    if not size or crc is None:
        return False
    total = 0
    try:
        for piece in reader.member(0, size, crc):
            total += len(piece)
            if total > _PROOF_BYTES:
                return True
    except LimitExceeded as error:
        if error.limit == "part_bytes":
            return False
        raise
    return True


def encrypted_folders(streams: Streams) -> list[int]:
    """Numbers of the folders that need a key and have content; one without proves nothing, as empty members are never encrypted."""
    return [
        number
        for number, (folder, files) in enumerate(zip(streams.folders, streams.substreams, strict=True))
        if is_encrypted(folder) and any(size for size, _ in files)
    ]
