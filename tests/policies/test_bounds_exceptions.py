"""Whatever a bound or an exception may say changes a judgement, is spoken in both languages, is written down, and is one whole record."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from attachguard.kinds import KINDS
from attachguard.model import Envelope, Finding
from attachguard.policy import Policy
from attachguard.policy.explaining import page
from attachguard.policy.explaining.explain import Explainer
from attachguard.policy.judging import conditions, narrowing, records
from attachguard.policy.judging.measures import BOUNDS, MEASURES, Measure
from attachguard.policy.judging.narrowing import OF_BOUNDS, OF_EXCEPTIONS, Narrowing
from attachguard.policy.reading import conditions_tables
from tests.policies.conftest import make_part

PAGE = Path("docs/policies.md").read_text("utf-8")
KNOWN = make_part(data=b"a known form").sha256
HEAD = '[policy]\nid = "t"\nversion = "1"\n'


class Case(NamedTuple):
    """One narrowing tried.

    Args:
        line: as it is written in the file.
        yes: the mail for which it holds: an envelope, or the attachment.
        no: one for which it does not.
        english: what must be in the sentence.
        german: the same in German.
    """

    line: str
    yes: Any
    no: Any
    english: str
    german: str


BOUND_CASES = {
    "channels": Case('channels = ["vps"]', Envelope(channel="VPS"), Envelope(channel="smtp"), "on the channel vps", "über den Kanal vps"),
    "recipients": Case('recipients = ["a@x.example"]', Envelope(recipients=("A@x.example",)), Envelope(recipients=("b@x.example",)), "for mail to a@x.example", "für E-Mails an a@x.example"),
    "types": Case('types = ["png"]', make_part("png"), make_part("pdf"), "files of the kind PNG", "Dateien der Art PNG"),
    "groups": Case('groups = ["image"]', make_part("png"), make_part("pdf"), "files of the kind image", "Dateien der Art Bild"),
}  # fmt: skip
EXCEPTION_CASES = {
    "senders": Case('senders = ["*@x.example"]', Envelope(sender="a@x.example", sender_valid=True), Envelope(sender="a@x.example"), "for mail from *@x.example, if the sender's address is proven", "für E-Mails von *@x.example, wenn die Adresse"),
    "recipients": BOUND_CASES["recipients"],
    "cases": Case('cases = ["A-17/*"]', Envelope(case_id="A-17/3"), Envelope(case_id="B"), "in the case a-17/*", "im Vorgang a-17/*"),
    "sha256": Case(f'sha256 = ["{KNOWN}"]', make_part(data=b"a known form"), make_part(data=b"another"), f"file or script SHA-256 {KNOWN[:16]}…", f"Skript SHA-256 {KNOWN[:16]}…"),
    "types": Case('senders = ["*"]\nproven = false\ntypes = ["png"]', make_part("png"), make_part("pdf"), "in files of the kind PNG", "in Dateien der Art PNG"),
}  # fmt: skip


class Mail(NamedTuple):
    """What a measure is tried on.

    Args:
        most: the most that is allowed.
        within: octets on the wire, sizes of the attachments and number of recipients of a mail that passes.
        beyond: the same of one that does not.
        german: what must be in the German sentence; the English one has the figure.
    """

    most: str
    within: tuple[int, tuple[int, ...], int]
    beyond: tuple[int, tuple[int, ...], int]
    german: str


MEASURE_CASES = {
    "message-size": Mail('"5 B"', (5, (9,), 1), (6, (1,), 1), "Die ganze Nachricht"),
    "attachment-size": Mail('"5 B"', (9, (5, 5), 1), (9, (1, 6), 1), "Eine Anlage"),
    "attachments-size": Mail('"5 B"', (9, (2, 3), 1), (9, (3, 3), 1), "Alle Anlagen"),
    "attachments": Mail("1", (9, (9,), 1), (9, (1, 1), 1), "höchstens 1 Anlagen"),
    "recipients": Mail("1", (9, (9, 9), 1), (9, (1,), 2), "höchstens 1 Empfänger"),
}


def load(tmp_path: Path, text: str) -> Policy:
    (tmp_path / "t.toml").write_text(HEAD + text, "utf-8")
    return Policy.load(tmp_path / "t.toml")


def explained(policy: Policy, language: str) -> str:
    return " ".join(page.render(Explainer(policy.data, language).page(), "text", language).split())


def block(table: str) -> str:
    """The block of the page that shows a table of a policy."""
    return PAGE[PAGE.index(f"```toml\n[[{table}]]") :].partition("\n```\n")[0]


def split(tried: Any) -> dict[str, Any]:
    return {"envelope": tried} if isinstance(tried, Envelope) else {"part": tried}


def excess(policy: Policy, *, part=None, envelope=None, sizes=(2,), octets=0) -> set[str]:
    """Kinds of findings about bounds over a mail with attachments of these sizes."""
    root = make_part("eml", "", role="message")
    attached = [part] if part is not None else [make_part(data=bytes(size), parent=root) for size in sizes]
    found = policy.message_findings(octets, (root, *attached), envelope or Envelope(), ())
    return {finding.kind for _, finding in found}


# -- measures -----------------------------------------------------------------------------------------------------------------


def test_every_measure_and_every_narrowing_is_tried_here():
    assert set(MEASURE_CASES) == set(BOUNDS)
    assert set(BOUND_CASES) == set(narrowing.keys(OF_BOUNDS))
    assert set(EXCEPTION_CASES) == set(narrowing.keys(OF_EXCEPTIONS))


@pytest.mark.parametrize("kind", ["hard", "soft"])
@pytest.mark.parametrize("on", BOUNDS)
def test_a_bound_is_kept_up_to_its_figure_and_broken_beyond(on, kind, tmp_path):
    case = MEASURE_CASES[on]
    policy = load(tmp_path, f'[[bound]]\non = "{on}"\nmax = {case.most}\nkind = "{kind}"\n')
    for mail, broken in ((case.within, False), (case.beyond, True)):
        octets, sizes, recipients = mail
        envelope = Envelope(recipients=("a@x.example",) * recipients)
        said = BOUNDS[on].advised if kind == "soft" else BOUNDS[on].code
        assert excess(policy, envelope=envelope, sizes=sizes, octets=octets) == ({said} if broken else set())


@pytest.mark.parametrize("on", BOUNDS)
def test_a_measure_is_spoken_and_written_down_and_its_kinds_exist(on, tmp_path):
    case = MEASURE_CASES[on]
    policy = load(tmp_path, f'[[bound]]\non = "{on}"\nmax = {case.most}\n')
    assert f"at most {case.most.strip(chr(34))}" in explained(policy, "en")
    assert case.german in explained(policy, "de")
    assert on in block("bound")
    assert KINDS[BOUNDS[on].advised].code == BOUNDS[on].code


def test_each_way_to_measure_is_spoken_and_has_a_unit(tmp_path):
    for measure in MEASURES:
        for basis in filter(None, measure.amounts):
            policy = load(tmp_path, f'[[bound]]\non = "{measure.on}"\nmax = "1 B"\nbasis = "{basis}"\n')
            assert excess(policy, sizes=(2,), octets=2) == {measure.code}
            assert explained(policy, "en") != explained(policy, "de")


# -- narrowings ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", BOUND_CASES)
def test_a_bound_holds_only_for_what_it_is_narrowed_to(key, tmp_path):
    case = BOUND_CASES[key]
    policy = load(tmp_path, f'[[bound]]\non = "attachment-size"\nmax = "1 B"\n{case.line}\n')
    assert excess(policy, **split(case.yes)) == {"attachment-too-large"}
    assert excess(policy, **split(case.no)) == set()


@pytest.mark.parametrize("key", EXCEPTION_CASES)
def test_an_exception_holds_only_for_what_it_is_narrowed_to(key, tmp_path):
    case = EXCEPTION_CASES[key]
    rule = '[[rule]]\ncode = "active-content"\naction = "reject"\n'
    policy = load(tmp_path, rule + f'[[exception]]\ncode = "active-content"\n{case.line}\n')

    def action(*, part=None, envelope=None) -> str:
        return policy.judge(Finding("active-content"), part or make_part(), envelope or Envelope()).action.value

    assert (action(**split(case.yes)), action(**split(case.no))) == ("flag", "reject")


@pytest.mark.parametrize(("key", "table"), [*((key, "bound") for key in BOUND_CASES), *((key, "exception") for key in EXCEPTION_CASES)])  # fmt: skip
def test_a_narrowing_is_spoken_in_both_languages_and_written_down(key, table, tmp_path):
    case = (BOUND_CASES if table == "bound" else EXCEPTION_CASES)[key]
    start = 'on = "attachment-size"\nmax = "1 B"' if table == "bound" else 'code = "active-content"'
    policy = load(tmp_path, f"[[{table}]]\n{start}\n{case.line}\n")
    assert case.english in explained(policy, "en")
    assert case.german in explained(policy, "de")
    assert key in block(table)


@pytest.mark.parametrize("record", [MEASURES[0], OF_BOUNDS[0]], ids=["measure", "narrowing"])
def test_a_half_built_record_is_none(record):
    kind = Measure if isinstance(record, Measure) else Narrowing
    whole = record._asdict()
    for missing in whole:
        with pytest.raises(TypeError):
            kind(**{key: value for key, value in whole.items() if key != missing})
    assert not kind._field_defaults


def test_a_new_narrowing_needs_nothing_but_its_record(monkeypatch, tmp_path):
    """Nowhere else is there a list of them: a record alone is read, judged and spoken."""
    new = Narrowing(
        keys=("hosts",), read=lambda table: table.patterns("hosts") or None, holds=lambda hosts, mail: mail.envelope.helo in hosts,
        about="mail", sentence=("from the host {value}", "vom Rechner {value}"), spoken="words",
    )  # fmt: skip
    for module in (conditions, conditions_tables):
        monkeypatch.setattr(module, "OF_BOUNDS", (*OF_BOUNDS, new))
    monkeypatch.setattr("attachguard.policy.explaining.accepted.OF_BOUNDS", (*OF_BOUNDS, new))
    policy = load(tmp_path, '[[bound]]\non = "attachments"\nmax = 0\nhosts = ["mx"]\n')
    assert excess(policy, envelope=Envelope(helo="mx")) == {"too-many-attachments"}
    assert excess(policy, envelope=Envelope(helo="other")) == set()
    assert "vom Rechner mx" in explained(policy, "de")
    assert records.OF_EXCEPTIONS is OF_EXCEPTIONS
