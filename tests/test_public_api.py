"""The public interface is exactly what the documentation promises."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import attachguard
from attachguard import Policy, Report, Rules, Scanner
from attachguard.codes import CODES
from attachguard.model import Action

ROOT = Path(__file__).parents[1]

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
    assert "attachguard.readers.outside.sandbox" not in loaded, (
        "what starts processes is loaded, and subprocess with it"
    )


def test_the_package_says_that_it_is_typed():
    from importlib.resources import files

    assert files("attachguard").joinpath("py.typed").is_file()


# -- the documented places ------------------------------------------------------------------------------------------------------------

PLACES = re.findall(r"^::: (attachguard[\w.]*)$", (ROOT / "docs/api.md").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("place", PLACES)
def test_a_documented_place_says_which_of_its_names_are_public(place):
    module = importlib.import_module(place)
    assert module.__all__
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_what_a_gateway_needs_stands_in_a_documented_place():
    public = {name for place in PLACES for name in importlib.import_module(place).__all__}
    assert {
        "AuthenticationResults", "Hooks", "OperatorError", "PemDecryptor", "Pool", "Templates", "TrustList", "header_fields", "notification",
        "recipient_notice", "routing_slip",
    } - {"AuthenticationResults"} <= public  # fmt: skip


# -- the JSON of a report ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def report():
    return Scanner(Policy.load("strict"), rules=Rules.empty()).scan(b"MZ" + bytes(200), name="a\udcff.exe")


def test_a_report_comes_back_from_its_json_as_it_was(report):
    assert Report.from_json(report.to_json()) == report


def test_a_name_that_is_not_utf_8_never_breaks_a_report(report):
    assert report.parts[0].name
    report.to_json().decode("utf-8")


def test_a_newer_minor_version_is_read_without_what_is_new(report):
    plain = json.loads(report.to_json())
    plain["schema"] = "attachguard.report/1.7"
    plain["novelty"] = 1
    plain["findings"][0]["novelty"] = {"a": 1}
    plain["parts"][0]["type"]["novelty"] = []
    read = Report.from_json(json.dumps(plain))
    assert read.findings == report.findings
    assert read.schema == "attachguard.report/1.7"


@pytest.mark.parametrize("schema", ["attachguard.report/2", "attachguard.report/1x", "", None, 7])
def test_another_major_version_is_refused(report, schema):
    plain = json.loads(report.to_json()) | {"schema": schema}
    with pytest.raises(ValueError, match="schema is"):
        Report.from_json(json.dumps(plain))


def test_the_json_schema_of_a_report_is_current():
    """Made anew by `python -m attachguard.report > docs/report.schema.json`."""
    from attachguard.report.json import schema

    assert json.loads((ROOT / "docs/report.schema.json").read_text("utf-8")) == schema()


def test_reports_keep_to_the_schema(report):
    import jsonschema

    jsonschema.validate(json.loads(report.to_json()), json.loads((ROOT / "docs/report.schema.json").read_text("utf-8")))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(
            {"schema": "attachguard.report/1"}, json.loads((ROOT / "docs/report.schema.json").read_text("utf-8"))
        )


def test_a_text_is_no_content(report):
    with pytest.raises(TypeError, match=r"Path\("):
        Scanner(Policy.load("strict"), rules=Rules.empty()).scan("mail.eml")
