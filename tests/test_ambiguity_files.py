"""Files that readers read differently: every reading is judged, and sound files are never called ambiguous."""

from __future__ import annotations

import io
import re
import tarfile
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attachguard import Policy, Rules, Scanner
from tests.ambiguity_files import CASES, compounds, pdfs, polyglots, tars
from tests.ambiguity_files.others import SCRIPTED
from tests.fixtures.zip import PROGRAM, Member, archive

STRICT = Scanner(Policy.load("strict"), rules=Rules.empty())

SAID = {"archive-ambiguous", "polyglot-file"}


def _name(case: str) -> str:
    return f"anlage.{case.split(maxsplit=1)[0].lower() if case[0].islower() else 'zip'}"


@pytest.mark.parametrize("case", CASES)
def test_the_hidden_program_is_found_and_the_file_is_called_ambiguous(bare_scan, case):
    """Whichever reader the recipient has: what it shows has been seen here."""
    report = bare_scan(CASES[case][0](), _name(case))
    found = {finding.code for finding in report.findings}
    assert found & SAID
    assert "pe" in {part.type.id for part in report.parts}
    assert "executable-content" in found
    assert "inspection-failed" not in found


@pytest.mark.parametrize("case", CASES)
def test_the_harmless_twin_stays_clean(bare_scan, case):
    """What looks alike and is read alike by everybody is no finding."""
    report = bare_scan(CASES[case][1](), _name(case))
    found = {finding.code for finding in report.findings}
    assert not found & (SAID | {"executable-content", "malformed-file", "inspection-failed"}), report.findings


@pytest.mark.parametrize("case", SCRIPTED)
def test_a_document_that_is_also_a_page_with_script_is_a_polyglot(bare_scan, case):
    """A browser runs what a viewer of documents never shows."""
    hostile, twin = SCRIPTED[case]
    assert "polyglot-file" in {finding.code for finding in bare_scan(hostile(), "anlage.pdf").findings}
    assert "polyglot-file" not in {finding.code for finding in bare_scan(twin(), "anlage.pdf").findings}


@pytest.mark.parametrize("case", tars.SCRIPTED)
def test_a_stream_that_is_a_script_by_one_of_its_names_is_one(bare_scan, case):
    """`gunzip` goes by the name outside, other readers by the one inside."""
    hostile, twin = tars.SCRIPTED[case]
    assert {"archive-ambiguous", "script-content"} <= {f.code for f in bare_scan(hostile(), _name(case)).findings}
    assert "archive-ambiguous" not in {f.code for f in bare_scan(twin(), _name(case)).findings}


@pytest.mark.parametrize("case", compounds.MACROS)
def test_macros_that_the_tree_of_a_document_does_not_lead_to_are_found(bare_scan, case):
    """Readers of the directory as a list, and whoever mends the file, find them."""
    hostile, twin = compounds.MACROS[case]
    assert {"archive-ambiguous", "macro-content"} <= {f.code for f in bare_scan(hostile(), _name(case)).findings}
    assert "archive-ambiguous" not in {f.code for f in bare_scan(twin(), _name(case)).findings}


@pytest.mark.parametrize("case", pdfs.ACTIVE)
def test_scripts_of_a_pdf_are_found_in_every_revision_and_by_every_table(bare_scan, case):
    """Which object counts is each reader's choice; ordinary updates are nothing to tell."""
    hostile, twin = pdfs.ACTIVE[case]
    assert "active-content" in {finding.code for finding in bare_scan(hostile(), "a.pdf").findings}
    # Without a trailer only some readers open it, which is said of the file and is no ambiguity.
    assert {finding.kind for finding in bare_scan(twin(), "a.pdf").findings} <= {"pdf-without-trailer"}


def test_the_script_of_an_earlier_revision_is_shown_to_the_rules(bare_scan):
    """A stream that a later revision replaces is still the script of readers that stop earlier."""
    opening = b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS 3 0 R>>>>"
    first = {1: opening, 2: b"<</Type/Pages/Kids[]/Count 0>>", 3: pdfs.stream(b"this.exportDataObject();")}
    data = pdfs.document({3: pdfs.stream(b";")}, pdfs.document(first))
    assert [part.size for part in bare_scan(data, "a.pdf").parts if part.role == "layer"] == [26]


@pytest.mark.parametrize("kind", polyglots.SELF_EXTRACTORS)
def test_a_self_extractor_is_a_program_and_nothing_else(bare_scan, kind):
    """The archive behind it is looked into; nobody reads it otherwise."""
    found = {finding.code for finding in bare_scan(polyglots.SELF_EXTRACTORS[kind](), "setup.exe").findings}
    assert {"executable-content", "archive-self-extracting"} <= found
    assert not found & SAID


def test_a_sparse_file_is_read_without_its_holes_too(bare_scan):
    """Readers that know no sparse files give the pieces as they are stored; ordinary ones are nothing to tell."""
    hostile, twin = tars.SPARSE
    assert "pe" in {part.type.id for part in bare_scan(hostile(), "a.tar").parts}
    assert not {finding.code for finding in bare_scan(twin(), "a.tar").findings} & SAID


NAMES = st.text(st.sampled_from("abcxyz123-_ äéß"), min_size=1, max_size=12).map(lambda text: f"f{text}x.txt")
FILES = st.dictionaries(
    NAMES, st.binary(max_size=300).map(lambda content: b"Text: " + content.hex().encode()), min_size=1, max_size=6
)
FEW = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FEW
@given(
    files=FILES,
    method=st.sampled_from([0, 8, 12, 14]),
    streamed=st.booleans(),
    wide=st.booleans(),
    comment=st.binary(max_size=20),
)
def test_what_the_standard_library_writes_as_zip_is_never_ambiguous(bare_scan, files, method, streamed, wide, comment):
    """Streamed to a pipe or not, with ZIP64 fields or without."""
    target = io.BytesIO()
    with zipfile.ZipFile(_Pipe(target) if streamed else target, "w", method) as writer:
        for name, content in files.items():
            with writer.open(name, "w", force_zip64=wide) as member:
                member.write(content)
        writer.comment = b"c" + comment.hex().encode()
    assert not {finding.code for finding in bare_scan(target.getvalue(), "a.zip").findings} & SAID


@FEW
@given(
    files=FILES,
    form=st.sampled_from([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]),
    long=st.booleans(),
)
def test_what_the_standard_library_writes_as_tar_is_never_ambiguous(bare_scan, files, form, long):
    """Long names and other alphabets included."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=form) as writer:
        for name, content in files.items():
            info = tarfile.TarInfo(("ordner/" * 20 if long else "") + name)
            info.size = len(content)
            writer.addfile(info, io.BytesIO(content))
    assert not {finding.code for finding in bare_scan(target.getvalue(), "a.tar").findings} & SAID


@FEW
@given(files=FILES, data=st.data())
def test_splicing_into_an_archive_never_makes_the_verdict_milder(files, data):
    """Joined in any order, or put in between members: a program that any reader can reach is not let through."""
    program = archive(Member("setup.exe", PROGRAM), *(Member(name, content) for name, content in files.items()))
    other = archive(*(Member(name, content) for name, content in files.items()))
    joined = data.draw(st.sampled_from([program + other, other + program, program + bytes(40) + other]))
    edges = [match.start() for match in re.finditer(rb"PK\x03\x04|PK\x01\x02|PK\x05\x06", other)]
    where = data.draw(st.sampled_from([*edges, len(other)]))
    spliced = other[:where] + Member("setup.exe", PROGRAM).local() + other[where:]
    before = STRICT.scan(program, name="a.zip", kind="file").verdict.action.strength
    assert STRICT.scan(joined, name="a.zip", kind="file").verdict.action.strength >= before
    assert STRICT.scan(spliced, name="a.zip", kind="file").verdict.action.strength >= before


class _Pipe:
    """A file that cannot be sought, so that a writer streams."""

    def __init__(self, target: io.BytesIO) -> None:
        self.write, self.flush = target.write, target.flush
