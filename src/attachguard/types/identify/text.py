"""The text family: what text is, by its first lines where they are proof, else by its name.

The order is: opening lines that only one format has; mail header syntax (RFC 5322 §2.2); the effective extension; the shape of JSON and of tables.
Text that is nothing of that is plain text: words in a letter are not evidence. Everything looks at a bounded head, with `re` and `bytes` methods.
"""

from __future__ import annotations

import re
from typing import Final

from attachguard.later import later
from attachguard.types.claims import RUN_TEXTS, TEXT_NAMES
from attachguard.types.filetypes import by_word, refines, words
from attachguard.types.identify.mail import is_bare, mail_kind
from attachguard.types.identify.markup import markup_kind
from attachguard.types.row import Row
from attachguard.types.table import ROWS

#: Markup is looked at this far.
_HEAD: Final = 65536
#: The part of it that formats are distinguished from.
_OPENING: Final = 8192

#: First bytes of text formats, the longest first: prefix in lower case, id.
_OPENERS: Final = sorted(((prefix, row.id) for row in ROWS for prefix in row.opens), key=lambda line: -len(line[0]))
_PATTERNS: Final = tuple((letters, pattern, row.id) for row in ROWS for letters, pattern in row.lines)

#: Both tables by first byte, in either case of a letter.
_BY_LETTER: Final = {
    first: (
        tuple(line for line in _OPENERS if line[0][0] in (first, first | 0x20)),
        tuple((pattern, kind) for letters, pattern, kind in _PATTERNS if first in letters),
    )
    for first in range(33, 127)
    if any(prefix[0] in (first, first | 0x20) for prefix, _ in _OPENERS)
    or any(first in letters for letters, _, _ in _PATTERNS)
}

#: The kernel wants a path; without one, `#!` begins a line of prose.
_SHEBANG: Final = later(rb"#![ \t]*(?=/|env[ \t])(?:\S*/)?([\w.+-]+)(?:[ \t]+(?:-\S+[ \t]+)?(?:\S*/)?([\w.+-]+))?")
#: By what their names begin with.
_INTERPRETERS: Final = tuple((word.encode(), key) for word, key in by_word("shebang").items())

#: What OpenSSL writes before the objects, and the names of files that hold them.
_PEM_PREAMBLE: Final = later(
    rb"(?:Bag Attributes\r?\n|Certificate(?: Request| Revocation List \(CRL\))?:\r?\n {2,8}Data:\r?\n)"
)
_PEM_LINE: Final = b"-----BEGIN "
_PEM_EXTENSIONS: Final = words("armored")
#: Extensions of text that is meant to be read as it is.
_PLAIN: Final = frozenset({"txt", "text"})
#: Scripts that are text and nothing else; those written in markup run in other ways, too.
_SCRIPTS: Final = frozenset(row.id for row in ROWS if row.group == "script" and row.refines == "txt")
#: The section of a `desktop.ini` that Explorer reads, wherever it is.
_SHELL_SECTION: Final = b"[.shellclassinfo]"
#: A WireGuard tunnel: its own side, and the other's.
_TUNNEL: Final = later(
    rb"(?=[^\0]*?^\[interface\])(?=[^\0]*?^\[peer\])[^\0]*?^\s*privatekey\s*=", re.IGNORECASE | re.MULTILINE
)
#: What files have whose extension is used for other things as well.
_MARKED: Final = {row.id: later(row.needs, re.IGNORECASE | re.MULTILINE) for row in ROWS if row.needs}
_EMLX: Final = later(rb"[0-9]{1,10}[ \t]*\r?\n(?=[A-Za-z])")

_JSON: Final = later(
    rb"""\s*+(?:\{\s*+(?:\}|"(?:[^"\\\n]|\\.){0,200}"\s*+:\s*+(?:["{\[\d-]|true\b|false\b|null\b))|\[\s*+(?:[{"]|\[|(?:-?\d[\d.eE+-]*+|true|false|null)\s*+[,\]]))"""
)


def text_kinds(data: bytes, extension: str, *, complete: bool) -> list[str]:
    """Ids of what some text is, the best description first.

    Args:
        data: the text, in UTF-8 or an 8-bit encoding; byte order marks taken off.
        extension: the effective extension of the file name.
        complete: False when this is only the head of it.
    """
    named = TEXT_NAMES.get(extension, "")
    if named in _MARKED and not _MARKED[named].search(data, 0, _HEAD):
        named = ""  # other programs have files of such names, too
    found = _by_content(data, extension, complete=complete)
    if found == "eml" and extension in _PLAIN and is_bare(data[:_OPENING].lstrip()):
        return ["txt", "eml"]  # mail to a mail program, text to whoever opens it by its name
    if extension in _PLAIN and found in _SCRIPTS:
        return ["txt"]  # a script runs by its name
    if named == "com" and found not in ("", "txt"):
        named = ""  # `…@example.com` is a common name of a forwarded message
    if named == "ini" and not found and _SHELL_SECTION in data[:_OPENING].lower():
        return ["shellini"]
    if named == "ini" and not found and _TUNNEL.match(data[:_OPENING]):
        return ["vpn"]
    if named in RUN_TEXTS:
        # A page or a message that is named as a script is still what its content says, for whoever opens it so.
        plain = found in ("", "txt", "xml", named) or refines(named, found)
        return [named] if plain else [named, found]
    if (
        not found
        and (extension in _PEM_EXTENSIONS or (data[:1] in b"BC" and _PEM_PREAMBLE.match(data)))
        and data.find(_PEM_LINE, 0, _HEAD) >= 0
    ):
        return ["pem"]
    if found:
        return ["mht" if found == "eml" and named == "mht" else found]
    if not complete:
        return []  # what follows the head may be no text at all
    return [named or _table(data)]


def _by_content(data: bytes, extension: str, *, complete: bool) -> str:
    opening = data[:_OPENING].lstrip()
    if not opening:
        return ""
    first = opening[0]
    if first == 0x3C:  # <
        kind = markup_kind(data[:_HEAD].lstrip())
        if kind:
            return kind
    if first in _BY_LETTER:
        told = _told(opening, *_BY_LETTER[first])
        if told:
            return told
    kind = _interpreter(opening) if opening.startswith(b"#!") else ""
    if kind:
        return kind
    length = _EMLX.match(opening) if first in b"0123456789" else None
    if length and mail_kind(opening[length.end() :], data, extension) == "eml":
        return "emlx"
    if first in b"{[" and _is_json(data, opening, extension, complete=complete):
        return "json"
    return mail_kind(opening, data, extension)


def opens(row: Row, opening: bytes) -> bool:
    """Whether some text begins as one row says."""
    return opening[:48].lower().startswith(row.opens) or any(
        opening[0] in letters and pattern.match(opening) for letters, pattern in row.lines
    )


def _told(
    opening: bytes, prefixes: tuple[tuple[bytes, str], ...], patterns: tuple[tuple[re.Pattern[bytes], str], ...]
) -> str:
    """Id of the format whose opening line this is; empty if it is no format's."""
    lowered = opening[:48].lower()
    for prefix, kind in prefixes:
        if lowered.startswith(prefix):
            return kind
    for pattern, kind in patterns:
        if pattern.match(opening):
            return kind
    return ""


def _interpreter(opening: bytes) -> str:
    """The language of a `#!` line; the shell's where the interpreter is not known."""
    match = _SHEBANG.match(opening)
    if not match:
        return ""
    name = match[2] if match[1] == b"env" and match[2] else match[1]
    for prefix, kind in _INTERPRETERS:
        if name.startswith(prefix):
            return kind
    return "shell"


def _is_json(data: bytes, opening: bytes, extension: str, *, complete: bool) -> bool:
    """Whether text has the shape of JSON at both ends; a bare list of numbers only where the name agrees."""
    if not _JSON.match(opening):
        return False
    if not complete:
        return opening[:1] == b"{"
    end = data[-64:].rstrip()[-1:]
    if opening[:1] == b"{":
        return end == b"}" and len(opening) > 3 and b"}\n{" not in opening
    return end == b"]" and (extension in ("json", "geojson") or opening[1:].lstrip()[:1] == b"{")


def _table(data: bytes) -> str:
    """`csv` where every line of the opening has the same number of one delimiter, `txt` otherwise."""
    opening = data[:_OPENING]
    first = opening[: opening.find(b"\n") + 1]
    counts = [(delimiter, first.count(delimiter)) for delimiter in (b";", b"\t", b",")]
    if not any(count >= 2 for _, count in counts):
        return "txt"
    lines = opening.splitlines()
    if len(data) > _OPENING:
        lines.pop()
    lines = [line for line in lines if line]
    if len(lines) >= 5:
        for delimiter, count in counts:
            if count >= 2 and all(_delimiters(line, delimiter) == count for line in lines[1:]):
                return "csv"
    return "txt"


_QUOTED: Final = re.compile(rb'"[^"]*+"')


def _delimiters(line: bytes, delimiter: bytes) -> int:
    return (_QUOTED.sub(b"", line) if b'"' in line else line).count(delimiter)
