"""The record of one signature: its integrity as it was checked, and who, if anybody, vouches for its signer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from attachguard.model import Signature

if TYPE_CHECKING:
    from attachguard.readers.crypto.certificate import Certificate
    from attachguard.signing.cms import SignedData, Signer
    from attachguard.signing.ledger import Content
    from attachguard.signing.trust import TrustList
    from attachguard.signing.verify import Outcome

NO_LIST: Final = "no trust list configured"
NOT_INTACT: Final = "the integrity is not established"


class Vouched(NamedTuple):
    """What somebody says about a signer.

    Args:
        trust: `pass`, `fail` or `not-evaluated`.
        cause: why, or who says so.
        qualified: whether the signature is a qualified one: `pass`, `fail` or `not-evaluated`.
        qualified_cause: why, or who says so.
    """

    trust: str
    cause: str
    qualified: str = "not-evaluated"
    qualified_cause: str = ""


#: Asked about the signer of an intact signature: certificate, certificates that came with it, what is known so far. None where it cannot tell.
Voucher = Callable[["Certificate", tuple["Certificate", ...], Signature], Vouched | None]


class Trust:
    """Whom one scan asks about signers.

    Args:
        listed: the operator's trust list; None without one.
        service: asked first; None without one.
    """

    __slots__ = ("_listed", "_service")

    def __init__(self, listed: TrustList | None = None, service: Voucher | None = None) -> None:
        self._listed = listed
        self._service = service

    def record(
        self,
        kind: str,
        coverage: str,
        outcome: Outcome,
        certificate: Certificate | None,
        beside: tuple[Certificate, ...],
        named: str,
        time: str,
    ) -> Signature:
        """What the report says about a signature.

        Args:
            kind: the format, e.g. `PAdES`.
            coverage: `whole`, `partial` or `not-evaluated`.
            outcome: its integrity.
            certificate: the signer's; None where it did not come along.
            beside: the other certificates that came along.
            named: what to call the signer without a certificate.
            time: when it was signed, as claimed.
        """
        signature = Signature(
            format=kind,
            coverage=coverage,
            integrity=outcome.integrity,
            signer=certificate.holder if certificate is not None else named,
            time=time,
            cause=outcome.cause,
            trust_cause=NO_LIST,
        )
        said: Vouched | None = None
        if self._listed is not None or self._service is not None:
            said = Vouched("not-evaluated", NOT_INTACT)
            if outcome.integrity == "pass" and certificate is not None:
                said = self._ask(certificate, beside, signature)
        if said is None:
            return signature
        return msgspec.structs.replace(
            signature,
            trust=said.trust,
            trust_cause=said.cause,
            qualified=said.qualified,
            qualified_cause=said.qualified_cause,
        )

    def _ask(self, certificate: Certificate, beside: tuple[Certificate, ...], signature: Signature) -> Vouched | None:
        said = self._service(certificate, beside, signature) if self._service is not None else None
        if said is None and self._listed is not None:
            return self._listed.evaluate(certificate, beside)
        return said or Vouched("not-evaluated", "the validation service could not tell")


def judge(
    kind: str, signer: Signer, signed: SignedData, content: Content | None, coverage: str, trust: Trust
) -> Signature:
    """The record of one signer's signature in CMS.

    Args:
        kind: the format, e.g. `PAdES`.
        signer: who signed.
        signed: what the signer belongs to.
        content: what is covered; None where it is not at hand.
        coverage: `whole`, `partial` or `not-evaluated`.
        trust: whom to ask about the signer.
    """
    from attachguard.readers.crypto.certificate import name_in_words
    from attachguard.signing.verify import check

    certificate = signer.certificate(signed.certificates)
    outcome = check(signer, certificate, content)
    named = name_in_words(signer.issuer)
    return trust.record(kind, coverage, outcome, certificate, signed.certificates, named, signer.time)
