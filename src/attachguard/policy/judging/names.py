"""What a policy's name rules say about the name of one attachment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attachguard.model import Finding
from attachguard.part import Part
from attachguard.policy.judging.conditions import NameRules
from attachguard.types.filetypes import words

_SIGNATURE_SUFFIXES: Final = words("signs")


class NameList:
    """The name rules of one policy.

    Args:
        rules: what the file says.
    """

    def __init__(self, rules: NameRules) -> None:
        self._rules = rules
        self._forbidden = re.compile(rules.forbidden) if rules.forbidden else None
        self._stranger = re.compile(f"[^{rules.allowed}]") if rules.allowed else None
        self._pattern = re.compile(rules.pattern) if rules.pattern else None

    @property
    def asks(self) -> bool:
        """Whether there is anything to ask of a name."""
        rules = self._rules
        long = rules.max_length is not None or rules.max_signature_length is not None
        return long or bool(
            rules.max_path is not None
            or self._forbidden
            or self._stranger
            or self._pattern
            or rules.reserved
            or not rules.spaces
            or rules.max_dots is not None
        )

    def findings(self, part: Part) -> Iterator[Finding]:
        """What the rules say about the name of a file."""
        rules = self._rules
        if part.role not in rules.roles or not part.name:
            return
        # Members of an archive have the folders they are in before their name.
        name = part.name.rstrip("/").rpartition("/")[2] if part.role == "member" else part.name
        if rules.max_path is not None and len(part.name) > rules.max_path:
            yield part.finding(
                "filename-too-long", f"name: {len(part.name)} characters with folders, {rules.max_path} allowed"
            )
        longest = rules.max_length
        if rules.max_signature_length is not None and part.extension in _SIGNATURE_SUFFIXES:
            longest = rules.max_signature_length
        if longest is not None and len(name) > longest:
            yield part.finding("filename-too-long", f"name: {len(name)} characters, {longest} allowed")
        wrong = self._wrong(name)
        if wrong:
            yield part.finding("filename-invalid-character", f"name: {wrong}")

    def _wrong(self, name: str) -> str:
        """The first thing that is wrong with a name besides its length."""
        rules = self._rules
        for pattern in (self._forbidden, self._stranger):
            found = pattern.search(name) if pattern is not None else None
            if found and found[0]:
                return f"U+{ord(found[0][0]):04X} may not stand in a name"
        if not rules.spaces and any(letter.isspace() for letter in name):
            return "blanks may not stand in a name"
        if rules.max_dots is not None and name.count(".") > rules.max_dots:
            return f"{name.count('.')} dots, {rules.max_dots} allowed"
        if rules.reserved & {name.lower(), name.lower().partition(".")[0]}:
            return "reserved"
        if self._pattern is not None and not self._pattern.fullmatch(name):
            return "not of the form that is asked for"
        return ""
