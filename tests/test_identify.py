"""What bytes are: every type by its least sign, the look-alikes, several types at once, and that no bytes can break it."""

from __future__ import annotations

import gzip
import json
import random
import struct
import time
from pathlib import Path

import pytest

from attachguard.types.filetypes import BASES, TYPES, refines
from attachguard.types.identify import identify
from tests import HANG
from tests.fixtures.heads import HEADS as COMMON
from tests.fixtures.heads import MAIL, OTHER_HEADS
from tests.fixtures.rareheads import RARE

HEADS = {**COMMON, **RARE}
GOLDEN = Path(__file__).parent / "golden"

#: Told by inspectors, by `der.py`, or by nothing but the name of the part that holds them.
REFINED = {
    "ai", "xls5", "oat", "nsis", "deb", "pkg", "onepkg", "diagcab", "pkcs7", "p7b", "p12", "crt", "csr", "crl", "tsr", "acrt", "orq", "ors", "derkey", "pcapng", "bplist", "protobuf",
    "p8", "rpmsg", "pfile", "git-crypt",
}  # fmt: skip


def ids(data, name="", **options):
    return [kind.id for kind in identify(data, name, **options)]


@pytest.mark.parametrize("key", HEADS)
def test_each_type_is_told_by_its_least_sign(key):
    sample = HEADS[key]
    data, name = sample if isinstance(sample, tuple) else (sample, "")
    assert ids(data, name) == [key]


@pytest.mark.parametrize(("key", "data"), OTHER_HEADS)
def test_other_openings_are_told_too(key, data):
    assert ids(data) == [key]


def test_every_type_of_the_table_is_told_somewhere():
    by_inspectors = {key for key in TYPES if refines(key, "zip") or refines(key, "cfb")}
    sampled = {
        report["type"] for file in GOLDEN.glob("*.json") for report in json.loads(file.read_text("utf-8")).values()
    }
    told = set(HEADS) | REFINED | by_inspectors | {"unread", "docxml", "whl"} | sampled
    assert set(TYPES) - told == set(), "add a sample of it to tests/fixtures/, or its head to tests/fixtures/heads.py"
    assert set(BASES.values()) <= set(TYPES)


@pytest.mark.parametrize(
    "key", [key for key, sample in HEADS.items() if not isinstance(sample, tuple) and key not in ("txt", "empty")]
)
def test_a_wrong_name_does_not_hide_the_type(key):
    """Where the content is proof, an innocent name changes nothing; but for a script in plain text, which runs by its name."""
    assert key in ids(HEADS[key], "Rechnung.dat")
    text = TYPES[key].group == "script" and BASES.get(key) == "txt"
    assert ("txt" if text else key) in ids(HEADS[key], "notiz.txt")


# -- text ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        b"Hallo, bitte <html> und <script>alert(1)</script> nicht ausf\xc3\xbchren.\n",
        b"Im Code steht: @echo off\nund dann: del C:\\x\n",
        b"Subject: das Wort allein macht keine Mail\n\nText\n",
        b"MZ ist das K\xc3\xbcrzel der Stadt Mainz.\n" * 4,
        b"BM: Bahnmeisterei. PK\n" * 3,
        b"{eckige und geschweifte} Klammern\n",
        b"[1] Fu\xc3\x9fnote eins\n[2] Fu\xc3\x9fnote zwei\n",
        b"Ort: Bonn\nDatum: heute\nBetreff: Antrag\n",
        b"d'accord, c'est fini\n",
        b"P5 und P6 sind Bauabschnitte\n",
        b"0 HEAD\n1 SOUR GENJ\n",
        b"#hashtag ist kein Skript\n",
        b"From now on, we write letters.\n\nRegards\n",
        b"true\n", b"SIT!\n", b"070701 Postleitzahl und mehr\n", b"icns\n",
    ],
)  # fmt: skip
def test_a_letter_is_text_whatever_it_quotes(text):
    assert ids(text) == ["txt"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a.bat", "bat"), ("A.CMD", "bat"), ("a.js", "js"), ("a.vbs", "vb"), ("a.ps1", "ps1"), ("a.hta", "hta"), ("a.js.", "js"),
        ("a.js . ", "js"), ("a.vbs::$DATA", "vb"), ("a.cmd\0.txt", "bat"), ("a.js.{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}", "js"),
        ("notiz.log", "txt"), ("Re: Termin", "txt"), ("README", "txt"),
    ],
)  # fmt: skip
def test_plain_text_is_what_its_effective_extension_says(name, key):
    assert ids(b"Dies ist ein Text\r\n", name) == [key]


LETTER = "Уважаемые господа,\nпрошу рассмотреть заявление о переносе срока.\n"
EASTERN = "拝啓\n\n添付の申請書をご確認ください。どうぞよろしくお願いいたします。\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "koi8-r", "cp1251", "utf-8-sig", "utf-16", "utf-32"],
)
def test_a_letter_is_text_in_every_encoding(encoding):
    assert ids(LETTER.encode(encoding)) == ["txt"]
    assert ids(b"#" + b"x" * 7 + LETTER.encode("koi8-r")) == ["txt"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "shift_jis", "euc_jp", "iso2022_jp"])
def test_a_letter_without_latin_letters_is_text_too(encoding):
    assert ids(EASTERN.encode(encoding)) == ["txt"]


def test_a_few_foreign_words_are_text_where_the_name_says_so():
    words = "לכבוד העירייה".encode("cp1255")
    assert ids(words, "a.txt") == ["txt"]
    assert ids(words) == []


def test_a_script_in_any_wide_encoding_is_found():
    for encoding in ("utf-16", "utf-16-le", "utf-32-be"):
        assert ids("<html><script>location='x'</script></html>".encode(encoding)) == ["html"]


def test_a_small_mime_entity_is_mail_and_a_letter_with_colons_is_not():
    assert ids(b"MIME-Version: 1.0\nContent-Type: text/html\n\n<html></html>\n") == ["eml"]
    assert ids(b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nSGFsbG8=\r\n") == ["eml"]
    assert ids(b"MIME-Version: 1.0\nContent-Type: text/html\n\n<html></html>\n", "a.txt") == ["txt", "eml"]
    assert ids(b"Content-Type: eine Angabe im Kopf\nContent-ID: noch eine\n\nSo steht es im Brief.\n") == ["txt"]
    assert ids(b"MIME-Version: was ist das?\n\nSehr geehrte Damen und Herren\n") == ["txt"]


def test_what_openssl_writes_is_a_pem_file_and_a_letter_that_quotes_a_key_is_text():
    block = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    assert ids(b"Bag Attributes\n    friendlyName: a\n" + block) == ["pem"]
    assert ids(b"subject=CN = a\n" + block, "a.crt") == ["pem"]
    assert ids(b"Hier mein Zertifikat:\n" + block, "a.txt") == ["txt"]


def test_a_header_without_a_vault_behind_it_is_text():
    assert ids(b"$ANSIBLE_VAULT;1.1;AES256\n" + b"0" * 80 + b"\n") == ["txt"]


def test_a_packed_drawing_is_one_and_another_packed_file_is_not():
    assert ids(gzip.compress(b"\xef\xbb\xbf<!-- x -->\n<svg></svg>")) == ["svgz"]
    assert ids(gzip.compress("<svg></svg>".encode("utf-16")), "a.svgz") == ["svgz"]
    assert ids(gzip.compress(b"<html></html>"), "a.svgz") == ["gz"]


def test_rich_text_behind_blanks_is_rich_text_and_a_brace_is_not():
    assert ids(b"\xef\xbb\xbf\r\n {\\rtf1 x}", "a.doc") == ["rtf"]
    assert ids(b"{\\it kursiv} steht hier\n") == ["txt"]


def test_a_message_called_script_is_both():
    assert ids(MAIL, "a.js") == ["js", "eml"]


def test_a_message_named_like_a_host_is_no_program():
    assert ids(MAIL, "erika@example.com") == ["eml"]
    assert ids(b"X5O!P%@AP[4", "a.com") == ["com"]


def test_a_page_called_hta_is_an_application():
    assert ids(b"<html><body>x</body></html>", "a.hta") == ["hta"]


def test_an_eml_named_letter_is_a_message_and_a_pdf_named_letter_is_text():
    assert ids(b"Hallo,\n\nkann ich?\n", "a.eml") == ["eml"]
    assert ids(b"Hallo,\n\nkann ich?\n", "a.pdf") == ["txt"]


def test_a_table_needs_the_same_columns_in_every_line():
    assert ids(b"a,b,c\n1,2,3\n1,2,3\n1,2\n1,2,3\n1,2,3\n") == ["txt"]
    assert ids(b'a,b,c\n1,"2,0",3\n1,2,3\n1,2,3\n1,2,3\n') == ["csv"]


def test_a_script_with_zeros_behind_its_head_is_still_a_script():
    assert ids(b"WScript.Echo(1);\r\n" * 300 + bytes(1000), "a.js") == ["js"]


@pytest.mark.parametrize("junk", [b"\x01\x02\xff\xfe" * 40, bytes(64) + b"x"])
def test_batch_and_hta_are_what_they_are_named_over_any_bytes(junk):
    assert ids(junk, "a.bat") == ["bat"]
    assert ids(junk, "a.hta") == ["hta"]
    assert "hta" in ids(b"\x89PNG\r\n\x1a\n" + bytes(40) + b"<SCRIPT>x</SCRIPT>", "a.hta")


# -- several types at once -------------------------------------------------------------------------------------------------


def archive(prefix=b""):
    """A ZIP of one stored member, whose offsets count from its own start."""
    name, data = b"a.txt", b"Hallo"
    local = b"PK\3\4" + struct.pack("<5H3I2H", 20, 0, 0, 0, 0, 0x1F4B6C4D, 5, 5, 5, 0) + name + data
    entry = b"PK\1\2" + struct.pack("<6H3I5H2I", 20, 20, 0, 0, 0, 0, 0x1F4B6C4D, 5, 5, 5, 0, 0, 0, 0, 0, 0) + name
    return prefix + local + entry + b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 1, 1, len(entry), len(local), 0)


@pytest.mark.parametrize("key", ["jpg", "gif", "pdf", "pe", "elf", "mp4", "rtf"])
def test_a_zip_behind_another_file_is_found(key):
    head = HEADS[key]
    assert ids(archive(head + bytes(100))) == [key, "zip"]
    assert ids(archive(head + bytes(100)) + b"\n") == [key, "zip"]


def test_a_zip_lying_in_a_container_is_no_second_type():
    assert ids(archive(HEADS["cfb"]) + bytes(300)) == ["cfb"]
    assert ids(archive(HEADS["tar"]) + bytes(1024)) == ["tar"]


def test_a_zip_behind_junk_is_a_zip():
    assert ids(archive(b"\x01\x02\x03\x04 Muell.\n")) == ["zip"]


def test_a_pdf_behind_other_data_is_a_pdf():
    pdf = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n"
    assert ids(b"Vorspann\n" + pdf) == ["pdf"]
    assert ids(b"<html>\n" + pdf) == ["pdf", "html"]
    assert ids(HEADS["gif"] + pdf) == ["gif", "pdf"]
    assert ids(b"x" * 1100 + pdf) == ids(b"x" * 1100 + pdf, "plan.pdf") == ["pdf"], "pdf.js and qpdf look for objects"
    assert ids(b"x" * 1100 + pdf, "norm.txt") == ["txt"]
    assert ids(b"Die Datei beginnt mit %PDF-1.4, so die Norm.\n") == ["txt"]


@pytest.mark.parametrize(
    "header",
    [
        b"%PDF",
        b"%PDF 1.4",
        b"%PDF-x",
        b"%PDF-1.",
        b"%!PS-Adobe-3.0 PDF-1.4",
        b"\xef\xbb\xbf%PDF-1.4",
        b"\n\n%PDF-1.4",
        b"",
    ],
)
def test_every_header_that_some_reader_takes_is_a_pdf(header):
    rest = b"\n1 0 obj\n<<>>\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
    assert ids(header + rest) == ids(header + rest, "plan.pdf") == ["pdf"]


def test_postscript_and_words_about_headers_are_no_pdf():
    assert ids(b"%!PS-Adobe-3.0\n%%Title: PDF-1.4 1 0 obj\n") == ["ps"]
    assert ids(b"Der Kopf %PDF oder %!PS-Adobe-3.0 PDF-1.4 steht vorn; 1 0 obj ist ein Objekt.\n", "norm.txt") == [
        "txt"
    ]


def test_a_print_job_around_a_pdf_is_a_pdf():
    pdf = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n"
    assert ids(b"\x1b%-12345X@PJL ENTER LANGUAGE=PDF\r\n" + pdf + b"\x1b%-12345X") == ["pdf"]
    assert ids(b"\x1b%-12345X@PJL ENTER LANGUAGE=PCL\r\n\x1bE\x1b&l1O") == ["pcl"]
    assert ids(b"\x1b%-12345X@PJL ENTER LANGUAGE=PDF\r\n" + pdf[:9]) == ["pcl"]


def test_a_web_archive_behind_a_pdf_header_is_seen():
    data = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n"
    assert ids(data) == ["pdf", "mht"]


def test_programs_in_images_of_discs_are_told_with_them():
    assert ids(_placed(HEADS["pe"], 32769, b"CD001")) == ["pe", "iso"]


def _placed(data, offset, magic):
    return data.ljust(offset, b"\0") + magic + bytes(64)


# -- heads and hostile bytes ------------------------------------------------------------------------------------------------


def test_a_head_proves_no_plain_text():
    assert ids(b"Sehr geehrte Damen und Herren\n" * 10, complete=False) == []
    assert ids(b"Sehr geehrte Damen und Herren\n" * 10, "a.js", complete=False) == ["js"]
    assert ids(HEADS["pe"], complete=False) == ["pe"]


@pytest.mark.parametrize("key", [key for key in HEADS if key != "empty"])
def test_truncated_samples_never_raise(key):
    sample = HEADS[key]
    data, name = sample if isinstance(sample, tuple) else (sample, "")
    for size in range(min(len(data), 130)):
        identify(data[:size], name)
        identify(data[:size], name, complete=False)


def test_random_bytes_are_hardly_ever_something():
    """Two bytes of magic must not make a type of noise."""
    source = random.Random(11)
    told = sum(bool(ids(source.randbytes(400))) for _ in range(600))
    assert told < 12


@pytest.mark.parametrize(
    "data",
    [
        b"<!--" * 100_000,
        b"<?x " * 100_000,
        b"<!DOCTYPE [" * 100_000,
        b"<a " + b"b " * 400_000,
        b"\n\nFrom " * 100_000,
        b"From a\n" + b"\n\nFrom a 1" * 100_000,
        b"X:\n " * 200_000,
        b'{"' + b"\\" * 400_000,
        b'{"a":' * 100_000,
        b"[" * 400_000,
        b";" * 400_000,
        b'a;b;"' * 100_000,
        b"rem \n" * 100_000,
        b"PK\5\6" * 100_000,
        b"\x50\x2a\x4d\x18\0\0\0\0" * 50_000,
        b" " * 400_000,
        b"999\na\n" * 100_000,
    ],
)
def test_no_content_takes_long(data):
    start = time.perf_counter()
    identify(data, "a.txt")
    assert time.perf_counter() - start < HANG


def test_the_bytes_of_a_marker_alone_are_no_archive():
    noise = random.Random(3).randbytes(200)
    for marker in (b"7z\xbc\xaf\x27\x1c\0\4", b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"):
        assert not {"7z", "rar"} & set(ids(bytes(64) + marker + noise))


@pytest.mark.parametrize("key", ["7z", "rar", "rar5"])
def test_an_archive_behind_junk_and_a_decoy_is_found(bare_scan, key):
    from tests.fixtures import rar, sevenzip

    whole = {
        "7z": sevenzip.archive(sevenzip.FILES, [sevenzip.COPY]),
        "rar": rar.old(rar.old_file(b"setup.exe", sevenzip.PROGRAM)),
        "rar5": rar.new(rar.new_file("setup.exe", sevenzip.PROGRAM)),
    }[key]
    decoy = whole[:8] + b"\xff" * 40
    report = bare_scan(bytes(64) + decoy + whole, "a.bin")
    assert report.parts[0].type.id == key.rstrip("5")
    assert "executable-content" in {finding.code for finding in report.findings}


def test_a_terminal_description_is_no_arc_archive():
    # terminfo(5): magic 0432, sizes of the sections, then names.
    entry = b"\x1a\x01\x1e\x00\x07\x00\x0c\x00\x22\x00\x60\x00" + b"dumb|80-column dumb tty\0" + bytes(80)
    assert "arc" not in ids(entry)


@pytest.mark.parametrize(("marker", "key"), [(b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "rar")])
def test_no_number_of_decoys_makes_an_archive_pass_as_something_unknown(bare_scan, marker, key):
    report = bare_scan(bytes(64) + marker * 70_000, "a.bin")
    assert report.parts[0].type.id == key
    assert "malformed-file" in {finding.code for finding in report.findings}
