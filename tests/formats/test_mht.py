"""Web archives: each leaf is a part."""

from __future__ import annotations

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


def test_multiparts_in_multiparts_without_end_are_malformed(codes):
    data = mht.HEAD.encode()
    for number in range(300):
        data += f'------=_Grenze\r\nContent-Type: multipart/mixed; boundary="b{number}"\r\n\r\n--b{number}\r\n'.encode()
    assert "malformed-file" in codes(data, "a.mht")
