"""Sector chains and directory trees of compound files."""

from __future__ import annotations

import struct

from attachguard._core.cfb import parents, reach, runs

END = 0xFFFFFFFE


def table(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def entry(kind: int, left: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF, child: int = 0xFFFFFFFF) -> bytes:
    return bytes(66) + bytes([kind, 1]) + struct.pack("<III", left, right, child) + bytes(48)


def test_neighbouring_sectors_make_one_run():
    assert runs(table(1, 2, END, END), 0, 99) == [(0, 3)]


def test_a_jump_begins_a_new_run():
    assert runs(table(3, 2, END, 1), 0, 99) == [(0, 1), (3, 1), (1, 2)]


def test_a_chain_is_no_longer_than_asked_for():
    assert runs(table(1, 2, 3, END), 0, 2) == [(0, 2)]


def test_a_loop_ends():
    found = runs(table(1, 2, 0, END), 0, 1 << 40)
    assert sum(count for _, count in found) <= 4


def test_a_chain_that_leaves_the_table_ends_there():
    assert runs(table(7, END), 0, 99) == [(0, 1)]
    assert runs(table(END), 5, 99) == []
    assert runs(table(END), -1, 99) == []
    assert runs(b"", 0, 99) == []


def test_a_table_with_odd_bytes_at_its_end_is_read_as_far_as_it_goes():
    assert runs(table(1, END) + b"\x01\x02", 0, 99) == [(0, 2)]


def test_reach_is_the_highest_sector_that_follows_another_and_no_mark():
    assert reach(table(1, 9, END, 0xFFFFFFFF, 0xFFFFFFFD)) == 9
    assert reach(table(END, END)) == -1


def test_entries_belong_to_the_storage_whose_tree_holds_them():
    directory = entry(5, child=1) + entry(1, right=2, child=3) + entry(2) + entry(2) + entry(2)
    assert parents(directory) == [-1, 0, 0, 1, -2]


def test_a_tree_that_runs_in_circles_is_walked_once():
    directory = entry(5, child=1) + entry(1, left=1, right=2, child=0) + entry(2, left=1, right=2)
    assert parents(directory) == [-1, 0, 0]


def test_streams_have_no_children():
    directory = entry(5, child=1) + entry(2, child=2) + entry(2)
    assert parents(directory) == [-1, 0, -2]


def test_links_outside_the_directory_are_ignored():
    assert parents(entry(5, child=77)) == [-1]
    assert parents(b"") == []
