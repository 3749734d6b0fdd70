"""The clouds as a user of them sees them: data, catalogs, gateways, and nothing afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import dask
import intake
import numpy as np
import pytest
import xarray as xr
from aiohttp import ClientResponseError
from dask_gateway import BasicAuth, Gateway
from xhistogram.xarray import histogram

from multicloud_lab.config import read_config
from multicloud_lab.demo.clouds import AWS, GCP, Clouds
from multicloud_lab.demo.data import era5, lens
from multicloud_lab.demo.gateways import DemoGateway, start_and_wait
from multicloud_lab.demo.marks import marked
from multicloud_lab.demo.processes import Processes
from multicloud_lab.demo.sizes import SIZES
from tests.commands import commands

BINS = np.concatenate([[0], np.logspace(-5, 0, 50)])


def numpy_histogram(values: Any) -> Any:
    """Histogram over the last axis, mean over the first: counts of (row, bin)."""
    counts = np.array(
        [[np.histogram(row, BINS)[0] for row in step] for step in values], dtype=float
    )
    return counts.mean(axis=0)


def connect(gateway: DemoGateway, password: str | None = None) -> Gateway:
    return Gateway(
        gateway.address,
        proxy_address=gateway.proxy_address,
        public_address=gateway.address,
        auth=BasicAuth(gateway.username, password or gateway.password),
        asynchronous=True,
    )


def test_era5_opens_through_the_nested_catalog(clouds: Clouds) -> None:
    atmosphere = intake.open_catalog(str(clouds.intake_catalog)).atmosphere
    opened = atmosphere.era5.to_dask()
    again = atmosphere.era5(storage_options=clouds.stores[GCP].storage_options).to_dask()
    made = era5(SIZES["small"]).compute(scheduler="threads")
    xr.testing.assert_equal(opened.load(scheduler="threads"), made.astype({"tp": "float64"}))
    assert again.tp.shape == opened.tp.shape
    assert opened.tp.dims == ("time", "latitude", "longitude")
    assert opened.tp.encoding["dtype"] == np.dtype("int16")
    assert str(opened.time.values[0]).startswith("1990-01-01T00")


def test_a_parameter_of_the_entry_reaches_the_store(clouds: Clouds) -> None:
    source = intake.open_catalog(str(clouds.intake_catalog)).atmosphere.era5
    (data,) = source._entry(storage_options={"token": "anon", "project": "x"}).reader.kwargs["args"]
    assert data.storage_options == {"token": "anon", "project": "x"}


def test_lens_opens_through_the_esm_catalog(clouds: Clouds) -> None:
    found = intake.open_esm_datastore(str(clouds.esm_catalog)).search(
        frequency="hourly6-1990-2005", variable="PRECT"
    )
    (opened,) = found.to_dataset_dict(
        storage_options=clouds.stores[AWS].storage_options, progressbar=False
    ).values()
    made = lens(SIZES["small"]).compute(scheduler="threads")
    xr.testing.assert_equal(opened.PRECT.load(scheduler="threads"), made.PRECT)
    assert opened.PRECT.dims == ("member_id", "time", "lat", "lon")
    assert opened.time.dt.calendar == "noleap"


def test_every_listed_lens_store_can_be_read(clouds: Clouds) -> None:
    table = intake.open_esm_datastore(str(clouds.esm_catalog)).df
    for row in table.itertuples():
        store = xr.open_zarr(row.path, storage_options=clouds.stores[AWS].storage_options)
        assert np.isfinite(store[row.variable].isel(time=0).mean().compute(scheduler="threads"))


def test_the_histograms_are_those_of_numpy(clouds: Clouds) -> None:
    tp = intake.open_catalog(str(clouds.intake_catalog)).atmosphere.era5.to_dask().tp
    summed = tp.coarsen(time=6).sum().rename("tp_6hr")
    lazy = histogram(summed, bins=[BINS], dim=["longitude"]).mean("time")
    plain = era5(SIZES["small"]).tp.astype("float64").compute(scheduler="threads").values
    with dask.config.set(scheduler="threads"):
        computed = lazy.values
    expected = numpy_histogram(plain.reshape(-1, 6, *plain.shape[1:]).sum(axis=1))
    np.testing.assert_allclose(computed, expected)
    # As rain is: dry most of the time, light mostly, heavy at times.
    total = expected.sum(axis=0)
    assert total[0] > total[1:].max() > 50 * total[35:].sum() > 0


def test_the_configuration_is_valid_and_holds_no_password(clouds: Clouds) -> None:
    config = clouds.config()
    assert read_config(config).problems == ()
    for gateway in clouds.gateways.values():
        assert gateway.password not in str(config)
        assert gateway.password not in repr(gateway)


async def ask_a_worker(gateway: DemoGateway, *names: str) -> list[str | None]:
    """Start an adaptive cluster and give a worker's environment variables."""
    async with asyncio.timeout(150), connect(gateway) as connection:
        name = await connection.submit(await connection.cluster_options(use_local_defaults=False))
        try:
            cluster = await connection.connect(name)
            await cluster.adapt(minimum=1, maximum=2)
            async with await cluster.get_client(set_as_default=False) as client:
                await client.wait_for_workers(1)
                return [*(await client.gather(client.map(os.getenv, names)))]
        finally:
            await connection.stop_cluster(name)


@pytest.mark.parametrize("region", [AWS, GCP])
def test_workers_carry_their_region(clouds: Clouds, region: str) -> None:
    asked = ask_a_worker(clouds.gateways[region], "MULTICLOUD_REGION", "TMPDIR")
    assert asyncio.run(asked) == [region, str(clouds.state_dir / "tmp")]


def test_each_gateway_has_its_own_password(clouds: Clouds) -> None:
    async def wrong() -> None:
        async with connect(clouds.gateways[AWS], clouds.gateways[GCP].password) as gateway:
            await gateway.list_clusters()

    with pytest.raises(ClientResponseError) as refused:
        asyncio.run(wrong())
    assert refused.value.status == 401


def test_nothing_is_left_after_a_gateway_was_killed(tmp_path: Path) -> None:
    async def start(gateway: DemoGateway) -> None:
        async with asyncio.timeout(150), connect(gateway) as connection:
            options = await connection.cluster_options(use_local_defaults=False)
            await connection.connect(await connection.submit(options))

    with Processes(tmp_path) as processes:
        (gateway,) = start_and_wait(processes, {"doomed": AWS})
        asyncio.run(start(gateway))
        (server,) = processes.pids
        os.kill(server, signal.SIGKILL)
        processes.wait_for_end("gateway-doomed")
        assert any("dask scheduler" in line for line in commands(marked(processes.mark)))
    assert marked(processes.mark) == []
