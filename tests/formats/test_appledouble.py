"""AppleSingle and AppleDouble: forks are parts, empty ones are not."""

from __future__ import annotations

from tests.fixtures import appledouble


def test_data_fork_bears_the_real_name(scan):
    report = scan(appledouble.SAMPLES["single/vertrag.as"](), "vertrag.as")
    assert [(part.name, part.type.id) for part in report.parts[1:]] == [("Vertrag.pdf", "pdf")]


def test_resource_fork_is_a_part(scan):
    report = scan(appledouble.SAMPLES["double/._vertrag.pdf"](), "._vertrag.pdf")
    assert [(part.name, part.size) for part in report.parts[1:]] == [("._vertrag.pdf.rsrc", 400)]


def test_empty_resource_fork_is_nothing(scan):
    assert len(scan(appledouble.SAMPLES["lookalike/._vertrag.pdf"](), "._vertrag.pdf").parts) == 1


def test_cut_fork_is_given_and_called_broken(scan):
    report = scan(appledouble.SAMPLES["truncated/vertrag.as"](), "vertrag.as")
    assert report.parts[1].type.id == "pdf"
    assert "malformed-file" in {finding.code for finding in report.findings}
