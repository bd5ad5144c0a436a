"""What a policy's lists say about names, and about a message as a whole: sizes, counts, names that occur twice, signatures that belong together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from attachguard.filetypes import TITLES
from attachguard.model import Envelope, Finding
from attachguard.part import Part
from attachguard.policy.records import BOUNDS, Bound, NameRules, PolicyData, SignatureRules
from attachguard.policy.rules import is_signed

#: A finding and the part that it is about.
About = tuple[Part, Finding]

_SIGNATURE_SUFFIXES: Final = frozenset({"p7s", "p7m", "p7", "pkcs7", "sig", "asc"})
#: Suffixes of detached signatures, which are named after what they sign.
_DETACHED: Final = frozenset({"p7s", "sig", "pkcs7"})


class NameList:
    """The name rules of one policy.

    Args:
        rules: what the file says.
    """

    def __init__(self, rules: NameRules) -> None:
        self._rules = rules
        self._forbidden = re.compile(rules.forbidden) if rules.forbidden else None
        self._stranger = re.compile(f"[^{rules.allowed}]") if rules.allowed else None
        self._pattern = re.compile(rules.pattern) if rules.pattern else None

    @property
    def asks(self) -> bool:
        """Whether there is anything to ask of a name."""
        rules = self._rules
        long = rules.max_length is not None or rules.max_signature_length is not None
        return long or bool(
            self._forbidden
            or self._stranger
            or self._pattern
            or rules.reserved
            or not rules.spaces
            or rules.max_dots is not None
        )

    def findings(self, part: Part) -> Iterator[Finding]:
        """What the rules say about the name of an attachment."""
        if part.role != "attachment" or not part.name:
            return
        rules, name = self._rules, part.name
        longest = rules.max_length
        if rules.max_signature_length is not None and part.extension in _SIGNATURE_SUFFIXES:
            longest = rules.max_signature_length
        if longest is not None and len(name) > longest:
            yield part.finding("filename-too-long", f"name: {len(name)} characters, {longest} allowed")
        wrong = self._wrong(name)
        if wrong:
            yield part.finding("filename-invalid-character", f"name: {wrong}")

    def _wrong(self, name: str) -> str:
        """The first thing that is wrong with a name besides its length."""
        rules = self._rules
        for pattern in (self._forbidden, self._stranger):
            found = pattern.search(name) if pattern is not None else None
            if found and found[0]:
                return f"U+{ord(found[0][0]):04X} may not stand in a name"
        if not rules.spaces and any(letter.isspace() for letter in name):
            return "blanks may not stand in a name"
        if rules.max_dots is not None and name.count(".") > rules.max_dots:
            return f"{name.count('.')} dots, {rules.max_dots} allowed"
        if rules.reserved & {name.lower(), name.lower().partition(".")[0]}:
            return "reserved"
        if self._pattern is not None and not self._pattern.fullmatch(name):
            return "not of the form that is asked for"
        return ""


class Whole:
    """What one policy asks of a whole message.

    Args:
        data: the policy.
    """

    def __init__(self, data: PolicyData) -> None:
        self._data = data

    def findings(self, size: int, parts: Sequence[Part], envelope: Envelope) -> Iterator[About]:
        """Facts about sizes and counts, then about attachments beside each other.

        Args:
            size: octets as they came over the wire.
            parts: every part, in any state; the first is the root.
            envelope: what the mail server knows.
        """
        attachments = [part for part in parts if is_attachment_of_message(part)]
        for on in BOUNDS:
            if on != "attachment-size":
                yield from self._bounds(on, size, parts, attachments, envelope)
        if self._data.names.unique:
            yield from _duplicates(attachments)
        if self._data.types.beside:
            yield from self._lonely(attachments)
        yield from self._signatures(parts, attachments)
        yield from self._archives(parts)

    def bounds(self, on: str, envelope: Envelope) -> Iterator[Bound]:
        """The bounds that count for a mail: the hard and the soft one that fit it most closely."""
        for soft in (False, True):
            fitting = [
                bound
                for bound in self._data.bounds
                if bound.on == on and bound.soft == soft and bound.rank(envelope) >= 0
            ]
            if fitting:
                # A bound that is dated comes before one that always holds.
                yield max(
                    fitting,
                    key=lambda bound: (bound.rank(envelope), bound.begins is not None or bound.ends is not None),
                )

    def _bounds(
        self, on: str, size: int, parts: Sequence[Part], attachments: Sequence[Part], envelope: Envelope
    ) -> Iterator[About]:
        for bound in self.bounds(on, envelope):
            unit = ""
            if on == "message-size" and bound.basis == "wire":
                amount, unit = size, " bytes on the wire"
            elif on == "message-size":
                bodies = (part.size or 0 for part in parts if part.role in ("body", "inline"))
                amount, unit = sum(bodies) + sum(part.size or 0 for part in attachments), " bytes decoded"
            elif on == "attachments-size":
                amount, unit = sum(part.size or 0 for part in attachments), " bytes"
            else:
                amount = len(envelope.recipients) if on == "recipients" else len(attachments)
            if amount > bound.maximum:
                yield _about(parts[0], BOUNDS[on], excess(bound, f"{amount}{unit}"))

    def _lonely(self, attachments: Sequence[Part]) -> Iterator[About]:
        """Types that only accompany others, and stand alone."""
        there = {kind.id for part in attachments for kind in part.types}
        for part in attachments:
            for kind in part.types:
                wanted = self._data.types.beside.get(kind.id)
                if wanted and not wanted & there:
                    beside = " or ".join(sorted(wanted))
                    yield _about(part, "type-not-allowed", f"type: {TITLES[kind.id]} only beside {beside}")

    def _archives(self, parts: Sequence[Part]) -> Iterator[About]:
        rules = self._data.archives
        if rules.max_members is None and rules.max_unpacked is None:
            return
        members: Counter[int] = Counter()
        unpacked: Counter[int] = Counter()
        for part in parts:
            if part.role == "member" and part.parent is not None and part.parent.type.group == "archive":
                members[id(part.parent)] += 1
                unpacked[id(part.parent)] += part.size or 0
        for part in parts:
            if rules.max_members is not None and members[id(part)] > rules.max_members:
                yield _about(
                    part,
                    "archive-member-rejected",
                    f"archive: {members[id(part)]} members, {rules.max_members} allowed",
                )
            if rules.max_unpacked is not None and unpacked[id(part)] > rules.max_unpacked:
                detail = f"archive: unpacks to {unpacked[id(part)]} bytes, {rules.max_unpacked} allowed"
                yield _about(part, "archive-member-rejected", detail)

    def _signatures(self, parts: Sequence[Part], attachments: Sequence[Part]) -> Iterator[About]:
        rules = self._data.signatures
        if not (rules.required or rules.formats or rules.pairing):
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
        if rules.required:
            yield from _unsigned(attachments, rules, signed)


def _unsigned(attachments: Sequence[Part], rules: SignatureRules, signed: set[str]) -> Iterator[About]:
    for part in attachments:
        wanted = any(kind.id in rules.required for kind in part.types)
        if wanted and not is_signed(part) and part.name.lower() not in signed:
            yield _about(part, "signature-missing", f"signature: {TITLES.get(part.type.id, 'file')} without one")


def _duplicates(attachments: Iterable[Part]) -> Iterator[About]:
    seen: set[str] = set()
    for part in attachments:
        name = part.name.casefold()
        if name and name in seen:
            yield _about(part, "filename-duplicate", "name: another attachment has it too")
        seen.add(name)


def _format(part: Part, holds: bool) -> str:  # noqa: FBT001 - a fact about the part
    """How a signature is attached to what it signs; empty where there is none."""
    kind = part.type.id
    if kind == "pkcs7" and (part.signed or _is_detached(part)):
        return "smime" if _in_mail_signature(part) else "cms-enveloping" if holds else "cms-detached"
    if not part.signed or part.role == "message":
        return ""
    if kind in ("pdf", "pgp", "xml"):
        return kind
    if kind in ("asice", "asics"):
        return "asic"
    return "odf" if "opendocument" in part.type.mime else "ooxml" if "officedocument" in part.type.mime else ""


def _is_detached(part: Part) -> bool:
    """Whether a part is a signature that stands beside what it signs."""
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
    return part, Finding(code, detail=detail, source="policy")


def excess(bound: Bound, amount: str) -> str:
    """What is said of something above a bound; `advice` marks a soft one."""
    advice = "advice: " if bound.soft else ""
    return f"{advice}{bound.on}: {amount}, {bound.maximum} allowed"


def is_attachment_of_message(part: Part) -> bool:
    """Whether a part is an attachment of the message itself, not of one that is inside it."""
    return part.role == "attachment" and (part.parent is None or part.parent.role == "message")
