"""Regions, what contains what, and the price of a byte between two."""

from __future__ import annotations

from multicloud_lab.regions.known import (
    KnownRegion,
    all_regions,
    contains,
    continent,
    covers,
    distance_km,
    members,
    relation,
)
from multicloud_lab.regions.names import parse_region
from multicloud_lab.regions.prices import LIST_PRICES, AgreedPrice, PriceList
from multicloud_lab.regions.rates import Cost, Payer, Price
from multicloud_lab.regions.region import Evidence, Region, Relation

__all__ = [
    "LIST_PRICES",
    "AgreedPrice",
    "Cost",
    "Evidence",
    "KnownRegion",
    "Payer",
    "Price",
    "PriceList",
    "Region",
    "Relation",
    "all_regions",
    "contains",
    "continent",
    "covers",
    "distance_km",
    "members",
    "parse_region",
    "relation",
]
