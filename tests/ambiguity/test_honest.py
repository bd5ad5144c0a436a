"""Mail of careless programs that everybody reads alike is delivered; what looks like it and hides a program is not."""

from __future__ import annotations

import pytest

from attachguard import Policy, Rules, Scanner
from tests.ambiguity.build import EXE, LETTER, PROGRAM, TXT, head, lines, multipart, note, part, qp
from tests.ambiguity.clients import ATTACHED, MIME, ORIGINAL, PAGE, PDF, TEXT, TOP, _bounce, field, mail, many
from tests.fixtures import ooxml


def docx() -> bytes:
    """A document that is refused when it is damaged."""
    return next(
        build for name, build in ooxml.SAMPLES.items() if name.startswith("lookalike") and name.endswith("docx")
    )()


@pytest.fixture(scope="module")
def strict() -> Scanner:
    return Scanner(Policy.load("strict"), rules=Rules.empty())


def codes(report) -> set[str]:
    return {finding.code for finding in report.findings}


UMLAUTS = "Grüße an alle, hier geht es weiter: https://example.org/?a=12&b=3D\r\n".encode()
#: Words for an encoding that do not name one.
WORDS = [
    b"utf-8", b"UTF8", b"iso-8859-1", b"us-ascii", b"windows-1252", b"=?utf-8?Q?8bit?=", b"=?us-ascii?B?N2JpdA==?=", b"8bit, utf-8", b"8bit;utf-8", b"7bit 8bit",
    b"8bitmime", b"text/plain", b"text", b"plain-text", b"8bit charset=utf-8", b"7bit.", b"ascii", b"latin1",
]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("kind", [b"text/plain", b"text/html"])
def test_a_text_whose_encoding_is_no_word_for_one_is_a_text(strict, word, kind):
    top = TOP + MIME + b"Content-Type: " + kind + b"; charset=utf-8\r\nContent-Transfer-Encoding: " + word
    report = strict.scan(top + b"\r\n\r\n" + UMLAUTS, kind="message")
    assert not codes(report)


@pytest.mark.parametrize("word", [b"utf-8", b"8bitmime", b"x-none"])
def test_what_is_encoded_all_the_same_is_seen(strict, word):
    field = b"Content-Transfer-Encoding: " + word + b"\r\n"
    assert "executable-content" in codes(strict.scan(multipart(part(EXE, encoding=field)), kind="message"))
    binary = strict.scan(multipart(part(b"\x01\x02\x03", encoding=field)), kind="message")
    assert "malformed-mime" in codes(binary)
    hidden = strict.scan(multipart(note(EXE, encoding=field)), kind="message")
    assert "executable-content" in codes(hidden)


def wrapped(encoding: bytes, boundary: bytes = b"b1", *parts: bytes) -> bytes:
    kind = b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\nContent-Transfer-Encoding: ' + encoding
    return TOP + MIME + kind + b"\r\n\r\n" + many(*(parts or (TEXT, PAGE, ATTACHED)), boundary=boundary)


@pytest.mark.parametrize("encoding", [b"base64", b"quoted-printable", b"utf-8"])
@pytest.mark.parametrize("boundary", [b"b1", b"===============33627718830==", b"----=_Part_1", b"a b"])
def test_parts_that_stand_as_they_are_under_an_encoding_are_read_once(strict, encoding, boundary):
    report = strict.scan(wrapped(encoding, boundary), kind="message")
    assert report.verdict.action.delivers
    assert not codes(report) & {"ambiguous-mime", "malformed-mime"}
    nested = mail(
        b"multipart/related; boundary=aussen", wrapped(encoding, boundary).partition(MIME)[2], boundary=b"aussen"
    )
    assert not codes(strict.scan(nested, kind="message")) & {"ambiguous-mime", "malformed-mime"}


@pytest.mark.parametrize("encode", [lines, qp])
def test_parts_that_are_really_encoded_are_found(strict, encode):
    token = b"base64" if encode is lines else b"quoted-printable"
    inside = many(TEXT, part(EXE), boundary=b"b1")
    top = (
        TOP + MIME + b"Content-Type: multipart/mixed; boundary=b1\r\nContent-Transfer-Encoding: " + token + b"\r\n\r\n"
    )
    assert "executable-content" in codes(strict.scan(top + encode(inside), kind="message"))
    # In front of parts that stand there as they are, and behind their close delimiter.
    decoy = many(TEXT, boundary=b"b1")
    for data in (encode(inside) + b"\r\n" + decoy, decoy + encode(inside)):
        assert not strict.scan(top + data, kind="message").verdict.action.delivers


@pytest.mark.parametrize("encoding", [b"base64", b"quoted-printable", b"utf-8", b"x-none"])
@pytest.mark.parametrize("kind", [b"message/rfc822", b"message/delivery-status"])
def test_a_forwarded_message_that_stands_as_it_is_under_an_encoding_is_read(strict, encoding, kind):
    def forward(message: bytes) -> bytes:
        inner = field(b"Content-Type: " + kind, b"Content-Transfer-Encoding: " + encoding) + message
        return mail(b"multipart/mixed; boundary=aussen", TEXT, inner, boundary=b"aussen")

    status = b"Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; b@example.org\r\nAction: failed\r\nStatus: 5.4.6\r\n"
    report = strict.scan(forward(ORIGINAL if kind == b"message/rfc822" else status), kind="message")
    assert report.verdict.action.delivers
    assert not codes(report) & {"ambiguous-mime", "malformed-mime"}
    if kind == b"message/rfc822":
        assert "executable-content" in codes(strict.scan(forward(multipart(part(EXE))), kind="message"))


@pytest.mark.parametrize("front", [b"X: y\r\n", b"X:\r\n", b"Xabc: \r\n", b""])
def test_a_forwarded_message_is_decoded_behind_a_line_that_looks_like_a_field(strict, front):
    inner = (
        field(b"Content-Type: message/rfc822", b"Content-Transfer-Encoding: base64")
        + front
        + lines(multipart(part(EXE)))
    )
    report = strict.scan(mail(b"multipart/mixed; boundary=aussen", TEXT, inner, boundary=b"aussen"), kind="message")
    assert not report.verdict.action.delivers
    assert codes(report) & {"executable-content", "ambiguous-mime"}


def test_a_mail_without_its_last_delimiter_is_delivered(strict):
    for data in (
        multipart(note()),
        mail(b"multipart/alternative; boundary=b1", TEXT, PAGE, boundary=b"b1"),
        multipart(part(lines(b"%PDF-1.4\n"))),
    ):
        cut = data[: data.rindex(b"--", 0, len(data) - 4)]
        report = strict.scan(cut, kind="message")
        assert not codes(report) & {"malformed-mime", "ambiguous-mime"}
    assert "executable-content" in codes(strict.scan(multipart(part(EXE))[:-16], kind="message"))


def spliced(first: bytes, second: bytes) -> bytes:
    """Two parts, the first of fields alone."""
    return (
        head(b"Content-Type: multipart/mixed; boundary=b1\r\n")
        + b"--b1\r\n\r\nBrief\r\n--b1\r\n"
        + first
        + b"--b1\r\n"
        + second
        + b"\r\n--b1--\r\n"
    )


PROGRAM_FIELDS = part(b"", blank=b"")


@pytest.mark.parametrize(
    "second",
    [b"\r\n", b"X-A: b\r\n\r\n", b"Content-Type: text/plain\r\n\r\n", b"Content-Transfer-Encoding: 7bit\r\n\r\n"],
)
def test_a_program_behind_a_delimiter_among_the_fields_of_its_header_is_found(strict, second):
    report = strict.scan(spliced(PROGRAM_FIELDS, second + EXE), kind="message")
    assert {"executable-content", "ambiguous-mime"} <= codes(report)


def test_a_delimiter_among_fields_is_seen_wherever_the_fields_are_cut(strict):
    rows = PROGRAM_FIELDS.splitlines(keepends=True)
    for number in range(len(rows) + 1):
        assert not strict.scan(
            spliced(b"".join(rows[:number]), b"".join(rows[number:]) + b"\r\n" + EXE), kind="message"
        ).verdict.action.delivers


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b"Content-Type: text/plain\r\n", TEXT), (b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n", TEXT), (b"Content-Type: text/html\r\n", PAGE),
        (b"Content-Type: text/plain\r\n", ATTACHED), (b"Content-Type: text/plain\r\nContent-Transfer-Encoding: 7bit\r\n", note()),
    ],
)  # fmt: skip
def test_an_empty_part_without_its_blank_line_hides_nothing(strict, first, second):
    report = strict.scan(spliced(first, second), kind="message")
    assert report.verdict.action.delivers
    assert "ambiguous-mime" not in codes(report)


def test_the_further_forms_of_a_letter_are_bodies(strict):
    page = b"<!doctype html><html \xe2\x9a\xa14email><head><meta charset=utf-8></head><body>Hallo</body></html>\r\n"
    for kind in (b"text/x-amp-html", b"text/enriched", b"text/watch-html"):
        form = field(b"Content-Type: " + kind) + page
        report = strict.scan(
            mail(b"multipart/alternative; boundary=b1", TEXT, form, PAGE, boundary=b"b1"), kind="message"
        )
        assert [record.role for record in report.parts[1:]] == ["body"] * 3
        # Elsewhere, or with a name, it is a file.
        named = field(b"Content-Type: " + kind + b"; name=a.html") + page
        for data in (
            mail(b"multipart/mixed; boundary=b1", TEXT, form, boundary=b"b1"),
            mail(b"multipart/alternative; boundary=b1", TEXT, named, boundary=b"b1"),
        ):
            assert strict.scan(data, kind="message").parts[2].role == "attachment"


BOUNCED = ORIGINAL.replace(lines(PDF), lines(docx()))


@pytest.mark.parametrize("step", range(7))
def test_the_original_in_a_bounce_may_be_cut_anywhere(strict, step):
    for end in range(60 + step, len(BOUNCED), 35):
        report = strict.scan(_bounce(field(b"Content-Type: message/rfc822") + BOUNCED[:end]), kind="message")
        assert report.verdict.action.delivers, end
        assert not codes(report) & {"ambiguous-mime", "malformed-mime"}, end


def test_what_is_cut_is_cut_for_all_chunks_alike(strict):
    data = _bounce(field(b"Content-Type: message/rfc822") + BOUNCED[: len(BOUNCED) - 90])
    whole = strict.scan(data, kind="message")
    assert "returned-cut" in {finding.kind for finding in whole.findings}
    for size in (1, 7, 300):
        with strict.open(kind="message") as scan:
            for at in range(0, len(data), size):
                scan.feed(data[at : at + size])
        assert [(finding.kind, finding.detail) for finding in scan.close().findings] == [
            (finding.kind, finding.detail) for finding in whole.findings
        ]


def test_a_program_in_a_cut_original_is_a_program_and_damage_elsewhere_is_damage(strict):
    hidden = multipart(
        part(EXE, encoding=b"Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n")
    ).replace(b"grenze-17", b"innen")
    for original in (multipart(part(EXE)).replace(b"grenze-17", b"innen"), hidden):
        report = strict.scan(_bounce(field(b"Content-Type: message/rfc822") + original[:-30]), kind="message")
        assert "executable-content" in codes(report)
    # A whole original, one that is forwarded, and a file that is not the last one.
    broken = ORIGINAL.replace(lines(PDF), lines(docx()[:300]))
    for data in (
        _bounce(field(b"Content-Type: message/rfc822") + broken),
        mail(
            b"multipart/mixed; boundary=b1", TEXT, field(b"Content-Type: message/rfc822") + broken[:-20], boundary=b"b1"
        ),
    ):
        assert not strict.scan(data, kind="message").verdict.action.delivers


def shared(inner: bytes, *behind: bytes) -> bytes:
    """A multipart in a multipart of the same boundary, and parts behind it."""
    first = field(b"Content-Type: multipart/alternative; boundary=b1") + inner
    return mail(b"multipart/mixed; boundary=b1", first, *behind, boundary=b"b1")


def test_parts_that_a_shared_boundary_loses_in_some_readers_are_told(strict):
    closed = many(TEXT, PAGE, boundary=b"b1")
    lost = strict.scan(shared(closed, ATTACHED), kind="message")
    assert "ambiguous-mime" in codes(lost)
    program = strict.scan(shared(closed, part(EXE)), kind="message")
    assert {"ambiguous-mime", "executable-content"} <= codes(program)
    for whole in (shared(closed), shared(closed.removesuffix(b"--b1--\r\n"), ATTACHED)):
        assert not codes(strict.scan(whole, kind="message")) & {"ambiguous-mime", "malformed-mime"}


AMP = b'<!doctype html><html \xe2\x9a\xa14email><head><script async src="https://cdn.ampproject.org/v0.js"></script></head><body>Hallo</body></html>\r\n'


@pytest.mark.parametrize("policy", ["strict", "kaiserslautern", "leverkusen"])
def test_the_scripts_of_amp_refuse_no_newsletter_and_no_others_pass_for_them(policy):
    scanner = Scanner(Policy.load(policy), rules=Rules.empty())

    def newsletter(page: bytes, kind: bytes = b"text/x-amp-html") -> bytes:
        return mail(
            b"multipart/alternative; boundary=b1", TEXT, field(b"Content-Type: " + kind) + page, PAGE, boundary=b"b1"
        )

    report = scanner.scan(newsletter(AMP), kind="message")
    assert report.verdict.action.delivers
    assert "body-amp-script" in {finding.kind for finding in report.findings}
    others = (
        AMP.replace(b"cdn.ampproject.org", b"cdn.ampproject.org.example"), AMP.replace(b"</head>", b"<script>eval(1)</script></head>"),
        AMP.replace(b"</head>", b'<script src="https://x.example/a.js"></script></head>'), AMP.replace(b"https:", b"http:"),
    )  # fmt: skip
    for data in (*map(newsletter, others), newsletter(AMP, b"text/html")):
        assert "body-script" in {finding.kind for finding in scanner.scan(data, kind="message").findings}


def test_the_letter_of_these_tests_is_harmless(strict):
    assert PROGRAM.startswith(b"MZ")
    assert not codes(strict.scan(multipart(note(TXT), note(LETTER, encoding=b"")), kind="message"))
