"""What docs/gateway.md says can be done is done here: each command in it, and each line that it shows."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from attachguard import Envelope
from attachguard.cli.main import main
from attachguard.gateway.serve.quarantine import Quarantine
from tests.gateway.daemon import daemon
from tests.test_docs import blocks
from tests.test_scanner import CLEAN

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/gateway.md").read_text("utf-8")
COMMANDS = [line for block in blocks(PAGE) for line in block.splitlines() if line]
SERVING = [
    line
    for line in COMMANDS
    if line.startswith("attachguard serve") and "--print-config" not in line and "--config" not in line
]
#: Lines that the test of Postfix carries out, and the installation, which CI does.
ELSEWHERE = (
    "python3 -m venv ", "/opt/attachguard/bin/pip install ", "ln -s /opt/attachguard/bin/", "postconf -e ", "postfix reload", "cd ",
    "/opt/attachguard/bin/python examples/demo.py", "swaks ",
)  # fmt: skip


def local(text: str, folder: Path) -> str:
    """A command on ports and in folders of the test."""
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:0", text)
    return text.replace("/run/attachguard", str(folder)).replace("/var/spool/exim4/scan", str(folder))


def test_every_command_of_the_page_is_carried_out_by_a_test():
    rest = [line for line in COMMANDS if not line.startswith(("attachguard ", "curl ", *ELSEWHERE))]
    assert rest == []
    assert len(SERVING) >= 4


@pytest.mark.parametrize("command", SERVING)
def test_the_daemons_of_the_page_start_and_end(command, tmp_path):
    with daemon(tmp_path, *shlex.split(local(command, tmp_path))[2:], "--workers", "1") as running:
        assert running.stop() == 0


def test_the_printed_file_is_served(tmp_path):
    printed = subprocess.run(
        [sys.executable, "-m", "attachguard", "serve", "--print-config"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    (tmp_path / "attachguard.toml").write_text(local(printed, tmp_path))
    with daemon(tmp_path, "--config", str(tmp_path / "attachguard.toml")) as running:
        assert running.ask("clamd", b"zPING\0") == b"PONG\0"
        assert running.stop() == 0


def test_the_configuration_of_contrib_is_served(tmp_path):
    text = (ROOT / "contrib/systemd/attachguard.toml").read_text().replace("/var/lib/attachguard", str(tmp_path))
    (tmp_path / "attachguard.toml").write_text(local(text, tmp_path))
    with daemon(tmp_path, "--config", str(tmp_path / "attachguard.toml")) as running:
        assert running.stop() == 0


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_requests_of_the_page_are_answered(tmp_path):
    (tmp_path / "mail.eml").write_bytes(CLEAN)
    (tmp_path / "setup.exe").write_bytes(b"MZ" + bytes(200))
    with daemon(tmp_path, "http", "--listen", "127.0.0.1:0", "--workers", "1") as running:
        host, port = running.address("http")
        for line in (line for line in COMMANDS if line.startswith("curl ")):
            command = shlex.split(line.replace("127.0.0.1:8890", f"{host}:{port}"))
            done = subprocess.run([*command, "-sS", "--fail"], cwd=tmp_path, check=True, stdout=subprocess.PIPE)
            assert done.stdout


def test_the_quarantine_is_looked_after_as_the_page_says(tmp_path, capsysbinary):
    store = Quarantine(tmp_path / "quarantine")
    report = b'{"schema":"attachguard.report/1","source":"x","kind":"message","policy":{"id":"p","version":"1"},"verdict":{"action":"quarantine","scope":"message","notify":"none"},"findings":[],"parts":[],"checks":[],"sha256":null,"size":1,"complete":true,"seconds":0.1}'
    envelope = Envelope(sender="a@example.org", recipients=("b@example.net",))
    number = store.keep([CLEAN], len(CLEAN), "clamd", "1", None, envelope, report)
    again = store.keep([CLEAN], len(CLEAN), "clamd", "2", None, envelope, report)
    for line in (line for line in COMMANDS if line.startswith("attachguard quarantine")):
        words = shlex.split(line.replace("/var/lib/attachguard/quarantine", str(store.folder)))[1:]
        words = [
            again if word.startswith("2026") and "delete" in words else number if word.startswith("2026") else word
            for word in words
        ]
        extra = ["--sendmail", "/bin/true"] if "release" in words else []
        assert main([*words, *extra]) == 0
    assert store.names() == []
    capsysbinary.readouterr()


@pytest.mark.parametrize("snippet", blocks(PAGE, "python"))
def test_the_snippets_of_the_page_run(snippet, tmp_path):
    subprocess.run(
        [sys.executable, "-c", snippet], check=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
