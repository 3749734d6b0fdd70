"""Regions, what contains what, and the price of a byte between two."""

from __future__ import annotations

from multicloud_lab.regions.known import (
    KnownRegion,
    all_regions,
    contains,
    distance_km,
    internet_price,
    parse_region,
    price_per_gb,
    relation,
)
from multicloud_lab.regions.provider import Price
from multicloud_lab.regions.region import Evidence, Region, Relation

__all__ = [
    "Evidence",
    "KnownRegion",
    "Price",
    "Region",
    "Relation",
    "all_regions",
    "contains",
    "distance_km",
    "internet_price",
    "parse_region",
    "price_per_gb",
    "relation",
]
