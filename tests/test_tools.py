"""Containers that no reader here opens are opened by programs of the system, and whatever such a program does, the scan goes on and nothing unread is called clean."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from attachguard import Limits, Policy, Rules, Scanner
from attachguard.readers.outside import listings, sandbox, tools
from attachguard.readers.outside.listings import Entry
from tests import HANG
from tests.fixtures.oldarchives import TEXT, arj

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tools run on POSIX only")


WIM = b"MSWIM\0\0\0" + bytes(400)
LIST = r"printf 'Path = text.txt\nSize = 5\n\nPath = start.exe\nSize = 4\n\n'"


def details(report, code: str = "uninspectable-content") -> list[str]:
    return [finding.detail for finding in report.findings if finding.code == code]


def members(report) -> dict[str, int | None]:
    return {part.name: part.size for part in report.parts[1:]}


@pytest.fixture
def fake(monkeypatch, tmp_path, with_packages):
    """Puts a program on the path that lists and opens as the given shell commands do: `fake(lists, opens, name)`."""

    def build(lists: str, opens: str, name: str = "7zz") -> Path:
        for command in (name, "lsar") if name == "unar" else (name,):
            path = tmp_path / command
            path.write_text(f'#!/bin/sh\ncase "$0 $1" in *"/lsar "*|*" l"|*" lt") {lists};; *) {opens};; esac\n')
            path.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        return tmp_path

    return build


# -- with a program that behaves ------------------------------------------------------------------------------------------------


def test_the_output_is_cut_by_the_sizes_of_the_list(scan, fake):
    fake(LIST, "printf halloMZ12")
    report = scan(WIM, "a.wim")
    assert members(report) == {"text.txt": 5, "start.exe": 4}
    assert details(report) == []


def test_one_list_and_one_output_are_enough_for_all_members(scan, fake, monkeypatch):
    fake(LIST, "printf halloMZ12")
    started = []
    original = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda command, **options: started.append(command) or original(command, **options)
    )
    scan(WIM, "a.wim")
    assert len(started) == 2


def test_folders_links_and_files_without_a_name(scan, fake):
    fake(
        r"printf 'Path = los\nFolder = +\nSize = \n\nPath = los/hin\nSymbolic Link = /etc\nSize = 4\n\nSize = 3\n\nPath = leer\nSize = 0\n\n'",
        "printf /etcabc",
    )
    report = scan(WIM, "a.wim")
    assert members(report) == {"content": 3, "leer": 0}
    assert details(report, "archive-directories") == ["archive: 1 folders, 1 links"]


def test_the_program_sees_nothing_of_its_surroundings(scan, fake, monkeypatch):
    monkeypatch.setenv("SECRET", "geheim")
    fake(LIST, 'printf "%s%s%s%s" "$(env | grep -c SECRET)" "$(ls -A | wc -l)" "$(wc -c)" xxabcd')
    report = scan(WIM, "a.wim")
    assert report.parts[1].sha256 == hashlib.sha256(b"000xx").hexdigest()


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_the_program_writes_no_files(scan, fake, tmp_path):
    fake(LIST, f"echo x > {tmp_path}/made; echo x > made; echo x > /tmp/attachguard-made; printf halloMZ12")
    report = scan(WIM, "a.wim")
    assert members(report) == {"text.txt": 5, "start.exe": 4}
    for path in (tmp_path / "made", Path("/tmp/attachguard-made")):
        assert not path.exists() or path.stat().st_size == 0


def test_only_what_the_own_reader_cannot_read_is_taken_from_the_program(scan, fake):
    fake(r"printf 'Path = offen.txt\nSize = 5\n\nPath = setup.exe\nSize = 4\n\n'", "printf XXXXXMZ12")
    report = scan(arj((b"offen.txt", TEXT, 0, 0), (b"setup.exe", b"packed", 0, 1)), "a.arj")
    assert members(report) == {"offen.txt": len(TEXT), "setup.exe": 4}
    assert details(report) == []


def test_common_content_starts_no_program(scan, fake, monkeypatch):
    from tests.fixtures.sevenzip import SAMPLES

    fake(LIST, "printf halloMZ12")
    monkeypatch.setattr(subprocess, "Popen", lambda *_args, **_options: pytest.fail("a process was started"))
    assert len(scan(SAMPLES["filtered/antrag.7z"](), "a.7z").parts) > 1
    assert scan(arj((b"offen.txt", TEXT, 0, 0)), "a.arj").parts[1].size == len(TEXT)


# -- with a program that does not -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lists", "opens", "said"),
    [
        (LIST, "printf hal", "gives less than it lists"),
        (LIST, "printf halloMZ12mehr", "gives more than it lists"),
        (LIST, "printf halloMZ12; exit 2", "could not read all of it (exit status 2)"),
        (LIST, "printf halloMZ12; kill -SEGV $$", "was ended by signal 11"),
        ("exit 3", "printf hallo", "could not read all of it (exit status 3)"),
        ("head -c 3000 /bin/sh", "printf hallo", "finds nothing in it"),
        ("true", "printf hallo", "finds nothing in it"),
        (
            "printf 'Path = a\\nSize = 99999999999999999999\\n\\n'",
            "printf hallo",
            "does not tell where each file begins",
        ),
        ("printf 'Path = a\\nSize = -5\\n\\n'", "printf hallo", "does not tell where each file begins"),
        (
            "printf 'Path = a\\nSize = x\\n\\nPath = b\\nSize = 5\\n\\n'",
            "printf hallo",
            "does not tell where each file begins",
        ),
        ("printf 'Path = a\\nSize = 5\\nEncrypted = +\\n\\n'", "printf hallo", "does not tell where each file begins"),
        ("while :; do printf 'Path = a\\nSize = 1\\n\\n'; done", "printf hallo", "lists more than any archive holds"),
    ],
)
def test_what_a_program_does_wrong_is_said(scan, fake, lists, opens, said):
    fake(lists, opens)
    report = scan(WIM, "a.wim")
    assert any(said in detail for detail in details(report)), details(report)
    assert report.seconds < HANG
    assert details(report, "inspection-failed") == []


def test_a_checksum_that_does_not_hold_is_told_of_the_member(scan, fake):
    fake(r"printf 'Path = setup.exe\nSize = 5\nCRC = 01234567\n\n'", "printf hallo")
    report = scan(arj((b"setup.exe", b"packed", 0, 1)), "a.arj")
    assert "ARJ: checksum of a file does not match" in details(report, "malformed-file")


def test_output_without_end_is_ended(fake):
    fake(r"printf 'Path = a.bin\nSize = 999999999999\n\n'", "while :; do printf %65536s x; done")
    scanner = Scanner(
        Policy.load("audit"),
        rules=Rules.empty(),
        limits=Limits(part_bytes=1 << 20, total_bytes=3 << 20),
        tools=tools.Tools.system(),
    )
    report = scanner.scan(WIM, name="a.wim", kind="file")
    assert details(report, "resource-limit-exceeded")
    assert report.parts[1].size <= 1 << 20


@pytest.mark.skipif(not Path("/bin/ps").exists(), reason="needs ps to look for processes")
@pytest.mark.parametrize(
    ("lists", "opens"),
    [("sleep 60", ""), (LIST, "printf hallo; sleep 60"), (LIST, "printf halloMZ12; exec >&-; sleep 60")],
)
def test_a_program_that_hangs_is_killed_with_its_children(scan, fake, monkeypatch, tmp_path, lists, opens):
    monkeypatch.setattr(sandbox, "WAIT_SECONDS", 0.3)
    monkeypatch.setattr(sandbox, "_POLL_SECONDS", 0.05)
    monkeypatch.setattr(sandbox, "_ENDING_SECONDS", 0.3)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    fake(lists, opens)
    pids = []
    original = subprocess.Popen

    def noted(command, **options):
        process = original(command, **options)
        pids.append(process.pid)
        return process

    monkeypatch.setattr(subprocess, "Popen", noted)
    report = scan(WIM, "a.wim")
    assert details(report)
    assert report.seconds < HANG
    groups = set(pids)
    ending = time.monotonic() + HANG  # a killed process may still be on its way out
    while alive(groups) and time.monotonic() < ending:
        time.sleep(0.05)
    assert not alive(groups)


def alive(groups: set[int]) -> bool:
    """Whether a process of one of these groups still runs; those that ended and that nobody has asked for do not count."""
    done = subprocess.run(
        ["/bin/ps", "-A", "-o", "pgid=,stat="], check=True, capture_output=True, text=True, timeout=20
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    return any(int(number) in groups and not state.startswith("Z") for number, state in rows)


def test_without_a_program_the_remedy_is_named(scan, monkeypatch, tmp_path, with_packages):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert details(scan(WIM, "a.wim")) == ["Windows image: not opened here; install 7zip"]


def test_a_program_that_cannot_be_started_is_said(scan, fake, monkeypatch):
    fake(LIST, "printf halloMZ12")

    def refuse(*_args, **_options):
        raise BlockingIOError

    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert any("cannot be started (BlockingIOError)" in detail for detail in details(scan(WIM, "a.wim")))


def test_a_second_program_is_asked_for_what_the_first_could_not_read(scan, fake):
    fake(r"printf 'Path = setup.exe\nSize = 4\n\n'", "exit 2")
    fake(r"""printf '{"lsarContents": [{"XADFileName": "setup.exe", "XADFileSize": 4}]}'""", "printf MZ12", "unar")
    report = scan(arj((b"setup.exe", b"packed", 0, 1)), "a.arj")
    assert members(report) == {"setup.exe": 4}
    assert details(report) == []


# -- the lists ------------------------------------------------------------------------------------------------------------------


def test_a_list_of_unrar():
    text = (
        b"UNRAR 6.21 freeware      Copyright (c) 1993-2023 Alexander Roshal\n\nArchive: a.rar\nDetails: RAR 4, solid\n\n"
        b"        Name: los/text.txt\n        Type: File\n        Size: 3000\n Packed size: 900\n       Ratio: 30%\n"
        b"       mtime: 2024-01-01 10:00:00,000000000\n  Attributes: ..A....\n       CRC32: 89AA343C\n     Host OS: Windows\n"
        b" Compression: RAR 3.0(v29) -m3 -md=4M\n       Flags: encrypted\n\n        Name: los\n        Type: Directory\n\n"
        b"        Name: hin\n        Type: Unix symbolic link\n      Target: los\n\n     Service: EOF\n"
    )
    assert list(listings.unrar(text)) == [
        Entry("los/text.txt", "file", 3000, 0x89AA343C, True),
        Entry("los", "folder", 0),
        Entry("hin", "link", 0),
    ]


@pytest.mark.parametrize(
    "text", [b"", b"[1]", b'{"lsarContents": 5}', b"[" * 100_000, b"\xff\xfe", b'{"lsarContents": ["a"]}']
)
def test_a_list_of_unar_that_makes_no_sense_is_none(text):
    with pytest.raises(listings.Malformed):
        list(listings.unar(text))


def test_every_tool_names_types_that_exist():
    from attachguard.types.filetypes import TITLES

    for tool in tools.TOOLS:
        assert set(tool.kinds) <= set(TITLES)
        assert tool.package
