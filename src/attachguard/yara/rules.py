"""YARA rules: load, check, match. The only module that imports yara.

Rules are the analysts' daily work, so a mistake is reported with file, line and remedy, and whatever public rules expect of their surroundings
(external variables, one namespace a file) is there. What a match means for the mail is the policy's business; a rule may name the reason code
it stands for and grade itself.

libyara walks every byte of a part even for rules that cannot match there. A rule that says which types it is for (`attachguard_types`) need not
be tried on others, and where every rule of a set says so, most parts (pictures, archives, fonts) meet no rule at all; a part that may meet one
meets all of them in one pass, which costs hardly more than a pass with a few.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Self

import yara

from attachguard.codes import CODES
from attachguard.errors import LimitExceeded, RuleError
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.types.filetypes import UNKNOWN

_SUFFIXES: Final = (".yar", ".yara")
#: No rule set may hold a worker longer than this on one part; libyara counts whole seconds.
_SECONDS: Final = 20
_NAME_LENGTH: Final = 1024
_DETAIL_LENGTH: Final = 160
_CODE: Final = "malware-suspected"

_ERROR_PLACE: Final = re.compile(r"^line (?P<line>\d+): (?P<message>.*)$", re.DOTALL)
_UNDEFINED: Final = re.compile(r'undefined identifier "([^"]+)"')


def _safe(text: str) -> str:
    """A string that libyara takes: no lone surrogate, no NUL, bounded. A crafted file name must not switch the rules off."""
    return text[:_NAME_LENGTH].replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _extension(part: Part) -> str:
    return f".{part.extension}" if part.extension else ""


#: External variables: always defined, so that public rules compile; what each is for a part.
EXTERNALS: Final[dict[str, Callable[[Part], str | int | bool]]] = {
    "filename": lambda part: _safe(part.name),
    "filepath": lambda part: _safe(part.path),
    "extension": lambda part: _safe(_extension(part)),
    "filetype": lambda part: part.type.id,
    "file_type": lambda part: part.type.id,
    "owner": lambda _part: "",
    "md5": lambda part: hashlib.md5(part.data, usedforsecurity=False).hexdigest(),
    "ag_mime": lambda part: part.type.mime,
    "ag_depth": lambda part: part.depth,
    "ag_role": lambda part: part.role,
    "ag_path": lambda part: _safe(part.path),
    "ag_parent_type": lambda part: part.parent.type.id if part.parent is not None else "",
    "ag_encrypted": lambda part: part.encryption != "none",
    "ag_has_macros": lambda part: part.has_macros,
}

_DEFAULTS: Final[dict[str, str | int | bool]] = {
    name: False if name in ("ag_encrypted", "ag_has_macros") else 0 if name == "ag_depth" else "" for name in EXTERNALS
}


class Rules:
    """A compiled set of YARA rules; immutable, safe to share between threads and across fork, and picklable.

    Made by `builtin`, `load` or `empty`.
    """

    __slots__ = ("_compiled", "_externals", "_gates", "count", "files")

    def __init__(
        self, compiled: Any, files: tuple[Path, ...], externals: tuple[str, ...], gates: frozenset[str] | None
    ) -> None:
        self._compiled = compiled
        self._externals = externals
        self._gates = gates
        self.files = files
        self.count = len(list(compiled)) if compiled is not None else 0

    @classmethod
    def empty(cls) -> Self:
        """No rules at all."""
        return cls(None, (), (), None)

    @classmethod
    def builtin(cls) -> Self:
        """The rules that come with attachguard."""
        return cls.load(builtin=True)

    @classmethod
    def load(cls, *paths: str | Path, builtin: bool = False) -> Self:
        """Compile rule files.

        Args:
            paths: files, or folders whose `.yar` and `.yara` files are taken at any depth. Each file is a namespace of its own.
            builtin: whether to add the rules that come with attachguard.

        Raises:
            RuleError: a path cannot be read or a rule cannot be used; with file, line and remedy.
        """
        sources: dict[str, Path] = {}
        for folder in (*((builtin_folder(),) if builtin else ()), *map(Path, paths)):
            for file in _files(folder):
                base = folder if folder.is_dir() else folder.parent
                sources.setdefault(file.relative_to(base).with_suffix("").as_posix(), file)
                if file not in sources.values():
                    sources[file.as_posix()] = file
        if not sources:
            return cls.empty()
        texts = {space: _read(file) for space, file in sources.items()}
        compiled = _compile(sources, texts)
        _check_meta(compiled, sources, texts)
        return cls(compiled, tuple(sources.values()), _externals(texts), _gates(compiled))

    def match(self, part: Part) -> Iterator[Finding]:
        """One finding for each rule that matches a part's bytes.

        Raises:
            LimitExceeded: the rules took too long.
        """
        compiled, gates = self._compiled, self._gates
        if compiled is None or not part.data:
            return
        if gates is not None and not any(kind.id in gates or kind.group in gates for kind in part.types or (UNKNOWN,)):
            return
        try:
            matches = compiled.match(
                data=part.data,
                externals={name: EXTERNALS[name](part) for name in self._externals},
                timeout=_SECONDS,
                fast=True,
                warnings_callback=_ignore,
            )
        except yara.TimeoutError as error:
            raise LimitExceeded("seconds", f"the YARA rules took longer than {_SECONDS} s on one part") from error
        for match in matches:
            wanted = _types_of(match)
            if not wanted or any(kind.id in wanted or kind.group in wanted for kind in part.types or (UNKNOWN,)):
                yield _finding(match)

    def __len__(self) -> int:
        return self.count

    def __reduce__(self) -> tuple[Any, ...]:
        """Compiled rules travel to other processes as libyara saves them; such bytes are for one version of libyara, and from trusted hands only."""
        saved = None
        if self._compiled is not None:
            with io.BytesIO() as file:
                self._compiled.save(file=file)
                saved = file.getvalue()
        return _restored, (type(self), saved, self.files, self._externals, self._gates)


def _restored(
    cls: type[Rules],
    saved: bytes | None,
    files: tuple[Path, ...],
    externals: tuple[str, ...],
    gates: frozenset[str] | None,
) -> Rules:
    """The rules that `Rules.__reduce__` has packed."""
    if saved is None:
        return cls(None, files, externals, gates)
    with io.BytesIO(saved) as file:
        return cls(yara.load(file=file), files, externals, gates)


def _gates(compiled: Any) -> frozenset[str] | None:
    """The type ids and groups that some rule is for; None as soon as one rule is for everything."""
    # A set of compiled rules is its own iterator, so that one loop inside another would see only what is left.
    wanted = [_types_of(rule) for rule in list(compiled) if not rule.is_private]
    return frozenset[str]().union(*wanted) if all(wanted) else None


def _externals(texts: dict[str, str]) -> tuple[str, ...]:
    """The external variables that some rules use.

    Metadata (`md5 = "…"`) and functions of modules (`hash.md5`) share these names; only a condition asks for the value.
    """
    used = "\n".join(texts.values())
    return tuple(name for name in EXTERNALS if name in used and re.search(rf"(?<![.\w]){name}\b(?!\s*=\s*\")", used))


def _types_of(rule: Any) -> list[str]:
    return str(rule.meta.get("attachguard_types", "")).split()


def _compiled(texts: dict[str, str]) -> Any:
    """Compiled rules as they are when they have been saved and loaded again: without the 9 MB that a compiler leaves with each set."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compiled = yara.compile(sources=texts, externals=_DEFAULTS, includes=False)
    with io.BytesIO() as file:
        compiled.save(file=file)
        file.seek(0)
        return yara.load(file=file)


def _ignore(_kind: int, _message: object) -> int:
    """Too many matches of one string: libyara goes on with the rest, and so do we."""
    return int(yara.CALLBACK_CONTINUE)


def _finding(match: Any) -> Finding:
    meta = match.meta
    about = f": {meta['description']}" if isinstance(meta.get("description"), str) else ""
    score = meta.get("score")
    return Finding(
        code=meta.get("attachguard_code", _CODE),
        detail=f"YARA {match.rule}{about}"[:_DETAIL_LENGTH],
        source=f"yara:{match.namespace}",
        kind="yara-match" if meta.get("attachguard_code", _CODE) == _CODE else meta["attachguard_code"],
        score=min(100, max(0, score)) if isinstance(score, int) and not isinstance(score, bool) else None,
    )


def builtin_folder() -> Path:
    """Where the shipped rules are: inside the installed package, or beside `src` in a checkout."""
    installed = Path(__file__).parents[1] / "builtin_rules"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "rules"


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise RuleError("no such file or folder", file=str(path))
    return sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"cannot be read: {error}; a rule file is UTF-8 text", file=str(file)) from error


def _compile(sources: dict[str, Path], texts: dict[str, str]) -> Any:
    """All files in one compiled set; on a mistake the file that has it is found by compiling each alone."""
    try:
        return _compiled(texts)
    except yara.Error as error:
        for space, text in texts.items():
            try:
                _compiled({space: text})
            except yara.Error as alone:
                raise _rule_error(sources[space], str(alone)) from alone
        raise RuleError(f"the rule files do not compile together: {error}") from error


def _rule_error(file: Path, message: str) -> RuleError:
    place = _ERROR_PLACE.match(message)
    line = int(place["line"]) if place is not None else 0
    said = place["message"] if place is not None else message
    undefined = _UNDEFINED.search(said)
    if undefined is not None:
        said += f" (import the module it belongs to, or use an external variable: {', '.join(EXTERNALS)})"
    elif "include" in said:
        said += " (include is switched off: give the other file to --rules as well)"
    return RuleError(said, file=str(file), line=line)


def _check_meta(compiled: Iterable[Any], sources: dict[str, Path], texts: dict[str, str]) -> None:
    """A reason code that does not exist would be a rule that nobody hears."""
    if not any("attachguard_code" in text for text in texts.values()):
        return
    for rule in list(compiled):
        code = rule.meta.get("attachguard_code", _CODE)
        if code not in CODES:
            file, line = _place(rule.identifier, sources, texts)
            known = ", ".join(sorted(CODES))
            raise RuleError(
                f"attachguard_code is {code!r}, which is not a reason code; one of: {known}",
                file=file,
                line=line,
                where=f"rule {rule.identifier}",
            )


def _place(identifier: str, sources: dict[str, Path], texts: dict[str, str]) -> tuple[str, int]:
    for space, text in texts.items():
        found = re.search(rf"^[^\n]*\brule\s+{re.escape(identifier)}\b", text, re.MULTILINE)
        if found is not None:
            return str(sources[space]), text.count("\n", 0, found.start()) + 1
    return "", 0
