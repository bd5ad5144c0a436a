"""`attachguard doctor`: what this installation stands on, and whether it works."""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import platform
import sys
from pathlib import Path

from attachguard import _core
from attachguard.engine.scanner import Scanner
from attachguard.model import Report
from attachguard.policy import Policy
from attachguard.readers.outside import tools
from attachguard.readers.packed import inflate
from attachguard.types.identify import longtail
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


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `doctor` command."""
    doctor = commands.add_parser("doctor", help="versions, what is compiled, a self-test")
    doctor.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Print what was found; 0 when the self-test passes, 1 when it does not."""
    from attachguard.gateway.pool import confine

    lines = [("attachguard", _version("attachguard")), ("python", f"{platform.python_version()} ({sys.executable})")]
    lines += [(package, _version(package)) for package in _PACKAGES]
    lines += [(package, _version(package, f"attachguard[{extra}]")) for package, extra in _OPTIONAL.items()]
    lines += [(f"program {title}", where) for title, where in tools.places()]
    lines.append(("compiled core", core_form()))
    lines.append(("inflate", inflate.ENGINE))
    lines.append(("libmagic", longtail.available()))
    lines += [(f"sandbox {name}", text) for name, text in confine.available().items()]
    rules = Rules.builtin()
    lines.append(("built-in rules", f"{len(rules)} in {len(rules.files)} files"))
    lines.append(("policies", ", ".join(Policy.builtin_names())))
    problem = self_test(rules)
    lines.append(("self-test", problem or "passed"))
    width = max(len(name) for name, _text in lines)
    sys.stdout.writelines(f"{name:<{width}}  {text}\n" for name, text in lines)
    return 1 if problem else 0


def _version(package: str, remedy: str = "") -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return f"not installed (pip install {remedy or package})"


def core_form() -> str:
    """Which modules of the fast core run compiled."""
    names = sorted(
        path.stem for path in Path(_core.__file__ or "").parent.glob("*.py") if not path.stem.startswith("_")
    )
    plain = [
        name for name in names if str(importlib.import_module(f"attachguard._core.{name}").__file__).endswith(".py")
    ]
    if not plain:
        return f"in use ({len(names)} modules)"
    remedy = "reinstall with a C compiler at hand"
    return f"not in use for {', '.join(plain)}: works, but slower; {remedy}"


def self_test(rules: Rules) -> str:
    """Scan a message with the head of a program under a harmless name; empty when it was refused, else what went wrong."""
    report: Report = Scanner(Policy.load("strict"), rules=rules).scan(_SELF_TEST, kind="message")
    codes = {finding.code for finding in report.findings}
    if "executable-content" not in codes or report.verdict.action.delivers:
        return f"FAILED: a program was judged {report.verdict.action.value} with {sorted(codes)}"
    return ""
