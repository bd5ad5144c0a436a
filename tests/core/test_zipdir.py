"""The two lists of members in a ZIP archive, and the cipher of old."""

import random
import struct
import zipfile
import zlib

import pytest

from attachguard._core import zipcrypto, zipdir, ziplocal, zipmarks
from tests.fixtures import zip as fixtures
from tests.fixtures.zip import STORED, TEXT, Member, archive, simple


def marks(data):
    return [entry[11] for entry in zipdir.read(data, 100)[0]]


def test_members_are_those_that_the_standard_library_lists(tmp_path):
    """Names, sizes, checksums and places agree with zipfile's."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("brief.txt", TEXT)
        writer.writestr("ordner/zwei.txt", b"")
    entries, notes, first, *_ = zipdir.read(path.read_bytes(), 100)
    with zipfile.ZipFile(path) as reader:
        expected = [
            (i.filename.encode(), i.CRC, i.compress_size, i.file_size, i.header_offset) for i in reader.infolist()
        ]
    assert [(e[0], e[3], e[4], e[5], e[6]) for e in entries] == expected
    assert notes == 0
    assert first == 0


@pytest.mark.parametrize(
    "data", [fixtures.zip64(), fixtures.SAMPLES["streamed/strom.zip"](), simple(a__txt=TEXT) + b"\0" * 9]
)
def test_legal_archives_have_no_marks(data):
    """ZIP64 sizes, streamed members and bytes after the end are no contradiction."""
    entries, notes, *_ = zipdir.read(data, 100)
    assert [entry[11] for entry in entries] == [0] * len(entries)
    assert notes == 0
    assert entries[0][5] == len(TEXT)


@pytest.mark.parametrize("shifted", [True, False])
def test_a_prefix_moves_everything(shifted):
    """Offsets are right whether or not they count what stands in front."""
    entries, notes, first, *_ = zipdir.read(
        archive(Member("a.txt", TEXT), prefix=b"#!" + bytes(98), shifted=shifted), 100
    )
    assert (entries[0][6], first, notes) == (100, 100, 0)


@pytest.mark.parametrize(
    ("options", "mark"),
    [
        ({"local_name": "b.exe"}, zipmarks.NAME),
        ({"local_method": STORED}, zipmarks.METHOD),
        ({"local_flags": 1}, zipmarks.ENCRYPTION),
        ({"local_size": 7}, zipmarks.SIZES),
        ({"local_crc": 7}, zipmarks.CHECKSUM),
        ({"streamed": True, "descriptor": b"PK\x07\x08" + bytes(12)}, zipmarks.DESCRIPTOR),
    ],
)
def test_each_disagreement_has_its_mark(options, mark):
    """What the local header says otherwise is told apart by subject."""
    entries, *_ = zipdir.read(archive(Member("a.txt", TEXT, **options)), 100)
    assert entries[0][11] == mark
    assert entries[0][12] is not None


def test_members_outside_of_the_directory_are_found():
    """Between members, in front of the archive and behind its end."""
    inside = archive(Member("a.txt", TEXT), Member("x.txt", TEXT, listed=False), Member("b.txt", TEXT))
    assert marks(inside) == [0, 0, zipmarks.HIDDEN]
    assert marks(simple(erst__txt=TEXT) + simple(dann__txt=TEXT)) == [0, zipmarks.HIDDEN]
    assert marks(simple(erst__txt=TEXT) + Member("x.txt", TEXT).local())[-1] == zipmarks.HIDDEN


@pytest.mark.parametrize("method", [STORED, 8])
def test_members_that_hold_local_headers_are_marked(method):
    """Whether that is an archive in the archive is for those to say who unpack it."""
    inner = simple(a__txt=TEXT)
    entries, notes, *_ = zipdir.read(archive(Member("x.bin", inner, method=method, packed=inner), Member("b", TEXT)), 9)
    assert [entry[11] & zipmarks.INSIDE for entry in entries] == [zipmarks.INSIDE, 0]
    assert notes & zipmarks.SOME_INSIDE
    start, length = entries[0][7], entries[0][4]
    found, more = ziplocal.inside(archive(Member("x.bin", inner, method=STORED)), start, start + length, 10)
    assert ([entry[0] for entry in found], more) == ([b"a.txt"], False)


@pytest.mark.parametrize(
    "data", [TEXT, TEXT + b"PK", b"PK\x03\x04" * 50, b"PK\x03\x04" + bytes(60), b"PK" * 99 + b"\x03\x04"]
)
def test_signatures_that_begin_no_header_are_not_marked(data):
    """A header needs a method that somebody reads, and a name."""
    entries, notes, *_ = zipdir.read(archive(Member("x.bin", data, method=STORED), Member("b", TEXT)), 9)
    assert ([entry[11] for entry in entries], notes) == ([0, 0], 0)


def test_a_header_is_found_whatever_stands_in_front_of_it():
    """Pieces of signatures, too."""
    rng = random.Random(4)
    for _ in range(300):
        data = bytes(rng.choice(b"PK\x03\x04\x05\x06a") for _ in range(rng.randrange(60)))
        whole = archive(Member("x.bin", data + Member("y", b"z").local(), method=STORED))
        assert zipdir.read(whole, 9)[1] == zipmarks.SOME_INSIDE
        assert ziplocal.inside(data, 0, len(data), 9) == ([], False)


def test_counts_modulo_65536_are_noted():
    """Readers that take the count for true stop after one member."""
    member = Member("a.txt", b"", method=STORED)
    directory = member.central(0) * 65537
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), len(member.local()), 0)
    *_, notes, _, _, count, found = zipdir.read(member.local() + directory + end, 70_000)
    assert (count, found) == (1, 65537)
    assert notes & zipmarks.COUNT_DIFFERS


def test_members_that_share_bytes_are_marked():
    """Two headers over the same data."""
    assert [bool(mark & zipmarks.OVERLAP) for mark in marks(fixtures.overlapping())] == [False, True, True]


def test_without_an_end_record_local_headers_are_read():
    """Streamed members too, whose size only the descriptor tells."""
    whole = archive(Member("a.txt", TEXT, streamed=True), Member("b.txt", TEXT))
    entries, notes, *_ = zipdir.read(whole[: whole.rfind(b"PK\x05\x06")], 100)
    assert notes == zipmarks.NO_END
    assert [(entry[0], entry[5]) for entry in entries] == [(b"a.txt", len(TEXT)), (b"b.txt", len(TEXT))]


def test_a_stored_archive_inside_a_cut_one_stays_one_member():
    """Headers in stored data of unknown size are not taken for the outer archive's."""
    whole = archive(Member("innen.zip", simple(a__txt=TEXT), method=STORED, streamed=True))
    assert len(zipdir.read(whole[:-130], 100)[0]) == 1


def test_wrong_counts_and_bounds_are_noted():
    """The end record promises what is not there; a bound on members holds."""
    data = archive(Member("a.txt", TEXT), Member("b.txt", TEXT), count=1)
    assert zipdir.read(data, 100)[1] == zipmarks.COUNT_DIFFERS
    entries, notes, *_ = zipdir.read(data, 1)
    assert notes & zipmarks.MORE_ENTRIES
    assert entries[0][0] == b"a.txt"


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"PK\x05\x06" + bytes(17), b"PK\x05\x06" + b"\xff" * 40, b"PK\x03\x04" * 2000]
)
def test_rubbish_gives_nothing(data):
    """No members, no exception."""
    assert zipdir.read(data, 100)[0] == []


def test_the_old_cipher_agrees_with_the_standard_library(tmp_path):
    """What is encrypted here, zipfile decrypts."""
    path = tmp_path / "a.zip"
    path.write_bytes(archive(fixtures.zipcrypto_member("a.txt", TEXT, b"geheim")))
    with zipfile.ZipFile(path) as reader:
        assert reader.read("a.txt", pwd=b"geheim") == TEXT
    entry = zipdir.read(path.read_bytes(), 10)[0][0]
    plain = zipcrypto.decrypt(path.read_bytes()[entry[7] : entry[7] + entry[4]], b"geheim", 1 << 20)
    assert zlib.decompress(plain[zipcrypto.HEADER :], -15) == TEXT
