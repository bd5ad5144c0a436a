"""What each state of S/MIME and each kind of signature costs, beside the same letter plain."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from tests.pki import OPENSSL, identity, openssl, sign
from tests.test_signatures import mail, signed_pdf
from tests.test_xml_signatures import asic

from attachguard import Policy, Rules, Scanner
from attachguard.signing.smime import PemDecryptor

#: A letter with an attachment of a usual size.
LETTER = b'Content-Type: application/octet-stream; name="a.txt"\r\n\r\n' + b"Sehr geehrte Damen und Herren\r\n" * 8000
STATES = {
    "key-held, RSA and AES-CBC": ("rsa", ("-aes-256-cbc",), "held"),
    "key-held, RSA and AES-GCM": ("rsa", ("-aes-256-gcm",), "held"),
    "key-held, ECDH and AES-CBC": ("p256", ("-aes-256-cbc",), "held"),
    "key-held, 3DES": ("rsa", ("-des3",), "held"),
    "key-elsewhere": ("rsa", ("-aes-256-cbc",), "elsewhere"),
    "unknown-key": ("rsa", ("-aes-256-cbc",), "unknown"),
}
SIGNED = {
    "plain": lambda: LETTER,
    "opaque, RSA": lambda: sign(LETTER, identity("rsa"), attached=True, advanced=True),
    "opaque, ECDSA": lambda: sign(LETTER, identity("p256"), attached=True, advanced=True),
    "file and signature beside it": lambda: mail(("a.txt", LETTER), ("a.txt.p7s", sign(LETTER, identity("rsa")))),
    "PDF": signed_pdf,
    "ASiC-E with XAdES": asic,
}


def envelope(kind: str, options: tuple[str, ...]) -> bytes:
    """The letter in an envelope by openssl."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").write_bytes(LETTER)
        (folder / "who.pem").write_bytes(identity(kind).pem)
        openssl(
            "cms",
            "-encrypt",
            "-binary",
            "-in",
            "in",
            "-outform",
            "DER",
            "-out",
            "out",
            *options,
            "-recip",
            "who.pem",
            folder=folder,
        )
        return (folder / "out").read_bytes()


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
@pytest.mark.parametrize("state", STATES)
def bench_state(benchmark, row, state):
    """A quarter of a megabyte, encrypted; the key is loaded before the clock runs."""
    kind, options, whose = STATES[state]
    who, other = identity(kind), identity(kind, 1)
    keys = [who.key_pem + who.pem] if whose == "held" else [other.key_pem + other.pem]
    certificates = [who.pem] if whose == "elsewhere" else []
    data = envelope(kind, options)
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty(), smime=PemDecryptor(keys, certificates))
    report = benchmark.pedantic(lambda: scanner.scan(data, name="smime.p7m"), rounds=20, warmup_rounds=2)
    row(state, f"{benchmark.stats.stats.median * 1e3:10.2f} ms", report.parts[0].encryption)
    assert report.parts[0].encryption == state.partition(",")[0]


@pytest.mark.parametrize("kind", SIGNED)
def bench_signature(benchmark, row, kind):
    """Signed content, checked against the certificate that came along."""
    data = SIGNED[kind]()
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty())
    report = benchmark.pedantic(lambda: scanner.scan(data, name="a"), rounds=20, warmup_rounds=2)
    integrity = ", ".join(each.integrity for each in report.signatures) or "not signed"
    row(f"signature: {kind}", f"{benchmark.stats.stats.median * 1e3:10.2f} ms", integrity)
    assert integrity == ("not signed" if kind == "plain" else "pass")
