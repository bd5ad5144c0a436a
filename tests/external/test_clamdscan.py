"""clamdscan, unmodified: streams, descriptors, several at a time, paths."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.gateway.daemon import daemon
from tests.test_scanner import BAD, CLEAN

pytestmark = pytest.mark.skipif(
    shutil.which("clamdscan") is None or not os.environ.get("ATTACHGUARD_EXTERNAL"),
    reason="needs clamdscan and ATTACHGUARD_EXTERNAL=1",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clamdscan")
    mails = folder / "mails"
    mails.mkdir()
    for number in range(5):
        (mails / f"clean{number}.eml").write_bytes(CLEAN)
    (mails / "bad.eml").write_bytes(BAD)
    with daemon(
        folder,
        "clamd",
        "--listen",
        f"unix:{folder}/s",
        "--listen",
        "127.0.0.1:0",
        "--root",
        str(mails),
        "--workers",
        "2",
    ) as running:
        port = running.text().split("127.0.0.1:")[1].split()[0]
        (folder / "unix.conf").write_text(f"LocalSocket {folder}/s\n")
        (folder / "tcp.conf").write_text(f"TCPSocket {port}\nTCPAddr 127.0.0.1\n")
        yield folder


@pytest.mark.parametrize("over", ["unix", "tcp"])
@pytest.mark.parametrize("options", ["", "-m", "--stream", "--fdpass", "--fdpass -m"])
def test_the_program_is_found_and_the_letters_are_not(place, over, options):
    command = ["clamdscan", "--no-summary", "-c", str(place / f"{over}.conf"), *options.split(), str(place / "mails")]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    found = [line for line in done.stdout.splitlines() if line.endswith("FOUND")]
    assert found == [f"{place}/mails/bad.eml: Attachguard.executable-content FOUND"]
    assert "ERROR" not in done.stdout
    assert done.returncode == 1
    one = subprocess.run(
        [*command[:-1], str(place / "mails/clean1.eml")], stdout=subprocess.PIPE, timeout=60, check=False
    )
    assert one.returncode == 0


def test_it_says_what_it_is(place):
    done = subprocess.run(
        ["clamdscan", "--ping", "3", "-c", str(place / "unix.conf")], stdout=subprocess.PIPE, timeout=60, check=False
    )
    assert b"PONG" in done.stdout
