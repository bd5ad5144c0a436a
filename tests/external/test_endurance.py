"""Half a minute of everything at once: more clients than workers, reloads, killed workers. Nothing bad is ever let through, everybody is answered once."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.gateway.daemon import daemon
from tests.gateway.mails import for_action
from tests.gateway.milterclient import Client
from tests.gateway.test_clamd import stream

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
