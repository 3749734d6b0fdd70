"""Datasets that no catalog lists: opened, placed and analysed by their address alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import xarray as xr

from multicloud_lab import records as r
from multicloud_lab.config import read_config
from multicloud_lab.demo.clouds import Clouds
from multicloud_lab.errors import AddressRefusedError, CatalogError, DatasetNotFoundError
from multicloud_lab.lab import Lab
from multicloud_lab.service import LabService

T = TypeVar("T")
PRECT = "lens/atm/hourly6-1990-2005/PRECT"


def ask(values: dict[str, object], question: Callable[[LabService], Awaitable[T]]) -> T:
    async def asked() -> T:
        service = LabService(read_config(values))
        await service.start()
        try:
            return await question(service)
        finally:
            await service.close()

    return asyncio.run(asked())


@pytest.fixture(scope="module")
def url(clouds: Clouds) -> str:
    return ask(clouds.config(), lambda service: service.dataset(PRECT)).url


def test_a_url_is_opened_and_recognised_by_what_reads_it(
    lab: Lab, url: str, lens: xr.Dataset
) -> None:
    opened = lab.open_dataset(url)
    xr.testing.assert_equal(opened.PRECT[0, :1].compute(), lens.PRECT[0, :1].compute())
    assert lab.placements(opened.PRECT).iloc[0].gateway == "aws-oregon"


def test_a_url_has_a_region_a_structure_and_cells(clouds: Clouds, url: str) -> None:
    async def question(
        service: LabService,
    ) -> tuple[list[r.Placement], r.AnalysisForm, r.Cells]:
        query = r.AnalysesQuery(dataset=(url,))
        return (
            await service.placements(url),
            await service.analysis_form("time-mean", query),
            await service.cells(r.CellsRequest(datasets=(url,))),
        )

    placements, form, cells = ask(clouds.config(), question)
    assert (placements[0].gateway, placements[0].relation) == ("aws-oregon", "same-region")
    assert form.problem == ""
    assert [choice.value for choice in form.parameters[0].choices] == ["PRECT"]
    assert cells.analysis == "open"
    assert f'mcl.open_dataset(\n    "{url}"\n)' in cells.cells[0].source


def test_plain_cells_of_a_url_hold_its_address_and_open_it_as_nobody(url: str) -> None:
    request = r.CellsRequest(datasets=(url,), style="plain")
    (cell,) = ask({}, lambda service: service.cells(request)).cells
    for expected in (f'"{url}"', '"anon": True', 'engine="zarr"', "chunks={}"):
        assert expected in cell.source


def test_a_path_is_opened_here_and_never_by_the_server(tmp_path: Path) -> None:
    data = xr.Dataset({"v": ("x", np.arange(3.0))})
    path = f"{tmp_path}/a#b?.nc"
    data.to_netcdf(path, engine="h5netcdf")
    lab = Lab.from_config({})
    try:
        xr.testing.assert_equal(lab.open_dataset(path).load(), data)
    finally:
        lab.close()
    with pytest.raises(CatalogError, match="only a kernel reads it"):
        ask({}, lambda service: service.structure(path))
    dataset = ask({}, lambda service: service.dataset("./data/a b.zarr"))
    assert (dataset.name, dataset.format, dataset.region) == ("a b", "zarr", None)


@pytest.mark.parametrize(
    "scheme", ["file:///etc/passwd", "ftp://x/y.zarr", "simplecache::s3://x/y"]
)
def test_what_is_no_address_in_a_cloud_is_told(scheme: str) -> None:
    with pytest.raises(DatasetNotFoundError, match="is no address of data"):
        ask({}, lambda service: service.dataset(scheme))


def test_the_server_looks_at_nothing_inside_its_network_for_a_url() -> None:
    with pytest.raises(AddressRefusedError, match=r"169\.254\.169\.254"):
        ask({}, lambda service: service.structure("http://169.254.169.254/x.zarr"))
