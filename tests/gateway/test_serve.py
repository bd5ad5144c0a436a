"""The daemon as an operator meets it: settings, mistakes, reload, drain."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.cli.main import main
from attachguard.errors import OperatorError
from attachguard.gateway.pool import Pool, confine
from attachguard.gateway.serve import addresses, service, settings
from tests.gateway.daemon import daemon
from tests.gateway.mails import FILES, for_action, mail
from tests.gateway.milterclient import Client
from tests.gateway.test_clamd import stream
from tests.test_scanner import CLEAN

POLICY = str(Path(__file__).with_name("actions.toml"))


def test_the_printed_configuration_is_one_that_is_read(tmp_path, capsys):
    assert main(["serve", "--print-config"]) == 0
    path = tmp_path / "attachguard.toml"
    path.write_text(capsys.readouterr().out)
    read = settings.read(path)
    assert set(read.fronts) == set(settings.FRONTS)
    assert read == settings.Settings(
        fronts={
            name: settings.Front(
                listen=(addresses.parse(settings.DEFAULT[name]),),
                channel="smtp",
                idle=60.0 if name == "http" else 300.0,
            )
            for name in settings.FRONTS
        },
        places=read.places,
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "polcy = 'strict'\n[milter]\nlisten = ['127.0.0.1:1']\n",
            ":1: polcy: unknown key 'polcy'; did you mean 'policy'",
        ),
        ("[milter]\nlisten = ['127.0.0.1:1']\nroots = ['/']\n", ":3: milter.roots: unknown key 'roots'"),
        (
            "[milter]\nlisten = ['nowhere']\n",
            ":2: milter.listen: 'nowhere' is not an address to listen on: write HOST:PORT",
        ),
        ("[milter]\nchannel = 'smtp'\n", ":1: milter: needs listen"),
        ("policy = 'strikt'\n[milter]\nlisten = ['127.0.0.1:1']\n", ":1: policy: no policy 'strikt'; there are: audit"),
        ("rules = ['/nowhere']\n[milter]\nlisten = ['127.0.0.1:1']\n", ":1: rules: '/nowhere' is not there"),
        (
            "trust-list = 'list.xml'\n[milter]\nlisten = ['127.0.0.1:1']\n",
            ":1: trust-list: 'list.xml' is not there; without",
        ),
        (
            "[milter]\nlisten = ['127.0.0.1:1']\n[notices]\nsendmail = '/nowhere/sendmail -t'\n",
            ":4: notices.sendmail: must be a program that is there",
        ),
        ("workers = -1\n[http]\nlisten = ['127.0.0.1:1']\n", ":1: workers: must be a whole number of at least 0"),
        ("timeout = 'long'\n[http]\nlisten = ['127.0.0.1:1']\n", ":1: timeout: must be a number of seconds"),
        ("on-failure = 'pray'\n[http]\nlisten = ['127.0.0.1:1']\n", ":1: on-failure: unknown word 'pray'"),
        ("[clamd]\nlisten = ['127.0.0.1:1']\nroots = ['spool']\n", ":3: clamd.roots: 'spool' must be a whole path"),
        (
            "timeout = inf\n[http]\nlisten = ['127.0.0.1:1']\n",
            ":1: timeout: must be a number of seconds above 0 and below",
        ),
        ("workers = 5000\n[http]\nlisten = ['127.0.0.1:1']\n", ":1: workers: must be at most 1,024"),
        (
            "[http]\nlisten = ['127.0.0.1:1']\nconnections = 0\n",
            ":3: http.connections: must be a whole number of at least 1",
        ),
        ("memory = '0 B'\n[http]\nlisten = ['127.0.0.1:1']\n", ":1: memory: must be more than nothing"),
        ("in-flight = '9999999 GiB'\n[http]\nlisten = ['127.0.0.1:1']\n", ":1: in-flight: must be less"),
        (
            "[clamd]\nlisten = ['127.0.0.1:1']\nstream-max-length = 0\n",
            ":3: clamd.stream-max-length: must be a whole number of at least 1",
        ),
        ("engine = 'clamd:here'\n[http]\nlisten = ['127.0.0.1:1']\n", ":1: engine: 'here' is not a clamd address"),
        ("[http]\nlisten = ['127.0.0.1:1']\n[notices]\nsendmail = ' '\n", ":4: notices.sendmail: must be a program"),
        (
            "[http]\nlisten = ['127.0.0.1:1']\n[notices]\nsendmail = '/bin/sh \"'\n",
            ":4: notices.sendmail: is no command: No closing",
        ),
        (
            "[http]\nlisten = ['127.0.0.1:1']\n[notices]\nhostname = 'a b'\n",
            ":4: notices.hostname: must be the name of a mail server",
        ),
        (
            "[http]\nlisten = ['127.0.0.1:1']\n[quarantine]\nmax-size = '1 MiB'\n",
            ":3: quarantine.folder: needs the path of a folder",
        ),
        ('[http]\nlisten = ["unix:/run/\\u0000"]\n', ":2: http.listen: "),
        ("workers = 2\n", "no front: write at least one of"),
        ("[[[\n", "is not TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(tmp_path, capsys, text, message):
    path = tmp_path / "attachguard.toml"
    path.write_text(text)
    assert main(["serve", "--config", str(path)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.startswith(f"attachguard: {path}")
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("127.0.0.1:25", "127.0.0.1:25"), ("inet:127.0.0.1:25", "inet:127.0.0.1:25"), ("inet:25@127.0.0.1", "inet:127.0.0.1:25"),
        ("[::1]:25", "[::1]:25"), ("unix:/run/x", "unix:/run/x"), ("/run/x", "unix:/run/x"), ("systemd:milter", "systemd:milter"),
    ],
)  # fmt: skip
def test_addresses_are_shown_as_they_are_written(text, shown):
    assert str(addresses.parse(text)) == shown


@pytest.mark.parametrize("text", ["", "25", "host", "host:99999", "unix:run/x", "inet:x"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match="is not an address to listen on"):
        addresses.parse(text)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["milter", "--config", "x"],
        ["milter", "--listen", "x"],
        ["milter", "--policy", "x"],
        ["http", "--rules", "/x"],
        ["--config", "/x"],
    ],
)
def test_mistakes_of_the_call_end_with_two_and_one_line(arguments, capsys):
    assert main(["serve", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_port_in_use_is_named_with_the_remedy(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        assert main(["serve", "clamd", "--listen", place]) == 2
    assert capsys.readouterr().err == (
        f"attachguard: cannot listen on {place}: Address already in use; another program listens there already: stop it, or name another "
        "place with --listen\n"
    )


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("unix:{folder}/none/s", "No such file or directory; {folder}/none is not there: make the folder"),
        ("unix:{folder}/attachguard.toml", "something that is no socket has this name; remove it"),
        ("unix:{folder}/attachguard.toml/s", "Not a directory; {folder}/attachguard.toml is no folder"),
        ("192.0.2.1:0", "Cannot assign requested address; this machine has no such address"),
        ("nobody.invalid:0", "; name an address of this machine with listen"),
    ],
)
def test_a_place_that_cannot_be_had_is_named_with_its_line_and_the_remedy(tmp_path, capsys, place, text):
    file = tmp_path / "attachguard.toml"
    file.write_text(f'workers = 1\n[clamd]\nlisten = ["{place.format(folder=tmp_path)}"]\n')
    assert main(["serve", "--config", str(file)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"attachguard: {file}:3: cannot listen on ")
    assert text.format(folder=tmp_path) in said
    assert said.count("\n") == 1


def test_a_pool_that_cannot_start_says_why_in_one_line(monkeypatch, capsys):
    def refuse(_settings):
        raise PermissionError("no namespace for you")

    monkeypatch.setattr(confine, "give_up", refuse)
    assert main(["serve", "clamd", "--listen", "127.0.0.1:0", "--workers", "2"]) == 2
    assert re.fullmatch(
        r"attachguard: no scanning process gets ready: PermissionError: no namespace for you \(test_serve\.py:\d+\); `attachguard doctor` says what "
        r"the system lacks\n",
        capsys.readouterr().err,
    )


def test_a_socket_that_nobody_listens_on_makes_room(tmp_path):
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as old:
        old.bind(str(path))
    ((_, listener),) = addresses.listen(addresses.parse(f"unix:{path}"))
    assert path.stat().st_mode & 0o777 == 0o666
    with pytest.raises(OperatorError, match="Address already in use"):
        addresses.listen(addresses.parse(f"unix:{path}"))
    listener.close()


def test_the_end_of_a_daemon_leaves_the_socket_of_the_next_one_alone(tmp_path):
    path = tmp_path / "s"
    ((first, old),) = addresses.listen(addresses.parse(f"unix:{path}"))
    path.unlink()
    ((second, new),) = addresses.listen(addresses.parse(f"unix:{path}"))
    with old, new:
        addresses.leave(first, old)
        assert path.exists()
        addresses.leave(second, new)
        assert not path.exists()


def test_a_reload_that_is_asked_for_before_the_daemon_is_ready_does_not_end_it(monkeypatch, capsys):
    def build(_settings):
        os.kill(os.getpid(), signal.SIGHUP)
        raise OperatorError("no scanner today")

    before = signal.getsignal(signal.SIGHUP)
    monkeypatch.setattr(service, "build_scanner", build)
    assert main(["serve", "clamd", "--listen", "127.0.0.1:0"]) == 2
    assert "no scanner today" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGHUP) is before


@pytest.mark.parametrize(("starting", "trouble", "good"), [(1, "", True), (1, "it died", False), (0, "", False)])
def test_health_does_not_mind_a_worker_that_takes_the_place_of_another(starting, trouble, good):
    daemon = service.Service(lambda: settings.Settings(fronts={}))
    with_pool = Pool(Scanner(Policy.load("audit"), rules=Rules.empty()), workers=1)
    crew = SimpleNamespace(states={"starting": starting, "idle": 0, "busy": 0}, trouble=trouble, deaths={})
    with_pool.crew = crew
    daemon.desk.install(with_pool)
    assert daemon.health()[0] is good


def test_sockets_of_the_service_manager_are_taken(tmp_path):
    """As systemd does it: the socket is descriptor 3, its name in the environment."""
    script = (
        "import os, socket, sys\n"
        "s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True)\n"
        "os.dup2(s.fileno(), 3); os.set_inheritable(3, True)\n"
        "os.environ.update(LISTEN_FDS='1', LISTEN_FDNAMES='clamd', LISTEN_PID=str(os.getpid()))\n"
        "os.execv(sys.executable, [sys.executable, '-m', 'attachguard', 'serve', 'clamd', '--listen', 'systemd:clamd', '--workers', '1'])\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            with socket.create_connection(("127.0.0.1", port), 30) as connection:
                connection.sendall(b"zPING\0")
                assert connection.recv(10) == b"PONG\0"
        finally:
            process.terminate()
        assert process.wait(20) == 0


@pytest.mark.parametrize(
    ("handed", "message"), [("one", "no socket named 'clamd' ready"), ("1", "has handed over is no socket: ")]
)
def test_what_the_service_manager_did_not_hand_over_is_said(monkeypatch, handed, message):
    monkeypatch.setenv("LISTEN_FDS", handed)
    monkeypatch.setenv("LISTEN_FDNAMES", "clamd")
    with open(os.devnull, "rb") as no_socket:  # noqa: PTH123 - a descriptor is wanted
        monkeypatch.setattr(addresses, "_FIRST", no_socket.fileno())
        with pytest.raises(OperatorError, match=message):
            addresses.listen(addresses.parse("systemd:clamd"))


def test_readiness_reload_and_the_end_are_told_to_the_service_manager(tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        with daemon(tmp_path, "clamd", "--listen", "127.0.0.1:0", "--workers", "1") as running:
            assert manager.recv(100) == b"READY=1"
            running.process.send_signal(signal.SIGHUP)
            assert manager.recv(100).startswith(b"RELOADING=1\nMONOTONIC_USEC=")
            assert manager.recv(100) == b"READY=1"
            assert running.stop() == 0
            assert manager.recv(100) == b"STOPPING=1"


CONFIG = """
policy = "{policy}"
workers = 2
log = "json"
[clamd]
listen = ["unix:{folder}/clamd"]
[milter]
listen = ["127.0.0.1:0"]
[olefy]
listen = ["127.0.0.1:0"]
[http]
listen = ["127.0.0.1:0"]
"""


def test_a_reload_changes_the_policy_and_a_broken_file_changes_nothing(tmp_path):
    policy, config = tmp_path / "policy.toml", tmp_path / "attachguard.toml"
    good = Path(POLICY).read_text("utf-8")
    policy.write_text(good)
    config.write_text(CONFIG.format(policy=policy, folder=tmp_path))
    with daemon(tmp_path, "--config", str(config)) as running:
        picture = stream(for_action("reject"))
        assert running.ask("clamd", picture) == b"stream: Attachguard.type-blocked FOUND\0"

        policy.write_text(good.replace('"bmp", ', ""))
        running.process.send_signal(signal.SIGHUP)
        running.until('"event":"reloaded"')
        assert running.ask("clamd", picture) == b"stream: OK\0"

        policy.write_text("[polcy]\n")
        running.process.send_signal(signal.SIGHUP)
        line = running.until('"event":"reload-failed".*')
        assert f"{policy}:1: " in line
        assert running.ask("clamd", picture) == b"stream: OK\0"
        assert running.ask("http", b"GET /health HTTP/1.0\r\n\r\n").count(b"policy.toml:1: ") == 1

        policy.write_text(good)
        assert running.ask("clamd", b"nRELOAD\n") == b"RELOADING\n"
        running.until('(?s)"event":"reloaded".*"event":"reloaded"')
        assert running.ask("clamd", picture) == b"stream: Attachguard.type-blocked FOUND\0"
        assert len(running.workers()) == 2
        assert running.stop() == 0


@pytest.fixture(scope="module")
def evil(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evil")
    config = folder / "attachguard.toml"
    config.write_text(
        CONFIG.format(policy=POLICY, folder=folder).replace("workers = 2", 'workers = 2\ntimeout = 2\nmemory = "64 MiB"').replace('"json"', '"text"')
    )  # fmt: skip
    with daemon(folder, "--config", str(config), module="tests.gateway.evil_serve") as running:
        yield running


def text_mail(words: str) -> bytes:
    return b"From: a@example.org\r\nSubject: x\r\n\r\n" + words.encode() + b"\r\n"


def whole(running, seconds: float = 1.5) -> None:
    end = time.monotonic() + seconds
    while b'"idle":2' not in running.ask("http", b"GET /health HTTP/1.0\r\n\r\n"):
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("words", ["CRASH", "KILL", "HANG", "GROW"])
def test_a_mail_that_ends_its_process_is_put_off_and_the_others_go_on(evil, words):
    whole(evil, 10)
    with evil.connect("milter") as bad, evil.connect("milter") as good:
        answers = []
        thread = threading.Thread(target=lambda: answers.append(Client(bad).send(text_mail(words))))
        thread.start()
        other = Client(good)
        for _ in range(20):
            assert other.send(for_action("deliver")).word == b"c"
        thread.join(20)
        (reply,) = answers
        assert reply.word == b"y"
        assert reply.text == "451 4.7.1 The message could not be inspected; try again later"
    whole(evil)


def test_a_process_that_is_killed_in_the_middle_costs_its_own_mail(evil):
    whole(evil, 10)
    with evil.connect("clamd") as connection:
        connection.sendall(stream(text_mail("SLOW " * 12)))
        time.sleep(0.3)
        for pid in evil.workers():
            os.kill(pid, signal.SIGKILL)
        assert connection.recv(1000) == b"stream: Heuristics.Limits.Exceeded.MaxScanTime FOUND\0"
    whole(evil)


def test_a_hundred_slow_clients_keep_nobody_from_being_served(evil):
    with contextlib.ExitStack() as stack:
        for number in range(100):
            slow = stack.enter_context(evil.connect("clamd" if number % 2 else "milter"))
            slow.sendall(b"zINSTREAM\0\0\x0f\xff\xff" + b"x" * 100_000 if number % 2 else b"\0\0\0\x0dO\0")
        begun = time.monotonic()
        for _ in range(10):
            assert evil.ask("clamd", stream(for_action("reject"))) == b"stream: Attachguard.type-blocked FOUND\0"
        assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("front", "head", "again"),
    [
        ("clamd", b"zIDSESSION\0", b"zPING\0" * 5000),
        ("http", b"", b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * 500),
    ],
)
def test_a_client_that_never_stops_asking_keeps_nobody_from_being_heard(evil, front, head, again):
    with evil.connect(front) as connection:

        def ask():
            with contextlib.suppress(OSError):
                connection.sendall(head)
                while True:
                    connection.sendall(again)

        def listen():
            with contextlib.suppress(OSError):
                while connection.recv(1 << 20):
                    pass

        threads = [threading.Thread(target=ask), threading.Thread(target=listen)]
        for thread in threads:
            thread.start()
        try:
            assert [evil.ask("clamd", b"zPING\0") for _ in range(5)] == [b"PONG\0"] * 5
        finally:
            connection.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()


def test_clients_that_leave_in_the_middle_cost_nothing(evil):
    for _ in range(50):
        with evil.connect("clamd") as connection:
            connection.sendall(b"zINSTREAM\0\0\x0f\xff\xff" + b"x" * 100_000)
        with evil.connect("milter") as connection:
            client = Client(connection)
            client.say(b"M", b"<a@example.org>\0")
            client.say(b"B", b"x" * 65535)
    for _ in range(4):
        # These have sent all of it, and do not wait for the answer.
        with evil.connect("clamd") as connection:
            connection.sendall(stream(text_mail("SLOW")))
    whole(evil, 5)
    assert "defect" not in evil.text()
    page = evil.ask("http", b"GET /metrics HTTP/1.0\r\n\r\n").decode()
    assert re.search(r"attachguard_inflight_bytes 0\.0", page)


def test_a_daemon_whose_standard_streams_are_closed_serves_all_the_same(tmp_path):
    command = (
        f"exec 0<&- 1>&- 2>&-; exec {sys.executable} -m attachguard serve clamd --listen unix:{tmp_path}/s --workers 1"
    )
    with subprocess.Popen(["/bin/sh", "-c", command]) as process:
        try:
            end = time.monotonic() + 30
            while True:
                with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
                    client.settimeout(10)
                    client.connect(str(tmp_path / "s"))
                    client.sendall(stream(CLEAN))
                    assert client.recv(100) == b"stream: OK\0"
                    break
                assert process.poll() is None
                assert time.monotonic() < end
                time.sleep(0.05)
        finally:
            process.terminate()
        assert process.wait(20) == 0


@pytest.mark.parametrize(
    ("content", "message"), [(b"one\nt\xffo\n", ":2: is not UTF-8"), (None, ": cannot be read: Is a directory")]
)
def test_a_password_file_that_cannot_be_used_is_named(tmp_path, capsys, content, message):
    file = tmp_path / "passwords"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    config = tmp_path / "attachguard.toml"
    config.write_text(f'password-files = ["{file}"]\n[http]\nlisten = ["127.0.0.1:0"]\n')
    assert main(["serve", "--config", str(config)]) == 2
    assert capsys.readouterr().err.startswith(f"attachguard: {file}{message}")


def test_what_is_under_way_is_finished_before_the_end(tmp_path):
    """SIGTERM under load, to the workers as well, as to a group of processes: every mail that was begun gets its answer, and the exit status is 0."""
    with daemon(
        tmp_path, "clamd", "--listen", "127.0.0.1:0", "--workers", "2", module="tests.gateway.evil_serve"
    ) as running:
        waiting = [running.connect("clamd") for _ in range(8)]
        for connection in waiting:
            connection.sendall(stream(text_mail("SLOW")))
        idle = running.connect("clamd")
        time.sleep(0.2)
        for pid in (*running.workers(), running.process.pid, running.process.pid):
            os.kill(pid, signal.SIGTERM)
        assert [connection.recv(100) for connection in waiting] == [b"stream: OK\0"] * 8
        assert idle.recv(10) == b""
        assert running.process.wait(20) == 0
        for connection in (*waiting, idle):
            connection.close()


def test_a_client_that_stalls_does_not_hold_up_the_end(tmp_path):
    with (
        daemon(
            tmp_path, "clamd", "--listen", "127.0.0.1:0", "--workers", "1", module="tests.gateway.evil_serve"
        ) as running,
        running.connect("clamd") as stalled,
    ):
        stalled.sendall(b"zINSTREAM\0\0\x0f\xff\xff" + b"x" * 100_000)
        time.sleep(0.2)
        begun = time.monotonic()
        assert running.stop() == 0
        assert time.monotonic() - begun < 10


def test_too_much_at_once_is_put_off_and_nothing_is_let_through(tmp_path):
    config = tmp_path / "attachguard.toml"
    config.write_text(
        CONFIG.format(policy=POLICY, folder=tmp_path).replace("workers = 2", 'workers = 1\nin-flight = "4 MiB"')
    )
    with daemon(tmp_path, "--config", str(config)) as running:
        message = stream(
            for_action("reject", header=b"Received: from x by y\r\n" + (b"X-Pad: " + b"p" * 900 + b"\r\n") * 1000)
        )
        connections = [running.connect("clamd") for _ in range(8)]
        for connection in connections:
            connection.sendall(message[:-4])
        time.sleep(0.3)
        answers = []
        for connection in connections:
            connection.sendall(message[-4:])
        for connection in connections:
            answers.append(connection.recv(200))
            connection.close()
        assert set(answers) == {
            b"stream: Attachguard.type-blocked FOUND\0",
            b"stream: Heuristics.Limits.Exceeded.Busy FOUND\0",
        }


def test_a_client_too_many_hears_that_we_are_busy(tmp_path):
    config = tmp_path / "attachguard.toml"
    config.write_text(
        """
workers = 1
[clamd]
listen = ["127.0.0.1:0"]
connections = 2
[milter]
listen = ["127.0.0.1:0"]
connections = 2
[http]
listen = ["127.0.0.1:0"]
connections = 2
"""
    )
    with daemon(tmp_path, "--config", str(config)) as running:
        crowd = [running.connect(front) for front in ("clamd", "milter", "http") for _ in range(2)]
        assert running.ask("clamd", stream(CLEAN)) == b"stream: Heuristics.Limits.Exceeded.Busy FOUND\0"
        with running.connect("milter") as connection:
            assert Client(connection).send(CLEAN).text.startswith("451 4.3.2")
        posted = b"POST /scan HTTP/1.0\r\nContent-Length: %d\r\n\r\n" % len(CLEAN)
        assert running.ask("http", posted + CLEAN).startswith(b"HTTP/1.1 503")
        beyond = [running.connect("clamd") for _ in range(20)]
        assert beyond[-1].recv(10) == b""
        for connection in crowd + beyond:
            connection.close()
        end = time.monotonic() + 10
        answer = b""
        while answer != b"PONG\0":
            assert time.monotonic() < end
            with contextlib.suppress(ConnectionError):
                answer = running.ask("clamd", b"zPING\0")


@pytest.mark.parametrize(
    ("options", "arguments", "hidden"),
    [("-t -f <>", "-t -f <>", True), ("-i -f <>", "-i -f <> -- b@example.net c@example.net", False)],
)
def test_notices_are_handed_to_the_mail_server(tmp_path, options, arguments, hidden):
    script = tmp_path / "sendmail"
    script.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/arguments\ncat >{tmp_path}/notice\n')
    script.chmod(0o755)
    config = tmp_path / "attachguard.toml"
    notices = f'\n[notices]\nsendmail = "{script} {options}"\nlanguage = "en"\nhostname = "mx.example.net"\n'
    config.write_text(CONFIG.format(policy=POLICY, folder=tmp_path) + notices)
    with daemon(tmp_path, "--config", str(config)) as running:
        with running.connect("milter") as connection:
            client = Client(connection)
            assert client.send(for_action("deliver")).word == b"c"
            assert client.send(for_action("withhold"), recipients=("b@example.net", "c@example.net")).word == b"c"
        assert running.stop() == 0
    assert (tmp_path / "arguments").read_text() == f"{arguments}\n"
    notice = (tmp_path / "notice").read_bytes()
    assert b"Auto-Submitted: auto-replied" in notice
    # Exim and Sendmail leave out recipients that are named to them beside `-t`.
    assert notice.startswith(b"Bcc: <b@example.net>,\r\n <c@example.net>\r\nFrom: ") is hidden


@pytest.mark.parametrize("front", ["milter", "clamd", "olefy", "http"])
def test_mutated_octets_over_the_wire_leave_the_daemon_standing(evil, front):
    say_mutated(evil, front, 150)


def say_mutated(running, front, count):
    """So many connections to a front, each with what its clients say, changed by chance."""
    import random

    from tests.gateway.test_clamd_codec import RECORDED as CLAMD
    from tests.gateway.test_milter_codec import RECORDED as MILTER
    from tests.gateway.test_olefy import HEAD as OLEFY

    chance = random.Random(front)
    seeds = {
        "milter": [MILTER],
        "clamd": list(CLAMD.values()),
        "olefy": [OLEFY + b"content", b"PING\n\n"],
        "http": [b"POST /scan HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"],
    }[front]
    for _ in range(count):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randrange(1, 5)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with contextlib.suppress(OSError), running.connect(front) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
    assert running.ask("clamd", b"zPING\0") == b"PONG\0"
    assert "defect" not in running.text()


def test_a_client_that_is_silent_is_sent_away_and_one_that_waits_for_us_is_not(tmp_path):
    config = tmp_path / "attachguard.toml"
    config.write_text(
        'workers = 1\n[clamd]\nlisten = ["127.0.0.1:0"]\nidle = 0.5\n[milter]\nlisten = ["127.0.0.1:0"]\nidle = 0.5\n'
    )
    with (
        daemon(tmp_path, "--config", str(config), module="tests.gateway.evil_serve") as running,
        running.connect("clamd") as begun,
        running.connect("clamd") as waiting,
        running.connect("milter") as between,
    ):
        begun.sendall(b"zINSTREAM\0\0\0\0\x09")
        waiting.sendall(stream(text_mail("SLOW " * 5)))
        Client(between)
        assert begun.recv(1) == b""
        assert between.recv(1) == b""
        assert waiting.recv(100) == b"stream: OK\0"


def test_the_memory_of_the_daemon_stays_flat(evil):
    def size() -> int:
        return int(Path(f"/proc/{evil.process.pid}/statm").read_text().split()[1]) * 4096

    message = stream(for_action("deliver"))
    for _ in range(100):
        evil.ask("clamd", message)
    before = size()
    for _ in range(400):
        evil.ask("clamd", message)
    assert size() - before < 4 << 20


def test_an_attachment_that_comes_again_in_other_mail_is_looked_at_once(tmp_path):
    content = FILES["flag"][1] + bytes(5000)
    with daemon(tmp_path, "milter", "--listen", "127.0.0.1:0", "--workers", "1", "--metrics", "127.0.0.1:0") as running:
        replies = []
        with running.connect("milter") as connection:
            client = Client(connection)
            for number in range(3):
                message = mail("ton.wav", content, subject=f"Antrag {number}")
                replies.append(client.send(message, sender=f"{number}@example.org"))
        assert {(reply.word, reply.text) for reply in replies} == {(replies[0].word, replies[0].text)}
        assert replies[0].word == b"c"
        page = running.ask("metrics", b"GET /metrics HTTP/1.0\r\n\r\n").decode()
    assert 'attachguard_attachment_cache_total{answer="hit"} 2.0' in page
    assert 'attachguard_attachment_cache_total{answer="miss"} 1.0' in page
