"""The milter protocol in recorded octets, and a mail put together again from them."""

from __future__ import annotations

import random
import struct

import msgspec
import pytest

from attachguard.gateway.fronts.milter import answers, codec
from attachguard.gateway.fronts.milter.codec import Codec, Frame, Refused
from attachguard.gateway.fronts.milter.mail import Connection, Mail
from attachguard.mail.authresults import AuthenticationResults


def frame(command: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", len(content) + 1) + command + content


#: What Postfix 3.7 sends for one mail.
OFFER = struct.pack(">III", 6, 0x1FF, 0x1FFFFF)
RECORDED = b"".join(
    (
        frame(b"O", OFFER),
        frame(b"D", b"Cj\0mx.example.net\0{daemon_name}\0mx.example.net\0v\0Postfix 3.7.11\0"),
        frame(b"C", b"localhost\x004\x9c\x40127.0.0.1\0"),
        frame(b"H", b"client.example.org\0"),
        frame(b"M", b"<a@example.org>\0SIZE=1221\0"),
        frame(b"R", b"<b@example.net>\0"),
        frame(b"D", b"Ti\x007CE9A20E478\0"),
        frame(b"L", b"From\0 a@example.org\0"),
        frame(b"L", b"Content-Type\0 multipart/mixed;\n boundary=B\0"),
        frame(b"L", b"X\0nospace\0"),
        frame(b"N"),
        frame(b"B", b"Guten Tag\r\n"),
        frame(b"E"),
        frame(b"A"),
        frame(b"Q"),
    )
)


def frames(data: bytes, step: int = 0) -> list[Frame]:
    talk = Codec()
    pieces = [data[place : place + step] for place in range(0, len(data), step)] if step else [data]
    return [each for piece in pieces for each in talk.receive(piece)]


def test_what_postfix_sends_is_understood():
    assert b"".join(command for command, _content in frames(RECORDED)) == b"ODCHMRDLLLNBEAQ"


@pytest.mark.parametrize("step", [1, 2, 3, 5, 64])
def test_how_the_octets_are_cut_makes_no_difference(step):
    assert frames(RECORDED, step) == frames(RECORDED)


def test_a_long_piece_of_a_body_is_passed_on_where_it_lies_and_a_long_field_is_not():
    octets = bytes(range(256)) * 300
    ((_command, body),) = frames(frame(b"B", octets))
    assert isinstance(body, memoryview)
    assert body == octets
    ((_command, field),) = frames(frame(b"L", b"Subject\0" + octets + b"\0"))
    assert field == b"Subject\0" + octets + b"\0"
    assert isinstance(field, bytes)


def test_a_short_piece_does_not_hold_on_to_all_that_came_with_it():
    octets = bytes(range(256)) * 300
    (_command, short), (_command, long) = frames(frame(b"B", octets[:5000]) + frame(b"B", octets))
    assert isinstance(short, bytes)
    assert (short, long) == (octets[:5000], octets)


def test_we_want_of_what_is_offered():
    talk = Codec()
    answer = talk.negotiate(OFFER)
    version, actions, steps = struct.unpack(">III", answer[5:])
    assert (version, actions) == (6, 0x33)
    assert steps & 0x100000
    assert not steps & 0x80000
    assert talk.owed == {b"B", b"E"}


def test_an_old_mail_server_gets_an_answer_to_everything():
    talk = Codec()
    version, actions, steps = struct.unpack(">III", talk.negotiate(struct.pack(">III", 2, 0x1F, 0x7F))[5:])
    assert (version, actions, steps) == (2, 0x13, 0)
    assert talk.owed == {b"C", b"H", b"M", b"R", b"T", b"U", b"L", b"N", b"B", b"E"}


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n\r\n", bytes(8), frame(b"?"), struct.pack(">I", 1 << 30) + b"B"])
def test_what_is_no_milter_protocol_is_refused(data):
    with pytest.raises(Refused):
        frames(data)


@pytest.mark.parametrize("content", [b"", b"\0\0\0\6", struct.pack(">III", 1, 0, 0)])
def test_an_offer_that_is_none_is_refused(content):
    with pytest.raises(Refused):
        Codec().negotiate(content)


def test_mutated_frames_are_refused_or_understood_and_never_an_error():
    chance = random.Random(6)
    for _ in range(10_000):
        data = bytearray(RECORDED)
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        talk, connection, mail = Codec(), Connection(), Mail()
        try:
            for command, content in talk.receive(bytes(data)):
                if command == b"O":
                    talk.negotiate(content)
                elif command == b"D":
                    connection.told(content)
                elif command == b"C":
                    connection.connected(content)
                elif command == b"R":
                    mail.recipient(content)
                elif command == b"L":
                    mail.field(content)
            mail.envelope(connection, "", mail.header(leading_space=True), None)
        except Refused:
            continue


def heard() -> tuple[Connection, Mail]:
    connection, mail = Connection(), Mail()
    for command, content in frames(RECORDED):
        if command == b"D":
            connection.told(content)
        elif command == b"C":
            connection.connected(content)
        elif command == b"H":
            connection.helo = codec.words(content)[0].decode()
        elif command == b"M":
            mail = Mail(codec.words(content)[0])
        elif command == b"R":
            mail.recipient(content)
        elif command == b"L":
            mail.field(content)
    return connection, mail


def test_the_header_is_put_together_octet_for_octet():
    _, mail = heard()
    assert mail.header(leading_space=True) == (
        b"From: a@example.org\r\nContent-Type: multipart/mixed;\r\n boundary=B\r\nX:nospace\r\n\r\n"
    )


def test_the_envelope_is_what_the_mail_server_said():
    connection, mail = heard()
    envelope = mail.envelope(connection, "vps", b"", None)
    assert envelope.sender == "a@example.org"
    assert envelope.recipients == ("b@example.net",)
    assert (envelope.client, envelope.helo, envelope.channel) == ("127.0.0.1", "client.example.org", "vps")
    assert envelope.sender_valid is None
    assert connection.number == "7CE9A20E478"


@pytest.mark.parametrize(
    ("header", "valid"),
    [
        (b"Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=a@example.org\r\n", True),
        (b"Authentication-Results: mx.example.net; spf=fail smtp.mailfrom=a@example.org\r\n", False),
        (b"Authentication-Results: other.example; spf=pass smtp.mailfrom=a@example.org\r\n", None),
        (b"Received: from x by y\r\nAuthentication-Results: mx.example.net; spf=pass smtp.mailfrom=a@example.org\r\n", None),
    ],
)  # fmt: skip
def test_only_results_of_trusted_servers_and_of_this_hop_are_believed(header, valid):
    connection, mail = heard()
    trusted = AuthenticationResults(["mx.example.net"])
    assert mail.envelope(connection, "", header, trusted).sender_valid is valid


def test_replies_double_the_per_cent_sign_and_are_ascii():
    assert codec.reply("550 5.7.1 100% würg") == frame(b"y", b"550 5.7.1 100%% w?rg\0")


def test_a_body_goes_out_in_frames_of_64_kilobytes():
    sent = frames(codec.body(b"x" * 200_000).replace(b"b", b"B"))
    assert [len(content) for _command, content in sent] == [65535, 65535, 65535, 3395]


def test_long_values_are_folded():
    value = answers._folded("; ".join(f"key{number}={'v' * 20}" for number in range(12)))
    assert max(map(len, value.split(b"\n"))) <= 80
    assert value.replace(b"\n\t", b" ") == "; ".join(f"key{number}={'v' * 20}" for number in range(12)).encode()


def test_the_number_in_the_queue_may_come_with_the_sender_and_is_never_that_of_the_mail_before():
    connection = Connection()
    connection.told(b"Mi\0FIRST\0{auth_type}\0i\0")
    assert connection.number == "FIRST"
    connection.told(b"M{mail_addr}\0a@example.org\0")
    assert connection.number == ""
    connection.told(b"T{i}\0SECOND\0")
    assert connection.number == "SECOND"


def tagged(tag: str, subject: bytes) -> bytes:
    """The new value of Subject."""
    mail = Mail()
    mail.field(b"Subject\0" + subject + b"\0")
    (change,) = answers._tagged(tag, mail, spaced=True)
    return change[9:].split(b"\0")[1]


@pytest.mark.parametrize("subject", [b" =?utf-8?Q?=C3=9Cbung?=", b" \n =?utf-8?Q?=C3=9Cbung?="])
def test_a_tag_and_a_subject_in_encoded_words_are_shown_with_a_blank_between_them(subject):
    from email.header import decode_header, make_header

    value = tagged("[gepr\u00fcft]", subject)
    assert str(make_header(decode_header(value.replace(b"\n", b"\r\n").decode()))) == "[gepr\u00fcft] \u00dcbung"


def test_a_long_tag_is_folded_as_the_protocol_wants_it_and_a_long_subject_moves_to_a_line_of_its_own():
    value = tagged("[Bitte pr\u00fcfen: Anh\u00e4nge dieser Nachricht wurden noch nicht ge\u00f6ffnet]", b" Antrag")
    assert b"\r" not in value
    assert value.count(b"\n ") == 1
    assert value.endswith(b" Antrag")
    assert tagged("[x]", b" " + b"y" * 980) == b" [x]\n " + b"y" * 980


@pytest.mark.parametrize(
    ("family", "written"), [(b"6", b"IPv6:2001:db8::1"), (b"6", b"2001:db8::1"), (b"4", b"192.0.2.1")]
)
def test_the_address_of_the_client_has_no_mark_before_it(family, written):
    connection = Connection()
    connection.connected(b"client.example.org\0" + family + b"\0\x19" + written + b"\0")
    assert connection.client == written.decode().removeprefix("IPv6:")


def test_mail_that_is_delivered_although_its_scan_failed_is_not_said_to_be_put_off():
    from attachguard import Action, Policy, Scanner
    from attachguard.gateway.serve.case import Judgement

    report = Scanner(Policy.load("strict")).scan(b"Subject: x\r\n\r\nx\r\n", kind="message")
    verdict = msgspec.structs.replace(report.verdict, action=Action.DEFER, reasons=("scan-incomplete",))
    failed = Judgement(Action.DELIVER, msgspec.structs.replace(report, verdict=verdict), failure="died")
    said = b"".join(answers.at_end(failed, Mail(), codec.WANTED_ACTIONS, codec.WANTED_STEPS, field=True))
    assert b"X-Attachguard\0 verdict=deliver; reasons=scan-incomplete;" in said
    assert said.endswith(codec.CONTINUE)
