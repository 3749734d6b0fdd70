"""What a cluster has at the moment: its scheduler's own counts, read through its dashboard."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from multicloud_lab.gateways.connection import GatewayConnection

COUNTS_DEADLINE = 3.0
"""Seconds that a dashboard may take to tell its counts: without them a list is still a list."""

PROMPT = 1.0
"""Seconds that counts are waited for: the scheduler of a cluster at work may be busy for longer,
and a list that waited for it would be late for every gateway."""

_PULSE = ("tasks", "memory", "bytes", "released", "erred", "clients")
"""What of a scheduler's counts does not change while nothing is done."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a cluster has at the moment.

    Parameters
    ----------
    workers : int
    cores : int
        Threads of all workers.
    memory : int or None
        Bytes that all workers may use together; None if that cannot be told.
    tasks : int
        In process or waiting. Those that wait for a first worker the scheduler does not count: if
        there are any, they are said to be one.
    pulse : tuple
        Differs from that of another moment if something was done in between.
    """

    workers: int
    cores: int
    memory: int | None
    tasks: int
    pulse: tuple[Any, ...]


class Counting:
    """Asks clusters of one gateway for their counts; what takes long comes with a later question.

    Until an answer is there, or there is none, the last counts stand.
    """

    def __init__(self) -> None:
        self._known: dict[str, Counts] = {}
        self._asked: dict[str, float] = {}  # when each was, on the monotonic clock
        self._asking: dict[str, asyncio.Task[Counts | None]] = {}

    def get(self, name: str) -> Counts | None:
        """Give the last counts of a cluster."""
        return self._known.get(name)

    async def ask(
        self, connection: GatewayConnection, upstreams: Mapping[str, str], most: int | None = None
    ) -> None:
        """Ask clusters, and wait a moment for what they answer.

        Parameters
        ----------
        connection : GatewayConnection
        upstreams : mapping
            Of each running cluster what :func:`dashboard_upstream` gives; others are forgotten.
        most : int, optional
            How many may be asked at once: those that were asked longest ago.
        """
        for name in self._asking.keys() - upstreams.keys():
            self._asking.pop(name).cancel()
        self._known = {name: kept for name, kept in self._known.items() if name in upstreams}
        self._asked = {name: when for name, when in self._asked.items() if name in upstreams}
        free = upstreams.keys() - self._asking.keys()
        for name in sorted(free, key=lambda name: self._asked.get(name, float("-inf")))[:most]:
            self._asking[name] = asyncio.create_task(
                count(connection, upstreams[name], self._known.get(name))
            )
            self._asked[name] = time.monotonic()
        if self._asking:
            await asyncio.wait(self._asking.values(), timeout=PROMPT)
        for name in [name for name, task in self._asking.items() if task.done()]:
            counts = self._asking.pop(name).result()
            if counts is None:
                self._known.pop(name, None)
            else:
                self._known[name] = counts

    async def ask_one(
        self, connection: GatewayConnection, name: str, upstream: str
    ) -> Counts | None:
        """Give what a cluster answers now, or the last counts if that takes long."""
        known = self._known.get(name)
        try:
            async with asyncio.timeout(PROMPT):
                return await count(connection, upstream, known)
        except TimeoutError:
            return known

    async def close(self) -> None:
        """Wait for nothing any more."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def count(
    connection: GatewayConnection, upstream: str, before: Counts | None
) -> Counts | None:
    """Ask a cluster's scheduler what it has, through its dashboard.

    Parameters
    ----------
    connection : GatewayConnection
    upstream : str
        As :func:`dashboard_upstream` gives it.
    before : Counts, optional
        The last answer. The page that tells the memory names every worker, so it is read only
        when workers or cores are others than then.

    Returns
    -------
    Counts or None
        None if the dashboard cannot be asked.
    """
    page = await connection.get_json(f"{upstream}/json/counts.json", COUNTS_DEADLINE)
    match page:
        case {"workers": int(workers), "cores": int(cores), "processing": int()}:
            pass
        case _:
            return None
    if before and before.memory is not None and (before.workers, before.cores) == (workers, cores):
        memory: int | None = before.memory
    else:
        memory = _memory(
            await connection.get_json(f"{upstream}/json/identity.json", COUNTS_DEADLINE)
        )
    tasks = sum(_whole(page, key) for key in ("processing", "waiting", "unrunnable"))
    if not workers and _whole(page, "desired_workers"):
        tasks = max(tasks, 1)
    return Counts(workers, cores, memory, tasks, tuple(page.get(key) for key in _PULSE))


def _whole(page: Mapping[str, Any], key: str) -> int:
    value = page.get(key)
    return value if isinstance(value, int) else 0


def _memory(page: Any) -> int | None:
    """Add up what the workers may use; a worker without a limit makes the sum unknown."""
    workers = page.get("workers") if isinstance(page, dict) else None
    if not isinstance(workers, dict):
        return None
    limits = [
        worker.get("memory_limit") if isinstance(worker, dict) else None
        for worker in workers.values()
    ]
    whole = [limit for limit in limits if isinstance(limit, int) and limit > 0]
    return sum(whole) if len(whole) == len(limits) else None
