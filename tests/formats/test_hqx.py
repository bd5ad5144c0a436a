"""BinHex: both forks, run lengths, letters that quote its sentence."""

from __future__ import annotations

import hashlib

from attachguard import Limits, Policy, Scanner
from tests.fixtures import hqx


def test_data_fork_is_decoded_to_the_octet(scan):
    report = scan(hqx.SAMPLES["file/vertrag.hqx"](), "vertrag.hqx")
    assert [part.name for part in report.parts[1:]] == ["Vertrag.pdf"]
    assert report.parts[1].sha256 == hashlib.sha256(hqx.PDF).hexdigest()


def test_resource_fork_is_a_part(scan):
    report = scan(hqx.SAMPLES["fork/vertrag.hqx"](), "vertrag.hqx")
    assert [(part.name, part.size) for part in report.parts[1:]] == [
        ("Vertrag.pdf", len(hqx.PDF)),
        ("Vertrag.pdf.rsrc", 13),
    ]


def test_letter_that_quotes_the_sentence_is_a_letter(scan):
    report = scan(hqx.SAMPLES["lookalike/brief.txt"](), "brief.txt")
    assert len(report.parts) == 1
    assert "malformed-file" not in {finding.code for finding in report.findings}


def test_cut_file_is_given_and_called_broken(scan):
    report = scan(hqx.SAMPLES["truncated/vertrag.hqx"](), "vertrag.hqx")
    assert report.parts[1].size
    assert "malformed-file" in {finding.code for finding in report.findings}


def test_runs_that_swell_without_end_are_stopped():
    scanner = Scanner(Policy.load("audit"), limits=Limits(ratio_floor=1 << 16, ratio=5))
    report = scanner.scan(hqx.binhex(b"a", bytes(200 * 4000)), name="a.hqx", kind="file")
    assert {"decompression-bomb", "resource-limit-exceeded"} & {finding.code for finding in report.findings}
