"""Settings, keys and tokens that are locked, whatever their names; and texts that only speak of such things."""

from __future__ import annotations

import base64

import pytest

from tests.relatives.judged import SCANNERS, delivered

VALUE = b"ENC[AES256_GCM,data:YWJj,iv:YWJjZA==,tag:YWJjZGU=,type:str]"
BODY = b"3339" * 8


def secret_key(algorithm: int, public: bytes, usage: int, version: int = 4) -> bytes:
    body = bytes([version]) + b"\x5f\0\0\0" + bytes([algorithm]) + public + bytes([usage, 9, 3, 8]) + bytes(80)
    packet = bytes([0xC5, len(body)]) + body
    text = base64.encodebytes(packet)
    return b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n" + text + b"-----END PGP PRIVATE KEY BLOCK-----\n"


NUMBER = b"\0\x11\x01\0\x01"
CURVE = b"\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
LOCKED = [
    ("vault.conf", b"---\npassword: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  " + BODY + b"\n"),
    ("vault.yml", b"a: b\nc: !vault |\n    $ANSIBLE_VAULT;1.2;AES256;prod\n    " + BODY + b"\n    6162\n"),
    ("hiera.yaml", b"pw: ENC[PKCS7,MIIBiQYJKoZIhvcNAQcDoIIBejCCAXYCAQAxggEhMIIBHQIBADAFMAACAQEw]\n"),
    ("hiera.yaml", b"pw: >\n  ENC[GPG,hQEMA0kvbGVuZ3RoIG9mIGEga2V5IGluIGJhc2U2NA\n  AAAA]\n"),
    ("app.properties", b"db.user=x\ndb.password=ENC(G6N718UuyPE5bHyWKyuLQSm02auQPUtm)\n"),
    ("app.yml", b"db:\n  password: '{cipher}AQA682682628286282aa682628a6828a68286a8286AAAAAAAA'\n"),
    ("secret.yaml", b"apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: x\nspec:\n  encryptedData:\n    pw: AgBy3i4O\n"),
    ("a.yml", b"# STRONGBOX ENCRYPTED RESOURCE ; See https://github.com/uw-labs/strongbox\nAAAABBBBCCCC\n"),
    ("token.txt", b"eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2oja.48V1_ALb6US04U3b.5eym8TW_c8SuK0lt.XFBoMYUZodetZdvT\n"),
    ("app.env", b"PW=" + VALUE + b"\nsops_mac=" + VALUE + b"\n"),
    ("app.ini", b"[a]\npw=" + VALUE + b"\n[sops]\nmac=x\n"),
    ("key.txt", b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIFHDBOBgkqhkiG9w0BBQ0wQTApBgkqhkiG9w0BBQwwHAQI\n-----END ENCRYPTED PRIVATE KEY-----\n"),
    ("key.asc", secret_key(1, 2 * NUMBER, 254)),
    ("key.asc", secret_key(17, 4 * NUMBER, 255)),
    ("key.asc", secret_key(22, CURVE + NUMBER, 254)),
    ("key.asc", secret_key(18, CURVE + NUMBER + b"\x03\x01\x08\x07", 253)),
    ("key.asc", secret_key(27, bytes(32), 254)),
    ("key.asc", secret_key(27, b"\0\0\0\x20" + bytes(32), 253, version=6)),
]  # fmt: skip
OPEN = [
    ("brief.txt", b"Der Vault beginnt mit $ANSIBLE_VAULT;1.1;AES256 und hat !vault | davor.\n"),
    ("liste.txt", b"ENC(kurz) und ENC[PKCS7,...] sind Schreibweisen.\n"),
    ("app.yml", b"encryption: none\ncipher: '{cipher}'\n"),
    ("deploy.yaml", b"kind: Deployment\nspec:\n  encryptedData:\n    x: y\n"),
    ("token.txt", b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U\n"),
    ("key.txt", b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n(hier steht der Schluessel)\n-----END ENCRYPTED PRIVATE KEY-----\n"),
    ("key.asc", secret_key(1, 2 * NUMBER, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data"), LOCKED)
def test_what_is_locked_says_so(name, data):
    report = SCANNERS["strict"].scan(data, name=name)
    assert report.parts[0].encryption in ("unknown-password", "unknown-key")
    assert report.verdict.action.value not in ("deliver", "flag")


@pytest.mark.parametrize(("name", "data"), OPEN)
def test_what_only_looks_like_it_is_open(name, data):
    assert SCANNERS["strict"].scan(data, name=name).parts[0].encryption == "none"
    assert delivered(data, name)


@pytest.mark.parametrize(("name", "data"), LOCKED)
def test_cut_texts_never_raise(name, data):
    for end in range(0, len(data), 11):
        SCANNERS["strict"].scan(data[:end], name=name)
