"""An event loop in a thread of its own, for callers that wait and have none."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

T = TypeVar("T")

#: Seconds that what is under way has to end by itself when the loop does.
_LEAVE: Final = 1.0


class LoopThread:
    """Runs from the beginning, until `end`."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="attachguard-pool", daemon=True)
        self._thread.start()
        self._process = os.getpid()
        self._ending = False
        self._submitting = threading.Lock()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Have it done; gives a future of its result. Raises `RuntimeError` at the end, and in a child, which has no copy of the thread."""
        if self._process != os.getpid():
            coroutine.close()
            raise RuntimeError("the pool is of another process: a child that was forked starts one of its own")
        with self._submitting:
            if not self._ending:
                return asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        coroutine.close()
        raise RuntimeError("the pool has ended")

    def end(self, first: Callable[[], None]) -> None:
        """Do something in the loop, then stop it. What nobody waits for any more ends before its event loop does."""
        if self._process != os.getpid():
            first()
            return
        with self._submitting:
            leaving = asyncio.run_coroutine_threadsafe(_leave(first), self._loop)
            self._ending = True
        leaving.result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _leave(first: Callable[[], None]) -> None:
    first()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        _done, left = await asyncio.wait(left, timeout=_LEAVE)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def awaited(future: concurrent.futures.Future[T]) -> T:
    """Its result; whoever stops waiting, as after Ctrl-C, calls it off."""
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise
