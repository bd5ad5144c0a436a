"""What the parser tells: events, in the order in which the message has them."""

from __future__ import annotations

import enum

import msgspec

from attachguard.mail.message.entity import Entity


class EventKind(enum.Enum):
    """What happened in the message."""

    MESSAGE = "message"  # a message begins: the root, or one forwarded inside
    LEAF = "leaf"  # a body with content begins
    CONTENT = "content"  # some of its decoded content
    LEAF_END = "leaf-end"
    MESSAGE_END = "message-end"
    SIGNED = "signed"  # octets, as they are, of what a multipart/signed signs; the entity is the multipart
    SIGNED_END = "signed-end"  # its delimiter has been seen: that was all
    ANOMALY = "anomaly"  # the structure is broken; `code` and `detail` say how

    # Members are themselves and nothing else; what `enum` does instead costs more than a look into a table.
    __hash__ = object.__hash__


class Event(msgspec.Struct, gc=False):
    """One step of the parse; which members are set follows from the kind."""

    kind: EventKind
    entity: Entity
    content: bytes = b""
    code: str = ""
    detail: str = ""
