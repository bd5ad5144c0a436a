"""Postfix, unmodified, with attachguard as its milter: what the client saw, what was delivered, held, or dropped.

The long form of the tests of the gateway: skipped where Postfix is not installed (`apt-get install postfix`) or one is no root.
"""

from __future__ import annotations

import email
import os
import re
import time
from pathlib import Path

import pytest

from tests.external.postfix import POSTFIX, postfix
from tests.gateway.daemon import daemon
from tests.gateway.mails import FILES, for_action, mail

pytestmark = pytest.mark.skipif(
    POSTFIX is None or os.geteuid() != 0 or not os.environ.get("ATTACHGUARD_EXTERNAL"),
    reason="needs Postfix, root, and ATTACHGUARD_EXTERNAL=1",
)

POLICY = str(Path(__file__).parents[1] / "gateway/actions.toml")

#: Mails that pass whatever odd things they hold; none of them may change but for trace fields.
ODD = {
    "plain": b"From: a@example.org\r\nTo: b@example.net\r\nSubject: x\r\nDate: Mon, 30 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@x>\r\n\r\nHallo\r\n",
    "dots": b"Subject: dots\r\nDate: x\r\nMessage-ID: <1@x>\r\nFrom: a@b\r\n\r\n.\r\n..\r\n.x\r\n",
    "folded": b"Subject: a\r\n  b\r\n\tc\r\nDate: x\r\nMessage-ID: <1@x>\r\nFrom: a@b\r\n\r\nx\r\n",
    "no blank": b"Subject:a\r\nX-Empty:\r\nX-Blank: \r\nX-Many:   x  \r\nDate: x\r\nMessage-ID: <1@x>\r\nFrom: a@b\r\n\r\nx\r\n",
    "eight bit": "Subject: Grüße\r\nDate: x\r\nMessage-ID: <1@x>\r\nFrom: a@b\r\n\r\nGrüße\r\n".encode(),
    "latin": b"Subject: Gr\xfc\xdfe\r\nDate: x\r\nMessage-ID: <1@x>\r\nFrom: a@b\r\n\r\nGr\xfc\xdfe\r\n",
    "no body": b"Subject: x\r\nDate: x\r\nMessage-ID: <1@x>\r\nFrom: a@b\r\n\r\n",
    "blank lines": b"Subject: x\r\nDate: x\r\nMessage-ID: <1@x>\r\nFrom: a@b\r\n\r\n\r\n\r\n\r\nx\r\n\r\n\r\n",
    "twice": b"Subject: x\r\nX-Y: 1\r\nX-Y: 2\r\nx-y: 3\r\nDate: x\r\nMessage-ID: <1@x>\r\nFrom: a@b\r\n\r\nx\r\n",
    "long": b"Subject: x\r\nDate: x\r\nMessage-ID: <1@x>\r\nFrom: a@b\r\n\r\n" + b"x" * 900 + b"\r\n" + b"y" * 70 + b"\r\n",
    "large": b"Subject: x\r\nDate: x\r\nMessage-ID: <1@x>\r\nFrom: a@b\r\n\r\n" + (b"z" * 70 + b"\r\n") * 40_000,
    "blanks": b"Subject:\tx\r\nX-A:\r\n y\r\nX-B: a  \r\n\t \tb  \r\n \r\n c\r\nDate: x\r\nMessage-ID: <1@x>\r\nFrom: a@b\r\n\r\nx\r\n",
    "octets": b"Subject: 100% %s\r\nX-A: " + bytes({*range(1, 256)} - {10, 13})
    + b"\r\nDate: x\r\nMessage-ID: <1@x>\r\nFrom: a@b\r\n\r\n" + bytes({*range(256)} - {10, 13}) + b"\r\n",
    "many folds": b"References: " + b"\r\n ".join(b"<%d@example.org>" % number for number in range(2000))
    + b"\r\nDate: x\r\nMessage-ID: <1@x>\r\nFrom: a@b\r\n\r\nx\r\n",
    "signed": (        b"Subject: x\r\nDate: x\r\nMessage-ID: <1@x>\r\nFrom: a@b\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=S;\r\n"
        b' protocol="application/pgp-signature"; micalg=pgp-sha256\r\n\r\n--S\r\nContent-Type: text/plain\r\n\r\nHallo  \r\n--S\r\n'
        b"Content-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\nx\r\n-----END PGP SIGNATURE-----\r\n--S--\r\n"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("postfix")
    with daemon(folder, "milter", "--listen", "127.0.0.1:0", "--policy", POLICY, "--workers", "2") as milter:
        host, port = milter.address("milter")
        with postfix(f"inet:{host}:{port}") as running:
            running.milter = milter
            yield running


def came_through(server, message: bytes) -> bytes:
    """The mail as it was delivered."""
    before = len(server.sink.mails)
    answer = server.send(message)
    assert answer.startswith("250 "), answer
    return server.delivered(before + 1)[before]


def without_trace(message: bytes) -> bytes:
    """The mail without what mail servers put on top."""
    pattern = rb"\A(?:(?:X-Attachguard|Received)[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)+"
    return re.sub(pattern, b"", message)


@pytest.mark.parametrize("name", ODD)
def test_a_mail_that_passes_is_delivered_byte_for_byte(server, name):
    out = came_through(server, ODD[name])
    assert out.startswith(b"X-Attachguard: verdict=deliver")
    assert without_trace(out) == ODD[name]


def test_fields_in_our_name_are_taken_out(server):
    message = for_action(
        "deliver",
        header=b"X-Attachguard: 1\r\nX-Other: x\r\nX-ATTACHGUARD: 2\r\nX-Attachguard-Z: 3\r\nX-Attachguard: 4\r\n",
    )
    out = email.message_from_bytes(came_through(server, message))
    assert len(out.get_all("X-Attachguard")) == 1
    assert out["X-Attachguard-Z"] is None
    assert out["X-Other"] == "x"


@pytest.mark.parametrize("action", ["deliver", "flag", "withhold"])
@pytest.mark.parametrize(
    "field",
    [b"X-Attachguard:f", b"X-Attachguard : f", b"X-Attachguard:\r\n f", b"X-AttachguardX: f", b"X-Attachguard:"],
)
def test_a_field_in_our_name_is_taken_out_however_it_is_written(server, field, action):
    out = came_through(server, for_action(action, header=b"X-Before: b\r\n" + field + b"\r\nX-After: a\r\n"))
    header = out.partition(b"\r\n\r\n")[0]
    assert re.findall(rb"(?im)^x-attachguard[^:]*:[^;]*", header) == [f"X-Attachguard: verdict={action}".encode()]
    assert header.count(b"X-Before: b\r\n") == header.count(b"X-After: a\r\n") == 1


def test_flagged_mail_has_its_tag(server):
    from email.header import decode_header, make_header

    out = email.message_from_bytes(came_through(server, for_action("flag", subject="Ton")))
    assert str(make_header(decode_header(out["Subject"]))) == "[geprüft] Ton"


def test_a_withheld_attachment_is_replaced(server):
    out = came_through(server, for_action("withhold"))
    read = email.message_from_bytes(out)
    assert b"R0lGODlh" not in out
    assert read["Subject"] == "Antrag"
    assert b"bild.gif" in read.get_payload(1).get_payload(decode=True)
    assert read.get_payload(0).get_payload() == "Guten Tag"


def test_a_mail_that_is_nothing_but_the_attachment_is_replaced_whole(server):
    message = (
        b"From: a@example.org\r\nSubject: x\r\nDate: x\r\nMessage-ID: <1@x>\r\nMIME-Version: 1.0\r\nContent-Type: image/gif; name=bild.gif\r\n"
        b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\nR0lGODlhAQABAAAAADs=\r\n"
    )
    out = email.message_from_bytes(came_through(server, message))
    assert out.get_content_type() == "text/plain"
    assert len(out.get_all("Content-Type")) == len(out.get_all("MIME-Version")) == 1
    assert b"bild.gif" in out.get_payload(decode=True)


def test_a_quarantined_mail_is_held(server):
    before = server.held()
    assert server.send(for_action("quarantine")).startswith("250 ")
    end = time.monotonic() + 10
    while server.held() == before:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert "milter-hold: END-OF-MESSAGE" in server.log()


def test_a_refused_mail_is_refused_in_the_words_of_the_policy(server):
    assert server.send(for_action("reject")) == "550 5.7.1 Bitmaps are 100% unwanted"


def test_a_large_refused_mail_is_refused(server):
    assert server.send(mail("bild.bmp", FILES["reject"][1] + bytes(5_000_000))) == "550 5.7.1 Bitmaps are 100% unwanted"


def test_a_discarded_mail_is_taken_and_dropped(server):
    before = len(server.sink.mails)
    assert server.send(for_action("discard")).startswith("250 ")
    end = time.monotonic() + 10
    while "milter-discard" not in server.log():
        assert time.monotonic() < end
        time.sleep(0.05)
    assert len(server.sink.mails) == before


def test_a_mail_that_is_put_off_may_come_again(server):
    assert server.send(for_action("defer")).startswith("451 4.7.1 ")


def test_the_queue_number_of_postfix_is_in_our_log(server):
    before = len(server.sink.mails)
    answer = server.send(for_action("deliver"))
    server.delivered(before + 1)
    assert f"id={answer.split()[-1]} " in server.milter.text()


def test_a_daemon_that_dies_loses_no_mail(tmp_path):
    with daemon(tmp_path, "milter", "--listen", "127.0.0.1:0", "--policy", POLICY, "--workers", "1") as milter:
        host, port = milter.address("milter")
        with postfix(f"inet:{host}:{port}") as server:
            assert server.send(for_action("reject")).startswith("550")
            milter.process.kill()
            milter.process.wait()
            assert server.send(for_action("deliver")).startswith("451")
            assert server.sink.mails == []


def test_what_the_page_says_about_postfix_is_so(tmp_path_factory):
    """docs/gateway.md: the lines for main.cf are of this Postfix, and the demo's program is refused as shown."""
    import shlex
    import shutil
    import subprocess
    import sys

    from tests.external.postfix import _MAIN
    from tests.gateway.test_gateway_doc import COMMANDS, PAGE, ROOT

    tmp_path = tmp_path_factory.mktemp("page")
    settings = shlex.split(next(line for line in COMMANDS if line.startswith("postconf -e ")))[2:]
    assert all(f"{setting.partition('=')[0]} =" in _MAIN for setting in settings)
    subprocess.run([sys.executable, "examples/demo.py"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with daemon(tmp_path, "milter", "--listen", "127.0.0.1:0", "--workers", "1") as milter:
        host, port = milter.address("milter")
        with postfix(f"inet:{host}:{port}") as strict:
            program = (ROOT / "examples/inbox/program.eml").read_bytes()
            assert f"<** {strict.send(program)}" in PAGE
            if shutil.which("swaks") is not None:
                command = next(line for line in COMMANDS if line.startswith("swaks "))
                words = shlex.split(command.replace("127.0.0.1", f"127.0.0.1:{strict.port}"))
                done = subprocess.run(
                    words, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
                )
                assert "<** 550 5.7.1 Executable files are not accepted here" in done.stdout
