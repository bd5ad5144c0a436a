"""`policy explain` says all that a policy says, in sentences: whatever a file can hold is on the page, in both languages and three forms."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest
from examples import build_files as files

from attachguard import Envelope, Policy, Rules, Scanner
from attachguard.policy.explaining import page
from attachguard.policy.explaining.explain import LANGUAGES, Explainer
from attachguard.policy.explaining.phrases import PHRASES
from attachguard.policy.explaining.verdict_page import explain_verdict
from attachguard.policy.explaining.vocabulary import GROUPS_DE, ROLES
from attachguard.policy.reading.file import read
from tests.policies.messages import ask, mail

EVERYTHING = """
[policy]
id = "all"
version = "7"
title = "Everything"
title-de = "Alles"
source = "Gazette 12"
valid-from = 2026-01-01
valid-until = 2999-12-31
[default]
action = "withhold"
[types]
accept = ["docx", { type = "pdf", versions = "1.4-1.7", pdf-a = ["2b"], producers = ["*Office*"], links = false }, { type = "csv", charsets = "utf-8" }, { type = "tif", beside = "pdf" }]
block = ["iso"]
block-groups = ["executable"]
block-suffixes = ["scr"]
block-media = ["application/x-evil"]
mail-charsets = ["utf-8"]
roles = ["attachment", "embedded"]
[names]
max-length = 81
max-signature-length = 82
max-path-length = 83
allowed = "A-Z"
forbidden = "[+]"
spaces = false
max-dots = 3
reserved = ["aux"]
pattern = "P.*"
unique = true
roles = ["attachment", "member"]
cite = "§ 25"
[content]
links = false
cite = "§ 21"
[archives]
formats = ["zip"]
members = ["pdf"]
nesting = 0
folders = false
self-extracting = false
max-members = 84
max-unpacked = "85 B"
cite = "§ 22"
[signatures]
required = ["pdf"]
formats = ["PAdES"]
pairing = true
mail = true
containers = false
cite = "§ 23"
on-signed = "reject"
[addresses]
binding = ["post@amt.example"]
binding-for = "signed"
blocked-senders = ["*@bulk.example"]
allowed-senders = ["*@partner.example"]
[receipt]
channels = ["vps"]
[[bound]]
on = "message-size"
max = "86 MB"
channels = ["portal"]
valid-from = 2026-02-03
[[bound]]
on = "attachment-size"
max = "87 kB"
kind = "soft"
groups = ["image"]
[[rule]]
codes = ["macro-content", "active-content"]
action = "quarantine"
notify = "both"
label = "form not met"
tag = "[M]"
hold-days = 88
types = ["docx"]
groups = ["document"]
roles = ["attachment"]
suffixes = ["docx"]
media = ["text/*"]
channels = ["smtp"]
recipients = ["r@*"]
senders = ["s@*"]
encryption = ["known-password"]
kind = ["vba-auto-exec", "pdf-javascript"]
signed = false
min-depth = 1
max-depth = 2
min-score = 3
max-score = 4
valid-from = 2026-03-04
cite = "§ 12"
because = "Because."
because-de = "Darum."
origin = "inferred"
[[rule]]
code = "spam"
action = "reject"
reply = "No spam"
[not-evaluated]
spam = "defer"
[[exception]]
name = "friends"
code = "spam"
senders = ["f@x.example"]
valid-until = 2030-01-02
cite = "§ 9"
[[override]]
title = "the other office"
channels = ["egvp"]
recipients = ["o@*"]
[[override.rule]]
code = "spam"
action = "discard"
cite = "§ 34"
[[not-decidable]]
what = "What it means."
what-de = "Was es heißt."
because = "meaning"
because-de = "Sinn"
cite = "§ 35"
"""
SAID = (
    "all", "7", "Gazette 12", "2026-01-01", "2999-12-31", "1.4–1.7", "(2b)", "*office*", "utf-8", ".scr", "application/x-evil", "81", "82", "83", "A-Z", "[+]",
    "3", "aux", "P.*", "§ 25", "§ 21", "§ 22", "§ 23", "84", "85 B", "post@amt.example", "*@bulk.example", "*@partner.example", "vps", "86 MB", "portal", "2026-02-03", "87 kB",
    "[M]", "88", ".docx", "text/*", "smtp", "r@*", "s@*", "VBA", "2026-03-04", "§ 12", "No spam", "friends", "f@x.example",
    "2030-01-02", "§ 9", "the other office", "egvp", "o@*", "§ 34", "§ 35", "macro-content", "active-content",
)  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("explain") / "all.toml"
    path.write_text(EVERYTHING, encoding="utf-8")
    return read(path)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("how", page.FORMATS)
def test_whatever_a_file_says_is_on_the_page(data, how, language):
    shown = " ".join(page.render(Explainer(data, language).page(), how, language).replace("\\", "").split())
    assert [each for each in SAID if each not in shown] == []
    for english, german in (("Because.", "Darum."), ("What it means.", "Was es heißt."), ("Everything", "Alles")):
        assert (german if language == "de" else english) in shown
        assert (english if language == "de" else german) not in shown


TABLES = ("types", "names", "archives", "signatures", "content")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", TABLES)
def test_no_field_of_a_table_is_read_and_not_spoken(data, table, language):
    """A field that a table has is in the file above, and the page is another one without it."""
    rules = getattr(data, table)
    usual = type(rules)()
    whole = page.render(Explainer(data, language).page(), "text", language)
    for field in rules.__struct_fields__:
        assert getattr(rules, field) != getattr(usual, field), f"say {field} in EVERYTHING"
        without = msgspec.structs.replace(rules, **{field: getattr(usual, field)})
        poorer = msgspec.structs.replace(data, **{table: without})
        assert page.render(Explainer(poorer, language).page(), "text", language) != whole, field


def test_every_key_is_written_down():
    written = Path("docs/policies.md").read_text("utf-8")

    def keys(table: dict) -> set[str]:
        inner = [each for value in table.values() for each in (value if isinstance(value, list) else [value])]
        return set(table).union(*(keys(each) for each in inner if isinstance(each, dict)))

    assert {key for key in keys(tomllib.loads(EVERYTHING)) if key not in written} == set()


def test_both_languages_have_every_phrase_with_the_same_places():
    for key, (english, german) in PHRASES.items():
        assert set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", german)), key
        assert english.endswith(".") == german.endswith("."), key


def test_german_names_are_those_of_things_there_are():
    from attachguard.policy.explaining.vocabulary import ENCRYPTION
    from attachguard.policy.judging.rule_conditions import ROLES as KNOWN
    from attachguard.types.filetypes import GROUPS

    assert GROUPS_DE.keys() <= GROUPS
    assert tuple(ROLES) == KNOWN
    from attachguard.codes import ENCRYPTION_STATES

    assert tuple(ENCRYPTION) == ENCRYPTION_STATES
    from attachguard.policy.explaining.vocabulary import SIGNED_AS
    from attachguard.policy.judging.conditions import SIGNATURE_FORMATS

    assert tuple(SIGNED_AS) == SIGNATURE_FORMATS


@pytest.mark.parametrize("name", ["kaiserslautern", "leverkusen", "strict", "audit"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_consequence_is_a_whole_sentence(name, language):
    blocks = Explainer(read(name), language).page()
    rows = [row for block in blocks if len(block.lines) == 3 for row in block.rows if len(row) == 3]
    rules = [row for row in rows if "(" in row[0] and "-" in row[0] and row[1].endswith(".")]
    assert name == "audit" or len(rules) > 10
    for when, then, clause in rules:
        assert when.endswith("."), when
        assert then[0].isupper(), then
        assert then.endswith("."), then
        assert clause.endswith("]"), clause


def test_a_rule_for_several_codes_is_one_row(data):
    rows = [row for block in Explainer(data, "en").page() for row in block.rows if "macro-content" in row[0]]
    assert len(rows) == 1
    assert "active-content" in rows[0][0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_verdict_goes_from_finding_to_rule_to_clause_to_action(language):
    report = ask("kaiserslautern", mail(("a.exe", files.program())))
    shown = page.render(explain_verdict(report, read("kaiserslautern"), language), "markdown", language)
    row = next(line for line in shown.splitlines() if "executable-content" in line)
    rule = next(each for each in Policy.load("kaiserslautern").data.rules if each.code == "executable-content")
    for said in (
        "2!/a.exe", "K5", rule.ref, rule.because_de if language == "de" else rule.because,
        PHRASES["action-discard-message"][language == "de"], PHRASES["notify-none"][language == "de"],
    ):  # fmt: skip
        assert said in row.replace("\\", "")


def test_an_exception_and_an_overrides_rule_are_found_in_a_verdict(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text(
        '[policy]\nid = "t"\nversion = "1"\n[[override]]\nchannels = "vps"\n'
        '[[override.rule]]\ncode = "macro-content"\naction = "reject"\nlabel = "not received"\ncite = "9"\nbecause = "No macros here."\n'
    )
    report = Scanner(Policy.load(path), rules=Rules.empty()).scan(
        mail(("a.docm", files.docm())), envelope=Envelope(channel="vps")
    )
    shown = page.render(explain_verdict(report, read(path), "en"), "text", "en")
    assert "9: No macros here." in shown
    assert "The legal effect is: not received." in " ".join(shown.split())
    assert "t.toml:6" in shown
