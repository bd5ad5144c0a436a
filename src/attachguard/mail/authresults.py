"""Authentication-Results (RFC 8601): what the border mail server found out about the sender with SPF, DKIM and DMARC.

Read from the fields of configured servers only. Anybody can write such a field, so a border server must take out the ones that come in under
its own name (section 5); as a second line only the fields of the last hop are looked at: those above the second Received field.

Why our own: the package for it builds objects of one spelling and raises on the others that border servers write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from attachguard._core.mime import split_fields
from attachguard.mail.fields import text, unfold
from attachguard.model import Envelope

__all__ = ["AuthenticationResults", "MethodResult", "parse"]

#: Longer fields, and more of them, are not read.
_FIELD_LENGTH: Final = 8192
_FIELDS: Final = 50
#: A quoted string (the end of the field closes it too), or one character that structures the field, or a run of anything else.
_TOKEN: Final = re.compile(r'"((?:[^"\\]|\\.)*)(?:"|\\?\Z)|([()\s;=])|([^()\s;="]+)|.', re.DOTALL)

#: Section 2.7: results that say nothing about the sender.
_UNDECIDED: Final = frozenset({"none", "neutral", "temperror", "permerror", "policy"})


class MethodResult(NamedTuple):
    """One method's answer.

    Args:
        method: `spf`, `dkim`, `dmarc`, …
        result: `pass`, `fail`, …
        properties: what was looked at, e.g. `smtp.mailfrom`.
    """

    method: str
    result: str
    properties: dict[str, str]


class AuthenticationResults:
    """Tells whether the envelope's sender is proven: a hook for `Hooks.sender_valid`.

    The sender is proven when SPF passed for the domain of the reverse-path, or when DKIM or DMARC passed for a domain that the reverse-path
    belongs to: a notice goes to the reverse-path, so a signature by somebody else proves nothing here.

    Args:
        authserv_ids: names under which trusted servers write the field.
    """

    def __init__(self, authserv_ids: Iterable[str]) -> None:
        self._ids = frozenset(name.lower() for name in authserv_ids)
        if not self._ids:
            raise ValueError("authserv_ids is empty: name the servers whose Authentication-Results are trusted")

    def __call__(self, header: bytes, envelope: Envelope) -> bool | None:
        """True or False as the trusted fields say; None where they say nothing.

        Args:
            header: header block of the message.
            envelope: its sender is the one that is asked about.
        """
        domain = envelope.sender.rpartition("@")[2].strip(" >.").lower()
        if not domain:
            return None
        answer: bool | None = None
        # The topmost answer of a method counts: what the border server adds stands above what came in.
        first: dict[str, list[MethodResult]] = {}
        for found in self._results(header):
            group: dict[str, list[MethodResult]] = {}
            for result in found:
                group.setdefault(result.method, []).append(result)
            for method, results in group.items():
                first.setdefault(method, results)
        for results in first.values():
            for result in results:
                if _proves(result, domain):
                    return True
                if result.method in ("spf", "dkim", "dmarc") and result.result not in _UNDECIDED:
                    answer = False
        return answer

    def _results(self, header: bytes) -> Iterator[list[MethodResult]]:
        """The answers of each trusted field of the last hop, from the top."""
        hops = fields = 0
        for name, value in split_fields(header):
            key = name.lower()
            if key == b"received":
                hops += 1
                if hops > 1:
                    return
            elif key == b"authentication-results" and fields < _FIELDS:
                fields += 1
                server, results = parse(text(unfold(value[:_FIELD_LENGTH])))
                if server in self._ids:
                    yield results


def parse(value: str) -> tuple[str, list[MethodResult]]:
    """The name of the server that wrote a field, in lower case, and what it says; comments are left out (section 2.2)."""
    pieces = _pieces(value)
    server = "".join(pieces[0][:1]).lower() if pieces else ""
    results: list[MethodResult] = []
    for words in pieces[1:]:
        pairs = [
            (words[place - 1].lower(), words[place + 1]) for place in range(1, len(words) - 1) if words[place] == "="
        ]
        if pairs:
            method, result = pairs[0]
            properties: dict[str, str] = {}
            for key, content in pairs[1:]:
                properties.setdefault(key, content)
            results.append(MethodResult(method.partition("/")[0], result.lower(), properties))
    return server, results


def _pieces(value: str) -> list[list[str]]:
    """The words of a field, a list for each stretch between semicolons."""
    pieces: list[list[str]] = [[]]
    depth = 0
    for match in _TOKEN.finditer(value):
        quoted, mark, word = match.groups()
        if mark == "(":
            depth += 1
        elif mark == ")":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif mark == ";":
            pieces.append([])
        elif mark == "=":
            pieces[-1].append("=")
        elif quoted is not None or word is not None:
            pieces[-1].append(word if word is not None else re.sub(r"\\(.)", r"\1", quoted))
    return pieces


def _proves(result: MethodResult, domain: str) -> bool:
    """Whether an answer proves that mail from this domain is from there."""
    if result.result != "pass":
        return False
    if result.method == "spf":
        return _domain(result.properties.get("smtp.mailfrom", "")) == domain
    if result.method == "dkim":
        signer = result.properties.get("header.d") or result.properties.get("header.i", "")
        return _belongs(domain, _domain(signer))
    return result.method == "dmarc" and _belongs(domain, _domain(result.properties.get("header.from", "")))


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip("<>. ").lower()


def _belongs(domain: str, owner: str) -> bool:
    return "." in owner and (domain == owner or domain.endswith("." + owner))
