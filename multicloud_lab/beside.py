"""Computing beside the data: what is near what, clusters there, and objects sent to them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from multicloud_lab import records as r
from multicloud_lab.background import BackgroundLoop
from multicloud_lab.clients import ClusterClient, ClusterClients, attach, connect, gateway_of
from multicloud_lab.errors import InvalidInputError, RegionUnknownError, SignInNeededError
from multicloud_lab.interface import LabInterface
from multicloud_lab.neardata.places import Place
from multicloud_lab.neardata.plans.grouping import ReadIn, places
from multicloud_lab.neardata.reading.sources import find_sources
from multicloud_lab.telling import Telling, this_kernel
from multicloud_lab.waiting import SIGN_IN_DEADLINE, StatusLine, somebody_is_there, state_of


class Beside:
    """The clusters of one lab, and what is computed on them.

    Parameters
    ----------
    service : LabInterface
    loop : BackgroundLoop
        The loop that the service was made on.
    dashboards : str or None
        URL of the Jupyter server that serves the clusters' dashboards.
    """

    def __init__(self, service: LabInterface, loop: BackgroundLoop, dashboards: str | None) -> None:
        self._service = service
        self._loop = loop
        kernel = this_kernel() if dashboards is not None else None
        self._telling = Telling(service, loop, kernel)
        self._clients = ClusterClients(dashboards, self._telling)
        self._has_panel = dashboards is not None
        self._opened: dict[str, str] = {}

    def remember(self, dataset: r.Dataset) -> None:
        """Note which dataset an object will turn out to read."""
        if dataset.url:
            self._opened[dataset.url.rstrip("/")] = dataset.id

    def planned(self, moves: Sequence[r.PlannedMove]) -> None:
        """Have the panel show what a plan would move."""
        self._telling.planned(moves)

    def close(self, *, shutdown: bool) -> None:
        """Close the clients, and stop their clusters if asked to."""
        clusters = self._clients.close()
        if shutdown:
            self._loop.run(self.stop(clusters))

    def detach(self, cluster: str, gateway: str | None) -> None:
        """Close the client of a cluster; see :meth:`Lab.detach`."""
        self._clients.detach(cluster, gateway)

    def dataset_of(self, url: str) -> str:
        """Give the id of the dataset that was opened from a URL; empty if none was."""
        return self._opened.get(url.rstrip("/"), "")

    def cluster_places(self) -> dict[str, Place]:
        """Give the places of the clusters that there are clients of, by their schedulers."""
        return {
            address: Place(client.cluster_record.region, client.cluster_record.gateway, address)
            for address, client in self._clients.by_address().items()
        }

    def client_at(self, address: str) -> ClusterClient | None:
        """Give the client of the cluster with a certain scheduler, if there is one."""
        return self._clients.by_address().get(address)

    async def stop(self, clusters: Iterable[r.Cluster]) -> None:
        """Stop clusters; one that is gone already is no problem."""
        stopping = (self._service.stop_cluster(c.gateway, c.name) for c in clusters)
        for outcome in await asyncio.gather(*stopping, return_exceptions=True):
            if isinstance(outcome, BaseException) and not isinstance(outcome, LookupError):
                raise outcome

    def locate(self, urls: Sequence[str]) -> list[r.Location]:
        """Say where URLs are, in the order asked."""
        located: list[r.Location] = []
        for start in range(0, len(urls), 50):  # They go into the query of a URL.
            query = r.LocateQuery(url=tuple(urls[start : start + 50]))
            located += self._loop.run(self._service.locate(query))
        return located

    def places(self, objects: Mapping[str, Any]) -> list[ReadIn]:
        """Find the region of each of several named objects."""
        return places(objects, self.locate)

    def near(self, near: Any) -> str:
        """Write what something is to be near as a dataset's id, a URL or a region."""
        if isinstance(near, str):
            return near
        (place,) = self.places({"near": near})
        if place.region is None:
            what = "reads files of this machine only" if place.urls else "reads nothing"
            raise RegionUnknownError(
                f"near={type(near).__name__} {what}, so there is no region to be near; say a "
                "dataset's id, a URL or a region."
            )
        ids = {self._opened.get(url.rstrip("/")) for url in place.urls}
        known = ids.pop() if len(ids) == 1 else None
        return known or str(place.region)

    def read_by(self, what: Iterable[Any]) -> tuple[list[str], list[str]]:
        """Give the URLs that objects read, and the tasks of which that cannot be told."""
        urls: dict[str, None] = {}
        unknown: dict[str, None] = {}
        for item in what:
            if isinstance(item, str | os.PathLike):
                urls[os.fspath(item)] = None
            else:
                found = find_sources(item)
                urls.update(dict.fromkeys(sorted(found.urls)))
                unknown.update(dict.fromkeys(sorted(found.unknown)))
        return list(urls), list(unknown)

    def client(
        self,
        near: Any,
        gateway: str | None = None,
        cluster: str | None = None,
        *,
        minimum: int | None = None,
        maximum: int | None = None,
        idle_minutes: float | None = None,
    ) -> ClusterClient:
        """Connect to one cluster; see :meth:`Lab.client`."""
        if cluster is not None:
            if any(wish is not None for wish in (near, minimum, maximum, idle_minutes)):
                raise InvalidInputError(
                    "cluster=… is a cluster that is there, with bounds of its own; leave near, "
                    "minimum, maximum and idle_minutes out."
                )
            return self._attach(cluster, gateway)
        if near is None and gateway is None:
            raise InvalidInputError(
                "Say what the cluster is to be near: near=… takes a dataset's id, a URL, a region "
                "or a lazy object. Or name a gateway, or a cluster that is there."
            )
        wish = r.made(
            r.StartCluster,
            near=None if near is None else self.near(near),
            gateway=gateway,
            minimum=minimum,
            maximum=maximum,
            idle_minutes=idle_minutes,
            reuse=True,
        )
        return self.connect([wish])[0]

    def connect(self, wishes: Sequence[r.StartCluster]) -> list[ClusterClient]:
        """Connect to a cluster for each wish; all of them start at once."""
        if not wishes:
            return []
        names = (str(wish.near or wish.gateway) for wish in wishes)
        return self._connected(
            "a cluster near " + " and ".join(names),
            [lambda wish=wish: connect(self._service, wish) for wish in wishes],  # type: ignore[misc]
        )

    def _attach(self, cluster: str, gateway: str | None) -> ClusterClient:

        async def there() -> r.Connection:
            name = gateway or await gateway_of(self._service, cluster)
            return await attach(self._service, name, cluster)

        return self._connected(f"the cluster {cluster}", [there])[0]

    def _connected(
        self, what: str, asks: Sequence[Callable[[], Awaitable[r.Connection]]]
    ) -> list[ClusterClient]:
        """Connect to several clusters at once, and say in a notebook what is waited for."""
        line = StatusLine(what)

        async def together() -> list[r.Connection]:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._signed_in(ask, line)) for ask in asks]
            return [task.result() for task in tasks]

        try:
            connections = self._loop.run(together(), tick=line.tick)
        except BaseExceptionGroup as group:
            first = group.exceptions[0]
        else:
            return [self._clients.client(connection) for connection in connections]
        finally:
            line.clear()
        # Outside of the handler: IPython shows an error that a group is the context of as text,
        # and does not tell the notebook that the cell failed.
        raise first

    async def _signed_in(
        self, ask: Callable[[], Awaitable[r.Connection]], line: StatusLine
    ) -> r.Connection:
        """Ask for something, and wait for a sign-in first if somebody is there to do it."""
        until = time.monotonic() + SIGN_IN_DEADLINE
        while True:
            try:
                return await ask()
            except SignInNeededError as error:
                gateway = await self._gateway_in(error)
                if gateway is None:
                    raise
                state = await state_of(self._service, gateway)
                if state.auth != "basic" and "sign in again" not in state.message:
                    raise SignInNeededError(state.message or str(error)) from None
                waits = self._has_panel and somebody_is_there()
                if not waits or not await line.sign_in(self._service, gateway, until):
                    raise SignInNeededError(
                        f"Sign in to {gateway} in the Multi-Cloud Lab panel, or with "
                        f"mcl.sign_in({gateway!r}); then run this again."
                    ) from None

    async def _gateway_in(self, error: SignInNeededError) -> str | None:
        """Give the gateway that wants the sign-in."""
        for pause in (0.0, 0.5, 1.0):  # A credential may have expired just now.
            await asyncio.sleep(pause)
            named = [
                gateway.name
                for gateway in await self._service.gateways()
                if gateway.state == "sign-in-needed" and gateway.name in str(error)
            ]
            if named:
                return max(named, key=len)  # of two, one name may begin with the other
        return None
