"""Records of datasets: what is listed, what is looked for, where it is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from multicloud_lab.records.base import Record, Several
from multicloud_lab.records.places import Placement, PriceRange
from multicloud_lab.regions.region import Evidence, Region


class Replica(Record):
    """One copy of a dataset."""

    url: str = Field(description="Where the bytes are, as gs://bucket/path; may be empty.")
    region: Region | None = Field(default=None, description="Where that is; null if not known.")
    evidence: Evidence = Field(default=Evidence.UNKNOWN, description="How the region is known.")
    detail: str = Field(default="", description="The evidence in words, also to the contrary.")
    contradicted: tuple[Region, ...] = Field(
        default=(), description="Other regions that weaker or equal evidence puts it in."
    )
    requester_pays: bool = False


class Dataset(Record):
    """What a catalog lists."""

    id: str = Field(description="<catalog>/<path>/<name>")
    name: str
    title: str = Field(default="", description="A short human name, where the catalog has one.")
    description: str = ""
    catalog: str
    format: str = Field(default="", description="zarr, netcdf, parquet, csv, rasterio, …")
    tags: tuple[str, ...] = ()
    variables: tuple[str, ...] = Field(
        default=(), description="Names of data variables, where the catalog says them."
    )
    requester_pays: bool = Field(default=False, description="Whether any replica's reader pays.")
    replicas: tuple[Replica, ...] = ()
    url: str = Field(default="", description="URL of the best replica.")
    region: Region | None = Field(default=None, description="Region of the best replica.")
    evidence: Evidence = Field(default=Evidence.UNKNOWN, description="Of the best replica.")
    problem: str = Field(
        default="", description="What is wrong, if this row is a child that cannot be read."
    )
    stale: bool = Field(
        default=False, description="Whether its catalog cannot be read now; this is the last copy."
    )


class DatasetQuery(Record):
    """What is looked for; every part may be left out, and of several words any may match."""

    text: str = Field(
        default="",
        description="Words that id, name, title, description, tags or variables begin with.",
    )
    provider: Several = Field(default=(), description="aws, gcp, azure, local, or unknown.")
    region: Several = Field(
        default=(), description="Regions, or patterns like gcp:*, or unknown for those not known."
    )
    catalog: Several = ()
    format: Several = ()
    tag: Several = ()
    requester_pays: bool | None = None
    near: bool | None = Field(
        default=None, description="Whether a gateway is in its region or inside it."
    )
    gateway: str = Field(default="", description="Only datasets in this gateway's region.")
    limit: int = Field(default=1000, ge=1, le=10_000)
    cursor: str = ""
    offset: int = Field(
        default=0, ge=0, description="How many are left out at the start, or after the cursor."
    )
    grouped: bool = Field(
        default=False,
        description="Whether those of one path follow each other, the best group first.",
    )
    counts: bool = Field(
        default=True, description="Whether facets, and groups if asked for, are listed."
    )


FacetName = Literal["provider", "region", "catalog", "format", "tag", "requester_pays", "near"]


class FacetValue(Record):
    """One word that the datasets found may be narrowed to."""

    value: str = Field(description="What the query takes; unknown and empty are words as well.")
    title: str = Field(default="", description="For people, where the value is not.")
    count: int = Field(description="Datasets that it would leave.")


class Facet(Record):
    """Counts of what was found, as if this facet's own words were not in the query."""

    name: FacetName
    values: tuple[FacetValue, ...] = Field(description="The most frequent first.")
    more: int = Field(default=0, description="How many values are not listed.")


class DatasetGroup(Record):
    """Datasets of one path among those found, or of one beginning of it if paths are many."""

    path: str = Field(description="As the ids of its datasets begin.")
    count: int


class DatasetRow(Dataset):
    """A dataset in a list, with what near would be."""

    near: Placement | None = Field(
        default=None, description="The best placement; null if no gateway can be ranked."
    )
    here: PriceRange | None = Field(
        default=None, description="Of a GB read from home; null: not known."
    )


class DatasetPage(Record):
    """Some of the datasets that match, in order."""

    items: tuple[DatasetRow, ...]
    total: int = Field(description="How many match in all.")
    next_cursor: str | None = Field(default=None, description="Ask with it for those that follow.")
    facets: tuple[Facet, ...] = ()
    groups: tuple[DatasetGroup, ...] = Field(
        default=(), description="All groups in order, if they were asked for."
    )


class LocateQuery(Record):
    """URLs whose regions are asked for."""

    url: tuple[str, ...]


class Location(Record):
    """Where a URL's bytes are."""

    url: str
    region: Region | None = None
    evidence: Evidence = Evidence.UNKNOWN
    detail: str = ""
    contradicted: tuple[Region, ...] = Field(
        default=(), description="Other regions that weaker or equal evidence puts it in."
    )
