r"""The tests of a rule file: `NAME.test.toml` beside `NAME.yar`.

Each `[[match]]` is a sample that a rule must match somewhere, each `[[no-match]]` one that looks alike and that it must leave alone. Samples are
small and built here and now, so they are always run; what would make a virus scanner take the file for malware is written as hex, as base64 or with
TOML's escapes (`pow\u0065rshell`).
"""

from __future__ import annotations

import base64
import binascii
import codecs
import inspect
import re
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from attachguard.policy.reading.values import Document, Problem, Section
from attachguard.testkit import BUILDERS
from attachguard.types.near import near
from attachguard.yara.source import blanked

SUFFIX: Final = ".test.toml"

_EXPECTED: Final = {"match": True, "no-match": False}
_SOURCES: Final = ("text", "hex", "base64", "builder")
#: What content has to look like.
_NEEDS: Final = {
    "hex": "is not hex: write pairs of the digits 0-9 and a-f, with or without blanks between",
    "base64": "is not base64: write it whole, with its = at the end",
}
_CONTENT_KEYS: Final = (*_SOURCES, "encoding", "with")
_KEYS: Final = ("rule", "about", "name", "kind", *_CONTENT_KEYS)
_KINDS: Final = ("file", "message")
_RULE: Final = re.compile(r"\b((?:(?:private|global)\s+)*)rule\s+(\w+)")


class Case(NamedTuple):
    """One sample and what is expected of one rule.

    Args:
        file: the test file.
        line: where the case begins.
        rule: name of the rule.
        expected: whether the rule must match.
        about: what the sample is, in a sentence.
        name: the part's name.
        kind: whether the sample is a whole message.
        content: its bytes.
    """

    file: Path
    line: int
    rule: str
    expected: bool
    about: str
    name: str
    kind: Literal["file", "message"]
    content: bytes

    @property
    def verb(self) -> str:
        """How the file calls it: `match` or `no-match`."""
        return "match" if self.expected else "no-match"


def beside(rules: Path) -> Path:
    """The test file of a rule file, whether it exists or not."""
    return rules.with_name(rules.stem + SUFFIX)


def rule_names(text: str) -> dict[str, int]:
    """The rules of a source text that a test may name, each with its line: a private rule never matches by itself."""
    text = blanked(text)
    return {
        found[2]: text.count("\n", 0, found.start(2)) + 1 for found in _RULE.finditer(text) if "private" not in found[1]
    }


def read(path: Path, rules: tuple[str, ...]) -> tuple[list[Case], list[Problem]]:
    """The cases of a test file, and every mistake in it.

    Args:
        path: the test file.
        rules: names of the rules in the file beside it.
    """
    problems: list[Problem] = []
    document = Document(path, problems)
    if not problems:
        top = Section(document, (), document.data, tuple(_EXPECTED))
        found = [
            _case(Section(document, where, table, _KEYS), rules)
            for key in _EXPECTED
            for where, table in top.tables(key)
        ]
        cases = [case for case in found if case is not None]
        return sorted(cases, key=lambda case: case.line), problems
    return [], problems


def _case(section: Section, rules: tuple[str, ...]) -> Case | None:
    before = len(section.document.problems)
    rule = section.text("rule")
    if not rule and len(rules) == 1:
        rule = rules[0]
    elif not rule:
        section.error(
            "",
            f"name the rule, as in rule = {rules[0]!r}: the file beside has {len(rules)}"
            if rules
            else "the file beside has no rule",
        )
    elif rule not in rules:
        section.error("rule", f"there is no rule {rule!r} in the file beside{near(rule, rules)}")
    if not section.text("about"):
        section.error("", 'say in a sentence what the sample is: about = "…"')
    kind = section.text("kind", "file")
    if kind not in _KINDS:
        section.error("kind", f"unknown kind {kind!r}{near(kind, _KINDS)}")
    content = _content(section)
    if len(section.document.problems) > before or content is None:
        return None
    return Case(
        file=section.document.path,
        line=section.document.line(section.path),
        rule=rule,
        expected=_EXPECTED[str(section.path[0])],
        about=section.text("about"),
        name=section.text("name"),
        kind="message" if kind == "message" else "file",
        content=content,
    )


def _content(section: Section) -> bytes | None:
    """The sample's bytes; None where the table does not say them, with the mistake noted."""
    given = [key for key in _SOURCES if key in section]
    if len(given) != 1:
        said = f"has {' and '.join(given)}" if given else "has no content"
        section.error("", f"{said}: give exactly one of text, hex, base64 and builder")
        return None
    for key, source in (("encoding", "text"), ("with", "builder")):
        if key in section and given != [source]:
            section.error(key, f"belongs to {source} and means nothing beside {given[0]}")
    if given == ["builder"]:
        return _built(section)
    text = section.text(given[0])
    try:
        if given == ["hex"]:
            return bytes.fromhex(text)
        if given == ["base64"]:
            return base64.b64decode("".join(text.split()), validate=True)
        return text.encode(encoding := codecs.lookup(section.text("encoding", "utf-8")).name)
    except LookupError:
        section.error("encoding", f"unknown encoding {section.text('encoding')!r}; as in utf-8, utf-16-le, latin-1")
    except UnicodeEncodeError as error:
        section.error("text", f"{encoding} has no {text[error.start]!r}; take another encoding, or none for UTF-8")
    except (ValueError, binascii.Error):
        section.error(given[0], _NEEDS[given[0]])
    return None


def _built(section: Section) -> bytes | None:
    name = section.text("builder")
    builder = BUILDERS.get(name)
    if builder is None:
        section.error("builder", f"unknown builder {name!r}{near(name, BUILDERS)}")
        return None
    parameters = inspect.signature(builder).parameters
    arguments = section.section("with", tuple(parameters))
    for missing in (key for key, one in parameters.items() if one.default is one.empty and key not in arguments.table):
        arguments.error("", f"the builder {name} needs {missing}")
        return None
    before = len(section.document.problems)
    values = {key: _value(section, (*arguments.path, key), value) for key, value in arguments.table.items()}
    if len(section.document.problems) > before or not values.keys() <= parameters.keys():
        return None
    try:
        return builder(**values)
    except ValueError as error:
        arguments.error("", f"the builder {name} cannot take this: {error}")
    except (TypeError, AttributeError):  # a text where a table belongs, a number where a text does
        arguments.error(
            "", f"the builder {name} cannot take this; `attachguard rules test --builders` says what it takes"
        )
    return None


def _value(section: Section, path: tuple[str | int, ...], value: Any) -> Any:
    """An argument; a table that says content (`{ hex = "…" }`, `{ builder = "zip", with = … }`) becomes bytes, at any depth."""
    if isinstance(value, dict) and any(key in value for key in _SOURCES) and all(key in _CONTENT_KEYS for key in value):
        return _content(Section(section.document, path, value, _CONTENT_KEYS))
    if isinstance(value, dict):
        return {key: _value(section, (*path, key), one) for key, one in value.items()}
    if isinstance(value, list):
        return [_value(section, (*path, place), one) for place, one in enumerate(value)]
    return value
