"""`attachguard doctor` says when a checkout runs a compiled core that is older than its source."""

from __future__ import annotations

import os

import pytest

from attachguard.cli.doctor import stale_modules


@pytest.fixture
def core(tmp_path):
    folder = tmp_path / "src/attachguard/_core"
    folder.mkdir(parents=True)
    for name, built in (("rtf", 100), ("pdf", 300)):
        (folder / f"{name}.py").touch()
        (folder / f"{name}.cpython-311-x86_64-linux-gnu.so").touch()
        os.utime(folder / f"{name}.py", (200, 200))
        os.utime(folder / f"{name}.cpython-311-x86_64-linux-gnu.so", (built, built))
    return folder


def test_a_source_that_is_newer_than_what_was_compiled_is_named(core, tmp_path):
    (tmp_path / "setup.py").touch()
    assert stale_modules(core) == ["rtf"]


def test_an_installed_package_has_no_stale_modules(core):
    assert stale_modules(core) == []
