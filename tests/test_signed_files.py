"""What other programs signed and encrypted is read as they meant it; what was done to it afterwards is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.signing.smime import PemDecryptor

FOLDER = Path(__file__).parent / "signed"
RSA, EC = FOLDER / "rsa.pem", FOLDER / "ec.pem"


@pytest.fixture(scope="module")
def scanner():
    return Scanner(Policy.load("audit"), rules=Rules.empty())


def data(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def answers(report) -> list[tuple[str, str, str]]:
    return [(each.format, each.coverage, each.integrity) for each in report.signatures]


def codes(report) -> set[str]:
    return {finding.code for finding in report.findings}


# -- PDF ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pades.pdf", [("PAdES", "whole", "pass")]),
        ("adobe.pdf", [("PDF signature", "whole", "pass")]),
        ("pades-stamped.pdf", [("PAdES", "whole", "pass")]),
        ("pades-twice.pdf", [("PAdES", "partial", "pass"), ("PAdES", "whole", "pass")]),
        ("pades-archived.pdf", [("PAdES", "partial", "pass"), ("PDF time stamp", "whole", "pass")]),
    ],
)
def test_pdf_signed_by_pyhanko(scanner, name, expected):
    report = scanner.scan(data(name), name=name)
    assert answers(report) == expected
    assert {each.signer for each in report.signatures} <= {"rsa", "ec", "stamps"}
    assert all(each.time.startswith("2026-11-22T") for each in report.signatures)
    assert codes(report) == {"signature-present", "signature-trust-not-evaluated"}
    assert report.parts[0].signed


@pytest.mark.parametrize("name", ["pades.pdf", "pades-twice.pdf"])
def test_a_revision_behind_the_signature_leaves_it_intact_and_the_file_uncovered(scanner, name):
    """Shadow attacks change what is shown by a revision that comes after signing."""
    original = data(name)
    start = original.rindex(b"startxref\n") + 10
    previous = original[start : original.index(b"\n", start)]
    body = b"4 0 obj\n<</Length 30>>\nstream\nBT (Pay 1,000,000 EUR) Tj ET  \nendstream\nendobj\n"
    table = len(original) + len(body)
    behind = body + b"xref\n4 1\n%010d 00000 n \ntrailer\n<</Size 5/Root 1 0 R/Prev %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(original), previous, table,
    )  # fmt: skip
    report = scanner.scan(original + behind, name=name)
    assert {(coverage, integrity) for _, coverage, integrity in answers(report)} == {("partial", "pass")}
    assert "signature-partial-coverage" in codes(report)


def test_white_space_behind_the_end_is_no_revision(scanner):
    assert answers(scanner.scan(data("pades.pdf") + b"\r\n\r\n", name="a.pdf")) == [("PAdES", "whole", "pass")]


def test_whatever_byte_is_changed_nothing_passes_but_what_the_signature_leaves_out(scanner):
    original = data("pades.pdf")
    start = original.index(b"/Contents <") + 11
    end = original.index(b">", start)
    for place in (*range(0, start - 1, 97), *range(end + 1, len(original), 53)):
        changed = original[:place] + bytes((original[place] ^ 1,)) + original[place + 1 :]
        report = scanner.scan(changed, name="a.pdf")
        assert all(each.integrity != "pass" for each in report.signatures), place
        assert "inspection-failed" not in codes(report)


def test_a_byte_range_that_leaves_out_more_than_the_signature_covers_the_file_partially(scanner):
    """Signature wrapping: the second range begins later, and what stands between was not signed."""
    original = data("pades.pdf")
    gap = original.index(b">", original.index(b"/Contents <")) + 1
    moved = original[:gap] + b" /Evil (not signed) <00>" + original[gap:]
    old = original[original.index(b"/ByteRange [") : original.index(b"]", original.index(b"/ByteRange [")) + 1]
    numbers = old.split(b"[")[1].rstrip(b"]").split()
    new = b"/ByteRange [%s %s %d %s]" % (numbers[0], numbers[1], int(numbers[2]) + 24, numbers[3])
    report = scanner.scan(moved.replace(old, new.ljust(len(old))), name="a.pdf")
    assert all(each.coverage == "partial" or each.integrity == "fail" for each in report.signatures)
    assert codes(report) & {"signature-partial-coverage", "signature-integrity-failed"}


@pytest.mark.parametrize(
    "ranges",
    [
        b"[0 0 0 0]",
        b"[0 10 5 20]",
        b"[0 99999999 99999999 1]",
        b"[-1 5 10 5]",
        b"[0 10 20]",
        b"[1 10 20 30]",
        b"null",
        b"[0 1 2 99999999999999999999]",
    ],
)
def test_byte_ranges_that_are_none_pass_nothing(scanner, ranges):
    original = data("pades.pdf")
    start = original.index(b"/ByteRange [") + 11
    end = original.index(b"]", start) + 1
    report = scanner.scan(original[:start] + ranges.ljust(end - start) + original[end:], name="a.pdf")
    assert all(each.integrity != "pass" for each in report.signatures)
    assert "inspection-failed" not in codes(report)


# -- PDF encrypted for certificates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("encrypted-rsa-aes256.pdf", "AES-256"),
        ("encrypted-ec-aes128.pdf", "AES-128"),
        ("encrypted-ec-aes128-plain-metadata.pdf", "AES-128"),
        ("encrypted-rsa-rc4.pdf", "RC4-128"),
    ],
)
def test_a_pdf_for_a_held_key_is_opened_and_judged(name, scheme):
    judge = Scanner(Policy.load("audit"), rules=Rules.empty(), smime=PemDecryptor([RSA, EC]))
    report = judge.scan(data(name), name=name)
    assert report.parts[0].encryption == "key-held"
    assert [part.name for part in report.parts] == [name, "a.bat", "javascript.js"] or "a.bat" in {
        part.name for part in report.parts
    }
    assert {"smime-encrypted", "script-content", "active-content", "embedded-file"} <= codes(report)
    assert any(finding.detail.startswith(f"PDF: encrypted for certificates, {scheme}, ") for finding in report.findings)
    assert "decryption" not in {check.check for check in report.checks}


def test_a_pdf_for_others_says_whether_their_key_is_known(scanner):
    name = "encrypted-rsa-aes256.pdf"
    elsewhere = Scanner(Policy.load("audit"), rules=Rules.empty(), smime=PemDecryptor([EC], [RSA]))
    assert elsewhere.scan(data(name), name=name).parts[0].encryption == "key-elsewhere"
    assert scanner.scan(data(name), name=name).parts[0].encryption == "unknown-key"


def test_a_pdf_in_a_cipher_that_nobody_here_knows_is_an_unsupported_scheme():
    judge = Scanner(Policy.load("audit"), rules=Rules.empty(), smime=PemDecryptor([RSA]))
    report = judge.scan(data("encrypted-rsa-gcm.pdf"), name="a.pdf")
    assert report.parts[0].encryption == "unsupported-scheme"
    assert "AES-256-GCM" in next(
        each.detail for each in report.findings if each.code == "encryption-scheme-not-supported"
    )


def test_a_pdf_whose_recipients_were_changed_does_not_pass_for_opened():
    """The key is made of all entries: one more, and what comes out is noise."""
    judge = Scanner(Policy.load("audit"), rules=Rules.empty(), smime=PemDecryptor([RSA]))
    original = data("encrypted-rsa-aes256.pdf")
    start = original.index(b"/Recipients [") + 13
    report = judge.scan(original[:start] + b"<00>" + original[start:], name="a.pdf")
    assert report.parts[0].encryption != "key-held"
    assert report.parts[0].encryption != "none"


@pytest.mark.parametrize("name", ["encrypted-rsa-aes256.pdf", "encrypted-rsa-rc4.pdf"])
def test_damage_to_an_encrypted_pdf_never_raises(name):
    judge = Scanner(Policy.load("audit"), rules=Rules.empty(), smime=PemDecryptor([RSA]))
    original = data(name)
    for place in range(0, len(original), 61):
        for changed in (original[:place], original[:place] + b"0" + original[place + 1 :]):
            assert not codes(judge.scan(changed, name="a.pdf")) & {"inspection-failed", "scan-incomplete"}


# -- XML ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "coverage"),
    [
        ("enveloped-inclusive.xml", "whole"),
        ("enveloped-named.xml", "whole"),
        ("xpath.xml", "whole"),
        ("filter.xml", "whole"),
        ("element-inclusive.xml", "partial"),
        ("element-prefixes.xml", "partial"),
    ],
)
def test_xml_signed_by_xmlsec(scanner, name, coverage):
    report = scanner.scan(data(name), name=name)
    assert answers(report) == [("XML signature", coverage, "pass")]
    changed = scanner.scan(data(name).replace(b"Guten", b"Gutem"), name=name)
    assert [each.integrity for each in changed.signatures] == ["fail"]


def test_comments_are_no_part_of_what_is_signed_by_a_plain_reference(scanner):
    changed = data("enveloped-inclusive.xml").replace(b"<!-- c -->", b"<!-- d -->")
    assert answers(scanner.scan(changed, name="a.xml")) == [("XML signature", "whole", "pass")]


def test_a_signed_element_that_was_moved_under_another_passes_for_itself_only(scanner):
    """Signature wrapping: the signed element hides in a corner, the reader sees another one; nobody says that all of it is signed."""
    original = data("element-prefixes.xml")
    element = original[original.index(b"<y:satz") : original.index(b"</y:satz>") + 9]
    other = element.replace(b'Id="s"', b'Id="t"').replace(b"Guten", b"Gutem")
    report = scanner.scan(original.replace(element, other + b"<corner>" + element + b"</corner>"), name="a.xml")
    assert [each.coverage for each in report.signatures] == ["partial"]
    assert "signature-partial-coverage" in codes(report)
