"""Keeps libraries that log from being heard, and from setting up logging for the program that attachguard is embedded in.

Two libraries need it: qpdf's complaints about damaged files come through pikepdf's logger, and msoffcrypto logs through the root logger, whose
first use installs a handler on standard error. What they say about content is a finding here, or nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_here = threading.local()


class _Unheard(logging.Filter):
    """Drops what is logged by a thread while it is inside `unheard`; everybody else's records pass."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - whose records these are matters, not what they say
        """Whether the record passes."""
        return not getattr(_here, "active", False)


_UNHEARD = _Unheard()


@contextmanager
def unheard(logger: str) -> Iterator[None]:
    """Nothing that this thread logs through a logger in the block goes anywhere.

    Args:
        logger: its name; filters do not reach the loggers below it.
    """
    logging.getLogger(logger).addFilter(_UNHEARD)
    before = getattr(_here, "active", False)
    _here.active = True
    try:
        yield
    finally:
        _here.active = before


def own_logger(module: Any) -> None:
    """Make a module that logs through the root logger log through one of its own name, which nobody listens to unless asked to."""
    if module.logging is logging:
        module.logging = logging.getLogger(module.__name__)
