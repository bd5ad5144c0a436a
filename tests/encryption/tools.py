"""What the tests of encryption share: running tools, and looking at what comes of their files.

Tools that are not installed skip their rows; `.ci/run` installs them where it can.
"""

from __future__ import annotations

import shutil
import subprocess

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.readers.outside import Tools, optional

SECRET = "Sommer-2024!"
TEXT = b"Sehr geehrte Damen und Herren, anbei die Unterlagen.\n" * 40


def tool(*names: str) -> str:
    """Path of the first of some programs that is installed; skips the test where none is."""
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    pytest.skip(f"none of these programs is installed: {', '.join(names)}")


def run(*command: object, stdin: bytes = b"") -> bytes:
    done = subprocess.run([str(word) for word in command], input=stdin, capture_output=True, check=True, timeout=60)
    return done.stdout


def opens(look, data: bytes, name: str, inside: str, *, wrong: bool = True) -> None:
    """A file that is locked, stays locked under a wrong password, and opens under the right one to something of this type."""
    assert look(data, name)[0] == "unknown-password"
    if wrong:
        assert look(data, name, "falsch")[0] == "unknown-password"
    state, types, details = look(data, name, "falsch", SECRET)
    assert state == "known-password"
    assert inside in types
    assert details[0].endswith("password from operator list")


def members(data: bytes, name: str, *passwords: str) -> dict[str, str]:
    """State of each part inside of a file, by name."""
    report = Scanner(Policy.load("audit"), rules=Rules.empty(), passwords=passwords, tools=Tools.system()).scan(
        data, name=name, kind="file"
    )
    assert "malformed-file" not in {finding.code for finding in report.findings}
    return {part.name: part.encryption for part in report.parts[1:]}


def libarchive() -> None:
    """Skips the test where PPMd cannot be unpacked."""
    if not optional.unpacker():
        pytest.skip("libarchive is not installed, which unpacks PPMd")
