"""Rule files as they lie on disk: found, read as text, each with the files that it includes.

Public sets are what analysts have, so they are taken as they are: four suffixes, Latin-1 where a file is not UTF-8, indexes that only include
what lies beside them. `include` reaches no further than the folder that was named: a rule file is text from others, and must not read what it likes.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from attachguard.errors import RuleError

#: What rule files are called.
SUFFIXES: Final = (".yar", ".yara", ".rule", ".rules")
#: The folder of rules that are only tried.
NURSERY: Final = "nursery"
#: libyara follows includes so deep and no deeper.
_DEEPEST: Final = 16

#: Comments, strings and regular expressions: YARA divides with a backslash, so every other slash begins one of these.
_OPAQUE: Final = re.compile(r'//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:[^"\\\n]|\\.)*"|/(?:[^/\\\n]|\\.)+/', re.DOTALL)
_PERHAPS: Final = re.compile(r'include\s*"')
_INCLUDE: Final = re.compile(r'\binclude\s*("\s*")')
_RULE: Final = re.compile(r"\brule\s+\w")
#: The line of a string's definition, up to its value.
_STRING_LINE: Final = re.compile(r"^[ \t]*\$\w*[ \t]*=[ \t]*", re.MULTILINE)
_HIGH: Final = re.compile(r"[\x80-\xff]")


class Source(NamedTuple):
    """One rule file.

    Args:
        space: the namespace of its rules: its path in the folder that was named, without suffix.
        file: where it is.
        text: what it says.
        included: texts that it includes, by who includes it (empty for the file itself) and the name that is there.
        nursery: whether it lies in a folder called nursery, in the folder that was named or below.
    """

    space: str
    file: Path
    text: str
    included: Mapping[tuple[str, str], str]
    nursery: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """Its text and those that it includes."""
        return self.text, *self.included.values()


def collect(folders: Iterable[Path], problems: list[RuleError]) -> list[Source]:
    """The rule files at some paths, each once.

    Args:
        folders: files, or folders whose rule files are taken at any depth.
        problems: files that cannot be read are added here.

    Raises:
        RuleError: a path does not exist or has no rules.
    """
    sources: dict[str, Source] = {}
    seen: set[tuple[int, int]] = set()
    for folder in folders:
        found: list[Source] = []
        files = _files(folder)
        before = len(problems)
        base = (folder if folder.is_dir() else folder.parent).resolve()
        for file, inside, identity in files:
            if identity in seen:
                continue
            seen.add(identity)
            try:
                found.append(_source(file, inside, base))
            except RuleError as error:
                problems.append(error)
        if not files or (found and len(problems) == before and all(_says_nothing(source) for source in found)):
            raise _empty(folder)
        for source in _without_indexes(found):
            space = next(name for name in _spaces(source, folder) if name not in sources)
            sources[space] = source._replace(space=space)
    return list(sources.values())


def blanked(text: str) -> str:
    """A text of the same length without what is in comments, strings and regular expressions; quotes and line ends stay."""
    return _OPAQUE.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    piece = found[0]
    if piece.startswith('"'):
        return '"' + " " * (len(piece) - 2) + '"'
    return re.sub(r"[^\n]", " ", piece)


def _files(path: Path) -> list[tuple[Path, str, tuple[int, int]]]:
    """Rule files, each with its path in the folder and what tells whether it is the same as another."""
    if path.is_file():
        return [(path, path.name, _identity(path.stat()))]
    if not path.is_dir():
        raise RuleError("no such file or folder", file=str(path))
    found: list[tuple[Path, str, tuple[int, int]]] = []
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = folder[len(str(path)) :].lstrip(os.sep)
        for name in names:
            if name.lower().endswith(SUFFIXES):
                file = Path(folder, name)
                with contextlib.suppress(OSError):  # a link to nowhere
                    about = file.stat()
                    if stat.S_ISREG(about.st_mode):
                        found.append((file, f"{inside}/{name}".lstrip("/"), _identity(about)))
    return sorted(found, key=lambda each: each[1])


def _identity(about: os.stat_result) -> tuple[int, int]:
    return about.st_dev, about.st_ino


def _says_nothing(source: Source) -> bool:
    return not source.included and not blanked(source.text).strip()


def _empty(path: Path) -> RuleError:
    if path.is_file():
        return RuleError("has no rules: a rule begins with the word rule and its name", file=str(path))
    return RuleError(f"no rules here: rule files end in {', '.join(SUFFIXES)}", file=str(path))


def _spaces(source: Source, folder: Path) -> Iterator[str]:
    """Names for the namespace of a file: short while nobody else has it."""
    yield source.space
    yield f"{folder.resolve().name}/{source.space}"
    yield source.file.as_posix()


def _source(file: Path, inside: str, base: Path) -> Source:
    text = read(file)
    included: dict[tuple[str, str], str] = {}
    if _PERHAPS.search(text):
        _follow(file, "", text, base, included, 0)
    folders = (base.name, *inside.split("/")[:-1])
    return Source(inside.removesuffix(file.suffix), file, text, included, NURSERY in folders)


def read(file: Path) -> str:
    """The text of a rule file.

    Raises:
        RuleError: it cannot be read, or is no text.
    """
    try:
        octets = file.read_bytes()
    except OSError as error:
        raise RuleError(f"cannot be read: {error.strerror or error}", file=str(file)) from error
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RuleError("is UTF-16 text: save it as UTF-8", file=str(file), line=1)
    if b"\0" in octets:
        line = octets.count(b"\n", 0, octets.index(b"\0")) + 1
        raise RuleError(
            "is no text: it has a NUL octet; a rule file is UTF-8 or Latin-1 text", file=str(file), line=line
        )
    try:
        return octets.removeprefix(codecs.BOM_UTF8).decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return _latin(octets.decode("latin-1")).replace("\r\n", "\n")


def _latin(text: str) -> str:
    """Text of a Latin-1 file. Its strings stand for the octets that are in it, which UTF-8 would spell with two."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if _HIGH.search(line) and _STRING_LINE.match(line):
            lines[number] = _HIGH.sub(lambda found: f"\\x{ord(found[0]):02x}", line)
    return "\n".join(lines)


def _follow(file: Path, name: str, text: str, base: Path, included: dict[tuple[str, str], str], depth: int) -> None:
    """Read what a text includes, and what that includes."""
    plain = blanked(text)
    for found in _INCLUDE.finditer(plain):
        wanted = text[found.start(1) + 1 : found.end(1) - 1]
        line = plain.count("\n", 0, found.start()) + 1
        if (name, wanted) in included:
            continue
        target = (file.parent / wanted).resolve()
        if not target.is_relative_to(base):
            message = (
                f'include "{wanted}" leaves the folder {base}: copy the file into it, or give both folders to --rules'
            )
            raise RuleError(message, file=str(file), line=line)
        if not target.is_file():
            raise RuleError(f'include "{wanted}": there is no such file beside this one', file=str(file), line=line)
        if depth >= _DEEPEST:
            raise RuleError(f'include "{wanted}" is nested deeper than {_DEEPEST} files', file=str(file), line=line)
        included[name, wanted] = read(target)
        _follow(target, wanted, included[name, wanted], base, included, depth + 1)


def _without_indexes(sources: list[Source]) -> list[Source]:
    """The files without those that only include others of them: their rules would be there twice."""
    texts = {source.text for source in sources}
    return [
        source
        for source in sources
        if not source.included or _RULE.search(blanked(source.text)) or not texts.issuperset(source.included.values())
    ]
