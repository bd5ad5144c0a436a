"""The streaming parser finds the leaves that mail clients show, however the message is cut."""

from __future__ import annotations

import base64
import email
import itertools
import random

import pytest
from benchmarks import workload
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from attachguard.limits import Limits
from attachguard.mail.message import EventKind, MessageParser


def parse(data: bytes, cuts=(), limits: Limits | None = None):
    """Leaves as [section, media type, names, content], and the anomalies."""
    parser = MessageParser(limits or Limits())
    leaves, anomalies = [], []

    def take(events):
        for event in events:
            if event.kind is EventKind.LEAF:
                leaves.append([event.entity.section, event.entity.media_type, event.entity.names, b""])
            elif event.kind is EventKind.CONTENT:
                leaves[-1][3] += event.content
            elif event.kind is EventKind.ANOMALY:
                anomalies.append((event.code, event.detail))

    places = [0, *sorted({cut for cut in cuts if cut < len(data)}), len(data)]
    for start, end in itertools.pairwise(places):
        take(parser.feed(data[start:end]))
    take(parser.close())
    return leaves, anomalies


MIXED = (
    b"From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\n"
    b"note to old readers\r\n--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n"
    b"--inner\r\nContent-Type: text/plain\r\n\r\nhello\r\n--inner\r\nContent-Type: text/html\r\n\r\n<p>hello\r\n--inner--\r\n"
    b"--outer\r\nContent-Type: message/rfc822\r\n\r\nFrom: b@example.org\r\nContent-Type: multipart/mixed; boundary=deep\r\n\r\n"
    b"--deep\r\nContent-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--deep--\r\n\r\n"
    b"--outer\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\n--not a delimiter\r\n\r\n--outer--\r\nepilogue\r\n"
)


def test_sections_are_numbered_as_imap_does():
    leaves, anomalies = parse(MIXED)
    assert leaves == [
        ["preamble", "text/plain", (), b"note to old readers"],
        ["1.1", "text/plain", (), b"hello"],
        ["1.2", "text/html", (), b"<p>hello"],
        ["2.1", "application/pdf", ("x.pdf",), b"%PDF-"],
        ["3", "text/plain", ("a.txt",), b"--not a delimiter\r\n"],
        ["epilogue", "text/plain", (), b"epilogue\r\n"],
    ]
    assert anomalies == []


@given(st.lists(st.integers(1, len(MIXED)), max_size=40))
@settings(deadline=None)
def test_the_cuts_change_nothing(cuts):
    assert parse(MIXED, cuts) == parse(MIXED)


def test_one_byte_at_a_time_changes_nothing():
    assert parse(MIXED, range(1, len(MIXED))) == parse(MIXED)


@given(st.binary(max_size=60), st.integers(0, len(MIXED)), st.lists(st.integers(1, len(MIXED)), max_size=10))
@example(b"\0\0", 285, [286])
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_message_gives_the_same_leaves_for_all_cuts(junk, place, cuts):
    data = MIXED[:place] + junk + MIXED[place + len(junk) :]
    assert parse(data, cuts) == parse(data)


@pytest.mark.parametrize("place", range(0, len(MIXED), 9))
def test_a_truncated_message_is_parsed_to_its_end(place):
    leaves, _anomalies = parse(MIXED[:place])
    assert len(leaves) <= 6


def test_line_feeds_alone_are_line_ends():
    assert [leaf[:3] for leaf in parse(MIXED.replace(b"\r\n", b"\n"))[0]] == [leaf[:3] for leaf in parse(MIXED)[0]]


@pytest.mark.parametrize("seed", range(6))
def test_workload_messages_agree_with_the_standard_library(seed):
    rng = random.Random(seed)
    raw = workload.message(rng, [workload.attachment(rng, kind, 5_000) for kind in ("pdf", "docx", "txt", "eml")])
    reference = [
        part.get_payload(decode=True) for part in email.message_from_bytes(raw).walk() if not part.is_multipart()
    ]
    mine = [leaf[3] for leaf in parse(raw)[0] if "preamble" not in leaf[0]]
    assert [content.strip() for content in mine] == [content.strip() for content in reference]


@pytest.mark.parametrize("junk", [b"\0\0", b"text --outer", b"--inner", b" \t x", b"x" * 2000])
def test_what_stands_behind_a_close_delimiter_is_never_a_line_of_its_own(junk):
    data = MIXED.replace(b"--inner--\r\n", b"--inner--" + junk + b"\r\n")
    for cut in range(data.index(b"--inner--"), data.index(b"--inner--") + 40):
        assert parse(data, [cut]) == parse(data)


def test_an_outer_delimiter_ends_what_is_open_inside():
    data = MIXED.replace(b"--inner--\r\n", b"")
    assert [leaf[0] for leaf in parse(data)[0]] == ["preamble", "1.1", "1.2", "2.1", "3", "epilogue"]


def test_a_delimiter_must_be_a_whole_line():
    body = b"text --outer\r\n--outerly\r\n --outer\r\n"
    data = b"Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n\r\n" + body + b"\r\n--outer--\r\n"
    assert parse(data)[0] == [["1", "text/plain", (), body]]


def test_a_multipart_whose_boundary_never_appears_still_shows_its_content():
    data = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=none\r\n\r\nhidden text\r\n"
    leaves, anomalies = parse(data)
    assert [leaf[3] for leaf in leaves] == [b"hidden text\r\n"]
    assert anomalies == [("malformed-mime", "multipart: its boundary never appears")]


def test_a_multipart_without_boundary_is_a_leaf():
    leaves, anomalies = parse(b"Subject: x\nContent-Type: multipart/mixed\n\ntext")
    assert leaves == [["1", "multipart/mixed", (), b"text"]]
    assert anomalies == [("malformed-mime", "multipart without a boundary")]


CUT = [("malformed-mime", "multipart: the message is cut, its close delimiter is missing")]


def test_a_last_delimiter_that_is_missing_is_a_habit():
    assert parse(MIXED[: MIXED.index(b"--outer--")])[1] == []
    assert parse(MIXED[: MIXED.index(b"--outer--")].rstrip(b"\r\n"))[1] == []


@pytest.mark.parametrize(
    ("part", "cut"),
    [
        (b"Content-Type: text/plain\r\n\r\nthe end", False), (b"", False), (b"Content-Type: text/pl", True), (b"Content-Type: text/plain\r\n", True),
        (b"Content-Transfer-Encoding: base64\r\n\r\nQUJD\r\n", False), (b"Content-Transfer-Encoding: base64\r\n\r\nQUJD", True),
        (b"Content-Transfer-Encoding: base64\r\n\r\nQUJDR\r\n", True), (b"Content-Transfer-Encoding: base64\r\n\r\nQUI=\r\n", False),
        (b"Content-Transfer-Encoding: quoted-printable\r\n\r\nend=4", True), (b"Content-Transfer-Encoding: quoted-printable\r\n\r\nend=", True),
        (b"Content-Transfer-Encoding: quoted-printable\r\n\r\nthe end", False),
    ],
)  # fmt: skip
def test_a_message_that_ends_inside_a_header_or_an_encoding_is_cut(part, cut):
    data = b"Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n\r\ntext\r\n--outer\r\n" + part
    for place in (1, len(data) - 3, len(data) - 1):
        assert parse(data, [place])[1][-1:] == (CUT if cut else [])


def test_a_header_without_end_is_cut_and_the_rest_is_body():
    limits = Limits(header_bytes=10_000)
    leaves, anomalies = parse(b"Subject: " + b"x" * 50_000, limits=limits)
    assert anomalies == [("malformed-mime", "header block larger than 10000 bytes")]
    assert leaves[0][3] == b"x" * (50_000 + 9 - 10_000)


def test_ten_thousand_nested_multiparts_stop_at_the_depth_limit():
    data = b"Subject: x\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(10_000)
    )
    leaves, anomalies = parse(data)
    assert ("resource-limit-exceeded", f"depth: nested deeper than {Limits().depth} levels") in anomalies
    assert len(leaves) == 1


def test_more_header_lines_than_a_scan_has_room_for_are_a_limit():
    """A million short lines in the headers of parts take seconds, however small each header is."""
    room = 30

    def spare(count: int) -> bool:
        nonlocal room
        room -= count
        return room >= 0

    parser = MessageParser(Limits(), spare)
    part = b"--b\r\n" + b"X: y\r\n" * 100 + b"\r\nhi\r\n"
    events = parser.feed(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 9) + parser.close()
    told = [event for event in events if event.kind is EventKind.ANOMALY]
    assert [event.code for event in told] == ["resource-limit-exceeded"]
    assert sum(event.kind is EventKind.LEAF for event in events) < 9


def test_hundreds_of_different_types_of_one_part_are_ambiguous_and_read_no_further():
    """That they differ is said; what the thousandth says makes no difference."""
    fields = b"".join(b"Content-Type: text/plain; name*0*=utf-8''x; a=%d\r\n" % number for number in range(5_000))
    parser = MessageParser(Limits())
    parser.feed(b"From: a@example.org\r\n" + fields + b"\r\nhi\r\n")
    parser.close()
    assert "duplicate-field" in {anomaly.kind for anomaly in parser.record.anomalies}


def test_bytes_without_any_field_are_a_body():
    leaves, anomalies = parse(b"this is no header\r\n\r\nat all\r\n")
    assert leaves[0][3] == b"this is no header\r\n\r\nat all\r\n"
    assert anomalies == [("malformed-mime", "a message without a header field")]


def test_a_digest_holds_messages():
    data = b"Content-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: one\n\nfirst\n--d--\n"
    assert parse(data)[0] == [["1.1", "text/plain", (), b"first"]]


def test_large_base64_arrives_whole():
    content = random.Random(3).randbytes(300_000)
    data = b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(content)
    assert parse(data, range(0, len(data), 4099))[0][0][3] == content


def spans(data: bytes, cuts=()):
    """(section, place, whole part, body) of every leaf and of every message inside, as the offsets say."""
    parser = MessageParser(Limits())
    places = [0, *sorted({cut for cut in cuts if cut < len(data)}), len(data)]
    events = [event for start, end in itertools.pairwise(places) for event in parser.feed(data[start:end])]
    ended = [
        event.entity
        for event in [*events, *parser.close()]
        if event.kind in (EventKind.LEAF_END, EventKind.MESSAGE_END)
    ]
    return [(each.section, data[each.begin : each.end], data[each.body : each.end]) for each in ended]


def test_offsets_say_where_each_part_stands_in_the_input():
    found = {section: (whole, body) for section, whole, body in spans(MIXED)}
    assert found["1.1"] == (b"Content-Type: text/plain\r\n\r\nhello", b"hello")
    assert found["2.1"][1] == b"JVBERi0="
    assert found["2"][0].startswith(b"Content-Type: message/rfc822\r\n\r\nFrom: b@")
    assert found["2"][0].endswith(b"--deep--\r\n")
    assert found["3"][0] == b"Content-Disposition: attachment; filename=a.txt\r\n\r\n--not a delimiter\r\n"
    assert found["preamble"] == (b"note to old readers",) * 2
    assert found["epilogue"] == (b"epilogue\r\n",) * 2
    assert found[""][0] == MIXED


@given(st.lists(st.integers(0, len(MIXED)), max_size=12))
def test_offsets_do_not_depend_on_the_chunks(cuts):
    assert spans(MIXED, cuts) == spans(MIXED)


def test_offsets_leave_out_the_mbox_line_and_hold_without_a_header():
    mbox = b"From a Sun Nov 22\nSubject: x\n\nbody\n"
    assert spans(mbox)[0] == ("1", b"Subject: x\n\nbody\n", b"body\n")
    assert spans(b"no header at all\n\nbody\n")[0][2] == b"no header at all\n\nbody\n"


def test_everything_below_multipart_signed_is_known_as_signed():
    data = (
        b"Content-Type: multipart/signed; boundary=S\r\n\r\n--S\r\nContent-Type: multipart/mixed; boundary=M\r\n\r\n"
        b"--M\r\n\r\nletter\r\n--M--\r\n--S\r\nContent-Type: application/pkcs7-signature\r\n\r\nx\r\n--S--\r\n"
    )
    parser = MessageParser(Limits())
    events = [*parser.feed(data), *parser.close()]
    assert [event.entity.signed for event in events if event.kind is EventKind.LEAF] == [True, True]
    plain = MessageParser(Limits())
    assert not any(event.entity.signed for event in [*plain.feed(MIXED), *plain.close()])


@pytest.mark.parametrize("length", [100, 3_000, 4_080, 4_096, 4_200, 9_000, 20_000])
@pytest.mark.parametrize("step", [1, 7, 4_096, 1 << 20])
def test_the_body_of_a_part_stays_whole_however_long_its_header_is(length, step):
    """The delimiter that ends a part is not one in its header, wherever the blank line is looked for."""
    data = (
        b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\nX-Long: "
        + b"a" * length
        + b"\r\n\r\nhallo\r\n--B--\r\n"
    )
    parser = MessageParser(Limits())
    events = [event for place in range(0, len(data), step) for event in parser.feed(data[place : place + step])]
    events += parser.close()
    assert b"".join(event.content for event in events if event.kind is EventKind.CONTENT) == b"hallo"
