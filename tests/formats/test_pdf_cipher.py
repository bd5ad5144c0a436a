"""A PDF that opens without a password says the same as the file that it was made from, whatever encrypts it, and qpdf is not asked."""

from __future__ import annotations

import io
import re
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Encryption, Name, String

from attachguard.formats.pdf import second_opinion, syntax
from attachguard.formats.pdf.cipher import Cipher, open_in_place
from attachguard.formats.pdf.file import Document
from attachguard.formats.pdf.marks import MARK
from attachguard.formats.pdf.secret import read_lock
from attachguard.limits import MOST_LOOKS, Budget, Limits
from tests.formats.test_pdf import inspected

SCHEMES = {
    "RC4-40": {"R": 2, "aes": False, "metadata": False},
    "RC4-128": {"R": 3, "aes": False, "metadata": False},
    "AES-128": {"R": 4, "aes": True, "metadata": True},
    "AES-128, metadata plain": {"R": 4, "aes": True, "metadata": False},
    "AES-256": {"R": 6, "aes": True, "metadata": True},
}


def made(*, packed: bool = False, scheme: str = "", user: str = "", more: Any = None) -> bytes:
    """A file with what strings and streams can say, plain without a scheme."""
    target = io.BytesIO()
    with pikepdf.new() as file:
        file.add_blank_page()
        page = file.pages[0].obj
        link = Dictionary(S=Name.URI, URI=String("file://host/share/(a).exe"))
        page["/Annots"] = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=link)])
        page["/AA"] = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("inString(1)")))
        file.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=file.make_stream(b"inStream(2)" * 9))
        file.Root["/Launched"] = file.make_indirect(Dictionary(S=Name.Launch, F=String("cmd.exe")))
        file.attachments["böse.txt"] = b"content of the attached file " * 50
        outside = file.make_stream(b"")
        outside.stream_dict["/F"] = String("\\\\host\\share\\stream")
        file.Root["/Outside"] = outside
        with file.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["pdf:Producer"] = "its maker"
        if more is not None:
            more(file)
        mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
        encryption = Encryption(owner="its owner", user=user, **SCHEMES[scheme]) if scheme else False  # type: ignore[arg-type]
        file.save(target, object_stream_mode=mode, encryption=encryption)
    return target.getvalue()


def said(data: bytes, *passwords: str) -> tuple[list[tuple[str, str]], list[tuple[str, bytes]], dict[str, str]]:
    """Findings but those about encryption and permissions, children, and what a policy may ask."""
    part, findings, children = inspected(data, *passwords)
    about = ("password-protected", "pdf-permissions-restricted")
    described = {key: value for key, value in part.profile.items() if key != "version"}
    return sorted(each for each in findings if each[0] not in about), [(c.name, c.data) for c in children], described


@pytest.fixture
def no_qpdf(monkeypatch):
    def asked(*_arguments):
        raise AssertionError("qpdf was asked")

    monkeypatch.setattr(second_opinion, "_open", asked)


@pytest.mark.usefixtures("no_qpdf")
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_encrypted_file_says_what_the_plain_one_says(scheme, packed):
    data = made(scheme=scheme, packed=packed)
    assert said(data) == said(made(packed=packed))
    assert len(said(data)[0]) >= 6
    part, findings, _children = inspected(data)
    assert part.encryption == "opens-without-password"
    assert ("password-protected", f"PDF: {scheme.split(',')[0]}, opens without a password") in findings


def test_what_is_signed_is_not_encrypted():
    """The value of a signature stands outside of the encryption (ISO 32000-2, 7.6.2)."""
    value = {"Contents": b"0123456789abcdef", "ByteRange": [0, 1, 2, 3], "Reason": b"0123456789abcdef"}
    cipher = Cipher(b"12345", "V2", "V2", metadata=True)
    assert cipher.value(dict(value), 7, 0)["Contents"] == value["Contents"]
    assert cipher.value(dict(value), 7, 0)["Reason"] != value["Reason"]


@pytest.mark.parametrize("octets", [b"", b"a", b"0123456789abcdef", b"0123456789abcdefg"])
@pytest.mark.parametrize("method", ["AESV2", "AESV3"])
def test_a_string_too_short_for_its_cipher_is_empty(method, octets):
    cipher = Cipher(bytes(32 if method == "AESV3" else 16), method, method, metadata=True)
    assert cipher.value(octets, 1, 0) == b""


def test_a_vector_that_reads_like_a_harmless_address_hides_none():
    """The first sixteen octets of a string under AES are the sender's choice, and are what a reading without the key sees."""

    def choose(file: pikepdf.Pdf) -> None:
        file.Root.OpenAction = Dictionary(S=Name.URI, URI=String("file://host/share/run.exe"))

    data = made(scheme="AES-256", more=choose)
    harmless = b"https://a.test/b"
    forged = re.sub(rb"/URI <[0-9a-f]{32}", b"/URI <" + harmless.hex().encode(), data)
    assert forged != data
    document = Document(forged, Budget(Limits()))
    handler = document.resolve(next(document.trailers())["Encrypt"])
    plain, _opened = open_in_place(document, handler, read_lock(document, handler))
    assert plain.marks & MARK["unusual"]


@pytest.mark.usefixtures("no_qpdf")
def test_a_locked_file_is_not_shown_to_qpdf():
    _part, findings, _children = inspected(made(scheme="AES-128", user="nobody knows"))
    assert ("encrypted-unknown-password", "PDF: AES-128, needs a user password") in findings


@pytest.mark.usefixtures("no_qpdf")
def test_keys_have_a_bound_for_the_message():
    """A mail of a few megabytes has room for thousands of small files, and a key of revision 6 takes three milliseconds."""
    budget = Budget(Limits())
    assert not budget.spare(MOST_LOOKS + 1)
    _part, findings, _children = inspected(made(scheme="AES-256"), budget=budget)
    assert {code for code, _detail in findings} >= {"encrypted-unknown-password", "resource-limit-exceeded"}


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"/Length 128", b"/Wength 128"),
        lambda data: re.sub(rb"startxref\s+\d+", b"startxref 1", data),
        lambda data: data.replace(b"%%EOF", b"1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF"),
        lambda data: data + b"% /Crypt",
        lambda data: data + b"% /#43rypt",
        lambda data: data.replace(b"startxref", b"trailer\n<< /Root 1 0 R >>\nstartxref"),
        lambda data: b"%PDF-1.4\ntrailer\n<< /Root 1 0 R /Encrypt << /Filter /Standard >> >>\n" + data,
    ],
    ids=[
        "no length",
        "no table",
        "an object twice",
        "a filter",
        "a filter spelled otherwise",
        "a plain trailer",
        "another handler",
    ],
)
def test_what_readers_may_differ_about_is_shown_to_qpdf(monkeypatch, change):
    asked = []
    monkeypatch.setattr(second_opinion, "_open", lambda *arguments: asked.append(arguments))
    data = change(made(scheme="RC4-128"))
    inspected(data)
    assert asked


def test_a_trailer_that_no_reader_comes_to_hides_nothing():
    """A plain file with the handler of another one beside it: decrypted, its strings would say nothing any more."""
    plain, locked = made(), made(scheme="RC4-128")
    handler = re.search(rb"\n(\d+) 0 obj\n(<< /CF[^\n]*|<< /Filter /Standard[^\n]*)", locked)
    ident = re.search(rb"/ID \[[^\]]*\]", locked)
    assert handler is not None
    assert ident is not None
    stray = b"trailer\n<< /Root 1 0 R " + ident[0] + b" /Encrypt " + handler[2] + b" >>\n"
    assert said(plain.replace(b"xref\n0 ", stray + b"xref\n0 ", 1))[0] == said(plain)[0]


def test_a_table_inside_a_stream_is_no_table_to_trust(monkeypatch):
    """The end of the file leads into a stream, where a trailer without a handler stands: readers see a plain file."""
    asked = []
    monkeypatch.setattr(second_opinion, "_open", lambda *arguments: asked.append(arguments))
    hidden = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\n"
    data = made(scheme="RC4-128")
    stream = b"99 0 obj\n<< /Length %d >>\nstream\n" % len(hidden)
    data = data.replace(b"xref\n0 ", stream + hidden + b"endstream\nendobj\nxref\n0 ", 1)
    inspected(re.sub(rb"startxref\s+\d+", b"startxref\n%d" % data.index(hidden), data))
    assert asked


def test_strings_are_decrypted_whatever_type_a_dictionary_claims():
    value = {"Type": syntax.Name("XRef"), "URI": b"0123456789abcdef"}
    assert Cipher(b"12345", "V2", "V2", metadata=True).value(value, 7, 0)["URI"] != b"0123456789abcdef"


def test_a_handler_that_only_a_repaired_file_has_is_told():
    data = made(scheme="RC4-128", user="nobody knows")
    _part, findings, _children = inspected(data.replace(b"startxref", b"trailer\n<< /Root 1 0 R >>\nstartxref"))
    assert ("encrypted-unknown-password", "PDF: RC4-128, needs a user password") in findings


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_file_that_is_cut_never_raises(scheme):
    data = made(scheme=scheme)
    for end in range(0, len(data), 97):
        inspected(data[:end])
