"""ZIP archives: members that cannot be cleaned are left out, the others are cleaned in place; what nothing was found in is copied as it is.

A text `REMOVED.txt` at the end says in German and English what is not there any more.
"""

from __future__ import annotations

import re
from typing import Final

from attachguard.sanitizers.record import Child, Cleaned, Refusal, Work
from attachguard.sanitizers.zippack import Pack
from attachguard.types.letters import printable

TYPES: Final = frozenset({"zip"})
REMOVES: Final = {
    "member-type": "members that are not accepted and cannot be cleaned; members that can be are cleaned",
}
KEEPS: Final = "Every other member, compressed as it came, with its name, time and attributes."
REFUSES: Final = "Archives of which nothing would be left, names that lead out of a folder, locked and ambiguous archives; all other archive formats."

_UNSAFE: Final = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:|[\x00-\x1f]")
_NOTE: Final = "REMOVED"
_LINES: Final = 200
_GERMAN: Final = "Aus diesem Archiv wurde beim Eingang etwas entfernt.\r\n\r\nNicht mehr enthalten:\r\n{gone}\r\n\r\nBereinigt:\r\n{cleaned}\r\n"
_ENGLISH: Final = "Something was removed from this archive when it came in.\r\n\r\nNot in it any more:\r\n{gone}\r\n\r\nCleaned:\r\n{cleaned}\r\n"


def sanitize(work: Work) -> Cleaned:
    """The archive without what is not accepted."""
    pack = Pack(work.data, work.budget, fold=False)
    gone: list[str] = []
    cleaned: list[str] = []
    for name in tuple(pack.members):
        if _UNSAFE.search(name):
            raise Refusal("a name leads out of the folder that the archive is unpacked in")
    spelled: dict[str, list[str]] = {}
    for name in pack.members:
        spelled.setdefault(_told(name), []).append(name)
    for told in sorted(work.concerned):
        names = [told] if told in pack.members else spelled.get(_told(told), [])
        if len(names) != 1:
            raise Refusal("a member that has to go is not where the directory says")
        name = names[0]
        content = pack.read(name)
        child = work.child(name, content)
        if child.data is None:
            code, kind = _reason(child)
            work.took(code, kind, "member that is not accepted", content, member=name)
            pack.drop(name)
            gone.append(name)
        elif child.data != content:
            pack.replace(name, child.data)
            cleaned.append(name)
            if child.name and child.name not in pack.members:
                pack.rename(name, child.name)
    if not any(not name.endswith("/") for name in pack.members):
        raise Refusal("nothing would be left in the archive")
    if gone or cleaned:
        pack.add(_free_name(pack), _note(gone, cleaned))
    return Cleaned(pack.write())


def _told(name: str) -> str:
    """A name as a report tells it."""
    return printable(name).replace("\\", "/")


def _reason(child: Child) -> tuple[str, str]:
    reasons = [reason for reason in child.reasons if reason[0] != "sanitize-failed"]
    return reasons[0] if reasons else ("archive-member-rejected", "member-type")


def _free_name(pack: Pack) -> str:
    names = {name.lower() for name in pack.members}
    number = 1
    name = f"{_NOTE}.txt"
    while name.lower() in names:
        number += 1
        name = f"{_NOTE}-{number}.txt"
    return name


def _note(gone: list[str], cleaned: list[str]) -> bytes:
    texts = [form.format(gone=_listed(gone), cleaned=_listed(cleaned)) for form in (_GERMAN, _ENGLISH)]
    return ("\ufeff" + "\r\n".join(texts)).encode("utf-8", "replace")


def _listed(names: list[str]) -> str:
    shown = [f"- {printable(name)}" for name in names[:_LINES]]
    return "\r\n".join([*shown, *(["- …"] if len(names) > _LINES else [])]) or "-"
