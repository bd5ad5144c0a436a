"""ZIP archives: types, members, ambiguity, encryption."""

import bz2
import lzma
import struct

import pytest

from attachguard import Policy, Scanner
from attachguard.limits import Limits
from tests.fixtures import zip as fixtures
from tests.fixtures.zip import AES, BZIP2, CLASS, LZMA, PROGRAM, SAMPLES, STORED, TEXT, Member, archive, deflate, simple


def types(report):
    return {part.name: part.type.id for part in report.parts}


def details(report, code):
    return [finding.detail for finding in report.findings if finding.code == code]


@pytest.mark.parametrize("sample", ["plain/brief.zip", "streamed/strom.zip", "zip64/gross.zip", "lookalike/texte.zip"])
def test_harmless_archives_stay_clean(scan, sample):
    """Legal archives of texts give no other facts than that they are archives."""
    found = {finding.code for finding in scan(SAMPLES[sample](), sample).findings}
    assert found <= {"archive-content", "archive-directories"}


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ([Member("META-INF/MANIFEST.MF", b"x"), Member("A.class", CLASS)], "jar"),
        ([Member("AndroidManifest.xml", b"x"), Member("classes.dex", b"x")], "apk"),
        ([Member("Payload/A.app/Info.plist", b"x")], "ipa"),
        ([Member("a/__init__.py", b"x"), Member("a-1.dist-info/WHEEL", b"x")], "whl"),
        ([Member("manifest.json", b"{}"), Member("META-INF/mozilla.rsa", b"x")], "xpi"),
        ([Member("[Content_Types].xml", b"<Types/>"), Member("a.nuspec", b"x")], "nupkg"),
        ([Member("[Content_Types].xml", b"<Types/>"), Member("extension.vsixmanifest", b"x")], "vsix"),
        ([Member("[Content_Types].xml", b"<Types/>"), Member("AppxManifest.xml", b"x")], "msix"),
        ([Member("mimetype", b"application/epub+zip", method=STORED)], "epub"),
        ([Member("mimetype", b"application/vnd.etsi.asic-s+zip\n")], "asics"),
        ([Member("a.txt", b"x"), Member("META-INF/signature.p7s", b"x")], "asics"),
        ([Member("doc.kml", b"<kml/>")], "kmz"),
        ([Member("Index/Document.iwa", b"\0\x10\0\0\x08\x01\x12\x06\x08\x90\x4e", method=STORED)], "pages"),
        ([Member("Index/Document.iwa", b"\0\x10\0\0\x08\x01\x12\x06\x08\x01", method=STORED)], "numbers"),
        ([Member("Index/Document.iwa", b"x"), Member("Index/Slide-1.iwa", b"x")], "key"),
        ([Member("x/META-INF/MANIFEST.MF", b"x"), Member("x/A.class", CLASS)], "zip"),
        ([Member("x/mimetype", b"application/epub+zip")], "zip"),
        ([Member("mimetype", b"application/x-unheard-of")], "zip"),
    ],
)
def test_special_archives_are_told_by_what_they_must_contain(scan, members, kind):
    """At the top, that is: further down it is an archive of such files."""
    assert scan(archive(*members), "a.bin").parts[0].types[-1] == kind


@pytest.mark.parametrize("method", [STORED, 8, BZIP2, LZMA, 95])
def test_members_of_every_readable_method_are_inspected(scan, method):
    """A program is seen however it is packed."""
    lzma_filters = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}]
    packed = {
        BZIP2: bz2.compress(PROGRAM),
        LZMA: b"\x09\x04\x05\x00"
        + struct.pack("<BI", 93, 1 << 16)
        + lzma.compress(PROGRAM, lzma.FORMAT_RAW, filters=lzma_filters),
        95: lzma.compress(PROGRAM),
    }.get(method)
    report = scan(archive(Member("x.dat", PROGRAM, method=method, packed=packed)), "a.zip")
    assert types(report)["x.dat"] == "pe"
    assert not details(report, "malformed-file")


def test_a_method_nobody_reads_is_named(scan):
    """The member stays in the report, unread."""
    report = scan(archive(Member("x.txt", TEXT, method=98)), "a.zip")
    assert details(report, "uninspectable-content") == [
        "ZIP: compression method PPMd, x.txt; install attachguard[archives]"
    ]
    assert report.parts[1].size is None


def test_a_deflate64_member_is_read(scan):
    """Its only difference to deflate is in the longest matches, so short data is the same in both."""
    report = scan(archive(Member("x.txt", TEXT, method=9, packed=deflate(TEXT))), "a.zip")
    assert report.parts[1].size == len(TEXT)
    assert {finding.code for finding in report.findings} == {"archive-content"}


def test_a_zstandard_member_is_read_where_the_package_is_installed(scan, with_packages):
    engine = pytest.importorskip("zstandard", reason="needs the package zstandard")
    report = scan(archive(Member("x.txt", TEXT, method=93, packed=engine.compress(TEXT))), "a.zip")
    assert report.parts[1].size == len(TEXT)


def test_a_zstandard_member_without_the_package_names_the_remedy(scan):
    report = scan(archive(Member("x.txt", TEXT, method=93, packed=b"\x28\xb5\x2f\xfd" + bytes(20))), "a.zip")
    assert details(report, "uninspectable-content") == [
        "ZIP: compression method zstd, x.txt; install attachguard[archives]"
    ]


def test_disagreement_over_a_name_shows_both_members(scan):
    """The content is judged under each name."""
    report = scan(SAMPLES["two-names/doppelt.zip"](), "a.zip")
    assert types(report) == {"a.zip": "zip", "brief.txt": "pe", "brief.exe": "pe"}
    assert details(report, "archive-ambiguous") == [
        "ZIP: the directory names 'brief.txt', the local header 'brief.exe'"
    ]


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        ("two-methods/doppelt.zip", "'brief.txt' is deflate in the directory, stored in the local header"),
        ("hidden/doppelt.zip", "1 members outside of the directory, e.g. 'versteckt.exe'"),
        ("duplicate/doppelt.zip", "two members are named 'a.txt'"),
        ("zombie/bild.zip", "'bild.png' is stored by its headers and holds deflate data"),
    ],
)
def test_ambiguity_says_what_it_is(scan, sample, words):
    """One finding with the exact case."""
    assert details(scan(SAMPLES[sample](), "a.zip"), "archive-ambiguous") == [f"ZIP: {words}"]


def test_content_is_unpacked_as_it_is_packed(scan):
    """Headers that lie about the method hide no program."""
    assert types(scan(SAMPLES["zombie/bild.zip"](), "a.zip"))["bild.png"] == "pe"
    deflated_on_paper = archive(Member("bild.png", PROGRAM, packed=PROGRAM))
    assert types(scan(deflated_on_paper, "a.zip"))["bild.png"] == "pe"


def test_a_member_larger_than_it_says_is_read_whole_and_reported(scan):
    """Programs that stop at the declared size see less."""
    report = scan(archive(Member("a.txt", TEXT, size=4)), "a.zip")
    assert report.parts[1].size == len(TEXT)
    assert details(report, "archive-ambiguous") == [f"ZIP: 'a.txt' unpacks to {len(TEXT)} bytes, its header says 4"]


def test_a_damaged_member_does_not_hide_its_siblings(scan):
    """The finding is the member's own."""
    report = scan(archive(Member("a.txt", TEXT, packed=b"\xff\xff\xff"), Member("b.exe", PROGRAM)), "a.zip")
    assert types(report)["b.exe"] == "pe"
    assert [f.part for f in report.findings if f.code == "malformed-file"] == ["a.zip!/a.txt"]


def test_a_wrong_checksum_is_reported_and_the_content_kept(scan):
    """Programs complain and unpack all the same."""
    report = scan(archive(Member("a.exe", PROGRAM, crc=1)), "a.zip")
    assert details(report, "malformed-file") == ["ZIP: the checksum of a member does not match its content"]
    assert types(report)["a.exe"] == "pe"


@pytest.mark.parametrize(
    ("sample", "scheme"),
    [
        ("zipcrypto/geheim.zip", "ZIP: ZipCrypto, 1 of 2 members"),
        ("aes/geheim.zip", "ZIP: WinZip AES-256, 1 of 1 members"),
        ("strong/geheim.zip", "ZIP: PKWARE strong encryption AES-256, 1 of 1 members"),
    ],
)
def test_encryption_is_named_and_counted(scan, sample, scheme):
    """On the archive; the members themselves are marked too."""
    report = scan(SAMPLES[sample](), "a.zip")
    assert details(report, "encrypted-unknown-password") == [scheme]
    assert report.parts[0].encryption == report.parts[1].encryption == "unknown-password"


@pytest.mark.parametrize("strength", [1, 2, 3])
@pytest.mark.parametrize("make", [fixtures.aes_member, fixtures.zipcrypto_member])
def test_a_known_password_opens_the_members(make, strength):
    """What comes out is inspected; the password is nowhere in the report."""
    options = {"strength": strength} if make is fixtures.aes_member else {}
    data = archive(make("setup.exe", PROGRAM, b"geheim!", **options), make("brief.txt", TEXT, b"geheim!", **options))
    report = Scanner(Policy.load("audit"), passwords=["falsch", "geheim!"]).scan(data, name="a.zip", kind="file")
    assert types(report)["setup.exe"] == "pe"
    assert report.parts[0].encryption == "known-password"
    assert details(report, "encrypted-known-password")
    assert not details(report, "malformed-file")
    assert "geheim!" not in repr(report)


def test_a_wrong_password_leaves_it_unknown():
    """Nothing is made of the decrypted rubbish."""
    scanner = Scanner(Policy.load("audit"), passwords=["falsch"])
    report = scanner.scan(SAMPLES["zipcrypto/geheim.zip"](), name="a.zip", kind="file")
    assert report.parts[0].encryption == "unknown-password"


def test_the_bit_on_folders_and_empty_members_is_no_encryption(codes):
    """Nothing is hidden behind it."""
    data = archive(
        Member("unter/", flags=1, attributes=0x10),
        Member("leer.txt", b"", method=STORED, flags=1, packed=bytes(12)),
        Member("a.txt", TEXT),
    )
    assert "encrypted-unknown-password" not in codes(data, "a.zip")


def test_members_that_share_a_large_file_are_a_bomb(scan):
    """Told before anything is unpacked."""
    assert details(scan(SAMPLES["overlap/bombe.zip"](), "a.zip"), "decompression-bomb") == [
        "ZIP: 3 members share their bytes with others"
    ]


def test_members_that_share_their_bytes_are_not_unpacked_again_for_each_of_their_names(scan):
    """The local header names all of them otherwise, so each has another reading; what they share is read up to the bound and no further."""
    one = Member("a.txt", bytes(8 << 20))
    others = [
        Member(f"{number}.txt", packed=one.packed, crc=one.crc, size=one.size, shares=b"a.txt") for number in range(30)
    ]
    report = scan(archive(one, *others), "a.zip")
    assert sum(part.size or 0 for part in report.parts[1:]) <= 56 << 20


def test_members_that_share_a_few_bytes_are_ambiguous_and_no_bomb(scan):
    """A heuristic never discards: two bytes too many in a size exhaust nobody."""
    report = scan(SAMPLES["lookalike/geteilt.zip"](), "a.zip")
    assert "ZIP: 2 members share their bytes with others" in details(report, "archive-ambiguous")
    assert not details(report, "decompression-bomb")


def test_a_size_that_is_only_stated_is_a_limit_and_no_bomb(scan):
    """Nothing is proved by what a header says."""
    report = scan(archive(*(Member(f"{n}.txt", TEXT, size=0xFFFFFFF0) for n in range(3))), "a.zip")
    assert details(report, "resource-limit-exceeded")
    assert not details(report, "decompression-bomb")


def test_an_archive_that_holds_itself_is_a_bomb():
    """Unpacking it never ends; ours does at once."""
    from attachguard.part import Part

    class Quine:
        TYPES = frozenset({"zip"})
        LIMITATIONS = ()
        EXTRACTS = DETECTS = ""

        @staticmethod
        def inspect(part: Part):
            yield part.child("again.zip", part.data)

    report = Scanner(Policy.load("audit"), inspectors=(Quine,)).scan(
        archive(Member("a", TEXT)), name="a.zip", kind="file"
    )
    assert details(report, "decompression-bomb") == ["zip: holds itself"]
    assert len(report.parts) == 1


def test_unpacking_stays_within_the_ratio():
    """A member that grows without end is stopped, its siblings are read."""
    limits = Limits(ratio_floor=1 << 20, ratio=10)
    report = Scanner(Policy.load("audit"), limits=limits).scan(
        archive(Member("a.exe", PROGRAM), Member("null.bin", bytes(8 << 20))), name="a.zip", kind="file"
    )
    assert types(report)["a.exe"] == "pe"
    assert "ratio: the container unpacks to more than 10 times its size" in details(report, "resource-limit-exceeded")
    assert not details(report, "decompression-bomb"), "plain zeros may be anything's"


def test_what_goes_on_and_on_is_a_bomb():
    """What lies between the two bounds is counted and not kept."""
    limits = Limits(ratio_floor=1 << 20, ratio=10, bomb_bytes=4 << 20)
    report = Scanner(Policy.load("audit"), limits=limits).scan(
        archive(Member("null.bin", bytes(8 << 20))), name="a.zip", kind="file"
    )
    assert details(report, "decompression-bomb")
    assert all((part.size or 0) <= 3 << 20 for part in report.parts[1:])


def test_more_members_than_parts_end_in_one_finding():
    """The rest is not looked at, and the report says so."""
    data = archive(*(Member(f"{n}.txt", b"x", method=STORED) for n in range(60)))
    report = Scanner(Policy.load("audit"), limits=Limits(parts=20)).scan(data, name="a.zip", kind="file")
    assert not report.complete
    assert details(report, "resource-limit-exceeded") == ["ZIP: more than 40 members, 60 promised"]
    assert len(report.parts) == 20


def test_a_cut_archive_is_read_by_its_local_headers(scan):
    """And is reported as broken."""
    report = scan(SAMPLES["no-end/abgeschnitten.zip"](), "a.zip")
    assert types(report)["rechnung.exe"] == "pe"
    assert details(report, "malformed-file")


def test_archives_in_archives_folders_and_programs_in_front_are_facts(codes, scan):
    """Each has a code of its own."""
    assert "archive-nested" in codes(SAMPLES["nested/paket.zip"](), "a.zip")
    assert "archive-directories" in codes(SAMPLES["folders/ordner.zip"](), "a.zip")
    assert "archive-nested" not in codes(simple(brief__txt=TEXT), "a.zip")
    assert "archive-self-extracting" in codes(SAMPLES["sfx/setup.exe"](), "a.exe")


def test_signed_containers_are_signed(scan):
    """ASiC by its META-INF, a Java archive by its signature block."""
    assert scan(SAMPLES["asice/vertrag.asice"](), "a").parts[0].signed
    signed = archive(Member("META-INF/MANIFEST.MF", b"x"), Member("A.class", CLASS), Member("META-INF/A.RSA", b"x"))
    assert scan(signed, "a").parts[0].signed
    assert not scan(SAMPLES["jar/programm.jar"](), "a").parts[0].signed


@pytest.mark.parametrize(
    ("raw", "flags", "name"),
    [
        ("größe.txt".encode(), 0x800, "größe.txt"),
        ("größe.txt".encode(), 0, "größe.txt"),
        ("größe.txt".encode("cp437"), 0, "größe.txt"),
        (b"unter\\brief.txt", 0, "unter/brief.txt"),
        (b"x" * 300 + b".exe", 0, "x" * 90 + "…" + "x" * 146 + ".exe"),
    ],
)
def test_names_are_decoded_and_keep_their_end(scan, raw, flags, name):
    """UTF-8 said or unsaid, else the code page of DOS."""
    member = Member("x", TEXT, flags=flags)
    member.name = member.local_name = raw
    assert scan(archive(member), "a.zip").parts[1].name == name


def test_aes_without_its_extra_field_is_still_encrypted(scan):
    """Method 99 alone says it."""
    report = scan(archive(Member("a.txt", TEXT, method=AES)), "a.zip")
    assert details(report, "encrypted-unknown-password") == ["ZIP: WinZip AES, 1 of 1 members"]


def test_a_unicode_name_that_contradicts_an_ascii_name_is_reported(scan):
    """The field counts where its checksum fits the name; some readers do not compare that."""
    import zlib

    for crc, name in ((zlib.crc32(b"a.txt"), "a.exe"), (7, "a.txt")):
        extra = struct.pack("<HHBI", 0x7075, 10, 1, crc) + b"a.exe"
        report = scan(archive(Member("a.txt", PROGRAM, extra=extra)), "a.zip")
        assert report.parts[1].name == name
        assert {part.name for part in report.parts[1:]} == {"a.txt", "a.exe"}
        assert details(report, "archive-ambiguous")


def test_a_name_after_thousands_of_empty_extra_fields_is_found(scan):
    """They are passed over quickly, not left out."""
    extra = struct.pack("<HH", 0x7075, 0) * 10_000 + struct.pack("<HHBI", 0x7075, 10, 1, 7) + b"a.exe"
    report = scan(archive(Member("a.txt", PROGRAM, extra=extra)), "a.zip")
    assert {part.name for part in report.parts[1:]} == {"a.txt", "a.exe"}


def test_more_unicode_names_of_one_member_than_are_read_are_a_limit(scan):
    """A reader shows the last one, perhaps."""
    names = [b"%02d.ex" % number for number in range(40)]
    extra = b"".join(struct.pack("<HHBI", 0x7075, 10, 1, 7) + name for name in names)
    report = scan(archive(Member("a.txt", PROGRAM, extra=extra)), "a.zip")
    assert details(report, "resource-limit-exceeded") == ["ZIP: 'a.txt' has more than 32 names in Unicode fields"]


@pytest.mark.parametrize(
    ("members", "name", "kind"),
    [
        (["gadget.xml", "a.js"], "a.gadget", "gadget"),
        (["AppManifest.xaml", "a.dll"], "a.xap", "xap"),
        (["META-INF/AIR/application.xml", "a.swf"], "a.air", "air"),
        (["__main__.py", "a.py"], "a.pyz", "pyz"),
        (["__main__.py", "a.py"], "quelle.zip", "zip"),
        (["docs/gadget.xml", "a.txt"], "a.zip", "zip"),
    ],
)
def test_programs_in_archives_are_told_by_their_manifest(scan, members, name, kind):
    report = scan(archive(*(Member(member, b"x") for member in members)), name)
    assert report.parts[0].type.id == kind
    codes = {finding.code for finding in report.findings if finding.part == report.parts[0].path}
    assert ("executable-content" in codes) == (kind != "zip")


def test_a_python_application_behind_its_first_line_is_one(scan):
    data = b"#!/usr/bin/env python3\n" + archive(Member("__main__.py", b"print(1)"))
    assert "pyz" in scan(data, "programm").parts[0].types
