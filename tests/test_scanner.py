"""The entry points: what goes in by any door, in any pieces, comes out as the same report."""

from __future__ import annotations

import base64
import io
import itertools
import random
import threading

import msgspec
import pytest
from benchmarks import workload
from hypothesis import given, settings
from hypothesis import strategies as st

from attachguard import Action, Envelope, Limits, Policy, Rules, Scanner
from attachguard.engine.scanner import failure_report
from attachguard.report import json

PROGRAM = workload.program(random.Random(1), 9_000)


def mail(*attachments: tuple[str, str, bytes], body: bytes = b"see attachment") -> bytes:
    parts = [b"Content-Type: text/plain\r\n\r\n" + body]
    for name, media_type, content in attachments:
        head = f'Content-Type: {media_type}\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        parts.append(head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(content))
    head = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    return (
        head
        + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n"
        + b"".join(b"--B\r\n" + part + b"\r\n" for part in parts)
        + b"--B--\r\n"
    )


CLEAN = mail(("brief.txt", "text/plain", b"Sehr geehrte Damen und Herren\n" * 20))
BAD = mail(("rechnung.pdf", "application/pdf", PROGRAM), ("brief.txt", "text/plain", b"text\n" * 2000))


@pytest.fixture(scope="module")
def city():
    return Scanner(Policy.load("kaiserslautern"))


@pytest.fixture(scope="module")
def audit():
    return Scanner(Policy.load("audit"))


def without_time(report):
    return msgspec.structs.replace(report, seconds=0.0, source="")


def stream(scanner: Scanner, data: bytes, cuts, kind="auto"):
    verdict = None
    places = [0, *sorted({cut for cut in cuts if cut < len(data)}), len(data)]
    with scanner.open(kind=kind) as scan:
        for start, end in itertools.pairwise(places):
            verdict = scan.feed(data[start:end])
            if verdict is not None:
                break
    return verdict, scan.close()


def test_every_door_gives_the_same_report(audit, tmp_path):
    path = tmp_path / "mail.eml"
    path.write_bytes(BAD)
    reports = [
        audit.scan(BAD),
        audit.scan(memoryview(BAD)),
        audit.scan(bytearray(BAD)),
        audit.scan(io.BytesIO(BAD)),
        audit.scan(path),
        stream(audit, BAD, [])[1],
    ]
    assert {report.kind for report in reports} == {"message"}
    assert len({json.encode(without_time(report)) for report in reports}) == 1


def test_a_message_is_recognised_and_kind_forces_it(audit):
    assert audit.scan(CLEAN).kind == "message"
    assert audit.scan(CLEAN, kind="file", name="x.eml").kind == "file"
    assert audit.scan(b"no mail at all", kind="message").kind == "message"
    with pytest.raises(ValueError, match="kind"):
        audit.open(kind="letter")


def test_the_report_tells_what_came_in(audit):
    import hashlib

    report = audit.scan(BAD, source="inbox/1.eml")
    assert (report.source, report.size) == ("inbox/1.eml", len(BAD))
    assert report.sha256 == report.parts[0].sha256 == hashlib.sha256(BAD).hexdigest()
    paths = [part.path for part in report.parts]
    assert paths == ["", "1", "2!/rechnung.pdf", "3!/brief.txt"]
    assert report.parts[2].sha256 == hashlib.sha256(PROGRAM).hexdigest()
    assert report.parts[2].type.id == "pe"


@given(st.lists(st.integers(1, len(BAD)), max_size=30))
@settings(deadline=None, max_examples=40)
def test_no_cut_changes_the_report_of_a_message(audit, cuts):
    verdict, report = stream(audit, BAD, cuts)
    assert verdict is None
    assert without_time(report) == without_time(audit.scan(BAD))


@given(st.lists(st.integers(1, len(BAD)), max_size=30))
@settings(deadline=None, max_examples=40)
def test_no_cut_changes_an_early_verdict(city, cuts):
    early, report = stream(city, BAD, cuts)
    full = city.scan(BAD).verdict
    assert early is not None
    assert (early.action, early.scope, early.notify) == (full.action, full.scope, full.notify)
    assert report.verdict == early
    assert not report.complete


def test_a_program_is_refused_before_the_rest_has_arrived(city):
    with city.open(kind="message") as scan:
        verdict = scan.feed(BAD[: BAD.index(b"\r\n\r\n", BAD.index(b"rechnung.pdf")) + 6000])
        assert verdict is not None
        assert verdict.action is Action.DISCARD
        assert scan.feed(b"whatever follows") is verdict
    report = scan.close()
    assert "executable-content" in report.verdict.reasons
    assert report.sha256 is None


def test_a_file_is_refused_on_its_head(city):
    with city.open(kind="file", name="rechnung.pdf") as scan:
        assert scan.feed(PROGRAM[:5000]) is not None


def test_a_clean_message_gives_no_early_verdict(city):
    verdict, report = stream(city, CLEAN, range(1, len(CLEAN), 50))
    assert verdict is None
    assert report.verdict.action.delivers
    assert report.complete


def test_a_closed_scan_gives_its_report_again_and_takes_nothing_more(audit):
    scan = audit.open()
    scan.feed(CLEAN)
    assert scan.close() is scan.close()
    with pytest.raises(ValueError, match="after close"):
        scan.feed(b"x")


@pytest.mark.parametrize("kind", ["auto", "message", "file"])
@pytest.mark.parametrize("data", [b"", b"\n", b"\0", b"\0" * 100_000, b"From ", b"PK", b"%PDF-", b"\xd0\xcf\x11\xe0"])
def test_degenerate_input_gives_a_report(audit, kind, data):
    report = audit.scan(data, kind=kind)
    assert report.parts
    assert "inspection-failed" not in {finding.code for finding in report.findings}


@pytest.mark.parametrize("kind", ["auto", "message", "file"])
def test_random_bytes_give_a_report(audit, kind):
    report = audit.scan(random.Random(5).randbytes(300_000), kind=kind)
    assert "inspection-failed" not in {finding.code for finding in report.findings}


def test_an_archive_fifty_levels_deep_ends_at_the_limit(city):
    data = b"the end"
    for level in range(50):
        data = workload.pack({f"level{level}.zip" if level else "end.txt": data})
    report = city.scan(data, kind="file", name="deep.zip")
    assert "resource-limit-exceeded" in report.verdict.reasons
    assert len(report.parts) <= Limits().depth + 1
    assert not report.complete


def test_a_bomb_is_stopped_and_named():
    limits = Limits(ratio=50, ratio_floor=1 << 20, bomb_bytes=4 << 20)
    scanner = Scanner(Policy.load("audit"), limits=limits)
    report = scanner.scan(workload.pack({"zeros.txt": bytes(8 << 20), "b.txt": b"hi"}), kind="file", name="b.zip")
    assert {"decompression-bomb"} <= {finding.code for finding in report.findings}


def test_too_many_parts_are_said_once():
    scanner = Scanner(Policy.load("audit"), limits=Limits(parts=10))
    report = scanner.scan(workload.pack({f"{n}.txt": b"x" for n in range(100)}), kind="file", name="many.zip")
    said = [finding for finding in report.findings if finding.code == "resource-limit-exceeded"]
    assert len(said) == 1
    assert len(report.parts) == 10
    assert not report.complete


def test_time_is_bounded_by_the_clock_that_is_given():
    ticks = iter(range(10**9))
    scanner = Scanner(Policy.load("strict"), limits=Limits(seconds=3), clock=lambda: float(next(ticks)))
    report = scanner.scan(workload.pack({f"{n}.txt": b"x" for n in range(100)}), kind="file", name="many.zip")
    assert "resource-limit-exceeded" in report.verdict.reasons
    assert not report.verdict.action.delivers


def test_a_part_beyond_its_limit_is_cut_and_said():
    scanner = Scanner(Policy.load("audit"), limits=Limits(part_bytes=1000))
    report = scanner.scan(BAD)
    assert "resource-limit-exceeded" in {finding.code for finding in report.findings}
    assert not report.complete
    assert "executable-content" not in {finding.code for finding in report.findings if finding.part == "1"}


@pytest.mark.parametrize("kind", ["message", "file"])
def test_input_without_end_is_read_up_to_the_limit(kind):
    class Endless:
        taken = 0

        def read(self, size: int) -> bytes:
            self.taken += size
            return b"x" * size

    endless = Endless()
    report = Scanner(Policy.load("strict"), limits=Limits(total_bytes=3 << 20)).scan(endless, kind=kind)
    assert endless.taken <= 4 << 20
    assert "resource-limit-exceeded" in {finding.code for finding in report.findings}
    assert not report.verdict.action.delivers
    assert not report.complete
    assert report.sha256 is None


def test_one_scanner_serves_many_threads(audit):
    expected = without_time(audit.scan(BAD))
    results = []
    threads = [threading.Thread(target=lambda: results.append(without_time(audit.scan(BAD)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8


def test_the_envelope_reaches_the_policy(city):
    report = city.scan(CLEAN, envelope=Envelope(spam=True))
    assert "spam" in report.verdict.reasons
    assert ("spam", "not-evaluated") in {(check.check, check.result) for check in city.scan(CLEAN).checks}


def test_a_report_survives_its_json(audit):
    report = audit.scan(BAD)
    assert json.decode(json.encode(report)) == report
    assert json.encode(report).startswith(b'{"schema":"attachguard.report/1"')
    assert b"sanitized" not in json.encode(report)


def test_a_scan_that_died_is_deferred_and_never_clean(city):
    report = failure_report(city, "mail.eml", "the scanning process died")
    assert report.verdict.action in (Action.DEFER, Action.QUARANTINE)
    assert report.verdict.reasons == ("scan-incomplete",)
    assert not report.complete


def test_without_rules_and_policy_the_defaults_are_strict_and_built_in():
    scanner = Scanner()
    assert scanner.policy.id == "strict"
    assert len(scanner.rules) == len(Rules.builtin()) > 0


def test_macros_in_a_forwarded_mail_count(city):
    inner = mail(("setup.exe", "application/octet-stream", PROGRAM))
    outer = mail(body=b"fyi").replace(
        b"--B--", b"--B\r\nContent-Type: message/rfc822\r\n\r\n" + inner.replace(b"B", b"C") + b"\r\n--B--"
    )
    assert city.scan(outer).verdict.action is not Action.DELIVER
