"""A hunt on a real cluster of this machine: what an object does to its worker costs that object, and what is interrupted goes on.

Each cluster takes seconds to start, so there are few tests with much in each; those of the long form run with `make cluster`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from attachguard import Policy, Rules
from attachguard.errors import OperatorError
from attachguard.hunt.items import Item
from attachguard.hunt.kernel import Order
from attachguard.hunt.plan import Plan, cut
from tests.fixtures import mbox
from tests.gateway.mails import for_action
from tests.hunt.makers import CRASHES, HANGS, HOARDS, EvilMaker

pytest.importorskip("distributed")
pq = pytest.importorskip("pyarrow.parquet")
import psutil  # noqa: E402 - comes with distributed

from attachguard.hunt import cluster, run  # noqa: E402
from attachguard.hunt.store import Store  # noqa: E402

pytestmark = [
    # Dask closes its connections in threads of its own, some of them late.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
LONG = pytest.mark.skipif("ATTACHGUARD_CLUSTER" not in os.environ, reason="the long form; `make cluster` runs it")


def folder(place: Path, contents: list[bytes]) -> str:
    place.mkdir()
    for number, content in enumerate(contents):
        (place / f"{number:04d}.eml").write_bytes(content)
    return str(place)


def plain_loop(order: Order, source: Path) -> list[dict]:
    """The rows without any engine."""
    files = sorted(source.iterdir())
    return order.kernel().scan_batch([(str(file), file.read_bytes()) for file in files])


def rows(out: Path) -> list[dict]:
    return pq.read_table(out).to_pylist()


def hunted(tmp_path, source: str, maker, **options) -> list[dict]:
    store = Store(tmp_path / "out.parquet")
    run.hunt([source], maker, store, settings="x", workers=options.pop("workers", 1), **options)
    assert not store.folder.exists()
    return rows(store.out)


def test_the_rows_are_those_of_the_plain_loop(tmp_path):
    order = Order(Policy.load("strict"), Rules.builtin())
    contents = [for_action(("deliver", "reject", "discard", "flag")[number % 4]) for number in range(30)]
    source = folder(tmp_path / "in", contents)
    store = Store(tmp_path / "out.parquet")
    told = []
    summary = run.hunt(
        [source], order, store, settings="x", workers=2, tell=lambda totals, done: told.append((totals, done))
    )
    expected = plain_loop(order, tmp_path / "in")
    assert rows(store.out) == expected
    assert len(expected) >= 7
    assert (summary.done.mails, summary.rows) == (30, len(expected))
    assert summary.counts["action"].total() == len(expected)
    assert told[0][1].mails == 0
    assert told[-1][1] == (*told[-1][0], 0, 0)


def test_an_object_that_crashes_its_worker_is_one_row_and_its_neighbours_have_theirs(tmp_path):
    contents = [b"fine"] * 7
    contents[3] = CRASHES
    found = hunted(tmp_path, folder(tmp_path / "in", contents), EvilMaker())
    assert [row["complete"] for row in found] == [True, True, True, False, True, True, True]
    assert found[3]["codes"] == ["scan-incomplete"]
    assert found[3]["source"].endswith("0003.eml")


@LONG
def test_an_object_that_takes_all_memory_or_never_ends_is_one_row(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "MEMORY", 400 << 20)
    monkeypatch.setattr(cluster, "_GRACE", 0.0)
    contents = [b"fine"] * 12
    contents[2], contents[7], contents[11] = HOARDS, HANGS, CRASHES
    found = hunted(tmp_path, folder(tmp_path / "in", contents), EvilMaker(seconds=3.0), workers=2)
    assert [number for number, row in enumerate(found) if not row["complete"]] == [2, 7, 11]
    assert len(found) == 12


@LONG
def test_of_a_mailbox_whose_mail_crashes_its_worker_the_other_mails_have_their_rows(tmp_path):
    (tmp_path / "in").mkdir()
    # The last message has no line end, so that it is nothing but the word.
    (tmp_path / "in/box").write_bytes(mbox.mailbox(2) + b"\nFrom x\n" + CRASHES)
    found = hunted(tmp_path, str(tmp_path / "in"), EvilMaker())
    assert [(row["source"].rpartition("!/")[2], row["complete"]) for row in found] == [
        ("message-1.eml", True),
        ("message-2.eml", True),
        ("message-3.eml", False),
    ]


@LONG
def test_a_worker_that_is_killed_by_hand_costs_nothing(tmp_path):
    source = folder(tmp_path / "in", [b"fine"] * 40)
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    killed: list[int] = []

    def kill(_totals, done) -> None:
        if done.mails < 4 or len(killed) == 2:
            return
        children = psutil.Process().children(recursive=True)
        workers = [each for each in children if each.pid not in before and "spawn_main" in " ".join(each.cmdline())]
        workers[0].kill()
        killed.append(workers[0].pid)

    found = hunted(tmp_path, source, EvilMaker(pause=0.1), workers=2, tell=kill)
    assert len(set(killed)) == 2
    assert [row["complete"] for row in found] == [True] * 40


def test_what_starts_with_the_cluster_never_hears_ctrl_c():
    asks = [sys.executable, "-c", "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))"]
    with cluster._deaf_to_ctrl_c():
        inside = subprocess.run(asks, capture_output=True, text=True, check=True).stdout
    after = subprocess.run(asks, capture_output=True, text=True, check=True).stdout
    assert (inside, after) == ("True\n", "False\n")


@LONG
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_hunt_goes_on_where_it_was(tmp_path, end):
    contents = [for_action(("deliver", "reject", "discard", "flag")[number % 4]) for number in range(400)]
    source = folder(tmp_path / "in", contents)
    out = tmp_path / "out.jsonl"
    call = [
        sys.executable, "-m", "attachguard", "hunt", source, "-o", str(out), "--workers", "1", "--rows", "messages",
    ]  # fmt: skip
    parts = out.with_name("out.jsonl.parts")
    process = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    while len(list(parts.glob("*.parquet")) if parts.exists() else []) < 2 and process.poll() is None:
        time.sleep(0.02)
    if end == signal.SIGINT:
        os.killpg(process.pid, end)  # as a terminal sends it: to the workers, too
    else:
        process.send_signal(end)
    said = process.communicate(timeout=60)[1]
    assert not out.exists()
    if end == signal.SIGINT:
        assert process.returncode == 130
        assert said.startswith(b"attachguard: interrupted; the same call with --resume goes on")
        assert said.count(b"\n") == 1
    left = {part.name: part.stat().st_mtime_ns for part in parts.glob("*.parquet")}
    assert len(left) >= 2
    batches = len(list(Plan(parts / "plan.jsonl")))
    assert len(left) < batches
    again = subprocess.run(call, capture_output=True, check=False)
    assert again.returncode == 2
    assert b"--resume" in again.stderr
    resumed = subprocess.run([*call, "--resume"], capture_output=True, check=False)
    assert (resumed.returncode, resumed.stderr) == (0, b"")
    assert b" of them before" in resumed.stdout
    assert len(out.read_bytes().splitlines()) == 400
    assert not parts.exists()


@LONG
def test_a_scheduler_of_somebody_else_is_used_and_left_running(tmp_path):
    import dask
    import distributed

    source = folder(tmp_path / "in", [for_action("reject")] * 5)
    order = Order(Policy.load("strict"), Rules.empty())
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address="127.0.0.1:0") as own,
    ):
        found = hunted(tmp_path, source, order, scheduler=own.scheduler_address)
        assert found == plain_loop(order, tmp_path / "in")
        assert len(own.workers) == 1


@LONG
def test_two_workers_are_almost_twice_as_fast_as_one_where_nothing_else_holds_them_up(tmp_path):
    # The work waits instead of computing, so that the test measures the engine and not what else the machine does.
    file = tmp_path / "a"
    file.write_bytes(b"fine")
    batches = list(cut([Item(str(number), str(file), 4) for number in range(1000)], 2))
    taken = {}
    for workers in (1, 2):
        with cluster.connected(None, workers) as client:
            hunting = cluster.Cluster(client, EvilMaker(pause=0.01))
            client.wait_for_workers(workers)
            begun = time.perf_counter()
            assert len(list(hunting.run(batches))) == len(batches)
            taken[workers] = time.perf_counter() - begun
    assert taken[1] / taken[2] >= 1.8


def test_a_scheduler_that_does_not_answer_is_said(monkeypatch):
    monkeypatch.setattr(cluster, "_PATIENCE", "0.5s")
    with pytest.raises(OperatorError, match="no scheduler answers"), cluster.connected("tcp://127.0.0.1:1", None):
        pass
