"""A Postfix of its own on the loopback: Debian's program with a configuration and a queue in a folder of the test, and a sink behind it."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

POSTFIX = shutil.which("postfix", path="/usr/sbin:/usr/bin")

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.net
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:{sink}
smtp_host_lookup = native
smtp_tls_security_level = none
alias_maps =
alias_database =
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
message_size_limit = 0
smtputf8_enable = no
milter_protocol = 6
smtpd_milters = {milter}
milter_default_action = tempfail
milter_connect_timeout = 5s
milter_command_timeout = 10s
milter_content_timeout = 60s
"""

_MASTER = """\
{port}      inet  n       -       n       -       -       smtpd
postlog   unix-dgram n  -       n       -       1       postlogd
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
proxymap  unix  -       -       n       -       -       proxymap
showq     unix  n       -       n       -       -       showq
flush     unix  n       -       n       1000?   0       flush
smtp      unix  -       -       n       -       -       smtp
relay     unix  -       -       n       -       -       smtp
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
"""


class Sink:
    """Takes mail by SMTP and keeps it."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 sink\r\n")
            for line in lines:
                word = line[:4].upper()
                if word == b"DATA":
                    connection.sendall(b"354 go on\r\n")
                    content = []
                    for each in lines:
                        if each == b".\r\n":
                            break
                        content.append(each[1:] if each.startswith(b".") else each)
                    self.mails.append(b"".join(content))
                connection.sendall(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

    def close(self) -> None:
        """Take no more."""
        self._listener.close()


class Postfix:
    """One that runs."""

    def __init__(self, folder: Path, port: int, sink: Sink) -> None:
        self.folder = folder
        self.port = port
        self.sink = sink

    def send(
        self, message: bytes, sender: str = "a@example.org", recipients: tuple[str, ...] = ("b@example.net",)
    ) -> str:
        """Send a mail as a client does; gives the reply to its end, or the first refusal."""
        with socket.create_connection(("127.0.0.1", self.port), 60) as connection, connection.makefile("rb") as lines:

            def reply() -> str:
                text = b""
                for line in lines:
                    text += line
                    if line[3:4] != b"-":
                        break
                return text.decode("utf-8", "replace").strip()

            reply()
            for command in (
                "EHLO client.example.org",
                f"MAIL FROM:<{sender}>",
                *(f"RCPT TO:<{each}>" for each in recipients),
                "DATA",
            ):
                connection.sendall(command.encode() + b"\r\n")
                answer = reply()
                if answer[0] not in "23":
                    return answer
            connection.sendall(re.sub(rb"(?m)^\.", b"..", message) + b".\r\n")
            answer = reply()
            connection.sendall(b"QUIT\r\n")
            return answer

    def log(self) -> str:
        """The log."""
        return (self.folder / "maillog").read_text("utf-8", "replace")

    def held(self) -> int:
        """Mails in the hold queue."""
        return sum(path.is_file() for path in (self.folder / "spool/hold").rglob("*"))

    def delivered(self, count: int, seconds: float = 20.0) -> list[bytes]:
        """What came through, once so many have."""
        end = time.monotonic() + seconds
        while len(self.sink.mails) < count:
            assert time.monotonic() < end, self.log()[-3000:]
            time.sleep(0.05)
        return self.sink.mails


@contextlib.contextmanager
def postfix(milter: str) -> Iterator[Postfix]:
    """Start one in front of a milter (`inet:HOST:PORT` or `unix:/path`)."""
    # Not in a folder of pytest: those are for one user alone, and Postfix works as several.
    folder = Path(tempfile.mkdtemp(prefix="attachguard-postfix-"))
    folder.chmod(0o755)
    sink = Sink()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    for name in ("etc", "data", "spool"):
        (folder / name).mkdir(parents=True)
    shutil.chown(folder / "data", "postfix")
    (folder / "etc/main.cf").write_text(_MAIN.format(folder=folder, sink=sink.port, milter=milter))
    (folder / "etc/master.cf").write_text(_MASTER.format(port=f"127.0.0.1:{port}"))
    for name in ("postfix-files", "dynamicmaps.cf"):
        if (Path("/etc/postfix") / name).exists():
            shutil.copy(Path("/etc/postfix") / name, folder / "etc" / name)
    command = ["/usr/sbin/postfix", "-c", str(folder / "etc")]
    started = subprocess.run(
        [*command, "start"], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60
    )
    assert started.returncode == 0, started.stdout + (folder / "maillog").read_text("utf-8", "replace")
    try:
        end = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
                break
            assert time.monotonic() < end
            time.sleep(0.1)
        yield Postfix(folder, port, sink)
    finally:
        subprocess.run(
            [*command, "stop"], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60
        )
        sink.close()
        shutil.rmtree(folder, ignore_errors=True)
