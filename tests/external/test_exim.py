"""Exim, unmodified, with attachguard as its clamd: over TCP, and over a socket with the path of its spool."""

from __future__ import annotations

import os
import pwd

import pytest

from tests.external.exim import EXIM, Exim
from tests.gateway.daemon import daemon
from tests.gateway.mails import FILES, mail
from tests.test_scanner import BAD, CLEAN

pytestmark = pytest.mark.skipif(
    not EXIM
    or not os.environ.get("ATTACHGUARD_EXTERNAL")
    or os.geteuid() != 0
    or "Debian-exim" not in {each.pw_name for each in pwd.getpwall()},
    reason="needs Exim, its user Debian-exim, root, and ATTACHGUARD_EXTERNAL=1",
)

CONFIG = """
workers = 2
timeout = 2
[clamd]
listen = ["127.0.0.1:0", "unix:{folder}/clamd"]
failures = "error"
content = "message"
mbox-envelope = true
roots = ["{folder}"]
"""


@pytest.fixture(scope="module", params=["tcp", "unix"])
def exim(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exim")
    for parent in [folder, *folder.parents][:-2]:
        parent.chmod(parent.stat().st_mode | 0o055)
    (folder / "attachguard.toml").write_text(CONFIG.format(folder=folder))
    with daemon(folder, "--config", str(folder / "attachguard.toml"), module="tests.gateway.evil_serve") as running:
        host, port = running.address("clamd")
        scanner = f"clamd:{host} {port}" if request.param == "tcp" else f"clamd:{folder}/clamd"
        yield Exim(folder / "exim", scanner)


def test_a_program_is_refused_by_its_name(exim):
    assert exim.session(BAD) == "550 Refused: Attachguard.executable-content"


def test_clean_mail_is_taken(exim):
    assert exim.session(CLEAN).startswith("250 OK")
    assert exim.session(mail(*FILES["deliver"])).startswith("250 OK")


def test_a_file_is_checked_from_the_command_line(exim):
    for content, words in (
        (BAD, "Attachguard.executable-content"),
        (BAD.replace(b"\r\n", b"\n"), "Attachguard.executable-content"),
        (CLEAN, "No malware found"),
    ):
        path = exim.folder / "mail.eml"
        path.write_bytes(content)
        assert words in exim.malware(path)


@pytest.mark.parametrize("words", [b"CRASH\n", b"HANG\n"])
def test_a_scan_that_fails_defers_the_mail(exim, words):
    assert exim.session(mail("brief.txt", words)).startswith("451 ")
