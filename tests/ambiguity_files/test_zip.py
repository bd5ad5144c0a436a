"""ZIP archives: what well-known programs write is clean, what is spliced in is found at any place, and nothing takes long."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attachguard import Policy, Rules, Scanner
from tests.ambiguity_files import ZIP_CASES
from tests.ambiguity_files.zip_producers import PRODUCERS, SELF_EXTRACTORS
from tests.ambiguity_files.zip_records import descriptor, end, locator, stored_blocks, wide_end
from tests.fixtures import ooxml
from tests.fixtures.zip import PROGRAM, STORED, TEXT, Member, archive, simple, zip64

STRICT = Scanner(Policy.load("strict"), rules=Rules.empty())
CLASSES = {"A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3", "B4", "C1", "C2", "C3", "C4", "C5"}
ODD = {"archive-ambiguous", "polyglot-file", "malformed-file", "inspection-failed", "resource-limit-exceeded"}


def test_every_class_of_the_catalogue_has_a_case():
    """The fourteen types of ZipDiff."""
    assert {case.split()[0] for case in ZIP_CASES} >= CLASSES


def test_every_case_stands_in_the_table_of_the_documentation():
    """Beside what other extractors make of it; `python -m benchmarks.compare_archives` writes the table anew."""
    page = (Path(__file__).parents[2] / "docs" / "ambiguity-files.md").read_text("utf-8")
    assert [case for case in ZIP_CASES if f"| {case} " not in page] == []


@pytest.mark.parametrize("producer", PRODUCERS)
def test_archives_of_well_known_programs_are_clean(bare_scan, producer):
    """Odd, and read alike by everybody."""
    report = bare_scan(PRODUCERS[producer](), "anlage.docx")
    assert not {finding.code for finding in report.findings} & ODD, report.findings


@pytest.mark.parametrize("maker", SELF_EXTRACTORS)
def test_self_extractors_are_programs_and_not_ambiguous(bare_scan, maker):
    """Whatever the program in front holds to find its archive."""
    report = bare_scan(SELF_EXTRACTORS[maker](), "setup.exe")
    found = {finding.code for finding in report.findings}
    assert "archive-self-extracting" in found
    assert not found & ODD, report.findings


# -- members inside of documents ----------------------------------------------------------------------------------------


def document_with(member: Member) -> bytes:
    """A Word document with one more part, or with another one of a name that it has."""
    with zipfile.ZipFile(io.BytesIO(ooxml.word())) as reader:
        parts = {name: reader.read(name) for name in reader.namelist() if name.encode() != member.name}
    return archive(*(Member(name, data) for name, data in parts.items()), member)


HOLDS_A_PROGRAM = b"<?xml version='1.0'?><w:document/>" + Member("setup.exe", PROGRAM).local()
HOLDS_A_TABLE = ooxml.excel()


@pytest.mark.parametrize(
    "member",
    [
        Member("word/media/bild.png", HOLDS_A_PROGRAM, method=STORED),
        Member("word/document.xml", HOLDS_A_PROGRAM, method=STORED),
        Member("word/document.xml", HOLDS_A_PROGRAM, packed=stored_blocks(HOLDS_A_PROGRAM)),
    ],
    ids=["picture", "text", "packed text"],
)
def test_a_program_inside_of_a_document_s_part_is_found(bare_scan, member):
    """In a picture, which becomes a part of its own, and in text, which does not."""
    report = bare_scan(document_with(member), "brief.docx")
    assert "archive-ambiguous" in {finding.code for finding in report.findings}
    assert "pe" in {found.type.id for found in report.parts}


@pytest.mark.parametrize("packed", [HOLDS_A_TABLE, None, stored_blocks(HOLDS_A_TABLE)])
def test_a_table_inside_of_a_document_is_no_ambiguity(bare_scan, packed):
    """Stored, packed, and packed to no effect."""
    method = STORED if packed == HOLDS_A_TABLE else 8
    member = Member("word/embeddings/tabelle.xlsx", HOLDS_A_TABLE, method=method, packed=packed)
    report = bare_scan(document_with(member), "brief.docx")
    assert not {finding.code for finding in report.findings} & ODD, report.findings


# -- splicing ---------------------------------------------------------------------------------------------------------------


def strength(data: bytes) -> int:
    return STRICT.scan(data, name="a.zip", kind="file").verdict.action.strength


def finds_program(data: bytes) -> bool:
    return any(part.type.id == "pe" for part in STRICT.scan(data, name="a.zip", kind="file").parts)


MEMBERS = st.builds(
    lambda number, text, method, streamed, extra: Member(
        f"datei{number}.txt",
        text,
        method=method,
        streamed=streamed,
        local_extra=b"AA" + len(extra).to_bytes(2, "little") + extra,
    ),
    st.integers(0, 10**6),
    st.binary(max_size=60).map(lambda raw: b"Text: " + raw.hex().encode()),
    st.sampled_from([STORED, 8]),
    st.booleans(),
    st.binary(max_size=40),
)
ARCHIVES = st.builds(
    lambda members, nested, comment: archive(
        *members, *([Member("innen.zip", simple(a__txt=TEXT), method=STORED)] if nested else []), comment=comment
    ),
    st.lists(MEMBERS, min_size=1, max_size=3),
    st.booleans(),
    st.binary(max_size=30).map(lambda raw: raw.hex().encode()),
)
LOCAL = Member("setup.exe", PROGRAM).local()
STREAMED = Member("setup.exe", PROGRAM, streamed=True).local()
HARMLESS = Member("x.txt", TEXT)
ANOMALIES = [
    HARMLESS.local(), HARMLESS.central(0), HARMLESS.central(40) + end(1, 51, 40), end(0, 0, 0), end(1, 47, 0), wide_end(1, 47, 0) + locator(3),
    descriptor(TEXT, 9), bytes(40), b"P", archive(HARMLESS), zip64(),
]  # fmt: skip
FEW = settings(max_examples=150, deadline=None, derandomize=True)


@FEW
@given(base=ARCHIVES, where=st.floats(0, 1), program=st.sampled_from([LOCAL, STREAMED]))
def test_a_program_spliced_in_is_found_at_any_place(base, where, program):
    """In data, in headers, in the directory, in the comment: a search for its signature finds it, and so does this."""
    place = round(where * len(base))
    spliced = base[:place] + program + base[place:]
    assert finds_program(spliced)
    assert strength(spliced) >= strength(archive(Member("setup.exe", PROGRAM)))


@FEW
@given(
    base=ARCHIVES,
    program=st.sampled_from([LOCAL, STREAMED]),
    splices=st.lists(st.tuples(st.floats(0, 1), st.sampled_from(ANOMALIES)), min_size=1, max_size=3),
)
def test_anomalies_spliced_in_never_make_the_verdict_milder(base, program, splices):
    """Wherever they stand, outside of the program itself, which would not be one any more."""
    with zipfile.ZipFile(io.BytesIO(base)) as reader:
        names = [info.filename for info in reader.infolist()]
        whole = archive(*(Member(name, reader.read(name)) for name in names), Member("setup.exe", PROGRAM))
    for where, anomaly in splices:
        place = round(where * len(whole))
        first = whole.index(LOCAL)
        if first < place < first + len(LOCAL):
            place = first
        whole = whole[:place] + anomaly + whole[place:]
    assert finds_program(whole)
    assert strength(whole) >= strength(archive(Member("setup.exe", PROGRAM)))
