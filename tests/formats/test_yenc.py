"""yEnc: decoded to the octet."""

from __future__ import annotations

import hashlib

from tests.fixtures import yenc


def test_every_octet_survives(scan):
    report = scan(yenc.SAMPLES["file/bild.yenc"](), "bild.yenc")
    inner = report.parts[1]
    assert (inner.name, inner.type.id) == ("datei.pdf", "pdf")
    assert inner.sha256 == hashlib.sha256(yenc.CONTENT).hexdigest()


def test_part_line_is_no_content(scan):
    report = scan(yenc.yenc("datei.pdf", yenc.CONTENT, part="=ypart begin=1 end=784"), "bild.yenc")
    assert report.parts[1].size == len(yenc.CONTENT)


def test_letter_about_yenc_has_no_file(scan):
    report = scan(yenc.SAMPLES["lookalike/brief.txt"](), "brief.txt")
    assert len(report.parts) == 1
    assert "malformed-file" not in {finding.code for finding in report.findings}


def test_cut_file_is_given_and_called_broken(scan):
    report = scan(yenc.SAMPLES["truncated/bild.yenc"](), "bild.yenc")
    assert report.parts[1].type.id == "pdf"
    assert "malformed-file" in {finding.code for finding in report.findings}
