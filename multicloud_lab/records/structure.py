"""Records of what a dataset holds."""

from __future__ import annotations

from pydantic import Field

from multicloud_lab.records.base import Record


class Dimension(Record):
    """A dimension of a dataset."""

    name: str
    size: int


class Variable(Record):
    """An array of a dataset, or a column of a table."""

    name: str
    dims: tuple[str, ...] = ()
    shape: tuple[int, ...] = ()
    chunks: tuple[int, ...] | None = Field(
        default=None,
        description="Elements of what is read at once, by dimension; null: not chunked.",
    )
    shards: tuple[int, ...] | None = Field(
        default=None,
        description="Elements of a stored object, where it holds several chunks; else null.",
    )
    dtype: str = Field(description="As it is read: scaled, and times as datetime64.")
    stored_dtype: str = Field(description="As it is stored.")
    coordinate: bool = False
    title: str = Field(default="", description="long_name or standard_name.")
    units: str = ""
    bytes: int | None = Field(default=None, description="In memory, decoded; null: not fixed.")
    stored_bytes: int | None = Field(default=None, description="In the store; null: not known.")


class Structure(Record):
    """What a dataset holds, from its metadata alone."""

    dataset: str
    url: str
    format: str = Field(description="As found: zarr v2, zarr v3, netcdf-4, parquet, …")
    dims: tuple[Dimension, ...]
    variables: tuple[Variable, ...] = Field(description="Coordinates and data variables.")
    groups: tuple[str, ...] = Field(
        default=(),
        description="Paths of groups below the root, each of which is opened by itself; their "
        "variables are named with the path.",
    )
    attributes: dict[str, str] = Field(
        default_factory=dict, description="Of the whole dataset; long ones are cut."
    )
    bytes: int | None = Field(default=None, description="In memory, decoded; null: not known.")
    stored_bytes: int | None = Field(default=None, description="In the store; null: not known.")
    bytes_read: int = Field(description="What it took to learn this.")
    requests: int = Field(description="Reads and listings that it took.")
    detail: str = Field(default="", description="What is not known, and why.")
