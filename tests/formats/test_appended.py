"""After the end of a picture, a film or a document: archives and programs are reported, what cameras and lists append is not."""

from __future__ import annotations

import pytest

from attachguard.readers.packed.file_ends import ENDS
from tests.fixtures.appended import BMP, GIF, JPEG, MP4, PDF, PNG, RTF, SAMPLES, WAV
from tests.fixtures.zip import PROGRAM, TEXT, Member, archive

WHOLE = {"gif": GIF, "jpg": JPEG, "bmp": BMP, "mp4": MP4, "wav": WAV, "png": PNG}


@pytest.mark.parametrize("kind", WHOLE)
def test_the_end_is_found_by_structure(kind):
    data = WHOLE[kind]
    assert [ENDS[kind](data + rest) for rest in (b"", b"\0" * 30, PROGRAM)] == [len(data)] * 3


@pytest.mark.parametrize("kind", WHOLE)
def test_a_cut_file_has_no_end_before_the_cut(kind):
    data = WHOLE[kind]
    for place in range(8, len(data) - 1):
        assert ENDS[kind](data[:place]) in (0, len(data)) or kind == "mp4", place


def test_the_end_of_a_zip_is_behind_its_comment():
    data = archive(Member("a.txt", TEXT))
    assert ENDS["zip"](data[:-2] + b"\x03\0abc" + PROGRAM) == len(data) + 3


@pytest.mark.parametrize("kind", [*WHOLE, "pdf"])
def test_a_program_behind_the_end_is_a_part(scan, kind):
    report = scan({**WHOLE, "pdf": PDF}[kind] + PROGRAM, f"a.{kind}")
    assert {"polyglot-file", "executable-content"} <= {finding.code for finding in report.findings}
    assert "pe" in {part.type.id for part in report.parts}


def test_code_in_the_comment_of_a_picture_is_a_script(scan):
    report = scan(SAMPLES["code/foto.jpg"](), "foto.jpg")
    assert report.parts[0].types == ("jpg", "php")
    assert {"polyglot-file", "script-content"} <= {finding.code for finding in report.findings}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (SAMPLES["lookalike/foto.jpg"](), "foto.jpg"),
        (JPEG + MP4, "foto.jpg"),
        (GIF + b"\0", "bild.gif"),
        (PNG + b"Copyright 2026, alle Rechte vorbehalten.", "bild.png"),
        (PDF + b"\r\n\r\n", "brief.pdf"),
        (PDF + b"\r\n-- \r\nDiese Nachricht ist vertraulich.\r\nhttps://www.example.org\r\n", "brief.pdf"),
        (RTF + b"\0", "brief.rtf"),
        (archive(Member("a.txt", TEXT))[:-2] + b"\x09\0Kommentar", "a.zip"),
        (MP4, "film.mp4"),
    ],
)
def test_what_cameras_editors_and_lists_append_is_nothing_to_tell(scan, data, name):
    report = scan(data, name)
    assert len(report.parts) == (2 if name == "a.zip" else 1)
    assert not {finding.code for finding in report.findings} - {"archive-content", "multimedia-content"}


@pytest.mark.parametrize("name", ["bild.js", "bild.vbs", "bild.wsf"])
def test_a_picture_by_the_name_of_a_script_that_begins_like_text_is_both(codes, name):
    assert {"polyglot-file", "script-content"} <= codes(b"GIF89a/*" + bytes(4) + b"*/=1;alert(1);", name)
    assert "script-content" not in codes(JPEG, name)
