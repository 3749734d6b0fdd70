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
    """A catalog of two datasets: its file's name and text, the paths it lists, how they open.

    ``below`` are the paths as a child, if others; ``region`` is what it declares itself, if it
    does.
    """

    file: str
    text: str
    paths: list[tuple[str, ...]]
    kind: OpeningKind
    below: list[tuple[str, ...]] | None = None
    region: str = ""


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
    "stac": Sample(
        "collection.json",
        json.dumps(
            {
                "type": "Collection",
                "id": "c",
                "stac_version": "1.0.0",
                "description": "Two stores",
                "license": "other",
                "extent": {
                    "spatial": {"bbox": [[-180, -90, 180, 90]]},
                    "temporal": {"interval": [[None, None]]},
                },
                "links": [],
                "assets": {
                    name: {
                        "href": f"gs://b/{name}.zarr",
                        "type": "application/vnd+zarr",
                        "roles": ["data"],
                    }
                    for name in ("one", "two")
                },
            }
        ),
        [("c", "one"), ("c", "two")],
        "url",
    ),
    "aws-registry": Sample(
        "one.yaml",
        yaml.safe_dump(
            {
                "Name": "One",
                "Description": "Two buckets",
                "Resources": [
                    {
                        "Type": "S3 Bucket",
                        "ARN": f"arn:aws:s3:::{bucket}",
                        "Region": "us-west-2",
                        "Description": bucket,
                    }
                    for bucket in ("bucket-a", "bucket-b")
                ],
            }
        ),
        [("one", "bucket-a"), ("one", "bucket-b")],
        "url",
        below=[("bucket-a",), ("bucket-b",)],
        region="aws:us-west-2",
    ),
    "url-list": Sample(
        "list.txt",
        "# Two stores\ns3://b/one.zarr\n\ngs://b/two.nc  Second\n",
        [("b", "one.zarr"), ("b", "two.nc")],
        "url",
    ),
}
