"""The milter front over a socket: every action, as the mail server is told of it."""

from __future__ import annotations

import email
import time
from pathlib import Path

import pytest

from tests.gateway.daemon import daemon
from tests.gateway.mails import FILES, for_action, mail
from tests.gateway.milterclient import Client, applied

POLICY = str(Path(__file__).with_name("actions.toml"))


@pytest.fixture(scope="module")
def milter(tmp_path_factory):
    folder = tmp_path_factory.mktemp("milter")
    with daemon(folder, "milter", "--listen", "inet:127.0.0.1:0", "--policy", POLICY, "--workers", "2") as running:
        yield running


@pytest.fixture
def client(milter):
    with milter.connect("milter") as connection:
        yield Client(connection)


def test_a_delivered_mail_gets_one_field_and_stays_as_it_is(client):
    message = for_action("deliver")
    reply = client.send(message)
    assert (reply.word, reply.body) == (b"c", None)
    ((index, name, value),) = reply.fields(b"i")
    assert (index, name) == (0, b"X-Attachguard")
    assert value.startswith(b" verdict=deliver; parts=3; policy=actions/1")
    assert applied(message, reply) == b"X-Attachguard:" + value + b"\r\n" + message


def test_fields_in_our_name_are_taken_out(client):
    forged = b"X-Attachguard: 1\r\nx-attachguard: 2\r\nX-Attachguard-Other: 3\r\nMIME-Ambiguity-Results: none\r\n"
    message = for_action("deliver", header=forged)
    out = email.message_from_bytes(applied(message, client.send(message)))
    assert len(out.get_all("X-Attachguard")) == 1
    assert out["X-Attachguard"].startswith("verdict=deliver")
    assert out["X-Attachguard-Other"] is None
    assert out["MIME-Ambiguity-Results"] is None


def test_a_flagged_mail_is_tagged(client):
    message = for_action("flag", subject="Ton")
    reply = client.send(message)
    assert reply.word == b"c"
    changes = [change for change in reply.fields(b"m") if change[1] == b"Subject"]
    assert len(changes) == 1
    assert changes[0][2].endswith(b"Ton")
    out = email.message_from_bytes(applied(message, reply))
    from email.header import decode_header, make_header

    assert str(make_header(decode_header(out["Subject"]))) == "[geprüft] Ton"


def test_a_withheld_attachment_is_replaced_in_the_mail(client):
    message = for_action("withhold")
    reply = client.send(message)
    assert reply.word == b"c"
    out = applied(message, reply)
    assert b"R0lGODlh" not in out
    read = email.message_from_bytes(out)
    assert read["Subject"] == "Antrag"
    assert b"bild.gif" in read.get_payload(1).get_payload(decode=True)
    assert reply.fields(b"i")[0][2].startswith(b" verdict=withhold")


def test_a_mail_that_is_nothing_but_the_attachment_gets_another_content_type(client):
    message = (
        b"From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: image/gif; name=bild.gif\r\n"
        b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\nR0lGODlhAQABAAAAADs=\r\n"
    )
    reply = client.send(message)
    out = email.message_from_bytes(applied(message, reply))
    assert out.get_content_type() == "text/plain"
    assert b"bild.gif" in out.get_payload(decode=True)
    assert out.get_content_disposition() != "attachment"
    assert out.get_all("MIME-Version") == ["1.0"]


def test_a_quarantined_mail_is_held(client):
    reply = client.send(for_action("quarantine"))
    assert reply.word == b"c"
    assert [content for command, content in reply.changes if command == b"q"] == [b"attachguard: type-blocked\0"]


def test_a_refused_mail_gets_the_words_of_the_policy(client):
    reply = client.send(for_action("reject"))
    assert (reply.word, reply.text) == (b"y", "550 5.7.1 Bitmaps are 100%% unwanted")


def test_a_discarded_mail_is_dropped(client):
    assert client.send(for_action("discard")).word == b"d"


def test_a_mail_that_is_put_off_may_come_again(client):
    reply = client.send(for_action("defer"))
    assert reply.word == b"y"
    assert reply.text == "451 4.7.1 The message cannot be checked now, please try again later"


def test_mail_after_mail_on_one_connection(client):
    words = {
        "deliver": b"c",
        "flag": b"c",
        "withhold": b"c",
        "quarantine": b"c",
        "reject": b"y",
        "discard": b"d",
        "defer": b"y",
    }
    for _ in range(3):
        assert {action: client.send(for_action(action)).word for action in FILES} == words


def test_a_mail_that_is_aborted_is_forgotten(client, milter):
    client.say(b"M", b"<a@example.org>\0")
    client.say(b"R", b"<b@example.net>\0")
    client.say(b"L", b"Subject\0 x\0")
    client.say(b"N")
    client.say(b"B", b"x" * 100_000)
    assert client.frame()[0] == b"c"
    client.say(b"A")
    assert client.send(for_action("deliver")).word == b"c"


def test_a_connection_may_begin_anew(client):
    client.send(for_action("deliver"))
    client.say(b"K")
    assert client.send(for_action("reject")).word == b"y"


def test_a_mail_server_that_can_do_little_is_served(milter):
    with milter.connect("milter") as connection:
        old = Client(connection, (2, 0, 0))
        assert old.send(for_action("deliver")).changes == []
        assert old.send(for_action("reject")).word == b"y"
        assert old.send(for_action("quarantine")).text.startswith("451")
        assert old.send(for_action("withhold")).text.startswith("451")


def test_the_whole_mail_is_judged_whatever_its_size(client):
    message = mail("bild.bmp", FILES["reject"][1] + bytes(3_000_000))
    assert client.send(message).word == b"y"


def test_what_is_no_mail_server_is_hung_up_on(milter):
    assert milter.ask("milter", b"GET / HTTP/1.1\r\n\r\n") == b""
    assert milter.ask("milter", b"\0\0\0\x01Q") == b""


def test_the_log_has_one_line_a_mail_and_nothing_of_its_content(client, milter):
    client.send(for_action("reject", subject="Geheim"), sender="jemand@example.org", number="4XYZ")
    line = milter.until(r".*id=4XYZ.*")
    assert "action=reject reasons=type-blocked" in line
    assert "Geheim" not in milter.text()
    assert "jemand" not in milter.text()


def test_a_final_verdict_ends_a_mail_before_its_end(tmp_path):
    """Under a policy that discards programs nothing can become stronger: the rest of the mail need not come."""
    with daemon(
        tmp_path, "milter", "--listen", "127.0.0.1:0", "--policy", "kaiserslautern", "--workers", "1"
    ) as running:
        with running.connect("milter") as connection:
            client = Client(connection)
            program = b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0\x64\x86" + bytes(200)
            message = mail("rechnung.exe", program + bytes(20_000_000))
            begun = time.monotonic()
            reply = client.send(message)
            assert reply.word in b"dy"
            assert time.monotonic() - begun < 10
        line = running.until(r".*front=milter.*")
        size = int(line.partition("bytes=")[2].split()[0])
        assert size < len(message) // 2


@pytest.mark.parametrize("name", ["xls", "gif"])
def test_what_is_delivered_is_the_copy_that_the_scanner_makes(tmp_path, name):
    from attachguard import Policy, Scanner
    from tests.fixtures import xls

    if name == "gif":
        policy, message = POLICY, for_action("withhold")
    else:
        policy = "disarm"
        message = mail("plan.xls", xls.SAMPLES["macro/plan.xls"]())
    report = Scanner(Policy.load(policy), rewrite=True).scan(message, kind="message")
    assert report.sanitized is not None
    with (
        daemon(tmp_path, "milter", "--listen", "127.0.0.1:0", "--policy", policy, "--workers", "1") as running,
        running.connect("milter") as connection,
    ):
        reply = Client(connection).send(message)
    out = applied(message, reply)
    first, _, rest = out.partition(b"\r\nFrom:")
    assert first.startswith(b"X-Attachguard: verdict=")
    assert b"From:" + rest == report.sanitized


@pytest.mark.parametrize("message", [b"X: " + b"y" * 3_000_000 + b"\r\n\r\nx\r\n", b"X: y\r\n\r\n" + b"z" * 3_000_000])
def test_more_than_a_mail_may_have_is_refused_for_good_whether_header_or_body(tmp_path, message):
    (tmp_path / "c.toml").write_text('workers = 1\n[milter]\nlisten = ["127.0.0.1:0"]\nmax-size = "1 MiB"\n')
    with daemon(tmp_path, "--config", str(tmp_path / "c.toml")) as running, running.connect("milter") as connection:
        client = Client(connection)
        for _ in range(2):
            reply = client.send(message)
            assert (reply.word, reply.text) == (b"y", "552 5.3.4 The message is too large to be inspected")
        client.say(b"A")
        assert client.send(for_action("deliver")).word == b"c"
