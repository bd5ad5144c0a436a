"""ActiveMime: what is wrapped becomes a part."""

from __future__ import annotations

import pytest

from tests.fixtures import activemime


@pytest.mark.parametrize("offset", [0x32, 0x22A, 0x60])
def test_the_compound_file_inside_is_a_part(scan, offset):
    report = scan(activemime.wrapped(offset=offset), "editdata.mso")
    assert [part.type.id for part in report.parts] == ["activemime", "cfb"]
    assert report.parts[1].size == len(activemime.COMPOUND)


def test_a_truncated_stream_still_gives_what_it_holds(scan):
    report = scan(activemime.SAMPLES["truncated/editdata.mso"](), "editdata.mso")
    assert len(report.parts) == 2


def test_a_header_without_a_stream_is_malformed(codes):
    assert "malformed-file" in codes(activemime.wrapped()[:0x32], "editdata.mso")
