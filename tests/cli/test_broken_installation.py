"""An installation of which a part is missing: one sentence with the remedy, in place of a traceback, and never a clean bill."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from attachguard.cli.main import main
from attachguard.cli.status import Status
from attachguard.gateway.pool import crew

MAIL = b"From: a@example.org\nSubject: hello\n\nAll is well.\n"


@pytest.fixture
def without(tmp_path):
    """Runs the program where a module cannot be loaded."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "class Missing:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == os.environ['MISSING']:\n"
        "            raise ImportError('libgone.so.3: cannot open shared object file')\n"
        "sys.meta_path.insert(0, Missing())\n"
    )

    def run(module, *arguments):
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "MISSING": module}
        return subprocess.run(
            [sys.executable, "-m", "attachguard", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


SENTENCE = (
    "attachguard: this installation is broken: libgone.so.3: cannot open shared object file; `pip check` names what is "
    "missing, and attachguard may be installed again with pip install --force-reinstall\n"
)


@pytest.mark.parametrize("module", ["yara", "attachguard.cli.main"])
def test_a_library_that_every_command_needs_and_that_is_missing_is_said_in_a_sentence(without, module):
    run = without(module, "--version")
    assert (run.returncode, run.stdout, run.stderr) == (Status.FAILED, "", SENTENCE)


def test_a_format_that_cannot_be_loaded_ends_a_long_scan_by_several_processes_with_a_sentence(without, tmp_path):
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "0.eml").write_bytes(MAIL)
    for number in range(1, 200):
        os.link(folder / "0.eml", folder / f"{number}.eml")
    run = without("attachguard.formats.office.ppt", "scan", "--jobs", "2", "mails")
    assert (run.returncode, run.stdout, run.stderr) == (Status.FAILED, "", SENTENCE)


def test_doctor_names_the_format_that_cannot_be_loaded(without):
    run = without("attachguard.formats.office.ppt", "doctor")
    assert run.returncode == Status.REFUSED
    assert "CANNOT BE LOADED: office.ppt: libgone.so.3: cannot open shared object file\n" in run.stdout


def test_processes_that_never_get_ready_are_said_in_a_sentence(tmp_path, monkeypatch, capfd):
    for name in "ab":
        (tmp_path / f"{name}.eml").write_bytes(MAIL)
    monkeypatch.setattr(crew, "work", lambda *_given, **_named: os._exit(3))
    assert main(["scan", "--jobs", "2", str(tmp_path)]) == Status.FAILED
    assert capfd.readouterr() == (
        "",
        "attachguard: no scanning process gets ready: the scanning process died (exit status 3); `attachguard doctor` says what the system lacks\n",
    )
