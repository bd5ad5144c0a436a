"""The pool inside of a program that has threads, event loops, pipes, forks and mistakes of its own."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from attachguard import Envelope
from attachguard.gateway import Pool
from attachguard.gateway.pool import wire
from tests.gateway.evil import details, scanner

FILE = b"nothing to see here\n"


@pytest.fixture(scope="module")
def pool():
    with Pool(scanner(), workers=2, seconds=5, warm=False) as pool:
        yield pool


def test_it_is_used_from_threads_and_from_event_loops_of_their_own(pool):
    async def several():
        return [details(report) for report in await asyncio.gather(*(pool.scan_async(FILE * 9000) for _ in range(5)))]

    with ThreadPoolExecutor(4) as threads:
        loops = [threads.submit(asyncio.run, several()) for _ in range(4)]
        reports = [threads.submit(pool.scan, FILE) for _ in range(20)]
        assert [each.result(20) for each in loops] == [[["seen"]] * 5] * 4
        assert all(details(each.result(20)) == ["seen"] for each in reports)


def test_pieces_that_are_awaited_come_from_the_loop_of_the_caller(pool):
    async def run():
        own = asyncio.get_running_loop()

        async def awaited():
            for _ in range(3):
                await asyncio.sleep(0)
                assert asyncio.get_running_loop() is own
                yield FILE

        return await pool.scan_async(awaited())

    assert asyncio.run(run()).size == 3 * len(FILE)


def test_a_pipe_that_keeps_its_reader_waiting_holds_up_nobody_else(pool, tmp_path):
    reading, writing = os.pipe()
    named = tmp_path / "pipe"
    os.mkfifo(named)
    with open(reading, "rb") as slow, ThreadPoolExecutor(3) as threads:  # noqa: PTH123 - it is open already
        waiting = [threads.submit(pool.scan, slow), threads.submit(pool.scan, named)]
        assert details(pool.scan(FILE)) == ["seen"]
        os.write(writing, FILE)
        os.close(writing)
        named.write_bytes(FILE)
        assert [each.result(20).size for each in waiting] == [len(FILE)] * 2


def test_a_buffer_that_is_filled_again_does_not_change_what_is_scanned(pool):
    def read_into_one_buffer():
        buffer = bytearray(4)
        for letter in b"abcd":
            buffer[:] = bytes([letter]) * 4
            yield memoryview(buffer)

    assert pool.scan(read_into_one_buffer()).sha256 == hashlib.sha256(b"aaaabbbbccccdddd").hexdigest()


def broken():
    yield FILE * 9000
    raise KeyError("mine")


@pytest.mark.parametrize(
    ("content", "given", "error"),
    [
        ("text", {}, TypeError),
        ([1, 2], {}, TypeError),
        (io.StringIO("text"), {}, TypeError),
        (broken(), {}, KeyError),
        (FILE, {"kind": "letter"}, ValueError),
        (FILE, {"seconds": -1}, ValueError),
        (FILE, {"seconds": float("nan")}, ValueError),
        (FILE, {"seconds": float("inf")}, ValueError),
    ],
    ids=["text", "numbers", "text file", "generator", "kind", "past", "nan", "forever"],
)
def test_a_mistake_of_the_caller_is_raised_and_costs_no_process(pool, content, given, error):
    before = pool.crew.pids
    with pytest.raises(error):
        pool.scan(content, **given)
    assert details(pool.scan(FILE)) == ["seen"]
    assert pool.crew.pids == before
    assert pool.held == 0


def test_a_file_that_does_not_wait_is_not_taken_for_a_shorter_one(pool):
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with open(reading, "rb", buffering=0) as file, open(writing, "wb", buffering=0) as other:  # noqa: PTH123 - they are open already
        other.write(FILE)
        with pytest.raises(BlockingIOError):
            pool.scan(file)


def test_no_time_at_all_is_a_deadline(pool):
    assert "scan-incomplete" in pool.scan(b"SLOW", seconds=0).verdict.reasons


def test_a_deadline_that_is_longer_than_the_pools_is_kept_by_the_process_too(pool, monkeypatch):
    jobs = []
    put = wire.Channel.put

    def seen(channel, kind, content=b"", descriptor=-1):
        if kind == wire.JOB:
            jobs.append(wire.msgspec.msgpack.decode(content, type=wire.Job))
        put(channel, kind, content, descriptor)

    monkeypatch.setattr(wire.Channel, "put", seen)
    pool.scan(FILE, seconds=1000)
    pool.scan(FILE, seconds=1e12)
    pool.scan(FILE)
    assert [job.seconds for job in jobs] == [2030, 1 << 30, 40]


@pytest.mark.parametrize(
    "given", [{"workers": -1}, {"seconds": float("inf")}, {"memory": 0}, {"recycle": 0}, {"queue": 0}]
)
def test_numbers_that_make_no_sense_are_refused(given):
    with pytest.raises(ValueError, match="must be at least"):
        Pool(scanner(), **given)


def test_a_child_that_was_forked_neither_uses_nor_ends_the_pool_of_its_parent():
    with Pool(scanner(), workers=2, seconds=5, warm=False) as own:
        pids = own.crew.pids
        child = os.fork()
        if child == 0:
            signal.alarm(10)
            status = 1
            try:
                with pytest.raises(RuntimeError, match="of another process"):
                    own.scan(FILE)
                own.__exit__(None, None, None)
                status = 0
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
        assert details(own.scan(FILE)) == ["seen"]
        assert own.crew.pids == pids


def test_a_pool_that_is_not_in_use_says_so_at_once():
    own = Pool(scanner(), workers=1, warm=False)
    with pytest.raises(RuntimeError, match="use the pool with"):
        own.scan(FILE)
    with pytest.raises(RuntimeError, match="not in use in this event loop"):
        asyncio.run(own.scan_async(FILE))
    with own:
        assert details(own.scan(FILE)) == ["seen"]
        with pytest.raises(RuntimeError, match="started once"), own:
            pass
        assert details(own.scan(FILE)) == ["seen"]
    with pytest.raises(RuntimeError, match="use the pool with"):
        own.scan(FILE)
    with pytest.raises(RuntimeError, match="started once"), own:
        pass


def test_scans_under_way_and_in_line_end_with_the_pool_and_leave_no_thread():
    before = threading.active_count()
    with ThreadPoolExecutor(4) as threads:
        with Pool(scanner(), workers=1, warm=False) as own:
            waiting = [threads.submit(own.scan, b"HANG\n") for _ in range(4)]
            while own.waiting < 3:
                pass
        assert all("scan-incomplete" in each.result(10).verdict.reasons for each in waiting)
    assert threading.active_count() == before


def test_a_scan_after_the_end_is_answered_at_once():
    async def run():
        async with Pool(scanner(), workers=1, warm=False) as own:
            pass
        return await asyncio.wait_for(own.scan_async(FILE), 1)

    assert "scan-incomplete" in asyncio.run(run()).verdict.reasons


def test_a_program_whose_children_are_collected_by_the_system_has_its_processes_replaced():
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with Pool(scanner(), workers=1, seconds=5, warm=False) as own:
            assert "scan-incomplete" in own.scan(b"KILL\n").verdict.reasons
            assert details(own.scan(FILE)) == ["seen"]
        unwatched = Pool(scanner(), workers=1, warm=False)
        unwatched.fork()
        (worker,) = unwatched.crew._workers.values()
        os.kill(worker.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(worker.pid, 0)
        assert not unwatched.crew.lives(worker)
        unwatched.close()
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_an_envelope_with_octets_that_are_no_text_reaches_the_process(pool):
    odd = os.fsdecode(b"\xff@example.org")
    report = pool.scan(FILE, name=odd, source=odd, envelope=Envelope(sender=odd, recipients=(odd, odd), channel="vps"))
    assert details(report) == ["seen"]
    assert report.channel == "vps"
