"""The public interface is exactly what the documentation promises."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

import attachguard
from attachguard.codes import CODES
from attachguard.model import Action

NAMES = {
    "Action", "Check", "Envelope", "FileType", "Finding", "LimitExceeded", "Limits", "Malformed", "Notify", "Part", "PartRecord", "Policy",
    "PolicyError", "Report", "RuleError", "Rules", "Scan", "Scanner", "Scope", "Verdict",
}  # fmt: skip


def test_the_public_names_are_these_and_no_more_than_twenty():
    assert set(attachguard.__all__) == NAMES
    assert len(NAMES) <= 20
    assert all(hasattr(attachguard, name) for name in NAMES)


#: Gateways match on these strings: a code is never renamed, only added, and then with a changelog entry.
PUBLISHED = [
    "message-too-large",
    "too-many-attachments",
    "too-many-recipients",
    "malformed-mime",
    "ambiguous-mime",
    "message-fragment",
    "external-body",
    "charset-not-allowed",
    "link-only-message",
    "linked-content",
    "body-script",
    "address-not-binding",
    "spam",
    "sender-reputation",
    "type-not-allowed",
    "type-blocked",
    "type-mismatch",
    "type-unknown",
    "polyglot-file",
    "legacy-office-format",
    "format-version-not-allowed",
    "not-pdf-a",
    "attachment-too-large",
    "filename-too-long",
    "filename-invalid-character",
    "filename-deceptive",
    "filename-duplicate",
    "malformed-file",
    "empty-file",
    "executable-content",
    "script-content",
    "macro-content",
    "active-content",
    "external-reference",
    "embedded-file",
    "embedded-object",
    "multimedia-content",
    "form-fields-present",
    "hidden-content",
    "fonts-not-embedded",
    "pdf-permissions-restricted",
    "not-searchable",
    "archive-content",
    "archive-nested",
    "archive-directories",
    "archive-self-extracting",
    "archive-ambiguous",
    "archive-member-rejected",
    "decompression-bomb",
    "resource-limit-exceeded",
    "encrypted-unknown-password",
    "encrypted-known-password",
    "encrypted-default-password",
    "password-protected",
    "smime-encrypted",
    "encrypted-unknown-key",
    "encryption-scheme-not-supported",
    "signature-present",
    "signature-missing",
    "signature-format-not-allowed",
    "signature-integrity-failed",
    "signature-partial-coverage",
    "signature-orphan",
    "signature-not-verified",
    "signature-trust-not-evaluated",
    "signature-not-qualified",
    "signed-part-not-modifiable",
    "malware-signature",
    "malware-suspected",
    "scan-incomplete",
    "inspection-failed",
    "uninspectable-content",
    "spam-not-evaluated",
    "exception-applied",
    "policy-error",
    "sanitize-failed",
]


def test_the_reason_codes_are_the_published_ones():
    assert sorted(CODES) == sorted(PUBLISHED)


def test_actions_are_ordered_from_deliver_to_discard():
    order = ["deliver", "flag", "sanitize", "withhold", "defer", "quarantine", "reject", "discard"]
    assert [action.value for action in sorted(Action, key=lambda action: action.strength)] == order
    assert [action.value for action in Action if action.delivers] == ["deliver", "flag"]


def _modules_after(code: str) -> set[str]:
    script = textwrap.dedent(code) + "\nimport sys; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.PIPE, text=True)
    return set(done.stdout.split())


HEAVY = {
    "pikepdf",
    "oletools",
    "msoffcrypto",
    "lxml",
    "cryptography",
    "magic",
    "email",
    "http",
    "urllib.request",
    "asyncio",
}


def test_importing_attachguard_is_cheap():
    assert not HEAVY & _modules_after("import attachguard")


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx"])
def test_a_clean_document_is_decided_without_any_heavy_library(kind):
    loaded = _modules_after(
        f"""
        import random
        from attachguard import Policy, Scanner
        from benchmarks import workload
        item = workload.attachment(random.Random(1), "{kind}", 50_000)
        report = Scanner(Policy.load("strict")).scan(item.content, kind="file", name=item.name)
        assert report.verdict.action.value in ("deliver", "flag"), report.findings
        assert report.parts[0].type.id == "{kind}"
        """
    )
    assert not {"pikepdf", "oletools", "msoffcrypto", "lxml", "cryptography"} & loaded


def test_the_package_says_that_it_is_typed():
    from importlib.resources import files

    assert files("attachguard").joinpath("py.typed").is_file()
