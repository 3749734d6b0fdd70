"""Records of analyses and their cells."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from multicloud_lab.records.base import Record

_WHAT = "Ids, or addresses that no catalog lists: URLs, or paths as the kernel sees them."

CellStyle = Literal["lab", "plain"]


Answer = str | int | float | None
"""A value for a parameter; null or an empty text is none."""


class Analysis(Record):
    """A template of ready cells that fits the datasets asked about."""

    name: str
    title: str
    description: str
    asks: bool = Field(default=False, description="Whether it has parameters; see its form.")


class Choice(Record):
    """One of the values that a parameter may have."""

    value: str
    title: str = Field(description="For people.")


class AnalysisParameter(Record):
    """Something that an analysis lets its user choose."""

    name: str
    label: str
    type: Literal["choice", "text", "date", "int", "float"] = Field(
        description="date: an ISO 8601 date, or its beginning, as 1990 or 1990-01-01T06:00."
    )
    default: Answer = Field(default=None, description="A sensible answer; null: none.")
    choices: tuple[Choice, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    required: bool = Field(default=False, description="Whether it must have a value.")
    help: str = ""


class AnalysisForm(Analysis):
    """An analysis with its parameters, made from what some datasets hold."""

    parameters: tuple[AnalysisParameter, ...]
    problem: str = Field(
        default="", description="Why what the datasets hold is not known; empty if it is."
    )


class AnalysesQuery(Record):
    """Datasets."""

    dataset: tuple[str, ...] = Field(description=_WHAT)


class CellsRequest(Record):
    """Cells that are wanted."""

    datasets: tuple[str, ...] = Field(min_length=1, description=_WHAT)
    analysis: str | None = Field(default=None, description="Null: the best that fits.")
    parameters: dict[str, Answer] = Field(
        default_factory=dict,
        description="Values for the analysis's parameters; those left out have their defaults.",
    )
    gateways: dict[str, str] = Field(
        default_factory=dict,
        description="By dataset, the gateway to compute on where that is not to be the nearest.",
    )
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
