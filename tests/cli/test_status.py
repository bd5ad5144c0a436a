"""The exit statuses are the same everywhere."""

from __future__ import annotations

import pytest

from attachguard.cli.status import Status
from tests.test_scanner import BAD, CLEAN


@pytest.fixture(autouse=True)
def files(tmp_path):
    (tmp_path / "bad.eml").write_bytes(BAD)
    (tmp_path / "clean.eml").write_bytes(CLEAN)
    (tmp_path / "broken.toml").write_text('[policy]\nid = "w"\nversion = "1"\nnonsense = 1\n')


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ("scan clean.eml", Status.FINE),
        ("scan bad.eml", Status.REFUSED),
        ("scan --policy audit bad.eml", Status.FINE),
        ("scan gone.eml", Status.FAILED),
        ("scan --policy nonsense clean.eml", Status.FAILED),
        ("scan --nonsense", Status.FAILED),
        ("scan", Status.FAILED),
        ("scan -o no/such/folder/x.json clean.eml", Status.FAILED),
        ("scan -o report.docx clean.eml", Status.FAILED),
        ("identify clean.eml", Status.FINE),
        ("identify gone.eml", Status.FAILED),
        ("sanitize clean.eml -o out.eml", Status.FINE),
        ("sanitize --policy strict bad.eml -o out.eml", Status.REFUSED),
        ("sanitize gone.eml -o out.eml", Status.FAILED),
        ("policy list", Status.FINE),
        ("policy check strict", Status.FINE),
        ("policy check broken.toml", Status.REFUSED),
        ("policy check nonsense", Status.FAILED),
        ("policy check nonsense.toml broken.toml", Status.FAILED),
        ("policy show nonsense", Status.FAILED),
        ("policy explain", Status.FAILED),
        ("policy explain --report clean.eml", Status.FAILED),
        ("doctor", Status.FINE),
        ("nonsense", Status.FAILED),
        ("", Status.FAILED),
    ],
)
def test_exit_status(call, arguments, status):
    result = call(*arguments.split())
    assert result.status == status, result.err
    assert (status == Status.FAILED) == bool(result.err)
