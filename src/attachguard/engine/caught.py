"""The one place of a scan that catches every exception: a defect over one part, or of a policy over one finding, must not lose the message."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def caught(step: Callable[[], T]) -> tuple[T | None, Exception | None]:
    """The result of a step, or what it raised.

    A traceback knows the frames of the whole scan, and a frame that knows the error would keep all of it, message included, until the garbage
    collector comes. So the error goes without one; the place where it was raised is its last note.
    """
    try:
        return step(), None
    except Exception as error:  # noqa: BLE001 - see above; `tests/test_one_catch.py` holds that there is no other
        error.add_note(_place(error))
        raised: BaseException | None = error
        while raised is not None and raised.__traceback__ is not None:
            raised.__traceback__ = None
            raised = raised.__cause__ or raised.__context__
        return None, error


def _place(error: Exception) -> str:
    """Function and line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace is not None else "?"
