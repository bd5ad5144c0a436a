"""What the pages about hunting, embedding and packaging say can be done is done here: each command, each snippet, each column."""

from __future__ import annotations

import io
import os
import re
import shlex
import socket
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from attachguard.cli.main import main
from attachguard.hunt.rows import COLUMNS
from tests.fixtures import mbox
from tests.gateway.mails import for_action
from tests.test_docs import blocks

ROOT = Path(__file__).parents[2]
PAGES = {name: (ROOT / f"docs/{name}.md").read_text("utf-8") for name in ("hunting", "embedders", "packagers", "scale")}
COMMANDS = [
    (name, line) for name, text in PAGES.items() for block in blocks(text) for line in block.splitlines() if line
]
HERE = [line for _name, line in COMMANDS if line.startswith("attachguard ") and "--scheduler" not in line]
CLUSTER = [line for _name, line in COMMANDS if line.startswith("dask ") or "--scheduler" in line]
MADE = [line for _name, line in COMMANDS if line.startswith("make ")]
#: What CI does for this project: installing it, with its extras.
INSTALLING = [line for _name, line in COMMANDS if line.startswith("pip install ")]
SNIPPETS = blocks(PAGES["embedders"], "python")

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_every_command_of_the_pages_is_carried_out_by_a_test():
    assert [line for _name, line in COMMANDS if line not in {*HERE, *CLUSTER, *MADE, *INSTALLING}] == []
    assert len(HERE) >= 6
    assert len(CLUSTER) == 3


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """A working folder with all that the pages name."""
    monkeypatch.chdir(tmp_path)
    for folder in ("archive", "my-rules", "examples/inbox"):
        (tmp_path / folder).mkdir(parents=True)
    for number, action in enumerate(("deliver", "reject", "discard")):
        (tmp_path / f"archive/{number}.eml").write_bytes(for_action(action))
        (tmp_path / f"examples/inbox/{number}.eml").write_bytes(for_action(action))
    (tmp_path / "invoice.pdf").write_bytes(b"%PDF-1.4\n")
    (tmp_path / "my-rules/mine.yar").write_text('rule Mine { strings: $a = "BM" condition: $a at 0 }')
    (tmp_path / "2024.mbox").write_bytes(mbox.mailbox(3))
    with tarfile.open(tmp_path / "2025.tar.gz", "w:gz") as file:
        member = tarfile.TarInfo("1.eml")
        member.size = len(for_action("reject"))
        file.addfile(member, io.BytesIO(for_action("reject")))
    return tmp_path


@pytest.mark.parametrize("command", HERE)
def test_the_commands_of_the_pages_run(command, archive, capfd):
    if " hunt " in command:
        pytest.importorskip("distributed")
        command += " --workers 1"
    assert main(shlex.split(command)[1:]) in (0, 1)
    assert capfd.readouterr().err == ""
    for out in re.findall(r"-o (\S+)", command):
        assert (archive / out).exists()


@pytest.mark.skipif("ATTACHGUARD_CLUSTER" not in os.environ, reason="the long form; `make cluster` runs it")
def test_the_cluster_of_the_page_takes_the_hunt(archive, capfd):
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
    scheduler, worker, hunt = (
        shlex.split(
            line.replace("head:8786", f"127.0.0.1:{port}").replace("s3://mail/2024/", f"file://{archive}/archive")
        )
        for line in CLUSTER
    )
    own = [
        sys.executable,
        "-m",
        "distributed.cli.dask_scheduler",
        *scheduler[2:],
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-dashboard",
    ]
    helper = [sys.executable, "-m", "distributed.cli.dask_worker", *worker[2:], "--no-dashboard"]
    helper[helper.index("--nworkers") + 1] = "1"
    environment = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    with (
        subprocess.Popen(own, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as one,
        subprocess.Popen(helper, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as two,
    ):
        try:
            assert main(hunt[1:]) in (0, 1)
        finally:
            two.terminate()
            time.sleep(0.5)
            one.terminate()
    assert "3 mails and files" in capfd.readouterr().out


@pytest.mark.parametrize("command", MADE)
def test_the_make_targets_of_the_pages_exist(command):
    target = shlex.split(command)[1]
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("command", INSTALLING)
def test_the_extras_that_the_pages_install_exist(command):
    (extra,) = re.findall(r"attachguard\[(\w+)\]", command)
    assert re.search(rf"^{extra} = \[", (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=range(len(SNIPPETS)))
def test_the_snippets_for_embedders_run(snippet):
    done = subprocess.run([sys.executable, "-W", "error", "-c", snippet], check=True, capture_output=True, text=True)
    assert done.stderr == ""


@pytest.mark.parametrize("granularity", COLUMNS)
def test_the_columns_of_the_rows_are_explained(granularity):
    lines = "".join(f"| `{column.name}` | {column.about} |\n" for column in COLUMNS[granularity])
    assert lines in PAGES["hunting"]
