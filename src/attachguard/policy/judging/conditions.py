"""The records of what mail must be like: bounds, types, names, archives, signatures."""

from __future__ import annotations

import datetime as dt
from typing import Final

import msgspec

from attachguard.model import Envelope
from attachguard.part import Part
from attachguard.policy.judging.narrowing import OF_BOUNDS, Given, Mail, hold

#: How a signature is attached to what it signs.
SIGNATURE_FORMATS: Final = ("pdf", "cms-detached", "cms-enveloping", "smime", "xml", "ooxml", "odf", "asic", "pgp")


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """The most that is allowed of something; equal passes.

    Args:
        on: one of `measures.BOUNDS`.
        maximum: bytes or a number.
        basis: one of the ways to measure it: for message sizes `wire` (octets as sent) or `decoded` (sum of the bodies and attachments).
        soft: whether it is only an advice: going past it is flagged.
        given: what it is narrowed to, by the keys of `narrowing.OF_BOUNDS`.
        begins: first day of its validity.
        ends: last day of its validity.
        cite: the clause.
        shown: the figure as the file has it, with its unit.
        place: file and line it is in.
    """

    on: str
    maximum: int
    basis: str = ""
    soft: bool = False
    given: Given = ()
    begins: dt.date | None = None
    ends: dt.date | None = None
    cite: str = ""
    shown: str = ""
    place: str = ""

    @property
    def subject(self) -> tuple[object, ...]:
        """What it is about, on whatever days."""
        return self.on, self.soft, self.given

    @property
    def key(self) -> tuple[object, ...]:
        """What it is about and when; of two bounds with one key the nearer file's holds."""
        return (*self.subject, self.begins, self.ends)

    def rank(self, envelope: Envelope, part: Part | None = None) -> int:
        """How closely it fits a mail, or one part of it: -1 not at all, else one for each narrowing that holds."""
        return len(self.given) if hold(OF_BOUNDS, self.given, Mail(part, envelope)) else -1


class TypeRules(msgspec.Struct, frozen=True, kw_only=True):
    """Which file types may come in.

    Args:
        accept: file-name suffixes by accepted type id; empty when there is no list and everything is accepted.
        charsets: character sets by type id, where the list asks for some.
        versions: ranges of versions by type id, each with both ends in it; an open end is empty.
        archival: PDF/A parts and levels by type id (`1b`, `2`, or `any`).
        producers: patterns of the programs that may have made a file, by type id.
        linkless: type ids that may hold no links to the web.
        beside: types that must be attached too, by type id of what only accompanies them.
        block: type ids that may not come in.
        block_groups: groups of types that may not come in.
        block_suffixes: suffixes that may not come in.
        block_media: media types that a header may not claim; `*` stands for anything.
        mail_charsets: character sets that texts of the mail may declare; empty for any.
        roles: roles of the parts that must be on the list; `body` asks for the form of the mail's own text.
    """

    accept: dict[str, frozenset[str]] = {}
    charsets: dict[str, frozenset[str]] = {}
    versions: dict[str, tuple[tuple[str, str], ...]] = {}
    archival: dict[str, frozenset[str]] = {}
    producers: dict[str, frozenset[str]] = {}
    linkless: frozenset[str] = frozenset()
    beside: dict[str, frozenset[str]] = {}
    block: frozenset[str] = frozenset()
    block_groups: frozenset[str] = frozenset()
    block_suffixes: frozenset[str] = frozenset()
    block_media: frozenset[str] = frozenset()
    mail_charsets: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset({"attachment", "member"})


class NameRules(msgspec.Struct, frozen=True, kw_only=True):
    """What file names of attachments must look like.

    Args:
        max_length: characters, the suffix included; None for any length.
        max_signature_length: the same for signature files; None for `max_length`.
        allowed: characters that may be in a name, as in a regular expression's brackets; empty for any.
        forbidden: a regular expression that finds what may not be in a name; empty for nothing.
        spaces: whether there may be blanks.
        max_dots: how many dots there may be; None for any number.
        reserved: names that may not be used, with or without suffix, in lower case.
        pattern: a regular expression that the whole name must match; empty for any.
        unique: whether two attachments may not have one name.
        roles: roles of the parts whose names are asked about.
        max_path: characters of a member's name with the folders it is in; None for any number.
        cite: the clause.
    """

    max_length: int | None = None
    max_signature_length: int | None = None
    allowed: str = ""
    forbidden: str = ""
    spaces: bool = True
    max_dots: int | None = None
    reserved: frozenset[str] = frozenset()
    pattern: str = ""
    unique: bool = False
    roles: frozenset[str] = frozenset({"attachment"})
    max_path: int | None = None
    cite: str = ""


class ArchiveRules(msgspec.Struct, frozen=True, kw_only=True):
    """Under which conditions an archive is accepted; None and empty mean that the section does not say.

    Args:
        formats: type ids of archives that are taken.
        members: type ids that may be inside; a member of another type is `archive-member-rejected`.
        nesting: how many archives may stand inside each other, 0 for none.
        folders: whether members may be in folders.
        self_extracting: whether an archive may be a program.
        max_members: members of one archive.
        max_unpacked: bytes of all members of one archive.
        cite: the clause.
    """

    formats: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    nesting: int | None = None
    folders: bool | None = None
    self_extracting: bool | None = None
    max_members: int | None = None
    max_unpacked: int | None = None
    cite: str = ""


class SignatureRules(msgspec.Struct, frozen=True, kw_only=True):
    """What signatures must be like.

    Args:
        required: type ids of attachments that must carry one, or have one beside them.
        formats: those of `SIGNATURE_FORMATS` that count; empty for all.
        pairing: whether a detached signature must be named after its file: `x.pdf.p7s` beside `x.pdf`.
        mail: whether the mail itself must be signed (S/MIME or PGP/MIME).
        containers: whether one signature may cover a container of several files.
        cite: the clause.
    """

    required: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    pairing: bool = False
    mail: bool = False
    containers: bool = True
    cite: str = ""


class ContentRules(msgspec.Struct, frozen=True, kw_only=True):
    """What texts may hold.

    Args:
        links: whether texts of the mail and attached texts and pages may link to the web.
        cite: the clause.
    """

    links: bool = True
    cite: str = ""
