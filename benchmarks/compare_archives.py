"""What other extractors find in the ambiguous archives of the tests: `python -m benchmarks.compare_archives`.

Compares Python's `zipfile`, unzip, 7z and bsdtar (Debian packages unzip, 7zip or p7zip-full, libarchive-tools; a tool that is absent has an empty
column and is named below the table) with attachguard: `+` the hidden program came out, `-` it did not. bsdtar reads each file
twice, by name and as a stream. The table is in Markdown, as it stands in `docs/ambiguity-files.md`. Archives are built here and nothing of them is
ever run.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import zipfile
import zlib
from pathlib import Path

from tests.ambiguity_files import CASES, ZIP_CASES
from tests.fixtures.zip import PROGRAM

from attachguard import Policy, Rules, Scanner

_SECONDS = 10
#: Every program of the tests begins like this.
_MARK = PROGRAM[:68]
_TOOLS = {
    "unzip": lambda file, folder: ["unzip", "-o", "-q", "-P", "x", file, "-d", folder],
    "7z": lambda file, folder: ["7z", "x", "-y", "-px", f"-o{folder}", file],
    "bsdtar": lambda file, folder: ["bsdtar", "-x", "-f", file, "-C", folder],
    "bsdtar, stream": lambda _file, folder: ["bsdtar", "-x", "-f", "-", "-C", folder],
}
_ZIP_ONLY = ("unzip",)


def has_program(content: bytes) -> bool:
    """Whether a program stands in some content as it is; archives that hold one do not, because it is packed there."""
    return _MARK in content


def by_zipfile(raw: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return any(_read(archive, info) for info in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    try:
        return has_program(archive.read(info))
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, RuntimeError):
        return False


def by_tool(name: str, raw: bytes) -> bool | None:
    command = name.partition(",")[0]
    if shutil.which(command) is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "archive.bin")
        out = Path(folder, "out")
        out.mkdir()
        file.write_bytes(raw)
        try:
            subprocess.run(
                _TOOLS[name](str(file), str(out)),
                input=raw if "stream" in name else b"",
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
        return any(
            has_program(path.read_bytes()) for path in out.rglob("*") if path.is_file() and not path.is_symlink()
        )


def main() -> None:
    scanner = Scanner(Policy.load("strict"), rules=Rules.empty())
    columns = ("zipfile", *_TOOLS, "attachguard")
    width = max(map(len, CASES))
    found = dict.fromkeys(columns, 0)
    print(f"| {'case':{width}} | {' | '.join(columns)} | said |")
    print(f"|{'-' * (width + 2)}|{'---|' * (len(columns) + 1)}")
    for case, (hostile, _twin) in CASES.items():
        raw = hostile()
        report = scanner.scan(raw, kind="file", name="anlage.zip")
        said = sorted({finding.code for finding in report.findings} & {"archive-ambiguous", "polyglot-file"})
        row = {
            "zipfile": by_zipfile(raw) if case in ZIP_CASES else None,
            **{name: by_tool(name, raw) if case in ZIP_CASES or name not in _ZIP_ONLY else None for name in _TOOLS},
            "attachguard": any(part.type.id == "pe" for part in report.parts),
        }
        for column, value in row.items():
            found[column] += bool(value)
        marks = " | ".join(
            f"{'' if value is None else '+' if value else '-':{len(column)}}" for column, value in row.items()
        )
        print(f"| {case:{width}} | {marks} | {', '.join(said)} |")
    sums = " | ".join(f"{found[column]:<{len(column)}}" for column in columns)
    print(f"| {f'found of {len(CASES)}, {len(ZIP_CASES)} of them ZIP':{width}} | {sums} |  |")
    absent = sorted({name for name in _TOOLS if shutil.which(name.partition(",")[0]) is None})
    if absent:
        print(f"\nNot installed here: {', '.join(absent)}.")


if __name__ == "__main__":
    main()
