"""Encrypted mail is opened with held keys and judged; for any other key it says whose."""

from __future__ import annotations

import base64
import hashlib
import json
import time

import pytest

from attachguard import Action, Policy, Rules, Scanner
from attachguard.cli.main import main
from attachguard.hooks import Hooks
from attachguard.signing.smime import KeyAnswer, PemDecryptor
from tests import HANG
from tests.fixtures.cms import DATA, ENVELOPED, integer, octets, oid, seq, tlv
from tests.fixtures.cms import info as content_info
from tests.pki import identity, needs_openssl, openssl

BATCH = (
    b'Content-Type: application/octet-stream; name="a.bat"\r\nContent-Disposition: attachment; filename="a.bat"\r\n\r\n'
    b"@echo off\r\ndel *.*\r\n"
)


def scanner(*, keys=(), certificates=(), smime=None, policy="audit") -> Scanner:
    decryptor = smime or PemDecryptor(keys, certificates)
    return Scanner(Policy.load(policy), rules=Rules.empty(), smime=decryptor)


def envelope(folder, who, *options, content=BATCH) -> bytes:
    """An envelope by openssl."""
    (folder / "in").write_bytes(content)
    (folder / "who.pem").write_bytes(who.pem)
    ahead = [each for each in options if each != "-keyopt" and "rsa_" not in each]
    behind = [each for each in options if each == "-keyopt" or "rsa_" in each]
    arguments = (
        "cms",
        "-encrypt",
        "-binary",
        "-in",
        "in",
        "-outform",
        "DER",
        "-out",
        "out",
        *ahead,
        "-recip",
        "who.pem",
    )
    openssl(*arguments, *behind, folder=folder)
    return (folder / "out").read_bytes()


def states(report) -> dict[str, str]:
    return {part.path: part.encryption for part in report.parts}


@needs_openssl
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("rsa", ("-aes-256-cbc",)),
        ("rsa", ("-aes-128-gcm",)),
        ("rsa", ("-aes-192-cbc", "-keyid")),
        ("rsa", ("-des3",)),
        ("rsa", ("-stream", "-indef", "-aes-256-cbc")),
        ("rsa", ("-aes-256-cbc", "-keyopt", "rsa_padding_mode:oaep")),
        ("rsa", ("-aes-256-gcm", "-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha512")),
        ("p256", ("-aes-256-cbc",)),
        ("p384", ("-aes-256-gcm",)),
        ("p256", ("-aes-128-cbc", "-keyid")),
    ],
)
def test_what_openssl_encrypts_is_opened_and_its_inside_is_judged(tmp_path, kind, options):
    who = identity(kind)
    data = envelope(tmp_path, who, *options)
    report = scanner(keys=[who.file(tmp_path)]).scan(data, name="smime.p7m")
    assert report.parts[0].encryption == "key-held"
    assert "smime.p7m!/smime.eml!/a.bat" in states(report)
    assert {finding.code for finding in report.findings} >= {"smime-encrypted", "script-content"}
    assert "decryption" not in {check.check for check in report.checks}


@needs_openssl
def test_one_of_several_keys_opens_and_other_recipients_do_not_matter(tmp_path):
    ours, other = identity("p256"), identity("rsa", 1)
    (tmp_path / "other.pem").write_bytes(other.pem)
    (tmp_path / "in").write_bytes(BATCH)
    (tmp_path / "ours.pem").write_bytes(ours.pem)
    openssl(
        "cms", "-encrypt", "-in", "in", "-outform", "DER", "-out", "out", "-aes128", "other.pem", "ours.pem", folder=tmp_path
    )  # fmt: skip
    keys = [identity("rsa").file(tmp_path, "a.pem"), ours.file(tmp_path, "b.pem")]
    report = scanner(keys=keys).scan((tmp_path / "out").read_bytes(), name="smime.p7m")
    assert report.parts[0].encryption == "key-held"


@needs_openssl
@pytest.mark.parametrize("option", [(), ("-keyid",)], ids=["issuer and serial", "key identifier"])
def test_a_certificate_without_its_key_says_that_the_key_is_elsewhere(tmp_path, option):
    data = envelope(tmp_path, identity("rsa"), "-aes128", *option)
    report = scanner(certificates=[tmp_path / "who.pem"]).scan(data, name="smime.p7m")
    assert states(report) == {"smime.p7m": "key-elsewhere"}
    check = next(check for check in report.checks if check.check == "decryption")
    assert (check.result, check.cause) == ("not-evaluated", "encrypted for a key that lives further on")


@needs_openssl
def test_neither_key_nor_certificate_is_an_unknown_key(tmp_path):
    data = envelope(tmp_path, identity("rsa"), "-aes128")
    other = scanner(keys=[identity("rsa", 1).file(tmp_path)], certificates=[identity("p256").pem])
    assert states(other.scan(data, name="smime.p7m")) == {"smime.p7m": "unknown-key"}
    without = Scanner(Policy.load("audit"), rules=Rules.empty())
    assert states(without.scan(data, name="smime.p7m")) == {"smime.p7m": "unknown-key"}


@needs_openssl
@pytest.mark.parametrize("cipher", ["-aes-256-cbc", "-aes-256-gcm"])
def test_a_damaged_envelope_for_a_held_key_stays_closed_at_every_place(tmp_path, cipher):
    who = identity("rsa")
    data = envelope(tmp_path, who, cipher)
    judge = scanner(keys=[who.file(tmp_path)])
    for place in range(40, len(data), 29):
        damaged = data[:place] + bytes((data[place] ^ 0x55,)) + data[place + 1 :]
        report = judge.scan(damaged, name="smime.p7m")
        assert not {finding.code for finding in report.findings} & {"inspection-failed", "scan-incomplete"}
        opened = report.parts[0].encryption == "key-held"
        assert opened or len(report.parts) == 1
        if cipher == "-aes-256-gcm" and opened:
            # What stands around the ciphertext is not authenticated; what comes out is what went in.
            assert report.parts[1].sha256 == hashlib.sha256(BATCH).hexdigest()


@needs_openssl
def test_truncation_at_any_place_raises_nothing_and_claims_nothing(tmp_path):
    who = identity("p256")
    data = envelope(tmp_path, who, "-aes-256-gcm")
    judge = scanner(keys=[who.file(tmp_path)])
    for end in range(1, len(data), 17):
        report = judge.scan(data[:end], name="smime.p7m")
        assert report.complete
        assert report.parts[0].encryption != "key-held"


@needs_openssl
def test_a_held_key_with_an_unknown_content_cipher_is_an_unsupported_scheme(tmp_path):
    who = identity("rsa")
    data = envelope(tmp_path, who, "-camellia256")
    report = scanner(keys=[who.file(tmp_path)]).scan(data, name="smime.p7m")
    assert states(report) == {"smime.p7m": "unsupported-scheme"}


@needs_openssl
def test_signed_then_encrypted_mail_is_opened_to_the_bottom_and_the_signature_checked(tmp_path):
    who = identity("rsa")
    (tmp_path / "key.pem").write_bytes(who.key_pem + who.pem)
    (tmp_path / "in").write_bytes(BATCH)
    openssl("cms", "-sign", "-binary", "-in", "in", "-signer", "key.pem", "-out", "signed", folder=tmp_path)
    data = envelope(tmp_path, who, "-aes128", content=(tmp_path / "signed").read_bytes())
    report = scanner(keys=[tmp_path / "key.pem"]).scan(data, name="smime.p7m")
    assert "script-content" in {finding.code for finding in report.findings}
    assert [(each.format, each.integrity) for each in report.signatures] == [("S/MIME-clear", "pass")]


def recipient_info(who) -> bytes:
    name = who.certificate.issuer.public_bytes()
    return seq(
        integer(0),
        seq(name, integer(who.certificate.serial_number)),
        seq(oid("1.2.840.113549.1.1.1"), b"\5\0"),
        octets(bytes(256)),
    )


def test_a_thousand_entries_for_one_key_are_tried_a_few_times_only(tmp_path, monkeypatch):
    tries = []

    def wrong(key, recipient, size):
        tries.append(recipient)
        raise ValueError("the wrong key")

    monkeypatch.setattr("attachguard.signing.smime.decrypt._content_key", wrong)
    who = identity("rsa")
    content = seq(oid(DATA), seq(oid("2.16.840.1.101.3.4.1.42"), octets(bytes(16))), tlv(0x80, bytes(64)))
    data = content_info(ENVELOPED, seq(integer(0), tlv(0x31, *[recipient_info(who)] * 1000), content))
    report = scanner(keys=[who.file(tmp_path)]).scan(data, name="smime.p7m")
    assert report.parts[0].encryption == "unknown-key"
    assert 1 <= len(tries) <= 20


def test_a_decryptor_of_ones_own_is_asked_with_recipients_and_object():
    asked = []

    class Service:
        def open(self, recipients, cms):
            asked.append((recipients, cms))
            return KeyAnswer("held", b"X5O" + BATCH)

    who = identity("rsa")
    content = seq(oid(DATA), seq(oid("2.16.840.1.101.3.4.1.42"), octets(bytes(16))), tlv(0x80, bytes(64)))
    data = content_info(ENVELOPED, seq(integer(0), tlv(0x31, recipient_info(who)), content))
    report = scanner(smime=Service()).scan(data, name="smime.p7m")
    (((recipient,), cms),) = asked
    assert cms == data
    assert recipient.is_for(who.certificate.issuer.public_bytes(), recipient.serial, b"")
    assert int.from_bytes(recipient.serial, "big") == who.certificate.serial_number
    assert states(report)["smime.p7m"] == "key-held"


def held_closed() -> bytes:
    """An envelope for an RSA key, with nothing that would open."""
    content = seq(oid(DATA), seq(oid("2.16.840.1.101.3.4.1.42"), octets(bytes(16))), tlv(0x80, bytes(64)))
    return content_info(ENVELOPED, seq(integer(0), tlv(0x31, recipient_info(identity("rsa"))), content))


def removed(_recipients, _cms):
    raise RuntimeError("token removed")


def hangs(_recipients, _cms):
    time.sleep(HANG)


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (removed, "RuntimeError: token removed"),
        (hangs, "no answer within 0.05 s"),
        (lambda *_: None, "it gave NoneType, which is no answer"),
        (lambda *_: KeyAnswer("yes"), "it gave KeyAnswer, which is no answer"),
        (lambda *_: KeyAnswer("held", "text"), "it gave KeyAnswer, which is no answer"),
    ],
)
@pytest.mark.parametrize("policy", ["strict", "kaiserslautern", "leverkusen"])
def test_a_key_store_that_fails_is_the_scanners_own_failure_and_never_clean(answer, cause, policy):
    class Store:
        open = staticmethod(answer)

    judge = Scanner(Policy.load(policy), rules=Rules.empty(), smime=Store(), hooks=Hooks(seconds=0.05))
    report = judge.scan(held_closed(), name="smime.p7m")
    (finding,) = [each for each in report.findings if each.code == "scan-incomplete"]
    assert cause in finding.detail
    assert finding.action in (Action.DEFER, Action.QUARANTINE)
    assert not report.verdict.action.delivers
    assert report.verdict.action is not Action.DISCARD
    assert "encrypted-unknown-key" not in {each.code for each in report.findings}
    assert not report.complete
    check = next(check for check in report.checks if check.check == "decryption")
    assert (check.result, check.cause) == ("not-evaluated", f"the key store gave no answer: {cause}")


def test_a_key_store_that_fails_is_asked_once_in_a_message():
    asked = []

    class Store:
        def open(self, recipients, cms):
            asked.append(cms)
            raise OSError

    mail = b"From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
    for name in (b"a", b"b", b"c"):
        mail += (
            b"--B\r\nContent-Type: application/pkcs7-mime; name=%s.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            % name
        )
        mail += base64.encodebytes(held_closed())
    report = scanner(smime=Store()).scan(mail + b"--B--\r\n", kind="message")
    assert len(asked) == 1
    assert [each.code for each in report.findings].count("scan-incomplete") == 3


def test_mistakes_of_the_operator_are_told_with_the_file(tmp_path):
    who = identity("rsa")
    only = tmp_path / "only.pem"
    only.write_bytes(who.pem)
    with pytest.raises(ValueError, match=r"only\.pem: no private key"):
        PemDecryptor([only])
    only.write_bytes(who.key_pem)
    with pytest.raises(ValueError, match="no certificate"):
        PemDecryptor([only])
    only.write_bytes(who.key_pem + identity("rsa", 1).pem)
    with pytest.raises(ValueError, match="belongs to none"):
        PemDecryptor([only]).check()
    only.write_bytes(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n" + who.pem)
    with pytest.raises(ValueError, match="password"):
        PemDecryptor([only])
    with pytest.raises(OSError, match="missing"):
        PemDecryptor([tmp_path / "missing.pem"])


@needs_openssl
def test_the_command_line_takes_keys_and_certificates(tmp_path, capsysbinary):
    who = identity("rsa")
    mail = tmp_path / "mail.p7m"
    mail.write_bytes(envelope(tmp_path, who, "-aes128"))
    key = who.file(tmp_path)
    assert main(["scan", "--policy", "audit", "--jsonl", "--smime-key", str(key), str(mail)]) == 0
    assert json.loads(capsysbinary.readouterr().out)["parts"][0]["encryption"] == "key-held"
    assert main(["scan", "--policy", "audit", "--jsonl", "--smime-cert", str(tmp_path / "who.pem"), str(mail)]) == 0
    assert json.loads(capsysbinary.readouterr().out)["parts"][0]["encryption"] == "key-elsewhere"
    assert main(["scan", "--smime-key", str(tmp_path / "who.pem"), str(mail)]) == 2
    assert b"no private key" in capsysbinary.readouterr().err
