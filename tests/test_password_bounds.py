"""How many words are tried on what is locked, how long, and what is said where words are left over."""

from __future__ import annotations

import pytest

from attachguard import Limits, Policy, Rules, Scanner
from attachguard.context import Context
from attachguard.limits import Budget
from attachguard.part import Part
from attachguard.passwords import Candidates
from tests.test_passwords import mail


@pytest.fixture(scope="module")
def audit():
    return Scanner(Policy.load("audit"), rules=Rules.empty())


def part_of(candidates: Candidates) -> Part:
    return Part("a.bin", b"", role="attachment", context=Context(Budget(Limits()), candidates))


def test_costly_tries_are_counted_by_their_cost():
    """A hundredth of a second a try, four fifths of half a second for what is offered: forty of two hundred words."""
    candidates = Candidates([f"wort{number}" for number in range(200)])
    part = part_of(candidates)
    assert len(list(candidates.offer(part, 0.01))) == 40
    assert part.tries.cut
    part.encryption = "unknown-password"
    assert [check.cause for check in candidates.checks([part])] == [
        "trying words has its bound: not every candidate was tried (1 parts)"
    ]
    part.encryption = "known-password"
    assert not list(candidates.checks([part]))


def test_what_nothing_marks_as_a_password_gets_little_of_the_time():
    candidates = Candidates()
    candidates.add_text(b"Anbei.\nPasswort: geheim7\nTermin\nUnterlagen\nMontag\nDienstag\nVorgang\n")
    part = part_of(candidates)
    words = [candidate.word for candidate in candidates.offer(part, 0.02)]
    assert words[0] == "geheim7"
    assert part.tries.cut
    assert len(words) < len(candidates)
    cheap = part_of(candidates)
    assert len(list(candidates.offer(cheap, 0.0001))) == len(candidates)


def test_words_go_side_by_side_and_built_in_ones_go_with_them():
    derived, asked = {}, []

    def prepare(words):
        asked.append(words)
        derived.update(dict.fromkeys(words, b""))

    candidates = Candidates([f"wort{number}" for number in range(60)])
    part = part_of(candidates)
    tried = [each.word for each in candidates.offer(part, 0.01, derived, first=("a", "b"), prepare=prepare, width=4)]
    assert asked[0] == ["a", "b", "wort0", "wort1"]
    assert tried == [word for words in asked for word in words]
    assert len(asked) == 10
    assert part.tries.cut


def test_mere_guesses_do_not_ride_along_with_a_built_in_word():
    derived, asked = {}, []

    def prepare(words):
        asked.append(words)
        derived.update(dict.fromkeys(words, b""))

    candidates = Candidates()
    candidates.add_text(b"Anbei die Unterlagen zum Termin am Montag")
    list(candidates.offer(part_of(candidates), 0.05, derived, first=("a",), prepare=prepare, width=4))
    assert asked == [["a"]]
    derived.clear()
    candidates.add_text(b"Passwort: geheim7")
    list(candidates.offer(part_of(candidates), 0.05, derived, first=("a",), prepare=prepare, width=4))
    assert asked[1][:2] == ["a", "geheim7"]


def test_what_the_number_of_words_leaves_out_is_a_check():
    candidates = Candidates([f"wort{number}" for number in range(250)])
    part = part_of(candidates)
    assert len(list(candidates.offer(part))) == 200
    part.encryption = "unknown-password"
    assert [check.cause for check in candidates.checks([part])] == [
        "more than 200 candidates: 50 were not tried (1 parts)"
    ]


def test_what_no_password_is_tried_on_is_a_check(audit):
    from tests.fixtures import vault

    report = audit.scan(next(iter(vault.SAMPLES.values()))(), name="a.kdbx", kind="file")
    assert report.parts[0].encryption == "unknown-password"
    causes = [check.cause for check in report.checks if check.check == "passwords"]
    assert causes
    assert causes[0].startswith("no password can be tried here on ")


def test_an_ordinary_mail_has_no_check_of_passwords(audit):
    report = audit.scan(mail(("plain", "Passwort: x\n"), ("a.txt", b"text")), kind="message")
    assert "passwords" not in {check.check for check in report.checks}


def test_a_word_whose_derivation_is_known_costs_nothing():
    """Ten attachments with one salt: the rounds are done once, and every word is tried on each."""
    derived, candidates = {}, Candidates([f"wort{number}" for number in range(180)])
    for _ in range(10):
        part = part_of(candidates)
        for candidate in candidates.offer(part, 0.002, derived):
            derived[candidate.word] = b""
        assert not part.tries.cut


@pytest.mark.parametrize("cost", [0.0, 0.01, 0.05])
def test_no_number_of_locked_attachments_takes_more_than_half_a_second(cost):
    now = [0.0]
    candidates = Candidates([f"wort{number}" for number in range(200)], clock=lambda: now[0])
    for _ in range(50):
        for _candidate in candidates.offer(part_of(candidates), cost):
            now[0] += cost or 0.003
    assert 0.35 < now[0] <= 0.5


def test_a_slow_machine_is_stopped_by_the_clock():
    now = [0.0]
    candidates = Candidates([f"wort{number}" for number in range(200)], clock=lambda: now[0])
    tried = 0
    for _candidate in candidates.offer(part_of(candidates), 0.001):
        now[0] += 0.2
        tried += 1
    assert tried == 6


def test_a_costly_word_is_tried_once_a_part_and_new_words_later():
    candidates = Candidates(["eins"])
    part = part_of(candidates)
    assert [candidate.word for candidate in candidates.offer(part, 0.01)] == ["eins"]
    candidates.add_text(b"Passwort: zwei2")
    assert "eins" not in [candidate.word for candidate in candidates.offer(part, 0.01)]


def test_a_word_that_has_opened_something_is_tried_first_and_when_the_guesses_have_had_their_share():
    candidates = Candidates([f"wort{number}" for number in range(200)])
    list(candidates.offer(part_of(candidates), 0.01))
    candidates.opened(next(candidate for candidate in candidates if candidate.word == "wort150"))
    for _ in range(9):
        assert [each.word for each in candidates.offer(part_of(candidates), 0.01)] == ["wort150"]


def test_a_policy_sets_the_bounds(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        '[policy]\nid = "mine"\nversion = "1"\ntitle = "t"\n[resources]\npasswords = 7\npassword-seconds = 2\n[default]\naction = "flag"\n'
    )
    limits = Policy.load(path).limits
    assert (limits.passwords, limits.password_seconds) == (7, 2)
