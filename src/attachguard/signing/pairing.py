"""Detached signatures next to what they sign: `vertrag.pdf` and `vertrag.pdf.p7s`, and signatures in an ASiC container.

They are settled when everything has been seen, because either may come first. A partner is whatever has the signed digest; where nothing has, the
one whose name says so, and then the signature is broken. A signature without any partner is an orphan.

Why our own: no library knows which of the files in a mail belong together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import Malformed
from attachguard.signing import noted
from attachguard.signing.asic import manifest_coverage
from attachguard.signing.cms import SignedData, read_cms
from attachguard.signing.record import judge
from attachguard.types.extension import extension, split_name
from attachguard.types.filetypes import words

if TYPE_CHECKING:
    from attachguard.model import Finding
    from attachguard.part import Part
    from attachguard.signing.cms import Signer
    from attachguard.signing.ledger import Content, Ledger, Sibling

_EXTENSIONS: Final = words("signs")
#: Siblings whose digest is asked for by an algorithm other than SHA-256.
_MOST_ASKED: Final = 200


def settle(ledger: Ledger) -> Iterator[tuple[Part, Finding]]:
    """Findings about the detached signatures that have waited, each with the part it is about."""
    for part in ledger.named:
        partner = _by_name(part, _beside(ledger, part))
        if partner is not None:
            partner.part.signed = True
    pending, ledger.pending = ledger.pending, []
    for part, cms in pending:
        part.budget.check_time()
        try:
            signed = read_cms(cms)
        except Malformed:
            continue  # said when it was inspected
        for signer in signed.signers:
            for finding in _settle(ledger, part, signed, signer):
                yield part, finding


def _settle(ledger: Ledger, part: Part, signed: SignedData, signer: Signer) -> Iterator[Finding]:
    beside = _beside(ledger, part)
    container = part.parent is not None and part.parent.is_a("asics", "asice")
    kind = "CAdES-detached" if signer.advanced else "CMS-detached"
    partner = _by_digest(beside, signer) or (_by_name(part, beside) if not container else None)
    if partner is None and part.parent is not None and not container:
        yield part.finding("signature-orphan", f"{kind}: nothing in the message is what it signs")
    content: Content | None = partner.content if partner is not None else None
    coverage = "whole" if partner is not None else "not-evaluated"
    if container:
        assert part.parent is not None
        kind = f"{'ASiC-S' if part.parent.is_a('asics') else 'ASiC-E'} CAdES"
        coverage = manifest_coverage(partner, beside) if partner is not None else coverage
    if partner is not None:
        partner.part.signed = True
    signature = judge(kind, signer, signed, content, coverage, ledger.trust)
    yield from noted(part, signature)
    if coverage == "partial":
        yield part.finding("signature-partial-coverage", f"{kind}: not every file of the container is signed as it is")


def _beside(ledger: Ledger, part: Part) -> list[Sibling]:
    return [each for each in ledger.siblings.get(part.parent, ()) if each.part is not part] if part.parent else []


def _by_digest(beside: list[Sibling], signer: Signer) -> Sibling | None:
    if signer.message_digest is None or not signer.digest:
        return None
    for each in beside[:_MOST_ASKED] if signer.digest != "sha256" else beside:
        if each.content.digest(signer.digest) == signer.message_digest:
            return each
    return None


def _by_name(part: Part, beside: list[Sibling]) -> Sibling | None:
    """The part whose name the signature's name begins with: `a.pdf` for `a.pdf.p7s`, else the only `a.*` for `a.p7s`."""
    stem = _stem(part.name)
    if not stem:
        return None
    whole = [each for each in beside if each.name.lower() == stem]
    if whole:
        return whole[0]
    same = [each for each in beside if each.stem == stem and extension(each.name) not in _EXTENSIONS]
    return same[0] if len(same) == 1 else None


def _stem(name: str) -> str:
    stem, suffix = split_name(name.lower())
    return stem if suffix in _EXTENSIONS else ""
