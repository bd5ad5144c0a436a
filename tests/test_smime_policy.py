"""Certificates whose keys live further on, as a policy names them: whom they match, and what is wrong with a file."""

from __future__ import annotations

import datetime as dt

import pytest

from attachguard import Envelope, Policy, PolicyError, Rules, Scanner
from attachguard.cli.main import main
from attachguard.policy.reading.file import check
from attachguard.signing.smime import PemDecryptor
from tests.pki import identity, needs_openssl
from tests.test_smime import envelope, states

HEAD = '[policy]\nid = "t"\nversion = "1"\n'


def policy(folder, text: str = '[smime]\nkey-elsewhere = ["amt.pem"]\n', **files: bytes):
    """A policy file with others beside it, named by what stands before their suffix."""
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    (folder / "t.toml").write_text(HEAD + text)
    return folder / "t.toml"


def scanner(path, **options) -> Scanner:
    return Scanner(Policy.load(path), rules=Rules.empty(), **options)


@needs_openssl
@pytest.mark.parametrize("kind", ["rsa", "p256"])
@pytest.mark.parametrize("option", [(), ("-keyid",)], ids=["issuer and serial", "key identifier"])
@pytest.mark.parametrize("form", ["pem", "der"])
def test_a_recipient_that_the_policy_names_has_its_key_elsewhere(tmp_path, kind, option, form):
    who = identity(kind)
    data = envelope(tmp_path, who, "-aes-128-cbc", *option)
    path = policy(tmp_path, amt_pem=who.pem if form == "pem" else who.der)
    report = scanner(path).scan(data, name="smime.p7m")
    assert states(report) == {"smime.p7m": "key-elsewhere"}
    assert [finding.code for finding in report.findings if "crypted" in finding.code] == ["smime-encrypted"]
    assert ("decryption", "not-evaluated", "encrypted for a key that lives further on") in {
        (each.check, each.result, each.cause) for each in report.checks
    }


@needs_openssl
def test_another_recipient_stays_unknown_and_a_held_key_opens_first(tmp_path):
    who = identity("rsa")
    data = envelope(tmp_path, who, "-aes-128-cbc")
    other = policy(tmp_path, amt_pem=identity("rsa", 1).pem + identity("p256").pem)
    assert states(scanner(other).scan(data, name="smime.p7m")) == {"smime.p7m": "unknown-key"}
    both = policy(tmp_path, amt_pem=who.pem)
    held = scanner(both, smime=PemDecryptor([who.file(tmp_path)])).scan(data, name="smime.p7m")
    assert held.parts[0].encryption == "key-held"


@needs_openssl
def test_a_key_store_that_fails_does_not_hide_that_the_key_is_elsewhere(tmp_path):
    class Broken:
        def open(self, recipients, cms):
            raise RuntimeError("token removed")

    who = identity("rsa")
    data = envelope(tmp_path, who, "-aes-128-cbc")
    report = scanner(policy(tmp_path, amt_pem=who.pem), smime=Broken()).scan(data, name="smime.p7m")
    assert states(report) == {"smime.p7m": "key-elsewhere"}
    assert report.complete


@needs_openssl
def test_certificates_come_with_included_policies_and_with_channels(tmp_path):
    who = identity("rsa")
    data = envelope(tmp_path, who, "-aes-128-cbc")
    base = policy(tmp_path, amt_pem=who.pem).rename(tmp_path / "base.toml")
    included = policy(tmp_path).with_name("t.toml")
    included.write_text(HEAD + f'include = ["{base.name}"]\n')
    assert states(scanner(included).scan(data, name="smime.p7m")) == {"smime.p7m": "key-elsewhere"}
    channel = policy(tmp_path, '[[override]]\nchannels = ["vps"]\n[override.smime]\nkey-elsewhere = "amt.pem"\n')
    judge = scanner(channel)
    for name, state in (("smtp", "unknown-key"), ("vps", "key-elsewhere")):
        report = judge.scan(data, name="smime.p7m", envelope=Envelope(channel=name))
        assert report.parts[0].encryption == state


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "'amt.pem' cannot be read: No such file or directory; paths are relative to the policy file"),
        ({"amt_pem": b"hello"}, "holds no certificate that can be read (no PEM block CERTIFICATE)"),
        ({"amt_pem": identity("rsa").key_pem}, "a private key belongs to the decryptor, not to a policy"),
        ({"amt_pem": identity("rsa").der[:-400]}, "holds no certificate that can be read"),
        ({"amt_pem": identity("rsa").pem.replace(b"MII", b"MIA", 1)}, "holds no certificate that can be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_mistake_with_its_line(tmp_path, files, says):
    path = policy(tmp_path, '[smime]\nkey-elsewhere = [\n  "amt.pem",\n]\n', **files)
    with pytest.raises(PolicyError) as raised:
        Policy.load(path)
    assert (raised.value.file, raised.value.line, raised.value.where) == (str(path), 6, "smime.key-elsewhere[1]")
    assert says in raised.value.message


def test_an_expired_certificate_is_told_by_a_check_and_does_not_stop_a_gateway(tmp_path):
    path = policy(tmp_path, amt_pem=identity("rsa", 6, days=-1).pem)
    assert Policy.load(path).data.key_elsewhere
    problems = check(path, dt.datetime.now(dt.UTC).date())[1]
    (problem,) = [each for each in problems if "expired" in each.message]
    assert (problem.line, problem.fatal) == (5, True)
    assert "Erika Mustermann rsa 6" in problem.message


def test_the_page_about_a_policy_says_whose_mail_is_handed_on_unopened(tmp_path, capsys):
    path = policy(tmp_path, amt_pem=identity("rsa").pem)
    assert main(["policy", "explain", str(path), "--language", "en"]) == 0
    assert "passed on unopened: Erika Mustermann rsa 0" in capsys.readouterr().out
