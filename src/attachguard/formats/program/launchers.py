"""Small text files that start something when they are opened: shortcuts, queries, settings, connections.

`.url`, `.webloc`, `.desktop`, `.scf`, `.theme`, `.rdp`, `.ica`, `.reg`, `.inf`, `.iqy`, `.wsh`, `.wsb`, `.library-ms`, `.search-ms`,
`.settingcontent-ms`, `.jnlp`, `.osd`, `.msc`, `.mobileconfig`, `.terminal`, `.odc`, `.udl`, `.ovpn`, `.vnc`, `.flatpakref`, `.ins`, `.diagcfg`, app
installer and ClickOnce manifests and their like say in one line what is run, installed, connected to or fetched. That line is the
finding's detail; a host in it is an external reference, because Windows contacts a host of an icon, library or picture path as soon as a folder
with such a file is looked at.

References: Microsoft's pages on `.library-ms`, `.searchConnector-ms`, `.theme`, RDP file settings, INF files; freedesktop.org Desktop Entry 1.5;
JSR-56 (JNLP).

Why our own: each is a few lines of text, and what starts is wanted, not the settings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from attachguard.formats.markup.plainxml import plain
from attachguard.formats.markup.shared import ascii_markup, is_remote, shown, url_text
from attachguard.part import Part
from attachguard.types.filetypes import TITLES

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset(
    [
        "url",
        "scf",
        "desktop",
        "iqy",
        "reg",
        "inf",
        "autorun",
        "library-ms",
        "search-ms",
        "settingcontent-ms",
        "theme",
        "rdp",
        "ica",
        "jnlp",
        "msc",
        "appref-ms",
        "application",
        "appinstaller",
        "osd",
        "webloc",
        "wsb",
        "wsh",
        "mobileconfig",
        "terminal",
        "odc-data",
        "udl",
        "remote",
        "vpn",
        "source",
        "profile",
        "setup",
    ]
)
LIMITATIONS: Final = (
    "Registry and setup files are judged by well-known places only; what else they change is not listed.",
)
EXTRACTS: Final = "Nothing."
DETECTS: Final = (
    "Programs, scripts and addresses that shortcuts, queries, settings, connections and registry entries start or open."
)

#: Such files are short; what follows is not read.
_READ: Final = 1 << 20
_MOST_LINES: Final = 20_000
_MOST: Final = 8

Lines = Iterator[tuple[str, str]]

#: Keys that say what is run or opened, and keys whose value is fetched, by type of an INI-like file.
_KEYS: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "url": (frozenset({"url", "baseurl"}), frozenset({"url", "baseurl", "iconfile", "workingdirectory", "origurl"})),
    "scf": (frozenset({"command"}), frozenset({"iconfile"})),
    "desktop": (frozenset({"exec", "url", "tryexec"}), frozenset({"url", "icon"})),
    "theme": (
        frozenset({"scrnsave.exe"}),
        frozenset(
            {"path", "wallpaper", "brandimage", "scrnsave.exe", "defaultvalue", "imagesrootpidl", "imagesrootpath"}
        ),
    ),
    "autorun": (frozenset({"open", "shellexecute", "icon"}), frozenset({"open", "shellexecute", "icon"})),
    "wsh": (frozenset({"path"}), frozenset({"path"})),
    "ica": (frozenset({"address", "initialprogram"}), frozenset({"address", "httpbrowseraddress"})),
    "remote": (
        frozenset(
            {
                "host",
                "server",
                "address",
                "ssh_server",
                "precommand",
                "postcommand",
                "exec",
                "command",
                "proxy",
                "admin-guest-id",
            }
        ),
        frozenset({"url"}),
    ),
    "source": (
        frozenset({"name", "url", "runtimerepo", "suggestremotename"}),
        frozenset({"url", "runtimerepo", "icon"}),
    ),
    "profile": (
        frozenset(
            {
                "run",
                "install",
                "homepage",
                "url",
                "autoconfigurl",
                "autoconfigjsurl",
                "host",
                "server",
                "homeserver",
                "name",
                "pathtoost",
            }
        ),
        frozenset({"homepage", "url", "autoconfigurl", "autoconfigjsurl"}),
    ),
}
_REGISTRY_PLACES: Final = re.compile(
    r"(\\currentversion\\run(?:once|services)?|\\winlogon|\\shell\\[^\\\]]+\\command|image file execution options|\\appinit_dlls|\\services\\|"
    r"\\policies\\|\\internet settings|inprocserver32|\\security\\trusted|\\environment|windows defender|userinitmprlogonscript)",
    re.IGNORECASE,
)
_SETUP_KEYS: Final = frozenset(
    {
        "runpresetupcommands",
        "runpostsetupcommands",
        "unregisterocxs",
        "registerocxs",
        "registerdlls",
        "unregisterdlls",
        "addreg",
        "install",
    }
)
_XML_PLACES: Final[dict[str, re.Pattern[bytes]]] = {
    "library-ms": re.compile(rb"<(?:\w+:)?url>\s*([^<]{1,1000})", re.IGNORECASE),
    "search-ms": re.compile(
        rb"<(?:\w+:)?(?:url|domain)>\s*([^<]{1,1000})|"
        rb"<(?:\w+:)?(?:include|location)\b[^<>]{0,500}?path\s*=\s*[\"']([^\"']{1,1000})",
        re.IGNORECASE,
    ),
    "webloc": re.compile(
        rb"<key>\s{0,20}URL\s{0,20}</key>\s{0,200}<string>\s{0,20}([^<]{1,2000})|\bURL=([^\r\n]{1,1000})|(?:_\x10[\x0f-\xff]|_\x11..|[\x57-\x5e])((?:https?|ftp|file|smb|afp|vnc)://[!-~]{1,1000})"
    ),
    "appinstaller": re.compile(
        rb"<(?:Main(?:Package|Bundle)|Package|Bundle)\b[^<>]{0,1000}?\bUri\s{0,8}=\s{0,8}[\"']([^\"']{1,1000})",
        re.IGNORECASE,
    ),
    "osd": re.compile(rb"<CODEBASE\b[^<>]{0,500}?\bHREF\s{0,8}=\s{0,8}[\"']([^\"']{1,1000})", re.IGNORECASE),
    "wsb": re.compile(rb"<Command>\s{0,200}([^<]{1,1000})|<HostFolder>\s{0,200}([^<]{1,1000})", re.IGNORECASE),
    "settingcontent-ms": re.compile(rb"<(?:\w+:)?DeepLink>\s*([^<]{1,2000})", re.IGNORECASE),
    "jnlp": re.compile(
        rb"<jnlp\b[^<>]{0,1000}?codebase\s*=\s*[\"']([^\"']{1,1000})|"
        rb"<(?:jar|nativelib)\b[^<>]{0,500}?href\s*=\s*[\"']([^\"']{1,1000})",
        re.IGNORECASE,
    ),
    "application": re.compile(
        rb"<(?:\w+:)?(?:deploymentProvider|dependentAssembly)\b[^<>]{0,500}?codebase\s*=\s*[\"']([^\"']{1,1000})",
        re.IGNORECASE,
    ),
    "mobileconfig": re.compile(rb"<string>\s{0,20}((?:com\.apple\.|https?:)[^<]{1,300})"),
    "terminal": re.compile(rb"<key>\s{0,20}CommandString\s{0,20}</key>\s{0,200}<string>([^<]{1,2000})"),
    "odc-data": re.compile(
        rb"<(?:\w+:)?(?:ConnectionString|CommandText|ConnectionFile)\b[^<>]{0,200}>\s{0,200}([^<]{1,2000})",
        re.IGNORECASE,
    ),
    "setup": re.compile(
        rb"<(?:\w+:)?[\w.:-]{1,60}\b[^<>]{0,500}?(?:href|uri|url|path|filename|command|run)\s*=\s*[\"']([^\"']{1,1000})",
        re.IGNORECASE,
    ),
    "msc": re.compile(
        rb"((?:javascript:|res://apds\.dll|vbscript:)[^<]{0,500}|(?<=>)https?://[^<]{1,500})", re.IGNORECASE
    ),
}


def inspect(part: Part) -> Iterator[Fact]:
    """What the file starts and what it fetches."""
    data = part.once(ascii_markup)[:_READ]
    for kind in part.types:
        if kind.id not in TYPES:
            continue
        runs: list[str] = []
        fetches: list[str] = []
        markup = kind.id in _XML_PLACES and b"<" in data
        _READERS.get(kind.id, _read_settings)(kind.id, plain(data) if markup else data, runs, fetches)
        title = TITLES[kind.id]
        title = title[:1].upper() + title[1:]
        for target in list(dict.fromkeys(runs))[:_MOST]:
            yield part.finding("launcher", f"{title}: {shown(target)}")
        for target in list(dict.fromkeys(fetches))[:_MOST]:
            yield part.finding("launcher-reference", f"{title}: {shown(target)}")


def _lines(data: bytes) -> Lines:
    """Key in lower case and value of each `key=value` line."""
    for number, line in enumerate(data.decode("utf-8", "replace").lstrip("\ufeff").splitlines()):
        if number >= _MOST_LINES:
            return
        key, equals, value = line.partition("=")
        if equals:
            yield key.strip().lower(), value.strip()


def _read_settings(kind: str, data: bytes, runs: list[str], fetches: list[str]) -> None:
    run_keys, fetch_keys = _KEYS[kind]
    for key, value in _lines(data):
        key = key.partition("[")[0]
        if key in run_keys and value:
            runs.append(value)
        if key in fetch_keys and is_remote(value.strip("\"'")):
            fetches.append(value)


def _read_query(_kind: str, data: bytes, runs: list[str], fetches: list[str]) -> None:
    """An Office web query: `WEB`, a version, the address; or a database query with connection and statement."""
    for line in data[:65_536].decode("utf-8", "replace").splitlines()[:50]:
        line = line.strip()
        if is_remote(line) or re.match(r"(?:DRIVER|DSN|Provider)\s*=", line, re.IGNORECASE):
            runs.append(line)
            if is_remote(line):
                fetches.append(line)


def _read_registry(_kind: str, data: bytes, runs: list[str], _fetches: list[str]) -> None:
    place = ""
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines()):
        if number >= _MOST_LINES:
            return
        line = line.strip()
        if line.startswith("["):
            place = line.strip("[]") if _REGISTRY_PLACES.search(line) else ""
            continue
        if place and "=" in line:
            runs.append(f"sets {place.rpartition(chr(92))[2]}: {line}")
            place = ""


def _read_setup(_kind: str, data: bytes, runs: list[str], fetches: list[str]) -> None:
    section = ""
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines()):
        if number >= _MOST_LINES:
            return
        line = line.partition(";")[0].strip()
        if line.startswith("["):
            section = line.strip("[] ").lower()
        elif (
            section.endswith("section")
            and "\\" in line
            and re.search(r"scrobj|https?:|cmd|powershell|rundll", line, re.IGNORECASE)
        ):
            runs.append(line)
        else:
            key, equals, _ = line.partition("=")
            if equals and key.strip().lower() in _SETUP_KEYS and len(runs) < _MOST:
                runs.append(line)
        fetches += (word.strip() for word in line.split(",") if is_remote(word.strip(" \t\"'")))


def _read_remote_desktop(_kind: str, data: bytes, runs: list[str], fetches: list[str]) -> None:
    """Lines `name:type:value`; the drives, clipboard and cards it hands to the host matter as much as the host."""
    shared: list[str] = []
    for line in data.decode("utf-8", "replace").lstrip("\ufeff").splitlines()[:2_000]:
        key, _, rest = line.partition(":")
        value = rest.partition(":")[2].strip()
        key = key.strip().lower()
        if key == "full address" and value:
            runs.insert(0, value)
            fetches.append(value)
        elif key in ("alternate shell", "remoteapplicationprogram", "remoteapplicationcmdline") and value:
            runs.append(f"runs {value}")
        elif key.startswith("redirect") and value == "1":
            shared.append(key.removeprefix("redirect"))
        elif key in ("drivestoredirect", "devicestoredirect") and value:
            shared.append("drives" if key.startswith("drive") else "devices")
    if shared:
        runs.append(f"shares {', '.join(dict.fromkeys(shared))}")


def _read_elements(kind: str, data: bytes, runs: list[str], fetches: list[str]) -> None:
    for number, match in enumerate(_XML_PLACES[kind].finditer(data)):
        if number >= 100:
            return
        target = url_text(match[match.lastindex or 1])
        if target:
            runs.append(target)
            if is_remote(target):
                fetches.append(target)


def _read_connection(_kind: str, data: bytes, runs: list[str], fetches: list[str]) -> None:
    """A connection to a database: a string of `key=value` pairs, or one a line."""
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines()):
        if number >= _MOST_LINES:
            return
        for pair in line.split(";")[:100]:
            key, equals, value = pair.partition("=")
            if equals and key.strip().lower() in _CONNECTION_KEYS and value.strip():
                runs.append(pair.strip())
                if is_remote(value.strip(" \"'")):
                    fetches.append(value.strip(" \"'"))


def _read_vpn(_kind: str, data: bytes, runs: list[str], _fetches: list[str]) -> None:
    """Directives of OpenVPN that name the other end or run something; for other profiles, the host."""
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines()):
        if number >= _MOST_LINES:
            return
        words = line.replace("=", " ", 1).split(maxsplit=1)
        if len(words) == 2 and words[0].lower() in _VPN_WORDS:
            runs.append(line.strip())


def _read_click_once(_kind: str, data: bytes, runs: list[str], fetches: list[str]) -> None:
    """A ClickOnce reference is one line: address of the manifest, then identity."""
    target = data[:4_096].decode("utf-8", "replace").lstrip("\ufeff").partition("#")[0].strip()
    if target:
        runs.append(target)
        if is_remote(target):
            fetches.append(target)


_CONNECTION_KEYS: Final = frozenset(
    {
        "provider", "data source", "driver", "server", "dsn", "remote server", "dbq", "initial catalog", "database", "extended properties", "filedsn",
        "url",
    }
)  # fmt: skip
_VPN_WORDS: Final = frozenset(
    {
        "remote", "up", "down", "plugin", "route-up", "route-pre-down", "ipchange", "tls-verify", "auth-user-pass-verify", "client-connect",
        "client-disconnect", "learn-address", "endpoint", "preup", "postup", "predown", "postdown",
        "script-security", "host", "phonenumber", "customdialdll", "customdialfunc", "device",
    }
)  # fmt: skip

_READERS: Final[dict[str, Callable[[str, bytes, list[str], list[str]], None]]] = {
    "iqy": _read_query,
    "reg": _read_registry,
    "inf": _read_setup,
    "rdp": _read_remote_desktop,
    "appref-ms": _read_click_once,
    "udl": _read_connection,
    "vpn": _read_vpn,
    **dict.fromkeys(_XML_PLACES, _read_elements),
}
