"""Datasets with a known structure, for analyses that ask what there is."""

from __future__ import annotations

from dataclasses import replace

from multicloud_lab.analyses import CellSource
from multicloud_lab.config import GatewayConfig
from multicloud_lab.records import Dataset, Opening, Structure, Variable

AWS = GatewayConfig.model_validate(
    {"name": "aws-oregon", "region": "aws:us-west-2", "address": "https://gateway.example.org"}
)
GCP = GatewayConfig.model_validate(
    {"name": "gcp-iowa", "region": "gcp:us-central1", "address": "http://127.0.0.1:8000"}
)


def coordinate(name: str, units: str = "", dtype: str = "float32") -> Variable:
    return Variable(
        name=name,
        dims=(name,),
        shape=(8,),
        dtype=dtype,
        stored_dtype=dtype,
        coordinate=True,
        units=units,
    )


def variable(name: str, dims: tuple[str, ...], units: str = "", size: int = 8) -> Variable:
    return Variable(
        name=name,
        dims=dims,
        shape=(size,) * len(dims),
        dtype="float32",
        stored_dtype="int16",
        units=units,
        title=f"The {name}",
    )


def structure(*variables: Variable, **attributes: str) -> Structure:
    return Structure(
        dataset="x",
        url="s3://x",
        format="zarr v2",
        dims=(),
        variables=variables,
        attributes=attributes,
        bytes_read=1,
        requests=1,
    )


def source(dataset_id: str, gateway: GatewayConfig, found: Structure | None) -> CellSource:
    dataset = Dataset(
        id=dataset_id,
        name=dataset_id.rpartition("/")[2],
        catalog=dataset_id.partition("/")[0],
        format="zarr",
        region=gateway.region,
    )
    opening = Opening(
        dataset=dataset, kind="intake", catalog_url="https://x.org/master.yaml", entry=dataset.name
    )
    made = CellSource(dataset=dataset, opening=opening, gateway=gateway, structure=found)
    return replace(made, minimum=gateway.minimum, maximum=gateway.maximum)


ERA5 = source(
    "pangeo/era5",
    GCP,
    structure(
        coordinate("time", dtype="datetime64[ns]"),
        coordinate("latitude", "degrees_north"),
        coordinate("longitude", "degrees_east"),
        variable("time_bnds", ("time", "nbnd")),
        variable("t2m", ("time", "latitude", "longitude"), "K"),
        variable("lsm", ("latitude", "longitude"), "1"),
        time_coverage_start="1979-01-01T00:00:00Z",
        time_coverage_end="2020-12-31",
    ),
)
LENS = source(
    "lens/TREFHT",
    AWS,
    structure(
        coordinate("time", dtype="datetime64[ns]"),
        coordinate("lat", "degrees_north"),
        coordinate("lon", "degrees_east"),
        coordinate("member_id", dtype="int64"),
        variable("TREFHT", ("member_id", "time", "lat", "lon"), "K"),
    ),
)
