"""Where the keys of a TOML file stand.

`tomllib` gives values without their places, so `locate` walks the same text a second time and notes the line of each key. It runs after `tomllib`
has accepted the file and may trust its syntax.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from typing import Final

KeyPath = tuple[str | int, ...]

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_BLANK: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SCALAR: Final = re.compile(r"[^,\]}#\n]*")
_STRING: Final = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL)


def locate(text: str) -> dict[KeyPath, int]:
    """The line of every table, key and array element of a valid TOML text."""
    return _Locator(text).run()


class _Locator:
    """Walks TOML 1.0 and notes where things stand; values themselves are skipped."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._ends = [place for place, letter in enumerate(text) if letter == "\n"]
        self._lines: dict[KeyPath, int] = {}
        self._last: dict[KeyPath, int] = {}  # index of the latest element of each array of tables

    def run(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        self._skip_blank()
        while self._at < len(self._text):
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)
            self._skip_blank()
        return self._lines

    def _skip_blank(self) -> None:
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _note(self, path: KeyPath) -> None:
        self._lines.setdefault(path, bisect_left(self._ends, self._at) + 1)

    def _header(self) -> KeyPath:
        start = self._at
        brackets = 2 if self._text.startswith("[[", self._at) else 1
        self._at += brackets
        keys = self._keys()
        self._at = self._text.index("]", self._at) + brackets
        path: KeyPath = ()
        for place, key in enumerate(keys):
            path = (*path, key)
            if brackets == 2 and place == len(keys) - 1:
                self._last[path] = self._last.get(path, -1) + 1
            if path in self._last:
                path = (*path, self._last[path])
        end, self._at = self._at, start
        self._note(path)
        self._at = end
        return path

    def _pair(self, table: KeyPath) -> None:
        start = self._at
        keys = self._keys()
        path = table + keys
        end, self._at = self._at, start
        for length in range(1, len(keys) + 1):
            self._note(table + keys[:length])  # of a dotted key, the tables that it makes too
        self._at = end + 1  # past the equals sign
        self._skip_blank()
        self._value(path)

    def _keys(self) -> KeyPath:
        """A dotted key; stops at the sign that ends it."""
        keys: list[str] = []
        while True:
            self._skip_blank()
            quoted = _STRING.match(self._text, self._at)
            found = quoted or _BARE_KEY.match(self._text, self._at)
            assert found is not None, "tomllib accepted this key"
            self._at = found.end()
            keys.append(_unquoted(found[0]) if quoted else found[0])
            self._skip_blank()
            if self._text[self._at] != ".":
                return tuple(keys)
            self._at += 1

    def _value(self, path: KeyPath) -> None:
        opening = self._text[self._at]
        if opening == "[":
            self._sequence("]", path, pairs=False)
        elif opening == "{":
            self._sequence("}", path, pairs=True)
        else:
            found = _STRING.match(self._text, self._at) or _SCALAR.match(self._text, self._at)
            self._at = found.end() if found else self._at

    def _sequence(self, closing: str, path: KeyPath, *, pairs: bool) -> None:
        self._at += 1
        self._skip_blank()
        place = 0
        while self._text[self._at] != closing:
            if pairs:
                self._pair(path)
            else:
                self._note((*path, place))
                self._value((*path, place))
            place += 1
            self._skip_blank()
            if self._text[self._at] == ",":
                self._at += 1
                self._skip_blank()
        self._at += 1


def _unquoted(key: str) -> str:
    """What a quoted key says."""
    return str(tomllib.loads(f"key = {key}")["key"]) if "\\" in key else key[1:-1]
