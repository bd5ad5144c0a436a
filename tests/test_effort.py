"""What content makes us look at one by one is bounded for all of a message, and the bound is said."""

from __future__ import annotations

import pytest

from attachguard.formats.mail import _lines
from attachguard.formats.markup import page
from attachguard.formats.office._office import booktext
from attachguard.testkit.archives import zipped
from attachguard.testkit.mail import ics
from attachguard.testkit.openxml import S, excel


def kinds(report, part=""):
    return {finding.kind for finding in report.findings if finding.part.endswith(part)}


@pytest.fixture
def small_effort(monkeypatch):
    """Pages may take fifty tags and attributes each, and a hundred and fifty together."""
    monkeypatch.setattr(page, "BUSY", 50)
    monkeypatch.setattr(page, "ALL_BUSY", 150)
    monkeypatch.setattr("attachguard.formats.markup.active.BUSY", 50)


def test_many_busy_pages_take_no_longer_than_a_few(scan, small_effort):
    """Each of them stays within the bound of one page; from the fourth on none is read, and each of those says so."""
    markup = b"<html>" + b"<a onclick=x()>y</a>" * 15
    report = scan(zipped({f"{number}.html": markup for number in range(8)}), "a.zip")
    read = [number for number in range(8) if "html-handler" in kinds(report, f"/{number}.html")]
    cut = [number for number in range(8) if "resource-limit-exceeded" in kinds(report, f"/{number}.html")]
    assert 3 <= len(read) < 8
    assert set(read) | set(cut) == set(range(8))


def test_pages_of_a_usual_size_are_all_read(scan, small_effort):
    report = scan(zipped({f"{number}.html": b"<html><a onclick=x()>y</a>" for number in range(8)}), "a.zip")
    assert all("html-handler" in kinds(report, f"/{number}.html") for number in range(8))
    assert "resource-limit-exceeded" not in kinds(report)


def test_a_place_that_a_calendar_names_again_and_again_is_told_once(scan):
    report = scan(ics(lines=["URL:file://host/share"] * 20), "a.ics")
    assert [finding.kind for finding in report.findings].count("calendar-network-path") == 1


def test_a_calendar_with_too_many_lines_that_matter_is_read_so_far_and_says_so(scan, monkeypatch):
    monkeypatch.setattr(_lines, "_MOST_WANTED", 30)
    lines = [f"URL:file://host/{number}" for number in range(100)]
    report = scan(ics(lines=lines), "a.ics")
    assert {"calendar-network-path", "resource-limit-exceeded"} <= kinds(report)
    assert "resource-limit-exceeded" not in kinds(scan(ics(lines=lines[:20]), "a.ics"))


def test_of_too_many_calls_in_one_sheet_the_first_are_told_and_the_rest_is_said(scan, monkeypatch):
    monkeypatch.setattr(booktext, "_CALLS_MOST", 10)
    cells = [f'<c><f>_xlfn.WEBSERVICE("http://example.org/{number}")</f></c>' for number in range(11)]

    def workbook(count):
        sheet = f"<worksheet {S}>{''.join(cells[:count])}</worksheet>"
        return scan(excel(parts={"xl/worksheets/sheet9.xml": sheet}), "a.xlsx")

    assert {"fetching-function", "resource-limit-exceeded"} <= kinds(workbook(11))
    assert "resource-limit-exceeded" not in kinds(workbook(10))
