"""How much data a demo makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SizeName = Literal["small", "medium"]


@dataclass(frozen=True, slots=True)
class Size:
    """How much of each dataset there is.

    Parameters
    ----------
    era5_spacing : float
        Degrees between two points of the ERA5 grid; 0.25 is the real one.
    era5_hours, era5_chunk : int
        Hours from 1990-01-01 on, and of them in a chunk.
    lens_members, lens_steps, lens_chunk : int
        Ensemble members, 6-hourly steps from 1990-01-01 on, and of them in a chunk.
    """

    era5_spacing: float
    era5_hours: int
    era5_chunk: int
    lens_members: int
    lens_steps: int
    lens_chunk: int


SIZES: dict[SizeName, Size] = {
    # January 1990: 43 MB (packed) and 55 MB.
    "small": Size(1.5, 31 * 24, 96, 2, 31 * 4, 31),
    # Ten days on the real grid, and three years of a member: 1 GB each (the first packed in 0.5).
    "medium": Size(0.25, 10 * 24, 6, 1, 3 * 365 * 4, 73),
}
