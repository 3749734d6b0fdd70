"""One small catalog of each format, and what it lists: the contract of formats runs over them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import yaml

from multicloud_lab.records import OpeningKind


def esm_json(**more: Any) -> dict[str, Any]:
    return {
        "esmcat_version": "0.1.0",
        "attributes": [],
        "assets": {"column_name": "path", "format": "zarr"},
        "aggregation_control": {"variable_column_name": "variable", "groupby_attrs": ["component"]},
        **more,
    }


@dataclass(frozen=True, slots=True)
class Sample:
    """A catalog of two datasets: its file's name and text, the paths it lists, how they open."""

    file: str
    text: str
    paths: list[tuple[str, ...]]
    kind: OpeningKind


SAMPLES = {
    "intake": Sample(
        "cat.yaml",
        yaml.safe_dump(
            {
                "sources": {
                    "one": {"driver": "zarr", "args": {"urlpath": "gs://b/one"}},
                    "two": {"driver": "csv", "args": {"urlpath": "s3://b/two.csv"}},
                }
            }
        ),
        [("one",), ("two",)],
        "intake",
    ),
    "intake-v2": Sample(
        "cat.yaml",
        yaml.safe_dump(
            {
                "version": 2,
                "data": {
                    "0123456789abcdef": {
                        "datatype": "intake.readers.datatypes:Zarr",
                        "kwargs": {"url": "gs://b/one", "storage_options": {"token": "anon"}},
                    },
                    "two": {
                        "datatype": "intake.readers.datatypes:CSV",
                        "kwargs": {"url": "s3://b/two.csv"},
                    },
                },
                "entries": {
                    "one": {
                        "reader": "intake.readers.readers:XArrayDatasetReader",
                        "kwargs": {"args": ["{data(0123456789abcdef)}"], "chunks": {}},
                    }
                },
            }
        ),
        [("one",), ("two",)],
        "url",
    ),
    "intake-esm": Sample(
        "cat.json",
        json.dumps(
            esm_json(
                catalog_dict=[
                    {"component": "atm", "variable": "T", "path": "s3://b/T.zarr"},
                    {"component": "ocn", "variable": "S", "path": "s3://b/S.zarr"},
                ]
            )
        ),
        [("atm", "T"), ("ocn", "S")],
        "intake-esm",
    ),
}
