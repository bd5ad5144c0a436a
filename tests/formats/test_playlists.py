"""Playlists: a network path in one is followed by itself, a stream of the web is what it is for."""

from __future__ import annotations

import pytest

from attachguard import Policy, Scanner
from tests.fixtures.playlists import SAMPLES


@pytest.mark.parametrize("sample", [name for name in SAMPLES if name.startswith(("share/", "folder/", "script/"))])
def test_what_hands_over_credentials_or_runs_is_refused(sample):
    report = Scanner(Policy.load("strict")).scan(SAMPLES[sample](), name=sample.rpartition("/")[2])
    assert {finding.code for finding in report.findings} == {"external-reference"}
    assert report.verdict.action.name == "REJECT"


@pytest.mark.parametrize(
    "sample", [name for name in SAMPLES if name.startswith(("plain/", "lookalike/", "truncated/"))]
)
def test_streams_and_files_are_nothing(bare_scan, sample):
    report = bare_scan(SAMPLES[sample](), sample.rpartition("/")[2])
    assert "external-reference" not in {finding.code for finding in report.findings} or "truncated" in sample
