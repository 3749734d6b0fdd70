"""A lab in this process, signed in to the gateways of both clouds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import xarray as xr

from multicloud_lab.demo.clouds import Clouds
from multicloud_lab.lab import Lab

ERA5 = "pangeo/atmosphere/era5"
PRECT = "lens/atm/hourly6-1990-2005/PRECT"


@pytest.fixture(scope="package", autouse=True)
def unhurried() -> Iterator[None]:
    """Let stores tell the sizes of their chunks, however busy this machine is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("multicloud_lab.neardata.reading.sampled_sizes.DEADLINE", 60.0)
        yield


@pytest.fixture(scope="module")
def lab(clouds: Clouds) -> Iterator[Lab]:
    made = Lab.from_config({"MulticloudLab": clouds.config()})
    for gateway in clouds.gateways.values():
        made.sign_in(gateway.name, gateway.password)
    yield made
    made.close(shutdown=True)


@pytest.fixture(scope="module")
def era5(lab: Lab) -> xr.Dataset:
    dataset = lab.open_dataset(ERA5)
    assert isinstance(dataset, xr.Dataset)
    return dataset


@pytest.fixture(scope="module")
def lens(lab: Lab) -> xr.Dataset:
    dataset = lab.open_dataset(PRECT)
    assert isinstance(dataset, xr.Dataset)
    return dataset
