"""Stopping everything that the lab has started, on several gateways at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from multicloud_lab.errors import GatewayUnreachableError, MulticloudLabError
from multicloud_lab.gateways.clusters import ACTIVE
from multicloud_lab.gateways.watch import GatewayWatch
from multicloud_lab.records import Cluster


async def stop_all(watches: Sequence[GatewayWatch]) -> list[Cluster]:
    """Stop the lab's clusters; a gateway where that fails does not hold up the others.

    Returns
    -------
    list of Cluster
        Those stopped, as they were.

    Raises
    ------
    MulticloudLabError
        Of the one gateway that was asked.
    GatewayUnreachableError
        Some of several could not be asked; on the others all are stopped.
    """
    answers = await asyncio.gather(*map(_stop_ours, watches), return_exceptions=True)
    failures = [answer for answer in answers if isinstance(answer, BaseException)]
    stopped = [each for answer in answers if isinstance(answer, list) for each in answer]
    for failure in failures:
        if len(watches) == 1 or not isinstance(failure, MulticloudLabError):
            raise failure
    if failures:
        raise GatewayUnreachableError(
            f"{len(stopped)} stopped, but not all: {' '.join(map(str, failures))}"
        )
    return stopped


async def _stop_ours(watch: GatewayWatch) -> list[Cluster]:
    """Stop all clusters of one gateway that the lab has started, and cancel what it starts."""
    cancelled = watch.starts.cancel_all()
    await watch.starts.settled()
    with watch.changing() as connection:
        reports = await connection.clusters()
        entries = await asyncio.to_thread(watch.book.entries, watch.session.config.name)
        ours = [
            report
            for report in reports
            if report.status in ACTIVE and report.name in entries and entries[report.name].ours
        ]
        clusters = await asyncio.gather(*map(watch.describe, ours))
        await asyncio.gather(*(connection.stop(report.name) for report in ours))
    return [*cancelled, *clusters]
