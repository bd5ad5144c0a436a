"""The exceptions of attachguard.

Two kinds, and they never mix. The *operator's* mistakes (`PolicyError`, `RuleError`) reach the caller and say where the mistake is and how to
mend it. What is wrong with *content* (`Malformed`, `LimitExceeded`) is raised by inspectors only, is caught by the engine (`engine/caught.py`) and
becomes a finding: content never raises out of the library.
"""

from __future__ import annotations

__all__ = ["BudgetSpent", "ChecksumFailed", "LimitExceeded", "Malformed", "OperatorError", "PolicyError", "RuleError"]


class OperatorError(ValueError):
    """A mistake in what the operator configured, with its place.

    Args:
        message: what is wrong and, where it can be said, the remedy.
        file: path of the file that holds the mistake; empty when it did not come from a file.
        line: line number, counted from 1; 0 when unknown.
        where: place inside the file, e.g. a TOML key path or a rule name.
    """

    def __init__(self, message: str, *, file: str = "", line: int = 0, where: str = "") -> None:
        place = file + (f":{line}" if line else "")
        super().__init__(": ".join(piece for piece in (place, where, message) if piece))
        self.message = message
        self.file = file
        self.line = line
        self.where = where


class PolicyError(OperatorError):
    """A policy that cannot be used: unknown key, unknown code, contradiction, missing file."""


class RuleError(OperatorError):
    """A YARA rule file that cannot be used: it does not compile, or it cannot be read."""


class Malformed(Exception):
    """Content that breaks its own format; raised by inspectors, reported as `malformed-file`.

    Args:
        message: what is broken, in plain words, without content of the file.
    """


class Elsewhere(Malformed):
    """Content that is sound, and most of which is in another file."""


class ChecksumFailed(Malformed):
    """Content that was read to its end, and of which only the checksum does not hold: most unpackers leave it where they wrote it.

    Args:
        message: what does not hold.
        end: offset after the checksum, where whatever follows may be read on.
    """

    def __init__(self, message: str, end: int = 0) -> None:
        super().__init__(message)
        self.end = end


class LimitExceeded(Exception):
    """A bound of the budget was reached; raised by `Budget` and by bounded reads, reported by the driver.

    Args:
        limit: name of the bound: a field of `Limits`.
        message: the figures, in plain words.
    """

    def __init__(self, limit: str, message: str) -> None:
        super().__init__(f"{limit}: {message}")
        self.limit = limit


class BudgetSpent(LimitExceeded):
    """A bound of the whole scan was reached: nothing more of the message is parsed or inspected."""
