"""The words of the reports: every reason code by subject, the states of encryption, the scanner's own failures. They are API."""

from __future__ import annotations

from typing import Final, Literal, get_args

#: What a part is in the tree of a message or file.
Role = Literal["message", "body", "inline", "attachment", "member", "embedded", "layer"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
#: The answer to a question that may stay open.
Answered = Literal["pass", "fail", "not-evaluated"]

#: Encryption states of a part, from harmless to hopeless.
EncryptionState = Literal[
    "none",
    "opens-without-password",
    "default-password",
    "known-password",
    "unknown-password",
    "key-held",
    "key-elsewhere",
    "unknown-key",
    "unsupported-scheme",
]
ENCRYPTION_STATES: Final[tuple[EncryptionState, ...]] = get_args(EncryptionState)

#: The reason code that reports each encryption state.
ENCRYPTION_CODES: Final = {
    "opens-without-password": "password-protected",
    "default-password": "encrypted-default-password",
    "known-password": "encrypted-known-password",
    "unknown-password": "encrypted-unknown-password",
    "key-held": "smime-encrypted",
    "key-elsewhere": "smime-encrypted",
    "unknown-key": "encrypted-unknown-key",
    "unsupported-scheme": "encryption-scheme-not-supported",
}

#: Every reason code there is, by subject. Codes are API: renaming one is a breaking change.
CODES_BY_SUBJECT: Final = {
    "message": (
        "message-too-large", "too-many-attachments", "too-many-recipients", "malformed-mime", "ambiguous-mime",
        "message-fragment", "external-body", "charset-not-allowed", "link-only-message", "linked-content", "body-script",
        "address-not-binding", "spam", "sender-reputation",
    ),
    "type": (
        "type-not-allowed", "type-blocked", "type-mismatch", "type-unknown", "polyglot-file", "legacy-office-format",
        "format-version-not-allowed", "not-pdf-a", "attachment-too-large", "filename-too-long",
        "filename-invalid-character", "filename-deceptive", "filename-duplicate", "malformed-file", "empty-file",
    ),
    "content": (
        "executable-content", "script-content", "macro-content", "active-content", "external-reference", "embedded-file",
        "embedded-object", "multimedia-content", "form-fields-present", "hidden-content", "fonts-not-embedded",
        "pdf-permissions-restricted", "not-searchable",
    ),
    "archive": (
        "archive-content", "archive-nested", "archive-directories", "archive-self-extracting", "archive-ambiguous",
        "archive-member-rejected", "decompression-bomb", "resource-limit-exceeded",
    ),
    "encryption": (
        "encrypted-unknown-password", "encrypted-known-password", "encrypted-default-password", "password-protected",
        "smime-encrypted", "encrypted-unknown-key", "encryption-scheme-not-supported",
    ),
    "signature": (
        "signature-present", "signature-missing", "signature-format-not-allowed", "signature-integrity-failed",
        "signature-partial-coverage", "signature-orphan", "signature-not-verified", "signature-trust-not-evaluated",
        "signature-not-qualified", "signed-part-not-modifiable",
    ),
    "threat": ("malware-signature", "malware-suspected"),
    "process": (
        "scan-incomplete", "inspection-failed", "uninspectable-content", "spam-not-evaluated", "exception-applied",
        "policy-error", "sanitize-failed",
    ),
}  # fmt: skip

CODES: Final = frozenset(code for codes in CODES_BY_SUBJECT.values() for code in codes)

#: What is or may be malware: its sender is forged, and never told.
MALWARE: Final = frozenset({"malware-signature", "malware-suspected", "decompression-bomb"})

#: The scanner's own failures: never the sender's fault, never clean, never discarded.
OWN_FAILURES: Final = frozenset({"scan-incomplete", "inspection-failed", "policy-error", "resource-limit-exceeded"})
