"""What became of cleaned files, as programs that are not ours see it.

    python -m tests.external.cleaned_files PATH… [--table]

Every given file is cleaned under the policy `disarm`; what comes out has to be unchanged by a second run, free of macros for olevba, sound for qpdf
with nothing left in its QDF form that acts, readable by python-docx, openpyxl, python-pptx and LibreOffice with the same text as before. Needs the
packages python-docx, openpyxl, python-pptx and the programs qpdf and soffice; a check whose program is not there is left out and named.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import io
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

from attachguard import Policy, Report, Scanner

WORDS = frozenset({"docx", "docm", "dotx", "dotm", "doc", "odt", "ott", "fodt", "rtf"})
SHEETS = frozenset({"xlsx", "xlsm", "xltx", "xltm", "xlsb", "xls", "ods", "ots", "fods"})
SLIDES = frozenset({"pptx", "pptm", "potx", "potm", "ppsx", "ppsm", "ppt", "odp"})
#: What acts in a PDF, as its QDF form spells it; links of the web and places in the file itself stay.
ACTING = re.compile(
    rb"/S\s*/(?:JavaScript|Launch|SubmitForm|ImportData|Movie|Sound|RichMediaExecute|GoToE|GoToR)\b"
    rb"|/JS\b|/XFA\b|/Subtype\s*/(?:RichMedia|Movie|Sound|3D|Screen)\b"
)


def clean(scanner: Scanner, data: bytes, name: str) -> tuple[Report, str]:
    """The report and the name of the copy."""
    report = scanner.scan(data, name=name)
    return report, report.sanitized_name or name


def faults(scanner: Scanner, before: bytes, report: Report, name: str) -> Iterator[str]:
    """What is wrong with a cleaned file."""
    after = report.sanitized
    again = scanner.scan(after, name=name)
    if not again.verdict.action.delivers:
        yield f"second scan: {again.verdict.action.value} {again.verdict.reasons}"
    kind = again.parts[0].type.id
    yield from macros(after, name)
    if kind == "pdf":
        yield from pdf_faults(after)
        yield from pdf_text_faults(before, after)
    elif zipfile.is_zipfile(io.BytesIO(after)):
        yield from package_faults(after, report)
    if kind != "pdf":
        yield from reader_faults(kind, before, report)


def macros(data: bytes, name: str) -> Iterator[str]:
    """What olevba finds."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stderr(io.StringIO()),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        from oletools.olevba import VBA_Parser

        try:
            parser = VBA_Parser(name, data=data)
        except Exception:  # noqa: BLE001 - a type that olevba does not know
            return
        try:
            if parser.detect_vba_macros():
                code = [text for *_, text in parser.extract_all_macros() if "Attribute VB_" in str(text)]
                if code:  # it takes any text for VBA
                    yield f"olevba: VBA macros ({len(code)} modules)"
            if parser.detect_xlm_macros():
                yield "olevba: XLM macros"
        except Exception as error:  # noqa: BLE001
            yield f"olevba: {type(error).__name__}"
        finally:
            parser.close()


def pdf_faults(data: bytes) -> Iterator[str]:
    """What qpdf says, and what its QDF form still holds."""
    if shutil.which("qpdf") is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "after.pdf"
        path.write_bytes(data)
        checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
        if checked.returncode:
            yield f"qpdf --check: {checked.returncode} {checked.stderr.strip().splitlines()[-1:]}"
        plain = subprocess.run(
            ["qpdf", "--qdf", "--object-streams=disable", "--decrypt", path, "-"], capture_output=True, check=False
        ).stdout
    found = ACTING.search(plain)
    if found is not None:
        yield f"QDF: {found[0].decode()}"


def pdf_text_faults(before: bytes, after: bytes) -> Iterator[str]:
    """Whether pypdf reads the same text on every page."""
    import logging

    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        expected = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(before)).pages]
    except Exception:  # noqa: BLE001 - what it never read tells nothing
        return
    if [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(after)).pages] != expected:
        yield "pypdf: other text"


def package_faults(data: bytes, report: Report) -> Iterator[str]:
    """Whether a package agrees with itself, and whether anything that was removed is still in it."""
    import hashlib

    gone = {record.sha256 for record in report.removed if record.sha256}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if archive.testzip() is not None:
            yield "ZIP: a member is damaged"
        names = {name.lower() for name in archive.namelist()}
        for name in archive.namelist():
            content = archive.read(name)
            if content and hashlib.sha256(content).hexdigest() in gone:
                yield f"still there: {name}"
        if "[content_types].xml" not in names:
            return
        types = archive.read("[Content_Types].xml")
        for part in re.findall(rb'PartName="/([^"]*)"', types):
            if part.decode().lower() not in names:
                yield f"content type without a part: {part.decode()}"
        if (
            b"macroEnabled" in types
            and b"sheet.binary.macroEnabled" not in types
            and any("vba" in r.kind for r in report.removed)
        ):
            yield "a macro-enabled content type is left"
        yield from relation_faults(archive, names)


def relation_faults(archive: zipfile.ZipFile, names: set[str]) -> Iterator[str]:
    """Relationships that lead nowhere, and references to relationships that are not there."""
    from attachguard.formats.office._office.opc import parse_relationships, resolve, xml_text

    for name in archive.namelist():
        if not name.endswith(".rels"):
            continue
        links = parse_relationships(xml_text(archive.read(name)), name.lower())
        for link in links:
            target = resolve(link.source, link.target)
            if not link.external and target not in names and link.target.lower() != "null" and target:
                yield f"relationship to nothing: {name} -> {link.target}"
        folder, _, file = name.rpartition("_rels/")
        source = folder + file.removesuffix(".rels")
        if source.endswith(".xml") and source in archive.namelist():
            text = archive.read(source)
            known = {link.id for link in links}
            for ident in set(re.findall(rb'\br:(?:id|embed|link|pict)="([^"]+)"', text)):
                if ident.decode() not in known:
                    yield f"r:id without a relationship: {source} {ident.decode()}"


def reader_faults(kind: str, before: bytes, report: Report) -> Iterator[str]:
    """Whether the usual libraries read the same text and values."""
    after = report.sanitized
    read = {
        "docx": docx_text,
        "dotx": docx_text,
        "xlsx": xlsx_values,
        "xltx": xlsx_values,
        "pptx": pptx_text,
        "potx": pptx_text,
        "ppsx": pptx_text,
        "xls": xls_values,
    }.get(kind)
    if read is None:
        return
    try:
        expected = read(before)
    except Exception:  # noqa: BLE001 - what the library never read tells nothing
        return
    try:
        found = read(after)
    except Exception as error:  # noqa: BLE001
        yield f"{read.__name__}: {type(error).__name__} {error}"
        return
    if isinstance(expected, dict) and any(record.kind == "xlm" for record in report.removed):
        expected = {title: rows for title, rows in expected.items() if title in found}
    if found != expected:
        yield f"{read.__name__}: differs"


def xls_values(data: bytes) -> dict[str, list[list]]:
    """Values of the sheets of an old workbook, as xlrd reads them."""
    import xlrd

    book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
    return {sheet.name: [sheet.row_values(row) for row in range(sheet.nrows)] for sheet in book.sheets()}


def docx_text(data: bytes) -> list[str]:
    """Paragraphs and cells, as python-docx reads them."""
    import docx

    document = docx.Document(_plain_main(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + cells


def xlsx_values(data: bytes) -> dict[str, list[tuple]]:
    """Values of the worksheets, as openpyxl reads them."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        return {sheet.title: list(sheet.values) for sheet in book.worksheets}


def pptx_text(data: bytes) -> list[str]:
    """Texts of the slides, as python-pptx reads them."""
    import pptx

    slides = pptx.Presentation(_plain_main(data)).slides
    return [shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame]


def _plain_main(data: bytes) -> io.BytesIO:
    """A document as the libraries take it: they refuse templates and macro-enabled types by their content type alone."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "[Content_Types].xml":
                content = re.sub(
                    rb"application/vnd\.(?:ms-word\.(?:document|template)\.macroEnabled(?:Template)?\.main|openxmlformats-officedocument\.wordprocessingml\.template\.main)\+xml",
                    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
                    content,
                )
                content = re.sub(
                    rb"application/vnd\.(?:ms-powerpoint\.(?:presentation|template|slideshow)\.macroEnabled\.main|openxmlformats-officedocument\.presentationml\.(?:template|slideshow)\.main)\+xml",
                    b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
                    content,
                )
            new.writestr(item, content)
    out.seek(0)
    return out


def office_texts(files: dict[str, bytes], folder: Path) -> dict[str, str]:
    """The text of office files by key, as LibreOffice converts them; keys that it cannot read are missing."""
    source, target = folder / "in", folder / "out"
    source.mkdir(parents=True)
    groups: dict[str, list[Path]] = collections.defaultdict(list)
    for key, data in files.items():
        path = source / key
        path.write_bytes(data)
        suffix = path.suffix[1:]
        groups["txt:Text" if suffix in WORDS else "csv" if suffix in SHEETS else "pdf"].append(path)
    for form, paths in groups.items():
        for start in range(0, len(paths), 40):
            command = [
                "soffice",
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                form,
                "--outdir",
                target,
            ]
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run([*command, *paths[start : start + 40]], capture_output=True, timeout=300, check=False)
    texts = {}
    for key in files:
        stem = target / Path(key).stem
        for suffix in (".txt", ".csv"):
            if stem.with_name(stem.name + suffix).exists():
                # A function whose macro is gone, or whose link is, shows another error than before.
                text = stem.with_name(stem.name + suffix).read_text("utf-8", "replace")
                texts[key] = re.sub(r"#(?:NAME\?|VALUE!|REF!|N/A)|Err:\d+", "#ERROR", text)
        if stem.with_name(stem.name + ".pdf").exists():
            texts[key] = _pages(stem.with_name(stem.name + ".pdf"))
    return texts


def alike(before: str, after: str | None) -> bool:
    """Whether two texts are the same, but for cells that showed an error before: the value that was stored for them may show now."""
    if after is None:
        return False
    ours, theirs = re.split(r"[,\n]", before), re.split(r"[,\n]", after)
    if len(ours) != len(theirs):
        return before == after
    return all(other in (one, "#ERROR") or one == "#ERROR" for one, other in zip(ours, theirs, strict=True))


def _pages(path: Path) -> str:
    import pikepdf

    with pikepdf.open(path) as pdf:
        return f"{len(pdf.pages)} pages"


class Tally:
    """Counts by type, and what was found wrong by file.

    Args:
        scanner: cleans, and looks at what came out.
    """

    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner
        self.rows: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
        self.wrong: dict[Path, list[str]] = {}
        self._before: dict[str, bytes] = {}
        self._after: dict[str, bytes] = {}
        self._paths: dict[str, tuple[Path, str]] = {}

    def take(self, number: int, path: Path) -> None:
        """Clean one file and look at it."""
        data = path.read_bytes()
        report, name = clean(self.scanner, data, path.name)
        kind = report.parts[0].type.id
        row = self.rows[kind]
        row["in"] += 1
        if report.verdict.action.delivers:
            row["unchanged"] += 1
            return
        if report.sanitized is None:
            row["refused"] += 1
            cause = next(
                (each.detail for each in report.findings if each.code == "sanitize-failed"), str(report.verdict.reasons)
            )
            sys.stdout.write(f"refused  {path}: {cause}\n")
            return
        row["cleaned"] += 1
        self.wrong[path] = list(faults(self.scanner, data, report, name))
        row["usable"] += not self.wrong[path]
        # LibreOffice shows the first sheet only, and that was often the macro sheet.
        if kind in WORDS | SHEETS | SLIDES and not any(record.kind == "xlm" for record in report.removed):
            after = Path(name).suffix[1:].lower()
            self._before[f"{number}.{kind}"] = data
            self._after[f"{number}.{after if after in WORDS | SHEETS | SLIDES else kind}"] = report.sanitized
            self._paths[str(number)] = path, kind

    def compare(self) -> None:
        """Convert everything before and after with LibreOffice."""
        with tempfile.TemporaryDirectory() as folder:
            before = {
                key.partition(".")[0]: text for key, text in office_texts(self._before, Path(folder) / "a").items()
            }
            after = {key.partition(".")[0]: text for key, text in office_texts(self._after, Path(folder) / "b").items()}
        for key, (path, kind) in self._paths.items():
            if key in before and not alike(before[key], after.get(key)):
                self.rows[kind]["usable"] -= not self.wrong[path]
                self.wrong[path].append("LibreOffice: " + ("cannot open it" if key not in after else "other text"))

    def show(self) -> bool:
        """Print what is wrong, and the table; whether 98 of 100 came out usable."""
        for path, found in self.wrong.items():
            for fault in found:
                sys.stdout.write(f"WRONG    {path}: {fault}\n")
        total: collections.Counter = collections.Counter()
        lines = ["| type | files | unchanged | cleaned | of these usable | refused |", "|---|---|---|---|---|---|"]
        for kind, row in sorted(self.rows.items()):
            total.update(row)
            lines.append(
                f"| {kind} | {row['in']} | {row['unchanged']} | {row['cleaned']} | {row['usable']} | {row['refused']} |"
            )
        lines.append(
            f"| together | {total['in']} | {total['unchanged']} | {total['cleaned']} | {total['usable']} | {total['refused']} |"
        )
        sys.stdout.write("\n".join(lines) + "\n")
        return total["unchanged"] + total["usable"] >= 0.98 * total["in"]


def main(arguments: list[str] | None = None) -> int:
    """Clean, check, print a table by type; 1 where less than 98 of 100 come out usable."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--no-office", action="store_true", help="without LibreOffice, which takes minutes")
    options = parser.parse_args(arguments)
    tally = Tally(Scanner(Policy.load("disarm"), rewrite=True))
    for number, path in enumerate(options.paths):
        tally.take(number, path)
    if not options.no_office and shutil.which("soffice") is not None:
        tally.compare()
    return 0 if tally.show() else 1


if __name__ == "__main__":
    sys.exit(main())
