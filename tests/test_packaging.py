"""What is given to others: the source archive is complete, its build is quiet, and every package that comes along is known with its licence."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
THIRD_PARTY = ROOT / "THIRD_PARTY.md"

#: What only makes sense in a checkout.
_CHECKOUT_ONLY = re.compile(r"\.github/|\.gitignore|\.gitlab-ci\.yml|\.pre-commit-config\.yaml")


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    """The source archive, and what was said while it was packed."""
    for package, least in (("setuptools", "77"), ("Cython", "3.1")):
        pytest.importorskip(package, minversion=least, reason=f"packing needs {package} {least}: make .venv/dev")
    place = tmp_path_factory.mktemp("sdist")
    call = [sys.executable, "setup.py", "-q", "egg_info", "--egg-base", str(place), "sdist", "-d", str(place)]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True)
    (archive,) = place.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
    return names, done.stdout + done.stderr


@pytest.mark.skipif(
    not shutil.which("git") or not (ROOT / ".git").exists(), reason="only a checkout says what belongs to it"
)
def test_the_source_archive_holds_every_file_of_the_checkout(sdist):
    names, _said = sdist
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    wanted = {name for name in tracked if name and not _CHECKOUT_ONLY.match(name) and (ROOT / name).exists()}
    assert wanted - names == set()


def test_the_source_archive_holds_nothing_that_was_built(sdist):
    names, _said = sdist
    assert {name for name in names if name.endswith((".so", ".pyc", ".c"))} == set()


def test_packing_is_quiet_and_compiles_nothing(sdist):
    _names, said = sdist
    assert said == ""


def _required(name: str, extras: frozenset[str] = frozenset()) -> set[str]:
    """The packages that one asks for here, by their own metadata."""
    found = set()
    for text in importlib.metadata.requires(name) or []:
        need = Requirement(text)
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras or {""}):
            found.add(need.name.lower())
    return found


def _closure() -> set[str]:
    known, open_ones = set(), _required("attachguard")
    while open_ones:
        name = open_ones.pop()
        known.add(name)
        open_ones |= _required(name) - known
    return known


def _listed(text: str) -> dict[str, str]:
    return {
        name: line.rstrip(" |").rpartition("| ")[2]
        for line in text.splitlines()
        if line.startswith("| ")
        for name in re.findall(r"`([\w-]+)`", line)
    }


def test_every_package_that_comes_along_is_listed_with_its_licence():
    listed = _listed(THIRD_PARTY.read_text("utf-8"))
    assert _closure() - set(listed) == set()


@pytest.mark.parametrize("name", sorted(_closure()))
def test_the_licence_that_is_listed_is_the_one_that_the_package_states(name):
    about = importlib.metadata.metadata(name)
    stated = f"{about.get('License-Expression')} {about.get('License')} {about.get_all('Classifier')}".lower()
    families = re.findall(r"bsd|mit|apache|psf|mpl|gpl", _listed(THIRD_PARTY.read_text("utf-8"))[name].lower())
    assert families
    assert all(family in stated for family in families)


@pytest.mark.parametrize("extra", ["archives", "signatures", "gateway", "cluster", "completion", "rules", "libmagic"])
def test_the_packages_of_the_extras_are_listed(extra):
    named = _required("attachguard", frozenset({extra})) - _required("attachguard")
    assert named - set(_listed(THIRD_PARTY.read_text("utf-8"))) == set()


def test_macros_are_graded_without_the_packages_that_only_come_along():
    scan = """
import sys
sys.modules["pcodedmp"] = sys.modules["easygui"] = None  # whoever imports them fails
from attachguard import Policy, Scanner
from tests.fixtures import vba, cfb, doc
streams = {**doc.streams(), **{f"Macros/{path}": content for path, content in vba.project({"ThisDocument":
    'Sub AutoOpen()\\r\\nShell "cmd /c calc", 0\\r\\nEnd Sub\\r\\n'}).items()}}
report = Scanner(Policy.load("audit")).scan(cfb.build(streams, doc.CLSID), name="a.doc")
assert "oletools.olevba" not in sys.modules, "olevba has been imported for its words"
kinds = {finding.kind for finding in report.findings}
assert kinds & {"vba-auto-exec", "vba-suspicious"}, kinds
assert "inspection-failed" not in {finding.code for finding in report.findings}
"""
    subprocess.run([sys.executable, "-c", scan], cwd=ROOT, check=True)


def test_the_base_install_asks_for_no_engine_of_a_cluster():
    assert _closure() & {"dask", "distributed", "pyarrow", "fsspec", "numpy", "pandas"} == set()
