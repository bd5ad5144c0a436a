"""The demo's inbox: every message meets what its story expects, in both cities, and the table says so."""

from __future__ import annotations

import contextlib
import io

import pytest
from examples import cleaning, demo
from examples.inbox_stories import STORIES

from attachguard import Action


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    return tmp_path_factory.mktemp("inbox")


@pytest.fixture(scope="module")
def lines(inbox):
    return demo.judge(STORIES, inbox)


def test_there_are_at_least_thirty_different_messages(lines, inbox):
    written = {path.name: path.read_bytes() for path in inbox.glob("*.eml")}
    assert len(written) >= 30
    assert len(set(written.values())) == len(written)
    assert set(written) == {story.name for story in STORIES if story.kept}
    assert len({story.what for story in STORIES}) == len(STORIES) == len(lines)


@pytest.mark.parametrize("place", range(len(STORIES)), ids=[story.name for story in STORIES])
def test_the_outcome_is_what_the_story_expects(lines, place):
    line = lines[place]
    assert line.as_expected, demo.summary([line], 0)


def test_most_actions_occur(lines):
    seen = {each.action for line in lines for each in line.outcomes}
    assert seen >= {
        Action.DELIVER,
        Action.FLAG,
        Action.WITHHOLD,
        Action.QUARANTINE,
        Action.REJECT,
        Action.DISCARD,
    }


def test_the_table_has_a_line_for_each_message_and_fits_the_terminal(lines):
    text = demo.table(lines)
    for story in STORIES:
        assert f" {story.name.removesuffix('.eml')} " in text
        assert story.what in text
    rows = text.splitlines()
    assert len(rows) == len(STORIES) + 2
    assert max(map(len, rows)) <= 100
    assert "\x1b" not in text


def test_the_second_table_has_the_outcome_of_strict_and_the_reply_for_every_message(lines):
    text = demo.replies(lines)
    assert max(map(len, text.splitlines())) <= 100
    words = set(text.replace(",", " ").split())
    assert {story.name.removesuffix(".eml") for story in STORIES} <= words
    assert "550 5.7.1 Files with macros are not accepted here" in text
    assert {"deliver", "flag", "reject"} <= words


def test_every_clause_that_decided_has_its_sentence(lines):
    text = " ".join(demo.clauses(lines).split())
    for place in (0, 1):
        for clause in {line.outcomes[place].clause for line in lines} - {""}:
            assert f" {clause} " in text
    field = next(line for line in lines if line.story.name == "dde-word.eml").outcomes[1]
    assert (field.action, field.clause) == (Action.FLAG, "L11")
    assert f"L11 {field.why} (a Word field that runs a program: flag)" in text


def test_the_clauses_fit_a_narrow_terminal(lines):
    assert max(map(len, demo.clauses(lines, width=60).splitlines())) <= 60


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colours_are_for_terminals_that_take_them(monkeypatch, tmp_path, environment, coloured):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in {"TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(demo, "INBOX", tmp_path)
    monkeypatch.setattr(demo, "STORIES", STORIES[:1])
    with contextlib.redirect_stdout(Terminal()) as out:
        demo.main()
    assert ("\x1b[" in out.getvalue()) is coloured


def test_colours_change_nothing_but_the_colour(lines):
    import re

    assert re.sub("\x1b\\[[0-9]+m", "", demo.table(lines, colour=True)) == demo.table(lines)


def test_a_line_that_is_not_as_expected_is_marked_and_explained(tmp_path):
    story = STORIES[0]._replace(kaiserslautern="discard K5")
    lines = demo.judge([story], tmp_path)
    assert f"! {story.name.removesuffix('.eml')}" in demo.table(lines)
    assert f"! {story.name}: kaiserslautern should discard K5, did deliver" in demo.summary(lines, 0)
    other_clause = STORIES[0]._replace(kaiserslautern="deliver K1")
    assert not demo.judge([other_clause], tmp_path)[0].as_expected


def test_the_next_run_finds_its_own_messages_only(tmp_path):
    (tmp_path / "old.eml").write_bytes(b"x")
    (tmp_path / "notes.txt").write_bytes(b"x")
    demo.judge(STORIES[:1], tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {STORIES[0].name, "notes.txt"}


def test_exit_status_tells_whether_all_is_as_expected(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(demo, "INBOX", tmp_path)
    monkeypatch.setattr(demo, "STORIES", STORIES[:2])
    assert demo.main() == 0
    assert "2 messages, three policies" in capsys.readouterr().out
    monkeypatch.setattr(demo, "STORIES", (STORIES[0]._replace(leverkusen="reject L4"),))
    assert demo.main() == 1


def test_five_documents_come_out_clean_and_the_table_says_what_went():
    done = cleaning.clean()
    assert len(done) == 5
    assert all(each.clean for each in done)
    shown = cleaning.table(done)
    for word in ("antrag.docx", "VBA", "PDF JavaScript", "XLM macro sheet", "second look"):
        assert word in shown
