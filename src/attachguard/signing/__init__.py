"""Electronic signatures: which there are, what they cover, whether it is intact, and whether a trust list knows the signer.

Format inspectors notice signatures; this package reads and checks them. Four questions, each with an answer of its own in a `Signature` record:

- *coverage*: does it cover the whole file, or a part of it;
- *integrity*: is the digest of what it covers the signed one, and does the signature value fit the certificate that came with it;
- *trust*: does the operator's trust list, or a validation service, vouch for that certificate, and is the signature a qualified one;
- signer and time are what the signature claims.

What cannot be answered is `not-evaluated`, with the cause. A digest that differs is a failure without any further library; the signature value
needs `cryptography`, which is imported when the first signature arrives.

Why our own: no library pairs the signatures of PDF, CMS, XML, OpenPGP and mail with what they cover and gives one record of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attachguard.signing.ledger import Ledger

if TYPE_CHECKING:
    from attachguard.model import Finding, Signature
    from attachguard.part import Part


def noted(part: Part, signature: Signature) -> Iterator[Finding]:
    """Enter a signature of a part into the report and give the findings that follow from its state."""
    part.context.get(Ledger).enter(part, signature)
    about = signature.format
    if signature.integrity == "fail":
        yield part.finding("signature-integrity-failed", f"{about}: {signature.cause}")
        return
    if signature.integrity == "not-evaluated":
        yield part.finding("signature-not-verified", f"{about}: {signature.cause}")
    if signature.trust == "not-evaluated":
        yield part.finding("signature-trust-not-evaluated", f"{about}: {signature.trust_cause}")
    elif signature.trust == "fail":
        yield part.finding("signature-not-verified", f"{about}: {signature.trust_cause}")
    if signature.qualified == "fail":
        yield part.finding("signature-not-qualified", f"{about}: {signature.qualified_cause}")
