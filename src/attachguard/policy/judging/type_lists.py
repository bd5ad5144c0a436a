"""What a policy's lists say about the type of one part.

A type is accepted when the list has it *and* the name's suffix is one of the listed ones, so that what is opened by a click is what was
inspected. Where content cannot tell (plain text and what is written in it) the suffix decides; where there is no suffix the content does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attachguard.mail.charsets import codec
from attachguard.model import FileType, Finding
from attachguard.part import Part
from attachguard.policy.judging.conditions import ArchiveRules, TypeRules
from attachguard.policy.judging.standing import matches, standing
from attachguard.types.claims import ARCHIVE_EXTENSIONS
from attachguard.types.filetypes import TITLES, TYPES, ids, refines
from attachguard.types.leftovers import is_leftover
from attachguard.types.letters import printable

#: What a mail client or mailroom opens by itself, CMS objects among them: never on a list, their contents are.
_TRANSPARENT: Final = ids("opened")
#: Groups of types whose members are files of their own; what is inside any other type is a piece of it.
_FOLDERS: Final = frozenset({"archive", "mail", "crypto", "unknown"})
#: Groups of types that are files of their own even inside a document; pictures, fonts and the like are pieces of it.
_FILES: Final = frozenset(
    {
        "archive", "audio", "crypto", "database", "document", "executable", "mail", "presentation", "script", "spreadsheet",
        "video",
    }
)  # fmt: skip
#: How CMS objects may be written, and what they are called then.
_ARMOUR: Final = frozenset({"pem", "txt"})
_SIGNATURE_NAMES: Final = frozenset({*TYPES["pkcs7"].extensions, "pem", "sig", "sign", ""})
#: Media types of the parts that PGP/MIME is made of (RFC 3156).
_SECURITY_PARTS: Final = frozenset({"application/pgp-signature", "application/pgp-encrypted"})
#: Character sets that a list may ask for.
CHARSETS: Final = (
    "us-ascii", "utf-8", "utf-16", "utf-32", *(f"iso-8859-{number}" for number in (*range(1, 12), *range(13, 17))),
    *(f"windows-{page}" for page in range(1250, 1259)), "koi8-r", "koi8-u", "macintosh", "ibm437", "ibm850", "ibm852", "gb18030", "gbk", "big5",
    "shift_jis", "euc-jp", "iso-2022-jp", "euc-kr",
)  # fmt: skip
#: Sets of which no octet is ASCII by itself; text in them begins with a mark.
_WIDE: Final = frozenset({"utf-16", "utf-32"})
_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
#: Octets that the parts of ISO 8859 leave to controls, which no text has.
_C1: Final = re.compile(rb"[\x80-\x9f]")
#: What follows a dot and is longer is the rest of a sentence.
_LONGEST_SUFFIX: Final = 40


class TypeList:
    """The accepted and blocked types of one policy, made ready for quick answers.

    Args:
        rules: what the file says.
        archives: its conditions for archives.
    """

    def __init__(self, rules: TypeRules, archives: ArchiveRules | None = None) -> None:
        self._rules = rules
        self._archives = archives if archives is not None else ArchiveRules()
        self._accepts = rules.accept
        self._suffixes = frozenset().union(*rules.accept.values()) if rules.accept else frozenset()
        # Suffixes that plain text may have: those of every accepted type that is written in text.
        self._text_suffixes = frozenset().union(
            *(rules.accept[key] for key in rules.accept if TYPES[key].group == "text")
        )
        self._blocks = bool(rules.block or rules.block_groups or rules.block_suffixes or rules.block_media)
        self._profiled = rules.versions.keys() | rules.archival.keys() | rules.producers.keys() | rules.linkless
        self._packs = bool(self._archives.formats or self._archives.members or self._archives.nesting is not None)

    @property
    def asks(self) -> bool:
        """Whether there is anything to ask of a part."""
        return self._blocks or bool(self._accepts) or self._packs or bool(self._rules.mail_charsets)

    def findings(self, part: Part) -> Iterator[Finding]:
        """What the lists say about a part whose types are known."""
        if self._blocks and part.role in ("attachment", "member", "embedded", "inline"):
            blocked = self._blocked(part)
            if blocked:
                yield part.finding("type-blocked", blocked)
        if self._packs:
            yield from self._packed(part)
        if self._accepts and self._listed_role(part) and not _is_structure(part) and not _is_leftover(part):
            refused = self._refused(part)
            if refused and not self._is_rejected_member(part):
                yield part.finding("type-not-allowed", refused)
            elif self._profiled:
                yield from self._profile(part)
        if self._rules.mail_charsets and part.role in ("body", "attachment") and "charset" in part.profile:
            charset = part.profile["charset"]
            if not matches(charset, self._rules.mail_charsets):
                yield part.finding("charset-not-allowed", f"charset: {charset[:40]!a}")

    def _packed(self, part: Part) -> Iterator[Finding]:
        """What the conditions for archives say of an archive, or of a member of one."""
        archives = self._archives
        is_archive = part.type.group == "archive" and part.type.id not in _TRANSPARENT
        unread = part.size is None and part.type.id == "unread"
        if is_archive and archives.formats and part.type.id not in archives.formats and not self._accepts:
            yield part.finding("archive-format", f"archive format: {TITLES[part.type.id]}")
        # In a locked archive the name is all there is.
        if (is_archive or (unread and _suffix(part) in ARCHIVE_EXTENSIONS)) and archives.nesting is not None:
            level = _archives_around(part)
            if level > archives.nesting:
                yield part.finding(
                    "nested-archive", f"archive: {level} levels inside others, {archives.nesting} allowed"
                )
        if self._is_rejected_member(part):
            yield part.finding("member-type", f"member: {TITLES.get(part.type.id, 'unknown type')}")

    def _is_rejected_member(self, part: Part) -> bool:
        """Whether the conditions for archives, which come before the list, do not take a member."""
        members = self._archives.members
        if not members or not part.size or standing(part) != "member" or part.parent is None:
            return False
        if part.parent.type.group not in _FOLDERS or _is_structure(part) or _is_leftover(part):
            return False
        nested = part.type.group == "archive" and self._archives.nesting is not None
        return not nested and any(
            kind.id not in members and not _reads_as(kind, members) for kind in part.types or (part.type,)
        )

    def _profile(self, part: Part) -> Iterator[Finding]:
        """What an accepted part says of itself, and whether it links to the web, where the list asks."""
        for kind in part.types:
            ranges, archival = self._rules.versions.get(kind.id), self._rules.archival.get(kind.id)
            if ranges is not None:
                version = part.profile.get("version", "")
                if not any(_within(version, low, high) for low, high in ranges):
                    said = f"version {version[:20]}" if version else "no version stated"
                    yield part.finding("format-version-not-allowed", f"{TITLES[kind.id]}: {said}")
            if archival is not None:
                claim = part.profile.get("pdf-a", "")
                if not claim or not ({"any", claim, claim[:1]} & archival):
                    said = f"claims PDF/A-{claim}, not validated" if claim else "claims no PDF/A"
                    yield part.finding("not-pdf-a", f"{TITLES[kind.id]}: {said}")
            yield from self._made(part, kind)

    def _made(self, part: Part, kind: FileType) -> Iterator[Finding]:
        """The program that made an accepted part, and its first link."""
        producers = self._rules.producers.get(kind.id)
        if producers is not None:
            producer = part.profile.get("producer", "")
            if not matches(producer, producers):
                said = f"made by {producer[:80]}" if producer else "names no program that made it"
                yield part.finding("pdf-producer", f"{TITLES[kind.id]}: {printable(said)}")
        if kind.id in self._rules.linkless and "link" in part.profile:
            yield part.finding("pdf-link", f"{TITLES[kind.id]} with a link: {printable(part.profile['link'][:80])}")

    def _listed_role(self, part: Part) -> bool:
        """Whether a part is a file that must be on the list, not a body or a piece of a document."""
        role = standing(part)
        if role not in self._rules.roles:
            return False
        if role == "member":
            return part.parent is None or part.parent.type.group in _FOLDERS
        return role != "embedded" or _is_file(part)

    def _blocked(self, part: Part) -> str:
        rules = self._rules
        for kind in part.types:
            if kind.id in rules.block or kind.group in rules.block_groups:
                return f"type: {TITLES.get(kind.id, kind.id)}"
        if rules.block_media and part.declared and matches(part.declared, rules.block_media):
            return f"declared as {part.declared[:60]!a}"
        return next((f"suffix: .{suffix}" for suffix in part.extensions if suffix in rules.block_suffixes), "")

    def _refused(self, part: Part) -> str:
        """Why a part is not on the list; empty when it is."""
        suffix = _suffix(part)
        if part.size is None:
            # Nothing could be read, which is reported elsewhere: the name is all there is.
            return "" if not suffix or suffix in self._suffixes else f"suffix: .{suffix}"
        if part.size == 0:
            return ""
        for kind in part.types or (part.type,):
            why = self._refused_type(part, kind, suffix)
            if why:
                return why
        # What somebody else reads in the name must be on the list, too.
        return next((f"suffix: .{other}" for other in part.extensions if not self._has(other)), "") if suffix else ""

    def _has(self, suffix: str) -> bool:
        return suffix in self._suffixes or suffix in self._text_suffixes or not _is_suffix(suffix)

    def _refused_type(self, part: Part, kind: FileType, suffix: str) -> str:
        if _is_plain_text(kind):
            # A table, settings or notes: all of them are text, and only the name says which.
            if suffix in self._text_suffixes or (not suffix and "txt" in self._accepts):
                return self._charset(part, suffix)
            if kind.id not in self._accepts:
                return f"suffix: .{suffix} on {TITLES[kind.id]}" if suffix else f"type: {TITLES[kind.id]}"
        if kind.id not in self._accepts:
            return f"type: {TITLES.get(kind.id, 'unknown')}"
        if suffix and suffix not in self._suffixes:
            return f"suffix: .{suffix} on {TITLES[kind.id]}"
        return ""

    def _charset(self, part: Part, suffix: str) -> str:
        wanted = frozenset().union(
            *(self._rules.charsets.get(key, ()) for key in self._accepts if suffix in self._accepts[key])
        )
        if not wanted or _is_in(part.data, wanted):
            return ""
        return f"charset: .{suffix} text that is not {' or '.join(sorted(wanted))}"


def _within(version: str, low: str, high: str) -> bool:
    try:
        number = _number(version)
        return bool(version) and (not low or number >= _number(low)) and (not high or number <= _number(high))
    except ValueError:
        return False


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(step) for step in version.split("."))


def _is_leftover(part: Part) -> bool:
    """Whether a member is what a system left in an archive, or the resources that the Finder keeps beside a file."""
    if standing(part) != "member":
        return False
    if is_leftover(part.name, [kind.id for kind in part.types], part.size):
        return True
    holder = part.parent
    return holder is not None and not part.types and part.name.endswith(".rsrc") and _is_leftover(holder)


def _archives_around(part: Part) -> int:
    """How many archives a part is in."""
    count = 0
    holder = part.parent
    while holder is not None:
        count += holder.type.group == "archive" and holder.type.id not in _TRANSPARENT
        holder = holder.parent
    return count


def _reads_as(kind: FileType, members: frozenset[str]) -> bool:
    """Whether a type is a kind of text, and text may be a member."""
    return "txt" in members and _is_plain_text(kind)


def _suffix(part: Part) -> str:
    """The suffix of a name in lower case; empty where what follows the last dot is no suffix, as in `Nr. 5`."""
    suffix = part.extension
    return suffix if _is_suffix(suffix) else ""


def _is_suffix(word: str) -> bool:
    return len(word) <= _LONGEST_SUFFIX and word.isprintable()


def _is_file(part: Part) -> bool:
    """Whether something embedded is a file that somebody put there: PDF attaches files by name, elsewhere the type tells."""
    if part.parent is not None and part.parent.type.id == "pdf":
        return bool(part.name)
    return part.type.group in _FILES


def _is_plain_text(kind: FileType) -> bool:
    return kind.id == "txt" or (kind.group == "text" and refines(kind.id, "txt"))


def _is_structure(part: Part) -> bool:
    """Whether a part belongs to the mail's own structure: a container that clients open, a signature, an encrypted body."""
    if part.types and all(_is_structural(kind, part) for kind in part.types):
        return True
    if part.is_a("pkcs7") and part.extension in _SIGNATURE_NAMES:
        # A signature or envelope in PEM or base64 is text, too, and still nothing but that.
        return all(_is_structural(kind, part) or kind.id in _ARMOUR for kind in part.types)
    # The other half of a PGP/MIME mail: a part that says "Version: 1" (RFC 3156 section 4).
    return part.declared == "application/pgp-encrypted" and part.data[:8] == b"Version:" and (part.size or 0) < 200


def _is_structural(kind: FileType, part: Part) -> bool:
    if kind.id == "pgp":
        return part.signed or part.encryption != "none" or part.declared in _SECURITY_PARTS
    return kind.id in _TRANSPARENT


def _is_in(data: bytes, charsets: frozenset[str]) -> bool:
    """Whether text is written in one of these character sets."""
    if data.isascii() and charsets - _WIDE:
        return True
    return any(_reads_in(data, charset) for charset in charsets)


def _reads_in(data: bytes, charset: str) -> bool:
    """Whether text can be written in a character set; in most of eight bits nearly everything can."""
    known = codec(charset)
    if known is None or (charset.startswith("iso-8859-") and _C1.search(data)):
        return False
    try:
        data.decode(known)
    except UnicodeDecodeError:
        return False
    return charset not in _WIDE or data.startswith(_MARKS)
