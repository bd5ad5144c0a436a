"""Files of two formats, one behind the other, each with a twin that has something harmless there."""

from __future__ import annotations

import io
import zipfile

from tests.ambiguity_files.others import rar
from tests.fixtures import sevenzip
from tests.fixtures.appended import BMP, GIF, JPEG, MP4, PDF, PNG, RTF, WAV
from tests.fixtures.iso import image
from tests.fixtures.pe import program
from tests.fixtures.zip import PROGRAM, TEXT, Member, archive

_SEVEN_ZIP = sevenzip.SAMPLES["lzma/antrag.7z"]
_SEVEN_ZIP_OF_TEXT = sevenzip.archive({"brief.txt": TEXT}, [sevenzip.LZMA])
#: Programs that unpack what stands behind them; not ambiguous, whatever else they are.
SELF_EXTRACTORS = {"7z": lambda: program(overlay=_SEVEN_ZIP()), "rar": lambda: program(overlay=rar(TEXT))}


def _jar() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as writer:
        writer.writestr(zipfile.ZipInfo("META-INF/MANIFEST.MF"), "Main-Class: A\n")
        writer.writestr(zipfile.ZipInfo("A.class"), b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(50))
        writer.writestr(zipfile.ZipInfo("lib/a.dll"), PROGRAM)
    return target.getvalue()


def _zip(*, program: bool) -> bytes:
    return archive(Member("brief.exe", PROGRAM) if program else Member("brief.txt", TEXT))


def _disc(name: str, number: int) -> bytes:
    """A PDF in the part of a disc image that belongs to the system."""
    return PDF.ljust(32768, b"\0") + image({name: number})[32768:]


CASES = {
    "gif that is also a JAR": (lambda: GIF + _jar(), lambda: GIF + _zip(program=False)),
    "png that is also a ZIP": (lambda: PNG + _zip(program=True), lambda: PNG + bytes(30)),
    "bmp with a program behind": (lambda: BMP + PROGRAM, lambda: BMP + bytes(9)),
    "jpg with a program behind": (lambda: JPEG + bytes(4096) + PROGRAM, lambda: JPEG + b"SEFHk\0\0\0" * 9),
    "jpg that is also a 7z": (lambda: JPEG + _SEVEN_ZIP(), lambda: JPEG + MP4),
    "7z behind other bytes": (lambda: b"\x00\x01" * 40 + _SEVEN_ZIP(), lambda: _SEVEN_ZIP_OF_TEXT),
    "7z with another behind it": (lambda: _SEVEN_ZIP_OF_TEXT + _SEVEN_ZIP(), lambda: _SEVEN_ZIP_OF_TEXT + bytes(64)),
    "mp4 that is also a ZIP": (lambda: MP4 + _zip(program=True), lambda: MP4),
    "mp4 that is also a RAR": (lambda: MP4 + rar(PROGRAM), lambda: MP4 + b"\0\0\0\x10free" + bytes(8)),
    "mp4 that is also a 7z": (lambda: MP4 + _SEVEN_ZIP(), lambda: MP4 * 2),
    "wav that is also a RAR": (lambda: WAV + rar(PROGRAM), lambda: WAV + b"LIST\x04\0\0\0INFO"),
    "rtf that is also a RAR": (lambda: RTF + rar(PROGRAM), lambda: RTF + b"\0"),
    "docx that is also a RAR": (
        lambda: archive(Member("a.txt", TEXT)) + rar(PROGRAM),
        lambda: archive(Member("a.txt", TEXT))[:-2] + b"\x09\0Kommentar",
    ),
    "pdf with a program behind": (
        lambda: PDF + PROGRAM,
        lambda: PDF + b"\r\n-- \r\nDiese Nachricht ist vertraulich.\r\n",
    ),
    "pdf that is also a disc": (lambda: _disc("SETUP.EXE;1", 1), lambda: _disc("BRIEF.TXT;1", 0)),
}
