"""Formats that are nothing but encrypted content: key databases, encrypted disks, encrypted files.

Ansible Vault, SOPS, eyaml, Jasypt, Strongbox, sealed secrets, compact JWE, KeePass, Password Safe, LUKS, encrypted macOS disk images and key
chains, age, AES Crypt, AxCrypt, git-crypt, what `openssl enc` writes, private keys of PuTTY, Java and PKCS#8, rights-managed mail and files of
Microsoft, JSON that holds a cipher text. Each says by its head what it is and how it is locked; nothing inside can be looked at.

References: [MS-OXORMMS] 2.2.4 (message.rpmsg), RFC 5958 (PKCS#8), the documentation of SOPS, Web3 Secret Storage and RFC 7516 (JSON).

Why our own: a few header fields are wanted of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attachguard.codes import EncryptionState
from attachguard.inspector import Fact
from attachguard.part import Part

TYPES: Final = frozenset(
    {
        "vault", "kdbx", "luks", "dmg-enc", "openssl-enc", "aescrypt", "axcrypt", "psafe3", "age", "ppk", "txt", "pem",
        # a vault may have the name of the settings that are in it
        "yaml", "ini", "toml", "json", "md", "csv",
        "rpmsg", "pfile", "git-crypt", "p8", "jks", "jceks", "keychain",
    }
)  # fmt: skip
MARKS: Final = (
    b"$ANSIBLE_VAULT;",
    b"ENC[",
    b"ENC(",
    b"{cipher}",
    b"STRONGBOX",
    b"SealedSecret",
    b"eyJ",
    b'ciphertext"',
    b'"encrypted',
)
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
    "keychain": "macOS: key chain",
    "p8": "PKCS#8: private key",
}
#: Types that are always locked for a key.
_FOR_A_KEY: Final = {
    "rpmsg": "Microsoft rights management: message",
    "pfile": "Microsoft rights management: file",
    "git-crypt": "git-crypt: encrypted file",
}
#: Values in a file of settings, each with a word without which the slow expression need not be tried, and with what writes them: whether it takes a
#: key or a password, and its name.
_VALUES: Final[tuple[tuple[bytes, re.Pattern[bytes], EncryptionState, str], ...]] = (
    (b"ENC[AES256_GCM", re.compile(rb"ENC\[AES256_GCM,data:[A-Za-z0-9+/=]{0,4000},iv:[A-Za-z0-9+/=]{1,100},tag:"), "unknown-key", "SOPS"),
    (b"ENC[", re.compile(rb"ENC\[(?:PKCS7|GPG),[A-Za-z0-9+/=\s]{32}"), "unknown-key", "eyaml"),
    (b"ENC(", re.compile(rb"(?:^|[\r\n])[^\r\n#]{1,200}[:=]\s{0,20}[\"']?ENC\([A-Za-z0-9+/=]{16,4000}\)"), "unknown-password", "Jasypt"),
    (
        b"{cipher}",
        re.compile(rb"(?:^|[\r\n])[^\r\n#]{1,200}[:=]\s{0,20}[\"']?\{cipher\}[A-Za-z0-9+/=]{32}"),
        "unknown-key",
        "Spring Cloud Config",
    ),
    (
        b"!vault",
        re.compile(
            rb"!vault\s{1,20}\|\s{1,40}\$ANSIBLE_VAULT;1\.[0-9];[A-Z0-9]{1,16}(?:;[^\r\n]{1,100})?\s{1,60}[0-9a-fA-F]{16}"
        ),
        "unknown-password",
        "Ansible Vault",
    ),
    (
        b"SealedSecret",
        re.compile(rb"kind:\s{0,8}SealedSecret\b(?:[^\n]{0,1000}\n){0,100}?\s{1,20}encryptedData:\s"),
        "unknown-key",
        "sealed secret",
    ),
)  # fmt: skip
#: Whole files: a first line, or the only one.
_WHOLE: Final[tuple[tuple[re.Pattern[bytes], EncryptionState, str], ...]] = (
    (re.compile(rb"# STRONGBOX ENCRYPTED RESOURCE ;[^\n]{0,200}\n[A-Za-z0-9+/=]{8}"), "unknown-key", "Strongbox: encrypted file"),
    (re.compile(rb"eyJ[\w-]{10,2000}\.[\w-]{0,2000}\.[\w-]{4,200}\.[\w-]{2,4000}\.[\w-]{4,200}\s*\Z"), "unknown-key", "JWE: encrypted content"),
)  # fmt: skip
#: JSON whose content is a cipher text, with what is needed to derive or unwrap its key: Web3 Secret Storage, JWE, exports of password managers.
_CIPHER_TEXT: Final = re.compile(
    rb"\"(?:ciphertext|encrypted_?(?:data|text|content|key))\"\s{0,20}:\s{0,20}\"", re.IGNORECASE
)
_KEY_OF_IT: Final = re.compile(rb"\"(?:kdf(?:params|type)?|iv|salt|tag|protected|nonce)\"\s{0,20}:", re.IGNORECASE)
_EXPORT: Final = re.compile(rb"\{\s{0,20}\"encrypted\"\s{0,20}:\s{0,20}true\b")
#: Entries of a Java key store that hold a key, and how many entries are looked at.
_JAVA_KEYS: Final = (1, 3)
_JAVA_ENTRIES: Final = 1_000
_JAVA_CERTIFICATE: Final = 2
_JAVA_VERSION: Final = 2


def inspect(part: Part) -> Iterator[Fact]:
    """The way it is locked."""
    for kind in part.types:
        if kind.id in _ALWAYS:
            yield part.encrypted("unknown-password", _ALWAYS[kind.id])
            return
        if kind.id in _FOR_A_KEY:
            yield part.encrypted("unknown-key", _FOR_A_KEY[kind.id])
            return
    head = part.head.removeprefix(b"\xef\xbb\xbf")
    found = _store(part, head) if part.is_a("ppk", "kdbx", "luks", "jks", "jceks") else _text(part, head)
    if found is not None:
        yield part.encrypted(*found)


Lock = tuple[EncryptionState, str]


def _store(part: Part, head: bytes) -> Lock | None:
    """How a key, a database of keys or a volume is locked; None where it is not."""
    if part.is_a("ppk"):
        cipher = _PUTTY.search(head)
        return ("unknown-password", f"PuTTY: private key, {cipher[1].decode('ascii')}") if cipher else None
    if part.is_a("kdbx"):
        # Major version at offset 10 (KeePass file header); version 1 has another second signature.
        version = head[10] if len(head) > 10 and head[4:8] == b"\x67\xfb\x4b\xb5" else 1
        return "unknown-password", f"KeePass: database, version {version}"
    if part.is_a("luks"):
        return "unknown-password", f"LUKS: encrypted volume, version {int.from_bytes(head[6:8], 'big')}"
    return ("unknown-password", "Java key store: private key") if _has_java_key(part.data) else None


def _text(part: Part, head: bytes) -> Lock | None:
    """How the content of a text is locked; None where it is not."""
    if part.is_a("age") or head.startswith((_AGE, _AGE_ARMOR)):
        # The stanza of a passphrase stands alone (C2SP age, "scrypt recipient stanza").
        password = head.startswith(_AGE) and b"\n-> scrypt " in head
        return "unknown-password" if password else "unknown-key", "age: encrypted file"
    if head.startswith(b"$ANSIBLE_VAULT;"):
        vault = _VAULT.match(head)
        return ("unknown-password", f"Ansible Vault: {vault[2].decode('ascii')}") if vault else None
    if part.is_a("json") and (_EXPORT.match(head) or _CIPHER_TEXT.search(head)) and _KEY_OF_IT.search(head):
        return "unknown-password", "JSON: encrypted content"
    for whole, state, name in _WHOLE:
        if whole.match(head):
            return state, name
    for word, value, state, name in _VALUES:
        if word in head and value.search(head):
            return state, f"{name}: encrypted values"
    return None


def _has_java_key(data: bytes) -> bool:
    """Whether a Java key store holds keys, which are encrypted, or certificates only, which are not."""
    version, count = int.from_bytes(data[4:8], "big"), int.from_bytes(data[8:12], "big")
    place = 12
    for _ in range(min(count, _JAVA_ENTRIES)):
        kind = int.from_bytes(data[place : place + 4], "big")
        if kind in _JAVA_KEYS:
            return True
        if kind != _JAVA_CERTIFICATE:
            return False
        # An alias, a date, in version 2 the kind of the certificate, and the certificate.
        place += 4 + 2 + int.from_bytes(data[place + 4 : place + 6], "big") + 8
        if version == _JAVA_VERSION:
            place += 2 + int.from_bytes(data[place : place + 2], "big")
        place += 4 + int.from_bytes(data[place : place + 4], "big")
    return False
