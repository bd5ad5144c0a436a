"""The desk by itself: reloads and figures at moments that a client cannot choose."""

from __future__ import annotations

import asyncio

from attachguard import Policy, Rules, Scanner
from attachguard.gateway import Pool
from attachguard.gateway.serve import notices
from attachguard.gateway.serve.desk import Desk
from attachguard.gateway.serve.logs import Log
from attachguard.gateway.serve.settings import Settings
from tests.gateway.evil import details, scanner


class Silent(Log):
    """A log that nobody reads."""

    def plain(self, _line):
        """Nothing."""


def blind() -> Scanner:
    """A scanner of the same policy that sees nothing."""
    return Scanner(Policy.load("strict"), rules=Rules.empty(), inspectors=())


async def judged(desk: Desk, content: bytes):
    case = desk.open("http", kind="file", name="x.txt", remember=True)
    try:
        case.feed(content)
        return await case.close()
    finally:
        case.leave()


def test_a_result_that_comes_after_a_reload_is_not_remembered():
    async def run():
        desk = Desk(Settings(fronts={}), Silent())
        async with Pool(scanner(), workers=1, warm=False) as before, Pool(blind(), workers=1, warm=False) as after:
            desk.install(before)
            under_way = asyncio.create_task(judged(desk, b"SLOW"))
            await asyncio.sleep(0.05)
            desk.install(after)
            old = await under_way
            return old, await judged(desk, b"SLOW")

    old, new = asyncio.run(run())
    assert details(old.report) == ["seen"]
    assert details(new.report) == []


def test_a_message_of_before_a_reload_gets_no_result_of_after_it():
    async def run():
        desk = Desk(Settings(fronts={}), Silent())
        async with Pool(scanner(), workers=1, warm=False) as before, Pool(blind(), workers=1, warm=False) as after:
            desk.install(before)
            case = desk.open("http", kind="file", name="x.txt", remember=True)
            case.feed(b"the same")
            desk.install(after)
            await judged(desk, b"the same")
            try:
                return await case.close()
            finally:
                case.leave()

    assert details(asyncio.run(run()).report) == ["seen"]


def test_deaths_of_before_a_reload_stay_counted():
    async def run():
        desk = Desk(Settings(fronts={}), Silent())
        async with Pool(scanner(), workers=1, warm=False) as before, Pool(blind(), workers=1, warm=False) as after:
            desk.install(before)
            await judged(desk, b"KILL")
            desk.install(after)
            return desk.metrics.render()

    assert b'attachguard_worker_deaths_total{cause="died"} 1.0' in asyncio.run(run())


def test_content_is_whole_for_whoever_reads_it_when_the_message_is_forgotten():
    async def run():
        desk = Desk(Settings(fronts={}), Silent())
        async with Pool(scanner(), workers=1, warm=False) as pool:
            desk.install(pool)
            case = desk.open("http", kind="file")
            case.feed(b"one, ")
            case.feed(b"two")
            content = case.content()
            case.leave()
            return b"".join(content)

    assert asyncio.run(run()) == b"one, two"


def test_notices_that_cannot_be_sent_before_the_end_are_said_and_leave_no_process(monkeypatch):
    lines = []
    processes = []
    begin = asyncio.create_subprocess_exec

    async def begun(*command, **given):
        processes.append(await begin(*command, **given))
        return processes[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", begun)

    class Kept(Log):
        def plain(self, line):
            lines.append(line)

    async def run():
        sender = notices.Notices("/bin/sleep 100", "en", "mx.example.net", Kept())
        for _ in range(10):
            task = asyncio.create_task(sender._send(b"", (), "1"))
            sender._tasks.add(task)
        await asyncio.sleep(0.1)
        monkeypatch.setattr(notices, "_SECONDS", 0.1)
        await sender.drain()

    asyncio.run(run())
    assert len(lines) == 1
    assert lines[0].endswith('notice-lost notices=10 cause="the daemon ends"')
    assert processes
    assert all(process.returncode for process in processes)
