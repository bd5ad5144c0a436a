"""The operator's passwords in a policy file: where they stand, how mistakes are reported, and that nothing shows them."""

from __future__ import annotations

import pickle

import pytest

from attachguard import Policy, PolicyError, Rules, Scanner
from attachguard.cli.main import main
from attachguard.policy.reading import file as policyfile
from attachguard.report.json import encode
from tests.test_passwords import SECRET, locked_pdf, mail

HEAD = '[policy]\nid = "mine"\nversion = "1"\ntitle = "t"\n[default]\naction = "flag"\n'


def load(tmp_path, text: str, **files: str):
    for name, content in files.items():
        (tmp_path / f"{name}.txt").write_text(content, "utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + text, "utf-8")
    return path


def words(path) -> tuple[str, ...]:
    return Policy.load(path).data.passwords.reveal()


def mistakes(path) -> str:
    with pytest.raises(PolicyError) as caught:
        Policy.load(path)
    return str(caught.value)


def test_words_stand_in_the_file_and_in_files_beside_it(tmp_path):
    path = load(
        tmp_path, '[passwords]\nwords = ["eins"]\nfiles = ["mehr.txt"]\n', mehr="\ufeffzwei\n\ndrei vier\neins\n"
    )
    assert words(path) == ("eins", "zwei", "drei vier")


def test_a_policy_opens_what_its_words_open(tmp_path):
    path = load(tmp_path, '[passwords]\nfiles = "mehr.txt"\n', mehr=f"falsch\n{SECRET}\n")
    report = Scanner(Policy.load(path), rules=Rules.empty()).scan(locked_pdf(), name="a.pdf", kind="file")
    assert report.parts[0].encryption == "known-password"
    assert any(finding.detail.endswith("password from operator list") for finding in report.findings)


def test_words_of_included_policies_and_of_channels_are_joined(tmp_path):
    (tmp_path / "base.toml").write_text(
        '[policy]\nid = "b"\nversion = "1"\nmode = "include-only"\n[passwords]\nwords = "unten"\n'
    )
    path = tmp_path / "mine.toml"
    path.write_text(
        '[policy]\nid = "mine"\nversion = "1"\ninclude = "base.toml"\n[default]\naction = "flag"\n[passwords]\nwords = "oben"\n'
        f'[[override]]\nchannels = ["vps"]\n[override.passwords]\nwords = ["{SECRET}"]\n'
    )
    assert words(path) == ("oben", "unten")
    scanner = Scanner(Policy.load(path), rules=Rules.empty())
    from attachguard import Envelope

    for channel, state in (("smtp", "unknown-password"), ("vps", "known-password")):
        report = scanner.scan(locked_pdf(), name="a.pdf", kind="file", envelope=Envelope(channel=channel))
        assert report.parts[0].encryption == state


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[passwords]\nwrods = ["x"]\n', 7, "unknown key 'wrods'"),
        ("[passwords]\nwords = 4711\n", 8, "must be text in quotes or a list of texts"),
        ('[passwords]\nwords = [\n  "eins",\n  "",\n]\n', 10, "word 2 is empty"),
        (f'[passwords]\nwords = ["{"x" * 129}"]\n', 8, "word 1 is longer than 128 characters"),
        ('[passwords]\nfiles = ["fehlt.txt"]\n', 8, "fehlt.txt cannot be read"),
        ('[passwords]\nfiles = ["leer.txt"]\n', 8, "leer.txt is empty"),
        ('[passwords]\nfiles = ["lang.txt"]\n', 8, "lang.txt:2 is longer than 128 characters"),
        ('[passwords]\nfiles = ["latin.txt"]\n', 8, "latin.txt is not UTF-8"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_without_the_word(tmp_path, text, line, said):
    (tmp_path / "latin.txt").write_bytes("Schlüssel".encode("latin-1"))
    message = mistakes(load(tmp_path, text, leer="\n", lang="kurz\n" + "geheim-" * 30 + "\n"))
    assert said in message
    assert "x" * 129 not in message
    assert "geheim-" not in message
    if "unknown key" not in said:
        assert f"mine.toml:{line}:" in message


def test_more_words_than_a_scan_tries_are_warned_of(tmp_path):
    path = load(
        tmp_path, '[passwords]\nfiles = ["viele.txt"]\n', viele="\n".join(f"wort{number}" for number in range(300))
    )
    assert any("300 words, and a scan tries 200" in str(problem) for problem in policyfile.check(path)[1])


@pytest.mark.parametrize("command", [["policy", "explain"], ["policy", "show"], ["policy", "check"]])
@pytest.mark.parametrize("form", [[], ["--language", "de"]])
def test_no_command_shows_a_word(tmp_path, capsys, command, form):
    if form and command[1] != "explain":
        pytest.skip("only explain speaks German")
    path = load(tmp_path, f'[passwords]\nwords = ["{SECRET}"]\nfiles = ["mehr.txt"]\n', mehr="Zweites-Wort-2\n")
    main([*command, str(path), *form])
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err
    assert "Zweites-Wort-2" not in said.out + said.err
    if command[1] == "explain":
        assert "2." in next(line for line in said.out.splitlines() if "operator" in line or "Betreibers" in line)


def test_no_report_pickle_or_repr_holds_a_word(tmp_path):
    path = load(tmp_path, f'[passwords]\nwords = ["{SECRET}", "Zweites-Wort-2"]\n')
    policy = Policy.load(path)
    scanner = Scanner(policy, rules=Rules.empty(), passwords=["Drittes-Wort-3"])
    report = scanner.scan(mail(("a.pdf", locked_pdf()), ("plain", "Passwort: Viertes-Wort-4\n")), kind="message")
    shown = [repr(report), repr(policy), repr(policy.data), repr(scanner), encode(report).decode(), repr(report.parts)]
    dumped = pickle.dumps(report)
    for word in (SECRET, "Zweites-Wort-2", "Drittes-Wort-3", "Viertes-Wort-4"):
        assert not any(word in text for text in shown)
        assert word.encode() not in dumped
        assert word.encode("utf-16-le") not in dumped
