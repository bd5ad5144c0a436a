"""Policy files: TOML in, checked `PolicyData` or a list of problems out. Each problem has its file, line and remedy.

The whole format is described in docs/policies.md; the files under `policies/` are the examples.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Final

import msgspec

from attachguard.errors import PolicyError
from attachguard.policy.judging.records import MODES, Override, PolicyData
from attachguard.policy.reading.build import SECTIONS, Head, build, look_over
from attachguard.policy.reading.positions import KeyPath
from attachguard.policy.reading.values import Document, Problem, Section
from attachguard.types.near import near

#: Where the built-in policies are.
FOLDER: Final = Path(__file__).parents[2] / "policies"
_BUILTIN: Final = ("audit", "disarm", "kaiserslautern", "leverkusen", "strict")
_LISTS: Final = ("rlp-vps",)  # built-in files that are only there to be included
_INCLUDES: Final = 8  # levels of files that include files: more is a mistake
_OVERRIDE_KEYS: Final = ("channels", "recipients", "title", "include", *SECTIONS)
_POLICY_KEYS: Final = ("id", "version", "title", "title-de", "source", "mode", "include", "valid-from", "valid-until")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def builtin_names() -> tuple[str, ...]:
    """Ids of the built-in policies."""
    return _BUILTIN


def all_names() -> tuple[str, ...]:
    """Names of every built-in file, the lists that policies include among them."""
    return (*_BUILTIN, *_LISTS)


def text_of(source: str | Path) -> str:
    """A policy file as it is."""
    path = _find(source, None)
    assert path is not None, "the file has been read before"
    return path.read_text(encoding="utf-8")


def read(source: str | Path) -> PolicyData:
    """Read a policy by name or path; raises `PolicyError` with the first mistake, and how many more there are."""
    data, problems = check(source)
    if data is not None and data.mode == "include-only":
        problems.append(
            Problem(
                str(source),
                0,
                "policy.mode",
                "is a list for other policies to include, not a policy: it decides too little",
            )
        )
    errors = [problem for problem in problems if problem.fatal]
    if errors or data is None:
        first = errors[0]
        more = f" (and {len(errors) - 1} more: attachguard policy check)" if len(errors) > 1 else ""
        raise PolicyError(first.message + more, file=first.file, line=first.line, where=first.where)
    return data


def check(source: str | Path, today: dt.date | None = None) -> tuple[PolicyData | None, list[Problem]]:
    """Read a policy and give everything that is wrong with it; no data where it cannot be used.

    Args:
        source: name of a built-in policy, or path of a file.
        today: where given, an expired policy is reported.
    """
    problems: list[Problem] = []
    path = _find(source, None)
    if path is None:
        names = builtin_names()
        message = f"no policy of this name{near(str(source), names)}; a file is named by its path, ending in .toml"
        return None, [Problem(str(source), 0, "", message)]
    reader = _Reader(problems, today)
    data = reader.read(path, ())
    problems = list(dict.fromkeys(problems))  # a table that is read for two policies says its mistakes twice
    return (None if any(problem.fatal for problem in problems) else data), problems


def _find(source: str | Path, beside: Path | None) -> Path | None:
    """The file that a name means: a built-in one, or a path, relative to the including file; None for a name that means nothing."""
    if isinstance(source, str) and source in all_names():
        return FOLDER / f"{source}.toml"
    path = Path(source)
    if beside is not None:
        path = beside.parent / path
    looks_like_path = isinstance(source, Path) or path.suffix == ".toml" or len(Path(source).parts) > 1
    return path if looks_like_path or path.is_file() else None


class _Reader:
    """Reads one policy file and what it includes."""

    def __init__(self, problems: list[Problem], today: dt.date | None) -> None:
        self._problems = problems
        self._today = today
        #: The table of each override by its place, with the files around it: a policy that includes it makes it anew for itself.
        self._tables: dict[str, tuple[Section, tuple[Path, ...]]] = {}

    def read(self, path: Path, including: tuple[Path, ...]) -> PolicyData:
        known = len(self._problems)
        document = Document(path, self._problems)
        top = Section(document, (), document.data, ("policy", "override", *SECTIONS))
        if not document.data:
            # A file that could not be read at all has said so; asking it for its id would only add noise.
            if len(self._problems) == known:
                document.error((), "is empty: a policy has at least a [policy] table with id and version")
            return build(top, Head(), [], self._today)
        if "policy" not in document.data:
            document.error((), "has no [policy] table with id and version")
        section = top.section("policy", _POLICY_KEYS)
        chain = (*including, path)
        included = self._included(section, chain)
        head = self._head(section)
        data = build(top, head, included, self._today)
        own = self._overrides(top, head, data, chain)
        carried = (override for policy in included for override in policy.overrides)
        overrides = (
            *own,
            *(self._carried(override, head, data) for override in carried if not _overruled(override, own)),
        )
        data = msgspec.structs.replace(data, overrides=overrides)
        if not including:
            look_over(document, data)
        return data

    def _head(self, section: Section) -> Head:
        if section.table:
            for key in ("id", "version"):
                if not section.text(key):
                    section.error(key if key in section else "", f'{key} is missing: write {key} = "…"')
            if section.text("id") and not _ID.fullmatch(section.text("id")):
                section.error("id", "an id is made of lower-case letters, digits, dots, dashes and underscores")
        begins, ends = section.validity()
        if self._today and ends and ends < self._today:
            section.document.warn(
                ("policy", "valid-until"), f"the policy has expired on {ends}: ask the authority for its present text"
            )
        if self._today and begins and begins > self._today:
            section.document.warn(("policy", "valid-from"), f"the policy begins on {begins} only")
        return Head(
            id=section.text("id"),
            version=section.text("version"),
            title=section.text("title"),
            title_de=section.text("title-de"),
            source=section.text("source"),
            mode="".join(section.words("mode", MODES, "mode")[:1]) or "enforce",
            begins=begins,
            ends=ends,
        )

    def _included(self, section: Section, chain: tuple[Path, ...]) -> list[PolicyData]:
        policies: list[PolicyData] = []
        for place, name in enumerate(section.words("include")):
            where: KeyPath = (*section.path, "include")
            if isinstance(section.table["include"], list):
                where = (*where, place)
            document = section.document
            path = _find(name, document.path)
            if path is None or not path.is_file():
                document.error(where, f"included policy {name!r} is not there{near(name, all_names())}")
            elif path.resolve() in [step.resolve() for step in chain] or len(chain) > _INCLUDES:
                document.error(
                    where, f"{name!r} includes this file again: policies must not include each other in a circle"
                )
            else:
                policy = self.read(path, chain)
                if policy.id and policy.id == section.table.get("id"):
                    document.warn(
                        (*section.path, "id"),
                        f"is the id of the included {name!r} too: give this one an id of its own, so that reports can tell them apart",
                    )
                policies.append(policy)
        return policies

    def _overrides(self, top: Section, head: Head, base: PolicyData, chain: tuple[Path, ...]) -> tuple[Override, ...]:
        overrides: list[Override] = []
        for path, table in top.tables("override"):
            section = Section(top.document, path, table, _OVERRIDE_KEYS)
            channels, recipients = section.channels(), section.patterns("recipients")
            if not channels and not recipients:
                section.error(
                    "",
                    'an override says where it holds, as in channels = ["vps"] or recipients = ["office@example.org"]',
                )
            cover = next((other for other in overrides if _covers(other, channels, recipients)), None)
            if cover is not None:
                section.error(
                    "",
                    f"can never hold: [[override]] {cover.title or 'above'!r} holds for all such mail and comes first; put this one in front",
                )
            included = self._included(section, chain)
            self._tables[section.place] = section, chain
            # An included policy takes the place of this one; the override's own tables change it.
            data = build(section, head, included or [base], self._today)
            overrides.append(
                Override(
                    channels=channels,
                    recipients=recipients,
                    title=section.text("title"),
                    data=data,
                    place=section.place,
                )
            )
        return tuple(overrides)

    def _carried(self, override: Override, head: Head, base: PolicyData) -> Override:
        """What an included policy says for some mail, on top of what the including one says."""
        section, chain = self._tables[override.place]
        included = self._included(section, chain)
        return msgspec.structs.replace(override, data=build(section, head, included or [base], self._today))


def _overruled(override: Override, own: tuple[Override, ...]) -> bool:
    """Whether the including file has an override of its own for all such mail."""
    return any(_covers(each, override.channels, override.recipients) for each in own)


def _covers(earlier: Override, channels: frozenset[str], recipients: frozenset[str]) -> bool:
    """Whether an override holds for everything that another one with these conditions is for."""
    if earlier.channels and not (channels and channels <= earlier.channels):
        return False
    return not earlier.recipients or (bool(recipients) and recipients <= earlier.recipients)
