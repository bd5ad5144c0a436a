"""The readers outside of this package themselves, where they are installed: what our own readers say of an archive, they say, too."""

from __future__ import annotations

import ctypes.util
import importlib.util
import shutil
import struct
import subprocess
from contextlib import closing

import pytest

from attachguard import Limits
from attachguard.limits import Budget
from attachguard.readers.outside import tools
from attachguard.readers.outside.libarchive import Libarchive
from tests.fixtures import cab, rar
from tests.fixtures.oldarchives import PROGRAM, TEXT, arj, lha_0

SECTOR = 512
SEVENZIP = next(filter(None, map(shutil.which, ("7zz", "7z", "7za"))), None)
MKFS = shutil.which("mkfs.ext4") or shutil.which("mkfs.ext4", path="/usr/sbin:/sbin")
needs_sevenzip = pytest.mark.skipif(SEVENZIP is None, reason="needs the program of 7-Zip (package 7zip)")
needs_libarchive = pytest.mark.skipif(
    importlib.util.find_spec("libarchive") is None or ctypes.util.find_library("archive") is None,
    reason="needs libarchive-c and the system library libarchive",
)

#: Archives with the same two stored files.
FILES = [("brief.txt", TEXT), ("start.exe", PROGRAM)]
STORED = {
    "rar4": rar.old(rar.old_file(b"brief.txt", TEXT), rar.old_file(b"start.exe", PROGRAM)),
    "rar5": rar.new(rar.new_file("brief.txt", TEXT), rar.new_file("start.exe", PROGRAM)),
    "lha": lha_0(b"brief.txt", TEXT) + lha_0(b"start.exe", PROGRAM) + b"\0",
    "arj": arj((b"brief.txt", TEXT, 0, 0), (b"start.exe", PROGRAM, 0, 0)),
    "cab": cab.cabinet({"brief.txt": TEXT, "start.exe": PROGRAM}, 0),
}


def details(report, code: str = "uninspectable-content") -> list[str]:
    return [finding.detail for finding in report.findings if finding.code == code]


def members(report) -> dict[str, int | None]:
    return {part.name: part.size for part in report.parts[1:]}


@needs_libarchive
@pytest.mark.parametrize(("kind", "name"), [("rar4", "rar"), ("rar5", "rar5"), ("lha", "lha"), ("cab", "cab")])
def test_libarchive_gives_the_files_of_a_stored_archive(with_packages, kind, name):
    with closing(Libarchive(STORED[kind], (name,), Budget(Limits()), kind)) as run:
        assert [(file, b"".join(content or ())) for file, content in run.files()] == FILES
        assert run.trouble == ""


@needs_sevenzip
@pytest.mark.parametrize(("kind", "name"), [("rar4", "rar"), ("lha", "lha"), ("arj", "arj"), ("cab", "cab")])
def test_7zip_gives_the_files_of_a_stored_archive(with_packages, kind, name):
    (tool,) = [tool for tool in tools.TOOLS if tool.title == "7-Zip"]
    with closing(tools.Run(tool, (SEVENZIP, SEVENZIP), STORED[kind], name, Budget(Limits()), kind)) as run:
        assert [(entry.name, b"".join(content or ())) for entry, content in run.files()] == FILES
        assert run.trouble == ""


@pytest.mark.parametrize("kind", sorted(STORED))
def test_our_own_readers_give_the_same_files(scan, kind):
    report = scan(STORED[kind], f"a.{kind[:3]}")
    assert members(report) == {name: len(content) for name, content in FILES}
    assert details(report) == []


@needs_sevenzip
def test_a_windows_image_is_opened(scan, with_packages, tmp_path):
    (tmp_path / "los").mkdir()
    (tmp_path / "los" / "daten.bin").write_bytes(PROGRAM)
    (tmp_path / "brief.txt").write_bytes(TEXT)
    image = tmp_path / "x.wim"
    subprocess.run(
        [SEVENZIP, "a", "-bd", image, "los", "brief.txt"], cwd=tmp_path, check=True, capture_output=True, timeout=60
    )
    report = scan(image.read_bytes(), "x.wim")
    assert members(report) == {"los/daten.bin": len(PROGRAM), "brief.txt": len(TEXT)}
    assert "pe" in {part.type.id for part in report.parts}
    assert details(report) == []


@needs_sevenzip
def test_damage_to_a_windows_image_stays_in_the_process(bare_scan, with_packages, tmp_path):
    (tmp_path / "brief.txt").write_bytes(TEXT * 40)
    image = tmp_path / "x.wim"
    subprocess.run(
        [SEVENZIP, "a", "-bd", image, "brief.txt"], cwd=tmp_path, check=True, capture_output=True, timeout=60
    )
    data = image.read_bytes()
    for place in range(12, len(data), len(data) // 8):
        report = bare_scan(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :], "x.wim")
        assert details(report, "inspection-failed") == []
    report = bare_scan(data[: len(data) // 2], "x.wim")
    assert details(report)


@needs_sevenzip
@pytest.mark.skipif(MKFS is None, reason="needs mkfs.ext4 (package e2fsprogs) to make a volume")
@pytest.mark.parametrize("partitioned", [False, True])
def test_a_linux_volume_is_opened_alone_and_in_a_partition(scan, with_packages, tmp_path, partitioned):
    folder = tmp_path / "inhalt"
    folder.mkdir()
    (folder / "daten.bin").write_bytes(PROGRAM)
    (folder / "hin").symlink_to("/etc/passwd")
    image = tmp_path / "x.img"
    image.write_bytes(bytes(1 << 20))
    subprocess.run([MKFS, "-q", "-d", folder, image], check=True, capture_output=True, timeout=60)
    data = image.read_bytes()
    if partitioned:
        table = bytearray(SECTOR)
        struct.pack_into("<B3xB3xII", table, 446, 0, 0x83, 1, len(data) // SECTOR)
        table[510:] = b"\x55\xaa"
        data = bytes(table) + data
    report = scan(data, "x.img")
    assert report.parts[0].type.id == ("img" if partitioned else "ext")
    assert members(report) == {"daten.bin": len(PROGRAM)}
    assert "executable-content" in {finding.code for finding in report.findings}
    assert details(report) == []


@needs_sevenzip
def test_a_name_that_is_spelled_with_other_slashes_is_not_taken_for_the_next_file(scan, with_packages):
    report = scan(arj((b"text\\schein.txt", TEXT, 0, 0), (b"setup.exe", b"packed", 0, 1)), "a.arj")
    assert members(report) == {"text/schein.txt": len(TEXT), "setup.exe": None}
    assert details(report)
