"""What README and docs promise is true: the commands run, the snippets run, the tables are complete."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from attachguard.cli.main import main
from attachguard.codes import CODES
from tests.test_scanner import BAD, CLEAN

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(text: str, language: str = "") -> list[str]:
    """The fenced blocks of a language."""
    found, inside, chosen = [], False, False
    for line in text.splitlines(keepends=True):
        if line.startswith("```"):
            inside, chosen = not inside, not inside and line.strip() == f"```{language}"
            if chosen:
                found.append("")
        elif inside and chosen:
            found[-1] += line
    return found


@pytest.mark.parametrize("snippet", blocks(README, "python"), ids=range(len(blocks(README, "python"))))
def test_the_snippets_of_the_readme_run(snippet):
    subprocess.run([sys.executable, "-c", snippet], check=True, stdout=subprocess.PIPE)


COMMANDS = [
    line.partition("#")[0].strip()
    for block in blocks(README)
    for line in block.splitlines()
    if line.startswith("attachguard ")
]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_readme_run(command, tmp_path, monkeypatch, capsysbinary):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mail.eml").write_bytes(CLEAN)
    (tmp_path / "invoice.pdf").write_bytes(b"%PDF-1.4\n")
    (tmp_path / "examples/inbox").mkdir(parents=True)
    (tmp_path / "examples/inbox/bad.eml").write_bytes(BAD)
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive/bad.eml").write_bytes(BAD)
    if " hunt " in command:
        pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
    (tmp_path / "my-rules").mkdir()
    (tmp_path / "my-rules/mine.yar").write_text("rule mine { condition: false }")
    try:
        status = main(shlex.split(command)[1:])
    except SystemExit as end:  # how --help ends
        status = end.code
    assert status in (0, 1)
    assert capsysbinary.readouterr().err == b""


def test_the_readme_has_commands_to_run():
    assert len(COMMANDS) >= 6
    assert {"make demo", "make test"} <= {
        line.partition("#")[0].strip() for block in blocks(README) for line in block.splitlines()
    }


@pytest.mark.parametrize("target", ["demo", "test", "bench", "bench-gate", "bench-plot", "fuzz"])
def test_the_make_targets_that_the_readme_names_exist(target):
    assert f"make {target}" in README
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    "document", [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"], ids=lambda path: path.name
)
def test_the_paths_that_the_documents_name_exist(document):
    text = document.read_text("utf-8")
    named = set(re.findall(r"`((?:src|docs|rules|tests|benchmarks|examples)/[\w./-]+)`", text))
    assert {path for path in named if not (ROOT / path).exists() and "inbox" not in path} == set()


@pytest.mark.parametrize(
    "document", [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"], ids=lambda path: path.name
)
def test_the_benchmarks_and_targets_that_the_documents_name_exist(document):
    text = document.read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    modules = {path.stem for path in (ROOT / "benchmarks").glob("*.py")}
    assert set(re.findall(r"python -m benchmarks\.(\w+)", text)) <= modules
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets


def test_the_rooms_of_the_architecture_page_exist():
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    rooms = set(re.findall(r"`([a-z_]+(?:\.py|/))`", text))
    missing = {room for room in rooms if not (ROOT / "src/attachguard" / room).exists() and not (ROOT / room).exists()}
    assert missing == set()


def test_every_reason_code_is_explained_once():
    explained = re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "docs/reasons.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(explained) == sorted(CODES)


def layers_picture() -> str:
    """The layers of `pyproject.toml`, the highest first, each on top of what it may use."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(each for each in contracts if each.get("exhaustive"))["layers"]
    width = max(map(len, layers)) + 12
    rows = [f"│{layer.replace(' | ', '   │   '):^{width}}│" for layer in layers if layer != "__main__"]
    between = f"├{'─' * width}┤"
    return "\n".join((f"┌{'─' * width}┐", f"\n{between}\n".join(rows), f"└{'─' * width}┘"))


def test_the_picture_of_the_layers_is_the_contract_that_the_linter_holds(request):
    """Drawn anew by `make pages`."""
    page = ROOT / "docs/architecture.md"
    start, end = "<!-- layers -->\n```\n", "\n```\n<!-- end of layers -->"
    text = page.read_text("utf-8")
    drawn = text.partition(start)[2].partition(end)[0]
    if request.config.getoption("--rewrite-golden"):
        page.write_text(text.replace(start + drawn + end, start + layers_picture() + end), "utf-8")
    else:
        assert drawn == layers_picture()
