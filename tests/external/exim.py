"""An Exim of its own: Debian's program, unpacked beside an installed Postfix, with a configuration that refuses by `malware =`."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

#: Where `dpkg-deb -x exim4-daemon-heavy_*.deb` has put it, or where it is installed.
EXIM = next(
    (path for path in (os.environ.get("EXIM", ""), "/opt/exim/root/usr/sbin/exim4", shutil.which("exim4", path="/usr/sbin") or "") if path and Path(path).exists()),
    "",
)  # fmt: skip

_CONFIG = """\
exim_user = {user}
exim_group = {user}
primary_hostname = mx.example.net
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
pid_file_path = {folder}/pid
host_lookup =
av_scanner = {scanner}
acl_smtp_rcpt = accept
acl_smtp_data = check
queue_only
never_users =
keep_environment =
tls_advertise_hosts =
chunking_advertise_hosts =
begin acl
check:
  deny malware = *
       message = Refused: $malware_name
  accept
begin routers
drop:
  driver = redirect
  data = :blackhole:
"""


class Exim:
    """One with this scanner, as `av_scanner` has it.

    Args:
        folder: for its spool.
        scanner: e.g. `clamd:127.0.0.1 3310`.
    """

    def __init__(self, folder: Path, scanner: str) -> None:
        folder.mkdir(parents=True)
        (folder / "spool").mkdir()
        self.folder = folder
        self.config = folder / "exim.conf"
        self.config.write_text(_CONFIG.format(folder=folder, scanner=scanner, user="Debian-exim"))
        for parent in [folder, *folder.parents][:-2]:
            parent.chmod(parent.stat().st_mode | 0o055)
        shutil.chown(folder / "spool", "Debian-exim")
        shutil.chown(folder, "Debian-exim")

    def _run(self, *arguments: str, text: bytes = b"") -> str:
        done = subprocess.run(
            [EXIM, "-C", str(self.config), *arguments],
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
        return done.stdout.decode("utf-8", "replace")

    def malware(self, path: Path) -> str:
        """What `exim -bmalware` says about a file."""
        return self._run("-bmalware", str(path))

    def session(self, message: bytes) -> str:
        """A whole SMTP session on standard input; the last reply before QUIT's."""
        dots = message.replace(b"\r\n.", b"\r\n..")
        said = self._run(
            "-bs",
            text=b"EHLO client\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n"
            + dots
            + b".\r\nQUIT\r\n",
        )
        return said.split("354 ", 1)[1].partition("\r\n")[2].partition("\r\n")[0] if "354 " in said else said
