"""OpenDocument packages under passwords, encrypted as LibreOffice does."""

from __future__ import annotations

import pytest

from attachguard import Policy, Scanner
from tests.encryption.made import odt, sealed_odt
from tests.encryption.tools import SECRET, opens


@pytest.mark.parametrize("cipher", ["Blowfish CFB", "AES-256"])
def test_an_opendocument_text_opens_by_its_password(look, cipher):
    opens(look, odt(SECRET, cipher), "a.odt", "odt")
    report = Scanner(Policy.load("audit"), passwords=[SECRET]).scan(odt(SECRET, cipher), name="a.odt", kind="file")
    assert [part.type.id for part in report.parts if part.name == "decrypted"] == ["odt"]


@pytest.mark.parametrize("options", [{}, {"deflated": True}, {"vector_in_front": False}, {"derivation": "PBKDF2"}])
def test_a_package_that_is_sealed_as_a_whole_opens_by_its_password(look, options):
    opens(look, sealed_odt(SECRET, **options), "a.odt", "odt")


def test_a_derivation_that_is_not_known_is_no_unknown_password(look):
    state, _, details = look(sealed_odt(SECRET, derivation="scrypt"), "a.odt", SECRET)
    assert state == "unsupported-scheme"
    assert details == ["OpenDocument: AES-256-GCM, 1 member"]


def test_without_argon2_the_scheme_is_said_to_be_out_of_reach(look, monkeypatch):
    monkeypatch.setattr("attachguard.formats.office._opendocument.locks._has_argon", lambda: False)
    assert look(sealed_odt(SECRET), "a.odt", SECRET)[0] == "unsupported-scheme"


def test_more_memory_than_one_password_is_worth_is_refused(look):
    data = sealed_odt(SECRET).replace(b'argon2-memory="512"', b'argon2-memory="512000000"')
    assert look(data, "a.odt", SECRET)[0] == "unsupported-scheme"
