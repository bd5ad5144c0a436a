"""PostScript (PostScript Language Reference, third edition): a document that is a program, which printers and converters run.

A string `%pipe%…` as the name of a file makes Ghostscript start that command; `file` with a mode that writes, `deletefile` and `renamefile` change
files of the machine (section 3.8.2). Interpreters forbid both in their safe mode, which has been broken again and again.

Why our own: there is no Python reader of PostScript, and running it is what must not happen; strings and names are all that is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import LimitExceeded
from attachguard.part import Part
from attachguard.types.letters import shown

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"ps", "eps"})
LIMITATIONS: Final = (
    "Names that a program puts together, and what is in encoded or encrypted data (`eexec`), are not seen.",
)
EXTRACTS: Final = "Nothing."
DETECTS: Final = "Commands for the system, and files that are written, renamed or deleted."

#: Without one of these there is nothing to find: most files are not read further.
_WORTH: Final = re.compile(rb"%pipe|\\0?45|<\s{0,9}25|deletefile|renamefile|[\s)>]file[\s\]}/%]")
#: A comment, a string, a string in hexadecimal, a name.
_TOKEN: Final = re.compile(
    rb"%[^\r\n]*+|\(((?:[^()\\]++|\\.)*+)\)|<([0-9A-Fa-f\s]++)>|/?([^\s()<>\[\]{}/%]++)", re.DOTALL
)
_ESCAPE: Final = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_LETTERS: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_PIPE: Final = b"%pipe%"
_CHANGES: Final = frozenset({b"deletefile", b"renamefile"})
#: Tokens between two looks at the clock.
_STEP: Final = 10_000
#: Words and strings that are read of one file.
_MOST: Final = 1_000_000
#: So many of them take as long as one look, see `Budget.spare`.
_WORDS: Final = 8


def inspect(part: Part) -> Iterator[Fact]:
    """The first command, and the first change of a file."""
    if not _WORTH.search(part.data):
        return
    command = change = b""
    strings = [b"", b""]
    crowded = False
    for number, token in enumerate(_TOKEN.finditer(part.data)):
        if not number % _STEP:
            part.budget.check_time()
        if not number % _WORDS:
            part.budget.look("words of PostScript")
        text = _string(token)
        if text is not None:
            strings = [strings[1], text]
            if text.startswith(_PIPE):
                command = command or text
        elif token[3]:
            change = change or _change(token[3], strings)
        if (command and change) or number >= _MOST:
            crowded = not (command and change)
            break
    if command:
        yield part.finding("postscript-command", f"PostScript command: {shown(command.decode('latin-1'))}")
    if change:
        yield part.finding("postscript-file", f"PostScript file operation: {shown(change.decode('latin-1'))}")
    if crowded:
        raise LimitExceeded("tokens", f"PostScript: more than {_MOST} words in one file")


def _change(name: bytes, strings: list[bytes]) -> bytes:
    """What an operator does to a file that the strings before it name; empty where it does nothing."""
    if name in _CHANGES:
        return name + b" " + strings[1]
    if name == b"file" and strings[1][:1] in (b"w", b"a") and not strings[0].startswith(b"%"):
        return b"file " + strings[0]
    return b""


def _string(token: re.Match[bytes]) -> bytes | None:
    """The content of a string; None for anything else (section 3.2.2)."""
    if token[1] is not None:
        return _ESCAPE.sub(_escaped, token[1]) if b"\\" in token[1] else token[1]
    if token[2] is not None:
        digits = bytes(token[2]).translate(None, b" \t\r\n\f\0\v")
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    return None


def _escaped(match: re.Match[bytes]) -> bytes:
    letter = match[1]
    if letter[:1].isdigit():
        return bytes((int(letter, 8) & 255,))
    return b"" if letter in (b"\n", b"\r", b"\r\n") else _LETTERS.get(letter, letter)
