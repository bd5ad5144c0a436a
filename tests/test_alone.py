"""What the library does by itself: nothing outside of its own memory, unless it was asked."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.readers.outside import Tools
from tests.fixtures import all_samples

WATCHED = textwrap.dedent("""
    import sys
    import attachguard
    from attachguard import Policy, Rules, Scanner
    from tests.fixtures import all_samples

    samples = {name: build() for name, build in all_samples().items() if name.partition("/")[0] in set(sys.argv[1:])}
    scanner = Scanner(Policy.load("strict"), rules=Rules.empty())
    # What is loaded late is read from the package's own files: each kind of sample is seen once before anybody watches.
    for name, data in samples.items():
        scanner.scan(data, name=name.rpartition("/")[2], kind="file")
    seen = []
    watching = False
    QUIET = ("open", "socket.", "subprocess.", "os.", "shutil.", "tempfile.", "ctypes.dlopen")

    def watch(event, arguments):
        if watching and event.startswith(QUIET):
            seen.append((event, str(arguments)[:120]))

    sys.addaudithook(watch)
    watching = True
    for name, data in samples.items():
        scanner.scan(data, name=name.rpartition("/")[2], kind="file")
    watching = False
    assert samples
    print(seen[:5])
    sys.exit(bool(seen))
""")


@pytest.mark.parametrize("family", ["rar sevenzip zip lha cab", "pdf", "ooxml doc xls ppt rtf odf", "html svg eml msg"])
def test_a_scanner_starts_no_process_and_opens_nothing_during_a_scan(family):
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *family.split()], capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr[-2000:]


def test_what_nothing_here_reads_says_how_it_could_be_read(bare_scanner):
    name = "cab/lzx/unterlagen.cab"
    alone = Scanner(Policy.load("audit"), rules=Rules.empty())
    said = [
        finding.detail
        for finding in alone.scan(all_samples()[name](), name="a.cab", kind="file").findings
        if finding.code == "uninspectable-content"
    ]
    assert any("Tools.system()" in detail for detail in said)
    assert bare_scanner.tools is not None


def test_tools_that_were_not_named_are_not_asked():
    assert Tools().of("rar") == []
    assert not Tools().libarchive


def test_a_scanner_never_changes():
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty())
    with pytest.raises(AttributeError, match="never changes"):
        scanner.policy = Policy.load("strict")
