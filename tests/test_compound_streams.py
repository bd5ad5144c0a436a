"""Files in streams of compound files, workbook streams without a compound file, and words that open nothing by chance."""

from __future__ import annotations

import random
import string
import struct

import pytest

from attachguard import Limits, Policy, Rules, Scanner
from attachguard.testkit.legacy import begin

from .fixtures import doc, xls
from .fixtures.cfb import build
from .fixtures.oleobjects import native
from .fixtures.zip import Member, archive

STRICT = Scanner(Policy.load("strict"))
PE = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<HH", 0x8664, 1) + bytes(300)


def codes(data: bytes, name: str = "a.dat") -> set[str]:
    return {finding.code for finding in STRICT.scan(data, kind="file", name=name).findings}


@pytest.mark.parametrize("path", ["Daten", "Ordner/Daten", "a/b/c/d"])
@pytest.mark.parametrize("clsid", ["", "00020906-0000-0000-C000-000000000046"])
def test_a_program_in_a_stream_of_a_compound_file_is_found(path, clsid):
    assert "executable-content" in codes(build({path: PE, "Notiz": b"Guten Tag"}, clsid))


def test_a_program_beside_the_streams_of_a_document_is_found():
    assert "executable-content" in codes(build({**doc.streams(), "Daten": PE}, doc.CLSID), "a.doc")


def test_an_archive_in_a_stream_is_unpacked():
    assert "executable-content" in codes(build({"Daten": archive(Member("a.exe", PE))}))


def test_a_script_is_one_by_the_name_of_its_stream():
    assert "script-content" in codes(build({"a.vbs": b'CreateObject("WScript.Shell").Run "calc"\r\n'}))


@pytest.mark.parametrize("content", [b"MZ ist kein Programm", b"PK und sonst nichts", bytes(200), b"\xff" * 300])
def test_other_streams_are_only_streams(content):
    assert not {"executable-content", "archive-content", "embedded-file"} & codes(build({"Daten": content}))


def test_what_an_object_wraps_is_handed_on_once():
    file = build({"\x01Ole10Native": native("a.exe", PE), "\x01Ole": bytes(20)})
    report = STRICT.scan(file, kind="file", name="a.bin")
    assert sum(part.type.id == "pe" for part in report.parts) == 1


def test_cut_files_never_raise():
    whole = build({"Daten": PE, "Ordner/Mehr": archive(Member("a.exe", PE))})
    for end in range(0, len(whole), 61):
        codes(whole[:end])


@pytest.mark.parametrize("modern", [True, False])
def test_a_workbook_stream_without_a_compound_file_is_a_workbook(modern):
    assert "macro-content" in codes(xls.workbook([("Makro1", 1, 2)], modern=modern), "a.xls")
    assert "macro-content" not in codes(xls.workbook([("Tabelle1", 0, 0)], modern=modern), "a.xls")
    assert "active-content" in codes(xls.workbook([("Tabelle1", 0, 0)], extra=xls.dde_link()), "a.xls")


def test_a_bare_macro_sheet_is_one_in_every_version():
    for head in (b"\x09\x00\x04\x00\x02\x00\x40\x00", b"\x09\x02\x06\x00\x00\x00\x40\x00\x00\x00", begin(0x40)):
        assert "macro-content" in codes(head + xls.record(0x000A), "a.xls")


def test_a_macro_sheet_in_a_workbook_of_version_4_is_found():
    def begin(kind: int) -> bytes:
        return xls.record(0x0409, struct.pack("<HHH", 0, kind, 0))

    book = begin(0x100) + begin(0x10) + xls.record(0x000A) + begin(0x40) + xls.record(0x000A) + xls.record(0x000A)
    assert "macro-content" in codes(book, "a.xlw")
    assert "macro-content" not in codes(begin(0x100) + begin(0x10) + xls.record(0x000A) * 2, "a.xlw")


def test_a_locked_workbook_stream_without_a_compound_file_is_locked():
    import olefile

    with olefile.OleFileIO(xls.encrypted("geheim", [("Makro1", 1, 0)])) as file:
        stream = file.openstream("Workbook").read()
    assert "encrypted-unknown-password" in codes(stream, "a.xls")
    known = Scanner(Policy.load("strict"), passwords=["geheim"]).scan(stream, kind="file", name="a.xls")
    assert {"macro-content", "encrypted-known-password"} <= {finding.code for finding in known.findings}


# -- words that open nothing by chance --------------------------------------------------------------------------------------------


def random_words(count: int = 200) -> list[str]:
    chosen = random.Random(7)
    return [
        "".join(chosen.choices(string.ascii_letters + string.digits, k=chosen.randint(4, 12))) for _ in range(count)
    ]


def without_verifier(data: bytes) -> bytes:
    """The file with another hash in place of the verifier's, as some writers leave it."""
    at = data.find(struct.pack("<HHHH", 0x2F, 54, 1, 1))
    assert at > 0
    return data[: at + 42] + bytes(16) + data[at + 58 :]


SHEETS = [("Tabelle1", 0, 0), ("Makro1", 1, 0)]
LOCKED = {
    "rc4.xls": lambda: xls.encrypted("geheim", SHEETS),
    "rc4 without a verifier.xls": lambda: without_verifier(xls.encrypted("geheim", SHEETS)),
    "xor.xls": lambda: xls.xor_encrypted("geheim"),
    "rc4.doc": lambda: doc.encrypted("geheim"),
}


@pytest.mark.parametrize("name", LOCKED)
def test_two_hundred_random_words_open_no_locked_file(name):
    limits = Limits(password_seconds=60.0, passwords=200)
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty(), passwords=random_words(), limits=limits)
    report = scanner.scan(LOCKED[name](), kind="file", name=name)
    assert report.parts[0].encryption == "unknown-password"


@pytest.mark.parametrize("name", LOCKED)
def test_the_right_word_among_them_does(name):
    limits = Limits(password_seconds=60.0, passwords=201)
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty(), passwords=[*random_words(), "geheim"], limits=limits)
    report = scanner.scan(LOCKED[name](), kind="file", name=name)
    assert report.parts[0].encryption == "known-password"


def test_a_word_of_the_same_hash_as_the_password_opens_nothing():
    """XOR obfuscation keeps fifteen bits of the password's hash; `6twt7pu7` has the same as `geheim`."""
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty(), passwords=["6twt7pu7"])
    report = scanner.scan(xls.xor_encrypted("geheim"), kind="file", name="a.xls")
    assert report.parts[0].encryption == "unknown-password"
