"""What the parser tells: events, in the order in which the message has them."""

from __future__ import annotations

import enum
from typing import NamedTuple

from attachguard.mail.message.entity import Entity


class EventKind(enum.Enum):
    """What happened in the message."""

    MESSAGE = "message"  # a message begins: the root, or one forwarded inside
    LEAF = "leaf"  # a body with content begins
    CONTENT = "content"  # some of its decoded content
    LEAF_END = "leaf-end"
    MESSAGE_END = "message-end"
    SIGNED = "signed"  # octets, as they stand, of what a multipart/signed signs; the entity is the multipart
    SIGNED_END = "signed-end"  # its delimiter has been seen: that was all
    ANOMALY = "anomaly"  # the structure is broken; `code` and `detail` say how


class Event(NamedTuple):
    """One step of the parse; which members are set follows from the kind."""

    kind: EventKind
    entity: Entity
    content: bytes = b""
    code: str = ""
    detail: str = ""
