"""What the format can say beyond rules: dates, recipients, overrides, exceptions, and the mistakes that are caught in them."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from examples import build_files as files

from attachguard import Envelope, Policy, PolicyError, Scanner
from attachguard.cli.main import main
from attachguard.policy.reading.file import check
from attachguard.report import json as reports
from tests.pki import identity
from tests.policies.conftest import make_part
from tests.policies.messages import ask, codes, mail, plain_pdf

HEAD = '[policy]\nid = "t"\nversion = "1"\n'
DAY = dt.date(2026, 11, 22)
RULE = '[[rule]]\ncode = "macro-content"\n'
EXCEPTION = '[[exception]]\ncode = "macro-content"\n'


@pytest.fixture
def write(tmp_path):
    def run(text: str):
        path = tmp_path / "t.toml"
        path.write_text(HEAD + text)
        return path

    return run


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (RULE + 'action = "reject"\nvalid-until = 2026-01-31\n', 7, "expired on 2026-01-31"),
        (RULE + 'types = ["docx", "pdf"]\naction = "reject"\n' + RULE + 'types = "pdf"\naction = "flag"\n', 8, "can never apply"),
        (RULE + 'action = "reject"\nmin-depth = 2\nmax-depth = 1\n', 8, "below min-depth"),
        ('[[rule]]\ncode = "message-too-large"\naction = "reject"\ntypes = "pdf"\n', 4, "is about the message"),
        (RULE + 'action = "reject"\nhold-days = 3\n', 7, "only quarantine"),
        (RULE + 'action = "reject"\nsigned = "yes"\n', 7, "true or false"),
        (EXCEPTION, 4, "for everybody is a rule"),
        (EXCEPTION + 'sha256 = "abc"\n', 6, "64 digits"),
        (EXCEPTION + 'senders = "a@b"\naction = "reject"\n', 7, "deliver or flag"),
        ('[[exception]]\ncode = "scan-incomplete"\nsenders = "a@b"\n', 4, "own failure"),
        ('[[exception]]\nsenders = "a@b"\n', 4, "needs the reason codes"),
        ('[not-evaluated]\nmalware-engine = "reject"\n', 5, "not the sender's fault"),
        ('[not-evaluated]\nspam = "discard"\n', 5, "must not make a mail vanish"),
        ('[not-evaluated]\nspma = "flag"\n', 5, "did you mean 'spam'"),
        ('[[not-decidable]]\nwhat = "x"\n', 4, "because is missing"),
        ('[[override]]\ntitle = "x"\n', 4, "says where it holds"),
        ('[[override]]\nchannels = "vps"\n[[override.rule]]\ncode = "spam"\naction = "drop"\n', 8, "unknown action 'drop'"),
        ('[types]\naccept = [{ type = "pdf", versions = "1.7-1.4" }]\n', 5, "not a range of versions"),
        ('[types]\naccept = [{ type = "odt", versions = "1.7" }]\n', 5, "has no version that is read"),
        ('[types]\naccept = [{ type = "pdf", pdf-a = "9z" }]\n', 5, "not a part of PDF/A"),
        ('[types]\naccept = [{ media = "application/pfd" }]\n', 5, "did you mean 'application/pdf'"),
        ('[types]\naccept = [{ suffix = "qqq" }]\n', 5, "no type goes by .qqq"),
        ('[types]\naccept = [{ type = "pdf", group = "image" }]\n', 5, "needs a type"),
        ('[types]\naccept = ["png"]\nblock-groups = ["image"]\n', 6, "accepted, and its group"),
        ('[names]\nallowed = "z-a"\n', 5, "not a set of characters"),
        ('[archives]\nformats = ["pdf"]\n', 5, "unknown archive format"),
        ("[archives]\nmax-unpacked = 5\n", 5, "needs its unit"),
        ('[signatures]\nformats = ["padas"]\n', 5, "unknown signature format"),
    ],
)  # fmt: skip
def test_a_mistake_is_an_error_with_its_line(write, text, line, says):
    found = check(write(text), DAY)[1]
    assert [each for each in found if each.fatal and each.line == line and says in each.message], found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (EXCEPTION + 'senders = "a@b"\nvalid-until = 2026-01-31\n', "has ended"),
        ('[[rule]]\ncode = "not-pdf-a"\naction = "reject"\n', "nothing asks for not-pdf-a"),
        ('[[rule]]\ncode = "fonts-not-embedded"\naction = "reject"\n', "never found by this version"),
        ("[names]\nmax-length = 9\n", "no rule says what filename-too-long leads to"),
    ],
)
def test_what_is_hardly_meant_is_a_warning(write, text, says):
    found = check(write(text), DAY)[1]
    assert [each.fatal for each in found if says in each.message] == [False], found


def test_an_expired_rule_or_exception_is_not_applied(write):
    path = write(RULE + 'action = "reject"\nvalid-until = 2026-12-31\n')
    data = mail(("a.docm", files.docm()))
    assert Scanner(Policy.load(path, today=DAY)).scan(data).verdict.action.value == "reject"
    assert Scanner(Policy.load(path, today=dt.date(2027, 1, 1))).scan(data).verdict.action.value == "flag"


def test_an_override_holds_for_its_channel_and_recipients_only(write):
    policy = Policy.load(
        write(
            '[types]\naccept = ["pdf"]\n[[rule]]\ncode = "type-not-allowed"\naction = "reject"\n'
            '[[override]]\nchannels = ["egvp"]\nrecipients = ["court@*"]\n[override.types]\nreplace = true\naccept = ["docx"]\n'
        )
    )
    scanner = Scanner(policy)
    there = Envelope(channel="egvp", recipients=("court@x.example",))
    for name, content, envelope, action in (
        ("a.docx", files.docx(), there, "deliver"),
        ("a.pdf", plain_pdf(), there, "reject"),
        ("a.pdf", plain_pdf(), Envelope(channel="egvp"), "deliver"),
        ("a.docx", files.docx(), Envelope(recipients=("court@x.example",)), "reject"),
    ):
        assert scanner.scan(mail((name, content)), envelope=envelope).verdict.action.value == action


def test_an_early_verdict_waits_for_the_digest_of_a_known_file(write, tmp_path):
    import hashlib

    known = hashlib.sha256(files.program()).hexdigest()
    path = write(
        '[[rule]]\ncode = "executable-content"\naction = "reject"\n'
        f'[[exception]]\nname = "tool"\ncode = "executable-content"\nsha256 = "{known}"\n'
    )
    scanner = Scanner(Policy.load(path))
    for content, action in ((files.program(), "flag"), (files.program() + b"x" * 9000, "reject")):
        data = mail(("a.exe", content))
        with scanner.open(kind="message") as scan:
            for start in range(0, len(data), 500):
                scan.feed(data[start : start + 500])
        report = scan.close()
        assert report.verdict.action.value == action
        assert ("exception-applied" in codes(report)) == (action == "flag")


def test_a_check_that_nobody_made_leads_where_the_policy_says(write):
    report = Scanner(Policy.load(write('[not-evaluated]\nmalware-engine = "defer"\n'))).scan(mail())
    assert (report.verdict.action.value, report.verdict.reasons) == ("defer", ("scan-incomplete",))


def test_a_charset_that_the_mail_may_not_have_is_told(write):
    path = write('[types]\nmail-charsets = ["us-ascii"]\n[[rule]]\ncode = "charset-not-allowed"\naction = "reject"\n')
    assert Scanner(Policy.load(path)).scan(mail()).verdict.reasons == ("charset-not-allowed",)


# -- explaining -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("city", ["kaiserslautern", "leverkusen"])
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("how", ["text", "markdown", "html"])
def test_a_city_is_explained_with_every_clause_and_what_no_machine_decides(capsys, city, language, how):
    assert main(["policy", "explain", city, "--format", how, "--language", language]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    data = Policy.load(city).data
    for rule in data.rules:
        assert f"{rule.cite}: " in shown
    for each in data.not_decidable:
        assert " ".join((each.what_de if language == "de" else each.what).split())[:30] in shown
    assert all(rule.because_de for rule in data.rules)
    assert "poststelle" in shown


def test_a_verdict_is_explained_by_finding_rule_clause_and_action(capsys, tmp_path):
    path = tmp_path / "r.json"
    path.write_bytes(reports.encode(ask("kaiserslautern", mail(("<b>.exe", files.program())))))
    assert main(["policy", "explain", "--report", str(path), "--language", "de"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "K5: Ausführbare Dateien" in shown
    assert "Die ganze Nachricht wird angenommen und stillschweigend verworfen." in shown
    assert "kaiserslautern.toml:" in shown
    assert main(["policy", "explain", "--report", str(path), "--format", "html"]) == 0
    assert "<b>.exe" not in capsys.readouterr().out


def test_what_is_not_a_report_is_a_mistake_of_the_call(capsys, tmp_path):
    (tmp_path / "r.json").write_text(json.dumps({"a": 1}))
    assert main(["policy", "explain", "--report", str(tmp_path / "r.json")]) == 2
    assert "is not a report" in capsys.readouterr().err


def test_an_override_keeps_what_it_does_not_change(write):
    with pytest.raises(PolicyError):
        Policy.load(write('[[override]]\nchannels = ["x"]\npolicy = "y"\n'))
    policy = Policy.load(write(RULE + 'action = "reject"\n[[override]]\nchannels = ["x"]\n'))
    assert policy.under(Envelope(channel="x")).data.rules[0].action.value == "reject"
    assert policy.under(Envelope()) is policy


def test_the_tables_of_the_manual_are_policies(write):
    from pathlib import Path

    text = (Path(__file__).parents[2] / "docs" / "policies.md").read_text("utf-8")
    blocks = [block.partition("```")[0] for block in text.split("```toml\n")[1:]]
    assert len(blocks) >= 7
    for block in blocks:
        path = write("")
        (path.parent / "passwords.txt").write_text("Rathaus\n")
        (path.parent / "fachamt.pem").write_bytes(identity().pem)
        (path.parent / "archiv.der").write_bytes(identity("p256").der)
        path.write_text(block if block.startswith("[policy]") else HEAD + block)
        found = [str(each) for each in check(path, DAY)[1] if each.fatal]
        assert found == []
    assert all(f"\n| {number} | " in text for number in range(1, 46))


def test_what_a_state_list_says_for_a_channel_comes_with_it(write, tmp_path):
    (tmp_path / "state.toml").write_text(
        '[policy]\nid = "state"\nversion = "1"\n[types]\naccept = ["pdf"]\n'
        '[[override]]\ntitle = "portal"\nchannels = ["portal"]\n[override.types]\naccept = ["docx"]\n'
        '[[override]]\nchannels = ["egvp"]\n[override.types]\naccept = ["xlsx"]\n'
    )
    path = tmp_path / "city.toml"
    path.write_text(
        '[policy]\nid = "city"\nversion = "2"\ninclude = ["state.toml"]\n[types]\naccept = ["txt"]\n'
        '[[rule]]\ncode = "type-not-allowed"\naction = "reject"\n[[override]]\nchannels = ["egvp"]\n'
    )
    problems = check(path, DAY)[1]
    assert problems == []
    scanner = Scanner(Policy.load(path))
    word, table, text = ("a.docx", files.docx()), ("a.xlsx", files.xlsx()), ("a.txt", b"Guten Tag\r\n")
    for attachment, channel, action in (
        (word, "smtp", "reject"), (word, "portal", "deliver"), (text, "portal", "deliver"), (table, "portal", "reject"),
        (table, "egvp", "reject"),  # the city has an override of its own for this channel
    ):  # fmt: skip
        report = scanner.scan(mail(attachment), envelope=Envelope(channel=channel))
        assert report.verdict.action.value == action, (attachment[0], channel)
        assert report.policy.id == "city"


def test_a_mistake_in_an_included_override_is_told_once(write, tmp_path):
    (tmp_path / "state.toml").write_text(
        '[policy]\nid = "state"\nversion = "1"\n[[override]]\nchannels = "x"\n[override.types]\naccept = ["pfd"]\n'
    )
    path = tmp_path / "city.toml"
    path.write_text('[policy]\nid = "city"\nversion = "2"\ninclude = ["state.toml"]\n')
    found = check(path, DAY)[1]
    assert [(each.file.rpartition("/")[2], each.line) for each in found] == [("state.toml", 7)]


CHARSET = '[policy]\nid = "t"\nversion = "1"\n[types]\naccept = [{ type = "txt", charsets = [%s] }]\n[[rule]]\ncode = "type-not-allowed"\naction = "withhold"\n'


@pytest.mark.parametrize(
    ("charsets", "text", "fits"),
    [
        ('"us-ascii"', b"abc", True), ('"us-ascii"', b"\xc3\xa4", False), ('"utf-8"', b"\xc3\xa4", True), ('"utf-8"', b"\xe4", False),
        ('"iso-8859-1"', b"Gr\xfc\xdfe an alle", True), ('"iso-8859-1"', b"\x80 und mehr Text", False), ('"windows-1252"', b"\x80 und mehr Text", True),
        ('"windows-1252"', b"\x81 und mehr Text", False), ('"us-ascii", "utf-16"', "Grüße".encode("utf-16"), True), ('"utf-8"', "Grüße".encode("utf-16"), False),
        ('"utf-16"', b"abc", False), ('"shift_jis", "utf-8"', "日本語の文".encode("shift_jis"), True), ('"gb18030"', b"\xff\xff und mehr", False),
    ],
)  # fmt: skip
def test_a_list_may_ask_for_any_character_set_of_mail(tmp_path, charsets, text, fits):
    (tmp_path / "t.toml").write_text(CHARSET % charsets)
    part = make_part("txt", "a.txt", data=text)
    found = list(Policy.load(tmp_path / "t.toml").part_findings(part))
    assert [finding.code for finding in found] == ([] if fits else ["type-not-allowed"])


def test_what_only_an_override_asks_for_is_asked_for(tmp_path):
    text = (
        '[policy]\nid = "t"\nversion = "1"\n[types]\naccept = ["pdf"]\n[[rule]]\ncode = "type-not-allowed"\naction = "withhold"\n'
        '[[rule]]\ncode = "not-pdf-a"\naction = "withhold"\n'
    )
    override = '[[override]]\nchannels = ["vps"]\ntitle = "x"\n[override.types]\naccept = [{ type = "pdf", pdf-a = ["2u", "3u"] }]\n'
    path = tmp_path / "t.toml"
    path.write_text(text)
    assert any("nothing asks for not-pdf-a" in str(problem) for problem in check(path)[1])
    path.write_text(text + override)
    assert check(path)[1] == []
