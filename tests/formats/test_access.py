"""Access databases: code in modules is a macro, attributes alone and data are not."""

from __future__ import annotations

import pytest

from tests.fixtures.access import SAMPLES, database


def macros(report):
    return [finding.detail for finding in report.findings if finding.code == "macro-content"]


def test_a_module_with_code_is_a_macro_with_its_grade(bare_scan):
    report = bare_scan(SAMPLES["macro/daten.accdb"](), "daten.accdb")
    assert report.parts[0].type.id == "accdb"
    (detail,) = macros(report)
    assert detail.startswith("VBA (auto-exec, suspicious): 1 modules in an Access database")
    assert [part.role for part in report.parts] == ["attachment", "layer"]


def test_harmless_code_has_no_grade(bare_scan):
    assert macros(bare_scan(SAMPLES["macro/daten.mdb"](), "daten.mdb"))[0].startswith("VBA: 1 modules")


@pytest.mark.parametrize(
    "data", [database(), SAMPLES["lookalike/daten.accdb"](), database("Attribut ist ein Wort\n" * 20)]
)
def test_a_database_without_code_says_nothing(bare_scan, data):
    assert macros(bare_scan(data, "daten.accdb")) == []


def test_a_module_that_is_cut_is_seen_as_far_as_it_goes(bare_scan):
    assert macros(bare_scan(SAMPLES["truncated/daten.accdb"](), "daten.accdb"))
