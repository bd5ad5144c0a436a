"""Content of one leaf or file while it arrives: kept within the budget, hashed, and its head judged as soon as it is there."""

from __future__ import annotations

import hashlib
import io

from attachguard.engine.walk import Walk
from attachguard.errors import LimitExceeded
from attachguard.part import HEAD_SIZE, Part
from attachguard.types.filetypes import CERTAIN_FACTS, TITLES


class Body:
    """The content of one part while it arrives.

    Args:
        walk: collects parts and findings.
        part: gets the content in the end.
        early: whether a final verdict on the head stops the intake.
        digest: a running SHA-256 of just this content, where somebody has one.
    """

    __slots__ = (
        "_buffer",
        "_digest",
        "_early",
        "_hashing",
        "_judged",
        "_limited",
        "_only",
        "_walk",
        "admitted",
        "part",
    )

    def __init__(self, walk: Walk, part: Part, *, early: bool, digest: hashlib._Hash | None = None) -> None:
        self.part = part
        self.admitted = True
        self._walk = walk
        self._early = early
        #: All of it, as long as it has come in one piece: most parts do.
        self._only = b""
        # BytesIO hands its buffer over without a copy, so a large part is in memory once.
        self._buffer: io.BytesIO | None = None
        self._digest = digest or hashlib.sha256()
        self._hashing = digest is None
        self._judged = False
        self._limited = False

    def add(self, data: bytes) -> None:
        """Keep more content, within the budget."""
        if self._limited or not self.admitted:
            return
        try:
            budget = self.part.budget
            budget.charge(len(data))
            size = len(data) + (len(self._only) if self._buffer is None else self._buffer.tell())
            if size > budget.limits.part_bytes:
                raise LimitExceeded("part_bytes", f"one part is larger than {budget.limits.part_bytes} bytes")
        except LimitExceeded as error:
            self._limited = True
            self._walk.judge.note_limit(self.part, error, "message")
            return
        if self._buffer is not None:
            self._buffer.write(data)
        elif self._only:
            self._buffer = io.BytesIO()
            self._buffer.write(self._only)
            self._buffer.write(data)
            self._only = b""
        else:
            self._only = data
        if self._hashing:
            self._digest.update(data)
        if self._early and not self._judged and size >= HEAD_SIZE:
            self._judged = True
            head = self._only if self._buffer is None else self._buffer.getbuffer()[:HEAD_SIZE].tobytes()
            self._judge_head(head[:HEAD_SIZE])

    def _judge_head(self, head: bytes) -> None:
        """Note what the head proves by itself, if that alone settles the verdict."""
        part, walk = self.part, self._walk
        types = (
            walk.attempt(part, "identify", lambda: walk.known.identify(head, part.name, part.declared, complete=False))
            or []
        )
        for kind in types:
            for code in CERTAIN_FACTS.get(kind.id, ()):
                finding = part.finding(code, TITLES[kind.id])
                if walk.judge.alone_is_final(part, finding):
                    part.types = types
                    walk.judge.note(part, finding, "identify")
                    return

    def finish(self) -> None:
        """Hand the content to the part."""
        self.part.fill(self._only if self._buffer is None else self._buffer.getvalue(), self._digest.hexdigest())
        self._only, self._buffer = b"", None
