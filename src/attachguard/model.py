"""The records that a scan gives back: what was found, what it leads to, what was looked at.

All of them are frozen and carry no behaviour that needs a policy; the JSON of the command line is these records encoded as they are.
"""

from __future__ import annotations

import enum
import re
from types import UnionType
from typing import Any, Final, Literal, Self, get_args, get_type_hints

import msgspec

from attachguard.codes import Answered, EncryptionState, Role

SCHEMA: Final = "attachguard.report/1"


class Action(enum.Enum):
    """What the gateway shall do, from weakest to strongest; the order of definition is the order of strength."""

    DELIVER = "deliver"
    FLAG = "flag"
    SANITIZE = "sanitize"
    WITHHOLD = "withhold"
    DEFER = "defer"
    QUARANTINE = "quarantine"
    REJECT = "reject"
    DISCARD = "discard"

    # Members are themselves and nothing else; what `enum` does instead costs more than a look into a table.
    __hash__ = object.__hash__

    @property
    def strength(self) -> int:
        """Rank in the order of strength, 0 for `deliver`."""
        return _STRENGTH[self]

    @property
    def delivers(self) -> bool:
        """Whether the content may be passed on as it came."""
        return self in (Action.DELIVER, Action.FLAG)


_STRENGTH: Final = {action: rank for rank, action in enumerate(Action)}


class Scope(enum.Enum):
    """What an action applies to: one top-level attachment, or the whole message."""

    ATTACHMENT = "attachment"
    MESSAGE = "message"

    __hash__ = object.__hash__  # as in `Action`


class Notify(enum.Enum):
    """Who is notified of an action."""

    NONE = "none"
    SENDER = "sender"
    SENDER_IF_VALID = "sender-if-valid"
    RECIPIENT = "recipient"
    BOTH = "both"

    __hash__ = object.__hash__  # as in `Action`


class FileType(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What some bytes are, whatever their name says.

    Args:
        id: short, extension-like name, e.g. `docm`.
        mime: IANA media type, or the one the field uses.
        group: `document`, `archive`, `executable`, `script`, `text`, `image`, …
        extensions: customary file-name extensions without dot, the usual one first.
    """

    id: str
    mime: str
    group: str
    extensions: tuple[str, ...] = ()


class RuleString(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    r"""A place where a string of a YARA rule occurs.

    Args:
        identifier: name of the string in the rule, `$` for one without a name.
        offset: where it begins in the content that the rule was shown.
        length: octets that it covers.
        data: the first of them: printable ASCII as it is, everything else and the backslash as `\xNN`; `…` at the end where there are more.
    """

    identifier: str
    offset: int
    length: int
    data: str


class RuleMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The YARA rule that a finding comes from.

    Args:
        rule: its name.
        namespace: its file, as a path in the folder that was loaded, without suffix.
        tags: its tags.
        meta: its metadata.
        strings: where its strings occur; the first few of each, and not more than 16 in all.
        nursery: whether it is only tried: the finding is reported, and nothing follows from it.
    """

    rule: str
    namespace: str
    tags: tuple[str, ...] = ()
    meta: dict[str, str | int | bool] = {}
    strings: tuple[RuleString, ...] = ()
    nursery: bool = False


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fact about one part, and what the policy makes of it.

    Inspectors give `code`, `detail` and sometimes `offset`; the driver adds where it was seen, the policy what follows.

    Args:
        code: stable reason code, one of `CODES`.
        part: path of the part.
        action: what the policy says about this finding alone.
        scope: what that action applies to.
        notify: who is notified.
        detail: the kind in plain words, then particulars; never a password, never long content.
        source: the format module or component that noticed it.
        cite: clause of the policy's text.
        origin: `text` (the clause says so), `inferred`, or `operator`.
        score: 0–100 where a rule grades itself.
        offset: byte offset in the part, where known.
        label: legal effect that the policy gives to the fact, in its own words; empty for none.
        rule: file and line of the rule that answered; empty where the default did.
        kind: one of `KINDS`, which distinguishes facts of one code; empty means the code itself.
        yara: the YARA rule that it comes from; None for facts of inspectors.
    """

    code: str
    part: str = ""
    action: Action = Action.FLAG
    scope: Scope = Scope.ATTACHMENT
    notify: Notify = Notify.NONE
    detail: str = ""
    source: str = ""
    cite: str = ""
    origin: str = "operator"
    score: int | None = None
    offset: int | None = None
    label: str = ""
    rule: str = ""
    kind: str = ""
    yara: RuleMatch | None = None


class PartRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the report says about one part.

    Args:
        path: where it is in the tree; unique in a report.
        parent: path of the part that holds it; None for the root.
        name: file name as given, decoded.
        declared: media type that its header claims.
        role: `message`, `body`, `inline`, `attachment`, `member`, `embedded` or `layer`.
        type: its true type.
        types: ids of every type that the bytes satisfy.
        size: bytes; None when it was never read.
        sha256: hex digest; None when it was never read whole.
        encryption: one of `ENCRYPTION_STATES`.
        signed: whether it carries a digital signature (validity not judged).
    """

    path: str
    parent: str | None
    name: str
    declared: str | None
    role: Role
    type: FileType
    types: tuple[str, ...]
    size: int | None
    sha256: str | None
    encryption: EncryptionState = "none"
    signed: bool = False


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One electronic signature; integrity and trust are two answers.

    Args:
        part: path of the part that carries it.
        format: `PAdES`, `CAdES-detached`, `S/MIME-clear`, `XAdES`, …
        coverage: `whole` where it covers all there is to cover, `partial`, or `not-evaluated`.
        integrity: `pass` where the covered octets are those that were signed, `fail`, or `not-evaluated`.
        trust: `pass` where the operator's trust list vouches for the signer, `fail`, or `not-evaluated`.
        signer: who signed, as claimed by the certificate.
        time: when it was signed, as claimed; empty where it does not say.
        cause: why the integrity is not `pass`.
        trust_cause: why the trust is not `pass`; else who says so.
        qualified: `pass` where it is a qualified signature by that list or service, `fail`, or `not-evaluated`.
        qualified_cause: why the status is not `pass`; else who says so.
    """

    part: str = ""
    format: str
    coverage: str = "not-evaluated"
    integrity: Answered = "not-evaluated"
    trust: Answered = "not-evaluated"
    signer: str = ""
    time: str = ""
    cause: str = ""
    trust_cause: str = ""
    qualified: Answered = "not-evaluated"
    qualified_cause: str = ""


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something the policy asked to be verified.

    Args:
        check: what, e.g. `spam`.
        result: `pass`, `fail` or `not-evaluated`.
        cause: why it was not evaluated, or what it said.
    """

    check: str
    result: Answered
    cause: str = ""


class PolicyName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which policy judged: its id and version."""

    id: str
    version: str


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The strongest action over the whole message.

    Args:
        action: what the gateway shall do.
        scope: one attachment, or the whole message.
        notify: who is notified; nobody if a reason that notifies meets a silent one.
        reasons: reason codes that led to it, in the order of `CODES_BY_SUBJECT`, each once.
        smtp: reply line for a refusal in the SMTP session; None otherwise.
        labels: legal effects of what was found, each once.
        tag: prefix that the gateway puts before the subject; empty for none.
        hold_days: how long what is quarantined is kept; None where the policy does not say.
    """

    action: Action
    scope: Scope
    notify: Notify
    reasons: tuple[str, ...] = ()
    smtp: str | None = None
    labels: tuple[str, ...] = ()
    tag: str = ""
    hold_days: int | None = None


class Removed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that was taken out of a file or message.

    Args:
        part: path of the part that it was in, or that it was.
        code: reason code of what it was.
        kind: what exactly it was, e.g. `pdf-javascript`.
        detail: the same in plain words.
        sha256: hex digest of its bytes; None where it had none of its own.
        size: how many bytes it had; None likewise.
    """

    part: str
    code: str
    kind: str
    detail: str = ""
    sha256: str | None = None
    size: int | None = None


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything a scan found, in the order it was found.

    Args:
        source: what was scanned, as the caller named it.
        kind: `message` or `file`.
        policy: which policy judged.
        verdict: the outcome.
        findings: every fact, with what the policy made of it.
        parts: every part looked at; the first is the root.
        checks: what was verified and what could not be.
        signatures: the electronic signatures in it, in the order they were found.
        sha256: hex digest of the input as it came; None when it did not arrive whole.
        size: bytes of input received.
        complete: False when something was left unread: a limit, a failure, an early verdict.
        seconds: wall-clock time spent.
        channel: the way it came in by.
        receipt_due: whether the policy gives senders on this channel a routing slip.
        ambiguity_results: in whose name the policy has MIME-Ambiguity-Results written; empty where it has not.
        schema: name and version of this record's shape.
        sanitized: bytes of the deliverable copy where the verdict offers one; never part of the JSON.
        sanitized_name: file name for that copy, where its type has changed; empty where the name stays.
        removed: what was taken out of that copy.
    """

    source: str
    kind: Literal["message", "file"]
    policy: PolicyName
    verdict: Verdict
    findings: tuple[Finding, ...]
    parts: tuple[PartRecord, ...]
    checks: tuple[Check, ...]
    signatures: tuple[Signature, ...] = ()
    sha256: str | None
    size: int
    complete: bool
    seconds: float
    channel: str = "smtp"
    receipt_due: bool = False
    ambiguity_results: str = ""
    schema: str = SCHEMA
    sanitized: bytes | None = None
    sanitized_name: str = ""
    removed: tuple[Removed, ...] = ()

    def to_json(self) -> bytes:
        """The report as one line of JSON, without line end; without the sanitized copy, and with what was removed where something was."""
        plain = msgspec.structs.asdict(self)
        del plain["sanitized"], plain["sanitized_name"]
        if not self.removed:
            del plain["removed"]
        return msgspec.json.encode({"schema": plain.pop("schema"), **plain})

    @classmethod
    def from_json(cls, line: bytes | str) -> Self:
        """A report from the JSON of this or of a newer minor version, whose further fields are passed over.

        Raises:
            ValueError: this is no JSON, or not of a report of this major version.
        """
        plain = msgspec.json.decode(line)
        schema = plain.get("schema") if isinstance(plain, dict) else None
        if not isinstance(schema, str) or not re.fullmatch(rf"{re.escape(SCHEMA)}(\.[0-9]+)?", schema):
            raise ValueError(f"schema is {schema!r}; this version reads {SCHEMA!r} and its minor versions")
        if schema != SCHEMA:
            plain = _known(plain, cls)
        return msgspec.convert(plain, cls)


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the mail server knows and the message cannot prove.

    Args:
        sender: SMTP reverse-path.
        recipients: SMTP forward-paths.
        channel: `smtp`, `vps`, `de-mail`, … as named in the policy.
        helo: name the client gave.
        client: address of the client.
        sender_valid: whether SPF/DKIM/DMARC hold for the sender; None when nobody checked.
        spam: upstream verdict; None if there was no check.
        case_id: number of the case that the mail belongs to, for exceptions agreed on by case.
    """

    sender: str = ""
    recipients: tuple[str, ...] = ()
    channel: str = "smtp"
    helo: str = ""
    client: str = ""
    sender_valid: bool | None = None
    spam: bool | None = None
    case_id: str = ""


def _known(value: Any, wanted: Any) -> Any:
    """A decoded value without the fields that the records of `wanted` do not have."""
    if isinstance(wanted, UnionType):  # a record, or None
        wanted = next((each for each in get_args(wanted) if issubclass(each, msgspec.Struct)), wanted)
    if isinstance(value, dict) and isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        hints = get_type_hints(wanted)
        return {key: _known(each, hints[key]) for key, each in value.items() if key in hints}
    if isinstance(value, list):
        inner = next(iter(get_args(wanted)), None)
        return [_known(each, inner) for each in value]
    return value
