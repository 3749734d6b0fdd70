"""Changing a cluster that is there: other bounds, another time that it may be idle."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from dask_gateway.client import ClusterReport, ClusterStatus

from multicloud_lab.errors import ClusterFailedError, InvalidInputError
from multicloud_lab.gateways.bounds import apply_bounds, check_bounds
from multicloud_lab.gateways.clusters import ACTIVE, adopt, why_over
from multicloud_lab.gateways.entries import Entry
from multicloud_lab.gateways.watch import GatewayWatch
from multicloud_lab.records import ChangeCluster


async def change(watch: GatewayWatch, name: str, wish: ChangeCluster) -> ClusterReport:
    """Give a cluster what is wished for; bounds, if it does not run yet, as soon as it does.

    Parameters
    ----------
    watch : GatewayWatch
        Of its gateway.
    name : str
    wish : ChangeCluster
        A new idle time counts from now, so that nothing is stopped that was not warned of.

    Returns
    -------
    ClusterReport
        As it was before.

    Raises
    ------
    InvalidInputError
        The bounds cannot be, or it is not the lab that stops this cluster.
    ClusterFailedError
        It is over.
    """
    gateway = watch.session.config.name
    with watch.changing() as connection:
        report = await connection.cluster(name)
        if report.status not in ACTIVE:
            raise ClusterFailedError(why_over(gateway, report))
        async with watch.bounding:
            known = (await asyncio.to_thread(watch.book.entries, gateway)).get(name)
            entry = known or adopt(watch.session.config, report, watch.session.username)
            if wish.idle_minutes is not None:
                if not entry.ours:
                    raise InvalidInputError(
                        f"{name} on {gateway} was not started by the lab, which never stops it "
                        "for being idle; stop it when it is not needed any more."
                    )
                entry = replace(entry, idle_minutes=wish.idle_minutes)
            bounded = wish.minimum is not None or wish.maximum is not None
            if bounded:
                entry = _bounded(entry, wish, known is not None)
            if bounded and report.status is ClusterStatus.RUNNING:
                await apply_bounds(connection, watch.book, entry)
            else:
                await asyncio.to_thread(watch.book.remember, entry)
        if wish.idle_minutes is not None:
            await watch.idle.keep(name)
    return report


def _bounded(entry: Entry, wish: ChangeCluster, known: bool) -> Entry:
    """Give the entry other bounds; one that is not said stays, if the lab knows it."""
    if not known and (wish.minimum is None or wish.maximum is None):
        raise InvalidInputError(
            f"The bounds of {entry.name} on {entry.gateway} were not set by the lab; say both "
            "minimum and maximum."
        )
    minimum = entry.minimum if wish.minimum is None else wish.minimum
    maximum = entry.maximum if wish.maximum is None else wish.maximum
    check_bounds(minimum, maximum)
    return replace(entry, minimum=minimum, maximum=maximum, applied=False, message="")
