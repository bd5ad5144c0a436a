r"""What a document refers to, and what that can do: the one table for every format.

Three things decide: what the reference brings (a template or other code, content that is shown, data that is read in, a place a reader may go
to), when it is followed (on opening, when fields or links are updated, on a click), and where it leads:

- a *network path* (`\\host\share`, `file://host/…`, `smb:`, WebDAV as `\\host@SSL\…`): Windows logs on to the host that it names, so the
  recipient's password hash is handed over;
- a *moniker* or protocol that runs something by itself (`script:`, `ms-msdt:`, `search-ms:`, `mk:@MSITStore:`, …);
- an address of the web;
- a host of the recipient's own network, which nobody outside can answer for;
- this computer or the document's own folder.

The answer is the id of a kind, which policies match, or an empty string where nothing is worth saying. A format names the use and hands over the
address as it is there; how Windows reads addresses is known here and nowhere else.

References: [MS-DTYP] 2.2.57 (UNC), WebDAV's `@SSL`, `@port` and `DavWWWRoot`, RFC 8089 with appendix E (file URIs as Windows writes them),
[MS-OSHARED] 2.3.7 (monikers), RFC 3986, "Office URI schemes"; CVE-2017-0199, CVE-2017-8570, CVE-2021-40444, CVE-2022-30190, CVE-2023-23397,
CVE-2024-21413.

Why our own: no library says what an address does when an Office program, a browser or a mail client follows it.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

from attachguard.later import later
from attachguard.readers.hosts import is_own

Brings = Literal["template", "object", "code", "content", "data", "place"]
Moment = Literal["opening", "update", "click"]
Form = Literal["local", "network-path", "web", "moniker", "other"]

#: Kinds of `external-reference` that follow from the address, whatever the use.
NETWORK_PATH: Final = "network-path"
NETWORK_PATH_LINK: Final = "network-path-link"
MONIKER: Final = "protocol-moniker"
PROTOCOL_LINK: Final = "protocol-link"
OWN_NETWORK: Final = "own-network-reference"
#: Kinds of what comes from the web, by what it brings; content and data have the kind of their use.
_FROM_THE_WEB: Final = {
    "template": "attached-template",
    "object": "ole-link-remote",
    "code": "remote-code",
    "place": "",
}


class Use(NamedTuple):
    """What a reference is for.

    Args:
        words: what it is, in plain words.
        brings: what comes from where it leads; `code` is what acts once it is there: frames, sub-documents, scripts, add-ins.
        moment: when it is followed.
        kind: the kind of a reference that is in no other way remarkable.
        anywhere: whether it is worth saying even where it leads to a file of this computer.
    """

    words: str
    brings: Brings
    moment: Moment
    kind: str = "fetched-content"
    anywhere: bool = False


#: Uses that several formats share, by name. A format with a use of its own makes a `Use` beside its reader.
USES: Final[dict[str, Use]] = {
    "template": Use("attached template", "template", "opening"),
    "object": Use("linked OLE object", "object", "opening", "ole-link", anywhere=True),
    "frame": Use("frame", "code", "opening", anywhere=True),
    "subdocument": Use("subdocument", "code", "opening", anywhere=True),
    "chunk": Use("alternative content", "code", "opening"),
    "script": Use("script", "code", "opening"),
    "add-in": Use("add-in", "code", "opening"),
    "picture": Use("linked picture", "content", "opening", "linked-picture"),
    "sound": Use("linked sound", "content", "opening"),
    "video": Use("linked video", "content", "opening"),
    "media": Use("linked media", "content", "opening"),
    "style": Use("style sheet", "content", "opening"),
    "font": Use("linked font", "content", "opening"),
    "reminder": Use("reminder sound", "content", "opening"),
    "playlist": Use("playlist entry", "content", "opening"),
    "icon": Use("icon", "content", "opening"),
    "workbook": Use("linked workbook", "data", "update", anywhere=True),
    "mail merge": Use("mail merge source", "data", "update"),
    "text": Use("linked text", "data", "update"),
    "field": Use("field", "data", "update", "fetching-field"),
    "function": Use("spreadsheet function", "data", "update", "fetching-function"),
    "connection": Use("data connection", "data", "update", "data-connection"),
    "link": Use("hyperlink", "place", "click"),
    "attachment": Use("attachment by reference", "place", "click", "attachment-by-reference", anywhere=True),
    "form": Use("form target", "place", "click"),
}


class Address(NamedTuple):
    """An address as Windows reads it.

    Args:
        form: where it leads to.
        host: the host that it names, or an empty string.
        scheme: its scheme in lower case; empty for a path.
    """

    form: Form
    host: str
    scheme: str

    @property
    def own(self) -> bool:
        """Whether the host cannot be reached from outside."""
        return is_own(self.host)


#: Schemes that run, install or search something by themselves, or wrap an address of which that is true. A click is enough, some need none.
_MONIKERS: Final = frozenset(
    [
        "script", "scriptlet", "javascript", "jscript", "vbscript", "livescript", "mshta", "htafile", "hcp", "ms-msdt", "ms-officecmd",
        "ms-appinstaller", "search-ms", "search", "ms-search", "ms-cxh", "ms-cxh-full", "ms-its", "msits", "its", "mk", "mhtml", "res", "soap",
        "winmgmts", "new", "clsid", "objref", "queue", "shell", "jnlp", "jnlps",
    ]
)  # fmt: skip
#: Schemes that hand an address on to a program, which opens it.
_WRAPPERS: Final = frozenset(
    [
        "ms-word", "ms-excel", "ms-powerpoint", "ms-access", "ms-visio", "ms-publisher", "ms-project", "ms-spd", "ms-infopath", "view-source", "jar",
        "microsoft-edge", "feed",
    ]
)  # fmt: skip
_WEB: Final = frozenset(
    {
        "http",
        "https",
        "ftp",
        "ftps",
        "feed",
        "ws",
        "wss",
        "rtsp",
        "mms",
        "rtmp",
        "vnd.sun.star.webdav",
        "webcal",
        "webcals",
    }
)
#: Schemes that Windows or a viewer turns into a network path, and logs on.
_SHARES: Final = frozenset({"smb", "cifs", "dav", "davs", "webdav", "webdavs", "nfs", "afp"})
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]{1,40}):", re.IGNORECASE)
_DRIVE: Final = re.compile(r"[a-z][:|](?![a-z0-9])", re.IGNORECASE)
#: What precedes the address itself: OLE's words for a display name, quotes, brackets, blanks and control characters.
_FRONT: Final = re.compile(r"(?:[\s\x00-\x20\"'<(\u00a0\u200b\ufeff]|urn?l:(?=\S))+", re.IGNORECASE)
#: A path that names a device or a UNC path at length: `\\?\UNC\host\…`, `\??\UNC\…`, `\\.\UNC\…`, `\\;LanmanRedirector\;X:0\host\…`.
_LONG_UNC: Final = later(
    r"[\\/]{1,2}[?.]{1,2}[\\/]+(?:globalroot[\\/]+device[\\/]+mup|unc|mup)[\\/]+|[\\/]{2};[^\\/]*(?:[\\/];[^\\/]*)*[\\/]+",
    re.IGNORECASE,
)
_LONG_LOCAL: Final = re.compile(r"[\\/]{1,2}[?.]{1,2}[\\/]")
_UNC: Final = re.compile(r"[\\/]{2,}")
_HOST: Final = re.compile(r"[^\\/?#\s\x00]{0,255}")
_THIS: Final = frozenset({"", "localhost", ".", "?"})
#: An address inside another one: what a wrapper opens, what a search looks through.
_INNER: Final = later(r"(?:https?|ftp|file|smb|webdavs?|davs?):[\\/]|\\\\[^\\/?.]|%5c%5c", re.IGNORECASE)
#: How much of an address matters.
_READ: Final = 4_096


def read(address: str, *, page: bool = False) -> Address:
    """An address taken apart as Windows does it; blanks, quotes and `URL:` in front are passed over.

    Args:
        address: as it is in the file.
        page: whether it is in a page of the web, where `//host` has the page's scheme and is no network path.
    """
    text = address[:_READ]
    front = _FRONT.match(text)
    if front is not None:
        text = text[front.end() :]
    if not text:
        return Address("local", "", "")
    if text[0] in "\\/":
        if page and text.startswith("//") and not text.startswith("///"):
            return Address("web", _authority(text), "")
        return _path(text, "")
    if _DRIVE.match(text):
        return Address("local", "", "")
    # Browsers and Windows drop tabs and line ends inside a scheme.
    found = _SCHEME.match(text) or _SCHEME.match(re.sub(r"[\x00-\x1f]", "", text[:64]))
    if found is None:
        return Address("local", "", "")
    scheme = found[1].lower()
    rest = text[found.end() :] if text.startswith(found[1]) else text.partition(":")[2]
    return _of_scheme(scheme, rest)


def _of_scheme(scheme: str, rest: str) -> Address:
    if scheme == "file":
        return _file(rest)
    inner = _INNER.search(rest) if scheme not in _WEB else None
    if scheme in _MONIKERS:
        return Address("moniker", _inner(rest, inner).host, scheme)
    if scheme in _SHARES:
        host = _authority(rest)
        return Address("local" if host.lower() in _THIS else "network-path", host, scheme)
    if scheme in _WEB:
        return Address("web", _authority(rest), scheme)
    where = _inner(rest, inner)
    if where.form == "network-path" or (scheme in _WRAPPERS and where.form == "web"):
        return where
    return Address("other", "", scheme)


def _inner(rest: str, found: re.Match[str] | None) -> Address:
    """The address that another one wraps."""
    if found is None:
        return Address("local", "", "")
    text = rest[found.start() :]
    if text[0] == "%":
        from urllib.parse import unquote

        text = unquote(text)
    # Read without a further level: what is inside it is not followed.
    scheme, colon, behind = text.partition(":")
    if text[0] in "\\/" or not colon:
        return _path(text, "")
    if scheme.lower() == "file":
        return _file(behind)
    host = _authority(behind)
    return Address("web" if scheme.lower() in _WEB else "network-path", host, scheme.lower())


def _file(rest: str) -> Address:
    """A file URI in any of the forms that Windows takes: two slashes and a host, four and more, three and a drive, backslashes."""
    if "%" in rest[:300]:
        from urllib.parse import unquote

        rest = unquote(rest[:_READ])
    slashes = len(rest) - len(rest.lstrip("\\/"))
    body = rest[slashes:]
    # One slash, three, or a drive after any number is a path of this computer, unless two backslashes begin a UNC path after them.
    unc = slashes == 2 or slashes >= 4 or rest[max(0, slashes - 2) : slashes] == "\\\\"
    if _DRIVE.match(body) or not unc:
        return Address("local", "", "file")
    return _path("\\\\" + body, "file")


def _path(text: str, scheme: str) -> Address:
    """A path that begins with a slash or backslash."""
    long = _LONG_UNC.match(text)
    if long is not None:
        body = text[long.end() :]
    else:
        slashes = _UNC.match(text)
        if slashes is None or _LONG_LOCAL.match(text):
            return Address("local", "", scheme)
        body = text[slashes.end() :]
    host = _host(_HOST.match(body)[0])  # type: ignore[index]  # it matches an empty text, too
    if host.lower() in _THIS or _DRIVE.match(body):
        return Address("local", "", scheme)
    return Address("network-path", host, scheme)


def _host(text: str) -> str:
    """The host of a UNC path, without the WebDAV redirector's `@SSL` and `@port`."""
    return text.partition("@")[0]


def _authority(rest: str) -> str:
    """The host of a URI, without user and port."""
    text = _HOST.match(rest.lstrip("\\/"))[0]  # type: ignore[index]  # it matches an empty text, too
    if "%" in text:
        from urllib.parse import unquote

        text = unquote(text)
    text = text.rpartition("@")[2]
    if text.startswith("["):
        return text.partition("]")[0] + "]"
    return text.partition(":")[0]


def kind_of(use: Use, address: str, *, page: bool = False) -> str:
    """The kind of `external-reference` that an address in this use is; empty where there is nothing to say.

    Args:
        use: what the reference is for.
        address: where it leads, as it is in the file.
        page: see `read`.
    """
    # Nearly all links of a document go to the web or a mailbox.
    if use.brings == "place" and not use.anywhere and address.startswith(("http:", "https:", "mailto:", "#")):
        return ""
    where = read(address, page=page)
    click = use.moment == "click"
    if where.form == "moniker":
        return PROTOCOL_LINK if click else MONIKER
    if where.form in ("local", "other"):
        return use.kind if use.anywhere else ""
    if where.own:
        return OWN_NETWORK if use.anywhere or not click else ""
    if where.form == "network-path" and use.brings != "template":
        return NETWORK_PATH_LINK if click else NETWORK_PATH
    return use.kind if click and use.anywhere else _FROM_THE_WEB.get(use.brings, use.kind)


#: An address inside other words: connection strings and field codes have some in them.
_INSIDE: Final = later(
    r"(?<=[=;,(\"'| ])\s{0,20}(?:[a-z][a-z0-9+.-]{1,20}:[\\/]{2}|\\\\)[^;,\"']{1,1000}", re.IGNORECASE
)


def found_in(use: Use, text: str) -> tuple[str, str]:
    """The kind of the first reference in some words, which may be an address themselves or have one inside, and that address.

    Args:
        use: what the words are for.
        text: e.g. a connection string; only its beginning is read.
    """
    text = text[:_READ]
    kind = kind_of(use, text)
    if kind not in ("", use.kind):
        return kind, text
    for place in _INSIDE.finditer(text):
        inner = kind_of(use, place[0].strip())
        if inner not in ("", use.kind):
            return inner, place[0].strip()
        kind = kind or inner
    return kind, text
