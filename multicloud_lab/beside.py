"""Computing beside the data: what is near what, clusters there, and objects sent to them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dask.base import unpack_collections

from multicloud_lab import records as r
from multicloud_lab.background import BackgroundLoop
from multicloud_lab.clients import ClusterClient, ClusterClients, StatusLine, connect
from multicloud_lab.errors import RegionUnknownError, SignInNeededError
from multicloud_lab.interface import LabInterface
from multicloud_lab.neardata.execution import Part, compute_parts
from multicloud_lab.neardata.grouping import Place, places


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
        self._clients = ClusterClients(dashboards)
        self._opened: dict[str, str] = {}

    def remember(self, dataset: r.Dataset) -> None:
        """Note which dataset an object will turn out to read."""
        if dataset.url:
            self._opened[dataset.url.rstrip("/")] = dataset.id

    def close(self, *, shutdown: bool) -> None:
        """Close the clients, and stop their clusters if asked to."""
        clusters = self._clients.close()
        if shutdown:
            self._loop.run(self.stop(clusters))

    def compute(
        self, objects: Sequence[Any], near: Any, kwargs: Mapping[str, Any]
    ) -> tuple[Any, ...]:
        """Compute objects, each beside its data, all at once; see :meth:`Lab.compute`."""
        collections, repack = unpack_collections(*objects)  # type: ignore[no-untyped-call]
        if not collections:
            return tuple(objects)
        targets_of: list[str | None]
        if near is not None:
            targets_of = [self.near(near)] * len(collections)
        else:
            targets_of = [
                None if place.region is None else str(place.region)
                for place in self.places(_named(collections))
            ]
        targets = list(dict.fromkeys(targets_of))
        away = [target for target in targets if target is not None]
        clients = dict(
            zip(away, self.connect([r.StartCluster(near=target) for target in away]), strict=True)
        )
        members = {t: [i for i, place in enumerate(targets_of) if place == t] for t in targets}
        parts = [
            Part(
                where=_where(clients.get(target) if target is not None else None),
                client=clients[target] if target is not None else None,
                collections=[collections[i] for i in members[target]],
            )
            for target in targets
        ]
        results: list[Any] = [None] * len(collections)
        for target, computed in zip(targets, compute_parts(parts, **kwargs), strict=True):
            for i, result in zip(members[target], computed, strict=True):
                results[i] = result
        return tuple(repack(results))

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

    def places(self, objects: Mapping[str, Any]) -> list[Place]:
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

    def connect(self, wishes: Sequence[r.StartCluster]) -> list[ClusterClient]:
        """Connect to a cluster for each wish; all of them start at once."""
        if not wishes:
            return []

        async def together() -> list[r.Connection]:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(connect(self._service, wish)) for wish in wishes]
            return [task.result() for task in tasks]

        line = StatusLine("a cluster near " + " and ".join(str(wish.near) for wish in wishes))
        try:
            connections = self._loop.run(together(), tick=line.tick)
        except BaseExceptionGroup as group:
            error = group.exceptions[0]
            if isinstance(error, SignInNeededError):
                raise self._sign_in_first(error) from None
            raise error from None
        finally:
            line.clear()
        return [self._clients.client(connection) for connection in connections]

    def _sign_in_first(self, error: SignInNeededError) -> SignInNeededError:
        """Say the way out by name."""
        waiting = [
            gateway.name
            for gateway in self._loop.run(self._service.gateways())
            if gateway.state == "sign-in-needed" and gateway.name in str(error)
        ]
        if not waiting:
            return error
        return SignInNeededError(
            f"Sign in to {waiting[0]} in the Multi-Cloud panel, or with "
            f"mcl.sign_in({waiting[0]!r}); then run this again."
        )


def _named(collections: Sequence[Any]) -> dict[str, Any]:
    """Name objects as an error calls them."""
    named = {}
    for number, item in enumerate(collections, 1):
        name = getattr(item, "name", None)
        known = f" ({name!r})" if isinstance(name, str) and name else ""
        named[f"object {number}{known}"] = item
    return named


def _where(client: ClusterClient | None) -> str:
    if client is None:
        return "this process"
    cluster = client.cluster_record
    return f"{cluster.region}, on the cluster {cluster.name} of {cluster.gateway}"
