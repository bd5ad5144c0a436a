"""Key stores, keys and messages under passwords, written by openssl and gpg."""

from __future__ import annotations

import pytest

from attachguard import Policy, Rules, Scanner
from tests.encryption.tools import SECRET, TEXT, members, opens, run, tool


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


@pytest.fixture
def gpg(tmp_path):
    """`gpg(*options)`: the text under a passphrase."""
    program = tool("gpg")
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    common = ("--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", SECRET)

    def encrypt(*options: str) -> bytes:
        return run(program, *common, *options, "--symmetric", "--set-filename", "brief.txt", "-o", "-", stdin=TEXT)

    return encrypt


@pytest.mark.parametrize("armour", [(), ("--armor",)])
@pytest.mark.parametrize("cipher", ["AES", "AES192", "AES256", "3DES", "CAST5", "BLOWFISH", "CAMELLIA256"])
def test_what_gpg_encrypts_with_a_passphrase_opens_by_it(look, gpg, cipher, armour):
    data = gpg("--cipher-algo", cipher, "--s2k-count", "65536", *armour)
    opens(look, data, "a.gpg", "txt")
    assert members(data, "a.gpg", SECRET) == {"brief.txt": "none"}


@pytest.mark.parametrize("options", [("--s2k-mode", "0"), ("--s2k-mode", "1"), ("--s2k-digest-algo", "SHA512"), ("--compress-algo", "none"),
                                     ("--compress-algo", "bzip2"), ("--rfc2440",)])  # fmt: skip
def test_every_way_from_passphrase_to_key_is_known(look, gpg, options):
    opens(look, gpg(*options), "a.gpg", "txt")


def test_a_cipher_that_is_not_known_here_stays_locked_and_a_check_says_so(gpg):
    report = Scanner(Policy.load("audit"), rules=Rules.empty(), passwords=[SECRET]).scan(
        gpg("--cipher-algo", "TWOFISH"), name="a.gpg", kind="file"
    )
    assert report.parts[0].encryption == "unknown-password"
    assert any("no password can be tried here on pgp" in check.cause for check in report.checks)


@pytest.mark.parametrize("armour", [(), ("-a",)])
def test_what_openssl_encrypts_needs_its_password(look, armour):
    data = run(tool("openssl"), "enc", *armour, "-aes-256-cbc", "-pbkdf2", "-pass", f"pass:{SECRET}", stdin=TEXT)
    assert look(data, "brief.enc")[0] == "unknown-password"


@pytest.mark.parametrize("word", ["", SECRET])
def test_a_key_of_ssh_is_locked_where_it_has_a_passphrase(look, tmp_path, word):
    run(tool("ssh-keygen"), "-q", "-t", "ed25519", "-N", word, "-f", tmp_path / "key")
    assert look((tmp_path / "key").read_bytes(), "key")[0] == ("unknown-password" if word else "none")
