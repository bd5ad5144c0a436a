"""The quarantine by itself: what the tests of the fronts cannot bring about."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from attachguard import Envelope
from attachguard.cli.main import main
from attachguard.gateway.serve import quarantine
from attachguard.gateway.serve.quarantine import Full, Quarantine


def keep(store, *pieces):
    return store.keep(pieces, sum(map(len, pieces)), "http", "x", None, Envelope(), b"{}")


def test_mails_that_come_at_once_do_not_take_the_same_room(tmp_path):
    store = Quarantine(tmp_path, 2400)

    def pieces():
        yield b"x" * 500
        with pytest.raises(Full):
            keep(store, b"y" * 1000)
        yield b"x" * 500

    store.keep(pieces(), 1000, "http", "x", None, Envelope(), b"{}")
    assert keep(store, b"z" * 500)


def test_a_mail_that_is_being_looked_at_keeps_its_room(tmp_path):
    store = Quarantine(tmp_path, 2400)
    name = keep(store, b"x" * 1000)
    with store.taken(name), pytest.raises(Full):
        keep(store, b"y" * 1000)
    assert store.mail(name) is not None


def test_what_killed_programs_have_left_comes_back_or_goes_after_a_day_and_a_half(tmp_path, monkeypatch):
    store = Quarantine(tmp_path, 2400)
    name = keep(store, b"x" * 1000)
    (tmp_path / "new" / name).rename(tmp_path / "tmp" / f"{name}.held")
    half = tmp_path / "tmp" / "20261130T100000-0123456789ab"
    half.write_bytes(b"half a ma")
    assert Quarantine(tmp_path).mail(name) is None
    assert half.exists()
    monkeypatch.setattr(quarantine, "_STALE", -1)
    assert Quarantine(tmp_path).names() == [name]
    assert not half.exists()


def test_the_bound_is_for_mails_with_their_reports_and_for_all_who_write(tmp_path):
    stores = [Quarantine(tmp_path, 20_000) for _ in range(4)]

    def fill(store):
        for _ in range(20):
            with contextlib.suppress(Full):
                store.keep((b"x" * 300, b"y"), 301, "http", "x", None, Envelope(), b'{"long": "%s"}' % (b"z" * 700))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(fill, stores))
    sizes = [path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()]
    assert 18_000 < sum(sizes) <= 20_000
    assert len(stores[0].names()) * 2 == len(sizes)
    assert {path.stat().st_size for path in (tmp_path / "new").iterdir()} == {301}


def test_somebody_who_keeps_the_folder_to_himself_does_not_keep_mail_waiting(tmp_path, monkeypatch):
    monkeypatch.setattr(quarantine, "_PATIENCE", 0.05)
    store = Quarantine(tmp_path, 2400)
    lock = os.open(tmp_path / "tmp", os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with pytest.raises(Full, match="does not end"):
        keep(store, b"x")
    os.close(lock)
    assert keep(store, b"x")


def test_a_disk_that_is_full_leaves_nothing(tmp_path, monkeypatch):
    def full(_file, _pieces):
        raise OSError(errno.ENOSPC, "No space left on device")

    store = Quarantine(tmp_path)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    monkeypatch.setattr(quarantine, "_write", full)
    with pytest.raises(OSError, match="No space"):
        keep(store, b"x")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_report_without_its_mail_goes_after_a_day_and_a_half(tmp_path, monkeypatch):
    store = Quarantine(tmp_path)
    kept, gone = keep(store, b"x"), keep(store, b"y")
    (tmp_path / "new" / gone).unlink()
    monkeypatch.setattr(quarantine, "_STALE", -1)
    Quarantine(tmp_path)
    assert [path.stem for path in (tmp_path / "reports").iterdir()] == [kept]


@pytest.mark.parametrize(
    "report", [None, b"", b"{}", b"\xff", b'{"id": 5}'], ids=["none", "empty", "no entry", "no text", "other"]
)
def test_a_mail_whose_report_is_broken_is_listed_shown_released_and_deleted_all_the_same(tmp_path, capsys, report):
    store = Quarantine(tmp_path / "q")
    name = keep(store, b"the mail")
    path = tmp_path / "q" / "reports" / f"{name}.json"
    if report is None:
        path.unlink()
    else:
        path.write_bytes(report)
    (tmp_path / "q" / "new" / "odd name").write_bytes(b"no mail of ours")
    folder = str(tmp_path / "q")
    assert main(["quarantine", "list", folder]) == 0
    assert capsys.readouterr().out == f"{name}          8  -       -  the report cannot be read\n"
    assert main(["quarantine", "show", folder, name]) == 1
    assert "--raw shows the mail" in capsys.readouterr().err
    assert main(["quarantine", "show", "--raw", folder, name]) == 0
    assert capsys.readouterr().out == "the mail"
    assert main(["quarantine", "release", folder, name]) == 1
    assert "name somebody with --to" in capsys.readouterr().err
    assert main(["quarantine", "release", folder, name, "--keep", "--to", "b@example.net", "--sendmail", "true"]) == 0
    assert main(["quarantine", "delete", folder, name]) == 0
    assert store.names() == []


@pytest.mark.parametrize(("command", "text"), [("'", "is no command"), ("", "names no command")])
def test_a_command_to_release_with_that_is_none_is_said(tmp_path, capsys, command, text):
    store = Quarantine(tmp_path)
    name = keep(store, b"x")
    assert main(["quarantine", "release", str(tmp_path), name, "--to", "b@example.net", "--sendmail", command]) == 2
    assert text in capsys.readouterr().err
    assert store.names() == [name]


def test_a_command_that_fails_is_heard_of_where_the_parent_ignores_its_children(tmp_path):
    """Then the system collects them, and Python takes each for one that ended well."""
    store = Quarantine(tmp_path)
    name = keep(store, b"x")
    script = (
        "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); "
        "os.execv(sys.executable, [sys.executable, '-m', 'attachguard', *sys.argv[1:]])"
    )
    arguments = ["quarantine", "release", str(tmp_path), name, "--to", "b@example.net", "--sendmail", "false"]
    ended = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, check=False)
    assert (ended.returncode, store.names()) == (1, [name])
    assert b"the mail is still here" in ended.stderr


def test_a_mail_goes_out_without_fields_in_our_name_and_otherwise_as_it_came(tmp_path):
    forged = b"x-attachguard : verdict=deliver;\r\n\tparts=1\r\n"
    head = b"From: a@example.org\r\nX-Attachguar: d\r\nSubject: s\r\n X-Attachguard: a fold\r\n"
    body = b"\r\nX-Attachguard: in the body\nlast"
    store = Quarantine(tmp_path / "q")
    name = keep(store, forged + head + b"X-ATTACHGUARD-More: 1\nMIME-Ambiguity-Results: none\r\n" + body)
    command = tmp_path / "sendmail"
    command.write_text(f"#!/bin/sh\nexec cat > {tmp_path}/sent\n")
    command.chmod(0o700)
    given = ["--to", "b@example.net", "--sendmail", str(command)]
    assert main(["quarantine", "release", str(tmp_path / "q"), name, *given]) == 0
    assert (tmp_path / "sent").read_bytes() == head + body
