"""An event loop in a thread of its own, for callers that wait: notebooks and scripts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from typing import Any, TypeVar

T = TypeVar("T")


class BackgroundLoop:
    """Runs coroutines on one loop that is nobody else's, so that a notebook's loop stays free."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="multicloud-lab", daemon=True
        )
        self._thread.start()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def run(
        self,
        coroutine: Coroutine[Any, Any, T],
        *,
        tick: Callable[[], None] = lambda: None,
        every: float = 0.5,
    ) -> T:
        """Run a coroutine and wait for what it gives; an interrupt cancels it.

        Parameters
        ----------
        coroutine : coroutine
        tick : callable
            Called while it runs.
        every : float
            Seconds between two calls of ``tick``.
        """
        future = self.submit(coroutine)
        try:
            # In short steps: an endless wait for a lock is not left by every interrupt.
            while True:
                tick()
                done, _ = wait([future], timeout=every)
                if done:
                    return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """End the loop, once what still runs on it has been cancelled."""
        if not self._loop.is_closed() and self._thread.is_alive():
            self.submit(_cancel_others()).result(timeout=10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=10)
            self._loop.close()


async def _cancel_others() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
