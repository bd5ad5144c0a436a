"""The event loop of the daemon: asyncio's own, with a short way for clients that are in the middle of a message.

A mail of half a megabyte comes in a dozen pieces, each of which is taken over and answered within a function call. Through asyncio each of them
would pass a selector's key, a handle, a context and the queue of callbacks, which together cost more than what is done with the piece. Whoever
listens by `hear` is called from within the wait for events, and the loop gets its turn when there is something for it.
"""

from __future__ import annotations

import asyncio
import math
import select
import selectors
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

#: Takes what has arrived; whether the loop may have something to do now.
Listener = Callable[[], bool]


class Loop(asyncio.SelectorEventLoop):
    """An event loop in which what arrives may be heard at once."""

    def __init__(self) -> None:
        self._short = _Selector()
        super().__init__(self._short)

    def hear(self, descriptor: int, listener: Listener) -> None:
        """Call `listener` whenever there is something to read; it must not raise, and says whether it left the loop anything to do.

        A timer counts as something to do: the wait for events was made without it.
        """
        self._short.hear(descriptor, listener)

    def unhear(self, descriptor: int) -> None:
        """Listen no more."""
        self._short.unhear(descriptor)


def listen(loop: asyncio.AbstractEventLoop, descriptor: int, listener: Listener) -> None:
    """The same in any event loop."""
    if isinstance(loop, Loop):
        loop.hear(descriptor, listener)
    else:
        loop.add_reader(descriptor, listener)


def unlisten(loop: asyncio.AbstractEventLoop, descriptor: int) -> None:
    """End what `listen` began."""
    if isinstance(loop, Loop):
        loop.unhear(descriptor)
    else:
        loop.remove_reader(descriptor)


class _Selector(selectors.BaseSelector):
    """epoll, as asyncio knows it, and listeners beside it."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._keys: dict[int, selectors.SelectorKey] = {}
        self._listeners: dict[int, Listener] = {}
        self._map = _Keys(self._keys)

    def hear(self, descriptor: int, listener: Listener) -> None:
        """See `Loop.hear`."""
        before = self._mask(descriptor)
        self._listeners[descriptor] = listener
        self._change(descriptor, before)

    def unhear(self, descriptor: int) -> None:
        """See `Loop.unhear`."""
        before = self._mask(descriptor)
        if self._listeners.pop(descriptor, None) is not None:
            self._change(descriptor, before)

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """See `selectors.BaseSelector`."""
        descriptor = _number(fileobj)
        if descriptor in self._keys:
            raise KeyError(fileobj)
        before = self._mask(descriptor)
        key = self._keys[descriptor] = selectors.SelectorKey(fileobj, descriptor, events, data)
        try:
            self._change(descriptor, before)
        except OSError:
            del self._keys[descriptor]
            raise
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """See `selectors.BaseSelector`."""
        descriptor = _number(fileobj)
        before = self._mask(descriptor)
        key = self._keys.pop(descriptor)
        self._change(descriptor, before)
        return key

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See `selectors.BaseSelector`; what listeners take is over when this returns."""
        listeners, keys = self._listeners, self._keys
        wait = -1.0 if timeout is None else 0.0 if timeout <= 0 else math.ceil(timeout * 1e3) * 1e-3
        until = time.monotonic() + wait
        ready: list[tuple[selectors.SelectorKey, int]] = []
        while True:
            events = self._epoll.poll(wait, len(keys) + len(listeners) or 1)
            something = not events
            for descriptor, event in events:
                listener = listeners.get(descriptor)
                if listener is not None and event & ~select.EPOLLOUT and listener():
                    something = True
                key = keys.get(descriptor)
                if key is not None:
                    here = (selectors.EVENT_WRITE if event & ~select.EPOLLIN else 0) | (
                        selectors.EVENT_READ if event & ~select.EPOLLOUT else 0
                    )
                    if here & key.events:
                        ready.append((key, here & key.events))
            if ready or something:
                return ready
            if wait >= 0:
                wait = until - time.monotonic()
                if wait <= 0:
                    return ready

    def close(self) -> None:
        """See `selectors.BaseSelector`."""
        self._epoll.close()
        self._keys.clear()
        self._listeners.clear()

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """See `selectors.BaseSelector`."""
        return self._map

    def _mask(self, descriptor: int) -> int:
        mask = select.EPOLLIN if descriptor in self._listeners else 0
        key = self._keys.get(descriptor)
        if key is not None:
            mask |= select.EPOLLIN if key.events & selectors.EVENT_READ else 0
            mask |= select.EPOLLOUT if key.events & selectors.EVENT_WRITE else 0
        return mask

    def _change(self, descriptor: int, before: int) -> None:
        mask = self._mask(descriptor)
        if not before:
            self._epoll.register(descriptor, mask)
        elif mask:
            self._epoll.modify(descriptor, mask)
        else:
            try:
                self._epoll.unregister(descriptor)
            except OSError:
                return  # it was closed already


class _Keys(Mapping[Any, selectors.SelectorKey]):
    """The keys by descriptor, or by what has one."""

    def __init__(self, keys: dict[int, selectors.SelectorKey]) -> None:
        self._keys = keys

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys[_number(fileobj)]

    def __iter__(self) -> Iterator[int]:
        return iter(self._keys)


def _number(fileobj: Any) -> int:
    return fileobj if isinstance(fileobj, int) else int(fileobj.fileno())
