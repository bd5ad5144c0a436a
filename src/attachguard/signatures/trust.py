"""The operator's trust list: certificates in PEM, and the date on which somebody vouched for them.

    # date: 2026-11-01
    -----BEGIN CERTIFICATE-----

A signer is trusted whose certificate is in the list or leads to one in it through certificates that came with the signature. Revocation is not
looked up: the scanner does no I/O. That is said in every answer.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attachguard.errors import Malformed, OperatorError
from attachguard.readers.certificate import Certificate, pem_blocks, read_certificate

if TYPE_CHECKING:
    from cryptography.x509 import Certificate as Full

_DATE: Final = re.compile(rb"^#\s{0,8}date:\s{0,8}(\d{4}-\d{2}-\d{2})\s{0,8}$", re.MULTILINE | re.IGNORECASE)
#: Certificates between a signer and the list.
_LONGEST_CHAIN: Final = 6
#: Signatures of certificates that are checked for one signer: crafted chains fan out.
_MOST_STEPS: Final = 60


class TrustList:
    """Certificates that the operator trusts; immutable.

    Args:
        certificates: the certificates.
        date: when the list was made.
    """

    __slots__ = ("_by_subject", "_encoded", "date")

    def __init__(self, certificates: list[Certificate], date: str) -> None:
        self.date = date
        self._encoded = frozenset(found.encoded for found in certificates)
        self._by_subject: dict[bytes, list[Certificate]] = {}
        for found in certificates:
            self._by_subject.setdefault(found.subject, []).append(found)

    def __repr__(self) -> str:
        return f"<TrustList of {self.date}, {len(self._encoded)} certificates>"

    @classmethod
    def load(cls, file: Path | str) -> TrustList:
        """The list in a PEM file.

        Raises:
            OSError: the file cannot be read.
            OperatorError: it has no date line, or no certificate that can be read.
        """
        text = Path(file).read_bytes()
        date = _DATE.search(text)
        if date is None:
            raise OperatorError(
                "a trust list says when it was made, on a line like '# date: 2026-11-01'", file=str(file)
            )
        found: list[Certificate] = []
        for label, content in pem_blocks(text):
            if label == "CERTIFICATE":
                try:
                    found.append(read_certificate(content))
                except Malformed as error:
                    raise OperatorError(f"a certificate in it cannot be read ({error})", file=str(file)) from error
        if not found:
            raise OperatorError("no certificate (a PEM block CERTIFICATE)", file=str(file))
        return cls(found, date[1].decode())

    def evaluate(self, signer: Certificate, beside: tuple[Certificate, ...]) -> tuple[str, str]:
        """Whether the list vouches for a signer: `pass`, `fail` or `not-evaluated`, and why.

        Args:
            signer: the signer's certificate.
            beside: certificates that came with the signature.
        """
        try:
            from cryptography import x509

            chain = self._chain(signer, beside)
            if chain is None:
                return "fail", f"the signer does not lead to the trust list of {self.date}"
            now = dt.datetime.now(dt.UTC)
            for found in map(x509.load_der_x509_certificate, chain):
                if now > found.not_valid_after_utc:
                    return "not-evaluated", "a certificate has expired; whether it was valid when signing is not known"
                if now < found.not_valid_before_utc:
                    return "fail", "a certificate is not valid yet"
        except ImportError:
            return "not-evaluated", "trust needs the package cryptography"
        except ValueError:
            return "not-evaluated", "a certificate on the way to the trust list cannot be read"
        return "pass", f"trust list of {self.date}; revocation not looked up"

    def _chain(self, signer: Certificate, beside: tuple[Certificate, ...]) -> list[bytes] | None:
        """The way from a signer to a listed certificate, both included; None where there is none."""
        from cryptography.x509 import load_der_x509_certificate

        ways: list[list[Certificate]] = [[signer]]
        steps = 0
        while ways and steps < _MOST_STEPS:
            way = ways.pop()
            last = way[-1]
            if last.encoded in self._encoded:
                return [found.encoded for found in way]
            if len(way) > _LONGEST_CHAIN:
                continue
            issuers = self._by_subject.get(last.issuer, []) + [each for each in beside if each.subject == last.issuer]
            for issuer in issuers:
                steps += 1
                if steps > _MOST_STEPS:
                    break
                if issuer not in way and _issued(
                    load_der_x509_certificate(last.encoded), load_der_x509_certificate(issuer.encoded), len(way) - 1
                ):
                    ways.append([*way, issuer])
        return None


def _issued(certificate: Full, issuer: Full, below: int) -> bool:
    """Whether a certificate was issued by another that may issue (RFC 5280 sections 4.2.1.3 and 4.2.1.9).

    Args:
        certificate: what was issued.
        issuer: by whom.
        below: authorities between the issuer and the signer.
    """
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        if not constraints.ca or (constraints.path_length is not None and constraints.path_length < below):
            return False
        try:
            usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
        except x509.ExtensionNotFound:
            usage = None
        if usage is not None and not usage.key_cert_sign:
            return False
        certificate.verify_directly_issued_by(issuer)
    except (x509.ExtensionNotFound, InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True
