"""The pool: all gateways of the lab, side by side; one that fails never touches another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dask_gateway.client import ClusterStatus

from multicloud_lab.config import GatewayConfig
from multicloud_lab.errors import (
    ClusterFailedError,
    DeadlineError,
    GatewayNotFoundError,
)
from multicloud_lab.gateways.book import Book, open_book
from multicloud_lab.gateways.bounds import check_bounds
from multicloud_lab.gateways.changing import change
from multicloud_lab.gateways.clusters import (
    ACTIVE,
    connection_to,
    dashboard_upstream,
    pending,
    why_over,
)
from multicloud_lab.gateways.connection import START_DEADLINE
from multicloud_lab.gateways.entries import Entry
from multicloud_lab.gateways.lost import MARK
from multicloud_lab.gateways.options import read_form
from multicloud_lab.gateways.session import GatewaySession
from multicloud_lab.gateways.stopping import stop_all
from multicloud_lab.gateways.watch import PATIENCE, GatewayWatch
from multicloud_lab.records import (
    Change,
    ChangeCluster,
    Cluster,
    Connection,
    Gateway,
    OptionField,
    SignIn,
)

_log = logging.getLogger(__name__)


class GatewayPool:
    """The gateways of a configuration.

    All methods are for the event loop that :meth:`start` ran on. Beside what they document, those
    that name a gateway raise ``GatewayNotFoundError``, ``SignInNeededError`` and
    ``GatewayUnreachableError``, and those that name a cluster ``ClusterNotFoundError``.

    Parameters
    ----------
    configs : sequence of GatewayConfig
    book : Path or None
        The file that remembers clusters' bounds and datasets; None: they are forgotten at the end.
    on_change : callable
        Told of every change, on the event loop; it must not block.
    """

    def __init__(
        self,
        configs: Sequence[GatewayConfig],
        *,
        book: Path | None,
        on_change: Callable[[Change], None],
    ) -> None:
        self._configs = tuple(configs)
        self._path = book
        self._book: Book | None = None
        self._on_change = on_change
        self._watches: dict[str, GatewayWatch] = {}

    async def start(self) -> None:
        """Begin to look after the gateways, without waiting for any."""
        self._book = book = await asyncio.to_thread(open_book, self._path)
        for config in self._configs:
            session = GatewaySession(config, self._tell)
            self._watches[config.name] = GatewayWatch(session, book, self._tell)
        await asyncio.gather(*(watch.session.open() for watch in self._watches.values()))
        for watch in self._watches.values():
            watch.start()

    async def close(self) -> None:
        """End the background tasks and let go of the gateways; clusters go on."""
        await asyncio.gather(*(watch.close() for watch in self._watches.values()))
        self._watches.clear()
        if self._book is not None:
            await asyncio.to_thread(self._book.close)
            self._book = None

    async def gateways(self, patience: float | None = None) -> list[Gateway]:
        """Describe all gateways, in the order of the configuration.

        Parameters
        ----------
        patience : float, optional
            Seconds that those which do not answer may take; by default few, since a change is
            told when they do.
        """
        watches = list(self._watches.values())
        await asyncio.gather(*(watch.latest(patience) for watch in watches))
        return [watch.session.record() for watch in watches]

    def standing(self) -> dict[str, tuple[bool, bool]]:
        """Say of each gateway, as last seen, whether a cluster runs and the lab is signed in."""
        return {
            name: (watch.has_running, watch.session.state == "signed-in")
            for name, watch in self._watches.items()
        }

    async def retry(self, gateway: str) -> Gateway:
        """Look at a gateway now, although it has failed a while ago; a person wants to know."""
        watch = self._watch(gateway)
        watch.session.try_again()
        watch.refresh()
        await watch.latest(PATIENCE)
        return watch.session.record()

    async def sign_in(self, gateway: str, sign_in: SignIn) -> Gateway:
        """Sign in; if that fails, the session stays what it was.

        Raises
        ------
        WrongCredentialsError
        """
        watch = self._watch(gateway)
        await watch.session.sign_in(sign_in)
        watch.begin_anew()
        return watch.session.record()

    async def sign_out(self, gateway: str) -> Gateway:
        """Forget the credentials; clusters go on."""
        watch = self._watch(gateway)
        await watch.session.sign_out()
        watch.begin_anew()
        return watch.session.record()

    async def options(self, gateway: str) -> list[OptionField]:
        """List the fields of the gateway's own options form."""
        form = read_form(await self._watch(gateway).session.connection.options_form())
        return [field for field in form if field.field != MARK]  # that is the lab's own

    async def clusters(self) -> list[Cluster]:
        """List the clusters of all gateways that answer, the latest last."""
        looks = await asyncio.gather(*(watch.latest() for watch in self._watches.values()))
        found = [seen.cluster for look in looks for seen in look.values()]
        for watch in self._watches.values():
            found += watch.starts.waiting()
        return sorted(found, key=lambda cluster: (cluster.started, cluster.name))

    async def cluster(self, gateway: str, name: str) -> Cluster:
        """Give one cluster as its gateway says that it is now."""
        watch = self._watch(gateway)
        report = await watch.session.connection.cluster(name)
        return await watch.describe(report)

    async def start_cluster(
        self,
        gateway: str,
        *,
        minimum: int,
        maximum: int,
        options: Mapping[str, Any],
        dataset: str | None,
        reuse: bool,
        idle_minutes: float | None = None,
    ) -> tuple[Cluster, bool]:
        """Start an adaptive cluster, or take one that is there; does not wait until it runs.

        Parameters
        ----------
        gateway : str
        minimum, maximum : int
            Workers. Of a cluster that is there they are left alone.
        options : mapping
            Of the gateway's own form.
        dataset : str or None
            Id of what it is for.
        reuse : bool
            Whether an active cluster that the lab started with these options will do; best the
            one for this dataset, else the latest.
        idle_minutes : float, optional
            After which it is stopped for being idle, 0 for never, as far as the gateway's
            configuration allows; by default, and of a cluster that is there, as that says.

        Returns
        -------
        cluster : Cluster
        reused : bool

        Raises
        ------
        InvalidInputError
            The bounds or options cannot be.
        GatewayRefusedError
            The gateway does not want another cluster.
        """
        check_bounds(minimum, maximum)
        watch = self._watch(gateway)
        watch.pace.ask()  # whoever starts it wants to see it come
        try:
            started = await watch.starts.start(
                minimum=minimum,
                maximum=maximum,
                options=options,
                dataset=dataset,
                reuse=reuse,
                idle_minutes=idle_minutes,
            )
        finally:
            watch.refresh()
        if isinstance(started, Entry):
            watch.following.begin(started.name)
            return pending(watch.session.config, started), False
        return await watch.describe(started), True

    async def change(self, gateway: str, name: str, wish: ChangeCluster) -> Cluster:
        """Give a cluster new adaptive bounds, or another time that it may be idle.

        Raises
        ------
        InvalidInputError
            The bounds cannot be, or the lab does not stop this cluster for being idle.
        ClusterFailedError
            It is over.
        """
        watch = self._watch(gateway)
        return await watch.describe(await change(watch, name, wish))

    async def stop(self, gateway: str, name: str) -> None:
        """Stop a cluster, or cancel a start; one that failed is just struck off the list."""
        watch = self._watch(gateway)
        if watch.starts.cancel(name):
            return
        name = watch.starts.real_name(name)
        with watch.changing() as connection:
            report = await connection.cluster(name)
            if report.status in ACTIVE:
                await connection.stop(name)
            elif report.status is ClusterStatus.FAILED:
                await asyncio.to_thread(watch.book.forget, gateway, [name])

    async def stop_all(self, gateway: str | None = None) -> list[Cluster]:
        """Stop all clusters of the lab, on one gateway, or on all where it knows of any.

        Gives those stopped, as they were; raises if some could not be, when the others are.
        """
        if gateway is not None:
            return await stop_all([self._watch(gateway)])
        watches = list(self._watches.values())
        may = await asyncio.gather(*(watch.may_have_clusters() for watch in watches))
        return await stop_all([watch for watch, has in zip(watches, may, strict=True) if has])

    async def keep(self, gateway: str, name: str) -> Cluster:
        """Keep a cluster that is idle: it is stopped only after the whole time once more.

        Raises
        ------
        ClusterFailedError
            It is over.
        """
        watch = self._watch(gateway)
        report = await watch.session.connection.cluster(name)
        if report.status not in ACTIVE:
            raise ClusterFailedError(why_over(gateway, report))
        await watch.idle.keep(name)
        watch.refresh()
        return await watch.describe(report)

    async def connection(self, gateway: str, name: str) -> Connection:
        """Give what a kernel needs to reach a cluster, as soon as it runs.

        Raises
        ------
        ClusterFailedError
            It will never run.
        DeadlineError
            It is still pending after :data:`START_DEADLINE` seconds.
        """
        watch = self._watch(gateway)
        report = await watch.session.connection.cluster(name)
        if report.status is ClusterStatus.PENDING:
            try:
                async with asyncio.timeout(START_DEADLINE):
                    # Others wait for the same.
                    report = await asyncio.shield(watch.following.begin(name))
            except TimeoutError:
                raise DeadlineError(
                    f"{name} on {gateway} is still starting after {START_DEADLINE:.0f} s; "
                    "ask again later."
                ) from None
        if report.status is not ClusterStatus.RUNNING:
            raise ClusterFailedError(why_over(gateway, report))
        return connection_to(await watch.describe(report), report)

    async def dashboard_upstream(self, gateway: str, name: str) -> str:
        """Give the URL that a cluster's dashboards are below, as this process reaches them.

        Dashboards ask nobody who reads them, so it is the gateway that is asked whose they are.
        """
        watch = self._watch(gateway)
        if not watch.has_seen(name):
            await watch.session.connection.cluster(name)
        return dashboard_upstream(watch.session.config, name)

    def _watch(self, gateway: str) -> GatewayWatch:
        if gateway not in self._watches:
            there = ", ".join(self._watches) or "none"
            raise GatewayNotFoundError(f"There is no gateway {gateway!r}; there is {there}.")
        return self._watches[gateway]

    def _tell(self, change: Change) -> None:
        try:
            self._on_change(change)
        except Exception:  # noqa: BLE001 - it is not ours
            _log.exception("Whoever is told of changes cannot take them")
