"""Hangul documents: script is told from the empty functions of every document, objects are taken out, passwords are reported."""

from __future__ import annotations

import pytest

from tests.fixtures.hwp import CODE, SAMPLES, document


def found(scan, data):
    return {(finding.code, finding.detail.partition(":")[0]) for finding in scan(data, "brief.hwp").findings}


@pytest.mark.parametrize("sample", ["plain/brief.hwp", "lookalike/brief.hwp"])
def test_an_ordinary_document_says_nothing(bare_scan, sample):
    assert found(bare_scan, SAMPLES[sample]()) == set()


@pytest.mark.parametrize("sample", ["script/brief.hwp", "stored/brief.hwp"])
def test_a_script_with_code_in_it_is_a_macro(bare_scan, sample):
    report = bare_scan(SAMPLES[sample](), "brief.hwp")
    assert report.parts[0].type.id == "hwp"
    assert ("macro-content", "HWP script") in found(bare_scan, SAMPLES[sample]())
    assert any(part.role == "layer" for part in report.parts)


def test_an_object_is_taken_out_and_judged(bare_scan):
    report = bare_scan(SAMPLES["object/brief.hwp"](), "brief.hwp")
    codes = {finding.code for finding in report.findings}
    assert {"embedded-object", "embedded-file", "executable-content"} <= codes


@pytest.mark.parametrize(
    ("bits", "state"), [(3, "unknown-password"), (1 << 4, "unknown-key"), (1 << 8 | 1, "unknown-key"), (5, "none")]
)
def test_what_locks_a_document_is_told_from_what_does_not(bare_scan, bits, state):
    assert bare_scan(document(properties=bits), "brief.hwp").parts[0].encryption == state


def test_an_item_that_is_not_deflated_is_taken_as_it_is(bare_scan):
    data = document(CODE, {"BIN0001.bin": b""}, properties=1)
    assert ("macro-content", "HWP script") in found(bare_scan, data)
