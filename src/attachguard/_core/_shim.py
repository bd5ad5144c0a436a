"""Stands in for the `cython` module where the core runs uncompiled and Cython is not installed.

Only what the core uses is here: decorators that do nothing and type names that serve as annotations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F")

compiled = False


class _Type:
    """A C type: subscripted (`uchar[::1]`, `const[uchar]`) it is itself, called it is the value."""

    def __getitem__(self, _item: object) -> _Type:
        return self

    def __call__(self, value: Any = 0) -> Any:
        return value


void = uchar = const = uint = int = longlong = ulonglong = ushort = Py_ssize_t = size_t = bint = char = p_uchar = (
    p_uint
) = p_ulonglong = _Type()


def _decorator(*_args: object, **_kwargs: object) -> Callable[[F], F]:
    def same(function: F) -> F:
        return function

    return same


def cfunc(function: F) -> F:
    """A C function when compiled."""
    return function


inline = ccall = nogil = cfunc
returns = locals = boundscheck = wraparound = cdivision = exceptval = nonecheck = _decorator


def declare(_kind: object, value: Any = None, **_kwargs: object) -> Any:
    """A typed variable when compiled."""
    return value


def cast(_kind: object, value: Any, **_kwargs: object) -> Any:
    """A typed value when compiled."""
    return value
