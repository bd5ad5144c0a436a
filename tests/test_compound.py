"""Reading and writing compound files."""

from __future__ import annotations

import io
import struct

import pytest

from attachguard.errors import LimitExceeded, Malformed
from attachguard.limits import Budget, Limits
from attachguard.part import Part
from attachguard.readers.compound import build as compound_build
from attachguard.readers.compound import file as compound
from attachguard.readers.compound.classid import class_bytes, class_text
from attachguard.testkit.compound import storage

from .fixtures.cfb import build

STREAMS = {
    "Small": b"s" * 100,
    "Large": bytes(range(256)) * 40,
    "A/B/Deep": b"deep",
    "A/Empty": b"",
    "\x05Summary": b"x" * 4096,
}


def opened(data: bytes) -> compound.Compound:
    return compound.Compound(data, Budget(Limits()))


def contents(data: bytes) -> dict[str, bytes]:
    file = opened(data)
    return {entry.path: file.read(entry) for entry in file.entries if entry.kind == compound.STREAM}


def test_what_is_written_is_read_again():
    assert contents(build(STREAMS)) == STREAMS


def test_what_is_written_is_sound_for_olefile():
    import olefile

    with olefile.OleFileIO(io.BytesIO(build(STREAMS)), raise_defects=olefile.DEFECT_POTENTIAL) as file:
        assert {"/".join(path): file.openstream(path).read() for path in file.listdir()} == STREAMS


def test_large_files_get_large_sectors():
    content = bytes(8 << 20)
    data = build({"Big": content, "Small": b"x"})
    assert struct.unpack_from("<HxxH", data, 26) == (4, 12)
    assert contents(data) == {"Big": content, "Small": b"x"}


def test_names_are_found_in_any_case():
    file = opened(build(STREAMS))
    assert file.find("a/b/DEEP") is not None
    assert file.find("a/b/other") is None
    assert file.find("small/b") is None


def test_a_storage_becomes_a_file_of_its_own():
    file = opened(build(STREAMS))
    inner = file.root.get("A", compound.STORAGE)
    assert contents(compound_build.write(compound_build.copy(file, inner))) == {"B/Deep": b"deep", "Empty": b""}


def test_replaced_streams_have_their_new_content():
    file = opened(build(STREAMS))
    new = compound_build.write(compound_build.copy(file, file.root, {file.find("Small"): b"changed"}))
    assert contents(new) == {**STREAMS, "Small": b"changed"}


def test_what_is_read_is_charged():
    data = build({"Large": bytes(50_000)})
    part = Part("x", data, role="attachment", budget=Budget(Limits()))
    file = compound.Compound(data, part.budget)
    file.read(file.find("Large"))
    assert part.budget.bytes_used == 50_000


def test_a_declared_size_is_not_believed():
    data = bytearray(build({"Large": bytes(5000)}))
    place = data.find("Large".encode("utf-16-le"))
    struct.pack_into("<I", data, place + 120, 0x7FFFFFFF)
    file = opened(bytes(data))
    assert len(file.read(file.find("Large"))) <= len(data)


def test_a_table_that_runs_in_circles_ends():
    data = bytearray(build({"Large": bytes(60_000)}))
    (fat,) = struct.unpack_from("<I", data, 76)
    struct.pack_into("<128I", data, (fat + 1) * 512, *([0] * 128))
    with pytest.raises(Malformed):
        # The directory's own chain is lost with the table, and what stands in its first sector is all there is.
        opened(bytes(data)[:512])
    opened(bytes(data))


def test_a_table_of_tables_that_runs_in_circles_ends():
    data = bytearray(build({"Large": bytes(60_000)}))
    struct.pack_into("<II", data, 68, 0, 1)
    sector = bytearray(512)
    struct.pack_into("<I", sector, 508, 0)
    data[512:1024] = sector
    assert opened(bytes(data)).root is not None


def test_missing_sectors_are_damage_and_what_is_there_is_read():
    data = build({"First": b"f" * 6000, "Last": b"l" * 6000})
    file = opened(data[:-100])
    assert file.damage


def test_no_directory_is_malformed():
    for data in (b"", compound.MAGIC, compound.MAGIC + bytes(504)[:503], build(STREAMS)[:700]):
        with pytest.raises(Malformed):
            opened(data)


def test_class_identifiers_are_written_as_usual():
    text = "00020906-0000-0000-C000-000000000046"
    assert class_text(class_bytes(text)) == text
    assert class_text(bytes(16)) == ""


def test_an_entry_that_no_tree_holds_is_set_apart():
    data = bytearray(build({"One": b"1", "Two": b"2"}))
    root = data.find("Root Entry".encode("utf-16-le"))
    struct.pack_into("<I", data, root + 76, 0xFFFFFFFF)
    file = opened(bytes(data))
    assert [entry.name for entry in file.orphans] == ["One", "Two"]
    assert not file.entries


def test_storages_are_given_with_those_below():
    root = storage({"A/B/x": b"1"})
    assert list(root.storages) == ["A"]
    file = opened(compound_build.write(root))
    assert [entry.path for entry in file.storages()] == ["A", "A/B"]
    assert [entry.path for entry in file.storages(under=file.root)] == ["A"]


def test_storages_nested_without_end_are_a_limit():
    file = opened(build({"/".join(["a"] * 400) + "/x": b"1"}))
    with pytest.raises(LimitExceeded):
        compound_build.copy(file, file.root)
