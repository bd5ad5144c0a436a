"""rspamd, unmodified, with attachguard as its clamd and its olefy: the symbols that it sets."""

from __future__ import annotations

import os

import pytest

from tests.external.rspamd import RSPAMD, rspamd
from tests.fixtures import ooxmlenc, vba
from tests.fixtures import zip as zips
from tests.gateway.daemon import daemon
from tests.gateway.mails import FILES, mail
from tests.test_scanner import BAD, CLEAN

pytestmark = pytest.mark.skipif(
    RSPAMD is None or not os.environ.get("ATTACHGUARD_EXTERNAL"), reason="needs rspamd and ATTACHGUARD_EXTERNAL=1"
)

CONFIG = """
workers = 2
timeout = 2
[clamd]
listen = ["127.0.0.1:0"]
[olefy]
listen = ["127.0.0.1:0"]
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rspamd")
    (folder / "attachguard.toml").write_text(CONFIG)
    with daemon(folder, "--config", str(folder / "attachguard.toml"), module="tests.gateway.evil_serve") as running:
        places = ["{}:{}".format(*running.address(front)) for front in ("clamd", "olefy")]
        with rspamd(folder / "rspamd", *places) as filtering:
            yield filtering


def symbols(server, message: bytes) -> dict[str, list[str]]:
    return {name: about.get("options", []) for name, about in server.check(message)["symbols"].items()}


def test_clean_mail_has_no_symbol(server):
    answer = server.check(CLEAN)
    assert not {name for name in answer["symbols"] if name.startswith(("ATTACHGUARD", "OLETOOLS"))}
    assert answer["action"] != "reject"


def test_a_program_is_a_virus(server):
    answer = server.check(BAD)
    assert answer["symbols"]["ATTACHGUARD"]["options"] == ["Attachguard.executable-content"]
    assert answer["action"] == "reject"


def test_macros_have_symbols_of_their_own(server):
    found = symbols(server, mail("makro.bin", vba.SAMPLES["macro/vbaProject.bin"]()))
    assert found["ATTACHGUARD_MACRO"] == ["Heuristics.OLE2.ContainsMacros.VBA"]
    assert found["OLETOOLS"] == ["A----MS-", "AutoOpen", "Shell"]


def test_what_is_locked_has_symbols_of_its_own(server):
    found = symbols(server, mail("plan.xlsx", ooxmlenc.SAMPLES["unknown-password/plan.xlsx"]()))
    assert any(name.startswith("ATTACHGUARD_ENCRYPTED") for name in found)
    assert "OLETOOLS_ENCRYPTED" in found
    name = next(name for name in zips.SAMPLES if name.startswith("zipcrypto/"))
    found = symbols(server, mail("geheim.zip", zips.SAMPLES[name]()))
    assert any("Heuristics.Encrypted.Zip" in option for options in found.values() for option in options)


@pytest.mark.parametrize("words", [b"CRASH\n", b"HANG\n"])
def test_a_scan_that_fails_is_no_clean_scan(server, words):
    answer = server.check(mail("brief.txt", words * 30))
    assert "ATTACHGUARD_FAIL" in answer["symbols"]
    assert answer["action"] in ("soft reject", "reject")


def test_harmless_files_have_no_symbol(server):
    found = symbols(server, mail(*FILES["deliver"]))
    assert not {name for name in found if name.startswith(("ATTACHGUARD", "OLETOOLS"))}
