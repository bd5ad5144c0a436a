"""What HTML, SVG and XML have in common: encodings, attributes, URLs.

Everything here works on bytes in an encoding that contains ASCII; the rare document in another one is turned into UTF-8 first.

References: XML 1.0 appendix F (detection of encodings), HTML standard "Determining the character encoding", RFC 2152 (UTF-7), RFC 2397 (data: URLs).
"""

from __future__ import annotations

import binascii
import re
from array import array
from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard.later import later
from attachguard.part import Part
from attachguard.types import letters

#: Attributes of one tag that are looked at.
MOST_ATTRIBUTES: Final = 2_000
#: Bytes of an attribute value that can matter for what kind of URL it is.
_URL_HEAD: Final = 4_096

_ATTRIBUTE: Final = re.compile(
    rb"""([^\t\n\f\r />][^\t\n\f\r />=]*+)(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:"([^"]*+)"?|'([^']*+)'?|([^\t\n\f\r >]*+)))?"""
)
#: How far into a page UTF-7 is looked for, and what is a sign of it, in small letters.
_UTF7_REACH: Final = 1024
_UTF7: Final = later(rb"utf-?7\b|\+adw-")
#: Escapes of ISO 2022-JP: what follows is no ASCII until the next one.
_SHIFTS: Final = re.compile(rb"\x1b(?:\$[@B(]|\([IJ])")
_DECLARATION: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,100}<\?xml[^>]{1,200}?encoding\s*=\s*[\"']([\w.-]{1,40})")
#: Encodings that an XML declaration in ASCII may name, and that then say something else than ASCII.
_UNLIKE_ASCII: Final = {
    "utf-7": "utf-7", "utf7": "utf-7", "unicode-1-1-utf-7": "utf-7", "iso-2022-jp": "iso2022_jp", "csiso2022jp": "iso2022_jp",
    "iso-2022-kr": "iso2022_kr", "hz-gb-2312": "hz",
}  # fmt: skip
_DATA_URL: Final = later(rb"(?is)\s*data:([^;,]{0,120})((?:;[^;,]{0,120}){0,8}),")
_BLANKS: Final = re.compile(rb"[\x00-\x20]+")
#: A file URL names a host after two slashes, or after four and more; after three, or before a drive, it is a local path.
_FILE_HOST: Final = r"file:/{2}(?![a-z]:)[^/\\]|file:/{4,}[^/\\]|file:/{0,8}\\\\"
_REMOTE: Final = later(r"(?:https?|ftp|smb|webdavs?|davs?)://[^/?#]|//[^/]|\\\\[^\\]|" + _FILE_HOST, re.IGNORECASE)


class DataUrl(NamedTuple):
    """A `data:` URL.

    Args:
        media: its media type, in lower case; empty where it gives none.
        base64: whether the content is base64, else percent-encoded text.
        content: the content as it is in the URL.
    """

    media: str
    base64: bool
    content: bytes


def pack_names(names: str) -> array[int]:
    """Tag names as the core wants them: the first eight letters of each, in lower case, packed into a number."""
    return array("Q", (int.from_bytes(name.lower().encode()[:8]) for name in names.split()))


def ascii_markup(part: Part) -> bytes:
    """The part's bytes in an encoding that contains ASCII, without the NULs that some readers pass over."""
    data = part.data
    codec = _wide(data[:4]) or _declared_codec(data)
    if codec:
        data = data.decode(codec, "replace").encode("utf-8", "replace")
        part.budget.charge(len(data))
    if b"\0" in data:
        data = data.replace(b"\0", b"")
    return data


def _wide(head: bytes) -> str:
    """The encoding that the first four bytes give away; empty where they are ASCII's."""
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if head[1:2] == b"\0" and head[3:4] == b"\0" and head[:1] != b"\0":
        return "utf-16-le" if head[2:3] != b"\0" else "utf-32-le"
    if head[:1] == b"\0" and head[2:3] == b"\0":
        return "utf-16-be" if head[1:2] != b"\0" else "utf-32-be"
    return "cp037" if head == b"\x4c\x6f\xa7\x94" else ""  # <?xm in EBCDIC


def _declared_codec(data: bytes) -> str:
    """The encoding that an XML declaration names, where its letters are not ASCII's."""
    match = _DECLARATION.match(data)
    return _UNLIKE_ASCII.get(match[1].decode("ascii").lower().replace("_", "-"), "") if match else ""


def readings(part: Part) -> Iterator[bytes]:
    """The page as one program or another reads its bytes: as they are, decoded, without NULs, in the encodings that shift between alphabets."""
    data = part.data
    if _wide(data[:4]) or b"\0" in data:
        yield part.once(ascii_markup)
        if _wide(data[:2] + b"  "):
            return  # a byte order mark is heeded by all
    # A NUL is part of a name to the standard, and no blank.
    yield data
    for codec in _shifting(data):
        part.budget.charge(len(data))
        yield data.decode(codec, "replace").encode("utf-8", "replace")


def _shifting(data: bytes) -> Iterator[str]:
    """The encodings that shift between alphabets of which a page shows signs."""
    head = data[:_UTF7_REACH].lower()
    if (b"utf7" in head or b"utf-7" in head or b"+adw-" in head) and _UTF7.search(head):
        yield "utf-7"
    if b"\x1b" in data and _SHIFTS.search(data):
        yield "iso2022_jp"


def attributes(data: bytes, start: int, end: int) -> Iterator[tuple[str, bytes]]:
    """The attributes of a tag: lower-case name and raw value; `start` is after the tag's name."""
    for number, match in enumerate(_ATTRIBUTE.finditer(data, start, end)):
        if number >= MOST_ATTRIBUTES:
            return
        place = match.lastindex or 1
        yield match[1].decode("latin-1").lower(), match[place] if place > 1 else b""


def url_text(value: bytes) -> str:
    """What a browser makes of a URL in an attribute: references resolved, tabs and line ends dropped, blanks trimmed; cut."""
    text = value[:_URL_HEAD].decode("utf-8", "replace")
    if "&" in text:
        import html

        text = html.unescape(text)
    if not text.isprintable():
        text = "".join(letter for letter in text if letter.isprintable() or letter == " ")
    return text.strip()


def scheme_of(url: str) -> str:
    """The scheme of a URL in lower case, without the colon; empty where there is none."""
    scheme, colon, _ = url.partition(":")
    return scheme.lower() if colon and scheme.replace("-", "").replace("+", "").replace(".", "").isalnum() else ""


def is_remote(url: str) -> bool:
    """Whether opening the URL or path reaches out to another host."""
    return _REMOTE.match(url) is not None


#: How foreign text is shown.
shown = letters.shown


def parse_data_url(value: bytes) -> DataUrl | None:
    """A `data:` URL taken apart; None where the value is something else."""
    match = _DATA_URL.match(value)
    if match is None and b"&" in value[:64]:
        import html

        value = html.unescape(value.decode("latin-1")).encode("latin-1", "replace")
        match = _DATA_URL.match(value)
    if match is None:
        return None
    return DataUrl(match[1].decode("latin-1").strip().lower(), b"base64" in match[2].lower(), value[match.end() :])


def decode_data_url(url: DataUrl) -> bytes:
    """The content of a `data:` URL; what is not base64 in it is passed over."""
    content = url.content
    if b"%" in content:
        from urllib.parse import unquote_to_bytes

        content = unquote_to_bytes(content)
    return from_base64(content) if url.base64 else content


def from_base64(text: bytes) -> bytes:
    """What a lenient reader makes of base64 text: foreign characters dropped, missing padding made up."""
    try:
        return binascii.a2b_base64(text)
    except binascii.Error:
        text = _BLANKS.sub(b"", text).replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
        try:
            return binascii.a2b_base64(text[: len(text) - len(text) % 4] if len(text) % 4 == 1 else text + b"==")
        except binascii.Error:
            return b""


def family_of(kind: str) -> str:
    """How kinds of findings about a page begin: `html`, `svg`, or `xhtml` for pages in any other XML."""
    return "xhtml" if kind == "XML" else kind.lower()
