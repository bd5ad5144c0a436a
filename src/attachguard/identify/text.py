"""The text family: what text is, by its first lines where they are proof, else by its name.

The order is: opening lines that only one format has; mail header syntax (RFC 5322 §2.2); the effective extension; the shape of JSON and of tables.
Text that is nothing of that is plain text: words in a letter are not evidence. Everything looks at a bounded head, with `re` and `bytes` methods.
"""

from __future__ import annotations

import re
from typing import Final

from attachguard.identify.mail import mail_kind
from attachguard.identify.markup import markup_kind

#: Text is looked at this far.
HEAD: Final = 65536
#: The part of it that formats are told from.
_OPENING: Final = 8192

_TEXT: Final = bytes((8, 9, 10, 11, 12, 13, 27, *range(32, 127), *range(128, 256)))
_ASCII_MARKS: Final = bytes(range(128))

#: First bytes of text formats: prefix in lower case, id.
_OPENERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"begin:vcalendar", "ics"),
    (b"begin:vcard", "vcf"),
    (b"-----begin pgp ", "pgp"),
    (b"-----begin age encrypted file-----", "age"),
    (b"-----begin ", "pem"),
    (b"---- begin ssh2 ", "pem"),
    (b"[internetshortcut", "url"),
    (b"[{000214a0-0000-0000-c000-000000000046}]", "url"),
    (b"[desktop entry]", "desktop"),
    (b"[shell]", "scf"),
    (b"[autorun", "autorun"),
    (b"regedit4", "reg"),
    (b"windows registry editor version", "reg"),
    (b"$ansible_vault;", "vault"),
    (b"id;p", "slk"),
    (b"/* xpm */", "xpm"),
    (b"(this file must be converted with binhex", "hqx"),
    (b"<?php", "php"),
    (b"warc/", "warc"),
    (b"# disk descriptorfile", "vmdk"),
    (b"\\documentclass", "tex"),
    (b"diff --git ", "diff"),
    (b"[wfclient]", "ica"),
)

_PATTERNS: Final[tuple[tuple[bytes, re.Pattern[bytes], str], ...]] = (
    (b"Ww", re.compile(rb"WEB\r?\n1\r?\n(?:https?|ftp|file|\\\\)", re.IGNORECASE), "iqy"),
    (b"T", re.compile(rb"TABLE\r?\n0,1\r?\n"), "dif"),
    (b"b", re.compile(rb"begin(?:-base64)? [0-7]{3,4} \S[^\n]{0,200}\n(?:[!-`]{1,62}\r?\n|[A-Za-z0-9+/=]{1,80}\r?\n|end)"), "uue"),
    (b"#", re.compile(rb"#define \w{1,100}_width[ \t]{1,20}\d{1,6}\r?\n"), "xbm"),
    (b"09", re.compile(rb"(?:999\r?\n[^\n]{0,300}\n *)*+0\r?\n *SECTION\r?\n *2\r?\n"), "dxf"),
    (b"I-", re.compile(rb"(?:Index: [^\n]{1,300}\n={20,100}\r?\n)?--- [^\n]{1,300}\n\+\+\+ [^\n]{1,300}\n@@ -"), "diff"),
    (b"1", re.compile(rb"1\r?\n\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,"), "srt"),
    (b"s", re.compile(rb"solid [^\n]{0,200}\n\s{0,20}facet normal "), "stl"),
    (b"[;", re.compile(rb"(?:;[^\n]{0,300}\n|\s){0,20}\[version\][ \t]*\r?\n(?:[^\n\[]{0,300}\n){0,8}?signature[ \t]*=", re.IGNORECASE), "inf"),
    (b"@:rR", re.compile(rb"(?:(?:rem|::)[^\n]{0,300}\n|\s){0,20}@?echo[ \t]+off[ \t]*(?:[\r\n&]|$)", re.IGNORECASE), "bat"),
    (b"eE", re.compile(rb"echo[ \t]+off[ \t]*\r?\n", re.IGNORECASE), "bat"),
)  # fmt: skip

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

_SHEBANG: Final = re.compile(rb"#![ \t]*(?:\S*/)?([\w.+-]+)(?:[ \t]+(?:-\S+[ \t]+)?(?:\S*/)?([\w.+-]+))?")
_INTERPRETERS: Final = (
    (b"python", "python"), (b"pypy", "python"), (b"perl", "perl"), (b"ruby", "ruby"), (b"php", "php"), (b"node", "js"), (b"deno", "js"),
    (b"lua", "lua"), (b"tclsh", "tcl"), (b"wish", "tcl"), (b"expect", "tcl"), (b"pwsh", "ps1"), (b"powershell", "ps1"), (b"osascript", "applescript"),
)  # fmt: skip

#: What a text file is by its effective extension.
_BY_EXTENSION: Final = {
    extension: kind
    for kind, extensions in {
        "bat": "bat cmd", "ps1": "ps1 psm1 psd1 ps1xml", "js": "js mjs cjs jse", "vb": "vbs vb vba bas vbe", "wsf": "wsf ws", "sct": "sct wsc",
        "hta": "hta", "shell": "sh bash csh tcsh ksh zsh fish command", "python": "py pyw xsh", "perl": "pl pm plx", "ruby": "rb rbw",
        "php": "php phtml php3 php4 php5 phar", "lua": "lua", "tcl": "tcl", "au3": "au3", "ahk": "ahk", "applescript": "applescript scpt",
        "reg": "reg", "inf": "inf", "url": "url website", "scf": "scf", "desktop": "desktop", "library-ms": "library-ms",
        "search-ms": "search-ms searchconnector-ms", "settingcontent-ms": "settingcontent-ms",
        "theme": "theme themepack", "rdp": "rdp", "ica": "ica",
        "jnlp": "jnlp", "msc": "msc", "appref-ms": "appref-ms", "application": "application", "com": "com", "iqy": "iqy oqy rqy dqy",
        "slk": "slk sylk", "dif": "dif", "csv": "csv tsv", "md": "md markdown", "yaml": "yaml yml", "ini": "ini cfg conf",
        "c": "c h", "tex": "tex latex",
        "html": "html htm shtml xht", "eml": "eml mime",
        "ics": "ics ifb", "vcf": "vcf vcard", "diff": "diff patch", "srt": "srt", "json": "json geojson",
        "mht": "mht mhtml",
    }.items()
    for extension in extensions.split()
}  # fmt: skip

#: Those that a program runs, or Windows acts on, whatever else the text looks like.
_RUN_IDS: Final = (
    "bat ps1 js vb wsf sct hta shell python perl ruby php lua tcl au3 ahk applescript reg inf url scf desktop library-ms search-ms"
    " settingcontent-ms theme rdp ica jnlp msc appref-ms application com iqy"
)
RUNS: Final = frozenset(_RUN_IDS.split())

#: Extensions of those.
RUN_EXTENSIONS: Final = frozenset(extension for extension, kind in _BY_EXTENSION.items() if kind in RUNS)

_JSON: Final = re.compile(
    rb"""\s*+(?:\{\s*+(?:\}|"(?:[^"\\\n]|\\.){0,200}"\s*+:\s*+(?:["{\[\d-]|true\b|false\b|null\b))|\[\s*+(?:[{"]|\[|(?:-?\d[\d.eE+-]*+|true|false|null)\s*+[,\]]))"""
)


def is_text(data: bytes, reach: int = HEAD) -> bool:
    """Whether bytes in an 8-bit encoding or UTF-8 read as text.

    Args:
        data: the bytes, byte order mark taken off.
        reach: no NUL may stand this far in; control characters are counted in the first 4 KiB.
    """
    head = data[:4096]
    controls = len(head.translate(None, _TEXT))
    if controls and controls * 200 > len(head) and not (controls == 1 and head.endswith(b"\x1a")):
        return False
    if data.find(b"\0", 0, reach) >= 0:
        return False
    if head.isascii() or len(head) >= 40:
        return True
    try:
        head.decode("utf-8")
    except UnicodeDecodeError:
        return len(head.translate(None, _ASCII_MARKS)) * 2 <= len(head)
    return True


def decode_wide(data: bytes) -> bytes | None:
    """The opening of UTF-16 or UTF-32 text as UTF-8; None where the bytes are neither."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        encoding = "utf-32"
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        sample = data[:256]
        half = len(sample) // 2
        if half < 4 or b"\0" not in sample:
            return None
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if odd * 10 >= half * 7 and even * 10 <= half:
            encoding = "utf-16-le"
        elif even * 10 >= half * 7 and odd * 10 <= half:
            encoding = "utf-16-be"
        else:
            return None
    text = data[: 2 * _OPENING].decode(encoding, "replace").lstrip("\ufeff").encode("utf-8", "replace")
    controls = len(text.translate(None, _TEXT))
    return text if text and controls * 50 <= len(text) and text.count(b"\xef\xbf\xbd") * 20 <= len(text) else None


def text_kinds(data: bytes, extension: str, *, complete: bool) -> list[str]:
    """Ids of what some text is, the best description first.

    Args:
        data: the text, in UTF-8 or an 8-bit encoding; byte order marks taken off.
        extension: the effective extension of the file name.
        complete: False when this is only the head of it.
    """
    named = _BY_EXTENSION.get(extension, "")
    found = _by_content(data, extension, complete=complete)
    if named == "com" and found not in ("", "txt"):
        named = ""  # `…@example.com` is a common name of a forwarded message
    if named in RUNS:
        # A page or a message that is named as a script is still what its content says, for whoever opens it so.
        return [named] if found in ("", "txt", "xml", named) or (named == "hta" and found == "html") else [named, found]
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
        kind = markup_kind(data[:HEAD].lstrip())
        if kind:
            return kind
    if first in _BY_LETTER:
        lowered = opening[:48].lower()
        prefixes, patterns = _BY_LETTER[first]
        for prefix, kind in prefixes:
            if lowered.startswith(prefix):
                return kind
        for pattern, kind in patterns:
            if pattern.match(opening):
                return kind
    if opening.startswith(b"#!"):
        kind = _interpreter(opening)
        if kind:
            return kind
    if first in b"{[" and _is_json(data, opening, extension, complete=complete):
        return "json"
    return mail_kind(opening, data, extension)


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
