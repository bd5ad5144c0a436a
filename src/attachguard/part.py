"""One piece of content in the tree, as inspectors see it.

A part is made empty, is filled once by the driver, is inspected, and lets go of its bytes. Its bytes are one contiguous `bytes` object,
because YARA, `re` and the compiled core all want that; what keeps memory small is that few parts are alive at a time.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar

from attachguard.codes import ENCRYPTION_CODES, EncryptionState, Role
from attachguard.context import Context
from attachguard.errors import LimitExceeded, Malformed
from attachguard.kinds import KINDS
from attachguard.limits import Budget, Limits
from attachguard.model import FileType, Finding, PartRecord
from attachguard.types.extension import extension, extensions
from attachguard.types.filetypes import UNKNOWN
from attachguard.types.letters import whole

#: Bytes that identification may look at before a part is complete.
HEAD_SIZE: Final = 4096
#: Attacker's text in names is cut to this many characters.
NAME_LENGTH: Final = 255

_NO_PROFILE: Final[dict[str, str]] = {}

Source = bytes | Callable[[], bytes] | Iterable[bytes]
T = TypeVar("T")


class Joined:
    """Texts of a document for a layer, put together with line ends between them; not at all where nobody looks at the layer.

    Args:
        pieces: the texts.
    """

    __slots__ = ("_pieces", "size")

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = tuple(pieces)
        self.size = sum(map(len, pieces)) + max(0, len(pieces) - 1)

    def __call__(self) -> bytes:
        """The content of the layer."""
        return b"\n".join(self._pieces)


class Part:
    """One piece of content: the message, a MIME part, an archive member, an embedded object, a derived layer.

    Args:
        name: file name as its container gives it, decoded; may be empty.
        source: the content: bytes, a function that gives them, or an iterable of chunks. It is read once, by the driver, within the
            budget. None for content that is listed but cannot be had: such a part keeps no size and no digest.
        role: see `PartRecord.role`.
        declared: media type that a header claims.
        parent: the part that holds this one.
        budget: the budget of the whole tree, where there is neither a parent nor a context.
        path: given by the driver.
        fixed_type: the type, if it is known from how the part was made, so that the bytes need not be identified.
        context: what the whole scan carries; a child has its parent's.
    """

    __slots__ = (
        "_memo",
        "_profile",
        "_source",
        "active",
        "budget",
        "context",
        "cut",
        "damage",
        "data",
        "declared",
        "depth",
        "encryption",
        "fixed_type",
        "has_macros",
        "name",
        "parent",
        "path",
        "readings",
        "role",
        "scripts",
        "sha256",
        "signed",
        "size",
        "tries",
        "types",
        "unpacked",
    )

    def __init__(
        self,
        name: str,
        source: Source | None,
        *,
        role: Role,
        budget: Budget | None = None,
        declared: str | None = None,
        parent: Part | None = None,
        path: str = "",
        fixed_type: FileType | None = None,
        context: Context | None = None,
        reading: bool = False,
    ) -> None:
        # Cut at the front: what a file is called and does is at the end.
        name = name if len(name) <= NAME_LENGTH else name[-NAME_LENGTH:]
        self.name = name if name.isascii() else whole(name)
        self._source: Source | None = source
        self.role = role
        self.context: Context = parent.context if parent is not None else context or Context(budget or Budget(Limits()))
        self.budget = self.context.budget
        self.declared = declared
        self.parent = parent
        self.path = path
        #: What `passwords` remembers of trying words on it; None while nothing has been tried.
        self.tries: Any = None
        #: How deep it is nested, and how many of those around it are readings made here, which are no nesting of the sender's.
        self.depth: int = parent.depth + (not reading) if parent is not None else 0
        self.readings: int = parent.readings + reading if parent is not None else 0
        self.fixed_type = fixed_type
        #: Whether it may have been cut on its way and by no fault of its own, as originals in bounces are.
        self.cut: bool = parent.cut if parent is not None else False
        self.data = b""
        self.size: int | None = None
        self.sha256: str | None = None
        self.types: list[FileType] = []
        self.encryption: EncryptionState = "none"
        self.signed = False
        self.has_macros = False
        #: Whether it, or something in it, does something when it is opened, or may do so unseen.
        self.active = False
        self.unpacked = 0
        #: What kept its content from being read whole: `unread`, `limit`, or `checksum` where only that does not hold; empty for nothing.
        self.damage = ""
        self._memo: dict[Any, Any] = {}
        self._profile: dict[str, str] | Callable[[], dict[str, str]] | None = None
        #: Digests of the scripts and macros derived from it, for exceptions that know them.
        self.scripts: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"<Part {self.path or self.name!r} {self.type.id} {self.size}>"

    # -- what inspectors read ---------------------------------------------------------------------------------------------

    @property
    def type(self) -> FileType:
        """The best description of what this is."""
        return self.types[0] if self.types else UNKNOWN

    @property
    def head(self) -> bytes:
        """The first `HEAD_SIZE` bytes."""
        return self.data[:HEAD_SIZE]

    @property
    def profile(self) -> dict[str, str]:
        """What the content says of itself beside its type: `version`, `pdf-a`, `charset`. Empty if nothing is said or can be read."""
        if self._profile is None:
            return _NO_PROFILE
        if not isinstance(self._profile, dict):
            try:
                self._profile = self._profile()
            except (Malformed, LimitExceeded):
                # The same breakage has been reported by the inspector; a list that asks for a version hears of none.
                self._profile = _NO_PROFILE
        return self._profile

    def describe(self, profile: dict[str, str] | Callable[[], dict[str, str]]) -> None:
        """Set the profile; a function is only called when a policy asks, while the bytes are still there."""
        self._profile = profile

    @property
    def extension(self) -> str:
        """The extension of the name that decides what opens it, in lower case; empty without one."""
        return extension(self.name)

    @property
    def extensions(self) -> tuple[str, ...]:
        """Every extension that the name has for somebody, the most usual reading first."""
        return extensions(self.name)

    def is_a(self, *ids: str) -> bool:
        """Whether one of the types found so far has one of these ids."""
        for kind in self.types:  # noqa: SIM110  a generator costs more than what it would look at
            if kind.id in ids:
                return True
        return False

    def once(self, build: Callable[[Part], T]) -> T:
        """The result of `build(self)`, computed once per part: lets two inspectors share one parse.

        An exception is not remembered, so each caller meets it again.
        """
        if build not in self._memo:
            self._memo[build] = build(self)
        result: T = self._memo[build]
        return result

    # -- what inspectors yield --------------------------------------------------------------------------------------------

    def finding(self, kind: str, detail: str = "", *, offset: int | None = None) -> Finding:
        """A fact about this part.

        Args:
            kind: id of one of the `kinds`, which say the reason code; the code itself where nothing more exact can be said.
            detail: what it is in plain words, then particulars; for people.
            offset: byte offset in the part, where known.
        """
        code = KINDS[kind].code
        if code == "malformed-file" and self.cut:
            kind = "returned-cut"
        return Finding(code=code, detail=detail, offset=offset, kind=kind)

    def encrypted(self, state: EncryptionState, detail: str) -> Finding:
        """Set the encryption state and give the finding that reports it.

        Args:
            state: one of `codes.ENCRYPTION_STATES` but `none`.
            detail: the scheme in plain words, e.g. `ZIP: WinZip AES-256`.
        """
        self.encryption = state
        return self.finding(ENCRYPTION_CODES[state], detail)

    def signature(self, kind: str, detail: str) -> Finding:
        """Mark the part as signed and give the finding that reports it; `detail` begins with the family, up to a colon."""
        self.signed = True
        return self.finding(kind, detail)

    def child(self, name: str, source: Source | None, *, role: Role = "member", declared: str | None = None) -> Part:
        """A part inside this one; nothing is read until the driver takes it.

        Args:
            name: file name inside the container.
            source: see `Part`; give a generator or function for anything that must be unpacked, so that its errors stay its own.
            role: `member` of an archive, or `embedded` in a document.
            declared: media type that the container claims for it.
        """
        return Part(name, source, role=role, declared=declared, parent=self)

    def reading(self, name: str, source: Source, *, role: Role = "embedded", declared: str | None = None) -> Part:
        """The content of this part read in another way: decrypted, rebuilt, as another program takes it apart. It is no deeper than this part.

        Args:
            name: what to call it.
            source: see `Part`.
            role: as for `child`.
            declared: as for `child`.
        """
        return Part(name, source, role=role, declared=declared, parent=self, reading=True)

    def layer(self, name: str, source: Source, kind: FileType) -> Part:
        """Content derived from this part (macro source, script, text): YARA sees it, identification and inspectors do not."""
        return Part(name, source, role="layer", parent=self, fixed_type=kind, reading=True)

    # -- what the driver does ---------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the source into `data`, within the budget; raises what the source raises, and `LimitExceeded`."""
        source, self._source = self._source, None
        if source is None:
            return
        if isinstance(source, bytes):
            self._account(len(source), len(source))
            self.fill(source)
            return
        pieces = [source()] if callable(source) else source
        first = b""
        joined: io.BytesIO | None = None
        total = 0
        try:
            for piece in pieces:
                total += len(piece)
                self._account(len(piece), total)
                # One buffer that grows holds the content once; pieces and what they are joined to would hold it twice.
                if joined is not None:
                    joined.write(piece)
                elif first:
                    joined = io.BytesIO()
                    joined.write(first)
                    joined.write(piece)
                else:
                    first = piece
        except LimitExceeded as error:
            if error.limit != "ratio" or self.parent is None:
                raise
            raise overrun(self.parent, iter(pieces)) from error
        finally:
            # What was read before an error is still worth a look: a truncated program is a program.
            self.fill(joined.getvalue() if joined is not None else first)

    def measure(self) -> None:
        """In place of `load`, for a layer that nobody looks at: take its size, and its content only where that costs nothing."""
        source = self._source
        if not isinstance(source, Joined):
            self.load()
            return
        self._source = None
        self._account(source.size, source.size)
        self.size = source.size

    def fill(self, data: bytes, sha256: str | None = None) -> None:
        """Set the content; `sha256` where the caller already has it."""
        self.data = data
        self.size = len(data)
        # A layer is made here and nowhere else: its digest would tell nobody anything.
        self.sha256 = sha256 or (hashlib.sha256(data).hexdigest() if self.role != "layer" else None)

    def _account(self, count: int, total: int) -> None:
        """Charge `count` more produced bytes, `total` of this part so far, to the tree and to the container they came out of."""
        limits = self.budget.limits
        if total > limits.part_bytes:
            raise LimitExceeded("part_bytes", f"one part is larger than {limits.part_bytes} bytes")
        container = self.parent
        if container is not None and self.role in ("member", "embedded"):
            container.unpacked += count
            if container.unpacked > max(limits.ratio_floor, limits.ratio * (container.size or 0)):
                raise LimitExceeded("ratio", f"the container unpacks to more than {limits.ratio} times its size")
        self.budget.charge(count)

    def release(self) -> None:
        """Let go of the bytes and of everything parsed from them."""
        self.data = b""
        self._source = None
        if not isinstance(self._profile, dict):
            self._profile = None
        self._memo.clear()

    def record(self) -> PartRecord:
        """What the report says about this part."""
        return PartRecord(
            path=self.path,
            parent=self.parent.path if self.parent is not None else None,
            name=self.name,
            declared=self.declared,
            role=self.role,
            type=self.type,
            types=tuple([kind.id for kind in self.types]) or (UNKNOWN.id,),
            size=self.size,
            sha256=self.sha256,
            encryption=self.encryption,
            signed=self.signed,
        )


def overrun(container: Part, rest: Iterator[bytes]) -> LimitExceeded:
    """What is to be said of a container that unpacks to too many times its size: whether it stops soon, as a lot of zeros does, or is a bomb.

    Args:
        container: the part that has exceeded the ratio.
        rest: what it goes on to unpack to; counted, charged to the budget, and not kept.
    """
    limits = container.budget.limits
    times = f"the container unpacks to more than {limits.ratio} times its size"
    try:
        while container.unpacked <= limits.bomb_bytes:
            piece = next(rest, None)
            if piece is None:
                return LimitExceeded("ratio", times)
            container.unpacked += len(piece)
            container.budget.charge(len(piece))
        return LimitExceeded("bomb_bytes", f"{times} and to more than {limits.bomb_bytes} bytes")
    except Malformed:
        pass  # it stops here
    except LimitExceeded as error:
        return error
    return LimitExceeded("ratio", times)
