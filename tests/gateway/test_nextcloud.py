"""What Nextcloud's app files_antivirus sends in daemon and socket mode, octet for octet, and what it makes of the reply.

After the app's sources (`lib/Scanner/ExternalClam.php`, `lib/Scanner/ScannerBase.php`, `lib/Item.php`): `nINSTREAM` and a line feed, each piece of the
file behind its length, a length of zero, one line read with `fgets`. Pieces are those of the upload, or of a chunk size in background scans, where a
file that ends with a chunk brings an empty piece, which is a length of zero before the app's own. Longer files than `av_stream_max_length` go in
several streams, each of which begins with the last piece of the one before.
"""

from __future__ import annotations

import contextlib
import re
import struct

import pytest

from tests.gateway.daemon import daemon
from tests.gateway.mails import FILES

#: The rules that the app begins with, in the order in which it asks them.
RULES = (
    (re.compile(r".*: OK$"), "clean"),
    (re.compile(r".*: (.*) FOUND$"), "infected"),
    (re.compile(r".*: (.*) ERROR$"), "unchecked"),
)
PROGRAM = b"MZ" + bytes(62) + b"\x40\0\0\0" + bytes(20_000)


@pytest.fixture(scope="module", params=["unix:{}/s", "127.0.0.1:0"])
def clamd(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nextcloud")
    with daemon(folder, "clamd", "--listen", request.param.format(folder), "--workers", "1") as running:
        yield running


class App:
    """One scan."""

    def __init__(self, clamd, longest: int = 104_857_600) -> None:
        self.clamd = clamd
        self.longest = longest
        self.replies: list[str] = []
        self.last = b""
        self.begin()

    def begin(self) -> None:
        self.connection = self.clamd.connect("clamd")
        self.connection.sendall(b"nINSTREAM\n")
        self.count = 0

    def raw(self, data: bytes) -> None:
        self.connection.sendall(data)
        self.count += len(data)
        self.last = data

    def piece(self, content: bytes) -> None:
        data = struct.pack(">I", len(content)) + content
        if self.count + len(data) > self.longest:
            self.finish()
            self.begin()
            if self.last:
                self.raw(self.last)
        self.raw(data)

    def finish(self) -> None:
        with contextlib.suppress(
            BrokenPipeError, ConnectionResetError
        ):  # the app does not look whether this could be written
            self.connection.sendall(bytes(4))
        with self.connection.makefile("r", newline="\n") as file:
            self.replies.append(file.readline())
        self.connection.close()

    @property
    def status(self) -> str:
        """What the app shows; a stream that was infected stays so."""
        each = [next((word for rule, word in RULES if rule.match(reply)), "unchecked") for reply in self.replies]
        return "infected" if "infected" in each else each[-1]


@pytest.mark.parametrize("step", [8192, 1000, 64 << 10])
def test_a_file_is_judged_whatever_its_pieces(clamd, step):
    for content, status in ((PROGRAM, "infected"), (FILES["deliver"][1] * 500, "clean")):
        app = App(clamd)
        for place in range(0, len(content), step):
            app.piece(content[place : place + step])
        app.finish()
        assert app.status == status
        assert len(app.replies) == 1


def test_an_empty_piece_at_the_end_changes_nothing(clamd):
    app = App(clamd)
    app.piece(PROGRAM)
    app.piece(b"")
    app.finish()
    assert app.status == "infected"


def test_an_empty_file_is_clean(clamd):
    app = App(clamd)
    app.finish()
    assert app.replies == ["stream: OK\n"]


def test_a_file_in_several_streams_is_found_in_the_first(clamd):
    app = App(clamd, longest=10_000)
    for place in range(0, len(PROGRAM), 4000):
        app.piece(PROGRAM[place : place + 4000])
    app.finish()
    assert len(app.replies) > 1
    assert app.replies[0] == "stream: Attachguard.executable-content FOUND\n"
    assert app.status == "infected"


def test_more_than_a_stream_may_have_is_unchecked_and_never_clean(tmp_path):
    path = tmp_path / "attachguard.toml"
    path.write_text('workers = 1\n[clamd]\nlisten = ["127.0.0.1:0"]\nstream-max-length = 65536\n')
    with daemon(tmp_path, "--config", str(path)) as running:
        app = App(running)
        app.piece(FILES["deliver"][1] * 3000)
        app.finish()
        assert app.replies == ["INSTREAM size limit exceeded. ERROR\n"]
        assert app.status == "unchecked"
