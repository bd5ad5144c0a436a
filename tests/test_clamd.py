"""The clamd client speaks the protocol, whatever the daemon does, and takes nothing but a plain OK for clean."""

from __future__ import annotations

import contextlib
import shutil
import socket
import struct
import subprocess
import threading
import time

import pytest

from attachguard import Action, Policy, Rules, Scanner
from attachguard.clamd import Clamd
from attachguard.cli.main import main
from attachguard.hooks import Hooks, clean, infected
from tests import HANG
from tests.test_scanner import mail

#: The test string of the EICAR, in two pieces so that no scanner takes this file for it.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class FakeClamd:
    """Accepts connections and treats each with a function of the test."""

    def __init__(self, serve, path=None):
        self.address = str(path) if path else None
        if path:
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.bind(self.address)
        else:
            self._socket = socket.socket()
            self._socket.bind(("127.0.0.1", 0))
            self.address = self._socket.getsockname()
        self._socket.listen()
        self._serve = serve
        self.streams: list[bytes] = []
        self.closing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self.closing.is_set():
            try:
                connection = self._socket.accept()[0]
            except OSError:
                return
            # The client may hang up at any time.
            with connection, contextlib.suppress(OSError):
                self._serve(self, connection)

    def close(self):
        self.closing.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(2)


def command_of(connection: socket.socket) -> bytes:
    command = b""
    while not command.endswith(b"\0"):
        piece = connection.recv(1)
        if not piece:
            break
        command += piece
    return command


def stream_of(connection: socket.socket) -> bytes:
    def exactly(size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = connection.recv(size - len(data))
            if not piece:
                raise ConnectionError("the client hung up")
            data += piece
        return data

    stream = b""
    while size := struct.unpack("!I", exactly(4))[0]:
        stream += exactly(size)
    return stream


def answering(answer: bytes, pieces: int = 1):
    """A daemon that reads everything and gives this answer, in so many pieces."""

    def serve(server: FakeClamd, connection: socket.socket):
        command = command_of(connection)
        if command == b"zVERSION\0":
            connection.sendall(b"ClamAV 1.4.3/27000/Sun Nov 22 2026\0")
            return
        assert command == b"zINSTREAM\0"
        server.streams.append(stream_of(connection))
        step = -(-len(answer) // pieces) or 1
        for place in range(0, len(answer), step):
            connection.sendall(answer[place : place + step])
            if pieces > 1:
                time.sleep(0.005)

    return serve


@pytest.fixture
def daemon():
    """Starts fake daemons and stops them: `daemon(serve)` gives one."""
    running: list[FakeClamd] = []

    def start(serve, path=None) -> FakeClamd:
        running.append(FakeClamd(serve, path))
        return running[-1]

    yield start
    for each in running:
        each.close()


def ask(server: FakeClamd, data: bytes = b"content", **options):
    return Clamd(server.address, **options).scan(data, "name")


@pytest.mark.parametrize("pieces", [1, 4, 100])
def test_clean_and_infected_whole_or_in_pieces(daemon, pieces):
    assert ask(daemon(answering(b"stream: OK\0", pieces))) == clean()
    server = daemon(answering(b"stream: Eicar-Test-Signature FOUND\0", pieces))
    assert ask(server, b"x" * 600_000) == infected("Eicar-Test-Signature")
    assert server.streams == [b"x" * 600_000]


def test_over_a_unix_socket(daemon, tmp_path):
    server = daemon(answering(b"stream: OK\0"), tmp_path / "clamd.sock")
    assert Clamd.from_text(server.address).scan(b"", "") == clean()
    assert server.streams == [b""]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"INSTREAM size limit exceeded. ERROR\0", "clamd: INSTREAM size limit exceeded. ERROR"),
        (b"stream: Can't allocate memory ERROR\0", "clamd: stream: Can't allocate memory ERROR"),
        (b"UNKNOWN COMMAND\0", "clamd: UNKNOWN COMMAND"),
        (b"COMMAND READ TIMED OUT\0", "clamd: COMMAND READ TIMED OUT"),
        (b"\0", "clamd: empty answer"),
        (b"", "clamd: the answer broke off"),
        (b"stream: OK", "clamd: the answer broke off"),
        (b"stream: OKAY.Worm FO", "clamd: the answer broke off"),
        (b"stream: not OK\0", "clamd: stream: not OK"),
        (b"x" * 100_000, "clamd: the answer broke off"),
    ],
)
def test_anything_else_is_no_answer(daemon, answer, says):
    given = ask(daemon(answering(answer)))
    assert given.result == "failed"
    assert given.text == says or "reset" in given.text


def test_a_size_limit_that_is_told_before_everything_was_sent(daemon):
    def serve(_server, connection):
        command_of(connection)
        connection.recv(1000)
        connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
        connection.shutdown(socket.SHUT_RDWR)

    given = ask(daemon(serve), b"x" * 20_000_000)
    assert given.result == "failed"
    assert "size limit" in given.text or "reset" in given.text.lower()


def test_a_part_that_the_engine_would_not_take_is_not_sent(daemon):
    server = daemon(answering(b"stream: OK\0"))
    assert ask(server, b"x" * 101, max_bytes=100).result == "failed"
    assert ask(server, b"x" * 100, max_bytes=100) == clean()
    assert server.streams == [b"x" * 100]


def silent(server, connection):
    command_of(connection)
    stream_of(connection)
    server.closing.wait(5)


def dripping(_server, connection):
    command_of(connection)
    stream_of(connection)
    for _ in range(20):
        connection.sendall(b"s")
        time.sleep(0.05)


def deaf(server, connection):
    server.closing.wait(5)


@pytest.mark.parametrize("serve", [silent, dripping, deaf])
def test_the_time_limit_is_for_everything_together(daemon, serve):
    started = time.monotonic()
    given = ask(daemon(serve), b"x" * 20_000_000, seconds=0.1)
    assert given.result == "failed"
    assert given.text == "clamd: no answer in time" or "pipe" in given.text.lower()
    assert time.monotonic() - started < HANG


def test_no_daemon_is_no_answer(tmp_path):
    assert Clamd(tmp_path / "none.sock").scan(b"x", "").text == "clamd: No such file or directory"
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        given = Clamd.from_text(f"127.0.0.1:{port}").scan(b"x", "")
    assert (given.result, given.text) == ("failed", "clamd: Connection refused")


@pytest.mark.parametrize("text", ["", "host", "host:", ":3310", "host:x", "host:0", "host:65536", "relative.sock"])
def test_an_address_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="is not a clamd address"):
        Clamd.from_text(text)


def test_engine_and_database_stand_in_the_report(daemon):
    server = daemon(answering(b"stream: OK\0"))
    scanner = Scanner(Policy.load("leverkusen"), rules=Rules.empty(), hooks=Hooks(malware=Clamd(server.address)))
    report = scanner.scan(mail(("brief.txt", "text/plain", b"hallo\n")))
    made = next(check for check in report.checks if check.check == "malware-engine")
    assert (made.result, made.cause) == ("pass", "ClamAV 1.4.3/27000/Sun Nov 22 2026")
    assert server.streams == [b"see attachment", b"hallo\n"]


def test_the_command_line_asks_the_engine(daemon, tmp_path, capsysbinary):
    path = tmp_path / "brief.txt"
    path.write_bytes(b"hallo\n")
    server = daemon(answering(b"stream: Test.Worm FOUND\0"), tmp_path / "clamd.sock")
    assert main(["scan", "--engine", f"clamd:{server.address}", str(path)]) == 1
    assert b"engine: Test.Worm" in capsysbinary.readouterr().out
    assert main(["scan", "--engine", f"clamd:{tmp_path}/none.sock", "--policy", "leverkusen", str(path)]) == 1
    assert b"scan-incomplete" in capsysbinary.readouterr().out
    for wrong in ("clamd:nowhere", "otherav:host:1"):
        with pytest.raises(SystemExit):
            main(["scan", "--engine", wrong, str(path)])


# -- the real one -----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    """Debian's clamd with a database of one signature, on a Unix socket."""
    program = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        pytest.skip("clamd is not installed (Debian: apt-get install clamav-daemon)")
    folder = tmp_path_factory.mktemp("clamd")
    folder.chmod(0o755)
    database = folder / "db"
    database.mkdir()
    # Name, any type of target, anywhere, the string in hex.
    (database / "eicar.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    path = folder / "clamd.sock"
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {database}\nLocalSocket {path}\nForeground yes\nStreamMaxLength 1M\nLogFile {folder / 'log'}\n"
        f"TemporaryDirectory {folder}\nUser root\n"
    )
    process = subprocess.Popen(
        [program, "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 20
        while not path.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.skip("clamd does not start here: " + (folder / "log").read_text()[-300:])
            time.sleep(0.05)
        yield Clamd(path)
    finally:
        process.terminate()
        process.wait(20)


def test_the_real_clamd_knows_eicar_and_nothing_else(clamd):
    assert clamd.scan(EICAR, "") == infected("Eicar-Test-Signature.UNOFFICIAL")
    assert clamd.scan(b"hallo\n", "") == clean()
    assert clamd.scan(b"", "") == clean()
    assert clamd.describe().startswith("ClamAV ")


def test_the_real_clamd_refuses_what_is_too_large(clamd):
    given = clamd.scan(bytes(8_000_000), "")
    assert given.result == "failed"
    assert "size limit exceeded" in given.text or "reset" in given.text.lower()


def test_mail_with_eicar_is_malware_by_the_real_clamd(clamd):
    scanner = Scanner(Policy.load("kaiserslautern"), rules=Rules.empty(), hooks=Hooks(malware=clamd))
    report = scanner.scan(mail(("brief.txt", "text/plain", EICAR)))
    assert "malware-signature" in report.verdict.reasons
    assert report.verdict.action is Action.DISCARD
    assert scanner.scan(mail(("brief.txt", "text/plain", b"hallo\n"))).verdict.action.delivers
