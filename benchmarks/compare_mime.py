"""What other extractors find in the ambiguous messages of the tests: `python -m benchmarks.compare_mime`, with `--table` as in docs/ambiguity.md.

Compares Python's `email`, ripmime and munpack (Debian packages ripmime and mpack; a tool that is absent has an empty column) with attachguard:
`+` the payload was extracted byte for byte, `-` it was not. Messages are built here and nothing of them is ever run.
"""

from __future__ import annotations

import base64
import email
import email.policy
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.ambiguity.build import PROGRAM, SCRIPT
from tests.ambiguity.cases import cases

from attachguard import Policy, Rules, Scanner

_SECONDS = 10
#: The program, and the script of the file names; a tool may write text with the line ends of its system.
_MARKS = (PROGRAM.rstrip(b"\0"), base64.b64decode(SCRIPT).strip(), base64.b64decode(SCRIPT).replace(b"\r", b"").strip())
_TOOLS = {
    "ripmime": lambda mail, folder: ["ripmime", "-i", mail, "-d", folder, "--no-multiple-filenames"],
    "munpack": lambda mail, folder: ["munpack", "-q", "-f", "-t", "-C", folder, mail],
}


def has_payload(content: bytes) -> bool:
    return any(mark in content for mark in _MARKS)


def by_email(raw: bytes) -> bool:
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    contents = (part.get_payload(decode=True) for part in message.walk() if not part.is_multipart())
    return any(has_payload(content) for content in contents if isinstance(content, bytes))


def by_tool(name: str, raw: bytes) -> bool | None:
    if shutil.which(name) is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        mail = Path(folder, "mail.eml")
        out = Path(folder, "out")
        out.mkdir()
        mail.write_bytes(raw)
        try:
            subprocess.run(_TOOLS[name](str(mail), str(out)), capture_output=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return False
        return any(has_payload(path.read_bytes()) for path in out.rglob("*") if path.is_file())


#: Families of tricks, by the first words of their names.
FAMILIES = {
    "duplicate-encoding": "Content-Transfer-Encoding twice",
    "encoding": "Content-Transfer-Encoding with more than a token",
    "field": "fields that are none to some",
    "type": "Content-Type",
    "boundary": "boundary parameter",
    "delimiter": "delimiter lines",
    "separator": "end of the header",
    "base64-foreign": "base64, foreign characters",
    "base64-padding": "base64, padding",
    "base64": "base64, irregular",
    "qp": "quoted-printable",
    "uuencode": "uuencode",
    "encoded": "encoded multiparts and messages",
    "name": "file names",
    "": "parts around parts, missing delimiters, others",
}


def family(name: str) -> str:
    """The family that a trick belongs to."""
    return next(title for start, title in FAMILIES.items() if name.startswith(start))


def compare() -> dict[str, dict[str, bool | None]]:
    """For each trick, who found its payload; None where the tool is absent."""
    scanner = Scanner(Policy.load("strict"), rules=Rules.empty())
    rows: dict[str, dict[str, bool | None]] = {}
    for case in cases():
        codes = {finding.code for finding in scanner.scan(case.hostile, kind="message").findings}
        rows[case.name] = {
            "email": by_email(case.hostile),
            **{name: by_tool(name, case.hostile) for name in _TOOLS},
            "attachguard": bool(codes & {"executable-content", "script-content"}),
            "ambiguous-mime": "ambiguous-mime" in codes,
        }
    return rows


def table(rows: dict[str, dict[str, bool | None]]) -> str:
    """How many tricks of each family everybody found, as Markdown."""
    columns = list(next(iter(rows.values())))
    lines = ["| tricks | number | " + " | ".join(columns) + " |", "|---|--:|" + "--:|" * len(columns)]
    groups: dict[str, list[dict[str, bool | None]]] = {title: [] for title in FAMILIES.values()}
    for name, row in rows.items():
        groups[family(name)].append(row)
    for title, group in (*groups.items(), ("all", list(rows.values()))):
        counts = [str(sum(bool(row[column]) for row in group)) for column in columns]
        lines.append(f"| {title} | {len(group)} | " + " | ".join(counts) + " |")
    return "\n".join(lines)


def main() -> None:
    """Print who finds what: each trick, or with `--table` each family."""
    rows = compare()
    if "--table" in sys.argv:
        print(table(rows))
        return
    print(f"{'case':44}" + "".join(f"{column:>16}" for column in next(iter(rows.values()))))
    for name, row in rows.items():
        print(f"{name:44}" + "".join(f"{'' if found is None else '+' if found else '-':>16}" for found in row.values()))


if __name__ == "__main__":
    main()
