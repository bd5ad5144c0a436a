"""Whatever is put into a message, wherever: the verdict gets no milder, and does not depend on how the message was cut."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attachguard import Policy, Rules, Scanner
from tests.ambiguity.anomalies import ANOMALIES, apply, messages
from tests.ambiguity.build import EXE, lines, multipart, note, part

QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


@pytest.fixture(scope="module")
def strict() -> Scanner:
    return Scanner(Policy.load("strict"), rules=Rules.empty())


def codes(report) -> set[str]:
    return {finding.code for finding in report.findings}


@given(messages(), st.lists(st.tuples(st.sampled_from(sorted(ANOMALIES)), st.integers(0, 99)), min_size=1, max_size=3))
@settings(max_examples=400, **QUIET)
def test_anomalies_in_a_random_message_never_make_the_verdict_milder(strict, message, anomalies):
    plain = strict.scan(message, kind="message")
    assert "executable-content" in codes(plain)
    assert "ambiguous-mime" not in codes(plain)
    spliced = message
    for name, pick in anomalies:
        spliced = apply(spliced, name, pick)
    report = strict.scan(spliced, kind="message")
    assert report.verdict.action.strength >= plain.verdict.action.strength
    assert "inspection-failed" not in codes(report)
    # More than the verdict: the program itself is found, under every anomaly and several at once.
    assert "executable-content" in codes(report)


def stream(scanner: Scanner, data: bytes, cuts):
    places = [0, *sorted({cut for cut in cuts if 0 < cut < len(data)}), len(data)]
    with scanner.open(kind="message") as scan:
        for start, end in itertools.pairwise(places):
            scan.feed(data[start:end])
    return scan.close()


#: What turns one message into two, and some noise.
SPLICES = [
    b"\0", b"\r", b"\n", b"\r\n", b"\r\r", b"\n\r", b" ", b"\t", b"=", b"==", b"(", b")", b'"', b";", b":", b"=?us-ascii?Q?x?=", b"junk\r\n",
    b"--grenze-17\r\n", b" --grenze-17\r\n", b"--grenze-17--\r\n", b"--grenze-17-mehr\r\n", b"\r\n\r\n", b"\r\n \r\n", b"!", b"7bit",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: 7bit\r\n", b"Content-Type: text/plain\r\n",
    b"Content-Type: multipart/mixed; boundary=bar\r\n", b"; boundary=foo", b"begin 644 x\r\n",
]  # fmt: skip

PLAIN = multipart(note(), part(lines(b"\x89PNG\r\n\x1a\n" + bytes(90))))
SPLICED = st.lists(st.tuples(st.integers(0, len(PLAIN)), st.sampled_from(SPLICES)), min_size=1, max_size=4)


def splice(data: bytes, pieces) -> bytes:
    for place, piece in sorted(pieces, reverse=True):
        data = data[:place] + piece + data[place:]
    return data


@given(SPLICED, st.lists(st.integers(1, len(PLAIN)), max_size=6))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anomalies_in_a_message_never_depend_on_the_cuts(strict, pieces, cuts):
    data = splice(PLAIN, pieces)
    whole = strict.scan(data, kind="message")
    assert "inspection-failed" not in codes(whole)
    streamed = stream(strict, data, cuts)
    if streamed.complete:
        assert codes(streamed) == codes(whole)
    assert streamed.verdict.action is whole.verdict.action


HOSTILE = multipart(part(EXE), note())
#: Where nothing may be spliced in: the encoded program, which it would only damage; and what makes it an attachment to anybody, the names of
#: fields and the delimiters. With another letter in them they are other words, to every reader.
WORDS = re.compile(
    re.escape(EXE)
    + rb"|content-(?:type|transfer-encoding|disposition):|multipart/mixed|boundary=|base64\r\n(?=\r\n)|--grenze-17",
    re.IGNORECASE,
)
INSIDE = {place for word in WORDS.finditer(HOSTILE) for place in range(word.start(), word.end())}
OUTSIDE = [place for place in range(len(HOSTILE)) if place not in INSIDE]
#: A blank line in the middle of a field ends the header for all; one between two fields does not.
ENDS = re.compile(rb"\r\n$")


@given(st.lists(st.tuples(st.sampled_from(OUTSIDE), st.sampled_from(SPLICES)), min_size=1, max_size=3))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anomalies_never_make_the_verdict_milder(strict, pieces):
    breaks = [piece for piece in pieces if piece[1][-1:] in (b"\r", b"\n")]
    # A blank line in the middle of a field ends the header, for all; a colon in a line that begins there makes a field of its own of it.
    pieces = [
        piece
        for piece in pieces
        if piece not in breaks[1:]
        and (piece[1] != b"\r\n\r\n" or ENDS.search(HOSTILE[: piece[0]]))
        and (piece[1] != b":" or piece[0] not in {place for place, _ in breaks})
    ]
    assert (
        strict.scan(splice(HOSTILE, pieces), kind="message").verdict.action.strength
        >= strict.scan(HOSTILE, kind="message").verdict.action.strength
    )
