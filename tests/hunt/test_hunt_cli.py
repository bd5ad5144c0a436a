"""`attachguard hunt` as it is called: results, mistakes, exit statuses."""

from __future__ import annotations

import importlib.util
import json
import re

import pytest

from attachguard.cli import hunt as cli
from attachguard.cli.main import main, parser
from attachguard.errors import OperatorError
from attachguard.hunt.plan import Batch, Totals
from tests.fixtures import mbox
from tests.gateway.mails import for_action

pytest.importorskip("distributed")
pq = pytest.importorskip("pyarrow.parquet")

from attachguard.hunt.items import Item  # noqa: E402
from attachguard.hunt.store import Store  # noqa: E402
from attachguard.hunt.tables import Done  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_a_new_rule_is_hunted_for_in_folder_and_mailbox(tmp_path, capsys):
    (tmp_path / "mails").mkdir()
    for number in range(6):
        (tmp_path / f"mails/{number}.eml").write_bytes(for_action("reject" if number % 2 else "deliver"))
    (tmp_path / "box").write_bytes(mbox.mailbox(4))
    (tmp_path / "new.yar").write_text('rule bitmap : image { meta: score = 42 strings: $a = "BM" condition: $a at 0 }')
    out = tmp_path / "hits.jsonl"
    call = [
        "hunt", str(tmp_path / "mails"), str(tmp_path / "box"), "--rules", str(tmp_path / "new.yar"), "--no-builtin-rules", "--policy", "audit",
        "--where", 'rule == "bitmap" and score > 40', "-o", str(out), "--workers", "1",
    ]  # fmt: skip
    assert main(call) == 0
    shown = capsys.readouterr()
    found = [json.loads(line) for line in out.read_bytes().splitlines()]
    assert [row["source"] for row in found] == [f"{tmp_path}/mails/{number}.eml" for number in (1, 3, 5)]
    assert {(row["rule"], row["namespace"], row["score"], row["code"]) for row in found} == {
        ("bitmap", "new", 42, "malware-suspected")
    }
    assert shown.err == ""
    assert shown.out.startswith("10 mails and files, ")
    assert re.search(r"by rule\n +3  bitmap\n", shown.out)
    assert "by kind\n         3  yara-match\n" in shown.out


def test_that_no_rule_matched_is_said(tmp_path, capsys):
    (tmp_path / "a.eml").write_bytes(for_action("flag"))
    assert (
        main(["hunt", str(tmp_path / "a.eml"), "--no-builtin-rules", "-o", str(tmp_path / "o.jsonl"), "--workers", "1"])
        == 0
    )
    assert "\nno row comes from a YARA rule\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["-o", "out.csv"], "-o out.csv: ends in neither .parquet nor .jsonl"),
        (["-o", "no/such/out.jsonl"], "-o no/such/out.jsonl: its folder does not exist"),
        (["--where", "actoin == 'x'"], "--where: there is no column 'actoin'"),
        (["--policy", "nonesuch"], "nonesuch"),
        (["--rules", "no.yar"], "no.yar: no such file or folder"),
        (["--", "absent"], "absent: No such file or directory"),
    ],
)
def test_a_mistake_is_one_line_with_the_remedy(tmp_path, monkeypatch, capsys, change, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.eml").write_bytes(for_action("deliver"))
    base = ["-o", "out.parquet"] if "-o" not in change else []
    assert main(["hunt", *base, *change, *(["a.eml"] if "--" not in change else [])]) == 2
    error = capsys.readouterr().err
    assert error.startswith("attachguard: ")
    assert said in error
    assert error.count("\n") == 1


def test_without_the_extra_the_remedy_is_said(monkeypatch, capsys, tmp_path):
    find = importlib.util.find_spec
    monkeypatch.setattr(cli.importlib.util, "find_spec", lambda name: None if name == "pyarrow" else find(name))
    assert main(["hunt", str(tmp_path), "-o", "x.parquet"]) == 2
    assert capsys.readouterr().err == "attachguard: hunt: needs pyarrow: pip install 'attachguard[cluster]'\n"


def test_the_line_on_a_terminal_says_rate_and_expected_end(monkeypatch, capsys):
    monkeypatch.setattr(cli, "moves", lambda _stream: True)
    line = cli._Line(enabled=True)
    for mails, later in (
        (100, 0.0),
        (200, 40.0),
        (600, 50.0),
    ):  # an earlier run, the first batch once the workers are there, and the rest
        monkeypatch.setattr(cli.time, "monotonic", lambda later=later: 1000.0 + later)
        line.show(Totals(1000, 10_000_000), Done(mails, mails * 10_000))
    line.clear()
    shown = [each.rstrip() for each in capsys.readouterr().err.split("\r")]
    assert shown[1:3] == ["[##......................] 100 of 1,000", "[####....................] 200 of 1,000"]
    assert re.fullmatch(r"\[##############\.{10}\] 600 of 1,000, 40/s, 0\.4 MB/s, until \d\d:\d\d \(10 s\)", shown[3])
    assert shown[-2] == ""


def test_the_line_fits_a_narrow_terminal(monkeypatch, capsys):
    monkeypatch.setattr(cli, "moves", lambda _stream: True)
    monkeypatch.setenv("COLUMNS", "30")
    cli._Line(enabled=True).show(Totals(1000, 10_000_000), Done(200, 2_000_000))
    assert capsys.readouterr().err == "\r[####....................] 20"


def test_no_line_is_written_into_a_file(capsys):
    line = cli._Line(enabled=True)
    line.show(Totals(10, 10), Done())
    line.clear()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("seconds", "said"), [(4.4, "4 s"), (61, "1 min 01 s"), (3600 * 30, "30 h 00 min")])
def test_a_time_is_said_as_people_say_it(seconds, said):
    assert cli._lasting(seconds) == said


# -- the folder beside the result -----------------------------------------------------------------------------------------------


def test_an_interrupted_hunt_is_not_begun_anew_by_mistake_nor_gone_on_with_by_another(tmp_path):
    store = Store(tmp_path / "out.parquet")
    assert not store.open("one", resume=False)
    store.plan.write([Batch(0, (Item("a", "a", 1),))])
    with pytest.raises(OperatorError, match=r"go on with --resume, or delete"):
        Store(tmp_path / "out.parquet").open("one", resume=False)
    with pytest.raises(OperatorError, match=r"other sources, policy, rules or options"):
        Store(tmp_path / "out.parquet").open("other", resume=True)
    assert Store(tmp_path / "out.parquet").open("one", resume=True)


def test_resume_where_nothing_was_begun_begins(tmp_path):
    assert not Store(tmp_path / "out.parquet").open("one", resume=True)


def test_the_help_names_every_option_of_the_contract():
    text = parser().format_help()
    assert "hunt" in text
    with pytest.raises(SystemExit):
        parser().parse_args(["hunt"])
