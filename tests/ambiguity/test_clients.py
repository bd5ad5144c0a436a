"""Mail of ordinary programs, lists and servers reads in one way, wherever it stands; most of it is not even read twice."""

from __future__ import annotations

import pytest

from attachguard import Limits, Policy, Rules, Scanner
from attachguard.mail.message import MessageParser
from tests.ambiguity.clients import HABITS, PROGRAMS, SERVERS
from tests.ambiguity.positions import POSITIONS

ALL = {**PROGRAMS, **SERVERS, **HABITS}
#: Cut off before their end, which is reported of a message itself: `malformed-mime`.
CUT = {"cut-in-base64"}
#: Programs that write what the grammar has not: their mail is read again, and nothing differs.
ODD = {
    "next", "rfc-1049", "php-unused-boundary", "charset-twice", "charset-half-quoted", "charset-empty", "name-with-blanks",
    "footer-behind-base64", "footer-behind-base64-with-padding", "footer-behind-quoted-printable",
}  # fmt: skip


@pytest.fixture(scope="module")
def strict() -> Scanner:
    return Scanner(Policy.load("strict"), rules=Rules.empty())


def codes(report) -> set[str]:
    return {finding.code for finding in report.findings}


@pytest.mark.parametrize("name", ALL)
def test_ordinary_mail_is_neither_ambiguous_nor_malformed(strict, name):
    report = strict.scan(ALL[name], kind="message")
    assert not codes(report) & {"ambiguous-mime", "inspection-failed", "scan-incomplete"}
    assert ("malformed-mime" in codes(report)) == (name in CUT)
    if name not in CUT and name != "openpgp":  # whose signature is not one
        assert report.verdict.action.delivers


@pytest.mark.parametrize("position", ["in-part", "forwarded", "in-digest", "attached", "line-feeds"])
def test_ordinary_mail_stays_so_inside_other_mail(strict, position):
    for name, message in ALL.items():
        if name not in CUT:
            assert "ambiguous-mime" not in codes(strict.scan(POSITIONS[position](message), kind="message")), name


@pytest.mark.parametrize("name", [name for name in (*PROGRAMS, *SERVERS) if name not in ODD])
def test_the_mail_of_common_programs_is_read_once(name):
    parser = MessageParser(Limits())
    parser.feed(ALL[name])
    parser.close()
    assert not parser.record.ambiguous
