"""The demo's catalogs: a nested intake catalog for ERA5, an intake-esm one for CESM LENS.

Both have the shape of the real ones (pangeo-datastore's ``master.yaml`` and NCAR's
``aws-cesm1-le.json``); only addresses and the number of entries differ.
"""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import yaml

ERA5_BUCKET = "gs://pangeo-era5"
ERA5_URL = f"{ERA5_BUCKET}/reanalysis/spatial-analysis"
LENS_BUCKET = "s3://ncar-cesm-lens"


@dataclass(frozen=True, slots=True)
class LensRow:
    """A row of the CESM LENS catalog: one Zarr store, with the columns of the real catalog."""

    variable: str
    long_name: str
    component: str
    experiment: str
    frequency: str
    vertical_levels: float
    spatial_domain: str
    units: str
    start_time: str
    end_time: str
    path: str


def _lens_row(variable: str, long_name: str, frequency: str, units: str) -> LensRow:
    return LensRow(
        variable=variable,
        long_name=long_name,
        component="atm",
        experiment="20C",
        frequency=frequency,
        vertical_levels=1.0,
        spatial_domain="global",
        units=units,
        start_time="1990-01-01 00:00:00",
        end_time="2006-01-01 00:00:00",
        path=f"{LENS_BUCKET}/atm/{frequency}/cesmLE-20C-{variable}.zarr",
    )


LENS_ROWS = (
    _lens_row("FLNS", "net longwave flux at surface", "daily", "W/m2"),
    _lens_row("TREFHT", "reference height temperature", "daily", "K"),
    _lens_row("FLNS", "net longwave flux at surface", "hourly6-1990-2005", "W/m2"),
    _lens_row(
        "PRECT",
        "total (convective and large-scale) precipitation rate",
        "hourly6-1990-2005",
        "m/s",
    ),
)


def write_intake(directory: Path, storage_options: dict[str, Any]) -> Path:
    """Write the nested intake catalog, and give the master's path.

    Parameters
    ----------
    directory : Path
    storage_options : dict
        The default of the entry's parameter of that name.
    """
    atmosphere = {
        "plugins": {"source": [{"module": "intake_xarray"}]},
        "sources": {
            "era5": {
                "description": "ERA5 hourly estimates of variables on single levels",
                "metadata": {
                    "title": "ERA5 hourly reanalysis, single levels",
                    "url": "https://cds.climate.copernicus.eu/datasets/reanalysis-era5-single-levels",
                    "tags": ["atmosphere", "reanalysis", "precipitation"],
                    "region": "gcp:us-central1",
                    "variables": ["tp"],
                },
                "driver": "zarr",
                "parameters": {
                    "storage_options": {
                        "description": "How to reach the object store (fsspec options)",
                        "type": "dict",
                        "default": storage_options,
                    }
                },
                "args": {
                    "urlpath": ERA5_URL,
                    "consolidated": True,
                    "storage_options": "{{ storage_options }}",
                },
            }
        },
    }
    master = {
        "description": "Pangeo Master Data Catalog",
        "sources": {
            "atmosphere": {
                "args": {"path": "{{CATALOG_DIR}}/atmosphere.yaml"},
                "description": "Pangeo Atmospheric Science Dataset Catalog",
                "driver": "intake.catalog.local.YAMLFileCatalog",
                "metadata": {},
            }
        },
    }
    (directory / "atmosphere.yaml").write_text(yaml.safe_dump(atmosphere, sort_keys=False))
    path = directory / "master.yaml"
    path.write_text(yaml.safe_dump(master, sort_keys=False))
    return path


def write_intake_esm(directory: Path) -> Path:
    """Write the intake-esm catalog, and give its JSON file's path; the CSV lies beside it."""
    columns = [field.name for field in fields(LensRow)]
    with (directory / "aws-cesm1-le.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(asdict(row) for row in LENS_ROWS)
    described = [name for name in columns if name != "path"]
    catalog = {
        "esmcat_version": "0.1.0",
        "id": "aws-cesm1-le",
        "description": "CESM1 Large Ensemble on Amazon S3 (us-west-2 region), as a demonstration",
        "catalog_file": "aws-cesm1-le.csv",
        "attributes": [{"column_name": name, "vocabulary": ""} for name in described],
        "assets": {"column_name": "path", "format": "zarr"},
        "aggregation_control": {
            "variable_column_name": "variable",
            "groupby_attrs": ["component", "experiment", "frequency"],
            "aggregations": [
                {"type": "union", "attribute_name": "variable", "options": {"compat": "override"}}
            ],
        },
        "last_updated": "2021-10-15T15:07:02Z",
    }
    path = directory / "aws-cesm1-le.json"
    path.write_text(json.dumps(catalog, indent=2) + "\n")
    return path
