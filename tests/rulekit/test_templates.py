"""`rules new`: both files, complete but for what only the author knows."""

from __future__ import annotations

import datetime as dt

import pytest

from attachguard.cli.main import main
from attachguard.rulekit.templates import PLACEHOLDER, create, rule_name


def test_both_files_are_written_and_named(tmp_path, capsys):
    assert main(["rules", "new", "script/my_dropper", "--folder", str(tmp_path), "--author", "you"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path}/script/my_dropper.yar",
        f"{tmp_path}/script/my_dropper.test.toml",
    ]
    text = (tmp_path / "script/my_dropper.yar").read_text()
    assert "rule My_Dropper\n" in text
    assert 'author = "you"' in text


def test_only_the_placeholders_are_left_to_be_done(tmp_path, capsys):
    create(tmp_path, "script/mine", author="you", day=dt.date(2026, 11, 30))
    assert main(["rules", "check", str(tmp_path)]) == 1
    codes = {
        line.partition("[")[2].partition("]")[0] for line in capsys.readouterr().out.splitlines() if "error[" in line
    }
    assert codes == {"placeholder"}
    assert main(["rules", "test", str(tmp_path)]) == 0
    for file in (tmp_path / "script").iterdir():
        file.write_text(file.read_text().replace(PLACEHOLDER, "Something"))
    assert main(["rules", "check", str(tmp_path)]) == 0
    assert main(["rules", "test", str(tmp_path)]) == 0


def test_nothing_is_overwritten(tmp_path, capsys):
    (tmp_path / "script").mkdir()
    (tmp_path / "script/mine.test.toml").write_text("mine")
    assert main(["rules", "new", "script/mine", "--folder", str(tmp_path)]) == 2
    assert (
        capsys.readouterr().err
        == f"attachguard: {tmp_path}/script/mine.test.toml: exists already; choose another name\n"
    )
    assert not (tmp_path / "script/mine.yar").exists()


@pytest.mark.parametrize("name", ["mine", "a/b/c", "../a/b", "A/b", "a/b.yar", "/a"])
def test_what_is_no_area_and_name_is_refused(tmp_path, capsys, name):
    assert main(["rules", "new", name, "--folder", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"attachguard: {name!r} is no AREA/NAME: small letters, digits and underscores, as in script/downloader\n"
    )


@pytest.mark.parametrize(
    ("stem", "name"), [("hidden_login", "Hidden_Login"), ("a", "A"), ("7z_sfx", "Rule_7z_Sfx"), ("_x", "X")]
)
def test_a_rule_is_named_after_its_file(stem, name):
    assert rule_name(stem) == name
