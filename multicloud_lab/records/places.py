"""Records of regions, prices and placements."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from multicloud_lab.records.base import Record
from multicloud_lab.regions.region import Region, Relation


class RegionInfo(Record):
    """A known region, for people and for maps."""

    region: Region
    title: str = Field(description="Human name, as 'Oregon'.")
    kind: Literal["region", "multi-region", "dual-region", "local"] = "region"
    latitude: float | None = Field(default=None, description="Degrees north.")
    longitude: float | None = Field(default=None, description="Degrees east.")
    members: tuple[Region, ...] = Field(
        default=(), description="Where a multi- or dual-region may keep its bytes."
    )


Payer = Literal["nobody", "you", "owner"]
"""Who pays for bytes that leave: you, where the reader is asked to; else the bucket's owner."""


class PriceRange(Record):
    """A list price, or the range it lies in."""

    low: float = Field(description="USD per GB (10^9 bytes).")
    high: float = Field(description="USD per GB (10^9 bytes).")
    source: str = Field(description="Where the figure is from.")
    date: str = Field(description="When it was read there, ISO 8601.")
    payer: Payer = "owner"


class PriceQuery(Record):
    """A move of bytes whose price is asked for."""

    source: str = Field(description="A region, a URL or a dataset's id.")
    destination: str = Field(
        default="", description="The same; empty or internet: outside every cloud."
    )
    bytes: int = Field(default=10**9, ge=0, le=10**24)
    requester_pays: bool = False


class Quote(Record):
    """What moving bytes costs."""

    source: Region
    destination: Region | None = Field(description="Null: outside every cloud.")
    bytes: int
    low: float | None = Field(description="USD in all; null: not known.")
    high: float | None = Field(description="USD in all; null: not known.")
    price: PriceRange | None = Field(description="Per GB of these bytes; null: not known.")
    payer: Payer
    detail: str = Field(description="How the range comes about, and what it leaves out.")


class NearQuery(Record):
    """Something that gateways are to be ranked for."""

    near: str = Field(description="A dataset's id, a URL or a region.")


class Placement(Record):
    """A dataset's replica beside a gateway."""

    dataset: str | None = Field(default=None, description="Id, unless a URL or region was asked.")
    url: str = ""
    region: Region | None = Field(default=None, description="Where the bytes are.")
    gateway: str
    gateway_region: Region
    relation: Relation
    price: PriceRange | None = Field(default=None, description="Of a GB read; null: not known.")
    why: str = Field(description="One sentence.")
