"""OpenPGP: encrypted, signed, compressed, keys, and what only looks like it."""

from __future__ import annotations

import random

import pytest

from attachguard import Limits, Policy, Scanner
from attachguard.readers.crypto.openpgp import sniff
from attachguard.readers.crypto.pgppackets import all_packets
from tests import HANG
from tests.fixtures import pgp


def details(report, code):
    return [finding.detail for finding in report.findings if finding.code == code]


@pytest.mark.parametrize("sample", [name for name in pgp.SAMPLES if name.endswith((".pgp", ".gpg", ".sig"))])
def test_binary_packets_are_recognised(sample):
    assert sniff(pgp.SAMPLES[sample]())


def test_random_data_is_not_taken_for_packets():
    source = random.Random(7)
    noise = (bytes((source.randrange(128, 256),)) + source.randbytes(300) for _ in range(20_000))
    assert not any(map(sniff, noise))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",
        b"\xc1\x8c\x03",
        bytes(100),
        b"\xff" * 100,
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"\xff\xd8\xff\xe0" * 30,
    ],
)
def test_other_binaries_are_not_taken_for_packets(data):
    assert not sniff(data)


@pytest.mark.parametrize(
    ("sample", "detail"),
    [
        ("encrypted/brief.pgp", "OpenPGP: encrypted to 1 key"),
        ("encrypted/old-form.pgp", "OpenPGP: encrypted to 1 key"),
        ("encrypted/brief.asc", "OpenPGP: encrypted to 2 keys, AES-256"),
        ("inline/letter.txt", "OpenPGP: encrypted to 1 key"),
        ("truncated/brief.pgp", "OpenPGP: encrypted to 1 key"),
        ("truncated/brief.asc", "OpenPGP: encrypted to 1 key"),
    ],
)
def test_encryption_to_keys_is_no_supported_scheme(scan, sample, detail):
    report = scan(pgp.SAMPLES[sample](), sample)
    assert report.parts[0].encryption == "unsupported-scheme"
    assert details(report, "encryption-scheme-not-supported") == [detail]


def test_encryption_with_a_passphrase_needs_a_password(scan):
    report = scan(pgp.SAMPLES["password/brief.gpg"](), "brief.gpg")
    assert report.parts[0].encryption == "unknown-password"
    assert details(report, "encrypted-unknown-password") == ["OpenPGP: encrypted with a passphrase, AES-256"]


@pytest.mark.parametrize("algorithm", [0, 1, 2, 3])
def test_compressed_messages_are_unpacked(scan, algorithm):
    message = pgp.compressed(algorithm, pgp.signed_message(b"Guten Tag\n" * 10, b"gruss.txt"))
    report = scan(message, "brief.gpg")
    assert details(report, "signature-present") == ["OpenPGP: signed message"]
    assert [(part.name, part.size) for part in report.parts] == [("brief.gpg", len(message)), ("gruss.txt", 100)]


def test_partial_pieces_are_joined(scan):
    body = pgp.literal(b"x" * 3000, b"a.txt")
    report = scan(pgp.ONE_PASS + pgp.partial_packet(11, body) + pgp.SIGNATURE, "a.gpg")
    assert report.parts[1].size == 3000


def test_program_in_a_signed_message_is_seen(codes):
    program = b"\x7fELF\x02\x01\x01" + bytes(60)
    assert "executable-content" in codes(pgp.compressed(2, pgp.signed_message(program, b"a.bin")), "a.gpg")


def test_nested_compression_is_followed_a_little_and_then_refused(scan):
    message = pgp.packet(11, pgp.literal(b"tief"))
    for _ in range(3):
        message = pgp.compressed(2, message)
    assert scan(message, "a.gpg").parts[1].size == 4
    for _ in range(5):
        message = pgp.compressed(2, message)
    assert "malformed-file" in {finding.code for finding in scan(message, "a.gpg").findings}


def test_compressed_packets_by_the_thousand_are_not_all_unpacked(scan):
    message = pgp.packet(11, pgp.literal(b"x"))
    for _ in range(3):
        message = pgp.compressed(1, message * 3000)
    assert scan(message * 100, "a.gpg").seconds < HANG


def test_what_grows_without_measure_is_stopped():
    limits = Limits(ratio_floor=1 << 20, ratio=10)
    bomb = pgp.compressed(3, pgp.packet(11, pgp.literal(bytes(8 << 20))))
    report = Scanner(Policy.load("audit"), limits=limits).scan(bomb, name="a.gpg", kind="file")
    assert "resource-limit-exceeded" in {finding.code for finding in report.findings}


def test_second_message_behind_the_first_is_called_broken(codes):
    two = pgp.packet(11, pgp.literal(b"eins")) + pgp.packet(11, pgp.literal(b"zwei"))
    assert "malformed-file" in codes(two, "a.gpg")
    assert "malformed-file" in codes(pgp.compressed(2, two), "a.gpg")
    assert "malformed-file" not in codes(pgp.compressed(2, pgp.signed_message(bytes(90_000))), "a.gpg")


def test_detached_signature_is_a_signature(scan):
    assert details(scan(pgp.SIGNATURE, "a.sig"), "signature-present") == ["OpenPGP: detached signature"]
    assert details(scan(pgp.armor("SIGNATURE", pgp.SIGNATURE), "a.asc"), "signature-present") == [
        "OpenPGP: detached signature"
    ]


def test_clear_signed_text_is_signed_and_stays_readable(scan):
    report = scan(pgp.clear_signed("Guten Tag"), "a.asc")
    assert details(report, "signature-present") == ["OpenPGP: clear-signed text"]
    assert report.parts[0].encryption == "none"


def test_a_private_key_under_a_passphrase_says_so(scan):
    report = scan(pgp.SAMPLES["key/secret.asc"](), "a.asc")
    assert report.parts[0].encryption == "unknown-password"
    assert details(report, "encrypted-unknown-password") == ["OpenPGP: private key under a passphrase"]


@pytest.mark.parametrize("sample", ["key/erika.pgp", "key/erika.asc"])
def test_keys_are_neither_signed_nor_encrypted(scan, sample):
    record = scan(pgp.SAMPLES[sample](), sample).parts[0]
    assert (record.type.id, record.encryption, record.signed) == ("pgp", "none", False)


def test_letter_that_speaks_of_pgp_is_a_letter(scan):
    report = scan(pgp.SAMPLES["lookalike/letter.txt"](), "letter.txt")
    assert report.parts[0].encryption == "none"
    assert not {"malformed-file", "signature-present"} & {finding.code for finding in report.findings}


def test_quoted_armor_of_an_answer_is_not_encrypted(scan):
    quoted = b"".join(b"> " + line for line in pgp.armor("MESSAGE", pgp.SESSION + pgp.DATA).splitlines(keepends=True))
    assert scan(b"Das kann ich nicht lesen:\n" + quoted, "re.txt").parts[0].encryption == "none"


def test_packets_end_with_the_data():
    found = list(all_packets(pgp.SESSION + pgp.DATA))
    assert [packet.tag for packet in found] == [1, 18]
    assert found[-1].end == len(pgp.SESSION + pgp.DATA)
    assert not found[-1].cut
    assert list(all_packets((pgp.SESSION + pgp.DATA)[:-1]))[-1].cut


@pytest.mark.parametrize("ends", [b"\n", b"<br>\n", b"<br/>\r\n", b"</div><div>"])
def test_armor_in_the_lines_of_a_page_is_read_like_that_of_a_letter(scan, ends):
    for kind, code in (("MESSAGE", "encryption-scheme-not-supported"), ("SIGNATURE", "signature-present")):
        armor = pgp.armor(kind, pgp.SESSION + pgp.DATA if kind == "MESSAGE" else pgp.SIGNATURE)
        page = b"<html><body><div>Guten Tag</div><div>" + armor.replace(b"\n", ends) + b"</div></body></html>"
        assert code in {finding.code for finding in scan(page, "a.html").findings}


def test_a_page_that_speaks_of_pgp_is_a_page(scan):
    page = b"<html><body><p>Armor begins with -----BEGIN PGP MESSAGE----- and ends.</p></body></html>"
    assert not {"encryption-scheme-not-supported", "signature-present"} & {
        finding.code for finding in scan(page, "a.html").findings
    }


def test_a_page_of_tags_without_end_is_read_in_a_moment(scan):
    page = b"<html><body>-----BEGIN PGP MESSAGE-----" + b" < <" * 300_000
    assert scan(page, "a.html").seconds < HANG
