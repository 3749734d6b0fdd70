"""Regions for tests of plans: local stores that stand for buckets, and gateways beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from multicloud_lab.neardata.plans.pricing import Ask
from multicloud_lab.neardata.plans.siting import Sites
from multicloud_lab.records import Location, Placement, PriceRange, Quote
from multicloud_lab.regions import LIST_PRICES, Region, parse_region, relation

AWS, GCP, AZURE = map(parse_region, ("aws:us-west-2", "gcp:us-central1", "azure:westeurope"))
BUCKETS = {"aws": AWS, "gcp": GCP, "azure": AZURE, "near": parse_region("gcp:us")}
GATEWAYS = {"oregon": AWS, "iowa": GCP, "europe": AZURE}


def locate(urls: Sequence[str]) -> list[Location]:
    """Say where stores are by the name of their folder; others are of this machine."""
    return [Location(url=url, region=BUCKETS.get(Path(url).name.partition(".")[0])) for url in urls]


def beside(regions: Sequence[Region], gateways: Sequence[str] = tuple(GATEWAYS)) -> list[Placement]:
    """Give the gateway that is nearest to each region."""
    found = []
    for region in regions:
        ranked = sorted(
            gateways,
            key=lambda name: list(type(relation(region, AWS))).index(
                relation(region, GATEWAYS[name])
            ),
        )
        name = ranked[0]
        found.append(
            Placement(
                gateway=name,
                gateway_region=GATEWAYS[name],
                region=region,
                relation=relation(region, GATEWAYS[name]),
                why="It is nearest.",
            )
        )
    return found


def quotes(asks: Sequence[Ask]) -> list[Quote | None]:
    """Give list prices."""
    found: list[Quote | None] = []
    for source, destination, size in asks:
        cost = LIST_PRICES.cost(source, destination, size)
        if cost is None or source is None:
            found.append(None)
            continue
        price = PriceRange(
            low=cost.price.low, high=cost.price.high, source="list", date=cost.price.date
        )
        found.append(
            Quote(
                source=source,
                destination=destination,
                bytes=size,
                low=cost.low,
                high=cost.high,
                price=price,
                payer="owner",
                detail="",
            )
        )
    return found


def sites(home: Region | None = None) -> Sites:
    """Make sites with all gateways."""
    return Sites(home, locate, beside)
