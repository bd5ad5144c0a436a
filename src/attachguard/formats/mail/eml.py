"""Mail inside something else: a message in an archive, in a mailbox, or attached under a transfer encoding.

A message that arrives as such never comes here, `intake.py` parses it as it streams in. Here the bytes are whole already; the parser is the
same (RFC 5322, RFC 2045-2049). Web archives (MHTML, RFC 2557) are mail too, and so are the files of Apple Mail.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final

from attachguard.inspector import Fact
from attachguard.mail.message import ELSEWHERE, Entity, Event, EventKind, MessageParser
from attachguard.mail.readings.names import gravest
from attachguard.mail.readings.review import facts, look
from attachguard.part import Part
from attachguard.signing.clear import ClearSigned
from attachguard.signing.ledger import Ledger

_STEP: Final = 1 << 18
#: What a message takes beside its parts, see `Budget.spare`.
_LOOKS: Final = 36
TYPES: Final = frozenset({"eml", "emlx"})
LIMITATIONS: Final = (
    "Broken structure of an inner message is not reported: bounces and forwards often hold truncated originals.",
)
EXTRACTS: Final = "Every part of the message, as it would be read in a mail of its own."
DETECTS: Final = (
    "What the parser of messages finds: ambiguous structure, pieces of messages, bodies that are elsewhere."
)


def inspect(part: Part) -> Iterator[Fact]:
    """The bodies of a message as children."""
    if part.is_a("emlx"):
        # Apple Mail writes the length of the message before it; what it says of length is not trusted.
        yield part.reading("message.eml", part.data[part.data.find(b"\n") + 1 :], role="member")
        return
    part.budget.look("messages", _LOOKS)
    parser = MessageParser(part.budget.limits, part.budget.spare)
    clear = ClearSigned(part.context.get(Ledger))
    content = io.BytesIO()
    for event in parsed(parser, part.data):
        if event.kind is EventKind.LEAF:
            content = io.BytesIO()
            if event.entity.media_type in ELSEWHERE:
                yield part.finding(*ELSEWHERE[event.entity.media_type])
        elif event.kind is EventKind.CONTENT:
            content.write(event.content)
        elif event.kind is EventKind.LEAF_END:
            body, content = content.getvalue(), io.BytesIO()
            look(parser.record, event.entity, body)
            # Text around the parts is shown to nobody and mostly a note to old readers.
            if not event.entity.place or len(body) > 1024:
                child = _child(part, event.entity, body)
                child.signed = event.entity.signed or part.signed
                clear.hand_over(event.entity, child)
                yield child
        elif event.kind is EventKind.SIGNED:
            clear.add(event)
        elif event.kind is EventKind.SIGNED_END:
            clear.end(event)
        elif event.kind is EventKind.ANOMALY and event.code == "resource-limit-exceeded":
            yield part.finding(event.code, event.detail)
    yield from facts(part, parser.record, part.data)


def parsed(parser: MessageParser, data: bytes) -> Iterator[Event]:
    """The events of a whole message, a step at a time: whoever has enough stops, and nothing more is parsed."""
    for at in range(0, len(data), _STEP):
        yield from parser.feed(data[at : at + _STEP])
    yield from parser.close()


def _child(part: Part, entity: Entity, body: bytes) -> Part:
    shown = entity.disposition != "attachment" and entity.media_type in ("text/plain", "text/html") and not entity.names
    name = gravest(entity.names) or f"part {entity.section or 1}"
    return part.child(name, body, role="body" if shown or entity.place else "attachment", declared=entity.media_type)
