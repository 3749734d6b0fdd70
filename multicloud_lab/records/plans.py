"""Records of what plans that were made in notebooks would move."""

from __future__ import annotations

from pydantic import Field

from multicloud_lab.records.base import Record
from multicloud_lab.records.ledger import Amount, Bytes
from multicloud_lab.regions.region import Region

MOST_MOVES = 1000
"""That one plan may have."""


class PlannedMove(Record):
    """What would cross from one region to another; estimated, at list prices."""

    source: Region | None = Field(description="Null: home, outside every cloud.")
    destination: Region | None = Field(description="Null: home, outside every cloud.")
    bytes: Bytes = Field(description="As far as sizes are known.")
    unsized: int = Field(
        ge=0, le=10**12, description="Results whose size is not known, and not in it."
    )
    price_low: Amount | None = Field(description="USD; null: not known.")
    price_high: Amount | None = Field(description="USD; null: not known.")


class TellPlan(Record):
    """The newest plan of a kernel, as it tells it; without moves there is nothing to show."""

    notebook: str = Field(
        default="", max_length=1000, description="Path or name; empty: not known."
    )
    moves: tuple[PlannedMove, ...] = Field(max_length=MOST_MOVES)


class KernelPlan(TellPlan):
    """The newest plan of a kernel that would move something."""

    kernel: str = Field(description="Id, as Jupyter's kernels API has it.")
    at: float = Field(description="Seconds since 1970, when it was told.")
