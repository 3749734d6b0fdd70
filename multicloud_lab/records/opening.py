"""Records of how a dataset is opened."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from multicloud_lab.records.base import Record
from multicloud_lab.records.datasets import Dataset


class Parameter(Record):
    """A parameter that a catalog lets its reader choose."""

    name: str
    description: str = ""
    type: str = "str"
    default: Any = None
    allowed: tuple[Any, ...] | None = None


OpeningKind = Literal["intake", "intake2", "intake-esm", "url"]


class Opening(Record):
    """How a kernel opens a dataset. May hold credentials of the administrator: kernels only."""

    dataset: Dataset
    kind: OpeningKind
    url: str = Field(default="", description="Of the replica that is to be opened.")
    catalog_url: str = Field(description="The catalog file that has the entry itself.")
    entry: str = Field(description="The entry's name there; for intake-esm the asset's path.")
    driver: str = Field(default="", description="What intake would run.")
    reading: dict[str, Any] = Field(
        default_factory=dict, description="Plain values for xarray's opener, of a url."
    )
    parameters: tuple[Parameter, ...] = ()
    storage_options: dict[str, Any] = Field(
        default_factory=dict, description="Of the administrator, for the data."
    )
    catalog_options: dict[str, Any] = Field(
        default_factory=dict, description="Of the administrator, for the catalog file itself."
    )
    untrusted: tuple[str, ...] = Field(
        default=(), description="What opening it would run that is not known to be safe."
    )
