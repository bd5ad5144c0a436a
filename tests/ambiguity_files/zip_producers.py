"""Archives as well-known programs write them: each has habits that look odd and mean nothing.

`PRODUCERS` maps a writer and its habit to a function that builds such an archive. Most hold the parts of a Word document, because documents are what
arrives.
"""

from __future__ import annotations

import io
import struct
import zipfile

from tests.ambiguity_files.zip_records import descriptor, field, wide
from tests.fixtures import ooxml
from tests.fixtures.zip import DEFLATED, PROGRAM, STORED, TEXT, Member, archive, deflate

_UNIX = 3 << 8 | 30
_FILE = 0o100644 << 16
_FOLDER = 0o040755 << 16 | 0x10
_UTF8 = 0x800
#: Marks an entry whose sizes stand in its ZIP64 field.
_WIDE = 0xFFFFFFFF
#: When something was changed (Info-ZIP, 0x5455), and by whom (0x7875).
_TIMES = struct.pack("<BII", 3, 1_700_000_000, 1_700_000_100)
_OWNER = field(0x7875, struct.pack("<BBIBI", 1, 4, 501, 4, 20))


def _parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(ooxml.word())) as reader:
        return {name: reader.read(name) for name in reader.namelist()}


def _document(**options) -> bytes:
    """Every part of a document as a member with the same habits."""
    return archive(*(Member(name, data, **options) for name, data in _parts().items()))


def _word() -> bytes:
    """Room to grow in front of the lists: an extra field of zeros, in the local header only."""
    room = field(0xA220, struct.pack("<HH", 0xA028, 260) + bytes(260))
    lists = ("[Content_Types].xml", "_rels/.rels")
    return archive(
        *(Member(name, data, flags=6, local_extra=room if name in lists else b"") for name, data in _parts().items())
    )


def _described(*, large: bool = False, signed: bool = True, **options) -> bytes:
    """Every part streamed, with descriptors of one form."""
    members = []
    for name, data in _parts().items():
        figures = descriptor(data, len(deflate(data)), large=large, signed=signed)
        members.append(Member(name, data, streamed=True, descriptor=figures, **options))
    return archive(*members)


def _sizes_known() -> bytes:
    """Streamed by its bit, and the local header knows all the same."""
    members = [Member(name, data, streamed=True) for name, data in _parts().items()]
    for member in members:
        member.local_crc, member.local_packed, member.local_size = member.crc, len(member.packed), member.size
    return archive(*members)


def _libreoffice() -> bytes:
    kind = Member("mimetype", b"application/vnd.oasis.opendocument.text", method=STORED, flags=_UTF8)
    content = Member("content.xml", b"<?xml version='1.0'?><office:document-content/>", flags=_UTF8, streamed=True)
    manifest = b"<?xml version='1.0'?><manifest:manifest/>"
    folder = Member("Configurations2/images/Bitmaps/", method=STORED, flags=_UTF8)
    return archive(kind, folder, content, Member("META-INF/manifest.xml", manifest, flags=_UTF8, streamed=True))


def _apple() -> bytes:
    """Streamed files, folders that are not, and a second half of each file in a folder of its own."""
    here, there = field(0x5855, bytes(8)), field(0x5855, bytes(12))
    common = {"made_by": 3 << 8 | 21, "extra": here, "local_extra": there}
    return archive(
        Member("Brief/", method=STORED, attributes=_FOLDER, **common),
        Member("Brief/brief.txt", TEXT, streamed=True, attributes=_FILE, **common),
        Member("__MACOSX/Brief/._brief.txt", b"\0\5\x16\7" + bytes(60), streamed=True, **common),
    )


def _java() -> bytes:
    """The mark of a Java archive in the first entry, and folders packed to two bytes."""
    folder = Member("texte/", streamed=True, extra=field(0xCAFE, b""))
    return archive(folder, Member("texte/brief.txt", TEXT, streamed=True, flags=_UTF8))


def _info_zip(**options) -> bytes:
    times, short = field(0x5455, _TIMES), field(0x5455, _TIMES[:5])
    common = {"made_by": _UNIX, "extra": short + _OWNER, "local_extra": times + _OWNER}
    folder = Member("texte/", method=STORED, attributes=_FOLDER, **common)
    return archive(folder, Member("texte/brief.txt", TEXT, attributes=_FILE, **common), **options)


def _info_zip_from_pipe() -> bytes:
    """ZIP64 fields because the size is not known when the header is written."""
    packed = deflate(TEXT)
    member = Member("-", TEXT, packed=packed, streamed=True, size=_WIDE, local_size=_WIDE, local_packed=_WIDE)
    member.extra, member.local_extra = wide(len(TEXT), len(packed)), wide(0, 0)
    member.descriptor = descriptor(TEXT, len(packed), large=True)
    return archive(member, Member("zwei.txt", TEXT))


def _by_zipfile(method: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as writer:
        writer.mkdir("ordner")
        for name, data in _parts().items():
            writer.writestr(name, data)
    return target.getvalue()


PRODUCERS = {
    "Word: room to grow": _word,
    "Word: flags of the compressor": lambda: _document(flags=6),
    "LibreOffice: mimetype first, the rest streamed": _libreoffice,
    "Google Docs: streamed, UTF-8 names": lambda: _described(flags=_UTF8),
    "Pages, Numbers, Keynote: everything stored": lambda: _document(method=STORED),
    "macOS Archive Utility": _apple,
    "Aspose, SharpZipLib: streamed with ZIP64 descriptors": lambda: _described(
        large=True, local_packed=_WIDE, local_size=_WIDE, local_extra=wide(0, 0)
    ),
    "Aspose, SharpZipLib: ZIP64 fields that say unknown": lambda: _described(
        large=True, local_packed=_WIDE, local_size=_WIDE, local_extra=wide(2**64 - 1, 2**64 - 1)
    ),
    "Python zipfile: deflated": lambda: _by_zipfile(zipfile.ZIP_DEFLATED),
    "Python zipfile: LZMA": lambda: _by_zipfile(zipfile.ZIP_LZMA),
    "Java: mark and packed folders": _java,
    "Java, POI: streamed": _described,
    "Commons Compress: streamed though sizes are known": _sizes_known,
    "Go: streamed, times in both headers": lambda: _described(extra=field(0x5455, _TIMES[:5]), flags=_UTF8),
    "Info-ZIP: times and owners, shorter in the directory": _info_zip,
    "Info-ZIP: comment": lambda: _info_zip(comment=b"Gebaut am 3. November\r\n"),
    "Info-ZIP: from a pipe": _info_zip_from_pipe,
    "7-Zip: NTFS times in the directory only": lambda: _document(
        extra=field(0x000A, bytes(4) + struct.pack("<HH", 1, 24) + bytes(24)), local_extra=b"", attributes=0x20
    ),
    ".NET: streamed, no signature of descriptors": lambda: _described(signed=False),
    ".NET: ZIP64 sizes in the local header": lambda: archive(
        *(
            Member(
                name, data, local_packed=_WIDE, local_size=_WIDE, local_extra=wide(len(data), len(deflate(data)))
            )
            for name, data in _parts().items()
        )
    ),
    "zipalign: zeros that are no field": lambda: _document(method=STORED, local_extra=bytes(3)),
    "Windows Explorer": lambda: _document(method=DEFLATED, made_by=11 << 8 | 20, attributes=0x20),
    "PKZIP: mark of a split archive in one piece": lambda: archive(Member("a.txt", TEXT), prefix=b"PK00", shifted=False),
}  # fmt: skip

#: Programs with an archive behind them; offsets count the program or do not.
SELF_EXTRACTORS = {
    "unzipsfx": lambda: archive(Member("brief.txt", TEXT), prefix=PROGRAM + bytes(700)),
    "unzipsfx, adjusted": lambda: archive(Member("brief.txt", TEXT), prefix=PROGRAM + bytes(700), shifted=False),
    "WinZip, with the signatures that the program searches for": lambda: archive(
        Member("brief.txt", TEXT),
        prefix=PROGRAM + b"PK\x03\x04\0\0\0\0PK\x01\x02\0\0\0\0PK\x07\x08\0\0\0\0" + bytes(400),
        shifted=False,
    ),
    "7-Zip, with settings in front": lambda: archive(
        Member("brief.txt", TEXT), prefix=PROGRAM + b';!@Install@!UTF-8!\nTitle="x"\n;!@InstallEnd@!\n'
    ),
}  # fmt: skip
