"""Endurance of the daemon: everything at once for half a minute, twice what it can do for a minute, 5,000 real-made messages.

Nothing bad is ever let through, everybody is answered once, memory stays flat.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from benchmarks import workload
from benchmarks.compare_gateway import mail, milter, pss

from tests.gateway.daemon import daemon
from tests.gateway.mails import for_action
from tests.gateway.milterclient import Client
from tests.gateway.test_clamd import stream
from tests.gateway.test_serve import say_mutated

pytestmark = pytest.mark.skipif(not os.environ.get("ATTACHGUARD_EXTERNAL"), reason="needs ATTACHGUARD_EXTERNAL=1")

POLICY = str(Path(__file__).parents[1] / "gateway/actions.toml")
CONFIG = """
policy = "{policy}"
workers = 2
timeout = 10
[clamd]
listen = ["127.0.0.1:0"]
[milter]
listen = ["127.0.0.1:0"]
"""
SECONDS = 30
CLIENTS = 12


def test_nothing_bad_is_let_through_and_everybody_is_answered(tmp_path):
    policy = tmp_path / "policy.toml"
    good = Path(POLICY).read_text("utf-8")
    policy.write_text(good)
    (tmp_path / "attachguard.toml").write_text(CONFIG.format(policy=policy))
    bad, clean = for_action("reject"), for_action("deliver")
    answers: Counter[tuple[str, str, bytes]] = Counter()
    end = time.monotonic() + SECONDS

    def by_clamd() -> None:
        while time.monotonic() < end:
            for name, message in (("bad", bad), ("clean", clean)):
                answers["clamd", name, running.ask("clamd", stream(message))] += 1

    def by_milter() -> None:
        with running.connect("milter") as connection:
            client = Client(connection)
            while time.monotonic() < end:
                for name, message in (("bad", bad), ("clean", clean)):
                    reply = client.send(message)
                    answers["milter", name, reply.word + reply.text[:3].encode()] += 1

    with daemon(tmp_path, "--config", str(tmp_path / "attachguard.toml")) as running:
        threads = [threading.Thread(target=each) for each in (by_clamd, by_milter) * (CLIENTS // 2)]
        for thread in threads:
            thread.start()
        chance = random.Random(1)
        while time.monotonic() < end - 2:
            time.sleep(1)
            what = chance.choice(("kill", "good", "broken"))
            if what == "kill" and (pids := running.workers()):
                os.kill(chance.choice(pids), signal.SIGKILL)
            else:
                policy.write_text(good if what == "good" else "[polcy]\n")
                running.process.send_signal(signal.SIGHUP)
        policy.write_text(good)
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads)
        assert {answer for front, name, answer in answers if (front, name) == ("clamd", "bad")} <= {
            b"stream: Attachguard.type-blocked FOUND\0",
            b"stream: Heuristics.Limits.Exceeded.MaxScanTime FOUND\0",
        }
        assert {answer for front, name, answer in answers if (front, name) == ("milter", "bad")} <= {b"y550", b"y451"}
        assert answers["clamd", "clean", b"stream: OK\0"] > 50
        assert answers["milter", "clean", b"c"] > 50
        assert "defect" not in running.text()
        assert running.stop() == 0
        lines = running.text().count(" message front=")
        assert lines == sum(answers.values())


#: Conversations that the client may have under way: it, too, has only so many descriptors.
_WAITING = 4000


async def _overload(
    address: tuple[str, int], rate: float, seconds: float, kinds: dict[str, bytes]
) -> Counter[tuple[str, bytes]]:
    """Begin so many messages a second, as long as not thousands wait for their answer; the answers by kind of message."""
    answers: Counter[tuple[str, bytes]] = Counter()

    async def one(name: str) -> None:
        reader, writer = await asyncio.open_connection(*address)
        try:
            writer.write(stream(kinds[name]))
            await writer.drain()
            answer = await asyncio.wait_for(reader.read(), 60)
        except ConnectionError:
            answer = b"closed"
        finally:
            writer.close()
        answers[name, answer] += 1

    names = list(kinds)
    begun = time.monotonic()
    count = 0
    async with asyncio.TaskGroup() as group:
        while (now := time.monotonic() - begun) < seconds:
            while count < now * rate and count - sum(answers.values()) < _WAITING:
                group.create_task(one(names[count % len(names)]))
                count += 1
            await asyncio.sleep(0.01)
    answers["sent", b""] = count
    return answers


def test_a_minute_of_twice_the_capacity_is_answered_message_by_message(tmp_path):
    (tmp_path / "attachguard.toml").write_text(
        CONFIG.format(policy=POLICY).replace("timeout = 10", 'timeout = 2\nin-flight = "8 MiB"')
    )
    padding = b"X-Pad: " + b"p" * 900 + b"\r\n"
    kinds = {
        "bad": for_action("reject", header=padding * 100),
        "clean": for_action("deliver", header=padding * 100),
    }
    with daemon(tmp_path, "--config", str(tmp_path / "attachguard.toml")) as running:
        address = running.address("clamd")
        assert isinstance(address, tuple)
        begun = time.monotonic()
        for _ in range(100):
            running.ask("clamd", stream(kinds["clean"]))
        # One client after the other keeps one of two workers at work.
        capacity = 2 * 100 / (time.monotonic() - begun)
        answers = asyncio.run(_overload(address, 2 * capacity, 60, kinds))
        sent = answers.pop(("sent", b""))
        assert sum(answers.values()) == sent
        unsaid = {
            b"stream: Heuristics.Limits.Exceeded.Busy FOUND\0",
            b"",
            b"closed",
        }  # the last two are hung up on, which clients try again
        assert {answer for name, answer in answers if name == "bad"} <= {
            b"stream: Attachguard.type-blocked FOUND\0",
            b"stream: Heuristics.Limits.Exceeded.MaxScanTime FOUND\0",
            *unsaid,
        }
        assert answers["clean", b"stream: OK\0"] > capacity
        assert "defect" not in running.text()
        assert running.ask("clamd", b"zPING\0") == b"PONG\0"
        assert running.stop() == 0


@pytest.mark.parametrize("front", ["milter", "clamd", "olefy", "http"])
def test_ten_thousand_mutated_conversations_a_front(tmp_path, front):
    fronts = "".join(f'[{name}]\nlisten = ["127.0.0.1:0"]\n' for name in {front, "clamd"})
    (tmp_path / "attachguard.toml").write_text(f"workers = 2\ntimeout = 10\n{fronts}")
    with daemon(tmp_path, "--config", str(tmp_path / "attachguard.toml")) as running:
        say_mutated(running, front, 10_000)
        assert running.stop() == 0


def test_memory_is_flat_over_five_thousand_messages(tmp_path):
    messages = [mail(message[0]) for message in workload.build(250)]
    memory = []
    with daemon(tmp_path, "milter", "--listen", f"unix:{tmp_path}/s", "--workers", "2") as running:
        for _ in range(5):
            threads = [
                threading.Thread(
                    target=lambda lot: [milter(running, lot, []) for _ in range(4)], args=(messages[number::4],)
                )
                for number in range(4)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            memory.append((pss(running.process.pid), *(pss(pid) for pid in running.workers())))
        assert running.text().count(" message front=") == 5 * 4 * len(messages)
        for first, last in zip(memory[0], memory[-1], strict=True):
            assert last < first * 1.15 + 4, memory
        assert running.stop() == 0
