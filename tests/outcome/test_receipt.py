"""The routing slip says what came, what goes on, what was checked and what was not, and why; the header field says it in one line."""

from __future__ import annotations

import hashlib
import html.parser
import json
from datetime import UTC, datetime

import msgspec
import pytest

from attachguard import Action, Envelope, Policy, Rules, Scanner
from attachguard.hooks import Hooks, infected
from attachguard.model import Signature
from attachguard.outcome import header_fields
from attachguard.outcome.receipt import routing_slip
from tests.test_hooks import Engine
from tests.test_scanner import BAD, mail

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MIXED = mail(
    ("<b>bild</b>.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(50)), ("brief.txt", "text/plain", b"hallo\n" * 10)
)
ENVELOPE = Envelope(sender="a@example.org", recipients=("x@example.net",), channel="vps", spam=False)


@pytest.fixture(scope="module")
def slip():
    report = Scanner(Policy.load("leverkusen"), rules=Rules.empty(), rewrite=True).scan(MIXED, envelope=ENVELOPE)
    return routing_slip(report, ENVELOPE, identifier="2026-4711", received=NOW, issued=NOW), report


def test_the_slip_has_hashes_of_what_came_and_of_what_goes_on(slip):
    made, report = slip
    assert (made.came.size, made.came.sha256) == (len(MIXED), hashlib.sha256(MIXED).hexdigest())
    assert made.goes_on.sha256 == hashlib.sha256(report.sanitized).hexdigest()
    assert {part.path: part.outcome for part in made.parts}["2!/<b>bild</b>.png"] is Action.WITHHOLD


def test_the_slip_lists_checks_done_and_not_done(slip):
    made, _report = slip
    assert {"inspection", "spam"} <= {check.check for check in made.checks_done}
    assert {"malware-engine"} <= {check.check for check in made.checks_not_done}
    assert all(check.cause for check in made.checks_not_done)


def test_each_reason_has_its_clause(slip):
    made, _report = slip
    assert [(reason.code, reason.cite, reason.origin) for reason in made.reasons] == [
        ("type-not-allowed", "L1", "text")
    ]


def test_the_text_is_german_or_english(slip):
    made, _report = slip
    german, english = made.text("de"), made.text("en")
    for text in (german, english):
        for wanted in (
            "2026-4711",
            "2026-11-22T10:00:00+00:00",
            "vps",
            "leverkusen 2026-11",
            made.came.sha256,
            "[L1, text]",
        ):
            assert wanted in text
    assert "Dieses Dateiformat wird nicht angenommen." in german
    assert "Virenscanner: nicht durchgeführt" in german
    assert "This file format is not accepted." in english
    with pytest.raises(ValueError, match="language"):
        made.text("fr")


def test_the_json_is_the_record(slip):
    made, _report = slip
    data = json.loads(made.json())
    assert next(iter(data)) == "schema"
    assert data["schema"] == "attachguard.receipt/1"
    assert (data["id"], data["action"], data["channel"]) == ("2026-4711", "withhold", "vps")


def test_the_page_lets_no_name_out_of_its_text(slip):
    made, _report = slip
    tags: list[str] = []

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag, attrs):
            tags.append(tag)

    for language in ("de", "en"):
        page = made.html(language)
        Reader().feed(page)
        assert "&lt;b&gt;bild&lt;/b&gt;.png" in page
        assert f'<html lang="{language}">' in page
    assert {"b", "script", "img", "link"}.isdisjoint(tags)


def test_signatures_are_told_with_integrity_and_trust_apart(slip):
    _made, report = slip
    signature = Signature(
        part="3!/brief.txt",
        format="CAdES-detached",
        coverage="whole",
        integrity="pass",
        signer="CN=Erika",
        trust_cause="no list",
    )
    made = routing_slip(msgspec.structs.replace(report, signatures=(signature,)), issued=NOW)
    assert made.signatures == (signature,)
    assert (
        "3!/brief.txt: CAdES-detached; coverage: everything, integrity: passed, trust: not carried out (no list); signer as claimed: CN=Erika"
        in made.text("en")
    )


def test_names_of_malware_stay_with_the_operator():
    hooks = Hooks(malware=Engine(lambda: infected("Win.Test.Secret")))
    report = Scanner(Policy.load("leverkusen"), rules=Rules.empty(), hooks=hooks).scan(MIXED)
    made = routing_slip(report)
    named = [finding.detail for finding in report.findings if finding.code == "malware-signature"]
    assert named
    assert all(detail not in made.text("en") and detail.encode() not in made.json() for detail in named)
    assert made.goes_on is None
    assert "known to be harmful" in made.text("en")


def test_a_refusal_that_came_early_says_so():
    with Scanner(Policy.load("kaiserslautern"), rules=Rules.empty()).open(kind="message") as scan:
        for place in range(0, len(BAD), 1000):
            if scan.feed(BAD[place : place + 1000]):
                break
    made = routing_slip(scan.close(), ENVELOPE)
    assert made.came.sha256 is None
    assert "inspection" in {check.check for check in made.checks_not_done}
    assert "(did not arrive whole)" in made.text("en")


def test_the_same_input_has_the_same_slip():
    report = Scanner(Policy.load("leverkusen"), rules=Rules.empty()).scan(MIXED)
    assert routing_slip(report, issued=NOW) == routing_slip(report, issued=NOW)
    assert len(routing_slip(report, issued=NOW).id) == 32


def test_the_header_field_says_it_in_one_ascii_line(slip):
    _made, report = slip
    fields = header_fields(report)
    assert fields.remove == ("X-Attachguard", "MIME-Ambiguity-Results")
    ((name, value),) = fields.add
    assert name == "X-Attachguard"
    assert value == "verdict=withhold; reasons=type-not-allowed; concerned=2; parts=4; policy=leverkusen/2026-11"


def test_the_header_field_of_a_message_with_very_much_wrong_fits_a_line():
    many = mail(*((f"{number}.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(50)) for number in range(40)))
    value = header_fields(Scanner(Policy.load("leverkusen"), rules=Rules.empty()).scan(many)).add[0][1]
    assert len(value) < 900
    assert "concerned=2,3,4,5,6,7,8,9,10,11,12,13,+28" in value
    assert value.isascii()
    assert value.isprintable()
