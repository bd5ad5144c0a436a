"""What an operator may set, on the command line or in a TOML file; mistakes are named with file, line and remedy."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from attachguard.errors import OperatorError
from attachguard.gateway.serve import addresses, values
from attachguard.gateway.serve.addresses import Address
from attachguard.policy.reading.file import builtin_names
from attachguard.policy.reading.values import Document, Problem, Section

MIB: Final = 1 << 20
FRONTS: Final = ("milter", "clamd", "olefy", "http")
#: Where a front listens that nobody gave a place to.
DEFAULT: Final = {
    "milter": "127.0.0.1:8894",
    "clamd": "127.0.0.1:3310",
    "olefy": "127.0.0.1:10050",
    "http": "127.0.0.1:8890",
}
OnFailure = Literal["defer", "reject", "deliver"]
_CHOICES: Final = {
    "on-failure": ("defer", "reject", "deliver"),
    "log": ("text", "json"),
    "failures": ("limits", "error"),
    "content": ("auto", "message"),
}


class Front(msgspec.Struct, frozen=True):
    """One protocol.

    Args:
        listen: where.
        channel: the way in, as the policy names it.
        connections: most at a time.
        idle: seconds after which a silent client is sent away.
        max_size: octets that one message may have.
        auth_servers: milter: servers whose Authentication-Results are believed.
        field: milter: whether delivered mail gets the header field.
        roots: clamd: folders that SCAN may read.
        failures: clamd: whether a scan that failed is a name that mail filters know (`limits`) or an `error`.
        content: clamd: whether a stream is a `message` whatever it looks like (Exim, Haraka), or the first bytes decide (`auto`: rspamd sends parts).
        mbox_envelope: clamd: whether X-Envelope-From and X-Envelope-To after an mbox line are believed (Exim writes them).
    """

    listen: tuple[Address, ...]
    channel: str = ""
    connections: int = 1000
    idle: float = 300.0
    max_size: int = 256 * MIB
    auth_servers: tuple[str, ...] = ()
    field: bool = True
    roots: tuple[str, ...] = ()
    failures: Literal["limits", "error"] = "limits"
    content: Literal["auto", "message"] = "auto"
    mbox_envelope: bool = False


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All of it.

    Args:
        fronts: by name.
        policy: name or file.
        rules: files and folders with YARA rules.
        builtin_rules: whether the built-in ones are used, too.
        rules_lenient: whether rule files that cannot be used are left out.
        password_files: words to try on encrypted content.
        smime_keys: PEM files.
        smime_certificates: PEM files.
        trust_list: file.
        engine: malware engine to ask, as on the command line of `scan`.
        workers: number of processes; 0 for as many as there are processors.
        timeout: deadline of a message in seconds.
        on_failure: what becomes of a message whose scan failed.
        log: form of the log lines.
        memory: octets that a process may use beyond what it begins with.
        in_flight: octets of messages under way past which new ones are put off.
        sandbox: whether workers give up files, network and privileges.
        names: whether addresses and names of files may be in the log.
        metrics: where figures are served.
        cache: octets of results remembered for content that comes again; 0 for none.
        quarantine: folder that keeps what is quarantined; empty for none.
        quarantine_size: octets that it may hold.
        sendmail: command that sends notices; empty for none.
        language: of notices.
        hostname: of the mail server, in notices.
        places: file and line of the addresses of a front; nothing for those of the command line.
    """

    fronts: dict[str, Front]
    policy: str = "strict"
    rules: tuple[str, ...] = ()
    builtin_rules: bool = True
    rules_lenient: bool = False
    password_files: tuple[str, ...] = ()
    smime_keys: tuple[str, ...] = ()
    smime_certificates: tuple[str, ...] = ()
    trust_list: str = ""
    engine: str = ""
    workers: int = 0
    timeout: float = 60.0
    on_failure: OnFailure = "defer"
    log: Literal["text", "json"] = "text"
    memory: int = 1536 * MIB
    in_flight: int = 1024 * MIB
    sandbox: bool = True
    names: bool = False
    metrics: tuple[Address, ...] = ()
    cache: int = 32 * MIB
    quarantine: str = ""
    quarantine_size: int = 1024 * MIB
    sendmail: str = ""
    language: str = "de"
    hostname: str = "localhost"
    places: dict[str, tuple[str, int]] = {}

    @property
    def processes(self) -> int:
        """Number of workers."""
        return self.workers or os.cpu_count() or 1


_TOP: Final = (
    "policy", "rules", "builtin-rules", "rules-lenient", "password-files", "smime-keys", "smime-certificates", "trust-list", "engine", "workers",
    "timeout", "on-failure", "log", "memory", "in-flight", "sandbox", "log-names", *FRONTS, "metrics", "cache", "quarantine", "notices",
)  # fmt: skip
_FRONT: Final = ("listen", "channel", "connections", "idle", "max-size")
_OWN: Final = {
    "milter": ("auth-servers", "header-field"),
    "clamd": ("roots", "stream-max-length", "failures", "content", "mbox-envelope"),
    "olefy": (),
    "http": (),
}


def read(path: Path) -> Settings:
    """The settings of a file; raises `OperatorError` for the first mistake in it, and says how many more there are."""
    problems: list[Problem] = []
    document = Document(path, problems)
    settings = None if problems else _settings(Section(document, (), document.data, _TOP))
    if problems or settings is None:
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise OperatorError(first.message + more, file=first.file, line=first.line, where=first.where)
    return settings


def _settings(top: Section) -> Settings:
    _named_files(top)
    found: dict[str, Any] = {
        "policy": top.text("policy", "strict"),
        "rules": top.words("rules"),
        "password_files": top.words("password-files"),
        "smime_keys": top.words("smime-keys"),
        "smime_certificates": top.words("smime-certificates"),
        "trust_list": top.text("trust-list"),
        "engine": values.engine(top),
        "workers": values.number(top, "workers", 0, 0, values.MOST_WORKERS),
        "timeout": values.seconds(top, "timeout", 60.0),
        "on_failure": _choice(top, "on-failure", "defer"),
        "log": _choice(top, "log", "text"),
    }
    for key, name in (("memory", "memory"), ("in-flight", "in_flight")):
        if size := values.size(top, key):
            found[name] = size
    for key, name in (
        ("builtin-rules", "builtin_rules"),
        ("rules-lenient", "rules_lenient"),
        ("sandbox", "sandbox"),
        ("log-names", "names"),
    ):
        if (flag := top.flag(key)) is not None:
            found[name] = flag
    found["fronts"] = {name: _front(top, name) for name in FRONTS if name in top}
    if not found["fronts"]:
        top.error(
            "", 'no front: write at least one of [milter], [clamd], [olefy] and [http], with listen = ["HOST:PORT"]'
        )
    if "metrics" in top:
        found["metrics"] = _listen(top.section("metrics", ("listen",)))
    if (cache := values.size(top.section("cache", ("size",)), "size", least=0)) is not None:
        found["cache"] = cache
    store = top.section("quarantine", ("folder", "max-size"))
    found["quarantine"] = store.text("folder")
    if "\0" in found["quarantine"] or (store.table and "folder" not in store):
        store.error("folder", 'needs the path of a folder, as in "/var/lib/attachguard/quarantine"')
    if size := values.size(store, "max-size"):
        found["quarantine_size"] = size
    notices = top.section("notices", ("sendmail", "language", "hostname"))
    found["sendmail"] = values.command(notices, "sendmail")
    found["language"] = notices.text("language", "de")
    if found["language"] not in ("de", "en"):
        notices.error("language", 'must be "de" or "en"')
    found["hostname"] = values.host(notices, "hostname", "localhost")
    document = top.document
    found["places"] = {
        name: (str(document.path), document.line((name, "listen"))) for name in (*FRONTS, "metrics") if name in top
    }
    return Settings(**found)


def _named_files(top: Section) -> None:
    """What the file names must be there: else it would be found missing without the line that named it."""
    policy = top.text("policy", "strict")
    if policy not in builtin_names() and not Path(policy).is_file():
        known = ", ".join(builtin_names())
        top.error("policy", f"no policy {policy!r}; there are: {known}; a file is named by its path, ending in .toml")
    trust = top.text("trust-list")
    for key in ("rules", "password-files", "smime-keys", "smime-certificates", "trust-list"):
        for path in top.words(key) if key != "trust-list" else (trust,) * bool(trust):
            if not Path(path).exists():
                top.error(
                    key, f"{path!r} is not there; without a slash in front a path begins where attachguard is started"
                )


def _front(top: Section, name: str) -> Front:
    table = top.section(name, (*_FRONT, *_OWN[name]))
    found: dict[str, Any] = {
        "listen": _listen(table),
        "channel": table.text("channel"),
        "connections": values.number(table, "connections", 1000, 1, values.MOST_CONNECTIONS),
        "idle": values.seconds(table, "idle", 300.0),
        "auth_servers": table.words("auth-servers"),
        "roots": table.words("roots"),
        "failures": _choice(table, "failures", "limits"),
        "content": _choice(table, "content", "auto"),
        "mbox_envelope": table.flag("mbox-envelope") or False,
        "field": table.flag("header-field") is not False,
    }
    octets = values.number(table, "stream-max-length", None, 1, values.MOST_OCTETS)
    if size := octets or values.size(table, "max-size"):
        found["max_size"] = size
    for root in found["roots"]:
        if not Path(root).is_absolute():
            table.error("roots", f"{root!r} must be a whole path, beginning with a slash")
    return Front(**found)


def _listen(table: Section) -> tuple[Address, ...]:
    places = []
    for text in table.words("listen"):
        try:
            places.append(addresses.parse(text))
        except ValueError as error:
            table.error("listen", str(error))
    if not places:
        table.error("listen" if "listen" in table else "", 'needs listen = ["HOST:PORT"] or ["unix:/path"]')
    return tuple(places)


def _choice(table: Section, key: str, default: str) -> str:
    value = table.text(key, default)
    if value in _CHOICES[key]:
        return value
    table.error(key, f"unknown word {value!r}; there are: {', '.join(_CHOICES[key])}")
    return default


def example() -> str:
    """A file with every key that there is, and what it is for."""
    return (resources.files("attachguard.gateway.serve") / "example.toml").read_text("utf-8")
