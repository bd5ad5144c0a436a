"""From incoming bytes to parts: what `Scan` does with a message, and with a single file.

An intake takes chunks of any size and gives whole parts to the walk. The head of each part is judged as soon as it is there, so that a
refusal need not wait for the rest.
"""

from __future__ import annotations

import hashlib
import io
import re
from typing import TYPE_CHECKING, Final, Protocol

from attachguard.errors import LimitExceeded
from attachguard.filetypes import CERTAIN_FACTS, FACTS, TITLES, TYPES, filetype
from attachguard.identify import identify
from attachguard.linkonly import LinkWatch
from attachguard.message import Entity, Event, EventKind, MessageParser, Span
from attachguard.model import Finding
from attachguard.part import HEAD_SIZE, Part
from attachguard.passwords import MAIL, Candidates
from attachguard.readings.review import Keeper, look
from attachguard.signatures.clear import ClearSigned
from attachguard.tree import child_path, printable
from attachguard.walk import Walk

if TYPE_CHECKING:
    from attachguard.limits import Budget
    from attachguard.signatures.ledger import Ledger
    from attachguard.smime import Decryptor

#: Text around the parts of a multipart is looked at when there is more of it than a note to old readers.
_AROUND: Final = 1024
#: Content-IDs that a shown body refers to; more than these are not looked up.
_REFERENCES: Final = 500
#: What may hold the password of another part.
_READABLE: Final = ("text/plain", "text/html")
_CID: Final = re.compile(rb"cid:([^\"'\s>)]{1,200})", re.IGNORECASE)

_DANGEROUS: Final = frozenset(
    extension
    for key, kind in TYPES.items()
    for extension in kind.extensions
    if {"executable-content", "script-content"} & set(FACTS.get(key, ()))
)


class Intake(Protocol):
    """Takes the bytes of one message or file."""

    root: Part

    def feed(self, data: bytes) -> None:
        """Take the next bytes; nothing more is done once the walk is final."""

    def close(self) -> None:
        """Take the end of input."""


class FileIntake:
    """A single file: collected, then inspected as the root part.

    Args:
        walk: collects parts and findings.
        root: the part to fill.
        digest: the running SHA-256 of the input, which is the root's too.
        early: whether a final verdict on the head stops the intake.
    """

    def __init__(self, walk: Walk, root: Part, digest: hashlib._Hash, *, early: bool) -> None:
        self.root = root
        self._walk = walk
        self._body = _Body(walk, root, early=early, digest=digest)
        self._admitted = walk.admit(root, child_path(root))

    def feed(self, data: bytes) -> None:
        """Collect."""
        self._body.add(data)

    def close(self) -> None:
        """Inspect what was collected."""
        if self._admitted:
            self._body.finish()
            self._walk.inspect(self.root)


class MessageIntake:
    """A message: parsed as it comes, each leaf inspected when it ends.

    Args:
        walk: collects parts and findings.
        budget: the budget of the whole tree.
        passwords: what may open encrypted content; the texts of the message are added to it.
        early: whether a final verdict stops the intake.
        smime: who holds keys for S/MIME.
        ledger: signatures of the whole tree.
    """

    def __init__(
        self,
        walk: Walk,
        budget: Budget,
        passwords: Candidates,
        *,
        early: bool,
        smime: Decryptor | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        self.root = Part(
            "", b"", role="message", budget=budget, passwords=passwords, smime=smime, ledger=ledger,
            fixed_type=filetype("eml"),
        )  # fmt: skip
        self.root.types = [filetype("eml")]
        self._passwords = passwords
        passwords.growing = True
        self._walk = walk
        self._early = early
        self._parser = MessageParser(budget.limits)
        self._keeper = Keeper(self._parser)
        self._holders: list[Part] = []
        self._body: _Body | None = None
        self._references: set[bytes] = set()
        #: Where the parts of the message itself stand in it, and the message.
        self.spans: dict[Part, Span] = {}
        self._clear = ClearSigned(self.root.ledger)
        self._steps = {
            EventKind.MESSAGE: self._message,
            EventKind.MESSAGE_END: self._message_end,
            EventKind.LEAF: self._leaf,
            EventKind.CONTENT: self._content,
            EventKind.LEAF_END: self._leaf_end,
            EventKind.ANOMALY: self._anomaly,
            EventKind.SIGNED: self._clear.add,
            EventKind.SIGNED_END: self._clear.end,
        }
        self._links = LinkWatch()
        walk.admit(self.root, "")

    def feed(self, data: bytes) -> None:
        """Parse on."""
        self._keeper.add(data)
        self._take(self._parser.feed(data))

    def close(self) -> None:
        """Parse to the end, and look at what other readers would see."""
        self._take(self._parser.close())
        if self._early and self._walk.judge.final:
            return
        for number, fact in enumerate(self._keeper.facts(self.root), 2):
            if isinstance(fact, Finding):
                self._walk.judge.note(self.root, fact, "readings")
            elif self._walk.admit(fact, f"{child_path(fact)}@reading{number}"):
                self._walk.attempt(fact, "readings", fact.load)
                self._walk.inspect(fact)

    def _take(self, events: list[Event]) -> None:
        for event in events:
            self._steps[event.kind](event)
            if self._early and self._walk.judge.final:
                return

    def _message(self, event: Event) -> None:
        self._passwords.add_name(event.entity.words("subject"), MAIL)
        if not self._holders:
            if self._walk.consultation is not None:
                judge = self._walk.judge
                judge.envelope = self._walk.consultation.facts(event.entity.header, judge.envelope)
            # Rules may look at the header fields of the message; its bodies are parts of their own.
            self.root.data = event.entity.header
            self._walk.match(self.root)
            self.root.data = b""
            self._holders.append(self.root)
            return
        part = self._part(event.entity, "attachment")
        part.types = [filetype("eml")]
        self._walk.admit(part, _path(event.entity, part))
        self._holders.append(part)

    def _message_end(self, event: Event) -> None:
        self._found(self._holders[-1], event.entity)
        if len(self._holders) == 1:
            files = any(part.role == "attachment" and not part.is_a("pkcs7") for part in self._walk.parts)
            guess = self._links.finding(attachments=files)
            if guess is not None:
                self._walk.judge.note(self.root, guess, "linkonly")
        else:
            part = self._holders.pop()
            for finding in self._walk.judge.policy.part_findings(part):
                self._walk.judge.note(part, finding, "policy")

    def _leaf(self, event: Event) -> None:
        entity = event.entity
        part = self._part(entity, self._role(entity))
        charset = entity.parameters.get("charset")
        if charset:
            part.describe({"charset": charset.lower()})
        self._passwords.add_name(part.name)
        self._body = _Body(self._walk, part, early=self._early)
        if entity.media_type == "message/partial":
            self._walk.judge.note(
                part, part.finding("message-fragment", "message/partial: one piece of a larger message"), "message"
            )
        elif entity.media_type == "message/external-body":
            self._walk.judge.note(
                part, part.finding("external-body", "message/external-body: the content is elsewhere"), "message"
            )
        elif entity.parent == "multipart/signed" and entity.media_type.endswith("signature"):
            self._holders[-1].signed = True
        self._body.admitted = bool(entity.place) or self._walk.admit(part, _path(entity, part))

    def _found(self, part: Part, entity: Entity) -> None:
        if part.parent is None or part.parent is self.root:
            self.spans[part] = entity.span

    def _part(self, entity: Entity, role: str) -> Part:
        name = next((name for name in entity.names if _extension(name) in _DANGEROUS), "") or next(
            iter(entity.names), ""
        )
        declared = entity.media_type if entity.field("content-type") is not None else None
        part = Part(name, b"", role=role, declared=declared, budget=self.root.budget, parent=self._holders[-1])
        part.path = _path(entity, part)
        part.signed = entity.signed
        self._clear.hand_over(entity, part)
        return part

    def _role(self, entity: Entity) -> str:
        if entity.place or entity.media_type in ("message/delivery-status", "text/rfc822-headers"):
            return "body"
        if entity.disposition != "attachment":
            if entity.media_type in ("text/plain", "text/html") and not entity.names:
                return "body"
            content_id = (entity.field("content-id") or b"").strip(b"<> \t")
            if content_id and content_id in self._references:
                return "inline"
        return "attachment"

    def _content(self, event: Event) -> None:
        if self._body is not None:
            self._body.add(event.content)

    def _leaf_end(self, event: Event) -> None:
        body, self._body = self._body, None
        if body is None or not body.admitted:
            return
        body.finish()
        part = body.part
        if part.role == "body" and len(self._holders) == 1 and not event.entity.place:
            self._links.look(part.data, page=event.entity.media_type == "text/html")
        self._found(part, event.entity)
        look(self._parser, event.entity, part.data)
        if event.entity.place:
            # Nobody is shown this text; it is a part of the report only where it is more than the customary note.
            short = (part.size or 0) <= _AROUND and not body.remarkable
            if short or not self._walk.admit(part, part.path):
                return
        elif part.role == "body" and event.entity.media_type == "text/html" and b"cid:" in part.data:
            self._references.update(
                match[1] for match, _ in zip(_CID.finditer(part.data), range(_REFERENCES), strict=False)
            )
        if event.entity.media_type in _READABLE and not event.entity.place:
            charset = event.entity.parameters.get("charset", "")
            self._passwords.add_text(part.data, charset, html=event.entity.media_type == "text/html")
        self._walk.inspect(part)

    def _anomaly(self, event: Event) -> None:
        if event.code == "resource-limit-exceeded":
            self._walk.judge.complete = False
        if event.code:
            holder = self._holders[-1] if self._holders else self.root
            self._walk.judge.note(holder, holder.finding(event.code, event.detail), "message")


class _Body:
    """The content of one leaf or file while it arrives."""

    __slots__ = ("_buffer", "_digest", "_early", "_hashing", "_judged", "_limited", "_walk", "admitted", "part")

    def __init__(self, walk: Walk, part: Part, *, early: bool, digest: hashlib._Hash | None = None) -> None:
        self.part = part
        self.admitted = True
        self._walk = walk
        self._early = early
        # BytesIO hands its buffer over without a copy, so a large part is in memory once.
        self._buffer = io.BytesIO()
        self._digest = digest or hashlib.sha256()
        self._hashing = digest is None
        self._judged = False
        self._limited = False

    @property
    def remarkable(self) -> bool:
        """Whether text that nobody is shown looks like more than a note."""
        return b"Content-" in self.part.data or b"begin " in self.part.data

    def add(self, data: bytes) -> None:
        """Keep more content, within the budget."""
        if self._limited or not self.admitted:
            return
        try:
            budget = self.part.budget
            budget.charge(len(data))
            if self._buffer.tell() + len(data) > budget.limits.part_bytes:
                raise LimitExceeded("part_bytes", f"one part is larger than {budget.limits.part_bytes} bytes")
        except LimitExceeded as error:
            self._limited = True
            self._walk.judge.note_limit(self.part, error, "message")
            return
        self._buffer.write(data)
        if self._hashing:
            self._digest.update(data)
        if self._early and not self._judged and self._buffer.tell() >= HEAD_SIZE:
            self._judged = True
            self._judge_head(self._buffer.getbuffer()[:HEAD_SIZE].tobytes())

    def _judge_head(self, head: bytes) -> None:
        """Note what the head proves by itself, if that alone settles the verdict."""
        part, walk = self.part, self._walk
        types = walk.attempt(part, "identify", lambda: identify(head, part.name, part.declared, complete=False)) or []
        for kind in types:
            for code in CERTAIN_FACTS.get(kind.id, ()):
                finding = part.finding(code, TITLES[kind.id])
                if walk.judge.alone_is_final(part, finding):
                    part.types = types
                    walk.judge.note(part, finding, "identify")
                    return

    def finish(self) -> None:
        """Hand the content to the part."""
        self.part.fill(self._buffer.getvalue(), self._digest.hexdigest())
        self._buffer = io.BytesIO()


def _extension(name: str) -> str:
    return name.rstrip(". ").rpartition(".")[2].lower()


def _path(entity: Entity, part: Part) -> str:
    section = entity.section or "1"
    return f"{section}!/{printable(part.name)}" if part.name else section
