"""What the command line says of itself."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from attachguard.cli.main import parser
from attachguard.cli.status import Status


def commands(top=None, name="attachguard"):
    """Every command and subcommand, by the words that call it."""
    top = top or parser()
    yield name, top
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, each in action.choices.items():
                yield from commands(each, f"{name} {word}")


ALL = dict(commands())


def test_version_is_that_of_the_package(call):
    assert call("--version") == (0, f"attachguard {importlib.metadata.version('attachguard')}\n", "")


def test_the_help_lists_every_command_once_and_in_a_group(call):
    text = call("--help").out
    for name in (words.split()[1] for words in ALL if words.count(" ") == 1):
        assert sum(line.split()[:1] == [name] for line in text.splitlines()) == 1, name
    assert "more:" not in text, "a command stands in no group of cli/main.py"
    assert "examples:" in text


@pytest.mark.parametrize("name", ALL)
def test_help_fits_a_hundred_columns_and_a_narrow_terminal(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    examples = [command for command, _says in getattr(ALL[name], "examples", ())]
    lines = [line for line in ALL[name].format_help().splitlines() if line.strip() not in examples]
    assert max(map(len, lines)) <= 100
    monkeypatch.setenv("COLUMNS", "60")
    assert ALL[name].format_help()


@pytest.mark.parametrize("name", [name for name in ALL if getattr(ALL[name], "examples", ())])
def test_the_examples_are_calls_that_the_command_line_takes(name):
    for command, _says in ALL[name].examples:
        words = shlex.split(command.rpartition("|")[2], comments=True)
        if ">" in words:
            words = words[: words.index(">")]
        assert words[0] == "attachguard"
        if "--help" not in words:
            parser().parse_args(words[1:])


@pytest.mark.parametrize("name", ["scan", "identify", "sanitize"])
def test_commands_that_people_use_have_examples(name):
    assert ALL[f"attachguard {name}"].examples


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_is_a_script_for_the_shell(call, shell):
    pytest.importorskip("shtab")
    status, out, err = call("completion", shell)
    assert (status, err) == (0, "")
    for word in ("scan", "sanitize", "--policy", "--write-copies"):
        assert word in out


def test_bash_takes_the_completion_and_completes_a_command(call, tmp_path):
    pytest.importorskip("shtab")
    script = tmp_path / "attachguard.bash"
    script.write_text(call("completion", "bash").out)
    ask = f"source {script}; COMP_WORDS=(attachguard sani); COMP_CWORD=1; _shtab_attachguard; echo ${{COMPREPLY[0]}}"
    done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "sanitize"


def test_completion_without_its_package_names_the_remedy(call, monkeypatch):
    monkeypatch.setitem(sys.modules, "shtab", None)
    status, out, err = call("completion", "bash")
    assert (status, out) == (2, "")
    assert "attachguard[completion]" in err


@pytest.fixture(scope="module")
def manual():
    """The manual page as roff."""
    done = subprocess.run([sys.executable, "-m", "attachguard.cli"], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


def test_the_manual_has_every_command_option_and_exit_status(manual):
    for name, parser_ in ALL.items():
        if any(isinstance(action, argparse._SubParsersAction) for action in parser_._actions):
            continue
        assert f'.SS "{manual_text(name.partition(" ")[2])}"' in manual
        for action in parser_._actions:
            for option in action.option_strings if action.dest != "help" else ():
                assert manual_text(option) in manual
    for status in Status:
        assert f'.B "{int(status)}"' in manual


def manual_text(text: str) -> str:
    return text.replace("-", "\\-")


def test_no_line_of_the_manual_is_an_unknown_request(manual):
    known = {"TH", "SH", "SS", "PP", "TP", "B", "RS", "RE", "nf", "fi"}
    assert {line[1:].split()[0] for line in manual.splitlines() if line.startswith((".", "'"))} <= known


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
def test_groff_sets_the_manual_without_a_warning(manual):
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww"], input=manual, capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stderr == ""
    assert "attachguard scan" in re.sub(".\b|\x1b\\[[0-9;]*m", "", done.stdout)


# -- mistakes ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("scan --pollicy x", "attachguard scan: there is no option --pollicy; did you mean '--policy'? (attachguard scan --help says what it takes)"),
        ("scan --jobs=0 x", "attachguard scan: argument --jobs: must be at least 1 (attachguard scan --help says what it takes)"),
        ("doctor x", "attachguard doctor: takes nothing more, and was given: x (attachguard doctor --help says what it takes)"),
        ("policy", "attachguard policy: the following arguments are required: COMMAND (attachguard policy --help says what it takes)"),
        ("scan x -o no/such/r.json", "attachguard: -o no/such/r.json: there is no folder no/such"),
        (
            "policy check levercusen",
            "attachguard: levercusen: no such file, and no policy of this name; did you mean 'leverkusen'?",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_a_call_is_one_line(call, tmp_path, arguments, said):
    (tmp_path / "x").touch()
    assert call(*arguments.split()) == (Status.FAILED, "", said + "\n")


def test_without_a_command_the_commands_are_shown(call):
    status, out, err = call()
    assert (status, out, err) == (Status.FAILED, "", parser().format_help())
