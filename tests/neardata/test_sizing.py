"""Sizes of results: what is told beforehand is what computing them gives, or nothing is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from multicloud_lab.neardata.graphs.task_graph import TaskGraph
from multicloud_lab.neardata.plans.numbering import task_graph
from tests.neardata.computing import nbytes, results
from tests.neardata.expressions import EXPRESSIONS, cube, da, flat, make

options: Any = xr.set_options


def assert_true_or_unknown(lazy: Any) -> TaskGraph:
    """Assert that no size is wrong."""
    graph = task_graph([lazy])
    done = results(lazy)
    for task in range(len(graph)):
        told, real = graph.result_bytes[task], nbytes(done[graph.key(task)])
        assert np.isnan(told) or np.isnan(real) or told == real, graph.key(task)
    return graph


def unknown(graph: TaskGraph) -> set[str]:
    """Name the layers that have results of unknown size."""
    return {
        graph.layer_of(int(task)).name.rpartition("-")[0]
        for task in np.flatnonzero(np.isnan(graph.result_bytes))
    }


@pytest.mark.parametrize("name", sorted(EXPRESSIONS))
def test_a_size_is_true_or_unknown(name: str) -> None:
    assert_true_or_unknown(make(name))


@pytest.mark.exhaustive
@pytest.mark.parametrize("dtype", ["int16", "bool", "complex64", "float64", "datetime64[s]"])
def test_a_size_is_true_or_unknown_of_any_type(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flat, "__defaults__", (dtype,))
    monkeypatch.setattr(cube, "__defaults__", (dtype,))
    tried = 0
    for name in EXPRESSIONS:
        try:
            results(lazy := make(name))
        except (ArithmeticError, AttributeError, TypeError, ValueError):
            continue  # Not for this type.
        assert_true_or_unknown(lazy)
        tried += 1
    assert tried > 200


KNOWN = sorted(
    name
    for name in EXPRESSIONS
    if name.startswith(
        (
            "da_sum", "da_prod", "da_min", "da_max", "da_any", "da_all", "da_mean", "da_std",
            "da_var", "da_arg", "da_nan", "da_med", "da_elem", "da_broad", "da_comp", "da_where",
            "da_astype", "da_trans", "da_slice", "da_rechunk", "da_reshape", "da_concat",
            "da_stack", "da_block", "da_pad", "da_roll", "da_diff", "da_sliding", "da_coarsen",
            "da_hist", "da_dot", "da_ones", "da_random", "da_overlap", "xr_sum", "xr_mean",
            "xr_min", "xr_max", "xr_std", "xr_var", "xr_count", "xr_median", "xr_quantile",
            "xr_int_mean", "xr_rolling", "xr_coarsen", "xr_weighted", "xr_concat", "xr_merge",
            "xr_fillna", "xr_clip", "xr_diff", "xr_shift", "xr_roll", "xr_pad", "xr_transpose",
            "xr_dot", "xr_corr", "xr_cov", "xr_histogram", "xr_rechunk", "xr_stack", "xr_dataset",
        )
    )
    and name
    not in {
        "da_argtopk", "da_blockwise_concatenate", "da_blockwise_lists", "da_blockwise_new_axis",
        "da_nancumsum", "da_std_complex", "da_dot_int16", "xr_histogram_weights_float32",
        "xr_histogram_weights_int16", "da_compute_sizes", "xr_differentiate",
    }
)  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_every_size_is_known_of_what_analyses_are_made_of(name: str) -> None:
    graph = task_graph([make(name)])
    assert unknown(graph) == set()


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("da_cumsum", 0.6),
        ("xr_groupby_month", 0.5),
        ("xr_groupby_anomaly", 0.9),
        ("xr_isel_list", 0.3),
    ],
)
def test_only_inner_steps_are_unknown(name: str, least: float) -> None:
    with options(use_flox=False):  # flox, where it is installed, has steps of its own
        graph = task_graph([make(name)])
    assert np.isfinite(graph.result_bytes).mean() >= least
    for wanted in graph.wanted:
        assert np.isfinite(graph.result_bytes[wanted]).all()


def test_what_comes_out_of_flox_has_a_known_size() -> None:
    pytest.importorskip("flox", reason="flox is not installed")
    by_month = cube().groupby("time.month")
    for lazy in (by_month.mean(), by_month.max(), cube().resample(time="MS").std()):
        (wanted,) = (graph := assert_true_or_unknown(lazy)).wanted
        assert np.isfinite(graph.result_bytes[wanted]).all()


def test_what_a_user_says_of_a_function_is_not_believed_until_a_reduction_says_its_type() -> None:
    claimed = flat().map_blocks(lambda block: block * 2, dtype="int8")
    assert unknown(task_graph([claimed + 1])) == {"lambda", "add"}
    assert unknown(task_graph([(claimed + 1).max(axis=0)])) >= {"chunk_max"}
    assert unknown(assert_true_or_unknown((claimed + 1).mean(axis=0))) == {"lambda", "add"}


def test_a_reduction_of_chunks_that_nobody_knows_has_a_known_size() -> None:
    assert unknown(assert_true_or_unknown(make("da_boolean_mean"))) == {"getitem_variadic"}
    assert unknown(assert_true_or_unknown(make("da_boolean_sum"))) == {"getitem"}


def test_a_claimed_type_of_a_known_function_is_found_out() -> None:
    assert unknown(task_graph([flat().map_blocks(np.sqrt, dtype="float32")])) == {"sqrt"}
    assert unknown(task_graph([flat().map_blocks(np.sqrt, dtype="float64")])) == set()


def test_claimed_chunks_of_a_known_function_are_found_out() -> None:
    assert unknown(task_graph([flat().map_blocks(np.sqrt, chunks=(3, 7))])) == {"sqrt"}


OPERATIONS = {
    "add": lambda a: a + 1,
    "square": lambda a: a**2,
    "where": lambda a: da.where(a > 3, a, 0),
    "float32": lambda a: a.astype("float32"),
    "less": lambda a: a < 5,
    "mean": lambda a: a.mean(axis=0, keepdims=True),
    "std": lambda a: a.std(axis=-1),
    "sum": lambda a: a.sum(axis=0),
    "max": lambda a: a.max(axis=-1, keepdims=True),
    "argmax": lambda a: a.argmax(axis=0),
    "median": lambda a: da.median(a, axis=0),
    "half": lambda a: a[::2],
    "middle": lambda a: a[..., 1:-1],
    "flipped": lambda a: a[::-1],
    "picked": lambda a: a[[0, -1, 0]],
    "transposed": lambda a: a.T,
    "rechunked": lambda a: a.rechunk(3),
    "merged": lambda a: a.rechunk({0: -1}),
    "ravelled": lambda a: a.ravel(),
    "wider": lambda a: a[None],
    "twice": lambda a: da.concatenate([a, a]),
    "stacked": lambda a: da.stack([a, a + 1], axis=-1),
    "padded": lambda a: da.pad(a, 1),
    "differences": lambda a: da.diff(a.astype("float64"), axis=0),
    "cumulated": lambda a: a.cumsum(axis=0),
    "rolled": lambda a: da.roll(a, 2, axis=0),
    "mapped": lambda a: a.map_blocks(lambda block: block),
    "cube": lambda a: cube().data[:9, :2, :2].sum() + a,
}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    shape=st.lists(st.integers(3, 9), min_size=1, max_size=3),
    chunk=st.integers(2, 5),
    dtype=st.sampled_from(["float64", "float32", "int16", "int64", "bool"]),
    names=st.lists(st.sampled_from(sorted(OPERATIONS)), min_size=1, max_size=6),
)
def test_sizes_of_any_chain_of_operations(
    shape: list[int], chunk: int, dtype: str, names: list[str]
) -> None:
    values = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    lazy = da.from_array(values, chunks=chunk)
    for name in names:
        if not lazy.ndim or min(lazy.shape) < 3 or lazy.ndim > 4:
            break
        try:
            lazy = OPERATIONS[name](lazy)
        except (TypeError, ValueError, NotImplementedError, IndexError):
            continue  # Not for this type or shape.
    assert_true_or_unknown(lazy)
