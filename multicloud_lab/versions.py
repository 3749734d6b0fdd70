"""Whether a cluster runs the versions that this process has: said once, in one small table."""

from __future__ import annotations

import asyncio
import time
import warnings
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from distributed import Client
from distributed.versions import get_versions

PACKAGES = ("python", "dask", "distributed", "numpy", "xarray", "zarr")
"""What is compared; tasks and their results are pickles of these packages' objects."""
_ON_SCHEDULER = frozenset({"python", "dask", "distributed"})
# The others pass through a scheduler unopened.

LOOK_DEADLINE = 1.5
"""Seconds that a new client may be held up by the question."""
WORKERS_DEADLINE = 600.0
"""Seconds in which the first worker is looked at; later ones are of the same image."""

Packages = Mapping[str, str | None]


class VersionsDifferWarning(UserWarning):
    """A cluster has other versions of packages than the process that sends it work."""


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of packages at the three places that take part; None is not installed.

    Parameters
    ----------
    here, scheduler : mapping
    workers : sequence of mapping
        One for each worker that answered.
    """

    here: Packages
    scheduler: Packages
    workers: tuple[Packages, ...]

    def report(self, cluster: str) -> str:
        """Say what differs and what to do about it; empty if nothing does.

        Parameters
        ----------
        cluster : str
            What the report calls the cluster.
        """
        rows = [("package", "here", "scheduler", "workers")]
        for package in PACKAGES:
            here, scheduler = self.here.get(package), self.scheduler.get(package)
            workers = {each.get(package) for each in self.workers}
            compared = workers | ({scheduler} if package in _ON_SCHEDULER else set())
            if compared - {here}:
                texts = ", ".join(sorted(map(_shown, workers))) or "none yet"
                rows.append((package, _shown(here), _shown(scheduler), texts))
        if len(rows) == 1:
            return ""
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        table = "\n".join(
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )
        return (
            f"{cluster} has other versions than this process:\n\n{table}\n\n"
            "Tasks may fail there or give other results. Start the cluster with the environment "
            "of this process (the image in its gateway's options), or install the cluster's "
            "versions here and restart."
        )


class VersionCheck:
    """Compares the versions of one cluster, once.

    The scheduler, and the workers that are there, are asked before anything is sent to them; the
    first of the workers that are not there yet is asked when it comes.

    Parameters
    ----------
    client : Client
        Connected.
    cluster : str
        What a warning calls the cluster.
    """

    def __init__(self, client: Client, cluster: str) -> None:
        self._client = client
        self._cluster = cluster
        self._waiting: Future[None] | None = None

    def begin(self) -> None:
        """Look, for :data:`LOOK_DEADLINE` seconds at most, and warn if there is a difference."""
        loop: Any = self._client.loop
        look = asyncio.run_coroutine_threadsafe(self._look(), loop.asyncio_loop)
        try:
            found = look.result(timeout=LOOK_DEADLINE + 0.5)
        except (OSError, TimeoutError):
            pass  # Busy, or gone; what is computed there will tell.
        else:
            if self._warn(found) or found.workers:
                return
        waiting = self._wait_for_workers()
        self._waiting = asyncio.run_coroutine_threadsafe(waiting, loop.asyncio_loop)

    def cancel(self) -> None:
        """Stop waiting for workers."""
        if self._waiting is not None:
            self._waiting.cancel()

    async def _wait_for_workers(self) -> None:
        until = time.monotonic() + WORKERS_DEADLINE
        while time.monotonic() < until and self._client.status == "running":
            await asyncio.sleep(1)
            try:
                found = await self._look()
            except (OSError, TimeoutError):
                continue
            if found.workers:
                self._warn(found)
                return

    async def _look(self) -> Versions:
        packages = [package for package in PACKAGES if package != "python"]
        remote: Any = self._client.scheduler
        async with asyncio.timeout(LOOK_DEADLINE):
            scheduler, workers = await asyncio.gather(
                remote.versions(packages=packages),
                remote.broadcast(msg={"op": "versions", "packages": packages}, on_error="ignore"),
            )
        return Versions(
            here=get_versions(packages)["packages"],
            scheduler=scheduler["packages"],
            workers=tuple(each["packages"] for each in workers.values()),
        )

    def _warn(self, found: Versions) -> bool:
        report = found.report(self._cluster)
        if report:
            warnings.warn(report, VersionsDifferWarning, stacklevel=2)
        return bool(report)


def _shown(version: str | None) -> str:
    """Write a version as packages do: Python's own has two more parts."""
    if version is None:
        return "not installed"
    return version.removesuffix(".final.0")[:40]
