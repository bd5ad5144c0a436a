"""The rules of the house are enforced: each is broken once in a copy of the package, and the check that holds it goes red. A format is added there, too,
with its module, its row and its samples and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COPIED = ("src", "tests", "docs", "examples", "pyproject.toml", "CONTRIBUTING.md")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A copy of the checkout; what is changed in it is put back after each test."""
    place = tmp_path_factory.mktemp("house") / "attachguard"
    place.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            # What is compiled is copied as well; names that end otherwise are what another process is about to put there.
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("*.pyc.*", "*.egg-info"))
        else:
            shutil.copy(source, place / name)
    for name in ("rules", "README.md", "CHANGELOG.md", "LICENSE", "benchmarks"):
        if (ROOT / name).exists():
            (place / name).symlink_to(ROOT / name)
    return place


class Copy:
    """The copy, and what was done to it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.before: dict[Path, bytes | None] = {}

    def write(self, name: str, text: str) -> None:
        path = self.place / name
        self.before.setdefault(path, path.read_bytes() if path.exists() else None)
        path.write_text(text, "utf-8")

    def append(self, name: str, text: str) -> None:
        self.write(name, (self.place / name).read_text("utf-8") + text)

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.place / name).read_text("utf-8")
        assert old in text, f"{name} has changed: break it in another way"
        self.write(name, text.replace(old, new, 1))

    def run(self, *command: str, keep: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        for name in keep:
            path = self.place / name
            self.before.setdefault(path, path.read_bytes() if path.exists() else None)
        environment = {**os.environ, "PYTHONPATH": str(self.place / "src")}
        return subprocess.run(
            [sys.executable, *command], cwd=self.place, env=environment, capture_output=True, text=True, check=False, timeout=300
        )  # fmt: skip

    def tests(self, *names: str) -> set[str]:
        """Those of some tests that fail."""
        done = self.run(
            "-m", "pytest", "-q", "-p", "no:benchmark", "-p", "no:cacheprovider", "-p", "no:randomly", *names
        )
        return {name.partition("[")[0] for name in re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)}


@pytest.fixture
def copy(whole):
    made = Copy(whole)
    yield made
    for path, content in made.before.items():
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(content)


def test_an_import_upwards_is_seen_wherever_it_hides(copy):
    pytest.importorskip("importlinter", reason="comes with the tools for developers")
    copy.append("src/attachguard/readers/disk/fat.py", "\n\nfrom attachguard.part import Part\n")
    copy.append(
        "src/attachguard/types/claims.py", "\n\ndef _late() -> None:\n    from attachguard.engine import tree\n"
    )
    copy.append("src/attachguard/mail/words.py", "\n\nif TYPE_CHECKING:\n    from attachguard.policy import Policy\n")
    copy.append("src/attachguard/engine/tree.py", "\n\nimport yara\n")
    done = copy.run(
        "-c", "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run(['--no-cache']))"
    )
    assert done.returncode == 1, done.stdout + done.stderr
    for upwards in (
        "attachguard.readers.disk.fat -> attachguard.part",
        "attachguard.types.claims -> attachguard.engine.tree",
        "attachguard.mail.words -> attachguard.policy",
        "attachguard.engine.tree -> yara",
    ):
        assert upwards in done.stdout


def test_what_is_written_beside_the_one_place_for_it_is_seen(copy):
    appended = "src/attachguard/formats/media/appended.py"
    copy.append(appended, '\n\ndef _unheard(part: Part) -> Finding:\n    return part.finding("pdf-unheard-of", "x")\n')
    copy.append(appended, '\n\n_LIST = ("pdf", "docx", "zip", "exe")\n')
    copy.append(appended, "\n\ndef _quiet() -> None:\n    try:\n        pass\n    except Exception:\n        pass\n")
    copy.replace(appended, "Why our own: ", "By the way: ")
    copy.replace(
        "src/attachguard/kinds/content.py", "\n# -- ", "\nnever-said|active-content|never said|nie gesagt\n# -- "
    )
    expected = {
        "tests/test_kinds.py::test_every_literal_kind_that_a_format_says_is_in_the_registry",
        "tests/test_kinds.py::test_no_kind_stands_in_the_registry_that_nobody_says",
        "tests/test_kinds.py::test_every_kind_is_said_in_a_golden_report_or_in_a_test_that_is_named_here",
        "tests/test_kinds.py::test_the_page_about_kinds_is_current",
        "tests/test_one_table.py::test_no_list_of_types_or_extensions_stands_outside_the_table",
        "tests/test_one_catch.py::test_only_these_modules_catch_every_exception",
        "tests/test_own_readers.py::test_a_reader_says_why_it_is_our_own",
    }
    assert copy.tests(*expected) == expected


@pytest.mark.parametrize(
    ("room", "half"),
    [("rule_conditions", 'spoken="types",'), ("narrowing", 'about="mail",'), ("measures", "each=False,")],
)
def test_a_condition_of_which_a_half_is_missing_stops_everything(copy, room, half):
    copy.replace(f"src/attachguard/policy/judging/{room}.py", half, "")
    done = copy.run("-c", "import attachguard.policy")
    assert "TypeError" in done.stderr
    assert f"missing 1 required positional argument: '{half.partition('=')[0]}'" in done.stderr


def test_a_whole_condition_that_nobody_tries_or_writes_down_is_seen(copy):
    copy.replace(
        "src/attachguard/policy/judging/rule_conditions.py",
        "CONDITIONS: Final = (\n",
        'CONDITIONS: Final = (\n    Condition("colour", lambda table: None, _equal, _equal, _always("", ""), "words"),\n',
    )
    assert copy.tests("tests/policies/test_conditions.py::test_every_condition_is_tried_here")


FORMAT = '''"""Crates: a mark, the name of a file, its content.

Why our own: nobody else has ever seen a crate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import Malformed
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"crate"})
LIMITATIONS: Final = ()
EXTRACTS: Final = "The file."
DETECTS: Final = "Nothing."


def inspect(part: Part) -> Iterator[Fact]:
    """The file."""
    _, name, content = (part.data.split(b"\\0", 2) + [b"", b""])[:3]
    if not name:
        raise Malformed("crate: no name")
    yield part.child(name.decode("ascii", "replace"), content)
'''
ROW = """    Row("crate", "archive", "crate", "application/x-crate", "crate", means="archive", weak=(_crate,)),
"""
CHECK = """

@begins(b"CRATE")
def _crate(data: bytes) -> str:
    return "crate" if data[5:6] == b"\\0" else ""

"""
SAMPLES = '''"""Crates."""

SAMPLES = {
    "file/brief.crate": lambda: b"CRATE\\0brief.txt\\0Guten Tag\\n",
    "lookalike/brief.txt": lambda: b"CRATES are made of wood.\\n",
    "truncated/brief.crate": lambda: b"CRATE\\0",
}
'''


def test_a_format_is_added_with_three_files(copy):
    table = "src/attachguard/types/table/containers.py"
    copy.write("src/attachguard/formats/archive/crate.py", FORMAT)
    copy.replace(table, "# fmt: off\nROWS: Final = (\n", f"{CHECK}\n# fmt: off\nROWS: Final = (\n{ROW}")
    copy.replace(table, "import Row\n", "import Row\nfrom attachguard.types.checks.weak import begins\n")
    copy.write("tests/fixtures/crate.py", SAMPLES)
    checks = (
        "tests/test_formats_table.py", "tests/test_one_table.py", "tests/test_own_readers.py", "tests/test_one_catch.py",
        "tests/test_identify.py::test_every_type_of_the_table_is_told_somewhere",
    )  # fmt: skip
    forgotten = "tests/test_formats_table.py::test_every_format_module_stands_in_the_table"
    assert copy.tests(forgotten) == {forgotten}
    made = ("src/attachguard/formats/_table.py", "docs/formats.md", "tests/golden/crate.json")
    copy.run("-m", "attachguard.formats", "--table", keep=made)
    golden = (
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:benchmark",
        "-p",
        "no:cacheprovider",
        "tests/test_golden.py",
        "-k",
        "crate",
    )
    copy.run(*golden, "--rewrite-golden")
    copy.write("docs/formats.md", copy.run("-m", "attachguard.formats").stdout)
    assert copy.tests(*checks) == set()
    report = (copy.place / "tests/golden/crate.json").read_text("utf-8")
    assert '"brief.crate!/brief.txt member txt"' in report
    assert '"malformed-file @ brief.crate: crate: no name"' in report
