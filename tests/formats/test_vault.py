"""Vaults and key databases: how each is locked."""

from __future__ import annotations

import pytest

from tests.fixtures import vault


@pytest.mark.parametrize(
    ("sample", "state", "detail"),
    [
        ("vault/secrets.yml", "unknown-password", "Ansible Vault: AES256"),
        ("vault/labelled.yml", "unknown-password", "Ansible Vault: AES256"),
        ("truncated/secrets.yml", "unknown-password", "Ansible Vault: AES256"),
        ("keepass/keys.kdbx", "unknown-password", "KeePass: database, version 4"),
        ("luks/disk.img", "unknown-password", "LUKS: encrypted volume, version 2"),
        ("age/brief.age", "unknown-key", "age: encrypted file"),
        ("age/password.age", "unknown-password", "age: encrypted file"),
    ],
)
def test_locked_content_is_encrypted(scan, sample, state, detail):
    report = scan(vault.SAMPLES[sample](), sample)
    assert report.parts[0].encryption == state
    assert [finding.detail for finding in report.findings if finding.code.startswith("encrypted-unknown")] == [detail]


def test_text_about_vaults_is_not_encrypted(scan):
    assert scan(vault.SAMPLES["lookalike/howto.txt"](), "howto.txt").parts[0].encryption == "none"
