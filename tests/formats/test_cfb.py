"""Kinds of compound files, told by classes and stream names."""

from __future__ import annotations

import pytest

from tests.fixtures.cfb import SAMPLES, build
from tests.fixtures.doc import streams as word


def kind(scan, data: bytes, name: str = "x.bin") -> str:
    return scan(data, name).parts[0].type.id


@pytest.mark.parametrize(
    ("streams", "clsid", "expected"),
    [
        ({"WordDocument": bytes(600)}, "", "doc"),
        ({"WORKBOOK": bytes(600)}, "", "xls"),
        ({"Book": bytes(600)}, "", "xls"),
        ({"PowerPoint Document": bytes(600)}, "", "ppt"),
        ({"VisioDocument": bytes(600)}, "", "vsd"),
        ({"Quill/QuillSub/CONTENTS": bytes(60), "Contents": bytes(60)}, "", "pub"),
        ({"Props9": bytes(60)}, "74B78F3A-C8C8-11D1-BE11-00C04FB6FAF1", "mpp"),
        ({"FileHeader": b"HWP Document File" + bytes(240)}, "", "hwp"),
        ({"FileHeader": b"something else" + bytes(240)}, "", "cfb"),
        ({"NativeContent_MAIN": bytes(60)}, "", "qpw"),
        ({"PerfectOffice_MAIN": b"\xffWPC" + bytes(60)}, "", "wpd"),
        ({"MatOST": bytes(60), "CONTENTS": bytes(60)}, "", "wps"),
        ({"__properties_version1.0": bytes(32)}, "", "msg"),
        ({"x": bytes(60)}, "000C1086-0000-0000-C000-000000000046", "msp"),
        ({"VBA/dir": bytes(60), "PROJECT": bytes(60)}, "", "vbaproject"),
        ({"EncryptionInfo": bytes(60), "EncryptedPackage": bytes(60)}, "", "ooxml-enc"),
    ],
)
def test_the_kind_is_told_by_streams_and_class(scan, streams, clsid, expected):
    assert kind(scan, build(streams, clsid)) == expected


def test_the_name_of_the_file_plays_no_part(scan):
    data = build(word())
    assert {kind(scan, data, name) for name in ("a.doc", "a.msi", "a.xls", "a", "a.txt")} == {"doc"}


def test_two_documents_in_one_file_are_both_named(scan):
    report = scan(build({**word(), "PowerPoint Document": bytes(600)}), "a.doc")
    assert set(report.parts[0].types) == {"doc", "ppt"}


def test_installers_are_programs(codes):
    assert "executable-content" in codes(SAMPLES["installer/setup.msi"](), "setup.msi")
    assert "executable-content" not in codes(SAMPLES["lookalike/other.bin"](), "other.bin")


def test_a_signed_package_is_marked(scan):
    report = scan(SAMPLES["signed/setup.msi"](), "setup.msi")
    assert report.parts[0].signed


def test_a_lost_directory_is_malformed_and_said_once(scan):
    report = scan(SAMPLES["no-directory/report.doc"](), "report.doc")
    assert [finding.code for finding in report.findings].count("malformed-file") == 1


def test_a_word_header_is_known_without_a_directory(scan):
    data = bytearray(build({"WordDocument": b"\xec\xa5\xc1\x00" + bytes(9000)}))
    assert kind(scan, bytes(data[:3000])) == "doc"


def test_sound_files_have_no_findings(codes):
    assert codes(build(word()), "brief.doc") == {"legacy-office-format"}


@pytest.mark.parametrize(
    ("stream", "key"),
    [
        ("StarWriterDocument", "sdw"), ("StarCalcDocument", "sdc"), ("StarDrawDocument3", "sdd"), ("StarMathDocument", "smf"),
        ("StarChartDocument", "sds"), ("DestList", "jumplist"), ("BasicFileInfo", "rvt"), ("DocumentText", "jtd"),
    ],
)  # fmt: skip
def test_other_documents_in_compound_files_are_named(bare_scan, stream, key):
    assert bare_scan(build({stream: b"x" * 600}), "a.bin").parts[0].type.id == key
