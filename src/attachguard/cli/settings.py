"""The file `attachguard.toml`: what would else be typed with every call.

It is looked for in the working directory and upward from there, as linters and compilers look for theirs. What the command line says is stronger;
lists are added to. Names of files in it are relative to the folder it lies in. A file that others may write is refused unless it is named with
`--config`: whoever may change the policy decides about the mail.
"""

from __future__ import annotations

import argparse
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from attachguard.cli.terminal import CHOICES
from attachguard.errors import OperatorError
from attachguard.outcome.templates import LANGUAGES
from attachguard.policy.reading.values import Document, Problem, Section

NAME: Final = "attachguard.toml"


class _Key(NamedTuple):
    """One key: the option that it stands for, how its value is read, and whether it names files."""

    option: str
    read: Callable[[Section, str], Any]
    files: bool = False


def _text(section: Section, key: str) -> str:
    return section.text(key)


def _words(section: Section, key: str) -> list[str]:
    return list(section.words(key))


def _flag(section: Section, key: str) -> bool:
    return section.flag(key) is True


def _unless(section: Section, key: str) -> bool:
    """A flag whose option turns something off."""
    return section.flag(key) is False


def _count(section: Section, key: str) -> int:
    return section.number(key, least=1) or 1


def _one_of(choices: tuple[str, ...]) -> Callable[[Section, str], str]:
    def read(section: Section, key: str) -> str:
        word = section.text(key)
        if word not in choices:
            section.error(key, f"is {word!r}; there are: {', '.join(choices)}")
        return word

    return read


#: Every key; those that the file of `serve` has, too, are called the same there.
KEYS: Final = {
    "policy": _Key("policy", _text, files=True),
    "rules": _Key("rules", _words, files=True),
    "builtin-rules": _Key("no_builtin_rules", _unless),
    "rules-lenient": _Key("rules_lenient", _flag),
    "password-files": _Key("password_file", _words, files=True),
    "smime-keys": _Key("smime_key", _words, files=True),
    "smime-certificates": _Key("smime_cert", _words, files=True),
    "trust-list": _Key("trust_list", _text, files=True),
    "engine": _Key("engine", _text),
    "channel": _Key("channel", _text),
    "exclude": _Key("exclude", _words),
    "jobs": _Key("jobs", _count),
    "language": _Key("lang", _one_of(LANGUAGES)),
    "color": _Key("color", _one_of(CHOICES)),
    "progress": _Key("no_progress", _unless),
}
#: Keys at the top that do not reach a command whose own default is its purpose.
_OWN: Final = {"sanitize": frozenset({"policy"})}


def add_options(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Add `--config` and `--no-config` to a command."""
    parser.add_argument(
        "--config", metavar="FILE", help=f"settings to use; else the nearest {NAME} here or in a folder above"
    )
    parser.add_argument("--no-config", action="store_true", help=f"use no {NAME}")


def find(folder: Path) -> Path | None:
    """The nearest settings file in a folder or above it; a configuration of `serve` of the same name, as in /etc, is passed over."""
    for each in (folder, *folder.parents):
        path = each / NAME
        if path.is_file() and not _of_daemon(path):
            return path
    return None


def _of_daemon(path: Path) -> bool:
    from attachguard.gateway.serve.settings import FRONTS

    document = Document(path, [])
    return any(front in document.data for front in FRONTS)


def chosen(options: argparse.Namespace) -> Path | None:
    """The file that this call is to use.

    Raises:
        OperatorError: it was not named, and somebody else may write it.
    """
    if options.no_config:
        return None
    if options.config:
        return Path(options.config)
    path = find(Path.cwd())
    if path is not None:
        trust(path)
    return path


def trust(path: Path) -> None:
    """Raise `OperatorError` where somebody else may write a file that was found and not named."""
    state = path.stat()
    if state.st_uid in (0, os.getuid()) and not state.st_mode & stat.S_IWOTH:
        return
    raise OperatorError(
        "belongs to somebody else, or anybody may write it; name it with --config to use it, or call with --no-config",
        file=str(path),
    )


def apply(parser: argparse.ArgumentParser, path: Path, commands: Mapping[str, argparse.ArgumentParser]) -> None:
    """Make what a file says the defaults of a command.

    Args:
        parser: of the command.
        path: the file.
        commands: every command that has settings, for their tables.

    Raises:
        OperatorError: the first mistake in the file, and how many more there are.
    """
    problems: list[Problem] = []
    document = Document(path, problems)
    top = Section(document, (), document.data, (*KEYS, *commands))
    defaults: dict[str, Any] = {}
    for name, command in commands.items():
        own = top.section(name, _keys_of(command))
        if command is parser:
            defaults = _values(top, command, _OWN.get(name, frozenset())) | _values(own, command)
        else:
            _values(own, command)
    if problems:
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise OperatorError(first.message + more, file=first.file, line=first.line, where=first.where)
    parser.set_defaults(**defaults)


def _keys_of(parser: argparse.ArgumentParser) -> list[str]:
    options = {action.dest for action in parser._actions}  # noqa: SLF001 - argparse has no public way to ask
    return [key for key, row in KEYS.items() if row.option in options]


def _values(section: Section, parser: argparse.ArgumentParser, passed: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The defaults that one table gives to a command."""
    actions = {action.dest: action for action in parser._actions}  # noqa: SLF001 - likewise
    values: dict[str, Any] = {}
    for key in KEYS:
        row = KEYS[key]
        if key not in section or key in passed:
            continue
        value = row.read(section, key)
        if row.files:
            value = _beside(section.document.path.parent, value, named=key == "policy")
        action = actions.get(row.option)
        if action is None:
            continue
        if isinstance(value, str) and callable(action.type):
            try:
                action.type(value)
            except (argparse.ArgumentTypeError, ValueError) as error:
                section.error(key, str(error))
        values[row.option] = value
    return values


def _beside(folder: Path, value: Any, *, named: bool) -> Any:
    """Names of files as seen from the folder of the settings; `named` is what may be a name of something built in, too."""
    if isinstance(value, list):
        return [_beside(folder, each, named=named) for each in value]
    if named and not value.endswith(".toml") and "/" not in value:
        return value
    return str(folder / Path(value).expanduser())
