"""Haraka, unmodified, with its clamd plugin and the configuration in contrib/haraka."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests.external.haraka import HARAKA, haraka
from tests.gateway.daemon import daemon
from tests.gateway.mails import FILES, mail
from tests.test_scanner import BAD, CLEAN

pytestmark = pytest.mark.skipif(
    not HARAKA or not os.environ.get("ATTACHGUARD_EXTERNAL"),
    reason="needs Haraka with haraka-plugin-clamd (HARAKA names its command), and ATTACHGUARD_EXTERNAL=1",
)

CONFIG = """
workers = 2
timeout = 2
[clamd]
listen = ["127.0.0.1:0"]
content = "message"
failures = "error"
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("haraka")
    (folder / "attachguard.toml").write_text(CONFIG)
    with daemon(folder, "--config", str(folder / "attachguard.toml"), module="tests.gateway.evil_serve") as running:
        host, port = running.address("clamd")
        with haraka(folder / "haraka", host, port) as started:
            yield started


def test_a_program_is_refused_by_its_name(server):
    code, text = server.session(BAD)
    assert code == 550
    assert "Attachguard.executable-content" in text


def test_clean_mail_is_taken_with_its_content(server):
    for message in (CLEAN, mail(*FILES["deliver"])):
        before = len(server.taken())
        code, _ = server.session(message)
        assert code == 250
        assert len(server.taken()) == before + 1
        body = message.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
        assert any(body in each.replace(b"\r\n", b"\n") for each in server.taken())


@pytest.mark.parametrize("words", [b"CRASH\n", b"HANG\n"])
def test_a_scan_that_fails_defers_the_mail(server, words):
    before = len(server.taken())
    code, _ = server.session(mail("brief.txt", words))
    assert code == 450
    assert len(server.taken()) == before


def test_every_mail_of_a_burst_has_its_own_answer(server):
    answers = Counter()
    for number in range(20):
        answers[number % 2, server.session(BAD if number % 2 else CLEAN)[0]] += 1
    assert answers == {(0, 250): 10, (1, 550): 10}
