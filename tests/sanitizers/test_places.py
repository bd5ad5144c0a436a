"""Whatever the scan finds in odd places of documents can be taken out there; what is next to it stays."""

from __future__ import annotations

import struct

import pytest

from attachguard import Policy, Rules, Scanner
from tests.fixtures import ooxml
from tests.relatives.judged import action
from tests.relatives.test_office_links import MADE
from tests.relatives.test_styles import ACTING, SHARES, page
from tests.sanitizers.built import PARAGRAPH, unpacked
from tests.sanitizers.places import flat

DISARM = Scanner(Policy.load("disarm"), rules=Rules.empty(), rewrite=True)
ODD = [*((name, data) for name, data, _ in MADE), *(("a.html", page(style)) for style in (*ACTING, *SHARES))]


@pytest.mark.parametrize(("name", "data"), ODD)
def test_what_is_found_is_taken_out(name, data):
    report = DISARM.scan(data, name=name)
    assert report.sanitized is not None, [finding.detail for finding in report.findings]
    assert report.removed
    assert action(report.sanitized, report.sanitized_name or name) in ("deliver", "flag")
    assert DISARM.scan(report.sanitized, name=report.sanitized_name or name).sanitized is None


def test_a_flat_package_that_cannot_be_cleaned_is_withheld():
    chunk = "<w:altChunk r:id='rId5' xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'/>"
    links = (("rId5", "aFChunk", "chunk.html"),)
    data = flat(ooxml.word(PARAGRAPH + chunk, links=links, parts={"word/chunk.html": b"<script>x()</script>text"}))
    for cut in (data, data.decode().encode("utf-16")):
        report = DISARM.scan(cut, name="a.xml")
        assert report.sanitized is None
        assert report.verdict.action.value not in ("deliver", "flag")


def test_a_clean_flat_package_is_left_alone():
    assert DISARM.scan(flat(ooxml.word(PARAGRAPH)), name="a.xml").sanitized is None


def binary_workbook(connections: str, more: str = "") -> bytes:
    """A binary workbook with a list of connections that holds a text."""
    text = struct.pack("<I", len(connections)) + connections.encode("utf-16-le")
    links = [("rId1", "connections", "connections.bin"), *([("rId2", "queryTable", more)] if more else [])]
    parts = {
        "xl/workbook.bin": b"\x83\x01\x00\x84\x01\x00",
        "xl/connections.bin": b"\xad\x03\x00\xc9\x01" + bytes([len(text)]) + text,
        "xl/_rels/workbook.bin.rels": ooxml.relationships(*links),
    }
    types = {"xl/connections.bin": "application/vnd.ms-excel.connections"}
    return ooxml.package("xl/workbook.bin", ooxml.EXCEL_BINARY, parts, types)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("https://203.0.113.7/daten", "data-connection"),
        ("Provider=SQLOLEDB;Data Source=server;", "data-connection"),
        (r"DBQ=\\203.0.113.7\s\a.mdb;Driver=x", "network-path"),
    ],
)
def test_connections_of_a_binary_workbook_are_found_and_go(text, kind):
    data = binary_workbook(text)
    report = DISARM.scan(data, name="a.xlsb")
    assert kind in {finding.kind for finding in report.findings}
    assert report.sanitized is not None
    assert text.encode("utf-16-le") not in unpacked(report.sanitized)
    assert DISARM.scan(binary_workbook(text, "queryTables/queryTable1.bin"), name="a.xlsb").sanitized is None
    for end in range(0, len(data), 41):
        DISARM.scan(data[:end], name="a.xlsb")


@pytest.mark.parametrize("text", ["Verbindung zu Daten", "Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$;"])
def test_connections_to_the_workbook_itself_stay(text):
    assert DISARM.scan(binary_workbook(text), name="a.xlsb").verdict.action.value in ("deliver", "flag")
