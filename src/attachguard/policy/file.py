"""Policy files: TOML in, checked `PolicyData` or a list of problems out. Each problem has its file, line and remedy.

The format in a paragraph. `[policy]` names the policy and what it includes; `[[rule]]` says what a reason code leads to, under conditions, and
which clause says so; `[[bound]]` limits sizes and counts; `[types]` lists what may come in; `[names]` rules file names; `[addresses]` names the
binding ones; `[signatures]` says what happens to signed content that cannot stay whole; `[resources]` bounds the scanner itself; `[default]` is
for facts that no rule names. Files under `policies/` are the examples.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Final

import msgspec

from attachguard.errors import PolicyError
from attachguard.limits import Limits
from attachguard.policy.lists import read_bounds, read_limits, read_names, read_types
from attachguard.policy.rules import BOUNDS, MODES, ON_SIGNED, PolicyData, Rule
from attachguard.policy.sections import RuleReader
from attachguard.policy.text import Document, KeyPath, Problem, Section, near

#: Where the built-in policies are.
FOLDER: Final = Path(__file__).parents[1] / "policies"
_BUILTIN: Final = ("audit", "kaiserslautern", "leverkusen", "strict")
_LISTS: Final = ("rlp-vps",)  # built-in files that are only there to be included
_INCLUDES: Final = 8  # levels of files that include files: more is a mistake
_SECTIONS: Final = ("policy", "default", "rule", "bound", "types", "names", "addresses", "signatures", "resources")
_POLICY_KEYS: Final = ("id", "version", "title", "source", "mode", "include", "valid-from", "valid-until")
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

    def read(self, path: Path, including: tuple[Path, ...]) -> PolicyData:
        document = Document(path, self._problems)
        top = Section(document, (), document.data, _SECTIONS)
        # A file that could not be read at all has said so; asking it for its id would only add noise.
        head = self._head(document) if document.data else None
        if document.data and "policy" not in document.data:
            document.error((), "has no [policy] table with id and version")
        included = self._included(document, head, (*including, path)) if head else []
        mode = "".join(head.words("mode", MODES, "mode")[:1]) if head else ""
        reader = RuleReader(document, report_only=mode == "report")
        default = reader.default(Section(document, ("default",), document.data.get("default", {}), ("action",)))
        own = reader.rules(top.tables("rule"))
        addresses = Section(document, ("addresses",), document.data.get("addresses", {}), ("binding", "binding-for"))
        signatures = Section(document, ("signatures",), document.data.get("signatures", {}), ("on-signed",))
        data = PolicyData(
            id=head.text("id") if head else "",
            version=head.text("version") if head else "",
            title=head.text("title") if head else "",
            source=head.text("source") if head else "",
            mode=mode or "enforce",
            default=default if "default" in document.data or not included else included[-1].default,
            rules=_merge(document, own, [rule for policy in included for rule in policy.rules]),
            bounds=read_bounds(document, top, [bound for policy in included for bound in policy.bounds]),
            types=read_types(document, [policy.types for policy in included]),
            names=read_names(document, [policy.names for policy in included]),
            binding=frozenset(word.lower() for word in addresses.words("binding"))
            or frozenset().union(*(policy.binding for policy in included)),
            binding_for="signed"
            if addresses.words("binding-for", ("all", "signed"), "choice") == ("signed",)
            else "all",
            limits=read_limits(document, included[-1].limits if included else Limits()),
            on_signed="".join(signatures.words("on-signed", ON_SIGNED, "choice")[:1])
            or (included[-1].on_signed if included else ON_SIGNED[0]),
        )
        if not including and document.data:
            _look_over(document, data)
        return data

    def _head(self, document: Document) -> Section:
        head = Section(document, ("policy",), document.data.get("policy", {}), _POLICY_KEYS)
        if "policy" in document.data:
            for key in ("id", "version"):
                if not head.text(key):
                    head.error(key if key in head else "", f'{key} is missing: write {key} = "…"')
            if head.text("id") and not _ID.fullmatch(head.text("id")):
                head.error("id", "an id is made of lower-case letters, digits, dots, dashes and underscores")
        self._validity(document, head)
        return head

    def _validity(self, document: Document, head: Section) -> None:
        dates: dict[str, dt.date] = {}
        for key in ("valid-from", "valid-until"):
            value = head.table.get(key)
            if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
                dates[key] = value
            elif value is not None:
                head.error(key, "must be a date without quotes, as in 2026-11-30")
        begins, ends = dates.get("valid-from"), dates.get("valid-until")
        if begins and ends and begins > ends:
            head.error("valid-until", "lies before valid-from")
        if self._today and ends and ends < self._today:
            document.warn(
                ("policy", "valid-until"), f"the policy has expired on {ends}: ask the authority for its present text"
            )
        if self._today and begins and begins > self._today:
            document.warn(("policy", "valid-from"), f"the policy begins on {begins} only")

    def _included(self, document: Document, head: Section, chain: tuple[Path, ...]) -> list[PolicyData]:
        policies: list[PolicyData] = []
        for place, name in enumerate(head.words("include")):
            where: KeyPath = (
                ("policy", "include", place) if isinstance(head.table["include"], list) else ("policy", "include")
            )
            path = _find(name, document.path)
            if path is None or not path.is_file():
                document.error(where, f"included policy {name!r} is not there{near(name, all_names())}")
            elif path.resolve() in [step.resolve() for step in chain] or len(chain) > _INCLUDES:
                document.error(
                    where, f"{name!r} includes this file again: policies must not include each other in a circle"
                )
            else:
                policies.append(self.read(path, chain))
        return policies


def _merge(document: Document, own: list[Rule], included: list[Rule]) -> tuple[Rule, ...]:
    """One rule for each code and set of conditions; a file overrules what it includes."""
    final = {rule.code for rule in own if not rule.conditional}
    kept = {(rule.code, rule.conditions): rule for rule in own}
    for rule in sorted(included, key=lambda rule: rule.layer):
        if rule.code in final:
            continue
        rule = msgspec.structs.replace(rule, layer=rule.layer + 1)
        other = kept.setdefault((rule.code, rule.conditions), rule)
        if other.layer == rule.layer and other.outcome != rule.outcome:
            document.error(
                ("policy", "include"),
                f"two included policies contradict each other about {rule.code} ({other.place} and {rule.place}): "
                "say here which rule holds",
            )
    return tuple(sorted(kept.values(), key=lambda rule: rule.precedence))


def _look_over(document: Document, data: PolicyData) -> None:
    """What is allowed but hardly meant: bounds and lists whose overrun leads nowhere."""
    if data.mode != "enforce":
        return
    refused = {rule.code for rule in data.rules if not rule.action.delivers}
    refuses = not data.default.delivers
    asked: dict[str, KeyPath] = dict.fromkeys((BOUNDS[bound.on] for bound in data.bounds), ("bound", 0))
    if data.types.accept:
        asked["type-not-allowed"] = ("types", "accept")
    if data.types.block or data.types.block_groups or data.types.block_suffixes:
        asked["type-blocked"] = ("types", "block")
    for code, where in asked.items():
        if code not in refused and not refuses:
            document.warn(where, f"no rule says what {code} leads to, so it is only flagged: add a [[rule]] for it")
