"""Outlook messages."""

from __future__ import annotations

from tests.fixtures import msg


def test_attachments_are_parts_with_their_names(scan):
    report = scan(msg.SAMPLES["attachment/anfrage.msg"](), "anfrage.msg")
    assert [(part.name, part.role, part.type.group) for part in report.parts] == [
        ("anfrage.msg", "attachment", "mail"),
        ("body.txt", "layer", "text"),
        ("rechnung.exe", "attachment", "executable"),
    ]


def test_a_message_in_a_message_is_looked_into(scan):
    report = scan(msg.nested(), "anfrage.msg")
    assert [part.type.group for part in report.parts] == ["mail", "mail", "executable"]


def test_names_in_the_code_page_are_read(scan):
    streams = msg.message("x", attachments={"y": b"hello"})
    del streams["__attach_version1.0_#00000000/__substg1.0_3707001F"]
    streams["__attach_version1.0_#00000000/__substg1.0_3704001E"] = "Gruß.txt".encode("cp1252")
    assert scan(msg.file(streams), "x.msg").parts[1].name == "Gruß.txt"


def test_the_html_body_is_looked_at(scan):
    report = scan(msg.SAMPLES["html/anfrage.msg"](), "anfrage.msg")
    assert [(part.name, part.role, part.type.id) for part in report.parts[1:]] == [("body.html", "body", "html")]


def test_the_rtf_body_is_unpacked(scan):
    stored = b"{\\rtf1 Guten Tag}"
    value = (len(stored) + 12).to_bytes(4, "little") + len(stored).to_bytes(4, "little") + b"MELA" + bytes(4) + stored
    report = scan(msg.file({**msg.message("x"), "__substg1.0_10090102": value}), "x.msg")
    assert [(part.name, part.size, part.type.id) for part in report.parts[1:]] == [("body.rtf", len(stored), "rtf")]


def test_an_attachment_by_reference_is_told(scan):
    streams = msg.message("x", attachments={"y": b""})
    del streams["__attach_version1.0_#00000000/__substg1.0_37010102"]
    streams["__attach_version1.0_#00000000/__substg1.0_3708001F"] = "\\\\203.0.113.7\\a.exe".encode("utf-16-le")
    (finding,) = [
        finding for finding in scan(msg.file(streams), "x.msg").findings if finding.code == "external-reference"
    ]
    assert finding.detail == "Attachment by reference: \\\\203.0.113.7\\a.exe"


def test_text_that_only_names_programs_is_nothing(codes):
    assert codes(msg.SAMPLES["lookalike/anfrage.msg"](), "anfrage.msg") == set()


def test_clear_signed_mail_is_taken_apart(scan, codes):
    report = scan(msg.clear_signed(), "anfrage.msg")
    assert [(part.name, part.type.id) for part in report.parts[1:3]] == [("smime.p7m", "eml"), ("setup.exe", "mz")]
    assert "executable-content" in codes(msg.clear_signed(), "anfrage.msg")
    assert "executable-content" not in codes(msg.clear_signed(signed=False), "anfrage.msg")
    assert "executable-content" in codes(msg.clear_signed()[:4200], "anfrage.msg")
