"""Documents in ZIP whose manifests say that they are encrypted."""

from __future__ import annotations

import pytest

from attachguard import Policy, Scanner

from .fixtures.zip import STORED, Member, archive

STRICT = Scanner(Policy.load("strict"))
FONTS = "http://www.idpf.org/2008/embedding"
AES = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"


def package(members: dict[str, bytes], mimetype: str = "") -> bytes:
    first = [Member("mimetype", mimetype.encode(), method=STORED)] if mimetype else []
    return archive(*first, *(Member(name, content) for name, content in members.items()))


def ocf(algorithm: str) -> bytes:
    return f'<encryption><enc:EncryptedData><enc:EncryptionMethod Algorithm="{algorithm}"/></enc:EncryptedData></encryption>'.encode()


def state(data: bytes, name: str) -> str:
    return STRICT.scan(data, kind="file", name=name).parts[0].encryption


def test_a_book_whose_pages_are_encrypted_is_locked():
    book = package({"META-INF/encryption.xml": ocf(AES), "a.xhtml": b"x"}, "application/epub+zip")
    assert state(book, "buch.epub") == "unknown-key"


def test_a_book_whose_fonts_alone_are_obfuscated_is_not():
    book = package({"META-INF/encryption.xml": ocf(FONTS), "a.xhtml": b"x"}, "application/epub+zip")
    assert state(book, "buch.epub") == "none"
    assert state(package({"META-INF/encryption.xml": ocf("http://ns.adobe.com/pdf/enc#RC")}), "buch.zip") == "none"


@pytest.mark.parametrize("name", ["META-INF/encryption.xml", "META-INF/manifest.xml"])
def test_any_package_may_have_such_a_manifest(name):
    text = ocf(AES) if "encryption" in name else b"<manifest><file-entry><encryption-data/></file-entry></manifest>"
    assert state(package({name: text, "a.bin": bytes(range(256))}), "paket.zip") in ("unknown-key", "unknown-password")
    assert state(package({name: b"<manifest/>", "a.bin": bytes(range(256))}), "paket.zip") == "none"


@pytest.mark.parametrize("verifier", [".iwpv2", ".iwpv"])
def test_documents_of_iwork_under_a_password_are_locked(verifier):
    assert state(package({"index.xml": bytes(range(256)), verifier: bytes(60)}), "brief.pages") == "unknown-password"


def test_cut_packages_never_raise():
    whole = package({"META-INF/encryption.xml": ocf(AES), "a.xhtml": b"x"}, "application/epub+zip")
    for end in range(len(whole)):
        state(whole[:end], "buch.epub")
