"""`attachguard doctor`: what this installation depends on, and whether it works."""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import platform
import sys
from pathlib import Path

from attachguard import _core
from attachguard.cli import settings
from attachguard.cli.arguments import Parser
from attachguard.cli.status import Status
from attachguard.engine.scanner import Scanner
from attachguard.errors import OperatorError
from attachguard.formats import ENTRIES
from attachguard.model import Report
from attachguard.policy import Policy
from attachguard.readers.outside import tools
from attachguard.readers.packed import inflate
from attachguard.types.identify import longtail
from attachguard.yara import prefilter
from attachguard.yara.rules import Rules

_PACKAGES = (
    "msgspec",
    "pybase64",
    "yara-python",
    "python-magic",
    "oletools",
    "pikepdf",
    "msoffcrypto-tool",
    "cryptography",
)

#: Optional packages, and the extra that brings them.
_OPTIONAL = {
    "libarchive-c": "archives",
    "zstandard": "archives",
    "brotli": "archives",
    "shtab": "completion",
    "yaramod": "rules",
    "h11": "gateway",
    "prometheus-client": "gateway",
    "distributed": "cluster",
    "pyarrow": "cluster",
    "fsspec": "cluster",
}

_SELF_TEST = (
    b"From: doctor@example.org\r\nTo: you@example.org\r\nSubject: self-test\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: application/octet-stream; name="harmless.txt"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    b"TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"
)


def add_parser(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add the `doctor` command."""
    doctor = commands.add_parser(
        "doctor",
        help="versions, what is compiled, a self-test",
        description="Show what this installation depends on and whether it works. Exit status: 0 the self-test passed, 1 it did not.",
    )
    doctor.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Print what was found; 0 when the self-test passes, 1 when it does not."""
    from attachguard.gateway.pool import confine

    lines = [("attachguard", _version("attachguard")), ("python", f"{platform.python_version()} ({sys.executable})")]
    lines += [(package, _version(package)) for package in _PACKAGES]
    lines += [(package, _version(package, f"'attachguard[{extra}]'")) for package, extra in _OPTIONAL.items()]
    lines += [(f"program {title}", where) for title, where in tools.places()]
    lines.append(("compiled core", core_form()))
    lines.append(("inflate", inflate.ENGINE))
    lines.append(("libmagic", longtail.available()))
    lines += [(f"sandbox {name}", text) for name, text in confine.available().items()]
    broken = broken_formats()
    lines.append(
        ("formats", f"CANNOT BE LOADED: {'; '.join(broken)}" if broken else f"{len(ENTRIES)} modules can be loaded")
    )
    rules = Rules.builtin()
    lines.append(("YARA prefilter", prefilter.state()))
    lines.append(("built-in rules", f"{len(rules)} in {len(rules.files)} files"))
    lines.append(("policies", ", ".join(Policy.builtin_names())))
    where, mistake = _settings()
    lines.append(("settings", mistake or where))
    problem = self_test(rules)
    lines.append(("self-test", problem or "passed"))
    width = max(len(name) for name, _text in lines)
    sys.stdout.writelines(f"{name:<{width}}  {text}\n" for name, text in lines)
    return Status.REFUSED if problem or mistake or broken else Status.FINE


def _version(package: str, remedy: str = "") -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return f"not installed (pip install {remedy or package})"


def _settings() -> tuple[str, str]:
    """The settings file that calls from here use, and why they cannot."""
    from attachguard.cli import main

    path = settings.find(Path.cwd())
    if path is None:
        return f"none ({settings.NAME} here or in a folder above would be used)", ""
    try:
        main.check_settings(path)
    except OperatorError as error:
        return "", f"CANNOT BE USED: {error}"
    return str(path), ""


def core_form() -> str:
    """Which modules of the fast core run compiled."""
    names = sorted(
        path.stem for path in Path(_core.__file__ or "").parent.glob("*.py") if not path.stem.startswith("_")
    )
    plain = [
        name for name in names if str(importlib.import_module(f"attachguard._core.{name}").__file__).endswith(".py")
    ]
    stale = stale_modules()
    if stale:
        return f"OLDER THAN ITS SOURCE: {', '.join(stale)}; verdicts are those of the old source. Build it again: pip install -e ."
    if not plain:
        return f"in use ({len(names)} modules)"
    remedy = "reinstall with a C compiler at hand"
    return f"not in use for {', '.join(plain)}: works, but slower; {remedy}"


def broken_formats() -> list[str]:
    """The modules of formats that cannot be loaded, and why: what they would look into is reported as not inspected."""
    broken = []
    for entry in ENTRIES:
        try:
            _ = entry.inspector
        except (ImportError, OSError) as error:
            broken.append(f"{entry.name}: {error}")
    return broken


def stale_modules(folder: Path = Path(_core.__file__ or "").parent) -> list[str]:
    """Modules of the core in a checkout whose source was changed, or pulled, after they were compiled.

    Args:
        folder: where they lie. Installed packages are passed over: their files have whatever times they were unpacked with.
    """
    if not (folder.parents[2] / "setup.py").is_file():
        return []
    return sorted(
        built.name.partition(".")[0]
        for built in folder.glob("*.so")
        if (source := folder / f"{built.name.partition('.')[0]}.py").is_file()
        and source.stat().st_mtime > built.stat().st_mtime
    )


def self_test(rules: Rules) -> str:
    """Scan a message with the head of a program under a harmless name; empty when it was refused, else what went wrong."""
    report: Report = Scanner(Policy.load("strict"), rules=rules).scan(_SELF_TEST, kind="message")
    codes = {finding.code for finding in report.findings}
    if "executable-content" not in codes or report.verdict.action.delivers:
        return f"FAILED: a program was judged {report.verdict.action.value} with {sorted(codes)}"
    return ""
