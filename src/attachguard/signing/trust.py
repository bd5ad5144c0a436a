"""The operator's trust list: certificates, what they are listed as, and the date on which somebody vouched for them.

A signer is trusted whose certificate is in the list or leads to one in it through certificates that came with the signature. Revocation is not
looked up: the scanner does no I/O. That is said in every answer. `trustfile` reads the file.

Why our own: a few dates and names are compared; chains are checked by the cryptography package.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from attachguard.readers.crypto.certificate import Certificate
from attachguard.signing.qualified import shortcoming
from attachguard.signing.record import Vouched

if TYPE_CHECKING:
    from cryptography.x509 import Certificate as Full

__all__ = ["Anchor", "TrustList"]

#: Certificates between a signer and the list.
_LONGEST_CHAIN: Final = 6
#: Signatures of certificates that are checked for one signer: crafted chains fan out.
_MOST_STEPS: Final = 60


class Anchor(NamedTuple):
    """One entry of a trust list.

    Args:
        certificate: whom it is about.
        qualified: whether it is a granted service for qualified certificates; None where the list does not tell kinds of services apart.
        conditional: whether the list says more about it that is not read here.
    """

    certificate: Certificate
    qualified: bool | None = None
    conditional: bool = False


class TrustList:
    """Certificates that the operator trusts; immutable.

    Args:
        anchors: the entries.
        date: when the list was made.
        until: the day by which there is a newer one; empty where it does not say.
    """

    __slots__ = ("_anchors", "_by_subject", "_qualifies", "date", "until")

    def __init__(self, anchors: list[Anchor], date: str, until: str = "") -> None:
        self.date = date
        self.until = until
        self._anchors: dict[bytes, Anchor] = {}
        self._by_subject: dict[bytes, list[Certificate]] = {}
        for anchor in anchors:
            known = self._anchors.setdefault(anchor.certificate.encoded, anchor)
            if known is anchor:
                self._by_subject.setdefault(anchor.certificate.subject, []).append(anchor.certificate)
            elif anchor.qualified:
                self._anchors[anchor.certificate.encoded] = anchor
        self._qualifies = any(anchor.qualified is not None for anchor in anchors)

    def __repr__(self) -> str:
        return f"<TrustList of {self.date}, {len(self._anchors)} certificates>"

    @classmethod
    def load(cls, file: Path | str) -> TrustList:
        """The list in a PEM file or in the XML of a European trusted list.

        Raises:
            OSError: the file cannot be read.
            OperatorError: it has no date, or no certificate that can be read.
        """
        from attachguard.signing.trustfile import read_trust_file

        return cls(*read_trust_file(Path(file)))

    def evaluate(self, signer: Certificate, beside: tuple[Certificate, ...]) -> Vouched:
        """Whether the list vouches for a signer, and why.

        Args:
            signer: the signer's certificate.
            beside: certificates that came with the signature.
        """
        try:
            from cryptography import x509

            today = dt.datetime.now(dt.UTC)
            if self.until and today.date().isoformat() > self.until:
                return Vouched("not-evaluated", f"the trust list of {self.date} was to be renewed by {self.until}")
            chain = self._chain(signer, beside)
            if chain is None:
                cause = f"the signer does not lead to the trust list of {self.date}"
                return Vouched("fail", cause, *(("fail", cause) if self._qualifies else ()))
            for found in map(x509.load_der_x509_certificate, chain):
                if today > found.not_valid_after_utc:
                    return Vouched(
                        "not-evaluated", "a certificate has expired; whether it was valid when signing is not known"
                    )
                if today < found.not_valid_before_utc:
                    return Vouched("fail", "a certificate is not valid yet")
        except ImportError:
            return Vouched("not-evaluated", "trust needs the package cryptography")
        except ValueError:
            return Vouched("not-evaluated", "a certificate on the way to the trust list cannot be read")
        cause = f"trust list of {self.date}; revocation not looked up"
        return Vouched("pass", cause, *self._qualified(signer, self._anchors[chain[-1]]))

    def _qualified(self, signer: Certificate, anchor: Anchor) -> tuple[str, str]:
        if anchor.qualified is None:
            return "not-evaluated", "the trust list does not tell which services are qualified"
        if not anchor.qualified:
            return "fail", "the service in the trust list does not issue qualified certificates"
        lacking = shortcoming(signer)
        if lacking and anchor.conditional:
            return "not-evaluated", f"{lacking}, and the trust list has conditions of its own"
        return ("fail", lacking) if lacking else ("pass", f"trust list of {self.date}; revocation not looked up")

    def _chain(self, signer: Certificate, beside: tuple[Certificate, ...]) -> list[bytes] | None:
        """The way from a signer to a listed certificate, both included; None where there is none."""
        from cryptography.x509 import load_der_x509_certificate

        ways: list[list[Certificate]] = [[signer]]
        steps = 0
        while ways and steps < _MOST_STEPS:
            way = ways.pop()
            last = way[-1]
            if last.encoded in self._anchors:
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
