"""Messages for the clause tables of both cities, and one way to ask a city about them."""

from __future__ import annotations

from functools import cache

from examples import build_files as files
from examples.build_mail import File, letter, wire

from attachguard import Envelope, Policy, Report, Scanner
from tests.fixtures import pdf as pdfs

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SAID_SPAM = Envelope(spam=True)
MIB = 1 << 20
CITIES = ("kaiserslautern", "leverkusen")
#: Outcomes as `outcome` gives them: action, scope, notice.
DROPPED = ("discard", "message", "none")
REFUSED = ("reject", "message", "sender-if-valid")
FLAGGED = ("flag", "attachment", "none")
KEPT_FOR_ADDRESSEE = ("withhold", "attachment", "recipient")
KEPT_FROM_SENDER = ("withhold", "attachment", "sender-if-valid")


@cache
def _scanner(city: str, *passwords: str) -> Scanner:
    return Scanner(Policy.load(city), passwords=passwords)


def mail(*attached: tuple[str, bytes], **options) -> bytes:
    """A letter with these files."""
    return wire(letter(*(File(name, content) for name, content in attached), **options))


def ask(city: str, data: bytes, envelope: Envelope | None = None, *passwords: str) -> Report:
    """What a city makes of a message."""
    return _scanner(city, *passwords).scan(data, kind="message", envelope=envelope)


def outcome(city: str, data: bytes, envelope: Envelope | None = None, *passwords: str) -> tuple[str, str, str]:
    """Action, scope and notice."""
    verdict = ask(city, data, envelope, *passwords).verdict
    return verdict.action.value, verdict.scope.value, verdict.notify.value


def actions(data: bytes, envelope: Envelope | None = None, *passwords: str) -> tuple[str, str]:
    """What the two cities do."""
    first, second = (outcome(city, data, envelope, *passwords)[0] for city in CITIES)
    return first, second


def attached(content: bytes, name: str, media_type: str = "application/octet-stream", **options) -> bytes:
    """A letter with one file that its header declares so."""
    return wire(letter(File(name, content, media_type), **options))


def clauses(report: Report, code: str) -> set[tuple[str, str]]:
    """The clauses and outcomes of the findings of a code."""
    return {(finding.cite, finding.action.value) for finding in report.findings if finding.code == code}


def codes(report: Report) -> set[str]:
    """The codes of a report."""
    return {finding.code for finding in report.findings}


def plain_pdf() -> bytes:
    """A small PDF."""
    return pdfs.pdf({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [] /Count 0 >>"})


def sized(size: int) -> bytes:
    """A message of exactly so many octets."""
    data = mail(("a.txt", b"Guten Tag\r\n"))
    head, _, rest = data.partition(b"anbei")
    line = b"y" * 70 + b"\r\n"
    missing = size - len(data)
    return head + (line * (missing // 72 + 1))[:missing] + b"anbei" + rest


def form(script: bytes) -> bytes:
    """A PDF form that calculates."""
    return pdfs.pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R /OpenAction 3 0 R >>",
            2: b"<< /Type /Pages /Kids [] /Count 0 >>",
            3: b"<< /S /JavaScript /JS (" + script + b") >>",
        }
    )


PROGRAM = files.program()
