"""A format that somebody adds from outside of the package works like one of its own, also for bytes that nobody knew before."""

from __future__ import annotations

import types
from collections.abc import Iterator

import pytest

from attachguard import Policy, Scanner
from attachguard.formats import INSPECTORS
from attachguard.types.checks.weak import Weak
from attachguard.types.row import Row

CRATE = b"\xf0CRATE\0" + b"brief.txt\0" + b"Guten Tag\n"


def crate(**changes):
    """A module of somebody else: a container with one member, and a program that has no mark but a checksum."""
    made = types.ModuleType("their.crate")
    made.__dict__.update(
        TYPES=frozenset({"crate", "rune"}),
        LIMITATIONS=(),
        EXTRACTS="The member.",
        DETECTS="Nothing.",
        ROWS=(
            Row(
                "crate",
                "archive",
                "crate of files",
                "application/x-crate",
                "crate",
                means="archive",
                starts=(b"\xf0CRATE\0",),
            ),
            Row("rune", "executable", "rune program", "application/x-rune", "rune", means="executable"),
            Row("runes", "script", "rune source", "text/x-rune", "rns", refines="txt", means="script", text="rns"),
        ),
        signature=lambda data: "rune" if len(data) > 8 and data[0] == 0x07 and sum(data[:-1]) % 256 == data[-1] else "",
        inspect=inspect,
        **changes,
    )
    return made


def inspect(part) -> Iterator[object]:
    if part.is_a("crate"):
        _mark, name, content = part.data.split(b"\0", 2)
        yield part.child(name.decode("ascii"), content)


@pytest.fixture(scope="module")
def scanner():
    return Scanner(Policy.load("strict"), inspectors=(*INSPECTORS, crate()))


def seen(report):
    return [part.type.id for part in report.parts], {finding.code for finding in report.findings}


def test_bytes_that_nobody_knew_are_known_by_its_row(scanner):
    kinds, codes = seen(scanner.scan(CRATE, name="a.crate", kind="file"))
    assert kinds == ["crate", "txt"]
    assert "archive-content" in codes
    assert "type-unknown" not in codes


def test_without_it_they_are_unknown():
    kinds, codes = seen(Scanner(Policy.load("strict")).scan(CRATE, name="a.crate", kind="file"))
    assert kinds == ["bin"]
    assert "type-unknown" in codes


def test_its_signature_tells_what_no_mark_does(scanner):
    body = b"\x07\x90\x91\xfe\x80\x81\x82\x83\x84"
    kinds, codes = seen(scanner.scan(body + bytes([sum(body) % 256]), name="a.dat", kind="file"))
    assert kinds == ["rune"]
    assert "executable-content" in codes
    assert seen(scanner.scan(body + bytes([(sum(body) + 1) % 256]), name="a.dat", kind="file"))[0] == ["bin"]


def test_text_under_its_names_is_its_own(scanner):
    kinds, codes = seen(scanner.scan(b"say hello\n", name="a.rns::$DATA", kind="file"))
    assert kinds == ["runes"]
    assert "script-content" in codes


def test_every_way_in_which_a_row_tells_content_works_for_it():
    theirs = crate()
    theirs.ROWS = (
        Row("crate", "archive", "crate of files", "application/x-crate", "crate", weak=(Weak((b"\xf0C",), sealed),)),
        Row("rune", "archive", "rune stone", "application/x-rune", "rune", inside=((5, b"\x01\x02\x03\x04"),)),
        Row("runes", "text", "rune poem", "text/x-rune", "rns", refines="txt", opens=(b"hear me,",)),
    )
    theirs.signature = lambda data: ""
    added = Scanner(Policy.load("strict"), inspectors=(*INSPECTORS, theirs))

    def told(data: bytes) -> str:
        return seen(added.scan(data, name="a.dat", kind="file"))[0][0]

    assert told(b"\xf0CRATE\0" + bytes(20)) == "crate"
    assert told(b"\xf0CRATES" + bytes(20)) == "bin"
    assert told(b"\xff\0\0\0\0\x01\x02\x03\x04" + bytes(20)) == "rune"
    assert told(b"Hear me, all of you.\n") == "runes"


def sealed(data: bytes) -> str:
    return "crate" if data[6:7] == b"\0" else ""


def test_in_a_message_it_is_inspected_like_any_other(scanner):
    mail = (
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
        b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.crate\r\n\r\n"
    )
    import base64

    report = scanner.scan(mail + base64.b64encode(CRATE) + b"\r\n", kind="message")
    assert {"crate", "txt"} <= {part.type.id for part in report.parts}


def test_the_types_of_the_package_stay_what_they_are(scanner):
    assert seen(scanner.scan(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n", name="a.pdf", kind="file"))[
        0
    ] == ["pdf"]


@pytest.mark.parametrize(
    "rows", [(Row("zip", "archive", "my own", "x/y"),), (Row("mine", "archive", "m", "x/y", refines="nothing"),)]
)
def test_a_row_that_cannot_be_is_refused_at_once(rows):
    theirs = crate()
    theirs.ROWS = rows
    with pytest.raises(ValueError, match="type"):
        Scanner(inspectors=(theirs,))
