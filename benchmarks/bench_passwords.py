"""What each state of encryption costs, format by format, and the worst mail that passwords allow."""

from __future__ import annotations

import io
import time
from email.message import EmailMessage

import pikepdf
import pytest
from tests.encryption.made import odt, office, rar5, sealed_odt
from tests.encryption.test_pdf import plain_pdf
from tests.fixtures import doc, ooxml, sevenzip
from tests.fixtures import zip as zips

from attachguard import Policy, Rules, Scanner
from benchmarks.conftest import COUNT
from benchmarks.patience import SLACK

SECRET = "Sommer-2024!"
WORDS = tuple(f"Wort-{number}" for number in range(199))


def pdf(user: str, revision: int) -> bytes:
    target = io.BytesIO()
    with pikepdf.new() as file:
        file.add_blank_page()
        file.save(
            target,
            encryption=pikepdf.Encryption(
                user=user, owner="y" + user, R=revision, aes=revision >= 4, metadata=revision >= 4
            ),
        )
    return target.getvalue()


def plain_office() -> bytes:
    return ooxml.SAMPLES["xlm/tabelle.xlsm"]()


def zipped(member: zips.Member) -> bytes:
    return zips.archive(member)


def locked_7z() -> bytes:
    """What nothing opens, under as many rounds as 7-Zip does."""
    data = sevenzip.SAMPLES["locked/antrag.7z"]()
    place = data.index(sevenzip.AES) + len(sevenzip.AES) + 1
    return data[:place] + bytes([19]) + data[place + 1 :]


#: Files with the rounds that the programs write.
LOCKED = {
    "PDF R3": lambda: pdf(SECRET, 3),
    "PDF R6": lambda: pdf(SECRET, 6),
    "Office agile": lambda: office(SECRET),
    "OpenDocument PBKDF2": lambda: odt(SECRET, "AES-256"),
    "OpenDocument Argon2id": lambda: sealed_odt(SECRET, memory=65536),
    "Word RC4": lambda: doc.encrypted(SECRET),
    "ZIP ZipCrypto": lambda: zipped(zips.zipcrypto_member("a.txt", b"text" * 500, SECRET.encode())),
    "ZIP AES-256": lambda: zipped(zips.aes_member("a.txt", b"text" * 500, SECRET.encode())),
    "RAR 5": lambda: rar5(SECRET, names_hidden=False, exponent=15),
    "7z": locked_7z,
}
#: State, format, what makes the file, and the words that are tried on it.
ROWS = [
    ("none", "PDF", plain_pdf, ()),
    ("none", "Office", plain_office, ()),
    ("none", "ZIP", lambda: zipped(zips.Member("a.txt", b"text")), ()),
    ("opens-without-password", "PDF R3", lambda: pdf("", 3), ()),
    ("opens-without-password", "PDF R6", lambda: pdf("", 6), ()),
    ("default-password", "Office agile", lambda: office("VelvetSweatshop"), ()),
    *(("known-password", kind, make, (SECRET,)) for kind, make in LOCKED.items() if kind != "7z"),
    *(("known-password", kind, make, (*WORDS, SECRET)) for kind, make in LOCKED.items() if kind != "7z"),
    *(("unknown-password", kind, make, ()) for kind, make in LOCKED.items()),
    *(("unknown-password", kind, make, WORDS) for kind, make in LOCKED.items()),
]


@pytest.mark.parametrize(
    ("state", "kind", "make", "words"), ROWS, ids=[f"{row[0]} {row[1]} {len(row[3])} words" for row in ROWS]
)
def bench_state(benchmark, row, state, kind, make, words):
    """One file in each state: nothing to try, the right word alone, the right word as the last of 200, and 199 wrong ones."""
    if COUNT < 300 and len(words) > 1:
        pytest.skip("two hundred words are part of the full benchmark only")
    data = make()
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty(), passwords=words)
    start = time.perf_counter()
    report = benchmark.pedantic(lambda: scanner.scan(data, name="a", kind="file"), rounds=1)
    took = time.perf_counter() - start
    row(f"{state}: {kind}, {len(words)} words", f"{took * 1e3:10.1f} ms", report.parts[0].encryption)
    # The costliest word of 200 may lie beyond the time that one part has.
    assert report.parts[0].encryption == state or any(check.check == "passwords" for check in report.checks)


def bench_worst_mail(benchmark, row):
    """200 words and ten locked attachments of the costliest kind stay within what trying words may cost."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "x"
    message.set_content("\n".join(f"Passwort: {word}" for word in (*WORDS, "x1")))
    data = office(SECRET)
    for number in range(10):
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=f"{number}.xlsx")
    scanner = Scanner(Policy.load("kaiserslautern"), rules=Rules.empty())
    begun = time.process_time()
    report = benchmark.pedantic(lambda: scanner.scan(message.as_bytes(), kind="message"), rounds=1)
    spent = time.process_time() - begun
    row("ten locked attachments, 200 words", f"{spent:10.1f} s", f"{scanner.limits.password_seconds:g} s are for words")
    assert spent < 3 * scanner.limits.password_seconds * SLACK
    assert report.complete
