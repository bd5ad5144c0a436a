"""The one place of a scan that catches every exception: a defect over one part, or of a policy over one finding, must not lose the message."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def caught(step: Callable[[], T]) -> tuple[T | None, Exception | None]:
    """The result of a step, or what it raised."""
    try:
        return step(), None
    except Exception as error:  # noqa: BLE001 - see above; `tests/test_one_catch.py` holds that there is no other
        return None, error
