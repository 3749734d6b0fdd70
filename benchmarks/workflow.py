"""The workflow's computation, as the benchmarks run it: two histograms in two clouds."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from xhistogram.xarray import histogram

ERA5 = "pangeo/atmosphere/era5"
PRECT = "lens/atm/hourly6-1990-2005/PRECT"
BINS = np.concatenate([[0], np.logspace(-5, 0, 50)])


def era5_histogram(era5: Any) -> xr.DataArray:
    """Reduce hourly precipitation, in metres, to a histogram at each latitude."""
    hourly = era5.tp.sel(time=slice("1990-01-01", "2005-12-31"))
    total = hourly.coarsen(time=6, boundary="trim").sum().rename("tp_6hr")
    found: xr.DataArray = histogram(total, bins=[BINS], dim=["longitude"]).mean("time")
    return found


def lens_histogram(lens: Any) -> xr.DataArray:
    """Reduce a precipitation rate, in metres a second, to the same histogram."""
    total = (lens.PRECT.isel(member_id=0) * 6 * 3600).rename("tp_6hr")
    found: xr.DataArray = histogram(total, bins=[BINS], dim=["lon"]).mean("time")
    return found
