"""Office documents under passwords, written by msoffcrypto-tool; protection that is no encryption."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from attachguard import Policy, Scanner
from tests.encryption.made import office
from tests.encryption.tools import SECRET, opens
from tests.fixtures import ooxml as ooxml_files


def test_an_office_document_under_agile_encryption_opens_by_its_password(look):
    opens(look, office(SECRET), "a.xlsm", "xlsm")


def test_a_workbook_under_excels_own_password_is_opened_and_judged(look):
    report = Scanner(Policy.load("audit")).scan(office("VelvetSweatshop"), name="a.xlsm", kind="file")
    assert report.parts[0].encryption == "default-password"
    assert "macro-content" in {finding.code for finding in report.findings}


@pytest.mark.parametrize("element", ["sheetProtection", "workbookProtection"])
def test_protection_of_sheets_and_workbooks_is_no_encryption(look, element):
    source = zipfile.ZipFile(io.BytesIO(ooxml_files.SAMPLES["plain/tabelle.xlsx"]()))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as writer:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/workbook.xml":
                content = re.sub(
                    rb"</(\w+:)?workbook>", f'<{element} password="CC1A" sheet="1"/></\\1workbook>'.encode(), content
                )
            writer.writestr(name, content)
    assert look(target.getvalue(), "a.xlsx")[0] == "none"
