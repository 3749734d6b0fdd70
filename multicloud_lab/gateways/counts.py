"""What a cluster has at the moment: its scheduler's own counts, read through its dashboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from multicloud_lab.gateways.connection import GatewayConnection

COUNTS_DEADLINE = 3.0
"""Seconds that a dashboard may take to tell its counts: without them a list is still a list."""

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
