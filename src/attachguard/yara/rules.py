"""The rules of a scanner: loaded once, matched on every part.

Rules are the analysts' daily work, so a mistake is reported with file, line and remedy, and whatever public rules expect of their surroundings
(external variables, one namespace a file) is there. What a match means for the mail is the policy's business; a rule may name the reason code
it stands for and grade itself.

libyara walks every byte of a part even for rules that cannot match there. A rule that says which types it is for (`attachguard_types`) need not
be tried on others, and where every rule of a set says so, most parts (pictures, archives, fonts) meet no rule at all; a part that may meet one
meets all of them in one pass, which costs hardly more than a pass with a few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Self

import yara

from attachguard.errors import LimitExceeded, RuleError
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.types.filetypes import UNKNOWN
from attachguard.yara.compiling import usable
from attachguard.yara.externals import EXTERNALS, used_in
from attachguard.yara.metadata import CODE, score, words
from attachguard.yara.source import collect

#: No rule set may hold a worker longer than this on one part; libyara counts whole seconds.
_SECONDS: Final = 20
_DETAIL_LENGTH: Final = 160


class Rules:
    """A compiled set of YARA rules; immutable, safe to share between threads and across fork, and picklable.

    Made by `builtin`, `load` or `empty`. `files` are the rule files in use, `problems` what is wrong with those that were left out.
    """

    __slots__ = ("_compiled", "_externals", "_gates", "count", "files", "problems")

    def __init__(
        self,
        compiled: Any,
        files: tuple[Path, ...],
        externals: tuple[str, ...],
        gates: frozenset[str] | None,
        problems: tuple[RuleError, ...] = (),
    ) -> None:
        self._compiled = compiled
        self._externals = externals
        self._gates = gates
        self.files = files
        self.problems = problems
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
    def load(cls, *paths: str | Path, builtin: bool = False, lenient: bool = False, types: Iterable[str] = ()) -> Self:
        """Compile rule files.

        Args:
            paths: files, or folders whose rule files (`source.SUFFIXES`) are taken at any depth. Each file is a namespace of its own.
            builtin: whether to add the rules that come with attachguard.
            lenient: whether files that cannot be used are left out and named in `problems`; without it the first one raises.
            types: ids of types that inspectors of the caller bring, so that rules may name them.

        Raises:
            RuleError: a path does not exist or has no rules, or a rule cannot be used; with file, line and remedy.
        """
        problems: list[RuleError] = []
        folders = (*((builtin_folder(),) if builtin else ()), *map(Path, paths))
        sources, compiled = usable(collect(folders, problems), frozenset(types), problems)
        if problems and not lenient:
            raise problems[0]
        if problems and compiled is None:
            raise RuleError(
                f"{problems[0].message} (and none of the other {len(problems) - 1} rule files can be used)",
                file=problems[0].file,
                line=problems[0].line,
                where=problems[0].where,
            )
        if compiled is None:
            return cls.empty()
        externals = used_in(text for source in sources for text in source.texts)
        return cls(compiled, tuple(source.file for source in sources), externals, _gates(compiled), tuple(problems))

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
            wanted = words(match.meta, "attachguard_types")
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


def builtin_folder() -> Path:
    """Where the shipped rules are: inside the installed package, or beside `src` in a checkout."""
    installed = Path(__file__).parents[1] / "builtin_rules"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "rules"


def _gates(compiled: Any) -> frozenset[str] | None:
    """The type ids and groups that some rule is for; None as soon as one rule is for everything."""
    # A set of compiled rules is its own iterator, so that one loop inside another would see only what is left.
    wanted = [words(rule.meta, "attachguard_types") for rule in list(compiled) if not rule.is_private]
    return frozenset[str]().union(*wanted) if all(wanted) else None


def _ignore(_kind: int, _message: object) -> int:
    """Too many matches of one string: libyara goes on with the rest, and so do we."""
    return int(yara.CALLBACK_CONTINUE)


def _finding(match: Any) -> Finding:
    meta = match.meta
    about = f": {meta['description']}" if isinstance(meta.get("description"), str) else ""
    code = meta.get("attachguard_code", CODE)
    return Finding(
        code=code,
        detail=f"YARA {match.rule}{about}"[:_DETAIL_LENGTH],
        source=f"yara:{match.namespace}",
        kind="yara-match" if code == CODE else code,
        score=score(meta),
    )
