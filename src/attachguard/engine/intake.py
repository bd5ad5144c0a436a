"""From incoming bytes to parts: what `Scan` does with a message, and with a single file.

An intake takes chunks of any size and gives whole parts to the walk. The head of each part is judged as soon as it is there, so that a
refusal need not wait for the rest.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final, Protocol

from attachguard.codes import Role
from attachguard.engine.incoming import Body
from attachguard.engine.tree import child_path
from attachguard.engine.walk import Walk
from attachguard.later import later
from attachguard.mail.linkonly import LinkWatch
from attachguard.mail.message import ELSEWHERE, Entity, Event, EventKind, MessageParser, Span
from attachguard.mail.readings.names import gravest
from attachguard.mail.readings.review import Keeper, look
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.passwords import Candidates
from attachguard.signing.clear import ClearSigned
from attachguard.signing.ledger import Ledger
from attachguard.types.filetypes import filetype
from attachguard.types.letters import printable

if TYPE_CHECKING:
    from attachguard.context import Context

#: Text around the parts of a multipart is looked at when there is more of it than a note to old readers.
_AROUND: Final = 1024
#: Content-IDs that a shown body refers to; more than these are not looked up.
_REFERENCES: Final = 500
#: Further forms of a letter next to its text: AMP for mail, the rich text of RFC 1896 and its forerunner, Apple Watch.
_FORMS: Final = frozenset({"text/x-amp-html", "text/enriched", "text/richtext", "text/watch-html"})
#: What may hold the password of another part.
_READABLE: Final = ("text/plain", "text/html")
_CID: Final = later(rb"cid:([^\"'\s>)]{1,200})", re.IGNORECASE)


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
        self._body = Body(walk, root, early=early, digest=digest)
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
        context: what the scan carries; the texts of the message are added to its words.
        early: whether a final verdict stops the intake.
    """

    def __init__(
        self,
        walk: Walk,
        context: Context,
        *,
        early: bool,
    ) -> None:
        self.root = Part(
            "",
            b"",
            role="message",
            context=context,
            fixed_type=filetype("eml"),
        )
        self.root.types = [filetype("eml")]
        self._passwords = context.get(Candidates)
        self._passwords.growing = True
        self._walk = walk
        self._early = early
        self._parser = MessageParser(context.budget.limits, context.budget.spare)
        self._keeper = Keeper(self._parser.record)
        self._holders: list[Part] = []
        self._body: Body | None = None
        #: Text around the parts of a multipart, while it is no more than a note.
        self._aside = b""
        self._references: set[bytes] = set()
        #: Where the parts of the message itself are in it, and the message.
        self.spans: dict[Part, Span] = {}
        self._clear = ClearSigned(self.root.context.get(Ledger))
        self._links = LinkWatch()
        walk.admit(self.root, "")

    def feed(self, data: bytes) -> None:
        """Parse on."""
        if self._walk.judge.over:
            return
        self._keeper.add(data)
        self._take(self._parser.feed(data))

    def close(self) -> None:
        """Parse to the end, and look at what other readers would see."""
        if not self._walk.judge.over:
            self._take(self._parser.close())
        if self._walk.judge.over or (self._early and self._walk.judge.final):
            return
        for number, fact in enumerate(self._keeper.facts(self.root), 2):
            if isinstance(fact, Finding):
                self._walk.judge.note(self.root, fact, "readings")
            elif self._walk.admit(fact, f"{child_path(fact)}@reading{number}"):
                self._walk.attempt(fact, "readings", fact.load)
                self._walk.inspect(fact)

    def _take(self, events: list[Event]) -> None:
        for event in events:
            self._STEPS[event.kind](self, event)
            if self._walk.judge.over or (self._early and self._walk.judge.final):
                return

    def _message(self, event: Event) -> None:
        self._passwords.add_subject(event.entity.field("subject") or b"")
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
        self._walk.match_message(self._holders[-1], event.entity.header)
        if len(self._holders) == 1:
            files = any(part.role == "attachment" and not part.is_a("pkcs7") for part in self._walk.parts)
            guess = self._links.finding(attachments=files)
            if guess is not None:
                self._walk.judge.note(self.root, guess, "linkonly")
        else:
            self._walk.judge.ask_of(self._holders.pop())

    def _leaf(self, event: Event) -> None:
        if event.entity.place:
            self._aside = b""
        else:
            self._begin(event.entity)

    def _begin(self, entity: Entity) -> None:
        part = self._part(entity, self._role(entity))
        charset = entity.parameters.get("charset")
        if charset:
            part.describe({"charset": charset.lower()})
        self._passwords.add_name(part.name)
        self._body = Body(self._walk, part, early=self._early)
        if entity.media_type in ELSEWHERE:
            self._walk.judge.note(part, part.finding(*ELSEWHERE[entity.media_type]), "message")
        elif entity.parent == "multipart/signed" and entity.media_type.endswith("signature"):
            self._holders[-1].signed = True
        self._body.admitted = bool(entity.place) or self._walk.admit(part, _path(entity, part))

    def _found(self, part: Part, entity: Entity) -> None:
        if part.parent is None or part.parent is self.root:
            self.spans[part] = entity.span

    def _part(self, entity: Entity, role: Role) -> Part:
        name = gravest(entity.names)
        declared = entity.media_type if "content-type" in entity.given else None
        part = Part(name, b"", role=role, declared=declared, budget=self.root.budget, parent=self._holders[-1])
        part.path = _path(entity, part)
        part.signed = entity.signed
        self._clear.hand_over(entity, part)
        return part

    def _role(self, entity: Entity) -> Role:
        if entity.place or entity.media_type in ("message/delivery-status", "text/rfc822-headers"):
            return "body"
        if entity.disposition != "attachment":
            if not entity.names and (
                entity.media_type in ("text/plain", "text/html")
                or (entity.parent == "multipart/alternative" and entity.media_type in _FORMS)
            ):
                return "body"
            content_id = (entity.field("content-id") or b"").strip(b"<> \t")
            if content_id and content_id in self._references:
                return "inline"
        return "attachment"

    def _content(self, event: Event) -> None:
        if self._body is not None:
            self._body.add(event.content)
        elif event.entity.place:
            self._aside += event.content
            if len(self._aside) > _AROUND:
                self._look_aside(event.entity)

    def _look_aside(self, entity: Entity) -> None:
        """Take the text around the parts of a multipart for a part: nobody is shown it, and it is more than the customary note."""
        self._begin(entity)
        assert self._body is not None
        self._body.add(self._aside)
        self._aside = b""

    def _leaf_end(self, event: Event) -> None:
        if self._body is None and event.entity.place:
            look(self._parser.record, event.entity, self._aside)
            if not _is_remarkable(self._aside):
                return
            self._look_aside(event.entity)
        body, self._body = self._body, None
        if body is None or not body.admitted:
            return
        part = body.part
        part.cut = event.entity.cut
        body.finish()
        if part.role == "body" and len(self._holders) == 1 and not event.entity.place:
            self._links.look(part.data, page=event.entity.media_type == "text/html")
        self._found(part, event.entity)
        look(self._parser.record, event.entity, part.data)
        if event.entity.place:
            if not self._walk.admit(part, part.path):
                return
        elif part.role == "body" and event.entity.media_type == "text/html" and b"cid:" in part.data:
            self._references.update(
                match[1] for match, _ in zip(_CID.finditer(part.data), range(_REFERENCES), strict=False)
            )
        if event.entity.media_type in _READABLE and not event.entity.place:
            charset = event.entity.parameters.get("charset", "")
            self._passwords.add_text(part.data, charset, html=event.entity.media_type == "text/html")
        self._walk.inspect(part)

    def _signed(self, event: Event) -> None:
        self._clear.add(event)

    def _signed_end(self, event: Event) -> None:
        self._clear.end(event)

    def _anomaly(self, event: Event) -> None:
        if event.code == "resource-limit-exceeded":
            self._walk.judge.complete = False
        if event.code:
            holder = self._holders[-1] if self._holders else self.root
            self._walk.judge.note(holder, holder.finding(event.code, event.detail), "message")

    #: Functions, not bound methods: an object that knows its own methods waits for the garbage collector, and the message with it.
    _STEPS: Final = {
        EventKind.MESSAGE: _message,
        EventKind.MESSAGE_END: _message_end,
        EventKind.LEAF: _leaf,
        EventKind.CONTENT: _content,
        EventKind.LEAF_END: _leaf_end,
        EventKind.ANOMALY: _anomaly,
        EventKind.SIGNED: _signed,
        EventKind.SIGNED_END: _signed_end,
    }


def _is_remarkable(text: bytes) -> bool:
    """Whether text that nobody is shown looks like more than a note."""
    return b"Content-" in text or b"begin " in text


def _path(entity: Entity, part: Part) -> str:
    section = entity.section or "1"
    return f"{section}!/{printable(part.name)}" if part.name else section
