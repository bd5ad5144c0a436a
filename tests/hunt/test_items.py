"""What a hunt is pointed at: everything is found once, in a stable order, and read as it lies there."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile

import pytest

from attachguard.engine.scan import STEP
from attachguard.errors import OperatorError
from attachguard.hunt import items as module
from attachguard.hunt.fetch import Reader
from attachguard.hunt.items import SPLIT, Item, items, pieces, split
from attachguard.hunt.plan import BYTES, ITEMS, Batch, Plan, cut
from tests.fixtures import mbox, ooxml

fsspec = pytest.importorskip("fsspec")

MAILS = {f"{number}.eml": mbox.message(number).encode() for number in range(1, 4)}


def read(found: list[Item]) -> dict[str, bytes]:
    with Reader(1 << 30) as reader:
        return {item.uri: reader.read(item) for item in found}


def tarred(mode: str) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:
        folder = tarfile.TarInfo("mails")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, content in MAILS.items():
            member = tarfile.TarInfo(f"mails/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("mails")
        for name, content in MAILS.items():
            archive.writestr(f"mails/{name}", content)
    return file.getvalue()


def test_a_folder_stands_for_its_files_at_any_depth_in_the_order_of_their_names(tmp_path):
    for name in ("b/2.eml", "a/1.eml", "3.eml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    found = list(items([str(tmp_path)]))
    assert [item.uri for item in found] == [f"{tmp_path}/{name}" for name in ("3.eml", "a/1.eml", "b/2.eml")]
    assert read(found) == {f"{tmp_path}/{name}": name.encode() for name in ("3.eml", "a/1.eml", "b/2.eml")}


def test_what_a_maildir_has_not_delivered_yet_is_left_out(tmp_path):
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1").write_bytes(MAILS["1.eml"])
    assert [item.uri for item in items([str(tmp_path)])] == [f"{tmp_path}/cur/1", f"{tmp_path}/new/1"]


@pytest.mark.parametrize(
    ("name", "pack"),
    [("box", lambda data: data), ("box.gz", gzip.compress), ("box.bz2", bz2.compress), ("box.xz", lzma.compress)],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_mailbox_is_its_messages(tmp_path, name, pack, line_end):
    (tmp_path / name).write_bytes(pack(mbox.mailbox(3, line_end)))
    found = list(items([str(tmp_path / name)]))
    assert [item.kind for item in found] == ["message"] * 3
    assert [item.form for item in found] == ["piece" if name == "box" else "stream"] * 3
    contents = [content.rstrip(b"\r\n") for content in read(found).values()]
    assert contents == [mbox.message(number).rstrip("\n").replace("\n", line_end).encode() for number in range(1, 4)]


@pytest.mark.parametrize("block", [1, 2, 3, 7, 50, 1000])
def test_a_mailbox_that_is_read_in_blocks_is_split_as_one_that_is_mapped(tmp_path, monkeypatch, block):
    box = mbox.mailbox(5) + b"\nFrom no date\n\nFrom \n\n\nFrom x\nA: b\n\nFrom y\n"
    (tmp_path / "box").write_bytes(box)
    (tmp_path / "box.gz").write_bytes(gzip.compress(box))
    whole = [(item.start, item.size) for item in items([str(tmp_path / "box")])]
    monkeypatch.setattr(module, "_BLOCK", block)
    assert [(item.start, item.size) for item in items([str(tmp_path / "box.gz")])] == whole
    assert len(whole) > 5


def test_a_small_mailbox_in_a_folder_is_split_by_its_reader_and_a_large_one_beforehand(tmp_path):
    (tmp_path / "box").write_bytes(mbox.mailbox(3))
    (item,) = items([str(tmp_path)])
    assert item.form == "whole"
    (data,) = read([item]).values()
    split_later = [(uri, kind, content) for uri, kind, content in pieces(item, data)]
    split_now = list(split(item))
    assert [
        (each.uri, each.kind, content) for each, content in zip(split_now, read(split_now).values(), strict=True)
    ] == split_later
    assert [uri for uri, *_ in split_later] == [f"{tmp_path}/box!/message-{number}.eml" for number in (1, 2, 3)]
    (tmp_path / "box").write_bytes(mbox.mailbox(SPLIT // 100))
    assert len(list(items([str(tmp_path)]))) == SPLIT // 100


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("mails.tar", tarred("w"), "piece"),
        ("mails.tgz", tarred("w:gz"), "stream"),
        ("mails.tar.xz", tarred("w:xz"), "stream"),
        ("mails.zip", zipped(), "zip"),
    ],
)
def test_an_archive_that_is_named_is_its_files(tmp_path, name, content, form):
    file = tmp_path / name
    file.write_bytes(content)
    found = list(items([str(file)]))
    assert {item.form for item in found} == {form}
    assert read(found) == {f"{file}!/mails/{name}": content for name, content in MAILS.items()}
    # In any order, as the halves of a batch come.
    assert read(found[::-1]) == read(found)


def test_an_archive_in_a_folder_and_a_document_that_is_named_are_files(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/mails.tar").write_bytes(tarred("w"))
    (tmp_path / "a.docx").write_bytes(ooxml.with_object())
    found = list(items([str(tmp_path / "in"), str(tmp_path / "a.docx")]))
    assert [item.form for item in found] == ["whole", "whole"]


def test_a_file_that_is_compressed_alone_or_broken_is_a_file(tmp_path):
    (tmp_path / "1.eml.gz").write_bytes(gzip.compress(MAILS["1.eml"]))
    (tmp_path / "broken.gz").write_bytes(gzip.compress(tarred("w"))[:60])
    found = list(items([str(tmp_path / "1.eml.gz"), str(tmp_path / "broken.gz")]))
    assert [item.form for item in found] == ["whole", "whole"]


@pytest.mark.parametrize("whole", [tarred("w:gz"), gzip.compress(mbox.mailbox(9))], ids=["tar", "mbox"])
def test_an_archive_that_breaks_off_is_said_with_the_remedy(tmp_path, whole):
    (tmp_path / "a.gz").write_bytes(whole[:-30])
    with pytest.raises(OperatorError, match="unpack it and name the folder"):
        list(items([str(tmp_path / "a.gz")]))


@pytest.mark.parametrize("source", ["memory://mail", "memory://mail/*.eml"])
def test_an_address_is_listed_and_read_as_a_folder_is(source):
    files = fsspec.filesystem("memory")
    files.store.clear()
    for name, content in MAILS.items():
        files.pipe(f"/mail/{name}", content)
    found = list(items([source]))
    assert read(found) == {f"memory:///mail/{name}": content for name, content in MAILS.items()}


def test_a_mailbox_at_an_address_is_split_there():
    files = fsspec.filesystem("memory")
    files.pipe("/box", mbox.mailbox(3))
    found = list(items(["memory://box"]))
    assert [item.form for item in found] == ["piece"] * 3
    assert all(content.startswith(b"From: a@example.org") for content in read(found).values())


@pytest.mark.parametrize(
    ("source", "said"), [("nosuch://x/y", "package of its protocol"), ("zip://a::memory://b", "chained")]
)
def test_an_address_that_cannot_be_used_is_said_with_the_remedy(source, said):
    with pytest.raises(OperatorError, match=said):
        list(items([source]))


@pytest.mark.parametrize("source", ["no/such/file", "memory://no/such"])
def test_a_source_that_does_not_exist_is_the_operators_mistake(source):
    with pytest.raises(FileNotFoundError):
        list(items([source]))


def test_no_more_is_read_than_a_scan_looks_at(tmp_path):
    (tmp_path / "large").write_bytes(bytes((2 << 20) + 2 * STEP))
    (item,) = items([str(tmp_path)])
    with Reader(1 << 20) as reader:
        # One step more than may be: a scan has to see that there is more.
        assert len(reader.read(item)) == (1 << 20) + STEP


# -- batches ----------------------------------------------------------------------------------------------------------------------


def numbered(count: int, size: int = 10, form: str = "whole") -> list[Item]:
    return [Item(str(number), "x", size, "auto", form, number) for number in range(count)]


def test_batches_hold_every_item_once_in_order():
    made = [*numbered(5000), *numbered(40, BYTES // 3), *numbered(7, 10, "stream")]
    batches = list(cut(made, 2))
    assert [item for batch in batches for item in batch.items] == made
    assert [batch.first for batch in batches] == [
        sum(len(each.items) for each in batches[:place]) for place in range(len(batches))
    ]
    assert all(len(batch.items) <= ITEMS and sum(item.size for item in batch.items) <= BYTES for batch in batches)
    assert all(len({item.form == "stream" for item in batch.items}) == 1 for batch in batches)


def test_what_is_larger_than_a_batch_is_one_of_its_own():
    assert [len(batch.items) for batch in cut(numbered(3, BYTES * 2), 1)] == [1, 1, 1]


def test_a_little_work_is_shared_among_all_workers():
    assert len(list(cut(numbered(40), 4))) == 10
    assert list(cut([], 4)) == []


@pytest.mark.parametrize("count", [600, 5000])
def test_the_last_batches_are_small_so_that_workers_end_together(count):
    sizes = [len(batch.items) for batch in cut(numbered(count), 2)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == min(ITEMS, count // 4)
    assert max(sizes[-4:]) <= 4


def test_a_plan_is_read_as_it_was_written_whatever_files_are_called(tmp_path):
    odd = os.fsdecode(b"caf\xe9\n.eml")
    batches = [
        Batch(0, (Item("x", odd, 5), Item("y", "\U0001f600", 6))),
        Batch(2, (Item("z", "z", 7, "message", "piece", 9),)),
    ]
    plan = Plan(tmp_path / "plan.jsonl")
    plan.write(batches)
    assert list(plan) == batches
    assert plan.totals() == (3, 18)
    assert [batch.name for batch in plan] == ["0000000000-0000000001", "0000000002-0000000002"]
