"""Plain computations within a block go to its function, whole; elsewhere nothing has changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import dask
import dask.array
import dask.bag
import dask.base
import dask.dataframe
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from dask.base import compute as compute_by_another_name
from matplotlib.figure import Figure

from multicloud_lab.neardata.hooking import computing_with

lazy: Any = dask
da: Any = dask.array
bag: Any = dask.bag
base: Any = dask.base
dd: Any = dask.dataframe
by_another_name: Any = compute_by_another_name

ORIGINAL = base.get_scheduler


class Elsewhere:
    """Computes with dask, and notes what it was given."""

    def __init__(self) -> None:
        self.given: list[list[Any]] = []
        self.keywords: list[dict[str, Any]] = []

    def compute(self, collections: list[Any], **keywords: Any) -> Any:
        self.given.append(collections)
        self.keywords.append(keywords)
        # One by one: dask exchanges results where kinds of objects alternate.
        return [each.compute() for each in collections]

    def persist(self, collections: list[Any], **keywords: Any) -> Any:
        self.given.append(collections)
        self.keywords.append(keywords)
        return base.persist(*collections, traverse=False)


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    yield Elsewhere()
    assert base.get_scheduler is ORIGINAL, "leaving restores everything"


ones = da.ones((4, 4), chunks=2)
frame = dd.from_pandas(pd.DataFrame({"x": range(8)}), npartitions=2)
dataset = xr.Dataset({"x": (("a", "b"), ones), "y": (("a", "b"), ones + 1)})


def plot(dataset: Any) -> Any:
    axes = Figure().subplots()  # of its own, as pyplot's would be there for every other test
    return dataset.x.mean("a").plot(ax=axes)


WAYS: dict[str, Any] = {
    "method": lambda: ones.sum().compute(),
    "function": lambda: lazy.compute(ones, {"more": [ones + 1]}),
    "by another name": lambda: by_another_name(ones),
    "of arrays": lambda: da.compute(ones),
    "dataset": lambda: dataset.compute(),
    "load": lambda: dataset.copy().load(),
    "values": lambda: dataset.x.values,
    "plot": lambda: plot(dataset),
    "number": lambda: float(ones.sum()),
    "numpy": lambda: np.asarray(ones),
    "dataframe": lambda: frame.x.sum().compute(),
    "delayed": lambda: lazy.delayed(sum)([1, 2]).compute(),
    "bag": lambda: bag.from_sequence([1, 2], npartitions=1).sum().compute(),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_compute_comes_there_unoptimised(elsewhere: Elsewhere, way: str) -> None:
    expected = WAYS[way]()
    with computing_with(elsewhere.compute, elsewhere.persist):
        result = WAYS[way]()
    assert elsewhere.given
    assert all(lazy.is_dask_collection(each) for given in elsewhere.given for each in given)
    if way not in {"plot", "dataset", "load", "function", "by another name", "of arrays"}:
        np.testing.assert_array_equal(result, expected)


def test_several_objects_keep_their_places(elsewhere: Elsewhere) -> None:
    value = [lazy.delayed(sum)([1, 2]), ones.sum(), lazy.delayed(max)(3, 4), ones.max(), "text"]
    with computing_with(elsewhere.compute, elsewhere.persist):
        (result,) = lazy.compute(value)
    assert result == [3, 16, 4, 1, "text"]


def test_keywords_come_along(elsewhere: Elsewhere) -> None:
    with computing_with(elsewhere.compute, elsewhere.persist):
        ones.compute(retries=3)
        assert lazy.is_dask_collection(ones.persist(optimize_graph=False))
    assert elsewhere.keywords == [{"retries": 3}, {"optimize_graph": False}]


def test_what_the_caller_names_comes_first(elsewhere: Elsewhere) -> None:
    with computing_with(elsewhere.compute, elsewhere.persist):
        ones.compute(scheduler="sync")
        with lazy.config.set(scheduler="threads"):
            ones.compute()
        assert not elsewhere.given
        ones.compute()
    assert len(elsewhere.given) == 1


def test_blocks_nest_and_errors_leave_nothing_behind(elsewhere: Elsewhere) -> None:
    inner = Elsewhere()

    def leave_by_an_error() -> None:
        with computing_with(inner.compute, inner.persist):
            ones.compute()
            raise ValueError("in the middle")

    with computing_with(elsewhere.compute, elsewhere.persist):
        with pytest.raises(ValueError, match="in the middle"):
            leave_by_an_error()
        assert (len(inner.given), len(elsewhere.given)) == (1, 0)
        ones.compute()
    assert (len(inner.given), len(elsewhere.given)) == (1, 1)
    ones.compute()
    assert (len(inner.given), len(elsewhere.given)) == (1, 1)


def test_other_threads_compute_as_before(elsewhere: Elsewhere) -> None:
    inside, done = threading.Event(), threading.Event()
    other = Elsewhere()

    def in_a_block_of_its_own() -> None:
        with computing_with(other.compute, other.persist):
            ones.compute()
            inside.set()
            assert done.wait(60)
            ones.compute()

    thread = threading.Thread(target=in_a_block_of_its_own)
    thread.start()
    assert inside.wait(60)
    with computing_with(elsewhere.compute, elsewhere.persist):
        plain = threading.Thread(target=ones.compute)
        plain.start()
        plain.join()
        assert not elsewhere.given, "a thread that was started within is none of it"
        ones.compute()
    done.set()
    thread.join()
    assert (len(elsewhere.given), len(other.given)) == (1, 2)


def test_what_somebody_else_has_put_on_top_stays(elsewhere: Elsewhere) -> None:
    def on_top(*args: Any, **keywords: Any) -> Any:
        return below(*args, **keywords)

    with computing_with(elsewhere.compute, elsewhere.persist):
        below, base.get_scheduler = base.get_scheduler, on_top
    try:
        assert base.get_scheduler is on_top
        assert float(ones.sum()) == 16
        assert not elsewhere.given
    finally:
        base.get_scheduler = ORIGINAL
