"""Ready cells of every analysis, in both styles, run for datasets whose every name is hostile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
import yaml

import multicloud_lab.notebook
from multicloud_lab import records as r
from multicloud_lab.analyses.registry import BUILT_IN
from multicloud_lab.config import read_config
from multicloud_lab.lab import Lab
from multicloud_lab.service import LabService
from tests.analyses.conftest import HOSTILE

BACKSLASH = "\\"


def on_disk(word: str) -> str:
    """Give what of a word can be the name of a file, and of a variable of HDF5."""
    text = word.encode("utf-8", "ignore").decode().replace("/", "|").replace("\x00", "|")
    return text[:80] or "empty"


def name_of(number: int) -> str:
    """Give the name of a store; only HDF5 can have a backslash in a variable's name."""
    word = on_disk(HOSTILE[number])
    return f"{number} {word}{'.nc' if BACKSLASH in word else '.zarr'}"


def data(name: str) -> xr.Dataset:
    times = np.arange("2000-01-01", "2000-02-10", dtype="datetime64[D]").astype("datetime64[ns]")
    values = np.arange(len(times) * 6, dtype="float32").reshape(len(times), 2, 3)
    axis = {"units": "degrees_north", "long_name": name}
    dims = ("time", "lat", "lon")
    return xr.Dataset(
        {
            name: (dims, values, {"long_name": name, "units": name}),
            "PRECT": (dims, values * 1e-9, {"long_name": name, "units": "m/s"}),
        },
        {"time": times, "lat": ("lat", [-30.0, 60.0], axis), "lon": ("lon", [0.0, 1.0, 2.0])},
        {"title": name},
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog with an entry for each hostile word, whose variable and title are that word."""
    made = tmp_path_factory.mktemp("hostile")
    sources: dict[str, Any] = {}
    for number, word in enumerate(HOSTILE):
        path = made / name_of(number)
        plain = made / f"{number}{path.suffix}"
        args: dict[str, Any] = {"urlpath": str(plain), "chunks": {}}
        if path.suffix == ".nc":
            data(on_disk(word)).to_netcdf(path, engine="h5netcdf")
            args["xarray_kwargs"] = {"engine": "h5netcdf"}
        else:
            data(on_disk(word)).to_zarr(path, zarr_format=2, consolidated=True)
        plain.symlink_to(path)
        sources[f"{number} {on_disk(word)}"] = {
            "driver": "netcdf" if path.suffix == ".nc" else "zarr",
            "description": f"6-hourly {on_disk(word)}",
            "args": args,
            "metadata": {"variables": ["PRECT", on_disk(word)]},
        }
    (made / "catalog.yaml").write_text(yaml.safe_dump({"sources": sources}))
    return made


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[Lab]:
    mpl.use("Agg")
    values = {"catalogs": [{"name": "c", "url": str(folder / "catalog.yaml")}]}
    made = Lab.from_config(values)
    before = multicloud_lab.notebook._default
    multicloud_lab.notebook._default = made
    yield made
    multicloud_lab.notebook._default = before
    made.close()


@pytest.fixture(scope="module")
def cells_of(folder: Path) -> Mapping[str, list[tuple[r.CellsRequest, r.Cells]]]:
    """What is asked for each word, and the cells that come of it."""

    async def ask() -> dict[str, list[tuple[r.CellsRequest, r.Cells]]]:
        url = str(folder / "catalog.yaml")
        service = LabService(read_config({"catalogs": [{"name": "c", "url": url}]}))
        await service.start()
        try:
            listed = await service.datasets(r.DatasetQuery())
            ids = {row.id.partition("/")[2].partition(" ")[0]: row.id for row in listed.items}
            return {
                word: [
                    (request, await service.cells(request))
                    for request in requests(ids[str(number)], str(folder / name_of(number)))
                ]
                for number, word in enumerate(HOSTILE)
            }
        finally:
            await service.close()

    def requests(dataset: str, path: str) -> list[r.CellsRequest]:
        named = {"variable": on_disk(HOSTILE[int(Path(path).name.split()[0])])}
        period = {"start": "2000-01-02", "end": "2000-02", **named}
        both = {**named, "variable_2": named["variable"]}
        asked: list[tuple[tuple[str, ...], str, dict[str, Any]]] = [
            ((path,), "open", {}),
            ((dataset,), "precipitation", {}),
            ((dataset,), "histogram", {"bins": 7, **named}),
            ((dataset,), "anomaly", {"group": "month", **named}),
            ((dataset,), "map", {"time": "2000-01-02T06:00", **named}),
            ((dataset,), "time-mean", period),
            ((path,), "time-mean", period),  # of which the lab does not know what it holds
            ((dataset, path), "open", {}),
            ((dataset, dataset), "compare", {**both, "scale": "log"}),
            ((dataset, path), "compare", {**both, "what": "zonal"}),
            ((path, dataset), "compare", {**both, "what": "series", **period}),
        ]
        # By turns, so that over all words each is asked in both styles, in half the time.
        turn = int(Path(path).name.split()[0])
        return [
            r.CellsRequest(
                datasets=ids, analysis=analysis, parameters=given, style=STYLES[(turn + place) % 2]
            )
            for place, (ids, analysis, given) in enumerate(asked)
        ]

    return asyncio.run(ask())


STYLES: tuple[r.CellStyle, ...] = ("lab", "plain")


def test_no_analysis_is_left_out(
    cells_of: Mapping[str, list[tuple[r.CellsRequest, r.Cells]]],
) -> None:
    for names in (1, 2):
        tried = {
            (request.analysis, request.style)
            for asked in cells_of.values()
            for request, _ in asked
            if len(request.datasets) == names
        }
        some = {template.name for template in BUILT_IN}
        some = some - {"compare"} if names == 1 else {"open", "compare"}
        assert tried == set(product(some, STYLES))


def run(cells: r.Cells) -> dict[str, Any]:
    import matplotlib.pyplot as plt

    names: dict[str, Any] = {}
    try:
        for cell in cells.cells:
            exec(compile(cell.source, "cell", "exec"), names)
    finally:
        plt.close("all")
    return names


@pytest.mark.filterwarnings("ignore:Glyph")  # no font has them all
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_cells_run_for_hostile_datasets(
    number: int, lab: Lab, cells_of: Mapping[str, list[tuple[r.CellsRequest, r.Cells]]]
) -> None:
    word = on_disk(HOSTILE[number])
    expected = data(word)[word]
    for request, cells in cells_of[HOSTILE[number]]:
        names = run(cells)
        assert ("mcl" in names) is (request.style == "lab")
        match request.analysis:
            case "open":
                assert any(word in getattr(value, "data_vars", ()) for value in names.values())
            case "precipitation":
                assert names["hist"].dims == ("lat", "tp_6hr_bin")
            case "histogram":
                assert int(names["hist"].sum()) > 0
            case "anomaly":
                assert names["anomaly"].sizes["time"] == 2
            case "map":
                field = expected.sel(time="2000-01-03")
                np.testing.assert_array_equal(names["field"].values, field.values.squeeze())
            case "time-mean":
                mean = expected.sel(time=slice("2000-01-02", "2000-02")).mean("time")
                np.testing.assert_allclose(names["mean"].values, mean.values)
            case "compare":
                assert len(names["compared"]) == 2
