"""Documents, drawings and models that are ZIP archives: their members are pieces of them."""

from __future__ import annotations

import pytest

from attachguard import Policy, Rules, Scanner
from tests.fixtures.zip import PROGRAM, Member, archive

NOISE = b"MZ" + bytes(range(255, 0, -1))
KINDS = {
    "corel": ("bild.cdr", {"mimetype": b"application/x-vnd.corel.zcf.draw.document+zip", "content/data/1.dat": NOISE}),
    "idml": (
        "heft.idml",
        {"mimetype": b"application/vnd.adobe.indesign-idml-package", "designmap.xml": b"<Document/>"},
    ),
    "xmind": ("karte.xmind", {"content.json": b"[]", "metadata.json": b"{}"}),
    "mmap": (
        "karte.mmap",
        {"Document.xml": b'<ap:Map xmlns:ap="http://schemas.mindjet.com/MindManager/Application/2003"/>'},
    ),
    "qgz": ("plan.qgz", {"plan.qgs": b"<qgis/>", "plan.qgd": NOISE}),
    "sketch": ("entwurf.sketch", {"document.json": b"{}", "meta.json": b"{}", "pages/1.json": b"{}"}),
    "fcstd": (
        "teil.FCStd",
        {"Document.xml": b"<Document/>", "GuiDocument.xml": b"<Document/>", "Shape.brp": b"DBRep_DrawableShape"},
    ),
    "ggb": ("dreieck.ggb", {"geogebra.xml": b"<geogebra/>"}),
    "figma": ("entwurf.fig", {"canvas.fig": NOISE, "meta.json": b"{}"}),
    "h5p": ("kurs.h5p", {"h5p.json": b"{}", "content/content.json": b"{}"}),
    "ifczip": ("haus.ifczip", {"haus.ifc": b"ISO-10303-21;"}),
    "mscz": ("lied.mscz", {"lied.mscx": b"<museScore/>", "Thumbnails/thumbnail.png": NOISE}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_is_told_and_strict_takes_it(kind):
    name, files = KINDS[kind]
    data = archive(*(Member(member, content) for member, content in files.items()))
    report = Scanner(Policy.load("strict"), rules=Rules.empty()).scan(data, kind="file", name=name)
    assert report.parts[0].type.id == kind
    assert report.verdict.action.delivers, report.findings
    assert {part.role for part in report.parts[1:]} == {"embedded"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_program_in_it_is_a_program(kind):
    name, files = KINDS[kind]
    data = archive(*(Member(member, content) for member, content in files.items()), Member("data/setup.exe", PROGRAM))
    report = Scanner(Policy.load("strict"), rules=Rules.empty()).scan(data, kind="file", name=name)
    assert report.verdict.action.value == "reject"


def test_a_plain_archive_with_such_names_further_down_stays_one(scan):
    data = archive(
        Member("a/content.json", b"[]"),
        Member("a/metadata.json", b"{}"),
        Member("plan.qgs", b"x"),
        Member("b.txt", b"y" * 99),
        Member("c/d.txt", b"z"),
    )
    assert scan(data, "a.zip").parts[0].type.id == "zip"


def test_a_cut_one_is_malformed(codes):
    name, files = KINDS["corel"]
    data = archive(*(Member(member, content) for member, content in files.items()))
    assert "malformed-file" in codes(data[:-60], name)


def test_letters_alone_make_no_program(scan):
    assert scan(NOISE, "daten.dat").parts[0].type.id != "mz"
    assert scan(PROGRAM[:64], "daten.dat").parts[0].type.id == "mz"
