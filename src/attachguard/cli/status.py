"""Exit statuses, the same for every command; `docs/operators.md` has this table for people, and a test compares the two."""

from __future__ import annotations

import enum


class Status(enum.IntEnum):
    """What a call ended with."""

    #: Nothing stands against it: everything may be delivered, no mistakes, the self-test passed.
    FINE = 0
    #: The command did its work, and the answer is no: something may not be delivered, mistakes were found, no notice is to be sent.
    REFUSED = 1
    #: The call failed, or a part of it: a mistake in its arguments or files, a path that could not be read (the others were).
    FAILED = 2
    #: Ctrl-C.
    INTERRUPTED = 130
