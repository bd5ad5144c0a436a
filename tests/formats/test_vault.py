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
        ("openssl/brief.enc", "unknown-password", "OpenSSL: encrypted with a password"),
        ("openssl/brief.b64", "unknown-password", "OpenSSL: encrypted with a password"),
        ("aescrypt/brief.aes", "unknown-password", "AES Crypt: encrypted file"),
        ("axcrypt/brief.axx", "unknown-password", "AxCrypt: encrypted file"),
        ("psafe/words.psafe3", "unknown-password", "Password Safe: database"),
        ("dmg/disk.dmg", "unknown-password", "macOS disk image: AES"),
        ("dmg/old.dmg", "unknown-password", "macOS disk image: AES"),
        ("putty/key.ppk", "unknown-password", "PuTTY: private key, aes256-cbc"),
        ("openssh/id_locked", "unknown-password", "PEM: encrypted OpenSSH private key"),
    ],
)
def test_locked_content_is_encrypted(scan, sample, state, detail):
    report = scan(vault.SAMPLES[sample](), sample)
    assert report.parts[0].encryption == state
    assert [finding.detail for finding in report.findings if finding.code.startswith("encrypted-unknown")] == [detail]


def test_text_about_vaults_is_not_encrypted(scan):
    assert scan(vault.SAMPLES["lookalike/howto.txt"](), "howto.txt").parts[0].encryption == "none"


@pytest.mark.parametrize("sample", ["putty/open.ppk", "openssh/id_open"])
def test_what_says_that_it_is_not_locked_is_not(scan, sample):
    assert scan(vault.SAMPLES[sample](), sample).parts[0].encryption == "none"


@pytest.mark.parametrize(
    ("data", "name", "detail"),
    [
        (b"ALZ\x01\x0a\0\0\0BLZ\x01\x05\0\x20\0\0\0\0\x11\0" + bytes(60), "a.alz", "ALZ: encrypted"),
        (b"EGGA\0\x01\0\0\0\0\0\0\0\0" + b"\x0f\x47\xd1\x08\0" + bytes(60), "a.egg", "EGG: encrypted"),
        (b"vhdxfile" + bytes(65528) + b"\xeb\x58\x90-FVE-FS-" + bytes(512), "a.vhdx", "BitLocker: encrypted volume"),
    ],
)
def test_containers_that_are_not_opened_say_that_they_are_locked(scan, data, name, detail):
    report = scan(data, name)
    assert report.parts[0].encryption == "unknown-password"
    assert detail in [finding.detail for finding in report.findings]


@pytest.mark.parametrize("start", [b"\xeb\x58\x90-FVE-FS-", b"LUKS\xba\xbe\0\x02", b""])
def test_a_locked_volume_in_a_partition_is_told(scan, start):
    """The last one is BitLocker To Go, which begins as FAT and holds an identifier."""
    volume = bytearray(start.ljust(4096, b"\0"))
    if not start:
        volume[:11] = b"\xeb\x58\x90MSWIN4.1"
        volume[0x1A8:0x1B8] = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")
    volume[510:512] = b"\x55\xaa"
    table = bytearray(512)
    table[446:462] = b"\0\0\0\0\x07\0\0\0" + (1).to_bytes(4, "little") + (8).to_bytes(4, "little")
    table[510:512] = b"\x55\xaa"
    disk = b"\x33\xc0" + bytes(table[2:]) + bytes(volume)
    assert scan(disk, "disk.img").parts[0].encryption == "unknown-password"
