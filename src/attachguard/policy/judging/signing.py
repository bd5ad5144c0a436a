"""What a policy's conditions for signatures say about a message: which files must carry one, in which format, and beside which file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from attachguard.model import Finding
from attachguard.part import Part
from attachguard.policy.judging.conditions import SIGNATURE_FORMATS, SignatureRules
from attachguard.policy.judging.standing import is_signed
from attachguard.types.filetypes import TITLES, words

#: A finding and the part that it is about.
About = tuple[Part, Finding]

#: Suffixes of detached signatures, which are named after what they sign.
_DETACHED: Final = words("detached")


def signature_findings(rules: SignatureRules, parts: Sequence[Part], attachments: Sequence[Part]) -> Iterator[About]:
    """What the conditions for signatures say about a message.

    Args:
        rules: the conditions.
        parts: every part of the message.
        attachments: those of the message itself.
    """
    if rules.mail and parts and parts[0].role == "message" and not _is_signed_mail(parts[0], parts):
        yield _about(parts[0], "signature-missing", "signature: the mail itself is not signed")
    if not (rules.required or rules.formats or rules.pairing) and rules.containers:
        return
    names = {part.name.lower() for part in attachments if not _is_detached(part)}
    holders = {id(part.parent) for part in parts if part.parent is not None and part.role != "layer"}
    signed = {_signed_name(part) for part in attachments if _is_detached(part)}
    if rules.pairing:
        for part in attachments:
            if _is_detached(part) and not _in_mail_signature(part) and _signed_name(part) not in names:
                yield _about(part, "signature-orphan", "signature: no file of the name it is made for")
    if rules.formats:
        for part in parts:
            kind = _format(part, id(part) in holders)
            if kind and kind not in rules.formats:
                yield _about(part, "signature-format-not-allowed", f"signature: {kind}")
    if not rules.containers:
        yield from _containers(attachments, parts, signed)
    if rules.required:
        yield from _unsigned(attachments, rules, signed)


def _is_signed_mail(root: Part, parts: Sequence[Part]) -> bool:
    """Whether the mail itself carries a signature: S/MIME or PGP/MIME around all of it."""
    return root.signed or any(part.signed and part.parent is root and part.role == "body" for part in parts)


def _containers(attachments: Sequence[Part], parts: Sequence[Part], signed: set[str]) -> Iterator[About]:
    """One signature over a container of several files: an archive with a signature beside, around or inside it."""
    inside = {id(part.parent): part for part in parts if part.parent is not None and part.type.group == "archive"}
    for part in attachments:
        archive = part.type.group == "archive" and not part.is_a("asice", "asics")
        if archive and part.name.lower() in signed:
            yield _about(part, "signature-format-not-allowed", "signature: beside an archive, over all files in it")
        elif part.is_a("asice", "asics") or (part.is_a("pkcs7") and part.signed and id(part) in inside):
            yield _about(part, "signature-format-not-allowed", "signature: around a container, over all files in it")


def _unsigned(attachments: Sequence[Part], rules: SignatureRules, signed: set[str]) -> Iterator[About]:
    for part in attachments:
        wanted = any(kind.id in rules.required for kind in part.types)
        if wanted and not is_signed(part) and part.name.lower() not in signed:
            yield _about(part, "signature-missing", f"signature: {TITLES.get(part.type.id, 'file')} without one")


def _format(part: Part, holds: bool) -> str:  # noqa: FBT001 - a fact about the part
    """How a signature is attached to what it signs; empty where there is none."""
    kind = part.type.id
    if kind == "pkcs7" and (part.signed or _is_detached(part)):
        return "smime" if _in_mail_signature(part) else "cms-enveloping" if holds else "cms-detached"
    if not part.signed or part.role == "message":
        return ""
    if kind in SIGNATURE_FORMATS:
        return kind
    if kind in ("asice", "asics"):
        return "asic"
    return "odf" if "opendocument" in part.type.mime else "ooxml" if "officedocument" in part.type.mime else ""


def _is_detached(part: Part) -> bool:
    """Whether a part is a signature next to what it signs."""
    return part.extension in _DETACHED and part.is_a("pkcs7", "pgp")


def _in_mail_signature(part: Part) -> bool:
    """Whether a part is the signature of the mail itself (RFC 8551 section 3.5)."""
    return (
        part.declared is not None
        and part.declared.endswith("-signature")
        and part.parent is not None
        and part.parent.signed
    )


def _signed_name(part: Part) -> str:
    """The name of the file that a detached signature is made for."""
    return part.name.lower().rpartition(".")[0]


def _about(part: Part, code: str, detail: str) -> About:
    return part, Finding(code, detail=detail, source="policy", kind=code)
