"""Encrypted files for formats that no free tool writes on a command line, made after their specifications."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import zipfile
import zlib

from tests.encryption.tools import TEXT
from tests.fixtures import ooxml as ooxml_files


def office(password: str) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    source, target = io.BytesIO(ooxml_files.SAMPLES["xlm/tabelle.xlsm"]()), io.BytesIO()
    with zipfile.ZipFile(source, "a") as writer:
        # The library's writer makes unusable files of packages below 4096 bytes.
        writer.writestr("docProps/thumbnail.bin", hashlib.shake_128(b"x").digest(9000))
    OOXMLFile(source).encrypt(password, target)
    return target.getvalue()


def vint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def aes_cbc(key: bytes, vector: bytes, data: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return encryptor.update(data + bytes(-len(data) % 16)) + encryptor.finalize()


def rar5(password: str, *, names_hidden: bool, exponent: int = 4) -> bytes:
    """A RAR 5 archive with one stored member, written after "RAR 5.0 archive format", as no free program writes it."""
    salt, vector = b"0123456789abcdef", b"vectorvectorvect"
    word = password.encode()
    key = hashlib.pbkdf2_hmac("sha256", word, salt, 1 << exponent)
    value = hashlib.pbkdf2_hmac("sha256", word, salt, (1 << exponent) + 32)
    check = bytes(value[at] ^ value[at + 8] ^ value[at + 16] ^ value[at + 24] for at in range(8))
    check += hashlib.sha256(check).digest()[:4]

    def framed(body: bytes, *, hidden: bool) -> bytes:
        sized = vint(len(body)) + body
        whole = struct.pack("<I", zlib.crc32(sized)) + sized
        return b"headerheaderhead" + aes_cbc(key, b"headerheaderhead", whole) if hidden else whole

    record = vint(1) + vint(0) + vint(1) + bytes([exponent]) + salt + vector + check
    extra = vint(len(record)) + record
    content = aes_cbc(key, vector, TEXT)
    name = b"brief.txt"
    fields = (
        vint(4)
        + vint(len(TEXT))
        + vint(0)
        + struct.pack("<I", zlib.crc32(TEXT))
        + vint(0)
        + vint(1)
        + vint(len(name))
        + name
    )
    file = vint(2) + vint(3) + vint(len(extra)) + vint(len(content)) + fields + extra
    out = b"Rar!\x1a\x07\x01\x00"
    if names_hidden:
        out += framed(vint(4) + vint(0) + vint(0) + vint(1) + bytes([exponent]) + salt + check, hidden=False)
    out += framed(vint(1) + vint(0) + vint(0), hidden=names_hidden)
    out += framed(file, hidden=names_hidden) + content
    return out + framed(vint(5) + vint(0) + vint(0), hidden=names_hidden)


def odt(password: str, cipher: str) -> bytes:
    """A text document encrypted as LibreOffice does, written after ODF 1.3 part 2, 4.8."""
    from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
    from cryptography.hazmat.decrepit.ciphers.modes import CFB
    from cryptography.hazmat.primitives.ciphers import Cipher

    content = (
        b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">'
        b"<office:body><office:text>" + TEXT + b"</office:text></office:body></office:document-content>"
    )
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    old = cipher == "Blowfish CFB"
    digest = "sha1" if old else "sha256"
    start = hashlib.new(digest, password.encode()).digest()
    salt, size = b"0123456789abcdef", 16 if old else 32
    key = hashlib.pbkdf2_hmac("sha1", start, salt, 1024, size)
    if old:
        vector = b"vectorve"
        encryptor = Cipher(Blowfish(key), CFB(vector)).encryptor()
        secret = encryptor.update(packed) + encryptor.finalize()
    else:
        vector = b"vectorvectorvect"
        rest = 16 - len(packed) % 16
        packed_whole = packed + bytes(rest - 1) + bytes([rest])
        secret = aes_cbc(key, vector, packed_whole)
    said = base64.b64encode
    summed = said(hashlib.new(digest, packed[:1024]).digest()).decode()
    names = (
        ("SHA1/1K", "Blowfish CFB", "SHA1", 20)
        if old
        else ("urn:oasis:names:tc:opendocument:xmlns:manifest:1.0#sha256-1k", "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
              "http://www.w3.org/2000/09/xmldsig#sha256", 32)
    )  # fmt: skip
    manifest = f"""<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml" manifest:size="{len(content)}">
<manifest:encryption-data manifest:checksum-type="{names[0]}" manifest:checksum="{summed}">
<manifest:algorithm manifest:algorithm-name="{names[1]}" manifest:initialisation-vector="{said(vector).decode()}"/>
<manifest:key-derivation manifest:key-derivation-name="PBKDF2" manifest:key-size="{size}" manifest:iteration-count="1024" manifest:salt="{said(salt).decode()}"/>
<manifest:start-key-generation manifest:start-key-generation-name="{names[2]}" manifest:key-size="{names[3]}"/>
</manifest:encryption-data></manifest:file-entry></manifest:manifest>"""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as writer:
        writer.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        writer.writestr("content.xml", secret)
        writer.writestr("META-INF/manifest.xml", manifest)
    return target.getvalue()


def sealed_odt(
    password: str,
    *,
    derivation: str = "argon2id",
    deflated: bool = False,
    vector_in_front: bool = True,
    memory: int = 512,
) -> bytes:
    """A text document encrypted as LibreOffice does since 24.2: the whole package as one member under AES-GCM."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as writer:
        writer.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        writer.writestr(
            "content.xml", b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>'
        )
    plain = inner.getvalue()
    if deflated:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        plain = packer.compress(plain) + packer.flush()
    start, salt, vector = hashlib.sha256(password.encode()).digest(), b"0123456789abcdef", b"vectorvector"
    if derivation == "argon2id":
        key = Argon2id(salt=salt, length=32, iterations=3, lanes=4, memory_cost=memory).derive(start)
        settings = (
            'manifest:key-derivation-name="urn:org:documentfoundation:names:experimental:office:manifest:argon2id" '
            f'loext:argon2-iterations="3" loext:argon2-memory="{memory}" loext:argon2-lanes="4"'
        )
    else:
        key = hashlib.pbkdf2_hmac("sha1", start, salt, 1000, 32)
        settings = f'manifest:key-derivation-name="{derivation}" manifest:iteration-count="1000"'
    secret = (vector if vector_in_front else b"") + AESGCM(key).encrypt(vector, plain, None)
    said = base64.b64encode
    manifest = f"""<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
 xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0" manifest:version="1.4">
<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>
<manifest:file-entry manifest:full-path="encrypted-package" manifest:media-type="application/vnd.oasis.opendocument.text" manifest:size="{len(plain)}">
<manifest:encryption-data>
<manifest:algorithm manifest:algorithm-name="http://www.w3.org/2009/xmlenc11#aes256-gcm" manifest:initialisation-vector="{said(vector).decode()}"/>
<manifest:start-key-generation manifest:start-key-generation-name="http://www.w3.org/2001/04/xmlenc#sha256" manifest:key-size="32"/>
<manifest:key-derivation {settings} manifest:key-size="32" manifest:salt="{said(salt).decode()}"/>
</manifest:encryption-data></manifest:file-entry></manifest:manifest>"""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as writer:
        writer.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        writer.writestr("encrypted-package", secret)
        writer.writestr("META-INF/manifest.xml", manifest)
    return target.getvalue()
