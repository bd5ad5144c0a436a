"""What a policy may ask of a PDF beside its version: the program that made it, and whether it links to the web."""

from __future__ import annotations

import io

import pikepdf
import pytest
from examples.policies.messages import made_pdf, plain_pdf

from attachguard import Policy, Scanner
from tests.fixtures import pdf

HEAD = '[policy]\nid = "t"\nversion = "1"\ntitle = "t"\n[types]\naccept = [{ type = "pdf", '
RULES = """ }]
[[rule]]
codes = ["format-version-not-allowed", "linked-content"]
action = "reject"
"""
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><pdf:Producer>%s</pdf:Producer><xmp:CreatorTool>Writer</xmp:CreatorTool></x:xmpmeta>"


@pytest.fixture
def asked(tmp_path):
    """The kinds that a policy finds in a file whose list asks for something of a PDF."""

    def ask(wish: str, data: bytes) -> set[str]:
        path = tmp_path / "t.toml"
        path.write_text(HEAD + wish + RULES, encoding="utf-8")
        report = Scanner(Policy.load(path)).scan(data, name="a.pdf")
        assert (report.verdict.action.value == "reject") == any(
            f.kind in ("pdf-producer", "pdf-link") for f in report.findings
        )
        return {finding.kind for finding in report.findings}

    return ask


def described(metadata: bytes) -> bytes:
    objects = {
        **pdf.PLAIN,
        1: b"<</Type/Catalog/Pages 2 0 R/Metadata 9 0 R>>",
        9: pdf.stream(metadata, b"/Type/Metadata/Subtype/XML"),
    }
    return pdf.pdf(objects)


def locked(data: bytes) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as opened:
        opened.save(target, encryption=pikepdf.Encryption(owner="o", user="", R=6))
    return target.getvalue()


OFFICE = 'producers = ["*LibreOffice*", "*word*"]'


@pytest.mark.parametrize(
    "data", [made_pdf("Chromium 130"), plain_pdf(), described(XMP % b"Skia/PDF"), locked(made_pdf("Chromium"))]
)
def test_a_policy_asks_for_the_program_that_made_a_pdf(asked, data):
    assert "pdf-producer" in asked(OFFICE, data)


@pytest.mark.parametrize(
    "data",
    [
        made_pdf("LibreOffice 24.8"), made_pdf("Microsoft Word 2021"), described(XMP % b"LibreOffice 24.8"), locked(made_pdf("LibreOffice")),
        made_pdf("\\376\\377\\000W\\000o\\000r\\000d"),
    ],
)  # fmt: skip
def test_a_program_of_the_list_is_accepted(asked, data):
    assert "pdf-producer" not in asked(OFFICE, data)


LINKED = made_pdf("x", link="https://www.example.org/")


@pytest.mark.parametrize("data", [LINKED, made_pdf("x", link="mailto:a@example.org"), locked(LINKED)])
def test_a_policy_asks_for_links(asked, data):
    assert "pdf-link" in asked("links = false", data)
    assert "pdf-link" not in asked("links = true", data)


def test_an_address_in_the_text_of_a_page_is_no_link(asked):
    assert "pdf-link" not in asked("links = false", plain_pdf())
    written = pdf.pdf({**pdf.PLAIN, 4: pdf.stream(b"BT /F1 12 Tf (/URI https://www.example.org) Tj ET")})
    assert "pdf-link" not in asked("links = false", written)


def test_cut_files_never_raise(asked):
    for end in range(20, len(LINKED), 37):
        assert "inspection-failed" not in asked(f"{OFFICE}, links = false", LINKED[:end])
