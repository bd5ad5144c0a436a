"""systemd's own programs with the units in contrib/systemd: socket activation, readiness and reload as a service manager sees them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.gateway.milterclient import Client
from tests.test_scanner import BAD

UNITS = Path(__file__).parents[2] / "contrib/systemd"

pytestmark = pytest.mark.skipif(
    not os.environ.get("ATTACHGUARD_EXTERNAL") or not shutil.which("systemd-socket-activate"),
    reason="needs systemd's programs and ATTACHGUARD_EXTERNAL=1",
)


def test_the_units_are_valid(tmp_path):
    for unit in UNITS.glob("attachguard*.s*"):
        text = unit.read_text("utf-8").replace("/opt/attachguard/bin/attachguard", sys.executable)
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, tmp_path.glob("attachguard*"))],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60,
    )  # fmt: skip
    about = [line for line in done.stdout.splitlines() if "attachguard" in line]
    assert (done.returncode, about) == (0, [])


def test_the_service_gives_up_what_it_does_not_need():
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(UNITS / "attachguard.service")],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60,
    )  # fmt: skip
    exposure = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert exposure is not None, done.stdout
    assert float(exposure[1]) < 3


def _manager(folder: Path) -> socket.socket:
    """What `NOTIFY_SOCKET` names."""
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(folder / "notify"))
    manager.settimeout(30)
    return manager


def test_a_socket_of_the_service_manager_is_served_and_its_protocol_spoken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "attachguard.toml").write_text('workers = 1\n[milter]\nlisten = ["systemd:milter"]\n')
    with _manager(tmp_path) as manager, (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                "systemd-socket-activate", f"--listen=127.0.0.1:{port}", "--fdname=milter",
                f"--setenv=NOTIFY_SOCKET={tmp_path}/notify",
                sys.executable, "-m", "attachguard", "serve", "--config", str(tmp_path / "attachguard.toml"),
            ],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            # The first connection starts the daemon, and is the first that it serves.
            with _connected(port) as connection:
                assert b"READY=1" in manager.recv(4096)
                answer = Client(connection).send(BAD)
                assert (answer.word, answer.text[:3]) == (b"y", "550")
            process.send_signal(signal.SIGHUP)
            told = manager.recv(4096)
            assert b"RELOADING=1" in told
            assert b"MONOTONIC_USEC=" in told
            assert b"READY=1" in manager.recv(4096)
            process.send_signal(signal.SIGTERM)
            assert b"STOPPING=1" in manager.recv(4096)
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.wait()


def _connected(port: int) -> socket.socket:
    end = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 30)
        except ConnectionRefusedError:
            assert time.monotonic() < end
            time.sleep(0.05)
