"""An rspamd of its own on the loopback, with the configurations of `contrib/rspamd` and no other module."""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

RSPAMD = shutil.which("rspamd")
CONTRIB = Path(__file__).parents[2] / "contrib/rspamd"

_CONFIG = """\
options {{
  pidfile = "{folder}/pid";
  tempdir = "{folder}";
  filters = "";
  local_addrs = "192.168.0.0/16";
  dns {{ nameserver = "127.0.0.1:1"; timeout = 0.1s; retransmits = 1; }}
  url_tld = "/usr/share/rspamd/effective_tld_names.dat";
}}
logging {{ type = "file"; filename = "{folder}/rspamd.log"; level = "info"; }}
lua = "{folder}/empty.lua";
modules {{ path = "/usr/share/rspamd/plugins/"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; }}
actions {{ reject = 15; add_header = 6; greylist = 4; }}
antivirus {{ .include "{folder}/antivirus.conf" }}
external_services {{ .include "{folder}/external_services.conf" }}
force_actions {{ .include "{folder}/force_actions.conf" }}
"""


class Rspamd:
    """One that runs."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self.folder = folder

    def check(self, message: bytes) -> dict:
        """What it says about a mail."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", "/checkv2", message)
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def log(self) -> str:
        """Its log."""
        return (self.folder / "rspamd.log").read_text("utf-8", "replace")


@contextlib.contextmanager
def rspamd(folder: Path, clamd: str, olefy: str) -> Iterator[Rspamd]:
    """Start one that asks these fronts (HOST:PORT)."""
    folder.mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    for path in CONTRIB.glob("*.conf"):
        text = path.read_text().replace("127.0.0.1:3310", clamd).replace("127.0.0.1:10050", olefy)
        (folder / path.name).write_text(text)
    (folder / "empty.lua").write_text("")
    (folder / "rspamd.conf").write_text(_CONFIG.format(folder=folder, port=port))
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(
            ["rspamd", "-f", "-i", "-c", str(folder / "rspamd.conf")], stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        end = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
                break
            assert process.poll() is None, (folder / "out").read_text() + (folder / "rspamd.log").read_text()
            assert time.monotonic() < end
            time.sleep(0.1)
        yield Rspamd(port, folder)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
