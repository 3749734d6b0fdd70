"""When persisted results are there, told without holding on to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from distributed import futures_of


def when_there(collections: Sequence[Any], then: Callable[[], None]) -> None:
    """Call something once: when all that collections hold is there, or nobody wants it any more.

    The futures are not held on to, as ``Future.add_done_callback`` does: a result that its owner
    lets go of has to be free at once, and what computes it has to stop.

    Parameters
    ----------
    collections : sequence of dask collection
        As ``persist`` gives them.
    then : callable
        Called on the loop of a client; at once, if everything is there.
    """
    # By the loop of their client; most have it in common.
    waited: dict[Any, list[Any]] = {}
    for future in futures_of(list(collections)):  # type: ignore[no-untyped-call]
        loop = None if future.client is None else future.client.loop
        # What is behind a future lives as long as any of its futures, and ends with the last.
        if loop is not None and future._state is not None:
            waited.setdefault(loop, []).append(future._state)
    if not waited:
        then()
        return
    left = set(waited)

    async def there(loop: Any) -> None:
        await asyncio.gather(*(state.wait() for state in waited.pop(loop)))
        left.discard(loop)
        if not left:
            then()

    for loop in list(waited):
        loop.add_callback(there, loop)
