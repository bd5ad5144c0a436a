"""The clamd front over a socket: what each command of a client gets."""

from __future__ import annotations

import array
import contextlib
import os
import socket
import struct
from pathlib import Path

import pytest

from attachguard.gateway.fronts.clamd import paths
from tests.gateway.daemon import daemon
from tests.test_scanner import BAD, CLEAN

PROGRAM = b"stream: Attachguard.executable-content FOUND"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    (folder / "bad.eml").write_bytes(BAD)
    (folder / "clean.eml").write_bytes(CLEAN)
    (folder / "link.eml").symlink_to("/etc/hostname")
    return folder


@pytest.fixture(scope="module")
def clamd(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("clamd")
    with daemon(folder, "clamd", "--listen", f"unix:{folder}/s", "--workers", "2", "--root", str(files)) as running:
        yield running


def stream(data: bytes, prefix: bytes = b"zINSTREAM\0", step: int = 1 << 16) -> bytes:
    chunks = [data[place : place + step] for place in range(0, len(data), step)]
    return prefix + b"".join(struct.pack("!I", len(chunk)) + chunk for chunk in chunks) + bytes(4)


def test_mail_in_a_stream_is_judged(clamd):
    assert clamd.ask("clamd", stream(BAD)) == PROGRAM + b"\0"
    assert clamd.ask("clamd", stream(CLEAN)) == b"stream: OK\0"
    assert clamd.ask("clamd", stream(CLEAN, b"nINSTREAM\n")) == b"stream: OK\n"
    assert clamd.ask("clamd", stream(b"")) == b"stream: OK\0"


def test_mail_in_a_chunk_a_line_as_haraka_sends_it_is_judged(clamd):
    lines = [b"Received: from haraka\r\n", *BAD.splitlines(keepends=True)]
    data = b"zINSTREAM\0" + b"".join(struct.pack("!I", len(line)) + line for line in lines) + bytes(4)
    assert clamd.ask("clamd", data) == PROGRAM + b"\0"


def test_mail_as_exim_hands_it_over_is_judged(clamd):
    from tests.gateway.test_clamd_codec import EXIM

    for gap in (b"", b"\n"):
        assert clamd.ask("clamd", stream(EXIM + gap + BAD.replace(b"\r\n", b"\n"))) == PROGRAM + b"\0"


def test_small_talk(clamd):
    assert clamd.ask("clamd", b"zPING\0") == b"PONG\0"
    assert clamd.ask("clamd", b"nVERSION\n").startswith(b"ClamAV 1.")
    assert b"COMMANDS: SCAN" in clamd.ask("clamd", b"nVERSIONCOMMANDS\n")
    assert clamd.ask("clamd", b"nSTATS\n").endswith(b"\nEND\n")
    assert clamd.ask("clamd", b"zNONSENSE\0") == b"UNKNOWN COMMAND\0"
    assert clamd.ask("clamd", b"nSHUTDOWN\n") == b"COMMAND UNAVAILABLE\n"
    assert clamd.ask("clamd", b"nRELOAD\n") == b"RELOADING\n"


def test_a_session_answers_each_command_with_its_number(clamd):
    data = b"zIDSESSION\0zPING\0" + stream(BAD) + b"zPING\0zEND\0"
    assert clamd.ask("clamd", data) == b"1: PONG\0002: " + PROGRAM + b"\0003: PONG\0"


def test_paths_are_read_inside_of_the_roots_only(clamd, files):
    assert clamd.ask("clamd", f"SCAN {files}/bad.eml\n".encode()).endswith(b"executable-content FOUND\n")
    assert clamd.ask("clamd", f"nSCAN {files}/clean.eml\n".encode()) == f"{files}/clean.eml: OK\n".encode()
    for path in ("/etc/hostname", f"{files}/link.eml", f"{files}/../x", "relative", f"{files}x"):
        assert clamd.ask("clamd", f"nSCAN {path}\n".encode()).endswith(b": Access denied. ERROR\n")


@pytest.mark.parametrize("command", ["SCAN", "CONTSCAN", "MULTISCAN", "ALLMATCHSCAN"])
def test_a_folder_gives_its_hits(clamd, files, command):
    answer = clamd.ask("clamd", f"n{command} {files}\n".encode()).decode()
    assert answer == f"{files}/bad.eml: Attachguard.executable-content FOUND\n"


def test_a_descriptor_is_read(clamd, files):
    for name, end in (("bad.eml", b"executable-content FOUND\0"), ("clean.eml", b": OK\0")):
        descriptor = os.open(files / name, os.O_RDONLY)
        with clamd.connect("clamd") as connection:
            connection.sendall(b"zFILDES\0")
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]))]
            connection.sendmsg([b"\0"], rights)
            os.close(descriptor)
            answer = connection.recv(1000)
        assert answer.startswith(b"fd[")
        assert answer.endswith(end)


def test_a_client_that_sends_descriptors_without_end_is_hung_up_on(clamd, files):
    descriptor = os.open(files / "clean.eml", os.O_RDONLY)
    with clamd.connect("clamd", 5) as connection:
        connection.sendall(b"zINSTREAM\0")
        with contextlib.suppress(OSError):
            for _ in range(50):
                socket.send_fds(connection, [struct.pack("!I", 1) + b"x"], [descriptor] * 16)
        with contextlib.suppress(ConnectionResetError):  # it hung up without reading all
            assert connection.recv(100) == b""
    os.close(descriptor)
    assert clamd.ask("clamd", b"zPING\0") == b"PONG\0"
    assert sum(1 for _ in Path(f"/proc/{clamd.process.pid}/fd").iterdir()) < 64


def test_a_descriptor_of_no_file_is_refused(clamd):
    reader, writer = os.pipe()
    with clamd.connect("clamd") as connection:
        connection.sendall(b"zFILDES\0")
        connection.sendmsg([b"\0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [reader]))])
        assert connection.recv(1000).endswith(b"Not a regular file ERROR\0")
    os.close(reader)
    os.close(writer)


def test_a_stream_longer_than_allowed_is_refused(clamd):
    before = clamd.text().count("failure=too-large")
    assert clamd.ask("clamd", b"zINSTREAM\0\xff\xff\xff\xff") == b"INSTREAM size limit exceeded. ERROR\0"
    long = b"zINSTREAM\0\0\1\0\0" + b"x" * 65536 + b"\xff\xff\xff\xff"
    assert clamd.ask("clamd", long) == b"INSTREAM size limit exceeded. ERROR\0"
    assert clamd.text().count("failure=too-large") == before + 2


def test_the_end_is_orderly(tmp_path):
    with daemon(tmp_path, "clamd", "--listen", "127.0.0.1:0", "--workers", "1") as running:
        assert running.ask("clamd", b"zPING\0") == b"PONG\0"
        assert running.stop() == 0
        assert "stopped" in running.text()


#: Recorded from clamd 1.4.6, asked with the same octets over a Unix socket.
CLAMD = {
    b"PING": b"PONG\n",
    b"PING\r\n": b"PONG\n",
    b"zPING\0zVERSION\0": b"PONG\0",
    b"nPING x\n": b"UNKNOWN COMMAND\n",
    b"GARBAGE": b"UNKNOWN COMMAND\n",
    b"\0": b"UNKNOWN COMMAND\n",
    b"n\n": b"UNKNOWN COMMAND\n",
    b"z\0": b"UNKNOWN COMMAND\0",
    b"nping\n": b"UNKNOWN COMMAND\n",
    b"GET / HTTP/1.0\r\n\r\n": b"UNKNOWN COMMAND\n",
    b"zEND\0": b"UNKNOWN COMMAND\0",
    b"STATS\n": b"UNKNOWN COMMAND\n",
    b"IDSESSION\n": b"UNKNOWN COMMAND\n",
    b"nINSTREAM x\n": b"UNKNOWN COMMAND\n",
    b"nSCAN\n": b"UNKNOWN COMMAND\n",
    b"zFILDES\0\0": b"No file descriptor received. ERROR\0",
    b"zIDSESSION\0zFOO\0zPING\0zEND\0": b"1: Command invalid inside IDSESSION. ERROR\0",
    b"zIDSESSION\0zPING\0zCONTSCAN /x\0zPING\0zEND\0": b"1: PONG\x002: Command invalid inside IDSESSION. ERROR\0",
    b"zIDSESSION\0zIDSESSION\0": b"1: Command invalid inside IDSESSION. ERROR\0",
    b"nIDSESSION\nnPING\nnPING\nnEND\n": b"1: PONG\n2: PONG\n",
    b"zIDSESSION\0nPING\nzPING\0zEND\0": b"1: PONG\n2: PONG\0",
}


@pytest.mark.parametrize("octets", CLAMD)
def test_words_are_answered_as_clamd_does(clamd, octets):
    assert clamd.ask("clamd", octets) == CLAMD[octets]


def test_a_file_that_is_not_there_is_said_in_the_words_of_clamd(clamd, files):
    for command in ("SCAN", "CONTSCAN"):
        said = f"{files}/none: File path check failure: No such file or directory. ERROR\0".encode()
        assert clamd.ask("clamd", f"z{command} {files}/none\0".encode()) == said


def test_a_message_with_the_envelope_before_it_is_one_message_in_a_file_as_on_the_wire(tmp_path):
    """Exim names its spool over a Unix socket: a line of the mail that begins an mbox entry must not cut a program in two."""
    from tests.gateway.test_clamd_codec import EXIM

    head, mark, rest = BAD.replace(b"\r\n", b"\n").rpartition(b"base64\n\n")
    assert mark
    cut = head + mark + rest[:76] + b"\n\nFrom a@example.org Mon Nov 30 10:00:00 2026\n\n" + rest[76:]
    place = tmp_path / "1.eml"
    (tmp_path / "c.toml").write_text(
        f'log-names = true\nworkers = 1\n[clamd]\nlisten = ["unix:{tmp_path}/s"]\nroots = ["{tmp_path}"]\n'
        'content = "message"\nmbox-envelope = true\n'
    )
    with daemon(tmp_path, "--config", str(tmp_path / "c.toml")) as running:
        for gap in (b"", b"\n"):
            place.write_bytes(EXIM + gap + cut)
            assert running.ask("clamd", f"SCAN {place}\n".encode()).endswith(b"executable-content FOUND\n")
            assert running.ask("clamd", stream(EXIM + gap + cut)) == PROGRAM + b"\0"
            running.until(r"front=clamd .*sender=a@example.org")
        assert running.text().count("sender=a@example.org") == 4


def test_a_folder_that_cannot_be_read_is_not_passed_over(tmp_path, monkeypatch):
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "file").write_bytes(CLEAN)
    (tmp_path / "shut").mkdir()
    scandir = os.scandir

    def refused(folder):
        if str(folder).endswith("shut"):
            raise PermissionError(13, "Permission denied", folder)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refused)
    shown = [shown for shown, _file in paths.files("/called", str(tmp_path))]
    assert shown == ["/called/open/file", "/called/shut"]


@pytest.mark.parametrize("flags", [os.O_WRONLY, os.O_PATH])
def test_a_descriptor_that_cannot_be_read_is_answered(clamd, files, flags):
    descriptor = os.open(files / "bad.eml", flags)
    try:
        with clamd.connect("clamd") as connection:
            connection.sendall(b"zFILDES\0")
            socket.send_fds(connection, [b"x"], [descriptor])
            assert connection.recv(1000).endswith(b": File path check failure: Bad file descriptor. ERROR\0")
    finally:
        os.close(descriptor)


@pytest.mark.parametrize(
    ("name", "why"),
    [("a" * 300, b"File name too long"), ("a/" * 2100, b"File name too long"), ("bad.eml/x", b"Not a directory")],
)
def test_a_path_that_cannot_be_is_answered(clamd, files, name, why):
    answer = clamd.ask("clamd", f"zSCAN {files}/{name}\0".encode())
    assert answer.endswith(b": File path check failure: " + why + b". ERROR\0")
