"""What systems leave in archives: by name and type together, and what that spares."""

from __future__ import annotations

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.types.leftovers import is_leftover
from tests.fixtures.sevenzip import COPY
from tests.fixtures.sevenzip import archive as seven
from tests.fixtures.zip import PROGRAM, Member, archive

DOUBLE = b"\0\x05\x16\x07\0\2\0\0" + bytes(16) + b"\0\1" + b"\0\0\0\x09\0\0\0\x26\0\0\0\x20" + bytes(32)
SETTINGS = b"\0\0\0\1Bud1" + bytes(64)
PLAN = b"Plan der Anlage\n" * 20


@pytest.mark.parametrize(
    ("name", "ids", "size", "left"),
    [
        (".DS_Store", ["ds_store"], 6148, True),
        ("a/b/.DS_Store", ["ds_store"], 6148, True),
        ("__MACOSX/._plan.pdf", ["applesingle"], 200, True),
        ("Thumbs.db", ["thumbs"], 9000, True),
        ("desktop.ini", ["ini"], 200, True),
        (".localized", [], 0, True),
        (".DS_Store", ["pe"], 6148, False),
        (".DS_Store", ["ds_store", "zip"], 6148, False),
        ("._plan.pdf", ["pdf"], 200, False),
        ("__MACOSX/plan.pdf", ["pdf"], 200, False),
        ("Thumbs.db", ["zip"], 9000, False),
        ("desktop.ini", ["ini"], 1 << 20, False),
        (".DS_Store", ["unread"], None, False),
        ("plan.ds_store", ["ds_store"], 10, False),
    ],
)
def test_name_and_type_go_together(name, ids, size, left):
    assert is_leftover(name, ids, size) is left


def finder(**more: bytes) -> bytes:
    files = {"plan.txt": PLAN, "__MACOSX/._plan.txt": DOUBLE, ".DS_Store": SETTINGS, **more}
    return archive(*(Member(name, data) for name, data in files.items()))


@pytest.fixture(scope="module")
def city():
    return Scanner(Policy.load("kaiserslautern"), rules=Rules.empty())


def test_leftovers_count_for_no_list_and_no_nesting(city):
    report = city.scan(finder(), kind="file", name="plan.zip")
    assert report.verdict.action.delivers
    assert not {"archive-nested", "type-not-allowed"} & {f.code for f in report.findings}


def test_so_they_do_in_other_archives(city):
    data = seven({"plan.txt": PLAN, "__MACOSX/._plan.txt": DOUBLE, ".DS_Store": SETTINGS}, [COPY])
    found = {f.code for f in city.scan(data, kind="file", name="plan.7z").findings if "!/" in f.part}
    assert not {"archive-nested", "type-not-allowed", "archive-content"} & found


def test_a_program_under_the_name_of_one_is_a_program(city):
    for name in (".DS_Store", "__MACOSX/._plan.txt", "Thumbs.db"):
        report = city.scan(archive(Member(name, PROGRAM)), kind="file", name="plan.zip")
        assert report.verdict.action.value == "discard", name


def test_a_cut_one_is_no_leftover(city):
    report = city.scan(
        archive(Member("plan.txt", PLAN), Member("._plan.txt", DOUBLE[:20])), kind="file", name="plan.zip"
    )
    assert "malformed-file" in {f.code for f in report.findings}
