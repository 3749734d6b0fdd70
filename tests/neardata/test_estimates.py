"""What a plan says will cross each border, against what crosses it when it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from xhistogram.xarray import histogram

from multicloud_lab.neardata.plans.planning import make_plan
from multicloud_lab.neardata.running.execution import RunPlace, run
from tests.neardata.places import quotes, sites

Stores = dict[str, xr.DataArray]

STEPS, ROWS, WIDTH = 48, 20, 2000
DAYS = pd.date_range("2000-01-01", periods=STEPS, freq="D")


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Stores:
    """The same variable in two regions, one of them packed as 16-bit integers."""
    directory = tmp_path_factory.mktemp("stores")
    made = {}
    for number, (name, dtype) in enumerate((("aws", "f8"), ("gcp", "i2"))):
        values = np.random.default_rng(number).random((STEPS, ROWS, WIDTH))
        data = xr.Dataset({"x": (("time", "row", "point"), values)})
        packed = {"scale_factor": 1e-4, "_FillValue": -1} if dtype == "i2" else {}
        data.chunk(time=6).to_zarr(
            directory / f"{name}.zarr", zarr_format=2, encoding={"x": {"dtype": dtype, **packed}}
        )
        made[name] = xr.open_zarr(directory / f"{name}.zarr").x
    return made


def both(stores: Stores, dim: str) -> xr.DataArray:
    return xr.concat([stores["aws"], stores["gcp"]], dim)


def histogrammed(x: xr.DataArray) -> xr.DataArray:
    found: xr.DataArray = histogram(x.rename("v"), bins=[np.linspace(0, 1, 400)], dim=["point"])
    return found.mean("time")


def apart(reduce: Callable[[xr.DataArray], xr.DataArray]) -> Callable[[Stores], xr.DataArray]:
    return lambda stores: reduce(stores["aws"]) - reduce(stores["gcp"])


HELD: dict[str, Callable[[Stores], xr.DataArray]] = {
    "sum": apart(lambda x: x.sum("time")),
    "mean": apart(lambda x: x.mean("time")),
    "max": apart(lambda x: x.max("time")),
    "min": apart(lambda x: x.min(("time", "row"))),
    "std": apart(lambda x: x.std("time")),
    "count": apart(lambda x: x.count("time")),
    "median of rows": apart(lambda x: x.median("row").mean("time")),
    "a slice": apart(lambda x: x.isel(time=3)),
    "coarsened": apart(lambda x: x.coarsen(time=12).mean().sum("row")),
    "rolling": apart(lambda x: x.rolling(time=3).mean().max("time")),
    "concat(model).mean(model, time)": lambda s: both(s, "model").mean(("model", "time")),
    "concat(time).mean(time)": lambda s: both(s, "time").mean("time"),
    "concat(time).max(time)": lambda s: both(s, "time").max("time"),
    "elementwise": lambda s: (s["aws"] - s["gcp"]).max("time"),
    "product": apart(lambda x: x.prod("time")),
    "argmax": apart(lambda x: x.argmax("time").astype(float)),
    "cumulated": apart(lambda x: x.cumsum("time").isel(time=-1)),
    "histogram": apart(histogrammed),
    "grouped": apart(
        lambda x: x.assign_coords(g=("time", np.arange(STEPS) % 4)).groupby("g").mean()
    ),
    "resampled": apart(lambda x: x.assign_coords(time=DAYS).resample(time="10D").mean()),
    "weighted": apart(
        lambda x: x.weighted(xr.DataArray(np.arange(ROWS), dims="row")).sum("row").sum("time")
    ),
}
"""Expressions whose estimate is to be within a tenth at every border."""


@pytest.mark.parametrize("name", HELD)
def test_what_crosses_is_what_was_expected(
    name: str, stores: Stores, places: Sequence[RunPlace]
) -> None:
    expression = HELD[name](stores)
    plan = make_plan({name: expression}, sites(), quotes)
    assert plan.assignment is not None
    by_name = {"here": places[0], **{place.where: place for place in places[1:]}}
    ran = run(
        [expression],
        [by_name[place.name] for place in plan.places],
        [None],
        plan.assignment.place_of,
        size_of=plan.assignment.size_of,
    )
    expected = {(move.source, move.destination): move for move in plan.moves}
    assert set(ran.moved) == set(expected)
    for ends, moved in ran.moved.items():
        move = expected[ends]
        assert move.amount.unknown == 0
        assert move.results == moved.results
        assert 0.9 < move.amount.bytes / moved.sent_bytes < 1.1, ends
    xr.testing.assert_allclose(ran.results[0], expression.compute(scheduler="sync"), rtol=1e-12)
