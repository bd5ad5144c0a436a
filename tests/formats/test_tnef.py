"""winmail.dat: attachments under their true names, bodies, messages inside, lies about lengths."""

from __future__ import annotations

import struct

import pytest

from attachguard._core.lzfu import expand
from tests.fixtures import tnef


def codes_of(report):
    return {finding.code for finding in report.findings}


def test_attachment_bears_its_long_name(scan):
    report = scan(tnef.SAMPLES["attachment/winmail.dat"](), "winmail.dat")
    assert report.parts[0].type.id == "tnef"
    inner = report.parts[1]
    assert (inner.name, inner.role, inner.type.id, inner.size) == (
        "Vertrag für Köln.pdf",
        "member",
        "pdf",
        len(tnef.PDF),
    )


def test_attachments_are_kept_apart(scan):
    report = scan(tnef.SAMPLES["two/winmail.dat"](), "winmail.dat")
    assert [(part.name, part.size) for part in report.parts[1:]] == [("a.txt", 5), ("b.txt", 5)]


def test_title_in_the_message_code_page_is_read(scan):
    assert (
        scan(tnef.tnef(tnef.attachment("Größe.txt".encode("cp1252"), b"x")), "winmail.dat").parts[1].name == "Größe.txt"
    )


def test_compressed_body_is_unpacked(scan):
    report = scan(tnef.SAMPLES["body/winmail.dat"](), "winmail.dat")
    assert [(part.name, part.type.id, part.size) for part in report.parts[1:]] == [
        ("body.rtf", "rtf", len(tnef.RTF_TEXT))
    ]


def test_message_inside_is_opened(scan):
    report = scan(tnef.embedded_message(), "winmail.dat")
    assert [part.type.id for part in report.parts] == ["tnef", "tnef", "pdf"]
    assert report.parts[2].name == "tief.pdf"


def test_two_contents_of_one_attachment_are_both_looked_at(scan):
    data = tnef.tnef(
        tnef.attachment(b"a.txt", b"harmless\n", tnef.prop(0x3701, 0x102, b"\x7fELF\x02\x01\x01" + bytes(60)))
    )
    report = scan(data, "winmail.dat")
    assert [part.size for part in report.parts[1:]] == [9, 67]
    assert "executable-content" in codes_of(report)


def test_same_content_twice_is_one_attachment(scan):
    data = tnef.tnef(tnef.attachment(b"a.txt", b"harmless\n", tnef.prop(0x3701, 0x102, b"harmless\n")))
    assert len(scan(data, "winmail.dat").parts) == 2


def test_attachment_without_content_cannot_be_inspected(codes):
    assert "uninspectable-content" in codes(tnef.tnef(tnef.attachment(b"link.doc", None)), "winmail.dat")


def test_garbage_behind_the_attributes_is_tolerated(scan):
    report = scan(tnef.SAMPLES["two/winmail.dat"]() + b"\0\0\0\0-- \nGateway footer with text\n", "winmail.dat")
    assert len(report.parts) == 3
    assert "malformed-file" not in codes_of(report)


def test_cut_attachment_is_given_as_far_as_it_goes(scan):
    report = scan(tnef.SAMPLES["truncated/winmail.dat"](), "winmail.dat")
    assert report.parts[1].type.id == "pdf"
    assert "malformed-file" in codes_of(report)


@pytest.mark.parametrize(
    "values",
    [
        struct.pack("<I", 0xFFFFFFFF),
        struct.pack("<IHHI", 1, 0x101E, 0x3707, 0xFFFFFFFF),
        struct.pack("<IHHII", 1, 0x1E, 0x3707, 1, 0xFFFFFFF0) + b"name",
        struct.pack("<IHH", 1, 0x7777, 0x3707),
        struct.pack("<IHH16xII", 1, 0x1E, 0x8001, 1, 0xFFFFFFFF),
    ],
)
def test_lying_property_lists_are_called_broken(scan, values):
    data = tnef.tnef(tnef.attachment(b"a.txt", b"x") + tnef.attribute(2, 0x00069005, values))
    report = scan(data, "winmail.dat")
    assert "malformed-file" in codes_of(report)
    assert report.parts[1].size == 1


def test_rtf_example_of_the_specification_unpacks():
    assert expand(tnef.RTF_PACKED) == (tnef.RTF_TEXT, True)


def test_stored_rtf_is_copied():
    assert expand(tnef.rtf_stored(b"{\\rtf1}")) == (b"{\\rtf1}", True)


@pytest.mark.parametrize("data", [b"", bytes(16), tnef.RTF_PACKED[:20], b"\0" * 8 + b"LZFu" + bytes(4) + b"\xff" * 40])
def test_broken_rtf_has_no_end(data):
    text, whole = expand(data)
    assert not whole
    assert len(text) <= 9 * len(data)
