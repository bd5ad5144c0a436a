"""Every builder makes what it says, and the same bytes each time."""

from __future__ import annotations

import pytest

from attachguard.testkit import BUILDERS

#: The type and one of the parts of a sample of each builder.
MADE = {
    "docm": ({"macro": "Sub AutoOpen()\n    x = 1\nEnd Sub"}, "docm", "word/vbaProject.bin!/Module1.bas"),
    "docx": ({"text": "Hallo", "parts": {"word/media/a.txt": "x"}}, "docx", "a.bin"),
    "eml": ({"text": "Hallo", "html": "<p>Hallo</p>", "attachments": {"a.txt": "x"}}, "eml", "a.txt"),
    "vba-project": ({"macro": "Sub A()\nEnd Sub", "module": "Modul"}, "vbaproject", "Modul.bas"),
    "zip": ({"members": {"a.txt": "x", "b.bin": b"\0"}}, "zip", "b.bin"),
}


def test_every_builder_has_a_sample_here():
    assert MADE.keys() == BUILDERS.keys()


@pytest.mark.parametrize("name", MADE)
def test_the_sample_is_what_its_name_says(bare_scan, name):
    arguments, kind, part = MADE[name]
    data = BUILDERS[name](**arguments)
    assert data == BUILDERS[name](**arguments)
    report = bare_scan(data, "a.bin")
    assert report.parts[0].type.id == kind
    assert [path.path for path in report.parts if path.path.endswith(part)]
    assert not {"malformed-file", "scan-incomplete"} & {finding.code for finding in report.findings}


@pytest.mark.parametrize("name", MADE)
def test_a_builder_says_what_it_makes(name):
    assert BUILDERS[name].__doc__
