"""Records of analyses and their cells."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from multicloud_lab.records.base import Record

CellStyle = Literal["lab", "plain"]


class Analysis(Record):
    """A template of ready cells that fits the datasets asked about."""

    name: str
    title: str
    description: str


class AnalysesQuery(Record):
    """Datasets, by id."""

    dataset: tuple[str, ...]


class CellsRequest(Record):
    """Cells that are wanted."""

    datasets: tuple[str, ...] = Field(min_length=1, description="Ids.")
    analysis: str | None = Field(default=None, description="Null: the best that fits.")
    style: CellStyle = Field(
        default="lab", description="lab: this package's API; plain: dask-gateway, intake, xarray."
    )


class Cell(Record):
    """One cell of a notebook."""

    cell_type: Literal["code", "markdown"]
    source: str


class Cells(Record):
    """Ready cells."""

    analysis: str
    cells: tuple[Cell, ...]
