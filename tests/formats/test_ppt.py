"""PowerPoint presentations."""

from __future__ import annotations

from tests.fixtures import ppt, vba
from tests.fixtures.cfb import build


def details(report, code: str) -> list[str]:
    return [finding.detail for finding in report.findings if finding.code == code]


def test_compressed_macros_are_found(scan):
    report = scan(ppt.SAMPLES["macro/vortrag.ppt"](), "vortrag.ppt")
    assert details(report, "macro-content") == ["VBA (auto-exec, suspicious): AutoOpen, Shell"]
    assert not details(report, "embedded-object")


def test_macros_stored_as_they_are_are_found(scan):
    report = scan(ppt.presentation(ppt.stored(vba.bare(vba.MACRO), packed=False)), "vortrag.ppt")
    assert details(report, "macro-content")


def test_a_size_that_lies_does_not_hide_macros(scan):
    record = bytearray(ppt.stored(vba.bare(vba.MACRO)))
    record[8:12] = b"\x01\x00\x00\x00"
    assert details(scan(ppt.presentation(bytes(record)), "vortrag.ppt"), "macro-content")


def test_an_object_is_embedded_and_looked_at(scan):
    report = scan(ppt.SAMPLES["object/vortrag.ppt"](), "vortrag.ppt")
    assert details(report, "embedded-object") == ["OLE object in the presentation"]
    assert any(part.role == "embedded" for part in report.parts)


def test_an_action_that_starts_a_program_is_active_content(scan):
    assert details(scan(ppt.SAMPLES["action/vortrag.ppt"](), "vortrag.ppt"), "active-content") == [
        "PowerPoint action: starts a program"
    ]


def test_encryption_is_told_by_the_token_and_by_the_edit(scan):
    assert scan(ppt.SAMPLES["encrypted/vortrag.ppt"](), "vortrag.ppt").parts[0].encryption == "unknown-password"
    body = ppt.record(0x03E8, bytes(60), 0x000F)
    without = build({"PowerPoint Document": body + ppt.record(0x0FF5, bytes(28)), "EncryptedSummary": bytes(60)})
    assert scan(without, "vortrag.ppt").parts[0].encryption == "unknown-password"


def test_records_that_only_look_alike_are_nothing(codes):
    assert codes(ppt.SAMPLES["lookalike/vortrag.ppt"](), "vortrag.ppt") == {"legacy-office-format"}
