"""Once a bound of the whole scan is reached nothing more is parsed, and no shape of mail costs more than its size."""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import io
import lzma
import random
import zipfile
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attachguard import Limits, Policy, Rules, Scanner
from attachguard import limits as budgets
from attachguard._core.mime import find_delimiter
from attachguard._core.transfer import decode_runs
from attachguard.formats.office._office.opc import root_element
from attachguard.mail.message import entity, parser
from attachguard.testkit.archives import zipped
from attachguard.testkit.compound import build
from attachguard.testkit.openxml import word

TOP = b"From: a@example.org\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
AUDIT = Policy.load("audit")


def scanner(**limits: int) -> Scanner:
    return Scanner(AUDIT, rules=Rules.empty(), limits=Limits(**limits))


def limits_hit(report) -> list[str]:
    return [finding.detail for finding in report.findings if finding.code == "resource-limit-exceeded"]


@pytest.mark.parametrize("limits", [{"parts": 50}, {"total_bytes": 2000}])
def test_behind_the_limit_of_a_message_no_part_is_parsed(monkeypatch, limits):
    made = []

    class Counted(entity.Entity):
        __slots__ = ()

        def __init__(self, *arguments, **more):
            made.append(1)
            super().__init__(*arguments, **more)

    monkeypatch.setattr(parser, "Entity", Counted)
    scan = scanner(**limits).open(kind="message")
    scan.feed(TOP)
    for _ in range(100):
        scan.feed(b"--b\r\n\r\n" + b"x" * 50 + b"\r\n" + b"--b\r\n\r\ny\r\n" * 50)
    report = scan.close()
    assert len(made) < 250
    assert len(limits_hit(report)) == 1
    assert not report.complete


def test_behind_the_limit_of_parts_a_file_is_not_unpacked_on():
    card = b"BEGIN:VCARD\r\n" + b"PHOTO;ENCODING=b:aGFsbG8=\r\n" * 1500 + b"END:VCARD\r\n"
    report = scanner(parts=20).scan(card, kind="file", name="a.vcf")
    assert len(report.parts) == 20
    assert limits_hit(report) == ["parts: more than 20 parts in one message"]


@pytest.mark.parametrize("size", [1, 700, 1 << 18])
def test_where_the_limit_is_reached_does_not_depend_on_the_cuts(size):
    data = TOP + b"".join(b"--b\r\n\r\n%d\r\n" % number for number in range(300)) + b"--b--\r\n"
    scan = scanner(parts=40).open(kind="message")
    for at in range(0, len(data), size):
        scan.feed(data[at : at + size])
    whole = scanner(parts=40).scan(data, kind="message")
    report = scan.close()
    assert [part.path for part in report.parts] == [part.path for part in whole.parts]
    assert [finding.detail for finding in report.findings] == [finding.detail for finding in whole.findings]


@given(st.lists(st.binary(max_size=12), max_size=6), st.booleans())
def test_runs_of_base64_are_decoded_each_for_itself(pieces, bare):
    text = b"".join(base64.b64encode(piece) for piece in pieces)
    expected = b"".join(pieces)
    if bare:
        text = base64.b64encode(expected).rstrip(b"=")
    assert decode_runs(text) == expected


@given(st.text("ABCx+/=", max_size=40))
def test_a_cut_quantum_gives_its_whole_octets(text):
    expected = b""
    for run in text.split("="):
        run = run[: len(run) - (len(run) % 4 == 1)]
        expected += binascii.a2b_base64(run + "=" * (-len(run) % 4))
    assert decode_runs(text.encode()) == expected


@given(st.text("-ab \t\r\n", max_size=60), st.sampled_from(["--", "----", "--a", "--a-a"]), st.booleans())
@settings(max_examples=400, deadline=None)
def test_a_delimiter_is_found_as_if_every_place_were_looked_at(text, boundary, line_start):
    data, wanted = text.encode(), boundary.encode()
    at, _end, kind, near = find_delimiter(data, 0, len(data), line_start, wanted)
    first = next(
        (
            place
            for place in range(len(data))
            if data.startswith(wanted, place) and place and data[place - 1 : place] in b" \t\r"
        ),
        -1,
    )
    if kind == 0 and near < 0:
        assert first < 0
    if near >= 0:
        assert data.startswith(wanted, near)
    if kind:
        assert data[at:].lstrip(b"\r\n").startswith(wanted)


def test_hostile_lines_of_uuencoded_files_end_in_a_limit():
    many = b"begin 644 a\n!\n" * 60_000
    report = scanner().scan(b"From: a@example.org\r\nSubject: x\r\n\r\n" + many, kind="message")
    assert any("uuencoded" in detail for detail in limits_hit(report))
    letters = b"begin 644 reasons\nto stay\n" * 60_000
    assert not limits_hit(scanner().scan(b"From: a@example.org\r\nSubject: x\r\n\r\n" + letters, kind="message"))


def test_headers_that_are_no_parts_count_as_parts_do():
    inner = b"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c--\r\n"
    report = scanner(parts=20).scan(TOP + (b"--b\r\n" + inner) * 100 + b"--b--\r\n", kind="message")
    assert limits_hit(report) == ["parts: more than 20 parts in one message"]
    assert not report.complete


def test_what_holds_little_but_another_of_its_type_is_read_a_few_levels_deep():
    letter = b"From: a@example.org\r\nSubject: x\r\n\r\n"
    epilogue = TOP + b"--b\r\n\r\nx\r\n--b--\r\n"
    data = epilogue * 10 + letter + b"x" * (1 << 20)
    report = scanner().scan(data, kind="file", name="a.eml")
    assert limits_hit(report) == ["depth: eml: more than 3 levels that hold little but another eml"]
    assert not report.complete
    small = epilogue * 10 + letter + b"x" * 1000
    assert limits_hit(scanner().scan(small, kind="file", name="a.eml")) == []


def test_the_same_goes_for_types_in_turn_a_few_levels_further():
    data = random.Random(1).randbytes(5 << 18)
    for level in range(12):
        data = gzip.compress(data, 1) if level % 2 else zipped({"a.gz": data})
    report = scanner().scan(data, kind="file", name="a.zip")
    assert limits_hit(report) == ["depth: more than 9 levels that hold little but the next one"]
    assert not report.complete


def test_what_is_looked_at_one_by_one_has_one_bound_for_the_message(monkeypatch):
    monkeypatch.setattr("attachguard.limits.MOST_LOOKS", 50)
    drawing = "<v:fill src='http://a.example/%d'/>"
    data = word(parts={f"word/v{number}.vml": drawing % number * 10 for number in range(4)})
    report = scanner().scan(data, kind="file", name="a.docx")
    assert limits_hit(report) == ["parts: more addresses of drawings than are looked at in one message"]
    assert not report.complete


def zip_of(data, method):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("a.bin", data)
    return target.getvalue()


@pytest.mark.parametrize(
    ("wrap", "said"),
    [
        (bz2.compress, "bzip2: more than 0 MB packed by bzip2"),
        (partial(zip_of, method=zipfile.ZIP_BZIP2), "bzip2: more than 0 MB packed by bzip2"),
        (lzma.compress, "lzma: more than 0 MB packed by LZMA"),
        (partial(zip_of, method=zipfile.ZIP_LZMA), "lzma: more than 0 MB packed by LZMA"),
    ],
    ids=["bzip2", "bzip2 in a ZIP", "xz", "LZMA in a ZIP"],
)
def test_what_takes_long_to_unpack_is_bounded_for_the_message(monkeypatch, wrap, said):
    monkeypatch.setattr("attachguard.limits.MOST_LOOKS", 100)
    data = random.Random(1).randbytes(20_000)
    assert limits_hit(scanner().scan(wrap(data), kind="file", name="a")) == [f"{said} in one message"]
    assert limits_hit(scanner().scan(wrap(data[:900]), kind="file", name="a")) == []


def test_archives_of_one_message_are_looked_at_up_to_a_bound(monkeypatch):
    monkeypatch.setattr(budgets, "MOST_LOOKS", 200)
    inner = {f"{number}.zip": zipped({"a.txt": b"%d" % number}) for number in range(4)}
    assert limits_hit(scanner().scan(zipped(inner), name="a.zip")) == []
    inner = {f"{number}.zip": zipped({"a.txt": b"%d" % number}) for number in range(6)}
    assert set(limits_hit(scanner().scan(zipped(inner), name="a.zip"))) == {
        "parts: more archives than are looked at in one message"
    }


def test_the_same_field_again_is_not_looked_at_again(monkeypatch):
    monkeypatch.setattr(budgets, "MOST_LOOKS", 100)
    field = b"{\\field{\\*\\fldinst INCLUDETEXT http://x.example/%d }}"
    same, others = (b"{\\rtf1 " + b"".join(field % (step * number) for number in range(200)) + b"}" for step in (0, 1))
    assert limits_hit(scanner().scan(same, name="a.rtf")) == []
    assert limits_hit(scanner().scan(others, name="a.rtf"))


def test_instructions_before_a_root_element_are_read_in_one_way_only():
    """Each of them could be read in two, so that sixty of them took longer than anybody waits."""
    assert root_element(b"<?a?>" * 500 + b"<p:presentation>") == b"presentation"
    assert root_element(b"<?a?>" * 500 + b"?") == b""


def test_records_of_a_sheet_that_are_not_read_are_said(monkeypatch):
    monkeypatch.setattr("attachguard.formats.text.spreadsheettext._MOST_RECORDS", 10)
    data = b"ID;P\r\n" + b"C;X1;Y1;K0;E1+1\r\n" * 20
    assert limits_hit(scanner().scan(data, kind="file", name="a.slk")) == [
        "lines: SYLK: more than 10 records in one sheet"
    ]


def test_blocks_of_pem_are_looked_at_up_to_a_bound(monkeypatch):
    monkeypatch.setattr("attachguard.limits.MOST_LOOKS", 50)
    data = b"-----BEGIN CERTIFICATE-----\n" * 100
    assert limits_hit(scanner().scan(data, kind="file", name="a.pem")) == [
        "parts: more blocks of PEM than are looked at in one message"
    ]


def test_words_of_postscript_are_read_up_to_a_bound(monkeypatch):
    monkeypatch.setattr("attachguard.formats.program.postscript._MOST", 10)
    data = b"%!PS-Adobe-3.0\n(%pipe%x) (w) file\n" + b"(a) show\n" * 20
    report = scanner().scan(data, kind="file", name="a.ps")
    assert limits_hit(report) == ["tokens: PostScript: more than 10 words in one file"]
    assert any(finding.kind == "postscript-command" for finding in report.findings)


def test_embedded_objects_of_one_document_have_a_bound(monkeypatch):
    monkeypatch.setattr("attachguard.formats.office.oleobjects._MOST_OBJECTS", 3)
    streams = {f"ObjectPool/_{number}/\x03ObjInfo": bytes(6) for number in range(6)}
    data = build({"WordDocument": b"\xec\xa5\xc1\x00" + bytes(508), **streams})
    report = scanner().scan(data, kind="file", name="a.doc")
    assert limits_hit(report) == ["parts: more than 3 embedded objects in one document"]


def busy(name: str) -> bytes:
    """A small file of a kind whose content is looked at one by one."""
    from attachguard.testkit.openxml import S, excel
    from tests.fixtures.vba import ATTRIBUTES, bare

    return {
        "a.bin": bare(ATTRIBUTES + "Sub AutoOpen()\r\n" + "'\r\n" * 3_000),
        "a.slk": b"ID;P\r\n" + b'C;X1;Y1;K0;EEXEC("cmd")\r\n' * 3_000,
        "a.m3u": b"#EXTM3U\n" + b"http://x.example/a\n" * 1_000,
        "a.ps": b"%!PS\n" + b"(a) (w) file " * 4_000,
        "a.ics": b"BEGIN:VCALENDAR\r\n" + b"ATTACH:http://x.example/a\r\n" * 600 + b"END:VCALENDAR\r\n",
        "a.rtf": b"{\\rtf1 "
        + b"".join(b"{\\field{\\*\\fldinst INCLUDETEXT http://x.example/%d }}" % n for n in range(700))
        + b"}",
        "a.html": b"<html>" + b"<p style='behavior:url(x)'>" * 2_000,
        "a.xlsx": excel(
            parts={
                "xl/worksheets/s1.xml": f"<worksheet {S}>"
                + "".join(f'<c><f>_xlfn.WEBSERVICE("http://a/{n}")</f></c>' for n in range(1_000))
                + "</worksheet>"
            }
        ),
    }[name]


@pytest.mark.parametrize("name", ["a.bin", "a.slk", "a.m3u", "a.ps", "a.ics", "a.rtf", "a.html", "a.xlsx"])
def test_many_files_of_one_message_share_what_is_looked_at(monkeypatch, name):
    """Each stays within its own bound, and twelve of them took five to ten seconds."""
    monkeypatch.setattr(budgets, "MOST_LOOKS", 1_900)
    alone = scanner().scan(busy(name), name=name)
    assert not [detail for detail in limits_hit(alone) if "message" in detail or "than are looked at" in detail]
    ending = name[1:]
    archive = zipped({f"{number}{ending}": busy(name) + b"\n" * number for number in range(12)})
    assert limits_hit(scanner().scan(archive, name="a.zip"))
