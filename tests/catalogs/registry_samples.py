"""A registry as large as AWS's, made: 1,190 files, 7,264 resources in S3, as dirty as the real."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

FILES = 1_190
RESOURCES = 7_264

Json = dict[str, Any]

# What stands in place of an ARN, and the URL that it means.
DIRTY_ADDRESSES: list[tuple[Any, str]] = [
    ("arn:aws:s3:::bucket/a b/c", "s3://bucket/a b/c"),
    (" arn:aws:s3:::bucket ", "s3://bucket"),
    ("arn:aws:s3:::bucket/*", "s3://bucket"),
    ("arn:aws:s3:::bucket/data/**/", "s3://bucket/data"),
    ("arn:aws:s3::://bucket/data/", "s3://bucket/data"),
    ("arn:aws-us-gov:s3:::bucket", "s3://bucket"),
    (
        "arn:aws:s3:us-east-1:184438910517:accesspoint/eeg/EEG/",
        "s3://arn:aws:s3:us-east-1:184438910517:accesspoint/eeg/EEG",
    ),
    ("https://bucket.s3.us-west-2.amazonaws.com/index.html", "s3://bucket"),
    ("https://my.dotted.bucket.s3.amazonaws.com/x/", "s3://my.dotted.bucket/x"),
    ("https://s3-us-west-2.amazonaws.com/bucket/x?list-type=2", "s3://bucket/x"),
    ("s3://bucket/data", "s3://bucket/data"),
    ("bucket", "s3://bucket"),
    (["arn:aws:s3:::bucket"], "s3://bucket"),
]
UNUSABLE: list[Any] = [None, 7, "", "see the documentation", {"a": 1}, [], "arn:aws:s3:::", "arn:"]


def resource(bucket: str, **more: Any) -> Json:
    return {
        "Description": f"What is in {bucket}",
        "ARN": f"arn:aws:s3:::{bucket}",
        "Region": "us-west-2",
        "Type": "S3 Bucket",
        **more,
    }


def topic() -> Json:
    return {
        "Description": "Notifications",
        "ARN": "arn:aws:sns:us-west-2:123901341784:NewObject",
        "Region": "us-west-2",
        "Type": "SNS Topic",
    }


def registry_entry(*resources: Any, **more: Any) -> Json:
    return {
        "Name": "A dataset",
        "Description": "What it is about.\n",
        "Documentation": "https://example.org",
        "ManagedBy": "[Somebody](https://example.org)",
        "Tags": ["aws-pds", "climate"],
        "License": "CC-0",
        "Resources": list(resources),
        "DataAtWork": {"Tutorials": [{"Title": "T", "URL": "https://example.org"}] * 5},
        **more,
    }


def write_registry(folder: Path) -> None:
    """Write a whole registry, a fifth of whose addresses are dirty."""
    chance = random.Random(0)
    counts = [1] * FILES
    for _ in range(RESOURCES - FILES):
        counts[int(FILES * chance.random() ** 4)] += 1
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    for number, count in enumerate(counts):
        listed = list(_resources(number, count, chance))
        content = registry_entry(*listed, topic(), Description="Words about it. " * 150)
        (folder / f"dataset-{number:04}.yaml").write_text(yaml.dump(content, Dumper=dumper))


def _resources(number: int, count: int, chance: random.Random) -> Iterator[Json]:
    for index in range(count):
        made = resource(f"bucket-{number}/prefix {index}" if index % 5 else f"b-{number}.{index}")
        if chance.random() < 0.1:
            made["Region"] = chance.choice(["us-west-2 ", "US-WEST-2", "", "us-wst-2", None, 7])
        if chance.random() < 0.1:
            made["ARN"] = chance.choice(DIRTY_ADDRESSES)[0]
        if chance.random() < 0.02:
            made["ARN"] = chance.choice(UNUSABLE)
        yield made
