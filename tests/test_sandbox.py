"""Archives of rare formats are unpacked in a process of their own, and whatever becomes of that process, the scan goes on and nothing is called clean."""

from __future__ import annotations

import ctypes.util
import hashlib
import importlib.util
import subprocess
import sys

import pytest

from attachguard import Limits, Policy, Rules, Scanner
from attachguard.readers.outside import Tools, optional, sandbox
from tests import HANG
from tests.fixtures.rar import SAMPLES as RAR
from tests.fixtures.sevenzip import SAMPLES as SEVENZIP

PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(200)
needs_libarchive = pytest.mark.skipif(
    importlib.util.find_spec("libarchive") is None or ctypes.util.find_library("archive") is None,
    reason="needs libarchive-c and the system library libarchive",
)


def ppmd(files: dict[str, bytes]) -> bytes:
    import libarchive

    pieces: list[bytes] = []
    with libarchive.custom_writer(
        lambda data: pieces.append(bytes(data)) or len(data), "7zip", options="compression=ppmd"
    ) as out:
        for name, content in files.items():
            out.add_file_from_memory(name, len(content), content)
    return b"".join(pieces)


def child(monkeypatch, tmp_path, program: str) -> None:
    """Let another program stand in for the one that unpacks."""
    path = tmp_path / "child.py"
    path.write_text(
        "import os, signal, struct, sys, time\nframe = lambda k, b=b'': os.write(1, struct.pack('>cI', k, len(b)) + b)\n"
        + program
    )
    monkeypatch.setattr(sandbox, "_PROGRAM", path)
    monkeypatch.setattr(optional, "folder", lambda _: tmp_path)


def details(report, code: str) -> list[str]:
    return [finding.detail for finding in report.findings if finding.code == code]


@needs_libarchive
def test_members_of_an_unusual_method_are_unpacked_and_judged(scan, with_packages):
    pytest.importorskip("libarchive")
    report = scan(ppmd({"brief.txt": b"Guten Tag\n" * 50, "daten.bin": PROGRAM}), "a.7z")
    assert [part.name for part in report.parts[1:]] == ["brief.txt", "daten.bin"]
    assert report.parts[1].sha256 == hashlib.sha256(b"Guten Tag\n" * 50).hexdigest()
    assert report.parts[2].type.id == "pe"
    assert details(report, "uninspectable-content") == []


@needs_libarchive
@pytest.mark.parametrize("sample", ["old/bescheid.rar", "new/bescheid.rar"])
def test_what_libarchive_cannot_unpack_is_listed_and_never_clean(scan, with_packages, sample):
    """The packed bytes of these samples are no RAR data."""
    report = scan(RAR[sample](), "a.rar")
    assert details(report, "uninspectable-content")
    assert any(part.size is None for part in report.parts)


@needs_libarchive
def test_damage_to_archives_stays_in_the_child(bare_scan, with_packages):
    data = ppmd({"brief.txt": bytes(range(256)) * 8})
    for place in range(8, len(data), len(data) // 12):
        mutant = data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]
        report = bare_scan(mutant, "a.7z")
        assert details(report, "inspection-failed") == []
        assert report.findings


def test_no_process_is_started_for_what_the_own_readers_unpack(scan, monkeypatch, with_packages):
    def refuse(*_args, **_options):
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    for name, build in (
        ("a.7z", SEVENZIP["filtered/antrag.7z"]),
        ("b.rar", RAR["old-unicode/bescheid.rar"]),
    ):
        report = scan(build(), name)
        assert details(report, "inspection-failed") == []
        assert all(part.size is not None for part in report.parts)


def test_a_child_that_dies_costs_what_it_had_not_given(scan, monkeypatch, tmp_path):
    child(monkeypatch, tmp_path, "frame(b'E', b'bild.jpg'); frame(b'D', b'half'); os.kill(os.getpid(), signal.SIGKILL)")
    report = scan(RAR["old/bescheid.rar"](), "a.rar")
    (part,) = [part for part in report.parts if part.name == "bild.jpg"]
    assert part.size == 4
    assert "RAR4: unpacking broke off" in details(report, "uninspectable-content")
    assert "executable-content" in {finding.code for finding in report.findings}


def test_a_child_that_hangs_is_killed(scan, monkeypatch, tmp_path):
    child(monkeypatch, tmp_path, "frame(b'E', b'bild.jpg'); time.sleep(60)")
    monkeypatch.setattr(sandbox, "WAIT_SECONDS", 0.1)
    monkeypatch.setattr(sandbox, "_POLL_SECONDS", 0.05)
    report = scan(RAR["old/bescheid.rar"](), "a.rar")
    assert "resource-limit-exceeded" in {finding.code for finding in report.findings}
    assert not report.complete
    assert report.seconds < HANG


@pytest.mark.parametrize(
    "program",
    [
        "os.write(1, bytes(100))",
        "os.write(1, b'E' + b'\\xff' * 50)",
        "frame(b'D', b'without a name')",
        "frame(b'Z')",
        "frame(b'A', b'OSError')",
        "sys.exit(3)",
    ],
)
def test_a_child_that_talks_nonsense_unpacks_nothing(scan, monkeypatch, tmp_path, program):
    child(monkeypatch, tmp_path, program)
    report = scan(RAR["old/bescheid.rar"](), "a.rar")
    assert next(part for part in report.parts if part.name == "bild.jpg").size is None
    assert any("not read" in detail for detail in details(report, "uninspectable-content"))


def test_what_a_child_gives_counts_against_the_budget(monkeypatch, tmp_path):
    child(monkeypatch, tmp_path, "frame(b'E', b'bild.jpg')\nwhile True: frame(b'D', bytes(65536))")
    scanner = Scanner(
        Policy.load("audit"),
        rules=Rules.empty(),
        limits=Limits(part_bytes=1 << 20, total_bytes=3 << 20),
        tools=Tools.system(),
    )
    report = scanner.scan(RAR["old/bescheid.rar"](), name="a.rar")
    assert "resource-limit-exceeded" in {finding.code for finding in report.findings}
    assert max(part.size or 0 for part in report.parts) <= 1 << 20


def test_a_name_that_the_two_readers_spell_differently_is_told_by_its_place(scan, monkeypatch, tmp_path):
    child(monkeypatch, tmp_path, "frame(b'E', b'b?ld.jpg'); frame(b'D', b'content'); frame(b'X'); frame(b'Z')")
    report = scan(RAR["old/bescheid.rar"](), "a.rar")
    assert next(part for part in report.parts if part.name == "bild.jpg").size == 7


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux limits")
def test_the_child_gives_up_memory_files_and_processes():
    program = (
        f"import sys, resource; sys.path.insert(0, {str(sandbox._PROGRAM.parent)!r}); import confined as child\n"
        "child.confine(1 << 29, 7, 8)\n"
        "print([resource.getrlimit(one)[1] for one in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=20)
    assert done.stdout.splitlines()[0] == str([1 << 29, 7, 0, 0])
