"""Seconds to locate 1,000 buckets from a registry, and to probe 200 that take 100 ms each.

The peer is the limit: 10,000 buckets a second from the registry, 1.5 s for all probes.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web

from benchmarks.answering import answering
from benchmarks.table import Row
from multicloud_lab.locations import Locator, Prober
from multicloud_lab.regions import Evidence, Region

LISTED, PROBED = 1_000, 200
DELAY = 0.1  # seconds that the store takes for each answer
LISTED_LIMIT, PROBED_LIMIT = 0.1, 1.5  # seconds

REGIONS = [Region("aws", name) for name in ("us-east-1", "us-west-2", "eu-west-1")]


def from_registry() -> float:
    """Locate a URL in each of as many buckets, by a registry that is already known."""
    locator = Locator({"s3://elsewhere": REGIONS[0], "gs://pangeo-era5/deep": REGIONS[0]})
    locator.replace_registry(
        "open-data",
        [
            (f"arn:aws:s3:::bucket-{i}/prefix", REGIONS[i % len(REGIONS)], f"dataset {i}")
            for i in range(LISTED)
        ],
    )
    urls = [f"s3://bucket-{i}/some/store.zarr/variable" for i in range(LISTED)]
    start = time.perf_counter()
    found = [locator.locate(url) for url in urls]
    seconds = time.perf_counter() - start
    assert all(location.evidence is Evidence.REGISTRY for location in found)
    return seconds


async def _answer(request: web.Request) -> web.Response:
    """Answer as an S3 API that takes its time."""
    await asyncio.sleep(DELAY)
    return web.Response(headers={"x-amz-bucket-region": "us-west-2"})


async def by_probing(endpoint: str) -> float:
    """Probe as many buckets, from the first connection until all are in the file."""
    with TemporaryDirectory() as directory:
        cache = Path(directory) / "probes.sqlite"
        prober = Prober(options_for=lambda url: {"endpoint_url": endpoint}, cache=cache, environ={})
        start = time.perf_counter()
        answers = await prober.probe([f"s3://bucket-{i}" for i in range(PROBED)])
        seconds = time.perf_counter() - start
        await prober.aclose()
    assert len(answers) == PROBED
    assert all(probed.region == REGIONS[1] for probed in answers.values())
    return seconds


def run(repeats: int = 5) -> list[Row]:
    """Measure both."""
    with answering([_answer]) as (port,):
        store = f"http://127.0.0.1:{port}"
        probed = [asyncio.run(by_probing(store)) for _ in range(repeats)]
    return [
        Row(
            name=f"locate {LISTED:,} buckets from a registry",
            ours=[from_registry() for _ in range(repeats)],
            peer=[LISTED_LIMIT] * repeats,
            unit="s",
            against="the limit: 10,000 a second",
        ),
        Row(
            name=f"probe {PROBED} buckets that take {1000 * DELAY:.0f} ms each",
            ours=probed,
            peer=[PROBED_LIMIT] * repeats,
            unit="s",
            against="the limit",
        ),
    ]
