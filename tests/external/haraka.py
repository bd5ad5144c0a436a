"""A Haraka of its own on the loopback, with its clamd plugin asking attachguard; mail that it takes goes into a file a message."""

from __future__ import annotations

import contextlib
import os
import shutil
import smtplib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

#: Where `npm install Haraka haraka-plugin-clamd` has put its command, or where it is installed.
HARAKA = os.environ.get("HARAKA") or shutil.which("haraka") or ""

_CONTRIB = Path(__file__).parents[2] / "contrib/haraka/clamd.ini"

_SMTP = """\
listen=127.0.0.1:{port}
nodes=0
daemonize=false
"""


class Haraka:
    """One that listens.

    Args:
        port: where.
        folder: its own.
    """

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self.folder = folder

    def session(self, message: bytes) -> tuple[int, str]:
        """A whole SMTP session; the reply to the end of the data."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client:
            client.ehlo("client.example.org")
            client.mail("a@example.org")
            client.rcpt("b@example.net")
            # Haraka ends a session in which a lone line feed comes.
            code, text = client.data(message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
            return code, text.decode("utf-8", "replace")

    def taken(self) -> list[bytes]:
        """The mails that it has taken."""
        return [path.read_bytes() for path in sorted(self.folder.glob("queue/*.eml"))]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextlib.contextmanager
def haraka(folder: Path, host: str, port: int) -> Iterator[Haraka]:
    """Start it with clamd at this place; its configuration of the plugin is the one in contrib, but for the address.

    Args:
        folder: for its configuration, log and queue.
        host: of attachguard's clamd front.
        port: likewise.
    """
    config = folder / "config"
    subprocess.run([HARAKA, "-i", str(folder)], check=True, stdout=subprocess.DEVNULL, timeout=60)
    (folder / "queue").mkdir(exist_ok=True)
    own = _free_port()
    (config / "smtp.ini").write_text(_SMTP.format(port=own))
    (config / "plugins").write_text("clamd\nkeep\n")
    (config / "host_list").write_text("example.net\n")
    (config / "me").write_text("mx.example.net\n")
    (config / "clamd.ini").write_text(
        _CONTRIB.read_text("utf-8").replace("clamd_socket = 127.0.0.1:3310", f"clamd_socket = {host}:{port}")
    )
    (folder / "plugins/keep.js").write_text(_KEEP.replace("FOLDER", str(folder / "queue")))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([HARAKA, "-c", str(folder)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        end = time.monotonic() + 30
        while True:
            assert process.poll() is None, (folder / "log").read_text("utf-8", "replace")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", own), 1):
                break
            assert time.monotonic() < end, (folder / "log").read_text("utf-8", "replace")
            time.sleep(0.1)
        yield Haraka(own, folder)
    finally:
        process.kill()
        process.wait()


_KEEP = """\
'use strict'
// Takes every recipient and writes what is queued into a folder.
const fs = require('node:fs')
const path = require('node:path')
exports.hook_rcpt = (next) => next(OK)
exports.hook_queue = (next, connection) => {
  const name = path.join('FOLDER', connection.transaction.uuid + '.eml')
  connection.transaction.message_stream.pipe(fs.createWriteStream(name).on('finish', () => next(OK)))
}
"""
