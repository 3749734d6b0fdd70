"""The workflow at about 1 GB a region, behind borders of 100 Mbit/s: seconds, and bytes that cross.

Each region is a network namespace with its store, its gateway and its workers; what crosses its
border is read from the kernel's counters, for this package until its ledger is written. The same
computation is placed in four ways: where this package puts it, where a person who knows would
(each client by hand), all of it on one cluster, and all of it in the notebook's process. The first
two take turns, each as often first as second; the others take minutes, and their turn comes once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import dask
import numpy as np

from benchmarks.table import Row
from benchmarks.workflow import ERA5, PRECT, era5_histogram, lens_histogram
from multicloud_lab.demo.borders import Borders
from multicloud_lab.demo.clouds import AWS, GCP, Clouds
from multicloud_lab.lab import Lab

MBIT = 100.0
WORKERS = 2

lazy: Any = dask


@dataclass(slots=True)
class Measured:
    """Of one way: seconds, and bytes over all borders, of each repeat."""

    seconds: list[float] = field(default_factory=list)
    crossed: list[float] = field(default_factory=list)


def ways(
    lab: Lab, objects: tuple[Any, Any], clients: dict[str, Any]
) -> dict[str, Callable[[], Any]]:
    """Give the ways to compute two objects, the one in Google's cloud first."""
    gcp, aws = objects

    def by_hand() -> Any:
        futures = [clients[GCP].compute(gcp), clients[AWS].compute(aws)]
        return [future.result() for future in futures]

    return {
        "near": lambda: lab.compute(gcp, aws),
        "by hand": by_hand,
        "one cluster": lambda: [f.result() for f in clients[GCP].compute([gcp, aws])],
        "the notebook": lambda: lazy.compute(gcp, aws),
    }


def measure(repeats: int) -> dict[str, Measured]:
    """Run every way in turns, in the same two regions."""
    found: dict[str, Measured] = {}
    with (
        Borders([AWS, GCP], mbit=MBIT) as borders,
        Clouds(None, "medium", borders.grounds) as clouds,
    ):
        lab = Lab.from_config(clouds.config())
        try:
            for gateway in clouds.gateways.values():
                lab.sign_in(gateway.name, gateway.password)
            opened = lab.open_dataset(ERA5), lab.open_dataset(PRECT)
            clients = {
                region: lab.client(near=region, minimum=WORKERS, maximum=WORKERS)
                for region in (GCP, AWS)
            }
            for client in clients.values():
                client.wait_for_workers(WORKERS, timeout=120)
                client.run(_imports)  # so that nobody pays for the workers' imports
            # What is measured is the computation, not the first look at a store.
            lab.compute(opened[0].tp[0].sum(), opened[1].PRECT[0, 0].sum())
            expected: Any = None
            for turn in range(repeats):
                names = ["near", "by hand"] if turn % 2 else ["by hand", "near"]
                for name in names + ["one cluster", "the notebook"] * (turn == 0):
                    objects = era5_histogram(opened[0]), lens_histogram(opened[1])
                    compute = ways(lab, objects, clients)[name]
                    mine = found.setdefault(name, Measured())
                    before, began = borders.traffic(), time.perf_counter()
                    result = compute()
                    mine.seconds.append(time.perf_counter() - began)
                    lab.ledger()  # Waits until what was read has been asked of the workers.
                    mine.crossed.append(sum(t.total for t in borders.crossed(before).values()))
                    expected = expected or result
                    for value, other in zip(result, expected, strict=True):
                        np.testing.assert_allclose(value, other, rtol=1e-12)
        finally:
            lab.close(shutdown=True)
    return found


def _imports() -> None:
    import gcsfs  # noqa: F401
    import s3fs  # noqa: F401
    import xhistogram.xarray  # noqa: F401
    import zarr  # noqa: F401


def run(repeats: int = 6) -> list[Row]:
    """Measure, and compare bytes and seconds with each other way."""
    if reason := Borders.missing():
        print(f"The workflow over borders is left out: {reason}.")
        return []
    found = measure(repeats)
    near = found["near"]
    what = "the workflow, 1 GB a region, borders of 100 Mbit/s"
    rows = [
        Row(f"{what}: MB over all borders", *_mb(near, found[name]), "MB", name)
        for name in ("one cluster", "the notebook")
    ]
    return rows + [
        Row(f"{what}: time", near.seconds, found[name].seconds, "s", name)
        for name in ("by hand", "one cluster", "the notebook")
    ]


def _mb(ours: Measured, peer: Measured) -> tuple[list[float], list[float]]:
    return [b / 1e6 for b in ours.crossed], [b / 1e6 for b in peer.crossed]
