"""Formats that are nothing but encrypted content: key databases, encrypted disks, encrypted files.

Ansible Vault, KeePass, Password Safe, LUKS, encrypted macOS disk images, age, AES Crypt, AxCrypt, what `openssl enc` writes, PuTTY keys. Each says by
its head what it is and how it is locked; nothing inside can be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attachguard.inspector import Fact
from attachguard.part import Part

TYPES: Final = frozenset(
    {
        "vault", "kdbx", "luks", "dmg-enc", "openssl-enc", "aescrypt", "axcrypt", "psafe3", "age", "ppk", "txt", "pem",
        # a vault may have the name of the settings that are in it
        "yaml", "ini", "toml", "json", "md", "csv",
    }
)  # fmt: skip
LIMITATIONS: Final = ("Nothing is decrypted, whatever password is known.",)
EXTRACTS: Final = "Nothing."
DETECTS: Final = "That the content is encrypted and by what."

#: Ansible's documentation, "Format of files encrypted with Ansible Vault"; the header may carry a label of the vault.
_VAULT: Final = re.compile(
    rb"\$ANSIBLE_VAULT;(1\.[0-9]);([A-Z0-9]{1,16})(?:;[^\r\n]{1,100})?\r?\n\s{0,20}[0-9a-fA-F]{16}"
)
_AGE_ARMOR: Final = b"-----BEGIN AGE ENCRYPTED FILE-----"
_AGE: Final = b"age-encryption.org/"
#: "PuTTY: key file format", and who says of himself that he is not encrypted.
_PUTTY: Final = re.compile(rb"Encryption: (?!none)([a-z0-9-]{1,32})")
#: Types that are always locked with a password, and how a report calls them.
_ALWAYS: Final = {
    "dmg-enc": "macOS disk image: AES",
    "openssl-enc": "OpenSSL: encrypted with a password",
    "aescrypt": "AES Crypt: encrypted file",
    "axcrypt": "AxCrypt: encrypted file",
    "psafe3": "Password Safe: database",
}


def inspect(part: Part) -> Iterator[Fact]:
    """The way it is locked."""
    head = part.head
    for kind in part.types:
        if kind.id in _ALWAYS:
            yield part.encrypted("unknown-password", _ALWAYS[kind.id])
            return
    if part.is_a("ppk"):
        cipher = _PUTTY.search(head)
        if cipher:
            yield part.encrypted("unknown-password", f"PuTTY: private key, {cipher[1].decode('ascii')}")
    elif part.is_a("kdbx"):
        # Major version at offset 10 (KeePass file header); version 1 has another second signature.
        version = head[10] if len(head) > 10 and head[4:8] == b"\x67\xfb\x4b\xb5" else 1
        yield part.encrypted("unknown-password", f"KeePass: database, version {version}")
    elif part.is_a("luks"):
        version = int.from_bytes(head[6:8], "big")
        yield part.encrypted("unknown-password", f"LUKS: encrypted volume, version {version}")
    elif part.is_a("age") or head.startswith((_AGE, _AGE_ARMOR)):
        # The stanza of a passphrase stands alone (C2SP age, "scrypt recipient stanza").
        password = head.startswith(_AGE) and b"\n-> scrypt " in head
        yield part.encrypted("unknown-password" if password else "unknown-key", "age: encrypted file")
    elif head.startswith(b"$ANSIBLE_VAULT;"):
        vault = _VAULT.match(head)
        if vault:
            yield part.encrypted("unknown-password", f"Ansible Vault: {vault[2].decode('ascii')}")
