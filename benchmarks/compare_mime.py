"""What other extractors find in the ambiguous messages of the tests: `python -m benchmarks.compare_mime`.

Compares Python's `email`, ripmime and munpack (Debian packages ripmime and mpack; a tool that is absent has an empty column) with attachguard:
`+` the payload was extracted byte for byte, `-` it was not. Messages are built here and nothing of them is ever run.
"""

from __future__ import annotations

import base64
import email
import email.policy
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.ambiguity.build import PROGRAM, SCRIPT
from tests.ambiguity.cases import cases

from attachguard import Policy, Rules, Scanner

_SECONDS = 10
_MARKS = (PROGRAM.rstrip(b"\0"), base64.b64decode(SCRIPT).strip())
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


def main() -> None:
    scanner = Scanner(Policy.load("strict"), rules=Rules.empty())
    columns = ("email", *_TOOLS, "attachguard")
    print(f"{'case':44}" + "".join(f"{column:>13}" for column in columns) + "   ambiguous")
    found = dict.fromkeys(columns, 0)
    for case in cases():
        report = scanner.scan(case.hostile, kind="message")
        codes = {finding.code for finding in report.findings}
        row = {
            "email": by_email(case.hostile),
            **{name: by_tool(name, case.hostile) for name in _TOOLS},
            "attachguard": bool(codes & {"executable-content", "script-content"}),
        }
        for column, value in row.items():
            found[column] += bool(value)
        marks = "".join(f"{'' if value is None else '+' if value else '-':>13}" for value in row.values())
        print(f"{case.name:44}{marks}   {'yes' if 'ambiguous-mime' in codes else ''}")
    print(f"{'found of ' + str(len(cases())):44}" + "".join(f"{found[column]:>13}" for column in columns))


if __name__ == "__main__":
    main()
