"""Shared by all tests: which form of the core they run over, and one scanner that reports everything."""

from __future__ import annotations

import gc
import importlib.machinery
import os
import signal
import sys
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

# Hundreds of tests start a Python of their own: where nothing compiled is kept, each would compile the whole package again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

#: How long an example takes says something of the machine and of what else it does, nothing of the code: no seed fails for that.
settings.register_profile("attachguard", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("attachguard")


class _SourceOnly(importlib.machinery.PathFinder):
    """Finds the core's modules as source, passing over their compiled twins."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if not fullname.startswith("attachguard._core.") or path is None:
            return None
        for folder in path:
            finder = importlib.machinery.FileFinder(
                folder, (importlib.machinery.SourceFileLoader, importlib.machinery.SOURCE_SUFFIXES)
            )
            spec = finder.find_spec(fullname)
            if spec is not None:
                return spec
        return None


#: Tests whose results rest on the core; what others do with its facts, the uncompiled form has nothing of its own to show for.
_OF_THE_CORE = (
    "ambiguity/", "core/", "encryption/test_archives", "encryption/test_office", "encryption/test_opendocument", "encryption/test_pdf", "formats/",
    "test_ambiguity_files", "test_compound", "test_golden", "test_message", "test_robustness", "test_transfer",
)  # fmt: skip


def pytest_addoption(parser):
    parser.addoption(
        "--core", choices=("compiled", "pure", "any"), default="any", help="which form of the fast core to test"
    )
    parser.addoption("--rewrite-golden", action="store_true", help="write the golden reports anew")


def pytest_configure(config):
    # A shell starts what runs in the background deaf to Ctrl-C, and so would be what the tests start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    form = config.getoption("--core")
    if form == "pure":
        sys.meta_path.insert(0, _SourceOnly)
    elif form == "compiled":
        import attachguard._core.transfer as module

        if module.__file__.endswith(".py"):
            pytest.exit("the core is not compiled here: pip install -e . with a C compiler, or test --core=pure", 4)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One process more than there are processors: many tests wait for a daemon, a deadline or a program."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_collection(session):
    # Of what is collected nothing goes before the end: to look for it again and again takes a quarter of the time.
    gc.disable()


def pytest_collection_finish(session):
    gc.enable()


def pytest_ignore_collect(collection_path, config):
    """Over the uncompiled form the other files are not even imported, which takes as long as many of the tests that stay."""
    if config.getoption("--core") != "pure" or collection_path.suffix != ".py" or collection_path.name == "__init__.py":
        return None
    name = collection_path.relative_to(config.rootpath / "tests").as_posix()
    return None if name.startswith(_OF_THE_CORE) else True


@pytest.fixture(scope="session", autouse=True)
def optional_packages():
    """Hides the packages of the extra `[archives]` and the programs of the system, so that reports are the same on every machine; gives the true lookups to tests of their use."""
    from attachguard.readers.outside import optional

    lookups = {"module": optional.module, "folder": optional.folder, "program": optional.program}
    with pytest.MonkeyPatch.context() as patch:
        for name in lookups:
            patch.setattr(optional, name, lambda _: None)
        yield lookups


@pytest.fixture
def with_packages(optional_packages, monkeypatch):
    """Lets one test see the optional packages and programs that are installed."""
    from attachguard.readers.outside import optional

    for name, lookup in optional_packages.items():
        monkeypatch.setattr(optional, name, lookup)
    return optional


@pytest.fixture(scope="session")
def scan() -> Callable:
    """Scan bytes as a file under the policy that refuses nothing: `scan(data, "name.ext")` gives the report."""
    from attachguard import Policy, Scanner
    from attachguard.readers.outside import Tools

    scanner = Scanner(Policy.load("audit"), tools=Tools.system())

    def run(data: bytes, name: str = "", **options):
        return scanner.scan(data, name=name, kind="file", **options)

    return run


@pytest.fixture(scope="session")
def codes(scan) -> Callable:
    """The reason codes of a scan of bytes as a file, as a set."""

    def run(data: bytes, name: str = "") -> set[str]:
        return {finding.code for finding in scan(data, name).findings}

    return run


@pytest.fixture(scope="session")
def bare_scanner():
    """A scanner without rules that reports everything: what the formats alone say."""
    from attachguard import Policy, Rules, Scanner
    from attachguard.readers.outside import Tools

    return Scanner(Policy.load("audit"), rules=Rules.empty(), tools=Tools.system())


@pytest.fixture(scope="session")
def bare_scan(bare_scanner) -> Callable:
    """Scan bytes as a file without rules: `bare_scan(data, "name.ext")` gives the report."""

    def run(data: bytes, name: str = ""):
        return bare_scanner.scan(data, name=name.rpartition("/")[2], kind="file")

    return run
