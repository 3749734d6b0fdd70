"""The demo's data: what ERA5 and CESM LENS look like, made from a seed and nothing else.

Names, dimensions, units, calendars and packing are those of the real stores (ERA5 on
``gs://pangeo-era5``, CESM LENS on ``s3://ncar-cesm-lens``, both as catalogued in 2021). The
values are made: dry most of the time, mostly light rain otherwise, heavy rain rarely, more of it
near the equator and in bands that travel eastwards.
"""

from __future__ import annotations

from typing import Any

import cftime
import dask.array as da
import numpy as np
import numpy.typing as npt
import xarray as xr

from multicloud_lab.demo.sizes import Size

Floats = npt.NDArray[np.floating[Any]]
SEED = 20201

PACKING = {"scale_factor": 2.0**-20, "add_offset": 32766 * 2.0**-20}
"""How ERA5's metres are packed into int16; powers of two, so that no rain stays exactly 0."""


def precipitation(
    latitude: Floats, longitude: Floats, hours: Floats, seed: tuple[int, ...]
) -> npt.NDArray[np.float32]:
    """Make mean rain rates in metres per hour.

    Parameters
    ----------
    latitude, longitude : array
        Of the grid, in degrees.
    hours : array
        Since 1990-01-01.
    seed : tuple of int
        The same seed gives the same rain.

    Returns
    -------
    array of float32
        Of shape (hours, latitude, longitude).
    """
    random = np.random.default_rng(seed)
    shape = (len(hours), len(latitude), len(longitude))
    rainbelt = np.exp(-((latitude / 12) ** 2)) + 0.6 * np.exp(
        -(((np.abs(latitude) - 45) / 18) ** 2)
    )
    wave = np.deg2rad(4 * longitude[None, :] - 2.5 * hours[:, None])
    chance = (0.08 + 0.5 * rainbelt)[None, :, None] * (0.75 + 0.5 * np.sin(wave))[:, None, :]
    rate = np.exp(1.3 * random.standard_normal(shape, dtype=np.float32) - 8.5)
    rate *= (0.5 + rainbelt).astype(np.float32)[None, :, None]
    rate[random.random(shape, dtype=np.float32) > chance] = 0
    capped: npt.NDArray[np.float32] = np.minimum(rate, np.float32(0.05))
    return capped


def era5(size: Size) -> xr.Dataset:
    """Make the ERA5-like dataset: ``tp``, hourly, packed as int16 once it is written."""
    step = size.era5_spacing
    latitude = np.arange(90, -90 - step / 2, -step, dtype="float32")
    longitude = np.arange(0, 360, step, dtype="float32")
    hours = np.arange(float(size.era5_hours))

    def block(block_info: Any) -> npt.NDArray[np.float32]:
        (start, stop), *_ = block_info[None]["array-location"]
        rain = precipitation(latitude, longitude, hours[start:stop], (SEED, 5, start))
        step = np.float32(PACKING["scale_factor"])
        return np.round(rain / step) * step

    chunks = (size.era5_chunk, len(latitude), len(longitude))
    tp = xr.Variable(
        ("time", "latitude", "longitude"),
        _blocks(block, (len(hours), len(latitude), len(longitude)), chunks),
        {"long_name": "Total precipitation", "units": "m", "standard_name": "lwe_precipitation"},
        {"dtype": "int16", **PACKING, "_FillValue": np.int16(-32767)},
    )
    return xr.Dataset(
        {"tp": tp},
        {
            "time": (
                "time",
                np.datetime64("1990-01-01T00", "ns")
                + np.arange(size.era5_hours) * np.timedelta64(1, "h"),
                {"long_name": "time"},
                {
                    "units": "hours since 1979-01-01",
                    "calendar": "proleptic_gregorian",
                    "dtype": "int64",
                },
            ),
            "latitude": ("latitude", latitude, _axis("latitude", "degrees_north")),
            "longitude": ("longitude", longitude, _axis("longitude", "degrees_east")),
        },
        {"Conventions": "CF-1.6", "title": "ERA5-like data made for a demonstration"},
    )


def lens(size: Size) -> xr.Dataset:
    """Make the LENS-like dataset: ``PRECT``, 6-hourly rates, on a calendar without leap days."""

    def block(block_info: Any) -> npt.NDArray[np.float32]:
        (member, _), (start, stop), *_ = block_info[None]["array-location"]
        lat, lon = _lens_grid()
        hours = 6.0 * np.arange(start, stop)
        # A mean over six hours is wet more often than an hour is, and never as heavy.
        parts = [precipitation(lat, lon, hours, (SEED, 6, member, start, i)) for i in range(3)]
        rate: npt.NDArray[np.float32] = np.mean(parts, axis=0) / np.float32(3600)
        return rate[None]

    return _lens_dataset(
        "PRECT",
        block,
        steps=size.lens_steps,
        per_day=4,
        members=size.lens_members,
        chunk=size.lens_chunk,
        attributes={
            "long_name": "Total (convective and large-scale) precipitation rate (liq + ice)",
            "units": "m/s",
        },
    )


def lens_sibling(size: Size, variable: str, frequency: str) -> xr.Dataset:
    """Make a store that lies beside ``PRECT``, of the same members and the same time.

    Parameters
    ----------
    size : Size
    variable : str
        A key of :data:`SIBLINGS`.
    frequency : str
        As the catalog of CESM LENS writes it.
    """
    mean, spread, attributes = SIBLINGS[variable]
    per_day = 1 if frequency == "daily" else 4

    def block(block_info: Any) -> npt.NDArray[np.float32]:
        (member, _), (start, stop), (_, lats), (_, lons) = block_info[None]["array-location"]
        lat, _ = _lens_grid()
        random = np.random.default_rng((SEED, 7, member, start))
        zonal = mean + spread * (np.cos(np.deg2rad(lat)) - 0.6)
        zonal = zonal + spread / 10 * random.standard_normal((stop - start, lats))
        return np.repeat(zonal[None, :, :, None], lons, axis=3).astype(np.float32)

    return _lens_dataset(
        variable,
        block,
        steps=size.lens_steps * per_day // 4,
        per_day=per_day,
        members=size.lens_members,
        chunk=size.lens_chunk,
        attributes=attributes,
    )


SIBLINGS: dict[str, tuple[float, float, dict[str, str]]] = {
    "FLNS": (60.0, 40.0, {"long_name": "Net longwave flux at surface", "units": "W/m2"}),
    "TREFHT": (275.0, 50.0, {"long_name": "Reference height temperature", "units": "K"}),
}


def _lens_grid() -> tuple[Floats, Floats]:
    return np.linspace(-90, 90, 192), np.arange(288) * 1.25


def _lens_dataset(
    name: str,
    block: Any,
    *,
    steps: int,
    per_day: int,
    members: int,
    chunk: int,
    attributes: dict[str, str],
) -> xr.Dataset:
    lat, lon = _lens_grid()
    time = cftime.num2date(
        np.arange(steps) / per_day, "days since 1990-01-01", calendar="noleap", has_year_zero=True
    )
    shape = (members, steps, len(lat), len(lon))
    variable = xr.Variable(
        ("member_id", "time", "lat", "lon"),
        _blocks(block, shape, (1, chunk, len(lat), len(lon))),
        attributes,
    )
    return xr.Dataset(
        {name: variable},
        {
            "member_id": ("member_id", np.arange(1, members + 1)),
            "time": (
                "time",
                time,
                {"long_name": "time"},
                {"units": "days since 1920-01-01", "calendar": "noleap", "dtype": "float64"},
            ),
            "lat": ("lat", lat, _axis("latitude", "degrees_north")),
            "lon": ("lon", lon, _axis("longitude", "degrees_east")),
        },
        {"Conventions": "CF-1.0", "title": "CESM-LENS-like data made for a demonstration"},
    )


def _blocks(block: Any, shape: tuple[int, ...], chunks: tuple[int, ...]) -> da.Array:
    template = da.empty(shape, chunks=chunks, dtype="float32")
    made: da.Array = template.map_blocks(lambda _, block_info: block(block_info), dtype="float32")
    return made


def _axis(name: str, units: str) -> dict[str, str]:
    return {"long_name": name, "units": units}
