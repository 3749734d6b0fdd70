"""A library of what people compute, over the datasets of up to three regions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import dask
import dask.array
import dask.dataframe
import numpy as np
import xarray as xr
from xhistogram.xarray import histogram

da: Any = dask.array
dd: Any = dask.dataframe
lazy: Any = dask
apply: Any = xr.apply_ufunc
map_blocks: Any = xr.map_blocks
hist: Any = histogram
options: Any = xr.set_options
where: Any = xr.where

BINS = np.linspace(-3, 3, 13)


@dataclass(frozen=True)
class Data:
    """The datasets of three regions, with the same coordinates.

    Parameters
    ----------
    a, b, c : xarray.Dataset
        ``packed`` is int16 with a scale, an offset and missing values; ``t`` is float32, ``m``
        float64 with missing values, ``n`` int32.
    raw_a, raw_b : xarray.Dataset
        The same as stored.
    fa, fb : dask dataframe
        With the columns ``key``, ``x`` and ``y``.
    """

    a: Any
    b: Any
    c: Any
    raw_a: Any
    raw_b: Any
    fa: Any
    fb: Any


def corner(array: Any) -> Any:
    """Take a part: rolling makes many tasks."""
    return array.isel(lat=slice(4), lon=slice(6))


def _anomaly(values: Any) -> Any:
    return values - values.mean(axis=-1, keepdims=True)


def _block(block: Any) -> Any:
    return (block * 2).mean("lat")


def _both(one: Any, other: Any) -> Any:
    return np.hypot(one, other)


def _assigned(one: Any, other: Any) -> Any:
    array = one + 0
    array[:2] = other[:2]
    return array


def _total(*values: Any) -> float:
    return float(sum(np.asarray(value).sum() for value in values))


def _grouped(array: Any, *, flox: bool) -> Any:
    with options(use_flox=flox):
        return array.groupby("time.hour").mean()


Expression = Callable[[Data], Any]

ONE: dict[str, Expression] = {
    "sum": lambda d: d.a.m.sum(),
    "mean": lambda d: d.a.m.mean(["lat", "lon"]),
    "mean of float32": lambda d: d.a.t.mean("time"),
    "mean with missing values": lambda d: d.a.m.mean("time", skipna=False),
    "min": lambda d: d.a.t.min("time"),
    "max": lambda d: d.a.t.max(),
    "prod": lambda d: d.a.t.prod("lon"),
    "std": lambda d: d.a.m.std(["time", "lat"]),
    "var with degrees of freedom": lambda d: d.a.t.var("time", ddof=1),
    "median": lambda d: d.a.t.median("lon"),
    "quantile": lambda d: d.a.t.chunk(time=-1).quantile([0.1, 0.9], "time"),
    "argmax": lambda d: d.a.t.argmax("time"),
    "idxmin": lambda d: d.a.t.idxmin("lat"),
    "any": lambda d: (d.a.n > 90).any("lon"),
    "all": lambda d: (d.a.n > 5).all("time"),
    "count": lambda d: d.a.packed.count(["lat", "lon"]),
    "cumsum": lambda d: d.a.t.cumsum("time"),
    "cumprod": lambda d: d.a.t.isel(lat=0).cumprod("time"),
    "diff": lambda d: d.a.t.diff("time"),
    "shift": lambda d: d.a.m.shift(time=3),
    "roll": lambda d: d.a.t.roll(lon=5, roll_coords=True),
    "rolling mean": lambda d: corner(d.a.t).rolling(time=5, center=True).mean(),
    "rolling construct": lambda d: corner(d.a.t).rolling(lat=3).construct("window").std("window"),
    "coarsen": lambda d: d.a.t.coarsen(time=4, lon=2).sum(),
    "resample": lambda d: d.a.m.resample(time="1D").mean(),
    "group by with flox": lambda d: _grouped(d.a.m, flox=True),
    "group by without flox": lambda d: _grouped(d.a.m, flox=False),
    "group by day, all at once": lambda d: d.a.t.groupby("time.dayofyear").max(),
    "group by bins": lambda d: d.a.t.groupby_bins("lat", [-90, 0, 90]).mean(),
    "anomalies": lambda d: d.a.t.groupby("time.hour") - d.a.t.groupby("time.hour").mean(),
    "weighted": lambda d: d.a.m.weighted(np.cos(np.deg2rad(d.a.lat))).mean(["lat", "lon"]),
    "weighted std": lambda d: d.a.m.weighted(abs(d.a.lat)).std("lat"),
    "interp": lambda d: d.a.t.interp(lat=[-10.0, 33.0], lon=[11.0, 100.0]),
    "nearest": lambda d: d.a.t.sel(lat=12, lon=200, method="nearest"),
    "where": lambda d: d.a.t.where(d.a.t > 0, -1),
    "fillna": lambda d: d.a.m.fillna(0).sum("time"),
    "clip": lambda d: d.a.t.clip(-1, 1).mean("time"),
    "stacked": lambda d: d.a.t.stack(cell=("lat", "lon")).mean("time"),
    "polyfit": lambda d: d.a.t.chunk(time=-1).polyfit("time", 1),
    "differentiate": lambda d: d.a.t.differentiate("lat"),
    "integrate": lambda d: d.a.t.integrate("lon"),
    "histogram": lambda d: hist(d.a.t, bins=[BINS], dim=["lon"]).mean("time"),
    "histogram of everything": lambda d: da.histogram(d.a.t.data, bins=BINS)[0],
    "apply_ufunc": lambda d: apply(
        _anomaly,
        d.a.t.chunk(lon=-1),
        input_core_dims=[["lon"]],
        output_core_dims=[["lon"]],
        dask="parallelized",
        output_dtypes=[np.float32],
    ),
    "map_blocks of xarray": lambda d: map_blocks(
        _block, d.a.t.chunk(lat=-1), template=(d.a.t.chunk(lat=-1) * 2).mean("lat")
    ),
    "map_overlap": lambda d: da.map_overlap(
        lambda block: block - np.roll(block, 1, 0), d.a.t.data, depth=1, boundary="periodic"
    ),
    "masked": lambda d: da.ma.masked_greater(d.a.t.data, 1).mean(axis=0),
    "masked, as it is": lambda d: da.ma.masked_less(d.a.t.data, 0),
    "percentile": lambda d: da.percentile(d.a.t.data[:, 0, 0].rechunk(-1), [5, 50, 95]),
    "topk": lambda d: da.topk(d.a.t.data, 3, axis=0),
    "tensordot": lambda d: da.tensordot(d.a.m.fillna(0).data, d.a.t.data, axes=((1, 2), (1, 2))),
    "fft": lambda d: da.fft.fft(d.a.t.data.rechunk({0: -1}), axis=0),
    "reshape": lambda d: d.a.t.data.reshape(48, -1).sum(axis=1),
    "rechunk": lambda d: d.a.t.data.rechunk((48, 2, 3)) + 1,
    "bincount": lambda d: da.bincount(d.a.n.data.ravel(), minlength=100),
    "norm": lambda d: da.linalg.norm(d.a.t.data.reshape(48, -1), axis=1),
    "qr": lambda d: da.linalg.tsqr(d.a.t.data.reshape(48, -1).rechunk((24, 96)))[1],
    "delayed": lambda d: lazy.delayed(_total)(d.a.t.data, d.a.m.fillna(0).data),
    "a whole dataset": lambda d: d.a.mean("time"),
    "packed, decoded": lambda d: d.a.packed.mean("time"),
    "packed, as stored": lambda d: d.raw_a.packed.sum("time"),
}

TWO: dict[str, Expression] = {
    "difference of means": lambda d: d.a.m.mean() - d.b.m.mean(),
    "mean of differences": lambda d: (d.a.m - d.b.m).mean("time"),
    "difference": lambda d: d.a.t - d.b.t,
    "packed difference": lambda d: d.raw_a.packed - d.raw_b.packed,
    "decoded difference": lambda d: (d.a.packed - d.b.packed).std(),
    "concat on a new dimension": lambda d: xr.concat([d.a.t, d.b.t], "model").mean("time"),
    "concat on time": lambda d: xr.concat([d.a.t, d.b.t], "time").mean("time"),
    "correlation": lambda d: xr.corr(d.a.t, d.b.t, "time"),
    "covariance": lambda d: xr.cov(d.a.m, d.b.m, "time"),
    "where either": lambda d: where(d.a.t > d.b.t, d.a.t, d.b.t).max("time"),
    "merge": lambda d: xr.merge([d.a.t.rename("one"), d.b.t.rename("other")]).mean("lon"),
    "combine_first": lambda d: d.a.m.combine_first(d.b.m).sum("time"),
    "dot": lambda d: xr.dot(d.a.t, d.b.t, dim=["time", "lat"]),
    "grouped difference": lambda d: (d.a.t - d.b.t).groupby("time.hour").mean(),
    "difference of groups": lambda d: (
        d.a.m.groupby("time.hour").mean() - d.b.m.groupby("time.hour").mean()
    ),
    "rolling difference": lambda d: (
        (corner(d.a.t) - corner(d.b.t)).rolling(time=3).mean().max("time")
    ),
    "weighted by the other": lambda d: d.a.t.weighted(abs(d.b.t).fillna(0)).mean("time"),
    "interpolated to the other": lambda d: (
        d.a.t.interp(lat=d.b.lat + 1.0, kwargs={"fill_value": 0.0}) - d.b.t.mean("time")
    ),
    "difference of histograms": lambda d: (
        hist(d.a.t, bins=[BINS], dim=["lon"]).mean("time")
        - hist(d.b.t, bins=[BINS], dim=["lon"]).mean("time")
    ),
    "ufunc of both": lambda d: apply(
        _both, d.a.t, d.b.t, dask="parallelized", output_dtypes=[np.float32]
    ),
    "map_blocks of both": lambda d: da.map_blocks(_both, d.a.t.data, d.b.t.data, dtype="f4"),
    "stack": lambda d: da.stack([d.a.t.data, d.b.t.data]).std(axis=0),
    "matrix product": lambda d: d.a.t.data.reshape(48, -1) @ d.b.t.data.reshape(48, -1).T,
    "delayed of both": lambda d: lazy.delayed(_total)(d.a.t.data, d.b.t.data),
    "assigned from the other": lambda d: _assigned(d.a.t.data, d.b.t.data).mean(axis=2),
    "standardised": lambda d: ((d.a.t - d.b.t.mean("time")) / d.b.t.std("time")).mean(["lat"]),
    "containers": lambda d: {"means": [d.a.t.mean(), (d.b.t.mean(), 3)], "n": d.a.n.max()},
}

THREE: dict[str, Expression] = {
    "ensemble": lambda d: xr.concat([d.a.t, d.b.t, d.c.t], "model").std("model").mean("time"),
    "sum of products": lambda d: (d.a.t * d.b.t + d.c.t).sum("lon"),
    "one of the others": lambda d: where(d.a.t > 0, d.b.t, d.c.t).mean("time"),
    "means": lambda d: d.a.t.mean() + d.b.t.mean() + d.c.t.mean(),
    "each by itself": lambda d: [d.a.t.max("time"), d.b.t.max("time"), d.c.t.max("time")],
}

FRAMES: dict[str, Expression] = {
    "frame sum": lambda d: d.fa.x.sum(),
    "frame": lambda d: d.fa[d.fa.x > 0].assign(z=d.fa.x * d.fa.y),
    "frame group by": lambda d: d.fa.groupby("key").x.mean(),
    "frame group by, several": lambda d: d.fa.groupby("key").agg({"x": ["sum", "max"], "y": "std"}),
    "frame counts": lambda d: d.fa.key.value_counts(),
    "frame distinct": lambda d: d.fa.key.nunique(),
    "frame cumulated": lambda d: d.fa.x.cumsum(),
    "frame description": lambda d: d.fa[["x", "y"]].describe(),
    "frame concat": lambda d: dd.concat([d.fa, d.fb]).groupby("key").x.sum(),
    "frame difference": lambda d: d.fa.x.mean() - d.fb.x.mean(),
    "frame merge": lambda d: d.fa.merge(d.fb, on="key").groupby("key").x_x.count(),
    "frame merge, rows": lambda d: d.fa.merge(d.fb, on="key", suffixes=("", "_b")),
    "frame and array": lambda d: [d.fa.x.sum(), d.b.t.mean("time")],
}

UNORDERED = {"frame merge, rows": "a shuffle gives rows in the order in which they happen to come"}
"""Why the rows of a result are compared in sorted order."""

_EINSUM = "einsum adds in the order of its operands in memory, which sending them changes"
LAST_PLACES = {"weighted": _EINSUM, "dot": _EINSUM, "weighted by the other": _EINSUM}
"""Why results may differ in the last places; those of one cluster by itself do as well."""
