"""The `[smime]` table of a policy file: certificates whose keys live further on, as files beside the policy."""

from __future__ import annotations

import datetime as dt
from typing import Final

from attachguard.errors import Malformed
from attachguard.policy.reading.values import Section
from attachguard.readers.crypto.certificate import Certificate, pem_blocks, read_certificate

_LABELS: Final = ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE")
_LARGEST: Final = 1 << 20


def read_key_elsewhere(
    top: Section, included: list[tuple[Certificate, ...]], today: dt.date | None
) -> tuple[Certificate, ...]:
    """The certificates that a file names, and those of what it includes.

    Args:
        top: the table that holds `[smime]`.
        included: those of included policies.
        today: where given, a certificate that has expired is reported.
    """
    section = top.section("smime", ("key-elsewhere",))
    found: list[Certificate] = []
    for place, name in enumerate(section.words("key-elsewhere")):
        where = ("key-elsewhere", place) if isinstance(section.table["key-elsewhere"], list) else ("key-elsewhere",)
        try:
            certificates = _read(section, name)
        except OSError as error:
            problem = f"{name!r} cannot be read: {error.strerror or error}; paths are relative to the policy file"
        except Malformed as error:
            problem = f"{name!r} holds no certificate that can be read ({error}): give one in PEM or DER"
        else:
            found += certificates
            problem = "; ".join(_expired(name, each, today) for each in certificates if _expired(name, each, today))
        if problem:
            section.document.error((*section.path, *where), problem)
    return tuple(dict.fromkeys((*found, *(each for certificates in included for each in certificates))))


def _read(section: Section, name: str) -> list[Certificate]:
    """Every certificate in a file; raises `OSError` and `Malformed`."""
    with (section.document.path.parent / name).open("rb") as file:
        text = file.read(_LARGEST)
    if text[:1] == b"\x30":
        return [read_certificate(text)]
    blocks = list(pem_blocks(text))
    found = [read_certificate(content) for label, content in blocks if label in _LABELS]
    if not found:
        key = any(label.endswith("PRIVATE KEY") for label, _content in blocks)
        raise Malformed(
            "a private key belongs to the decryptor, not to a policy" if key else "no PEM block CERTIFICATE"
        )
    return found


def _expired(name: str, certificate: Certificate, today: dt.date | None) -> str:
    until = certificate.until[:10]
    if today is None or not until or today.isoformat() <= until:
        return ""
    return f"the certificate of {certificate.holder} in {name!r} has expired on {until}: ask for the present one"
