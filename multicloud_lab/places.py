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
    parse_region,
    relation,
)

_OUTSIDE = ("", "internet")
_NEAR = (Relation.SAME_REGION, Relation.CONTAINED)


class Places:
    """Where things are, which gateways are near, and what lies between.

    Parameters
    ----------
    config : LabConfig
    library : Library
    standing : callable
        Says of each gateway, as last seen, whether a cluster runs there and the lab is signed in.
    """

    def __init__(
        self,
        config: LabConfig,
        library: Library,
        standing: Callable[[], Mapping[str, tuple[bool, bool]]],
    ) -> None:
        self._config = config
        self._library = library
        self._standing = standing
        self._prices = PriceList(
            agreed=[_agreed(price) for price in config.prices], waivers=config.egress_waivers
        )

    def has_gateway(self, region: Region | None) -> bool:
        """Say whether a gateway is in a region, or inside it."""
        return any(relation(region, gateway.region) in _NEAR for gateway in self._config.gateways)

    def rank(self, dataset: r.Dataset) -> list[r.Placement]:
        """Rank the gateways for a dataset, the nearest first."""
        return self._rank(dataset.replicas, dataset.id)

    async def near(self, what: str) -> list[r.Placement]:
        """Rank the gateways for a dataset's id, a URL or a region, the nearest first."""
        if _is_id(what):
            return self.rank(await self.dataset(what))
        if "://" in what:
            (found,) = await self._library.locate([what])
            return self._rank((r.Replica(**dict(found)),), None)
        region = parse_region(what)
        return self._rank((r.Replica(url="", region=region, detail="asked for"),), None)

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
        if "://" not in what and not _is_id(what):
            return parse_region(what), False
        if _is_id(what):
            dataset = await self.dataset(what)
            replicas = dataset.replicas
        else:
            (found,) = await self._library.locate([what])
            replicas = (r.Replica(**dict(found)),)
        known = next((replica for replica in replicas if replica.region), None)
        if known is None or known.region is None:
            why = next((replica.detail for replica in replicas), "")
            raise RegionUnknownError(f"The region of {what} is not known: {why}.")
        return known.region, known.requester_pays

    def _rank(self, replicas: Sequence[r.Replica], dataset: str | None) -> list[r.Placement]:
        return rank(
            replicas,
            self._config.gateways,
            home=self._config.home,
            prices=self._prices,
            standing={name: Standing(*how) for name, how in self._standing().items()},
            dataset=dataset,
        )


def _is_id(what: str) -> bool:
    """Tell a dataset's id from a region; an address has been told already."""
    return "://" not in what and "/" in what


def _agreed(price: PriceConfig) -> AgreedPrice:
    usd = price.usd_per_gb
    low, high = usd if isinstance(usd, tuple) else (usd, usd)
    return AgreedPrice(price.source, price.destination, low, high, price.basis, price.date)
