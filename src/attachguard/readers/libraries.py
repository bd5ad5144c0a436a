"""Keeps libraries in their place: those that log from being heard, and from setting up logging for the program that attachguard is embedded in.

Two libraries need it: qpdf's complaints about damaged files come through pikepdf's logger, and msoffcrypto logs through the root logger, whose
first use installs a handler on standard error. What they say about content is a finding here, or nothing.

pikepdf is bound with pybind11, which asks for the interpreter by `PyGILState_Ensure`. A C host such as libmilter's binding gives a thread several
Python thread states in turn; CPython remembers the first, the call waits for it, and the thread waits for itself for good. Such a step runs in a
thread of our own.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

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


def by_pybind(step: Callable[P, T]) -> Callable[P, T]:
    """Marks a step that uses a library bound with pybind11: in a thread whose state CPython does not remember it runs in one of our own.

    Args:
        step: nothing of the library may outlive it.
    """

    @wraps(step)
    def run(*arguments: P.args, **named: P.kwargs) -> T:
        if _remembered():
            return step(*arguments, **named)
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(1) as own:
            return own.submit(step, *arguments, **named).result()

    return run


def _remembered() -> bool:
    """Whether the state of this thread is the one that `PyGILState_Ensure` would take."""
    import ctypes

    state = ctypes.pythonapi.PyThreadState_Get
    kept = ctypes.pythonapi.PyGILState_GetThisThreadState
    state.restype = kept.restype = ctypes.c_void_p
    return bool(state() == kept())
