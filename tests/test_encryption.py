"""Every row of docs/encryption.md: what real tools encrypt is told for what it is, and opened where the password is at hand.

Tools that are not installed skip their rows; `.ci/run` installs them where it can.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
import struct
import subprocess
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pytest

from attachguard import Policy, Rules, Scanner
from tests.fixtures import ooxml as ooxml_files

SECRET = "Sommer-2024!"
TEXT = b"Sehr geehrte Damen und Herren, anbei die Unterlagen.\n" * 40
DOCUMENT = Path(__file__).parent.parent / "docs" / "encryption.md"


def tool(*names: str) -> str:
    """Path of the first of some programs that is installed; skips the test where none is."""
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    pytest.skip(f"none of these programs is installed: {', '.join(names)}")


def run(*command: object, stdin: bytes = b"") -> bytes:
    done = subprocess.run([str(word) for word in command], input=stdin, capture_output=True, check=True, timeout=60)
    return done.stdout


@pytest.fixture(scope="module")
def look():
    """`look(data, name, *passwords)`: state of the file, ids of all types found in it, details of its encryption."""
    policy, rules = Policy.load("audit"), Rules.empty()

    def scan(data: bytes, name: str, *passwords: str) -> tuple[str, set[str], list[str]]:
        report = Scanner(policy, rules=rules, passwords=passwords).scan(data, name=name, kind="file")
        details = [
            finding.detail for finding in report.findings if "encrypt" in finding.code or "password" in finding.code
        ]
        said = repr(report)
        assert not any(word in said for word in passwords), "a password stands in the report"
        return report.parts[0].encryption, {part.type.id for part in report.parts}, details

    return scan


def opens(look, data: bytes, name: str, inside: str, *, wrong: bool = True) -> None:
    """A file that is locked, stays locked under a wrong password, and opens under the right one to something of this type."""
    assert look(data, name)[0] == "unknown-password"
    if wrong:
        assert look(data, name, "falsch")[0] == "unknown-password"
    state, types, details = look(data, name, "falsch", SECRET)
    assert state == "known-password"
    assert inside in types
    assert details[0].endswith("password from operator list")


# -- PDF --------------------------------------------------------------------------------------------------------------------


def pdf(encryption: pikepdf.Encryption) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain_pdf())) as file:
        file.save(target, encryption=encryption)
    return target.getvalue()


def plain_pdf() -> bytes:
    target = io.BytesIO()
    with pikepdf.new() as file:
        file.add_blank_page()
        file.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        file.save(target)
    return target.getvalue()


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
@pytest.mark.parametrize("aes", [False, True])
def test_a_pdf_under_a_user_password_opens_by_it(look, revision, aes):
    if aes and revision < 4:
        pytest.skip("AES begins with revision 4")
    aes = aes or revision == 6
    data = pdf(pikepdf.Encryption(user=SECRET, owner="Besitzer-1", R=revision, aes=aes, metadata=aes))
    opens(look, data, "a.pdf", "pdf")
    assert look(data, "a.pdf", "Besitzer-1")[0] == "known-password"


@pytest.mark.filterwarnings("ignore:Encryption R=5")
def test_a_pdf_of_revision_5_opens_by_its_password(look):
    data = pdf(pikepdf.Encryption(user=SECRET, owner="Besitzer-1", R=5, aes=True, metadata=True))
    opens(look, data, "a.pdf", "pdf")


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_a_pdf_with_an_owner_password_only_opens_without_one(look, revision):
    settings = {"allow": pikepdf.Permissions(extract=False)}
    data = pdf(
        pikepdf.Encryption(user="", owner=SECRET, R=revision, aes=revision >= 4, metadata=revision >= 4, **settings)
    )
    assert look(data, "a.pdf")[0] == "opens-without-password"


def test_what_is_inside_a_pdf_that_opens_is_judged():
    scanner = Scanner(Policy.load("audit"), passwords=[SECRET])
    report = scanner.scan(pdf(pikepdf.Encryption(user=SECRET, owner="x", R=6)), name="a.pdf", kind="file")
    assert "active-content" in {finding.code for finding in report.findings}


def test_a_pdf_under_a_password_with_an_umlaut_opens(look):
    assert look(pdf(pikepdf.Encryption(user="Schlüssel", owner="x", R=6)), "a.pdf", "Schlüssel")[0] == "known-password"


# -- Office -----------------------------------------------------------------------------------------------------------------


def office(password: str) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    source, target = io.BytesIO(ooxml_files.SAMPLES["xlm/tabelle.xlsm"]()), io.BytesIO()
    with zipfile.ZipFile(source, "a") as writer:
        # The library's writer makes unusable files of packages below 4096 bytes.
        writer.writestr("docProps/thumbnail.bin", hashlib.shake_128(b"x").digest(9000))
    OOXMLFile(source).encrypt(password, target)
    return target.getvalue()


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


# -- archives ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "brief.txt").write_bytes(TEXT)
    (tmp_path / "zwei.txt").write_bytes(TEXT[::-1])
    return tmp_path


def test_a_zip_of_the_program_zip_opens_by_its_password(look, folder):
    program = tool("zip")
    run(program, "-q", "-j", "-P", SECRET, folder / "a.zip", folder / "brief.txt")
    opens(look, (folder / "a.zip").read_bytes(), "a.zip", "txt")


def test_a_zip_of_which_some_members_are_encrypted_is_locked_and_the_others_are_read(look, folder):
    program = tool("zip")
    run(program, "-q", "-j", "-P", SECRET, folder / "a.zip", folder / "brief.txt")
    run(program, "-q", "-j", folder / "a.zip", folder / "zwei.txt")
    state, types, details = look((folder / "a.zip").read_bytes(), "a.zip")
    assert state == "unknown-password"
    assert "txt" in types
    assert "1 of 2 members" in details[0]


@pytest.mark.parametrize("method", ["AES128", "AES192", "AES256", "ZipCrypto"])
def test_a_zip_of_7_zip_opens_by_its_password(look, folder, method):
    program = tool("7zz", "7z", "7za")
    run(program, "a", "-tzip", f"-p{SECRET}", f"-mem={method}", folder / "a.zip", folder / "brief.txt")
    opens(look, (folder / "a.zip").read_bytes(), "a.zip", "txt")


@pytest.mark.parametrize("options", [["-mhe=off"], ["-mhe=on"], ["-m0=LZMA"], ["-m0=Copy"], ["-m0=BZip2"], ["-ms=off"]])
def test_a_7z_of_7_zip_opens_by_its_password(look, folder, options):
    program = tool("7zz", "7z", "7za")
    run(program, "a", f"-p{SECRET}", *options, folder / "a.7z", folder / "brief.txt", folder / "zwei.txt")
    opens(look, (folder / "a.7z").read_bytes(), "a.7z", "txt")


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


def rar5(password: str, *, names_hidden: bool) -> bytes:
    """A RAR 5 archive with one stored member, written after "RAR 5.0 archive format", as no free program writes it."""
    salt, vector = b"0123456789abcdef", b"vectorvectorvect"
    word = password.encode()
    key = hashlib.pbkdf2_hmac("sha256", word, salt, 1 << 4)
    value = hashlib.pbkdf2_hmac("sha256", word, salt, (1 << 4) + 32)
    check = bytes(value[at] ^ value[at + 8] ^ value[at + 16] ^ value[at + 24] for at in range(8))
    check += hashlib.sha256(check).digest()[:4]

    def framed(body: bytes, *, hidden: bool) -> bytes:
        sized = vint(len(body)) + body
        whole = struct.pack("<I", zlib.crc32(sized)) + sized
        return b"headerheaderhead" + aes_cbc(key, b"headerheaderhead", whole) if hidden else whole

    record = vint(1) + vint(0) + vint(1) + bytes([4]) + salt + vector + check
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
        out += framed(vint(4) + vint(0) + vint(0) + vint(1) + bytes([4]) + salt + check, hidden=False)
    out += framed(vint(1) + vint(0) + vint(0), hidden=names_hidden)
    out += framed(file, hidden=names_hidden) + content
    return out + framed(vint(5) + vint(0) + vint(0), hidden=names_hidden)


@pytest.mark.parametrize("names_hidden", [False, True])
def test_a_rar_5_opens_by_its_password(look, names_hidden):
    opens(look, rar5(SECRET, names_hidden=names_hidden), "a.rar", "txt")


# -- OpenDocument -----------------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("cipher", ["Blowfish CFB", "AES-256"])
def test_an_opendocument_text_opens_by_its_password(look, cipher):
    opens(look, odt(SECRET, cipher), "a.odt", "odt")
    report = Scanner(Policy.load("audit"), passwords=[SECRET]).scan(odt(SECRET, cipher), name="a.odt", kind="file")
    assert [part.type.id for part in report.parts if part.name == "decrypted"] == ["odt"]


# -- keys and messages ------------------------------------------------------------------------------------------------------


def test_a_key_store_of_openssl_tells_its_password(look, folder):
    program = tool("openssl")
    run(
        program,
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=x",
        "-keyout",
        folder / "k.pem",
        "-out",
        folder / "c.pem",
    )
    pair = ("-inkey", folder / "k.pem", "-in", folder / "c.pem")
    store = run(program, "pkcs12", "-export", *pair, "-passout", f"pass:{SECRET}")
    assert look(store, "a.p12")[0] == "unknown-password"
    assert look(store, "a.p12", SECRET)[0] == "known-password"
    assert look(run(program, "pkcs12", "-export", *pair, "-passout", "pass:"), "a.p12")[0] == "opens-without-password"


def test_an_encrypted_private_key_of_openssl_needs_its_password(look):
    key = run(
        tool("openssl"),
        "genpkey",
        "-algorithm",
        "RSA",
        "-pkeyopt",
        "rsa_keygen_bits:2048",
        "-aes256",
        "-pass",
        f"pass:{SECRET}",
    )
    assert look(key, "key.pem")[0] == "unknown-password"


def test_what_gpg_encrypts_with_a_passphrase_needs_it(look, tmp_path):
    program = tool("gpg")
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    options = ("--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", SECRET)
    for armour in ((), ("--armor",)):
        data = run(program, *options, *armour, "--symmetric", "-o", "-", stdin=TEXT)
        assert look(data, "a.gpg")[0] == "unknown-password"


# -- the table --------------------------------------------------------------------------------------------------------------


def test_every_row_of_the_table_names_a_state_and_a_test_that_exist():
    from attachguard.codes import ENCRYPTION_STATES

    rows = [line.split("|")[1:-1] for line in DOCUMENT.read_text().splitlines() if line.startswith("| ")]
    rows = [
        [cell.strip() for cell in row]
        for row in rows
        if len(row) == 5 and not row[0].strip().startswith(("format", "---"))
    ]
    assert len(rows) > 20
    root = DOCUMENT.parent.parent
    for what, _protection, states, _done, where in rows:
        assert set(re.findall(r"`([a-z-]+)`", states)) <= set(ENCRYPTION_STATES), what
        assert re.findall(r"`([a-z-]+)`", states), what
        for place in re.findall(r"`([\w/.]+)`", where):
            assert (root / "tests" / place).exists(), place
        assert "`" in where, what
