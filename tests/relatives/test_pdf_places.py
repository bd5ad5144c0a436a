r"""Shares that a PDF names outside of its actions, and forms in every encoding of XML."""

from __future__ import annotations

import pytest

from tests.fixtures import pdf
from tests.relatives.judged import delivered, kinds, refused

SHARE = rb"\\\\203.0.113.5\\s\\a"
TEMPLATE = '<?xml version="1.0" encoding="{}"?><template><event><script>x()</script></event></template>'


def form(packet: bytes) -> bytes:
    catalog = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/XFA 6 0 R>>>>"
    return pdf.pdf({1: catalog, 6: pdf.stream(packet)})


def opening(action: bytes) -> bytes:
    return pdf.pdf({1: b"<</Type/Catalog/Pages 2 0 R/OpenAction " + action + b">>"})


NAMED = [
    opening(b"<</S/Thread/F(" + SHARE + b")/D 0>>"),
    opening(b"<</S/Sound/Sound<</F<</F(" + SHARE + b".wav)>>>>>>"),
    pdf.pdf({5: b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Ref<</F(" + SHARE + b")/Page 0>>/Length 0>>\nstream\n\nendstream"}),
    pdf.pdf({4: b"<</Length 0/F(" + SHARE + b")>>\nstream\n\nendstream"}),
    pdf.pdf({4: b"<</Length 0/F<</UF<FEFF005C005C003200300033002E0030002E003100310033002E0035005C0073>>>>>\nstream\n\nendstream"}),
    pdf.pdf({4: b"<</Length 0/F(file://203.0.113.5/s)>>\nstream\n\nendstream"}),
    pdf.packed({4: b"<</Length 0/F 5 0 R>>\nstream\n\nendstream"}, {5: b"<</Type/Filespec/F(" + SHARE + b")>>"}),
    form(b'<?xml-stylesheet href="\\\\203.0.113.5\\s\\a.xsl" type="text/xsl"?><xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"/>'),
    form(b'<?xml-stylesheet href="file://203.0.113.5/a.xsl"?><broken'),
]  # fmt: skip


@pytest.mark.parametrize("data", NAMED)
def test_a_share_is_found_wherever_a_pdf_names_it(data):
    assert {"network-path", "network-path-link"} & kinds(data, "a.pdf")
    assert refused(data, "a.pdf")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%FDF-1.2\n1 0 obj\n<</FDF<</F(" + SHARE + b".pdf)>>>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n", "a.fdf"),
        (b'<?xml version="1.0"?><xfdf xmlns="http://ns.adobe.com/xfdf/"><f href="\\\\203.0.113.5\\s\\a.pdf"/></xfdf>', "a.xfdf"),
    ],
)  # fmt: skip
def test_form_data_opens_its_form_from_a_share(data, name):
    assert "network-path" in kinds(data, name) | {kind.removesuffix("-link") for kind in kinds(data, name)}
    assert refused(data, name)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_script_is_found_in_every_encoding_of_a_form(codec, mark):
    assert "pdf-xfa-script" in kinds(form((mark + TEMPLATE.format(codec)).encode(codec)), "a.pdf")


def test_utf_7_hides_no_script():
    packet = TEMPLATE.format("utf-7").replace("<script>", "+ADw-script+AD4-").encode()
    assert "pdf-xfa-script" in kinds(form(packet), "a.pdf")


@pytest.mark.parametrize(
    "data",
    [
        pdf.pdf({5: b"<</Title(// Entwurf)/Subject(\\\\\\\\ und //)>>"}),
        pdf.pdf({4: b"<</Length 0/F(Anlage.bin)>>\nstream\n\nendstream"}),
        form(b'<?xml-stylesheet href="form.xsl" type="text/xsl"?><template/>'),
        form(TEMPLATE.replace("script", "value").format("utf-16-le").encode("utf-16-le")),
    ],
)
def test_honest_files_and_strings_are_let_through(data):
    assert delivered(data, "a.pdf")


@pytest.mark.parametrize("data", NAMED)
def test_cut_files_never_raise(data):
    for end in range(0, len(data), 37):
        kinds(data[:end], "a.pdf")
