"""OpenPGP in every form that GnuPG writes and mail carries: encrypted to a key told from a passphrase, signed told from encrypted."""

from __future__ import annotations

import base64
import shutil
import subprocess

import pytest

from attachguard import Policy, Rules, Scanner
from tests.fixtures import pgp

GPG = shutil.which("gpg")
needs_gpg = pytest.mark.skipif(GPG is None, reason="gpg is not installed: apt-get install gnupg")
BATCH = b"@echo off\r\ndel *.*\r\n"
WHO = "erika@example.org"


@pytest.fixture(scope="module")
def scanner():
    return Scanner(Policy.load("audit"), rules=Rules.empty())


@pytest.fixture(scope="module")
def gpg(tmp_path_factory):
    """Runs gpg over a batch file, with a key of its own."""
    home = tmp_path_factory.mktemp("gpg")
    home.chmod(0o700)
    (home / "a.bat").write_bytes(BATCH)
    common = [
        str(GPG), "--homedir", str(home), "--batch", "--yes", "--quiet", "--trust-model", "always",
        "--pinentry-mode", "loopback", "--passphrase", "",
    ]  # fmt: skip

    def run(*arguments: str, secret: str = "") -> bytes:
        command = [*common, *(("--passphrase", secret) if secret else ()), "-o", "-", *arguments]
        done = subprocess.run(command, cwd=home, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    subprocess.run(
        [*common, "--quick-gen-key", f"Erika <{WHO}>", "rsa2048", "default", "never"],
        check=True,
        timeout=60,
        capture_output=True,
    )
    listing = subprocess.run(
        [*common, "--list-keys", "--with-colons"], check=True, timeout=60, capture_output=True
    ).stdout.decode()
    run.key = next(line.split(":")[9] for line in listing.splitlines() if line.startswith("fpr"))
    subprocess.run(
        [*common, "--quick-add-key", run.key, "rsa2048", "encr", "never"], check=True, timeout=60, capture_output=True
    )
    yield run
    if shutil.which("gpgconf"):
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False, timeout=60)


def codes(report) -> set[str]:
    return {finding.code for finding in report.findings}


@needs_gpg
@pytest.mark.parametrize("armored", [True, False])
@pytest.mark.parametrize(
    ("arguments", "state"),
    [
        (("-r", WHO, "-e", "a.bat"), "unsupported-scheme"),
        (("-R", WHO, "-e", "a.bat"), "unsupported-scheme"),
        (("-r", WHO, "-s", "-e", "a.bat"), "unsupported-scheme"),
        (("-r", WHO, "-c", "-e", "a.bat"), "unsupported-scheme"),
        (("-c", "a.bat"), "unknown-password"),
        (("-s", "-c", "a.bat"), "unknown-password"),
    ],
)
def test_what_gpg_encrypts_is_told_by_key_or_passphrase(scanner, gpg, arguments, state, armored):
    data = gpg(*(("-a",) if armored else ()), *arguments, secret="geheim" if "-c" in arguments else "")
    report = scanner.scan(data, name="a.bat.asc" if armored else "a.bat.gpg")
    assert [part.encryption for part in report.parts] == [state]
    assert "signature-present" not in codes(report)


@needs_gpg
@pytest.mark.parametrize("armored", [True, False])
@pytest.mark.parametrize("options", [(), ("-z", "0"), ("--compress-algo", "bzip2"), ("--compress-algo", "zlib")])
def test_what_gpg_signs_is_unwrapped_judged_and_told_as_signed(scanner, gpg, options, armored):
    data = gpg(*(("-a",) if armored else ()), *options, "-s", "a.bat")
    report = scanner.scan(data, name="a.bat.gpg")
    assert [part.encryption for part in report.parts] == ["none", "none"]
    assert {"signature-present", "signature-not-verified", "script-content"} <= codes(report)
    (record,) = report.signatures
    assert (record.format, record.signer) == ("OpenPGP message", f"key {gpg.key}")
    assert record.time.startswith("20")
    assert ("signature-integrity", "not-evaluated", "OpenPGP signatures are not checked") in {
        (each.check, each.result, each.cause) for each in report.checks
    }


@needs_gpg
@pytest.mark.parametrize("name", ["a.bat.sig", "a.bat.asc", "a.bat.pgp"])
def test_a_detached_signature_is_neither_encrypted_nor_a_message(scanner, gpg, name):
    report = scanner.scan(gpg(*(("-a",) if name.endswith("asc") else ()), "-b", "a.bat"), name=name)
    assert [part.encryption for part in report.parts] == ["none"]
    assert [(each.format, each.signer) for each in report.signatures] == [("OpenPGP detached", f"key {gpg.key}")]


@needs_gpg
@pytest.mark.parametrize("name", ["erika.key", "erika.asc", "erika.gpg"])
def test_keys_are_keys(scanner, gpg, name):
    for kind in ("--export", "--export-secret-keys"):
        report = scanner.scan(gpg(*(("-a",) if name != "erika.gpg" else ()), kind), name=name)
        assert report.parts[0].type.id == "pgp"
        assert report.parts[0].encryption == "none"
        assert not report.signatures


# -- in mail ----------------------------------------------------------------------------------------------------------------------

HEAD = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
ENCRYPTED = pgp.armor("MESSAGE", pgp.SESSION + pgp.DATA)
LOCKED = pgp.armor("MESSAGE", pgp.PASSWORD + pgp.DATA)
CLEAR = pgp.clear_signed("Guten Tag")
SIGNATURE = pgp.armor("SIGNATURE", pgp.SIGNATURE)


def multipart(kind: bytes, *parts: tuple[bytes, bytes]) -> bytes:
    inside = b"".join(b"--B\r\nContent-Type: " + header + b"\r\n\r\n" + content + b"\r\n" for header, content in parts)
    return HEAD + b"Content-Type: " + kind + b"; boundary=B\r\n\r\n" + inside + b"--B--\r\n"


def text(content: bytes, kind: bytes = b"text/plain", more: bytes = b"") -> bytes:
    return HEAD + b"Content-Type: " + kind + b"\r\n" + more + b"\r\n" + content


def pgp_mime(content: bytes) -> bytes:
    """RFC 3156 section 4."""
    return multipart(
        b'multipart/encrypted; protocol="application/pgp-encrypted"',
        (b"application/pgp-encrypted", b"Version: 1"),
        (b"application/octet-stream; name=encrypted.asc", content),
    )


def lines(before: bytes, after: bytes) -> bytes:
    return b"<html><body>" + b"".join(before + line + after for line in ENCRYPTED.splitlines()) + b"</body></html>"


@pytest.mark.parametrize(
    "message",
    [
        pgp_mime(ENCRYPTED),
        text(b"Hallo\r\n\r\n" + ENCRYPTED + b"\r\nGruss\r\n"),
        text(b"\xef\xbb\xbf" + ENCRYPTED),
        text(base64.encodebytes(ENCRYPTED), more=b"Content-Transfer-Encoding: base64\r\n"),
        text(
            base64.encodebytes(ENCRYPTED.decode().encode("utf-16")),
            b"text/plain; charset=utf-16",
            b"Content-Transfer-Encoding: base64\r\n",
        ),
        text(b"<html><pre>" + ENCRYPTED + b"</pre></html>", b"text/html"),
        text(lines(b"", b"<br>\r\n"), b"text/html"),
        text(lines(b"<div>", b"</div>"), b"text/html"),
        multipart(b"multipart/mixed", (b"text/plain", b"Hallo"), (b"application/pgp; name=a.pgp", ENCRYPTED)),
    ],
    ids=["PGP/MIME", "letter", "mark", "base64", "UTF-16", "page", "breaks", "divisions", "attachment"],
)
def test_encrypted_mail_is_encrypted_in_whatever_form(scanner, message):
    report = scanner.scan(message, kind="message")
    assert "unsupported-scheme" in {part.encryption for part in report.parts}
    assert "encryption-scheme-not-supported" in codes(report)
    assert ("decryption", "not-evaluated") in {(each.check, each.result) for each in report.checks}


def test_mail_under_a_passphrase_is_told_from_mail_for_a_key(scanner):
    report = scanner.scan(pgp_mime(LOCKED), kind="message")
    assert {part.encryption for part in report.parts} == {"none", "unknown-password"}


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            multipart(
                b'multipart/signed; protocol="application/pgp-signature"; micalg=pgp-sha256',
                (b"text/plain", b"Guten Tag"),
                (b"application/pgp-signature; name=signature.asc", SIGNATURE),
            ),
            "OpenPGP detached",
        ),
        (text(CLEAR), "OpenPGP clear-signed"),
        (text(b"<html><pre>" + CLEAR + b"</pre></html>", b"text/html"), "OpenPGP clear-signed"),
        (text(pgp.armor("MESSAGE", pgp.signed_message(b"Guten Tag"))), "OpenPGP message"),
    ],
)
def test_signed_mail_is_signed_and_not_encrypted(scanner, message, shown):
    report = scanner.scan(message, kind="message")
    assert {part.encryption for part in report.parts} == {"none"}
    assert [each.format for each in report.signatures] == [shown]
    assert {"signature-present", "signature-not-verified", "signature-trust-not-evaluated"} <= codes(report)


@pytest.mark.parametrize(
    "names", [("Antrag.pdf", "antrag.pdf.asc"), ("antrag.pdf", "antrag.sig"), ("antrag.pdf", "x.pdf.sig")]
)
def test_a_file_beside_a_detached_signature_of_its_name_is_signed_content(scanner, names):
    plain = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\n%%EOF\n"
    parts = (
        (b"application/pdf; name=" + names[0].encode(), plain),
        (b"application/pgp-signature; name=" + names[1].encode(), SIGNATURE),
    )
    report = scanner.scan(multipart(b"multipart/mixed", *parts), kind="message")
    signed = {part.name: part.signed for part in report.parts if part.role == "attachment"}
    assert signed == {names[0]: not names[1].startswith("x"), names[1]: True}


# -- packets ----------------------------------------------------------------------------------------------------------------------

V2 = pgp.packet(18, b"\2\x09\2\6" + bytes(32) + bytes(range(80)))
SESSION_6 = pgp.packet(1, b"\6\x15\4" + bytes(20) + b"\x19" + bytes(100))
PASSWORD_6 = pgp.packet(3, b"\6\x1e\x09\2\x14\4" + bytes(16) + b"\1\4\x15" + bytes(15 + 16 + 16))


@pytest.mark.parametrize(
    ("data", "state", "detail"),
    [
        (SESSION_6 + V2, "unsupported-scheme", "1 key, AES-256"),
        (pgp.SESSION + V2, "unsupported-scheme", "1 key, AES-256"),
        (pgp.SESSION + pgp.AEAD, "unsupported-scheme", "1 key, AES-256"),
        (PASSWORD_6 + V2, "unknown-password", "passphrase, AES-256"),
        (pgp.PASSWORD + pgp.AEAD, "unknown-password", "passphrase, AES-256"),
        (
            pgp.SESSION + pgp.partial_packet(20, b"\1\x09\2\x10" + bytes(range(250)) * 8),
            "unsupported-scheme",
            "1 key, AES-256",
        ),
        (pgp.old_packet(9, bytes(range(100))), None, ""),
    ],
    ids=[
        "v6 to v2",
        "v3 to v2",
        "OCB packet 20",
        "v6 passphrase",
        "passphrase to packet 20",
        "in pieces",
        "data alone",
    ],
)
def test_authenticated_encryption_is_recognised_in_both_forms(scanner, data, state, detail):
    report = scanner.scan(data, name="a.pgp")
    if state is None:
        assert "inspection-failed" not in codes(report)
        return
    assert report.parts[0].encryption == state
    assert any(finding.detail.endswith(detail) for finding in report.findings)


def test_version_6_signatures_name_their_key_by_its_fingerprint(scanner):
    fingerprint = bytes(range(32))
    hashed = b"\5\2\x69\0\0\0" + b"\x22\x21\6" + fingerprint
    body = (
        b"\6\0\x1b\x0a" + len(hashed).to_bytes(4, "big") + hashed + bytes(4) + b"\x12\x34\x10" + bytes(16) + bytes(64)
    )
    (record,) = scanner.scan(pgp.packet(2, body), name="a.sig").signatures
    assert record.signer == f"key {fingerprint.hex().upper()}"
    assert record.time == "2025-10-27T23:28:00Z"


def test_a_signature_cut_anywhere_never_raises(scanner):
    data = pgp.signed_message(b"Guten Tag\n")
    for end in range(len(data)):
        assert "inspection-failed" not in codes(scanner.scan(data[:end], name="a.gpg"))
