"""Lazy expressions of many kinds, small enough to be computed task by task."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import dask.array
import dask.bag
import numpy as np
import pandas as pd
import xarray as xr
from dask import graph_manipulation
from dask.base import annotate
from dask.base import optimize as _optimized
from dask.delayed import delayed as _delayed

da: Any = dask.array
db: Any = dask.bag
delayed: Any = _delayed
optimize: Any = _optimized

EXPRESSIONS: dict[str, Callable[[], Any]] = {}
"""Each by its name: makes a fresh lazy object."""


def expression(make: Callable[[], Any]) -> Callable[[], Any]:
    """Add an expression."""
    EXPRESSIONS[make.__name__] = make
    return make


def add(name: str, make: Callable[[], Any]) -> None:
    """Add an expression under a name."""
    EXPRESSIONS[name] = make


def cube(dtype: str = "float32", *, missing: bool = False) -> xr.DataArray:
    """Two years of days on a small grid, in uneven chunks."""
    random = np.random.default_rng(7)
    values = random.integers(0, 100, (730, 6, 10)).astype(dtype)
    if missing:
        values[::7, 1] = np.nan
    return xr.DataArray(
        da.from_array(values, chunks=(100, 4, 5)),
        dims=("time", "lat", "lon"),
        coords={
            "time": pd.date_range("2001-01-01", periods=730),
            "lat": np.linspace(-50, 50, 6),
            "lon": np.arange(10.0) * 36,
        },
        name="tp",
    )


def flat(dtype: str = "float64") -> Any:
    """Make a plain array in two dimensions."""
    values = np.random.default_rng(3).integers(0, 50, (40, 30)).astype(dtype)
    return da.from_array(values, chunks=(12, 7))


def _reduced(name: str, dtype: str, **kwargs: Any) -> Any:
    return getattr(da, name)(flat(dtype), **kwargs)


_REDUCTIONS = (
    "sum", "prod", "min", "max", "any", "all", "mean", "std", "var", "argmin", "argmax",
    "nansum", "nanprod", "nanmin", "nanmax", "nanmean", "nanstd", "nanvar", "nanargmin",
    "nanargmax",
)  # fmt: skip
for _name in _REDUCTIONS:
    for _axis in (None, 0, 1):
        for _dtype in ("float64", "float32", "int16"):
            add(f"da_{_name}_{_axis}_{_dtype}", partial(_reduced, _name, _dtype, axis=_axis))
    add(f"da_{_name}_keepdims", partial(_reduced, _name, "float64", axis=0, keepdims=True))
add("da_sum_two_axes", lambda: cube().data.sum(axis=(0, 2)))
add("da_mean_two_axes", lambda: cube().data.mean(axis=(0, 2)))
add("da_mean_dtype", lambda: flat("float32").mean(axis=0, dtype="float64"))
add("da_sum_dtype", lambda: flat("float32").sum(axis=0, dtype="float64"))
add("da_sum_split_every", lambda: flat().sum(axis=0, split_every=2))
add("da_mean_split_every", lambda: flat().mean(axis=0, split_every=2))
add("da_var_split_every", lambda: flat().var(axis=1, split_every=2, ddof=1))
add("da_argmax_split_every", lambda: flat().argmax(axis=1, split_every=2))
add("da_moment", lambda: da.moment(flat(), 3, axis=0))
add("da_median", lambda: da.median(flat(), axis=0))
add("da_nanmedian", lambda: da.nanmedian(flat(), axis=1))
add("da_ptp", lambda: da.ptp(flat(), axis=0))
add("da_average", lambda: da.average(flat(), axis=0, weights=np.arange(40.0)))
add("da_cumsum", lambda: flat().cumsum(axis=0))
add("da_cumprod_f4", lambda: flat("float32").cumprod(axis=1))
add("da_cumsum_blelloch", lambda: da.cumsum(flat(), axis=0, method="blelloch"))
add("da_nancumsum", lambda: da.nancumsum(flat("float32"), axis=0))
add("da_topk", lambda: da.topk(flat(), 3, axis=0))
add("da_argtopk", lambda: da.argtopk(flat(), 3, axis=0))
add("da_percentile", lambda: da.percentile(flat()[:, 0], [10, 50, 90]))
add("da_histogram", lambda: da.histogram(flat(), bins=np.arange(10.0))[0])
add("da_histogram_weights", lambda: da.histogram(flat(), bins=5, range=(0, 9), weights=flat())[0])
add("da_bincount", lambda: da.bincount(flat("int64")[:, 0], minlength=50))
add("da_unique", lambda: da.unique(flat()[:, 0]))
add("da_digitize", lambda: da.digitize(flat(), np.arange(5.0)))
add("da_searchsorted", lambda: da.searchsorted(da.arange(40, chunks=7), flat("int64")))
add("da_elementwise", lambda: flat() * 2 + flat("float32") ** 2 - 1)
add("da_broadcast", lambda: flat() - flat().mean(axis=0))
add("da_broadcast_rows", lambda: flat() / flat().max(axis=1)[:, None])
add("da_compare", lambda: (flat() > 3) & (flat("int16") < 40))
add("da_where", lambda: da.where(flat() > 3, flat("float32"), 0))
add("da_astype", lambda: flat().astype("int8"))
add("da_twice", lambda: flat() + flat())
add("da_transposed_sum", lambda: da.ones((20, 20), chunks=6) + da.ones((20, 20), chunks=6).T)
add("da_transpose", lambda: cube().data.transpose(2, 0, 1))
add("da_swapaxes", lambda: da.moveaxis(cube().data, 0, -1))
add("da_slice", lambda: flat()[3:31:2, 5:])
add("da_slice_negative", lambda: flat()[::-1, ::-3])
add("da_slice_int", lambda: flat()[5])
add("da_newaxis", lambda: flat()[:, None, 3:9])
add("da_fancy", lambda: flat()[[3, 1, 39, 7, 7]])
add("da_fancy_columns", lambda: flat()[:, np.array([29, 0, 14])])
add("da_boolean", lambda: flat()[flat()[:, 0] > 9])
add("da_boolean_mean", lambda: flat()[flat()[:, 0] > 45].mean(axis=0))
add("da_boolean_sum", lambda: flat()[flat() > 49].sum())
add("da_boolean_max", lambda: flat()[flat()[:, 0] > 9].max(axis=0))
add("da_empty_sum", lambda: da.zeros((4, 0), chunks=2).sum(axis=1))
add("da_vindex", lambda: flat().vindex[[1, 4, 9], [2, 8, 3]])
add("da_take", lambda: da.take(flat(), [1, 3, 5], axis=1))
add("da_blocks", lambda: flat().blocks[1:3, 0])
add("da_rechunk", lambda: flat().rechunk((7, 11)))
add("da_rechunk_merge", lambda: flat().rechunk((24, 30)))
add("da_rechunk_split", lambda: flat().rechunk((4, 7)))
add("da_rechunk_steps", lambda: da.ones((60, 60), chunks=(60, 2)).rechunk((2, 60)))
add("da_rechunk_sum", lambda: flat().rechunk((9, 30)).sum(axis=1))
add("da_reshape", lambda: cube().data.reshape(730 * 6, 10))
add("da_reshape_split", lambda: da.arange(60, chunks=20).reshape(6, 10))
add("da_ravel", lambda: flat().ravel())
add("da_reshape_blockwise", lambda: da.reshape_blockwise(cube().data.rechunk({1: -1}), (4380, 10)))
add("da_concatenate", lambda: da.concatenate([flat(), flat("float32")], axis=0))
add("da_stack", lambda: da.stack([flat(), flat() * 2], axis=1))
add("da_block", lambda: da.block([[flat(), flat()], [flat(), flat()]]))
add("da_pad", lambda: da.pad(flat(), 2, mode="constant"))
add("da_pad_edge", lambda: da.pad(flat(), ((1, 2), (0, 3)), mode="edge"))
add("da_pad_wrap", lambda: da.pad(flat(), 3, mode="wrap"))
add("da_roll", lambda: da.roll(flat(), 5, axis=0))
add("da_diff", lambda: da.diff(flat(), n=2, axis=0))
add("da_gradient", lambda: da.gradient(flat(), axis=0))
add("da_flip", lambda: da.flip(flat(), 0))
add("da_tile", lambda: da.tile(flat(), (2, 1)))
add("da_repeat", lambda: da.repeat(flat(), 2, axis=0))
add("da_squeeze", lambda: da.squeeze(flat()[:1]))
add("da_expand_dims", lambda: da.expand_dims(flat(), 1))
add("da_broadcast_to", lambda: da.broadcast_to(flat(), (3, 40, 30)))
add("da_dot", lambda: flat() @ flat().T)
add("da_tensordot", lambda: da.tensordot(cube().data, flat()[:6], axes=([1], [0])))
add("da_einsum", lambda: da.einsum("tij,ij->t", cube().data, da.ones((6, 10), chunks=(4, 5))))
add("da_outer", lambda: da.outer(flat()[0], flat()[1]))
add("da_corrcoef", lambda: da.corrcoef(flat()[0], flat()[1]))
add("da_map_blocks", lambda: flat().map_blocks(lambda block: block[:2], chunks=(2, 7)))
add("da_map_blocks_wrong_dtype", lambda: flat().map_blocks(np.sqrt, dtype="float32"))
add("da_map_blocks_wrong_shape", lambda: flat().map_blocks(lambda b: b.sum(keepdims=True)))
add("da_map_blocks_taken", lambda: flat().map_blocks(operator.getitem, (slice(0, 2), slice(1))))
add("da_map_blocks_like", lambda: flat().map_blocks(np.zeros_like, dtype="float32"))
add("da_map_blocks_repeat", lambda: flat().map_blocks(np.repeat, 2, axis=0))
add("da_map_blocks_windows", lambda: _windowed())
add("da_map_blocks_diag", lambda: flat()[0].map_blocks(np.diag))
add("da_map_blocks_transpose", lambda: flat().map_blocks(np.transpose))
add("da_map_blocks_sum", lambda: flat().map_blocks(np.sum, axis=0, keepdims=True))
add("da_map_blocks_sum_last", lambda: flat().map_blocks(np.sum, axis=-1, keepdims=True))
add("da_map_blocks_median", lambda: flat().map_blocks(np.median, axis=0, keepdims=True))
add("da_map_blocks_outer", lambda: flat()[0].map_blocks(np.outer, np.arange(3)))
add("da_reduction", lambda: da.reduction(flat(), np.max, np.max, axis=0, dtype="float32"))
add("da_map_blocks_drop", lambda: cube().data.map_blocks(np.sum, axis=1, drop_axis=1))
add("da_map_blocks_info", lambda: flat().map_blocks(_with_info, dtype="float64"))
add("da_map_overlap", lambda: flat().map_overlap(lambda b: b * 2, depth=1, boundary="reflect"))
add("da_overlap", lambda: da.overlap.overlap(flat(), depth=2, boundary="periodic"))
add("da_sliding", lambda: da.lib.stride_tricks.sliding_window_view(flat(), 3, axis=0).mean(-1))
add("da_coarsen", lambda: da.coarsen(np.sum, flat()[:, :28].rechunk((10, 14)), {0: 2, 1: 7}))
add("da_blockwise_concatenate", lambda: _contracted(concatenate=True))
add("da_blockwise_lists", lambda: _contracted(concatenate=None))
add("da_blockwise_new_axis", lambda: _new_axis())
add("da_gufunc", lambda: da.apply_gufunc(_row_mean, "(i)->()", flat().rechunk({1: -1})))
add("da_along_axis", lambda: da.apply_along_axis(np.sort, 0, flat()))
add("da_over_axes", lambda: da.apply_over_axes(np.sum, flat(), [0, 1]))
add("da_masked", lambda: da.ma.masked_greater(flat(), 9).mean(axis=0))
add("da_masked_filled", lambda: da.ma.filled(da.ma.masked_less(flat("float32"), 9), 0))
add("da_ones", lambda: da.ones((10, 10), chunks=4) + da.zeros((10, 10), chunks=4, dtype="int8"))
add("da_full_like", lambda: da.full_like(flat(), 3))
add("da_arange", lambda: da.arange(100, chunks=7) + da.linspace(0, 1, 100, chunks=7))
add("da_eye", lambda: da.eye(12, chunks=4) + da.diag(da.arange(12, chunks=4)))
add("da_random", lambda: da.random.default_rng(0).normal(size=(20, 20), chunks=6))
add("da_random_choice", lambda: da.random.RandomState(0).uniform(size=(9,), chunks=4))
add("da_meshgrid", lambda: da.meshgrid(flat()[0], flat()[:, 0])[1])
add("da_indices", lambda: da.indices((6, 8), chunks=4))
add("da_fft", lambda: da.fft.fft(flat().rechunk({0: -1}), axis=0))
add("da_fft_real", lambda: da.fft.rfft(flat("float32").rechunk({0: -1}), axis=0))
add("da_svd", lambda: da.linalg.svd(flat().rechunk((12, 30)))[1])
add("da_qr", lambda: da.linalg.qr(flat().rechunk((20, 30)))[0])
add("da_norm", lambda: da.linalg.norm(flat(), axis=0))
add("da_isin", lambda: da.isin(flat(), [1, 2, 3]))
add("da_round", lambda: da.round(flat() / 3, 1))
add("da_clip", lambda: da.clip(flat(), 3, 9))
add("da_apply_where", lambda: da.nan_to_num(da.where(flat() > 5, np.nan, flat())))
add("da_setitem", lambda: _assigned())
add("da_setitem_array", lambda: _replaced())
add("da_from_delayed", lambda: da.from_delayed(delayed(np.ones)(5), (5,), dtype=float) + 1)
add("da_from_delayed_wrong", lambda: da.from_delayed(delayed(np.ones)(9), (5,), dtype="f4"))
add("da_object", lambda: flat().astype(object))
add("da_strings", lambda: flat("int64").astype("U7"))
add("da_complex", lambda: (flat() * 1j).real)
add("da_cloned", lambda: _manipulate("clone")(flat() + 1))
add("da_bound", lambda: _manipulate("bind")(flat() + 1, flat().sum()))
add("da_waited", lambda: _manipulate("wait_on")(flat() + 1))
add("da_checkpoint", lambda: _manipulate("checkpoint")(flat() + 1, split_every=4))
add("da_shuffled", lambda: flat().shuffle([[0, 5, 2], [39, 7], [1, 3, 4, 6]], axis=0))
add("da_annotated", lambda: _annotated())
add("da_optimized", lambda: optimize(flat().sum(axis=0) + 1)[0])
add("da_scalar", lambda: flat().sum() / 3)
add("da_store_like", lambda: da.compress([True, False, True], flat(), axis=0))
add("da_compute_sizes", lambda: da.nonzero(flat() > 9)[0])
add("delayed_sum", lambda: delayed(sum)([delayed(int)(3), delayed(int)("4")]))
add("delayed_array", lambda: delayed(np.sum)(flat()))
add("delayed_graph", lambda: delayed(dict)({"a": [delayed(int)(3)], "b": (1, delayed(int)(5))}))
add("bag_fold", lambda: db.range(30, npartitions=4).map(lambda x: x + 1).fold(max))


def _windowed() -> Any:
    windows = np.lib.stride_tricks.sliding_window_view
    return flat().map_blocks(windows, window_shape=2, axis=1, dtype="f8", new_axis=2)


def _manipulate(name: str) -> Any:
    return getattr(graph_manipulation, name)


def _annotated() -> Any:
    with annotate(priority=3):
        return flat() + 1


def _row_mean(block: Any) -> Any:
    return block.mean(axis=-1)


def _with_info(block: Any, block_info: Any = None) -> Any:
    assert block_info is not None
    return block


def _contracted(*, concatenate: bool | None) -> Any:
    def function(blocks: Any) -> Any:
        return blocks if concatenate else np.concatenate(blocks, axis=1)

    return da.blockwise(
        lambda b: function(b).sum(axis=1), "i", flat(), "ij", dtype="f8", concatenate=concatenate
    )


def _new_axis() -> Any:
    return da.blockwise(
        lambda b: np.repeat(b[:, :, None], 4, axis=2),
        "jiz",
        flat(),
        "ji",
        new_axes={"z": 4},
        dtype="f8",
    )


def _assigned() -> Any:
    array = flat() + 0
    array[3:9, 2] = 7
    return array


def _replaced() -> Any:
    one, other = (da.from_array(np.full((48, 8), each), chunks=(12, 4)) for each in (1.0, 2.0))
    array = one + 0
    array[:2] = other[:2]
    return array


def _reduced_cube(name: str, over: Any, *, missing: bool = False) -> Any:
    reduced = getattr(cube(missing=missing), name)(over)
    return next(iter(reduced.values())) if isinstance(reduced, dict) else reduced


_WITH_SKIPNA = ("sum", "mean", "min", "max", "std", "var", "prod", "argmax")
for _name in (*_WITH_SKIPNA, "count", "any", "all"):
    add(f"xr_{_name}", partial(_reduced_cube, _name, "time", missing=True))
    add(f"xr_{_name}_all", partial(_reduced_cube, _name, ("time", "lat", "lon")))
add("xr_median", lambda: cube().chunk(time=-1).median("time"))
add("xr_quantile", lambda: cube().chunk(time=-1).quantile([0.1, 0.9], "time"))
add("xr_cumsum", lambda: cube(missing=True).cumsum("time"))
add("xr_int_mean", lambda: cube("int16").mean(("lat", "lon")))
add("xr_groupby_month", lambda: cube().groupby("time.month").mean())
add(
    "xr_groupby_anomaly", lambda: cube().groupby("time.month") - cube().groupby("time.month").mean()
)
add("xr_groupby_map", lambda: cube().groupby("time.season").map(lambda g: g.max("time")))
add("xr_groupby_bins", lambda: cube().groupby_bins("lat", [-60, 0, 60]).sum())
add("xr_resample", lambda: cube().resample(time="MS").mean())
add("xr_resample_max", lambda: cube().resample(time="7D").max())
add("xr_rolling", lambda: cube().rolling(time=5).mean())
add("xr_rolling_centre", lambda: cube().rolling(time=5, center=True, min_periods=1).max())
add("xr_rolling_construct", lambda: cube().rolling(lat=3).construct("window"))
add("xr_coarsen", lambda: cube().coarsen(time=6, boundary="trim").sum())
add("xr_coarsen_pad", lambda: cube().coarsen(time=7, lon=3, boundary="pad").mean())
add("xr_weighted", lambda: cube().weighted(np.cos(np.deg2rad(cube().lat))).mean(("lat", "lon")))
add("xr_weighted_std", lambda: cube(missing=True).weighted(cube().lat + 90).std("lat"))
add("xr_interp", lambda: cube().chunk(lat=-1).interp(lat=[-7.0, 3.0, 12.5]))
add(
    "xr_interp_time",
    lambda: cube().chunk(time=-1).interp(time=pd.date_range("2001-02-01", periods=9)),
)
add("xr_concat", lambda: xr.concat([cube(), cube() * 2], "model"))
add("xr_concat_mean", lambda: xr.concat([cube(), cube() * 2], "model").mean("time"))
add("xr_concat_time", lambda: xr.concat([cube(), cube()], "time").mean("time"))
add("xr_merge", lambda: xr.merge([cube(), cube("int16").rename("other")]))
add("xr_where", lambda: cube(missing=True).where(lambda a: a > 9).mean("lon"))
add("xr_where_drop", lambda: cube().where(cube().lat > 0, drop=True))
add("xr_fillna", lambda: cube(missing=True).fillna(0))
add("xr_interpolate_na", lambda: cube(missing=True).chunk(time=-1).interpolate_na("time"))
add("xr_clip", lambda: cube().clip(3, 9))
add("xr_diff", lambda: cube().diff("time"))
add("xr_shift", lambda: cube().shift(time=3))
add("xr_roll", lambda: cube().roll(lon=3))
add("xr_pad", lambda: cube().pad(lat=(1, 2), constant_values=0))
add("xr_sel", lambda: cube().sel(time="2002-03", lat=slice(-30, 30)))
add("xr_isel_list", lambda: cube().isel(time=[3, 700, 5], lon=slice(None, None, -1)))
add("xr_sel_nearest", lambda: cube().sel(lat=[3, 4], lon=100, method="nearest"))
add(
    "xr_vectorised",
    lambda: cube().isel(lat=xr.DataArray([0, 1], dims="p"), lon=xr.DataArray([2, 3], dims="p")),
)
add("xr_stack", lambda: cube().stack(cell=("lat", "lon")).mean("cell"))
add("xr_unstack", lambda: cube().stack(cell=("lat", "lon")).unstack("cell"))
add("xr_transpose", lambda: cube().transpose("lon", ...))
add("xr_dot", lambda: xr.dot(cube(), cube(), dim="time"))
add("xr_corr", lambda: xr.corr(cube(), cube() * 2, dim="time"))
add("xr_cov", lambda: xr.cov(cube(), cube() + 1, dim="time"))
add("xr_polyfit", lambda: cube().chunk(time=-1).polyfit("time", 1))
add("xr_integrate", lambda: cube().integrate("lon"))
add("xr_differentiate", lambda: cube().differentiate("lon"))
add("xr_rank_free", lambda: cube().chunk(time=50).astype("float64").sum("time"))
add("xr_isin", lambda: cube().isin([1, 2]))
add("xr_idxmax", lambda: cube().idxmax("time"))
add(
    "xr_map_blocks",
    lambda: xr.map_blocks(lambda a: a.isel(time=slice(3)), cube(), template=_first()),
)
add("xr_ufunc", lambda: np.sqrt(cube()) + np.exp(-cube()))
add(
    "xr_apply",
    lambda: xr.apply_ufunc(
        lambda a: a.astype("f8"), cube(), dask="parallelized", output_dtypes=["f4"]
    ),
)
add(
    "xr_apply_core",
    lambda: xr.apply_ufunc(
        np.mean,
        cube().chunk(time=-1),
        input_core_dims=[["time"]],
        kwargs={"axis": -1},
        dask="parallelized",
        output_dtypes=["f4"],
    ),
)
add(
    "xr_apply_vectorised",
    lambda: xr.apply_ufunc(
        lambda a: a.sum(),
        cube().chunk(time=-1),
        input_core_dims=[["time"]],
        vectorize=True,
        dask="parallelized",
        output_dtypes=["f8"],
    ),
)
add("xr_apply_allowed", lambda: xr.apply_ufunc(np.abs, cube(), dask="allowed"))
add("xr_dataset", lambda: xr.Dataset({"a": cube(), "b": cube("int16")}).mean())
add("xr_dataset_maths", lambda: _pair().a - _pair().b.mean("time"))
add("xr_rechunk", lambda: cube().chunk(time=37, lat=-1))
add("xr_to_array", lambda: _pair().to_array())
add("xr_datetime", lambda: _dates().dt.month)
add("xr_coords_lazy", lambda: cube().assign_coords(height=("lat", da.arange(6, chunks=4))))


def _first() -> xr.DataArray:
    return xr.concat([cube().isel(time=slice(i, i + 3)) for i in range(0, 730, 100)], "time")


def _dates() -> xr.DataArray:
    return xr.DataArray(da.from_array(cube().time.values, chunks=50), dims="time")


def _pair() -> xr.Dataset:
    return xr.Dataset({"a": cube(), "b": cube("int16")})


@expression
def xr_histogram() -> Any:
    """Count values per latitude and mean over time, as the workflow does."""
    from xhistogram.xarray import histogram

    summed = cube().coarsen(time=6, boundary="trim").sum().rename("tp6")
    return histogram(summed, bins=[np.linspace(0, 600, 12)], dim=["lon"]).mean("time")


@expression
def xr_histogram_weights() -> Any:
    """Sum weights in two dimensions of bins."""
    from xhistogram.xarray import histogram

    bins = [np.linspace(0, 100, 5), np.linspace(0, 100, 7)]
    return histogram(cube(), cube().rename("b"), bins=bins, weights=cube("float64"), dim=["time"])


def _counted(dtype: str) -> Any:
    from xhistogram.xarray import histogram

    bins = [np.linspace(0, 100, 5)]
    return histogram(cube(), bins=bins, weights=cube(dtype), dim=["time"])


def _histogram(dtype: str) -> Any:
    return da.histogram(flat(), bins=5, range=(0, 9), weights=flat(dtype))[0]


def _product(dtype: str) -> Any:
    return flat(dtype) @ flat(dtype).T + da.tensordot(flat(dtype), flat(dtype), axes=([1], [1]))


for _dtype in ("float32", "int16", "int64"):
    add(f"xr_histogram_weights_{_dtype}", partial(_counted, _dtype))
    add(f"da_histogram_weights_{_dtype}", partial(_histogram, _dtype))
    add(f"da_dot_{_dtype}", partial(_product, _dtype))
add("da_moment_complex", lambda: da.moment(flat("complex64"), 2, axis=0))
add("da_std_complex", lambda: flat("complex64").std(axis=0))


def make(name: str) -> Any:
    """Make an expression, without the warnings that its library gives."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return EXPRESSIONS[name]()
