"""Compound files: what only some readers see is looked into, and told where there is something to it."""

from __future__ import annotations

import struct

from tests.ambiguity_files.compounds import MACROS
from tests.fixtures.cfb import build
from tests.fixtures.strays import SAMPLES
from tests.fixtures.vba import HARMLESS, MACRO, project


def told(report):
    return [finding.detail for finding in report.findings if finding.code == "archive-ambiguous"]


def test_the_second_stream_of_a_name_is_looked_into(scan):
    report = scan(SAMPLES["doubled/brief.doc"](), "brief.doc")
    assert told(report) == ["compound file: 1 streams have the name of another one"]
    assert "pe" in {part.type.id for part in report.parts}


def test_macros_behind_a_name_that_is_taken_are_found(scan):
    """Readers that go on to the last entry of a name run these."""
    harmless = build(project({"Module1": HARMLESS}, above="Macros/"))
    other = build(project({"Module2": MACRO}, above="Macros/"))
    assert harmless.count("Module1".encode("utf-16-le")) == other.count("Module2".encode("utf-16-le")) == 1
    both = build(
        {**project({"Module1": HARMLESS}, above="Macros/"), "Macros/VBA/Module2": project({"M": MACRO})["VBA/M"]}
    )
    renamed = both.replace(
        "Module2".encode("utf-16-le").ljust(64, b"\0"), "Module1".encode("utf-16-le").ljust(64, b"\0")
    )
    report = scan(renamed, "brief.doc")
    assert told(report)
    assert any("auto-exec" in f.detail for f in report.findings if f.code == "macro-content")


def test_macros_in_unused_sectors_are_graded(codes):
    hostile, harmless = MACROS["doc macros in unused sectors"]
    assert "macro-content" in codes(hostile(), "brief.doc")
    assert "macro-content" not in codes(harmless(), "brief.doc")


def test_a_version_that_contradicts_the_sectors_is_told(scan):
    data = build({"WordDocument": bytes(600)})
    assert told(scan(data[:26] + struct.pack("<H", 4) + data[28:], "brief.doc")) == [
        "compound file: sectors of 512 bytes in a file of version 4"
    ]


def test_remains_without_anything_to_them_are_nothing_to_tell(scan):
    assert told(scan(SAMPLES["lookalike/brief.doc"](), "brief.doc")) == []
