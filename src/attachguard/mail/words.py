"""Words of a mail that may be the password of its attachment: found in text, in pages without their markup, and in file names.

Every word gets a rank, the likeliest 0: what follows `password:` (or `Kennwort lautet`, `mot de passe :` …) comes first, then what is quoted or
looks like a password near such a word, then the same anywhere, then the other words near it. Everything is bounded by the length of what it looks at.

Why our own: no library looks for passwords in letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from attachguard.later import later
from attachguard.mail import charsets

#: Directly after a word for password; near one and quoted or password-like; such a thing anywhere; near one; alone on a line, names.
DIRECT, LIKELY, POSSIBLE, NEAR, FAINT = 0, 2, 3, 4, 5

#: Words for password in German, English, French, Italian, Spanish, Polish, Turkish and Dutch, with their endings and usual abbreviations.
_MARKER: Final = later(
    r"pass[ -]?(?:w[oö]rt|word|wd|code|phrase)\w{0,3}|kennw[oö]rt\w{0,3}|(?:l[oö]sungs|geheim|code|schlüssel)wort|zugangscode|zugriffscode"
    r"|mots? de passe|code d['’]acc[eè]s|contrase[nñ]as?|parola\w{0,5}|has[lł][oaeu]\w{0,2}|wachtwoord\w{0,2}|toegangscode"
    r"|[sş]ifre\w{0,5}|\b(?:clave|mdp|pwd?|pwort|pass|psw|pin|parole|hasło|code ?word)\b"
    # Words for key and code mean many things; with a colon they are labels.
    r"|\b(?:code|key|schlüssel|clé|chiave|llave|klucz|sleutel|anahtar)(?=[ \t\xa0]?[:=：])",
    re.IGNORECASE,
)
#: How these words begin, in small letters: each is found at once, where the expression would have to be tried at every letter.
_BEGINNINGS: Final = (
    "pass", "kennw", "lösungsw", "losungsw", "geheimw", "code", "schlüssel", "zugangsc", "zugriffsc", "mot", "contrase", "parol", "hasl", "hasł",
    "wachtw", "toegangsc", "sifre", "şifre", "clave", "mdp", "pw", "psw", "pin", "key", "clé", "chiave", "llave", "klucz", "sleutel", "anahtar",
)  # fmt: skip
#: Small letters that `re` takes for others without regard to case.
_SMALL: Final = str.maketrans({"ı": "i", "ſ": "s"})
#: What stands between such a word and the password.
_BRIDGE: Final = later(
    r"[:=：\u2192]|->|=>|\b(?:lautet|ist|is|was|est|es|sera|è|é|será|jest|to|brzmi|luidt|olarak|dır|dir)\b",
    re.IGNORECASE,
)
_QUOTED: Final = later(
    r"\"([^\"\n]{1,64})\"|„([^“”\"\n]{1,64})[“”\"]|“([^”\n]{1,64})”|«\s?([^»\n]{1,64}?)\s?»|»([^«\n]{1,64})«|'([^'\n]{1,64})'|‚([^‘’\n]{1,64})[‘’]"
    r"|‘([^’\n]{1,64})’|`([^`\n]{1,64})`|\[([^\]\n]{1,64})\]|<([^<>\n]{1,64})>|\(([^()\n]{1,64})\)|\*([^*\n]{1,64})\*"
)
_TOKEN: Final = re.compile(r"\S{1,128}")
_LINE_END: Final = re.compile(r":[ \t]*(\S{3,64})[ \t]*$", re.MULTILINE)
_SPLIT_NAME: Final = re.compile(r"[\s_.\-()\[\]=+,;]{1,20}")

#: How far around a word for password is looked, and how many such words and other words of one text are followed up.
_BEHIND: Final = 240
_BEFORE: Final = 80
_MARKERS: Final = 60
_MOST: Final = 400
_LINES: Final = 4000

#: Letters of an ending after an apostrophe.
_ENDING: Final = 5
_OPENING: Final = "\"'„“”‚‘’«»‹›`([{<*"
_CLOSING: Final = "\"'“”‘’«»‹›`)]}>*.,;:!?"
_AROUND: Final = _OPENING + _CLOSING
_SOFT: Final = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff\u00ad")

_TAG: Final = later(r"<(/?)([a-zA-Z!][a-zA-Z0-9]{0,15})?[^<>]*>")
_HIDDEN: Final = frozenset({"script", "style", "title", "template"})
_INLINE: Final = frozenset(
    {
        "b",
        "i",
        "u",
        "em",
        "strong",
        "span",
        "font",
        "code",
        "tt",
        "mark",
        "small",
        "big",
        "a",
        "s",
        "sub",
        "sup",
        "wbr",
        "o",
    }
)


def readable(content: bytes, charset: str, *, html: bool) -> str:
    """The text of a body: decoded, without markup, with plain blanks."""
    text = _decoded(content, charset)
    if html:
        from html import unescape  # brings the names of two thousand characters

        text = unescape(_without_tags(text))
    return unicodedata.normalize("NFC", text.translate(_SOFT).replace("\xa0", " ").replace("\r", "\n"))


def _decoded(content: bytes, charset: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return charsets.decode(content, charset or "cp1252")


def _without_tags(page: str) -> str:
    pieces: list[str] = []
    place, hidden = 0, ""
    for match in _TAG.finditer(page):
        name = (match[2] or "").lower()
        if not hidden:
            pieces.append(page[place : match.start()].replace("\n", " "))
            pieces.append("" if name in _INLINE else "\n")
        if hidden and match[1] and name == hidden:
            hidden = ""
        elif not hidden and not match[1] and name in _HIDDEN:
            hidden = name
        place = match.end()
    if not hidden:
        pieces.append(page[place:])
    return "".join(pieces)


def spellings(word: str) -> Iterator[str]:
    """How else a word with letters beyond ASCII may have been typed: with its accents apart, as some systems do, and in letters of usual width."""
    if not word.isascii():
        for form in ("NFD", "NFKC"):
            other = unicodedata.normalize(form, word)
            if other != word:
                yield other


def in_text(text: str) -> list[tuple[int, str]]:
    """The words of a text that may be passwords, each with its rank."""
    found: list[tuple[int, str]] = []
    for match, _ in zip(_markers(text), range(_MARKERS), strict=False):
        found += _near(text, match.start(), match.end())
    found += _anywhere(text)
    return found


def in_name(name: str) -> list[tuple[int, str]]:
    """The words of a subject or file name that may be passwords, each with its rank."""
    name = unicodedata.normalize("NFC", name[:500])
    stem = name.rpartition(".")[0] or name
    spread = _SPLIT_NAME.sub(" ", stem)
    found: list[tuple[int, str]] = []
    for text in (stem.replace("_", " "), spread):
        for match, _ in zip(_MARKER.finditer(text), range(4), strict=False):
            found += _near(text, match.start(), match.end())
    found += [(POSSIBLE, piece) for piece in _quoted(name)]
    found += [(FAINT, word) for token in _tokens(spread) for word in _cleaned(token) if len(word) >= 4][:20]
    return [*found, (FAINT, stem.strip())]


def _markers(text: str) -> Iterator[re.Match[str]]:
    """The words for password in a text."""
    lowered = text.lower().translate(_SMALL)
    if len(lowered) != len(text):  # one of the few letters whose small form is longer
        yield from _MARKER.finditer(text)
        return
    places: set[int] = set()
    for beginning in _BEGINNINGS:
        at = lowered.find(beginning)
        while at >= 0:
            places.add(at)
            at = lowered.find(beginning, at + 1)
    end = 0
    for place in sorted(places):
        found = _MARKER.match(text, place) if place >= end else None
        if found is not None:
            end = found.end()
            yield found


def _near(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """What a word for password at a place points to."""
    behind = text[end : end + _BEHIND]
    lines = [line.strip() for line in behind.split("\n") if line.strip()][:3]
    first = lines[0] if lines and "\n" not in behind[: behind.find(lines[0])] else ""
    bridge = _BRIDGE.search(first, 0, 60)
    if bridge is not None:
        rest = first[bridge.end() :].strip() or (lines[1] if len(lines) > 1 else "")
        yield from ((DIRECT, word) for word in _leading(rest))
    elif not first.strip("*_ -") and len(lines) > 0:
        # The word stands alone at the end of its line: a heading, or a label whose value is below it.
        yield from ((DIRECT, word) for word in _leading(lines[1] if first and len(lines) > 1 else lines[0]))
    else:
        yield from ((LIKELY, word) for word in _leading(first))
    before = text[max(0, start - _BEFORE) : start].rpartition("\n")[2]
    for window in (behind, before):
        yield from ((LIKELY, piece) for piece in _quoted(window))
        for token in _tokens(window):
            rank = LIKELY if _peculiar(token) else NEAR
            yield from ((rank, word) for word in _cleaned(token))


def _leading(rest: str) -> Iterator[str]:
    """What a line may offer as the password itself: its first word, what it quotes first, all of it."""
    quoted = next(_quoted(rest[:100]), "")
    if quoted and rest.find(quoted) <= 2:
        yield quoted
    tokens = list(_tokens(rest[:_BEHIND]))
    if tokens:
        yield from _cleaned(tokens[0])
    if 1 < len(tokens) <= 8 and len(rest) <= 64:
        yield rest
        yield rest.rstrip(_CLOSING)
    if quoted:
        yield quoted


def _anywhere(text: str) -> list[tuple[int, str]]:
    """Quoted things, what ends a line after a colon, single words on a line, words that look like no word."""
    found = [(POSSIBLE, piece) for piece, _ in zip(_quoted(text), range(_MOST), strict=False) if len(piece) >= 3]
    for match, _ in zip(_LINE_END.finditer(text), range(_MOST), strict=False):
        found += [(POSSIBLE if _peculiar(match[1]) else FAINT, word) for word in _cleaned(match[1])]
    start = 0
    for _ in range(_LINES):
        if start >= len(text):
            break
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if 3 <= end - start <= 80:
            line = text[start:end].strip()
            if len(line) >= 3 and " " not in line:
                found += [(POSSIBLE if _peculiar(line) else FAINT, word) for word in _cleaned(line)]
        start = end + 1
    left = _MOST
    for token in _tokens(text):
        if left and _peculiar(token):
            left -= 1
            found += [(POSSIBLE, word) for word in _cleaned(token)]
    return found


def _quoted(text: str) -> Iterator[str]:
    for match in _QUOTED.finditer(text):
        piece = match[match.lastindex or 0].strip()
        if piece:
            yield piece


def _tokens(text: str) -> Iterator[str]:
    return (match[0] for match in _TOKEN.finditer(text))


def _cleaned(token: str) -> Iterator[str]:
    """A word with and without the punctuation around it: which of it belongs to the sentence, nobody knows."""
    bare = token.lstrip(_OPENING).rstrip(_CLOSING)
    inner = token[:-1] if token[-1:] in ".,;:" else token
    for word in (inner, bare, token) if token[:1] not in _OPENING else (bare, inner, token):
        if word:
            yield word
    # Turkish sets endings off from names and figures with an apostrophe.
    stem, mark, ending = bare.replace("’", "'").rpartition("'")
    if mark and stem and ending.isalpha() and len(ending) <= _ENDING:
        yield stem


def _peculiar(token: str) -> bool:
    """Whether a word looks made up: letters with digits or signs among them, and no address."""
    if token.isalpha() and token[1:].islower():
        return False  # nearly all of them
    if not 4 <= len(token) <= 64 or "://" in token or token[:4].lower() == "www.":
        return False
    bare = token.strip(_AROUND)
    if bare.isalpha() and bare[1:].islower():
        return False  # a word like any other
    digits = any(letter.isdigit() for letter in bare)
    letters = any(letter.isalpha() for letter in bare)
    signs = any(letter in "!#$%&*+=?@^_~§" for letter in bare)
    inner_case = any(low.islower() and high.isupper() for low, high in pairwise(bare))
    return (digits + letters + signs >= 2 or inner_case) and not ("@" in bare and "." in bare.partition("@")[2])
