"""clamd's protocol in recorded octets: commands, sessions, streams, and what is not one of them."""

from __future__ import annotations

import random

import pytest

from attachguard.gateway.fronts.clamd.codec import Codec, Command, Data, Descriptor, StreamEnd, TooLong
from attachguard.gateway.fronts.clamd.mbox import Preamble

#: What clients sent (rspamd 3.4, Exim 4.96, clamdscan 1.4.6, Haraka 3.3.4, Nextcloud), shortened in the content.
RECORDED = {
    "rspamd": b"zINSTREAM\0\0\0\0\x05hello\0\0\0\0",
    "exim over a socket": b"SCAN /var/spool/exim4/scan/1a-2b-3c/1a-2b-3c.eml\n",
    "clamdscan --fdpass": b"zFILDES\0\0",
    "clamdscan --fdpass -m": b"zIDSESSION\0zFILDES\0\0zFILDES\0\0zEND\0",
    "nextcloud": b"nINSTREAM\n\0\0\0\x02hi\0\0\0\x03 yo\0\0\0\0",
    "amavis": b"CONTSCAN /var/lib/amavis/tmp/parts\n",
}


def told(data: bytes, longest: int = 1 << 20, step: int = 0) -> list[object]:
    """The events; content of one stream in one piece."""
    codec = Codec(longest)
    pieces = [data[place : place + step] for place in range(0, len(data), step)] if step else [data]
    events: list[object] = []
    for piece in pieces:
        for event in codec.receive(piece):
            if isinstance(event, Data) and events and isinstance(events[-1], Data):
                events[-1] = Data(events[-1].content + event.content)
            else:
                events.append(event)
    return events


def test_a_part_from_rspamd_is_a_stream():
    command, data, end = told(RECORDED["rspamd"])
    assert command == Command("INSTREAM", b"", 0, b"\0")
    assert command.reply("stream: OK") == b"stream: OK\0"
    assert data == Data(b"hello")
    assert end == StreamEnd()


def test_chunks_of_a_stream_are_put_together():
    assert told(RECORDED["nextcloud"])[1] == Data(b"hi yo")


def test_the_content_of_a_long_stream_is_passed_on_where_it_lies():
    octets = bytes(range(256)) * 300
    _, data, end = Codec(1 << 20).receive(b"zINSTREAM\0" + len(octets).to_bytes(4, "big") + octets + bytes(4))
    assert isinstance(data, Data)
    assert isinstance(data.content, memoryview)
    assert data.content == octets
    assert end == StreamEnd()


def test_old_commands_are_answered_in_lines():
    (command,) = told(RECORDED["exim over a socket"])
    assert command.name == "SCAN"
    assert command.argument == b"/var/spool/exim4/scan/1a-2b-3c/1a-2b-3c.eml"
    assert command.reply("x: OK") == b"x: OK\n"
    assert told(b"PING\r\n")[0].name == "PING"


def test_a_stream_or_a_session_needs_its_prefix():
    assert [told(word)[0].name for word in (b"INSTREAM\n", b"IDSESSION\n", b"STATS\n")] == ["UNKNOWN"] * 3


def test_a_session_numbers_its_commands():
    events = told(RECORDED["clamdscan --fdpass -m"])
    assert [type(event) for event in events] == [Command, Command, Descriptor, Command, Descriptor, Command]
    assert events[1].reply("fd[7]: OK") == b"1: fd[7]: OK\0"
    assert events[3].reply("fd[8]: OK") == b"2: fd[8]: OK\0"
    assert events[5].name == "END"


def test_what_does_not_belong_into_a_session_is_refused_there():
    assert told(b"zIDSESSION\0zCONTSCAN /x\0zFOO\0")[1:] == [
        Command("INVALID", b"/x", 1, b"\0"),
        Command("INVALID", b"", 2, b"\0"),
    ]


def test_a_stream_may_not_be_longer_than_allowed():
    assert told(b"zINSTREAM\0\0\0\0\x05hello\0\0\0\x06", longest=10)[-1] == TooLong()
    assert told(b"zINSTREAM\0\xff\xff\xff\xff", longest=10)[-1] == TooLong()


def test_a_command_may_not_be_longer_than_a_path():
    assert told(b"z" + b"x" * 9000)[-1].name == "TOOLONG"


@pytest.mark.parametrize("name", RECORDED)
def test_how_the_octets_are_cut_makes_no_difference(name):
    whole = told(RECORDED[name])
    assert all(told(RECORDED[name], step=step) == whole for step in (1, 2, 3, 7))


def test_mutated_octets_give_events_and_never_an_error():
    chance = random.Random(3310)
    seeds = list(RECORDED.values())
    for _ in range(10_000):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        told(bytes(data), longest=1000, step=chance.choice((0, 1, 5)))


EXIM = b"From a@example.org Mon Nov 30 10:00:00 2026\nX-Envelope-From: <a@example.org>\nX-Envelope-To: b@example.net, c@example.net\n"


@pytest.mark.parametrize("step", [1, 7, 1000])
@pytest.mark.parametrize("gap", [b"", b"\n", b"\r\n"])
def test_what_exim_puts_in_front_is_taken_off(step, gap):
    data = EXIM + gap + b"Subject: x\n\nFrom here\n"
    preamble = Preamble()
    rest = b"".join(preamble.take(data[place : place + step]) for place in range(0, len(data), step)) + preamble.rest()
    assert rest == b"Subject: x\n\nFrom here\n"
    assert preamble.sender == "a@example.org"
    assert preamble.recipients == ("b@example.net", "c@example.net")
    assert preamble.gap == bool(gap)


@pytest.mark.parametrize(
    "data", [b"", b"F", b"From", b"From me to you\n", b"From a\nSubject: x\n\n", b"Received: x\n", b"\0\1"]
)
def test_what_is_not_from_exim_stays_as_it_is(data):
    preamble = Preamble()
    assert preamble.take(data) + preamble.rest() == data
    assert not preamble.found
