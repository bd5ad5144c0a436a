"""The rules of a scanner: loaded once, matched on every part.

Rules are the analysts' daily work, so a mistake is reported with file, line and remedy, and whatever public rules expect of their surroundings
(external variables, one namespace a file) is there. What a match means for the mail is the policy's business; a rule may name the reason code
it stands for and grade itself.

libyara walks every byte of a part even for rules that cannot match there. A rule that says which types it is for (`attachguard_types`) need not
be tried on others, and where every rule of a set says so, most parts (pictures, archives, fonts) meet no rule at all; a part that may meet one
meets all of them in one pass, which costs hardly more than a pass with a few.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Self

import msgspec
import yara

from attachguard.errors import LimitExceeded, RuleError
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.yara import marks, prefilter
from attachguard.yara.cache import Kept, Mistake, default_folder, find, keep, key
from attachguard.yara.compiling import Described, compiled, described, usable
from attachguard.yara.externals import used_in
from attachguard.yara.matching import View, likeness
from attachguard.yara.packed import PackedView, pack, unpack
from attachguard.yara.running import Stopwatch
from attachguard.yara.scopes import VIEWS, Letters, Wanted, header_section
from attachguard.yara.source import Source, collect

#: Combinations of types and roles whose views are kept.
_KEPT: Final = 4096


class Rules:
    """A compiled set of YARA rules; immutable, safe to share between threads and across fork, and picklable.

    Made by `builtin`, `load` or `empty`. `files` are the rule files in use, `problems` what is wrong with those that were left out.
    """

    __slots__ = ("_asking", "_by_name", "_views", "count", "files", "problems")

    def __init__(
        self,
        views: Iterable[View],
        files: tuple[Path, ...],
        count: int,
        problems: tuple[RuleError, ...] = (),
        sources: Sequence[Source] = (),
    ) -> None:
        self._by_name = {view.name: view for view in views}
        #: Those that are looked at in every part.
        self._views = [view for view in self._by_name.values() if view.name != "message"]
        #: The views that ask for a part, by what it has in common with others.
        self._asking: dict[tuple[object, ...], list[View]] = {}
        watch = Stopwatch(sources)
        for view in self._by_name.values():
            view.watch = watch
        self.files = files
        self.count = count
        self.problems = problems

    @classmethod
    def empty(cls) -> Self:
        """No rules at all."""
        return cls((), (), 0)

    @staticmethod
    def builtin() -> Rules:
        """The rules that come with attachguard; loaded once in a process, from where `attachguard.yara.cache` keeps them for this user."""
        return _builtin()

    @classmethod
    def load(
        cls,
        *paths: str | Path,
        builtin: bool = False,
        lenient: bool = False,
        types: Iterable[str] = (),
        cache: bool | str | Path = False,
    ) -> Self:
        """Compile rule files.

        Args:
            paths: files, or folders whose rule files (`source.SUFFIXES`) are taken at any depth. Each file is a namespace of its own.
            builtin: whether to add the rules that come with attachguard.
            lenient: whether files that cannot be used are left out and named in `problems`; without it the first one raises.
            types: ids of types that inspectors of the caller bring, so that rules may name them.
            cache: folder where compiled rules are kept for the next time; True for the user's own, see `attachguard.yara.cache`.

        Raises:
            RuleError: a path does not exist or has no rules, or a rule cannot be used; with file, line and remedy.
        """
        problems: list[RuleError] = []
        folders = (*((builtin_folder(),) if builtin else ()), *map(Path, paths))
        sources = collect(folders, problems)
        folder = default_folder() if cache is True else Path(cache) if cache else None
        views, loaded = _loaded(sources, frozenset(types), folder)
        problems += [mistake.error() for mistake in loaded.problems]
        if problems and not lenient:
            raise problems[0]
        if problems and not loaded.used:
            first = problems[0]
            raise RuleError(
                f"{first.message} (and none of the other {len(problems) - 1} rule files can be used)",
                file=first.file,
                line=first.line,
                where=first.where,
            )
        used = set(loaded.used)
        sources = [source for source in sources if source.space in used]
        return cls(views, tuple(source.file for source in sources), loaded.count, tuple(problems), sources)

    def match(self, part: Part, views: Sequence[View] | None = None) -> Iterator[Finding]:
        """One finding for each rule that matches a part: its bytes, the text that it shows, its name.

        Args:
            part: the part.
            views: what `asking` has given for it, where somebody has asked.

        Raises:
            LimitExceeded: the rules took too long; raised after what was found.
        """
        slow: LimitExceeded | None = None
        for view in self.asking(part) if views is None else views:
            try:
                yield from view.match(part)
            except LimitExceeded as error:
                slow = slow or error
        if slow is not None:
            raise slow

    def asks(self, part: Part) -> bool:
        """Whether a match of any rule would count for a part of these types and this role."""
        return bool(self.asking(part))

    def asking(self, part: Part) -> Sequence[View]:
        """The views whose rules ask for a part like this one."""
        key = likeness(part)
        views = self._asking.get(key)
        if views is None:
            if len(self._asking) >= _KEPT:
                self._asking.clear()
            views = self._asking[key] = [view for view in self._views if view.asks(part)]
        return views

    def match_message(self, message: Part, header: bytes | None = None) -> Iterator[Finding]:
        """One finding for each rule that matches a message as a letter.

        Args:
            message: the message; the texts of its bodies are those that `keep_text` has kept.
            header: its header section; None where the message has all of its bytes.

        Raises:
            LimitExceeded: the rules took too long; raised after what was found.
        """
        view = self._by_name.get("message")
        if view is not None and view.asks(message):
            section = header_section(message.data) if header is None else header
            yield from view.match(message, message.context.get(Letters).take(message, section))

    @property
    def see_letters(self) -> bool:
        """Whether a rule looks at messages as letters, so that the texts of their bodies are to be kept for it."""
        return "message" in self._by_name

    def keep_text(self, body: Part) -> None:
        """Keep the text of a body where a rule wants to see the message that it is in."""
        if self.see_letters:
            body.context.get(Letters).add(body)

    def listed(self) -> list[Described]:
        """Every rule that can be reported, each once."""
        found = {(rule.space, rule.name): rule for view in self._by_name.values() for rule in described(view.compiled)}
        return list(found.values())

    @property
    def prefilter(self) -> bool:
        """Whether a prefilter is in use, see `attachguard.yara.prefilter`."""
        return any(view.passes is not None for view in self._by_name.values())

    def prepare(self) -> None:
        """Make what a first match would: for a process that others are forked from, so that none of them pays for it."""
        for view in self._by_name.values():
            if view.marks is not None:
                view.marks.prepare()

    def __len__(self) -> int:
        return self.count

    def __reduce__(self) -> tuple[Any, ...]:
        """Compiled rules travel to other processes as libyara saves them; such bytes are for one version of libyara, and from trusted hands only."""
        return _restored, (type(self), list(map(pack, self._by_name.values())), self.files, self.count, self.problems)


@functools.cache
def _builtin() -> Rules:
    return Rules.load(builtin=True, cache=True)


def _restored(
    cls: type[Rules], views: list[PackedView], files: tuple[Path, ...], count: int, problems: tuple[RuleError, ...]
) -> Rules:
    """The rules that `Rules.__reduce__` has packed."""
    return cls(map(unpack, views), files, count, problems)


def _loaded(sources: list[Source], own: frozenset[str], folder: Path | None) -> tuple[list[View], Kept]:
    """The compiled rules of some files: those that are kept in a folder, else compiled now, and kept."""
    name = key(sources, own) if folder is not None else ""
    kept = find(folder, name) if folder is not None else None
    if kept is not None:
        with contextlib.suppress(
            yara.Error, ValueError
        ):  # of a version that calls itself the same, or damaged before it was kept
            return [_with_prefilter(packed, unpack(packed), sources) for packed in kept.views], kept
    problems: list[RuleError] = []
    used, rules = usable(sources, own, problems)
    views = _views(used, rules) if rules is not None else []
    packed = [_prefiltered(pack(view), used) for view in views] if folder is not None else []
    for view, each in zip(views, packed, strict=False):
        _with_prefilter(each, view, used)
    kept = Kept(
        views=packed,
        used=[source.space for source in used],
        count=len(list(rules)) if rules is not None else 0,
        problems=[Mistake.of(problem) for problem in problems],
    )
    if folder is not None:
        keep(folder, name, kept)
    return views, kept


def _prefiltered(packed: PackedView, sources: list[Source]) -> PackedView:
    """A view with what a prefilter knows of its rules, where there are enough of them and the libraries are there."""
    if packed.count < prefilter.FEWEST or not prefilter.versions():
        return packed
    program, literals = prefilter.make([source for source in sources if source.space in packed.spaces])
    return msgspec.structs.replace(packed, program=program, literals=literals)


def _with_prefilter(packed: PackedView, view: View, sources: list[Source]) -> View:
    """A view with its prefilter, where it has one."""
    if packed.program:
        view.passes = prefilter.load(packed.program, packed.literals, sources)
    return view


def _views(sources: list[Source], rules: Any) -> list[View]:
    """A view for each kind of content that a rule asks for. A file is in those that its rules need; what does not count there is not reported."""
    wanted: dict[str, dict[str, set[Wanted]]] = {name: {} for name in VIEWS}
    silent = {source.space for source in sources}
    files = marks.known(builtin_folder())
    by_name = {(rule.space, rule.name): Wanted.of(rule.meta) for rule in described(rules)}
    for rule in described(rules):
        wants = by_name[rule.space, rule.name]
        silent.discard(rule.space)
        for name in wants.views:
            wanted[name].setdefault(rule.space, set()).add(wants)
    # Files of which every rule is private or looks elsewhere need not be there.
    views = []
    for name, spaces in wanted.items():
        chosen = [source for source in sources if source.space in spaces]
        if not chosen:
            continue
        # Nobody else can refer to the private rules of a file that has no others.
        whole = len(chosen) + len(silent) == len(sources)
        externals = used_in(text for source in chosen for text in source.texts)
        nursery = frozenset(source.space for source in chosen if source.nursery)
        every = frozenset().union(*spaces.values())
        view = View(name, rules if whole else compiled(chosen), externals, every, nursery)
        view.marks, free, strange = marks.of(chosen, files)
        view.free = frozenset(wants for rule, wants in by_name.items() if rule in free or rule[0] in strange)
        views.append(view)
    return views


def builtin_folder() -> Path:
    """Where the shipped rules are: inside the installed package, or beside `src` in a checkout."""
    installed = Path(__file__).parents[1] / "builtin_rules"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "rules"
