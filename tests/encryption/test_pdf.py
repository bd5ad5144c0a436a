"""PDF under user and owner passwords, written by qpdf through pikepdf."""

from __future__ import annotations

import io

import pikepdf
import pytest

from attachguard import Policy, Scanner
from tests.encryption.tools import SECRET, opens, run, tool


def pdf(encryption: pikepdf.Encryption) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain_pdf())) as file:
        file.save(target, encryption=encryption)
    return target.getvalue()


def plain_pdf() -> bytes:
    target = io.BytesIO()
    with pikepdf.new() as file:
        file.add_blank_page()
        file.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        file.save(target)
    return target.getvalue()


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
@pytest.mark.parametrize("aes", [False, True])
def test_a_pdf_under_a_user_password_opens_by_it(look, revision, aes):
    if aes and revision < 4:
        pytest.skip("AES begins with revision 4")
    aes = aes or revision == 6
    data = pdf(pikepdf.Encryption(user=SECRET, owner="Besitzer-1", R=revision, aes=aes, metadata=aes))
    opens(look, data, "a.pdf", "pdf")
    assert look(data, "a.pdf", "Besitzer-1")[0] == "known-password"


@pytest.mark.filterwarnings("ignore:Encryption R=5")
def test_a_pdf_of_revision_5_opens_by_its_password(look):
    data = pdf(pikepdf.Encryption(user=SECRET, owner="Besitzer-1", R=5, aes=True, metadata=True))
    opens(look, data, "a.pdf", "pdf")


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_a_pdf_with_an_owner_password_only_opens_without_one(look, revision):
    settings = {"allow": pikepdf.Permissions(extract=False)}
    data = pdf(
        pikepdf.Encryption(user="", owner=SECRET, R=revision, aes=revision >= 4, metadata=revision >= 4, **settings)
    )
    assert look(data, "a.pdf")[0] == "opens-without-password"


def test_what_is_inside_a_pdf_that_opens_is_judged():
    scanner = Scanner(Policy.load("audit"), passwords=[SECRET])
    report = scanner.scan(pdf(pikepdf.Encryption(user=SECRET, owner="x", R=6)), name="a.pdf", kind="file")
    assert "active-content" in {finding.code for finding in report.findings}


def test_a_pdf_under_a_password_with_an_umlaut_opens(look):
    assert look(pdf(pikepdf.Encryption(user="Schlüssel", owner="x", R=6)), "a.pdf", "Schlüssel")[0] == "known-password"


@pytest.mark.parametrize("options", [("40",), ("128", "--use-aes=n"), ("128", "--force-V4", "--use-aes=n"), ("128", "--use-aes=y"), ("128", "--use-aes=y", "--cleartext-metadata"),
                                     ("256",), ("256", "--cleartext-metadata"), ("256", "--force-R5")])  # fmt: skip
@pytest.mark.parametrize("shape", [(), ("--linearize",), ("--object-streams=generate",)])
def test_a_pdf_of_the_program_qpdf_opens_by_its_password(look, tmp_path, options, shape):
    program = tool("qpdf")
    (tmp_path / "a.pdf").write_bytes(plain_pdf())
    run(
        program,
        "--allow-weak-crypto",
        *shape,
        tmp_path / "a.pdf",
        tmp_path / "b.pdf",
        "--encrypt",
        SECRET,
        "Besitzer-1",
        *options,
        "--",
    )
    opens(look, (tmp_path / "b.pdf").read_bytes(), "b.pdf", "js")


@pytest.mark.parametrize("revision", [4, 6])
def test_an_empty_owner_password_opens_nothing_for_readers_who_ask_for_the_users(look, revision):
    data = pdf(pikepdf.Encryption(user=SECRET, owner="", R=revision))
    opens(look, data, "a.pdf", "js")


@pytest.mark.parametrize(("word", "revision"), [("a" * 50, 4), ("Schlüssel", 4)])
def test_words_are_cut_and_encoded_as_readers_do(look, word, revision):
    data = pdf(pikepdf.Encryption(user=word, owner="Besitzer-1", R=revision))
    assert look(data, "a.pdf", word)[0] == "known-password"
