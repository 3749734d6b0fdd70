"""What is near what: a dataset, a URL or a region beside gateways, and the price between two."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from multicloud_lab import records as r
from multicloud_lab.config import LabConfig, PriceConfig
from multicloud_lab.errors import (
    NoPlacementError,
    RegionUnknownError,
)
from multicloud_lab.library import Library
from multicloud_lab.placement import Standing, price_range, rank
from multicloud_lab.regions import (
    AgreedPrice,
    PriceList,
    Region,
    Relation,
    covers,
    parse_region,
)

_OUTSIDE = ("", "internet")

Ranking = Callable[[Sequence[r.Replica], str | None], list[r.Placement]]
"""Ranks the gateways for replicas, of a dataset by its id or of none, the nearest first."""


class Places:
    """Where things are, which gateways are near, and what lies between.

    Parameters
    ----------
    config : LabConfig
    library : Library
    standing : callable
        Says of each gateway, as last seen, whether a cluster runs there and the lab is signed in.
    home : callable
        Says where the lab runs; None: outside every cloud.
    """

    def __init__(
        self,
        config: LabConfig,
        library: Library,
        standing: Callable[[], Mapping[str, tuple[bool, bool]]],
        home: Callable[[], Region | None],
    ) -> None:
        self._config = config
        self._library = library
        self._standing = standing
        self._home = home
        self._prices = PriceList(
            agreed=[_agreed(price) for price in config.prices], waivers=config.egress_waivers
        )

    def has_gateway(self, region: Region) -> bool:
        """Say whether a gateway is in a region, or inside it."""
        return any(covers(region, gateway.region) for gateway in self._config.gateways)

    def rank(self, dataset: r.Dataset) -> list[r.Placement]:
        """Rank the gateways for a dataset, the nearest first."""
        return self.ranking()(dataset.replicas, dataset.id)

    def ranking(self) -> Ranking:
        """Give what ranks the gateways, as they stand now, for the replicas of many datasets."""
        standing = {name: Standing(*how) for name, how in self._standing().items()}

        def ranked(replicas: Sequence[r.Replica], dataset: str | None) -> list[r.Placement]:
            return rank(
                replicas,
                self._config.gateways,
                home=self._home(),
                prices=self._prices,
                standing=standing,
                dataset=dataset,
            )

        return ranked

    def from_here(self, replicas: Sequence[r.Replica]) -> r.PriceRange | None:
        """Say what reading a GB from where the lab runs costs, of the cheapest replica."""
        home = self._home()
        prices = [
            price
            for replica in replicas
            if (
                price := self._prices.per_gb(
                    replica.region, home, requester_pays=replica.requester_pays
                )
            )
        ]
        return price_range(min(prices, key=lambda price: price.high)) if prices else None

    async def near(self, what: str) -> list[r.Placement]:
        """Rank the gateways for a dataset's id, a URL or a region, the nearest first."""
        replicas = await self._replicas(what)
        return self.ranking()(replicas, what if _is_id(what) else None)

    async def nearest(self, near: str, gateway: str | None) -> r.Placement:
        """Find the placement that a wish for a cluster near something means.

        Raises
        ------
        RegionUnknownError
            Nobody says where the data are, so nothing is near them.
        NoPlacementError
            No gateway is with the provider that holds the data, or there is no gateway.
        """
        ranked = await self.near(near)
        if gateway is not None:
            return next(placement for placement in ranked if placement.gateway == gateway)
        if not ranked:
            raise NoPlacementError("No gateway is configured; add one to MulticloudLab.gateways.")
        best = ranked[0]
        if best.relation is Relation.UNKNOWN:
            raise RegionUnknownError(best.why)
        if best.relation is Relation.OTHER_PROVIDER:
            raise NoPlacementError(f"{best.why} Name that gateway to start there all the same.")
        return best

    async def dataset(self, dataset_id: str) -> r.Dataset:
        """Give a dataset by its id."""
        index = await self._library.index()
        return await asyncio.to_thread(index.get, dataset_id)

    async def quote(self, query: r.PriceQuery) -> r.Quote:
        """Say what moving bytes between two places costs, and who pays."""
        source, pays = await self._end(query.source)
        destination = None
        if query.destination.strip().lower() not in _OUTSIDE:
            destination, _ = await self._end(query.destination)
        pays = pays or query.requester_pays
        cost = self._prices.cost(source, destination, query.bytes, requester_pays=pays)
        return r.Quote(
            source=source,
            destination=destination,
            bytes=query.bytes,
            low=None if cost is None else cost.low,
            high=None if cost is None else cost.high,
            price=None if cost is None else price_range(cost.price),
            payer=cost.price.payer if cost is not None else "you" if pays else "owner",
            detail="Nobody publishes this price." if cost is None else cost.detail,
        )

    # --- how it is done -----------------------------------------------------------------------

    async def _end(self, what: str) -> tuple[Region, bool]:
        """Give the region of one end of a move, and whether its reader is known to pay."""
        replicas = await self._replicas(what)
        known = next((replica for replica in replicas if replica.region), None)
        if known is None or known.region is None:
            why = next((replica.detail for replica in replicas), "")
            raise RegionUnknownError(f"The region of {what} is not known: {why}.")
        return known.region, known.requester_pays

    async def _replicas(self, what: str) -> Sequence[r.Replica]:
        """Say where a dataset by its id, a URL or a region is."""
        if _is_id(what):
            return (await self.dataset(what)).replicas
        if "://" in what:
            (found,) = await self._library.locate([what])
            return (r.Replica(**dict(found)),)
        return (r.Replica(url="", region=parse_region(what), detail="asked for"),)


def _is_id(what: str) -> bool:
    """Tell a dataset's id from a region; an address has been told already."""
    return "://" not in what and "/" in what


def _agreed(price: PriceConfig) -> AgreedPrice:
    usd = price.usd_per_gb
    low, high = usd if isinstance(usd, tuple) else (usd, usd)
    return AgreedPrice(price.source, price.destination, low, high, price.basis, price.date)
