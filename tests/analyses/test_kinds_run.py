"""Cells run for kinds of data as they are met: calendars, grids, no time, no place, other units."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import xarray as xr
import yaml

from multicloud_lab import records as r
from multicloud_lab.config import read_config
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.service import LabService

NORTH, EAST = {"units": "degrees_north"}, {"units": "degrees_east"}
LAT = np.array([-60.0, 0.0, 60.0])
LON = np.arange(0.0, 360.0, 90.0)


def values(
    dims: tuple[str, ...], sizes: tuple[int, ...], low: float, high: float, **attrs: str
) -> Any:
    numbers = np.random.default_rng(1).uniform(low, high, sizes).astype("float32")
    return dims, numbers, attrs


def datasets() -> dict[str, xr.Dataset]:
    """One dataset of each kind."""
    hours = pd.date_range("1990-01-01", periods=24 * 40, freq="h")
    few = pd.date_range("2000-01-01", periods=72, freq="h")

    def days(calendar: str, count: int) -> Any:
        return xr.date_range("1990-01-01", periods=count, calendar=calendar, use_cftime=True)

    grid = {"lat": ("lat", LAT, NORTH), "lon": ("lon", LON, EAST)}
    era5 = {"latitude": ("latitude", LAT[::-1], NORTH), "longitude": ("longitude", LON, EAST)}
    space, horizontal = ("time", "latitude", "longitude"), ("time", "lat", "lon")
    return {
        "era5": xr.Dataset(
            {
                "tp": values(space, (len(hours), 3, 4), 0, 1e-3, units="m"),
                "t2m": values(space, (len(hours), 3, 4), 220, 310, units="K"),
            },
            {"time": hours, **era5},
        ),
        "cesm": xr.Dataset(
            {
                "PRECT": values(("member_id", *horizontal), (2, 430, 3, 4), 0, 1e-7, units="m/s"),
                "time_bnds": (("time", "nbnd"), np.zeros((430, 2))),
            },
            {"time": days("noleap", 430), "member_id": [1, 2], **grid},
        ),
        "hadgem": xr.Dataset(
            {
                "pr": values(horizontal, (420, 3, 4), 0, 1e-4, units="kg m-2 s-1"),
                "tas": values(horizontal, (420, 3, 4), -50, 40, units="degC"),
            },
            {"time": days("360_day", 420), **grid},
        ),
        "pop": xr.Dataset(
            {"SST": values(("time", "nlat", "nlon"), (430, 3, 4), 0, 30, units="degC")},
            {
                "time": days("noleap", 430),
                "TAREA": (("nlat", "nlon"), np.arange(12.0).reshape(3, 4)),
                "TLAT": (("nlat", "nlon"), np.zeros((3, 4)), NORTH),
            },
        ),
        "nwm": xr.Dataset(
            {"RAINRATE": values(("time", "y", "x"), (72, 3, 4), 0, 1e-3, units="mm s^-1")},
            {"time": few, "y": ("y", np.arange(3) * 1e3, {"units": "m"}), "x": np.arange(4) * 1e3},
        ),
        "gauge": xr.Dataset({"level": values(("time",), (72,), 0, 2, units="m")}, {"time": few}),
        "topography": xr.Dataset({"z": values(("lat", "lon"), (3, 4), 0, 8e3, units="m")}, grid),
        "icon": xr.Dataset({"ts": values(("time", "cell"), (72, 9), 250, 300)}, {"time": few}),
        "samples": xr.Dataset({"v": values(("sample",), (30,), 0, 1)}),
    }  # fmt: skip


@pytest.fixture(scope="module")
def data() -> dict[str, xr.Dataset]:
    return datasets()


@pytest.fixture(scope="module")
def catalog(data: dict[str, xr.Dataset], tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("kinds")
    for name, dataset in data.items():
        dataset.chunk().to_zarr(root / f"{name}.zarr", zarr_format=2, consolidated=True)
    sources = {
        name: {"driver": "zarr", "args": {"urlpath": f"{{{{CATALOG_DIR}}}}/{name}.zarr"}}
        for name in data
    }
    (root / "catalog.yaml").write_text(yaml.safe_dump({"sources": sources}))
    return root / "catalog.yaml"


Ask = Callable[..., list[str]]


@pytest.fixture(scope="module")
def ask(catalog: Path) -> Iterator[Ask]:
    """Ask the lab for cells of an analysis, plain ones, which need nothing else here."""
    mpl.use("Agg")
    with asyncio.Runner() as runner:
        service = LabService(read_config({"catalogs": [{"name": "c", "url": str(catalog)}]}))
        runner.run(service.start())

        def cells(analysis: str, *names: str, **given: Any) -> list[str]:
            wanted = r.CellsRequest(
                datasets=tuple(name if "/" in name else f"c/{name}" for name in names),
                analysis=analysis,
                parameters=given,
                style="plain",
            )
            return [cell.source for cell in runner.run(service.cells(wanted)).cells]

        yield cells
        runner.run(service.close())


def run(cells: list[str]) -> dict[str, Any]:
    import matplotlib.pyplot as plt

    names: dict[str, Any] = {}
    try:
        for cell in cells:
            exec(compile(cell, "cell", "exec"), names)
    finally:
        plt.close("all")
    return names


def area_mean(array: Any, latitude: str) -> Any:
    weights = np.cos(np.deg2rad(array[latitude]))
    return array.weighted(weights).mean([dim for dim in array.dims if dim != "time"])


@pytest.mark.parametrize("name", datasets())
@pytest.mark.parametrize("analysis", ["histogram", "time-mean", "anomaly", "map"])
def test_cells_run_or_say_what_is_missing(analysis: str, name: str, ask: Ask) -> None:
    lacking = {
        "time-mean": ("topography", "samples"),
        "anomaly": ("topography", "samples"),
        "map": ("gauge", "icon", "samples"),
    }
    if name in lacking.get(analysis, ()):
        with pytest.raises(InvalidInputError, match=f"{name} has no variable (along|on)"):
            ask(analysis, name)
        return
    run(ask(analysis, name))


@pytest.mark.parametrize("name", ["era5", "cesm", "topography"])
def test_cells_run_where_nothing_is_known_of_the_data(
    name: str, catalog: Path, ask: Ask, data: dict[str, xr.Dataset]
) -> None:
    path = str(catalog.parent / f"{name}.zarr")
    chosen = str(next(iter(data[name].data_vars)))
    assert int(run(ask("histogram", path, variable=chosen))["hist"].sum()) > 0
    if name != "cesm":  # which has members as well
        assert run(ask("map", path, variable=chosen))["field"].ndim == 2
    given = {"variable": chosen, "variable_2": "t2m"}
    assert len(run(ask("compare", path, "era5", **given, low=0, high=300))["compared"]) == 2


def test_a_time_of_any_calendar_can_be_chosen(ask: Ask, data: dict[str, xr.Dataset]) -> None:
    for name, chosen in (("cesm", "PRECT"), ("hadgem", "pr"), ("era5", "tp")):
        field = run(ask("map", name, variable=chosen, time="1990-02-01T00"))["field"]
        expected = data[name][chosen].sel(time=slice("1990-02-01", None)).isel(time=0)
        expected = expected.isel(member_id=0, missing_dims="ignore")
        xr.testing.assert_allclose(field, expected)


def test_a_period_ends_with_the_month_also_where_that_has_no_31st(
    ask: Ask, data: dict[str, xr.Dataset]
) -> None:
    cells = ask("time-mean", "hadgem", variable="pr", start="1990-12-01", end="1990-12-31")
    expected = data["hadgem"].pr.sel(time="1990-12").mean("time")
    xr.testing.assert_allclose(run(cells)["mean"], expected)


def test_cells_of_a_grid_are_weighted_by_what_is_known_of_their_area(
    ask: Ask, data: dict[str, xr.Dataset]
) -> None:
    era5, pop = data["era5"].t2m, data["pop"]
    series = run(ask("anomaly", "era5", variable="t2m", group="hour"))["series"]
    xr.testing.assert_allclose(series, area_mean(era5, "latitude"))
    series = run(ask("anomaly", "pop"))["series"]
    expected = pop.SST.weighted(pop.TAREA).mean(["nlat", "nlon"]).resample(time="MS").mean()
    xr.testing.assert_allclose(series, expected)
    text = "\n".join(ask("anomaly", "nwm"))  # whose rows are metres apart, not degrees
    assert "# Every cell counts the same." in text
    assert "np." not in text
    assert "import numpy" not in text


def test_temperatures_are_compared_in_one_unit(ask: Ask, data: dict[str, xr.Dataset]) -> None:
    given = {"variable": "t2m", "variable_2": "tas", "what": "zonal"}
    cells = ask("compare", "era5", "hadgem", **given)
    assert "hadgem_mean = hadgem_mean + 273.15  # from degC to K" in cells[2]
    names = run(cells)
    expected = data["hadgem"].tas.mean(["time", "lon"]) + 273.15
    xr.testing.assert_allclose(names["hadgem_mean"], expected)
    assert names["hadgem_mean"].attrs["units"] == "K"
    assert 'ylabel="K"' in cells[-1]


def test_an_amount_of_each_step_is_compared_with_a_rate(
    ask: Ask, data: dict[str, xr.Dataset]
) -> None:
    given = {"variable": "tp", "variable_3": "pr", "what": "series"}
    names = run(ask("compare", "era5", "cesm", "hadgem", **given))
    expected = area_mean(data["era5"].tp, "latitude") / 3600
    np.testing.assert_allclose(names["era5_mean"], expected, rtol=1e-5)
    expected = area_mean(data["cesm"].PRECT.isel(member_id=0), "lat")
    np.testing.assert_allclose(names["cesm_mean"], expected, rtol=1e-5)
    expected = area_mean(data["hadgem"].pr, "lat") / 1000
    assert names["hadgem_mean"].mean() == pytest.approx(float(expected.mean()), rel=1e-2)
    assert {names[f"{n}_mean"].attrs["units"] for n in ("era5", "hadgem")} == {"m/s"}


def test_bins_span_what_every_dataset_has(ask: Ask, data: dict[str, xr.Dataset]) -> None:
    names = run(ask("compare", "hadgem", "era5", variable="tas", variable_2="t2m"))
    both = [data["hadgem"].tas.isel(time=210), data["era5"].t2m.isel(time=480) - 273.15]
    assert names["bins"][0] == pytest.approx(min(float(x.min()) for x in both), abs=1e-3)
    assert names["bins"][-1] == pytest.approx(max(float(x.max()) for x in both), abs=1e-3)
    for name in ("hadgem_hist", "era5_hist"):
        assert float(names[name].sum()) * (names["bins"][1] - names["bins"][0]) == pytest.approx(1)


def test_what_has_no_unit_in_common_is_said_and_drawn_apart(ask: Ask) -> None:
    given = {"variable": "t2m", "variable_2": "pr"}
    with pytest.raises(InvalidInputError, match=r"t2m \[K\] and hadgem pr \[kg m-2 s-1\] cannot"):
        ask("compare", "era5", "hadgem", **given)
    cells = ask("compare", "era5", "hadgem", what="series", **given)
    assert "# Their units differ, so each has a plot: era5 t2m [K], hadgem pr [kg m-2" in cells[2]
    assert "plt.subplots(2, sharex=True" in cells[-1]
    run(cells)
    cells = ask("compare", "era5", "icon", variable="t2m", what="series")
    assert "# Units are not known, and not converted: icon ts." in cells[2]
    run(cells)


def test_the_period_is_what_the_data_have(
    catalog: Path, ask: Ask, data: dict[str, xr.Dataset]
) -> None:
    async def form(*names: str) -> tuple[object, object]:
        service = LabService(read_config({"catalogs": [{"name": "c", "url": str(catalog)}]}))
        await service.start()
        try:
            query = r.AnalysesQuery(dataset=tuple(f"c/{name}" for name in names))
            analysis = "histogram" if len(names) == 1 else "compare"
            found = await service.analysis_form(analysis, query)
            given = {parameter.name: parameter.default for parameter in found.parameters}
            return given["start"], given["end"]
        finally:
            await service.close()

    assert asyncio.run(form("era5")) == ("1990-01-01", "1990-02-09")
    assert asyncio.run(form("hadgem")) == ("1990-01-01", "1991-02-30")  # of 360 days
    assert asyncio.run(form("era5", "cesm")) == ("1990-01-01", "1990-02-09")
    assert asyncio.run(form("era5", "nwm")) == (None, None)  # they have no day in common
    # All of it is no selection.
    assert ".sel(" not in ask("time-mean", "hadgem", start="1990-01-01", end="1991-02-30")[1]
    assert ".sel(" in ask("time-mean", "hadgem", start="1990-01-01", end="1991-02-29")[1]
    for outside in ({"start": "1995"}, {"end": "1989-12-31"}):
        with pytest.raises(InvalidInputError, match="era5 has 1990-01-01 to 1990-02-09, and noth"):
            ask("time-mean", "era5", **outside)
    with pytest.raises(InvalidInputError, match="nothing of what you chose"):
        ask("map", "era5", time="1990-03-01T06:00")
    run(ask("map", "era5", time="1990-02-09T06:00"))


def test_only_what_all_have_is_offered_to_be_compared(catalog: Path) -> None:
    async def form(*names: str) -> dict[str, r.AnalysisParameter]:
        service = LabService(read_config({"catalogs": [{"name": "c", "url": str(catalog)}]}))
        await service.start()
        try:
            query = r.AnalysesQuery(dataset=tuple(f"c/{name}" for name in names))
            found = await service.analysis_form("compare", query)
            return {parameter.name: parameter for parameter in found.parameters}
        finally:
            await service.close()

    found = asyncio.run(form("pop", "topography"))
    assert [choice.value for choice in found["what"].choices] == ["histogram"]
    found = asyncio.run(form("era5", "pop"))
    assert [choice.value for choice in found["what"].choices] == ["histogram", "series"]
    assert found["variable_2"].default == "SST"
    # Of several variables the one that can be compared is filled in.
    found = asyncio.run(form("cesm", "hadgem"))
    assert (found["variable"].default, found["variable_2"].default) == ("PRECT", "pr")
    found = asyncio.run(form("pop", "hadgem"))
    assert (found["variable"].default, found["variable_2"].default) == ("SST", "tas")
    found = asyncio.run(form("topography", "samples"))
    assert "start" not in found  # there is no time
