r"""Object data in Rich Text as Word reads it, whatever stands between its digits."""

from __future__ import annotations

import struct

import pytest

from attachguard import Policy, Scanner
from attachguard.testkit import rtf as testkit

from .fixtures import rtf
from .fixtures.cfb import build

SCANNER = Scanner(Policy.load("strict"))
PROGRAM = rtf.ole1("Package", rtf.package("rechnung.exe", rtf.PE)).hex()
EQUATION_CLASS = "0002CE02-0000-0000-C000-000000000046"
#: MTEF 3: a header, FULL, LINE, a font, whose name follows.
FONT = b"\x03\x01\x01\x03\x0a\x0a\x01\x08\x5a\x5a"
EQNOLEFILEHDR = struct.pack("<HIHI", 28, 0x20000, 0xC4A9, 0) + bytes(16)


def codes(data: bytes, name: str = "brief.rtf") -> set[str]:
    return {finding.code for finding in SCANNER.scan(data, name=name).findings}


def action(data: bytes, name: str = "brief.rtf") -> str:
    return SCANNER.scan(data, name=name).verdict.action.value


@pytest.mark.parametrize(
    "junk",
    [
        r"\'00",
        r"\'zz",
        r"{\author 11}",
        r"{\*\author 11}",
        r"{\fonttbl{\f0 41}}",
        r"{\info{\title 4142}}",
        r"{\pict\wmetafile8 0102}",
        r"{\*\unknown 11}",
        r"{\unknown}",
        r"{{{\b }}}",
        r"{\object{\*\objclass 41}}",
        r"\par\qc\bin0 ",
        r"\bin-5 ",
        r"\bin3 abc",
        r"{\*\unknown\bin3 }}}}",
        r"\u65 ",
        "\\\r\n\t \x00\x1f",
        "ghijklmnopqrstuvwxyz",
        r"\~\-\_\|\:\*",
    ],
)
@pytest.mark.parametrize("place", [8, 16, 200, 202])
def test_what_stands_between_the_bytes_hides_no_program(junk, place):
    # Raw bytes are part of the object: those three are taken out of its digits.
    rest = PROGRAM[place:] if r"\bin3 abc" not in junk else PROGRAM[place:].removeprefix("616263")
    assert "executable-content" in codes(rtf.with_object(PROGRAM[:place] + junk + rest)) or r"\bin3 abc" in junk


@pytest.mark.parametrize("junk", [r"\'11", r"{\author 1}", r"{\*\unknown 1}", r"{\fonttbl 1}", "x", "\n", r"\b "])
def test_nor_what_stands_between_the_digits_of_a_byte(junk):
    assert "executable-content" in codes(rtf.with_object(PROGRAM[:9] + junk + PROGRAM[9:]))


def test_a_quoted_byte_may_take_the_digit_in_front_of_it_away():
    assert "executable-content" in codes(rtf.with_object(PROGRAM[:8] + r"f\'00" + PROGRAM[8:]))


def test_digits_in_groups_that_some_readers_count_are_tried_too():
    for group in (r"{\*\unknown %s}", r"{\author %s}", r"\'%s"):
        assert "executable-content" in codes(rtf.with_object(PROGRAM[:8] + group % PROGRAM[8:10] + PROGRAM[10:]))


@pytest.mark.parametrize(
    "inner", [r"{\*\objdata %s}", r"{\object{\*\objdata %s}}", r"\objdata %s", r"{\*\x{\*\objdata %s}}"]
)
def test_object_data_inside_of_object_data_is_looked_at(inner):
    harmless = rtf.ole1("Package", rtf.package("notiz.txt", b"Guten Tag")).hex()
    assert "executable-content" in codes(rtf.with_object(harmless + inner % PROGRAM))
    assert "executable-content" in codes(rtf.with_object(PROGRAM[:400] + inner % "" + PROGRAM[400:]))


def test_an_inner_object_ends_no_outer_one():
    assert "executable-content" in codes(rtf.with_object(PROGRAM[:16] + r"{\*\objdata 00}" + PROGRAM[16:]))


def test_an_object_whose_header_cannot_be_read_is_uninspectable():
    data = rtf.with_object("d0d1d2d3" * 40)
    assert "uninspectable-content" in codes(data)
    assert action(data) == "quarantine"


def test_an_object_without_data_and_a_picture_of_one_are_only_objects():
    assert codes(rtf.with_object("")) == {"embedded-object"}
    picture = struct.pack("<II", 0x0501, 5) + testkit.text("METAFILEPICT") + bytes(200)
    assert "uninspectable-content" not in codes(rtf.with_object(picture.hex()))


def test_a_control_is_active_content():
    data = rtf.with_object(
        rtf.ole1("Shell.Explorer.2", bytes(20)).hex(), words=r"\objocx", class_name="Shell.Explorer.2"
    )
    assert "active-content" in codes(data)
    assert action(data) == "reject"
    assert "active-content" not in codes(rtf.document(r"Das Wort \'22objocx\'22 im Text."))


def test_no_number_of_objects_hides_the_last_one():
    harmless = r"{\object\objemb{\*\objdata 0105000002000000}}"
    report = SCANNER.scan(rtf.document(harmless * 1_100 + rf"{{\object{{\*\objdata {PROGRAM}}}}}"), name="brief.rtf")
    assert "resource-limit-exceeded" in {finding.code for finding in report.findings}


@pytest.mark.parametrize(
    "front", [b"", struct.pack("<I", 75), b"\xb2\xf9\x73\x06", EQNOLEFILEHDR, bytes(4) + EQNOLEFILEHDR]
)
@pytest.mark.parametrize("how", ["ole1", "stream", "native"])
def test_an_equation_with_a_font_that_overruns_the_editor_is_refused(front, how):
    equation = front + FONT + b"A" * 44 + b"\0"
    assert "malware-suspected" in codes(*carried(equation, how))


@pytest.mark.parametrize("how", ["ole1", "stream", "native"])
def test_an_equation_with_an_ordinary_font_is_an_object(how):
    equation = EQNOLEFILEHDR + FONT + b"Times New Roman\0" + b"\x02\x88x\0\0\0"
    assert not {"malware-suspected", "uninspectable-content"} & codes(*carried(equation, how))


@pytest.mark.parametrize("how", ["ole1", "stream", "native"])
def test_an_equation_that_cannot_be_read_is_uninspectable(how):
    assert "uninspectable-content" in codes(*carried(b"\xff" * 60, how))


def test_a_matrix_with_too_many_rows_overruns_the_editor_too():
    matrix = EQNOLEFILEHDR + b"\x03\x01\x01\x03\x0a\x0a\x01\x05\0\0\0\x40\x40" + b"A" * 40
    assert "malware-suspected" in codes(*carried(matrix, "stream"))
    sound = EQNOLEFILEHDR + b"\x03\x01\x01\x03\x0a\x0a\x01\x05\0\0\0\x02\x02" + b"\0" * 40
    assert "malware-suspected" not in codes(*carried(sound, "stream"))


def carried(equation: bytes, how: str) -> tuple[bytes, str]:
    """The equation as OLE 1 data in Rich Text, or in one of the streams of an object in it."""
    if how == "ole1":
        return rtf.with_object(rtf.ole1("Equation.3", equation).hex(), class_name="Equation.3"), "brief.rtf"
    name = "Equation Native" if how == "stream" else "\x01Ole10Native"
    if how == "native" and equation[:4] not in (struct.pack("<I", 75), bytes(4)):
        equation = struct.pack("<I", len(equation)) + equation if not equation.startswith(b"\xb2\xf9") else equation
    file = build({name: equation}, EQUATION_CLASS)
    return rtf.with_object(rtf.ole1("Equation.3", file).hex(), class_name="Equation.3"), "brief.rtf"
