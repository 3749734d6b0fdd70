"""Several computations at once, each on its own cluster: submitted together, then gathered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from dask.base import compute
from distributed import Client


@dataclass(frozen=True, slots=True)
class Part:
    """What one place computes.

    Parameters
    ----------
    where : str
        The place in words, for an error.
    client : distributed.Client or None
        ``None`` computes as dask does by itself, in this process unless it is told otherwise.
    collections : sequence
        Dask collections.
    """

    where: str
    client: Client | None
    collections: Sequence[Any]


def compute_parts(parts: Sequence[Part], **kwargs: Any) -> list[list[Any]]:
    """Compute all parts at once.

    Parameters
    ----------
    parts : sequence of Part
    **kwargs
        For ``distributed.Client.compute``, as ``retries``; ``optimize_graph`` here as well.

    Returns
    -------
    list of list
        The results of each part, in order.

    Raises
    ------
    Exception
        What a task raised, as it was, with a note that names the place. Everything else is
        cancelled first, as it is at KeyboardInterrupt.
    """
    submitted: list[tuple[Client, Any]] = []
    pool = ThreadPoolExecutor(max_workers=max(1, len(parts)), thread_name_prefix="gather")
    results: dict[int, Sequence[Any]] = {}
    gathering: dict[Future[Any], int] = {}
    try:
        for number, part in enumerate(parts):
            if part.client is not None:
                futures = part.client.compute(  # type: ignore[no-untyped-call]
                    list(part.collections), sync=False, **kwargs
                )
                submitted.append((part.client, futures))
                gathering[pool.submit(part.client.gather, futures)] = number
        for number, part in enumerate(parts):
            if part.client is None:
                results[number] = _compute_here(part, kwargs)
        failed = _wait(gathering)
        for future in failed:
            error = future.exception()
            assert error is not None  # noqa: S101 - what the line above asked
            error.add_note(f"This was raised in {parts[gathering[future]].where}.")
        if failed:
            first, *others = failed
            for other in others:
                _note_other(first.exception(), other.exception(), parts[gathering[other]].where)
            first.result()
        results.update((number, future.result()) for future, number in gathering.items())
    except BaseException:
        for client, futures in submitted:
            with suppress(Exception):  # The error that is on its way says more.
                client.cancel(futures, force=True)  # type: ignore[no-untyped-call]
        raise
    finally:
        pool.shutdown(wait=False)
    return [list(results[number]) for number in range(len(parts))]


def _wait(futures: Collection[Future[Any]]) -> list[Future[Any]]:
    """Wait until all are done or one has failed, and give those that have.

    In short steps: an endless wait for a lock is not left by every interrupt.
    """
    while True:
        done, pending = wait(futures, timeout=0.2, return_when=FIRST_EXCEPTION)
        failed = [future for future in done if future.exception() is not None]
        if failed or not pending:
            return failed


def _compute_here(part: Part, kwargs: dict[str, Any]) -> Sequence[Any]:
    mine = {name: value for name, value in kwargs.items() if name == "optimize_graph"}
    try:
        results: Sequence[Any] = compute(  # type: ignore[no-untyped-call]
            *part.collections, traverse=False, **mine
        )
    except Exception as error:
        error.add_note(f"This was raised in {part.where}.")
        raise
    return results


def _note_other(first: BaseException | None, other: BaseException | None, where: str) -> None:
    """Say of a second failure what it was, since only one can be raised."""
    if first is not None:
        first.add_note(f"At the same time in {where}: {type(other).__name__}: {other}")
