"""What each state of encryption costs: files that open, files that stay locked, and the worst mail that passwords allow."""

from __future__ import annotations

import io
import time
from email.message import EmailMessage

import pikepdf
import pytest
from tests.encryption.made import odt, office, rar5
from tests.fixtures import sevenzip
from tests.fixtures import zip as zips

from attachguard import Policy, Rules, Scanner
from benchmarks.conftest import COUNT

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


FILES = {
    "none": lambda: zips.archive(zips.Member("a.txt", b"text")),
    "opens-without-password PDF R6": lambda: pdf("", 6),
    "default-password agile": lambda: office("VelvetSweatshop"),
    "PDF R3": lambda: pdf(SECRET, 3),
    "PDF R6": lambda: pdf(SECRET, 6),
    "ZIP AES-256": lambda: zips.archive(zips.aes_member("a.txt", b"text" * 500, SECRET.encode())),
    "Office agile": lambda: office(SECRET),
    "OpenDocument AES-256": lambda: odt(SECRET, "AES-256"),
    "RAR 5": lambda: rar5(SECRET, names_hidden=False),
    "7z, locked": sevenzip.SAMPLES["locked/antrag.7z"],
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("words", [(), (SECRET,), (*WORDS, SECRET)], ids=["no word", "one word", "200 words"])
def bench_state(benchmark, row, kind, words):
    """One file, with no word, the right word, and the right word as the last of 200."""
    data = FILES[kind]()
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty(), passwords=words)
    start = time.perf_counter()
    report = benchmark.pedantic(lambda: scanner.scan(data, name="a", kind="file"), rounds=1)
    took = time.perf_counter() - start
    row(f"{kind}, {len(words)} words", f"{took * 1e3:10.1f} ms", report.parts[0].encryption)


@pytest.mark.skipif(COUNT < 100, reason="takes half a minute: part of the full benchmark only")
def bench_worst_mail(benchmark, row):
    """200 words and ten locked attachments of the costliest kind stay within the policy's time."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "x"
    message.set_content("\n".join(f"Passwort: {word}" for word in (*WORDS, "x1")))
    data = office(SECRET)
    for number in range(10):
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=f"{number}.xlsx")
    scanner = Scanner(Policy.load("kaiserslautern"), rules=Rules.empty())
    report = benchmark.pedantic(lambda: scanner.scan(message.as_bytes(), kind="message"), rounds=1)
    row("ten locked attachments, 200 words", f"{report.seconds:10.1f} s", f"limit {scanner.limits.seconds:g} s")
    assert report.seconds < scanner.limits.seconds
    assert report.complete
