"""Key stores, keys and messages under passwords, written by openssl and gpg."""

from __future__ import annotations

from tests.encryption.tools import SECRET, TEXT, run, tool


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
