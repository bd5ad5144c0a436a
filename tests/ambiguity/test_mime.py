"""Where two mail clients would see different things, both are inspected; where they would not, ordinary mail goes through."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attachguard import Limits, Policy, Rules, Scanner
from attachguard._core.mime import plain_lines
from attachguard.limits import Budget
from attachguard.mail.message import MessageParser, Record
from attachguard.mail.readings import grammar, names, review, union
from tests import HANG
from tests.ambiguity.build import EXE, LETTER, PROGRAM, TXT, Case, cte, head, lines, multipart, note, part
from tests.ambiguity.cases import cases
from tests.ambiguity.fragments import fragments
from tests.ambiguity.positions import POSITIONS

CASES = cases()
FRAGMENTS = list(fragments())
PAYLOAD = {"executable-content", "script-content"}


@pytest.fixture(scope="module")
def strict() -> Scanner:
    return Scanner(Policy.load("strict"), rules=Rules.empty())


def codes(report) -> set[str]:
    return {finding.code for finding in report.findings}


def stream(scanner: Scanner, data: bytes, cuts):
    places = [0, *sorted({cut for cut in cuts if 0 < cut < len(data)}), len(data)]
    with scanner.open(kind="message") as scan:
        for start, end in itertools.pairwise(places):
            scan.feed(data[start:end])
    return scan.close()


def told(report):
    findings = [(finding.code, finding.part, finding.detail) for finding in report.findings]
    return findings, [(part.path, part.sha256, part.types) for part in report.parts]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hidden_payload_is_found(strict, case: Case):
    report = strict.scan(case.hostile, kind="message")
    assert codes(report) & PAYLOAD
    assert not report.verdict.action.delivers
    assert "inspection-failed" not in codes(report)


@pytest.mark.parametrize("case", [*CASES, *FRAGMENTS], ids=lambda case: case.name)
def test_its_ordinary_twin_goes_through(strict, case: Case):
    report = strict.scan(case.benign, kind="message")
    assert report.verdict.action.delivers
    assert "ambiguous-mime" not in codes(report)


@pytest.mark.parametrize("case", FRAGMENTS, ids=lambda case: case.name)
def test_what_is_not_there_is_never_put_together_nor_fetched(strict, case: Case):
    report = strict.scan(case.hostile, kind="message")
    assert codes(report) & {"message-fragment", "external-body"}
    assert not report.verdict.action.delivers


@pytest.mark.parametrize("position", POSITIONS)
def test_a_trick_is_seen_in_every_position(strict, position):
    place = POSITIONS[position]
    offset = list(POSITIONS).index(position)
    for case in CASES[offset :: len(POSITIONS)]:
        assert codes(strict.scan(place(case.hostile), kind="message")) & PAYLOAD, case.name
        benign = strict.scan(place(case.benign), kind="message")
        assert benign.verdict.action.delivers, case.name
        assert "ambiguous-mime" not in codes(benign), case.name
    for case in FRAGMENTS[offset :: len(POSITIONS)]:
        assert codes(strict.scan(place(case.hostile), kind="message")) & {"message-fragment", "external-body"}, (
            case.name
        )


@pytest.mark.parametrize(("size", "number"), [(1, 0), (7, 1), (4096, 2)])
def test_the_cuts_change_nothing(size, number):
    audit = Scanner(Policy.load("audit"), rules=Rules.empty())
    for case in [*CASES, *FRAGMENTS][number :: 9 if size == 1 else 3]:
        whole = audit.scan(case.hostile, kind="message")
        pieces = stream(audit, case.hostile, range(0, len(case.hostile), size))
        assert told(pieces) == told(whole), case.name


def parsed(data: bytes) -> Record:
    parser = MessageParser(Limits())
    parser.feed(data)
    parser.close()
    return parser.record


def test_a_well_formed_message_has_no_departures():
    assert parsed(multipart(note(), part(EXE))).anomalies == []


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (multipart(note()).replace(b"\r\n", b"\n"), "lf-line-ends"),
        (multipart(note()).replace(b"Subject: ", b"Subject: \xfc"), "eight-bit-header"),
        (multipart(note()).replace(b"MIME-Version: 1.0\r\n", b""), "no-mime-version"),
        (multipart(note())[:-20], "no-close-delimiter"),
        (multipart(note(TXT.strip().rstrip(b"=") + b"Q\r\n")), "base64-cut"),
    ],
)
def test_harmless_departures_are_recorded_and_no_more(data, kind, strict):
    seen = parsed(data)
    assert kind in {anomaly.kind for anomaly in seen.anomalies}
    assert not seen.ambiguous
    assert "ambiguous-mime" not in codes(strict.scan(data, kind="message"))


def test_a_departure_knows_where_it_stands():
    data = multipart(note(encoding=cte(b"base64 (7bit)")))
    (anomaly,) = parsed(data).anomalies
    assert anomaly.kind == "encoding-syntax"
    assert data[anomaly.begin : anomaly.end] == b"base64 (7bit)"


def test_every_class_is_explained_and_weighed():
    assert {severity for severity, _text in grammar.CLASSES.values()} == {"recorded", "ambiguous"}
    assert set(grammar.DECODER_CLASSES.values()) <= set(grammar.CLASSES)


def test_the_finding_names_the_classes(strict):
    report = strict.scan(multipart(part(EXE, encoding=cte(b"7bit") + cte(b"base64"))), kind="message")
    (finding,) = [finding for finding in report.findings if finding.code == "ambiguous-mime"]
    assert finding.detail == "readings differ: duplicate-field (1 further)"
    assert any("@reading" in record.path for record in report.parts)


def test_a_message_too_large_to_keep_says_so(strict, monkeypatch):
    monkeypatch.setattr(review, "KEPT", 100)
    odd = strict.scan(multipart(note(encoding=cte(b"base64 (x)"))), kind="message")
    assert "too-large-to-compare" in {finding.kind for finding in odd.findings}
    assert "ambiguous-mime" not in codes(strict.scan(multipart(note()), kind="message"))


def test_more_readings_than_are_followed_are_ambiguous(strict):
    twice = cte(b"7bit") + cte(b"base64")
    report = strict.scan(
        multipart(*(note(lines(b"Text Nummer %d" % number), encoding=twice) for number in range(40))), kind="message"
    )
    (finding,) = [finding for finding in report.findings if finding.code == "ambiguous-mime"]
    assert "more readings than are followed" in finding.detail
    assert sum("@reading" in record.path for record in report.parts) == union.MOST_PARTS


def test_a_trick_in_an_attached_message_is_seen(strict):
    inner = multipart(part(EXE, encoding=cte(b"7bit") + cte(b"base64"))).replace(b"grenze-17", b"innen")
    shown = b"Content-Disposition: attachment; filename=fwd.eml\r\n"
    report = strict.scan(multipart(part(lines(inner), shown=shown)), kind="message")
    assert {"executable-content", "ambiguous-mime"} <= codes(report)


def test_two_tricks_in_one_message_cost_their_sum(strict):
    body = b"!".join(EXE[at : at + 4] for at in range(0, len(EXE), 4))
    data = multipart(part(body, encoding=cte(b"7bit") + cte(b"base64"))).replace(
        b"boundary=", b"boundary=foo; boundary="
    )
    report = strict.scan(data, kind="message")
    assert {"executable-content", "ambiguous-mime"} <= codes(report)


def test_a_trick_many_levels_deep_is_seen_or_the_depth_is_told(strict):
    for depth, expected in ((14, "executable-content"), (40, "resource-limit-exceeded")):
        inside = part(EXE, encoding=cte(b"7bit") + cte(b"base64"))
        for level in range(depth):
            boundary = b"stufe-%d" % level
            kind = b"Content-Type: multipart/mixed; boundary=" + boundary + b"\r\n\r\n--" + boundary + b"\r\n"
            inside = kind + inside + b"\r\n--" + boundary + b"--\r\n"
        report = strict.scan(head(b"").removesuffix(b"\r\n") + inside, kind="message")
        assert expected in codes(report)
        assert not report.verdict.action.delivers


def test_hostile_repetition_is_bounded(strict):
    many = (
        head(b"Content-Type: multipart/mixed; boundary=b\r\n")
        + b"--bx\r\nContent-Type: text/plain, text/html\r\n\r\nx\r\n" * 20_000
    )
    report = strict.scan(many, kind="message")
    assert "ambiguous-mime" in codes(report)
    assert report.seconds < HANG


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"attachment; filename=a.txt", ["a.txt"]),
        (b'attachment; filename="a.vbs\0.txt"', ["a.vbs\0.txt", "a.vbs.txt", "a.vbs"]),
        (b"attachment; filename*1=.exe; filename*0=a", ["a.exe", ".exea"]),
        (b"attachment; filename=a b.exe", ["a b.exe", "a"]),
        (b"attachment; filename*=utf-8'de'a.exe", ["a.exe"]),
    ],
)
def test_every_reading_of_a_name_is_a_candidate(value, expected):
    assert names.candidates([value]) == expected


@given(st.binary(max_size=200))
def test_no_header_makes_the_readings_fail(block):
    top = b"Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: " + block
    data = top + b"\r\n\r\n--b\r\nContent-Type: " + block + b"\r\n\r\ntext\r\n--b--\r\n"
    readings = union.read(data, parsed(data).leaves, Budget(Limits()))
    assert len(readings.further) <= union.MOST_PARTS


@pytest.mark.parametrize(
    ("block", "plain"),
    [
        (b"A: b\r\nC: d\r\n e: f\r\n", True), (b"A: b\nC: d :)\n", True), (b"", True), (b"A: b\r\nC: d\n", False), (b"A: b\rC: d\r\n", False),
        (b"A: \0\r\n", False), (b" A: b\r\n", False), (b"A : b\r\n", False), (b"A: b\r\n \r\nC: d\r\n", False),
        (b"A: b\r\n Content-Type: x/y\r\n", False), (b"A: b\r\n cd\r\n", True), (b"A: b\n ", False),
    ],
)  # fmt: skip
def test_plain_lines_are_split_alike_by_all(block, plain):
    assert plain_lines(block) is plain


def test_the_program_of_the_cases_is_one(strict):
    assert "executable-content" in codes(strict.scan(PROGRAM, kind="file"))
    assert strict.scan(LETTER, kind="file").verdict.action.delivers
