"""Compiled rules on disk: found again, never trusted where others could have written, never in the way."""

from __future__ import annotations

import os
import pickle

import msgspec
import pytest

from attachguard import Limits, RuleError, Rules
from attachguard.limits import Budget
from attachguard.part import Part
from attachguard.yara import cache, compiling, prefilter, rules

RULE = 'rule r : tag { meta: attachguard_scope = "file name" strings: $a = "word" condition: $a }'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.yar").write_text(RULE, "utf-8")
    return tmp_path / "rules"


@pytest.fixture
def place(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def compiles(monkeypatch):
    """How many sets have been compiled."""
    calls = []
    compile_ = compiling.yara.compile
    monkeypatch.setattr(
        compiling.yara, "compile", lambda *args, **options: (calls.append(1), compile_(*args, **options))[1]
    )
    return calls


def found(rules: Rules) -> list[tuple[str, str]]:
    part = Part("word.bin", b"", role="attachment", budget=Budget(Limits()))
    part.fill(b"a word")
    return [(finding.yara.rule, finding.detail) for finding in rules.match(part)]


def test_kept_rules_are_the_rules_and_nothing_is_compiled(folder, place, compiles):
    first = Rules.load(folder, cache=place)
    assert compiles
    compiles.clear()
    again = Rules.load(folder, cache=place)
    assert not compiles
    assert found(again) == found(first) == [("r", "YARA r")] * 2
    assert (len(again), again.files, again.problems) == (len(first), first.files, ())


def test_nothing_is_kept_unless_it_is_asked_for(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    Rules.load(folder)
    assert not (tmp_path / "home").exists()
    Rules.load(folder, cache=True)
    assert len(list((tmp_path / "home/attachguard/rules").iterdir())) == 1


def test_rules_that_come_along_are_kept_for_the_next_process(tmp_path, monkeypatch, compiles):
    monkeypatch.delenv("CACHE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    rules._builtin.cache_clear()
    first = Rules.builtin()
    assert compiles
    compiles.clear()
    rules._builtin.cache_clear()
    assert len(Rules.builtin()) == len(first)
    assert not compiles


def test_a_changed_file_is_another_set(folder, place):
    Rules.load(folder, cache=place)
    (folder / "a.yar").write_text(RULE.replace("word", "text"), "utf-8")
    assert found(Rules.load(folder, cache=place)) == []


def test_an_included_file_counts(folder, place):
    (folder / "a.yar").write_text('include "b.txt"\nrule r { condition: b }', "utf-8")
    (folder / "b.txt").write_text("private rule b { condition: true }", "utf-8")
    assert found(Rules.load(folder, cache=place))
    (folder / "b.txt").write_text("private rule b { condition: false }", "utf-8")
    assert not found(Rules.load(folder, cache=place))


def test_other_versions_of_the_engine_have_sets_of_their_own(folder, place, compiles, monkeypatch):
    Rules.load(folder, cache=place)
    compiles.clear()
    monkeypatch.setattr(cache.yara, "YARA_VERSION", "9.9.9")
    Rules.load(folder, cache=place)
    assert compiles


def test_the_prefilters_version_counts_for_sets_that_may_have_one(folder, place, compiles, monkeypatch):
    for number, expected in ((prefilter.FEWEST, True), (2, False)):
        (folder / "a.yar").write_text(
            "\n".join(f'rule r{each} {{ strings: $a = "word" condition: $a }}' for each in range(number)), "utf-8"
        )
        monkeypatch.setattr(prefilter, "versions", lambda: "")
        Rules.load(folder, cache=place)
        compiles.clear()
        monkeypatch.setattr(prefilter, "versions", lambda: "hyperscan 9")
        monkeypatch.setattr(prefilter, "make", lambda sources: (b"", b""))
        Rules.load(folder, cache=place)
        assert bool(compiles) is expected


def test_problems_are_kept_with_the_rules(folder, place, compiles):
    (folder / "b.yar").write_text("rule {", "utf-8")
    first = Rules.load(folder, cache=place, lenient=True)
    compiles.clear()
    again = Rules.load(folder, cache=place, lenient=True)
    assert not compiles
    assert [str(each) for each in again.problems] == [str(each) for each in first.problems]
    with pytest.raises(RuleError, match=r"b\.yar:1: syntax error"):
        Rules.load(folder, cache=place)


def test_the_folder_and_its_files_are_this_users_alone(folder, place):
    Rules.load(folder, cache=place)
    assert place.stat().st_mode & 0o777 == 0o700
    (file,) = place.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def spoil(place, how: str) -> None:
    (file,) = place.iterdir()
    if how == "others may write the folder":
        place.chmod(0o770)
    elif how == "others may read the folder":
        place.chmod(0o755)
    elif how == "others may write the file":
        file.chmod(0o620)
    elif how == "a link":
        file.rename(place / "elsewhere")
        file.symlink_to(place / "elsewhere")
    elif how == "folder above":
        place.parent.chmod(0o777)
    elif how == "truncated":
        file.write_bytes(file.read_bytes()[:-9])
    elif how == "one bit":
        octets = bytearray(file.read_bytes())
        octets[-5] ^= 1
        file.write_bytes(octets)
    elif how == "empty":
        file.write_bytes(b"")
    elif how == "another owner":
        if os.geteuid() != 0:
            pytest.skip("only root gives files away")
        os.chown(file, 12345, 12345)


@pytest.mark.parametrize(
    "how",
    ["others may write the folder", "others may read the folder", "others may write the file", "a link", "folder above", "truncated",
     "one bit", "empty", "another owner"],
)  # fmt: skip
def test_what_others_could_have_written_and_what_is_damaged_is_compiled_anew(folder, place, compiles, how):
    Rules.load(folder, cache=place)
    spoil(place, how)
    compiles.clear()
    assert found(Rules.load(folder, cache=place))
    assert compiles


def test_rules_that_libyara_cannot_load_are_compiled_anew(folder, place, compiles):
    Rules.load(folder, cache=place)
    (file,) = place.iterdir()
    name = file.name.removesuffix(".rules")
    kept = cache.find(place, name)
    broken = [msgspec.structs.replace(view, compiled=view.compiled[:100]) for view in kept.views]
    cache.keep(place, name, cache.Kept(broken, kept.used, kept.count, kept.problems))
    compiles.clear()
    assert found(Rules.load(folder, cache=place))
    assert compiles


def test_a_place_that_cannot_be_written_is_no_trouble(folder, tmp_path):
    (tmp_path / "file").write_text("x")
    assert found(Rules.load(folder, cache=tmp_path / "file/cache"))


def test_only_the_newest_sets_are_kept(folder, place):
    for number in range(12):
        (folder / "a.yar").write_text(f"rule r{number} {{ condition: true }}", "utf-8")
        Rules.load(folder, cache=place)
    assert len(list(place.iterdir())) == 8


def test_rules_can_be_pickled_with_all_they_hold(folder):
    rules = Rules.load(folder)
    again = pickle.loads(pickle.dumps(rules))
    assert found(again) == found(rules)
