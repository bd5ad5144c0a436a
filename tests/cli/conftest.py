"""One call of the command line, as a user makes it."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from attachguard.cli.main import main


class Call(NamedTuple):
    """How a call ended, and what it wrote."""

    status: int
    out: str
    err: str


@pytest.fixture
def call(capsysbinary):
    """`call("scan", path)` gives status, output and messages."""

    def run(*arguments) -> Call:
        try:
            status = main(list(map(str, arguments)))
        except SystemExit as stop:
            status = stop.code
        out, err = capsysbinary.readouterr()
        return Call(int(status), out.decode(), err.decode())

    return run


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    """Each test works in a folder of its own, where nobody's settings lie."""
    monkeypatch.chdir(tmp_path)
