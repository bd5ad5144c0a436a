"""Web archives: each leaf is a part."""

from __future__ import annotations

import pytest

from attachguard.formats.mail import mht as inspector
from attachguard.limits import Budget, Limits
from attachguard.part import Part
from attachguard.types.filetypes import filetype
from tests.fixtures import activemime, mht


def leaves(data):
    part = Part("a.mht", data, role="attachment", budget=Budget(Limits()))
    part.load()
    part.types = [filetype("mht")]
    found = list(inspector.inspect(part))
    for leaf in found:
        leaf.load()
    return [(leaf.name, leaf.declared, leaf.data) for leaf in found]


def test_page_and_picture_are_parts_under_their_names():
    assert leaves(mht.SAMPLES["plain/seite.mht"]()) == [
        ("seite.htm", "text/html", mht.PAGE[2]),
        ("bild.png", "image/png", mht.PICTURE[2]),
    ]


def test_macros_of_a_word_archive_are_unwrapped(scan):
    report = scan(mht.SAMPLES["macro/brief.mht"](), "brief.mht")
    assert [part.type.id for part in report.parts] == ["mht", "html", "activemime", "cfb"]
    assert report.parts[-1].size == len(activemime.COMPOUND)


def test_a_truncated_archive_gives_what_it_has():
    assert [name for name, _, _ in leaves(mht.SAMPLES["truncated/seite.mht"]())] == ["seite.htm", "bild.png"]


MACROS = ("application/x-mso", "file:///C:/x/brief_files/editdata.mso", activemime.wrapped())
ARCHIVE = mht.archive(mht.PAGE, MACROS)
WORD = ARCHIVE[ARCHIVE.index(b"MIME-Version") :]


@pytest.mark.parametrize("name", ["a.doc", "a.docx", "a.xls", "a.mht", "a.dot"])
@pytest.mark.parametrize(
    "junk",
    [
        b"", b"junk junk\r\n", b"junk ", b"a b c\r\n" * 2000, b"\r\n\r\n", b"\xef\xbb\xbf", bytes(range(256)), b"\0\0\0\0", b"GIF89a\1\0\1\0\0\0\0;", b"%PDF-1.4\r\n1 0 obj\r\n",
        b"X-A: b\r\n", b"<!-- x -->\r\n", b"\xff\xfe\xfd",
    ],
)  # fmt: skip
def test_an_archive_behind_anything_is_read_where_office_reads_one(scan, junk, name):
    for data in (junk + WORD, junk + WORD.replace(b"MIME-Version", b"mime-version", 1)):
        if data.startswith(b"%PDF") and b"MIME-Version" not in data:
            continue
        assert "activemime" in {part.type.id for part in scan(data, name).parts}


@pytest.mark.parametrize("name", ["a.txt", "a.log", "a"])
def test_a_text_that_quotes_an_archive_is_a_text(scan, name):
    assert scan(b"So sieht das aus:\r\n" + WORD, name).parts[0].types == ("txt",)


@pytest.mark.parametrize("data", [b"{\\rtf1 " + WORD + b"}", b"Wie MIME-Version: 1.0 zu lesen ist\r\n"])
def test_what_office_opens_as_something_else_is_no_archive(scan, data):
    assert "mht" not in scan(data, "a.doc").parts[0].types


def test_multiparts_in_multiparts_without_end_reach_the_limit_of_depth(codes):
    data = mht.HEAD.encode() + b"------=_Grenze\r\n"
    for number in range(300):
        data += f'Content-Type: multipart/mixed; boundary="b{number}"\r\n\r\n--b{number}\r\n'.encode()
    assert "resource-limit-exceeded" in codes(data, "a.mht")
