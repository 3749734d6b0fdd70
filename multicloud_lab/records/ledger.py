"""Records of the ledger: what was read where, what moved, and what it cost or would have cost."""

from __future__ import annotations

import time
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import Field

from multicloud_lab.records.base import Record
from multicloud_lab.regions.region import Region

MOST_BYTES = 10**18
"""Of one row: an exabyte, which is an integer of a database still."""
MOST_DOLLARS = 1e12
"""Of one row."""
MOST_ROWS = 1000
"""That one run may write at once."""

Id = Annotated[str, Field(min_length=1, max_length=100)]
Bytes = Annotated[int, Field(ge=0, le=MOST_BYTES)]
Amount = Annotated[float, Field(ge=0, le=MOST_DOLLARS, allow_inf_nan=False)]
Moment = Annotated[float, Field(ge=0, le=1e11, allow_inf_nan=False)]

LedgerKind = Literal["read", "move", "graph"]


class LedgerEntry(Record):
    """What one computation read from one place, or moved between two, as its kernel tells it."""

    id: Id = Field(
        default_factory=lambda: uuid4().hex,
        description="Of this row; one that is told again is written once.",
    )
    run: Id = Field(description="Of the computation; its rows have it in common.")
    at: Moment = Field(default_factory=time.time, description="Seconds since 1970.")
    notebook: str = Field(
        default="", max_length=1000, description="Path or name; empty: not known."
    )
    kind: LedgerKind = Field(
        description="From a store to workers, results from there elsewhere, or graphs of tasks."
    )
    dataset: str | None = Field(default=None, max_length=2000, description="Id, if it is one.")
    url: str | None = Field(
        default=None, max_length=4000, description="Kept without what may be a secret in it."
    )
    source: Region | None = Field(
        default=None, description="Where the bytes were; null: home, outside every cloud."
    )
    destination: Region | None = Field(
        default=None, description="Where they went; null: home, outside every cloud."
    )
    estimated_bytes: Bytes | None = Field(default=None, description="Before it ran.")
    measured_bytes: Bytes | None = Field(default=None, description="When it ran.")
    seconds: Amount | None = Field(default=None, description="That it took.")
    price_low: Amount | None = Field(default=None, description="USD; null: not known.")
    price_high: Amount | None = Field(default=None, description="USD; null: not known.")
    avoided_bytes: Bytes | None = Field(
        default=None, description="That would have moved if it had been computed at home."
    )
    avoided_low: Amount | None = Field(
        default=None, description="USD that those would have cost; null: not known."
    )
    avoided_high: Amount | None = Field(
        default=None, description="USD that those would have cost; null: not known."
    )


class LedgerRow(LedgerEntry):
    """A row of the ledger."""


class RecordRun(Record):
    """What one or several computations did."""

    rows: tuple[LedgerEntry, ...] = Field(min_length=1, max_length=MOST_ROWS)


class LedgerQuery(Record):
    """Which rows of the ledger are asked for; the newest come first."""

    since: Moment | None = Field(default=None, description="Seconds since 1970, with it.")
    until: Moment | None = Field(default=None, description="Seconds since 1970, without it.")
    notebook: str | None = Field(default=None, description="Empty: the ones not known.")
    dataset: str | None = Field(default=None, description="Id, or the URL of what has none.")
    run: str | None = None
    limit: int = Field(default=200, ge=1, le=10_000)
    cursor: str = Field(default="", max_length=100)


class LedgerPage(Record):
    """Rows of the ledger, the newest first."""

    items: tuple[LedgerRow, ...]
    total: int
    next_cursor: str | None


LedgerBy = Literal["day", "notebook", "dataset", "regions", "total"]


class LedgerSummaryQuery(Record):
    """What rows of the ledger are added up by."""

    by: LedgerBy
    since: Moment | None = Field(default=None, description="Seconds since 1970, with it.")
    until: Moment | None = Field(default=None, description="Seconds since 1970, without it.")
    notebook: str | None = Field(default=None, description="Empty: the ones not known.")
    dataset: str | None = Field(default=None, description="Id, or the URL of what has none.")
    timezone: str = Field(
        default="",
        max_length=100,
        description="Of the days, as Europe/Berlin; empty: that of the server.",
    )


class LedgerSummary(Record):
    """Rows of the ledger added up; measured bytes where there are, else the estimated ones."""

    key: str = Field(
        description="The day as 2026-11-25, the notebook, the dataset (or the URL of what has no "
        "id), or the two regions as source->destination."
    )
    source: Region | None = Field(description="Of a pair of regions; null: home, or no pair.")
    destination: Region | None = Field(description="Of a pair of regions; null: home, or no pair.")
    first: float = Field(description="Seconds since 1970.")
    last: float = Field(description="Seconds since 1970.")
    runs: int
    rows: int
    read_bytes: int
    moved_bytes: int = Field(description="Results and graphs of tasks.")
    unsized: int = Field(description="Rows of which not even an estimate is known.")
    price_low: float = Field(description="USD, of the rows whose price is known.")
    price_high: float = Field(description="USD, of the rows whose price is known.")
    unpriced: int = Field(description="Rows whose price is not known.")
    avoided_bytes: int
    avoided_low: float = Field(description="USD, of the rows where it is known.")
    avoided_high: float = Field(description="USD, of the rows where it is known.")
