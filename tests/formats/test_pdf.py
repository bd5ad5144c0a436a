"""PDF: what the fast reading sees, that qpdf's reading sees the same, and that hostile bytes cost little."""

from __future__ import annotations

import base64
import contextlib
import random
import subprocess
import sys
import time
import zlib

import pytest

from attachguard.context import Context
from attachguard.errors import LimitExceeded, Malformed
from attachguard.formats.pdf import pdf
from attachguard.formats.pdf.claims import Claims, claims
from attachguard.formats.pdf.file import Document
from attachguard.formats.pdf.second_opinion import open_plain
from attachguard.limits import Budget, Limits
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.passwords import Candidates
from tests import HANG
from tests.fixtures import pdf as build


def inspected(
    data: bytes, *passwords: str, budget: Budget | None = None
) -> tuple[Part, list[tuple[str, str]], list[Part]]:
    """The part, its findings as code and detail, and its children with their bytes."""
    part = Part("a.pdf", data, role="attachment", context=Context(budget or Budget(Limits()), Candidates(passwords)))
    part.load()
    findings, children = [], []
    try:
        for fact in pdf.inspect(part):
            if isinstance(fact, Finding):
                findings.append((fact.code, fact.detail))
            elif isinstance(fact, Part):
                with contextlib.suppress(Malformed, LimitExceeded):
                    fact.load()
                children.append(fact)
    except (Malformed, LimitExceeded) as error:
        findings.append(("malformed-file", str(error)))
    return part, findings, children


def sample(name: str) -> bytes:
    return build.SAMPLES[name]()


def found(data: bytes) -> set[str]:
    return {code for code, _detail in inspected(data)[1]}


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("script/open-action.pdf", ("active-content", "PDF JavaScript: open action")),
        ("script/object-stream.pdf", ("active-content", "PDF JavaScript: open action")),
        ("script/no-table.pdf", ("active-content", "PDF JavaScript: action")),
        ("launch/program.pdf", ("active-content", "PDF Launch: cmd.exe (open action)")),
        ("attachment/text.pdf", ("embedded-file", "PDF attachment: ü.txt")),
        ("form/xfa-script.pdf", ("active-content", "PDF XFA: form with 1 script")),
        ("form/submit.pdf", ("external-reference", "PDF form submission: https://example.org/in")),
        ("form/submit.pdf", ("form-fields-present", "PDF form: 1 field")),
        ("media/rich.pdf", ("multimedia-content", "PDF RichMedia annotation")),
        ("signed/whole.pdf", ("signature-present", "PAdES: ETSI.CAdES.detached, covers the whole file")),
        ("signed/partial.pdf", ("signature-partial-coverage", "PDF: no signature covers the file to its end")),
        ("encrypted/user-password.pdf", ("encrypted-unknown-password", "PDF: RC4-40, needs a user password")),
        ("encrypted/empty-password.pdf", ("password-protected", "PDF: RC4-40, opens without a password")),
        ("encrypted/empty-password.pdf", ("active-content", "PDF JavaScript: open action")),
        (
            "encrypted/certificate.pdf",
            ("encrypted-unknown-key", "PDF: encrypted for certificates, RC4-128, 0 certificates"),
        ),
        (
            "encrypted/attachments.pdf",
            ("encrypted-unknown-password", "PDF: AES-128, only the attachments are encrypted"),
        ),
        ("encrypted/attachments.pdf", ("embedded-file", "PDF attachment: geheim.doc")),
        ("script/form-data.fdf", ("active-content", "PDF JavaScript: import of form data (2 scripts)")),
        ("truncated/header.pdf", ("malformed-file", "PDF without a single object")),
        ("truncated/script.pdf", ("active-content", "PDF JavaScript: on page open")),
    ],
)
def test_each_sample_gives_its_finding(name, finding):
    assert finding in inspected(sample(name))[1]


@pytest.mark.parametrize("name", ["lookalike/words.pdf", "lookalike/plain.pdf"])
def test_dangerous_words_that_are_no_objects_are_no_findings(name):
    _part, findings, children = inspected(sample(name))
    assert findings == []
    assert children == []


def test_every_place_of_a_script_is_named():
    places = {detail for code, detail in inspected(sample("script/everywhere.pdf"))[1] if code == "active-content"}
    assert places == {
        f"PDF JavaScript: {place}"
        for place in ("document script", "on document close", "on page open", "following action")
    }


def test_scripts_become_one_layer_of_their_decoded_text():
    _part, _findings, children = inspected(sample("script/everywhere.pdf"))
    assert [(child.role, child.data) for child in children] == [
        ("layer", b"app.alert(1)\nclosing();\nlater();\npage()")
    ]


def test_a_script_encrypted_with_the_empty_password_is_read():
    part, findings, children = inspected(sample("encrypted/empty-password.pdf"))
    assert part.encryption == "opens-without-password"
    for operation in ("printing", "changing", "copying", "commenting"):
        assert ("pdf-permissions-restricted", f"PDF: not allowed: {operation}") in findings
    assert [child.data for child in children] == [b"hidden();"]


def test_an_operators_password_opens_the_file():
    part, findings, _children = inspected(sample("encrypted/user-password.pdf"), "birne", "apfel")
    assert part.encryption == "known-password"
    assert findings == [("encrypted-known-password", "PDF: RC4-40, password from operator list")]
    assert "apfel" not in str(findings)


def test_encrypted_attachments_leave_the_rest_of_the_file_readable():
    part, _findings, children = inspected(sample("encrypted/attachments.pdf"))
    assert part.encryption == "unknown-password"
    assert [(child.role, child.data) for child in children] == [("layer", b"app.alert(1)")]


def test_an_attachment_is_a_child_with_its_bytes_and_declared_type():
    _part, _findings, children = inspected(sample("attachment/text.pdf"))
    assert [(child.name, child.role, child.declared, child.data) for child in children] == [
        ("ü.txt", "embedded", "text/plain", b"Anlage " * 40)
    ]


def test_a_broken_attachment_does_not_hide_its_sibling():
    broken = build.stream(b"a" * 500, b"/Type/EmbeddedFile").replace(b"x\x9c", b"x\x00")
    data = build.pdf(
        {5: b"<</F(a)/EF<</F 6 0 R>>>>", 6: broken, 7: b"<</F(b)/EF<</F 8 0 R>>>>", 8: build.stream(b"second")}
    )
    assert [child.data for child in inspected(data)[2]] == [b"", b"second"]


def test_a_signature_field_alone_is_no_form_to_fill_in():
    assert "form-fields-present" not in found(sample("signed/whole.pdf"))


def test_a_signature_whose_gap_holds_more_than_itself_does_not_cover_the_file():
    data = build.signed()
    start = data.index(b"/ByteRange[0 ") + 13
    assert "signature-partial-coverage" in found(
        data[:start] + b"%5d" % (int(data[start : start + 5]) - 40) + data[start + 5 :]
    )


@pytest.mark.parametrize(
    "objects",
    [
        {5: b"<</S /Launch /F(first.exe) /S /GoTo>>"},
        {5: b"<</S/JavaScript/JS(x) % endobj\n>>"},
        {5: b"<</S 6 0 R/JS(x)>>", 6: b"/JavaScript"},
        {5: b"[[[<</A[<</S/JavaScript/JS(x)>>]>>]]]"},
        {5: b"<</T(never closed >>", 6: build.ALERT},
        {5: b"<</T<41/S/JavaScript/JS(x)>>"},
        {5: build.stream(b"q Q", b"/S/JavaScript/JS(x)")},
    ],
    ids=["key-twice", "comment", "name-by-reference", "deep", "open-string", "open-hex", "stream-dictionary"],
)
def test_actions_written_to_be_overlooked_are_seen(objects):
    assert "active-content" in found(build.pdf(objects))


def _inside(holder: bytes) -> bytes:
    """A file whose table points to an object that stands where a plain reading sees none."""
    data = build.pdf({1: b"<</Type/Catalog/Pages 2 0 R/OpenAction 6 0 R>>", 5: holder, 6: b"null"})
    hidden = data.index(b"6 0 obj")
    real = data.index(b"6 0 obj", hidden + 1)
    return data.replace(b"%010d 00000 n" % real, b"%010d 00000 n" % hidden)


@pytest.mark.parametrize(
    "holder",
    [
        b"<</Length 52>>\nstream\n6 0 obj <</S/JavaScript/JS(evil\\(\\))>> endobj         \nendstream",
        b"<</T( 6 0 obj <</S/JavaScript/JS(evil\\(\\))>> endobj )>>",
        b"<<% 6 0 obj <</S/JavaScript/JS(evil\\(\\))>> endobj\n>>",
    ],
    ids=["stream", "string", "comment"],
)
def test_an_object_that_only_the_table_shows_is_found(holder):
    data = _inside(holder)
    assert ("active-content", "PDF JavaScript: open action") in inspected(data)[1]
    without_table = data[: data.index(b"xref\n0 ")]
    assert "active-content" in found(without_table)


def test_an_object_stream_that_does_not_call_itself_one_is_unpacked():
    data = build.script_in_object_stream().replace(b"/Type/ObjStm", b"/Type/Other ")
    assert "active-content" in found(data)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in build.SAMPLES
        if name.endswith(".pdf") and not name.startswith(("encrypted", "truncated", "signed"))
    ],
)
def test_the_copy_that_qpdf_writes_gives_the_same_answer(name):
    """The fast reading of a file and of what qpdf makes of it agree: neither invents or misses an object."""
    data = sample(name)
    part, findings, children = inspected(data)
    copy = open_plain(part).copy
    _again, other_findings, other_children = inspected(copy)
    if name == "script/no-table.pdf":  # an action that nothing refers to is lost in a copy
        findings, children = [], []
    assert sorted(findings) == sorted(other_findings)
    assert sorted(child.data for child in children) == sorted(child.data for child in other_children)


def test_random_documents_read_alike_on_both_paths():
    """Documents put together at random, packed or not: the fast reading and qpdf's copy give the same findings."""
    dice = random.Random(7)
    pieces = [
        build.ALERT,
        b"<</S/Launch/F(a.exe)>>",
        b"<</S/URI/URI(https://example.org)>>",
        b"<</S/GoToR/F(b.pdf)/D[0/Fit]>>",
        b"<</Title(\\(/JS\\) \\))/S/Transparency>>",
        b"[/JavaScript(text)<4A53>]",
        b"<</F(n)/EF<</F 4 0 R>>>>",
        b"<</Type/Annot/Subtype/3D/Rect[0 0 1 1]>>",
    ]
    for _ in range(25):
        chosen = {number: dice.choice(pieces) for number in range(5, 5 + dice.randrange(1, 6))}
        references = b" ".join(b"%d 0 R" % number for number in chosen)
        catalog = {1: b"<</Type/Catalog/Pages 2 0 R/Mine[%s]>>" % references}
        data = build.packed(catalog, chosen) if dice.random() < 0.5 else build.pdf({**catalog, **chosen})
        part, findings, _children = inspected(data)
        assert sorted(findings) == sorted(inspected(open_plain(part).copy)[1])


def test_a_clean_file_needs_no_heavy_library():
    code = (
        "import sys; from tests.fixtures.pdf import SAMPLES; from attachguard.formats.pdf import pdf; from attachguard.part import Part;"
        "from attachguard.limits import Budget, Limits;"
        "part = Part('a', SAMPLES['script/object-stream.pdf'](), role='attachment', budget=Budget(Limits())); part.load();"
        "assert list(pdf.inspect(part)); print(sorted({'pikepdf', 'lxml', 'oletools', 'cryptography', 'msoffcrypto'} & set(sys.modules)))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n1 0 obj" + b"(" * 200_000,
        b"%PDF-1.7\n" + b"1 0 obj(" * 30_000,
        b"%PDF-1.7\n" + b"1 0 obj<</JS<</S" * 15_000,
        b"%PDF-1.7\n1 0 obj" + b"[" * 200_000 + b"/JS",
        b"%PDF-1.7\n" + b"1 0 obj<<>>stream\n" * 15_000,
        b"%PDF-1.7\n1 0 obj<</JS" + b"%\n" * 100_000 + b">>",
        b"%PDF-1.7\n1 0 obj<</JS" + b"<" * 200_000 + b">>",
        b"%PDF-1.7\n1 0 obj<</JS" + b"1 " * 100_000 + b">>",
        b"%PDF-1.7\n" + b"trailer<<" * 20_000 + b"1 0 obj null",
        b"%PDF-1.7\n1 0 obj null\n" + build.object_stream(dict.fromkeys(range(5, 3000), b"<</JS(")),
        build.pdf(
            {5: build.stream(b"5 0 " * 3000 + b"<</S/JavaScript/JS(" * 2000, b"/Type/ObjStm/N 3000/First 12000")}
        ),
    ],
)
def test_hostile_repetition_is_read_in_bounded_time(data):
    start = time.perf_counter()
    inspected(data)
    assert time.perf_counter() - start < HANG


def test_an_object_stream_that_unpacks_to_more_than_is_allowed_is_a_limit():
    bomb = build.pdf({5: build.stream(b"6 0 " + b" " * 3_000_000, b"/Type/ObjStm/N 1/First 4")})
    part = Part("a.pdf", bomb, role="attachment", budget=Budget(Limits(total_bytes=1 << 20)))
    part.fill(bomb)
    with pytest.raises(LimitExceeded):
        list(pdf.inspect(part))


def test_version_and_archival_claim_are_read_from_catalog_and_metadata():
    metadata = b"<rdf:Description pdfaid:part='3' pdfaid:conformance='B'/>"
    data = build.pdf({1: b"<</Type/Catalog/Pages 2 0 R/Version/2.0/Metadata 5 0 R>>", 5: build.stream(metadata)})
    assert claims(Document(data, Budget(Limits()))) == Claims("2.0", "3b", "")
    assert claims(Document(build.pdf({}), Budget(Limits()))) == Claims("1.7", "", "")


def test_a_pdf_is_inspected_through_the_scanner(codes):
    assert "active-content" in codes(sample("script/object-stream.pdf"), "rechnung.pdf")
    assert not {"active-content", "inspection-failed", "malformed-file"} & codes(
        sample("lookalike/words.pdf"), "rechnung.pdf"
    )


@pytest.mark.parametrize(
    ("entries", "encoded"),
    [
        (b"/Filter/ASCIIHexDecode", b"61 70 70 2E 78 28 29>"),
        (b"/Filter[/ASCII85Decode/FlateDecode]", base64.a85encode(zlib.compress(b"app.x()")) + b"~>"),
        (b"/Filter/RunLengthDecode", b"\x06app.x()\x80"),
        (b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 4>>", zlib.compress(b"\0app.\2\x17\xb8\xb9\x00")),
        (b"/Filter/Fl", zlib.compress(b"app.x()")),
    ],
    ids=["hex", "base85-deflate", "run-length", "predictor", "abbreviated"],
)
def test_scripts_are_read_through_stream_filters(entries, encoded):
    script = b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(encoded), encoded)
    layers = [child.data for child in inspected(build.pdf({5: b"<</S/JavaScript/JS 6 0 R>>", 6: script}))[2]]
    assert [layer.rstrip(b".") for layer in layers] == [b"app.x()"]


def test_fields_that_only_a_page_refers_to_are_copied_without_a_warning():
    """A warning would be an error here, and a line on somebody's standard error elsewhere."""
    data = build.pdf(
        {
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[5 0 R]>>",
            5: b"<</FT/Tx/T(Name)/Type/Annot/Subtype/Widget/Rect[0 0 9 9]>>",
        }
    )
    part = inspected(data)[0]
    assert b"/Widget" in open_plain(part).copy


@pytest.mark.parametrize(
    ("trigger", "place"),
    [
        (b"/OpenAction<</S/URI/URI(https://203.0.113.7/)>>", "open action"),
        (b"/OpenAction 5 0 R", "open action"),
        (b"/AA<</WC 5 0 R>>", "on document close"),
        (b"/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next[5 0 R]>>", "open action"),
    ],
)
def test_an_address_that_opens_by_itself_is_a_reference_and_a_link_is_none(trigger, place):
    address = b"<</S/URI/URI(https://203.0.113.7/)>>"
    data = build.pdf({1: b"<</Type/Catalog/Pages 2 0 R%s>>" % trigger, 5: address})
    assert inspected(data)[1] == [
        ("external-reference", f"PDF address that opens by itself: https://203.0.113.7/ ({place})")
    ]
    link = b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A 5 0 R>>"
    plain = build.pdf({1: b"<</Type/Catalog/Pages 2 0 R/OpenAction[3 0 R/Fit]>>", 5: address, 6: link})
    assert inspected(plain)[1] == []
