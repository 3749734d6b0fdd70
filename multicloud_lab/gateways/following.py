"""Following: each cluster that starts is waited for at its gateway, once for all who want it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from dask_gateway.client import ClusterReport, ClusterStatus

from multicloud_lab.errors import MulticloudLabError
from multicloud_lab.gateways.session import GatewaySession

_log = logging.getLogger(__name__)

SHORTEST = 1.0
"""Seconds between two questions, at least: not every gateway holds its answer back."""


class Following:
    """Waits for the clusters of one gateway that are pending.

    A gateway holds its answer back until the cluster runs or is over, so that the lab knows it in
    that moment and asks seldom meanwhile.

    Parameters
    ----------
    session : GatewaySession
    on_started : callable
        Awaited with the report of each cluster that is not pending any more.
    """

    def __init__(
        self, session: GatewaySession, on_started: Callable[[ClusterReport], Awaitable[None]]
    ) -> None:
        self._session = session
        self._on_started = on_started
        self._tasks: dict[str, asyncio.Task[ClusterReport]] = {}

    def begin(self, name: str) -> asyncio.Task[ClusterReport]:
        """Follow a cluster, or give the task that does it already: it ends with its report."""
        task = self._tasks.get(name)
        if task is None:
            task = asyncio.create_task(self._follow(name), name=f"follow {name}")
            self._tasks[name] = task
            task.add_done_callback(lambda done: self._end(name, done))
        return task

    async def close(self) -> None:
        """Follow none any more."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self, name: str) -> ClusterReport:
        while True:
            asked = time.monotonic()
            report = await self._session.connection.started(name)
            if report is None:  # it takes its time; or the gateway is gone, which this tells
                report = await self._session.connection.cluster(name)
            if report.status is not ClusterStatus.PENDING:
                await self._on_started(report)
                return report
            await asyncio.sleep(max(0.0, asked + SHORTEST - time.monotonic()))

    def _end(self, name: str, task: asyncio.Task[ClusterReport]) -> None:
        self._tasks.pop(name, None)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, MulticloudLabError):  # the next look sees it
            _log.info("%s on %s: %s", name, self._session.config.name, error)
        elif error is not None:
            _log.error("Following a cluster broke: %s", type(error).__name__)
