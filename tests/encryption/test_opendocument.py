"""OpenDocument packages under passwords, encrypted as LibreOffice does."""

from __future__ import annotations

import pytest

from attachguard import Policy, Scanner
from tests.encryption.made import odt
from tests.encryption.tools import SECRET, opens


@pytest.mark.parametrize("cipher", ["Blowfish CFB", "AES-256"])
def test_an_opendocument_text_opens_by_its_password(look, cipher):
    opens(look, odt(SECRET, cipher), "a.odt", "odt")
    report = Scanner(Policy.load("audit"), passwords=[SECRET]).scan(odt(SECRET, cipher), name="a.odt", kind="file")
    assert [part.type.id for part in report.parts if part.name == "decrypted"] == ["odt"]
