"""A scan that ends its process costs its own report and nothing else."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import time

import pytest

from attachguard import Envelope
from attachguard.errors import OperatorError
from attachguard.gateway import Pool
from attachguard.gateway import pool as gateway_pool
from attachguard.gateway.pool import confine
from tests.gateway.evil import details, scanner
from tests.test_scanner import BAD, CLEAN

FILE = b"nothing to see here\n"


@pytest.fixture(scope="module")
def pool():
    with Pool(scanner(), workers=2, seconds=2, memory=64 << 20) as pool:
        yield pool


def whole(pool, seconds=1.0):
    """The pool has all its processes again, within a second."""
    end = time.monotonic() + seconds
    while pool.crew.states["idle"] < pool.crew.size:
        assert time.monotonic() < end, pool.crew.states
        time.sleep(0.01)


def test_a_report_is_that_of_the_scanner_itself(pool):
    from attachguard import Scanner

    with Pool(Scanner(), workers=1) as real:
        for content in (CLEAN, BAD):
            here = Scanner().scan(content, source="mail")
            there = real.scan(content, source="mail")
            assert there.findings == here.findings
            assert there.parts == here.parts
            assert there.verdict == here.verdict
            assert there.sha256 == here.sha256


def test_pieces_and_files_and_paths_are_scanned_alike(pool, tmp_path):
    path = tmp_path / "file.txt"
    path.write_bytes(FILE)
    reports = [
        pool.scan(FILE, name="file.txt"),
        pool.scan([FILE[:3], FILE[3:]], name="file.txt"),
        pool.scan(path),
    ]
    with path.open("rb") as file:
        reports.append(pool.scan(file, name="file.txt"))
    assert {report.sha256 for report in reports} == {reports[0].sha256}
    assert all(details(report) == ["seen"] for report in reports)


def test_the_envelope_reaches_the_policy(pool):
    assert pool.scan(FILE, envelope=Envelope(channel="vps")).channel == "vps"


@pytest.mark.parametrize(
    ("content", "cause"),
    [(b"CRASH\n", "signal 11"), (b"KILL\n", "signal 9"), (b"HANG\n", "stopped after 2 s"), (b"GROW\n", "memory")],
    ids=["crash", "kill", "hang", "memory"],
)
def test_what_ends_its_process_gets_its_own_report_and_the_pool_is_whole_within_a_second(pool, content, cause):
    report = pool.scan(content, name="evil.txt")
    assert [finding.code for finding in report.findings] == ["scan-incomplete"]
    assert cause in report.findings[0].detail
    assert report.verdict.action.value == "defer"
    assert not report.complete
    whole(pool)
    assert details(pool.scan(FILE)) == ["seen"]


def test_others_go_on_while_one_hangs(pool):
    hanging = pool.submit(b"HANG\n")
    begun = time.monotonic()
    assert all(details(pool.scan(FILE)) == ["seen"] for _ in range(20))
    assert time.monotonic() - begun < 1.5
    assert details(hanging.result())[0].startswith("the scanning process was stopped")
    whole(pool)


def test_a_process_that_is_killed_while_idle_costs_nothing(pool):
    whole(pool)
    before = set(pool.crew.pids)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 1
    while before & set(pool.crew.pids):
        assert time.monotonic() < end
        time.sleep(0.01)
    whole(pool)
    assert details(pool.scan(FILE)) == ["seen"]


def test_a_process_is_confined(pool):
    offered = confine.available()
    seen = details(pool.scan(b"CALL READ WRITE\n"))
    if offered.get("seccomp") == "yes":
        assert "call: refused 13" in seen
    if offered.get("Landlock", "").startswith("version"):
        assert "read: refused 13" in seen
        assert "write: refused 13" in seen


def test_a_system_that_has_no_place_for_temporary_files_is_no_reason_not_to_scan(monkeypatch):
    def nowhere():
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(confine.tempfile, "gettempdir", nowhere)
    with Pool(scanner(), workers=1, warm=False) as readonly:
        assert details(readonly.scan(FILE)) == ["seen"]


def test_more_scans_than_processes_wait_their_turn(pool):
    futures = [pool.submit(FILE + str(number).encode()) for number in range(200)]
    assert all(details(future.result()) == ["seen"] for future in futures)


def test_a_queue_that_is_full_answers_at_once():
    with Pool(scanner(), workers=1, seconds=5, queue=2, warm=False) as small:
        futures = [small.submit(b"SLOW\n") for _ in range(6)]
        reports = [future.result() for future in futures]
        causes = [report.findings[0].detail for report in reports if not report.complete]
        assert len(causes) == 3
        assert set(causes) == {"no scanning process was free in time"}


def test_a_slow_sender_does_not_keep_a_process_from_others():
    async def run():
        async with Pool(scanner(), workers=1, seconds=5, warm=False) as small:
            slow = small.open(kind="file")
            assert not slow.feed(b"a" * 100_000)
            assert small.crew.states["busy"] == 1
            begun = time.monotonic()
            assert details(await small.scan_async(FILE)) == ["seen"]
            assert time.monotonic() - begun < 1
            slow.feed(b"\n")
            result = await slow.close()
            assert result.report.size == 100_001
            assert details(result.report) == ["seen"]
            small.forget(slow)
            assert small.held == 0

    asyncio.run(run())


def test_a_scan_that_is_given_up_frees_its_process():
    async def run():
        async with Pool(scanner(), workers=1, seconds=5, warm=False) as small:
            session = small.open(kind="file")
            session.feed(b"a" * 100_000)
            small.forget(session)
            assert details(await small.scan_async(FILE)) == ["seen"]
            assert small.held == 0

    asyncio.run(run())


def test_an_early_verdict_comes_before_the_end():
    from attachguard import Scanner

    async def run():
        async with Pool(Scanner(), workers=1, warm=False) as small:
            session = small.open(kind="message")
            head, end = BAD[:-20], BAD[-20:]
            del end
            padding = b"\r\n" + b"A" * 76
            fed = session.feed(head)
            for _ in range(2000):
                if fed:
                    break
                fed = session.feed(padding * 20)
                await asyncio.sleep(0.001)
            assert fed
            result = await session.close()
            assert not result.report.verdict.action.delivers
            small.forget(session)

    asyncio.run(run())


def test_a_process_makes_room_for_a_fresh_one_after_its_share_of_scans():
    with Pool(scanner(), workers=1, recycle=3, warm=False) as small:
        pids = set()
        for _ in range(9):
            small.scan(FILE)
            pids.update(small.crew.pids)
        assert len(pids) >= 3


def test_the_end_of_a_pool_leaves_no_process():
    with Pool(scanner(), workers=3, warm=False) as small:
        pids = small.crew.pids
    assert len(pids) == 3
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_path_that_cannot_be_read_is_the_callers_mistake(pool, tmp_path):
    with pytest.raises(OSError, match="No such file"):
        pool.scan(tmp_path / "missing")


def test_processes_that_are_killed_before_they_are_ready_end_the_pool_with_the_reason(monkeypatch):
    monkeypatch.setattr(confine, "give_up", lambda _settings: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(OperatorError, match=r"the scanning process died \(signal 9\)"), Pool(scanner(), workers=1):
        pass


def test_a_start_that_is_called_off_leaves_no_process(monkeypatch):
    monkeypatch.setattr(confine, "give_up", lambda _settings: time.sleep(60))

    async def run():
        pool = Pool(scanner(), workers=1, warm=False)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await pool.start()
        return pool.crew.pids

    assert asyncio.run(run()) == ()


def test_processes_that_hang_before_they_are_ready_are_not_waited_for_without_end(monkeypatch):
    monkeypatch.setattr(gateway_pool, "_READY", 0.2)
    monkeypatch.setattr(confine, "give_up", lambda _settings: time.sleep(60))
    with (
        pytest.raises(OperatorError, match=r"no scanning process gets ready: none did within 0\.2 s"),
        Pool(scanner(), workers=1),
    ):
        pass


def test_a_process_that_hangs_before_it_is_ready_makes_room_for_one_that_does_not(monkeypatch):
    with Pool(scanner(), workers=1, warm=False) as pool:
        with monkeypatch.context() as while_hanging:
            while_hanging.setattr("attachguard.gateway.pool.crew._START", 0.5)
            while_hanging.setattr(confine, "give_up", lambda _settings: time.sleep(60))
            assert "scan-incomplete" in pool.scan(b"KILL", kind="file").verdict.reasons
        assert details(pool.scan(b"x", kind="file")) == ["seen"]
        assert pool.crew.deaths == {"died": 1, "stopped": 1}


def test_a_pool_is_whole_again_when_the_system_has_processes_again(monkeypatch):
    def none():
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    with Pool(scanner(), workers=1, warm=False) as pool:
        with monkeypatch.context() as while_full:
            while_full.setattr(os, "fork", none)
            assert "scan-incomplete" in pool.scan(b"KILL", kind="file").verdict.reasons
            assert "scan-incomplete" in pool.scan(b"x", kind="file", seconds=0.1).verdict.reasons
            assert pool.crew.trouble == "no process can be started: Resource temporarily unavailable"
        assert details(pool.scan(b"x", kind="file")) == ["seen"]
        assert not pool.crew.trouble


def test_no_process_at_all_is_the_operators_to_mend(monkeypatch):
    def none():
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", none)
    with pytest.raises(OperatorError, match="no scanning process can be started: Resource"), Pool(scanner(), workers=1):
        pass


def test_a_worker_that_says_what_no_worker_says_is_ended():
    import mmap
    import socket

    from attachguard.gateway.pool import wire

    near, far = socket.socketpair()
    channel = wire.Channel(near, mmap.mmap(-1, 4096))
    far.sendall(wire.HEAD.pack(b"P", (1 << 26) + 1))
    with pytest.raises(wire.Broken, match="may not say"):
        list(channel.receive())
    far.sendall(b"?")
    with pytest.raises(wire.Broken):
        list(channel.receive())
    channel.close()
    far.close()


def test_confined_processes_find_what_the_scanner_finds_by_itself():
    """One sample of every family of fixtures, those among them that programs of the system unpack."""
    import importlib
    import pkgutil

    from attachguard import Policy, Scanner
    from tests import fixtures

    real = Scanner(Policy.load("audit"))
    samples = {}
    for module in pkgutil.iter_modules(fixtures.__path__):
        made = getattr(importlib.import_module(f"tests.fixtures.{module.name}"), "SAMPLES", {})
        samples |= {f"{module.name}/{name}": made[name] for name in list(made)[:1]}
    with Pool(real, workers=2) as confined:
        for name, make in samples.items():
            content = make()
            there = confined.scan(content, name=name.rpartition("/")[2])
            here = real.scan(content, name=name.rpartition("/")[2])
            assert (there.findings, there.parts) == (here.findings, here.parts), name


def test_the_copy_comes_with_its_name_and_what_was_removed():
    from attachguard import Policy, Scanner
    from tests.fixtures import xls

    cleaning = Scanner(Policy.load("disarm"), rewrite=True)
    content = xls.SAMPLES["macro/plan.xls"]()
    here = cleaning.scan(content, name="plan.xls")
    with Pool(cleaning, workers=1) as pool:
        there = pool.scan(content, name="plan.xls")
    assert here.sanitized is not None
    assert (there.sanitized, there.sanitized_name, there.removed) == (here.sanitized, here.sanitized_name, here.removed)
