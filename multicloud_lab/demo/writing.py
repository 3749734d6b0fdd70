"""Writing the demo's data into a store, as Zarr format 2 with consolidated metadata.

Run as ``python -m multicloud_lab.demo.writing s3|gs ENDPOINT SIZE``.
"""

from __future__ import annotations

import sys
from typing import Any

import fsspec
import xarray as xr

from multicloud_lab.demo.catalogs import ERA5_URL, LENS_ROWS
from multicloud_lab.demo.data import era5, lens, lens_sibling
from multicloud_lab.demo.sizes import SIZES, Size


def write_s3(endpoint: str, size: Size) -> None:
    """Write the LENS-like stores, readable by anybody as the real bucket's objects are."""
    options = {
        "key": "demo",
        "secret": "demo",
        "endpoint_url": endpoint,
        "client_kwargs": {"region_name": "us-west-2"},
        "s3_additional_kwargs": {"ACL": "public-read"},
    }
    s3 = fsspec.filesystem("s3", **options)
    s3.call_s3(
        "create_bucket",
        Bucket="ncar-cesm-lens",
        ACL="public-read",
        CreateBucketConfiguration={"LocationConstraint": "us-west-2"},
    )
    for row in LENS_ROWS:
        if row.variable == "PRECT":
            dataset = lens(size)
        else:
            dataset = lens_sibling(size, row.variable, row.frequency)
        _write(dataset, row.path, options)


def write_gs(endpoint: str, size: Size) -> None:
    """Write the ERA5-like store."""
    options = {"token": "anon", "endpoint_url": endpoint, "project": "demo"}
    fsspec.filesystem("gs", **options).mkdir("pangeo-era5")
    _write(era5(size), ERA5_URL, options)


def _write(dataset: xr.Dataset, url: str, storage_options: dict[str, Any]) -> None:
    dataset.to_zarr(url, zarr_format=2, consolidated=True, storage_options=storage_options)


def main(arguments: list[str]) -> None:
    """Write all that belongs into one store."""
    protocol, endpoint, size = arguments
    write = {"s3": write_s3, "gs": write_gs}[protocol]
    write(endpoint, {str(name): each for name, each in SIZES.items()}[size])


if __name__ == "__main__":
    main(sys.argv[1:])
